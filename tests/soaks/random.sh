# SPDX-License-Identifier: BSD-3-Clause
# random rules and packets on Linux's kernel and on Pollux: 10,000 rounds, or for SECONDS when told

soak_random()
{
	build_tree build -Dtests=true || return 1
	if [ -n "${2:-}" ]; then
		tests/kernel/random --seconds "$2" --seed "$(date +%s)" --stop 20
	else
		tests/kernel/random --rounds 10000 --seed "$(date +%s)" --stop 20
	fi
}
