/* SPDX-License-Identifier: BSD-3-Clause */
/* The line of -j AUDIT: a record of the kernel's audit system, as its log has it without an audit daemon. Control lcore. */
#include <arpa/inet.h>
#include <inttypes.h>

#include "queue_line.h"

#define TYPE 1324 /* AUDIT_NETFILTER_PKT of linux/audit.h */

void
queue_line_audit(struct queue_text *t, const struct queue_record *r, uint64_t date, uint64_t number)
{
	bool six = r->family == HOOK_IP6;
	unsigned len = six ? 16 : 4, at = six ? 8 : 12;
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];

	t->len = 0;
	t->text[0] = '\0';
	if (r->captured < at + 2 * len)
		return;
	inet_ntop(six ? AF_INET6 : AF_INET, r->data + at, src, sizeof(src));
	inet_ntop(six ? AF_INET6 : AF_INET, r->data + at + len, dst, sizeof(dst));
	queue_text_add(t,
		       "audit: type=%u audit(%" PRIu64 ".%03u:%" PRIu64
		       "): mark=0x%x saddr=%s daddr=%s proto=%u",
		       TYPE, date / 1000000, (unsigned)(date / 1000 % 1000), number, r->mark, src,
		       dst, r->proto);
}
