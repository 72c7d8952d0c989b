# SPDX-License-Identifier: BSD-3-Clause
# random conversations through stateful rules on Linux's kernel and on Pollux: 5,000 rounds, or for SECONDS when told

soak_talk()
{
	build_tree build -Dtests=true || return 1
	if [ -n "${2:-}" ]; then
		tests/kernel/random --talk --seconds "$2" --seed "$(date +%s)" --stop 20
	else
		tests/kernel/random --talk --rounds 5000 --seed "$(date +%s)" --stop 20
	fi
}
