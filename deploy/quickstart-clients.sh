# SPDX-License-Identifier: BSD-3-Clause
#
# The clients of deploy/quickstart: each runs a real program in the LAN namespace and says in one
# line what it saw. A client fails when it saw anything else than the rules promise.

CLIENTS_TRIED=0
CLIENTS_WRONG=0

# client NAME FUNCTION ARGS...: FUNCTION prints one line and returns 0 when all is as promised.
client()
{
	local name=$1 said mark
	shift
	CLIENTS_TRIED=$((CLIENTS_TRIED + 1))
	if said=$("$@" 2>&1); then
		mark="${GREEN}ok${PLAIN}  "
	else
		mark="${RED}FAIL${PLAIN}"
		CLIENTS_WRONG=$((CLIENTS_WRONG + 1))
	fi
	printf '  %s %-34s %s\n' "$mark" "$name" "$said"
}

say_ping()
{
	local out rc
	out=$(in_lan ping -n -c 5 -i 0.2 -W 2 "$@")
	rc=$?
	awk -F'[ /]' '/transmitted/ { got = $4; sent = $1 } /^rtt/ { avg = $8 }
		END { printf "%d of %d answered, %s ms on average", got, sent, avg }' <<<"$out"
	return $rc
}

say_curl()
{
	in_lan curl -gsS --max-time 5 -o /dev/null -w '%{http_code}, %{size_download} bytes in %{time_total} s' "$1"
}

# Refused means a reset at once: curl's status 7 well before any timeout.
say_refused()
{
	local t0=${EPOCHREALTIME/./} rc
	in_lan curl -gsS --max-time 5 "$1" >/dev/null 2>&1
	rc=$?
	echo "refused after $(((${EPOCHREALTIME/./} - t0) / 1000)) ms"
	[ $rc = 7 ]
}

say_dropped()
{
	in_lan curl -gsS --max-time 2 -o /dev/null "$1" >/dev/null 2>&1
	[ $? = 28 ] && echo "no answer in 2 s, as the rule says"
}

# say_iperf3 HOST [options]: the receiver's line, rate and loss.
say_iperf3()
{
	local out rc host=$1
	shift
	out=$(in_lan iperf3 -c "$host" -t 2 -f m "$@" 2>&1)
	rc=$?
	[ $rc = 0 ] || { tail -n 1 <<<"$out"; return $rc; }
	awk '/receiver/ {
		for (i = 1; i <= NF; i++) if ($i == "Mbits/sec") r = $(i - 1)
		if ($(NF - 2) ~ /\//) lost = ", lost/sent " $(NF - 2)
		printf "%d Mbit/s at the receiver%s\n", r, lost }' <<<"$out"
}

say_ssh() { echo "$(ssh_lan 22 "$1" 'echo logged in over $SSH_CONNECTION')" | grep logged; }

# say_seen ADDRESS FROM URL: who the server at the other end says its client is
say_seen()
{
	local seen
	seen=$("in_$2" curl -gsS --max-time 5 "$3") && echo "the server sees $seen"
	[ "$seen" = "$1" ]
}

# A home gateway: the LAN goes out under the box's address, and one of its ports leads to a server in the LAN.
gateway_rules()
{
	local to=$3:80
	[ "$1" = iptables ] || to="[$3]:80"
	ctl "$1" -t nat -A POSTROUTING -o wan0 -j MASQUERADE &&
		ctl "$1" -t nat -A PREROUTING -i wan0 -d "$2" -p tcp --dport 8000 -j DNAT --to-destination "$to" &&
		ctl "$1" -I FORWARD -m conntrack --ctstate DNAT -j ACCEPT
}

clients_gateway()
{
	gateway_rules iptables 203.0.113.1 "$LAN4" && gateway_rules ip6tables 2001:db8:2::1 "$LAN6" || return 1
	client "curl out (MASQUERADE)" say_seen 203.0.113.1 lan "http://$WAN4/me"
	client "curl out (MASQUERADE), IPv6" say_seen 2001:db8:2::1 lan "http://[$WAN6]/me"
	client "curl in to port 8000 (DNAT)" say_seen "$WAN4" wan "http://203.0.113.1:8000/me"
	client "curl in to port 8000 (DNAT), IPv6" say_seen "$WAN6" wan "http://[2001:db8:2::1]:8000/me"
	client "ssh out (MASQUERADE)" say_ssh "$WAN4"
}

clients_run()
{
	client "ping" say_ping "$WAN4"
	client "ping -6" say_ping -6 "$WAN6"
	client "ping, 3000 bytes (fragments)" say_ping -s 3000 "$WAN4"
	client "curl http://" say_curl "http://$WAN4/"
	client "curl http://, IPv6" say_curl "http://[$WAN6]/"
	client "curl to port 23 (REJECT)" say_refused "http://$WAN4:23/"
	client "curl to port 23 (REJECT), IPv6" say_refused "http://[$WAN6]:23/"
	client "curl to port 8080 (DROP)" say_dropped "http://$WAN4:8080/"
	client "ssh" say_ssh "$WAN4"
	client "ssh, IPv6" say_ssh "$WAN6"
	client "iperf3 tcp" say_iperf3 "$WAN4"
	client "iperf3 tcp, IPv6" say_iperf3 "$WAN6"
	client "iperf3 tcp, WAN to LAN" say_iperf3 "$WAN4" -R
	client "iperf3 udp, 200 Mbit/s" say_iperf3 "$WAN4" -u -b 200M -l 1400
	client "iperf3 udp, 200 Mbit/s, IPv6" say_iperf3 "$WAN6" -u -b 200M -l 1400
}
