/* SPDX-License-Identifier: BSD-3-Clause */
/* `conntrack -L|-G|-D|-I|-F expect`. */
#include <errno.h>
#include <netinet/in.h>
#include <time.h>

#include "base_clock.h"
#include "base_rcu.h"
#include "cmd_conntrack_proto.h"
#include "ct_expect.h"
#include "ct_table.h"

struct walk {
	const struct conntrack *k;
	struct str *out;
	struct conntrack_print print;
	struct ct_tuple tuple; /* -G, -D */
	uint32_t now;
	unsigned nb;
};

static bool
show(const struct ct_expect *e, void *arg)
{
	struct walk *w = arg;
	struct ct_expect_snapshot s;

	/* Without -f of IPv4: not of both, as connections are. */
	if ((w->k->family != AF_UNSPEC ? w->k->family : AF_INET) != e->tuple.family)
		return true;
	ct_expect_snapshot(&s, e, w->now);
	if (w->nb++ == 0 && w->print.output & CONNTRACK_OUT_XML)
		str_add(w->out, CONNTRACK_XML_HEAD "<expect>\n");
	conntrack_expect_put(w->out, &s, &w->print);
	return true;
}

static void
walk(struct walk *w, bool (*fn)(const struct ct_expect *e, void *arg))
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	w->print.output = w->k->output;
	w->print.usec = (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
	w->now = ct_time(clock_ms());
	rcu_reader_begin();
	ct_expect_each(fn, w, w->now);
	rcu_reader_end();
}

int
conntrack_expect_list(struct cmd *c, const struct conntrack *k)
{
	struct walk w = { .k = k, .out = &c->out };

	walk(&w, show);
	if (w.nb != 0 && k->output & CONNTRACK_OUT_XML)
		str_add(&c->out, "</expect>\n");
	conntrack_say(&c->err, "%u expectations have been shown.", w.nb);
	return 0;
}

static bool
is_meant(const struct walk *w, const struct ct_expect *e)
{
	struct ct_tuple t = e->tuple;

	t.zone = 0;
	return memcmp(&t, &w->tuple, sizeof(t)) == 0;
}

static bool
show_meant(const struct ct_expect *e, void *arg)
{
	return is_meant(arg, e) ? show(e, arg), false : true;
}

static bool
remove_meant(const struct ct_expect *e, void *arg)
{
	struct walk *w = arg;

	if (w->nb != 0 || !is_meant(w, e))
		return false;
	w->nb++;
	return true;
}

/* -G and -D: the one expectation whose tuple is named. */
int
conntrack_expect_get(struct cmd *c, const struct conntrack *k)
{
	struct walk w = { .k = k, .out = &c->out };
	bool get = k->verb == CONNTRACK_GET;

	if (!conntrack_tuple(k, CT_ORIGINAL, &w.tuple))
		return conntrack_failed(&c->err, "invalid parameters");
	if (get)
		walk(&w, show_meant);
	else
		ct_expect_remove(remove_meant, &w);
	if (w.nb == 0)
		return conntrack_failed(&c->err, strerror(ENOENT));
	conntrack_say(&c->err, "%u expectations have been %s.", w.nb, get ? "shown" : "deleted");
	return 0;
}

static union ct_addr
addr_of(const struct ip_addr *a)
{
	union ct_addr to = { 0 };

	if (a->family == AF_INET)
		to.v4 = a->v4;
	else
		memcpy(to.v6, a->v6, sizeof(to.v6));
	return to;
}

static int
expect(const struct conntrack *k, struct ct *master, uint32_t now)
{
	union ct_addr src = addr_of(&k->tuple[0]), dst = addr_of(&k->tuple[1]);
	uint16_t sport = htons(k->field[CONNTRACK_TUPLE_SPORT]);
	struct ct_expect e;

	if (master->ext == NULL || master->ext->helper == NULL)
		return -EOPNOTSUPP;
	ct_expect_init(&e, master, 0, &src, &dst, k->proto, &sport,
		       htons(k->field[CONNTRACK_TUPLE_DPORT]));
	e.mask.src = addr_of(&k->mask[0]);
	e.mask.sport = htons(k->field[CONNTRACK_MASK_SPORT]);
	e.flags |= CT_EXPECT_USERSPACE;
	return ct_expect_add(LANE_MAX, &e, conntrack_timeout(k), now);
}

int
conntrack_expect_create(struct cmd *c, const struct conntrack *k)
{
	uint32_t now = ct_time(clock_ms());
	struct ct_tuple t;
	enum ct_dir dir;
	struct ct *master;
	int rc = -ENOENT;

	if (!conntrack_tuple(k, CT_ORIGINAL, &t))
		return conntrack_failed(&c->err, "invalid parameters");
	rcu_reader_begin();
	master = ct_find(LANE_MAX, &t, &dir, now);
	if (master != NULL)
		rc = expect(k, master, now);
	rcu_reader_end();
	if (master == NULL)
		return conntrack_failed(&c->err, "master conntrack not found");
	if (rc != 0)
		return conntrack_failed(&c->err, strerror(-rc));
	conntrack_say(&c->err, "1 expectations have been created.");
	return 0;
}

int
conntrack_expect_flush(struct cmd *c, const struct conntrack *k)
{
	ct_expect_remove(NULL, NULL);
	conntrack_say(&c->err, "expectation table has been emptied.");
	return 0;
}
