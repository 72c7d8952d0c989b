# SPDX-License-Identifier: BSD-3-Clause
# 4,000,000 connections at once: a table of them is filled, under 260 bytes each, and empties (SECONDS is not used)

# What it says of its measures; its status.
flows_filled()
{
	local said rc
	said=$(DP_MB=2400 build/tests/dataplane/dp_track_many 4000000 10000 2>&1)
	rc=$?
	grep -E 'ERROR|LINE|each$|a second$' <<<"$said"
	return $rc
}

soak_flows()
{
	build_tree build -Dtests=true || return 1
	check "4,000,000 connections" flows_filled
	summary
}
