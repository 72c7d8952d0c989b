/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_debug.h>
#include <rte_errno.h>

#include "port_netns.h"

#define OWN "/proc/thread-self/ns/net"
#define NAMED "/run/netns/"

static void
path_of(const char *netns, char path[256])
{
	if (netns == NULL)
		snprintf(path, 256, OWN);
	else
		snprintf(path, 256, "%s%s", strchr(netns, '/') == NULL ? NAMED : "", netns);
}

/* The namespace's inode; devices differ only between kernels. */
static uint64_t
identity(const struct stat *s)
{
	return s->st_ino;
}

int
port_netns_open(const char *netns, uint64_t *id, struct err *e)
{
	char path[256];
	struct stat s;
	int fd, rc;

	path_of(netns, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, -errno, "network namespace %s: %s: %s (ip netns lists them)",
			       netns, path, rte_strerror(errno));
	if (fstat(fd, &s) != 0) {
		rc = -errno;
		close(fd);
		return err_set(e, rc, "%s: %s", path, rte_strerror(-rc));
	}
	*id = identity(&s);
	return fd;
}

bool
port_netns_is(const char *netns, uint64_t id)
{
	char path[256];
	struct stat s;

	path_of(netns, path);
	return stat(path, &s) == 0 && identity(&s) == id;
}

int
port_netns_enter(int fd, int *home, struct err *e)
{
	int rc;

	*home = open(OWN, O_RDONLY | O_CLOEXEC);
	if (*home < 0)
		return err_set(e, -errno, "%s: %s", OWN, rte_strerror(errno));
	if (setns(fd, CLONE_NEWNET) == 0)
		return 0;
	rc = -errno;
	close(*home);
	return err_set(e, rc, "cannot enter the network namespace: %s%s", rte_strerror(-rc),
		       rc == -EINVAL  ? " (it is none)"
		       : rc == -EPERM ? " (that needs CAP_SYS_ADMIN)"
				      : "");
}

void
port_netns_leave(int home)
{
	if (setns(home, CLONE_NEWNET) != 0)
		rte_panic("cannot come back to the daemon's network namespace\n");
	close(home);
}
