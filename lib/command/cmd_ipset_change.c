/* SPDX-License-Identifier: BSD-3-Clause */
/* ipset add, del, test. Control lcore. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "base_clock.h"
#include "base_rcu.h"
#include "cmd_ipset.h"
#include "set_key.h"
#include "set_text.h"

struct change {
	struct ipset *x;
	struct set *s;
	const struct ipset_entry *e;
	uint64_t now;
};

static bool
in_range(const struct set *s, uint32_t addr)
{
	return ntohl(addr) >= s->how.lo && ntohl(addr) <= s->how.hi;
}

/* What Linux refuses to store, and to take out. */
static int
check_key(const struct set *s, const struct set_key *k)
{
	static const uint8_t none[sizeof(k->mac)];

	if (s->type->hash && k->has_mac && memcmp(k->mac, none, sizeof(none)) == 0)
		return -ENODATA;
	/* Of IPv4, and by commands; packets add them. */
	if (s->has & 1u << SET_PART_MARK && s->addr_words == 1)
		return (k->ip[0].w[0] | (k->mark & s->how.markmask)) != 0 ? 0 : -ENODATA;
	if (!set_key_is_zero(s, k))
		return 0;
	return s->parts == 1 ? -ENODATA : -EINVAL;
}

/* The same of all that it stands for. */
static int
check_spans(const struct set *s, const struct ipset_entry *e)
{
	bool bitmap = !s->type->hash;
	/* 0.0.0.0/0 is a network of those with an interface, and of hash:net,port,net. */
	bool all = s->has & 1u << SET_PART_IFACE || (s->nets == 2 && s->has & 1u << SET_PART_PORT);

	for (unsigned i = 0; i < s->addrs && i < 2 && !all; i++)
		if (e->span[i].len == 0)
			return -EDOM;
	if (bitmap && s->addrs == 0 && (e->ports.lo < s->how.lo || e->ports.hi > s->how.hi))
		return -ERANGE;
	if (bitmap && s->addrs != 0 &&
	    (!in_range(s, e->span[0].lo.w[0]) || !in_range(s, e->span[0].hi.w[0])))
		return -ERANGE;
	return 0;
}

static int
add_one(const struct set_key *k, void *arg)
{
	const struct change *c = arg;
	int rc = check_key(c->s, k);

	return rc != 0 ? rc : set_add(c->s, k, &c->e->ext, c->x->exist, c->now);
}

static int
del_one(const struct set_key *k, void *arg)
{
	const struct change *c = arg;
	int rc = check_key(c->s, k);

	rc = rc != 0 ? rc : set_del(c->s, k, c->now);
	return rc == -ENOENT && c->x->exist ? 0 : rc;
}

/* The first one's answer: a test has but one. */
static int
test_one(const struct set_key *k, void *arg)
{
	const struct change *c = arg;
	struct set_ask a = { .now = c->now, .flags = c->e->ext.nomatch ? SET_ASK_NOMATCH : 0 };
	int rc;

	rcu_reader_begin();
	rc = set_test(c->s, k, &a);
	rcu_reader_end();
	return rc > 0 ? 1 : -1;
}

static void
list_text(struct str *out, const struct ipset_entry *e)
{
	str_add(out, set_name(e->number));
	if (e->before != SET_NO_NUMBER || e->after != SET_NO_NUMBER)
		str_printf(out, " after %s",
			   set_name(e->before != SET_NO_NUMBER ? e->before : e->after));
}

static int
tell(struct ipset *x, const struct ipset_entry *e, bool is)
{
	struct str text = { 0 };
	struct set_key k = e->key;

	if (x->quiet)
		return is ? 0 : 1;
	k.ip[0] = e->span[0].lo;
	k.ip[1] = e->span[1].lo;
	k.len[0] = e->span[0].len;
	k.len[1] = e->span[1].len;
	k.port = e->ports.lo;
	if (e->set->type->part[0] == SET_PART_NAME)
		list_text(&text, e);
	else if (e->set->parts == 1 && e->set->addrs == 1 && e->set->type->hash &&
		 (e->span[0].ranged || k.len[0] != e->set->addr_words * 32))
		str_add(&text, x->argv[1]);
	else
		set_key_text(&text, e->set, &k);
	str_printf(&x->cmd->err, is ? "Warning: %s is in set %s.\n" : "%s is NOT in set %s.\n",
		   str_text(&text), x->argv[0]);
	str_free(&text);
	return is ? 0 : 1;
}

static int
change_list(struct ipset *x, struct set *s, const struct ipset_entry *e)
{
	uint64_t now = clock_ms();
	int rc;

	if (e->number == SET_NO_NUMBER)
		return ipset_fail(x, "Set to be added/deleted/tested as element does not exist.");
	if (set_get(e->number)->type->part[0] == SET_PART_NAME && x->verb == IPSET_ADD)
		return ipset_fail(x, "Sets with list:set type cannot be added to the set.");
	switch (x->verb) {
	case IPSET_ADD:
		rc = set_list_add(s, e->number, e->before, e->after, &e->ext, x->exist, now);
		break;
	case IPSET_DEL:
		rc = set_list_del(s, e->number, e->before, e->after, now);
		rc = rc == -ENOENT && x->exist ? 0 : rc;
		break;
	default:
		return tell(x, e, set_list_test(s, e->number, e->before, e->after, now) == 1);
	}
	return rc == 0 ? 0 : ipset_errno(x, rc);
}

int
ipset_change(struct ipset *x)
{
	struct ipset_entry e;
	struct change c = { .x = x, .e = &e, .now = clock_ms() };
	uint16_t number;
	int rc = ipset_find(x, x->argv[0], &number);

	if (rc != 0)
		return rc;
	c.s = set_get(number);
	rc = ipset_entry(x, c.s, &e);
	if (rc != 0)
		return rc;
	if (c.s->type->part[0] == SET_PART_NAME)
		return change_list(x, c.s, &e);
	if (x->verb == IPSET_TEST)
		return tell(x, &e, ipset_each(&e, test_one, &c) == 1);
	rc = check_spans(c.s, &e);
	if (rc == 0)
		rc = ipset_each(&e, x->verb == IPSET_ADD ? add_one : del_one, &c);
	return rc == 0 ? 0 : ipset_errno(x, rc);
}
