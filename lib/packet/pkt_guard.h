/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For AddressSanitizer, which knows nothing of mbufs: tests guard a frame, so that a read or write
 * behind its last byte is reported; taking an mbuf for something new lifts the guard. Empty in
 * other builds.
 */
#pragma once

#include <rte_mbuf.h>

#if defined(__SANITIZE_ADDRESS__)
#define PKT_GUARD 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PKT_GUARD 1
#endif
#endif

#ifdef PKT_GUARD
#include <sanitizer/asan_interface.h>
#endif

static inline void
pkt_unguard(struct rte_mbuf *m)
{
#ifdef PKT_GUARD
	ASAN_UNPOISON_MEMORY_REGION(m->buf_addr, m->buf_len);
#else
	(void)m;
#endif
}

/* m: one segment. */
static inline void
pkt_guard(struct rte_mbuf *m)
{
#ifdef PKT_GUARD
	pkt_unguard(m);
	ASAN_POISON_MEMORY_REGION(rte_pktmbuf_mtod_offset(m, char *, m->data_len),
				  rte_pktmbuf_tailroom(m));
#else
	(void)m;
#endif
}
