/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "pg_gateway.h"
#include "pg_trial.h"

#define TRIES 5
#define WAIT_MS 1000 /* for each */

static void
send_one(struct pg_run *r, struct rte_mbuf *m, uint16_t len)
{
	/* Short frames are filled up. */
	memset(rte_pktmbuf_mtod(m, uint8_t *) + len, 0, PG_QUESTION_LEN - len);
	m->data_len = RTE_MAX(len, PG_SIZE_MIN - PG_FCS);
	m->pkt_len = m->data_len;
	if (rte_eth_tx_burst(r->side[0].port, 0, &m, 1) == 0)
		rte_pktmbuf_free(m);
}

static void
ask(struct pg_run *r, const struct ip_addr *who)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(r->pool);

	if (m != NULL)
		send_one(r, m, pg_ask(&r->side[0].host, who, rte_pktmbuf_mtod(m, uint8_t *)));
}

/* Questions for us are answered meanwhile: many ask who it is that asks them. true: that was the answer. */
static bool
take(struct pg_run *r, const struct ip_addr *who, struct rte_mbuf *m, struct rte_ether_addr *mac)
{
	uint8_t *p = rte_pktmbuf_mtod(m, uint8_t *);
	struct pg_seen s;
	struct ip_addr a;
	uint16_t len;

	pg_read(p, m->data_len, &s);
	if (s.kind == PG_ARP_REQUEST || s.kind == PG_ND_SOLICIT) {
		len = pg_answer(&r->side[0].host, p, &s);
		if (len != 0)
			send_one(r, m, len);
		else
			rte_pktmbuf_free(m);
		return false;
	}
	if ((s.kind == PG_ARP_REPLY || s.kind == PG_ND_ADVERT) && s.mac != 0) {
		a = pg_target(p, &s);
		if (ip_addr_equal(&a, who)) {
			memcpy(mac, p + s.mac, sizeof(*mac));
			rte_pktmbuf_free(m);
			return true;
		}
	}
	rte_pktmbuf_free(m);
	return false;
}

/* Whatever queue it came to. */
static bool
hear(struct pg_run *r, const struct ip_addr *who, struct rte_ether_addr *mac)
{
	struct rte_mbuf *m[32];
	bool found = false;

	for (unsigned i = 0; i < r->nb_workers; i++) {
		unsigned nb;

		if (r->worker[i].queue[0] == PG_NO_QUEUE)
			continue;
		nb = rte_eth_rx_burst(r->side[0].port, r->worker[i].queue[0], m, RTE_DIM(m));
		for (unsigned k = 0; k < nb; k++)
			found |= take(r, who, m[k], mac);
	}
	return found;
}

int
pg_gateway_resolve(struct pg_run *r, const struct ip_addr *who, struct rte_ether_addr *mac,
		   struct err *e)
{
	char text[IP_ADDR_TEXT], own[IP_ADDR_TEXT];

	for (unsigned i = 0; i < TRIES; i++) {
		ask(r, who);
		for (unsigned ms = 0; ms < WAIT_MS; ms++) {
			if (hear(r, who, mac))
				return 0;
			if (pg_stop)
				return err_set(e, -EINTR, "ended while asking for the gateway");
			rte_delay_us_sleep(1000);
		}
	}
	return err_set(e, -EHOSTUNREACH,
		       "--gateway: %s does not answer %s on %s: another --address may be needed",
		       ip_addr_text(who, text), ip_addr_text(&r->side[0].host.own, own),
		       r->side[0].name);
}
