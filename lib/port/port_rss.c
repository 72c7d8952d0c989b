/* SPDX-License-Identifier: BSD-3-Clause */
/* What devices say of their receive side scaling. Those that hash otherwise, or do not say, are not followed. */
#include <string.h>

#include <rte_ethdev.h>

#include "port_rss.h"

#define KEY_MAX 128
#define GROUPS (PORT_RSS_ENTRIES / RTE_ETH_RETA_GROUP_SIZE)

_Static_assert(LANE_MAX <= 32, "port_rss.lanes has a bit for each");

struct port_rss port_rss[RTE_MAX_ETHPORTS];
uint16_t port_rss_hash[2][256];

/* Toeplitz: each bit that is set adds the 32 bits of the key from its place on; their lower half is enough. */
RTE_INIT(port_rss_init)
{
	uint64_t key = 0;

	for (unsigned i = 0; i < 6; i++)
		key = key << 8 | port_rss_key(i);
	for (unsigned high = 0; high < 2; high++)
		for (unsigned value = 0; value < 256; value++)
			for (unsigned bit = 0; bit < 8; bit++)
				if (value & 0x80 >> bit)
					port_rss_hash[high][value] ^= key >> (16 - 8 * high - bit);
}

/* Kinds that are hashed with our key. */
static uint64_t
kinds(uint16_t dpdk_id)
{
	uint8_t key[KEY_MAX] = { 0 };
	struct rte_eth_rss_conf conf = { .rss_key = key, .rss_key_len = sizeof(key) };

	if (rte_eth_dev_rss_hash_conf_get(dpdk_id, &conf) != 0)
		return 0;
	/* IPv6: 36 bytes of addresses and ports, and 32 bits from each place on. */
	for (unsigned i = 0; i < 40; i++)
		if (key[i] != port_rss_key(i))
			return 0;
	return conf.rss_hf;
}

void
port_rss_learn(const struct port *p, uint16_t entries)
{
	struct rte_eth_rss_reta_entry64 table[GROUPS];
	struct port_rss *r = &port_rss[p->dpdk_id];

	r->kinds = r->lanes = 0;
	if (p->nb_rxq < 2 || entries == 0 || entries > PORT_RSS_ENTRIES ||
	    !rte_is_power_of_2(entries))
		return;
	for (unsigned i = 0; i < GROUPS; i++)
		table[i].mask = UINT64_MAX;
	if (rte_eth_dev_rss_reta_query(p->dpdk_id, table, entries) != 0)
		return;
	for (unsigned i = 0; i < entries; i++) {
		uint16_t queue =
			table[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE];

		if (queue >= p->nb_rxq)
			return;
		r->lane[i] = p->rx_lane[queue];
		r->lanes |= 1u << r->lane[i];
	}
	r->mask = entries - 1;
	r->kinds = kinds(p->dpdk_id);
}
