# SPDX-License-Identifier: BSD-3-Clause
# polluxctl's prompt on a terminal: completion, history, tables as wide as it.

at_prompt()
{
	local columns=$1
	shift
	HOME=$LAB_DIR "$here/prompt.py" "$columns" \
		"$LAB_BUILD/app/polluxctl/polluxctl" --socket "$LAB_DIR/pollux.sock" -- "$@"
}

completes()
{
	# The second word by its first letters, an option that -m brings, a part of a parameter's name.
	at_prompt 100 'sh\tport sum\t\n' 'Number of available ports' \
		'iptables -A FORWARD -m multip\t--dpo\t' 'rts ' '\n' 'v1.8.9' \
		'sysctl net.ipv4.ip_for\t\t' 'net.ipv4.ip_forward_update_priority'
}

remembers()
{
	at_prompt 100 'echo first\n' $'\r\nfirst' '\e[A\n' $'\r\nfirst' || return 1
	# Another time, another process.
	at_prompt 100 '\e[A\n' $'\r\nfirst'
}

fits()
{
	local widest
	widest=$(COLUMNS=50 script -qec "stty cols 50; '$LAB_BUILD/app/polluxctl/polluxctl' \
		--socket '$LAB_DIR/pollux.sock' show drops all" /dev/null </dev/null |
		tr -d '\r' | wc -L)
	echo "widest line: $widest"
	[ "$widest" -le 50 ]
}

speaks_json()
{
	local what
	for what in 'port info' 'port stats' 'port summary' 'config cores' 'config rxtx' hooks drops \
		packets sysctl version log; do
		ctl show $what -j >"$LAB_DIR/json ${what// /-}"
	done
	python3 - "$LAB_DIR"/json* <<-'END'
		import json, sys
		for path in sys.argv[1:]:
		    print(path)
		    json.load(open(path))
	END
}

need_pollux && {
	check "Tab completes commands, options and names" completes
	check "the prompt remembers lines, also of last time" remembers
	check "tables fit the terminal" fits
	check "show ... -j is JSON" speaks_json
}
