# SPDX-License-Identifier: BSD-3-Clause
# rules change every 10 ms under full load, a minute each (SECONDS: each) untracked, with flows cached or not, with both tables

# What it says of its measures; its status.
commits_under_load()
{
	local said rc settings=$1
	shift
	said=$(DP_SETTINGS=$settings build/tests/dataplane/dp_commits "$@" 2>&1)
	rc=$?
	grep -E 'ERROR|LINE|commits' <<<"$said"
	return $rc
}

soak_commits()
{
	local ms=$((${2:-60} * 1000)) table cache
	build_tree build -Dtests=true || return 1
	check "without connections" commits_under_load "" $ms 10
	for table in rte_hash tag; do
		for cache in 1 0; do
			check "$table, flow_cache=$cache" commits_under_load \
				"net.pollux.ct_table=$table net.pollux.flow_cache=$cache" $ms 10 tracked
		done
	done
	summary
}
