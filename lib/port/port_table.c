/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ports of a generation and the lists of queues each lane polls. The control lcore builds a new
 * table for every change; workers only read published ones. Descriptions are shared by successive
 * tables and counted; the counts belong to the control lcore.
 */
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "port_own.h"

struct counted_port {
	struct port port; /* first: the two are one pointer */
	unsigned refs;
};

unsigned port_gen_slot;
static bool forwarding = true;
const struct port_table port_table_none;

struct port *
port_new(const struct port *from)
{
	struct counted_port *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort(); /* like struct str: the control lcore cannot go on without memory */
	if (from != NULL)
		c->port = *from;
	return &c->port;
}

void
port_free(struct port *p)
{
	free((struct counted_port *)p);
}

static struct counted_port *
counted(const struct port_table *t, uint16_t index)
{
	return (struct counted_port *)(uintptr_t)port_or_twin(t, index);
}

static void
table_free(void *obj)
{
	struct port_table *t = obj;

	for (unsigned i = 1; i < PORT_MAX; i++) {
		struct counted_port *c = counted(t, i);

		if (c != NULL && --c->refs == 0)
			free(c);
	}
	free(t);
}

RTE_INIT(port_slot_init)
{
	port_gen_slot = gen_slot("ports", table_free);
}

const struct port *
port_by_name(const struct gen *gen, const char *name)
{
	const struct port_table *t = port_table_get(gen);

	for (unsigned i = 1; i < PORT_MAX; i++)
		if (t->by_index[i] != NULL && strcmp(t->by_index[i]->name, name) == 0)
			return t->by_index[i];
	return NULL;
}

static void
list_queues(struct port_table *t, const struct port *p)
{
	for (unsigned q = 0; q < p->nb_rxq; q++) {
		unsigned lane = p->rx_lane[q];

		if (t->nb_rxq[lane] == PORT_MAX)
			continue; /* port_add() made sure there is room */
		t->rxq[lane][t->nb_rxq[lane]++] = (struct port_rxq){
			.port = p->index,
			.dpdk_id = p->dpdk_id,
			.queue = q,
		};
	}
}

static struct port_table *
table_copy(const struct port_table *from)
{
	struct port_table *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	memcpy(t->by_index, from->by_index, sizeof(t->by_index));
	memcpy(t->twin, from->twin, sizeof(t->twin));
	return t;
}

/* Takes over a table whose descriptions are in place. */
static void
publish(struct gen *draft, struct port_table *t)
{
	for (unsigned i = 1; i < PORT_MAX; i++) {
		struct counted_port *c = counted(t, i);

		if (c == NULL)
			continue;
		c->refs++;
		t->nb += t->by_index[i] != NULL;
		if (forwarding && c->port.up)
			list_queues(t, &c->port);
	}
	gen_draft_set(draft, port_gen_slot, t);
	gen_commit(draft);
}

void
port_publish(uint16_t index, struct port *p)
{
	struct gen *draft = gen_draft();
	struct port_table *t = table_copy(port_table_get(draft));

	if (index != 0)
		t->by_index[index] = p;
	publish(draft, t);
}

void
port_publish_twin(uint16_t index, struct port *p)
{
	struct gen *draft = gen_draft();
	struct port_table *t = table_copy(port_table_get(draft));

	t->twin[index] = p;
	publish(draft, t);
}

void
port_forwarding_set(bool on)
{
	if (on == forwarding)
		return;
	forwarding = on;
	port_publish(0, NULL);
}

bool
port_forwarding(void)
{
	return forwarding;
}

unsigned
port_lane_room(unsigned lane)
{
	const struct port_table *t = port_table_get(gen_current());
	unsigned used = 0;

	/* Ports that are down are not in the list but will be. */
	for (unsigned i = 1; i < PORT_MAX; i++) {
		const struct port *p = port_or_twin(t, i);

		for (unsigned q = 0; p != NULL && q < p->nb_rxq; q++)
			used += p->rx_lane[q] == lane;
	}
	return PORT_MAX - used;
}
