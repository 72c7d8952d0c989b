/* SPDX-License-Identifier: BSD-3-Clause */
/* Random parts of rules, as iptables takes them and saves them. After rule_setup.h. */
#pragma once

#include <rte_random.h>

static inline unsigned
pick(unsigned n)
{
	return rte_rand_max(n);
}

static inline const char *
maybe_not(void)
{
	return pick(4) == 0 ? "! " : "";
}

static inline void
random_address(struct str *s, bool ip6, const char *opt)
{
	if (pick(2))
		return;
	str_printf(s, " %s%s ", maybe_not(), opt);
	if (ip6)
		str_printf(s, "fd0%u::%x/%u", pick(3), pick(65536), pick(129));
	else if (pick(8) == 0)
		str_printf(s, "10.%u.%u.%u/255.0.%u.255", pick(256), pick(256), pick(256),
			   pick(256));
	else
		str_printf(s, "10.%u.0.%u/%u", pick(3), pick(4), pick(33));
}

static inline void
random_ports(struct str *s, const char *opt, unsigned lists)
{
	unsigned n = lists ? 1 + pick(lists) : 1;

	str_printf(s, " %s%s ", maybe_not(), opt);
	for (unsigned i = 0; i < n; i++) {
		unsigned lo = pick(2000), hi = lo + 1 + pick(2000);

		str_printf(s, pick(2) ? "%s%u" : "%s%u:%u", i > 0 ? "," : "", lo, hi);
	}
}

static inline void
random_flags(struct str *s)
{
	static const char *const names[] = { "FIN", "SYN", "RST", "PSH", "ACK", "URG" };
	unsigned mask = 1 + pick(63), comp = mask & pick(64);

	if (pick(3) == 0) {
		str_printf(s, " %s--syn", maybe_not());
		return;
	}
	str_printf(s, " %s--tcp-flags ", maybe_not());
	for (unsigned part = 0; part < 2; part++) {
		unsigned bits = part ? comp : mask;
		const char *sep = part ? " " : "";

		for (unsigned i = 0; i < 6; i++)
			if (bits & 1u << i) {
				str_printf(s, "%s%s", sep, names[i]);
				sep = ",";
			}
		if (bits == 0)
			str_add(s, " NONE");
	}
}

static inline void
random_proto(struct str *s, bool ip6)
{
	switch (pick(6)) {
	case 0:
		str_add(s, " -p tcp -m tcp");
		if (pick(2))
			random_ports(s, "--sport", 0);
		if (pick(2))
			random_ports(s, "--dport", 0);
		if (pick(3) == 0)
			random_flags(s);
		if (pick(6) == 0)
			str_printf(s, " %s--tcp-option %u", maybe_not(), 1 + pick(255));
		break;
	case 1:
		str_add(s, " -p udp -m udp");
		random_ports(s, pick(2) ? "--sport" : "--dport", 0);
		break;
	case 2:
		str_printf(s, " -p %s -m multiport", pick(2) ? "tcp" : "udp");
		random_ports(s, pick(3) == 0 ? "--sports" : pick(2) ? "--dports" : "--ports", 7);
		break;
	case 3:
		str_printf(s,
			   ip6 ? " -p ipv6-icmp -m icmp6 %s--icmpv6-type %u"
			       : " -p icmp -m icmp %s--icmp-type %u",
			   maybe_not(), pick(20));
		if (pick(2))
			str_printf(s, "/%u", pick(16));
		break;
	case 4:
		str_printf(s, " %s-p %u", maybe_not(), 1 + pick(255));
		break;
	}
}

/* As they are printed back, so that what is saved can be compared; "!" may stand where %s is. */
static inline void
random_match(struct str *s, bool ip6)
{
	static const char *const both[] = {
		" -m length %s--length 1:99",
		" -m mark %s--mark 0x5/0xff",
		" -m tos %s--tos 0x10/0x3f",
		" -m dscp %s--dscp 0x2e",
		" -m mac %s--mac-source 02:00:00:00:00:07",
		" -m pkttype %s--pkt-type broadcast",
		" -m addrtype %s--src-type UNICAST --limit-iface-in",
		" -m limit --limit 7/min --limit-burst 3",
		" -m statistic --mode nth %s--every 5 --packet 2",
		" -m statistic --mode random %s--probability 0.25000000000",
		" -p esp -m esp %s--espspi 5:9",
	};
	static const char *const only4[] = {
		" -m ttl %s--ttl-eq 5",
		" -m iprange %s--src-range 10.0.0.1-10.0.0.9",
		" -p ah -m ah %s--ahspi 7",
	};
	static const char *const only6[] = {
		" -m hl %s--hl-eq 5",
		" -m iprange %s--dst-range fd01::1-fd01::9",
		" -m ah %s--ahspi 7 --ahlen 16 --ahres",
		" -m frag %s--fragid 1:5 --fragfirst --fragmore",
		" -m hbh %s--hbh-len 8 --hbh-opts 5:2,1",
		" -m dst %s--dst-len 16 --dst-opts 0,30:4",
		" -m rt %s--rt-segsleft 1:3 --rt-len 24",
		" -m rt --rt-type 0 --rt-0-addrs fd01::1,fd01::2 --rt-0-not-strict",
		" -m ipv6header %s--header hop-by-hop,protocol --soft",
		" -m eui64",
	};
	const char *m = both[pick(RTE_DIM(both))];

	if (pick(2))
		m = ip6 ? only6[pick(RTE_DIM(only6))] : only4[pick(RTE_DIM(only4))];
	for (; *m != '\0'; m++)
		if (m[0] == '%') {
			str_add(s, maybe_not());
			m++;
		} else {
			str_add_bytes(s, m, 1);
		}
}
