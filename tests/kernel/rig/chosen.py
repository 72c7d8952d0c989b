# SPDX-License-Identifier: BSD-3-Clause
"""Ports and ICMP ids that routers choose at random when they translate.

What one router has chosen stands for what the other one has, from where both first appear on: at the same address,
in the same class of ports, and one for one (where there are few to choose from, one for one towards the same remote
end: it is likely there that one router takes a port twice and the other one does not). All else in frames and texts has
to be the same. A port that the hosts have sent to both routers is nothing that was chosen.
"""
import re
import socket

from .ends import ends, with_port

# whom a port of that class tells to be privileged (Linux keeps the class): up to 511, 599, 1023, 65535
CLASSES = (512, 600, 1024, 65536)
FEW = 10000
_RANGE = re.compile(r"--to-(?:source|destination|ports)[ =]\S*?(\d+)-(\d+)(?:/\d+)?(?=\s|$)")
_TUPLE = re.compile(r"src=(\S+) dst=(\S+) (?:sport=(\d+) dport=(\d+)|type=(\d+) code=\d+ id=(\d+))")
_LOGGED = re.compile(r"SRC=(\S+) DST=(\S+) .*?PROTO=(\w+) SPT=(\d+) DPT=(\d+)")
_PROTOCOLS = {"tcp": 6, "udp": 17, "sctp": 132, "dccp": 33, "udplite": 136, "icmp": 1, "icmpv6": 58}
_SECONDS = re.compile(r"^((?:\[\S+\]\s+)*\S+ +\d+ )\d+ ")


class Chosen:
    """``sent``: the frames sent to the first router and to the second; ``commands``: texts with their rules."""

    def __init__(self, sent, commands):
        first, second = ({(end.proto, end.port) for frame in frames for end in ends(frame)} for frames in sent)
        self._sent = first & second
        text = "\n".join(commands)
        self._ranges = {(int(low), int(high)) for low, high in _RANGE.findall(text)}
        self._destinations = "--random" in text       # those are chosen too then
        self._first, self._second = {}, {}             # (proto, address, port[, remote end]) -> the other router's

    def frames(self, left, right):
        """``right``, the second router's frames, as the first one would have chosen."""
        made = [self._translated(frame) for frame in right]
        for at, (was, now) in enumerate(zip(left, made)):
            if was != now:
                made[at] = self._learn(was, right[at])
        return made

    def log(self, text):
        """A line of the second router's log."""
        if not (match := _LOGGED.search(text)):
            return text
        source, destination, name, sport, dport = match.groups()
        near, far = (_packed(source), int(sport)), (_packed(destination), int(dport))
        proto = _PROTOCOLS.get(name.lower(), 0)
        told = f"{self._port(proto, *near, far)} DPT={self._port(proto, *far, near)}"
        return text[:match.start(4)] + told + text[match.end(5):]

    def lines(self, left, right):
        """The same for texts with connections (conntrack's), line by line."""
        was, now = left.splitlines(keepends=True), [self._told(line) for line in right.splitlines(keepends=True)]
        waiting = {}
        known = [_timeless(line) for line in now]
        for line in was:
            if _timeless(line) in known:
                known.remove(_timeless(line))
            else:
                waiting.setdefault(self._masked(line), []).append(line)
        there = [_timeless(line) for line in was]
        for at, line in enumerate(now):
            if _timeless(line) in there:
                there.remove(_timeless(line))
            elif waiting.get(self._masked(line)):
                now[at] = self._learn_line(waiting[self._masked(line)].pop(0), line)
        return "".join(now)

    def _port(self, proto, address, port, other):
        """As the first router chose it."""
        known = self._second
        return known.get((proto, address, port, other), known.get((proto, address, port, None), port))

    def _translated(self, frame):
        for end in ends(frame):
            port = self._port(end.proto, end.address, end.port, end.other)
            if port != end.port:
                frame = with_port(frame, end, port)
        return frame

    def _learn(self, was, now):
        """The second router's frame as the first one's, if only what was chosen tells them apart."""
        pairs = list(zip(ends(was), ends(now)))
        if len(was) != len(now) or any(a.at != b.at or a.address != b.address for a, b in pairs):
            return self._translated(now)
        made = now
        for a, b in pairs:
            if a.port != self._port(b.proto, b.address, b.port, b.other) and not self._may_be(a, b):
                return self._translated(now)
            made = with_port(made, b, a.port)
        if made != was:
            return self._translated(now)
        for a, b in pairs:
            if a.port != b.port:
                self._note((a.proto, a.address, a.port, a.other), (b.proto, b.address, b.port, b.other))
        return made

    def _may_be(self, a, b):
        if not (a.source or self._destinations):
            return False
        return self._may_be_chosen((a.proto, a.address, a.port, a.other), (b.proto, b.address, b.port, b.other))

    def _may_be_chosen(self, a, b):
        """Neither was sent by a host, nor stands for another one; both are of one class."""
        free = self._key(a) not in self._first and self._key(b) not in self._second
        made_up = (a[0], a[2]) not in self._sent and (b[0], b[2]) not in self._sent
        return free and made_up and a[:2] == b[:2] and self._class(a[2], a[0]) == self._class(b[2], b[0])

    def _class(self, port, proto):
        inside = frozenset(some for some in self._ranges if some[0] <= port <= some[1])
        if inside or proto in (1, 58):
            return inside
        return next(limit for limit in CLASSES if port < limit)

    def _key(self, chosen):
        """Without the remote end where a port that was chosen twice means something."""
        proto, _, port, other = chosen
        kind = self._class(port, proto)
        few = any(high - low < FEW for low, high in kind) if isinstance(kind, frozenset) else kind <= 1024
        return (*chosen[:3], other if few else None)

    def _note(self, a, b):
        self._first[self._key(a)], self._second[self._key(b)] = b[2], a[2]

    def _told(self, line):
        for match, found in reversed(tuples(line)):
            for group, end in reversed(found):
                line = line[:match.start(group)] + str(self._port(*end)) + line[match.end(group):]
        return line

    def _masked(self, line):
        """Without the end of the reply that source translation chooses."""
        text = _timeless(line)
        found = tuples(text)
        if len(found) < 2:
            return line
        match, (*_, (group, end)) = found[1]
        return f"{text[:match.start(group)]}<{self._class(end[2], end[0])}>{text[match.end(group):]}"

    def _learn_line(self, was, now):
        (_, first), (match, second) = tuples(was)[1], tuples(now)[1]
        (_, a), (group, b) = first[-1], second[-1]
        if not self._may_be_chosen(a, b):
            return now
        self._note(a, b)
        return now[:match.start(group)] + str(a[2]) + now[match.end(group):]


def _timeless(line):
    return _SECONDS.sub(r"\1", line)


def _packed(address):
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def tuples(line):
    """[(match of a tuple, [(group of the port, (proto, address, port, other end))])] of a line of conntrack's.

    The first group of a match is its source, the second its destination.
    """
    words = [word for word in line.split()[:6] if word in _PROTOCOLS]
    if not words:
        return []
    proto, found = _PROTOCOLS[words[0]], []
    for match in _TUPLE.finditer(line):
        source, destination, sport, dport, kind, ident = match.groups()
        source, destination = _packed(source), _packed(destination)
        if sport:
            near, far = (source, int(sport)), (destination, int(dport))
            keys = [(3, (proto, *near, far)), (4, (proto, *far, near))]
        else:
            asks = int(kind) in (8, 13, 15, 17, 128)
            near, far = (source, destination) if asks else (destination, source)
            keys = [(6, (proto, near, int(ident), (far, None)))]
        found.append((match, keys))
    return found
