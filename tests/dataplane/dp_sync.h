/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What ThreadSanitizer cannot see because DPDK's libraries are not built with it: that memory given
 * to a driver, a pool or another lcore is handed off in order. Empty in other builds.
 */
#pragma once

#if defined(__SANITIZE_THREAD__)
#define DP_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DP_TSAN 1
#endif
#endif

#ifdef DP_TSAN
void __tsan_acquire(void *addr);
void __tsan_release(void *addr);
#define DP_HANDS_OFF(addr) __tsan_release(addr)
#define DP_TAKES(addr) __tsan_acquire(addr)
#else
#define DP_HANDS_OFF(addr) ((void)(addr))
#define DP_TAKES(addr) ((void)(addr))
#endif

/* Before the first pool: pools work by rings that are compiled here, with the sanitizer. */
void dp_sync_pools(void);
/* The device's frames are handed off at both ends: rx from the giver, tx to the taker. */
void dp_sync_device(unsigned dpdk_id, void *rx, void *tx);
