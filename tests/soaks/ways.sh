# SPDX-License-Identifier: BSD-3-Clause
# the whole comparison with Linux's kernel, also in bursts, 3,000 random rounds and 1,500 of conversations, by every way of tests/parts/ways.sh (SECONDS is not used)

soak_ways()
{
	. tests/parts/ways.sh
	build_tree build -Dtests=true || return 1
	check "scenarios" each_way tests/kernel/run --long
	check "bursts" each_way tests/kernel/run --bursts
	check "random rounds" each_way tests/kernel/random --rounds 3000 --seed 1
	check "conversations" each_way tests/kernel/random --talk --rounds 1500 --seed 1
	summary
}
