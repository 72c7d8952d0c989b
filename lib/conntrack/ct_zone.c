/* SPDX-License-Identifier: BSD-3-Clause */
/* Which connection a packet is of, where its zone may be another one for replies. ct_new.c and ct_icmp_error.c call it. */
#include "ct_zone.h"

#include "ct_table.h"

/* The entry that has the tuple in that zone for that direction; it may stand apart. */
static struct ct *
find_way(unsigned lane, const struct ct_tuple *t, enum ct_dir way, uint16_t zone, uint32_t now)
{
	struct ct_tuple k = *t;
	enum ct_dir dir;
	struct ct *ct;

	k.zone = zone;
	ct = ct_find(lane, &k, &dir, now);
	if (ct == NULL || dir != way) {
		k.family |= CT_TUPLE_APART;
		ct = ct_find(lane, &k, &dir, now);
	}
	return ct != NULL && dir == way ? ct : NULL;
}

struct ct *
ct_zone_find(unsigned lane, const struct ct_tuple *t, const uint16_t zones[CT_DIRS],
	     enum ct_dir *dir, uint32_t now)
{
	struct ct_tuple k = *t;
	struct ct *ct;
	enum ct_dir found;

	if (likely(zones[CT_ORIGINAL] == zones[CT_REPLY])) {
		k.zone = zones[CT_ORIGINAL];
		ct = ct_find(lane, &k, &found, now);
	} else {
		found = CT_ORIGINAL;
		ct = find_way(lane, t, found, zones[found], now);
		if (ct == NULL) {
			found = CT_REPLY;
			ct = find_way(lane, t, found, zones[found], now);
		}
	}
	if (ct != NULL)
		*dir = found;
	return ct;
}
