/* SPDX-License-Identifier: BSD-3-Clause */
/* FTP: the data connection comes from wherever the command that announces it goes to. */
#include <stdio.h>

#include "nat_follow.h"
#include "nat_help.h"

/* All eight words, all digits: Linux's way. */
static unsigned
addr6(char *text, const union ct_addr *a)
{
	unsigned len = 0;

	for (unsigned i = 0; i < 8; i++)
		len += snprintf(text + len, 6, i < 7 ? "%02x%02x:" : "%02x%02x", a->v6[2 * i],
				a->v6[2 * i + 1]);
	return len;
}

static unsigned
make_eprt(char text[NAT_TEXT_MAX], const struct ct *ct, const union ct_addr *a, unsigned port)
{
	unsigned len;

	if (ct->family == AF_INET)
		return snprintf(text, NAT_TEXT_MAX, "|1|%u.%u.%u.%u|%u|", a->v6[0], a->v6[1],
				a->v6[2], a->v6[3], port);
	len = snprintf(text, NAT_TEXT_MAX, "|2|");
	len += addr6(text + len, a);
	return len + snprintf(text + len, NAT_TEXT_MAX - len, "|%u|", port);
}

static unsigned
make(char text[NAT_TEXT_MAX], const struct ct *ct, enum ct_said said, const struct ct_expect *e)
{
	union ct_addr a = nat_seen_from(ct, !e->dir);
	unsigned port = rte_be_to_cpu_16(e->tuple.dport);

	switch (said) {
	case CT_SAID_FTP_EPRT:
		return make_eprt(text, ct, &a, port);
	case CT_SAID_FTP_EPSV:
		return snprintf(text, NAT_TEXT_MAX, "|||%u|", port);
	default:
		return snprintf(text, NAT_TEXT_MAX, "%u,%u,%u,%u,%u,%u", a.v6[0], a.v6[1], a.v6[2],
				a.v6[3], port >> 8, port & 0xff);
	}
}

verdict_t
nat_ftp(const struct ct_help *h, enum ct_said said, uint32_t off, uint32_t len, struct ct_expect *e)
{
	return nat_announce_text(h, said, off, len, e, make);
}
