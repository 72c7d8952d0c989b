# SPDX-License-Identifier: BSD-3-Clause
"""Ports and identifiers that routers choose at random: what one has chosen, written as the other has it.

Only where both have chosen, for the same connection and of the same class:
below 512, below 1024, above. What a rule's range says is left to the range.
"""
import ipaddress
import re
import struct

from . import build, follow

_NUMBER = {"tcp": 6, "udp": 17, "sctp": 132, "udplite": 136, "icmp": 1, "icmpv6": 58}
_TUPLE = re.compile(r"src=(\S+) dst=(\S+) (?:sport=(\d+) dport=(\d+)|type=(\d+) code=\d+ id=(\d+))")
_ERRORS = {1: (3, 4, 5, 11, 12), 58: (1, 2, 3, 4)}


class Choices:
    """Of two routers in one round; ``text`` and ``frame`` give what the second has said and sent as the first would."""

    def __init__(self, ranges, randomly):
        """``ranges``: rules say which ports, so that classes do not count; ``randomly``: also to choose where none need be."""
        self._to = {}            # (protocol, source, port, destination, port) of the second -> ports of the first
        self._ranges, self._randomly = ranges, randomly

    def arrived(self, first, second):
        """What came to the hosts of both since the last time."""
        for key, came in first.items():
            for was, now in zip(came, second.get(key, ())):
                self._add(was, now, key)

    def shown(self, first, second):
        """What both have to say about connections."""
        known = {}
        for line in first.splitlines():
            if len(found := list(_tuples(line))) == 2:
                known.setdefault(found[0], []).append(found[1])
        for line in second.splitlines():
            found = list(_tuples(line))
            if len(found) == 2 and known.get(found[0]):
                self._pair(found[0], known[found[0]].pop(0), found[1])

    def _add(self, was, now, key):
        (ends, ports), (others, theirs) = was, now
        if ends == others and ports[1] and theirs[1]:
            if all(a == b or self._both_chose(sent, a, b) for sent, a, b in zip(ports[0], ports[1], theirs[1])):
                self._both_ways(key[2], ends, theirs[1], ports[1])

    def _pair(self, original, was, now):
        protocol, sent = original[0], (original[4], original[2])
        if (was[1], was[3]) == (now[1], now[3]) and was != now and all(
                a == b or self._both_chose(first, a, b) for first, a, b in zip(sent, was[2::2], now[2::2])):
            self._both_ways(protocol, (was[1], was[3]), now[2::2], was[2::2])

    def _both_chose(self, sent, was, now):
        return (self._randomly or sent not in (was, now)) and (self._ranges or _class(was) == _class(now))

    def _both_ways(self, protocol, ends, ports, better):
        for step in (1, -1):
            (source, destination), (low, high) = ends[::step], ports[::step]
            self._to[protocol, source, low, destination, high] = better[::step]

    def text(self, text):
        return "".join(self._line(line) for line in text.splitlines(keepends=True)) if self._to else text

    def _line(self, line):
        protocol = _NUMBER.get(line.split(None, 1)[0]) if line.strip() else None

        def better(match):
            found = self._to.get(_key(protocol, match))
            if not found:
                return match[0]
            if match[6]:
                return match[0].replace(f"id={match[6]}", f"id={found[0]}")
            return f"src={match[1]} dst={match[2]} sport={found[0]} dport={found[1]}"
        return _TUPLE.sub(better, line)

    def frame(self, frame):
        if not self._to or frame[12:14] not in (b"\x08\0", b"\x86\xdd"):
            return frame
        return frame[:14] + self._packet(frame[14:])[0]

    def _packet(self, packet):
        """(packet, [(old, new)] of its bytes that are not the IP header's)."""
        protocol, at = _upper(packet)
        if protocol is None:
            return packet, []
        data = bytearray(packet[at:])
        ports = follow.ports_of(protocol, data)
        changes = []
        if ports:
            source, destination = follow.ends_of(packet)
            better = self._to.get((protocol, source, ports[0], destination, ports[1]))
            if better and better != ports:
                changes = _change(protocol, data, ports, better)
        elif data and data[0] in _ERRORS.get(protocol, ()):
            inner, changes = self._packet(bytes(data[8:])) if len(data) > 28 else (None, [])
            if changes:
                data[8:] = inner
                follow.adjust(data, protocol, changes)
        return packet[:at] + bytes(data), changes


def _change(protocol, data, ports, better):
    old, summed = bytes(data), protocol == follow.SCTP and len(data) >= 12
    error = build.sctp_error(data) if summed else 0
    changes = []
    for index, at in enumerate((0, 2) if protocol in follow.PORTED else (4,)):
        changes.append((struct.pack("!H", ports[index]), struct.pack("!H", better[index])))
        struct.pack_into("!H", data, at, better[index])
    if summed:
        build.sctp_sum(data, error)
    elif protocol in follow.CHECKSUM_AT and len(data) >= follow.CHECKSUM_AT[protocol] + 2:
        follow.adjust(data, protocol, changes)
    even = len(data) // 2 * 2
    return [(old[at:at + 2], bytes(data[at:at + 2])) for at in range(0, min(even, 18), 2)]


def _upper(packet):
    """(protocol, where it begins) of a packet that has the header; (None, 0)."""
    if len(packet) >= 20 and packet[0] >> 4 == 4:
        later = struct.unpack_from("!H", packet, 6)[0] & 0x1FFF
        return (None, 0) if later else (packet[9], 4 * (packet[0] & 15))
    if len(packet) < 48 or packet[0] >> 4 != 6:
        return None, 0
    if packet[6] != 44:
        return packet[6], 40
    return (None, 0) if struct.unpack_from("!H", packet, 42)[0] & 0xFFF8 else (packet[40], 48)


def _class(port):
    return 0 if port < 512 else 1 if port < 1024 else 2


def _tuples(line):
    protocol = _NUMBER.get(line.split(None, 1)[0]) if line.strip() else None
    return (_key(protocol, match) for match in _TUPLE.finditer(line)) if protocol else ()


def _key(protocol, match):
    source, destination = (ipaddress.ip_address(text).packed for text in match.group(1, 2))
    low, high = match.group(3, 4) if match[3] else (match[6], match[6])
    return protocol, source, int(low), destination, int(high)
