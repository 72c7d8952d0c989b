# SPDX-License-Identifier: BSD-3-Clause
# ping through the router and to it, both families, in sizes that do and do not fit one frame.

answered()
{
	in_lan ping -n -q -c 3 -i 0.2 -W 2 "$@" | grep -E 'transmitted|rtt'
	return "${PIPESTATUS[0]}"
}

ping_says()
{
	local said=$1 out
	shift
	out=$(in_lan ping -n -c 1 -W 4 "$@" 2>&1)
	grep -q "$said" <<<"$out" && return 0
	echo "expected '$said' in: $out"
	return 1
}

# Fragments for the router itself: it may say that it does not put them together yet.
answered_in_fragments()
{
	answered -s 3000 "$1" && return 0
	ctl show drops | grep 'does not reassemble yet' && return 77
	return 1
}

if need_pollux; then
	for size in 0 56 1472 1473 3000 8000; do
		check "ping the server, $size bytes" answered -s $size "$WAN4"
		check "ping -6 the server, $size bytes" answered -6 -s $size "$WAN6"
	done
	check "ping the router" answered 192.168.1.1
	check "ping the router, 3000 bytes" answered_in_fragments 192.168.1.1
	check "ping the router's far address" answered 203.0.113.1
	check "ping -6 the router" answered -6 2001:db8:1::1
	check "ping -f, 500 packets, none lost" in_lan ping -n -q -f -c 500 -W 1 "$WAN4"
	check "a TTL of 1 ends at the router" ping_says "Time to live exceeded" -t 1 "$WAN4"
	check "a hop limit of 1 ends at the router" ping_says "Hop limit" -6 -t 1 "$WAN6"
	check "no such host" ping_says "Destination Host Unreachable" 203.0.113.77
	check "no such host, IPv6" ping_says "Address unreachable" -6 2001:db8:2::77
	check "no route" ping_says "Destination Net Unreachable" 198.51.100.1
fi
