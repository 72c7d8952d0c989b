/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any packet as a line of the log. The input: a byte for family and kind, one for the flags, two for the
 * length the packet claims, then its bytes as far as they were captured.
 */
#include <stdlib.h>
#include <string.h>

#include "queue_line.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return 0;
}

static void
must(bool true_here)
{
	if (!true_here)
		abort();
}

static void
check(const struct queue_text *t)
{
	must(t->len <= QUEUE_TEXT_MAX && strlen(t->text) == t->len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct queue_text first, second;
	struct queue_record *r;
	size_t captured;

	if (size < 4)
		return 0;
	captured = size - 4 < QUEUE_DATA ? size - 4 : QUEUE_DATA;
	r = malloc(sizeof(*r) + captured); /* exactly: a byte read behind it is found */
	must(r != NULL);
	*r = (struct queue_record){ .family = data[0] & 1 ? HOOK_IP6 : HOOK_IP4,
				    .kind = data[0] >> 1 & 3,
				    .has_mac = data[0] & 8,
				    .flags = data[1],
				    .mark = data[1] & 0x10 ? 1 : 0,
				    .captured = captured,
				    .in = "in",
				    .out = "out",
				    .prefix = "prefix " };
	r->len = data[2] << 8 | data[3];
	memcpy(r->data, data + 4, captured);
	if (r->len < captured)
		r->captured = r->len;
	if (r->kind == QUEUE_RULE) {
		queue_line_rule(&first, r);
		must(memcmp(first.text, "prefix IN=in OUT=out ", 21) == 0);
	} else if (r->kind == QUEUE_AUDIT) {
		queue_line_audit(&first, r, UINT64_MAX, UINT64_MAX);
	} else {
		queue_line_martian(&first, &second, r);
		check(&second);
	}
	check(&first);
	free(r);
	return 0;
}
