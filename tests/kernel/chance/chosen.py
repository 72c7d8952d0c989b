# SPDX-License-Identifier: BSD-3-Clause
"""Ports and identifiers that routers choose at random: what one has chosen, written as the other has it.

Only where both have chosen, for the same connection and of the same class: which connections are the same is known
here, by what the hosts got (rig/chosen.py has records only). What a rule's range says is left to the range.
"""
import re
import socket

from rig.chosen import CLASSES, tuples
from rig.ends import IDS, ends, with_port

_CODE = re.compile(r" code=\d+")


class Choices:
    """Of two routers in one round; ``text`` and ``frame`` give what the second has said and sent as the first would."""

    def __init__(self, ranges, randomly):
        """``ranges``: rules say which ports, so that classes do not count; ``randomly``: also to choose where none need be."""
        self._to = {}            # (protocol, source, port, destination, port) of the second -> the first's source port
        self._ranges, self._randomly = ranges, randomly

    def arrived(self, first, second):
        """What came to the hosts of both since the last time."""
        for key, came in first.items():
            for (between, (sent, was)), (others, (_, now)) in zip(came, second.get(key, ())):
                if between == others and was and now:
                    self._learn(key[2], between, sent, was, now)

    def shown(self, first, second):
        """What both have to say about connections."""
        known = {}
        for key, _, reply in _connections(first):
            known.setdefault(key, []).append(reply)
        for key, sent, (between, now) in _connections(second):
            if known.get(key):
                others, was = known[key].pop(0)
                if between == others:
                    self._learn(key[0], between, sent[::-1], was, now)

    def _learn(self, protocol, between, sent, was, now):
        """``sent``, ``was``, ``now``: source and destination port before translation, and as both routers made them."""
        if was == now or not all(a == b or self._both_chose(protocol, first, a, b) for first, a, b in zip(sent, was, now)):
            return
        for step in (1, -1):
            (source, destination), (low, high) = between[::step], now[::step]
            self._to[protocol, source, low, destination, high] = was[::step][0]

    def _both_chose(self, protocol, sent, was, now):
        same = self._ranges or protocol in IDS or _class(was) == _class(now)
        return same and (self._randomly or sent not in (was, now))

    def _port(self, protocol, address, port, other):
        there = port if other[1] is None else other[1]
        return self._to.get((protocol, address, port, other[0], there), port)

    def text(self, text):
        return "".join(map(self._line, text.splitlines(keepends=True))) if self._to else text

    def _line(self, line):
        for match, found in reversed(tuples(line)):
            for group, end in reversed(found):
                line = line[:match.start(group)] + str(self._port(*end)) + line[match.end(group):]
        return line

    def frame(self, frame):
        for end in ends(frame) if self._to else ():
            port = self._port(end.proto, end.address, end.port, end.other)
            if port != end.port:
                frame = with_port(frame, end, port)
        return frame


def _class(port):
    return next(limit for limit in CLASSES if port < limit)


def _connections(text):
    """[(what tells it from others, ports of the original tuple, (addresses, ports) of its reply)]"""
    made = []
    for line in text.splitlines():
        found = tuples(line)
        if len(found) == 2:
            (between, ports), reply = (_both(*one) for one in found)
            (match, ((_, (protocol, *_)), *_)), _ = found
            made.append(((protocol, between, ports, *_CODE.findall(match[0])), ports, reply))
    return made


def _both(match, keys):
    """(source, destination), (source port, destination port) of a tuple; an id is both."""
    family = socket.AF_INET6 if ":" in match[1] else socket.AF_INET
    ports = [port for _, (_, _, port, _) in keys]
    return tuple(socket.inet_pton(family, text) for text in match.group(1, 2)), (ports[0], ports[-1])
