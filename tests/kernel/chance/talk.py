# SPDX-License-Identifier: BSD-3-Clause
"""Rounds of conversations: random stateful rules, and several connections at a time through them.

Left out is what ends by itself soon: nothing here waits, and half datagrams never stay behind.
"""
import random

from rig.address import FAR, IPV4, IPV6, MAC, PORT

from . import build, talk_rules
from .rounds import Round
from .rules import TOOL
from .settings import Setting
from .talk_flows import CLIENT_PORTS, Echo, Other, Sctp, Udp, UdpLite
from .talk_tcp import Tcp

BOX = {build.address(table[port]) for table in (IPV4, IPV6) for port in ("r0", "r1")}
HOSTS = {"c": ("c", "c3"), "s": ("s", "s3")}
TCP_PORTS = (80, 80, 443, 21)
PACKETS = 70
# Rules by which the box answers: the answers are tracked when the burst is through (README).
ORDERED = ("REJECT",)
NETFILTER = "net.netfilter.nf_conntrack_"
SHOWS = ("conntrack -L", "conntrack -L expect")
CLEANUP = ("conntrack -F", "conntrack -F expect")
QUOTING4 = ((3, 0), (3, 1), (3, 3), (3, 4), (11, 0), (12, 0), (4, 0), (3, 13))
QUOTING6 = ((1, 0), (1, 4), (2, 0), (3, 0), (4, 1))


def _sysctl(name, value, normally):
    return Setting((f"sysctl -w {NETFILTER}{name}={value}",), (f"sysctl -w {NETFILTER}{name}={normally}",))


ACCOUNTING = _sysctl("acct", 1, 0)
SETTINGS = (_sysctl("tcp_loose", 0, 1), _sysctl("tcp_be_liberal", 1, 0), _sysctl("checksum", 0, 1),
            _sysctl("tcp_max_retrans", 1, 3), _sysctl("tcp_ignore_invalid_rst", 1, 0),
            _sysctl("tcp_timeout_unacknowledged", 77, 300), _sysctl("tcp_timeout_max_retrans", 55, 300),
            _sysctl("udp_timeout", 44, 30), _sysctl("tcp_timeout_close", 66, 10))


def make(seed, number, grammar):
    rng = random.Random(f"talk:{seed}:{number}")
    made = Round(f"talk:{seed}:{number}", shows=SHOWS, cleanup=CLEANUP)
    made.settings = [ACCOUNTING] if rng.random() < 0.9 else []
    made.settings += rng.sample(SETTINGS, rng.choice((0, 0, 0, 1, 2)))
    made.sets = [talk_rules.rule_set(rng, grammar, family) for family in TOOL]
    ordered = any(word in made_set.text() for made_set in made.sets for word in ORDERED)
    made.groups = _groups(rng, _conversations(rng), ordered)
    return made


def _conversations(rng):
    """[(side, frame)], several conversations in turn."""
    talks = [_Talk(rng) for _ in range(rng.choice((1, 2, 3, 5)))]
    frames, current = [], talks[0]
    while talks and len(frames) < PACKETS:
        if current not in talks or rng.random() < 0.4:
            current = rng.choice(talks)
        step = next(current.frames, None)
        if step is None:
            talks.remove(current)
            if rng.random() < 0.4:
                talks.append(_Talk(rng))        # which may use the same ports again
        else:
            frames += step
    return frames


def _groups(rng, frames, ordered):
    made = []
    for side, frame in frames:
        # what the router answers changes a connection: Pollux answers when a burst is through
        alone = ordered or made and (_answered(frame) or _answered(made[-1][2][-1]))
        if made and made[-1][0] == side and rng.random() < 0.9 and not alone:
            made[-1][2].append(frame)
        else:
            made.append((side, rng.random() < 0.2, [frame]))
    # one packet alone is no burst
    return [(side, held and len(some) > 1, some) for side, held, some in made]


def _answered(frame):
    """For the box, or too old to be forwarded: its answer is tracked when the burst is through (README)."""
    if frame[12:14] == b"\x08\0":
        return frame[22] <= 1 or frame[30:34] in BOX
    return frame[21] <= 1 or frame[38:54] in BOX


class _Talk:
    """One conversation between two hosts, or a host and the router; what becomes of its packets on the way."""

    def __init__(self, rng):
        self._rng = rng
        self._family = rng.choice((4, 4, 6))
        table = IPV4 if self._family == 4 else IPV6
        side = rng.choice("ccs")
        # on one link only with IPv4, whose redirects can be switched off
        far = FAR[side] if rng.random() < 0.93 or self._family == 6 else side
        near_host = rng.choice(HOSTS[side])
        far_host = rng.choice([host for host in HOSTS[far] if host != near_host])
        self._place = [(side, near_host), (far, far_host)]
        self._box = rng.random() < 0.07         # the server is the router: it answers itself
        self._ends = (table[near_host], table[PORT[side]] if self._box else table[far_host])
        self._flow, self._protocol = self._choose()
        self.frames = self._frames()

    def _choose(self):
        rng = self._rng
        kind = rng.random()
        if kind < 0.5:
            return Tcp(rng, self._ends, (rng.choice(CLIENT_PORTS), rng.choice(TCP_PORTS))), 6
        if kind < 0.75:
            flow = Udp(rng, self._ends)
        elif kind < 0.87:
            flow = Echo(rng, self._ends, self._family)
        elif kind < 0.94:
            flow = Sctp(rng, self._ends)
        else:
            # the router's answers to these differ, as README says
            flow = Sctp(rng, self._ends) if self._box else rng.choice((Other, UdpLite))(rng, self._ends)
        return flow, flow.protocol

    def _frames(self):
        """Lists of (side, frame): one packet and what comes with it."""
        rng = self._rng
        for who, payload in self._flow.steps():
            if who == 1 and self._box:
                continue
            fate = rng.random()
            if fate < 0.03:
                continue               # lost before it is here
            packets = self._packets(who, payload, fate)
            sent = [self._framed(who, packet) for packet in packets]
            if 0.10 < fate < 0.12:
                sent += sent
            if 0.12 < fate < 0.17:
                sent.append(self._error(who, packets[0]))
            yield sent

    def _packets(self, who, payload, fate):
        source, destination = self._ends if who == 0 else self._ends[::-1]
        rng, size = self._rng, self._rng.choice((8, 16, 24, 400))
        fields = {"ident": rng.randrange(1, 65536)} if self._family == 4 else {}
        if fate < 0.06 and len(payload) > size:
            if self._family == 4:
                pieces = build.fragments4(source, destination, self._protocol, payload, size, **fields)
            else:
                pieces = build.fragments6(source, destination, self._protocol, payload, max(size, 64), rng.randrange(65536))
            return pieces if rng.random() < 0.7 else pieces[::-1]
        if fate < 0.08:
            fields["ttl" if self._family == 4 else "hlim"] = 1
        if self._family == 4:
            return [build.ipv4(source, destination, self._protocol, payload, **fields)]
        return [build.ipv6(source, destination, self._protocol, payload, **fields)]

    def _framed(self, who, packet):
        side, host = self._place[who]
        return side, build.ethernet(MAC[PORT[side]], MAC[host], 0x0800 if self._family == 4 else 0x86DD, packet)

    def _error(self, who, packet):
        """An error about the packet, from where it went to; now and then from elsewhere, or with a cut quote."""
        rng = self._rng
        far = 1 - who if rng.random() < 0.85 and not self._box else who
        destination = self._ends[who]
        table = IPV4 if self._family == 4 else IPV6
        source = table[self._place[far][1]]
        if source == destination:
            source = table[{"c": "c4", "s": "s4"}[self._place[far][0]]]
        quote = packet[:rng.choice((len(packet), 28, 48, 47, 27, 20))] if rng.random() < 0.3 else packet[:500]
        if self._family == 4:
            kind, code = rng.choice(QUOTING4)
            message = build.icmp(kind, code, 1300 if (kind, code) == (3, 4) else 0, quote, wrong=rng.random() < 0.05)
            return self._framed(far, build.ipv4(source, destination, 1, message))
        kind, code = rng.choice(QUOTING6)
        message = build.icmp6((source, destination), kind, code, 1300 if kind == 2 else 0, quote,
                              wrong=rng.random() < 0.05)
        return self._framed(far, build.ipv6(source, destination, 58, message))
