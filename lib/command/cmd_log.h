/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of the log as commands print them. Control lcore.
 */
#pragma once

#include "base_str.h"
#include "queue_memory.h"

enum cmd_log_form {
	CMD_LOG_PLAIN, /* "[  123.456789] TEXT" */
	CMD_LOG_RAW,   /* "<LEVEL>" before it, as dmesg -r */
	CMD_LOG_JSON,
};

void cmd_log_print(struct str *out, const struct queue_line *l, enum cmd_log_form form);
