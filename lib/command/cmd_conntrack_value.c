/* SPDX-License-Identifier: BSD-3-Clause */
/* Values of the options of `conntrack`. Called by cmd_conntrack_args.c. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cmd_conntrack_proto.h"
#include "rule_name.h"

int
conntrack_family(struct cmd *c, struct conntrack *k, uint8_t family)
{
	if (k->family != AF_UNSPEC && k->family != family)
		return conntrack_usage(c, "mismatched address family");
	k->family = family;
	return 0;
}

int
conntrack_read_addr(struct cmd *c, struct conntrack *k, const char *text, struct ip_addr *a)
{
	struct ip_addr got;

	if (ip_addr_parse(text, AF_UNSPEC, &got) != 0)
		return conntrack_usage(c, "Invalid IP address `%s'", text);
	*a = got;
	return conntrack_family(c, k, got.family);
}

/* The mask of a prefix, AF_UNSPEC where it has all bits. */
static struct ip_addr
mask_of(uint8_t family, unsigned len)
{
	struct ip_addr mask = { .family = family };

	if (len == ip_addr_bits(family))
		return (struct ip_addr){ 0 };
	memset(mask.v6, 0xff, ip_addr_bits(family) / 8);
	ip_addr_mask(&mask, len);
	return mask;
}

int
conntrack_read_prefix(struct cmd *c, struct conntrack *k, const char *text, const char *option,
		      bool cidr, struct ip_addr *a, struct ip_addr *mask)
{
	const char *slash = strchr(text, '/');
	char addr[IP_ADDR_TEXT];
	unsigned long len;
	char *end;
	int rc;

	if (slash == NULL)
		return conntrack_read_addr(c, k, text, a);
	if (!cidr)
		return conntrack_usage(c, "CIDR notation unavailable for `--%s'", option);
	if (slash - text >= IP_ADDR_TEXT)
		return conntrack_usage(c, "Invalid IP address `%s'", text);
	memcpy(addr, text, slash - text);
	addr[slash - text] = '\0';
	rc = conntrack_read_addr(c, k, addr, a);
	if (rc != 0)
		return rc;
	errno = 0;
	len = strtoul(slash + 1, &end, 10);
	if (errno != 0 || *end != '\0' || slash[1] == '-' || len > ip_addr_bits(a->family))
		return conntrack_usage(c, "Invalid netmask");
	*mask = mask_of(a->family, len);
	return 0;
}

/* ADDR, ADDR:PORT, [ADDR6]:PORT */
int
conntrack_read_nat(struct cmd *c, struct conntrack *k, char *text, struct conntrack_nat *nat)
{
	char *colon = strchr(text, ':');
	char addr[64];
	char *end;
	unsigned long port;
	size_t len = strlen(text);

	if (text[0] == '[' && strstr(text, "]:") != NULL) {
		colon = strstr(text, "]:") + 1;
		len = colon - ++text - 1;
	} else if (colon != NULL && strchr(colon + 1, ':') != NULL) {
		colon = NULL;
	} else if (colon != NULL) {
		len = colon - text;
	}
	snprintf(addr, sizeof(addr), "%.*s", (int)RTE_MIN(len, sizeof(addr) - 1), text);
	if (colon != NULL) {
		if (colon[1] == '\0')
			return conntrack_usage(c, "No port specified after `:'");
		port = strtoul(colon + 1, &end, 10);
		if (*end != '\0' || port > UINT16_MAX)
			return conntrack_usage(c, "Invalid port `%s'", colon + 1);
		nat->port = htons(port);
	}
	return conntrack_read_addr(c, k, addr, &nat->addr);
}

struct word {
	const char *name;
	uint32_t value;
};

/* The tool takes any beginning of a word, in any case. */
static const struct word *
find_word(const struct word *words, const char *text, size_t len)
{
	for (; len != 0 && words->name != NULL; words++)
		if (strncasecmp(words->name, text, len) == 0)
			return words;
	return NULL;
}

/* "a,b,c": all values together. */
static int
read_words(struct cmd *c, const struct word *words, const char *text, uint32_t *sum)
{
	const char *at = text;

	do {
		size_t len = strcspn(at, ",");
		const struct word *w = find_word(words, at, len);

		if (w == NULL)
			return conntrack_usage(c, "Bad parameter `%.*s'", (int)len, at);
		*sum |= w->value;
		at += len;
	} while (*at++ == ',');
	return 0;
}

int
conntrack_read_status(struct cmd *c, const char *text, uint32_t *status)
{
	static const struct word words[] = {
		{ "ASSURED", CT_ASSURED },
		{ "SEEN_REPLY", CT_SEEN_REPLY },
		{ "UNSET", 0 },
		{ "FIXED_TIMEOUT", CT_FIXED_TIMEOUT },
		{ "EXPECTED", CT_EXPECTED },
		{ "OFFLOAD", 1u << 14 },
		{ "HW_OFFLOAD", 1u << 15 },
		{ "SRC_NAT", CONNTRACK_STATUS_NAT },
		{ "DST_NAT", CONNTRACK_STATUS_NAT << 1 },
		{ NULL, 0 },
	};
	uint32_t got = 0;
	int rc = read_words(c, words, text, &got);

	if (got & CONNTRACK_STATUS_NAT)
		str_add(&c->err, "WARNING: ignoring SRC_NAT, use --src-nat instead\n");
	if (got & CONNTRACK_STATUS_NAT << 1)
		str_add(&c->err, "WARNING: ignoring DST_NAT, use --dst-nat instead\n");
	*status |= got & (CONNTRACK_STATUS_NAT - 1);
	return rc;
}

int
conntrack_read_output(struct cmd *c, const char *text, unsigned *output)
{
	static const struct word words[] = {
		{ "xml", CONNTRACK_OUT_XML },
		{ "extended", CONNTRACK_OUT_EXTENDED },
		{ "timestamp", CONNTRACK_OUT_TIMESTAMP },
		{ "id", CONNTRACK_OUT_ID },
		{ "ktimestamp", CONNTRACK_OUT_KTIMESTAMP },
		{ "labels", CONNTRACK_OUT_LABELS },
		{ "userspace", CONNTRACK_OUT_USERSPACE },
		{ "save", CONNTRACK_OUT_SAVE },
		{ NULL, 0 },
	};
	uint32_t got = *output;
	int rc = read_words(c, words, text, &got);

	*output = got;
	if (rc != 0 || !(got & CONNTRACK_OUT_SAVE) || got == CONNTRACK_OUT_SAVE)
		return rc;
	conntrack_say(&c->err, "cannot combine save output with any other output type, use -o "
			       "save only");
	return 1;
}

int
conntrack_read_events(struct cmd *c, const char *text, unsigned *events)
{
	static const struct word words[] = {
		{ "ALL", CONNTRACK_EVENT_NEW | CONNTRACK_EVENT_UPDATE | CONNTRACK_EVENT_DESTROY },
		{ "NEW", CONNTRACK_EVENT_NEW },
		{ "UPDATES", CONNTRACK_EVENT_UPDATE },
		{ "DESTROY", CONNTRACK_EVENT_DESTROY },
		{ NULL, 0 },
	};
	uint32_t got = *events;
	int rc = read_words(c, words, text, &got);

	*events = got;
	return rc;
}

int
conntrack_read_proto(struct cmd *c, const char *text, uint8_t *proto)
{
	const struct conntrack_proto *p;
	struct err e;

	for (unsigned i = 0; (p = conntrack_proto_at(i)) != NULL; i++)
		if (strcasecmp(p->name, text) == 0) {
			*proto = p->proto;
			return 0;
		}
	if (rule_proto_parse(text, proto, &e) != 0)
		return conntrack_usage(c, "`%s' unsupported protocol", text);
	return 0;
}

int
conntrack_read_labels(struct cmd *c, const char *text, uint64_t labels[2])
{
	char name[128];

	conntrack_label_file(&c->err);
	for (const char *at = text;; at++) {
		size_t len = strcspn(at, ",");
		int bit;

		snprintf(name, sizeof(name), "%.*s", (int)RTE_MIN(len, sizeof(name) - 1), at);
		bit = conntrack_label_find(name);
		if (bit < 0)
			return conntrack_usage(c, "unknown label '%s'", name);
		labels[bit / 64] |= 1ull << bit % 64;
		at += len;
		if (*at == '\0')
			return 0;
	}
}

void
conntrack_read_mark(const char *text, uint32_t *mark, uint32_t *mask)
{
	char *end;

	*mark = strtoul(text, &end, 0);
	*mask = *end == '/' ? strtoul(end + 1, NULL, 0) : UINT32_MAX;
}
