/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Helpers read the payload of a connection and announce others by it. One file each, registered by its
 * constructor; a connection gets one by `-j CT --helper NAME` only, as in Linux since 6.0.
 */
#pragma once

#include "ct.h"
#include "ct_expect.h"
#include "hook.h"

#define CT_HELPER_NAME 16

/* A packet for a helper: past tracking and filtering, before confirmation. */
struct ct_help {
	const struct hook_ctx *ctx;
	struct rte_mbuf *m;
	struct ct *ct;
	uint32_t now;
	uint8_t dir, info;
};

struct ct_expect_policy {
	const char *name;
	uint16_t max;     /* expectations a connection may have of the class */
	uint32_t timeout; /* seconds */
};

struct ct_helper {
	struct ct_helper *next;
	const char *name; /* "ftp" */
	uint8_t proto;
	uint8_t families;                      /* bit per enum hook_family */
	const struct ct_expect_policy *policy; /* nb_classes of them */
	unsigned nb_classes;
	/* VERDICT_ACCEPT, or VERDICT_DROP_FOR(...) as Linux's helpers drop. */
	verdict_t (*help)(struct ct_help *h);
	/* The entry has left the table (CT_DYING). May be NULL. */
	void (*destroy)(unsigned lane, struct ct *ct);
};

void ct_helper_register(struct ct_helper *h); /* constructor time */
const struct ct_helper *ct_helper_find(const char *name, enum hook_family family, uint8_t proto);

#define CT_HELPER_REGISTER(id)             \
	RTE_INIT(ct_helper_init_##id)      \
	{                                  \
		ct_helper_register(&(id)); \
	}

/* Gives the entry its helper, as target CT asks. false: no memory. */
bool ct_helper_set(struct ct *ct, const struct ct_helper *h, unsigned lane);

/* Some connection has, or had, a helper: it is worth looking. */
extern bool ct_helped;

/* For helpers: the drop of a packet whose connection could not be announced, counted as ct-helper. */
verdict_t ct_help_drop(void);
/* The entry expires that many seconds from now, unless its timeout is fixed. */
void ct_help_refresh(const struct ct_help *h, uint32_t seconds);

/*
 * Behind the UDP header, or TCP's with its options: where the data begins, from the start of the frame. 0: there is
 * none, or the packet is no packet of the connection's protocol (an ICMP error).
 */
uint32_t ct_help_data(const struct ct_help *h);
/* Copies at most size bytes of the data from off on (chains too); how many. */
uint32_t ct_help_payload(const struct ct_help *h, uint32_t off, void *buf, uint32_t size);
/*
 * All of the data in one piece, len bytes: in the packet, or copied, good until the lane's next call. NULL: there is
 * none (*len 0), or no memory for the copy (*len is not 0).
 */
const char *ct_help_text(const struct ct_help *h, uint32_t *len);
