/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What both sides of a translated connection say, to every helper that has a translation: lengths and checksums of what
 * leaves are right, and whoever was announced is translated as its master is. The input: a byte for the helper, one for
 * the translation, then messages as fuzz_ct_helper.c reads them.
 */
#include "../unit/ct_help_setup.h"

#include <stdlib.h>

#include <rte_udp.h>

#include "base_param.h"
#include "ct_hooks.h"
#include "ct_seqadj.h"
#include "ct_table.h"
#include "pkt_checksum.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	const char *name;
	uint8_t family, proto;
	uint16_t port;
} kinds[] = {
	{ "ftp", AF_INET, IPPROTO_TCP, 21 },       { "ftp", AF_INET6, IPPROTO_TCP, 21 },
	{ "irc", AF_INET, IPPROTO_TCP, 6667 },     { "sip", AF_INET, IPPROTO_UDP, 5060 },
	{ "sip", AF_INET6, IPPROTO_TCP, 5060 },    { "pptp", AF_INET, IPPROTO_TCP, 1723 },
	{ "amanda", AF_INET, IPPROTO_UDP, 10080 }, { "tftp", AF_INET6, IPPROTO_UDP, 69 },
	{ "sip", AF_INET6, IPPROTO_UDP, 5060 },    { "sip", AF_INET, IPPROTO_TCP, 5060 },
};

static void
must(bool true_here)
{
	if (!true_here)
		abort();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err e = { 0 };

	must(eal_setup(NULL) == 0);
	param_set(param_find("net.netfilter.nf_conntrack_max"), 1024);
	return ct_prepare(HOOK_IP4, &e) | ct_prepare(HOOK_IP6, &e);
}

/* The master's reply: other ends than it was asked for. */
static void
translate(uint8_t how)
{
	bool six = master.ct.ct.family == AF_INET6;
	struct ct_tuple reply = ct_tuple(&master.ct.ct, CT_REPLY);

	if (how & 1) {
		reply.dst = addr_of(six ? "fd02::1111:2222" : "10.2.0.111");
		reply.dport = how & 2 ? htons(40000) : reply.dport;
		master.ct.ct.status |= CT_SRC_NAT;
	}
	if (!(how & 1) || how & 4) {
		reply.src = addr_of(six ? "fd02::9" : "10.2.0.9");
		reply.sport = how & 8 ? htons(50000) : reply.sport;
		master.ct.ct.status |= CT_DST_NAT;
	}
	ct_tuple_set(&master.ct.ct, CT_REPLY, &reply);
}

/* What leaves, after the numbers are shifted. */
static void
look_at(const struct ct_help *h, verdict_t v)
{
	struct rte_mbuf *m = h->m;
	uint32_t len = 0;

	for (const struct rte_mbuf *s = m; s != NULL; s = s->next)
		len += s->data_len;
	must(len == m->pkt_len && len == (uint32_t)pkt(m)->l3 + pkt(m)->len);
	if (v != VERDICT_ACCEPT)
		return;
	if (h->ct->proto == IPPROTO_UDP && pkt_l4_len(m) != said_l4_len)
		must(rte_be_to_cpu_16(((struct rte_udp_hdr *)pkt_l4(m))->dgram_len) ==
		     pkt_l4_len(m));
	if (h->ct->proto == IPPROTO_TCP && pkt_l4_len(m) != said_l4_len)
		must(pkt_l4_checksum_summed(m) && ct_status(h->ct) & CT_SEQ_ADJUST);
	if (ct_status(h->ct) & CT_SEQ_ADJUST)
		must(ct_seqadj_apply(m, h->ct, h->dir));
}

/* Somebody comes who was announced. */
static bool
comes(const struct ct_expect *e, void *arg)
{
	struct ct_tuple t = e->tuple;
	unsigned *nb = arg;

	if (t.src.q[0] == 0 && t.src.q[1] == 0)
		t.src = ct_tuple(&master.ct.ct, CT_REPLY).src;
	if (t.sport == 0)
		t.sport = htons(3000);
	if (!meets(&t))
		return true;
	must((child.ct.ct.status & CT_DST_NAT_DONE) != 0 || e->expected == NULL);
	ct_expect_leave(&child.ct.ct);
	return --*nb != 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;
	uint32_t seq[CT_DIRS] = { 100, 500 };
	unsigned kind;

	if (size < 2)
		return 0;
	kind = *data++ % RTE_DIM(kinds);
	begin(kinds[kind].family, kinds[kind].name, kinds[kind].proto, kinds[kind].port);
	translate(*data++);
	say_look = look_at;
	while (end - data >= 3) {
		unsigned dir = data[0] & 1, segment = data[0] >> 1, few = 2,
			 len = RTE_MIN((data[1] | data[2] << 8) & 0x3ff, end - data - 3);
		verdict_t v = say_bytes(dir, seq[dir], data + 3, len, segment);

		must(v == VERDICT_ACCEPT || v == ct_help_drop());
		if (v == VERDICT_ACCEPT)
			seq[dir] += len;
		data += 3 + len;
		if (len % 4 == 3)
			ct_expect_each(comes, &few, now);
	}
	if (master.ext.helper->destroy != NULL)
		master.ext.helper->destroy(0, &master.ct.ct);
	ct_expect_forget(0, &master.ct.ct);
	must(ct_nb_expects == 0);
	return 0;
}
