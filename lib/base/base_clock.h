/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Time in milliseconds since start, from the TSC; workers read it once per burst. Tests move it.
 */
#pragma once

#include <stdint.h>

uint64_t clock_ms(void);
/* Time of day in UTC: milliseconds since midnight (ICMP timestamps, RFC 792). */
uint32_t clock_midnight_ms(void);
/* Tests only: adds ms to every later clock_ms(). */
void clock_advance(uint64_t ms);
