/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of connection labels for `conntrack`, out of the file that match connlabel reads. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd_conntrack.h"
#include "rule_connlabel.h"

int
conntrack_label_find(const char *name)
{
	struct str warn = { 0 };
	int bit = rule_connlabel_find(name, &warn);

	str_free(&warn);
	return bit;
}

const char *
conntrack_label_name(unsigned bit)
{
	return rule_connlabel_name(bit);
}

void
conntrack_label_file(struct str *err)
{
	if (access(RULE_CONNLABEL_FILE, R_OK) != 0)
		str_printf(err, "nfct_labelmap_new: %s\n", strerror(errno));
}
