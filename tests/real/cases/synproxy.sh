# SPDX-License-Identifier: BSD-3-Clause
# A server behind target SYNPROXY: downloads arrive whole, with all options, with none, and under a flood of SYNs, which
# leaves no connections.

FLOOD_SOURCE=192.168.1.77	# nobody: nothing answers what the box answers

# behind_synproxy OPTIONS...: rules of both families; nothing gets to the server that has not shown its address
behind_synproxy()
{
	local i
	ctl sysctl -w net.netfilter.nf_conntrack_tcp_loose=0 || return 1
	for i in iptables ip6tables; do
		ctl $i-restore <<-END || return 1
			*nat
			-A POSTROUTING -o lan0 -j MASQUERADE
			COMMIT
			*raw
			-A PREROUTING -i lan0 -p tcp --dport 80 --syn -j CT --notrack
			COMMIT
			*filter
			:FORWARD DROP [0:0]
			-A FORWARD -i lan0 -p tcp --dport 80 -m conntrack --ctstate INVALID,UNTRACKED -j SYNPROXY $*
			-A FORWARD -m conntrack --ctstate INVALID -j DROP
			-A FORWARD -m conntrack --ctstate NEW,ESTABLISHED,RELATED -j ACCEPT
			COMMIT
		END
	done
	ctl conntrack -F
}

blob_arrives()
{
	local got
	got=$(in_lan curl -gsS --max-time 60 "$1/blob" | sha256sum)
	expect "$(sha256sum <"$LAB_DIR/www/blob")" "$got" "checksum of $1/blob" && return 0
	ctl show synproxy
	ctl show drops
	return 1
}

whole_through_synproxy()
{
	behind_synproxy "$@" && blob_arrives "http://$WAN4" && blob_arrives "http://[$WAN6]"
}

synproxy_count() { ctl show synproxy | awk -v name="$1" '$1 == name { print $2 }'; }

flood_leaves_nothing()
{
	local before
	behind_synproxy --mss 1460 --wscale 7 --sack-perm --timestamp || return 1
	before=$(synproxy_count syn_received)
	in_lan python3 "$LAB_TOP/tests/real/syn_flood.py" "$FLOOD_SOURCE" "$WAN4" 80 20000 || return 1
	expect 0 "$(ctl conntrack -L -s "$FLOOD_SOURCE" 2>/dev/null | wc -l)" "connections of the flood" || return 1
	[ $(($(synproxy_count syn_received) - before)) -gt 1000 ] || { echo "SYNs seen: $(synproxy_count syn_received)"; return 1; }
	blob_arrives "http://$WAN4"
}

if need_pollux; then
	mkdir -p "$LAB_DIR/www"
	[ -f "$LAB_DIR/www/blob" ] || head -c 20000000 /dev/urandom >"$LAB_DIR/www/blob"
	need_server server_http 80
	ip -n "$LAB_LAN" addr add "$FLOOD_SOURCE/32" dev lo
	check "curl through SYNPROXY with all options" whole_through_synproxy --mss 1460 --wscale 7 --sack-perm --timestamp
	check "curl through SYNPROXY without options" whole_through_synproxy
	check "a flood of SYNs leaves no connections, curl gets through" flood_leaves_nothing
	ip -n "$LAB_LAN" addr del "$FLOOD_SOURCE/32" dev lo
	pollux_stop
fi
