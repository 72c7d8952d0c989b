/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Datagrams that are not complete, by what their fragments have in common. Private to pkt_reasm*.c; whoever
 * calls holds the lock.
 */
#pragma once

#include "pkt_reasm.h"

#define REASM_MAX 2048    /* datagrams waiting at once, both families */
#define REASM_BLOCKS 8448 /* of 8 bytes: the offsets there are, and a frame behind the last */

struct reasm_key {
	uint8_t family, user, proto, spare; /* proto: IPv4 only */
	uint16_t in, spare2;                /* IPv6 addresses of a link only, else 0 */
	uint32_t id;
	uint8_t src[16], dst[16];
};

/* One datagram. Its fragments are linked by m->next, in no order; struct pkt says where each lies. */
struct reasm {
	struct reasm *next; /* in its hash chain; of the free ones */
	struct reasm_key key;
	uint32_t hash;
	uint32_t nb;                    /* fragments here */
	uint32_t len;                   /* of the fragmented part, as far as known */
	uint32_t have;                  /* bytes of it that are here */
	uint32_t tail;                  /* end of the fragment with the highest offset */
	uint32_t max_size, max_df_size; /* longest fragment, longest one with DF; IP bytes */
	uint32_t source_seen;           /* the source's count of fragments when the last one came */
	uint16_t in;                    /* port the last fragment came in by */
	uint16_t nexthdr_off;           /* pkt_piece.nexthdr_off of the first fragment */
	uint8_t ecn;                    /* bit set of the ECN fields seen */
	bool has_first, has_last;
	struct rte_mbuf *frags;
	struct reasm_source *source;
	/* A bit a block: it is here; a run of fragments that came in order starts there. */
	uint64_t taken[REASM_BLOCKS / 64], starts[REASM_BLOCKS / 64];
};

/* How many fragments a host has sent, as long as one of its datagrams waits. */
struct reasm_source {
	struct reasm_source *next;
	uint32_t addr, refs, seen;
};

int reasm_table_init(void);
struct reasm *reasm_find(const struct reasm_key *key);
/* A new one for a key that is not there; NULL: no room. deadline: ms. */
struct reasm *reasm_add(const struct reasm_key *key, uint64_t deadline);
void reasm_restart(struct reasm *r, uint64_t deadline);
/* Out of the table; its fragments (linked) are the caller's, the struct is free. */
struct rte_mbuf *reasm_remove(struct reasm *r);
/* The datagram whose deadline has been over for longest, or NULL; sets reasm_next_deadline. */
struct reasm *reasm_expired(uint64_t now);
unsigned reasm_nb(void);

/* pkt_reasm_limit.c: the memory that fragments use. */
void reasm_count_bytes(const struct reasm_key *key, int64_t n);
uint64_t reasm_bytes(void);
uint64_t reasm_deadline(const struct reasm_key *key, uint64_t now);

extern uint64_t reasm_next_deadline; /* none is earlier; read without the lock */

/* pkt_reasm_join.c: one packet of all fragments, which stay the caller's. NULL: no memory. No lock needed. */
struct rte_mbuf *reasm_join(const struct reasm *r, struct rte_mempool *pool);
/* IP bytes the datagram will have; 0: more than there can be. */
uint32_t reasm_joined_len(const struct reasm *r);
/* RFC 3168 5.3: false when the fragments' ECN fields contradict each other; *mark: bits to set. */
bool reasm_ecn(uint8_t seen, uint8_t *mark);
