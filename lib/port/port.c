/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports come, change and go while the workers run. All functions are for the control lcore; every
 * change publishes a new description, and a device is stopped only after the grace period in which
 * no worker can touch it.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include <rte_errno.h>

#include "base_ifparam.h"
#include "base_log.h"
#include "pkt.h"
#include "port_own.h"

#define EVENT_FNS_MAX 8

_Static_assert(PORT_MAX == IFPARAM_IFS, "every port has its parameters");

static void (*event_fns[EVENT_FNS_MAX])(enum port_event, const struct port *);
static unsigned nb_event_fns;

/* What only the control lcore needs to know of a port. */
static struct {
	bool promisc; /* switched on by us */
} own[PORT_MAX];
static uint16_t last_index;

void
port_on_event(void (*fn)(enum port_event event, const struct port *p))
{
	if (nb_event_fns == EVENT_FNS_MAX)
		rte_panic("too many port event functions\n");
	event_fns[nb_event_fns++] = fn;
}

static void
tell(enum port_event event, uint16_t index)
{
	port_host_follow(event, index);
	for (unsigned i = 0; i < nb_event_fns; i++)
		event_fns[i](event, port_get(gen_current(), index));
}

void
port_changed(uint16_t index)
{
	tell(PORT_CHANGED, index);
}

static int
check_name(const char *name, struct err *e)
{
	size_t n = strlen(name);

	if (n == 0 || n >= PORT_NAME_MAX)
		return err_set(e, -EINVAL, "\"%.40s\": a port's name has 1 to %d characters", name,
			       PORT_NAME_MAX - 1);
	for (const char *c = name; *c != '\0'; c++)
		if (!isgraph((unsigned char)*c) || *c == '/' || *c == ':')
			return err_set(e, -EINVAL,
				       "\"%s\": a port's name has no blanks, '/' or ':'", name);
	if (strcmp(name, "all") == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return err_set(e, -EINVAL, "\"%s\" cannot be a port's name", name);
	return 0;
}

const struct port *
port_find(const char *name, struct err *e)
{
	const struct port *p = port_by_name(gen_current(), name);

	if (p == NULL)
		err_set(e, -ENODEV, "Cannot find device \"%.40s\"", name);
	return p;
}

int
port_free_index(uint16_t *index, struct err *e)
{
	/* Not the lowest: a number that was just given up may still be in somebody's packet. */
	for (unsigned i = 0; i < PORT_MAX - 1; i++) {
		uint16_t at = 1 + (last_index + i) % (PORT_MAX - 1);

		if (port_or_twin(port_table_get(gen_current()), at) == NULL) {
			*index = last_index = at;
			return 0;
		}
	}
	return err_set(e, -ENOSPC, "there are %d ports and host twins already, no more fit",
		       PORT_MAX - 1);
}

static const struct port *
by_device(uint16_t dpdk_id)
{
	for (unsigned i = 1; i < PORT_MAX; i++) {
		const struct port *p = port_or_twin(port_table_get(gen_current()), i);

		if (p != NULL && p->dpdk_id == dpdk_id)
			return p;
	}
	return NULL;
}

static int
check_new(const char *name, const char *devargs, struct err *e)
{
	int rc = check_name(name, e);

	if (rc != 0)
		return rc;
	if (strcmp(name, "all") == 0 || strcmp(name, "default") == 0 || strcmp(name, "lo") == 0)
		return err_set(e, -EINVAL, "a port cannot be called %s: sysctl has it", name);
	if (port_by_name(gen_current(), name) != NULL)
		return err_set(e, -EEXIST, "there is a port %s already (port del %s removes it)",
			       name, name);
	if (strlen(devargs) >= sizeof(((struct port *)0)->devargs))
		return err_set(e, -EINVAL, "the device's arguments have more than %zu characters",
			       sizeof(((struct port *)0)->devargs) - 1);
	return 0;
}

static bool
has_carrier(uint16_t dpdk_id)
{
	struct rte_eth_link link;

	/* A device that cannot tell is taken to have one. */
	return rte_eth_link_get_nowait(dpdk_id, &link) != 0 || link.link_status;
}

static int
bring_up(struct port *p, unsigned queues, struct err *e)
{
	bool promisc = false;
	int rc = port_free_index(&p->index, e);

	if (rc == 0)
		rc = port_setup(p, queues, &promisc, e);
	if (rc == 0)
		rc = port_tx_rings(p, e);
	if (rc != 0)
		return rc;
	own[p->index].promisc = promisc;
	p->up = true;
	p->link = has_carrier(p->dpdk_id);
	port_reset_watch(p->dpdk_id);
	return 0;
}

int
port_add(const char *name, const char *devargs, unsigned queues, struct err *e)
{
	const struct port *owner;
	struct port *p;
	uint16_t id = 0;
	bool probed = false;
	int rc;

	rc = check_new(name, devargs, e);
	if (rc == 0)
		rc = port_device_find(devargs, &id, &probed, e);
	if (rc != 0)
		return rc;
	owner = by_device(id);
	if (owner != NULL)
		return err_set(e, -EBUSY, "device %s is port %s already", devargs, owner->name);
	p = port_new(NULL);
	strcpy(p->name, name);
	strcpy(p->devargs, devargs);
	p->dpdk_id = id;
	rc = bring_up(p, queues, e);
	if (rc != 0) {
		rte_eth_dev_stop(id);
		if (probed)
			port_device_remove(id);
		port_free(p);
		return rc;
	}
	ifparam_if_add(p->index, p->name);
	port_mtu6_follow(p);
	port_publish(p->index, p);
	tell(PORT_ADDED, p->index);
	return 0;
}

static void
close_device(uint16_t index, uint16_t dpdk_id)
{
	int rc;

	/* It may be a flag of a kernel interface that outlives us. */
	if (own[index].promisc)
		rte_eth_promiscuous_disable(dpdk_id);
	own[index].promisc = false;
	rc = rte_eth_dev_stop(dpdk_id);
	if (rc != 0)
		LOG(WARNING, "device %u did not stop: %s", dpdk_id, rte_strerror(-rc));
	port_device_remove(dpdk_id);
}

int
port_del(const char *name, struct err *e)
{
	const struct port *p = port_find(name, e);
	uint16_t index, id;

	if (p == NULL)
		return -ENODEV;
	index = p->index;
	id = p->dpdk_id;
	tell(PORT_GOING, index);
	port_publish(index, NULL);
	ifparam_if_del(index);
	close_device(index, id);
	return 0;
}

/* A copy of the description that is published now, to be changed and published. */
static struct port *
edit(uint16_t index)
{
	return port_new(port_get(gen_current(), index));
}

void
port_pause(uint16_t index)
{
	struct port *p = edit(index);

	p->up = false;
	port_publish(index, p);
}

void
port_resume(uint16_t index, bool up)
{
	struct port *p = edit(index);

	p->up = up;
	port_interrupts(p, p->rx_fd[0] >= 0);
	port_publish(index, p);
}

/* For devices that change their MTU only while stopped: takes the port out of the workers' hands. */
static int
set_mtu_stopped(const struct port *p, uint16_t mtu)
{
	uint16_t index = p->index, id = p->dpdk_id;
	bool up = p->up;
	int rc, again;

	port_pause(index);
	rc = rte_eth_dev_stop(id);
	if (rc == 0) {
		rc = rte_eth_dev_set_mtu(id, mtu);
		again = rte_eth_dev_start(id);
		rc = rc != 0 ? rc : again;
	}
	port_resume(index, up);
	return rc;
}

int
port_set_mtu(const char *name, uint16_t mtu, struct err *e)
{
	const struct port *old = port_find(name, e);
	struct port *p;
	uint16_t index;
	int rc;

	if (old == NULL)
		return -ENODEV;
	index = old->index;
	if (old->mtu == mtu)
		return 0;
	rc = port_mtu_fits(old, mtu, e);
	if (rc != 0)
		return rc;
	rc = rte_eth_dev_set_mtu(old->dpdk_id, mtu);
	if (rc == -EBUSY)
		rc = set_mtu_stopped(old, mtu);
	/* Devices without the call carry any frame that fits their buffers. */
	if (rc != 0 && rc != -ENOTSUP)
		return err_set(e, rc, "port %s: the device refuses MTU %u: %s", name, mtu,
			       rte_strerror(-rc));
	p = edit(index);
	p->mtu = mtu;
	port_mtu6_follow(p);
	port_publish(index, p);
	tell(PORT_CHANGED, index);
	return 0;
}

/* What came in while the port was down was never received. No worker polls the port. */
static void
discard_received(const struct port *p)
{
	struct rte_mbuf *pkts[PKT_BURST];
	unsigned limit = 64 * 1024 / PKT_BURST;
	uint16_t n;

	for (unsigned q = 0; q < p->nb_rxq; q++) {
		for (unsigned i = 0; i < limit; i++) {
			n = rte_eth_rx_burst(p->dpdk_id, q, pkts, PKT_BURST);
			if (n == 0)
				break;
			rte_pktmbuf_free_bulk(pkts, n);
		}
	}
}

int
port_set_up(const char *name, bool up, struct err *e)
{
	const struct port *old = port_find(name, e);
	struct port *p;
	uint16_t index;

	if (old == NULL)
		return -ENODEV;
	index = old->index;
	if (old->up == up)
		return 0;
	/* The device keeps running: some drivers cannot start a second time. */
	if (up) {
		rte_eth_dev_set_link_up(old->dpdk_id);
		discard_received(old);
	}
	p = edit(index);
	p->up = up;
	if (up)
		p->link = has_carrier(p->dpdk_id);
	port_publish(index, p);
	if (!up)
		rte_eth_dev_set_link_down(p->dpdk_id);
	tell(PORT_CHANGED, index);
	return 0;
}

int
port_set_group(const char *name, uint32_t group, struct err *e)
{
	const struct port *old = port_find(name, e);
	struct port *p;

	if (old == NULL)
		return -ENODEV;
	if (old->group == group)
		return 0;
	p = edit(old->index);
	p->group = group;
	port_publish(p->index, p);
	return 0;
}

int
port_set_mac(const char *name, const struct rte_ether_addr *mac, struct err *e)
{
	const struct port *old = port_find(name, e);
	struct rte_ether_addr addr = *mac;
	struct port *p;
	uint16_t index;
	int rc;

	if (old == NULL)
		return -ENODEV;
	index = old->index;
	if (!rte_is_valid_assigned_ether_addr(mac))
		return err_set(e, -EADDRNOTAVAIL,
			       "port %s: a port's address is neither zero nor a group "
			       "address",
			       name);
	rc = rte_eth_dev_default_mac_addr_set(old->dpdk_id, &addr);
	if (rc != 0)
		return err_set(e, rc, "port %s: the device refuses the address: %s", name,
			       rte_strerror(-rc));
	p = edit(index);
	p->mac = addr;
	port_publish(index, p);
	tell(PORT_CHANGED, index);
	return 0;
}

void
port_poll_links(void)
{
	port_host_poll();
	port_reset_poll();
	for (uint16_t i = 1; i < PORT_MAX; i++) {
		const struct port *old = port_get(gen_current(), i);
		struct port *p;
		bool link;

		if (old == NULL)
			continue;
		link = has_carrier(old->dpdk_id);
		if (link == old->link)
			continue;
		p = edit(i);
		p->link = link;
		port_publish(i, p);
		LOG(NOTICE, "port %s: carrier %s", p->name, link ? "up" : "lost");
		if (link)
			port_reset_carrier(p);
		tell(PORT_CHANGED, i);
	}
}

void
port_close_all(void)
{
	struct err e;

	for (uint16_t i = 1; i < PORT_MAX; i++)
		if (port_get(gen_current(), i) != NULL)
			port_del(port_get(gen_current(), i)->name, &e);
	port_tx_rings_free();
}
