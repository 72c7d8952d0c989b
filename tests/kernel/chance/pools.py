# SPDX-License-Identifier: BSD-3-Clause
"""What rules and packets are both drawn from: small, so that they meet."""
from rig.address import IPV4, IPV6, MAC

PORTS = (0, 1, 53, 80, 443, 1023, 1024, 5000, 65535)
SIZES = (0, 1, 7, 8, 20, 60, 100, 512, 1000)
TTLS = (0, 1, 2, 3, 64, 255)
TOSES = (0, 0, 0, 1, 2, 3, 4, 8, 0x10, 0x1E, 0x28, 0xB8, 0xE0, 0xFF)
PROTOCOLS = ("tcp", "udp", "icmp", "esp", "ah", "sctp", "udplite", "gre", "47", "200", "255")
NUMBER = {"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51, "icmp6": 58, "sctp": 132,
          "udplite": 136}
TCP_FLAGS = (0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0x00, 0x29, 0x3F, 0x03, 0x22, 0xC2, 0x30)
SPIS = (0, 1, 256, 1000, 0xFFFFFFFF)
MARKS = (0, 1, 2, 3, 0x10, 0xFF, 0x80000000)

# Hosts that are on the wires, or behind one that is: nothing here makes the router ask for a neighbour.
HOSTS4 = {"c": (IPV4["c"], IPV4["c"], IPV4["c3"], IPV4["c4"]), "s": (IPV4["s"], IPV4["s"], IPV4["s3"], IPV4["s4"])}
HOSTS6 = {"c": (IPV6["c"], IPV6["c"], IPV6["c3"], IPV6["c4"]), "s": (IPV6["s"], IPV6["s"], IPV6["s3"], IPV6["s4"])}
LINK_LOCAL = {"c": "fe80::c2", "s": "fe80::52"}
OWN4 = (IPV4["r0"], IPV4["r1"])
OWN6 = (IPV6["r0"], IPV6["r1"], "fe80::ff:fe00:101", "fe80::ff:fe00:201")
BEHIND = {"c": "172.16.0.0/16", "s": "172.17.0.0/16"}
BEHIND6 = {"c": "fd16::/32", "s": "fd17::/32"}
ODD4 = ("0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "224.0.0.5", "239.1.2.3", "240.0.0.1", "255.255.255.255",
        "10.1.0.255", "10.2.0.255", "10.1.0.1", "10.2.0.1")
# sources whose answers stay in the box or come back to it, which Pollux's do not
LOOPING = ("10.1.0.255", "10.2.0.255", "10.1.0.1", "10.2.0.1", "fd01::1", "fd02::1")
ODD6 = ("::", "::1", "ff02::1", "ff02::2", "ff05::2", "ff0e::1", "ff01::1", "fd01::1", "fd02::1",
        "::ffff:10.1.0.2", "2001:db8::1")
MACS = tuple(MAC.values()) + ("ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "33:33:00:00:00:01")

# set up in both routers, once
SET_UP = (
    # their number depends on the time
    "sysctl -qe -w net.ipv4.conf.all.send_redirects=0",
    "sysctl -qe -w net.ipv4.conf.r0.send_redirects=0", "sysctl -qe -w net.ipv4.conf.r1.send_redirects=0",
    # FINs that do not fit shorten what is kept for 120 s or more: those that are of the same jiffy as the one before only
    "sysctl -qe -w net.netfilter.nf_conntrack_tcp_timeout_fin_wait=130",
    "sysctl -qe -w net.netfilter.nf_conntrack_tcp_timeout_time_wait=130",
    f"ip route add {BEHIND['c']} via {IPV4['c3']} dev r0", f"ip route add {BEHIND['s']} via {IPV4['s3']} dev r1",
    f"ip route add {BEHIND6['c']} via {IPV6['c3']} dev r0", f"ip route add {BEHIND6['s']} via {IPV6['s3']} dev r1",
    f"ip neigh add {LINK_LOCAL['c']} lladdr {MAC['c']} dev r0",
    f"ip neigh add {LINK_LOCAL['s']} lladdr {MAC['s']} dev r1",
)


def behind(rng, family, side):
    """A host that no other packet is from: the limits that Linux keeps per source start anew."""
    if family == 4:
        return BEHIND[side].removesuffix("0.0/16") + f"{rng.randrange(256)}.{rng.randrange(1, 255)}"
    return BEHIND6[side].removesuffix(":/32") + f"{rng.randrange(1, 65536):x}::{rng.randrange(1, 65536):x}"


def nets(rng, family):
    """An address as rules write it, that often holds a host."""
    host = rng.choice(rng.choice(((HOSTS4 if family == 4 else HOSTS6)[rng.choice("cs")],
                                  OWN4 if family == 4 else OWN6, ODD4 if family == 4 else ODD6)))
    if rng.random() < 0.5:
        return host
    if family == 4:
        return host + "/" + rng.choice(("32", "31", "30", "24", "24", "16", "8", "1", "0", "255.255.0.255",
                                        "0.0.0.3", "255.0.0.2", "255.255.255.0"))
    return host + "/" + rng.choice(("128", "127", "126", "64", "64", "32", "16", "8", "1", "0", "ffff::3", "::ffff"))
