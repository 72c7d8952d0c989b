/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Values of options as text. Each returns 0, or -EINVAL with a text that says which option, what stands there and what was
 * expected; then nothing is written. Main thread.
 */
#pragma once

#include <stdint.h>

#include <rte_ether.h>

#include "pg_flow.h"

/* Numbers may end in k, M or G (thousands). */
int pg_value_number(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *out,
		    struct err *e);
/* With fraction, and the same endings. */
int pg_value_real(const char *option, const char *text, double min, double max, double *out,
		  struct err *e);
/* "N%" sets *percent, a number *pps; the other becomes 0. */
int pg_value_rate(const char *option, const char *text, double *pps, double *percent,
		  struct err *e);
/* "PORT" or "FIRST-LAST". */
int pg_value_ports(const char *option, const char *text, struct pg_ports *out, struct err *e);
int pg_value_mac(const char *option, const char *text, struct rte_ether_addr *out, struct err *e);
int pg_value_addr(const char *option, const char *text, struct ip_addr *out, struct err *e);
/* One of the words, which end with NULL; its place. */
int pg_value_word(const char *option, const char *text, const char *const *words, unsigned *out,
		  struct err *e);
/* "uniform", "zipf" or "zipf:S"; uniform is 0. */
int pg_value_spread(const char *option, const char *text, double *out, struct err *e);
