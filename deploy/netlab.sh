# SPDX-License-Identifier: BSD-3-Clause
#
# A small network to try Pollux in, made of network namespaces; sourced by deploy/quickstart,
# tests/real and tests/soak.
#
#	LAN client   eth0 ---- lan0   Pollux   wan0 ---- eth0   WAN server
#	192.168.1.10                .1        .1          203.0.113.10
#	2001:db8:1::10             ::1        ::1         2001:db8:2::10
#
# Pollux has a namespace of its own, so the machine's own network never sees an interface of this.
# Ports are veth ends read through net_af_packet: no driver, no NIC, and faster than net_tap here.
# lab_down undoes everything; whoever sources this calls it from an EXIT trap.

LAB_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
LAB_BUILD=${LAB_BUILD:-$LAB_TOP/build}
LAB_LAN=plx-lan-$$
LAB_WAN=plx-wan-$$
LAB_BOX=plx-box-$$
LAB_DIR=
LAB_SOCKET=
LAB_PIDS=()
LAB_POLLUX=
LAB_PAGES_ADDED=0
LAB_SSHD_DIR=

LAN4=192.168.1.10 WAN4=203.0.113.10
LAN6=2001:db8:1::10 WAN6=2001:db8:2::10

in_lan() { ip netns exec "$LAB_LAN" "$@"; }
in_wan() { ip netns exec "$LAB_WAN" "$@"; }
in_box() { ip netns exec "$LAB_BOX" "$@"; }

# polluxctl against the Pollux of this lab.
ctl() { "$LAB_BUILD/app/polluxctl/polluxctl" --socket "$LAB_SOCKET" "$@"; }

# What a run that was killed with -9 left behind: namespaces and folders whose maker no longer lives.
lab_sweep()
{
	local ns dir pid
	for ns in $(ip netns list | awk '/^plx-(lan|wan|box)-[0-9]+/ { print $1 }'); do
		kill -0 "${ns##*-}" 2>/dev/null || lab_del_ns "$ns"
	done
	for dir in /tmp/pollux-lab-*.*; do
		pid=${dir#/tmp/pollux-lab-}
		[ ! -d "$dir" ] || kill -0 "${pid%%.*}" 2>/dev/null || rm -rf "$dir"
	done
}

lab_del_ns()
{
	local pids
	pids=$(ip netns pids "$1" 2>/dev/null) || return 0
	[ -z "$pids" ] || kill -9 $pids 2>/dev/null
	ip netns del "$1" 2>/dev/null
	return 0
}

# lab_wire NAMESPACE BOX-PORT IPv4 IPv6: one client with one link to the box.
lab_wire()
{
	ip netns add "$1" && ip -n "$1" link set lo up &&
		ip -n "$LAB_BOX" link add "$2" type veth peer name eth0 netns "$1" || return 1
	# The kernel leaves checksums and segments to a "NIC" that is not there: Pollux would see
	# half-made packets. Both ends do them in full.
	ip netns exec "$1" ethtool -K eth0 tx off tso off gso off gro off >/dev/null 2>&1
	in_box ethtool -K "$2" tx off gro off >/dev/null 2>&1
	ip -n "$LAB_BOX" link set "$2" up && ip -n "$1" link set eth0 up &&
		ip -n "$1" addr add "$3/24" dev eth0 &&
		ip -n "$1" addr add "$4/64" dev eth0 nodad &&
		ip -n "$1" route add default via "${3%.*}.1" &&
		ip -n "$1" -6 route add default via "${4%::*}::1"
}

lab_up()
{
	lab_sweep
	LAB_DIR=$(mktemp -d "/tmp/pollux-lab-$$.XXXXXX") || return 1
	LAB_SOCKET=$LAB_DIR/pollux.sock
	ip netns add "$LAB_BOX" || return 1
	# The box's own kernel stays silent: packets belong to Pollux alone.
	in_box sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 \
		net.ipv4.ip_forward=0
	lab_wire "$LAB_LAN" lan0 "$LAN4" "$LAN6" && lab_wire "$LAB_WAN" wan0 "$WAN4" "$WAN6"
}

# lab_spawn NAMESPACE COMMAND...: a background program that ends with the lab.
# setsid: a Ctrl-C at the terminal is meant for us, who then end it in order.
lab_spawn()
{
	local ns=$1
	shift
	setsid ip netns exec "$ns" "$@" </dev/null >>"$LAB_DIR/servers.log" 2>&1 &
	LAB_PIDS+=($!)
}

# Enough huge pages for one Pollux; gives the machine its own number back on lab_down.
hugepages_take()
{
	local free want=${1:-320} file=/proc/sys/vm/nr_hugepages
	free=$(awk '/^HugePages_Free/ { print $2 }' /proc/meminfo)
	[ "${free:-0}" -lt "$want" ] || return 0
	LAB_PAGES_ADDED=$((want - free))
	echo $(($(cat $file) + LAB_PAGES_ADDED)) >$file 2>/dev/null
	free=$(awk '/^HugePages_Free/ { print $2 }' /proc/meminfo)
	[ "${free:-0}" -ge "$want" ]
}

hugepages_give_back()
{
	local file=/proc/sys/vm/nr_hugepages now
	[ "$LAB_PAGES_ADDED" -gt 0 ] || return 0
	now=$(cat $file)
	echo $((now > LAB_PAGES_ADDED ? now - LAB_PAGES_ADDED : 0)) >$file
	LAB_PAGES_ADDED=0
}

# pollux_start CONFIG [pollux arguments]: returns when it answers commands, else 1 with its log shown.
pollux_start()
{
	local config=$1 i
	shift
	: >"$LAB_DIR/pollux.log"
	setsid ip netns exec "$LAB_BOX" "$LAB_BUILD/app/pollux/pollux" ${LAB_EAL:-} -- --config "$config" \
		--socket "$LAB_SOCKET" --no-prompt "$@" </dev/null >"$LAB_DIR/pollux.log" 2>&1 &
	LAB_POLLUX=$!
	for i in $(seq 1 150); do
		if [ -S "$LAB_SOCKET" ] && ctl echo up >/dev/null 2>&1; then
			return 0
		fi
		kill -0 "$LAB_POLLUX" 2>/dev/null || break
		sleep 0.1
	done
	echo "Pollux did not start; its last words:" >&2
	tail -n 12 "$LAB_DIR/pollux.log" >&2
	return 1
}

# Returns Pollux's own exit status; 137 when it had to be killed after ten seconds.
pollux_stop()
{
	local pid=$LAB_POLLUX i
	[ -n "$pid" ] || return 0
	LAB_POLLUX=
	kill -TERM "$pid" 2>/dev/null
	for i in $(seq 1 100); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
}

lab_down()
{
	local pid ns
	pollux_stop
	for pid in "${LAB_PIDS[@]}"; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	LAB_PIDS=()
	for ns in "$LAB_LAN" "$LAB_WAN" "$LAB_BOX"; do
		lab_del_ns "$ns"
	done
	hugepages_give_back
	[ -z "$LAB_SSHD_DIR" ] || rmdir "$LAB_SSHD_DIR" 2>/dev/null
	[ -z "$LAB_DIR" ] || rm -rf "$LAB_DIR"
	LAB_DIR=
}

# wait_port NAMESPACE PORT: until a TCP server listens there.
wait_port()
{
	local i
	for i in $(seq 1 50); do
		[ -z "$(ip netns exec "$1" ss -Hltn "sport = :$2")" ] || return 0
		sleep 0.1
	done
	echo "nothing listens on port $2 in $1: $(tail -n 3 "$LAB_DIR/servers.log")" >&2
	return 1
}
