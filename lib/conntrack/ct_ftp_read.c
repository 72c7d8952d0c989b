/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PORT 10,1,0,2,31,64      227 ... (10,2,0,2,31,64)
 * EPRT |2|fd01::2|8000|    229 ... (|||8000|)
 */
#include <strings.h>

#include "ct_ftp.h"
#include "ct_text.h"

/* Reads what stands between p and end; NULL: it makes no sense, else where it ends. *from: where it begins. */
typedef const char *reader(const char *p, const char *end, uint8_t family, const char **from,
			   struct ct_ftp_said *said);

/* n numbers separated by sep, and term (0: whatever is no digit) behind the last. NULL: no. */
static const char *
numbers(const char *p, const char *end, uint32_t *number, unsigned n, char sep, char term)
{
	unsigned i = 0;

	memset(number, 0, n * sizeof(*number));
	for (; p < end && i < n; p++) {
		if (ct_text_digit(*p))
			number[i] = number[i] * 10 + (*p - '0');
		else if (*p == sep)
			i++;
		else
			return i == n - 1 && (*p == term || term == 0) ? p : NULL;
	}
	return NULL;
}

static uint32_t
addr_of(const uint32_t *n)
{
	return rte_cpu_to_be_32(n[0] << 24 | n[1] << 16 | n[2] << 8 | n[3]);
}

static const char *
six_numbers(const char *p, const char *end, char term, struct ct_ftp_said *said)
{
	uint32_t n[6];

	p = numbers(p, end, n, RTE_DIM(n), ',', term);
	if (p == NULL)
		return NULL;
	said->addr.v4 = addr_of(n);
	said->port = rte_cpu_to_be_16(n[4] << 8 | n[5]);
	return p;
}

static const char *
read_port(const char *p, const char *end, uint8_t family, const char **from,
	  struct ct_ftp_said *said)
{
	return six_numbers(p, end, '\r', said);
}

static const char *
read_pasv(const char *p, const char *end, uint8_t family, const char **from,
	  struct ct_ftp_said *said)
{
	while (p < end && !ct_text_digit(*p))
		p++;
	*from = p;
	return six_numbers(p, end, 0, said);
}

static bool
is_delimiter(char c)
{
	return !ct_text_digit(c) && c >= 33 && c <= 126;
}

/* Up to the delimiter behind it. */
static const char *
port_number(const char *p, const char *end, char delimiter, struct ct_ftp_said *said)
{
	uint16_t port = 0;

	for (; p < end && ct_text_digit(*p); p++)
		port = port * 10 + (*p - '0');
	if (p >= end || *p != delimiter || port == 0)
		return NULL;
	said->port = rte_cpu_to_be_16(port);
	return p + 1;
}

static const char *
addr6(const char *p, const char *end, char delimiter, struct ct_ftp_said *said)
{
	const char *behind = ct_text_addr(p, end, AF_INET6, &said->addr);

	return behind != NULL && behind < end && *behind == delimiter ? behind : NULL;
}

static const char *
read_eprt(const char *p, const char *end, uint8_t family, const char **from,
	  struct ct_ftp_said *said)
{
	uint32_t n[4];
	char delimiter;

	if (end - p <= 3)
		return NULL;
	delimiter = p[0];
	if (!is_delimiter(delimiter) || p[1] != (family == AF_INET ? '1' : '2') ||
	    p[2] != delimiter)
		return NULL;
	p += 3;
	if (family == AF_INET6) {
		p = addr6(p, end, delimiter, said);
	} else {
		p = numbers(p, end, n, RTE_DIM(n), '.', delimiter);
		if (p != NULL)
			said->addr.v4 = addr_of(n);
	}
	return p != NULL ? port_number(p + 1, end, delimiter, said) : NULL;
}

static const char *
read_epsv(const char *p, const char *end, uint8_t family, const char **from,
	  struct ct_ftp_said *said)
{
	if (end - p <= 3 || !is_delimiter(p[0]) || p[1] != p[0] || p[2] != p[0])
		return NULL;
	return port_number(p + 3, end, p[0], said);
}

struct pattern {
	const char *word;
	char skip; /* what is read begins behind the next of it */
	enum ct_said kind;
	reader *read;
};

static const struct pattern patterns[CT_DIRS][2] = {
	[CT_ORIGINAL] = { { "PORT", ' ', CT_SAID_FTP_PORT, read_port },
			  { "EPRT", ' ', CT_SAID_FTP_EPRT, read_eprt } },
	[CT_REPLY] = { { "227 ", 0, CT_SAID_FTP_PASV, read_pasv },
		       { "229 ", '(', CT_SAID_FTP_EPSV, read_epsv } },
};

static enum ct_ftp_read
try(const struct pattern *t, const char *text, uint32_t len, uint8_t family,
    struct ct_ftp_said *said)
{
	const char *end = text + len, *p = text + strlen(t->word), *from, *behind;

	if (len <= strlen(t->word))
		return strncasecmp(text, t->word, len) == 0 ? CT_FTP_CUT : CT_FTP_OTHER;
	if (!ct_text_is(text, end, t->word))
		return CT_FTP_OTHER;
	if (t->skip != 0) {
		p = memchr(p, t->skip, end - p);
		if (p == NULL || p == end - 1)
			return CT_FTP_CUT;
		p++;
	}
	from = p;
	behind = t->read(p, end, family, &from, said);
	if (behind == NULL)
		return CT_FTP_CUT;
	said->kind = t->kind;
	said->off = from - text;
	said->len = behind - from;
	return CT_FTP_SAID;
}

enum ct_ftp_read
ct_ftp_read(const char *text, uint32_t len, enum ct_dir dir, uint8_t family,
	    struct ct_ftp_said *said)
{
	enum ct_ftp_read r = CT_FTP_OTHER;

	for (unsigned i = 0; i < RTE_DIM(patterns[dir]) && r == CT_FTP_OTHER; i++)
		r = try(&patterns[dir][i], text, len, family, said);
	return r;
}
