# SPDX-License-Identifier: BSD-3-Clause
# Pollux starts, forwards one ping and ends on SIGTERM, again and again for SECONDS

soak_restart()
{
	local end=$((SECONDS + $1)) rounds=0
	build_tree build && hugepages_take 320 && lab_up || return 1
	while [ $SECONDS -lt $end ]; do
		rounds=$((rounds + 1))
		if ! pollux_start "$RULES" || ! in_lan ping -n -q -c 1 -W 3 "$WAN4" >/dev/null || ! pollux_stop; then
			check "round $rounds" false
			tail -n 5 "$LAB_DIR/pollux.log"
			break
		fi
	done
	check "$rounds starts and stops" [ "$FAILED" = 0 ]
	summary
}
