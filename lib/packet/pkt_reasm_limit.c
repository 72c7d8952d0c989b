/* SPDX-License-Identifier: BSD-3-Clause */
/* How much may wait, and how long. Linux counts all of IPv4 together, and each user of IPv6. */
#include <limits.h>

#include "base_param.h"
#include "pkt_reasm_table.h"

PARAM_INT(time4, "net.ipv4.ipfrag_time", 30, 0, INT_MAX / 1000,
	  "seconds the fragments of an IPv4 datagram wait for each other")
PARAM_INT(time6, "net.ipv6.ip6frag_time", 60, 0, INT_MAX / 1000,
	  "seconds the fragments of an IPv6 datagram wait for each other")
PARAM_INT(time_track6, "net.netfilter.nf_conntrack_frag6_timeout", 60, 0, INT_MAX / 1000,
	  "seconds the fragments of an IPv6 datagram wait for each other to be tracked")
PARAM_INT(high4, "net.ipv4.ipfrag_high_thresh", 4 << 20, 0, INT_MAX,
	  "bytes of memory for IPv4 fragments that wait")
PARAM_INT(high6, "net.ipv6.ip6frag_high_thresh", 4 << 20, 0, INT_MAX,
	  "bytes of memory for IPv6 fragments that wait")
PARAM_INT(high_track6, "net.netfilter.nf_conntrack_frag6_high_thresh", 4 << 20, 0, INT_MAX,
	  "bytes of memory for IPv6 fragments that wait to be tracked")
PARAM_INT(low4, "net.ipv4.ipfrag_low_thresh", 3 << 20, 0, INT_MAX, "no effect, as in Linux")
PARAM_INT(low6, "net.ipv6.ip6frag_low_thresh", 3 << 20, 0, INT_MAX, "no effect, as in Linux")
PARAM_INT(low_track6, "net.netfilter.nf_conntrack_frag6_low_thresh", 3 << 20, 0, INT_MAX,
	  "no effect, as in Linux")

enum space { SPACE_IP4, SPACE_IP6, SPACE_TRACK6, SPACES };

static struct {
	const struct param *time, *high;
	uint64_t bytes;
} spaces[SPACES] = {
	[SPACE_IP4] = { .time = &time4, .high = &high4 },
	[SPACE_IP6] = { .time = &time6, .high = &high6 },
	[SPACE_TRACK6] = { .time = &time_track6, .high = &high_track6 },
};

static enum space
space_of(uint8_t user, uint8_t family)
{
	if (family == AF_INET)
		return SPACE_IP4;
	return user == PKT_REASM_LOCAL ? SPACE_IP6 : SPACE_TRACK6;
}

void
reasm_count_bytes(const struct reasm_key *key, int64_t n)
{
	uint64_t *bytes = &spaces[space_of(key->user, key->family)].bytes;

	__atomic_store_n(bytes, *bytes + n, __ATOMIC_RELAXED);
}

uint64_t
reasm_bytes(void)
{
	return spaces[SPACE_IP4].bytes + spaces[SPACE_IP6].bytes + spaces[SPACE_TRACK6].bytes;
}

bool
pkt_reasm_room(enum pkt_reasm_user user, uint8_t family)
{
	enum space space = space_of(user, family);
	uint64_t limit = param_get(spaces[space].high);

	return limit != 0 && __atomic_load_n(&spaces[space].bytes, __ATOMIC_RELAXED) <= limit;
}

uint64_t
reasm_deadline(const struct reasm_key *key, uint64_t now)
{
	return now + 1000ull * param_get(spaces[space_of(key->user, key->family)].time);
}
