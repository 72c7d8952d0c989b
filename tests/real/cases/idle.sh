# SPDX-License-Identifier: BSD-3-Clause
# The ways a worker spends its idle time: packets pass in each, and sleeping ones leave the core.

# Share of one core the workers used during a second, in per cent.
worker_load()
{
	local t0 t1
	t0=$(worker_ticks)
	sleep 1
	t1=$(worker_ticks)
	echo $(((t1 - t0) * 100 / $(getconf CLK_TCK)))
}

# One worker here; its thread is named so by DPDK ("lcore-worker-1", later "dpdk-worker1").
worker_ticks()
{
	local task
	for task in /proc/"$LAB_POLLUX"/task/*; do
		grep -qE 'worker' "$task/comm" && sed 's/.*) //' "$task/stat" | awk '{ print $12 + $13 }'
	done | awk '{ n += $1 } END { print n + 0 }'
}

idle_mode()
{
	local said load
	if ! said=$(ctl sysctl -w net.pollux.idle="$1" 2>&1); then
		echo "$said"
		return 77
	fi
	in_lan ping -n -q -c 10 -i 0.05 -W 1 "$WAN4" || return 1
	load=$(worker_load)
	echo "workers use $load % of a core when idle"
	[ "$load" -le "$2" ]
}

if need_pollux; then
	check "idle workers sleep" idle_mode sleep 50
	check "idle workers poll" idle_mode poll 120
	check "idle workers wait for interrupts" idle_mode irq 50
	ctl sysctl -w net.pollux.idle=sleep >/dev/null
fi
