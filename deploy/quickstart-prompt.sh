# SPDX-License-Identifier: BSD-3-Clause
#
# The prompt deploy/quickstart ends with. Lines go to the running Pollux; `lan` and `wan` before a
# line run it as a real program in the client's or the server's namespace.

prompt_hello()
{
	cat <<-END

	${BOLD}Pollux is still running: try it.${PLAIN} Its rules live; nothing you do here outlasts this prompt.

	    iptables -I FORWARD -p icmp -j DROP      then:  lan ping -c 3 $WAN4
	    iptables -D FORWARD 1                    show hooks    show drops    help
	    lan curl -v http://$WAN4/           wan tcpdump -ni eth0 -c 5

	quit or Ctrl-D ends Pollux and removes the namespaces.

	END
}

# prompt_line LINE: a line that ends in "<<WORD" takes the following ones up to WORD along.
prompt_line()
{
	local line=$1 word more text
	text=$line
	case $line in
	*"<<"*)
		word=${line##*<<}
		while IFS= read -r -e -p "> " more; do
			text+=$'\n'$more
			[ "$more" != "$word" ] || break
		done
		;;
	esac
	ctl --batch <<<"$text" | grep -v '^##rc '
}

prompt_run()
{
	local line
	prompt_hello
	trap : INT	# Ctrl-C stops a client, not the demonstration
	while IFS= read -r -e -p "pollux> " line; do
		[ -z "$line" ] || history -s "$line"
		case $line in
		'') ;;
		quit | exit) break ;;
		"lan "*) (trap - INT; eval "in_lan ${line#lan }") ;;
		"wan "*) (trap - INT; eval "in_wan ${line#wan }") ;;
		*) prompt_line "$line" ;;
		esac
		kill -0 "$LAB_POLLUX" 2>/dev/null || { echo "Pollux has ended."; break; }
	done
}
