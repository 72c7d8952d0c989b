/* SPDX-License-Identifier: BSD-3-Clause */
#include "route_realm.h"

const struct names *
route_realm_names(void)
{
	static struct names names;

	if (names.nb == 0) {
		names_read(&names, "/etc/iproute2/rt_realms");
		names_add(&names, 0, "cosmos");
	}
	return &names;
}
