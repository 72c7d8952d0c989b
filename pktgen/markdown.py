# SPDX-License-Identifier: BSD-3-Clause
"""The README's tables and plots, from what `bench --json` wrote."""
import os
import re

import plot
from scenarios import FLOWS, LINUX, L3FWD, MANY, OVS, POLLUX, TESTPMD

BEGIN, END = '<!-- pktgen/bench: begin -->', '<!-- pktgen/bench: end -->'
PLOTS = 'pktgen/plots'
PROGRAMS = (POLLUX, L3FWD, OVS, LINUX)


class NoPlace(Exception):
    """The file has no markers."""


class Found:
    """The runs of a result, asked for by what they are."""
    def __init__(self, found):
        self.facts = found
        self.runs = {(run['program'], run['title'], run['flows']): run for run in found['runs']}
        self.failed = {(run['program'], run['title'], run['flows']): run['why'] for run in found['failed']}

    def titles(self, program):
        """In the order they were listed in, without those that failed everywhere."""
        both = [(run['routes'], run['work'], run['rules'], run['title']) for run in self.facts['runs']
                if run['program'] == program]
        return list(dict.fromkeys(title for *_, title in both))

    def get(self, program, title, flows):
        return self.runs.get((program, title, flows))

    def more(self, program, title, flows, what):
        run = self.get(program, title, flows)
        return next((one['more'][what] for one in run['rounds'] if what in one['more']), None) if run else None


def _mpps(value):
    return f'{value:.1f}' if value >= 10 else f'{value:.2f}' if value >= 1 else f'{value:.3f}'


def _cell(found, program, title, flows):
    run = found.get(program, title, flows)
    if run is None:
        return '' if (program, title, flows) not in found.failed else '-'
    text = f'{_mpps(run["best_mpps"])} ({_mpps(run["mpps"])})'
    if 'added_best' in run:
        # The kernel makes its packets itself, in another way: no part of that is a limit of ours.
        share = '' if program == LINUX else f', {100 * run["ratio"]:.0f} %'
        text += f'{share}, {run["added_best"]:+,.0f}'
    if any(one['dropped'] > 0.01 for one in run['rounds']):
        text += f', {100 * max(one["dropped"] for one in run["rounds"]):.0f} % dropped'
    return text


def _table(head, rows):
    lines = ['| ' + ' | '.join(head) + ' |', '|' + '---|' * len(head)]
    return lines + ['| ' + ' | '.join(row) + ' |' for row in rows] + ['']


def _matrix(found):
    """What was measured with all numbers of flows, and below what was measured with some."""
    head = ['Mpps in the best tenth (median), of the source\'s limit, cycles added'] + [f'{flows:,} flows' for flows in FLOWS]
    rows = []
    for title in found.titles(POLLUX):
        cells = [_cell(found, POLLUX, title, flows) for flows in FLOWS]
        if 'replaced meanwhile' not in title:
            rows.append([title, *cells])
    rows.sort(key=lambda row: row.count(''))
    source = ['the source alone (testpmd io)'] + [_cell(found, TESTPMD, 'packets', flows) for flows in FLOWS]
    return _table(head, [source] + rows)


def _peers(found):
    titles = [title for title in found.titles(POLLUX)
              if any(found.get(program, title, MANY) for program in (L3FWD, OVS, LINUX))]
    rows = [[title] + [_cell(found, program, title, MANY) for program in PROGRAMS] for title in titles]
    return _table([f'{MANY:,} flows', *PROGRAMS], rows)


def _profile(found):
    """Where the cycles of the gateway go."""
    titles = [title for title in ('forwarding', 'connections, SNAT', 'full gateway, 100 rules')
              if found.more(POLLUX, title, MANY, 'profile')]
    names, cells = [], {}
    for title in titles:
        for row in found.more(POLLUX, title, MANY, 'profile'):
            name = f'{row["where"]}: {row["what"]}'
            cells[name, title] = f'{row["cycles"]:.0f}'
            if name not in names:
                names.append(name)
    if not names:
        return []
    rows = [[name] + [cells.get((name, title), '') for title in titles] for name in names]
    return ['Where the cycles go (`show profile`, with what measuring takes; the walk contains the hooks):', '',
            *_table([f'{MANY:,} flows, cycles each', *titles], rows)]


def _sentences(found):
    for (program, title, flows), run in found.runs.items():
        swap = next((one['more']['swap'] for one in run['rounds'] if 'swap' in one['more']), None)
        if swap:
            part = [100 * swap[lost] / (swap['rate'] * 1e6 * swap[span])
                    for lost, span in (('lost', 'span'), ('lost_without', 'span_without'))]
            yield (f'{run["rules"]:,} rules replaced by as many others under {_mpps(swap["rate"])} Mpps, 80 % of what this '
                   f'gateway forwards: {swap["seconds"]:.2f} s each; {swap["lost"]:,} packets ({part[0]:.2f} %) lost in '
                   f'{swap["span"]:.1f} s with {swap["times"]} replacements, {swap["lost_without"]:,} ({part[1]:.2f} %) in '
                   f'{swap["span_without"]:.1f} s without any (the system takes a twentieth of the core from the worker '
                   f'while others want to run there); the slowest tenth of a second had {_mpps(swap["lowest"])} Mpps.')
        size = next((one['more']['bytes_a_flow'] for one in run['rounds'] if 'bytes_a_flow' in one['more']), None)
        if size and title in ('connections', 'connections, SNAT'):
            yield f'Memory: {size:.1f} bytes a connection ({title}, a table of {flows:,}).'


def _missing(found):
    reasons = {}
    for (program, title, flows), why in found.failed.items():
        reasons.setdefault(' '.join(why.split())[:200], []).append(f'{program} {title} ({flows:,})')
    return [f'Not measured: {"; ".join(which)}: {why}.' for why, which in reasons.items()]


def _plots(found):
    series = [f'{flows:,} flows' for flows in FLOWS]
    added = []
    for title in found.titles(POLLUX):
        runs = {f'{flows:,} flows': found.get(POLLUX, title, flows) for flows in FLOWS}
        values = {name: max(run['added_best'], 1) for name, run in runs.items() if run and 'added_best' in run}
        if len(values) == len(FLOWS):
            added.append((title, values))
    peers = []
    for title in found.titles(POLLUX):
        runs = {program: found.get(program, title, MANY) for program in PROGRAMS}
        values = {program: run['best_mpps'] for program, run in runs.items() if run}
        if len(values) > 1:
            peers.append((title, values))
    rules = {}
    for run in found.facts['runs']:
        if run['work'] == 'forward' and run['flows'] == MANY and run['routes'] == 16 and run['size'] == '64' \
                and 'added_best' in run:
            rules.setdefault(run['program'], []).append((run['rules'], max(run['added_best'], 1)))
    return {
        'added.svg': plot.bars('TSC cycles a packet that Pollux adds to the source, best tenth', series, added),
        'peers.svg': plot.bars(f'Mpps of one core, {MANY:,} flows, best tenth', list(PROGRAMS), peers),
        'rules.svg': plot.lines(f'TSC cycles added a packet, {MANY:,} flows, by rules that all have to be passed',
                                'rules', list(PROGRAMS), {name: line for name, line in rules.items() if len(line) > 1}),
    }


def text(facts):
    found = Found(facts)
    lines = [f'`{facts["command"]}`, {facts["date"][:10]}, commit {facts["commit"]}: {facts["cpu"]} (a virtual machine of '
             f'{facts["cpus"]} CPUs, TSC {facts["mhz"]:.0f} MHz), Linux {facts["kernel"]}, DPDK {facts["dpdk"]}. One core, UDP, '
             '64 bytes on the wire unless it says otherwise.']
    quiet = [noise for noise in facts['calibration'] if noise]
    if quiet:
        lines.append(f'Calibration: {min(quiet):.2f} to {max(quiet):.2f} (0.9: nobody else on the physical core; 1.8: shared).')
    lines += ['', *_matrix(found), f'![Cycles added]({PLOTS}/added.svg)', '', *_peers(found),
              f'![Peers]({PLOTS}/peers.svg)', '', f'![Rules]({PLOTS}/rules.svg)', '', *_profile(found)]
    for sentence in [*_sentences(found), *_missing(found)]:
        lines += [sentence, '']
    return '\n'.join(lines).rstrip('\n') + '\n'


def write(path, facts):
    """Into the file between its markers, and the plots beside it."""
    with open(path, encoding='utf-8') as file:
        before = file.read()
    inside = f'{BEGIN}\n{text(facts)}{END}'
    after, count = re.subn(re.escape(BEGIN) + '.*?' + re.escape(END), lambda _: inside, before, flags=re.S)
    if not count:
        raise NoPlace(f'{path}: no lines "{BEGIN}" and "{END}"')
    folder = os.path.join(os.path.dirname(os.path.abspath(path)), PLOTS)
    os.makedirs(folder, exist_ok=True)
    for name, drawing in _plots(Found(facts)).items():
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
            file.write(drawing)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(after)
