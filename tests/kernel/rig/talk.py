# SPDX-License-Identifier: BSD-3-Clause
"""Names for scenarios about connections: short, because a connection takes many packets."""
from scapy import all as scapy

from .address import FAR, IPV4, IPV6

TCP_PORTS = {"c": (1000, 80), "s": (80, 1000)}
UDP_PORTS = {"c": (1000, 53), "s": (53, 1000)}
SCTP_PORTS = {"c": (1000, 36412), "s": (36412, 1000)}


def _ends(side, addresses):
    return {"src": addresses[side], "dst": addresses[FAR[side]]}


def _ip(side):
    return lambda **fields: scapy.IP(**{**_ends(side, IPV4), **fields})


def _ip6(side):
    return lambda **fields: scapy.IPv6(**{**_ends(side, IPV6), **fields})


def _take(fields, *names):
    return {name: fields.pop(name) for name in names if name in fields}


def names(side):
    """T, T6: a TCP segment; U, U6: a datagram; SC: SCTP chunks. Fields of the IP header may be named too."""
    found = {}
    for end, make in (("", _ip(side)), ("6", _ip6(side))):
        def tcp(flags="S", seq=0, ack=0, data=b"", make=make, **fields):
            outer = _take(fields, "src", "dst", "ttl", "tos", "id", "hlim", "len", "frag")
            sport, dport = TCP_PORTS[side]
            segment = scapy.TCP(**{"sport": sport, "dport": dport, "flags": flags, "seq": seq & 0xFFFFFFFF,
                                   "ack": ack & 0xFFFFFFFF, **fields})
            return make(**outer) / segment / (b"x" * data if isinstance(data, int) else data)

        def udp(data=b"data", make=make, **fields):
            outer = _take(fields, "src", "dst", "ttl", "tos", "id", "hlim", "frag")
            sport, dport = UDP_PORTS[side]
            datagram = scapy.UDP(**{"sport": sport, "dport": dport, **fields})
            return make(**outer) / datagram / (b"x" * data if isinstance(data, int) else data)

        def sctp(*chunks, tag=0, make=make, **fields):
            sport, dport = SCTP_PORTS[side]
            packet = make() / scapy.SCTP(**{"sport": sport, "dport": dport, "tag": tag, **fields})
            for chunk in chunks:
                packet /= chunk
            return packet

        found.update({"T" + end: tcp, "U" + end: udp, "SC" + end: sctp})
    return found


def far_names(side):
    """The same as the other side sends it, to be quoted in errors."""
    made = names(FAR[side])
    return {"far_" + name: maker for name, maker in made.items()} | {
        "far_IP": _ip(FAR[side]), "far_IPv6": _ip6(FAR[side])}
