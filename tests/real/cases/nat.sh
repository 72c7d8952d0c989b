# SPDX-License-Identifier: BSD-3-Clause
# The configurations of conf/ that translate addresses, each with connections through it: whom does the other side see?
# And the log of translated connections, read back.

DMZ_NS=plx-lan-dmz-$$	# the prefix makes lab_sweep find what a kill -9 left
WHO=$LAB_TOP/tests/real/who.py
OUTSIDE=203.0.113.1

in_dmz() { ip netns exec "$DMZ_NS" "$@"; }

# from SIDE HOST PORT [SECONDS]: "the address that the server saw, and its port"
from()
{
	local side=$1
	shift
	"in_$side" python3 "$WHO" "$@"
}

sees()
{
	expect "$1" "$(from "$2" "$3" "$4")" "who $2 is, and what it reaches at $3:$4" && return 0
	ctl show drops
	ctl conntrack -L 2>&1
	return 1
}

with_conf()
{
	pollux_start "$LAB_TOP/conf/$1" || return 1
	shift
	"$@"
	local rc=$?
	pollux_stop
	return $rc
}

home()
{
	# The WAN has no route to the LAN: nothing would come back untranslated.
	sees "$OUTSIDE 8080" lan "$WAN4" 8080 &&
		sees "$WAN4 80" wan "$OUTSIDE" 8080 &&
		sees "192.168.1.1 80" lan "$OUTSIDE" 8080 &&
		expect "" "$(from wan "$OUTSIDE" 22 2)" "what is not forwarded" &&
		expect 1 "$(ctl conntrack -L -n 2>/dev/null | grep -c "src=192.168.1.10 dst=$WAN4 .*dst=$OUTSIDE ")" \
			"masqueraded connections" &&
		ctl show nat ports | grep -q "^$OUTSIDE *tcp"
}

dmz()
{
	sees "$WAN4 8080" wan "$OUTSIDE" 80 &&
		sees "192.168.1.10 8080" lan 192.168.2.10 8080 &&
		sees "$OUTSIDE 8080" lan "$WAN4" 8080 &&
		sees "$OUTSIDE 8080" dmz "$WAN4" 8080 &&
		expect "" "$(from dmz "$LAN4" 80 1)" "from the DMZ to the LAN"
}

services()
{
	local i
	for i in $(seq 1 16); do from lan 10.96.0.10 80; done >"$LAB_DIR/services"
	expect "$OUTSIDE 8081,$OUTSIDE 8082" "$(sort -u "$LAB_DIR/services" | paste -sd,)" "backends of 16 connections" &&
		expect "" "$(from lan 10.96.0.10 81 1)" "a service that is not there"
}

subscribers()
{
	local first log=$LAB_DIR/nat.log json=$LAB_DIR/nat.json
	ctl log nat to file "$log" json "$json" || return 1
	first=$(from lan "$WAN4" 8080)
	[[ $first == 198.51.100.* ]] || { echo "not of the pool: '$first'"; return 1; }
	expect "$first" "$(from lan "$WAN4" 8080)" "a subscriber's second connection" || return 1
	mv "$log" "$log.1" && ctl log reopen && ctl conntrack -D -p tcp >/dev/null 2>&1
	ctl show log >/dev/null	# all that happened until now is written
	expect 2 "$(grep -c " pollux: nat begin .*src=$LAN4 .*dst=$WAN4 dport=8080 nat_src=${first% *} " "$log.1")" \
		"connections that began" &&
		expect 2 "$(grep -c " pollux: nat end .*src=$LAN4 .*nat_src=${first% *} .* bytes=[1-9]" "$log")" \
			"connections that ended" &&
		expect "begin 2,end 2" "$(python3 -c '
import collections, json, sys
events = collections.Counter(json.loads(line)["event"] for line in open(sys.argv[1]))
print(",".join(f"{name} {n}" for name, n in sorted(events.items())))' "$json")" "objects of the log" &&
		expect 0 "$(ctl show log -j | python3 -c '
import json, sys
print(sum(int(row["lost"]) for row in json.load(sys.stdin) if row["sink"] == "nat"))')" \
			"lines lost"
}

pollux_stop
in_wan ip route del default
in_wan ip route add 198.51.100.0/28 via "$OUTSIDE"
lab_wire "$DMZ_NS" dmz0 192.168.2.10 2001:db8:3::10
lab_spawn "$LAB_WAN" python3 "$WHO" --serve 8080 8081 8082
lab_spawn "$LAB_LAN" python3 "$WHO" --serve 80 22
lab_spawn "$DMZ_NS" python3 "$WHO" --serve 8080
wait_port "$LAB_WAN" 8082
wait_port "$LAB_LAN" 22
wait_port "$DMZ_NS" 8080
check "conf/home-gateway.conf: masquerade, port forward, hairpin" with_conf home-gateway.conf home
check "conf/dmz.conf: servers outside sees, and which see nobody" with_conf dmz.conf dmz
check "conf/service-table.conf: two backends of a service" with_conf service-table.conf services
check "conf/cgnat.conf: a pool, and its log" with_conf cgnat.conf subscribers
lab_del_ns "$DMZ_NS"
ip -n "$LAB_BOX" link del dmz0 2>/dev/null
in_wan ip route del 198.51.100.0/28 via "$OUTSIDE"
in_wan ip route add default via "$OUTSIDE"
