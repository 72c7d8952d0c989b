/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `ip link`: ports as links. They come and go with `port add` and `port del`. Control lcore.
 */
#include <errno.h>

#include "cmd_ip.h"

#define MTU_MIN 68 /* RFC 791; an Ethernet device's least in Linux */

static const char *
flags_of(const struct port *p)
{
	if (!p->up)
		return "BROADCAST,MULTICAST";
	return p->link ? "BROADCAST,MULTICAST,UP,LOWER_UP" : "NO-CARRIER,BROADCAST,MULTICAST,UP";
}

static void
print_mac(struct str *out, const struct rte_ether_addr *mac)
{
	const uint8_t *m = mac->addr_bytes;

	str_printf(out, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
}

static void
print_brief(struct ip_cmd *ip, const struct port *p)
{
	struct str *out = &ip->c->out;

	str_printf(out, "%-16s %-14s ", p->name, p->up && p->link ? "UP" : "DOWN");
	print_mac(out, &p->mac);
	str_printf(out, " <%s> \n", flags_of(p));
}

void
ip_print_link(struct ip_cmd *ip, const struct port *p, bool mode, bool ether)
{
	struct str *out = &ip->c->out;

	str_printf(out, "%u: %s: <%s> mtu %u qdisc noqueue state %s %s", p->index, p->name,
		   flags_of(p), p->mtu, p->up && p->link ? "UP" : "DOWN",
		   mode ? "mode DEFAULT " : "");
	if (p->group == 0)
		str_add(out, "group default qlen 1000");
	else
		str_printf(out, "group %u qlen 1000", p->group);
	if (ether) {
		str_add(out, ip->oneline ? "\\    link/ether " : "\n    link/ether ");
		print_mac(out, &p->mac);
		str_add(out, " brd ff:ff:ff:ff:ff:ff");
	}
	str_add(out, "\n");
}

static int
link_show(struct ip_cmd *ip)
{
	const struct port_table *t = port_table_get(gen_current());
	const char *only = NULL;
	bool up = false;

	for (; *ip->word != NULL;) {
		if (ip_is(ip, "up")) {
			up = true;
			continue;
		}
		if (ip_is(ip, "dev") && *ip->word == NULL)
			return ip_next(ip) == NULL ? IP_USAGE : 0;
		if (only != NULL)
			return ip_garbage(ip, "dev", *ip->word);
		only = ip_next(ip);
	}
	if (only != NULL && port_by_name(gen_current(), only) == NULL)
		return ip_say(ip, IP_BAD, "Device \"%.80s\" does not exist.", only);
	for (unsigned i = 1; i < PORT_MAX; i++) {
		const struct port *p = t->by_index[i];

		if (p == NULL || (only != NULL && strcmp(only, p->name) != 0) || (up && !p->up))
			continue;
		if (ip->brief)
			print_brief(ip, p);
		else
			ip_print_link(ip, p, true, true);
	}
	return IP_OK;
}

struct request {
	const char *dev;
	bool set_mac, set_mtu, set_group, set_up, up;
	struct rte_ether_addr mac;
	uint32_t mtu, group;
};

static int
read_mtu(struct ip_cmd *ip, struct request *r)
{
	const char *word = ip_next(ip);

	if (word == NULL)
		return IP_USAGE;
	r->set_mtu = true;
	if (word[0] == '-' && ip_get_u32(word + 1, UINT32_MAX, &r->mtu)) {
		r->mtu = 0; /* refused as too small, as Linux does */
		return 0;
	}
	if (ip_get_u32(word, UINT32_MAX, &r->mtu))
		return 0;
	return ip_invalid(ip, word, "Invalid \"mtu\" value\n");
}

static int
read_group(struct ip_cmd *ip, struct request *r)
{
	const char *word = ip_next(ip);

	if (word == NULL)
		return IP_USAGE;
	r->set_group = true;
	if (strcmp(word, "default") == 0 || ip_get_u32(word, INT32_MAX, &r->group))
		return 0;
	return ip_invalid(ip, word, "Invalid \"group\" value\n");
}

/* Reads one word of `ip link set` with its value; 0 or the exit status. */
static int
read_setting(struct ip_cmd *ip, struct request *r)
{
	const char *word;

	if (ip_is(ip, "up") || ip_is(ip, "down")) {
		r->set_up = true;
		r->up = strcmp(ip->word[-1], "up") == 0;
		return 0;
	}
	if (ip_is(ip, "mtu"))
		return read_mtu(ip, r);
	if (ip_is(ip, "group"))
		return read_group(ip, r);
	if (ip_like(ip, "address")) {
		word = ip_next(ip);
		r->set_mac = true;
		return word == NULL ? IP_USAGE : ip_get_mac(ip, word, &r->mac);
	}
	if (ip_is(ip, "dev") && *ip->word == NULL)
		return ip_next(ip) == NULL ? IP_USAGE : 0;
	if (r->dev != NULL)
		return ip_garbage(ip, "dev", *ip->word);
	r->dev = ip_next(ip);
	return 0;
}

static int
check_request(struct ip_cmd *ip, const struct request *r)
{
	const struct port *p;
	int rc;

	if (r->dev == NULL)
		return ip_say(ip, IP_USAGE,
			      "Not enough information: \"dev\" argument is required.");
	rc = ip_get_port(ip, r->dev, &p);
	if (rc != 0)
		return rc;
	if (r->set_mac && !rte_is_valid_assigned_ether_addr(&r->mac))
		return ip_answer(ip, -EADDRNOTAVAIL, NULL);
	if (r->set_mtu && r->mtu < MTU_MIN)
		return ip_say(ip, IP_REFUSED, "Error: mtu less than device minimum.");
	if (r->set_mtu && r->mtu > UINT16_MAX)
		return ip_say(ip, IP_REFUSED, "Error: mtu greater than device maximum.");
	return 0;
}

static int
link_set(struct ip_cmd *ip)
{
	struct request r = { 0 };
	struct err e = { "" };
	int rc = 0;

	while (*ip->word != NULL && rc == 0)
		rc = read_setting(ip, &r);
	if (rc == 0)
		rc = check_request(ip, &r);
	if (rc != 0)
		return rc;
	if (r.set_mac)
		rc = port_set_mac(r.dev, &r.mac, &e);
	if (rc == 0 && r.set_mtu)
		rc = port_set_mtu(r.dev, r.mtu, &e);
	if (rc == 0 && r.set_group)
		rc = port_set_group(r.dev, r.group, &e);
	if (rc == 0 && r.set_up)
		rc = port_set_up(r.dev, r.up, &e);
	return ip_answer(ip, rc, &e);
}

static int
link_other(struct ip_cmd *ip)
{
	return ip_say(ip, IP_BAD,
		      "Links are ports: use \"port add NAME DEVARGS\" and \"port del NAME\".");
}

static int
link_help(struct ip_cmd *ip)
{
	return ip_say(ip, IP_USAGE,
		      "Usage: ip link set DEVICE [ { up | down } ] [ mtu MTU ] [ address LLADDR ]\n"
		      "                   [ group GROUP ]\n"
		      "       ip link [ show [ DEVICE ] [ up ] ]");
}

int
ip_link(struct ip_cmd *ip)
{
	static const struct ip_verb verbs[] = {
		{ "show", link_show },    { "lst", link_show },      { "list", link_show },
		{ "set", link_set },      { "change", link_set },    { "add", link_other },
		{ "delete", link_other }, { "replace", link_other }, { "help", link_help },
		{ NULL, NULL },
	};

	/* "s" is set, as iproute2 looks for it first; no word at all is show. */
	if (*ip->word != NULL && ip_matches(*ip->word, "set")) {
		ip->word++;
		return link_set(ip);
	}
	return ip_run_verb(ip, "link", verbs);
}
