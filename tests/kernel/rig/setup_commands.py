# SPDX-License-Identifier: BSD-3-Clause
"""The commands every scenario starts with, the same text for the kernel and for Pollux."""
from .address import IPV4, IPV6, MAC, PORT

# Error messages are limited in number per second by default, which makes their
# number a matter of timing. (icmp_ratelimit=0 would empty the bucket that
# unreachable messages share with it; the mask exempts all types instead.)
SYSCTLS = (
    "sysctl -w net.ipv4.ip_forward=1",
    "sysctl -w net.ipv6.conf.all.forwarding=1",
    "sysctl -w net.ipv4.icmp_ratemask=0",
    "sysctl -w net.ipv6.icmp.ratelimit=0",
)
# Flow labels of Linux's own packets would be hashes with a random key; Pollux sends none.
KERNEL_SYSCTLS = ("sysctl -w net.ipv6.auto_flowlabels=0",)
ADDRESSES = (
    "ip addr add 10.1.0.1/24 dev r0", "ip addr add fd01::1/64 dev r0",
    "ip addr add 10.2.0.1/24 dev r1", "ip addr add fd02::1/64 dev r1",
    "ip link set r0 up", "ip link set r1 up",
)


def neighbours():
    """Permanent entries, so that a scenario about something else sees no ARP and no ND."""
    lines = []
    for side in ("c", "s"):
        for host in (side, side + "3", side + "4"):
            for address in (IPV4[host], IPV6[host]):
                lines.append(f"ip neigh add {address} lladdr {MAC[host]} dev {PORT[side]}")
    return tuple(lines)
