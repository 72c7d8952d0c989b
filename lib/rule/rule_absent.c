/* SPDX-License-Identifier: BSD-3-Clause */
/* Called where a rule or a chain is named (rule_spec.c, the iptables commands). */
#include "rule_absent.h"

#include <string.h>

#define IP4 (1u << HOOK_IP4)
#define IP6 (1u << HOOK_IP6)

const char *
rule_absent_why(enum hook_family family, bool target, const char *name)
{
	static const struct {
		const char *name;
		bool target;
		uint8_t families;
		const char *why;
	} absent[] = {
		{ "CLUSTERIP", true, IP4,
		  "Pollux has none, as newer Linux: -m cluster shares connections among nodes." },
		{ "LED", true, IP4 | IP6, "Pollux has none: LEDs belong to the host's kernel." },
		{ "TPROXY", true, IP4 | IP6,
		  "Pollux has none: sockets are in the host's kernel, REDIRECT and DNAT lead to "
		  "them by a port's twin." },
		{ "ULOG", true, IP4, "Pollux has none, as newer Linux: LOG writes into the log." },
		{ "ipvs", false, IP4 | IP6,
		  "Pollux has none: there is no IPVS, DNAT shares connections among servers." },
	};

	for (unsigned i = 0; i < RTE_DIM(absent); i++)
		if (absent[i].target == target && absent[i].families & 1u << family &&
		    strcmp(absent[i].name, name) == 0)
			return absent[i].why;
	return NULL;
}
