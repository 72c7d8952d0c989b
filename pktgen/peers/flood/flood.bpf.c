/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Makes a frame in the page of a test run, as replay/replay_flow.c does, and gives it to the stack.
 * Frames are used again: all that the stack may have changed is written.
 */
#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "flood.h"

#define FRAME 60

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct flood_plan);
} plans SEC(".maps");

static __always_inline __u32
halves(__u32 word)
{
	return (word >> 16) + (word & 0xffff);
}

static __always_inline void
put16(__u8 *at, __u32 value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static __always_inline void
put32(__u8 *at, __u32 value)
{
	*(__u32 *)at = bpf_htonl(value);
}

static __always_inline void
write_frame(__u8 *d, const struct flood_plan *p, __u32 src, __u32 dst, __u16 sport, __u16 dport)
{
	__u32 sum = 0x4500 + 46 + 0x4011 + halves(src) + halves(dst);

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	__builtin_memcpy(d, p->mac, 6);
	put16(d + 12, 0x0800);
	put32(d + 14, 0x4500002e);
	put32(d + 18, 0);
	put16(d + 22, 0x4011);
	put16(d + 24, ~sum);
	put32(d + 26, src);
	put32(d + 30, dst);
	put16(d + 34, sport);
	put16(d + 36, dport);
	put32(d + 38, 26 << 16); /* no checksum */
}

SEC("xdp")
int
flood(struct xdp_md *ctx)
{
	__u8 *d = (__u8 *)(long)ctx->data;
	__u32 key = 0, flow, client, server;
	struct flood_plan *p = bpf_map_lookup_elem(&plans, &key);
	__u16 port;
	__u64 n;

	if (p == 0 || p->flows == 0 || d + FRAME > (__u8 *)(long)ctx->data_end)
		return XDP_ABORTED;
	n = p->count++;
	flow = p->base + n % p->flows;
	client = 0x0a000100 + flow;
	server = 0xc6120000 + (flow & 0xff);
	port = 1024 + (flow >> 8);
	if (p->answers != FLOOD_ONE_WAY && (n / p->flows & 1))
		write_frame(d, p, server, p->answers == FLOOD_TRANSLATED ? 0xcb007100 : client, 53,
			    port);
	else
		write_frame(d, p, client, server, port, 53);
	return p->nothing ? XDP_DROP : XDP_PASS;
}

char _license[] SEC("license") = "BSD";
