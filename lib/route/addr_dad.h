/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Duplicate address detection (RFC 4862 5.4, RFC 7527): an IPv6 address is tentative until nobody
 * answered the question who has it. The control lcore asks and decides; workers report what they hear.
 */
#pragma once

#include "addr.h"

/* Upward calls, filled by the pipeline; control lcore. */
struct addr_dad_ops {
	/* Asks who has the address; nonce: 6 bytes to know the question again, NULL: none. */
	void (*probe)(uint16_t port, const struct ip_addr *a, const uint8_t *nonce);
	/* Tells everybody that the port has it. */
	void (*announce)(uint16_t port, const struct ip_addr *a);
};
extern struct addr_dad_ops addr_dad_ops;

/* Any thread: is somebody being asked whether he has the address? */
bool addr_is_tentative(const struct gen *gen, uint16_t port, const struct ip_addr *a);
/*
 * Worker: somebody has it, or asks for it too (nonce: that of his question, or NULL). Reports are
 * bounded; one too many is lost, for its sender says it again.
 */
void addr_dad_heard(uint16_t port, const struct ip_addr *a, const uint8_t *nonce);

/* Control: does the new address have to wait? */
bool addr_dad_wanted(const struct addr *a);
/* Control: starts asking for the port's tentative addresses that are not asked for yet. */
void addr_dad_start(uint16_t port);
/* Control: the address is usable from now on. */
void addr_dad_over(const struct addr *a);
/* Control lcore, every 100 ms. now: clock_ms(). */
void addr_dad_tick(uint64_t now);
