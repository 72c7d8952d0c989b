# SPDX-License-Identifier: BSD-3-Clause
# The log as an operator uses it: a file that logrotate moves away, and polluxctl log follow.

need_pollux || return

# A packet from the LAN that the rule sees, and its answer, which it does not.
one_ping() { in_lan ping -n -q -c 1 -W 2 "$WAN4"; }

lines() { grep -c 'ping IN=lan0 OUT=wan0 .*PROTO=ICMP TYPE=8 ' "$1"; }

# wait_for_lines N FILE: a line comes within milliseconds, the machine may be slower
wait_for_lines()
{
	local i
	for i in $(seq 1 40); do
		[ "$(lines "$2")" -ge "$1" ] && break
		sleep 0.05
	done
	expect "$1" "$(lines "$2")" "lines in $(basename "$2")"
}

log_goes_to_a_file()
{
	ctl log to file "$LAB_DIR/rules.log" && one_ping && wait_for_lines 1 "$LAB_DIR/rules.log" || return 1
	mv "$LAB_DIR/rules.log" "$LAB_DIR/rules.log.1" && ctl log reopen && one_ping &&
		wait_for_lines 1 "$LAB_DIR/rules.log" && wait_for_lines 1 "$LAB_DIR/rules.log.1"
}

log_is_followed()
{
	local pid rc
	# Not by ctl(): the signal has to reach the program, not a shell around it.
	"$LAB_BUILD/app/polluxctl/polluxctl" --socket "$LAB_SOCKET" log follow >"$LAB_DIR/followed" 2>&1 &
	pid=$!
	sleep 0.3
	one_ping && one_ping && wait_for_lines 2 "$LAB_DIR/followed"
	rc=$?
	kill "$pid"
	wait "$pid" 2>/dev/null
	return $rc
}

ctl iptables -I FORWARD -i lan0 -p icmp --icmp-type echo-request -j LOG --log-prefix "ping "
check "LOG writes a file that may be moved away" log_goes_to_a_file
check "polluxctl log follow shows lines as they come" log_is_followed
ctl log to none
ctl iptables -D FORWARD -i lan0 -p icmp --icmp-type echo-request -j LOG --log-prefix "ping "
