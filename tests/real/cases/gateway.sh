# SPDX-License-Identifier: BSD-3-Clause
# Real programs through masquerade and port forwards, both families. The WAN has no way to the LAN's addresses, so nothing
# here works untranslated; and servers say whom they have seen.
#
#	LAN .10 ---- .1 Pollux, and programs on its host ---- WAN .10, a router ---- far 198.51.100.10, behind 1400 bytes

NAT_HOST=plx-lan-host-$$ NAT_FAR=plx-wan-far-$$
BOX4=203.0.113.1 BOX6=2001:db8:2::1
FAR4=198.51.100.10 FAR6=2001:db8:3::10

in_host() { ip netns exec "$NAT_HOST" "$@"; }
in_far() { ip netns exec "$NAT_FAR" "$@"; }

# nat_rules BOX LAN-NET LAN-HOST [BRACKETS]: the rules of a home gateway with services behind it
nat_rules()
{
	local host=$4
	[ -z "${5:-}" ] || host="[$4]"
	cat <<-END
		*nat
		:PREROUTING ACCEPT [0:0]
		:POSTROUTING ACCEPT [0:0]
		-A PREROUTING -d $2 -p tcp --dport 8081 -j DNAT --to-destination $host:80
		-A PREROUTING -d $2 -p tcp --dport 2223 -j DNAT --to-destination $host:2222
		-A PREROUTING -d $2 -p tcp --dport 5202 -j DNAT --to-destination $host:5201
		-A PREROUTING -d $2 -p udp --dport 5202 -j DNAT --to-destination $host:5201
		-A PREROUTING -i lan0 -p tcp --dport 3128 -j REDIRECT --to-ports 8088
		-A PREROUTING -i lan0 -p tcp --dport 3129 -j REDIRECT --to-ports 8089
		-A OUTPUT -p tcp --dport 3130 -j DNAT --to-destination $host:80
		-A POSTROUTING -o wan0 -j MASQUERADE
		-A POSTROUTING -o lan0 -s $3 -j MASQUERADE
		COMMIT
		*filter
		:INPUT ACCEPT [0:0]
		:FORWARD DROP [0:0]
		:OUTPUT ACCEPT [0:0]
		-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
		-A FORWARD -i lan0 -m conntrack --ctstate NEW -j ACCEPT
		-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT
		COMMIT
	END
}

# The far server's link takes 1500 bytes, the way there 1400.
far_up()
{
	ip netns add "$NAT_FAR" && ip -n "$NAT_FAR" link set lo up &&
		ip -n "$LAB_WAN" link add far0 type veth peer name eth0 netns "$NAT_FAR" &&
		in_wan ethtool -K far0 tx off tso off gso off gro off >/dev/null &&
		in_far ethtool -K eth0 tx off tso off gso off gro off >/dev/null &&
		ip -n "$LAB_WAN" link set far0 mtu 1400 up && ip -n "$NAT_FAR" link set eth0 up &&
		in_wan sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 &&
		ip -n "$LAB_WAN" addr add 198.51.100.1/24 dev far0 &&
		ip -n "$LAB_WAN" addr add 2001:db8:3::1/64 dev far0 nodad &&
		ip -n "$NAT_FAR" addr add "$FAR4/24" dev eth0 &&
		ip -n "$NAT_FAR" addr add "$FAR6/64" dev eth0 nodad &&
		ip -n "$NAT_FAR" route add 203.0.113.0/24 via 198.51.100.1 &&
		ip -n "$NAT_FAR" route add 2001:db8:2::/64 via 2001:db8:3::1 &&
		ctl ip route add 198.51.100.0/24 via "$WAN4" && ctl ip route add 2001:db8:3::/64 via "$WAN6"
}

nat_up()
{
	nat_rules iptables "$BOX4" 192.168.1.0/24 "$LAN4" | ctl iptables-restore &&
		nat_rules ip6tables "$BOX6" 2001:db8:1::/64 "$LAN6" "[]" | ctl ip6tables-restore || return 1
	ctl iptables -t nat -A PREROUTING -d 192.168.1.1 -p tcp --dport 8090 -j DNAT --to-destination 127.0.0.1 || return 1
	in_wan ip route del default && in_wan ip -6 route del default && far_up || return 1
	ip netns add "$NAT_HOST" && ip -n "$NAT_HOST" link set lo up &&
		ctl port set lan0 host netns "$NAT_HOST" && ctl port set wan0 host netns "$NAT_HOST" &&
		ip -n "$NAT_HOST" route add default dev wan0 && ip -n "$NAT_HOST" -6 route add default dev wan0
}

nat_servers()
{
	local www=$LAB_DIR/nat-www
	mkdir -p "$www"
	[ -s "$www/blob" ] || head -c 3000000 /dev/urandom >"$www/blob"
	server_http 8080 "$www"
	LAB_WAN=$LAB_LAN server_http 80 "$www"
	LAB_WAN=$NAT_FAR server_http 80 "$www"
	LAB_WAN=$NAT_HOST server_http 8088 "$www"
	lab_spawn "$NAT_HOST" python3 "$LAB_TOP/deploy/httpd.py" 8090 "$www" ::ffff:127.0.0.1
	LAB_WAN=$LAB_LAN server_iperf3 5201
	need_server server_iperf3 5201
	need_server server_ssh 2222
	lab_spawn "$LAB_LAN" "$(command -v sshd || echo /usr/sbin/sshd)" -D -e -f "$LAB_DIR/ssh/config"
	lab_spawn "$LAB_WAN" dnsmasq --keep-in-foreground --no-resolv --no-hosts --no-daemon --log-queries --user=root \
		--log-facility="$LAB_DIR/dns.log" --pid-file= --conf-file=/dev/null --address=/lab.test/192.0.2.5
	wait_port "$LAB_WAN" 53 && wait_port "$NAT_HOST" 8090 && wait_port "$LAB_LAN" 2222
}

# seen WANTED FROM URL: who the server of the URL says the client is
seen() { expect "$1" "$("in_$2" curl -gsS --max-time 5 "${@:3}")" "the server's view of the client"; }

# both FUNCTION IPv4-ARGS -- IPv6-ARGS: at the same time
both()
{
	local what=$1 four=() pid rc
	shift
	while [ "$1" != -- ]; do four+=("$1"); shift; done
	shift
	"$what" "${four[@]}" &
	pid=$!
	"$what" "$@"
	rc=$?
	wait $pid && return $rc
}

curl_out() { seen "$1" lan "http://$2:8080/me" && fetched lan "http://$2:8080/blob"; }
curl_in() { seen "$1" wan "http://$2:8081/me" && fetched wan "http://$2:8081/blob"; }
curl_hairpin() { seen "$1" lan "http://$2:8081/me"; }

# fetched FROM URL: arrives whole
fetched()
{
	expect "$(sha256sum <"$LAB_DIR/nat-www/blob")" "$("in_$1" curl -gsS --max-time 20 "$2" | sha256sum)" "checksum of $2"
}

# ssh FROM HOST PORT WANTED: whom the shell says it serves
ssh_through()
{
	local out
	out=$(LAB_LAN=$1 ssh_lan "$3" "$2" 'echo ${SSH_CLIENT%% *}; head -c 300000 /dev/zero | sha256sum') || return 1
	expect "$4" "$(head -n 1 <<<"$out")" "sshd's view of the client" &&
		expect "$(head -c 300000 /dev/zero | sha256sum)" "$(tail -n 1 <<<"$out")" "what came back"
}

# nat_iperf FROM ADDRESS PORT: TCP and UDP, to and from. How much of UDP is lost on a busy machine is iperf.sh's affair.
nat_iperf()
{
	local args out
	for args in "-n 2M" "-n 2M -R" "-u -b 5M -l 1300 -n 200K" "-u -b 5M -l 1300 -n 200K -R"; do
		out=$("in_$1" iperf3 -f m -c "$2" -p "$3" --connect-timeout 5000 $args 2>&1) || { echo "$args: $out"; return 1; }
		awk '/receiver/ && /%/ { split($(NF - 2), n, "/"); exit !(n[2] > 0 && n[1] * 2 <= n[2]) }' <<<"$out" ||
			{ echo "$args: $out"; return 1; }
	done
}

dns_asks()
{
	expect 192.0.2.5 "$(in_lan dig +short +tries=2 +time=3 "@$1" "$3.lab.test")" "the answer" &&
		expect 192.0.2.5 "$(in_lan dig +short +tcp +time=3 "@$1" "tcp-$3.lab.test")" "the answer by TCP" &&
		grep -q "query\[A\] tcp-$3.lab.test from $2" "$LAB_DIR/dns.log"
}

nat_pings()
{
	in_lan ping -n -q -c 3 -i 0.1 -W 2 "$1" && in_lan ping -n -q -c 2 -i 0.1 -W 2 -s 3000 "$1" &&
		in_far ping -n -q -c 2 -i 0.1 -W 2 "$2"
}

# The routers on the way, the second of which answers to what it takes for Pollux.
traces()
{
	local way out
	for way in "" -I; do
		out=$(in_lan traceroute -n $way -q 1 -w 3 -m 5 "${@:4}" "$3") || return 1
		expect "$1 $2 $3" "$(awk '/^ *[0-9]+ / { printf "%s%s", s, $2; s = " " }' <<<"$out")" "the way, traceroute $way" ||
			{ echo "$out"; return 1; }
	done
}

# What says how much goes through comes to the address that Pollux translates to, and reaches the LAN.
pmtu_out()
{
	expect "$(sha256sum <"$LAB_DIR/nat-www/blob" | cut -d' ' -f1)" \
		"$(in_lan curl -gsS --max-time 10 -T "$LAB_DIR/nat-www/blob" "http://$2/")" "checksum of what was sent" &&
		expect 1400 "$(in_lan ip route get "$1" | sed -n 's/.* mtu \([0-9]*\).*/\1/p' | head -n 1)" "what the LAN knows of the path"
}

# Pollux itself says it to the far server: by the address that this one knows.
pmtu_in()
{
	local rc
	ctl ip link set lan0 mtu 1400 || return 1
	seen "$BOX4" lan "http://$FAR4/me" && both fetched lan "http://$WAN4:8080/blob" -- lan "http://[$WAN6]:8080/blob" &&
		expect 1400 "$(in_wan ip route get "$BOX4" | sed -n 's/.* mtu \([0-9]*\).*/\1/p' | head -n 1)" "what the WAN knows of the path"
	rc=$?
	ctl ip link set lan0 mtu 1500
	return $rc
}

nat_host()
{
	seen "$BOX4" host "http://$WAN4:8080/me" && seen "$BOX4" host --interface 192.168.1.1 "http://$WAN4:8080/me" &&
		seen "$BOX6" host "http://[$WAN6]:8080/me" && seen "$BOX6" host --interface 2001:db8:1::1 "http://[$WAN6]:8080/me"
}

# 127.0.0.1 is nobody's business from outside unless route_localnet says so.
nat_localnet()
{
	in_lan curl -sS --max-time 1 http://192.168.1.1:8090/me && return 1
	ctl sysctl -w net.ipv4.conf.lan0.route_localnet=1 && seen "$LAN4" lan http://192.168.1.1:8090/me
	local rc=$?
	ctl sysctl -w net.ipv4.conf.lan0.route_localnet=0
	return $rc
}

# The servers of this file end: others want their ports.
nat_down()
{
	kill "${LAB_PIDS[@]:NAT_FIRST}"
	lab_del_ns "$NAT_HOST"
	lab_del_ns "$NAT_FAR"
	wait "${LAB_PIDS[@]:NAT_FIRST}"
	LAB_PIDS=("${LAB_PIDS[@]:0:NAT_FIRST}")
	ip -n "$LAB_WAN" route replace default via "$BOX4"
	ip -n "$LAB_WAN" -6 route replace default via "$BOX6"
	in_wan sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
}

pollux_stop
NAT_FIRST=${#LAB_PIDS[@]}
if need_pollux; then
	check "a gateway that translates" nat_up
	check "servers on all sides of it" nat_servers
	check "curl, masqueraded" both curl_out "$BOX4" "$WAN4" -- "$BOX6" "[$WAN6]"
	check "curl to a forwarded port" both curl_in "$WAN4" "$BOX4" -- "$WAN6" "[$BOX6]"
	check "curl to a forwarded port from behind it" both curl_hairpin 192.168.1.1 "$BOX4" -- 2001:db8:1::1 "[$BOX6]"
	check "ssh, masqueraded" both ssh_through "$LAB_LAN" "$WAN4" 2222 "$BOX4" -- "$LAB_LAN" "$WAN6" 2222 "$BOX6"
	check "ssh to a forwarded port" both ssh_through "$LAB_WAN" "$BOX4" 2223 "$WAN4" -- "$LAB_WAN" "$BOX6" 2223 "$WAN6"
	check "iperf3 out and back" nat_iperf lan "$WAN4" 5201
	check "iperf3 to a forwarded port" nat_iperf wan "$BOX6" 5202
	check "DNS" both dns_asks "$WAN4" "$BOX4" four -- "$WAN6" "$BOX6" six
	check "ping" both nat_pings "$WAN4" "$BOX4" -- "$WAN6" "$BOX6"
	check "traceroute" both traces 192.168.1.1 "$WAN4" "$FAR4" -- 2001:db8:1::1 "$WAN6" "$FAR6" -6
	check "a narrow link further on" both pmtu_out "$FAR4" "$FAR4" -- "$FAR6" "[$FAR6]"
	check "a narrow link behind the translation" pmtu_in
	check "the host on the box, masqueraded" nat_host
	check "redirected to the host" both seen "$LAN4" lan "http://$WAN4:3128/me" -- "$LAN6" lan "http://[$WAN6]:3128/me"
	check "redirected to where nobody listens" expect 7 \
		"$(in_lan curl -sS --max-time 5 "http://$WAN4:3129/me" 2>/dev/null; echo $?)" "curl's status (7: refused)"
	check "the host's own, sent elsewhere" both seen "$BOX4" host "http://$WAN4:3130/me" -- "$BOX6" host "http://[$WAN6]:3130/me"
	check "127.0.0.1 of the host" nat_localnet
	check "no packet is missing" packets_add_up
	pollux_stop
	nat_down 2>/dev/null
fi
