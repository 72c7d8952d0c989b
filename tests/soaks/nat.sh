# SPDX-License-Identifier: BSD-3-Clause
# 10,000,000 short TCP connections, translated to one address, then to two; all memory is free again (SECONDS is not used)

# translated_gone ADDRESSES: tells how far it is, and its measures; its status.
translated_gone()
{
	DP_MB=1000 build/tests/dataplane/dp_track_many 262144 10000000 "$1" 2>&1 |
		grep --line-buffered -E 'ERROR|LINE|now$|a second$|at the end$'
	return "${PIPESTATUS[0]}"
}

soak_nat()
{
	build_tree build -Dtests=true || return 1
	check "10,000,000 connections by one address" translated_gone 10.2.0.100
	check "10,000,000 connections by two addresses" translated_gone 10.2.0.100-10.2.0.101
	summary
}
