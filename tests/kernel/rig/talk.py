# SPDX-License-Identifier: BSD-3-Clause
"""Names for scenarios about connections: short, because a connection takes many packets."""
import struct

from scapy import all as scapy

from .address import IPV4, IPV6, TOWARDS
from .checksum import ones_complement

TCP_PORTS = {"c": (1000, 80), "s": (80, 1000), "h": (1000, 80)}
UDP_PORTS = {"c": (1000, 53), "s": (53, 1000), "h": (1000, 53)}
SCTP_PORTS = {"c": (1000, 36412), "s": (36412, 1000), "h": (1000, 36412)}


def _ends(side, addresses):
    return {"src": addresses[side], "dst": addresses[TOWARDS[side]]}


def _ip(side):
    return lambda **fields: scapy.IP(**{**_ends(side, IPV4), **fields})


def _ip6(side):
    return lambda **fields: scapy.IPv6(**{**_ends(side, IPV6), **fields})


def _take(fields, *names):
    return {name: fields.pop(name) for name in names if name in fields}


def names(side):
    """T, T6: a TCP segment; U, U6: a datagram; UL, UL6: UDP-Lite; SC, SC6: SCTP chunks. Fields of the IP header may be named too."""
    found = {}
    ipv4 = _ip(side)
    for end, make in (("", ipv4), ("6", _ip6(side))):
        def tcp(flags="S", seq=0, ack=0, data=b"", make=make, **fields):
            outer = _take(fields, "src", "dst", "ttl", "tos", "id", "hlim", "len", "frag")
            sport, dport = TCP_PORTS[side]
            data = b"x" * data if isinstance(data, int) else data
            if isinstance(fields.get("options"), bytes):     # some that scapy would not make
                data = fields["options"] + data
                fields["dataofs"] = 5 + len(fields.pop("options")) // 4
            segment = scapy.TCP(**{"sport": sport, "dport": dport, "flags": flags, "seq": seq & 0xFFFFFFFF,
                                   "ack": ack & 0xFFFFFFFF, **fields})
            return make(**outer) / segment / data

        def udp(data=b"data", make=make, **fields):
            outer = _take(fields, "src", "dst", "ttl", "tos", "id", "hlim", "frag")
            sport, dport = UDP_PORTS[side]
            datagram = scapy.UDP(**{"sport": sport, "dport": dport, **fields})
            return make(**outer) / datagram / (b"x" * data if isinstance(data, int) else data)

        def udplite(data=b"data", coverage=8, make=make, wrong=0, pseudo=136, **fields):
            """``coverage``: bytes the checksum is over, as the header says it (0: all)."""
            sport, dport = UDP_PORTS[side]
            ports = struct.pack("!HHHH", fields.get("sport", sport), fields.get("dport", dport), coverage, 0)
            outer = make(**{"nh" if make is not ipv4 else "proto": 136})
            ends = bytes(outer)[12:20] if make is ipv4 else bytes(outer)[8:40]
            header = ends + struct.pack("!IHBB", 8 + len(data), 0, 0, pseudo)
            summed = ones_complement(header + (ports + data)[:coverage or None]) ^ wrong
            return outer / scapy.Raw(ports[:6] + struct.pack("!H", summed) + data)

        def sctp(*chunks, tag=0, make=make, **fields):
            sport, dport = SCTP_PORTS[side]
            packet = make() / scapy.SCTP(**{"sport": sport, "dport": dport, "tag": tag, **fields})
            for chunk in chunks:
                packet /= chunk
            return packet

        found.update({"T" + end: tcp, "U" + end: udp, "UL" + end: udplite, "SC" + end: sctp})
    return found


def far_names(side):
    """The same as the other side sends it, to be quoted in errors."""
    made = names(TOWARDS[side])
    return {"far_" + name: maker for name, maker in made.items()} | {
        "far_IP": _ip(TOWARDS[side]), "far_IPv6": _ip6(TOWARDS[side])}


def back(packet, data=b"back", **fields):
    """What the host that got the packet answers: fields are those of TCP, or of the ICMP reply."""
    answer = packet.__class__(src=packet.dst, dst=packet.src)
    for layer in (scapy.TCP, scapy.UDP, scapy.SCTP):
        if packet.haslayer(layer):
            ports = {"sport": packet[layer].dport, "dport": packet[layer].sport}
            return answer / layer(**ports, **fields) / data
    if packet.haslayer(scapy.ICMPv6EchoRequest):
        asked = packet[scapy.ICMPv6EchoRequest]
        return answer / scapy.ICMPv6EchoReply(id=asked.id, seq=asked.seq, data=asked.data, **fields)
    asked = packet[scapy.ICMP]
    return answer / scapy.ICMP(type=0, id=asked.id, seq=asked.seq, **fields) / bytes(asked.payload)


def stamps(value, echo=0):
    """Options of a segment with time stamps; ``echo``: a number, or the segment whose stamp is echoed."""
    if not isinstance(echo, int):
        echo = dict(option for option in echo[scapy.TCP].options if option[0] == "Timestamp")["Timestamp"][0]
    return [("NOP", None), ("NOP", None), ("Timestamp", (value, echo))]


def about(packet, src=None, size=548, **fields):
    """An ICMP error about a packet that came, from its receiver or ``src``: port unreachable unless told otherwise."""
    outer = packet.__class__(src=src or packet.dst, dst=packet.src)
    if isinstance(packet, scapy.IP):
        return outer / scapy.ICMP(**{"type": 3, "code": 3, **fields}) / scapy.Raw(bytes(packet)[:size])
    kind = fields.pop("layer", scapy.ICMPv6DestUnreach)
    return outer / kind(**({"code": 4} if kind is scapy.ICMPv6DestUnreach else {}), **fields) / scapy.Raw(bytes(packet)[:size])
