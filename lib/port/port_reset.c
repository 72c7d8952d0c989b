/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Devices that must be started anew. A virtual function learns that its NIC was reset (link set down
 * and up, another driver, a change of its address from outside) and carries nothing until its own
 * driver has begun again. DPDK says so by an event in its interrupt thread, where the message from the
 * NIC's driver gets that far; igb's does not always. So for functions of that kind a carrier that
 * comes back says it too, unnecessarily after a mere cable's fall. The control lcore does it.
 */
#include <string.h>

#include <rte_errno.h>

#include "base_clock.h"
#include "base_log.h"
#include "port_own.h"

#define SETTLE_MS 2000 /* the NIC's own driver comes first */
#define WAIT_MIN_MS 1000
#define WAIT_MAX_MS 64000
#define QUIET_MS 120000 /* without a reset: the next one is the first again */

static uint8_t asked[RTE_MAX_ETHPORTS]; /* atomic */
/* Resets that come in a row are done at growing distances, so that no device can keep us busy. */
static struct {
	uint64_t due; /* ms: not before; 0: nobody asked yet */
	uint64_t last, wait;
	bool failed;
} history[PORT_MAX];

/* The interrupt thread. */
static int
on_event(uint16_t dpdk_id, enum rte_eth_event_type event, void *arg, void *ret)
{
	__atomic_store_n(&asked[dpdk_id], 1, __ATOMIC_RELEASE);
	return 0;
}

void
port_reset_watch(uint16_t dpdk_id)
{
	__atomic_store_n(&asked[dpdk_id], 0, __ATOMIC_RELAXED);
	/* Again for a device that was here before: DPDK keeps one of equal registrations. */
	rte_eth_dev_callback_register(dpdk_id, RTE_ETH_EVENT_INTR_RESET, on_event, NULL);
}

/* Takes the device out of the workers' hands, begins anew, gives it back. */
static int
restart(uint16_t index, uint16_t dpdk_id, bool up)
{
	int rc;

	port_pause(index);
	rc = rte_eth_dev_stop(dpdk_id);
	if (rc == 0)
		rc = rte_eth_dev_start(dpdk_id);
	if (rc == 0)
		rte_eth_allmulticast_enable(dpdk_id);
	port_resume(index, up);
	return rc;
}

void
port_reset_carrier(const struct port *p)
{
	struct rte_eth_dev_info info;
	size_t n;

	if (rte_eth_dev_info_get(p->dpdk_id, &info) != 0)
		return;
	n = strlen(info.driver_name);
	if (n <= 3 || strcmp(info.driver_name + n - 3, "_vf") != 0)
		return;
	history[p->index].due = clock_ms() + SETTLE_MS;
	__atomic_store_n(&asked[p->dpdk_id], 1, __ATOMIC_RELEASE);
}

static bool
is_due(uint16_t index, uint64_t now)
{
	uint64_t since = now - history[index].last;

	if (history[index].due == 0)
		history[index].due = now + SETTLE_MS;
	if (history[index].last == 0 || since > QUIET_MS)
		history[index].wait = 0;
	return now >= history[index].due && since >= history[index].wait;
}

static void
note(uint16_t index, uint64_t now, int rc)
{
	const char *name = port_get(gen_current(), index)->name;
	uint64_t wait = history[index].wait;

	if (rc == 0)
		LOG(NOTICE, "port %s: the device was reset, started anew", name);
	else if (!history[index].failed)
		LOG(WARNING, "port %s: the device was reset and does not start yet: %s", name,
		    rte_strerror(-rc));
	history[index].failed = rc != 0;
	history[index].last = now;
	history[index].due = 0;
	history[index].wait = wait == 0 ? WAIT_MIN_MS : RTE_MIN(2 * wait, (uint64_t)WAIT_MAX_MS);
}

void
port_reset_poll(void)
{
	uint64_t now = clock_ms();

	for (uint16_t i = 1; i < PORT_MAX; i++) {
		const struct port *p = port_get(gen_current(), i);
		uint16_t id;
		int rc;

		if (p == NULL || !__atomic_load_n(&asked[p->dpdk_id], __ATOMIC_ACQUIRE) ||
		    !is_due(i, now))
			continue;
		id = p->dpdk_id;
		__atomic_store_n(&asked[id], 0, __ATOMIC_RELAXED);
		rc = restart(i, id, p->up);
		if (rc != 0)
			__atomic_store_n(&asked[id], 1, __ATOMIC_RELAXED);
		note(i, now, rc);
	}
}
