# SPDX-License-Identifier: BSD-3-Clause
# The socket's clients may do what they like; signals end Pollux cleanly.

still_answers() { expect "alive" "$(ctl echo alive)" "Pollux says" && kill -0 "$LAB_POLLUX"; }

# Half a line, then gone; a question, then gone before the answer; a restore cut in the middle.
client_vanishes()
{
	python3 - "$LAB_SOCKET" <<-'END' || return 1
		import socket, sys
		for text in (b"", b"ipta", b"iptables-save", b"iptables-save\n" * 500,
		             b"iptables-restore <<END\n*filter\n-A FORWARD", b"\0\xff" * 70000):
		    for _ in range(20):
		        s = socket.socket(socket.AF_UNIX)
		        s.connect(sys.argv[1])
		        try:
		            s.sendall(text)
		        except (BrokenPipeError, ConnectionResetError):
		            pass
		        s.close()
	END
	still_answers
}

# polluxctl itself killed while it reads.
ctl_killed()
{
	local pid i
	for i in 1 2 3 4 5; do
		yes iptables-save | head -n 3000 | ctl --batch >/dev/null &
		pid=$!
		sleep 0.1
		kill -9 $pid 2>/dev/null
		wait $pid 2>/dev/null
	done
	still_answers
}

commands_at_once()
{
	local i pids=()
	for i in $(seq 1 8); do
		yes "ip addr show" | head -n 200 | ctl --batch >"$LAB_DIR/at-once.$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	expect 1600 "$(cat "$LAB_DIR"/at-once.* | grep -c '^##rc 0')" "answers with status 0" && still_answers
}

wrong_command()
{
	local said
	said=$(ctl iptables -A FORWARD -p tcp --dport nonsense -j ACCEPT 2>&1)
	expect 2 $? "exit status" && grep -q nonsense <<<"$said" && echo "$said"
}

second_on_same_socket()
{
	local said rc
	said=$(in_box timeout 30 "$LAB_BUILD/app/pollux/pollux" -l 0,1 --in-memory --no-pci -- \
		--socket "$LAB_SOCKET" --no-prompt 2>&1)
	rc=$?
	grep "$LAB_SOCKET" <<<"$said" || { echo "nothing names the socket: $said"; return 1; }
	expect 1 $rc "exit status" && still_answers
}

ended_by()
{
	local rc pid
	pollux_lives || return 1
	in_lan ping -n -q -f -c 100000 "$WAN4" >/dev/null 2>&1 &
	pid=$!
	sleep 0.5
	kill "-$1" "$LAB_POLLUX"
	pollux_stop
	rc=$?
	kill $pid 2>/dev/null
	wait $pid 2>/dev/null
	expect 0 $rc "Pollux's exit status" || { tail -n 5 "$LAB_DIR/pollux.log"; return 1; }
	[ ! -e "$LAB_SOCKET" ] || { echo "the socket is still there"; return 1; }
}

# A socket file whose owner was killed is no obstacle.
after_kill_9()
{
	pollux_lives || return 1
	kill -9 "$LAB_POLLUX"
	wait "$LAB_POLLUX" 2>/dev/null
	LAB_POLLUX=
	[ -e "$LAB_SOCKET" ] || { echo "no socket file was left to test with"; return 77; }
	pollux_start "$RULES" && pollux_stop
}

# A link called conntrack is that command; its events come while they happen, and end with ^C as the tool's do.
conntrack_by_link()
{
	local dir=$LAB_DIR/links pid
	mkdir -p "$dir" && ln -sf "$LAB_BUILD/app/polluxctl/polluxctl" "$dir/conntrack"
	POLLUX_SOCKET=$LAB_SOCKET "$dir/conntrack" -E -p udp >"$dir/events" 2>&1 &
	pid=$!
	sleep 0.5
	ctl conntrack -I -p udp -s 192.0.2.1 -d 192.0.2.2 --sport 5 --dport 6 -t 60
	ctl conntrack -D -p udp -s 192.0.2.1
	sleep 0.5
	kill "$pid"
	wait "$pid"
	expect 0 $? "the status of conntrack -E" || return 1
	cat "$dir/events"
	grep -q '\[NEW\] udp      17 60 src=192.0.2.1 dst=192.0.2.2 sport=5 dport=6 \[UNREPLIED\]' "$dir/events" &&
		grep -q '\[DESTROY\] udp      17 .*src=192.0.2.1' "$dir/events" &&
		grep -q '2 flow events have been shown' "$dir/events"
}

if need_pollux; then
	check "a link called conntrack, and its events" conntrack_by_link
	check "clients vanish in the middle of a command" client_vanishes
	check "polluxctl is killed while it reads" ctl_killed
	check "eight clients at once" commands_at_once
	check "a wrong command: status 2 and what was wrong" wrong_command
	check "a second Pollux on the same socket says so and ends" second_on_same_socket
	check "SIGTERM under traffic ends cleanly" ended_by TERM
	check "SIGINT under traffic ends cleanly" ended_by INT
	check "starts again after kill -9" after_kill_9
fi
