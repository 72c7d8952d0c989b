# SPDX-License-Identifier: BSD-3-Clause
"""The ends of what a frame carries, those that its ICMP error quotes too: address and port (or ICMP id)."""
import struct
from dataclasses import dataclass

from .checksum import ones_complement

ETHERNET = 14
# protocol -> where its checksum is; SCTP's is none of this kind
SUMS = {6: 16, 17: 6, 136: 6, 33: 6}
SCTP, SCTP_SUM = 132, 8
ERRORS = {1: (3, 4, 5, 11, 12), 58: (1, 2, 3, 4)}
# messages with an id, and whether it is the sender's
IDS = {1: {8: True, 0: False, 13: True, 14: False, 15: True, 16: False, 17: True, 18: False},
       58: {128: True, 129: False}}
EXTENSIONS = (0, 43, 60)
FRAGMENT = 44


@dataclass(frozen=True)
class End:
    at: int            # of the port in the frame
    proto: int
    address: bytes
    port: int
    source: bool       # of the packet, so that it is what source translation chooses
    sums: tuple        # the checksums over it, the innermost first: (where, 0 means none)
    other: tuple       # (address, port or None) of the other end


def ends(frame):
    """Of an Ethernet frame, as a list of End."""
    kind = frame[12:14]
    if kind == b"\x08\0":
        return _ipv4(frame, ETHERNET, ())
    return _ipv6(frame, ETHERNET, ()) if kind == b"\x86\xdd" else []


def with_port(frame, end, port):
    """The frame with another port there. Right checksums stay right, wrong ones as wrong as they were."""
    made = bytearray(frame)
    changes = _put(made, end.at, struct.pack("!H", port))
    if end.proto == SCTP:
        return _sctp_summed(frame, made, end)
    for where, may_be_none in end.sums:
        if where + 2 > len(made) or (may_be_none and made[where:where + 2] == bytes(2)):
            continue
        value = ~struct.unpack_from("!H", made, where)[0] & 0xFFFF
        for was, now in changes:
            value += (~was & 0xFFFF) + now
        while value >> 16:
            value = (value & 0xFFFF) + (value >> 16)
        value = ~value & 0xFFFF
        changes += _put(made, where, struct.pack("!H", value or (0xFFFF if may_be_none else 0)))
    return bytes(made)


def _put(made, at, data):
    """[(word before, word after)]"""
    was, made[at:at + 2] = struct.unpack_from("!H", made, at)[0], data
    return [(was, struct.unpack_from("!H", made, at)[0])]


def _ipv4(frame, at, outer):
    if len(frame) < at + 20 or frame[at] >> 4 != 4:
        return []
    if struct.unpack_from("!H", frame, at + 6)[0] & 0x1FFF:
        return []
    l4 = at + 4 * (frame[at] & 15)
    return _l4(frame, l4, frame[at + 9], (frame[at + 12:at + 16], frame[at + 16:at + 20]), outer)


def _ipv6(frame, at, outer):
    if len(frame) < at + 40 or frame[at] >> 4 != 6:
        return []
    l4, following = at + 40, frame[at + 6]
    while following in (*EXTENSIONS, FRAGMENT) and len(frame) >= l4 + 8:
        if following == FRAGMENT and struct.unpack_from("!H", frame, l4 + 2)[0] & 0xFFF8:
            return []
        size = 8 if following == FRAGMENT else 8 * (frame[l4 + 1] + 1)
        l4, following = l4 + size, frame[l4]
    return _l4(frame, l4, following, (frame[at + 8:at + 24], frame[at + 24:at + 40]), outer)


def _l4(frame, at, proto, addresses, outer):
    source, destination = addresses
    if proto in SUMS or proto == SCTP:
        if len(frame) < at + 4:
            return []
        ports = struct.unpack_from("!HH", frame, at)
        sums = outer if proto == SCTP else ((at + SUMS[proto], proto == 17), *outer)
        return [End(at, proto, source, ports[0], True, sums, (destination, ports[1])),
                End(at + 2, proto, destination, ports[1], False, sums, (source, ports[0]))]
    if proto not in ERRORS or len(frame) < at + 8:
        return []
    sums = ((at + 2, False), *outer)
    if frame[at] in ERRORS[proto]:
        return [] if outer else (_ipv4 if proto == 1 else _ipv6)(frame, at + 8, sums)
    if frame[at] not in IDS[proto]:
        return []
    asks, ident = IDS[proto][frame[at]], struct.unpack_from("!H", frame, at + 4)[0]
    near, far = (source, destination) if asks else (destination, source)
    return [End(at + 4, proto, near, ident, asks, sums, (far, None))]


def _sctp_summed(before, made, end):
    """CRC32c is over the whole packet: made anew where it was right. Quotes of one are not looked at."""
    start = end.at if end.source else end.at - 2
    if not end.sums and _crc32c(before[start:]) == before[start + 8:start + 12]:
        made[start + SCTP_SUM:start + SCTP_SUM + 4] = _crc32c(made[start:])
    for where, _ in end.sums:        # of the ICMP error that quotes it
        right = ones_complement(before[where - 2:]) == 0
        made[where:where + 2] = bytes(2)
        made[where:where + 2] = struct.pack("!H", ones_complement(made[where - 2:]) if right else 0xBAD0)
    return bytes(made)


def _crc32c(packet):
    """Of an SCTP packet, as it stands in the header."""
    data, value = bytes(packet[:8]) + bytes(4) + bytes(packet[12:]), 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return struct.pack("<I", value ^ 0xFFFFFFFF)
