/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The path of the UNIX socket: whether somebody answers there, and making it. Control lcore.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app.h"

#define NEW ".new" /* a socket that does not listen yet */

static int
address(const char *name, struct sockaddr_un *a, struct err *e)
{
	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (name[0] == '\0' || strlen(name) + sizeof(NEW) > sizeof(a->sun_path))
		return err_set(e, -ENAMETOOLONG, "--socket \"%s\": a path has 1 to %zu characters",
			       name, sizeof(a->sun_path) - sizeof(NEW));
	strcpy(a->sun_path, name);
	return 0;
}

int
server_probe(const char *name, struct err *e)
{
	struct sockaddr_un a;
	struct stat st;
	int fd, rc = address(name, &a, e);

	if (rc != 0)
		return rc;
	if (lstat(name, &st) == 0 && !S_ISSOCK(st.st_mode))
		return err_set(e, -EEXIST, "%s is there and is no socket: choose another --socket",
			       name);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* EAGAIN: somebody listens but is too busy to accept. */
	rc = connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0 || errno == EAGAIN;
	close(fd);
	if (rc)
		return err_set(e, -EADDRINUSE,
			       "%s is in use by a running Pollux: stop it first, or choose "
			       "another --socket",
			       name);
	return 0;
}

/* The directory of the socket, one level. */
static void
make_directory(const char *name)
{
	char dir[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", name);
	slash = strrchr(dir, '/');
	if (slash == NULL || slash == dir)
		return;
	*slash = '\0';
	mkdir(dir, 0755); /* it may be there; bind() tells otherwise */
}

/*
 * Listens under another name first, then renames: who sees the path can connect, and what an ended
 * daemon left there is replaced.
 */
int
server_listen(const char *name, int backlog, struct err *e)
{
	struct sockaddr_un a;
	/* Again: the configuration may have taken a while. */
	int fd, rc = server_probe(name, e);
	mode_t mask;

	if (rc != 0)
		return rc;
	address(name, &a, e);
	make_directory(name);
	strcat(a.sun_path, NEW);
	unlink(a.sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mask = umask(0177);
	rc = fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	     listen(fd, backlog) != 0 || rename(a.sun_path, name) != 0;
	umask(mask);
	if (rc == 0)
		return fd;
	rc = -errno;
	if (fd >= 0)
		close(fd);
	unlink(a.sun_path);
	return err_set(e, rc, "cannot make the socket %s: %s (--socket PATH puts it elsewhere)",
		       name, strerror(-rc));
}
