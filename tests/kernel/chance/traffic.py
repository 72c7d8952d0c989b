# SPDX-License-Identifier: BSD-3-Clause
"""Random packets: most of them good and drawn from the pools of the rules, some odd, some broken.

Left out is what makes a router act later by itself (unknown neighbours, half
datagrams for the box, group reports): it would show in another round.
"""
import struct

from rig.address import FAR, IPV4, IPV6, MAC, PORT

from . import build, pools

ZERO_MAC = "00:00:00:00:00:00"
DF, MF = 0x4000, 0x2000


def groups(rng, limits):
    """[(side, held, [frame])]: the frames of a group follow each other, held ones reach Pollux as one burst."""
    made = []
    left = rng.choice((30, 40, 60, 100))
    while left > 0:
        side = rng.choice("cs")
        size = min(left, rng.choice((1, 3, 8, 16, 40)))
        left -= size
        frames = []
        while len(frames) < size:
            frames += _frames(rng, side)
        held = rng.random() < 0.3
        made.append((side, held, [frame for frame in frames if len(frame) <= 14 + limits.get(side, 1500)]))
    return made


def _frames(rng, side):
    kind = rng.random()
    if kind < 0.03:
        return [_neighbour(rng, side)]
    maker, ethertype = (_ipv4, 0x0800) if kind < 0.55 else (_ipv6, 0x86DD)
    return [_framed(rng, side, ethertype, packet) for packet in maker(rng, side)]


def _framed(rng, side, ethertype, packet):
    to, odd = MAC[PORT[side]], rng.random()
    if odd < 0.03:
        to = rng.choice(("ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "33:33:00:00:00:01", "02:00:00:00:09:09"))
    elif odd < 0.04:
        ethertype = rng.choice((0x0800, 0x86DD, 0x0806, 0x88CC, 0x0600))
    frame = build.ethernet(to, MAC[side], ethertype, packet)
    odd = rng.random()
    if odd < 0.03:
        return frame[:rng.randrange(14, len(frame) + 1)]
    if odd < 0.06:
        return frame + bytes(rng.randrange(1, 30))
    return frame.ljust(60, b"\0") if odd < 0.1 else frame


def _neighbour(rng, side):
    """Questions for the router's addresses by hosts it knows."""
    own, router = MAC[side], MAC[PORT[side]]
    if rng.random() < 0.5:
        sender = rng.choice((IPV4[side], "0.0.0.0"))
        target = rng.choice(pools.OWN4 + ("10.1.0.77", IPV4[side], "10.2.0.77"))
        message = build.arp(rng.choice((1, 1, 1, 2, 3)), own, sender, ZERO_MAC, target)
        return build.ethernet(rng.choice(("ff:ff:ff:ff:ff:ff", router)), own, 0x0806, message)
    target = build.address(rng.choice(pools.OWN6[:2] + ("fd01::77",)))
    source, hlim = IPV6[side], rng.choice((255, 255, 255, 64))
    option = b"\1\1" + build.mac(own)
    group = "ff02::1:ff00:1"
    message = build.icmp6((source, group), 135, 0, 0, target + option)
    return build.ethernet("33:33:ff:00:00:01", own, 0x86DD, build.ipv6(source, group, 58, message, hlim=hlim))


def _ends(rng, side, family):
    """(source, destination) of a packet from this side."""
    hosts, own, odd = (pools.HOSTS4, pools.OWN4, pools.ODD4) if family == 4 else \
        (pools.HOSTS6, pools.OWN6, pools.ODD6)
    far = FAR[side]
    source = rng.choice(hosts[side]) if rng.random() < 0.7 else pools.behind(rng, family, side)
    destination = rng.choice(hosts[far]) if rng.random() < 0.75 else pools.behind(rng, family, far)
    choice = rng.random()
    if choice < 0.15:
        destination = rng.choice(own[:2])
    elif choice < 0.19:
        destination = rng.choice(odd)
    elif choice < 0.23:
        source = rng.choice([one for one in odd if one not in pools.LOOPING + ("127.0.0.1", "::1")])
    elif choice < 0.25:
        # no way: the answer is limited per source
        source, destination = pools.behind(rng, family, side), rng.choice(("192.0.2.9", "198.51.100.1")
                                                                          if family == 4 else ("2001:db8::9",))
    elif choice < 0.27 and family == 6:
        source = pools.LINK_LOCAL[side]
    elif choice < 0.28:
        source = rng.choice(hosts[far][2:])
    return source, destination


def _payload(rng):
    return bytes(index % 251 for index in range(rng.choice(pools.SIZES)))


def _upper(rng, ends, family, side):
    """(protocol, bytes, is a local error possible) of what an IP packet carries."""
    wrong = rng.random() < 0.04
    kind = rng.random()
    if kind < 0.35:
        length = rng.choice((0, 7, 9, 60000)) if rng.random() < 0.03 else None
        return 17, build.udp(ends, rng.choice(pools.PORTS), rng.choice(pools.PORTS), _payload(rng), wrong=wrong,
                             without=rng.random() < 0.05, length=length)
    if kind < 0.7:
        return 6, _tcp(rng, ends, wrong)
    if kind < 0.9:
        return _icmp(rng, ends, side, wrong) if family == 4 else _icmp6(rng, ends, side, wrong)
    protocol, data = _other(rng)
    return (50 if protocol in (51, 136) and not _forwarded(ends) else protocol), data


def _tcp(rng, ends, wrong):
    options = rng.choice((b"", b"", b"\2\4\5\xb4", b"\2\4\5\xb4\1\3\3\7\4\2", b"\x08\x0a" + bytes(8), b"\x1e\4\1\2",
                          b"\2\0", b"\2\x20", b"\0"))
    offset = rng.choice((0, 4, 5, 6, 15)) if rng.random() < 0.05 else None
    return build.tcp(ends, rng.choice(pools.PORTS), rng.choice(pools.PORTS), rng.choice(pools.TCP_FLAGS),
                     _payload(rng)[:200], options=options, offset=offset, wrong=wrong,
                     ack=rng.choice((0, 2000)), seq=rng.choice((0, 1000, 0xFFFFFFFF)))


def _icmp(rng, ends, side, wrong):
    kind, code = rng.choice(((8, 0), (8, 0), (0, 0), (13, 0), (3, 1), (3, 3), (11, 0), (12, 0), (3, 13), (8, 3), (17, 0),
                             (4, 0), (30, 0), (255, 0)))
    if kind in (3, 4, 11, 12):
        inner = build.ipv4(ends[1] if rng.random() < 0.7 else IPV4[FAR[side]], ends[0], 17,
                           build.udp(ends, 53, rng.choice(pools.PORTS), b"inner"))
        payload = inner[:rng.choice((len(inner), 28, 27, 20, 8))]
    else:
        payload = bytes(12) if kind in (13, 17) else _payload(rng)
    return 1, build.icmp(kind, code, rng.choice((0, 0x10001)), payload, wrong=wrong)


def _icmp6(rng, ends, side, wrong):
    kind, code = rng.choice(((128, 0), (128, 0), (129, 0), (1, 4), (1, 0), (3, 0), (4, 1), (128, 1), (200, 0), (100, 0),
                             (139, 0)))
    payload = _payload(rng)
    if kind < 100:
        inner = build.ipv6(ends[1] if rng.random() < 0.7 else IPV6[FAR[side]], ends[0], 17,
                           build.udp(ends, 53, rng.choice(pools.PORTS), b"inner"))
        payload = inner[:rng.choice((len(inner), 48, 47, 40, 8))]
    return 58, build.icmp6(ends, kind, code, rng.choice((0, 0x10001)), payload, wrong=wrong)


def _other(rng):
    protocol = rng.choice((50, 51, 132, 136, 47, 200, 255, 4, 41))
    spi = rng.choice(pools.SPIS)
    head = {50: struct.pack("!II", spi, 1), 51: struct.pack("!BBHII", 59, 4, 0, spi, 1) + bytes(12),
            132: struct.pack("!HHII", rng.choice(pools.PORTS), rng.choice(pools.PORTS), 1, 0),
            136: struct.pack("!HHHH", rng.choice(pools.PORTS), rng.choice(pools.PORTS), 8, 0)}.get(protocol, b"")
    return protocol, head + _payload(rng)[:60]


def _ipv4(rng, side):
    ends = _ends(rng, side, 4)
    protocol, payload = _upper(rng, ends, 4, side)
    fields = {"ttl": rng.choice(pools.TTLS) if rng.random() < 0.3 else 64, "tos": rng.choice(pools.TOSES),
              "ident": rng.randrange(65536), "flags": DF if rng.random() < 0.3 else 0}
    odd = rng.random()
    # none that Linux changes on arrival: it rejects no such packet, and times would differ
    if odd < 0.03 and ends[1] != "255.255.255.255":
        fields["options"] = rng.choice((b"\1\1\1\1", b"\x94\4\0\0", b"\0", b"\1\1\0\0", b"\x82\4\0\0",
                                        b"\7\3\4", b"\7\7\x08" + bytes(4), b"\7\1\4",
                                        b"\x83\7\4\x0a\2\0\3", b"\x55\x20", b"\x94\4\0\1"))
    elif odd < 0.05:
        fields["length"] = rng.choice((0, 19, 20, 28, 27, 65535, 24 + len(payload)))
    elif odd < 0.07:
        fields["bad_checksum"] = True
    elif odd < 0.08:
        fields["version"] = rng.choice((0, 5, 6, 15))
    elif odd < 0.09:
        fields["ihl"] = rng.choice((0, 4))
    elif odd < 0.13 and _forwarded(ends):
        size = rng.choice((8, 16, 400, 800))
        return build.fragments4(*ends, protocol, payload, size, **fields)[:6]
    elif odd < 0.14 and _forwarded(ends):
        fields["flags"] = rng.choice((MF, 1, MF | 5, DF | MF, DF | 3, 0x8000, 0x1FFF))
    return [build.ipv4(*ends, protocol, payload, **fields)]


def _ipv6(rng, side):
    ends = _ends(rng, side, 6)
    following, payload = _upper(rng, ends, 6, side)
    fields = {"hlim": rng.choice(pools.TTLS) if rng.random() < 0.3 else 64,
              "traffic_class": rng.choice(pools.TOSES), "label": rng.choice((0, 0, 1, 0xFFFFF))}
    odd = rng.random()
    if odd < 0.06 and _forwarded(ends):
        kind = rng.choice((0, 60, 43))
        return [build.ipv6(*ends, kind, build.extension6(following, kind, rng.choice((8, 16))) + payload, **fields)]
    if odd < 0.08:
        fields["length"] = rng.choice((0, 1, 7, 65535, len(payload) + 1, max(len(payload) - 1, 0)))
    elif odd < 0.09:
        fields["version"] = rng.choice((0, 4, 5, 15))
    elif odd < 0.13 and _forwarded(ends):
        return build.fragments6(*ends, following, payload, rng.choice((8, 16, 400)), rng.randrange(10), **fields)[:6]
    return [build.ipv6(*ends, following, payload, **fields)]


def _forwarded(ends):
    """Surely not for the box itself."""
    return ends[1] not in pools.OWN4 + pools.OWN6 + pools.ODD4 + pools.ODD6
