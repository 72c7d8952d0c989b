/* SPDX-License-Identifier: BSD-3-Clause */
/* The connection that a command line of `conntrack` names by its addresses and ports. */
#include <netinet/in.h>

#include "cmd_conntrack_proto.h"
#include "ct_proto.h"

void
conntrack_addr_set(union ct_addr *to, const struct ip_addr *a)
{
	memset(to, 0, sizeof(*to));
	if (a->family == AF_INET)
		to->v4 = a->v4;
	else
		memcpy(to->v6, a->v6, sizeof(to->v6));
}

static void
set_ports(const struct conntrack *k, enum ct_dir dir, struct ct_tuple *t)
{
	if (k->proto == IPPROTO_ICMP || k->proto == IPPROTO_ICMPV6) {
		t->sport = htons(k->field[CONNTRACK_ICMP_ID]);
		t->dport =
			htons(k->field[CONNTRACK_ICMP_TYPE] << 8 | k->field[CONNTRACK_ICMP_CODE]);
		return;
	}
	t->sport = htons(k->field[dir == CT_ORIGINAL ? CONNTRACK_SPORT : CONNTRACK_REPLY_SPORT]);
	t->dport = htons(k->field[dir == CT_ORIGINAL ? CONNTRACK_DPORT : CONNTRACK_REPLY_DPORT]);
}

bool
conntrack_tuple(const struct conntrack *k, enum ct_dir dir, struct ct_tuple *t)
{
	const struct ip_addr *a = k->addr[dir];

	return conntrack_tuple_part(k, dir, t) && a[0].family != AF_UNSPEC &&
	       a[1].family != AF_UNSPEC;
}

bool
conntrack_tuple_part(const struct conntrack *k, enum ct_dir dir, struct ct_tuple *t)
{
	const struct ip_addr *a = k->addr[dir];

	*t = (struct ct_tuple){ .proto = k->proto, .family = k->family };
	if ((k->proto == IPPROTO_ICMP && k->family != AF_INET) ||
	    (k->proto == IPPROTO_ICMPV6 && k->family != AF_INET6))
		return false;
	conntrack_addr_set(&t->src, &a[0]);
	conntrack_addr_set(&t->dst, &a[1]);
	set_ports(k, dir, t);
	return true;
}
