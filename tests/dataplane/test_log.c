/* SPDX-License-Identifier: BSD-3-Clause */
/* The log: order, bounds, sinks. The lines themselves are compared with the kernel's elsewhere. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base_clock.h"
#include "dp.h"
#include "dp_frame.h"
#include "pkt.h"
#include "pkt_pool.h"
#include "queue_log.h"
#include "queue_memory.h"
#include "queue_record.h"
#include "queue_sink.h"

static const struct dp_ip udp = { .src = "10.1.0.2",
				  .dst = "10.2.0.2",
				  .proto = IPPROTO_UDP,
				  .ttl = 64,
				  .sport = 1000,
				  .dport = 53,
				  .payload = 4 };

static char dir[] = "/tmp/pollux-log-XXXXXX";

static int
configure(void **state)
{
	if (dp_router(state) != 0 || mkdtemp(dir) == NULL)
		return -1;
	return 0;
}

static int
clean(void **state)
{
	char line[64];

	DP("log to none");
	snprintf(line, sizeof(line), "rm -r %s", dir);
	if (system(line) != 0)
		return -1;
	return dp_teardown(state);
}

static int
fresh(void **state)
{
	DP("iptables -F");
	DP("iptables -t mangle -F");
	DP("log to none");
	DP("log clear");
	return 0;
}

static void
give(unsigned n)
{
	struct dp_frame f = dp_ip(&udp);

	for (unsigned i = 0; i < n; i++)
		dp_give(0, f.bytes, f.len);
	dp_run();
	assert_int_equal(dp_flush(1), n);
}

static unsigned
count(const char *text, const char *what)
{
	unsigned n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

/* In a burst, too, one packet's lines come before the next one's. */
static void
packet_by_packet(void **state)
{
	const char *at;

	DP("iptables -t mangle -A PREROUTING -j LOG --log-prefix 'a '");
	DP("iptables -A FORWARD -j LOG --log-prefix 'b '");
	DP("iptables -A FORWARD -j LOG --log-prefix 'c '");
	give(20);
	at = DP("log show");
	assert_int_equal(count(at, "\n"), 60);
	for (unsigned i = 0; i < 60; i++) {
		at = strstr(at, "] ");
		assert_non_null(at);
		assert_int_equal(at[2], "abc"[i % 3]);
		at += 2;
	}
	assert_int_equal(count(DP("log show 2"), "] c"), 1);
	assert_int_equal(count(DP("log show 2 -r"), "<4>["), 2);
	assert_int_equal(count(DP("log show -j"), "\"level\":4"), 60);
	dp_balance();
}

/* Packets never wait for the log; what did not fit is said. */
static void
full_ring(void **state)
{
	struct queue_log_stats before = queue_log_stats(), after;

	DP("iptables -A FORWARD -j LOG --log-prefix 'x '");
	for (unsigned i = 0; i < 6; i++)
		give(500);
	assert_int_equal(count(DP("log show"), "] x "), QUEUE_SLOTS);
	assert_int_equal(count(DP("log show"), "] 952 log lines lost\n"), 1);
	after = queue_log_stats();
	assert_int_equal(after.lost - before.lost, 3000 - QUEUE_SLOTS);
	give(1);
	assert_int_equal(count(DP("log show"), "log lines lost"), 1);
	dp_balance();
}

static void
bounded_memory(void **state)
{
	DP("iptables -A FORWARD -j LOG");
	for (unsigned i = 0; i < 20; i++) {
		give(500);
		DP("log show 0");
	}
	assert_int_equal(count(DP("log show"), "IN=p0"), QUEUE_MEMORY_LINES);
	DP("log clear");
	assert_string_equal(DP("log show"), "");
	dp_balance();
}

static void
read_file(const char *name, char *text, size_t size)
{
	char path[128];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(text, 1, size - 1, f);
	text[n] = '\0';
	fclose(f);
}

static void
files(void **state)
{
	struct queue_sink_stats stats[QUEUE_SINKS_MAX];
	char line[256], old[128], text[4096];

	DP("iptables -A FORWARD -j LOG --log-prefix 'f '");
	snprintf(line, sizeof(line), "log to file %s/one file %s/two", dir, dir);
	DP(line);
	give(2);
	DP("log show");
	snprintf(line, sizeof(line), "%s/one", dir);
	snprintf(old, sizeof(old), "%s/old", dir);
	assert_int_equal(rename(line, old), 0);
	give(1);
	DP("log reopen");
	give(1);
	DP("show log");
	assert_int_equal(queue_sinks_stats(QUEUE_SINKS_LOG, stats), 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(stats[i].written, 4);
		assert_int_equal(stats[i].lost, 0);
	}
	read_file("old", text, sizeof(text));
	assert_int_equal(count(text, " pollux: f IN=p0 OUT=p1 "), 3);
	read_file("one", text, sizeof(text));
	assert_int_equal(count(text, "\n"), 1);
	read_file("two", text, sizeof(text));
	assert_int_equal(count(text, "\n"), 4);
	dp_balance();
}

/* A set that cannot be had changes nothing. */
static void
bad_sinks(void **state)
{
	char line[256], text[4096];

	DP("iptables -A FORWARD -j LOG");
	snprintf(line, sizeof(line), "log to file %s/stays", dir);
	DP(line);
	dp_command(1, "log to file /dev/null file /nowhere/x");
	dp_command(1, "log to syslog kern");
	dp_command(1, "log to file /dev/null file /dev/null");
	dp_command(2, "log to");
	dp_command(2, "log to file");
	dp_command(2, "log to none file /dev/null");
	dp_command(2, "log to printer");
	dp_command(2, "log to syslog user syslog auth syslog daemon syslog local0 syslog local1 "
		      "syslog local2 syslog local3 syslog local4 syslog local5");
	give(1);
	DP("show log");
	read_file("stays", text, sizeof(text));
	assert_int_equal(count(text, "\n"), 1);
	dp_balance();
}

/* A disk that is full loses lines and says how many. */
static void
full_disk(void **state)
{
	struct queue_sink_stats stats[QUEUE_SINKS_MAX];

	DP("iptables -A FORWARD -j LOG");
	DP("log to file /dev/full");
	give(3);
	DP("show log");
	assert_int_equal(queue_sinks_stats(QUEUE_SINKS_LOG, stats), 1);
	assert_int_equal(stats[0].written, 0);
	assert_int_equal(stats[0].lost, 3);
	dp_balance();
}

static void
control_characters(void **state)
{
	const char *text;

	DP("iptables -A FORWARD -j LOG --log-prefix 'a\x1b[31m\tb\"\\\x7f '");
	give(1);
	text = DP("log show");
	assert_non_null(strstr(text, "] a\\x1b[31m\\x09b\"\\\\x7f IN="));
	assert_non_null(
		strstr(DP("log show -j"), "\"text\":\"a\\\\x1b[31m\\\\x09b\\\"\\\\\\\\x7f IN="));
	dp_balance();
}

static void
martians(struct rte_mbuf *m, uint64_t now, unsigned n)
{
	struct hook_ctx ctx = { .gen = gen_current(), .now = now, .family = HOOK_IP4 };

	for (unsigned i = 0; i < n; i++)
		queue_log_martian_source(&ctx, m);
	queue_log_burst_end(0);
}

static void
martians_are_limited(void **state)
{
	struct dp_frame f = dp_ip(&udp);
	struct rte_mbuf *m = pkt_alloc(0);
	const char *text;

	memcpy(rte_pktmbuf_append(m, f.len), f.bytes, f.len);
	*pkt(m) = (struct pkt){ .family = AF_INET, .l3 = 14, .len = f.len - 14, .in = 1 };
	martians(m, 100000, 12);
	assert_int_equal(
		count(DP("log show"), "IPv4: martian source 10.2.0.2 from 10.1.0.2, on dev p0\n"),
		10);
	assert_int_equal(count(DP("log show"), "ll header: 00000000: 02 00 00 00 00 10 "), 10);
	martians(m, 105000, 1);
	assert_int_equal(count(DP("log show"), "martian"), 10);
	martians(m, 105001, 1);
	text = DP("log show");
	assert_int_equal(count(text, "martian"), 11);
	assert_int_equal(count(text, "net_ratelimit: 3 callbacks suppressed\n"), 1);
	rte_pktmbuf_free(m);
	dp_balance();
}

/* Records of -j AUDIT: none before auditing is on. */
static void
audit_records(void **state)
{
	const char *text, *first;
	unsigned a, b;

	DP("iptables -t mangle -A PREROUTING -m ttl --ttl-eq 64 -j MARK --set-mark 5");
	DP("iptables -A FORWARD -j AUDIT --type accept");
	give(2);
	assert_int_equal(count(DP("log show"), "audit"), 0);
	DP("sysctl -w net.pollux.audit=1");
	give(2);
	text = DP("log show");
	assert_int_equal(count(text, "): mark=0x5 saddr=10.1.0.2 daddr=10.2.0.2 proto=17\n"), 2);
	first = strstr(text, "] audit: type=1324 audit(");
	assert_non_null(first);
	assert_int_equal(sscanf(first, "] audit: type=1324 audit(%*u.%*u:%u)", &a), 1);
	first = strstr(first + 1, "] audit: ");
	assert_int_equal(sscanf(first, "] audit: type=1324 audit(%*u.%*u:%u)", &b), 1);
	assert_int_equal(b, a + 1);
	DP("iptables -t mangle -F");
	DP("sysctl -w net.pollux.audit=0");
	give(1);
	assert_int_equal(count(DP("log show"), "audit: "), 2);
	DP("sysctl -w net.pollux.audit=1");
	give(1);
	assert_int_equal(count(DP("log show"), "): mark=0x0 saddr="), 1);
	DP("sysctl -w net.pollux.audit=0");
	dp_balance();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(packet_by_packet, fresh),
		cmocka_unit_test_setup(full_ring, fresh),
		cmocka_unit_test_setup(bounded_memory, fresh),
		cmocka_unit_test_setup(files, fresh),
		cmocka_unit_test_setup(bad_sinks, fresh),
		cmocka_unit_test_setup(full_disk, fresh),
		cmocka_unit_test_setup(control_characters, fresh),
		cmocka_unit_test_setup(martians_are_limited, fresh),
		cmocka_unit_test_setup(audit_records, fresh),
	};

	return cmocka_run_group_tests_name("log", tests, configure, clean);
}
