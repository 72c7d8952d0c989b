/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Takes connections out whose port or address went. Called by the masquerading target on workers; by what ports and
 * addresses say, and by the tick, on the control lcore. The table is searched piece by piece, the first ones at once, so
 * that with tables of usual sizes nothing is left when the command that took the port down answers.
 */
#include "addr.h"
#include "base_rcu.h"
#include "ct_event_read.h"
#include "ct_table.h"
#include "nat_masquerade.h"
#include "nat_stat.h"
#include "port.h"

#define PIECE 4096u /* places of the table looked at as one reader */
#define PIECES 32u  /* at once */
#define GONE_MAX \
	64u /* addresses searched for at the same time; more: the search before is ended first */

_Static_assert(PORT_MAX <= 64, "a bit for each port");

static struct {
	bool used;
	uint64_t up;   /* ports that are, as far as we were told */
	uint64_t down; /* ports searched for */
	unsigned nb_gone;
	struct {
		struct ip_addr addr;
		uint16_t port;
	} gone[GONE_MAX];
	struct ct_place at;
	bool again; /* something was added on the way: once more from the start */
	bool full;  /* what was removed has to be freed first */
} search;

void
nat_masquerade_begin(void)
{
	__atomic_store_n(&search.used, true, __ATOMIC_RELAXED);
}

verdict_t
nat_masquerade(const struct hook_ctx *ctx, struct ct *ct, const struct nat_range *range,
	       uint16_t out)
{
	__atomic_store_n(&ct->nat_out, out, __ATOMIC_RELAXED);
	ct_status_set(ct, CT_NAT_LEAVES);
	return nat_setup(ctx, ct, range, NAT_SRC);
}

static bool
searching(void)
{
	return search.down != 0 || search.nb_gone != 0;
}

static bool
is_address(const struct ct_tuple *reply, const struct ip_addr *a)
{
	return reply->family == a->family &&
	       memcmp(&reply->dst, a->v6, ip_addr_bits(a->family) / 8) == 0;
}

static bool
meant(const struct ct *ct)
{
	uint8_t by = __atomic_load_n(&ct->nat_out, __ATOMIC_RELAXED);
	struct ct_tuple reply;

	if (by == 0)
		return false;
	if (search.down >> by & 1)
		return true;
	reply = ct_tuple(ct, CT_REPLY);
	for (unsigned i = 0; i < search.nb_gone; i++)
		if (search.gone[i].port == by && is_address(&reply, &search.gone[i].addr))
			return true;
	return false;
}

static bool
take(struct ct *ct, void *arg)
{
	if (!meant(ct))
		return true;
	if (ct_remove(LANE_MAX, ct)) {
		NAT_STAT_INC(LANE_MAX, gone);
		return true;
	}
	if (ct_status(ct) & CT_DYING)
		return true;
	search.full = true;
	search.at.next--; /* the same one again */
	return false;
}

/* A piece of the table. At its end the search is over, unless it has to begin again. */
static void
look(void)
{
	bool more;

	search.full = false;
	more = ct_each_some(&search.at, PIECE, take, NULL);
	if (search.full)
		rcu_wait();
	ct_event_round(); /* makes room for those to come */
	if (more || search.full)
		return;
	search.at = (struct ct_place){ 0 };
	if (!search.again) {
		search.down = 0;
		search.nb_gone = 0;
	}
	search.again = false;
}

void
nat_masquerade_tick(void)
{
	for (unsigned i = 0; i < PIECES && searching(); i++)
		look();
}

static void
finish(void)
{
	while (searching())
		look();
}

/* What is searched for is known, and what was decided before by workers is in the table. */
static void
start(void)
{
	search.again = search.at.family != 0 || search.at.next != 0;
	rcu_wait();
	nat_masquerade_tick();
}

static void
on_port(enum port_event event, const struct port *p)
{
	uint64_t bit = UINT64_C(1) << p->index;
	bool was_up = search.up & bit, up = event != PORT_GOING && p->up;

	search.up = up ? search.up | bit : search.up & ~bit;
	/* What leaves by it from now on is not meant. */
	if (up && search.down & bit)
		finish();
	if (!search.used || up || !was_up)
		return;
	search.down |= bit;
	start();
	if (event == PORT_GOING)
		finish();
}

static void
on_address(const struct addr *a)
{
	if (!search.used)
		return;
	if (search.nb_gone == GONE_MAX)
		finish();
	search.gone[search.nb_gone].addr = a->prefix.addr;
	search.gone[search.nb_gone++].port = a->port;
	start();
}

RTE_INIT(nat_masquerade_init)
{
	port_on_event(on_port);
	addr_on_removed(on_address);
}
