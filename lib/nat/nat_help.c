/* SPDX-License-Identifier: BSD-3-Clause */
#include "nat_help.h"
#include "nat_follow.h"
#include "nat_mangle.h"

static nat_announce_fn *const kinds[] = {
	[CT_SAID_TFTP] = nat_tftp,          [CT_SAID_FTP_PORT] = nat_ftp,
	[CT_SAID_FTP_PASV] = nat_ftp,       [CT_SAID_FTP_EPRT] = nat_ftp,
	[CT_SAID_FTP_EPSV] = nat_ftp,       [CT_SAID_IRC_DCC] = nat_irc,
	[CT_SAID_AMANDA_PORT] = nat_amanda,
};

verdict_t
nat_announce(const struct ct_help *h, enum ct_said said, uint32_t off, uint32_t len,
	     struct ct_expect *e)
{
	return kinds[said](h, said, off, len, e);
}

verdict_t
nat_announce_text(const struct ct_help *h, enum ct_said said, uint32_t off, uint32_t len,
		  struct ct_expect *e,
		  unsigned (*make)(char text[NAT_TEXT_MAX], const struct ct *ct, enum ct_said said,
				   const struct ct_expect *e))
{
	char text[NAT_TEXT_MAX];

	e->saved_port = e->tuple.dport;
	e->expected = nat_follow;
	if (nat_expect_port(h, e, rte_be_to_cpu_16(e->tuple.dport)) == 0)
		return ct_help_drop();
	if (nat_mangle_shift(h, off, len, text, make(text, h->ct, said, e)))
		return VERDICT_ACCEPT;
	nat_unexpect(h, e);
	return ct_help_drop();
}
