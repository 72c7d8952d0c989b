# SPDX-License-Identifier: BSD-3-Clause
"""One random TCP connection: two ends that mostly keep to the rules, as packets of both sides."""
import struct

from . import build

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
WORD = 0xFFFFFFFF
ODD_FLAGS = (0, FIN, SYN, RST, SYN | ACK, SYN | FIN, RST | ACK, FIN | ACK, PSH, ACK | URG, 0x3F, SYN | RST, 0xC2)
OFFSETS = (-100000, -5000, -500, -1, 1, 2, 500, 5000, 70000, 1 << 30, 1 << 31)


class _End:
    def __init__(self, rng):
        self.next = rng.choice((0, 1000, WORD - 50, rng.getrandbits(32)))
        self.seen = 0                       # the other's next number
        self.window = rng.choice((0, 100, 1000, 8192, 65535))
        self.scale = rng.choice((None, None, 0, 2, 7, 14, 15))
        self.sack = rng.random() < 0.5
        self.stamps = rng.random() < 0.3
        self.sent = []                      # [(number, length)], to be sent again


class Tcp:
    """``steps`` gives (0 for the client or 1 for the server, segment as bytes)."""

    def __init__(self, rng, ends, ports):
        """``ends``: addresses of client and server."""
        self.rng, self.addresses, self.ports = rng, ends, ports
        self.ends = (_End(rng), _End(rng))

    def steps(self):
        rng = self.rng
        if rng.random() < 0.85:
            yield from self._opening()
        else:
            self.ends[0].seen, self.ends[1].seen = self.ends[1].next, self.ends[0].next
        for _ in range(rng.choice((0, 1, 2, 4, 8))):
            yield from self._exchange()
        yield from self._closing()

    def _segment(self, who, flags, data=b"", number=None, options=b"", ack=None, **fields):
        rng, end = self.rng, self.ends[who]
        number = end.next if number is None else number
        ack = (end.seen if ack is None else ack) if flags & ACK else 0
        if rng.random() < 0.04:
            number += rng.choice(OFFSETS)
        if rng.random() < 0.04:
            ack += rng.choice(OFFSETS)
        if rng.random() < 0.02:
            flags = rng.choice(ODD_FLAGS)
        if rng.random() < 0.02:
            fields["wrong"] = True
        if rng.random() < 0.01:
            fields["offset"] = rng.choice((0, 4, 6, 15))
        if end.stamps:
            options += b"\1\1\x08\x0a" + struct.pack("!II", 5, 6)
        addresses = self.addresses if who == 0 else self.addresses[::-1]
        ports = self.ports if who == 0 else self.ports[::-1]
        return who, build.tcp(addresses, *ports, flags, data, seq=number & WORD, ack=ack & WORD, options=options,
                              window=end.window, **fields)

    def _opening(self):
        rng, (client, server) = self.rng, self.ends
        kind = rng.random()
        first = self._start(client)
        for _ in range(rng.choice((1, 1, 1, 1, 2, 3))):
            yield self._segment(0, SYN | rng.choice((0, 0, 0, 0xC0)), options=first)
        client.next += 1
        server.seen = client.next
        if kind < 0.08:
            yield self._segment(1, RST | ACK, number=0)
            return
        if kind < 0.12:
            # both open at once
            yield self._segment(1, SYN, options=self._start(server))
            client.seen = server.next + 1
            yield self._segment(0, SYN | ACK, number=client.next - 1)
        if kind < 0.17:
            yield self._segment(1, ACK, number=rng.getrandbits(32), ack=rng.getrandbits(32))
        for _ in range(rng.choice((1, 1, 1, 2))):
            yield self._segment(1, SYN | ACK, options=self._start(server))
        server.next += 1
        client.seen = server.next
        if rng.random() < 0.95:
            yield self._segment(0, ACK)

    def _start(self, end):
        options = b"\2\4\5\xb4" if self.rng.random() < 0.7 else b""
        if end.scale is not None:
            options += b"\1\3\3" + bytes([end.scale])
        return options + (b"\1\1\4\2" if end.sack else b"")

    def _exchange(self):
        rng = self.rng
        who = rng.randrange(2)
        me, other = self.ends[who], self.ends[1 - who]
        kind = rng.random()
        if kind < 0.08:
            me.window = rng.choice((0, 1, 100, 1000, 65535))
            yield self._segment(who, ACK)
        elif kind < 0.14:
            yield self._segment(who, ACK, number=me.next - 1)     # keep-alive
            yield self._segment(1 - who, ACK)
        elif kind < 0.18:
            yield self._segment(who, SYN, number=rng.choice((me.next, rng.getrandbits(32))))
        elif kind < 0.22:
            yield self._segment(who, ACK, ack=other.next - rng.choice((1, 100, 66000, 70000)))
        else:
            yield from self._data(who, me, other)

    def _data(self, who, me, other):
        rng = self.rng
        pieces = [rng.choice((1, 10, 100, 536, 1000)) for _ in range(rng.choice((1, 1, 2, 3)))]
        lost = rng.randrange(len(pieces)) if len(pieces) > 1 and rng.random() < 0.4 else None
        start = me.next
        for index, length in enumerate(pieces):
            if index != lost:
                yield self._segment(who, ACK | PSH, b"d" * length)
            me.sent.append((me.next, length))
            me.next += length
        if lost is not None:
            gap = start + sum(pieces[:lost])
            blocks = struct.pack("!II", (gap + pieces[lost]) & WORD, me.next & WORD)
            options = b"\1\1\5\x0a" + blocks if other.sack or rng.random() < 0.2 else b""
            yield self._segment(1 - who, ACK, ack=gap, options=options)
            yield self._segment(who, ACK, b"d" * pieces[lost], number=gap)
        while rng.random() < 0.15:
            number, length = rng.choice(me.sent)
            yield self._segment(who, ACK | PSH, b"d" * length, number=number)
        other.seen = me.next
        if rng.random() < 0.85:
            yield self._segment(1 - who, ACK)

    def _closing(self):
        rng = self.rng
        kind, who = rng.random(), rng.randrange(2)
        me, other = self.ends[who], self.ends[1 - who]
        if kind < 0.2:
            return
        if kind < 0.4:
            number = me.next + rng.choice((0, 0, 0, 10, -10, 100000))
            yield self._segment(who, RST | rng.choice((0, ACK)), number=number)
            if rng.random() < 0.5:
                yield self._segment(1 - who, rng.choice((ACK, RST, RST | ACK)))
            return
        yield self._segment(who, FIN | ACK)
        me.next += 1
        other.seen = me.next
        if kind < 0.5:
            # both at once
            yield self._segment(1 - who, FIN | ACK, ack=me.next - 1)
            other.next += 1
            me.seen = other.next
            yield self._segment(who, ACK)
            yield self._segment(1 - who, ACK)
            return
        if kind < 0.9:
            yield self._segment(1 - who, ACK)
        yield self._segment(1 - who, FIN | ACK)
        other.next += 1
        me.seen = other.next
        if rng.random() < 0.9:
            yield self._segment(who, ACK)
        if rng.random() < 0.2:
            yield self._segment(rng.randrange(2), rng.choice((ACK, FIN | ACK, RST, SYN | ACK)))
