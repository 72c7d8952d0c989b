# SPDX-License-Identifier: BSD-3-Clause
# pollux-pktgen: through a Pollux that tracks, filters and translates what it sends.

GEN=$LAB_BUILD/pktgen/generator/pollux-pktgen
GEN_NS=plx-lan-gen-$$	# the prefix makes lab_sweep find what a kill -9 left
RESULT=$LAB_DIR/pktgen.json
GATEWAY4=198.18.255.254 GATEWAY6=2001:2:0:1::ffff:1
# Pollux asks for each of these: few enough for its table of neighbours.
CLIENTS4=198.18.0.1-198.18.0.50 CLIENTS6=2001:2:0:1::1-2001:2:0:1::32

gen_wire()
{
	local i
	ip netns add "$GEN_NS" &&
		ip netns exec "$GEN_NS" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1 || return 1
	for i in 0 1; do
		ip -n "$LAB_BOX" link add "gen$i" type veth peer name "g$i" netns "$GEN_NS" || return 1
		ip netns exec "$GEN_NS" ethtool -K "g$i" tx off gro off >/dev/null 2>&1
		in_box ethtool -K "gen$i" tx off gro off >/dev/null 2>&1
		ip -n "$LAB_BOX" link set "gen$i" up && ip -n "$GEN_NS" link set "g$i" up || return 1
	done
}

# through 4|6 OPTIONS...: from g0 by Pollux to g1; what came of it is in $RESULT.
through()
{
	local clients=CLIENTS$1 gateway=GATEWAY$1
	shift
	timeout 120 ip netns exec "$GEN_NS" "$GEN" --lcores "${CORES:-0@0,1@1}" \
		--vdev "net_af_packet0,iface=g0,framecnt=2048,qpairs=${QUEUES:-1}" \
		--vdev "net_af_packet1,iface=g1,framecnt=2048,qpairs=${QUEUES:-1}" -- --nap --src "${!clients}" \
		--gateway "${!gateway}" --json "$RESULT" --check --drain "${DRAIN:-10}" "$@"
}

# holds PYTHON...: see there.
holds() { "$LAB_TOP/tests/dataplane/pktgen_result.py" "$RESULT" "$@"; }

both_ways()
{
	through "$@" --count 1000 --rate 1000 --flows 200 --return --loss 0 >"$LAB_DIR/said" || return 1
	holds "n['sent'] == n['received'] == n['turned'] == n['returned'] == 1000" "r['lost'] == 0" \
		"n['late'] == n['twice'] == n['bad_checksum'] == 0" \
		"r['latency_us']['count'] == r['round_trip_us']['count'] == 1000" \
		"0 < r['latency_us']['min'] <= r['latency_us']['p50'] <= r['latency_us']['p99.9'] <= r['latency_us']['max']" \
		"r['latency_us']['min'] < r['round_trip_us']['min']"
}

connections()
{
	through "$1" --connections 500 --count 500 --data "$2" --timeout 60 --loss 0 || return 1
	holds "n['opened'] == n['established'] == n['accepted'] == n['completed'] == n['received'] == 500" \
		"n['bad_checksum'] == n['twice'] == n['refused'] == n['timed_out'] == 0" \
		"r['latency_us']['count'] == r['round_trip_us']['count'] == 500"
}

# Two workers: each sends and receives by its own queues; or one is the clients, the other the servers.
two_workers()
{
	CORES=0@0,1@0,2@1 QUEUES=2 both_ways 4 && holds "c['workers'] == 2" &&
		CORES=0@0,1@0,2@1 connections 4 100 && holds "c['workers'] == 2"
}

# All of them were translated, and are tracked by all that happened to them.
connections_seen()
{
	ctl conntrack -F 2>/dev/null
	connections 4 100 >/dev/null || return 1
	expect 500 "$(ctl conntrack -L -p tcp -n 2>/dev/null | grep -c 'TIME_WAIT.*dst=198.19.255.254')" \
		"masqueraded connections that have ended"
}

flooded()
{
	ctl conntrack -F 2>/dev/null
	through 4 --syn-flood --count 1000 --rate 1000 --loss 0 || return 1
	holds "n['sent'] == n['received'] == 1000" "n['bad_checksum'] == 0" || return 1
	expect 1000 "$(ctl conntrack -L -p tcp 2>/dev/null | grep -c 'SYN_SENT')" "connections half open"
}

# What the rules do is what the generator says; put back afterwards.
refused()
{
	ctl iptables -I FORWARD -p tcp -j REJECT --reject-with tcp-reset || return 1
	through 4 --connections 200 --count 100 --loss 0
	expect 2 $? "status" && holds "n['refused'] == n['opened'] == 100" "n['completed'] == 0"
	local rc=$?
	ctl iptables -D FORWARD 1
	return $rc
}

filtered()
{
	ctl iptables -I FORWARD -p udp --dport 9 -j REJECT || return 1
	DRAIN=0.5 through 4 --count 100 --rate 500 --loss 99.9
	expect 2 $? "status" && holds "n['received'] == 0" "r['lost'] == 100" "n['icmp_errors'] > 0"
	local rc=$?
	ctl iptables -D FORWARD 1
	return $rc
}

searched()
{
	through 4 --search --rate 4000 --trial 0.5 --warm-up 0.2 --resolution 20 --loss 1 --flows 50 || return 1
	holds "0 < s['pps'] <= 4000" "1 <= s['trials'] <= 64" "r['loss'] <= 0.01"
}

# To addresses behind the generator's own one, which alone is asked for.
behind()
{
	ctl ip route add 203.0.113.0/24 via 198.19.7.7 || return 1
	through 4 --dst 203.0.113.0/24 --flows 1000 --rx-address 198.19.7.7 --count 1000 --rate 1000 --return --loss 0 ||
		return 1
	holds "n['sent'] == n['returned'] == 1000" "n['asked'] <= 2 * 50 + 10"
}

unanswered()
{
	local said
	said=$(GATEWAY4=198.18.9.9 through 4 --count 1 2>&1)
	expect 1 $? "status" && grep -q "198.18.9.9 does not answer 198.18.0.1 on net_af_packet0" <<<"$said"
}

# The same through shared memory, between the two processes.
memif()
{
	local i devices=()
	cp "$LAB_TOP/tests/real/pktgen.conf" "$LAB_DIR/memif.conf"
	for i in 0 1; do
		sed -i "s#^port add gen$i .*#port add gen$i net_memif$i,role=server,socket=$LAB_DIR/memif$i,socket-abstract=no#" \
			"$LAB_DIR/memif.conf"
		devices+=(--vdev "net_memif$i,role=client,socket=$LAB_DIR/memif$i,socket-abstract=no")
	done
	pollux_start "$LAB_DIR/memif.conf" || return 1
	timeout 120 "$GEN" -l 0,1 --no-pci "${devices[@]}" -- --nap --src "$CLIENTS4" --gateway "$GATEWAY4" \
		--json "$RESULT" --check --drain 10 --flows 1000 --count 2000 --rate 1000 --return --loss 0 &&
		holds "n['sent'] == n['received'] == n['returned'] == 2000" "n['late'] == n['twice'] == n['bad_checksum'] == 0"
}

pollux_stop
if gen_wire && pollux_start "$LAB_TOP/tests/real/pktgen.conf"; then
	for family in 4 6; do
		for proto in udp tcp icmp; do
			check "pktgen through NAT and back, $proto, IPv$family" both_ways $family --proto $proto
		done
		check "pktgen: TCP connections through NAT, IPv$family" connections $family 0
		check "pktgen: with requests and responses, IPv$family" connections $family 700
	done
	check "pktgen: two workers" two_workers
	check "pktgen: connections as conntrack sees them" connections_seen
	check "pktgen: a flood of SYNs" flooded
	check "pktgen: refused connections" refused
	check "pktgen: what a rule rejects is lost, status 2" filtered
	check "pktgen: the highest rate is found" searched
	check "pktgen: destinations behind its own address" behind
	check "pktgen: a gateway that does not answer" unanswered
else
	FAILED=$((FAILED + 1))
	echo "FAIL  Pollux starts with pktgen.conf"
fi
pollux_stop
lab_del_ns "$GEN_NS"
check "pktgen through memif" memif
pollux_stop
