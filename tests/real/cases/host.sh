# SPDX-License-Identifier: BSD-3-Clause
# Programs on the box itself: a namespace that is the host, with twins of both ports.

HOST_NS=plx-lan-host-$$	# the prefix makes lab_sweep find what a kill -9 left

in_host() { ip netns exec "$HOST_NS" "$@"; }

host_up()
{
	ip netns add "$HOST_NS" && ip -n "$HOST_NS" link set lo up &&
		ctl ip route add default via "$WAN4" && ctl ip route add default via "$WAN6" &&
		ctl port set lan0 host netns "$HOST_NS" && ctl port set wan0 host netns "$HOST_NS"
}

host_down()
{
	ctl port set lan0 nohost
	ctl port set wan0 nohost
	ctl ip route del default
	ctl ip -6 route del default
	lab_del_ns "$HOST_NS"
}

# says TEXT COMMAND...: what the command prints has the text.
says()
{
	local text=$1 out
	shift
	out=$("$@" 2>&1)
	grep -qE -- "$text" <<<"$out" && return 0
	echo "expected '$text' in: $out"
	return 1
}

twin_like_port()
{
	local mac
	mac=$(in_box cat /sys/class/net/lan0/address)
	says "mtu 1500" ip -n "$HOST_NS" link show lan0 && says "$mac" ip -n "$HOST_NS" link show lan0 &&
		says "inet 192.168.1.1/24" ip -n "$HOST_NS" addr show lan0 &&
		says "inet6 2001:db8:1::1/64" ip -n "$HOST_NS" addr show lan0 &&
		says "default dev wan0" ip -n "$HOST_NS" route &&
		says "default dev wan0" ip -n "$HOST_NS" -6 route &&
		says "Host twin in namespace: $HOST_NS" ctl show port info lan0
}

# pings FROM TO...: answered, and both INPUT and OUTPUT saw them
pings() { "in_$1" ping -n -q -c 3 -i 0.2 -W 2 "${@:2}" | grep -E 'transmitted|rtt'; return "${PIPESTATUS[0]}"; }

# The box's own echo answers leave ping's own payload alone, and so does the kernel: only rules tell.
rules_count()
{
	ctl iptables -A INPUT -i lan0 -p icmp && ctl iptables -A OUTPUT -o lan0 -p icmp || return 1
	pings lan 192.168.1.1 && pings host "$LAN4" || return 1
	says "^ +6 .*lan0 +\*" ctl iptables -L INPUT -n -v && says "^ +6 .* lan0 " ctl iptables -L OUTPUT -n -v
	local rc=$?
	ctl iptables -F INPUT
	ctl iptables -F OUTPUT
	return $rc
}

rules_filter()
{
	ctl iptables -A INPUT -p tcp --dport 2200 -j DROP
	ctl iptables -A OUTPUT -p tcp --dport 81 -j REJECT
	says "timed out|Connection refused" host_connect lan 192.168.1.1 2200
	expect "timed out" "$(host_connect lan 192.168.1.1 2200)" "a dropped connection to the host" &&
		expect "Connection refused" "$(host_connect host "$WAN4" 81)" "a rejected connection of the host's"
	local rc=$?
	ctl iptables -F INPUT
	ctl iptables -F OUTPUT
	return $rc
}

# host_connect FROM ADDRESS PORT [SECONDS]: what connect() says
host_connect()
{
	"in_$1" python3 - "$2" "$3" "${4:-2}" <<-'END'
		import socket, sys
		try:
		    socket.create_connection((sys.argv[1], int(sys.argv[2])), int(sys.argv[3])).close()
		    print("connected")
		except TimeoutError:
		    print("timed out")
		except OSError as e:
		    print(e.strerror)
	END
}

# The keys are those of the server in the WAN.
host_sshd()
{
	sed 's/^Port .*/Port 2200/' "$LAB_DIR/ssh/config" >"$LAB_DIR/ssh/host-config"
	lab_spawn "$HOST_NS" "$(command -v sshd || echo /usr/sbin/sshd)" -D -e -f "$LAB_DIR/ssh/host-config"
	wait_port "$HOST_NS" 2200
}

ssh_both_ways()
{
	expect hello "$(ssh_lan 2200 "$1" echo hello)" "what the host's shell said" || return 1
	[ -z "${2:-}" ] ||
		expect hello "$(LAB_LAN=$HOST_NS ssh_lan 2222 "$2" echo hello)" "what the server's shell said"
}

# bulk FROM TO [ARGS]: TCP for a second
bulk()
{
	local out rate
	out=$("in_$1" iperf3 -f m -t 1 -c "${@:2}" 2>&1) || { echo "$out"; return 1; }
	rate=$(awk '/receiver/ { r = $(NF - 2) } END { print r }' <<<"$out")
	echo "$rate Mbit/s"
	[ "${rate%.*}" -gt 5 ]
}

copy_to_host()
{
	head -c 5000000 /dev/urandom >"$LAB_DIR/ssh/host-blob"
	expect "$(sha256sum <"$LAB_DIR/ssh/host-blob")" \
		"$(ssh_lan 2200 "$1" sha256sum <"$LAB_DIR/ssh/host-blob")" "checksum there"
}

# A UDP port nobody has: the program learns it by the ICMP error that comes back.
udp_refused()
{
	expect "$2" "$(in_host python3 - "$1" <<-'END'
		import socket, sys
		family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
		s = socket.socket(family, socket.SOCK_DGRAM)
		s.settimeout(5)
		s.connect((sys.argv[1], 9))
		try:
		    s.send(b"x")
		    s.recv(1)
		except OSError as e:
		    print(e.strerror or "nothing")
	END
	)" "recv() says"
}

no_neighbour() { expect "No route to host" "$(host_connect host "$1" 22 6)" "connect() says"; }

# The WAN server is a router with a narrow link behind it.
path_mtu()
{
	in_wan ip link add narrow type veth peer name narrower && in_wan ip link set narrower up &&
		in_wan ip link set narrow mtu 1300 up &&
		in_wan ip addr add 198.51.100.1/24 dev narrow &&
		in_wan sysctl -qw net.ipv4.ip_forward=1 || return 1
	says "mtu ?= ?1300" in_host ping -n -c 2 -i 0.2 -W 1 -M do -s 1400 198.51.100.9 &&
		says "mtu 1300" ip -n "$HOST_NS" route get 198.51.100.9
	local rc=$?
	in_wan sysctl -qw net.ipv4.ip_forward=0
	in_wan ip link del narrow
	return $rc
}

# Pollux itself knows a narrower way: the host hears it from Pollux.
own_mtu()
{
	ctl ip route add 198.51.100.0/24 via "$WAN4" mtu 1200
	says "mtu ?= ?1200" in_host ping -n -c 2 -i 0.2 -W 1 -M do -s 1400 198.51.100.8
	local rc=$?
	ctl ip route del 198.51.100.0/24
	return $rc
}

port_changes()
{
	ctl ip link set lan0 mtu 1400 && says "mtu 1400" ip -n "$HOST_NS" link show lan0 &&
		ctl ip addr add 192.168.9.1/24 dev lan0 &&
		says "192.168.9.1/24" ip -n "$HOST_NS" addr show lan0 &&
		ctl ip addr del 192.168.9.1/24 dev lan0 &&
		! says "192.168.9.1/24" ip -n "$HOST_NS" addr show lan0 >/dev/null &&
		ctl ip link set lan0 down && ! says "UP" ip -n "$HOST_NS" link show lan0 >/dev/null &&
		ctl ip link set lan0 up && ctl ip link set lan0 mtu 1500 &&
		ctl ip -6 addr add 2001:db8:1::1/64 dev lan0 &&
		says "2001:db8:1::1/64" ip -n "$HOST_NS" addr show lan0 && pings host "$LAN4" && pings lan -6 2001:db8:1::1
}

wrong_words()
{
	says "there is a twin|has a twin" ctl port set lan0 host netns "$HOST_NS" &&
		says "Cannot find device" ctl port set nothing host &&
		says "expected port" ctl port set lan0 guest
}

# Without a namespace's name it is the daemon's own, where the port's own device has that name here.
own_namespace()
{
	ctl port set wan0 nohost &&
		says "No such file or directory.*ip netns" ctl port set wan0 host netns no-such-ns-$$ &&
		says "an interface wan0 already" ctl port set wan0 host &&
		pings lan 203.0.113.1 && ctl port set wan0 host netns "$HOST_NS"
}

# Goes with its namespace; the port stays and answers by itself.
namespace_goes()
{
	ip netns del "$HOST_NS"
	sleep 1.3
	says "lan0: no twin in the host any more: its network namespace has gone" cat "$LAB_DIR/pollux.log" &&
		! ctl show port info lan0 | grep twin && pings lan 192.168.1.1
}

interface_goes()
{
	ip -n "$HOST_NS" link del wan0 && sleep 1.3 &&
		says "wan0: no twin in the host any more: somebody deleted it" cat "$LAB_DIR/pollux.log" &&
		pings lan 203.0.113.1
}

if need_pollux; then
	need_server server_ssh 2222
	need_server server_iperf3 5201
	check "ports get twins in the host" host_up
	check "a twin is like its port" twin_like_port
	check "ping the host" pings lan 192.168.1.1
	check "ping the host, 3000 bytes" pings lan -s 3000 192.168.1.1
	check "ping -6 the host, 3000 bytes" pings lan -6 -s 3000 2001:db8:1::1
	check "ping -6 the host" pings lan -6 2001:db8:1::1
	check "ping the host's far address" pings lan 203.0.113.1
	check "the host pings" pings host "$LAN4"
	check "the host pings, 3000 bytes" pings host -s 3000 "$LAN4"
	check "the host pings, IPv6, 3000 bytes" pings host -6 -s 3000 "$LAN6"
	check "the host pings, IPv6" pings host -6 "$WAN6"
	check "INPUT and OUTPUT count the host's packets" rules_count
	check "INPUT and OUTPUT filter the host's packets" rules_filter
	check "sshd on the host" host_sshd
	check "ssh to the host and from it" ssh_both_ways 192.168.1.1 "$WAN4"
	check "ssh to the host and from it, IPv6" ssh_both_ways 2001:db8:1::1 "$WAN6"
	lab_spawn "$HOST_NS" iperf3 --server
	wait_port "$HOST_NS" 5201
	check "5 MB through ssh to the host" copy_to_host 192.168.1.1
	check "iperf3 tcp to the host" bulk lan 192.168.1.1
	check "iperf3 tcp from the host" bulk lan 192.168.1.1 -R
	check "iperf3 tcp to the host, IPv6" bulk lan 2001:db8:1::1
	check "iperf3 tcp, the host is the client" bulk host "$WAN4"
	check "a closed port elsewhere" udp_refused "$WAN4" "Connection refused"
	check "a closed port elsewhere, IPv6" udp_refused "$WAN6" "Connection refused"
	check "a neighbour that is not there" no_neighbour 203.0.113.77
	check "a neighbour that is not there, IPv6" no_neighbour 2001:db8:2::77
	check "a narrow link further on" path_mtu
	check "a narrow route of Pollux's own" own_mtu
	check "what changes on the port changes on the twin" port_changes
	check "wrong commands" wrong_words
	check "the daemon's own namespace" own_namespace
	check "no packet is missing" packets_add_up
	check "somebody deletes a twin" interface_goes
	check "the namespace goes" namespace_goes
	host_down >/dev/null 2>&1
fi
