/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IRC's Direct Client-to-Client (CTCP): a client asks others to connect to it, by way of the server:
 *	PRIVMSG friend :\1DCC SEND file 167837954 5000\1\n
 */
#include <strings.h>

#include "ct_nat_ops.h"
#include "ct_text.h"

#define SEARCHED 4095 /* bytes of a packet */

/* The shortest that may follow, so that nothing behind is looked at for nothing. */
#define PRIVMSG_LEAST 10 /* PRIVMSG x */
#define DCC_LEAST 26     /* " :\1DCC SEND t AAAAAAAA P\1\n" */
#define ADDR_LEAST 12    /* "AAAAAAAA P\1\n" */

static const char *const kinds[] = { "SEND ", "CHAT ", "MOVE ", "TSEND ", "SCHAT " };

struct dcc {
	uint32_t addr; /* network byte order */
	uint16_t port;
	const char *from, *behind; /* where they stand */
};

/* Behind the kind: a name, the address as one number, the port, somewhere the line's end. */
static bool
read_dcc(const char *p, const char *end, struct dcc *d)
{
	p = memchr(p, ' ', end - p);
	if (p == NULL || p > end - ADDR_LEAST)
		return false;
	p++;
	if (memchr(p, '\n', end - p) == NULL)
		return false;
	d->from = p;
	d->addr = rte_cpu_to_be_32(ct_text_number(p, end, &p));
	while (*p == ' ')
		if (++p >= end)
			return false;
	d->port = ct_text_number(p, end, &d->behind);
	return true;
}

static bool
forged(const struct ct_help *h, const struct dcc *d)
{
	return d->port == 0 || (ct_tuple(h->ct, h->dir).src.v4 != d->addr &&
				ct_tuple(h->ct, !h->dir).dst.v4 != d->addr);
}

static verdict_t
announce(struct ct_help *h, const char *text, const struct dcc *d)
{
	struct ct_tuple reply = ct_tuple(h->ct, !h->dir);
	struct ct_expect e;

	ct_expect_init(&e, h->ct, 0, NULL, &reply.dst, IPPROTO_TCP, NULL,
		       rte_cpu_to_be_16(d->port));
	e.dir = !h->dir;
	return ct_help_announce(h, CT_SAID_IRC_DCC, d->from - text, d->behind - d->from, &e);
}

static const char *
skip_privmsg(const char *p, const char *end)
{
	while (p < end - PRIVMSG_LEAST && (*p == ' ' || *p == '\r' || *p == '\n'))
		p++;
	if (p < end - PRIVMSG_LEAST) {
		if (!ct_text_is(p, end, "PRIVMSG "))
			return NULL;
		p += strlen("PRIVMSG ");
	}
	return p;
}

static verdict_t
read_message(struct ct_help *h, const char *text, const char *end)
{
	const char *p = skip_privmsg(text, end);

	while (p != NULL && p < end - DCC_LEAST) {
		if (memcmp(p, " :", 2) != 0) {
			p++;
			continue;
		}
		p += 2;
		if (memcmp(p, "\1DCC ", 5) != 0)
			break;
		p += 5;
		for (unsigned i = 0; i < RTE_DIM(kinds); i++) {
			struct dcc d;

			if (!ct_text_is_exactly(p, end, kinds[i]))
				continue;
			p += strlen(kinds[i]);
			if (read_dcc(p, end, &d) && !forged(h, &d))
				return announce(h, text, &d);
		}
	}
	return VERDICT_ACCEPT;
}

static verdict_t
irc_help(struct ct_help *h)
{
	const char *text;
	uint32_t len;

	if (h->info != CT_INFO_ESTABLISHED)
		return VERDICT_ACCEPT;
	text = ct_help_text(h, &len);
	if (text == NULL)
		return VERDICT_ACCEPT;
	return read_message(h, text, text + RTE_MIN(len, (uint32_t)SEARCHED));
}

static const struct ct_expect_policy policy = { .name = "irc", .max = 8, .timeout = 300 };

static struct ct_helper irc = {
	.name = "irc",
	.proto = IPPROTO_TCP,
	.families = 1u << HOOK_IP4,
	.policy = &policy,
	.nb_classes = 1,
	.help = irc_help,
};

CT_HELPER_REGISTER(irc)
