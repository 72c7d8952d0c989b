/* SPDX-License-Identifier: BSD-3-Clause */
/* Headers of SIP, and the URIs in them. */
#include <ctype.h>
#include <strings.h>

#include "ct_sip.h"
#include "ct_text.h"

#define DEFAULT_PORT 5060
#define PORT_LEAST 1024
#define PORT_DIGITS 5
#define NUMBER_DIGITS 11

/* How long what is searched for is at p, and how much further it begins. 0: it is not there. */
typedef uint32_t matcher(const struct ct_sip_msg *m, const char *p, uint32_t *skip);

static uint32_t
digits(const struct ct_sip_msg *m, const char *p, uint32_t *skip)
{
	const char *start = p;

	while (p < m->end && ct_text_digit(*p))
		p++;
	return p - start;
}

/* An address of IPv6 stands in brackets. NULL: there is none. */
static const char *
host(const struct ct_sip_msg *m, const char *p, union ct_addr *a)
{
	if (m->family == AF_INET)
		return ct_text_addr(p, m->end, AF_INET, a);
	if (p >= m->end || *p != '[')
		return NULL;
	p = ct_text_addr(p + 1, m->end, AF_INET6, a);
	return p != NULL && p < m->end && *p == ']' ? p + 1 : NULL;
}

/* Of a contact; something stands behind it. NULL: there is none. */
static const char *
host_and_port(const struct ct_sip_msg *m, const char *p, union ct_addr *a, uint16_t *port)
{
	uint64_t n = DEFAULT_PORT;
	const char *digits;

	p = host(m, p, a);
	if (p != NULL && p < m->end && *p == ':') {
		digits = p + 1;
		n = ct_text_number(digits, m->end, &p);
		if (p - digits > PORT_DIGITS || n < PORT_LEAST || n > UINT16_MAX)
			return NULL;
	}
	*port = rte_cpu_to_be_16(n);
	return p != NULL && p < m->end ? p : NULL;
}

/* host[:port] */
static uint32_t
host_only(const struct ct_sip_msg *m, const char *p, uint32_t *skip)
{
	union ct_addr a;
	uint16_t port;
	const char *behind = host_and_port(m, p, &a, &port);

	return behind != NULL ? behind - p : 0;
}

/* [user@]host[:port] */
static uint32_t
user_and_host(const struct ct_sip_msg *m, const char *p, uint32_t *skip)
{
	const char *at = p;

	while (at < m->end && *at != '@' && *at != '\r' && *at != '\n')
		at++;
	if (at < m->end && *at == '@') {
		*skip = at + 1 - p;
		p = at + 1;
	}
	return host_only(m, p, skip);
}

static const struct {
	const char *name, *compact;
	const char *search; /* what stands before it, anywhere in the header */
	matcher *match;
} headers[] = {
	[CT_SIP_CSEQ] = { "CSeq", NULL, NULL, digits },
	[CT_SIP_FROM] = { "From", "f", "sip:", user_and_host },
	[CT_SIP_TO] = { "To", "t", "sip:", user_and_host },
	[CT_SIP_VIA_UDP] = { "Via", "v", "UDP ", host_only },
	[CT_SIP_VIA_TCP] = { "Via", "v", "TCP ", host_only },
	[CT_SIP_CONTACT] = { "Contact", "m", "sip:", user_and_host },
	[CT_SIP_EXPIRES] = { "Expires", NULL, NULL, digits },
	[CT_SIP_CONTENT_LENGTH] = { "Content-Length", "l", NULL, digits },
};

/* p is a line's end. Where the next line goes on with the same header; NULL: it does not. */
static const char *
continued(const char *p, const char *end)
{
	if (++p >= end)
		return NULL;
	if (p[-1] == '\r' && *p == '\n' && ++p >= end)
		return NULL;
	if (*p != ' ' && *p != '\t')
		return NULL;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

static const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p < end && (*p == '\r' || *p == '\n'))
		p = continued(p, end);
	return p;
}

/* In the header that p is in; something stands behind it. */
static const char *
search(const char *p, const char *end, const char *word)
{
	size_t len = strlen(word);

	if (end - p <= (ptrdiff_t)len)
		return NULL;
	for (end -= len; p < end; p++) {
		if (*p == '\r' || *p == '\n') {
			p = continued(p, end);
			if (p == NULL)
				return NULL;
		} else if (strncasecmp(p, word, len) == 0) {
			return p;
		}
	}
	return NULL;
}

/* Behind the name, when the line begins with it. */
static const char *
behind_name(const char *p, const char *end, enum ct_sip_name name)
{
	const char *compact = headers[name].compact;

	if (ct_text_is(p, end, headers[name].name))
		return p + strlen(headers[name].name);
	if (compact != NULL && end - p > 1 && ct_text_is(p, end, compact) &&
	    !isalpha((unsigned char)p[1]))
		return p + 1;
	return NULL;
}

static int
match(const struct ct_sip_msg *m, const char *p, enum ct_sip_name name, struct ct_sip_at *at)
{
	uint32_t skip = 0;

	at->len = headers[name].match(m, p, &skip);
	if (at->len == 0)
		return -1;
	at->off = p - m->text + skip;
	return 1;
}

/* What the header says; p is behind its name. 0: no header, after all. */
static int
content(const struct ct_sip_msg *m, const char *p, enum ct_sip_name name, struct ct_sip_at *at)
{
	const char *word = headers[name].search;

	p = skip_blanks(p, m->end);
	if (p == NULL || p >= m->end || *p != ':' || p + 1 >= m->end)
		return 0;
	p = skip_blanks(p + 1, m->end);
	if (p == NULL)
		return 0;
	at->off = p - m->text;
	if (word != NULL) {
		p = search(p, m->end, word);
		if (p == NULL)
			return -1;
		p += strlen(word);
	}
	return match(m, p, name, at);
}

int
ct_sip_header(const struct ct_sip_msg *m, uint32_t off, enum ct_sip_name name, struct ct_sip_at *at)
{
	const char *behind;

	for (const char *p = m->text + off; p < m->end; p++) {
		if (*p != '\r' && *p != '\n')
			continue;
		if (++p >= m->end)
			break;
		if (p[-1] == '\r' && *p == '\n' && ++p >= m->end)
			break;
		if (*p == ' ' || *p == '\t')
			continue;
		behind = behind_name(p, m->end, name);
		if (behind != NULL)
			return content(m, behind, name, at);
	}
	return 0;
}

bool
ct_sip_number(const struct ct_sip_msg *m, uint32_t off, uint32_t *n)
{
	const char *p = m->text + off, *behind;
	uint64_t value = ct_text_number(p, m->end, &behind);

	*n = value;
	return behind != p && behind - p <= NUMBER_DIGITS && value <= UINT32_MAX;
}

/* The next one in the same header. */
static int
next_in_header(const struct ct_sip_msg *m, uint32_t off, struct ct_sip_at *at)
{
	const char *p = search(m->text + off, m->end, ",");

	if (p != NULL)
		p = search(p, m->end, "sip:");
	if (p == NULL)
		return 0;
	p += strlen("sip:");
	at->off = p - m->text;
	return match(m, p, CT_SIP_CONTACT, at);
}

/* Those that make no sense are passed over. in_header: for contacts only. */
static bool
next_uri(const struct ct_sip_msg *m, uint32_t off, enum ct_sip_name name, bool in_header,
	 struct ct_sip_at *at)
{
	int rc = 0;

	if (in_header)
		while ((rc = next_in_header(m, off, at)) < 0)
			off = at->off;
	if (rc > 0)
		return true;
	while ((rc = ct_sip_header(m, off, name, at)) < 0)
		off = at->off;
	return rc > 0;
}

bool
ct_sip_contact(const struct ct_sip_msg *m, struct ct_sip_contact *c)
{
	struct ct_sip_uri *u = &c->uri;

	if (!next_uri(m, c->next, CT_SIP_CONTACT, c->in_header, &u->at))
		return false;
	c->in_header = true;
	c->next = host_and_port(m, m->text + u->at.off, &u->addr, &u->port) - m->text;
	return true;
}

bool
ct_sip_uri(const struct ct_sip_msg *m, enum ct_sip_name name, struct ct_sip_uri *u)
{
	return next_uri(m, 0, name, false, &u->at) &&
	       host_and_port(m, m->text + u->at.off, &u->addr, &u->port) != NULL;
}

bool
ct_sip_request_uri(const struct ct_sip_msg *m, struct ct_sip_uri *u)
{
	const char *p = m->text;
	uint32_t skip = 0;

	while (p < m->end && isalpha((unsigned char)*p))
		p++;
	if (p == m->text || ++p >= m->end)
		return false;
	for (; !ct_text_is(p, m->end, "sip:"); p++)
		if (p >= m->end || *p == '\r' || *p == '\n')
			return false;
	p += strlen("sip:");
	u->at.len = user_and_host(m, p, &skip);
	u->at.off = p + skip - m->text;
	return u->at.len != 0 && host_and_port(m, m->text + u->at.off, &u->addr, &u->port) != NULL;
}

/* A contact's parameters end with it. */
static const char *
parameters_end(const struct ct_sip_msg *m, uint32_t off)
{
	const char *comma = search(m->text + off, m->end, ",");

	return comma != NULL ? comma : m->end;
}

bool
ct_sip_transport(const struct ct_sip_msg *m, uint32_t off, uint8_t *proto)
{
	const char *p = search(m->text + off, parameters_end(m, off), "transport=");

	*proto = m->proto;
	if (p == NULL)
		return true;
	p += strlen("transport=");
	if (ct_text_is(p, m->end, "TCP"))
		*proto = IPPROTO_TCP;
	else if (ct_text_is(p, m->end, "UDP"))
		*proto = IPPROTO_UDP;
	else
		return false;
	return *proto == m->proto;
}

/* Behind the parameter's name; NULL: there is none. */
static const char *
parameter(const struct ct_sip_msg *m, uint32_t off, const char *name)
{
	const char *p = search(m->text + off, parameters_end(m, off), name);

	return p != NULL ? p + strlen(name) : NULL;
}

int
ct_sip_parameter(const struct ct_sip_msg *m, uint32_t off, const char *name, struct ct_sip_at *at,
		 uint32_t *value)
{
	const char *p = parameter(m, off, name);

	if (p == NULL)
		return 0;
	if (at != NULL)
		*at = (struct ct_sip_at){ p - m->text, digits(m, p, NULL) };
	return ct_sip_number(m, p - m->text, value) ? 1 : -1;
}

bool
ct_sip_address_parameter(const struct ct_sip_msg *m, uint32_t off, const char *name, bool brackets,
			 struct ct_sip_at *at, union ct_addr *addr)
{
	const char *p = parameter(m, off, name), *behind;

	if (p == NULL)
		return false;
	behind = brackets ? host(m, p, addr) : ct_text_addr(p, m->end, m->family, addr);
	if (behind == NULL)
		return false;
	*at = (struct ct_sip_at){ p - m->text, behind - p };
	return true;
}
