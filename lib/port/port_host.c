/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Twins come and go while the workers run, as ports do (port.c): every change is a new generation,
 * and a device goes only after the grace period in which no worker can touch it. The device is
 * probed, configured and started in its namespace, so that all its sockets belong there; afterwards
 * it obeys from anywhere.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <rte_errno.h>

#include "base_log.h"
#include "port_host.h"
#include "port_netns.h"
#include "port_own.h"

#define LOOK_EVERY 10 /* port_host_poll() calls: a second */

/* What only the control lcore knows of a port's twin. */
static struct {
	char netns[128];
	int netlink; /* valid while the port has a twin */
	int ifindex; /* in its namespace */
} hosts[PORT_MAX];

static const struct port *
twin_of(const struct port *p)
{
	return p->host != 0 ? port_table_get(gen_current())->twin[p->host] : NULL;
}

static void
set_host(uint16_t index, uint16_t twin)
{
	struct port *p = port_new(port_get(gen_current(), index));

	p->host = twin;
	port_publish(index, p);
}

static struct port_netlink_link
state_of(const struct port *p)
{
	return (struct port_netlink_link){ .up = p->up, .carrier = p->link, .mac = p->mac };
}

static int
check(const struct port *p, const char *netns, struct err *e)
{
	if (p->host != 0)
		return err_set(
			e, -EEXIST,
			"port %s has a twin in the host already (port set %s nohost removes it)",
			p->name, p->name);
	if (strchr(p->name, ',') != NULL)
		return err_set(e, -EINVAL, "%s: a twin's name has no ','", p->name);
	if (netns != NULL && (netns[0] == '\0' || strlen(netns) >= sizeof(hosts[0].netns)))
		return err_set(e, -EINVAL, "a namespace's name has 1 to %zu characters",
			       sizeof(hosts[0].netns) - 1);
	return 0;
}

/* Makes the device; the caller is in the namespace. On errors nothing is left. */
static int
make(const struct port *p, struct port *twin, struct err *e)
{
	char mac[RTE_ETHER_ADDR_FMT_SIZE], devargs[128];
	bool probed, promisc;
	int rc;

	if (if_nametoindex(p->name) != 0)
		return err_set(e, -EEXIST,
			       "the network namespace has an interface %s already, which the twin "
			       "would be called",
			       p->name);
	rte_ether_format_addr(mac, sizeof(mac), &p->mac);
	snprintf(devargs, sizeof(devargs), "net_tap_host%u,iface=%s,mac=%s", p->index, p->name,
		 mac);
	rc = port_device_find(devargs, &twin->dpdk_id, &probed, e);
	if (rc != 0)
		return rc;
	rc = port_setup(twin, 1, &promisc, e);
	if (rc == 0)
		rc = port_tx_rings(twin, e);
	if (rc == 0 && (rc = rte_eth_dev_set_mtu(twin->dpdk_id, p->mtu)) != 0)
		err_set(e, rc, "the twin refuses MTU %u: %s", p->mtu, rte_strerror(-rc));
	if (rc == 0 && (rc = port_netlink_open()) < 0)
		err_set(e, rc, "netlink: %s", rte_strerror(-rc));
	if (rc < 0) {
		rte_eth_dev_stop(twin->dpdk_id);
		port_device_remove(twin->dpdk_id);
		return rc;
	}
	hosts[p->index].netlink = rc;
	hosts[p->index].ifindex = if_nametoindex(p->name);
	/* port_setup() opened it to groups, which are the port's affair. */
	rte_eth_allmulticast_disable(twin->dpdk_id);
	return 0;
}

static int
make_there(const struct port *p, const char *netns, struct port *twin, struct err *e)
{
	int fd = port_netns_open(netns, &twin->host_ns, e), home, rc;

	if (fd < 0)
		return fd;
	rc = port_netns_enter(fd, &home, e);
	if (rc == 0) {
		rc = make(p, twin, e);
		port_netns_leave(home);
	}
	close(fd);
	return rc;
}

static void
close_twin(uint16_t port, uint16_t dpdk_id)
{
	rte_eth_dev_stop(dpdk_id);
	port_device_remove(dpdk_id);
	close(hosts[port].netlink);
}

/* Shapes a new twin like its port and lets it in. */
static int
open_twin(const struct port *p, struct port *twin, struct err *e)
{
	struct port_netlink_link state = state_of(p);
	int rc = port_netlink_link(hosts[p->index].netlink, hosts[p->index].ifindex, &state);

	if (rc != 0)
		return err_set(e, rc, "the twin's state: %s", rte_strerror(-rc));
	twin->mac = p->mac;
	twin->mtu = p->mtu;
	twin->up = p->up;
	twin->link = true;
	port_publish_twin(twin->index, twin);
	return 0;
}

int
port_host_add(const char *name, const char *netns, struct err *e)
{
	const struct port *p = port_find(name, e);
	struct port *twin;
	uint16_t index, twin_index;
	int rc = p != NULL ? check(p, netns, e) : -ENODEV;

	if (rc != 0)
		return rc;
	index = p->index;
	twin = port_new(NULL);
	strcpy(twin->name, p->name);
	twin->host_of = index;
	rc = port_free_index(&twin->index, e);
	if (rc == 0)
		rc = make_there(p, netns, twin, e);
	if (rc == 0 && (rc = open_twin(p, twin, e)) != 0)
		close_twin(index, twin->dpdk_id);
	if (rc != 0) {
		port_free(twin);
		return rc;
	}
	twin_index = twin->index;
	snprintf(hosts[index].netns, sizeof(hosts[index].netns), "%s", netns ? netns : "");
	set_host(index, twin_index);
	port_changed(index);
	return 0;
}

/* Tells nobody. */
static void
take_back(const struct port *p)
{
	uint16_t index = p->index, twin = p->host;
	uint16_t dpdk_id = twin_of(p)->dpdk_id;

	/* First nobody gives it packets, then nobody polls it, then it goes. */
	set_host(index, 0);
	port_publish_twin(twin, NULL);
	close_twin(index, dpdk_id);
}

int
port_host_del(const char *name, struct err *e)
{
	const struct port *p = port_find(name, e);
	uint16_t index;

	if (p == NULL)
		return -ENODEV;
	if (p->host == 0)
		return err_set(e, -ENOENT, "port %s has no twin in the host", name);
	index = p->index;
	take_back(p);
	port_changed(index);
	return 0;
}

const char *
port_host_netns(const struct port *p)
{
	return p->host != 0 ? hosts[p->index].netns : NULL;
}

static void
follow_state(const struct port *p, const struct port *twin)
{
	struct port_netlink_link state = state_of(p);
	struct port *changed = port_new(twin);
	int rc = 0;

	if (twin->mtu != p->mtu)
		rc = rte_eth_dev_set_mtu(twin->dpdk_id, p->mtu);
	if (rc == 0)
		rc = port_netlink_link(hosts[p->index].netlink, hosts[p->index].ifindex, &state);
	if (rc != 0)
		LOG(WARNING, "port %s: its twin in the host does not follow: %s", p->name,
		    rte_strerror(-rc));
	changed->up = p->up;
	changed->mtu = p->mtu;
	changed->mac = p->mac;
	port_publish_twin(p->host, changed);
}

void
port_host_follow(enum port_event event, uint16_t index)
{
	const struct port *p = port_get(gen_current(), index);

	if (p->host == 0)
		return;
	if (event == PORT_GOING)
		take_back(p);
	else if (event == PORT_CHANGED)
		follow_state(p, twin_of(p));
}

/* Why the twin cannot stay; NULL: it can. */
static const char *
trouble(const struct port *p)
{
	struct ifreq ifr = { .ifr_ifindex = hosts[p->index].ifindex };
	const char *netns = hosts[p->index].netns;

	if (netns[0] != '\0' && !port_netns_is(netns, twin_of(p)->host_ns))
		return "its network namespace has gone";
	if (ioctl(hosts[p->index].netlink, SIOCGIFNAME, &ifr) != 0)
		return "somebody deleted it or took it elsewhere";
	return NULL;
}

void
port_host_poll(void)
{
	static unsigned calls;

	if (++calls % LOOK_EVERY != 0)
		return;
	for (uint16_t i = 1; i < PORT_MAX; i++) {
		const struct port *p = port_get(gen_current(), i);
		const char *why = p != NULL && p->host != 0 ? trouble(p) : NULL;

		if (why == NULL)
			continue;
		LOG(WARNING, "port %s: no twin in the host any more: %s", p->name, why);
		take_back(p);
		port_changed(i);
	}
}

void
port_host_localnet(const struct port *p, bool on)
{
	int rc = port_netlink_localnet(hosts[p->index].netlink, hosts[p->index].ifindex, on);

	if (rc != 0)
		LOG(NOTICE, "port %s: the host's route_localnet: %s", p->name, rte_strerror(-rc));
}

void
port_host_addr(const struct port *p, bool add, const struct port_netlink_addr *a)
{
	char text[IP_ADDR_TEXT];
	int rc = port_netlink_addr(hosts[p->index].netlink, hosts[p->index].ifindex, add, a);

	if (rc != 0)
		LOG(NOTICE, "port %s: the host does not %s %s: %s", p->name,
		    add ? "take" : "give up", ip_addr_text(&a->prefix.addr, text),
		    rte_strerror(-rc));
}

void
port_host_default(const struct port *p, bool add, uint8_t family, const struct ip_addr *src)
{
	int rc = port_netlink_default(hosts[p->index].netlink, hosts[p->index].ifindex, add, family,
				      src);

	if (rc != 0)
		LOG(NOTICE, "port %s: the host's default route: %s", p->name, rte_strerror(-rc));
}
