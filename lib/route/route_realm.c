/* SPDX-License-Identifier: BSD-3-Clause */
#include "route_realm.h"

const struct names *
route_realm_names(void)
{
	static struct names names;

	return names_once(&names, "/etc/iproute2/rt_realms", "cosmos");
}
