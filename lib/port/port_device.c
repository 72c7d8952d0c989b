/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From devargs to an ethdev port and back: probing and removing devices while the process runs.
 * Control lcore only.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "base_log.h"
#include "port_own.h"

#define DEVICE_NAME_MAX RTE_ETH_NAME_MAX_LEN

static bool
is_pci(const char *name, char full[32])
{
	unsigned domain = 0, bus, dev, fn;
	char end;

	if (sscanf(name, "%4x:%2x:%2x.%1u%c", &domain, &bus, &dev, &fn, &end) != 4) {
		domain = 0;
		if (sscanf(name, "%2x:%2x.%1u%c", &bus, &dev, &fn, &end) != 3)
			return false;
	}
	snprintf(full, 32, "%04x:%02x:%02x.%u", domain, bus, dev, fn);
	return true;
}

/* Why a PCI function cannot be taken, as far as sysfs tells. 0: no reason seen. */
static int
pci_trouble(const char *address, struct err *e)
{
	char path[128], target[256];
	const char *driver = "no driver";
	ssize_t n;

	if (!rte_eal_has_pci())
		return err_set(e, -ENODEV,
			       "%s: Pollux was started with --no-pci; start it without to "
			       "use PCI devices",
			       address);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", address);
	if (access(path, F_OK) != 0)
		return err_set(e, -ENODEV, "%s: no such PCI device (lspci -D lists them)", address);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver", address);
	n = readlink(path, target, sizeof(target) - 1);
	if (n > 0) {
		target[n] = '\0';
		driver = strrchr(target, '/') ? strrchr(target, '/') + 1 : target;
	}
	if (strcmp(driver, "vfio-pci") == 0 || strcmp(driver, "igb_uio") == 0 ||
	    strcmp(driver, "uio_pci_generic") == 0 || strncmp(driver, "mlx", 3) == 0)
		return 0;
	return err_set(e, -EBUSY,
		       "%s: bound to %s, DPDK needs vfio-pci: dpdk-devbind.py "
		       "--bind=vfio-pci %s",
		       address, driver, address);
}

static bool
driver_is(const char *devargs, const char *driver)
{
	return strncmp(devargs, driver, strlen(driver)) == 0;
}

/* Devices on top of a kernel interface: is it there? net_tap makes one: is its name free? */
static int
iface_trouble(const char *devargs, struct err *e)
{
	bool makes = driver_is(devargs, "net_tap") || driver_is(devargs, "net_virtio_user");
	const char *at = strstr(devargs, ",iface=");
	char name[IF_NAMESIZE];
	size_t n;

	if (at == NULL)
		return 0;
	at += strlen(",iface=");
	n = strcspn(at, ",");
	if (n >= sizeof(name))
		return err_set(e, -EINVAL,
			       "iface=%.*s: longer than the %d characters an interface's "
			       "name may have",
			       (int)n, at, IF_NAMESIZE - 1);
	memcpy(name, at, n);
	name[n] = '\0';
	/* A second queue of another port's TAP would take half of its packets. */
	if (makes && if_nametoindex(name) != 0)
		return err_set(e, -EEXIST,
			       "iface=%s: there is an interface of that name already; this driver "
			       "makes its own",
			       name);
	if (!makes && if_nametoindex(name) == 0)
		return err_set(e, -ENODEV,
			       "iface=%s: no such interface in the network namespace "
			       "Pollux runs in (ip link lists them)",
			       name);
	return 0;
}

/* virtio-user: what it would wait for, and with it the control lcore, for ever. */
static int
virtio_user_trouble(const char *devargs, struct err *e)
{
	const char *at = strstr(devargs, ",path=");
	char path[sizeof(((struct port *)0)->devargs)];

	if (!driver_is(devargs, "net_virtio_user"))
		return 0;
	if (strstr(devargs, ",server=1") != NULL)
		return err_set(
			e, -EINVAL,
			"net_virtio_user with server=1 would stop Pollux until its peer comes: "
			"let the peer be the server and give its path=");
	if (at == NULL)
		return err_set(
			e, -EINVAL,
			"net_virtio_user needs path=: /dev/vhost-net or a vhost-user socket");
	at += strlen(",path=");
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(at, ","), at);
	if (access(path, F_OK) != 0)
		return err_set(e, -errno, "path=%s: %s (%s)", path, rte_strerror(errno),
			       strcmp(path, "/dev/vhost-net") == 0
				       ? "modprobe vhost_net"
				       : "start the vhost-user program first");
	return 0;
}

static int
probe_error(const char *devargs, const char *name, int rc, struct err *e)
{
	char address[32];

	if (is_pci(name, address)) {
		int why = pci_trouble(address, e);

		if (why != 0)
			return why;
	}
	if (log_heard()[0] != '\0')
		return err_set(e, rc < 0 ? rc : -ENODEV, "%s: the driver says: %s", devargs,
			       log_heard());
	return err_set(e, rc < 0 ? rc : -ENODEV,
		       "%s: the driver refuses it without a reason: check its arguments (%s)",
		       devargs, rc < 0 ? rte_strerror(-rc) : "no driver took it");
}

static int
check_devargs(const char *devargs, const char *name, struct err *e)
{
	struct rte_devargs da;
	char address[32];
	int rc;

	memset(&da, 0, sizeof(da));
	rc = rte_devargs_parse(&da, devargs);
	rte_devargs_reset(&da);
	if (rc != 0 && is_pci(name, address) && !rte_eal_has_pci())
		return pci_trouble(address, e);
	if (rc != 0)
		return err_set(e, -ENODEV,
			       "\"%s\" is no device that DPDK has a driver for; expected e.g. "
			       "0000:01:02.0, net_tap0, net_af_packet0,iface=eth1",
			       devargs);
	rc = virtio_user_trouble(devargs, e);
	return rc != 0 ? rc : iface_trouble(devargs, e);
}

/* The first ethdev port that was not there before; RTE_MAX_ETHPORTS: none. */
static uint16_t
new_port(const bool *before)
{
	uint16_t id;

	RTE_ETH_FOREACH_DEV(id)
		if (!before[id])
			return id;
	return RTE_MAX_ETHPORTS;
}

int
port_device_find(const char *devargs, uint16_t *dpdk_id, bool *probed, struct err *e)
{
	bool before[RTE_MAX_ETHPORTS] = { false };
	char name[DEVICE_NAME_MAX], address[32];
	size_t n = strcspn(devargs, ",");
	uint16_t id;
	int rc;

	if (n == 0 || n >= sizeof(name))
		return err_set(e, -EINVAL, "\"%.80s\": expected a device of 1 to %d characters",
			       devargs, DEVICE_NAME_MAX - 1);
	memcpy(name, devargs, n);
	name[n] = '\0';
	*probed = false;
	if (rte_eth_dev_get_port_by_name(name, dpdk_id) == 0 ||
	    (is_pci(name, address) && rte_eth_dev_get_port_by_name(address, dpdk_id) == 0)) {
		if (devargs[n] != '\0')
			LOG(NOTICE, "%s is there already: its arguments are those it was made with",
			    name);
		return 0;
	}
	rc = check_devargs(devargs, name, e);
	if (rc != 0)
		return rc;
	RTE_ETH_FOREACH_DEV(id)
		before[id] = true;
	log_listen();
	rc = rte_dev_probe(devargs);
	if (rc != 0)
		return probe_error(devargs, name, rc, e);
	*probed = true;
	if (rte_eth_dev_get_port_by_name(name, dpdk_id) == 0)
		return 0;
	*dpdk_id = new_port(before);
	return *dpdk_id < RTE_MAX_ETHPORTS ? 0 : probe_error(devargs, name, 0, e);
}

void
port_device_remove(uint16_t dpdk_id)
{
	struct rte_eth_dev_info info;
	uint16_t sibling;
	int rc;

	rc = rte_eth_dev_info_get(dpdk_id, &info);
	rte_eth_dev_close(dpdk_id);
	if (rc != 0 || info.device == NULL)
		return;
	/* A device with several ports goes with its last one. */
	RTE_ETH_FOREACH_DEV_OF(sibling, info.device)
	return;
	rc = rte_dev_remove(info.device);
	if (rc != 0)
		LOG(WARNING, "a device did not leave its bus: %s", rte_strerror(-rc));
}
