/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Protocols of connections: one file each, registered by its constructor. All functions but text run on
 * workers, once per packet, and must not sleep or log. Where a protocol has no file, ct_generic.c is it.
 */
#pragma once

#include "base_param.h"
#include "base_str.h"
#include "ct.h"
#include "hook.h"

/* A packet being tracked. */
struct ct_pkt {
	const struct hook_ctx *ctx;
	struct rte_mbuf *m;
	struct ct *ct;
	uint32_t now; /* ct_time */
	uint8_t dir;  /* enum ct_dir */
	uint8_t info; /* enum ct_info; packet() may not change it */
	bool fresh;   /* the entry was made for this packet and is not confirmed */
};

enum ct_result {
	CT_OK,
	CT_INVALID, /* the packet has no connection; a fresh entry is forgotten */
	CT_AGAIN,   /* the old entry is dead (ct_kill() was called): look up anew */
	CT_DROP,    /* the packet is dropped, counted as ct-dropped */
};

#define CT_TIMEOUTS_MAX 16

struct ct_proto {
	struct ct_proto *next;
	const char *name; /* as conntrack prints it: "tcp", "icmpv6" */
	uint8_t proto;
	uint8_t families; /* bit per enum hook_family */
	/*
	 * Of an L4 header, at least as many of its first 8 bytes as there are, also one that an ICMP error
	 * quotes: writes t->sport and t->dport; the rest of t is filled. false: no connection can be told
	 * (too short). NULL: of protocols that pkt_parse() knows ports of, the first four bytes
	 * (pkt.sport, pkt.dport); of others 0.
	 */
	bool (*ports)(struct ct_tuple *t, const uint8_t *l4, uint32_t len);
	/* The reply's ports of t, into r. false: there is no reply, and no flow. NULL: swapped. */
	bool (*invert)(struct ct_tuple *r, const struct ct_tuple *t);
	/*
	 * Headers and, where check_sum is set (PREROUTING and nf_conntrack_checksum), checksums are
	 * right. Linux's error functions. NULL: always.
	 */
	bool (*valid)(const struct rte_mbuf *m, bool check_sum);
	/* Fresh entries and known ones: moves on the state, sets the timeout (ct_refresh()). */
	enum ct_result (*packet)(struct ct_pkt *p);
	/* Full table: may an entry that is assured go all the same? NULL: no. */
	bool (*can_drop_early)(const struct ct *ct);
	/* The state's name as `conntrack -L` prints it ("ESTABLISHED"). NULL: it has none. */
	const char *(*state_name)(const struct ct *ct);
	/* Its number by that name, for the command line; -1: no such. */
	int (*state_find)(const char *name);
	/* Timeouts in seconds, by the index packet() uses: for `CT --timeout` policies. */
	struct param *const *timeouts;    /* nb_timeouts of them */
	const char *const *timeout_names; /* as nfct prints them */
	unsigned nb_timeouts;
};

void ct_proto_register(struct ct_proto *p); /* constructor time */
/* Never NULL: the generic one for what is not known. */
const struct ct_proto *ct_proto(enum hook_family family, uint8_t proto);
const struct ct_proto *ct_proto_by_name(const char *name); /* NULL: unknown */

#define CT_PROTO_REGISTER(id)             \
	RTE_INIT(ct_proto_init_##id)      \
	{                                 \
		ct_proto_register(&(id)); \
	}

/* The tuple of the other direction, with t's zone. false: there is none. */
bool ct_invert(struct ct_tuple *r, const struct ct_tuple *t);

/*
 * A timeout's sysctl, in seconds. The limits are those of a kernel with 250 ticks a second; what is negative
 * has passed at once.
 */
#define CT_TIMEOUT_LIMIT 8589934
#define CT_TIMEOUT(id, dotted, seconds, help) \
	PARAM_INT(id, dotted, seconds, -CT_TIMEOUT_LIMIT, CT_TIMEOUT_LIMIT, help)

/* The timeout in seconds: the entry's policy (CT --timeout) or the sysctl. */
uint32_t ct_timeout(const struct ct *ct, const struct ct_proto *proto, unsigned index);

/*
 * Refreshes the entry and counts the packet; ct_account() and ct_expire_in() (ct_refresh.h) do one of both.
 * Packets that pass without it count nowhere, as in Linux.
 */
static inline void ct_refresh(struct ct_pkt *p, uint32_t seconds);

/* ct_proto.c: takes the entry out of the table at once; it may still be read until the burst ends. */
void ct_kill(struct ct_pkt *p);

/* Shared by those that print state: conntrack's log of invalid packets is not kept. */

#include "ct_refresh.h"
