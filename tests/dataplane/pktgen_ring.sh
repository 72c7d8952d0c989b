#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# pollux-pktgen by itself, over a ring that gives back what is sent: what it counts, and what it says to wrong options.
#
#	pktgen_ring.sh PROGRAM

set -u
here=$(cd "$(dirname "$0")" && pwd)
GEN=$1
DIR=$(mktemp -d) || exit 1
RESULT=$DIR/result.json
PASSED=0 FAILED=0
trap 'rm -rf "$DIR"' EXIT

# check "what is promised" FUNCTION [ARGS...]; the lines are counted as cmocka's are.
check()
{
	local name=$1
	shift
	if "$@" >"$DIR/said" 2>&1; then
		PASSED=$((PASSED + 1))
		echo "[       OK ] $name"
	else
		FAILED=$((FAILED + 1))
		tail -n 20 "$DIR/said"
		echo "[  FAILED  ] $name"
	fi
}

# expect WANTED GOT WHAT
expect()
{
	[ "$1" = "$2" ] || { echo "$3: expected '$1', got '$2'"; return 1; }
}

holds() { "$here/pktgen_result.py" "$RESULT" "$@"; }

# run OPTIONS...: over a ring of its own. exec: in the background a signal reaches the generator.
run()
{
	exec timeout --foreground 300 "$GEN" --lcores "${CORES:-0@0,1@0}" --no-huge -m 128 --no-pci --vdev net_ring0 \
		"$@"
}

ring() (run -- --nap --json "$RESULT" "$@")

# Two workers, each with its queue, and a mix of sizes and flows.
spread()
{
	CORES=0@0,1@0,2@0 ring --imix --flows 100000 --spread zipf:1.1 --count 20001 --rate 50k --check --loss 0 || return 1
	holds "n['sent'] == n['received'] == 20001" "n['late'] == n['twice'] == n['bad_checksum'] == 0" \
		"c['workers'] == 2" "n['sent_bytes'] == n['received_bytes']" \
		"360 < n['sent_bytes'] / n['sent'] < 364"
}

# Every protocol in every family and all flows: the ring has them all.
over_ring()
{
	local options
	for options in "--proto udp" "--proto tcp --size 1518" "--proto icmp --ipv6" "--proto tcp --ipv6 --return" \
		"--size 9000 --return" "--proto icmp --return --flows 1000" "--syn-flood"; do
		ring $options --count 500 --rate 10k --check --loss 0 || { echo "with $options"; return 1; }
		holds "n['sent'] == n['received'] == 500" "n['bad_checksum'] == 0" \
			"c['return'] == (n['returned'] == 500)" || { echo "with $options"; return 1; }
	done
	ring --connections 1000 --count 1000 --data 1400 --ipv6 --check --loss 0 --timeout 60 --drain 10
}

ten_million_flows()
{
	ring --flows 10M --count 1000 --rate 10k --loss 0 || return 1
	holds "n['received'] == 1000" "c['flows'] == 10000000"
}

# ended_by SIGNAL: a report, the file, and status 0.
gen_ended_by()
{
	local pid said=$DIR/ended
	(run -- --nap --json "$RESULT" --duration 600 --rate 100 --progress) >"$said" 2>&1 &
	pid=$!
	for _ in $(seq 1 300); do
		grep -q ' 1 s  sent' "$said" && break
		sleep 0.1
	done
	kill "-$1" $pid	# timeout(1) hands it on
	wait $pid
	expect 0 $? "status" && grep -q '^lost      0' "$said" && grep -q 'before its time' "$said" &&
		holds "r['interrupted']" "n['sent'] == n['received'] > 0"
}

# Without a terminal nobody watches: only the report.
quiet()
{
	local said
	said=$(ring --duration 1.2 --rate 100 2>&1 >/dev/null)
	expect "" "$said" "on standard error"
}

# The object alone; the report is on the other one.
json_to_stdout()
{
	(run -- --count 10 --json - 2>"$DIR/report") |
		 python3 -c 'import json, sys; assert json.load(sys.stdin)["result"]["lost"] == 0' &&
		grep -q '^lost      0' "$DIR/report"
}

# wrong "what it says" ARGUMENTS...: status 1, that text, nothing else.
wrong()
{
	local want=$1 said
	shift
	said=$(timeout 300 "$GEN" "$@" 2>&1)
	expect 1 $? "status of: $*" || return 1
	grep -qF -- "$want" <<<"$said" && expect 1 "$(wc -l <<<"$said")" "lines of: $said" && return 0
	echo "expected '$want' in: $said"
	return 1
}

wrong_options()
{
	local eal="--lcores 0@0,1@0 --no-huge -m 128 --no-pci --vdev net_ring0"
	wrong 'no "--"' --rate 5 &&
		wrong 'unknown option "--rat"' $eal -- --rat 5 &&
		wrong '--rate: "x": expected packets' $eal -- --rate x &&
		wrong '--size: "63": expected a number from 64 to 9618' $eal -- --size 63 &&
		wrong '--json: /nowhere/x: No such file' $eal -- --json /nowhere/x &&
		wrong '--tx: "wan7": no such port among the 1' $eal -- --tx wan7 --rx 0 &&
		wrong '--rx: "1": no such port' $eal -- --tx 0 --rx 1 &&
		wrong '--tx without --rx' $eal -- --tx 0 &&
		wrong 'no ports' --lcores 0@0,1@0 --no-huge -m 64 --no-pci -- &&
		wrong '1 lcores: expected 2' -l 0 --no-huge -m 64 --no-pci --vdev net_ring0 -- &&
		wrong "unrecognized option '--nonsense'" --lcores 0@0,1@0 --nonsense --no-huge --no-pci --
}

helps() { "$GEN" --help | grep -q '^  --connections RATE'; }

check "--help" helps
check "what is wrong is said, status 1" wrong_options
check "protocols, families, connections" over_ring
check "two workers, IMIX, Zipf" spread
check "ten million flows" ten_million_flows
check "SIGINT ends with a report" gen_ended_by INT
check "SIGTERM ends with a report" gen_ended_by TERM
check "quiet without a terminal" quiet
check "--json -" json_to_stdout
echo "[  PASSED  ] $PASSED test(s)."
[ $FAILED = 0 ] || { echo "[  FAILED  ] $FAILED test(s)."; exit 1; }
