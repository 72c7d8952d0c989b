# SPDX-License-Identifier: BSD-3-Clause
# 1,000,000 IPv4 and 200,000 IPv6 routes: how fast they load, change and go, and what they take (SECONDS is not used)

ROUTES4=1000000
ROUTES6=200000

# Lines of `ip route restore`, lengths and neighbourhood about as in the Internet's table.
routes_make()
{
	awk -v n=$ROUTES4 'BEGIN {
		srand(1)
		while (made < n) {
			len = rand() < 0.6 ? 24 : 16 + int(rand() * 8)
			first = 11 + int(rand() * 210)
			if (first == 127) continue
			bits = int(rand() * 2 ^ (len - 8)) * 2 ^ (32 - len)
			key = first "." int(bits / 65536) "." int(bits / 256) % 256 "." bits % 256 "/" len
			if (key in seen) continue
			seen[key]
			print "route add " key " via 10.2.0." 2 + made++ % 200 " proto bgp"
		} }' >"$1/routes4"
	{ echo "-6"
	awk -v n=$ROUTES6 'BEGIN {
		for (i = 0; i < n; i++)
			printf "route add 2%03x:%x:%x::/48 via fd02::%x proto bgp\n",
				i % 997, int(i / 997) % 64, i / 63808, 2 + i % 200 }'; } >"$1/routes6"
	awk 'BEGIN { for (i = 0; i < 2000; i++)
		print "ip route replace 11." i % 250 ".0.0/16 via 10.2.0." 2 + i % 97 }' >"$1/changes"
}

# Seconds of CPU the control lcore has used: the machine may be shared.
control_cpu() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$1/task/$1/stat"; }

# timed WHAT COUNT MOST COMMAND: fails above MOST seconds
timed()
{
	local what=$1 count=$2 most=$3 from start
	shift 3
	from=$(control_cpu "$ROUTES_PID")
	start=$EPOCHREALTIME
	"$@" >/dev/null || return 1
	awk -v a="$from" -v b="$(control_cpu "$ROUTES_PID")" -v n="$count" -v most="$most" -v what="$what" \
		-v start="$start" -v now="$EPOCHREALTIME" 'BEGIN {
		s = b - a > 0.01 ? b - a : 0.01
		printf "%s: %.2f s (%.2f by the clock), %d a second, %.3f ms each\n", what, s, now - start,
			n / s, 1000 * s / n
		exit s > most }'
}

routes_ctl() { build/app/polluxctl/polluxctl --socket "$ROUTES_DIR/socket" "$@"; }
restore4() { routes_ctl ip route restore <"$ROUTES_DIR/routes4"; }
restore6() { routes_ctl ip route restore <"$ROUTES_DIR/routes6"; }
changes() { [ "$(routes_ctl --batch <"$ROUTES_DIR/changes" | grep -c '^##rc 0')" = 2000 ]; }

soak_routes()
{
	build_tree build && hugepages_take 3000 || return 1
	ROUTES_DIR=$(mktemp -d)
	routes_make "$ROUTES_DIR"
	cat >"$ROUTES_DIR/conf" <<-END
		port add r0 net_null0,no-rx=1
		port add r1 net_null1,no-rx=1
		ip addr add 10.2.0.1/24 dev r1
		ip addr add fd02::1/64 dev r1
	END
	build/app/pollux/pollux -l 0-1 --in-memory --no-pci -- --config "$ROUTES_DIR/conf" \
		--socket "$ROUTES_DIR/socket" --no-prompt >"$ROUTES_DIR/log" 2>&1 &
	ROUTES_PID=$!
	for _ in $(seq 100); do
		[ -S "$ROUTES_DIR/socket" ] && break
		sleep 0.2
	done
	check "load IPv4" timed "restore of $ROUTES4 IPv4 routes" $ROUTES4 10 restore4
	check "load IPv6" timed "restore of $ROUTES6 IPv6 routes" $ROUTES6 2 restore6
	check "change" timed "changes in the full table" 2000 2 changes
	grep VmRSS "/proc/$ROUTES_PID/status"
	check "show" timed "show" $ROUTES4 10 routes_ctl ip route show
	check "flush IPv4" timed "flush IPv4" $ROUTES4 10 routes_ctl ip route flush proto bgp
	check "flush IPv6" timed "flush IPv6" $ROUTES6 10 routes_ctl ip -6 route flush proto bgp
	kill "$ROUTES_PID"
	wait "$ROUTES_PID"
	rm -rf "$ROUTES_DIR"
	summary
}
