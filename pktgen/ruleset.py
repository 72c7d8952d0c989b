# SPDX-License-Identifier: BSD-3-Clause
"""
The rules and routes of a scenario, the same for every program: as iptables-restore reads them, and
as tuples for those that have other words. Packets come in by `gen0` and leave by `sink0`.
"""
import functools
import math
import random

# Where clients and servers are, and what clients are translated to; see replay/replay_flow.c.
CLIENTS, SERVERS, NB_SERVERS = '10.0.0.0/8', '198.18.0.0', 256
OUTSIDE, POOL = '203.0.113.0', '203.0.113.0-203.0.113.15'
SERVERS6, CLIENTS6 = '2001:db8:2::', '2001:db8:1::/64'
ALL_SPREAD = '32.0.0.0/3'
# Lengths of prefixes, about as in the Internet's table: of 100 so many.
LENGTHS = ((24, 60), (23, 12), (22, 12), (21, 6), (20, 6), (19, 4))


def hard_rules(count, first=1000):
    """(source, destination, port): each fits the traffic's addresses, some wider, some narrower; none its port."""
    for number in range(count):
        yield (f'10.0.0.0/{(8, 9, 12)[number % 3]}', f'{SERVERS}/{(16, 20, 24)[number // 3 % 3]}', first + number)


def routes(scenario):
    """Prefixes that lead to the sink."""
    if scenario.routes > 16:
        return [ALL_SPREAD] + spread_routes(scenario.routes)
    if scenario.kind.traffic == 'forward6':
        return [f'{SERVERS6}{16 * number:x}/124' for number in range(16)]
    return [f'198.18.0.{16 * number}/28' for number in range(16)]


@functools.lru_cache(maxsize=1)
def spread_routes(count):
    chance, found = random.Random(1), {}
    lengths = [length for length, share in LENGTHS for _ in range(share)]
    while len(found) < count:
        length = lengths[chance.randrange(100)]
        found[(32 << 24) + (chance.randrange(1 << (length - 3)) << (32 - length)), length] = True
    return [f'{a >> 24}.{a >> 16 & 255}.{a >> 8 & 255}.{a & 255}/{length}' for a, length in found]


def pool(scenario):
    """What new connections are translated to: for a fill one address, whose ports serve each server."""
    if scenario.fill is None:
        return POOL
    ports = max(1, math.ceil(scenario.flows * 100 / scenario.fill / NB_SERVERS))
    return f'{OUTSIDE}:1024-{1023 + ports}'


def sets_text(scenario):
    """What `ipset restore` is given; empty: there are no sets."""
    hosts = scenario.kind.blocked
    if not hosts:
        return ''
    prefix = 32 - int(math.log2(hosts))
    return f'create blocked hash:ip maxelem {hosts}\nadd blocked 172.16.0.0/{prefix}\n'


def _filter(scenario, first):
    work = scenario.kind
    lines = ['*filter', f':FORWARD {"DROP" if work.gateway else "ACCEPT"} [0:0]']
    # Before the rule that knows connections: every packet of theirs has to pass all of them.
    lines += [f'-A FORWARD -s {source} -d {destination} -p udp -m udp --dport {port} -j DROP'
              for source, destination, port in hard_rules(scenario.rules, first)]
    if work.blocked:
        lines.append('-A FORWARD -m set --match-set blocked src -j DROP')
    if work.tracked:
        lines.append('-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT')
    if work.gateway:
        lines.append(f'-A FORWARD -i gen0 -s {CLIENTS} -m conntrack --ctstate NEW -j ACCEPT')
    return lines + ['COMMIT']


def _nat(scenario):
    to = pool(scenario) if scenario.kind.traffic == 'new' else OUTSIDE
    udp = ' -p udp' if ':' in to else ''
    return ['*nat', f'-A POSTROUTING -s {CLIENTS} -o sink0{udp} -j SNAT --to-source {to}', 'COMMIT']


# What a gateway has in front: bogus sources, a multicast flood, marks, MSS, a class for calls.
RAW = ['*raw', '-A PREROUTING -i gen0 -s 127.0.0.0/8 -j DROP', '-A PREROUTING -d 224.0.0.0/4 -p udp -j DROP', 'COMMIT']
MANGLE = ['*mangle', '-A PREROUTING -i gen0 -s 10.200.0.0/16 -j MARK --set-mark 1',
          '-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu',
          '-A POSTROUTING -o sink0 -p udp -m udp --dport 5060 -j DSCP --set-dscp-class ef', 'COMMIT']


def restore_text(scenario, first=1000):
    """What iptables-restore is given; empty: there are no rules. first: of the ports that hard rules look for."""
    work, lines = scenario.kind, []
    if scenario.rules or work.tracked or work.blocked:
        lines += _filter(scenario, first)
    if work.translated:
        lines += _nat(scenario)
    if work.gateway:
        lines += RAW + MANGLE
    return '\n'.join(lines) + '\n' if lines else ''
