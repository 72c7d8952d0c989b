/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DPDK's net_af_packet joins its fanout group with PACKET_FANOUT_FLAG_DEFRAG, and has no argument
 * against it: the kernel then reassembles IPv4 before the driver reads, and what no longer fits its
 * frames arrives cut. A router must see fragments as they came. So this program's setsockopt() is
 * the libc's but for that one flag. The symbol is exported (app/pollux/meson.build), because drivers
 * are loaded at run time and must find this one first.
 */
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int
setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	int fanout;

	if (level == SOL_PACKET && name == PACKET_FANOUT && len == sizeof(fanout)) {
		memcpy(&fanout, value, sizeof(fanout));
		fanout &= ~(PACKET_FANOUT_FLAG_DEFRAG << 16);
		value = &fanout;
	}
	return syscall(SYS_setsockopt, fd, level, name, value, len);
}
