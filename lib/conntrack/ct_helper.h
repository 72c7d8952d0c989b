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
	/* The entry goes away. May be NULL. */
	void (*destroy)(struct ct *ct);
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

/* L4 payload: copies at most size bytes from off (chains too); how many. */
uint32_t ct_help_payload(const struct ct_help *h, uint32_t off, void *buf, uint32_t size);
