# SPDX-License-Identifier: BSD-3-Clause
#
# libFuzzer over all targets, as many at once as there are cores; for tests/run and tests/soak.
# What is found in passing goes to a scratch folder, never into the corpus of the tree.

# fuzz_one BINARY SECONDS FINDINGS LOG: crashes go to FINDINGS, with the name of the target.
fuzz_one()
{
	local name=${1##*/fuzz_} new corpus
	corpus=tests/fuzz/corpus/fuzz_$name
	new=$(mktemp -d)
	[ -d "$corpus" ] || corpus=
	"$1" "$new" $corpus -max_total_time="$2" -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 \
		-artifact_prefix="$3/fuzz-$name-" >"$4" 2>&1
	local rc=$?
	rm -rf "$new"
	return $rc
}

# fuzz_report NAME STATUS LOG
fuzz_report()
{
	local runs
	runs=$(awk '/stat::number_of_executed_units/ { print $2 }' "$3")
	if [ "$2" = 0 ] && [ "${runs:-0}" -gt 0 ]; then
		echo "ok    $1: $runs inputs"
		return 0
	fi
	echo "FAIL  $1"
	grep -E 'ERROR|SUMMARY|runtime error|Test unit written' "$3" | sed 's/^/      /' | head -n 8
	grep -E '^ *#[0-9]+ ' "$3" | head -n 12
	return 1
}

# fuzz_all BUILD SECONDS FINDINGS
fuzz_all()
{
	local binary logs passed=0 failed=0 names=() pids=() i
	logs=$(mktemp -d)
	trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$logs"; exit 143' TERM INT
	mkdir -p "$3"
	for binary in "$1"/tests/fuzz/fuzz_*; do
		[ -f "$binary" ] && [ -x "$binary" ] || continue
		while [ "$(jobs -pr | wc -l)" -ge "$(nproc)" ]; do
			wait -n
		done
		fuzz_one "$binary" "$2" "$3" "$logs/${binary##*/fuzz_}" &
		names+=("${binary##*/fuzz_}")
		pids+=($!)
	done
	for i in "${!pids[@]}"; do
		wait "${pids[i]}"
		if fuzz_report "${names[i]}" $? "$logs/${names[i]}"; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
		fi
	done
	rm -rf "$logs"
	trap - TERM INT
	echo "$passed passed, $failed failed, 0 skipped"
	[ $failed = 0 ] && [ $passed -gt 0 ]
}
