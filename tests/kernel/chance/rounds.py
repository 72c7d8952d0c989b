# SPDX-License-Identifier: BSD-3-Clause
"""One round: what is configured and sent. Made from a seed and a number, so that it can be made again."""
import random
from dataclasses import dataclass, field

from . import members, rules, settings, traffic


@dataclass
class Round:
    name: str
    settings: list = field(default_factory=list)
    sets: list = field(default_factory=list)      # of rules, one a family
    groups: list = field(default_factory=list)    # (side, held, [frame])
    shows: tuple = ()                             # what else is compared when all is sent
    cleanup: tuple = ()                           # what takes the rest back

    def tracks(self):
        """Does it leave routers behind that track connections?"""
        return any("nat" in made.tables for made in self.sets)

    def all_settings(self):
        """Those that were chosen, and what is in the sets that the rules ask."""
        return [*self.settings, *members.settings("".join(made.text() for made in self.sets))]

    def limits(self):
        return {side: mtu for setting in self.settings for side, mtu in setting.limits}


# Of so many rounds the last ones have a table nat, with which both routers track all connections, for good.
TURN, PLAIN = 500, 350


def make(seed, number, grammar):
    rng = random.Random(f"{seed}:{number}")
    made = Round(f"{seed}:{number}")
    made.settings = settings.choose(rng)
    tables = rules.USED if number % TURN < PLAIN else tuple(rules.TABLES)
    made.sets = [rules.rule_set(rng, grammar, family, tables) for family in rules.TOOL]
    made.groups = traffic.groups(rng, made.limits())
    return made
