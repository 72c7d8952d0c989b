/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the generator reads off the wire: any frame. Offsets stay inside it; what is turned around is still what it was, with
 * checksums as right as they came; questions are answered within the room that there is.
 */
#include <stdlib.h>
#include <string.h>

#include "pg_answer.h"
#include "pg_mark.h"
#include "pg_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool true_here)
{
	if (!true_here)
		abort();
}

/* In memory of exactly that size, so that the sanitizer sees a byte too far. */
static uint8_t *
copy(const uint8_t *data, size_t size, size_t room)
{
	uint8_t *p = malloc(room + 1);

	memset(p, 0, room);
	memcpy(p, data, size);
	return p;
}

static void
turn(uint8_t *p, size_t size, const struct pg_seen *before)
{
	bool right = pg_checksums_right(p, before);
	struct pg_seen after;
	uint16_t magic;

	pg_turn(p, before);
	pg_read(p, size, &after);
	/* An echo request becomes a reply, and a reply stays one. */
	must(after.kind == PG_MARKED && after.l4 == before->l4 && after.end == before->end);
	memcpy(&magic, p + after.payload, sizeof(magic));
	must(rte_be_to_cpu_16(magic) == PG_MARK_RETURN);
	must(pg_checksums_right(p, &after) == right);
}

static void
answer(const uint8_t *data, size_t size, const struct pg_seen *s)
{
	struct pg_host host = { .mac = { { 2, 0, 0, 0, 0, 1 } } };
	uint8_t *p = copy(data, size, size < PG_QUESTION_LEN ? PG_QUESTION_LEN : size);
	struct pg_seen again;
	struct ip_addr a;
	uint16_t len;

	host.own = pg_target(p, s);
	host.range.first = host.own;
	len = pg_answer(&host, p, s);
	must(len > 0 && len <= PG_QUESTION_LEN);
	pg_read(p, len, &again);
	must(again.kind == (s->kind == PG_ARP_REQUEST ? PG_ARP_REPLY : PG_ND_ADVERT));
	must(memcmp(p + again.mac, &host.mac, 6) == 0);
	a = pg_target(p, &again);
	must(ip_addr_equal(&a, &host.own));
	free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *p = copy(data, size, size);
	struct pg_seen s;

	pg_read(p, size, &s);
	must(s.kind < PG_NB_KINDS);
	if (s.kind == PG_MARKED || s.kind == PG_SEGMENT) {
		must(s.l4 < s.payload && s.payload <= s.end && s.end <= size);
		pg_checksums_right(p, &s);
	}
	if (s.kind == PG_MARKED)
		turn(p, size, &s);
	if (s.kind == PG_ARP_REQUEST || s.kind == PG_ND_SOLICIT)
		answer(data, size, &s);
	if (s.kind == PG_ARP_REPLY || s.kind == PG_ND_ADVERT)
		must(s.target < size && (s.mac == 0 || s.mac + 6u <= size));
	free(p);
	return 0;
}
