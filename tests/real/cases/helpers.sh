# SPDX-License-Identifier: BSD-3-Clause
# Protocols that announce connections, through conf/stateful-firewall.conf, whose policy drops: real clients of FTP
# (active and passive), TFTP, SIP and NetBIOS get through by their helpers, and only by these.

# server_ftp NAMESPACE: anonymous, port 21, both families
server_ftp()
{
	local dir=$LAB_DIR/ftp
	mkdir -p "$dir/root" "$dir/empty"
	chmod 755 "$LAB_DIR" "$dir" "$dir/root"
	cat >"$dir/config" <<-END
		listen_ipv6=YES
		background=NO
		anonymous_enable=YES
		no_anon_password=YES
		anon_root=$dir/root
		secure_chroot_dir=$dir/empty
		isolate_network=NO
		seccomp_sandbox=NO
		xferlog_enable=NO
		connect_from_port_20=YES
	END
	lab_spawn "$1" vsftpd "$dir/config"
	wait_port "$1" 21
}

# ftp_gets HOST passive|active [SECONDS [in_lan|in_wan]]: a directory's list, and a file that arrives whole
ftp_gets()
{
	local mode=on got=$LAB_DIR/ftp/got
	[ "$2" = passive ] || mode=off
	rm -f "$got"
	${4:-in_lan} lftp -c "set net:timeout ${3:-15}; set net:max-retries 1; set ftp:ssl-allow no; set xfer:clobber yes
		set ftp:passive-mode $mode; open ftp://$1; ls; get blob -o $got" || return 1
	expect "$(sha256sum <"$LAB_DIR/ftp/root/blob")" "$(sha256sum <"$got")" "checksum of what was fetched"
}

# The rules alone do not let data connections through.
ftp_needs_helper()
{
	local rc=0
	ctl iptables -t raw -F || return 1
	ftp_gets "$WAN4" passive 2 && rc=1
	ftp_gets "$WAN4" active 2 && rc=1
	ctl iptables -t raw -A PREROUTING -i lan0 -p tcp --dport 21 -j CT --helper ftp &&
		ctl iptables -t raw -A PREROUTING -i lan0 -p udp --dport 69 -j CT --helper tftp &&
		ctl iptables -t raw -A PREROUTING -i lan0 -p udp --dport 5060 -j CT --helper sip || return 1
	return $rc
}

# ftp_translated ADDRESS HOST MODE [in_lan|in_wan]: the same, and an end of the data connection is ADDRESS
ftp_translated()
{
	ctl conntrack -F || return 1
	ftp_gets "$2" "$3" 15 "${4:-in_lan}" || return 1
	ctl conntrack -L -f "$([[ $2 = *\[* ]] && echo ipv6 || echo ipv4)" -p tcp |
		awk -v t="=$1 " 'index($0, t) && !/port=21 / { n++ } END { exit !n }' ||
		{ echo "no data connection of $1"; return 1; }
}

# related HELPER: what the rule of a helper has counted
related()
{
	ctl iptables -L FORWARD -n -v -x | awk -v h="\"$1\"" 'index($0, h) { print $1 }'
}

# FTP that the WAN asks the router for goes to the LAN.
forward_ftp()
{
	local i
	for i in iptables ip6tables; do
		ctl $i -t raw -A PREROUTING -i wan0 -p tcp --dport 21 -j CT --helper ftp
		ctl $i -A FORWARD -o lan0 -p tcp --dport 21 -m conntrack --ctstate NEW -j ACCEPT
	done
	ctl iptables -t nat -A PREROUTING -i wan0 -p tcp --dport 21 -j DNAT --to-destination "$LAN4"
	ctl ip6tables -t nat -A PREROUTING -i wan0 -p tcp --dport 21 -j DNAT --to-destination "$LAN6"
}

server_tftp()
{
	mkdir -p "$LAB_DIR/tftp"
	chmod 755 "$LAB_DIR" "$LAB_DIR/tftp"
	head -c 100000 /dev/urandom >"$LAB_DIR/tftp/blob"
	chmod 644 "$LAB_DIR/tftp/blob"
	lab_spawn "$LAB_WAN" in.tftpd --foreground --listen --address "$1" --secure "$LAB_DIR/tftp"
}

tftp_gets()
{
	local i got=$LAB_DIR/tftp-got
	# The server says nothing when it listens: the client asks again after a second.
	for i in 1 2 3; do
		rm -f "$got"
		in_lan timeout 20 tftp "$1" -m binary "$2" -c get blob "$got"
		[ ! -s "$got" ] || break
	done
	expect "$(sha256sum <"$LAB_DIR/tftp/blob")" "$(sha256sum <"$got")" "checksum of what was fetched"
}

wait_udp()
{
	local i
	for i in $(seq 1 100); do
		[ -z "$(ip netns exec "$1" ss -Hlun "sport = :$2")" ] || return 0
		sleep 0.1
	done
}

# A call, and a packet of its media that the callee sends back; before and after it none passes.
sip_calls()
{
	local before pid rc
	before=$(related sip)
	expect 0 "$(in_lan python3 "$LAB_TOP/tests/real/udp_echo.py" "$WAN4" 6000 1)" "echoes before the call" || return 1
	in_lan sipp -sn uac -i "$LAN4" -p 5060 -m 1 -d 6000 -nostdin -timeout 40 "$WAN4:5060" \
		>"$LAB_DIR/sipp-uac.log" 2>&1 &
	pid=$!
	in_lan python3 "$LAB_TOP/tests/real/udp_echo.py" "$WAN4" 6000 20 >"$LAB_DIR/echoes"
	wait $pid
	rc=$?
	tail -n 5 "$LAB_DIR/sipp-uac.log"
	expect 0 $rc "sipp's status" && expect 1 "$(cat "$LAB_DIR/echoes")" "echoes during the call" &&
		[ "$(related sip)" -gt "$before" ]
}

# The host on the box asks the whole WAN: the answer of any there comes in, because the helper announced it.
netbios_asks()
{
	local ns=plx-lan-asks-$$ rc	# the prefix makes lab_sweep find what a kill -9 left
	ip netns add "$ns" && ip -n "$ns" link set lo up && ctl port set wan0 host netns "$ns" || return 1
	expect 0 "$(ip netns exec "$ns" python3 "$LAB_TOP/tests/real/udp_echo.py" 203.0.113.255 137 1)" \
		"answers without the helper"
	rc=$?
	ctl iptables -t raw -A OUTPUT -p udp --dport 137 -j CT --helper netbios-ns || return 1
	[ $rc != 0 ] ||
		expect 1 "$(ip netns exec "$ns" python3 "$LAB_TOP/tests/real/udp_echo.py" 203.0.113.255 137 10)" \
			"answers with the helper"
	rc=$?
	ctl port set wan0 nohost
	lab_del_ns "$ns"
	return $rc
}

pollux_stop
if pollux_start "$LAB_TOP/conf/stateful-firewall.conf"; then
	server_ftp "$LAB_WAN"
	head -c 5000000 /dev/urandom >"$LAB_DIR/ftp/root/blob"
	chmod 644 "$LAB_DIR/ftp/root/blob"
	check "lftp passive" ftp_gets "$WAN4" passive
	check "lftp active" ftp_gets "$WAN4" active
	check "lftp passive over IPv6" ftp_gets "[$WAN6]" passive
	check "lftp active over IPv6" ftp_gets "[$WAN6]" active
	check "no data connections without the helper" ftp_needs_helper
	server_tftp "$WAN4:69"
	check "tftp" tftp_gets -4 "$WAN4"
	lab_spawn "$LAB_WAN" sipp -sn uas -i "$WAN4" -p 5060 -mp 6000 -rtp_echo -nostdin
	wait_udp "$LAB_WAN" 5060
	check "a SIP call with its media" sip_calls
	lab_spawn "$LAB_WAN" python3 "$LAB_TOP/tests/real/udp_echo.py" --serve 137
	ctl iptables -t nat -A POSTROUTING -o wan0 -j MASQUERADE
	ctl ip6tables -t nat -A POSTROUTING -o wan0 -j MASQUERADE
	check "lftp passive, masqueraded" ftp_translated 203.0.113.1 "$WAN4" passive
	check "lftp active, masqueraded" ftp_translated 203.0.113.1 "$WAN4" active
	check "lftp passive over IPv6, masqueraded" ftp_translated 2001:db8:2::1 "[$WAN6]" passive
	check "lftp active over IPv6, masqueraded" ftp_translated 2001:db8:2::1 "[$WAN6]" active
	check "tftp, masqueraded" tftp_gets -4 "$WAN4"
	check "a SIP call with its media, masqueraded" sip_calls
	server_ftp "$LAB_LAN"
	forward_ftp
	check "lftp passive through a port forward" ftp_translated "$LAN4" 203.0.113.1 passive in_wan
	check "lftp active through a port forward" ftp_translated "$WAN4" 203.0.113.1 active in_wan
	check "lftp passive through an IPv6 port forward" ftp_translated "$LAN6" "[2001:db8:2::1]" passive in_wan
	ctl iptables -t nat -F
	ctl ip6tables -t nat -F
	check "answers to a NetBIOS broadcast of the host's" netbios_asks
	pollux_stop
else
	FAILED=$((FAILED + 1))
	echo "FAIL  Pollux starts with conf/stateful-firewall.conf"
fi
