# SPDX-License-Identifier: BSD-3-Clause
# every fuzz target for SECONDS, with ASan and UBSan; crashes stay in tests/fuzz/findings

soak_fuzz()
{
	CC=clang build_tree build-asan -Db_sanitize=address,undefined -Db_lundef=false \
		-Dbuildtype=debugoptimized -Dtests=true -Dfuzz=true || return 1
	fuzz_all build-asan "$1" tests/fuzz/findings
}
