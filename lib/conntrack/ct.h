/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections as everybody sees them: tuples, an entry, and what a packet knows of its connection.
 *
 * An entry is made when the first packet of a flow is seen (ct_track.c), belongs to that packet alone
 * until it is confirmed at the end of POSTROUTING or INPUT (ct_confirm.c), and is then in the table,
 * found by both tuples. Workers may use an entry they found until the end of the burst; the control
 * lcore while it is a reader (rcu_reader_begin()). Who changes more than one word of it holds ct_lock().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <rte_byteorder.h>
#include <rte_common.h>

#include "base_addr.h"
#include "base_clock.h"
#include "pkt.h"

enum ct_dir { CT_ORIGINAL, CT_REPLY, CT_DIRS };

union ct_addr {
	uint32_t v4; /* network byte order; the other words are 0 */
	uint8_t v6[16];
	uint32_t w[4];
	uint64_t q[2];
};

/*
 * One direction of a flow, of either family. Ports are in network byte order. ICMP and ICMPv6: sport is
 * the identifier, dport type and code as the two bytes in the header. GRE: the keys (call ids). Other
 * protocols: 0. Every byte counts: tuples are compared as memory, and an IPv6 tuple is the table's key.
 */
struct ct_tuple {
	union ct_addr src, dst;
	uint16_t sport, dport;
	uint16_t zone;
	uint8_t proto;
	uint8_t family; /* AF_INET, AF_INET6 */
};

_Static_assert(sizeof(struct ct_tuple) == 40, "no holes");

/* Of ICMP and ICMPv6: type and code are bytes in the order of the header. */
static inline uint8_t
ct_icmp_type(const struct ct_tuple *t)
{
	return ((const uint8_t *)&t->dport)[0];
}

static inline uint8_t
ct_icmp_code(const struct ct_tuple *t)
{
	return ((const uint8_t *)&t->dport)[1];
}

static inline uint16_t
ct_icmp_dport(uint8_t type, uint8_t code)
{
	return rte_cpu_to_be_16(type << 8 | code);
}

/*
 * In the family of a tuple that is a key: another connection has the same tuple for its other direction. Zones of
 * one direction only make that possible; the one that came second stands apart.
 */
#define CT_TUPLE_APART 0x80

/* An IPv4 tuple as the table's key. */
struct ct_key4 {
	uint32_t src, dst;
	uint16_t sport, dport;
	uint16_t zone;
	uint8_t proto;
	uint8_t apart; /* CT_TUPLE_APART, or 0 */
};

_Static_assert(sizeof(struct ct_key4) == 16, "no holes");

/* ct.status: the bits, and their values, of Linux's enum ip_conntrack_status. */
#define CT_EXPECTED 0x0001u   /* somebody expected it: RELATED */
#define CT_SEEN_REPLY 0x0002u /* packets went both ways */
#define CT_ASSURED 0x0004u    /* never dropped early */
#define CT_CONFIRMED 0x0008u  /* it is in the table */
#define CT_SRC_NAT 0x0010u    /* its source is translated */
#define CT_DST_NAT 0x0020u
#define CT_SEQ_ADJUST 0x0040u
#define CT_SRC_NAT_DONE 0x0080u /* its source's translation is decided, also when there is none */
#define CT_DST_NAT_DONE 0x0100u
#define CT_DYING 0x0200u         /* taken out of the table */
#define CT_FIXED_TIMEOUT 0x0400u /* packets do not refresh it */
#define CT_HELPER 0x2000u        /* its helper was given by a rule */
/* Not Linux's. */
#define CT_NAT_LISTED 0x10000000u    /* lib/nat finds it by its source */
#define CT_NAT_EXHAUSTED 0x20000000u /* no translation was free: it will clash */
#define CT_NAT_LEAVES 0x40000000u    /* nat_out is set */

#define CT_NAT_MASK (CT_SRC_NAT | CT_DST_NAT)
#define CT_NAT_DONE_MASK (CT_SRC_NAT_DONE | CT_DST_NAT_DONE)

#define CT_ZONE_ORIG 0x1  /* ct.zone_dirs: the zone counts for this direction only */
#define CT_ZONE_REPLY 0x2 /* none or both: for either */

struct ct_ext;

/* What a TCP connection remembers of one direction (RFC 793, 1323, 2018). Host byte order. */
struct ct_tcp_seen {
	uint32_t end;    /* one past the highest sequence number sent */
	uint32_t maxend; /* the end of the window that the other side opened */
	uint32_t maxwin;
	uint32_t maxack;
	uint8_t scale;
	uint8_t flags; /* CT_TCP_*, ct_tcp.h */
} __rte_packed __rte_aligned(2);

struct ct_tcp {
	struct ct_tcp_seen seen[CT_DIRS]; /* 36 bytes */
	uint32_t last_seq, last_ack, last_end;
	uint16_t last_win;
	uint8_t last_dir, last_index, last_wscale, last_flags;
	uint8_t retrans;
	uint8_t nat_out; /* ct.nat_out: not TCP's */
};

struct ct_sctp {
	uint32_t vtag[CT_DIRS]; /* network byte order */
	uint8_t last_dir, flags;
	uint8_t init[CT_DIRS];
};

struct ct_dccp {
	uint8_t role[CT_DIRS];
	uint8_t last_packet, last_dir;
	uint64_t handshake_seq;
};

struct ct_gre {
	uint32_t timeout, stream_timeout; /* seconds, once given by PPTP's helper; 0: the sysctls */
};

/* UDP, UDP-Lite. */
struct ct_udp {
	uint32_t stream_from; /* ct_time: it is a stream when both ways are seen after this */
};

/*
 * The entry: a line for every packet, and a line for protocols that remember more. IPv6 tuples stand
 * behind them (struct ct6).
 */
struct ct {
	struct ct_key4 key[CT_DIRS]; /* IPv4 */
	struct ct_ext *ext;          /* NULL: none; ct_ext.h */
	uint32_t expires;            /* ct_time; while not confirmed: how long */
	uint32_t status;             /* CT_* */
	uint32_t mark;
	uint32_t
		path; /* what its packets meet, as far as that is known (rule_path.h); 0: nothing */
	uint8_t number[3];     /* in its family's pool, lowest byte first: ct_number() */
	uint8_t seen;          /* the part of a burst that last looked at it, ct_burst.h */
	uint8_t family : 4;    /* AF_INET, AF_INET6 */
	uint8_t zone_dirs : 4; /* CT_ZONE_* */
	uint8_t proto;
	uint8_t state; /* the protocol's */
	uint8_t lock;

	union {
		struct ct_tcp tcp;
		struct ct_sctp sctp;
		struct ct_dccp dccp;
		struct ct_gre gre;
		struct ct_udp udp;
		struct {
			uint8_t line[55];
			uint8_t nat_out; /* masqueraded: the port it has to leave by; 0: any */
		};
	};
	/* Of lib/nat, under its locks: the list of connections from the same source. 1 + index; 0: none. */
	uint32_t nat_next, nat_prev;
} __rte_cache_aligned;

_Static_assert(sizeof(struct ct) == 128, "two cache lines");

struct ct6 {
	struct ct ct;
	struct ct_tuple key[CT_DIRS];
};

/*
 * Time in entries: 32 bits, 16 ms a step, compared by difference; it wraps after two years.
 */
#define CT_TIME_SHIFT 4
#define CT_TIMEOUT_MAX 31536000u /* seconds; what is longer counts as this */

static inline uint32_t
ct_time(uint64_t ms)
{
	return ms >> CT_TIME_SHIFT;
}

/* As a number of steps; what a sysctl has as a negative number is none. */
static inline uint32_t
ct_seconds(uint32_t s)
{
	s = (int32_t)s < 0 ? 0 : RTE_MIN(s, CT_TIMEOUT_MAX);
	return ((uint64_t)s * 1000 + (1 << CT_TIME_SHIFT) - 1) >> CT_TIME_SHIFT;
}

static inline bool
ct_expired(const struct ct *ct, uint32_t now)
{
	/* The first that is read of an entry that was found: all of it is there then. */
	return (int32_t)(__atomic_load_n(&ct->expires, __ATOMIC_ACQUIRE) - now) <= 0;
}

static inline uint32_t
ct_status(const struct ct *ct)
{
	return __atomic_load_n(&ct->status, __ATOMIC_ACQUIRE);
}

/* Any thread; the bits that were there before. */
static inline uint32_t
ct_status_set(struct ct *ct, uint32_t bits)
{
	return __atomic_fetch_or(&ct->status, bits, __ATOMIC_ACQ_REL);
}

/*
 * Entries live at fixed places, with a number in their family. What is there may be no connection, or another one
 * than when the number was noted.
 */
static inline uint32_t
ct_number(const struct ct *ct)
{
	return ct->number[0] | ct->number[1] << 8 | (uint32_t)ct->number[2] << 16;
}

/* How a packet relates to its connection: Linux's enum ip_conntrack_info. */
enum ct_info {
	CT_INFO_ESTABLISHED,
	CT_INFO_RELATED,
	CT_INFO_NEW,
	CT_INFO_ESTABLISHED_REPLY,
	CT_INFO_RELATED_REPLY,
	CT_INFO_TEMPLATE = 6,  /* pkt.ct points to a struct ct_template (ct_template.h) */
	CT_INFO_UNTRACKED = 7, /* no entry, and none wanted */
};

/* pkt.ct is the entry's address, whose low bits are 0, with the info in them. */
#define CT_INFO_MASK ((uint64_t)7)

/* NULL: none (INVALID or not tracked at all, or UNTRACKED). */
static inline struct ct *
ct_of(const struct rte_mbuf *m, enum ct_info *info)
{
	uint64_t v = pkt_const(m)->ct;

	*info = v & CT_INFO_MASK;
	return *info < CT_INFO_TEMPLATE ? (struct ct *)(uintptr_t)(v & ~CT_INFO_MASK) : NULL;
}

static inline bool
ct_untracked(const struct rte_mbuf *m)
{
	return (pkt_const(m)->ct & CT_INFO_MASK) == CT_INFO_UNTRACKED;
}

static inline void
ct_set(struct rte_mbuf *m, struct ct *ct, enum ct_info info)
{
	pkt(m)->ct = (uintptr_t)ct | info;
}

static inline enum ct_dir
ct_info_dir(enum ct_info info)
{
	return info >= CT_INFO_ESTABLISHED_REPLY && info < CT_INFO_TEMPLATE ? CT_REPLY
									    : CT_ORIGINAL;
}

/*
 * A packet the box makes because of another one (an ICMP error, a reset) is related to its connection. About an
 * untracked one it is tracked as any other, and target CT leaves it alone: it is related, to nothing.
 */
static inline void
ct_attach(struct rte_mbuf *m, const struct rte_mbuf *about)
{
	enum ct_info info;
	struct ct *ct = ct_of(about, &info);

	if (ct != NULL)
		ct_set(m, ct,
		       ct_info_dir(info) == CT_ORIGINAL ? CT_INFO_RELATED_REPLY : CT_INFO_RELATED);
	else if (info == CT_INFO_UNTRACKED)
		ct_set(m, NULL, CT_INFO_RELATED);
}

/*
 * Keys and tuples become each other in whole words: what was just written in small pieces cannot be read again as a
 * large one before all that came earlier is done (store forwarding), among it lines that are being fetched.
 */
typedef uint32_t ct_words __attribute__((vector_size(32)));

#define CT_FAMILY_SHIFT (RTE_BYTE_ORDER == RTE_LITTLE_ENDIAN ? 56 : 0)

/* Every byte: what an initialiser of one member leaves of a union is anything. */
static inline void
ct_tuple_of_key4(struct ct_tuple *t, const struct ct_key4 *k)
{
	ct_words addresses = { k->src, 0, 0, 0, k->dst, 0, 0, 0 };
	uint64_t rest;

	memcpy(&rest, &k->sport, sizeof(rest));
	rest &= ~((uint64_t)0xff << CT_FAMILY_SHIFT);
	rest |= (uint64_t)AF_INET << CT_FAMILY_SHIFT;
	memcpy(t, &addresses, sizeof(addresses));
	memcpy(&t->sport, &rest, sizeof(rest));
}

static inline void
ct_key4_of_tuple(struct ct_key4 *k, const struct ct_tuple *t)
{
	uint32_t address[2] = { t->src.v4, t->dst.v4 };
	uint64_t rest;

	memcpy(&rest, &t->sport, sizeof(rest));
	rest &= ~((uint64_t)(uint8_t)~CT_TUPLE_APART << CT_FAMILY_SHIFT);
	memcpy(&k->src, address, sizeof(address));
	memcpy(&k->sport, &rest, sizeof(rest));
}

static inline struct ct_tuple
ct_tuple(const struct ct *ct, enum ct_dir dir)
{
	struct ct_tuple t;

	if (ct->family == AF_INET6) {
		t = ((const struct ct6 *)ct)->key[dir];
		t.family = AF_INET6;
		return t;
	}
	ct_tuple_of_key4(&t, &ct->key[dir]);
	return t;
}

/* Only for entries that are not in the table. */
static inline void
ct_tuple_set(struct ct *ct, enum ct_dir dir, const struct ct_tuple *t)
{
	if (ct->family == AF_INET6)
		((struct ct6 *)ct)->key[dir] = *t;
	else
		ct_key4_of_tuple(&ct->key[dir], t);
}

/* More than one worker runs: entries may be changed by two of them at once. Set before they start. */
extern bool ct_shared;

static inline void
ct_lock(struct ct *ct)
{
	if (!ct_shared)
		return;
	while (__atomic_exchange_n(&ct->lock, 1, __ATOMIC_ACQUIRE) != 0)
		rte_pause();
}

static inline void
ct_unlock(struct ct *ct)
{
	if (ct_shared)
		__atomic_store_n(&ct->lock, 0, __ATOMIC_RELEASE);
}
