# SPDX-License-Identifier: BSD-3-Clause
# random rules and packets on Linux's kernel and on Pollux for SECONDS (3,600 s: about 60,000 rounds)

soak_random()
{
	build_tree build -Dtests=true || return 1
	tests/kernel/random --seconds "$1" --seed "$(date +%s)" --stop 20
}
