/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to nat_sip*.c: SIP of translated connections, struct ct_nat_sip (ct_sip.h). Workers. */
#pragma once

#include <arpa/inet.h>

#include "ct_sip.h"
#include "nat.h"

#define NAT_SIP_TEXT (INET6_ADDRSTRLEN + sizeof("[]:65535"))

extern const struct ct_nat_sip nat_sip;

/* len bytes of text take the place of what is there; the message is read anew. false: the packet has no room. */
bool nat_sip_replace(struct ct_sip_msg *m, struct ct_sip_at at, const char *text, unsigned len);
/* The address as text, with IPv6's in brackets if that is asked for; with the port unless it is 0 (network order). */
unsigned nat_sip_text(char text[NAT_SIP_TEXT], uint8_t family, const union ct_addr *a,
		      bool brackets, uint16_t port);
/* Where the other side sees the connection's sender, if the connection is translated at that end; else *a. */
union ct_addr nat_sip_seen(const struct ct_help *h, const union ct_addr *a);
/* ct_expect.expected: Linux's nf_nat_sip_expected(). */
void nat_sip_expected(unsigned lane, struct ct *ct, const struct ct_expect *e, uint32_t now);

/* nat_sip_sdp.c: see struct ct_nat_sip. */
verdict_t nat_sip_media(struct ct_sip_msg *m, struct ct_expect pair[2], struct ct_sip_at at,
			union ct_addr *addr);
bool nat_sip_sdp_port(struct ct_sip_msg *m, struct ct_sip_at at, uint16_t port);
bool nat_sip_sdp_addr(struct ct_sip_msg *m, uint32_t off, const union ct_addr *addr);
bool nat_sip_sdp_session(struct ct_sip_msg *m, uint32_t off, const union ct_addr *addr);
