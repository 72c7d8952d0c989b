/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Amanda, backups: the client's answer names the ports that the server connects to for its data:
 *	CONNECT DATA 50004 MESG 50005 INDEX 50006
 * It may take minutes to come.
 */
#include "ct_nat_ops.h"
#include "ct_text.h"

#define MASTER_TIMEOUT 300

static const char *const streams[] = { "DATA ", "MESG ", "INDEX ", "STATE " };

static const char *
search(const char *p, const char *end, const char *word)
{
	return memmem(p, end - p, word, strlen(word));
}

/* The first 5 digits count. */
static bool
port_at(const char *p, const char *end, uint32_t *len, uint16_t *port)
{
	const char *behind;

	*port = ct_text_number(p, RTE_MIN(end, p + 5), &behind);
	*len = behind - p;
	*port = rte_cpu_to_be_16(*port);
	return *port != 0;
}

/* What stands behind "CONNECT ". Translation may change the text, which then ends elsewhere. */
static verdict_t
read_streams(struct ct_help *h, const char *text, uint32_t len, uint32_t line, uint32_t stop)
{
	struct ct_tuple first = ct_tuple(h->ct, CT_ORIGINAL);
	verdict_t v = VERDICT_ACCEPT;

	for (unsigned i = 0; i < RTE_DIM(streams) && text != NULL; i++) {
		const char *p = search(text + line, text + stop, streams[i]);
		uint32_t digits, was = len;
		struct ct_expect e;
		uint16_t port;

		if (p == NULL)
			continue;
		p += strlen(streams[i]);
		if (!port_at(p, text + stop, &digits, &port))
			break;
		ct_expect_init(&e, h->ct, 0, &first.src, &first.dst, IPPROTO_TCP, NULL, port);
		e.dir = CT_ORIGINAL;
		if (ct_help_announce(h, CT_SAID_AMANDA_PORT, p - text, digits, &e) !=
		    VERDICT_ACCEPT)
			v = ct_help_drop();
		text = ct_help_text(h, &len);
		stop += len - was;
	}
	return v;
}

static verdict_t
read_answer(struct ct_help *h, const char *text, uint32_t len)
{
	const char *end = text + len, *line = search(text, end, "CONNECT "), *stop;

	if (line == NULL)
		return VERDICT_ACCEPT;
	line += strlen("CONNECT ");
	stop = memchr(line, '\n', end - line);
	return stop != NULL ? read_streams(h, text, len, line - text, stop - text) : VERDICT_ACCEPT;
}

static verdict_t
amanda_help(struct ct_help *h)
{
	const char *text;
	uint32_t len;

	if (h->dir == CT_ORIGINAL)
		return VERDICT_ACCEPT;
	ct_help_refresh(h, MASTER_TIMEOUT);
	text = ct_help_text(h, &len);
	return text != NULL ? read_answer(h, text, len) : VERDICT_ACCEPT;
}

static const struct ct_expect_policy policy = { .name = "amanda", .max = 4, .timeout = 180 };

static struct ct_helper amanda = {
	.name = "amanda",
	.proto = IPPROTO_UDP,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.policy = &policy,
	.nb_classes = 1,
	.help = amanda_help,
};

CT_HELPER_REGISTER(amanda)
