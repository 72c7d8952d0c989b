# SPDX-License-Identifier: BSD-3-Clause
"""Packets of conversations through a router that translates: who answers, answers what has arrived.

Packets are made as they would be without translation, with a tag that every router
leaves alone. A ``View`` knows what one router has made of them, and rewrites
what goes the other way: addresses, ports, and who sends it.
"""
import struct
from dataclasses import dataclass, field

from rig.address import IPV4, IPV6, MAC, PORT

from . import build

ICMP, TCP, UDP, ICMPV6, SCTP, UDPLITE = 1, 6, 17, 58, 132, 136
PORTED = (TCP, UDP, SCTP, UDPLITE)
# messages whose identifier is translated
ASKING = {ICMP: (0, 8, 13, 14, 15, 16, 17, 18), ICMPV6: (128, 129)}
CHECKSUM_AT = {ICMP: 2, TCP: 16, UDP: 6, ICMPV6: 2, UDPLITE: 6}
BOX = {build.address(table[port]) for table in (IPV4, IPV6) for port in ("r0", "r1")}
HOST_OF = {build.mac(text): name for name, text in MAC.items()}


@dataclass(frozen=True)
class Talk:
    """``ends``: addresses of who began (0) and of the other (1); ``places``: (side, host) of both."""
    number: int
    family: int
    protocol: int
    ends: tuple
    places: tuple


@dataclass
class Said:
    """A packet of a conversation, that may go in fragments."""
    talk: Talk
    who: int
    number: int
    payload: bytes
    fields: dict = field(default_factory=dict)
    cut: int = 0
    backwards: bool = False
    sent: list = field(default_factory=list)    # (side, frame) as the first router last got it

    @property
    def tag(self):
        return (self.talk.number + 1) << 8 | self.number & 0xFF


@dataclass
class Quoted:
    """An ICMP error about a packet; ``far``: from beyond the router, ``third``: not from whom it went to."""
    about: Said
    far: bool
    third: bool
    kind: tuple
    keep: int
    wrong: bool
    sent: list = field(default_factory=list)

    @property
    def talk(self):
        return self.about.talk

    @property
    def who(self):
        return 1 - self.about.who if self.far else self.about.who


@dataclass(frozen=True)
class _Seen:
    """What arrived at a host: ``ports`` as they were sent and as they came."""
    side: str
    host: str
    packet: bytes
    ends: tuple
    ports: tuple


def runs(pairs, apart):
    """(side, frames) of what may be sent back to back.

    ``apart``: what is for the router itself goes alone, for its answer may end a connection (README).
    """
    made, before = [], False
    for side, frame in pairs:
        alone = apart and _for_box(frame)
        if made and made[-1][0] == side and not alone and not before:
            made[-1][1].append(frame)
        else:
            made.append((side, [frame]))
        before = alone
    return made


def _for_box(frame):
    return frame[30:34] in BOX if frame[12:14] == b"\x08\0" else frame[38:54] in BOX


class View:
    """What the hosts around one router know of their conversations; ``keeps``: packets remember how they were sent."""

    def __init__(self, keeps=False):
        self._keeps = keeps
        self._seen = {}      # (talk, who has got it) -> _Seen
        self._arrived = {}   # tag -> _Seen
        self._said = {}      # tag -> (Said, packet as it was sent)
        self._first = {}     # talk -> who spoke first, and keeps to the addresses he began with
        self._read = {}

    def pairs(self, side, sent):
        """(side, frame) of packets, which may also be plain frames of one side."""
        return [pair for one in sent for pair in ([(side, one)] if isinstance(one, bytes) else self._made(one))]

    def learn(self, wire):
        """Takes what the router has sent since the last time: (talk, who, protocol) -> [ends and ports that came]."""
        came = {}
        for side, frames in wire.frames.items():
            for frame in frames[self._read.get(side, 0):]:
                if seen := self._learn(side, frame):
                    came.setdefault(seen[0], []).append(seen[1:])
            self._read[side] = len(frames)
        return came

    def _made(self, one):
        made = self._say(one) if isinstance(one, Said) else self._quote(one)
        if self._keeps:
            one.sent = made
        return made

    def _say(self, said):
        talk = said.talk
        first = self._first.setdefault(talk.number, said.who)
        seen = self._seen.get((talk.number, said.who)) if first != said.who else None
        place, ends, payload = talk.places[said.who], talk.ends[::1 - 2 * said.who], said.payload
        if seen:
            place, ends = (seen.side, seen.host), seen.ends[::-1]
            payload = translated(said, ends, seen.ports)
        if place is None:
            return []        # the router itself was asked, and answers
        packets = _packets(said, ends, payload)
        self._said[said.tag] = (said, packets[-1 if said.backwards else 0])
        return [_framed(place, talk.family, packet) for packet in packets]

    def _quote(self, error):
        about = error.about
        if about.tag not in self._said:
            return []
        place, packet = about.talk.places[error.who], self._said[about.tag][1]
        if error.far:
            seen = self._arrived.get(about.tag) or self._seen.get((about.talk.number, error.who))
            if seen:
                place, packet = (seen.side, seen.host), seen.packet
        if place is None:
            return []        # the router itself was asked
        to, by = ends_of(packet)
        if error.third or to == by or not error.far:
            by = build.HOSTS[place[0] + "4"][about.talk.family]
            place = (place[0], place[0] + "4")
        return [_framed(place, about.talk.family, _message(error, by, to, packet[:error.keep]))]

    def _learn(self, side, frame):
        found = _parsed(frame)
        if not found or found[0] not in self._said or frame[:6] not in HOST_OF:
            return None
        tag, protocol, upper = found
        said = self._said[tag][0]
        if protocol != said.talk.protocol or said.talk.family != (4 if frame[12:14] == b"\x08\0" else 6):
            return None
        packet = frame[14:]
        seen = _Seen(side, HOST_OF[frame[:6]], packet, ends_of(packet),
                     (ports_of(protocol, said.payload), ports_of(protocol, upper)))
        self._arrived[tag] = seen
        self._seen[said.talk.number, 1 - said.who] = seen
        return (said.talk.number, said.who, protocol), seen.ends, seen.ports


def _packets(said, ends, payload):
    family, protocol, fields = said.talk.family, said.talk.protocol, dict(said.fields)
    fields["ident" if family == 4 else "label"] = said.tag
    if not said.cut:
        return [(build.ipv4 if family == 4 else build.ipv6)(*ends, protocol, payload, **fields)]
    if family == 4:
        pieces = build.fragments4(*ends, protocol, payload, said.cut, **fields)
    else:
        pieces = build.fragments6(*ends, protocol, payload, said.cut, said.tag, **fields)
    return pieces[::-1] if said.backwards else pieces


def _framed(place, family, packet):
    side, host = place
    return side, build.ethernet(MAC[PORT[side]], MAC[host], 0x0800 if family == 4 else 0x86DD, packet)


def _message(error, by, to, quote):
    kind, code = error.kind
    if error.talk.family == 4:
        message = build.icmp(kind, code, 1300 if (kind, code) == (3, 4) else 0, quote, wrong=error.wrong)
        return build.ipv4(by, to, ICMP, message)
    message = build.icmp6((by, to), kind, code, 1300 if kind == 2 else 0, quote, wrong=error.wrong)
    return build.ipv6(by, to, ICMPV6, message)


def ends_of(packet):
    return (packet[12:16], packet[16:20]) if packet[0] >> 4 == 4 else (packet[8:24], packet[24:40])


def _parsed(frame):
    """(tag, protocol, what it carries) of a frame that begins a packet of a conversation; None for all others."""
    packet = frame[14:]
    if frame[12:14] == b"\x08\0":
        if struct.unpack_from("!H", packet, 6)[0] & 0x1FFF:
            return None
        return struct.unpack_from("!H", packet, 4)[0], packet[9], packet[4 * (packet[0] & 15):]
    if frame[12:14] != b"\x86\xdd":
        return None
    tag, following, upper = struct.unpack_from("!I", packet)[0] & 0xFFFFF, packet[6], packet[40:]
    if following == 44:
        if struct.unpack_from("!H", upper, 2)[0] & 0xFFF8:
            return None
        following, upper = upper[0], upper[8:]
    return tag, following, upper


def ports_of(protocol, upper):
    """(source, destination), or (identifier, identifier)."""
    if protocol in PORTED and len(upper) >= 4:
        return struct.unpack_from("!HH", upper)
    if len(upper) >= 6 and upper[0] in ASKING.get(protocol, ()):
        return struct.unpack_from("!H", upper, 4) * 2
    return None


def translated(said, ends, ports):
    """The payload as it has to be between other ends; wrong checksums stay wrong."""
    protocol, data = said.talk.protocol, bytearray(said.payload)
    own, (sent, came) = ports_of(protocol, data), ports
    words = [(address, build.address(text)) for address, text in zip(ends, said.talk.ends[::1 - 2 * said.who])]
    changes = [(old, new) for new, old in words] if protocol != ICMP else []
    error = build.sctp_error(data) if protocol == SCTP else 0
    if own and sent and came:
        # the way back: its source is what was the destination
        for index, at in enumerate((0, 2) if protocol in PORTED else (4,)):
            if own[index] == sent[1 - index] and came[1 - index] != own[index]:
                changes.append((struct.pack("!H", own[index]), struct.pack("!H", came[1 - index])))
                struct.pack_into("!H", data, at, came[1 - index])
    if protocol == SCTP:
        build.sctp_sum(data, error)
    elif protocol in CHECKSUM_AT and len(data) >= CHECKSUM_AT[protocol] + 2:
        adjust(data, protocol, changes)
    return bytes(data)


def adjust(data, protocol, changes):
    """The checksum, by what has changed (RFC 1624)."""
    at = CHECKSUM_AT[protocol]
    value = struct.unpack_from("!H", data, at)[0]
    if protocol == UDP and value == 0:
        return
    total = ~value & 0xFFFF
    for old, new in changes:
        total += sum(~word & 0xFFFF for word in struct.unpack(f"!{len(old) // 2}H", old))
        total += sum(struct.unpack(f"!{len(new) // 2}H", new))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    value = ~total & 0xFFFF
    struct.pack_into("!H", data, at, 0xFFFF if value == 0 and protocol == UDP else value)
