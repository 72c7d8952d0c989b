/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fingerprints of operating systems, which `nfnl_osf` loads and -m osf compares SYNs of IPv4 with. They are there whether
 * rules ask for them or not, in the order in which they came; at most 4,096.
 */
#pragma once

#include "rule.h"

#define RULE_OSF_NAME 32    /* bytes, NUL included; longer names are cut */
#define RULE_OSF_OPTIONS 40 /* of a fingerprint, and bytes of them: more fit into no TCP header */

enum rule_osf_value_kind { RULE_OSF_PLAIN, RULE_OSF_MSS, RULE_OSF_MTU, RULE_OSF_MODULO };

struct rule_osf_value {
	uint32_t kind; /* enum rule_osf_value_kind: what it is a multiple of, or itself */
	uint32_t number;
};

struct rule_osf_finger {
	struct rule_osf_value window; /* plain 0: any */
	uint16_t len;                 /* of the IP packet */
	uint8_t ttl, df;              /* df: not 0 if the packet must not be cut */
	uint32_t nb;                  /* options */
	char genre[RULE_OSF_NAME], version[RULE_OSF_NAME], subtype[RULE_OSF_NAME];
	struct {
		uint16_t kind, len;          /* bytes */
		struct rule_osf_value value; /* nobody compares it, as in Linux */
	} option[RULE_OSF_OPTIONS];
};

/* All: control. Zeroed where nothing is said. */
/* 0, also for one that is there; -EINVAL: no packet could have it; -ENOSPC, -ENOMEM. */
int rule_osf_add(const struct rule_osf_finger *f);
/* 0 or -ENOENT. */
int rule_osf_remove(const struct rule_osf_finger *f);
/* What was added and removed is in force from now on. 0 or -ENOMEM: nothing has changed for packets. */
int rule_osf_publish(void);
/* By number from 0; NULL after the last. */
const struct rule_osf_finger *rule_osf_at(uint32_t i);

/* What a fingerprint is compared with. */
struct rule_osf_syn {
	const uint8_t *options;
	uint32_t key; /* see rule_osf_key() */
	uint16_t window;
	uint8_t ttl;
};

enum rule_osf_ttl { RULE_OSF_TTL_SAME, RULE_OSF_TTL_UP_TO, RULE_OSF_TTL_ANY };

/* Worker. false: the IPv4 packet is no SYN, or cut short. */
bool rule_osf_read(const struct rule_packet *rp, struct rule_osf_syn *syn);
/*
 * Worker: the next fingerprint of all from *at on that the SYN has, *at is then behind it; NULL: none. genre: only of that
 * name; NULL: any. It may be used until the burst is through; between calls the list may become another one.
 */
const struct rule_osf_finger *rule_osf_find(const struct rule_osf_syn *syn, enum rule_osf_ttl ttl,
					    const char *genre, uint32_t *at);

/* Of what is compared first: length, bytes of options, DF. */
static inline uint32_t
rule_osf_key(uint16_t len, unsigned options, bool df)
{
	return (uint32_t)len << 16 | options << 1 | df;
}

/* Private to rule_osf*.c: what workers read. Immutable. */
struct rule_osf_table {
	uint32_t nb;
	const uint32_t *keys;                  /* [nb] */
	const struct rule_osf_finger *fingers; /* [nb] */
};

extern struct rule_osf_table *rule_osf_published; /* NULL: there are none */
