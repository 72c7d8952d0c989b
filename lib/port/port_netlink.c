/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port_netlink.h"

/* IPV4_DEVCONF_ROUTE_LOCALNET of linux/ip.h, which has an iphdr that netinet/ip.h has too. */
#define DEVCONF_ROUTE_LOCALNET 26
#define ROUTE_METRIC 4096 /* the operator's own routes come first */

struct request {
	struct nlmsghdr h;
	uint8_t body[256];
};

int
port_netlink_open(void)
{
	struct timeval patience = { .tv_sec = 1 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

/* Starts the request with a header of its type. */
static void
begin(struct request *r, uint16_t type, uint16_t flags, const void *header, size_t len)
{
	memset(r, 0, sizeof(*r));
	r->h.nlmsg_type = type;
	r->h.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	r->h.nlmsg_len = NLMSG_LENGTH(len);
	memcpy(r->body, header, len);
}

static void
put(struct request *r, uint16_t type, const void *value, size_t len)
{
	struct rtattr *a = (void *)((uint8_t *)r + NLMSG_ALIGN(r->h.nlmsg_len));

	a->rta_type = type;
	a->rta_len = RTA_LENGTH(len);
	memcpy(RTA_DATA(a), value, len);
	r->h.nlmsg_len = NLMSG_ALIGN(r->h.nlmsg_len) + RTA_ALIGN(a->rta_len);
}

static void
put_addr(struct request *r, uint16_t type, const struct ip_addr *a)
{
	put(r, type, a->v6, a->family == AF_INET ? 4 : 16);
}

/* Sends it and waits for the kernel's answer, which comes at once. */
static int
ask(int fd, struct request *r)
{
	static uint32_t seq;
	struct {
		struct nlmsghdr h;
		struct nlmsgerr e;
		uint8_t rest[512];
	} answer;
	ssize_t n;

	r->h.nlmsg_seq = ++seq;
	if (send(fd, r, r->h.nlmsg_len, 0) < 0)
		return -errno;
	do {
		n = recv(fd, &answer, sizeof(answer), 0);
		if (n < 0 && errno != EINTR)
			return -errno;
	} while (n < (ssize_t)(sizeof(answer.h) + sizeof(answer.e)) ||
		 answer.h.nlmsg_seq != r->h.nlmsg_seq || answer.h.nlmsg_type != NLMSG_ERROR);
	return answer.e.error;
}

int
port_netlink_link(int fd, int ifindex, const struct port_netlink_link *l)
{
	struct ifinfomsg link = { .ifi_index = ifindex,
				  .ifi_flags = IFF_NOARP | (l->up ? IFF_UP : 0),
				  .ifi_change = IFF_NOARP | IFF_UP };
	uint8_t carrier = l->carrier;
	struct request r;

	begin(&r, RTM_NEWLINK, 0, &link, sizeof(link));
	put(&r, IFLA_ADDRESS, &l->mac, sizeof(l->mac));
	put(&r, IFLA_CARRIER, &carrier, sizeof(carrier));
	return ask(fd, &r);
}

int
port_netlink_localnet(int fd, int ifindex, bool on)
{
	struct ifinfomsg link = { .ifi_index = ifindex };
	/* IFLA_AF_SPEC holds families, a family its parts, this part parameters by their numbers. */
	struct {
		struct rtattr family, part, param;
		uint32_t value;
	} spec = {
		.family = { sizeof(spec), AF_INET },
		.part = { sizeof(spec) - offsetof(typeof(spec), part), IFLA_INET_CONF },
		.param = { sizeof(spec) - offsetof(typeof(spec), param), DEVCONF_ROUTE_LOCALNET },
		.value = on,
	};
	struct request r;

	begin(&r, RTM_NEWLINK, 0, &link, sizeof(link));
	put(&r, IFLA_AF_SPEC, &spec, sizeof(spec));
	return ask(fd, &r);
}

int
port_netlink_addr(int fd, int ifindex, bool add, const struct port_netlink_addr *a)
{
	const struct ip_addr *ip = &a->prefix.addr;
	struct ifaddrmsg msg = { .ifa_family = ip->family,
				 .ifa_prefixlen = a->prefix.len,
				 .ifa_flags = ip->family == AF_INET6 ? IFA_F_NODAD : 0,
				 .ifa_scope = a->scope,
				 .ifa_index = ifindex };
	struct request r;
	int rc;

	begin(&r, add ? RTM_NEWADDR : RTM_DELADDR, add ? NLM_F_CREATE | NLM_F_EXCL : 0, &msg,
	      sizeof(msg));
	put_addr(&r, IFA_LOCAL, ip);
	put_addr(&r, IFA_ADDRESS, a->peer.family != AF_UNSPEC ? &a->peer : ip);
	if (add && a->broadcast.family != AF_UNSPEC)
		put_addr(&r, IFA_BROADCAST, &a->broadcast);
	rc = ask(fd, &r);
	return rc == (add ? -EEXIST : -EADDRNOTAVAIL) ? 0 : rc;
}

int
port_netlink_default(int fd, int ifindex, bool add, uint8_t family, const struct ip_addr *src)
{
	struct rtmsg msg = { .rtm_family = family,
			     .rtm_table = RT_TABLE_MAIN,
			     .rtm_protocol = RTPROT_STATIC,
			     .rtm_scope = family == AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
			     .rtm_type = RTN_UNICAST };
	uint32_t oif = ifindex, metric = ROUTE_METRIC;
	struct request r;
	int rc;

	begin(&r, add ? RTM_NEWROUTE : RTM_DELROUTE, add ? NLM_F_CREATE | NLM_F_REPLACE : 0, &msg,
	      sizeof(msg));
	put(&r, RTA_OIF, &oif, sizeof(oif));
	put(&r, RTA_PRIORITY, &metric, sizeof(metric));
	if (src->family == family)
		put_addr(&r, RTA_PREFSRC, src);
	rc = ask(fd, &r);
	return !add && rc == -ESRCH ? 0 : rc;
}
