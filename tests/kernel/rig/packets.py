# SPDX-License-Identifier: BSD-3-Clause
"""The names frame expressions may use.

Scapy's own IP() asks the routing table of the machine for missing addresses;
here they default to the raw hosts: from the side's host to the other side's.
"""
import functools
import re

from scapy import all as scapy
from scapy.config import conf

from . import talk
from .address import FAR, HOST, IPV4, IPV6, MAC, PORT, TOWARDS

conf.verb = 0
KEPT = 1000
BROADCAST = "ff:ff:ff:ff:ff:ff"


def _constants():
    names = {"BROADCAST": BROADCAST}
    for host, mac in MAC.items():
        names["MAC_" + host.upper()] = mac
        names[host.upper()] = IPV4[host]
        names[host.upper() + "_6"] = IPV6[host]
    return names


def _solicited(target):
    """The solicited-node multicast group of an address."""
    nodes = scapy.in6_getnsma(scapy.inet_pton(scapy.socket.AF_INET6, target))
    return scapy.inet_ntop(scapy.socket.AF_INET6, nodes)


def _payload(length):
    """Bytes that show in a dump which part of them is there."""
    return bytes(index % 251 for index in range(length))


def _padded(packet, length):
    """Ethernet padding up to a frame of ``length`` bytes."""
    return packet / scapy.Padding(bytes(length - len(packet)))


def _fragments6(packet, size, ident=0x1234):
    """The fragments of an IPv6 packet of at most ``size`` bytes each; scapy makes none beyond 65,535."""
    whole, room = bytes(packet), (size - 48) & ~7
    header, rest = packet.copy(), whole[40:]
    header.remove_payload()
    header.nh, header.plen = 44, None
    return [header / scapy.IPv6ExtHdrFragment(id=ident, nh=whole[6], offset=at // 8, m=int(at + room < len(rest)))
            / scapy.Raw(rest[at:at + room]) for at in range(0, len(rest), room)]


def _cut(packet, sizes, ident=0x1234):
    """The fragments of an IPv4 or IPv6 packet with that many bytes of payload each; the rest is the last one."""
    header = packet.copy()
    header.remove_payload()
    six, whole = isinstance(packet, scapy.IPv6), bytes(packet)
    rest, at, pieces = whole[len(bytes(header)):], 0, []
    for size in [*sizes, len(rest)]:
        data, more = rest[at:at + size], int(at + size < len(rest))
        if six:
            header.nh, header.plen = 44, None
            head = header / scapy.IPv6ExtHdrFragment(id=ident, nh=whole[6], offset=at // 8, m=more)
        else:
            header.proto, header.len, header.chksum, header.frag = whole[9], None, None, at // 8
            header.flags = "MF+DF" if packet.flags.DF and more else "MF" if more else packet.flags
            head = header.copy()
        pieces.append(head / scapy.Raw(data))
        at += size
        if not more:
            break
    return pieces


def _neighbour(side):
    """Makers of ARP and ND messages of a side's host."""
    def who_has(target, source=IPV4[side], mac=MAC[side], to=BROADCAST):
        return (scapy.Ether(src=mac, dst=to)
                / scapy.ARP(op=1, hwsrc=mac, psrc=source, hwdst="00:00:00:00:00:00", pdst=target))

    def is_at(source, mac, target=IPV4[PORT[side]], to=MAC[PORT[side]]):
        return (scapy.Ether(src=mac, dst=to)
                / scapy.ARP(op=2, hwsrc=mac, psrc=source, hwdst=to, pdst=target))

    def solicit(target, source=IPV6[side], mac=MAC[side], to=None, hlim=255):
        group = to or _solicited(target)
        ethernet = scapy.in6_getnsmac(scapy.inet_pton(scapy.socket.AF_INET6, group))
        if to:
            ethernet = MAC[PORT[side]]
        packet = (scapy.Ether(src=mac, dst=ethernet)
                  / scapy.IPv6(src=source, dst=group, hlim=hlim) / scapy.ICMPv6ND_NS(tgt=target))
        return packet if source == "::" else packet / scapy.ICMPv6NDOptSrcLLAddr(lladdr=mac)

    def advertise(target, mac, to=IPV6[PORT[side]]):
        return (scapy.Ether(src=mac, dst=MAC[PORT[side]]) / scapy.IPv6(src=target, dst=to, hlim=255)
                / scapy.ICMPv6ND_NA(tgt=target, R=0, S=1, O=1) / scapy.ICMPv6NDOptDstLLAddr(lladdr=mac))

    return {"who_has": who_has, "is_at": is_at, "solicit": solicit, "advertise": advertise}


def _names(side):
    far = TOWARDS[side]
    names = {name: getattr(scapy, name) for name in dir(scapy)
             if name[:1].isupper() and isinstance(getattr(scapy, name), type)}
    names.update(_constants())
    names.update(_neighbour(side))
    names.update(talk.names(side) | talk.far_names(side))
    names.update({
        "IP": lambda **f: scapy.IP(**{"src": IPV4[side], "dst": IPV4[far], **f}),
        "IPv6": lambda **f: scapy.IPv6(**{"src": IPV6[side], "dst": IPV6[far], **f}),
        "IPerror": lambda **f: scapy.IP(**f), "IPv6error": lambda **f: scapy.IPv6(**f),
        "Ether": lambda **f: scapy.Ether(**{"src": MAC[side], "dst": MAC[PORT[side]], **f}),
        "payload": _payload, "padded": _padded, "solicited": _solicited, "range": range, "enumerate": enumerate, "bytes": bytes, "len": len,
        "fragments": lambda packet, size: scapy.fragment(packet, size), "fragments6": _fragments6,
        "cut": _cut, "back": talk.back, "about": talk.about, "stamps": talk.stamps,
    })
    return names


NAMES = {side: _names(side) for side in (*FAR, HOST)}


_GOT = re.compile(r"\bgot\b")


def needs_got(expression):
    """Does it speak of what has arrived?"""
    return bool(_GOT.search(expression))


def frames(side, expression, got=()):
    """The frames of an expression, as bytes; ``got``: those that have arrived on the side."""
    return _frames(side, expression, tuple(got) if needs_got(expression) else ())


@functools.lru_cache(KEPT)     # the other router gets the same
def _frames(side, expression, got):
    """Without an Ethernet header a frame gets the side's."""
    names = {"__builtins__": {}, **NAMES[side]}
    names["got"] = [scapy.Ether(frame).payload for frame in got]
    # as globals, so that a comprehension inside the expression sees them too
    value = eval(expression, names)  # pylint: disable=eval-used
    packets = value if isinstance(value, list) else [value]
    return tuple(_frame(side, packet) for packet in packets)


def _frame(side, packet):
    if isinstance(packet, bytes) or isinstance(packet, scapy.Ether):
        return bytes(packet)
    kind = 0x86DD if isinstance(packet, scapy.IPv6) else 0x0800
    return bytes(scapy.Ether(src=MAC[side], dst=MAC[PORT[side]], type=kind) / packet)
