/* SPDX-License-Identifier: BSD-3-Clause */
/* ipset: single values, with its own errors. Control lcore. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_ipset.h"
#include "set_text.h"

int
ipset_number(const char *text, uint64_t lo, uint64_t hi, uint64_t *out, struct err *e)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 0);
	if (end == text || *end != '\0')
		return err_set(e, -EINVAL, "Syntax error: '%s' is invalid as number", text);
	if (errno != 0 || text[0] == '-' || *out < lo || *out > hi)
		return err_set(e, -EINVAL, "Syntax error: '%s' is out of range %llu-%llu", text,
			       (unsigned long long)lo, (unsigned long long)hi);
	return 0;
}

char *
ipset_strip(char *text)
{
	size_t n = strlen(text);

	if (n < 2 || text[0] != '[' || text[n - 1] != ']')
		return text;
	text[n - 1] = '\0';
	return text + 1;
}

/* Numbers only: nobody is asked for names. */
int
ipset_addr(const char *text, uint8_t family, union set_addr *out, struct err *e)
{
	struct in_addr v4;

	memset(out, 0, sizeof(*out));
	if (family == AF_INET6 && inet_pton(AF_INET6, text, out->b) == 1)
		return 0;
	if (family != AF_INET6 && strchr(text, ' ') == NULL && inet_aton(text, &v4) == 1) {
		out->w[0] = v4.s_addr;
		return 0;
	}
	return err_set(e, -EINVAL,
		       "Syntax error: cannot parse %s: resolving to IPv%u address failed", text,
		       family == AF_INET6 ? 6 : 4);
}

int
ipset_mac(const char *text, uint8_t mac[6], struct err *e)
{
	unsigned b[6];
	int end = 0;

	if (strspn(text, "0123456789abcdefABCDEF:") != strlen(text) ||
	    sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5],
		   &end) != 6 ||
	    text[end] != '\0')
		return err_set(e, -EINVAL, "Syntax error: cannot parse '%s' as ethernet address",
			       text);
	for (unsigned i = 0; i < 6; i++)
		mac[i] = b[i];
	return 0;
}

/* "0x12", nothing else; where it ends, or NULL. */
static const char *
hex(const char *text, uint32_t *out)
{
	unsigned long long value;
	char *end;

	if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X') ||
	    !isxdigit((unsigned char)text[2]))
		return NULL;
	value = strtoull(text, &end, 16);
	*out = value;
	return value <= UINT32_MAX ? end : NULL;
}

int
ipset_mark(const char *text, uint32_t *mark, uint32_t *mask, struct err *e)
{
	const char *end = hex(text, mark);

	*mask = UINT32_MAX;
	if (end != NULL && *end == '/')
		end = hex(end + 1, mask);
	if (end == NULL || *end != '\0')
		return err_set(
			e, -EINVAL,
			"Syntax error: Invalid skbmark format, it should be:  MARK/MASK or MARK "
			"(see manpage)");
	return 0;
}

int
ipset_prio(const char *text, uint32_t *prio, struct err *e)
{
	unsigned major, minor;
	int end = 0;

	if (sscanf(text, "%4x:%4x%n", &major, &minor, &end) != 2 || text[end] != '\0')
		return err_set(e, -EINVAL,
			       "Syntax error: Invalid skbprio format, it should be:MAJOR:MINOR "
			       "(see manpage)");
	*prio = major << 16 | minor;
	return 0;
}

int
ipset_comment(const char *text, struct err *e)
{
	if (strchr(text, '"') != NULL)
		return err_set(e, -EINVAL,
			       "Syntax error: \" character is not permitted in comments");
	if (strlen(text) >= IPSET_COMMENT)
		return err_set(
			e, -EINVAL,
			"Syntax error: Comment is longer than the maximum allowed %d characters",
			IPSET_COMMENT - 1);
	return 0;
}

int
ipset_name(const char *text, struct err *e)
{
	if (strlen(text) < SET_NAME)
		return 0;
	return err_set(e, -EINVAL, "Syntax error: setname '%s' is longer than %d characters", text,
		       SET_NAME - 1);
}

static int
port_number(const char *text, const char *proto, uint16_t *out, struct err *e)
{
	const struct servent *s;
	struct err first = { "" };
	uint64_t n;

	if (ipset_number(text, 0, UINT16_MAX, &n, &first) == 0) {
		*out = n;
		return 0;
	}
	s = getservbyname(text, proto);
	if (s == NULL)
		return err_set(e, -EINVAL,
			       "%s\nSyntax error: '%s' is invalid as number\ncannot parse '%s' as "
			       "a %s port",
			       first.text, proto, text, proto);
	*out = ntohs(s->s_port);
	return 0;
}

static int
port_range(char *text, const char *proto, struct ipset_ports *out, struct err *e)
{
	char *dash = text[0] == '[' ? strchr(text, ']') : text, *second;
	int rc;

	dash = dash != NULL ? strchr(dash + (*dash != '\0'), '-') : NULL;
	second = dash != NULL && dash[1] != '\0' ? dash + 1 : NULL;
	if (second != NULL)
		*dash = '\0';
	rc = port_number(ipset_strip(text), proto, &out->lo, e);
	out->hi = out->lo;
	if (rc != 0 || second == NULL)
		return rc;
	out->ranged = true;
	rc = port_number(ipset_strip(second), proto, &out->hi, e);
	if (out->lo > out->hi) {
		uint16_t lo = out->hi;

		out->hi = out->lo;
		out->lo = lo;
	}
	return rc;
}

static int
icmp_code(const char *text, bool six, struct ipset_ports *out, struct err *e)
{
	const char *slash = strchr(text, '/');
	int code = set_icmp_code(six, text), rc;
	uint64_t type, sub;
	char first[8];

	if (code < 0) {
		if (slash == NULL || slash[1] == '\0' || slash - text >= (int)sizeof(first))
			return err_set(e, -EINVAL, "Cannot parse %s as an ICMP%s type/code.", text,
				       six ? "v6" : "");
		snprintf(first, sizeof(first), "%.*s", (int)(slash - text), text);
		rc = ipset_number(first, 0, UINT8_MAX, &type, e);
		if (rc == 0)
			rc = ipset_number(slash + 1, 0, UINT8_MAX, &sub, e);
		if (rc != 0)
			return rc;
		code = type << 8 | sub;
	}
	out->lo = out->hi = code;
	return 0;
}

static int
find_proto(const char *text, uint8_t *out, struct err *e)
{
	int known = set_proto_number(text);
	struct err unused;
	uint64_t n = known;

	if (known < 0 && ipset_number(text, 0, UINT8_MAX, &n, &unused) != 0)
		return err_set(e, -EINVAL, "Syntax error: cannot parse '%s' as a protocol", text);
	*out = n;
	return n != 0 ? 0 : -EPROTO;
}

static int
port_of_proto(char *proto, char *text, uint8_t family, struct ipset_ports *out, struct err *e)
{
	int rc = find_proto(proto, &out->proto, e);

	if (rc != 0)
		return rc;
	switch (out->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
		return port_range(text, set_proto_name(out->proto), out, e);
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if ((out->proto == IPPROTO_ICMP) != (family == AF_INET))
			return err_set(
				e, -EINVAL,
				"Syntax error: Protocol %s can be used with family inet%s only",
				out->proto == IPPROTO_ICMP ? "ICMP" : "ICMPv6",
				out->proto == IPPROTO_ICMP ? "" : "6");
		return icmp_code(text, family == AF_INET6, out, e);
	}
	if (strcmp(text, "0") != 0)
		return err_set(
			e, -EINVAL,
			"Syntax error: Protocol %s can be used with pseudo port value 0 only.",
			proto);
	return 0;
}

int
ipset_ports(const char *text, uint8_t family, struct ipset_ports *out, struct err *e)
{
	char copy[128], *colon;

	*out = (struct ipset_ports){ .proto = IPPROTO_TCP };
	if (strlen(text) >= sizeof(copy))
		return err_set(e, -EINVAL, "Syntax error: '%s' is too long", text);
	strcpy(copy, text);
	colon = strchr(copy, ':');
	if (colon == NULL || colon[1] == '\0')
		return port_range(copy, "tcp", out, e);
	*colon = '\0';
	return port_of_proto(copy, colon + 1, family, out, e);
}

static int
split_span(char *text, uint8_t family, char **second, char *mark)
{
	char *dash = family == AF_INET6 || text[0] == '[' ? NULL : strchr(text, '-');
	char *slash = strchr(text, '/');

	*mark = '\0';
	if (text[0] == '[')
		slash = strchr(text, ']') != NULL ? strchr(strchr(text, ']'), '/') : NULL;
	if (slash == NULL && dash == NULL)
		dash = strchr(text, '-');
	*second = slash != NULL ? slash : dash;
	if (*second != NULL && (*second)[1] != '\0')
		*mark = **second;
	return 0;
}

int
ipset_span(char *text, uint8_t family, unsigned allowed, struct ipset_span *out, struct err *e)
{
	uint8_t bits = family == AF_INET6 ? 128 : 32;
	uint64_t len = bits;
	char *second, mark;
	int rc = 0;

	split_span(text, family, &second, &mark);
	*out = (struct ipset_span){ .len = bits };
	if (mark == '/') {
		rc = ipset_number(second + 1, 0, bits, &len, e);
		if (rc != 0)
			return rc;
	}
	if ((mark == '/' && len != bits && !(allowed & IPSET_SPAN_PREFIX)) ||
	    (mark == '-' && !(allowed & IPSET_SPAN_RANGE)))
		return err_set(e, -EINVAL, "Syntax error: %s must be %s: %s",
			       allowed & IPSET_SPAN_PREFIX ? "IP address or IP/cidr"
							   : "plain IP address",
			       allowed & IPSET_SPAN_PREFIX ? "specified" : "supplied", text);
	if (mark != '\0')
		*second = '\0';
	rc = ipset_addr(ipset_strip(text), family, &out->lo, e);
	out->hi = out->lo;
	out->len = len;
	if (rc == 0 && mark == '-') {
		out->ranged = true;
		rc = ipset_addr(ipset_strip(second + 1), family, &out->hi, e);
	}
	return rc;
}
