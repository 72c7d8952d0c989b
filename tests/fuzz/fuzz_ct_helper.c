/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What both sides of a connection say, to every helper. The input: a byte for the helper, then messages: a byte
 * with the side in bit 0 and the bytes of a segment above (0: one segment), two for the length, the data.
 */
#include "../unit/ct_help_setup.h"

#include <stdlib.h>

#include "ct_broadcast.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	const char *name;
	uint8_t family, proto;
	uint16_t port;
} kinds[] = {
	{ "ftp", AF_INET, IPPROTO_TCP, 21 },       { "ftp", AF_INET6, IPPROTO_TCP, 21 },
	{ "irc", AF_INET, IPPROTO_TCP, 6667 },     { "sip", AF_INET, IPPROTO_UDP, 5060 },
	{ "sip", AF_INET6, IPPROTO_TCP, 5060 },    { "pptp", AF_INET, IPPROTO_TCP, 1723 },
	{ "amanda", AF_INET, IPPROTO_UDP, 10080 }, { "sane", AF_INET, IPPROTO_TCP, 6566 },
	{ "tftp", AF_INET6, IPPROTO_UDP, 69 },     { "snmp", AF_INET, IPPROTO_UDP, 161 },
};

static void
must(bool true_here)
{
	if (!true_here)
		abort();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return eal_setup(NULL);
}

/* No more is announced than the helper may. */
static void
check(void)
{
	const struct ct_helper *h = master.ext.helper;
	unsigned all = 0;

	for (unsigned i = 0; i < h->nb_classes; i++) {
		must(master.ext.nb_expects[i] <= h->policy[i].max);
		all += master.ext.nb_expects[i];
	}
	must(all == ct_nb_expects);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;
	uint32_t seq[CT_DIRS] = { 100, 500 };
	unsigned kind;

	if (size == 0)
		return 0;
	kind = *data++ % RTE_DIM(kinds);
	begin(kinds[kind].family, kinds[kind].name, kinds[kind].proto, kinds[kind].port);
	while (end - data >= 3) {
		unsigned dir = data[0] & 1, segment = data[0] >> 1,
			 len = RTE_MIN((data[1] | data[2] << 8) & 0x3ff, end - data - 3);
		verdict_t v = say_bytes(dir, seq[dir], data + 3, len, segment);

		must(v == VERDICT_ACCEPT || v == ct_help_drop());
		if (v == VERDICT_ACCEPT)
			seq[dir] += len;
		data += 3 + len;
		check();
	}
	if (master.ext.helper->destroy != NULL)
		master.ext.helper->destroy(0, &master.ct.ct);
	ct_expect_forget(0, &master.ct.ct);
	must(ct_nb_expects == 0);
	return 0;
}
