/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What helpers leave to NAT: connections that are translated announce others by text with addresses that must be
 * translated too. NAT is above this library: it sets the table when it starts; NULL means nobody translates.
 */
#pragma once

#include "ct_helper.h"

/* What stands in the packet where a connection is announced. */
enum ct_said {
	CT_SAID_NOTHING, /* what is announced is never translated */
	CT_SAID_TFTP,    /* nothing: the addresses are the packet's own */
	CT_SAID_FTP_PORT,
	CT_SAID_FTP_PASV,
	CT_SAID_FTP_EPRT,
	CT_SAID_FTP_EPSV,
	CT_SAID_IRC_DCC,
	CT_SAID_AMANDA_PORT,
};

struct ct_nat_sip;

struct ct_nat_ops {
	/*
	 * Worker, for connections with CT_SRC_NAT or CT_DST_NAT: rewrites the len bytes at off of the data (they may
	 * get longer) and adds the expectation, changed as well. VERDICT_ACCEPT or a drop.
	 */
	verdict_t (*announce)(const struct ct_help *h, enum ct_said said, uint32_t off,
			      uint32_t len, struct ct_expect *e);
	/* The same for PPTP: what is expected of a call that is agreed on, one for each direction; not added yet. */
	void (*pptp_call)(const struct ct_help *h, struct ct_expect way[CT_DIRS]);
	/* A message of PPTP that makes sense now (enum ct_pptp_kind): ids of calls are replaced. */
	verdict_t (*pptp_message)(const struct ct_help *h, unsigned kind);
	const struct ct_nat_sip *sip; /* ct_sip.h */
	/* Any lane: an entry with CT_NAT_LISTED leaves the table, or was never in it. */
	void (*gone)(struct ct *ct);
	/* Worker: an entry with CT_SRC_NAT is one of a TCP connection that has ended: its port may be given away. */
	void (*ended)(const struct ct *ct);
	/* Any lane, a hint: these confirmed entries leave the table soon. */
	void (*warm)(struct ct *const *cts, unsigned n);
	/* Control: nf_conntrack_max is about to become that. 0; -ENOMEM: it is as it was. */
	int (*grow)(uint32_t connections);
};

extern const struct ct_nat_ops *ct_nat_ops;

/* Any lane: translation finds it by its source no more. */
static inline void
ct_nat_forget(struct ct *ct)
{
	if (ct_status(ct) & CT_NAT_LISTED && ct_nat_ops != NULL)
		ct_nat_ops->gone(ct);
}

/* Worker: TCP says that it is over. */
static inline void
ct_nat_ended(const struct ct *ct)
{
	if (ct_status(ct) & CT_SRC_NAT && ct_nat_ops != NULL)
		ct_nat_ops->ended(ct);
}

static inline bool
ct_help_translated(const struct ct_help *h)
{
	return ct_nat_ops->announce != NULL && ct_status(h->ct) & (CT_SRC_NAT | CT_DST_NAT);
}

/* Adds e, by NAT where the connection is translated. VERDICT_ACCEPT, or the drop when it cannot be. */
verdict_t ct_help_announce(const struct ct_help *h, enum ct_said said, uint32_t off, uint32_t len,
			   struct ct_expect *e);
