#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Runs in the guest: Pollux with control and a lane on node 0 and a lane on node 1. Where is their memory, by what the
# kernel says of its pages (numa_maps) and by what Pollux says of its heaps?
#
#	guest.sh BUILD SHARE		SHARE/said: what was found; SHARE/done: exit status

build=$1 share=$2
passed=0 failed=0
huge=$((2 << 20)) # bytes of a page

exec >"$share/said" 2>&1 </dev/null

ctl() { "$build/app/polluxctl/polluxctl" --socket /run/pollux.sock "$@"; }

# check WHAT TEST...: does the test hold?
check()
{
	local what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "ok    $what"
	else
		failed=$((failed + 1))
		echo "FAIL  $what ($*)"
	fi
}

finish()
{
	[ $failed = 0 ] || { ctl show config cores; ctl show memory; echo "huge pages: $(pages 0) and $(pages 1)"; cat /run/pollux.log; }
	kill "$pollux"
	wait "$pollux"
	check "Pollux ends cleanly" [ $? = 0 ]
	echo "$passed passed, $failed failed, 0 skipped"
	[ $failed = 0 ]
	echo $? >"$share/done"
	exit 0
}

# heap NODE used|reserved: bytes of DPDK's heap on the node
heap() { ctl show memory | awk -v n="$1)" -v w="$2" '/^\(DPDK heap, node / && $4 == n { print w == "used" ? $5 : $6 }'; }
# pages NODE: huge pages that the process has there
pages()
{
	awk -v n="N$1" '/ huge/ { for (i = 1; i <= NF; i++) if (split($i, v, "=") == 2 && v[1] == n) sum += v[2] }
		END { print sum + 0 }' "/proc/$pollux/numa_maps"
}
# free_of POOL: packet buffers left in it
free_of() { ctl show config cores | sed -nE "s/^pool $1: .* ([0-9]+) free$/\1/p"; }
says() { ctl show config cores | grep -qE "$1"; }

"$build/app/pollux/pollux" -l 0-2 -- --socket /run/pollux.sock --no-prompt --mbufs 6000 >/run/pollux.log 2>&1 &
pollux=$!
for i in $(seq 120); do
	! ctl echo up >/dev/null 2>&1 || break
	sleep 1
done
check "Pollux starts on two nodes" ctl echo up
[ $failed = 0 ] || finish

check "lane 0 is on node 0" says '^lane 0: lcore 1, .*node 0,'
check "lane 1 is on node 1" says '^lane 1: lcore 2, .*node 1,'
for node in 0 1; do
	check "node $node has a pool of packets" says "^pool pkt$node: node $node,"
	# 6,000 buffers of 2 kB and more
	check "which lies in huge pages of node $node" [ "$(pages $node)" -gt 6 ]
	check "all of the heap of node $node does" [ $((huge * $(pages $node))) = "$(heap $node reserved)" ]
done

before0=$(free_of pkt0) before1=$(free_of pkt1)
check "a port with a queue for each lane" ctl port add p0 net_tap0,iface=numa0 queues 2
# its driver holds a buffer for each descriptor
check "the queue of lane 0 has buffers of node 0" [ $((before0 - $(free_of pkt0))) -ge 256 ]
check "the queue of lane 1 has buffers of node 1" [ $((before1 - $(free_of pkt1))) -ge 256 ]

ctl sysctl -w net.netfilter.nf_conntrack_max=8192 >/dev/null
before0=$(heap 0 used) before1=$(heap 1 used)
check "connections are tracked" ctl sysctl -w net.pollux.conntrack=on
# the table is one for all, on control's node; each lane has its own part of a burst's state
check "lane 1 has its part of tracking on node 1" [ $(($(heap 1 used) - before1)) -ge 10000 ]
check "the table is on node 0" [ $(($(heap 0 used) - before0)) -ge 1000000 ]

before1=$(heap 1 used)
{
	echo "*filter"
	for i in $(seq 5000); do
		echo "-A FORWARD -p udp --dport $i"
	done
	echo COMMIT
} >/run/rules
check "rules" ctl iptables-restore </run/rules
check "lane 1 has its counters of them on node 1" [ $(($(heap 1 used) - before1)) -ge 65536 ]
for node in 0 1; do
	check "still all of the heap of node $node is there" [ $((huge * $(pages $node))) = "$(heap $node reserved)" ]
done
finish
