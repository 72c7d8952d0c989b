/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames through the whole router: the first byte chooses the port and how many frames follow, each
 * with a length byte pair. The router has addresses, routes, neighbours and rules that answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_clock.h"
#include "cmd.h"
#include "dp.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BURST_MAX 16

/* The router. */
static const char *const lines[] = {
	"ip addr add 10.1.0.1/24 dev p0",
	"ip addr add 10.2.0.1/24 dev p1",
	"ip addr add fd01::1/64 dev p0",
	"ip addr add fd02::1/64 dev p1",
	"ip neigh add 10.1.0.2 lladdr 02:00:00:00:01:00 dev p0",
	"ip neigh add 10.2.0.2 lladdr 02:00:00:00:01:01 dev p1",
	"ip neigh add fd02::2 lladdr 02:00:00:00:01:01 dev p1",
	"ip link set p1 mtu 576",
	"sysctl -w net.ipv4.ip_forward=1",
	"sysctl -w net.ipv6.conf.all.forwarding=1",
	"sysctl -w net.ipv4.icmp_ratelimit=0",
	"sysctl -w net.ipv6.icmp.ratelimit=0",
	"iptables -t raw -A PREROUTING -j LOG --log-ip-options --log-tcp-options",
	"iptables -A INPUT -j LOG",
	"sysctl -w net.pollux.audit=1",
	"iptables -A INPUT -j AUDIT --type accept",
	"iptables -A INPUT -j IDLETIMER --timeout 9 --label x",
	"ip6tables -A INPUT -j AUDIT --type accept",
	"ip6tables -A INPUT -j LOG --log-ip-options",
	"iptables -A FORWARD -p tcp --syn -j REJECT --reject-with tcp-reset",
	"iptables -A FORWARD -p udp -m multiport --dports 1:100 -j REJECT",
	"iptables -A FORWARD -p icmp --icmp-type redirect -j DROP",
	"ip6tables -A FORWARD -p tcp --tcp-option 5 -j REJECT --reject-with tcp-reset",
	"ip6tables -A FORWARD -p udp --dport 1:100 -j REJECT",
	"ip route add 10.8.0.0/16 via 10.1.0.2",
	"ip route add 10.9.0.0/16 nexthop via 10.1.0.2 nexthop via 10.2.0.2",
	"sysctl -w net.ipv4.conf.all.accept_source_route=1",
	"sysctl -w net.ipv4.conf.p0.proxy_arp=1",
	/* Answers that wait are counted when they go: dp_balance() would miss their mbufs. */
	"sysctl -w net.ipv4.neigh.p0.proxy_delay=0",
	"sysctl -w net.ipv6.neigh.p0.proxy_delay=0",
	"sysctl -w net.ipv6.neigh.p1.proxy_delay=0",
	"sysctl -w net.ipv4.conf.p0.log_martians=1",
	"sysctl -w net.ipv4.conf.p1.rp_filter=2",
	"iptables -t raw -A PREROUTING -p ah -m ah --ahspi 1:9",
	"iptables -t raw -A PREROUTING -p esp -m esp --espspi 1:9",
	"iptables -A INPUT -m addrtype ! --src-type UNICAST -m length --length 100:",
	"ip6tables -A FORWARD -m rt --rt-type 0 --rt-0-addrs ::1 --rt-0-not-strict",
	"ip6tables -t raw -A PREROUTING -m rt --rt-type 0 --rt-0-addrs fd01::1",
	"ip6tables -t raw -A PREROUTING -m srh --srh-tag 5 --srh-psid fd01::/16 --srh-lsid fd02::2",
	"ip6tables -t raw -A PREROUTING -m hbh --hbh-opts 5:2,1",
	"ip6tables -t raw -A PREROUTING -m dst --dst-opts 30,1,30:6",
	"ip6tables -t raw -A PREROUTING -m frag --fragid 1:5 --fragmore",
	"ip6tables -t raw -A PREROUTING -m ipv6header --header dst --soft",
	"ip6tables -t raw -A PREROUTING -m ah --ahspi 1:9 --ahlen 20",
	"iptables -t mangle -A PREROUTING -p tcp --sport :99 -j ECN --ecn-tcp-ece 1",
	"iptables -t mangle -A PREROUTING -m ttl --ttl-eq 9 -j TTL --ttl-inc 9",
	"iptables -t mangle -A PREROUTING -p tcp --sport 100: -j TCPOPTSTRIP "
	"--strip-options 2,4,8,30",
	"iptables -t mangle -A POSTROUTING -p tcp --tcp-flags SYN SYN -j TCPMSS "
	"--clamp-mss-to-pmtu",
	"iptables -t mangle -A OUTPUT -p icmp -j TOS --set-tos 0x10",
	"iptables -t mangle -A FORWARD -p tcp -m tcpmss --mss 1:999 -m ecn --ecn-tcp-cwr",
	"ip6tables -t mangle -A PREROUTING -p tcp --sport 100: -j TCPOPTSTRIP "
	"--strip-options 2,4,8,30",
	"ip6tables -t mangle -A POSTROUTING -p tcp --tcp-flags SYN SYN -j TCPMSS "
	"--clamp-mss-to-pmtu",
	"ip6tables -t mangle -A OUTPUT -p icmpv6 -j HL --hl-set 9",
	"ip6tables -t mangle -A FORWARD -p tcp -m tcpmss --mss 1:999 -m ecn --ecn-tcp-cwr",
	"iptables -t raw -A PREROUTING -m string --algo kmp --icase --string abcab --from 20",
	"ip6tables -t raw -A PREROUTING -m string --algo bm --hex-string |0102| --to 90",
	"iptables -t raw -A PREROUTING -m u32 --u32 '0>>22&0x3C@12>>26&0x3C@0=1:9'",
	"iptables -t raw -A PREROUTING -p sctp -m sctp --chunk-types any DATA:Be",
	"ip6tables -t raw -A PREROUTING -p sctp -m sctp ! --chunk-types only INIT",
	"iptables -t raw -A PREROUTING -p dccp -m dccp --dccp-option 5",
	"ip6tables -t raw -A PREROUTING -p mh -m mh --mh-type bu",
	"iptables -t raw -A PREROUTING -p ipcomp -m ipcomp --ipcompspi 1:9",
	"iptables -t raw -A PREROUTING -m bpf --bytecode "
	"'6,177 0 0 0,64 0 0 2,100 0 0 3,7 0 0 0,80 0 0 0,22 0 0 0'",
	"iptables -t raw -A PREROUTING -m rpfilter --loose --invert",
	"nfnl_osf -f /dev/stdin <<END\nS4:64:0:60:M*,S,T,N,W7:A:1::x\n"
	"T2:64:1:44:M*:A:2::x\n%8:64:0:40:.:B:1::x\nEND\n",
	"iptables -t raw -A PREROUTING -p tcp -m osf --genre A --ttl 1",
	"iptables -A FORWARD -p tcp -m osf --genre B --ttl 2 --log 0",
	"ip6tables -t raw -A PREROUTING -m rpfilter --accept-local",
	"iptables -t mangle -A PREROUTING -p udp --dport 9 -j TEE --gateway 10.2.0.2",
	"ip6tables -t mangle -A FORWARD -p udp --dport 9 -j TEE --gateway fd02::2",
	"iptables -t mangle -A PREROUTING -m hashlimit --hashlimit-upto 5/s "
	"--hashlimit-mode srcip,srcport,dstip,dstport --hashlimit-name f",
	"ip6tables -t mangle -A PREROUTING -m hashlimit --hashlimit-above 5kb/s "
	"--hashlimit-mode srcip,srcport,dstip,dstport --hashlimit-name f",
	"iptables -t mangle -A PREROUTING -m recent --set --name f",
	"ip6tables -t mangle -A FORWARD -m recent --update --rttl --seconds 5 --reap --name f",
	/* Tracking joins datagrams of IPv4; no connection stays for the next input. */
	"iptables -t raw -A PREROUTING -j CT --notrack",
	"iptables -t mangle -A INPUT -p tcp --dport :255 -j SYNPROXY "
	"--mss 1460 --wscale 7 --sack-perm --timestamp --ecn",
	"iptables -t mangle -A FORWARD -p tcp --dport :255 -j SYNPROXY --sack-perm --timestamp",
	"ipset create s hash:ip,port,ip timeout 9 counters maxelem 99",
	"ipset create s6 hash:ip,mac family inet6 timeout 9 counters forceadd maxelem 99",
	"ipset create n hash:net,port,net counters",
	"ipset add n 10.0.0.0/8,tcp:1-99,10.2.0.0/16",
	"ipset create i hash:net,iface family inet6",
	"ipset add i fd01::/64,p0",
	"iptables -t raw -A PREROUTING -m set --match-set n src,dst,dst --packets-gt 1",
	"iptables -t mangle -A PREROUTING -j SET --add-set s src,dst,dst --exist",
	"iptables -t mangle -A FORWARD -m set --match-set s src,src,dst -j SET --del-set s "
	"dst,src,src",
	"ip6tables -t raw -A PREROUTING -m set --match-set i src,src",
	"ip6tables -t mangle -A PREROUTING -j SET --add-set s6 src,src --timeout 5",
	"ip6tables -t mangle -A POSTROUTING -m set ! --match-set s6 dst,dst --return-nomatch",
};

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct str out = { 0 }, err = { 0 };

	if (dp_setup(NULL) != 0)
		exit(1);
	for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (cmd_run_script("lines", lines[i], false, &out, &err) != 0) {
			fprintf(stderr, "%s: %s", lines[i], str_text(&err));
			exit(1);
		}
	str_free(&out);
	str_free(&err);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned side, n;

	if (size < 1)
		return 0;
	side = data[0] & 1;
	n = 1 + (data[0] >> 1) % BURST_MAX;
	data++;
	size--;
	while (n-- > 0 && size >= 2) {
		size_t len = (data[0] << 8 | data[1]) % 1600;

		data += 2;
		size -= 2;
		len = len < size ? len : size;
		dp_give(side, data, len);
		data += len;
		size -= len;
	}
	dp_run();
	dp_balance();
	/* Fragments that wait are reported and forgotten: an input starts without those of others. */
	clock_advance(61000);
	dp_run();
	dp_balance();
	return 0;
}
