# SPDX-License-Identifier: BSD-3-Clause
# Programs that know nothing of Pollux configure it: ufw, ferm, fail2ban, shorewall.

. "$here/tools.sh"

WEB=http://$WAN4/small

ufw_commands()
{
	tools_in ufw --force enable &&
		tools_in ufw allow proto tcp from any to any port 22 &&
		tools_in ufw deny from 198.51.100.0/24 &&
		tools_in ufw allow OpenSSH &&
		tools_in ufw limit 2222/tcp &&
		tools_in ufw reject out 25/tcp comment 'no mail from here' &&
		tools_in ufw route allow in on lan0 out on wan0 to "$WAN4" port 80 proto tcp &&
		tools_in ufw route reject in on wan0 out on lan0 log-all &&
		tools_in ufw insert 1 allow from 192.168.1.0/24 to any port 53 &&
		tools_in ufw logging high &&
		tools_in ufw --force delete 2 &&
		tools_in ufw reload
}

ufw_filters()
{
	fetches "$WEB" || return 1
	tools_in ufw --force enable && kept_from "$WEB" || return 1
	tools_in ufw route allow in on lan0 out on wan0 to "$WAN4" port 80 proto tcp && fetches "$WEB" || return 1
	tools_in ufw status | grep -q "^$WAN4 80/tcp on wan0 *ALLOW FWD *Anywhere on lan0" || return 1
	tools_in ufw route delete allow in on lan0 out on wan0 to "$WAN4" port 80 proto tcp && kept_from "$WEB"
}

# What stands in its sysctl.conf is Pollux's when it begins. A file that both see: Pollux reads it.
ufw_sets_parameters()
{
	echo net/ipv4/conf/all/log_martians=1 >"$LAB_DIR/ufw-sysctl.conf"
	tools_in sed -i "s,^IPT_SYSCTL=.*,IPT_SYSCTL=$LAB_DIR/ufw-sysctl.conf," /etc/default/ufw && tools_in ufw --force enable &&
		expect 1 "$(ctl sysctl -n net.ipv4.conf.all.log_martians)" "log_martians" && tools_in ufw disable &&
		ctl sysctl -w net.ipv4.conf.all.log_martians=0
}

# Ping to the router is allowed by what ufw brings, all else to it is not.
ufw_guards_the_router()
{
	in_lan ping -n -q -c 2 -i 0.2 -W 2 192.168.1.1 || return 1
	ctl iptables -nvxL ufw-before-input | grep 'icmptype 8'
	tools_in ufw deny proto udp from any to any port 5000 &&
		in_lan python3 -c "import socket as s; s.socket(s.AF_INET, s.SOCK_DGRAM).sendto(b'x', ('192.168.1.1', 5000))"
	expect 1 "$(ctl iptables -nvxL ufw-user-input | awk '/dpt:5000/ { print $1 }')" "packets of the rule"
}

ufw_goes()
{
	tools_in ufw disable && fetches "$WEB" && tools_in ufw status | grep -q "Status: inactive" &&
		expect 0 "$(ctl iptables -S | grep -c DROP)" "rules and policies that drop"
}

ferm_file()
{
	tools_in sh -c 'cat >/run/lab.ferm' <<-'END'
		@def $WEB = (80 443);
		domain (ip ip6) table filter {
		    chain INPUT {
		        policy DROP;
		        mod state state INVALID DROP;
		        mod state state (ESTABLISHED RELATED) ACCEPT;
		        interface lo ACCEPT;
		        proto tcp dport (ssh $WEB) ACCEPT;
		    }
		    chain FORWARD {
		        policy DROP;
		        mod conntrack ctstate (RELATED ESTABLISHED) ACCEPT;
		        interface lan0 outerface wan0 proto tcp dport $WEB @subchain "web" {
		            mod limit limit 100/second limit-burst 50 ACCEPT;
		            mod comment comment "too many" LOG log-prefix "web: ";
		            proto tcp REJECT reject-with tcp-reset;
		        }
		    }
		}
		domain ip table nat chain POSTROUTING outerface wan0 saddr 192.168.1.0/24 MASQUERADE;
		domain ip table mangle chain FORWARD proto tcp tcp-flags (SYN RST) SYN TCPMSS clamp-mss-to-pmtu;
	END
}

ferm_commands() { ferm_file && tools_in ferm /run/lab.ferm; }

ferm_filters()
{
	ferm_commands && fetches "$WEB" && kept_from "http://$WAN4:83/" || return 1
	ctl iptables -t nat -nvxL POSTROUTING | grep MASQUERADE
	tools_in ferm --flush /run/lab.ferm && fetches "http://$WAN4:83/" && expect 0 "$(ctl iptables -S | grep -c -- -A)" "rules left"
}

# jail ACTION
jail()
{
	tools_in sh -c 'cat >/etc/fail2ban/jail.d/defaults-debian.conf; mkdir -p /run/fail2ban; : >/run/auth.log' <<-END
		[DEFAULT]
		backend = polling
		[lab]
		enabled = true
		filter = sshd
		logpath = /run/auth.log
		maxretry = 3
		banaction = $1
		chain = FORWARD
		port = http,https
	END
}

# within SECONDS COMMAND...
within()
{
	local i
	for i in $(seq 1 "$(($1 * 5))"); do
		"${@:2}" >/dev/null 2>&1 && return 0
		sleep 0.2
	done
	"${@:2}"
}

client() { tools_in fail2ban-client -s /run/fail2ban/socket "$@"; }

# jailed ACTION: fail2ban runs, with nobody banned
jailed()
{
	jail "$1" && tools_in fail2ban-server -b -s /run/fail2ban/socket -p /run/fail2ban/pid --logtarget /run/fail2ban.log &&
		within 30 client ping && fetches "$WEB"
}

# The client's host fails to log in, three times.
fails()
{
	local i
	for i in 1 2 3; do
		tools_in sh -c "echo \"\$(date '+%b %e %H:%M:%S') box sshd[7]: Failed password for root from $LAN4 port 5000 ssh2\" >>/run/auth.log"
	done
}

banned() { ctl iptables -C f2b-lab -s "$LAN4" -j REJECT --reject-with icmp-port-unreachable; }
free_again() { ! banned 2>/dev/null; }

fail2ban_bans()
{
	jailed iptables-multiport && fails && within 30 banned && kept_from "$WEB" || { tools_in cat /run/fail2ban.log; return 1; }
	client status lab | grep "Banned IP list:.*$LAN4"
}

fail2ban_unbans()
{
	client set lab unbanip "$LAN4" && within 30 free_again && fetches "$WEB" || return 1
	client stop && within 30 fail2ban_gone
}

fail2ban_gone() { expect 0 "$(ctl iptables -S | grep -c f2b)" "rules of fail2ban"; }

in_set() { ctl ipset test f2b-lab "$LAN4"; }
not_in_set() { ! in_set; }

# The banned are members of a set.
fail2ban_has_sets()
{
	ctl ipset list >/dev/null 2>&1 || { echo "no sets in this Pollux"; return 77; }
	jailed iptables-ipset-proto6 && fails && within 30 in_set && kept_from "$WEB" || { tools_in cat /run/fail2ban.log; return 1; }
	client set lab unbanip "$LAN4" && within 30 not_in_set && fetches "$WEB" || return 1
	client stop && within 30 fail2ban_gone && expect "" "$(ctl ipset list -n)" "sets that are left"
}

# Debian's example of two interfaces, as its README says: copied, the names of the interfaces put in.
shorewall_two_interfaces()
{
	tools_in sh -ec 'cd /usr/share/doc/shorewall/examples/two-interfaces
		for file in interfaces policy rules snat stoppedrules zones params shorewall.conf; do
			if [ -f "$file" ]; then cp "$file" /etc/shorewall/; else zcat "$file.gz" >"/etc/shorewall/$file"; fi
		done
		cd /etc/shorewall
		sed -i -e s/eth0/wan0/g -e s/eth1/lan0/g -e s/dhcp,// interfaces snat stoppedrules
		sed -i -e s/^STARTUP_ENABLED=.*/STARTUP_ENABLED=Yes/ shorewall.conf'
}

shorewall_starts()
{
	shorewall_two_interfaces || return 1
	local said
	said=$(tools_in shorewall start 2>&1) || { echo "$said"; return 1; }
	if grep -i error <<<"$said"; then return 1; fi
	tools_in shorewall status | grep -q "Shorewall is running" &&
		echo "$(ctl iptables -S | grep -c -- '^-A') rules"
}

# Twice: the second time over the rules that are there.
shorewall_commands()
{
	shorewall_two_interfaces && tools_in shorewall start && tools_in shorewall restart
}

# From inside, behind the router's address; not from outside.
shorewall_filters()
{
	fetches "$WEB" || return 1
	ctl conntrack -L -p tcp --dport 80 2>/dev/null | grep -q "dst=203.0.113.1 " || return 1
	in_wan ping -n -q -c 1 -W 1 192.168.1.1 && return 1
	in_lan ping -n -q -c 1 -W 5 192.168.1.1
}

shorewall_stops()
{
	tools_in shorewall stop && tools_in shorewall status | grep "Shorewall is stopped" || return 1
	expect 0 "$(ctl iptables -t nat -S | grep -c MASQUERADE)" "rules that masquerade" || return 1
	tools_in shorewall clear && fetches "$WEB" && expect 0 "$(ctl iptables -S | grep -c -- -A)" "rules left"
}

# Also those that have just been built elsewhere.
names_in_path()
{
	local dir=$LAB_DIR/bin name
	mkdir -p "$dir" && cp -P "$LAB_TOP"/deploy/bin/* "$dir" && ln -sf "$LAB_BUILD/app/polluxctl/polluxctl" "$dir/polluxctl" || return 1
	for name in iptables{,-legacy,-nft} ip6tables{,-legacy,-nft}; do
		POLLUX_SOCKET=$LAB_SOCKET PATH=$dir:$PATH "$name" -S | grep -q -- "-P FORWARD" || return 1
		printf '*filter\nCOMMIT\n' | POLLUX_SOCKET=$LAB_SOCKET PATH=$dir:$PATH "$name-restore" || return 1
		POLLUX_SOCKET=$LAB_SOCKET PATH=$dir:$PATH "$name-save" | grep -q ":FORWARD ACCEPT" || return 1
	done
	POLLUX_SOCKET=$LAB_SOCKET PATH=$dir:$PATH ip -br addr show dev lan0 | grep -q 192.168.1.1/24 || return 1
	POLLUX_SOCKET=$LAB_SOCKET PATH=$dir:$PATH conntrack -C &&
		expect 1 "$(POLLUX_SOCKET=$LAB_SOCKET PATH=$dir:$PATH sysctl -n net.ipv4.ip_forward)" "what sysctl says"
}

pollux_stop
if pollux_start "$here/open.conf"; then
	check "Linux's names by PATH" names_in_path
	mkdir -p "$LAB_DIR/www"
	echo small >"$LAB_DIR/www/small"
	need_server server_http 80
	need_server server_http 83
	check "ufw leaves the rules that it leaves in Linux" same_rules ufw_commands
	without_rules
	tools_hold "$LAB_TOP/deploy/as-linux"
	check "ufw: its sysctl.conf" ufw_sets_parameters
	check "ufw: what is routed is denied until it is allowed" ufw_filters
	check "ufw: the router itself is guarded" ufw_guards_the_router
	check "ufw: disable opens" ufw_goes
	tools_end
	without_rules
	check "ferm leaves the rules that it leaves in Linux" same_rules ferm_commands
	without_rules
	tools_hold "$LAB_TOP/deploy/as-linux"
	check "ferm filters, and takes its rules back" ferm_filters
	without_rules
	check "fail2ban bans who fails three times" fail2ban_bans
	check "fail2ban unbans, and takes its rules back" fail2ban_unbans
	check "fail2ban with a set" fail2ban_has_sets
	without_rules
	tools_end
	check "Shorewall leaves the rules that it leaves in Linux" same_rules shorewall_commands
	without_rules
	tools_hold "$LAB_TOP/deploy/as-linux"
	check "shorewall starts with two interfaces" shorewall_starts
	check "shorewall: from inside out, behind one address" shorewall_filters
	check "shorewall stops, and clears" shorewall_stops
	tools_end
	without_rules
else
	FAILED=$((FAILED + 1))
	echo "FAIL  Pollux starts with open.conf"
fi
pollux_stop
