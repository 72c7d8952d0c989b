# SPDX-License-Identifier: BSD-3-Clause
# 4,000,000 connections at once: a table of them is filled, under 260 bytes each, and empties (SECONDS is not used)

soak_flows()
{
	build_tree build -Dtests=true || return 1
	check "4,000,000 connections" env DP_MB=2400 build/tests/dataplane/dp_track_many 4000000 10000
	summary
}
