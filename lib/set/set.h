/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sets, as ipset has them: named collections of addresses, networks, ports, MAC addresses, marks, interfaces and pairs
 * and triples of these, that rules ask about (match set) and change (target SET). A type is a file set_TYPE.c.
 * Members are state: they change in place, generations of the configuration do not know them. Rules refer to a set by
 * its number, which stays while the set is in use; swap exchanges what two numbers stand for.
 *
 * Unless it says otherwise a function is the control lcore's. Workers read without locks; those that change a set
 * (target SET, a MAC address that completes an element of bitmap:ip,mac) take the lock of its table.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base_err.h"
#include "base_str.h"
#include "set_list.h"
#include "set_table.h"
#include "set_type.h"

#define SET_NAME 32
#define SET_MAX 4096 /* sets at a time */
#define SET_NO_NUMBER UINT16_MAX
#define SET_TIMEOUT_MAX 2147483u  /* seconds */
#define SET_NO_TIMEOUT UINT32_MAX /* none is given: that of the set */
#define SET_NO_COUNT UINT64_MAX
#define SET_BITMAP_MAX 65536u /* elements of a bitmap */

/* What a set keeps with its elements, and how it treats them. */
#define SET_TIMEOUT 0x01u
#define SET_COUNTERS 0x02u
#define SET_COMMENT 0x04u
#define SET_SKBINFO 0x08u
#define SET_FORCEADD 0x10u
#define SET_NETMASK 0x20u
#define SET_BITMASK 0x40u

union set_addr {
	uint32_t w[4]; /* network byte order; IPv4 in the first */
	uint8_t b[16];
};

/* An element, whatever its type. */
struct set_key {
	union set_addr ip[2];
	uint8_t len[2]; /* of their prefixes */
	uint8_t proto;
	uint8_t physdev, wildcard;
	uint16_t port; /* host order; ICMP: type << 8 | code */
	uint32_t mark;
	bool has_mac;
	uint8_t mac[6];
	char iface[16];
};

/* What comes with an element. */
struct set_ext {
	uint32_t timeout;        /* seconds; 0: for ever */
	uint64_t packets, bytes; /* SET_NO_COUNT: as they are, 0 at first */
	uint32_t mark, mark_mask, prio;
	uint16_t queue;
	bool nomatch;
	const char *comment; /* NULL: none */
};

/* How a set is made. */
struct set_how {
	uint32_t flags; /* SET_TIMEOUT ... */
	uint8_t family; /* AF_INET, AF_INET6, AF_UNSPEC */
	uint8_t netmask;
	union set_addr bitmask;
	uint32_t markmask;
	uint32_t hashsize, maxelem, initval;
	uint8_t bucketsize;
	uint32_t timeout;
	uint32_t lo, hi; /* bitmaps: host order */
	uint32_t size;   /* lists */
};

struct set {
	const struct set_type *type;
	struct set_how how;
	uint8_t parts, nets;       /* how many, and how many of them are networks */
	uint8_t last;              /* of the parts: the one that has the last address */
	uint8_t addrs, addr_words; /* addresses, and words of one: 1 or 4 */
	bool one_address;          /* a key is an IPv4 address, as it is in packets */
	uint16_t has;              /* bit per enum set_part */
	uint16_t at_expiry, at_count, at_info, at_comment, at_mac; /* in an entry; 0: is not kept */
	uint32_t prefixes[2][129]; /* how many elements have that length; writers */
	uint64_t lengths[2][3];    /* those that are there, a bit each; readers */
	uint32_t evict;            /* forceadd: where to look for one that goes */
	uint32_t swept;            /* set_sweep_some(): where to go on */
	uint64_t full;             /* additions by packets that found no room, or no memory */
	struct set_table table;
	struct set_list list;
};

/* A number's set; workers too. NULL: none. */
static inline struct set *
set_get(uint16_t number)
{
	extern struct set *set_by_number[SET_MAX];

	return __atomic_load_n(&set_by_number[number], __ATOMIC_ACQUIRE);
}

/* SET_NO_NUMBER: there is none of that name. */
uint16_t set_find(const char *name);
const char *set_name(uint16_t number);
/* The first number from here on that has a set; SET_NO_NUMBER: none. */
uint16_t set_next(unsigned from);
uint32_t set_references(uint16_t number);
void set_hold(uint16_t number);
void set_release(uint16_t number);

/* Is some set referred to? */
bool set_any_used(void);
/* How a set of that type is made if nothing is said. */
struct set_how set_defaults(const struct set_type *type);
/* 0, -EEXIST (its kind differs from what is there: -ENOTUNIQ), -ENOMEM, -ENFILE, -ERANGE (too large a bitmap). */
int set_create(const char *name, const struct set_type *type, const struct set_how *how);
/* -ENOENT, -EBUSY. */
int set_destroy(uint16_t number);
int set_rename(uint16_t number, const char *name); /* -EEXIST, -EBUSY */
int set_swap(uint16_t a, uint16_t b);              /* -EINVAL: kinds differ */
void set_flush(uint16_t number);
/* From the control loop's tick: what has timed out goes. */
void set_tick(uint64_t now);
/* Elements that are there now, and bytes for them. */
uint32_t set_count(struct set *s);
uint64_t set_bytes(struct set *s);
