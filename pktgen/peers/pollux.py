# SPDX-License-Identifier: BSD-3-Clause
"""Pollux: its configuration for a scenario, and what it says of itself."""
import json
import math
import os
import re
import subprocess
import time

import ruleset
from machine import Problem
from .program import Program

PROFILE_SECONDS = 0.5
# Who has memory for every connection, as `show memory` names them.
CONNECTION_USERS = ('connections', 'connection-index', 'nat-sources')
# Mixed traffic begins connections beside those that are resident; they go when they are in the way.
FRESH_ROOM = 65536


class Pollux(Program):
    def __init__(self, bench, scenario, rate=0):
        config, self.socket = os.path.join(bench.folder, 'bench.conf'), os.path.join(bench.folder, 'pollux.sock')
        self.scenario, self.first_port, self.walked_and_served = scenario, 1000, (0, 0)
        with open(config, 'w', encoding='utf-8') as file:
            file.write(configuration(bench, scenario, rate))
        self.client = os.path.join(bench.build, 'app/polluxctl/polluxctl')
        super().__init__(bench, [
            os.path.join(bench.build, 'app/pollux/pollux'), '-l', f'0,{bench.core}', '--main-lcore', '0',
            '--in-memory', '--no-pci', '--', '--config', config, '--socket', self.socket, '--no-prompt'])

    def ask(self, *words, stdin=None):
        run = subprocess.run([self.client, '--socket', self.socket, *words], input=stdin, capture_output=True,
                             text=True, check=False)
        if run.returncode:
            raise Problem(f'{" ".join(words)}: {run.stderr.strip() or run.stdout.strip()}')
        return run.stdout

    def forwards(self):
        try:
            return self._sent() > 0
        except Problem:
            return False  # it does not listen yet

    def mpps(self, seconds):
        rates = []
        for _ in range(math.ceil(seconds)):
            first, begin = self._sent(), time.monotonic()
            time.sleep(1)
            rates.append((self._sent() - first) / (time.monotonic() - begin) / 1e6)
        return [rate for rate in rates if rate > 0]

    def _sent(self):
        found = re.findall(r'TX-packets: (\d+)', self.ask('show', 'port', 'stats', 'all'))
        return max((int(count) for count in found), default=0)

    def measured(self):
        """Where the cycles go; of a large table also what a connection takes."""
        self.ask('sysctl', '-w', 'net.pollux.profile=1')
        time.sleep(PROFILE_SECONDS)
        rows = json.loads(self.ask('show', 'profile', '-j'))
        found = {'profile': [{**row, 'cycles': float(row['cycles'])} for row in rows]}
        if self.scenario.kind.tracked and self.scenario.flows >= 1000000:
            found['bytes_a_flow'] = self._bytes_a_flow()
        return found

    def preparing(self):
        """Long rule sets are made faster by a thread, after they are in force."""
        return self.others_run()

    def learning(self):
        """What connections meet is noted while their first packets walk; of a long rule set that takes seconds."""
        if self.scenario.kind.traffic in ('new', 'mix'):
            return False     # always
        rows = {row['what']: row['number'] for row in json.loads(self.ask('show', 'flow-cache', '-j'))}
        now = (sum(number for what, number in rows.items() if what.startswith('walked')), rows['served'])
        walked, served = (new - old for new, old in zip(now, self.walked_and_served))
        self.walked_and_served = now
        return walked * 100 > served

    def _bytes_a_flow(self):
        memory = json.loads(self.ask('show', 'memory', '-j'))
        used = sum(row['reserved'] for row in memory if row['user'] in CONNECTION_USERS)
        return used / table_size(self.scenario)

    def swap(self):
        """Replaces every rule by another one; seconds."""
        self.first_port = 31000 - self.first_port
        text, begin = ruleset.restore_text(self.scenario, self.first_port), time.monotonic()
        self.ask('iptables-restore', stdin=text)
        return time.monotonic() - begin


def table_size(scenario):
    kind = scenario.kind
    if kind.traffic == 'new':
        return scenario.flows
    return scenario.flows + (FRESH_ROOM if kind.traffic == 'mix' else 1000)


def _addresses(scenario):
    hops = [f'192.0.2.{2 + number}' for number in range(16)]
    lines = ['ip addr add 192.0.2.1/24 dev sink0']
    lines += [f'ip neigh add {hop} lladdr 02:00:00:00:99:{number:02x} dev sink0' for number, hop in enumerate(hops)]
    prefixes, family = ruleset.routes(scenario), ''
    if scenario.kind.traffic == 'forward6':
        hops, family = [f'2001:db8:ff::{number + 2:x}' for number in range(16)], '-6\n'
        lines.append('ip addr add 2001:db8:ff::1/64 dev sink0 nodad')
        lines += [f'ip neigh add {hop} lladdr 02:00:00:00:99:{number:02x} dev sink0' for number, hop in enumerate(hops)]
    text = ''.join(f'route add {prefix} via {hops[number % 16]}\n' for number, prefix in enumerate(prefixes))
    return lines + [f'ip route restore <<END\n{family}{text}END', f'ip route add {ruleset.CLIENTS} via 192.0.2.2']


def configuration(bench, scenario, rate):
    """Forwarding and nothing else, unless the work says so."""
    kind = scenario.kind
    lines = [f'port add sink0 {bench.source.sink}', *_addresses(scenario), 'sysctl -w net.pollux.idle=poll',
             'sysctl -w net.ipv6.conf.all.forwarding=1', 'sysctl -w net.ipv4.ip_forward=1']
    if kind.tracked:
        lines.append(f'sysctl -w net.netfilter.nf_conntrack_max={table_size(scenario)}')
        lines.append(f'sysctl -w net.pollux.ct_table={scenario.table}')
    if kind.traffic == 'new':
        lines.append('sysctl -w net.netfilter.nf_conntrack_udp_timeout=1')
    sets, rules = ruleset.sets_text(scenario), ruleset.restore_text(scenario)
    if sets:
        lines.append(f'ipset restore <<END\n{sets}END')
    if rules:
        lines.append(f'iptables-restore <<END\n{rules}END')
    # Last: packets flow from here on.
    lines.append(f'port add gen0 {bench.source.devargs(scenario, rate)}')
    return '\n'.join(lines) + '\n'
