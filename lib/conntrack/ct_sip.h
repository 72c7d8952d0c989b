/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SIP (RFC 3261) and SDP (RFC 4566) as their helper, and translation, read them: text, header by header, nothing kept.
 * For ct_sip*.c and lib/nat; pure but for ct_sip_sdp() and what changes the text; any thread. Offsets are from the
 * message's start.
 */
#pragma once

#include "ct_helper.h"

struct ct_sip_msg {
	const char *text, *end;
	uint8_t family, proto; /* of the connection */
	/* Of messages that translation may change. */
	struct ct_help *h;
	uint32_t off; /* where in the data it begins */
};

/* In ct_ext.helper_data. */
struct ct_sip {
	uint32_t register_cseq, invite_cseq;
	uint16_t answers_to; /* where the phone waits for answers, if not where it sends from; 0 */
};

/* Classes of expectations. */
enum { CT_SIP_SIGNALLING, CT_SIP_AUDIO, CT_SIP_VIDEO, CT_SIP_IMAGE };

enum ct_sip_name {
	CT_SIP_CSEQ,
	CT_SIP_FROM,
	CT_SIP_TO,
	CT_SIP_CONTACT,
	CT_SIP_VIA_UDP,
	CT_SIP_VIA_TCP,
	CT_SIP_EXPIRES,
	CT_SIP_CONTENT_LENGTH
};

struct ct_sip_at {
	uint32_t off, len;
};

/* The first header of that name from off on. 1; 0: there is none; -1: it makes no sense, at->off is in it. */
int ct_sip_header(const struct ct_sip_msg *m, uint32_t off, enum ct_sip_name name,
		  struct ct_sip_at *at);
/* The number there, of 11 digits at most and of 32 bits. false: there is none. */
bool ct_sip_number(const struct ct_sip_msg *m, uint32_t off, uint32_t *n);

struct ct_sip_uri {
	struct ct_sip_at at; /* host and port */
	union ct_addr addr;
	uint16_t port; /* network byte order */
};

/* The first header of that name whose URI makes sense; the one of a request's first line. false: there is none. */
bool ct_sip_uri(const struct ct_sip_msg *m, enum ct_sip_name name, struct ct_sip_uri *u);
bool ct_sip_request_uri(const struct ct_sip_msg *m, struct ct_sip_uri *u);

struct ct_sip_contact {
	struct ct_sip_uri uri;
	uint32_t next;  /* where to look for the next one: 0 before the first */
	bool in_header; /* the next may be in the same header, behind a comma */
};

/* The next contact that makes sense. false: no more. */
bool ct_sip_contact(const struct ct_sip_msg *m, struct ct_sip_contact *c);
/* Its transport, if that is the connection's. */
bool ct_sip_transport(const struct ct_sip_msg *m, uint32_t off, uint8_t *proto);
/* Its parameter `name=`: 1, 0: there is none, -1: it is no number. at: where; may be NULL. */
int ct_sip_parameter(const struct ct_sip_msg *m, uint32_t off, const char *name,
		     struct ct_sip_at *at, uint32_t *value);
/* The same of one that is an address, of IPv6 in brackets if that is asked for. */
bool ct_sip_address_parameter(const struct ct_sip_msg *m, uint32_t off, const char *name,
			      bool brackets, struct ct_sip_at *at, union ct_addr *addr);

/* The session description in the message: its media are announced. */
verdict_t ct_sip_sdp(struct ct_sip_msg *m);
/* Where in the message the session description begins (behind "v="). false: there is none. */
bool ct_sip_sdp_start(const struct ct_sip_msg *m, uint32_t *off);
/* The address in the next line that begins with word ("c="), before the next medium. false: there is none. */
bool ct_sip_sdp_addr(const struct ct_sip_msg *m, uint32_t off, const char *word,
		     struct ct_sip_at *at, union ct_addr *addr);

/*
 * Translation of SIP, by lib/nat (ct_nat_ops.sip): each may change the message, whose text is then read anew. Worker, for
 * connections with CT_SRC_NAT or CT_DST_NAT. Verdicts are VERDICT_ACCEPT or the drop; false: drop.
 */
struct ct_nat_sip {
	/* Calls come to the contact there: adds the expectation, changed. */
	verdict_t (*contact)(struct ct_sip_msg *m, struct ct_expect *e, struct ct_sip_at at);
	/* RTP and RTCP, at: the port in the text. Adds both; *addr: where they come to. */
	verdict_t (*media)(struct ct_sip_msg *m, struct ct_expect pair[2], struct ct_sip_at at,
			   union ct_addr *addr);
	/* The description's port there, the address of a medium's lines behind off, of the session's. */
	bool (*port)(struct ct_sip_msg *m, struct ct_sip_at at, uint16_t port);
	bool (*addr)(struct ct_sip_msg *m, uint32_t off, const union ct_addr *addr);
	bool (*session)(struct ct_sip_msg *m, uint32_t off, const union ct_addr *addr);
	/* All else that a message names. */
	verdict_t (*message)(struct ct_sip_msg *m);
	/* Of TCP: the segment got diff bytes longer. */
	void (*shift)(const struct ct_help *h, int32_t diff);
};
