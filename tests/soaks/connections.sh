# SPDX-License-Identifier: BSD-3-Clause
# 10,000,000 short TCP connections come and go; all memory is free again (SECONDS is not used)

# What it says of its measures; its status.
connections_gone()
{
	local said rc
	said=$(DP_MB=1000 build/tests/dataplane/dp_track_many 262144 10000000 2>&1)
	rc=$?
	grep -E 'ERROR|LINE|each$|at the end$' <<<"$said"
	return $rc
}

soak_connections()
{
	build_tree build -Dtests=true || return 1
	check "10,000,000 connections" connections_gone
	summary
}
