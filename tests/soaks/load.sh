# SPDX-License-Identifier: BSD-3-Clause
# how long 10,000 and 100,000 mixed rules take to restore and to save, and one more to be in force: what it is to be under

soak_load()
{
	build_tree build || return 1
	tests/soaks/load.py
}
