/* SPDX-License-Identifier: BSD-3-Clause */
/* What a line of FTP's control connection announces. Pure; any thread. */
#pragma once

#include "ct_nat_ops.h"

struct ct_ftp_said {
	union ct_addr
		addr; /* in: who speaks, which EPSV's answer means; out: where the connection goes */
	uint16_t port; /* network byte order */
	enum ct_said kind;
	uint32_t off, len; /* of address and port in the text */
};

enum ct_ftp_read {
	CT_FTP_OTHER, /* announces nothing */
	CT_FTP_SAID,
	CT_FTP_CUT, /* the beginning of what may announce something, or nothing to be made sense of */
};

/* len bytes that begin a line; family: AF_INET, AF_INET6. */
enum ct_ftp_read ct_ftp_read(const char *text, uint32_t len, enum ct_dir dir, uint8_t family,
			     struct ct_ftp_said *said);
