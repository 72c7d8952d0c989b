/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SIP (RFC 3261) and SDP (RFC 4566) as their helper reads them: text, header by header, nothing kept. Private to
 * ct_sip*.c; pure but for ct_sip_sdp(); any thread. Offsets are from the message's start.
 */
#pragma once

#include "ct_helper.h"

struct ct_sip_msg {
	const char *text, *end;
	uint8_t family, proto; /* of the connection */
};

/* Classes of expectations. */
enum { CT_SIP_SIGNALLING, CT_SIP_AUDIO, CT_SIP_VIDEO, CT_SIP_IMAGE };

enum ct_sip_name { CT_SIP_CSEQ, CT_SIP_CONTACT, CT_SIP_EXPIRES, CT_SIP_CONTENT_LENGTH };

struct ct_sip_at {
	uint32_t off, len;
};

/* The first header of that name from off on. 1; 0: there is none; -1: it makes no sense, at->off is in it. */
int ct_sip_header(const struct ct_sip_msg *m, uint32_t off, enum ct_sip_name name,
		  struct ct_sip_at *at);
/* The number there, of 11 digits at most and of 32 bits. false: there is none. */
bool ct_sip_number(const struct ct_sip_msg *m, uint32_t off, uint32_t *n);

struct ct_sip_contact {
	struct ct_sip_at at; /* host and port */
	union ct_addr addr;
	uint16_t port;  /* network byte order */
	uint32_t next;  /* where to look for the next one: 0 before the first */
	bool in_header; /* the next may be in the same header, behind a comma */
};

/* The next contact that makes sense. false: no more. */
bool ct_sip_contact(const struct ct_sip_msg *m, struct ct_sip_contact *c);
/* Its transport, if that is the connection's. */
bool ct_sip_transport(const struct ct_sip_msg *m, uint32_t off, uint8_t *proto);
/* Its parameter `name=`: 1, 0: there is none, -1: it is no number. */
int ct_sip_parameter(const struct ct_sip_msg *m, uint32_t off, const char *name, uint32_t *value);

/* The session description in the message: its media are announced. */
verdict_t ct_sip_sdp(struct ct_help *h, const struct ct_sip_msg *m);
