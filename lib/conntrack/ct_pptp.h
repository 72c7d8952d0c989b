/* SPDX-License-Identifier: BSD-3-Clause */
/* What PPTP's helper and its translation share: messages, and what is kept of a control connection. */
#pragma once

#include "ct_helper.h"

enum ct_pptp_kind {
	CT_PPTP_START_REQUEST = 1,
	CT_PPTP_START_REPLY,
	CT_PPTP_STOP_REQUEST,
	CT_PPTP_STOP_REPLY,
	CT_PPTP_ECHO_REQUEST,
	CT_PPTP_ECHO_REPLY,
	CT_PPTP_OUT_CALL_REQUEST,
	CT_PPTP_OUT_CALL_REPLY,
	CT_PPTP_IN_CALL_REQUEST,
	CT_PPTP_IN_CALL_REPLY,
	CT_PPTP_IN_CALL_CONNECT,
	CT_PPTP_CLEAR_REQUEST,
	CT_PPTP_DISCONNECT_NOTIFY,
	CT_PPTP_WAN_ERROR,
	CT_PPTP_SET_LINK,
	CT_PPTP_KINDS
};

#define CT_PPTP_BODY 12 /* where it begins in the data: behind both headers */

/* In ct_ext.helper_data, under ct_lock(). Ids of calls, network byte order. */
struct ct_pptp {
	uint8_t session, call;
	uint16_t client_id, server_id; /* translated: as the other side knows them */
	/* Of translated connections: what the two call themselves. */
	uint16_t client_said, server_said;
};

static inline struct ct_pptp *
ct_pptp_of(const struct ct *ct)
{
	return (struct ct_pptp *)ct->ext->helper_data;
}
