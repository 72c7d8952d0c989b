# SPDX-License-Identifier: BSD-3-Clause
# What the rules promise, seen by curl and ping; rules changed while packets pass.

curl_status()
{
	in_lan curl -gsS --max-time "$1" -o /dev/null "$2" 2>/dev/null
	echo $?
}

# refused_at_once URL [MS]: sooner than any retry; ICMP answers may have to wait a rate limit out.
refused_at_once()
{
	local t0
	t0=$(now_ms)
	expect 7 "$(curl_status 5 "$1")" "curl's status (7: refused)" || return 1
	echo "after $(($(now_ms) - t0)) ms"
	[ $(($(now_ms) - t0)) -lt "${2:-900}" ]
}

times_out() { expect 28 "$(curl_status 2 "$1")" "curl's status (28: timed out)"; }

# The server behind a dropped port does live: it is the rule that stops the packets.
drop_is_the_rule()
{
	times_out "http://$WAN4:83/" || return 1
	ctl iptables -I lan-out -p tcp --dport 83 -j ACCEPT &&
		ctl iptables -I wan-in -p tcp --sport 83 -j ACCEPT || return 1
	expect 0 "$(curl_status 2 "http://$WAN4:83/small")" "curl's status with the rule"
	local rc=$?
	ctl iptables -D lan-out -p tcp --dport 83 -j ACCEPT && ctl iptables -D wan-in -p tcp --sport 83 -j ACCEPT &&
		times_out "http://$WAN4:83/" && return $rc
}

rule_stops_ping()
{
	ctl iptables -I FORWARD -p icmp -d "$WAN4" -j DROP || return 1
	in_lan ping -n -q -c 2 -i 0.2 -W 1 "$WAN4"
	expect 1 $? "ping's status under DROP" || return 1
	ctl iptables -D FORWARD -p icmp -d "$WAN4" -j DROP && in_lan ping -n -q -c 2 -i 0.2 -W 1 "$WAN4"
}

# counted CHAIN RULE: the packets of one rule
counted() { ctl iptables -L "$1" -n -v -x | awk -v n="$2" 'NR == n + 2 { print $1 }'; }

counters_are_exact()
{
	ctl iptables -I FORWARD -p icmp -s "$LAN4" -m comment --comment "counting" || return 1
	in_lan ping -n -q -c 7 -i 0.01 -W 2 "$WAN4" | grep transmitted
	local seen
	seen=$(counted FORWARD 1)
	ctl iptables -D FORWARD 1
	expect 7 "$seen" "packets the rule counted"
}

bad_restore_changes_nothing()
{
	local before after
	before=$(ctl iptables-save)
	printf '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p nonsense -j ACCEPT\nCOMMIT\n' | ctl iptables-restore
	expect 1 "$([ $? != 0 ] && echo 1)" "a status other than 0" || return 1
	after=$(ctl iptables-save)
	expect "$(grep -v '^#' <<<"$before" | sed 's/\[.*//')" "$(grep -v '^#' <<<"$after" | sed 's/\[.*//')" rules
}

saved_is_restored()
{
	local saved
	saved=$(ctl iptables-save | grep -v '^#' | sed 's/ \[.*//')
	ctl iptables-save | ctl iptables-restore || return 1
	expect "$saved" "$(ctl iptables-save | grep -v '^#' | sed 's/ \[.*//')" "rules after save and restore"
}

# Rules are replaced 40 times while ping runs: nothing it sends may be lost.
replace_under_traffic()
{
	local i pid rules
	rules=$(ctl iptables-save)
	in_lan ping -n -q -c 200 -i 0.01 -W 1 "$WAN4" >"$LAB_DIR/replace.log" &
	pid=$!
	for i in $(seq 1 40); do
		printf 'iptables-restore <<END\n%s\nEND\n' "$rules"
	done | ctl --batch >"$LAB_DIR/batch.log"
	wait $pid
	grep -o '[0-9]* packets transmitted.*loss' "$LAB_DIR/replace.log"
	expect 40 "$(grep -c '^##rc 0' "$LAB_DIR/batch.log")" "successful restores" &&
		grep -q ' 0% packet loss' "$LAB_DIR/replace.log"
}

if need_pollux; then
	mkdir -p "$LAB_DIR/www"
	echo small >"$LAB_DIR/www/small"
	for port in 81 82 83; do need_server server_http $port; done
	check "REJECT with tcp-reset refuses at once" refused_at_once "http://$WAN4:81/"
	check "REJECT with tcp-reset over IPv6" refused_at_once "http://[$WAN6]:81/"
	check "the default REJECT refuses at once" refused_at_once "http://$WAN4:82/" 2500
	check "the default REJECT over IPv6" refused_at_once "http://[$WAN6]:82/" 2500
	check "the policy drops, a new rule lets through" drop_is_the_rule
	check "the policy drops over IPv6" times_out "http://[$WAN6]:83/"
	check "an inserted DROP stops ping, until deleted" rule_stops_ping
	check "a rule counts every packet once" counters_are_exact
	check "a bad iptables-restore changes nothing" bad_restore_changes_nothing
	check "iptables-restore reads what iptables-save prints" saved_is_restored
	check "no packet is lost while rules are replaced" replace_under_traffic
fi
