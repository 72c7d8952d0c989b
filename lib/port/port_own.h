/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of lib/port share among themselves. Control lcore only.
 */
#pragma once

#include <rte_ethdev.h>

#include "port.h"

/* A fresh description, a copy of from unless that is NULL; free with port_free() or publish it. */
struct port *port_new(const struct port *from);
void port_free(struct port *p);

/*
 * Publishes a generation in which index is described by p (NULL: free), and waits a grace period.
 * Takes p over.
 */
void port_publish(uint16_t index, struct port *p);
/* The same for a twin's description. */
void port_publish_twin(uint16_t index, struct port *p);
/* The published port; NULL with a text. */
const struct port *port_find(const char *name, struct err *e);
/* Fills in what a lane can wait for; on: the device was configured with Rx interrupts. */
void port_interrupts(struct port *p, bool on);

/* Takes the port out of the workers' hands to stop its device; nobody is told. */
void port_pause(uint16_t index);
/* Gives it back; its device was started again and has other interrupts. */
void port_resume(uint16_t index, bool up);
/* Tells everybody that the port's description has changed. */
void port_changed(uint16_t index);
/* An index that neither a port nor a twin has. -ENOSPC with a text. */
int port_free_index(uint16_t *index, struct err *e);

/* Free room in the poll list of a lane: queues. */
unsigned port_lane_room(unsigned lane);

/*
 * Finds the device that devargs name, probing it when it is not there yet; *probed says so.
 * 0 or -errno with a text.
 */
int port_device_find(const char *devargs, uint16_t *dpdk_id, bool *probed, struct err *e);
/* Closes the stopped ethdev port and takes its device off the bus. */
void port_device_remove(uint16_t dpdk_id);

/*
 * Configures the device's queues, offloads and RSS, and starts it. p: dpdk_id and name are set; all
 * the rest is filled. queues 0: one per lane. *promisc: was switched on because the device has no
 * other way to get multicast. 0 or -errno with a text; then the device is left stopped.
 */
int port_setup(struct port *p, unsigned queues, bool *promisc, struct err *e);
/* Does a frame of that MTU fit one mbuf of the port's pool? 0 or -EINVAL with a text. */
int port_mtu_fits(const struct port *p, unsigned mtu, struct err *e);

/* Makes sure every lane that the port's lanes hand frames to has a ring. 0 or -ENOMEM. */
int port_tx_rings(const struct port *p, struct err *e);
/* At exit: frees what the rings hold. */
void port_tx_rings_free(void);

/* IPv6's MTU is the port's, which has just been set. Its parameters must exist. */
void port_mtu6_follow(struct port *p);

/* port_host.c: a port's twin follows it; before other levels hear of the event. */
void port_host_follow(enum port_event event, uint16_t index);
/* Every 100 ms: takes twins back whose namespace or interface has gone. */
void port_host_poll(void);

/* port_reset.c: from now on the device is started anew when its driver says it must be. */
void port_reset_watch(uint16_t dpdk_id);
/* The port's carrier has come back: some devices need it then. */
void port_reset_carrier(const struct port *p);
/* Every 100 ms: does what is due. */
void port_reset_poll(void);
