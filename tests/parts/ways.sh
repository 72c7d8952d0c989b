# SPDX-License-Identifier: BSD-3-Clause
#
# Several ways lead to one result: whether flows are cached, rules compiled, by which instructions, and how connections
# are found, how many workers there are. Linux's kernel is compared with each; what is not named is as it comes.

# A line a way: sysctls that Pollux starts with, lanes=N: its workers.
ways()
{
	cat <<-END
		net.pollux.flow_cache=0 net.pollux.fast_forward=0 net.pollux.rule_map_min=1
		net.pollux.ct_table=rte_hash net.pollux.rule_compile=0
		net.pollux.simd=scalar net.pollux.rule_bits_min=1 net.pollux.rule_map_min=0 net.pollux.rule_inline=0 net.pollux.flow_cache=0
		net.pollux.simd=avx2 net.pollux.rule_acl_min=1 net.pollux.rule_map_min=0 net.pollux.rule_inline=0 net.pollux.flow_cache=0
		lanes=2
		lanes=4 net.pollux.ct_table=rte_hash
	END
	grep -qw avx512bw /proc/cpuinfo && echo "net.pollux.simd=avx512 net.pollux.rule_bits_min=1 net.pollux.rule_map_min=0 net.pollux.rule_inline=0 net.pollux.ct_table=rte_hash net.pollux.flow_cache=0"
}

# each_way COMMAND...: runs it by every way; adds up what its lines "N passed, N failed, N skipped" say.
each_way()
{
	local way said rc passed=0 failed=0 skipped=0 count lanes settings
	while read -r way; do
		echo "by $way:"
		lanes=1 settings=$way
		[[ $way =~ ^lanes=([0-9]+)\ *(.*) ]] && lanes=${BASH_REMATCH[1]} settings=${BASH_REMATCH[2]}
		said=$(POLLUX_LANES=$lanes POLLUX_SETTINGS=$settings "$@" 2>&1 </dev/null)
		rc=$?
		count=($(awk '/^[0-9]+ passed, / { p += $1; f += $3; s += $5; n++ } END { if (n) print p, f, s }' <<<"$said"))
		sed -E 's/^[0-9]+ passed, /    &/' <<<"$said"
		[ ${#count[@]} = 3 ] || count=(0 1 0)
		[ $rc = 0 ] || [ "${count[1]}" != 0 ] || count[1]=1
		passed=$((passed + count[0])) failed=$((failed + count[1])) skipped=$((skipped + count[2]))
	done < <(ways)
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] && [ "$passed" != 0 ]
}
