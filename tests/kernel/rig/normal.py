# SPDX-License-Identifier: BSD-3-Clause
"""All that is not compared literally, each item with its reason. Nothing is normalised elsewhere but in flows.py, chosen.py."""
import re
import socket
import struct
import time

from . import flows, sets
from .address import ROUTER_MACS
from .checksum import ones_complement

ETHERNET = 14
ETHERTYPE_IPV4 = 0x0800
ETHERTYPE_IPV6 = 0x86DD
MADE_UP_ID = 0xFEED
FIRST_TTL = 64
ERRORS6 = (1, 2, 3, 4)
NOW = 0x00C0FFEE
ROUTER_MAC_BYTES = tuple(bytes.fromhex(mac.replace(":", "")) for mac in ROUTER_MACS)


def _ethertype(frame):
    return struct.unpack_from("!H", frame, 12)[0] if len(frame) >= ETHERNET else 0


def noise(frame):
    """Multicast listener reports (ICMPv6 143 behind a hop-by-hop header).

    Linux sends them at a random moment after an address or group was added;
    they say nothing about forwarding or filtering.
    """
    return (_ethertype(frame) == ETHERTYPE_IPV6 and len(frame) > ETHERNET + 48
            and frame[ETHERNET + 6] == 0 and frame[ETHERNET + 40] == 58
            and frame[ETHERNET + 48] == 143 and frame[6:12] in ROUTER_MAC_BYTES)


def frame_for_comparison(frame, own_addresses):
    """The frame without what may differ from one run to the next."""
    return _dad_nonce(_timestamp(_fragment6_id(_ip_id(_option_times(frame), own_addresses), own_addresses)))


def _dad_nonce(frame):
    """The nonce in questions whether somebody has an address (RFC 7527), and the checksum over it."""
    if _ethertype(frame) != ETHERTYPE_IPV6 or len(frame) != ETHERNET + 72 \
            or frame[ETHERNET + 40] != 135 or frame[ETHERNET + 64] != 14:
        return frame
    packet = bytearray(frame[ETHERNET:])
    pseudo = packet[8:40] + struct.pack("!IHBB", len(packet) - 40, 0, 0, 58)
    right = ones_complement(pseudo + packet[40:]) == 0
    packet[66:72] = bytes(6)
    packet[42:44] = b"\0\0" if right else b"\xba\xd0"
    return frame[:ETHERNET] + bytes(packet)


def _timestamp(frame):
    """The time of day in ICMP timestamp replies, and the checksum over it."""
    start = ETHERNET + 4 * (frame[ETHERNET] & 15) if len(frame) > ETHERNET else 0
    if _ethertype(frame) != ETHERTYPE_IPV4 or len(frame) < start + 20 \
            or frame[ETHERNET + 9] != 1 or frame[start] != 14:
        return frame
    message = bytearray(frame[start:])
    right = ones_complement(message) == 0 and message[12:16] == message[16:20]
    message[12:20] = bytes(8)
    message[2:4] = b"\0\0" if right else b"\xba\xd0"
    return frame[:start] + bytes(message)


def _option_times(frame):
    """Times of day in the IPv4 timestamp option of the outer header: what is about now becomes a constant."""
    if _ethertype(frame) != ETHERTYPE_IPV4 or len(frame) < ETHERNET + 24:
        return frame
    header = bytearray(frame[ETHERNET:ETHERNET + 4 * (frame[ETHERNET] & 15)])
    right = ones_complement(header) == 0
    at, found, now = 20, False, int(time.time() * 1000) % 86400000
    while at + 1 < len(header) and header[at] != 0:
        length = 1 if header[at] == 1 else header[at + 1]
        if header[at] == 68 and length >= 4:
            for word in range(at + 4, min(at + length, len(header)) - 3, 4):
                stamp = struct.unpack_from("!I", header, word)[0]
                if abs(now - stamp) < 120000:
                    struct.pack_into("!I", header, word, NOW)
                    found = True
        at += max(length, 1)
    if not found:
        return frame
    struct.pack_into("!H", header, 10, 0)
    checksum = ones_complement(header) if right else 0xBAD0
    struct.pack_into("!H", header, 10, checksum)
    return frame[:ETHERNET] + bytes(header) + frame[ETHERNET + len(header):]


def _fragment6_id(frame, own_addresses):
    """Identification of IPv6 fragments that the router cut: Linux takes it from a hash with a random key.

    Those of its own packets, and of datagrams that tracking put together, also where a host's ICMPv6 error quotes
    one. The latter have other sources; what scenarios send is below 65,536. Right checksums of errors stay right.
    """
    if _ethertype(frame) != ETHERTYPE_IPV6 or len(frame) < ETHERNET + 48:
        return frame
    at, following = _upper6(frame, ETHERNET)
    if following == 44:
        own = frame[ETHERNET + 8:ETHERNET + 24] in own_addresses
        return _made_up(frame, at, own) if len(frame) >= at + 8 else frame
    if following != 58 or len(frame) < at + 8 + 48 or frame[at] not in ERRORS6:
        return frame
    inner, following = _upper6(frame, at + 8)
    if following != 44 or len(frame) < inner + 8:
        return frame
    made = bytearray(_made_up(frame, inner, False))
    total = (~struct.unpack_from("!H", frame, at + 2)[0] & 0xFFFF) + sum(
        (~was & 0xFFFF) + now for was, now in zip(*(struct.unpack_from("!2H", packet, inner + 4) for packet in (frame, made))))
    struct.pack_into("!H", made, at + 2, ~(total % 0xFFFF) & 0xFFFF)
    return bytes(made)


def _upper6(frame, at):
    """(where it is, its number) of what stands behind options and routing headers of the IPv6 packet there."""
    at, following = at + 40, frame[at + 6]
    while following in (0, 43, 60) and len(frame) >= at + 8:
        at, following = at + 8 * (frame[at + 1] + 1), frame[at]
    return at, following


def _made_up(frame, at, own):
    """Without the fragment's id there, if a router has made it up."""
    if not own and frame[at + 4:at + 6] == bytes(2):
        return frame
    return frame[:at + 4] + struct.pack("!I", MADE_UP_ID) + frame[at + 8:]


def _ip_id(frame, own_addresses):
    """IP ID of packets the router itself makes: Linux takes it from a hash with a random key.

    Translated, such a packet has another's source; it is known by its TTL, which nobody has taken one from: hosts
    begin with 64 too. Only whether it is zero is kept (RSTs have zero, ICMP messages do not). A right header
    checksum stays right, a wrong one stays wrong.
    """
    if _ethertype(frame) != ETHERTYPE_IPV4 or len(frame) < ETHERNET + 20:
        return frame
    header = bytearray(frame[ETHERNET:ETHERNET + 4 * (frame[ETHERNET] & 15)])
    own = bytes(header[12:16]) in own_addresses or header[12] == 127 or header[8] == FIRST_TTL
    if not own or header[4:6] == b"\0\0":
        return frame
    right = ones_complement(header) == 0
    struct.pack_into("!HH", header, 4, MADE_UP_ID, struct.unpack_from("!H", header, 6)[0])
    struct.pack_into("!H", header, 10, 0)
    checksum = ones_complement(header) if right else 0xBAD0
    struct.pack_into("!H", header, 10, checksum)
    return frame[:ETHERNET] + bytes(header) + frame[ETHERNET + len(header):]


_LOG_ID = re.compile(r"^([^\[]*? SRC=([0-9.]+) [^\[]*? ID=)([1-9][0-9]*)")


def log_line_for_comparison(text, own_addresses):
    """A line about a packet, as the packet: without the IP ID of what the router made itself."""
    match = _LOG_ID.match(text)
    if match and socket.inet_aton(match[2]) in own_addresses:
        return f"{match[1]}{MADE_UP_ID}{text[match.end():]}"
    return text


# iptables-save stamps its output with the time
_SAVE_TIME = re.compile(r"^(# (?:Generated by|Completed).*? on ).*$", re.M)
# `ip addr` and `ip link` show what belongs to the lab's veth devices, not to the router:
# device numbers, the peer, queueing discipline, group, queue length
_DEVICE_NUMBER = re.compile(r"^\d+: ", re.M)
_DEVICE_PEER = re.compile(r"^((?:N: )?\w+)@\w+", re.M)
_DEVICE_QUEUE = re.compile(r" (?:qdisc|group|qlen|link-netnsid) \S+")
# iptables says so for every rule with a label that it lists; Pollux only where a name is asked for
_NO_LABELS = re.compile(r"^Warning: cannot open /etc/xtables/connlabel\.conf: .*\n", re.M)


def texts_for_comparison(command, was, now, slack=0):
    """What two routers have said to a command, one of them ``slack`` seconds later."""
    if flows.prints_flows(command):
        return flows.texts_for_comparison(command, was, now, flows.TOLERANCE + slack)
    if sets.prints_sets(command):
        return sets.texts_for_comparison(was, now, slack)
    return text_for_comparison(command, was), text_for_comparison(command, now)


def text_for_comparison(command, text):
    words = [word for word in command.split() if not word.startswith("-")]
    tool, noun = words[0], words[1] if len(words) > 1 else ""
    if sets.prints_sets(command):
        return sets.text_for_comparison(text)
    if tool.endswith("-save"):
        return _SAVE_TIME.sub(r"\1TIME", _NO_LABELS.sub("", text))
    if tool.endswith("tables") and re.search(r" -[SL]\b", command):
        return _NO_LABELS.sub("", text)
    if tool == "ip" and "address".startswith(noun[:1]) or tool == "ip" and noun[:1] == "l":
        text = _DEVICE_NUMBER.sub("N: ", text)
        text = _DEVICE_PEER.sub(r"\1", text)
        return _DEVICE_QUEUE.sub("", text)
    if tool == "sysctl":
        # one line more than Linux: what the value should have been
        return re.sub(r"^sysctl: expected .*\n", "", text, flags=re.M)
    if tool == "recent":
        return _recent(text)
    if tool == "hashlimit":
        return _hashlimit(text)
    if tool == "nfnl_osf":
        return _STAMP.sub("TIME PROCESS ", text)
    if tool == "idletimer":
        return _idletimer(text)
    if tool == "ip" and noun[:1] == "n":
        # the neighbour table is a hash table with a random key: its order is arbitrary
        return "".join(sorted(text.splitlines(keepends=True)))
    return text


def _recent(text):
    """Lists of addresses: in the order of a hash with a random key; times are the clock's. Errors are a file's in Linux."""
    lines = (re.sub(r"last_seen: \d+ (oldest_pkt: \d+) (.*)", lambda m: f"{m[1]}, {m[2].count(',') + 1} times", line)
             for line in text.splitlines(keepends=True) if not line.startswith("recent: "))
    return "".join(sorted(lines))


def _hashlimit(text):
    """Tables of keys: in the order of a hash with a random key; what is left of time and credit is the clock's."""
    lines = (re.sub(r"^-?\d+ (\S+) \d+ ", r"\1 ", line) for line in text.splitlines(keepends=True)
             if not line.startswith("hashlimit: "))
    return "".join(sorted(lines))


def _idletimer(text):
    """The clock's seconds: only their digits are counted, or that they are none. Errors are a file's in Linux."""
    return "" if text.startswith("idletimer: ") else re.sub(r"^(?!0$)\d+$", lambda m: f"{len(str(int(m[0]) - 1))} digits", text)


_STAMP = re.compile(r"^\d+-\d+-\d+ \d+:\d+:\d+\.\d+ \d+ ", re.M)
_NO_COUNTS = re.compile(r" \[\d+:\d+\]$", re.M)


def saved_on_used_router(saved, other):
    """What iptables-save prints on a router that stands, as a fresh one would that says ``other``.

    A table is listed from its first use on, the last one first, and its policies count from then on: such a
    router lists tables of earlier scenarios, in the order of those, and counts in tables that were empty until
    they were printed.
    """
    idle = {name for name, text in _tables(saved) if not re.search(r"^(?!:\S+ ACCEPT|\*|#|COMMIT).+", text, re.M)}
    theirs = dict(_tables(other))
    order = list(theirs)
    ours = [(name, text) for name, text in _tables(saved) if name in theirs or name not in idle]
    ours.sort(key=lambda table: order.index(table[0]) if table[0] in order else len(order))
    return "".join(_NO_COUNTS.sub(" [0:0]", text) if name in idle and _untouched(theirs[name]) else text
                   for name, text in ours)


def _untouched(text):
    return all(counts == " [0:0]" for counts in _NO_COUNTS.findall(text))


def _tables(saved):
    """(name, text) of each table; of what stands outside of tables the name is empty."""
    found = []
    for text in re.split(r"^(?=# Generated )", saved, flags=re.M):
        name = re.search(r"^\*(\S+)$", text, re.M)
        found.append((name.group(1) if name else "", text))
    return found
