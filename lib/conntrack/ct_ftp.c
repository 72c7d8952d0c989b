/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FTP (RFC 959, 2428): the control connection says where the data connection goes. Only what begins behind a line's
 * end is read, so that nobody makes a server echo a command in the middle of a line; the first line of a connection
 * has none before it. A command that a segment cuts is dropped: it comes again, in one piece.
 */
#include <rte_tcp.h>

#include "base_param.h"
#include "ct_ftp.h"
#include "ct_nat_ops.h"

PARAM_INT(ftp_loose, "net.pollux.ftp_loose", 0, 0, 1,
	  "FTP data connections may go to another host than the one that says so")

#define REMEMBERED 2

/* In ct_ext.helper_data. */
struct ftp {
	uint32_t line[CT_DIRS][REMEMBERED]; /* sequence numbers where lines begin */
	uint8_t nb[CT_DIRS];
};

_Static_assert(sizeof(struct ftp) <= CT_HELPER_DATA, "it fits");

static bool
line_begins(const struct ftp *f, unsigned dir, uint32_t seq)
{
	for (unsigned i = 0; i < f->nb[dir]; i++)
		if (f->line[dir][i] == seq)
			return true;
	return false;
}

static void
remember(struct ftp *f, unsigned dir, uint32_t seq)
{
	uint32_t *line = f->line[dir], *oldest;

	if (line_begins(f, dir, seq))
		return;
	if (f->nb[dir] < REMEMBERED) {
		line[f->nb[dir]++] = seq;
		return;
	}
	oldest = (int32_t)(line[0] - line[1]) < 0 ? &line[0] : &line[1];
	if ((int32_t)(seq - *oldest) > 0)
		*oldest = seq;
}

static verdict_t
announce(struct ct_help *h, const struct ct_ftp_said *said)
{
	struct ct_tuple mine = ct_tuple(h->ct, h->dir), reply = ct_tuple(h->ct, !h->dir);
	struct ct_expect e;

	if (memcmp(&said->addr, &mine.src, sizeof(mine.src)) == 0)
		ct_expect_init(&e, h->ct, 0, &reply.src, &reply.dst, IPPROTO_TCP, NULL, said->port);
	else if (param_get(&ftp_loose))
		ct_expect_init(&e, h->ct, 0, &reply.src, &said->addr, IPPROTO_TCP, NULL,
			       said->port);
	else
		return VERDICT_ACCEPT;
	e.dir = !h->dir;
	return ct_help_announce(h, said->kind, said->off, said->len, &e);
}

static verdict_t
read_line(struct ct_help *h, struct ftp *f, const char *text, uint32_t len, uint32_t seq)
{
	struct ct_ftp_said said = { .addr = ct_tuple(h->ct, h->dir).src };
	verdict_t v = VERDICT_ACCEPT;
	bool reads, whole = text[len - 1] == '\n'; /* translation changes the text */

	ct_lock(h->ct);
	reads = line_begins(f, h->dir, seq);
	ct_unlock(h->ct);
	if (reads) {
		switch (ct_ftp_read(text, len, h->dir, h->ct->family, &said)) {
		case CT_FTP_CUT:
			return ct_help_drop();
		case CT_FTP_SAID:
			v = announce(h, &said);
			break;
		case CT_FTP_OTHER:
			break;
		}
	}
	if (whole) {
		ct_lock(h->ct);
		remember(f, h->dir, seq + len);
		ct_unlock(h->ct);
	}
	return v;
}

static verdict_t
ftp_help(struct ct_help *h)
{
	const struct rte_tcp_hdr *tcp;
	const char *text;
	uint32_t len;

	if (h->info != CT_INFO_ESTABLISHED && h->info != CT_INFO_ESTABLISHED_REPLY)
		return VERDICT_ACCEPT;
	text = ct_help_text(h, &len);
	if (text == NULL)
		return len != 0 ? ct_help_drop() : VERDICT_ACCEPT;
	tcp = pkt_l4(h->m);
	return read_line(h, (struct ftp *)h->ct->ext->helper_data, text, len,
			 rte_be_to_cpu_32(tcp->sent_seq));
}

static const struct ct_expect_policy policy = { .name = "ftp", .max = 1, .timeout = 300 };

static struct ct_helper ftp = {
	.name = "ftp",
	.proto = IPPROTO_TCP,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.policy = &policy,
	.nb_classes = 1,
	.help = ftp_help,
};

CT_HELPER_REGISTER(ftp)
