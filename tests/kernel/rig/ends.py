# SPDX-License-Identifier: BSD-3-Clause
"""The ends of what a frame carries, those that its ICMP error or redirect quotes too: address and port (or ICMP id)."""
import struct
from dataclasses import dataclass

from .checksum import crc32c

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
# an ICMPv6 redirect quotes in an option (RFC 4861 4.5 and 4.6.3)
REDIRECT, REDIRECT_SIZE, REDIRECTED = 137, 40, 4


@dataclass(frozen=True)
class End:
    at: int            # of the port in the frame
    proto: int
    address: bytes
    port: int
    source: bool       # of the packet, so that it is what source translation chooses
    sums: tuple        # the checksums over it, the innermost first: (where, 0 means none)
    other: tuple       # (address, port or None) of the other end
    size: int          # bytes from its header on that its packet has, or had where it is quoted


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
        changes += _sctp_summed(frame, made, end)
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
    l4, till = at + 4 * (frame[at] & 15), at + struct.unpack_from("!H", frame, at + 2)[0]
    return _l4(frame, (l4, till), frame[at + 9], (frame[at + 12:at + 16], frame[at + 16:at + 20]), outer)


def _ipv6(frame, at, outer):
    if len(frame) < at + 40 or frame[at] >> 4 != 6:
        return []
    l4, following, till = at + 40, frame[at + 6], at + 40 + struct.unpack_from("!H", frame, at + 4)[0]
    while following in (*EXTENSIONS, FRAGMENT) and len(frame) >= l4 + 8:
        if following == FRAGMENT and struct.unpack_from("!H", frame, l4 + 2)[0] & 0xFFF8:
            return []
        size = 8 if following == FRAGMENT else 8 * (frame[l4 + 1] + 1)
        l4, following = l4 + size, frame[l4]
    return _l4(frame, (l4, till), following, (frame[at + 8:at + 24], frame[at + 24:at + 40]), outer)


def _l4(frame, place, proto, addresses, outer):
    """``place``: where the header is, and where its packet ends."""
    at, (source, destination) = place[0], addresses
    size = place[1] - at
    if proto in SUMS or proto == SCTP:
        if len(frame) < at + 4:
            return []
        ports = struct.unpack_from("!HH", frame, at)
        sums = outer if proto == SCTP else ((at + SUMS[proto], proto == 17), *outer)
        return [End(at, proto, source, ports[0], True, sums, (destination, ports[1]), size),
                End(at + 2, proto, destination, ports[1], False, sums, (source, ports[0]), size)]
    if proto not in ERRORS or len(frame) < at + 8:
        return []
    sums = ((at + 2, False), *outer)
    if quoted := _quoted(frame, at, proto):
        return (_ipv4 if proto == 1 else _ipv6)(frame, quoted, sums)
    if frame[at] not in IDS[proto]:
        return []
    asks, ident = IDS[proto][frame[at]], struct.unpack_from("!H", frame, at + 4)[0]
    near, far = (source, destination) if asks else (destination, source)
    return [End(at + 4, proto, near, ident, asks, sums, (far, None), size)]


def _quoted(frame, at, proto):
    """Where the packet begins that the message there is about, or None."""
    if frame[at] in ERRORS[proto]:
        return at + 8
    option = at + REDIRECT_SIZE
    while (proto, frame[at]) == (58, REDIRECT) and len(frame) > option + 8 and frame[option + 1]:
        if frame[option] == REDIRECTED:
            return option + 8
        option += 8 * frame[option + 1]
    return None


def _sctp_summed(before, made, end):
    """CRC32c is over the whole packet, of which a quote may have less; the changes of words by it.

    It is linear: what it changes by does not hang on the bytes that stay the same, and so not on those that are missing.
    But a router that has translated a quote has summed up what is there.
    """
    start = end.at if end.source else end.at - 2
    if len(made) < start + SCTP_SUM + 4:
        return []
    here, field = before[start:start + end.size], struct.unpack_from("<I", before, start + SCTP_SUM)[0]
    size = len(here) if _crc32c(here, 0) == field else end.size
    value = field ^ _crc32c(here, size) ^ _crc32c(made[start:start + len(here)], size)
    summed = struct.pack("<I", value)
    return [change for at in (0, 2) for change in _put(made, start + SCTP_SUM + at, summed[at:at + 2])]


def _crc32c(packet, size):
    """Of an SCTP packet of at least that size, zeros for what is not there."""
    return crc32c((bytes(packet[:8]) + bytes(4) + bytes(packet[12:])).ljust(size, b"\0"))
