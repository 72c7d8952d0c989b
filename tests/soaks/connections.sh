# SPDX-License-Identifier: BSD-3-Clause
# 10,000,000 short TCP connections come and go; all memory is free again (SECONDS is not used)

soak_connections()
{
	build_tree build -Dtests=true || return 1
	check "10,000,000 connections" env DP_MB=1000 build/tests/dataplane/dp_track_many 262144 10000000
	summary
}
