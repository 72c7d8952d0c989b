# SPDX-License-Identifier: BSD-3-Clause
"""What is measured: kinds of work, and the lists of them that `bench` runs. Nothing here runs anything."""
import dataclasses
import typing

POLLUX, TESTPMD, L3FWD, OVS, LINUX = 'Pollux', 'testpmd io', 'l3fwd', 'OVS-DPDK', 'Linux'
PEERS = (L3FWD, OVS, LINUX)


@dataclasses.dataclass(frozen=True)
class Work:
    """What a program does with each packet, and which packets show it."""
    says: str
    traffic: str = 'forward'        # of TRAFFIC
    tracked: bool = False           # connections
    translated: bool = False        # SNAT
    gateway: bool = False           # raw and mangle, and a FORWARD that accepts what is allowed only
    blocked: int = 0                # hosts in an ipset that a rule asks for; no packet is from one of them
    beside: typing.Optional[str] = None  # the work to which this one adds something


@dataclasses.dataclass(frozen=True)
class Traffic:
    """What the source sends. like: costs the source the same, so that one is measured for both."""
    says: str
    devargs: dict
    like: typing.Optional[str] = None


TRAFFIC = {
    'forward': Traffic('packets', {}),
    'forward6': Traffic('IPv6 packets', {'ip6': 1}),
    'both': Traffic('packets both ways', {'answers': 'plain'}),
    'translated': Traffic('packets both ways', {'answers': 'translated'}, 'both'),
    'tcp': Traffic('TCP segments both ways', {'answers': 'translated', 'proto': 'tcp'}),
    'new': Traffic('packets of new flows', {}),
    'mix': Traffic('packets both ways, 10 % new', {'answers': 'translated', 'fresh': 10}),
}

WORKS = {
    'forward': Work('forwarding'),
    'blocked': Work('forwarding, an ipset of 65,536 hosts', blocked=65536, beside='forward'),
    'forward6': Work('forwarding IPv6', 'forward6'),
    'both': Work('forwarding both ways', 'both'),
    'track': Work('connections', 'both', tracked=True, beside='both'),
    'nat': Work('connections, SNAT', 'translated', tracked=True, translated=True, beside='track'),
    'gateway': Work('full gateway', 'translated', tracked=True, translated=True, gateway=True, beside='both'),
    'gatewaytcp': Work('full gateway, TCP', 'tcp', tracked=True, translated=True, gateway=True),
    'mix': Work('full gateway, 10 % new', 'mix', tracked=True, translated=True, gateway=True),
    'new': Work('new connections', 'new', tracked=True),
    'newnat': Work('new connections, SNAT', 'new', tracked=True, translated=True, beside='new'),
    'source': Work('making packets'),
}


@dataclasses.dataclass(frozen=True)
class Scenario:
    """One run. flows: of them so many, of new ones so many resident."""
    program: str
    work: str
    flows: int = 1000
    rules: int = 0
    routes: int = 16
    size: str = '64'                # or imix
    fill: typing.Optional[float] = None  # newnat: percent of the pool that `flows` take; None: a large pool
    table: str = 'tag'              # Pollux's index of connections, or rte_hash
    swap: bool = False              # the rules are replaced meanwhile, at 80 % of what was measured without

    @property
    def kind(self):
        return WORKS[self.work]

    def source(self):
        """The run of the source alone that this one is compared with; the kernel has one of its own."""
        if self.program == LINUX:
            return Scenario(LINUX, 'source', self.flows)
        traffic = self.kind.traffic
        traffic = TRAFFIC[traffic].like or traffic
        work = next(name for name, work in WORKS.items() if work.traffic == traffic)
        spread = self.routes if self.routes > 16 else 16
        return Scenario(TESTPMD, work, self.flows if traffic != 'new' else 1000, 0, spread, self.size)

    def beside(self):
        other = self.kind.beside
        return other and dataclasses.replace(self, work=other, fill=None, rules=0)

    def title(self):
        text = TRAFFIC[self.kind.traffic].says if self.program == TESTPMD else self.kind.says
        if self.program != TESTPMD and (self.rules or self.kind.gateway):
            text += f', {self.rules:,} rules'
        if self.routes > 16:
            text += ' to many places' if self.program == TESTPMD else f', {self.routes:,} routes'
        if self.table != 'tag':
            text += f', {self.table}'
        if self.size == 'imix':
            text += ', IMIX'
        if self.fill is not None:
            text += f', pool {self.fill:g} % full'
        if self.swap:
            text += ', replaced meanwhile'
        return text


FLOWS = (1000, 100000, 1000000)
MANY = 100000
# After more runs than that the machine may be another one.
AGAIN = 4

# The rows that have all three numbers of flows: work, rules, routes.
MATRIX = (
    ('forward', 0, 16), ('forward', 0, 500000),
    ('forward', 10, 16), ('forward', 100, 16), ('forward', 1000, 16), ('forward', 10000, 16),
    ('track', 0, 16), ('nat', 0, 16),
    ('gateway', 100, 16), ('gateway', 10000, 16),
)
# Of these what another index of connections makes of them.
TABLES = tuple(Scenario(POLLUX, work, flows, rules, table='rte_hash')
               for work, rules in (('track', 0), ('gateway', 100), ('gateway', 10000)) for flows in FLOWS)
# Those with one number of flows.
SINGLE = (
    Scenario(POLLUX, 'forward6', MANY), Scenario(POLLUX, 'blocked', MANY),
    Scenario(POLLUX, 'forward', MANY, size='imix'),
    Scenario(POLLUX, 'gateway', MANY, 100, size='imix'),
    Scenario(POLLUX, 'gatewaytcp', MANY, 100),
    Scenario(POLLUX, 'mix', MANY, 100),
    Scenario(POLLUX, 'new', 1000), Scenario(POLLUX, 'new', MANY), Scenario(POLLUX, 'new', 1000000),
    Scenario(POLLUX, 'newnat', MANY), Scenario(POLLUX, 'newnat', 1000000),
    Scenario(POLLUX, 'newnat', MANY, 1000),
    Scenario(POLLUX, 'new', 1000000, table='rte_hash'), Scenario(POLLUX, 'newnat', MANY, 1000, table='rte_hash'),
    Scenario(POLLUX, 'gateway', MANY, 10000, swap=True),
)
PEER_RUNS = (
    Scenario(L3FWD, 'forward', 1000), Scenario(L3FWD, 'forward', MANY), Scenario(L3FWD, 'forward', 1000000),
    Scenario(L3FWD, 'forward', MANY, routes=500000),
    Scenario(L3FWD, 'forward', MANY, 1000), Scenario(L3FWD, 'forward', MANY, 10000),
    Scenario(L3FWD, 'forward6', MANY), Scenario(L3FWD, 'forward', MANY, size='imix'),
    Scenario(OVS, 'forward', MANY), Scenario(OVS, 'track', MANY), Scenario(OVS, 'nat', MANY),
    Scenario(LINUX, 'forward', MANY), Scenario(LINUX, 'forward', MANY, 100), Scenario(LINUX, 'forward', MANY, 1000),
    Scenario(LINUX, 'blocked', MANY), Scenario(LINUX, 'track', MANY), Scenario(LINUX, 'nat', MANY), Scenario(LINUX, 'gateway', MANY, 100),
    Scenario(LINUX, 'new', MANY), Scenario(LINUX, 'newnat', MANY),
)


def with_sources(scenarios):
    """Each traffic's source alone comes just before what is compared with it, and again behind a long list of that."""
    grouped = {}
    for scenario in scenarios:
        grouped.setdefault(scenario.source(), []).append(scenario)
    for source, others in grouped.items():
        yield source
        yield from others
        if len(others) > AGAIN:
            yield source


def standard(peers):
    """What changes least comes first, so that a time that is up costs the dearest rows only."""
    runs = [Scenario(POLLUX, work, flows, rules, routes) for work, rules, routes in MATRIX for flows in FLOWS]
    runs += TABLES
    runs += [run for run in PEER_RUNS if run.program in peers]
    late = [run for run in SINGLE if run.swap]
    return list(with_sources(runs + [run for run in SINGLE if not run.swap])) + late


def short(peers):
    """That everything works, in a minute; no figures to keep."""
    runs = [Scenario(POLLUX, 'forward'), Scenario(POLLUX, 'gateway', 1000, 10)]
    runs += [Scenario(peer, 'forward') for peer in PEERS if peer in peers]
    return list(with_sources(runs))


def chosen(works, flows, rules, fills, tables):
    """The product of what was asked for."""
    runs = [Scenario(POLLUX, work, count, number, fill=fill, table=table) for count in flows for work in works
            for number in rules for fill in (fills if work == 'newnat' else [None])
            for table in (tables if WORKS[work].tracked else tables[:1])]
    return list(with_sources(runs))
