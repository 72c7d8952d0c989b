/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Protocol, service and ICMP names. Called by the parsers and printers of rules, on the control
 * lcore, so the static buffers of getprotobyname() and getservbyname() are safe.
 */
#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rule_name.h"

/* Known without /etc/protocols; asked first when parsing because rule files are full of them. */
static const struct {
	const char *name;
	uint8_t number;
} protos[] = {
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "icmp", IPPROTO_ICMP },
	{ "icmpv6", IPPROTO_ICMPV6 },
	{ "ipv6-icmp", IPPROTO_ICMPV6 },
	{ "sctp", IPPROTO_SCTP },
	{ "udplite", IPPROTO_UDPLITE },
	{ "esp", IPPROTO_ESP },
	{ "ah", IPPROTO_AH },
	{ "ipv6-mh", 135 },
	{ "mh", 135 },
	{ "dccp", IPPROTO_DCCP },
	{ "gre", IPPROTO_GRE },
	{ "igmp", IPPROTO_IGMP },
	{ "all", 0 },
};

bool
rule_number(const char *text, unsigned long long max, unsigned long long *out)
{
	char *end;

	while (isspace((unsigned char)*text))
		text++;
	if (*text == '-')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 0);
	return end != text && *end == '\0' && errno == 0 && *out <= max;
}

int
rule_proto_parse(const char *text, uint8_t *proto, struct err *e)
{
	unsigned long long n;
	struct protoent *ent;

	if (rule_number(text, UINT8_MAX, &n)) {
		*proto = n;
		return 0;
	}
	for (unsigned i = 0; i < RTE_DIM(protos); i++)
		if (strcmp(protos[i].name, text) == 0) {
			*proto = protos[i].number;
			return 0;
		}
	ent = getprotobyname(text);
	if (ent == NULL || ent->p_proto < 0 || ent->p_proto > UINT8_MAX)
		return err_set(e, -EINVAL, "unknown protocol \"%s\" specified", text);
	*proto = ent->p_proto;
	return 0;
}

const char *
rule_proto_name(uint8_t proto)
{
	static char known[256][RULE_NAME_TEXT];
	static bool asked[256];

	if (!asked[proto]) {
		const struct protoent *ent = getprotobynumber(proto);
		const char *name = ent != NULL ? ent->p_name : NULL;

		for (unsigned i = 0; name == NULL && i < RTE_DIM(protos); i++)
			if (protos[i].number == proto)
				name = protos[i].name;
		if (name != NULL)
			strncpy(known[proto], name, RULE_NAME_TEXT - 1);
		asked[proto] = true;
	}
	return known[proto][0] != '\0' ? known[proto] : NULL;
}

int
rule_port_parse(const char *text, const char *proto, uint16_t *port, struct err *e)
{
	unsigned long long n;
	const struct servent *ent;

	if (rule_number(text, UINT16_MAX, &n)) {
		*port = n;
		return 0;
	}
	ent = getservbyname(text, proto);
	if (ent == NULL)
		return err_set(e, -EINVAL, "invalid port/service `%s' specified", text);
	*port = ntohs(ent->s_port);
	return 0;
}

void
rule_port_print(struct str *out, uint16_t port, const char *proto, bool numeric)
{
	const struct servent *ent = numeric ? NULL : getservbyport(htons(port), proto);

	if (ent != NULL)
		str_add(out, ent->s_name);
	else
		str_printf(out, "%u", port);
}

/* "5" or "5:9", bytes; *end: what follows. */
static bool
icmp_span(const char *text, char **end, uint8_t *lo, uint8_t *hi)
{
	unsigned long n = strtoul(text, end, 0);

	*lo = *hi = n;
	if (*end == text || n > UINT8_MAX)
		return false;
	if (**end != ':')
		return true;
	text = *end + 1;
	n = strtoul(text, end, 0);
	*hi = n;
	return *end != text && n <= UINT8_MAX;
}

/* "TYPE[/CODE[:CODE]]" */
static int
icmp_number(const char *text, const char *what, struct rule_icmp *out, struct err *e)
{
	char *end;
	uint8_t last;

	if (!icmp_span(text, &end, &out->type, &last))
		return err_set(e, -EINVAL, "Unknown %s type `%s'", what, text);
	out->code_lo = 0;
	out->code_hi = UINT8_MAX;
	if (*end == '/' && !icmp_span(end + 1, &end, &out->code_lo, &out->code_hi))
		return err_set(e, -EINVAL, "Unknown %s code `%s'", what, text);
	if (*end != '\0')
		return err_set(e, -EINVAL, "unknown character %c", *end);
	if (last != out->type)
		return err_set(e, -EINVAL, "%s type range not supported", what);
	return 0;
}

int
rule_icmp_parse(const char *text, const char *what, const struct rule_icmp_name *names, unsigned nb,
		struct rule_icmp *out, struct err *e)
{
	const struct rule_icmp_name *hit = NULL;
	size_t len = strlen(text);

	for (unsigned i = 0; i < nb; i++) {
		if (strncasecmp(names[i].name, text, len) != 0)
			continue;
		/* A whole name that begins another one (redirect, time-exceeded) is not ambiguous here. */
		if (hit != NULL)
			return err_set(e, -EINVAL, "Ambiguous %s type `%s': `%s' or `%s'?", what,
				       text, hit->name, names[i].name);
		hit = &names[i];
	}
	if (hit == NULL)
		return icmp_number(text, what, out, e);
	out->type = hit->type;
	out->code_lo = hit->code_lo;
	out->code_hi = hit->code_hi;
	return 0;
}

void
rule_icmp_save(struct str *out, const struct rule_icmp *icmp)
{
	str_printf(out, "%u", icmp->type);
	if (icmp->code_lo == 0 && icmp->code_hi == UINT8_MAX)
		return;
	str_printf(out, "/%u", icmp->code_lo);
	if (icmp->code_lo != icmp->code_hi)
		str_printf(out, ":%u", icmp->code_hi);
}

void
rule_icmp_print(struct str *out, const char *what, const struct rule_icmp_name *names, unsigned nb,
		const struct rule_icmp *icmp, bool numeric)
{
	for (unsigned i = 0; !numeric && i < nb; i++)
		if (names[i].type == icmp->type && names[i].code_lo == icmp->code_lo &&
		    names[i].code_hi == icmp->code_hi) {
			str_printf(out, " %s %s%s", what, icmp->invert ? "!" : "", names[i].name);
			return;
		}
	str_printf(out, " %s%stype %u", what, icmp->invert ? " !" : "", icmp->type);
	if (icmp->code_lo == icmp->code_hi)
		str_printf(out, " code %u", icmp->code_lo);
	else if (icmp->code_lo != 0 || icmp->code_hi != UINT8_MAX)
		str_printf(out, " codes %u-%u", icmp->code_lo, icmp->code_hi);
}
