# SPDX-License-Identifier: BSD-3-Clause
"""Ports and ICMP ids that routers choose at random when they translate.

What one router has chosen stands for what the other one has, from where both first appear on: at the same address,
in the same class of ports, and one for one. All else in frames and texts has to be the same. A port that the hosts
have sent to both routers is nothing that was chosen.
"""
import re
import socket

from .ends import ends, with_port

# whom a port of that class tells to be privileged (Linux keeps the class): up to 511, 599, 1023, 65535
CLASSES = (512, 600, 1024, 65536)
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
        self._first, self._second = {}, {}             # (proto, address, port) -> the other router's port

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
        source, destination, name, *ports = match.groups()
        keys = [(_PROTOCOLS.get(name.lower(), 0), _packed(address), int(port))
                for address, port in zip((source, destination), ports)]
        now = [str(self._second.get(key, key[2])) for key in keys]
        return text[:match.start(4)] + f"{now[0]} DPT={now[1]}" + text[match.end(5):]

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

    def _translated(self, frame):
        for end in ends(frame):
            if end.key() in self._second:
                frame = with_port(frame, end, self._second[end.key()])
        return frame

    def _learn(self, was, now):
        """The second router's frame as the first one's, if only what was chosen tells them apart."""
        pairs = list(zip(ends(was), ends(now)))
        if len(was) != len(now) or any(a.at != b.at or a.address != b.address for a, b in pairs):
            return self._translated(now)
        fresh = [(a, b) for a, b in pairs if a.port != b.port and self._second.get(b.key()) != a.port]
        if not fresh or not all(self._may_be(a, b) for a, b in fresh):
            return self._translated(now)
        made = now
        for a, b in pairs:
            made = with_port(made, b, a.port)
        if made != was:
            return self._translated(now)
        for a, b in fresh:
            self._note(a.key(), b.key())
        return made

    def _may_be(self, a, b):
        if not (a.source or self._destinations):
            return False
        return self._may_be_chosen(a.key(), b.key())

    def _may_be_chosen(self, a, b):
        """Neither was sent by a host, nor stands for another one; both are of one class."""
        free = a not in self._first and b not in self._second
        made_up = (a[0], a[2]) not in self._sent and (b[0], b[2]) not in self._sent
        return free and made_up and a[:2] == b[:2] and self._class(a[2], a[0]) == self._class(b[2], b[0])

    def _class(self, port, proto):
        inside = frozenset(some for some in self._ranges if some[0] <= port <= some[1])
        if inside or proto in (1, 58):
            return inside
        return next(limit for limit in CLASSES if port < limit)

    def _note(self, a, b):
        self._first[a], self._second[b] = b[2], a[2]

    def _told(self, line):
        for match, keys in reversed(_keys(line)):
            for group, key in reversed(keys):
                if key in self._second:
                    line = line[:match.start(group)] + str(self._second[key]) + line[match.end(group):]
        return line

    def _masked(self, line):
        """Without the end of the reply that source translation chooses."""
        found = _keys(_timeless(line))
        if len(found) < 2:
            return line
        match, keys = found[1]
        group, key = keys[-1]
        text = _timeless(line)
        return f"{text[:match.start(group)]}<{self._class(key[2], key[0])}>{text[match.end(group):]}"

    def _learn_line(self, was, now):
        (_, keys), (match, others) = _keys(was)[1], _keys(now)[1]
        (_, a), (group, b) = keys[-1], others[-1]
        if not self._may_be_chosen(a, b):
            return now
        self._note(a, b)
        return now[:match.start(group)] + str(a[2]) + now[match.end(group):]


def _timeless(line):
    return _SECONDS.sub(r"\1", line)


def _packed(address):
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def _keys(line):
    """[(match of a tuple, [(group of the port, (proto, address, port))])] of a line of conntrack's."""
    words = [word for word in line.split()[:6] if word in _PROTOCOLS]
    if not words:
        return []
    proto, found = _PROTOCOLS[words[0]], []
    for match in _TUPLE.finditer(line):
        source, destination, sport, dport, kind, ident = match.groups()
        if sport:
            keys = [(3, (proto, _packed(source), int(sport))), (4, (proto, _packed(destination), int(dport)))]
        else:
            asks = int(kind) in (8, 13, 15, 17, 128)
            keys = [(6, (proto, _packed(source if asks else destination), int(ident)))]
        found.append((match, keys))
    return found
