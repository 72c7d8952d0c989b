# SPDX-License-Identifier: BSD-3-Clause
"""Frames from their fields, as bytes: scapy takes a millisecond for each, this a few microseconds."""
import struct
from ipaddress import ip_address

from rig.address import IPV4, IPV6
from rig.checksum import crc32c, ones_complement

_ADDRESS = {}
HOSTS = {name: {4: IPV4[name], 6: IPV6[name]} for name in IPV4}


def address(text):
    """Of a text; what is one already stays."""
    if isinstance(text, bytes):
        return text
    if text not in _ADDRESS:
        _ADDRESS[text] = ip_address(text).packed
    return _ADDRESS[text]


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def ethernet(destination, source, kind, payload):
    return mac(destination) + mac(source) + struct.pack("!H", kind) + payload


def ipv4(source, destination, protocol, payload, *, ttl=64, tos=0, ident=1, flags=0, options=b"", version=4,
         ihl=None, length=None, bad_checksum=False):
    """``flags``: the 16 bits of DF, MF and offset."""
    options += b"\0" * (-len(options) % 4)
    words = 5 + len(options) // 4 if ihl is None else ihl
    total = 20 + len(options) + len(payload) if length is None else length
    header = bytearray(struct.pack("!BBHHHBBH", version << 4 | words, tos, total & 0xFFFF, ident, flags, ttl,
                                   protocol, 0) + address(source) + address(destination) + options)
    checksum = ones_complement(header[:4 * words]) ^ (0x1234 if bad_checksum else 0)
    struct.pack_into("!H", header, 10, checksum)
    return bytes(header) + payload


def ipv6(source, destination, following, payload, *, hlim=64, traffic_class=0, label=0, version=6, length=None):
    size = len(payload) if length is None else length
    return (struct.pack("!IHBB", version << 28 | traffic_class << 20 | label, size & 0xFFFF, following, hlim)
            + address(source) + address(destination) + payload)


def checksum(source, destination, protocol, payload):
    one, two = address(source), address(destination)
    pseudo = one + two + struct.pack("!IHBB", len(payload), 0, 0, protocol)
    return ones_complement(pseudo + payload)


def _summed(source, destination, protocol, data, at, wrong):
    data = bytearray(data)
    value = checksum(source, destination, protocol, bytes(data)) if source else ones_complement(data)
    if protocol == 17 and value == 0:
        value = 0xFFFF
    struct.pack_into("!H", data, at, value ^ (0x55 if wrong else 0))
    return bytes(data)


def udp(ends, sport, dport, payload, *, length=None, wrong=False, without=False):
    """``ends``: source and destination address; ``without``: no checksum."""
    size = 8 + len(payload) if length is None else length
    data = struct.pack("!HHHH", sport, dport, size & 0xFFFF, 0) + payload
    return data if without else _summed(*ends, 17, data, 6, wrong)


def tcp(ends, sport, dport, flags, payload, *, seq=1000, ack=2000, options=b"", offset=None, wrong=False,
        window=8192):
    options += b"\1" * (-len(options) % 4)
    words = 5 + len(options) // 4 if offset is None else offset
    data = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, words << 4, flags, window, 0, 0) + options + payload
    return _summed(*ends, 6, data, 16, wrong)


def icmp(kind, code, rest, payload, *, wrong=False):
    """``rest``: the four bytes after the checksum."""
    return _summed(None, None, 1, struct.pack("!BBHI", kind, code, 0, rest) + payload, 2, wrong)


def icmp6(ends, kind, code, rest, payload, *, wrong=False):
    return _summed(*ends, 58, struct.pack("!BBHI", kind, code, 0, rest) + payload, 2, wrong)


def fragments4(source, destination, protocol, payload, size, **fields):
    """The packets of a datagram cut at multiples of 8."""
    pieces = []
    for start in range(0, len(payload), size):
        more = 0x2000 if start + size < len(payload) else 0
        pieces.append(ipv4(source, destination, protocol, payload[start:start + size],
                           **{**fields, "flags": more | start // 8}))
    return pieces


def fragments6(source, destination, following, payload, size, ident, **fields):
    pieces = []
    for start in range(0, len(payload), size):
        more = 1 if start + size < len(payload) else 0
        header = struct.pack("!BBHI", following, 0, start | more, ident)
        pieces.append(ipv6(source, destination, 44, header + payload[start:start + size], **fields))
    return pieces


def extension6(following, kind, size=8):
    """Hop-by-hop or destination options that every router skips; a routing header with nowhere left to go."""
    if kind == 43:
        return struct.pack("!BBBB", following, size // 8 - 1, 4, 0) + bytes(size - 4)
    padding, alert = b"\1\3\0\0\0", b"\5\2\0\0"
    options = b"\1\4" + bytes(4) if size == 8 else padding + alert + padding
    return struct.pack("!BB", following, size // 8 - 1) + options


def arp(operation, sender_mac, sender, target_mac, target):
    return (struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation) + mac(sender_mac) + address(sender)
            + mac(target_mac) + address(target))


def _sctp_sum(data):
    return crc32c(bytes(data[:8]) + bytes(4) + bytes(data[12:]))


def sctp_error(data):
    """What the checksum of these bytes is wrong by; 0: it is right."""
    return struct.unpack_from("<I", data, 8)[0] ^ _sctp_sum(data)


def sctp_sum(data, error=0):
    """Puts the checksum into a bytearray, wrong by so much."""
    struct.pack_into("<I", data, 8, _sctp_sum(data) ^ error)
