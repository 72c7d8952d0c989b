/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "rule_dsfield.h"
#include "rule_value.h"

#define NAMED_MASK 0x3f /* what a name stands for leaves the upper two bits out */

struct name {
	const char *name;
	uint8_t value;
};

static const struct name tos_names[] = {
	{ "Minimize-Delay", 0x10 },       { "Maximize-Throughput", 0x08 },
	{ "Maximize-Reliability", 0x04 }, { "Minimize-Cost", 0x02 },
	{ "Normal-Service", 0x00 },
};

static const struct name classes[] = {
	{ "CS0", 0x00 },  { "CS1", 0x08 },  { "CS2", 0x10 },  { "CS3", 0x18 },  { "CS4", 0x20 },
	{ "CS5", 0x28 },  { "CS6", 0x30 },  { "CS7", 0x38 },  { "BE", 0x00 },   { "AF11", 0x0a },
	{ "AF12", 0x0c }, { "AF13", 0x0e }, { "AF21", 0x12 }, { "AF22", 0x14 }, { "AF23", 0x16 },
	{ "AF31", 0x1a }, { "AF32", 0x1c }, { "AF33", 0x1e }, { "AF41", 0x22 }, { "AF42", 0x24 },
	{ "AF43", 0x26 }, { "EF", 0x2e },
};

static const struct name *
find(const struct name *names, unsigned nb, const char *text)
{
	for (unsigned i = 0; i < nb; i++)
		if (strcasecmp(names[i].name, text) == 0)
			return &names[i];
	return NULL;
}

static bool
parse_byte(const char *text, char **end, uint8_t *out)
{
	unsigned long n = strtoul(text, end, 0);

	*out = n;
	return *end != text && n <= UINT8_MAX;
}

int
rule_tos_parse(const struct rule_parse *p, const char *text, struct rule_tos *out)
{
	const struct name *name;
	char *end;

	out->mask = UINT8_MAX;
	if (parse_byte(text, &end, &out->value)) {
		if (*end == '/' ? parse_byte(end + 1, &end, &out->mask) && *end == '\0'
				: *end == '\0')
			return 0;
		return err_set(p->err, -EINVAL, "Illegal value: \"%s\"", text);
	}
	name = find(tos_names, RTE_DIM(tos_names), text);
	if (name == NULL)
		return err_set(p->err, -EINVAL, "Symbolic name \"%s\" is unknown", text);
	*out = (struct rule_tos){ name->value, NAMED_MASK };
	return 0;
}

const char *
rule_tos_name(const struct rule_tos *tos)
{
	for (unsigned i = 0; tos->mask == NAMED_MASK && i < RTE_DIM(tos_names); i++)
		if (tos_names[i].value == tos->value)
			return tos_names[i].name;
	return NULL;
}

int
rule_dscp_parse(const struct rule_parse *p, bool class, const char *text, uint8_t *dscp)
{
	const struct name *name = class ? find(classes, RTE_DIM(classes), text) : NULL;
	uint32_t n = 0;
	int rc = 0;

	if (class && name == NULL)
		return err_set(p->err, -EINVAL, "Invalid DSCP value `%s'", text);
	if (!class)
		rc = rule_value_number(p, text, 0, RULE_DSCP_MAX, &n);
	*dscp = class ? name->value : n;
	return rc;
}
