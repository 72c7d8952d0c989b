/* SPDX-License-Identifier: BSD-3-Clause */
/* See cmd_ipset_print.h. */
#include "cmd_ipset_print.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>

#include "set_key.h"

/* An option and its value: " name value", or a tag. Without a value: " name", "<name/>". */
__attribute__((format(printf, 4, 5))) static void
put(struct str *out, enum ipset_mode mode, const char *name, const char *fmt, ...)
{
	char value[512] = "";
	va_list ap;

	if (fmt != NULL) {
		va_start(ap, fmt);
		vsnprintf(value, sizeof(value), fmt, ap);
		va_end(ap);
	}
	if (mode == IPSET_XML && fmt == NULL)
		str_printf(out, "<%s/>", name);
	else if (mode == IPSET_XML)
		str_printf(out, "<%s>%s</%s>", name, value, name);
	else
		str_printf(out, " %s%s%s", name, fmt == NULL ? "" : " ", value);
}

static void
put_flag(struct str *out, enum ipset_mode mode, bool is, const char *name)
{
	if (is)
		put(out, mode, name, NULL);
}

static void
put_masks(struct str *out, enum ipset_mode mode, const struct set *s)
{
	char text[INET6_ADDRSTRLEN];

	if (s->how.flags & SET_NETMASK)
		put(out, mode, "netmask", "%u", s->how.netmask);
	if (s->how.flags & SET_BITMASK)
		put(out, mode, "bitmask", "%s",
		    inet_ntop(s->how.family, s->how.bitmask.w, text, sizeof(text)));
}

static void
put_extensions(struct str *out, enum ipset_mode mode, const struct set *s)
{
	if (s->how.flags & SET_TIMEOUT)
		put(out, mode, "timeout", "%u", s->how.timeout);
	put_flag(out, mode, s->how.flags & SET_COUNTERS, "counters");
	put_flag(out, mode, s->how.flags & SET_COMMENT, "comment");
	put_flag(out, mode, s->how.flags & SET_SKBINFO, "skbinfo");
}

static void
put_hash(struct str *out, enum ipset_mode mode, const struct set *s)
{
	bool late = s->parts > 1; /* these got their masks later, and print them later */

	if (s->type->families)
		put(out, mode, "family", "%s", s->how.family == AF_INET ? "inet" : "inet6");
	if (set_has(s->type, SET_PART_MARK))
		put(out, mode, "markmask", "0x%08x", s->how.markmask);
	put(out, mode, "hashsize", "%u", s->how.hashsize);
	put(out, mode, "maxelem", "%u", s->how.maxelem);
	if (!late)
		put_masks(out, mode, s);
	put_extensions(out, mode, s);
	put(out, mode, "bucketsize", "%u", s->how.bucketsize);
	put(out, mode, "initval", "0x%08x", s->how.initval);
	if (late)
		put_masks(out, mode, s);
}

static void
put_range(struct str *out, enum ipset_mode mode, const struct set *s)
{
	char lo[INET_ADDRSTRLEN], hi[INET_ADDRSTRLEN];
	uint32_t first = htonl(s->how.lo), last = htonl(s->how.hi);

	if (s->addrs == 0)
		put(out, mode, "range", "%u-%u", s->how.lo, s->how.hi);
	else
		put(out, mode, "range", "%s-%s", inet_ntop(AF_INET, &first, lo, sizeof(lo)),
		    inet_ntop(AF_INET, &last, hi, sizeof(hi)));
	put_masks(out, mode, s);
	put_extensions(out, mode, s);
}

static void
put_how(struct str *out, enum ipset_mode mode, const struct set *s)
{
	if (s->type->hash) {
		put_hash(out, mode, s);
	} else if (s->type->part[0] == SET_PART_NAME) {
		put(out, mode, "size", "%u", s->how.size);
		put_extensions(out, mode, s);
	} else {
		put_range(out, mode, s);
	}
}

void
ipset_print_header(struct str *out, enum ipset_mode mode, uint16_t number)
{
	struct set *s = set_get(number);
	const char *name = set_name(number), *type = s->type->name;
	unsigned revision = s->type->revision;

	if (mode == IPSET_AS_SAVE) {
		str_printf(out, "create %s %s", name, type);
		put_how(out, mode, s);
		str_add(out, "\n");
		return;
	}
	if (mode == IPSET_XML)
		str_printf(
			out,
			"<ipset name=\"%s\">\n<type>%s</type>\n<revision>%u</revision>\n<header>",
			name, type, revision);
	else
		str_printf(out, "Name: %s\nType: %s\nRevision: %u\nHeader:", name, type, revision);
	put_how(out, mode, s);
	str_printf(out,
		   mode == IPSET_XML
			   ? "\n<memsize>%lu</memsize>\n<references>%u</references>\n"
			     "<numentries>%u</numentries>\n</header>\n"
			   : "\nSize in memory: %lu\nReferences: %u\nNumber of entries: %u\n",
		   (unsigned long)set_bytes(s), set_references(number), set_count(s));
}

void
ipset_print_ext(struct str *out, enum ipset_mode mode, const struct set *s, const struct set_key *k,
		const struct set_ext *x)
{
	if (s->how.flags & SET_TIMEOUT)
		put(out, mode, "timeout", "%u", x->timeout);
	put_flag(out, mode, x->nomatch, "nomatch");
	put_flag(out, mode, k->wildcard, "wildcard");
	if (s->how.flags & SET_COUNTERS) {
		put(out, mode, "packets", "%llu", (unsigned long long)x->packets);
		put(out, mode, "bytes", "%llu", (unsigned long long)x->bytes);
	}
	if (x->comment != NULL)
		put(out, mode, "comment", "\"%s\"", x->comment);
	if (x->mark != 0 || x->mark_mask != 0) {
		if (x->mark_mask == UINT32_MAX)
			put(out, mode, "skbmark", "0x%x", x->mark);
		else
			put(out, mode, "skbmark", "0x%x/0x%x", x->mark, x->mark_mask);
	}
	if (x->prio != 0)
		put(out, mode, "skbprio", "%x:%x", x->prio >> 16, x->prio & UINT16_MAX);
	if (x->queue != 0)
		put(out, mode, "skbqueue", "%u", x->queue);
}
