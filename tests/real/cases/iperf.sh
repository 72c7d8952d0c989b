# SPDX-License-Identifier: BSD-3-Clause
# iperf3: bulk TCP and UDP, both directions. Loss is a failure, a rate is only told.

tcp_flows()
{
	local out rate
	out=$(in_lan iperf3 -f m -t 1 "$@" 2>&1) || { echo "$out"; return 1; }
	rate=$(awk '/receiver/ { for (i = 1; i <= NF; i++) if ($i == "Mbits/sec") r = $(i - 1) } END { print r }' <<<"$out")
	echo "$rate Mbit/s"
	[ "${rate%.*}" -gt 0 ]
}

# At most one datagram in a hundred may be missing: a slow rate, so that a busy machine's pauses fit
# into the rings of the kernel's side. A longer one loses some, but not each of five times.
udp_flows()
{
	local out try
	for try in 1 2 3 4 5; do
		out=$(in_lan iperf3 -f m -t 1 -u -b 20M "$@" 2>&1) || { echo "$out"; return 1; }
		awk '/receiver/ { split($(NF - 2), n, "/") }
			END { printf "%d of %d lost\n", n[1], n[2]; exit !(n[2] > 0 && n[1] * 100 <= n[2]) }' <<<"$out" &&
			return 0
	done
	return 1
}

if need_pollux; then
	need_server server_iperf3 5201
	check "iperf3 tcp" tcp_flows -c "$WAN4"
	check "iperf3 tcp, from the server" tcp_flows -c "$WAN4" -R
	check "iperf3 tcp, 8 streams" tcp_flows -c "$WAN4" -P 8
	check "iperf3 tcp over IPv6" tcp_flows -c "$WAN6"
	check "iperf3 tcp over IPv6, from the server" tcp_flows -c "$WAN6" -R
	check "iperf3 udp" udp_flows -c "$WAN4" -l 1400
	check "iperf3 udp, from the server" udp_flows -c "$WAN4" -l 1400 -R
	check "iperf3 udp, 64-byte datagrams" udp_flows -c "$WAN4" -l 64 -b 5M
	check "iperf3 udp over IPv6" udp_flows -c "$WAN6" -l 1400
fi
