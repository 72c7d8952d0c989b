# SPDX-License-Identifier: BSD-3-Clause
"""Rounds of conversations: random stateful rules, and several connections at a time through them.

Left out is what ends by itself soon: nothing here waits, and half datagrams never stay behind.
"""
import random

from rig.address import FAR, IPV4, IPV6, PORT

from . import talk_nat, talk_rules
from .follow import Quoted, Said, Talk
from .rounds import Round
from .rules import TOOL
from .settings import Setting
from .talk_flows import CLIENT_PORTS, Echo, Other, Sctp, Udp, UdpLite
from .talk_tcp import Tcp

BOX = {table[port] for table in (IPV4, IPV6) for port in ("r0", "r1")}
HOSTS = {"c": ("c", "c3"), "s": ("s", "s3")}
TCP_PORTS = (80, 80, 443, 21)
PACKETS = 70
TALKS = 250             # numbers that a tag has room for
# Of so many rounds the last ones have a table nat, which is not taken away again.
TURN, PLAIN = 200, 100
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
    translated = number % TURN >= PLAIN
    made.sets = [talk_rules.rule_set(rng, grammar, family, translated) for family in TOOL]
    texts = [made_set.text() for made_set in made.sets]
    answered = any(map(talk_nat.answered, texts))
    ordered = answered or any(word in text for text in texts for word in ORDERED)
    made.groups = _groups(rng, _conversations(rng, translated, answered), ordered)
    return made


def _conversations(rng, *kind):
    """Packets of several conversations, which take turns."""
    numbers = iter(range(TALKS))
    talks = [_Talk(rng, next(numbers), *kind) for _ in range(rng.choice((1, 2, 3, 5)))]
    sent, current = [], talks[0]
    while talks and len(sent) < PACKETS:
        if current not in talks or rng.random() < 0.4:
            current = rng.choice(talks)
        step = next(current.packets, None)
        if step is None:
            talks.remove(current)
            if rng.random() < 0.4:
                talks.append(_Talk(rng, next(numbers), *kind))        # which may use the same ports again
        else:
            sent += step
    return sent


def _groups(rng, sent, ordered):
    """[(side, held, [packet])]: the packets of a group follow each other."""
    made = []
    for one in sent:
        side = (one.talk.places[one.who] or one.talk.places[1 - one.who])[0]
        # what the router answers changes a connection: Pollux answers when a burst is through
        alone = ordered or made and (_answered(one) or _answered(made[-1][2][-1]) or _follows(one, made[-1][2]))
        if made and made[-1][0] == side and rng.random() < 0.9 and not alone:
            made[-1][2].append(one)
        else:
            made.append((side, rng.random() < 0.2, [one]))
    return made


def _follows(one, others):
    """Is it made from what the router does with one of the others?"""
    return any(other.talk == one.talk and other.who != one.who for other in others)


def _answered(one):
    """For the box, or too old to be forwarded: its answer is tracked when the burst is through (README)."""
    if isinstance(one, Quoted):
        return False
    return one.fields.get("ttl", one.fields.get("hlim")) == 1 or one.talk.ends[1 - one.who] in BOX


class _Talk:
    """One conversation between two hosts, or a host and the router; what becomes of its packets on the way."""

    def __init__(self, rng, number, translated, answered):
        """``translated``: the client may call the server by another address; ``answered``: rules may lead to the box."""
        self._rng, self._translated, self._answered = rng, translated, answered
        self._family = rng.choice((4, 4, 6))
        table = IPV4 if self._family == 4 else IPV6
        side = rng.choice("ccs")
        # on one link only with IPv4, whose redirects can be switched off
        far = FAR[side] if rng.random() < 0.93 or self._family == 6 else side
        near_host = rng.choice(HOSTS[side])
        far_host = rng.choice([host for host in HOSTS[far] if host != near_host])
        self._box = rng.random() < 0.07         # the server is the router: it answers itself
        self._ends = (table[near_host], table[PORT[side]] if self._box else table[far_host])
        if translated and (name := talk_nat.named(rng, self._family, far)):
            self._ends = (self._ends[0], name)
            self._box = name in BOX
        flow, protocol = self._choose()
        places = ((side, near_host), None if self._box else (far, far_host))
        self._talk = Talk(number, self._family, protocol, self._ends, places)
        self.packets = self._packets(flow)

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
            flow = Sctp(rng, self._ends) if self._box or self._answered else rng.choice((Other, UdpLite))(rng, self._ends)
        return flow, flow.protocol

    def _packets(self, flow):
        """Lists: one packet and what comes with it."""
        rng = self._rng
        for number, (who, payload) in enumerate(flow.steps()):
            fate = rng.random()
            if fate < 0.03:
                continue               # lost before it is here
            said = Said(self._talk, who, number, payload)
            self._spoil(said, fate)
            sent = [said]
            if 0.10 < fate < 0.12:
                sent.append(said)
            if 0.12 < fate < 0.17:
                sent.append(self._error(said))
            yield sent

    def _spoil(self, said, fate):
        # Where ports are chosen, the checksum has to be in the same fragment to be compared; SCTP's is made anew for that,
        # of the whole packet.
        whole = self._translated and said.talk.protocol == Sctp.protocol
        size = self._rng.choice((24, 400) if self._translated else (8, 16, 24, 400))
        if fate < 0.06 and len(said.payload) > size and not whole:
            said.cut = size if self._family == 4 else max(size, 64)
            said.backwards = self._rng.random() < 0.3
        elif fate < 0.08:
            said.fields["ttl" if self._family == 4 else "hlim"] = 1

    def _error(self, said):
        """An error about the packet, from where it went to; now and then from elsewhere, or with a cut quote."""
        rng = self._rng
        # from the same link only with IPv4: the router would send redirects, of IPv6 as time allows
        far = rng.random() < 0.85 and not self._box or self._family == 6
        keep = rng.choice((None, 28, 48, 47, 27, 20)) if rng.random() < 0.3 else 500
        kind = rng.choice(QUOTING4 if self._family == 4 else QUOTING6)
        return Quoted(said, far, rng.random() < 0.2, kind, keep, rng.random() < 0.05)
