/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parts of a line that do not depend on the family: interfaces, MAC header, TCP, UDP. Called by the
 * control lcore.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "queue_line.h"

void
queue_text_add(struct queue_text *t, const char *fmt, ...)
{
	va_list args;
	int n;

	if (t->len == QUEUE_TEXT_MAX)
		return;
	va_start(args, fmt);
	n = vsnprintf(t->text + t->len, sizeof(t->text) - t->len, fmt, args);
	va_end(args);
	if (n > 0)
		t->len = RTE_MIN(t->len + n, (unsigned)QUEUE_TEXT_MAX);
}

void
queue_text_hex(struct queue_text *t, const uint8_t *bytes, unsigned n, const char *each)
{
	for (unsigned i = 0; i < n; i++)
		queue_text_add(t, each, bytes[i]);
}

void
queue_line_incomplete(struct queue_text *t, const struct queue_view *v, uint64_t offset)
{
	/* Unsigned as in Linux: a header may claim to end behind the packet. */
	queue_text_add(t, "INCOMPLETE [%u bytes] ", (uint32_t)(v->len - offset));
}

static void
tcp_flags(struct queue_text *t, uint16_t flags)
{
	static const char *const names[] = { "AE ",  "CWR ", "ECE ", "URG ", "ACK ",
					     "PSH ", "RST ", "SYN ", "FIN " };

	for (unsigned i = 0; i < RTE_DIM(names); i++)
		if (flags & 0x100 >> i)
			queue_text_add(t, "%s", names[i]);
}

bool
queue_line_tcp(struct queue_text *t, const struct queue_view *v, uint64_t offset, bool later)
{
	const uint8_t *h = queue_at(v, offset, 20), *options;
	unsigned hlen;

	queue_text_add(t, "PROTO=TCP ");
	if (later)
		return true;
	if (h == NULL) {
		queue_line_incomplete(t, v, offset);
		return false;
	}
	queue_text_add(t, "SPT=%u DPT=%u ", queue_get16(h), queue_get16(h + 2));
	if (v->flags & QUEUE_LOG_TCP_SEQUENCE)
		queue_text_add(t, "SEQ=%u ACK=%u ", queue_get32(h + 4), queue_get32(h + 8));
	queue_text_add(t, "WINDOW=%u RES=0x%02x ", queue_get16(h + 14), (h[12] & 0x0e) << 2);
	tcp_flags(t, queue_get16(h + 12) & 0x1ff);
	queue_text_add(t, "URGP=%u ", queue_get16(h + 18));
	hlen = (h[12] >> 4) * 4;
	if (!(v->flags & QUEUE_LOG_TCP_OPTIONS) || hlen <= 20)
		return true;
	options = queue_at(v, offset + 20, hlen - 20);
	if (options == NULL) {
		queue_text_add(t, "OPT (TRUNCATED)");
		return false;
	}
	queue_text_add(t, "OPT (");
	queue_text_hex(t, options, hlen - 20, "%02X");
	queue_text_add(t, ") ");
	return true;
}

bool
queue_line_udp(struct queue_text *t, const struct queue_view *v, uint64_t offset, bool later,
	       const char *name)
{
	const uint8_t *h = queue_at(v, offset, 8);

	queue_text_add(t, "PROTO=%s ", name);
	if (later)
		return true;
	if (h == NULL) {
		queue_line_incomplete(t, v, offset);
		return false;
	}
	queue_text_add(t, "SPT=%u DPT=%u LEN=%u ", queue_get16(h), queue_get16(h + 2),
		       queue_get16(h + 4));
	return true;
}

static void
mac(struct queue_text *t, const struct queue_record *r)
{
	if (r->in[0] == '\0')
		return;
	if (r->has_mac && r->flags & QUEUE_LOG_MAC_DECODE) {
		queue_text_add(t, "MACSRC=");
		queue_text_hex(t, r->mac + 6, 1, "%02x");
		queue_text_hex(t, r->mac + 7, 5, ":%02x");
		queue_text_add(t, " MACDST=");
		queue_text_hex(t, r->mac, 1, "%02x");
		queue_text_hex(t, r->mac + 1, 5, ":%02x");
		queue_text_add(t, " MACPROTO=%04x ", queue_get16(r->mac + 12));
		return;
	}
	queue_text_add(t, "MAC=");
	if (r->has_mac) {
		queue_text_hex(t, r->mac, 1, "%02x");
		queue_text_hex(t, r->mac + 1, sizeof(r->mac) - 1, ":%02x");
	}
	queue_text_add(t, " ");
}

void
queue_line_rule(struct queue_text *t, const struct queue_record *r)
{
	struct queue_view v = { .data = r->data,
				.have = r->captured,
				.len = r->len,
				.flags = r->flags,
				.mark = r->mark };

	t->len = 0;
	t->text[0] = '\0';
	queue_text_add(t, "%sIN=%s OUT=%s ", r->prefix, r->in, r->out);
	mac(t, r);
	if (r->family == HOOK_IP4)
		queue_line_ip4(t, &v, 0, false);
	else
		queue_line_ip6(t, &v, 0, false);
}

void
queue_line_martian(struct queue_text *t, struct queue_text *second, const struct queue_record *r)
{
	const uint8_t *src = r->data + 12, *dst = r->data + 16;
	bool source = r->kind == QUEUE_MARTIAN_SOURCE;

	t->len = second->len = 0;
	t->text[0] = second->text[0] = '\0';
	if (r->captured < 20)
		return;
	queue_text_add(t, "IPv4: martian %s %u.%u.%u.%u from %u.%u.%u.%u, %sdev %s",
		       source ? "source" : "destination", dst[0], dst[1], dst[2], dst[3], src[0],
		       src[1], src[2], src[3], source ? "on " : "", r->in);
	if (!source || !r->has_mac)
		return;
	queue_text_add(second, "ll header: 00000000:");
	queue_text_hex(second, r->mac, sizeof(r->mac), " %02x");
}
