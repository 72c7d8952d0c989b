/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Plays a file of conversations to one protocol's tracker: "conversation NAME", "set PARAMETER VALUE", and a packet a
 * line, "> what : CTSTATE STATE SECONDS", of a single connection between 10.1.0.2 and 10.2.0.2.
 */
#pragma once

#include "eal.h"

#include <stdio.h>
#include <string.h>

#include "ct_proto.h"
#include "ct_table.h"
#include "pkt_build_ip.h"

struct ct_play {
	const struct ct_proto *proto;
	const char *sysctl; /* what stands before a PARAMETER */
	/* The packet of a line, for the direction of its first letter. */
	struct rte_mbuf *(*packet)(const char *line);
	void (*begin)(void); /* before each conversation; may be NULL */
	struct ct *known;    /* the connection; NULL: none */
	char first;          /* '<' or '>': the direction that opened it */
	uint32_t now;
};

static int
ct_play_setup(void **state)
{
	struct err e = { 0 };

	if (eal_setup(state) != 0)
		return -1;
	param_set(param_find("net.netfilter.nf_conntrack_max"), 1024);
	return ct_table_create(HOOK_IP4, &e);
}

/* A packet of that direction with room for its L4 bytes, which are 0. */
static struct rte_mbuf *
ct_play_ip(bool reply, uint8_t proto, uint16_t len)
{
	static const uint8_t a[4] = { 10, 1, 0, 2 }, b[4] = { 10, 2, 0, 2 };
	struct pkt_ip_spec ip = { .src = reply ? b : a,
				  .dst = reply ? a : b,
				  .family = AF_INET,
				  .proto = proto,
				  .ttl = 64,
				  .payload = len };
	struct rte_mbuf *m = pkt_alloc(0);
	uint16_t *ports = pkt_build_ip(m, &ip);

	ports[0] = rte_cpu_to_be_16(reply ? 80 : 1024);
	ports[1] = rte_cpu_to_be_16(reply ? 1024 : 80);
	return m;
}

static struct ct *
ct_play_fresh(uint8_t proto)
{
	struct ct *ct = ct_alloc(0, AF_INET);
	struct ct_tuple t = { .src.v4 = 1, .dst.v4 = 2, .proto = proto, .family = AF_INET };
	struct ct_tuple r = { .src.v4 = 2, .dst.v4 = 1, .proto = proto, .family = AF_INET };

	assert_non_null(ct);
	ct->family = AF_INET;
	ct->proto = proto;
	ct_tuple_set(ct, CT_ORIGINAL, &t);
	ct_tuple_set(ct, CT_REPLY, &r);
	return ct;
}

/* What tracking does with a packet, in short. */
static const char *
ct_play_track(struct ct_play *play, struct rte_mbuf *m, char dir)
{
	static const struct hook_ctx ctx;
	struct ct_pkt p = { .ctx = &ctx, .m = m, .now = play->now };
	struct ct *other;
	enum ct_result r;
	const char *info;

	if (!play->proto->valid(m, true))
		return "INVALID";
	p.fresh = play->known == NULL;
	p.ct = p.fresh ? ct_play_fresh(play->proto->proto) : play->known;
	play->first = p.fresh ? dir : play->first;
	p.dir = dir == play->first ? CT_ORIGINAL : CT_REPLY;
	info = p.dir == CT_REPLY || ct_status(p.ct) & CT_SEEN_REPLY ? "ESTABLISHED" : "NEW";
	r = play->proto->packet(&p);
	if (r == CT_AGAIN) {
		play->known = NULL;
		return ct_play_track(play, m, dir);
	}
	if (r != CT_OK && p.fresh)
		ct_free(0, p.ct);
	else if (p.fresh)
		assert_int_equal(ct_insert(0, play->known = p.ct, play->now, &other), 0);
	if (r != CT_OK)
		return "INVALID";
	if (p.dir == CT_REPLY)
		ct_status_set(p.ct, CT_SEEN_REPLY);
	if (ct_status(play->known) & CT_DYING)
		play->known = NULL;
	return info;
}

/* A packet, and what became of it as the file writes it. */
static void
ct_play_line(struct ct_play *play, const char *line, char *answer, size_t size)
{
	struct rte_mbuf *m = play->packet(line);
	const char *info = ct_play_track(play, m, *line);
	const struct ct *ct = play->known;

	rte_pktmbuf_free(m);
	if (ct == NULL)
		snprintf(answer, size, "%s -\n", info);
	else
		snprintf(answer, size, "%s %s %u%s\n", info, play->proto->state_name(ct),
			 ((ct->expires - play->now) << CT_TIME_SHIFT) / 1000,
			 ct_status(ct) & CT_ASSURED ? " assured" : "");
}

static void
ct_play_begin(struct ct_play *play)
{
	if (play->known != NULL)
		ct_remove(0, play->known);
	play->known = NULL;
	if (play->begin != NULL)
		play->begin();
}

/* How many packets the file had; fails the test when one was not answered as it says. */
static unsigned
ct_play_file(struct ct_play *play, const char *name)
{
	FILE *f = fopen(name, "r");
	char line[256], answer[64], param[128], title[256] = "";
	unsigned wrong = 0, packets = 0;
	int value;

	assert_non_null(f);
	play->now = 1000;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "conversation ", 13) == 0) {
			ct_play_begin(play);
			strcpy(title, line);
		} else if (sscanf(line, "set %40s %d", answer, &value) == 2) {
			snprintf(param, sizeof(param), "%s%s", play->sysctl, answer);
			param_set(param_find(param), value);
		} else if (*line == '<' || *line == '>') {
			ct_play_line(play, line, answer, sizeof(answer));
			packets++;
			if (strcmp(strstr(line, " : ") + 3, answer) != 0) {
				print_error("%s%s        not %s", title, line, answer);
				wrong++;
			}
		}
	}
	fclose(f);
	ct_play_begin(play);
	assert_int_equal(wrong, 0);
	return packets;
}
