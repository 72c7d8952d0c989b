/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include <rte_common.h>

#include "base_str.h"
#include "pg_value.h"

/* A decimal number with an ending; plain: no fraction, no sign, no exponent. NAN: it is none. */
static double
parse(const char *text, bool plain)
{
	static const char endings[] = "kMG";
	char *end;
	const char *at;
	double v;

	if (!isdigit((unsigned char)text[0]) || strpbrk(text, "xXpP") != NULL)
		return NAN;
	if (plain && text[strspn(text, "0123456789kMG")] != '\0')
		return NAN;
	v = strtod(text, &end);
	at = *end != '\0' ? strchr(endings, *end) : NULL;
	if (at != NULL) {
		v *= pow(1000, at - endings + 1);
		end++;
	}
	return *end == '\0' ? v : NAN;
}

int
pg_value_number(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *out,
		struct err *e)
{
	double v = parse(text, true);

	if (isnan(v) || v < min || v > max)
		return err_set(e, -EINVAL, "%s: \"%s\": expected a number from %lu to %lu", option,
			       text, min, max);
	*out = v;
	return 0;
}

int
pg_value_real(const char *option, const char *text, double min, double max, double *out,
	      struct err *e)
{
	double v = parse(text, false);

	if (isnan(v) || v < min || v > max)
		return err_set(e, -EINVAL, "%s: \"%s\": expected a number from %g to %g", option,
			       text, min, max);
	*out = v;
	return 0;
}

int
pg_value_rate(const char *option, const char *text, double *pps, double *percent, struct err *e)
{
	size_t len = strlen(text);
	char number[32];
	double v = NAN;

	if (len > 1 && len < sizeof(number) && text[len - 1] == '%') {
		memcpy(number, text, len - 1);
		number[len - 1] = '\0';
		v = parse(number, false);
		if (v > 0 && v <= 100) {
			*percent = v;
			*pps = 0;
			return 0;
		}
	} else {
		v = parse(text, false);
		if (v > 0 && v <= 1e12) {
			*percent = 0;
			*pps = v;
			return 0;
		}
	}
	return err_set(e, -EINVAL,
		       "%s: \"%s\": expected packets a second (1000, 2.5M) or a share of the link "
		       "(10%%, at most 100%%)",
		       option, text);
}

int
pg_value_ports(const char *option, const char *text, struct pg_ports *out, struct err *e)
{
	unsigned first, last;
	int n = 0;

	if (sscanf(text, "%5u-%5u%n", &first, &last, &n) != 2) {
		n = 0;
		if (sscanf(text, "%5u%n", &first, &n) == 1)
			last = first;
	}
	if (n == 0 || text[n] != '\0' || !isdigit((unsigned char)text[0]) || last > UINT16_MAX ||
	    first > last)
		return err_set(e, -EINVAL, "%s: \"%s\": expected PORT or FIRST-LAST, up to 65535",
			       option, text);
	*out = (struct pg_ports){ .first = first, .nb = last - first + 1 };
	return 0;
}

int
pg_value_mac(const char *option, const char *text, struct rte_ether_addr *out, struct err *e)
{
	struct rte_ether_addr mac;

	if (strlen(text) != 17 || rte_ether_unformat_addr(text, &mac) != 0)
		return err_set(e, -EINVAL, "%s: \"%s\": expected a MAC address: 02:00:00:00:00:01",
			       option, text);
	*out = mac;
	return 0;
}

int
pg_value_addr(const char *option, const char *text, struct ip_addr *out, struct err *e)
{
	struct ip_addr a;

	if (ip_addr_parse(text, AF_UNSPEC, &a) != 0 || ip_addr_is_multicast(&a) ||
	    ip_addr_is_zero(&a))
		return err_set(e, -EINVAL, "%s: \"%s\": expected an IPv4 or IPv6 unicast address",
			       option, text);
	*out = a;
	return 0;
}

int
pg_value_word(const char *option, const char *text, const char *const *words, unsigned *out,
	      struct err *e)
{
	struct str all = { 0 };

	for (unsigned i = 0; words[i] != NULL; i++) {
		if (strcmp(text, words[i]) == 0) {
			*out = i;
			str_free(&all);
			return 0;
		}
		str_printf(&all, "%s%s",
			   i == 0                 ? ""
			   : words[i + 1] == NULL ? " or "
						  : ", ",
			   words[i]);
	}
	err_set(e, -EINVAL, "%s: \"%s\": expected %s", option, text, str_text(&all));
	str_free(&all);
	return -EINVAL;
}

int
pg_value_spread(const char *option, const char *text, double *out, struct err *e)
{
	double s = 1;

	if (strcmp(text, "uniform") == 0) {
		*out = 0;
		return 0;
	}
	if (strncmp(text, "zipf:", 5) == 0)
		s = parse(text + 5, false);
	else if (strcmp(text, "zipf") != 0)
		s = NAN;
	if (!(s > 0 && s <= 4))
		return err_set(e, -EINVAL,
			       "%s: \"%s\": expected uniform, zipf or zipf:S, S up to 4", option,
			       text);
	*out = s;
	return 0;
}
