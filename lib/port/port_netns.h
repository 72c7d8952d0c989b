/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Visits to other network namespaces. Only the control lcore's thread goes, briefly, and comes back:
 * workers and the devices' sockets never see it. Private to lib/port.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base_err.h"

/*
 * A descriptor of the namespace: NULL is the daemon's own, a word without '/' one of `ip netns`, else
 * a path (/proc/PID/ns/net). *id tells namespaces apart. -errno with a text.
 */
int port_netns_open(const char *netns, uint64_t *id, struct err *e);
/* Is it the one that has that name now? */
bool port_netns_is(const char *netns, uint64_t id);

/* Goes there; *home is for the way back. -errno with a text, and nothing has changed. */
int port_netns_enter(int fd, int *home, struct err *e);
/* Comes back. The daemon ends where that fails: nothing it would do from then on could be right. */
void port_netns_leave(int home);
