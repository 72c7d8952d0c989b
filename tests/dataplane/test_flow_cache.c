/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The flow cache changes nothing: the same packets and the same commands, by chance but from one seed, with it and without;
 * every frame, every counter, every connection is the same after each burst.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_jhash.h>
#include <rte_random.h>

#include "base_clock.h"
#include "base_str.h"
#include "cmd.h"
#include "ct_ext.h"
#include "ct_table.h"
#include "dp.h"
#include "dp_frame.h"
#include "flow.h"
#include "pkt_guard.h"

#define FLOWS 14
#define ROUNDS 300
#define HOOKS 64

static const char *const rules[] = {
	"iptables -t raw -A PREROUTING -i p0 -p udp",
	("iptables -t raw -A PREROUTING -p udp --dport 55 -m u32 --u32 0>>22&0x3C@8>>24=0 "
	 "-m ttl --ttl-gt 5"),
	("iptables -t mangle -A PREROUTING -m length --length 400: -p udp --dport 55 -j DSCP "
	 "--set-dscp 10"),
	"iptables -t mangle -A FORWARD -m dscp --dscp 10",
	"iptables -t mangle -A POSTROUTING -p tcp --sport 443 -j TOS --or-tos 4",
	"iptables -t mangle -A POSTROUTING -m tos --tos 8 -p udp --dport 54 -j MARK --set-mark 9",
	"iptables -t mangle -A POSTROUTING -m mark --mark 9",
	"iptables -t mangle -A PREROUTING -p tcp --dport 80 -j MARK --set-mark 3",
	"iptables -t mangle -A PREROUTING -p udp -j CONNMARK --restore-mark",
	("iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS "
	 "--clamp-mss-to-pmtu"),
	"iptables -t mangle -A POSTROUTING -p udp --dport 53 -j CONNMARK --set-mark 7",
	"iptables -N lan",
	"iptables -A FORWARD -m length --length 1000: -p udp --dport 54",
	"iptables -A FORWARD -i p0 -j lan",
	"iptables -A FORWARD -m conntrack --ctstate ESTABLISHED -m mark --mark 3",
	"iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP",
	"iptables -A FORWARD -m connmark --mark 7",
	("iptables -A FORWARD -p tcp --dport 8080 --tcp-flags PSH PSH -m mac --mac-source "
	 "02:00:00:00:00:01"),
	"iptables -A FORWARD -m length --length 900: -p udp --dport 9 -j DROP",
	"iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
	"iptables -A FORWARD -p tcp --dport 9 -j REJECT",
	"iptables -A lan -p udp --dport 54 -m ttl --ttl-gt 10",
	"iptables -A lan -p tcp -m multiport --dports 80,443 -j RETURN",
	"iptables -A lan -m statistic --mode nth --every 3 --packet 0 -p udp --dport 55",
	"iptables -t nat -A PREROUTING -d 10.2.0.9 -j DNAT --to-destination 10.2.0.2",
	"iptables -t nat -A POSTROUTING -o p1 -p tcp -j MASQUERADE",
	"iptables -t security -A FORWARD -p tcp",
	"ip6tables -t mangle -A PREROUTING -p tcp -j MARK --set-mark 5",
	"ip6tables -A FORWARD -m mark --mark 5",
	"ip6tables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT",
	"ip6tables -t nat -A POSTROUTING -o p1 -p udp --dport 53 -j MASQUERADE",
};

/* Done and undone in turns. */
static const char *const changes[][2] = {
	{ "iptables -I FORWARD -p udp", "iptables -D FORWARD 1" },
	{ "iptables -A lan -j DROP -p udp --dport 53",
	  "iptables -D lan -j DROP -p udp --dport 53" },
	{ "iptables -A FORWARD -m length --length 50:70 -p tcp -j DROP",
	  "iptables -D FORWARD -m length --length 50:70 -p tcp -j DROP" },
	{ "iptables -t mangle -I PREROUTING -p tcp --tcp-flags PSH PSH",
	  "iptables -t mangle -D PREROUTING 1" },
	{ "iptables -t raw -A PREROUTING -p udp --dport 54 -j NOTRACK",
	  "iptables -t raw -D PREROUTING -p udp --dport 54 -j NOTRACK" },
	{ "iptables -P FORWARD DROP", "iptables -P FORWARD ACCEPT" },
	{ "iptables -Z", "iptables -t mangle -Z" },
	{ "ip route add 10.2.0.2/32 via 10.1.0.2", "ip route del 10.2.0.2/32 via 10.1.0.2" },
	{ "ip route add blackhole 10.2.0.2/32 metric 5", "ip route del 10.2.0.2/32 metric 5" },
	{ "ip link set p1 mtu 1300", "ip link set p1 mtu 1500" },
	{ "ip neigh replace 10.2.0.2 lladdr 02:00:00:00:02:01 dev p1",
	  "ip neigh replace 10.2.0.2 lladdr 02:00:00:00:01:01 dev p1" },
	{ "sysctl -w net.ipv4.ip_forward=0", "sysctl -w net.ipv4.ip_forward=1" },
	{ "sysctl -w net.ipv4.conf.p0.rp_filter=1", "sysctl -w net.ipv4.conf.p0.rp_filter=0" },
	{ "sysctl -w net.netfilter.nf_conntrack_checksum=0",
	  "sysctl -w net.netfilter.nf_conntrack_checksum=1" },
	{ "ip addr add 10.1.0.2/24 dev p0", "ip addr del 10.1.0.2/24 dev p0" },
	{ "ip rule add from 10.1.0.2 table 7", "ip rule del from 10.1.0.2 table 7" },
	{ "ip6tables -I FORWARD -p udp -m hl --hl-gt 20", "ip6tables -D FORWARD 1" },
	{ "ip -6 route add fd02::2/128 via fd01::2", "ip -6 route del fd02::2/128" },
};

/* One of the talks between 10.1.0.2 and 10.2.0.2, and what TCP has said so far. */
struct talk {
	struct dp_ip way[DP_SIDES];
	uint32_t next[DP_SIDES]; /* sequence numbers */
	unsigned step;           /* of the handshake */
	bool deaf;               /* nobody answers */
};

static int
configure(void **state)
{
	if (dp_router(state) != 0)
		return -1;
	DP("sysctl -w net.ipv4.icmp_ratemask=0");
	DP("sysctl -w net.ipv4.icmp_msgs_per_sec=1000000");
	DP("sysctl -w net.ipv4.icmp_msgs_burst=1000000");
	DP("sysctl -w net.ipv6.icmp.ratelimit=0");
	DP("sysctl -w net.ipv4.conf.all.send_redirects=0"); /* they are sent by the clock */
	DP("sysctl -w net.ipv4.conf.p0.send_redirects=0");
	DP("sysctl -w net.ipv4.conf.p1.send_redirects=0");
	DP("sysctl -w net.netfilter.nf_conntrack_max=8192");
	DP_ALL(rules);
	return 0;
}

static void
begin(struct talk *talks)
{
	static const uint16_t ports[] = { 80, 443, 53, 54, 55, 9, 8080 };

	for (unsigned i = 0; i < FLOWS; i++) {
		struct talk *t = &talks[i];
		bool v6 = i % 3 == 2, translated = !v6 && i % 4 == 1;
		uint8_t proto = i % 2 == 0 ? IPPROTO_TCP : IPPROTO_UDP;
		uint16_t port = ports[i % RTE_DIM(ports)];

		memset(t, 0, sizeof(*t));
		t->way[0] = (struct dp_ip){ .src = v6 ? "fd01::2" : "10.1.0.2",
					    .dst = v6           ? "fd02::2"
						   : translated ? "10.2.0.9"
								: "10.2.0.2",
					    .proto = proto,
					    .sport = 2000 + i,
					    .dport = port };
		t->way[1] = (struct dp_ip){ .src = v6 ? "fd02::2" : "10.2.0.2",
					    .dst = v6 ? "fd01::2" : "10.1.0.2",
					    .proto = proto,
					    .sport = port,
					    .dport = 2000 + i,
					    .side = 1 };
		if (!v6 && proto == IPPROTO_TCP)
			t->way[1].dst = "10.2.0.1";
		if (v6 && proto == IPPROTO_UDP && port == 53)
			t->way[1].dst = "fd02::1";
		t->deaf = i % 5 == 0;
		t->next[0] = 1000;
		t->next[1] = 90000;
	}
}

static unsigned
chance(unsigned of)
{
	return rte_rand_max(of);
}

static struct dp_frame
segment(struct talk *t)
{
	static const uint8_t odd[] = { 0x11, 0x04, 0x02, 0x38, 0x50, 0x12 };
	unsigned side = t->step < 3 ? t->step % 2 : chance(2);
	struct dp_ip s = t->way[side];

	s.ttl = 64;
	s.win = 5000;
	s.seq = t->next[side];
	s.ack = t->next[!side];
	s.flags = t->step == 0 ? 0x02 : t->step == 1 ? 0x12 : 0x10 | (chance(4) == 0 ? 0x08 : 0);
	t->next[side] += t->step < 2;
	if (t->step < 3) {
		t->step++;
		return dp_ip(&s);
	}
	s.payload = chance(3) == 0 ? chance(1400) : chance(40);
	if (chance(80) == 0)
		s.flags = odd[chance(RTE_DIM(odd))];
	if (chance(80) == 0)
		s.seq += 1000000;
	else
		t->next[side] += s.payload;
	if (s.flags & 0x04 || chance(150) == 0)
		t->step = 0;
	return dp_ip(&s);
}

static struct dp_frame
any(struct talk *talks)
{
	struct talk *t = &talks[chance(FLOWS)];
	struct dp_frame f;
	struct dp_ip s;

	if (t->way[0].proto == IPPROTO_TCP) {
		f = segment(t);
	} else {
		s = t->way[t->step++ == 0 || t->deaf ? 0 : chance(2)];
		s.ttl = chance(30) == 0 ? 1 : 64;
		s.payload = chance(5) == 0 ? chance(1450) : chance(50);
		s.tos = chance(5) == 0 ? 8 : 0;
		if (chance(40) == 0 && strchr(s.src, ':') == NULL)
			s.frag = 1; /* the first one never comes: nobody tells */
		f = dp_ip(&s);
	}
	if (chance(40) == 0)
		f.bytes[f.len - 1] ^= 1; /* a wrong checksum */
	return f;
}

/*
 * What the ports sent, and apart from that what the box made itself: it leaves behind the burst, or where frames are put in
 * order between them. Its identification is by chance.
 */
static void
put_frames(struct str *out)
{
	for (unsigned side = 0; side < DP_SIDES; side++) {
		struct str own = { 0 };
		struct rte_mbuf *m;

		str_printf(out, "p%u:", side);
		while ((m = dp_take(side)) != NULL) {
			uint8_t *d = rte_pktmbuf_mtod(m, uint8_t *);
			bool made = d[12] == 8 ? d[22] == 64 : d[21] == 64;

			pkt_unguard(m);
			if (made && d[12] == 8 && d[13] == 0)
				memset(d + 18, 0, 8);
			str_printf(made ? &own : out, " %u/%08x", m->data_len,
				   rte_jhash(d, m->data_len, 0));
			rte_pktmbuf_free(m);
		}
		str_printf(out, "\nmade: %s\n", str_text(&own));
		str_free(&own);
	}
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct lines {
	unsigned nb;
	char *line[FLOWS * 4];
};

/* UDP is assured by the clock. */
static bool
put_one(struct ct *ct, void *arg)
{
	struct lines *l = arg;
	struct ct_tuple t = ct_tuple(ct, CT_ORIGINAL), r = ct_tuple(ct, CT_REPLY);
	uint32_t status = ct_status(ct);
	struct str s = { 0 };

	if (ct->proto == IPPROTO_UDP)
		status &= ~CT_ASSURED;
	str_printf(&s, "%u %08x %08x %x mark %u ", ct->proto, rte_jhash(&t, sizeof(t), 0),
		   rte_jhash(&r, sizeof(r), 0), status, ct->mark);
	if (ct->proto == IPPROTO_TCP)
		str_printf(&s, "tcp %u %08x", ct->state, rte_jhash(&ct->tcp, sizeof(ct->tcp), 0));
	if (ct->ext != NULL)
		str_printf(&s, " acct %llu/%llu %llu/%llu",
			   (unsigned long long)ct->ext->acct[0].packets,
			   (unsigned long long)ct->ext->acct[0].bytes,
			   (unsigned long long)ct->ext->acct[1].packets,
			   (unsigned long long)ct->ext->acct[1].bytes);
	assert_true(l->nb < RTE_DIM(l->line));
	l->line[l->nb++] = strdup(str_text(&s));
	str_free(&s);
	return true;
}

static void
put_connections(struct str *out)
{
	struct lines l = { 0 };

	ct_each(put_one, &l);
	qsort(l.line, l.nb, sizeof(l.line[0]), by_text);
	for (unsigned i = 0; i < l.nb; i++) {
		str_printf(out, "%s\n", l.line[i]);
		free(l.line[i]);
	}
}

struct hooks {
	struct str *out;
	unsigned nb;
	uint64_t from[HOOKS];
};

static void
put_hook(const struct hook_info *i, void *arg)
{
	struct hooks *h = arg;

	if (strcmp(i->name, "conntrack") == 0)
		return; /* sees packets once more that had to wait for another one */
	assert_true(h->nb < HOOKS);
	if (h->out == NULL)
		h->from[h->nb++] = i->packets - i->dropped;
	else
		str_printf(h->out, "%d %d %s %llu\n", i->family, i->point, i->name,
			   (unsigned long long)(i->packets - i->dropped - h->from[h->nb++]));
}

static void
put_all(struct str *out, struct hooks *h)
{
	static const char *const shows[] = { "iptables-save -c", "ip6tables-save -c" };

	for (unsigned i = 0; i < RTE_DIM(shows); i++) {
		char *text = strdup(DP(shows[i])), *at = text, *line;

		while ((line = strsep(&at, "\n")) != NULL)
			if (line[0] != '#')
				str_printf(out, "%s\n", line);
		free(text);
	}
	put_connections(out);
	h->nb = 0;
	h->out = out;
	hook_each(put_hook, h);
}

static void
update(unsigned mark)
{
	struct str out = { 0 }, err = { 0 };
	char line[40];

	snprintf(line, sizeof(line), "conntrack -U --mark %u", mark);
	cmd_run_line(line, NULL, 0, &out, &err); /* or there is no connection now */
	str_free(&out);
	str_free(&err);
}

/* Two things at most are otherwise than at the start. */
static void
change(struct str *out, uint8_t done[RTE_DIM(changes)])
{
	unsigned c = chance(RTE_DIM(changes)), nb = 0;

	for (unsigned i = 0; i < RTE_DIM(changes); i++)
		nb += done[i];
	while (nb == 2 && !done[c])
		c = (c + 1) % RTE_DIM(changes);
	str_printf(out, "%s\n", changes[c][done[c]]);
	DP(changes[c][done[c]]);
	done[c] = !done[c];
}

/* All that happens, as text. */
static void
play(struct str *out, uint64_t seed, const char *cache, const char *acct)
{
	static struct talk talks[FLOWS];
	uint8_t done[RTE_DIM(changes)] = { 0 };
	struct hooks h = { .nb = 0 };

	DP("sysctl -w net.pollux.flow_cache=0");
	DP(acct);
	DP("conntrack -F");
	clock_advance(60000); /* fragments of another time say farewell */
	for (unsigned i = 0; i < 8; i++)
		dp_round(i % 2);
	dp_flush(0);
	dp_flush(1);
	DP("iptables -Z");
	DP("iptables -t mangle -Z");
	DP("iptables -t raw -Z");
	DP("iptables -t nat -Z");
	DP("iptables -t security -Z");
	DP("ip6tables -Z");
	DP("ip6tables -t mangle -Z");
	DP("ip6tables -t nat -Z");
	DP(cache);
	hook_each(put_hook, &h);
	rte_srand(seed);
	begin(talks);
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned n = 1 + chance(chance(2) ? 50 : 4);

		for (unsigned i = 0; i < n; i++) {
			struct dp_frame f = any(talks);

			dp_give(f.bytes[5] - 0x10, f.bytes, f.len);
		}
		dp_run();
		if (round < 8)
			clock_advance(400); /* UDP becomes a stream */
		str_printf(out, "round %u\n", round);
		put_frames(out);
		if (round % 4 == 0)
			put_all(out, &h);
		if (chance(6) == 0)
			change(out, done);
		if (chance(20) == 0)
			update(round);
	}
	for (unsigned c = 0; c < RTE_DIM(changes); c++)
		if (done[c])
			DP(changes[c][1]);
}

static size_t
line_of(const char *at)
{
	return strcspn(at, "\n");
}

/* The first line that differs, with where it is. */
static void
compare(const char *a, const char *b)
{
	const char *line = a, *round = "";

	if (strcmp(a, b) == 0)
		return;
	for (; *a == *b; a++, b++) {
		if (*a != '\n')
			continue;
		line = a + 1;
		if (strncmp(line, "round", 5) == 0)
			round = line;
	}
	b -= a - line;
	fail_msg("%.*s\nwithout: %.*s\nwith:    %.*s", (int)line_of(round), round,
		 (int)line_of(line), line, (int)line_of(b), b);
}

static void
twice(uint64_t seed, const char *acct)
{
	struct str without = { 0 }, with = { 0 };
	uint64_t served;

	play(&without, seed, "sysctl -w net.pollux.flow_cache=0", acct);
	served = flow_stat().served;
	play(&with, seed, "sysctl -w net.pollux.flow_cache=1", acct);
	compare(str_text(&without), str_text(&with));
	assert_true(flow_stat().served > served + ROUNDS / 4);
	str_free(&without);
	str_free(&with);
}

static void
same(void **state)
{
	unsigned n = getenv("DP_ROUNDS") != NULL ? atoi(getenv("DP_ROUNDS")) : 3;

	for (unsigned i = 0; i < n; i++)
		twice(i + 1, "sysctl -w net.netfilter.nf_conntrack_acct=0");
}

static void
same_counted(void **state)
{
	twice(77, "sysctl -w net.netfilter.nf_conntrack_acct=1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same),
		cmocka_unit_test(same_counted),
	};

	return cmocka_run_group_tests(tests, configure, dp_teardown);
}
