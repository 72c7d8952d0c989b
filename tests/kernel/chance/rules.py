# SPDX-License-Identifier: BSD-3-Clause
"""Random rule sets for all tables of a family, as iptables-restore takes them."""
from dataclasses import dataclass, field

from . import matches, pools

TABLES = {"raw": ("PREROUTING", "OUTPUT"),
          "mangle": ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
          "filter": ("INPUT", "FORWARD", "OUTPUT"),
          "security": ("INPUT", "FORWARD", "OUTPUT"),
          "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING")}
WEIGHTS = (2, 2, 5, 1, 1)
# In use from the start. Not nat, which conversations must not have: while connections are tracked Linux may give
# them other ports.
USED = ("raw", "mangle", "filter", "security")
TOOL = {4: "iptables", 6: "ip6tables"}


@dataclass
class Rule:
    """One rule; ``parts`` may be left out one by one to find the smallest that still matters."""
    family: int
    table: str
    chain: str
    parts: list = field(default_factory=list)    # texts; the last is the target

    def text(self):
        return " ".join(["-A", self.chain, *filter(None, self.parts)])


@dataclass
class RuleSet:
    family: int
    tables: tuple = tuple(TABLES)
    chains: dict = field(default_factory=dict)   # table -> user chains
    policies: dict = field(default_factory=dict)  # (table, chain) -> DROP
    rules: list = field(default_factory=list)

    def text(self):
        """All its tables, also the empty ones: it replaces what the last set has left."""
        lines = []
        for table in self.tables:
            builtin = TABLES[table]
            lines.append("*" + table)
            lines += [f":{chain} {self.policies.get((table, chain), 'ACCEPT')} [0:0]" for chain in builtin]
            lines += [f":{chain} - [0:0]" for chain in self.chains.get(table, ())]
            lines += [rule.text() for rule in self.rules if rule.table == table]
            lines.append("COMMIT")
        return "".join(line + "\n" for line in lines)


class Grammar:
    """What Pollux has of the grammar's lines; ``missing`` names the rest."""

    def __init__(self, accepts, lines=matches):
        """``accepts(tool, words)``: does Pollux know the match or target? ``lines``: where all are named."""
        self.missing = set()
        self.matches = {family: self._known(family, lines.MATCHES, accepts) for family in TOOL}
        self.targets = {family: self._known(family, lines.TARGETS, accepts) for family in TOOL}

    def _known(self, family, parts, accepts):
        found, asked = [], {}
        for part in parts:
            if family not in part.families:
                continue
            if part.name not in asked:
                asked[part.name] = part.name in ("", "ACCEPT", "DROP", "RETURN") or part.name.startswith("-") \
                    or accepts(TOOL[family], part.name)
            if asked[part.name]:
                found.append(part)
            else:
                self.missing.add(part.name)
        return found


def rule_set(rng, grammar, family, tables):
    made = RuleSet(family, tables)
    for table in rng.choices(tables, WEIGHTS[:len(tables)], k=rng.choice((1, 1, 2, 3))):
        if table not in made.chains:
            _fill(rng, grammar, made, table)
    return made


def _fill(rng, grammar, made, table):
    user = [f"u{number}" for number in range(rng.choice((0, 1, 2, 4)))]
    made.chains[table] = user
    for chain in TABLES[table]:
        if rng.random() < 0.12:
            made.policies[table, chain] = "DROP"
    for _ in range(rng.choice((1, 3, 5, 8, 12))):
        chain = rng.choice(TABLES[table] + tuple(user))
        made.rules.append(_rule(rng, grammar, made, table, chain))


def _rule(rng, grammar, made, table, chain):
    family = made.family
    protocol = rng.choice((None, None, "tcp", "tcp", "udp", "udp", "icmp" if family == 4 else "ipv6-icmp",
                           rng.choice(pools.PROTOCOLS)))
    if family == 6 and protocol == "icmp":
        protocol = None
    rule = Rule(family, table, chain)
    negated = False
    if protocol:
        negated = rng.random() < 0.1
        rule.parts.append(("! " if negated else "") + "-p " + protocol)
    if negated:
        protocol = None
    rule.parts += _matches(rng, grammar, family, protocol, table, chain)
    rule.parts.append(_target(rng, grammar, made, protocol, table, chain))
    return rule


def _allowed(part, protocol, table, chain):
    if part.protocols is not None and protocol not in part.protocols:
        return False
    place = chain if chain in TABLES[table] else "user"    # which may be called from anywhere
    if part.name == "REJECT" and table != "filter":
        return False
    return not part.tables or table in part.tables or place in part.tables


def _matches(rng, grammar, family, protocol, table, chain):
    texts, names = [], set()
    fitting = [part for part in grammar.matches[family] if _allowed(part, protocol, table, chain)]
    special = [part for part in fitting if part.protocols]
    if special and rng.random() < 0.7:
        fitting = special + fitting
    for part in rng.sample(fitting, rng.choice((0, 1, 1, 2, 3))):
        if part.name not in names:
            names.add(part.name)
            texts.append(part.text(rng, family))
    return texts


def _target(rng, grammar, made, protocol, table, chain):
    user = made.chains[table]
    later = user[user.index(chain) + 1:] if chain in user else user    # no loops
    # what OUTPUT rejects is the box's own: the message would stay in the box, which Pollux's does not
    if later and rng.random() < 0.3 and (table, chain) != ("filter", "OUTPUT"):
        return rng.choice(("-j ", "-j ", "-g ")) + rng.choice(later)
    fitting = [part for part in grammar.targets[made.family] if _allowed(part, protocol, table, chain)]
    return rng.choice(fitting).text(rng, made.family)
