# SPDX-License-Identifier: BSD-3-Clause
"""Random conversations of other protocols than TCP, as packets of both sides."""
import struct

from . import build

ICMP, UDP, GRE, ICMPV6, SCTP, UDPLITE = 1, 17, 47, 58, 132, 136
UDP_PORTS = (53, 69, 80, 5000)
CLIENT_PORTS = (1000, 1001, 1002)
TFTP = (b"\0\1file\0octet\0", b"\0\2file\0octet\0", b"\0\3\0\1data")
DATA, INIT, INIT_ACK, SACK, HEARTBEAT, HEARTBEAT_ACK, ABORT, SHUTDOWN, SHUTDOWN_ACK, ERROR, COOKIE_ECHO, COOKIE_ACK, \
    SHUTDOWN_COMPLETE = (*range(12), 14)


class Udp:
    """``steps`` gives (0 for the client or 1 for the server, payload of IP)."""

    protocol = UDP

    def __init__(self, rng, ends):
        self.rng, self.ends = rng, (ends, ends[::-1])
        ports = (rng.choice(CLIENT_PORTS), rng.choice(UDP_PORTS))
        self.ports = (ports, ports[::-1])

    def steps(self):
        rng = self.rng
        for _ in range(rng.choice((1, 2, 3, 6))):
            who = rng.choice((0, 0, 1))
            data = rng.choice(TFTP) if 69 in self.ports[0] else bytes(rng.choice((0, 1, 4, 100)))
            yield who, build.udp(self.ends[who], *self.ports[who], data, wrong=rng.random() < 0.05,
                                 without=rng.random() < 0.05,
                                 length=rng.choice((7, 8, 9, 2000)) if rng.random() < 0.04 else None)


class UdpLite(Udp):
    protocol = UDPLITE

    def steps(self):
        rng = self.rng
        for _ in range(rng.choice((1, 2, 4))):
            who = rng.randrange(2)
            coverage = rng.choice((0, 8, 8, 12, 7, 13))
            head = struct.pack("!HHHH", *self.ports[who], coverage, 0)
            # Linux sums as if it were UDP
            kind = rng.choice((UDP, UDP, UDPLITE))
            header = b"".join(map(build.address, self.ends[who])) + struct.pack("!IHBB", 12, 0, 0, kind)
            summed = build.ones_complement(header + (head + b"data")[:coverage or None])
            yield who, head[:6] + struct.pack("!H", summed) + b"data"


class Echo:
    """Questions and answers of ICMP or ICMPv6."""

    def __init__(self, rng, ends, family):
        self.rng, self.ends, self.family = rng, (ends, ends[::-1]), family
        self.protocol = ICMP if family == 4 else ICMPV6

    def steps(self):
        rng = self.rng
        ident = rng.choice((1, 2, 3))
        asked, answered = rng.choice(((8, 0), (8, 0), (13, 14), (17, 18)) if self.family == 4 else
                                     ((128, 129), (128, 129), (139, 140)))
        if self.family == 4 and rng.random() < 0.05:
            asked = rng.choice((0, 15, 16, 30))
        for number in range(rng.choice((1, 2, 4))):
            who = 0 if rng.random() < 0.85 else 1
            yield who, self._message(who, asked, ident, number)
            if rng.random() < 0.7:
                other = ident if rng.random() < 0.9 else 9
                yield 1 - who, self._message(1 - who, answered, other, number)

    def _message(self, who, kind, ident, number):
        rest, wrong = ident << 16 | number, self.rng.random() < 0.04
        code = 1 if self.rng.random() < 0.03 else 0
        if self.family == 4:
            return build.icmp(kind, code, rest, bytes(12), wrong=wrong)
        return build.icmp6(self.ends[who], kind, code, rest, bytes(24), wrong=wrong)


class Sctp:
    protocol = SCTP

    def __init__(self, rng, ends):
        self.rng = rng
        ports = (rng.choice(CLIENT_PORTS), 80)
        self.ports = (ports, ports[::-1])
        self.tags = [rng.choice((1, rng.getrandbits(32))), rng.getrandbits(32)]    # that each side wants to see

    def steps(self):
        rng = self.rng
        if rng.random() < 0.8:
            yield self._packet(0, INIT, tag=0, body=struct.pack("!IIHHI", self.tags[0], 1000, 1, 1, 0))
            if rng.random() < 0.1:
                yield self._packet(1, ABORT)
                return
            yield self._packet(1, INIT_ACK, body=struct.pack("!IIHHI", self.tags[1], 1000, 1, 1, 0))
            yield self._packet(0, COOKIE_ECHO, body=b"1234")
            yield self._packet(1, COOKIE_ACK)
        for _ in range(rng.choice((0, 1, 3))):
            who = rng.randrange(2)
            kind = rng.choice((DATA, DATA, HEARTBEAT, SHUTDOWN_COMPLETE if rng.random() < 0.1 else SACK))
            yield self._packet(who, kind, body=bytes(16))
            if kind == HEARTBEAT:
                yield self._packet(1 - who, HEARTBEAT_ACK)
        if rng.random() < 0.2:
            yield self._packet(rng.randrange(2), rng.choice((ABORT, ERROR)))
        elif rng.random() < 0.7:
            who = rng.randrange(2)
            yield self._packet(who, SHUTDOWN, body=bytes(4))
            yield self._packet(1 - who, SHUTDOWN_ACK)
            yield self._packet(who, SHUTDOWN_COMPLETE)

    def _packet(self, who, kind, tag=None, body=b""):
        rng = self.rng
        if tag is None:
            tag = self.tags[1 - who] if rng.random() < 0.93 else rng.choice((0, 5, self.tags[who]))
        if rng.random() < 0.02:
            kind = rng.randrange(16)
        length = 4 + len(body) if rng.random() < 0.98 else rng.choice((0, 3, 200))
        flags = 1 if kind in (ABORT, SHUTDOWN_COMPLETE) and rng.random() < 0.2 else 0
        chunks = struct.pack("!BBH", kind, flags, length) + body
        if kind not in (INIT, INIT_ACK, SHUTDOWN_COMPLETE) and rng.random() < 0.1:
            chunks += struct.pack("!BBH", DATA, 3, 16) + bytes(12)
        head = struct.pack("!HHI", *self.ports[who], tag)
        packet = bytearray(head + bytes(4) + chunks)
        build.sctp_sum(packet, 1 if rng.random() < 0.02 else 0)
        return who, bytes(packet)


class Other:
    """Protocols that are tracked by their addresses alone, and GRE."""

    def __init__(self, rng, ends):
        self.rng = rng
        self.protocol = rng.choice((GRE, GRE, 50, 89, 200, 253))

    def steps(self):
        rng = self.rng
        data = bytes(8)
        if self.protocol == GRE:
            data = rng.choice((b"\0\0\x08\0abcd", b"\x30\x01\x88\x0b\0\4\0\7\0\0\0\0", b"\x20\0\x08\0\0\0\0\1x", b"\0\0"))
        for _ in range(rng.choice((1, 2, 3))):
            yield rng.randrange(2), data
