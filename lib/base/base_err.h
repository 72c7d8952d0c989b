/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Operator errors: one text, written once, where the cause is known, shown at the control boundary.
 * The text says what is wrong, where, and what was expected. Control lcore only.
 */
#pragma once

struct err {
	char text[512]; /* without a final newline; empty: no error */
};

/* Stores the text and returns code (a negative errno), so that callers write: return err_set(...). */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
