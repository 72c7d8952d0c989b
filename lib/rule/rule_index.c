/* SPDX-License-Identifier: BSD-3-Clause */
/* Begins and ends indexes, whatever their kind. Called by those who build them and by rule_run.c. */
#include <stdlib.h>
#include <string.h>

#include "rule_acl.h"
#include "rule_bits.h"

bool
rule_index_init(struct rule_index *index, enum rule_index_kind kind, const uint64_t *serial,
		uint32_t nb, bool ip4)
{
	*index = (struct rule_index){ .kind = kind, .nb = nb, .ip4 = ip4 };
	index->serial = malloc(nb * sizeof(*serial));
	if (index->serial == NULL)
		return false;
	memcpy(index->serial, serial, nb * sizeof(*serial));
	return true;
}

void
rule_index_free(struct rule_index *index)
{
	if (index == NULL)
		return;
	free(index->serial);
	if (index->kind == RULE_INDEX_TRIE)
		rule_acl_free((struct rule_acl *)index);
	else
		rule_bits_free((struct rule_bits *)index);
}
