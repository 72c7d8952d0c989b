# SPDX-License-Identifier: BSD-3-Clause
"""Rules of the table nat for conversations, and what their hosts call each other.

All addresses that anything is translated to have a known neighbour, so that no router has to ask.
"""
import re

from rig.address import IPV4, IPV6

from .matches import ANY, Part
from .rules import Rule

PORTED = ("tcp", "udp", "sctp", "udplite")
FOUR, SIX = (4,), (6,)
DESTINATION, SOURCE = ("nat/PREROUTING", "nat/OUTPUT"), ("nat/POSTROUTING", "nat/INPUT")
LEAVING = ("nat/POSTROUTING",)
# Services that only translation reaches: behind a host that all know.
SERVICES = {4: {"c": "172.16.0.", "s": "172.17.0."}, 6: {"c": "fd16::", "s": "fd17::"}}
NETS = {4: {"c": "10.1.0.", "s": "10.2.0."}, 6: {"c": "fd01::", "s": "fd02::"}}
NAMES = ("2", "3", "4")
# what the router itself answers, and when
OWN = re.compile(r"REDIRECT|--to-destination \[?(?:10\.[12]\.0\.1|fd0[12]::1)\b")

# which side's network packets are translated to, but for the router's own addresses
TRANSLATED = re.compile(r"--to(?:-source|-destination)? \[?fd(\d\d)(?!::1\b)")


def hosts(rng, family, side):
    """An address on that side, or a range of them."""
    table, (low, high) = NETS[family][side], sorted(rng.sample(NAMES, 2))
    return table + rng.choice(NAMES) if rng.random() < 0.7 else f"{table}{low}-{table}{high}"


def outside(rng, family):
    """What sources become: addresses that are nobody's, the router's, another host's."""
    side = rng.choice("cs")
    if rng.random() < 0.4:
        return (IPV4 if family == 4 else IPV6)[rng.choice(("r0", "r1", "c4", "s4"))]
    net = (f"172.1{6 + 'cs'.index(side)}.9." if family == 4 else f"fd1{6 + 'cs'.index(side)}:9::")
    return rng.choice((net + "1", net + "2", f"{net}1-{net}2", f"{net}1-{net}4"))


def at(family, address, ports):
    return f"{address}{ports}" if family == 4 or not ports else f"[{address}]{ports}"


def ports(rng, shifted=False, low80=80):
    low = rng.choice((1, low80, 600, 1000, 1001, 5000, 40000))
    span = rng.choice((0, 0, 1, 2, 9, 500, 20000))
    text = f"{low}-{low + span}" if span else f"{low}"
    return text + (f"/{rng.choice((80, 53, 443, 70))}" if shifted and span and rng.random() < 0.4 else "")


def source_ports(rng):
    """None of servers: what a router has chosen stands for what the other one has, at that address everywhere."""
    return ports(rng, low80=600)


def how(rng, randomly=(" --random", " --random-fully")):
    return rng.choice(("", "", "", "", "", " --persistent", *randomly))


def destination(rng, family, side, ported):
    text = at(family, hosts(rng, family, side), ":" + ports(rng, True) if ported else "")
    return f"-j DNAT --to-destination {text}{how(rng)}"


def source(rng, family, ported):
    return f"-j SNAT --to-source {at(family, outside(rng, family), ':' + source_ports(rng) if ported else '')}{how(rng)}"


def mapped(rng, family, nets):
    return f"-j NETMAP --to {nets[family][rng.choice('cs')]}{'0/24' if family == 4 else '/64'}"


TARGETS = (
    Part("DNAT", ANY, None, lambda r, f: destination(r, f, r.choice("css"), False), DESTINATION),
    Part("DNAT", ANY, PORTED, lambda r, f: destination(r, f, r.choice("css"), True), DESTINATION),
    Part("DNAT", ANY, None, lambda r, f: f"-j DNAT --to-destination {(IPV4 if f == 4 else IPV6)[r.choice(('r0', 'r1'))]}", DESTINATION),
    Part("DNAT", ANY, PORTED, lambda r, f: f"-j DNAT --to-destination :{ports(r, True)}", DESTINATION),
    Part("REDIRECT", ANY, None, lambda r, f: "-j REDIRECT", DESTINATION),
    Part("REDIRECT", ANY, PORTED, lambda r, f: f"-j REDIRECT --to-ports {ports(r)}", DESTINATION),
    Part("NETMAP", ANY, None, lambda r, f: mapped(r, f, NETS), DESTINATION),
    Part("NETMAP", ANY, None, lambda r, f: mapped(r, f, SERVICES), SOURCE),
    Part("SNAT", ANY, None, lambda r, f: source(r, f, False), SOURCE),
    Part("SNAT", ANY, PORTED, lambda r, f: source(r, f, True), SOURCE),
    Part("SNAT", ANY, PORTED, lambda r, f: f"-j SNAT --to-source :{source_ports(r)}", SOURCE),
    Part("MASQUERADE", ANY, None, lambda r, f: "-j MASQUERADE", LEAVING),
    Part("MASQUERADE", ANY, None, lambda r, f: f"-j MASQUERADE{how(r)}".replace(" --persistent", ""), LEAVING),
    Part("MASQUERADE", ANY, PORTED, lambda r, f: f"-j MASQUERADE --to-ports {source_ports(r)}", LEAVING),
    Part("ACCEPT", ANY, None, lambda r, f: "-j ACCEPT", DESTINATION + SOURCE),
    Part("RETURN", ANY, None, lambda r, f: "-j RETURN", DESTINATION + SOURCE),
    Part("", ANY, None, lambda r, f: "", DESTINATION + SOURCE),
)


def rule_list(rng, grammar, family):
    """Some rules for destinations, some for sources; now and then none."""
    made = []
    for chain, number in (("PREROUTING", rng.choice((0, 1, 1, 2, 4))), ("POSTROUTING", rng.choice((0, 1, 1, 2, 4))),
                          ("INPUT", rng.choice((0, 0, 0, 1))), ("OUTPUT", rng.choice((0, 0, 0, 1)))):
        made += [rule for rule in (_rule(rng, grammar, family, chain) for _ in range(number)) if rule]
    return made


def named(rng, family, side):
    """What a client calls a server on that side: its address, or one that only translation knows."""
    if rng.random() < 0.7:
        return None
    return rng.choice((SERVICES[family][side] + rng.choice(NAMES), (IPV4 if family == 4 else IPV6)[rng.choice(("r0", "r1"))]))


def answered(text):
    """Do these rules make the router itself answer?"""
    return bool(OWN.search(text))


def _rule(rng, grammar, family, chain):
    protocol = rng.choice((None, None, "tcp", "tcp", "udp", "icmp" if family == 4 else "ipv6-icmp", "sctp"))
    rule = Rule(family, "nat", chain)
    if chain in ("PREROUTING", "POSTROUTING") and rng.random() < 0.4:
        rule.parts.append(f"-{'i' if chain == 'PREROUTING' else 'o'} {rng.choice(('r0', 'r1'))}")
    if protocol:
        rule.parts.append("-p " + protocol)
    if rng.random() < 0.4:
        net = rng.choice((SERVICES, NETS))[family][rng.choice("cs")]
        rule.parts.append(f"-{rng.choice('sd')} {net}{rng.choice(NAMES)}")
    if protocol in ("tcp", "udp") and rng.random() < 0.3:
        rule.parts.append(f"-m {protocol} --dport {rng.choice((80, 53, '1:500', 443))}")
    place = f"nat/{chain}"
    fitting = [part for part in grammar.targets[family] if place in part.tables
               and (part.protocols is None or protocol in part.protocols)]
    if not fitting:
        return None
    text = rng.choice(fitting).text(rng, family)
    if family == 6 and (by := _across(text, chain)):
        # back on the link where it came from the router would send redirects, as time allows
        rule.parts = [by] + [part for part in rule.parts if part[:2] not in ("-i", "-o")]
    if chain == "PREROUTING" and answered(text):
        # of one side only: what the router says about a packet would become one to itself, which README says more about
        rule.parts = ["-i r0"] + [part for part in rule.parts if part[:2] != "-i"]
    rule.parts.append(text)
    return rule


def _across(text, chain):
    """The port that packets to a host have to come by, or those from it to leave by: the other one."""
    found = TRANSLATED.search(text)
    if not found or chain not in ("PREROUTING", "POSTROUTING"):
        return None
    return f"-{'i' if chain == 'PREROUTING' else 'o'} r{int(found[1] in ('01', '16'))}"
