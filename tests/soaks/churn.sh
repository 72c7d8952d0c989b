# SPDX-License-Identifier: BSD-3-Clause
# rules, addresses, routes and a port come and go for SECONDS while ping and iperf3 run; memory must not grow

# Resident memory of Pollux in kB, after the first round of everything has settled.
resident() { awk '/^VmRSS/ { print $2 }' "/proc/$LAB_POLLUX/status"; }

churn_round()
{
	ctl --batch <<-END
		iptables -N soak
		iptables -A soak -p udp --dport 53 -j DROP
		iptables -I FORWARD -j soak
		ip addr add 10.99.0.1/24 dev wan0
		ip route add 10.98.0.0/16 via 10.99.0.2 dev wan0
		port add soak0 net_null0
		ip addr add 10.97.0.1/24 dev soak0
		port del soak0
		ip route del 10.98.0.0/16 via 10.99.0.2 dev wan0
		ip addr del 10.99.0.1/24 dev wan0
		iptables -D FORWARD -j soak
		iptables -F soak
		iptables -X soak
	END
}

churn_rounds()
{
	local end=$((SECONDS + $1)) rounds=0 first=0 bad
	while [ $SECONDS -lt $end ]; do
		bad=$(churn_round | grep '^##rc' | grep -vc '^##rc 0')
		[ "$bad" = 0 ] || { echo "round $rounds: $bad commands failed"; return 1; }
		rounds=$((rounds + 1))
		[ $rounds = 200 ] && first=$(resident)
	done
	echo "$rounds rounds, resident memory $first kB after 200, $(resident) kB at the end"
	[ $rounds -le 200 ] || [ "$(resident)" -le $((first + first / 20)) ]
}

# The last one may still be under way when ping's time is up.
nothing_lost()
{
	awk '/transmitted/ { print; lost = $1 - $4 } END { exit !(NR > 0 && lost <= 1) }' "$1"
}

soak_churn()
{
	build_tree build && hugepages_take 320 && lab_up && need_pollux && server_iperf3 || return 1
	in_lan ping -n -q -i 0.05 -w "$1" -W 2 "$WAN4" >"$LAB_DIR/ping.log" &
	local ping=$!
	in_lan iperf3 -c "$WAN4" -t "$1" -b 20M >"$LAB_DIR/iperf.log" 2>&1 &
	local iperf=$!
	check "nothing refused, memory steady" churn_rounds "$1"
	wait $iperf
	check "iperf3 went on throughout" expect 0 $? "iperf3's status"
	wait $ping
	check "no ping lost" nothing_lost "$LAB_DIR/ping.log"
	summary
}
