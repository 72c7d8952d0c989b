# SPDX-License-Identifier: BSD-3-Clause
"""What was measured, as lines for people and as JSON."""
import collections
import dataclasses
import statistics

from machine import QUIET
from scenarios import LINUX, TESTPMD


class Result:
    def __init__(self, source):
        self.source = source
        self.noise = []
        self.samples = collections.OrderedDict()    # scenario -> {round: sample}
        self.failed = collections.OrderedDict()     # scenario -> why there is no figure

    def add_noise(self, noise):
        self.noise.append(noise)

    def add(self, number, scenario, sample):
        """What is measured twice in a round, which sources are: between both, and the better best."""
        rounds = self.samples.setdefault(scenario, {})
        if number in rounds:
            before = rounds[number]
            sample = dataclasses.replace(
                sample, mpps=(before.mpps + sample.mpps) / 2, cycles=(before.cycles + sample.cycles) / 2,
                best_mpps=max(before.best_mpps, sample.best_mpps),
                best_cycles=min(before.best_cycles, sample.best_cycles), windows=before.windows + sample.windows)
        rounds[number] = sample

    def fail(self, scenario, why):
        self.failed[scenario] = why

    def base(self, scenario):
        """The run of the source alone, or None where this is one or there is none."""
        source = scenario.source()
        return source if source in self.samples and source != scenario else None

    def beside(self, scenario):
        """The run of the work that this one adds something to."""
        other = scenario.beside()
        return other if other in self.samples and scenario.program != TESTPMD else None

    def added(self, scenario, base, field='cycles'):
        """Round by round, so that noise both programs met cancels out; then the median."""
        base = self.samples[base]
        differences = [getattr(sample, field) - getattr(base[number], field)
                       for number, sample in self.samples[scenario].items() if number in base]
        return statistics.median(differences) if differences else 0.0

    def median(self, scenario, field):
        return statistics.median(getattr(sample, field) for sample in self.samples[scenario].values())

    def more(self, scenario, what):
        """The last round's, or None."""
        for sample in reversed(self.samples.get(scenario, {}).values()):
            if what in sample.more:
                return sample.more[what]
        return None

    def disturbed(self):
        return sum(1 for noise in self.noise if noise and noise > QUIET)


def describe(scenario):
    return f'{scenario.program:<11} {scenario.title()}, {scenario.flows:,} flows'


def noise_line(noise):
    if noise is None:
        return 'no calibration'
    return f'calibration {noise:.2f}: {"quiet" if noise <= QUIET else "a neighbour shares this core"}'


def sample_line(scenario, sample):
    text = f'{describe(scenario):<62} {sample.mpps:8.3f} Mpps  {sample.cycles:9.1f} cycles'
    if sample.dropped > 0.01:
        text += f'  ({100 * sample.dropped:.0f} % dropped)'
    return text


def _row(result, scenario):
    values = [result.median(scenario, field) for field in ('mpps', 'best_mpps', 'cycles', 'best_cycles')]
    line = f'{describe(scenario):<62} {values[0]:8.3f} {values[1]:8.3f} {values[2]:9.1f} {values[3]:9.1f}'
    base, beside = result.base(scenario), result.beside(scenario)
    if base is not None:
        line += (f' {values[1] / result.median(base, "best_mpps"):6.2f} {result.added(scenario, base):+9.1f}'
                 f' {result.added(scenario, base, "best_cycles"):+9.1f}')
    if beside is not None:
        line += (f'   ({result.added(scenario, beside):+.1f}, {result.added(scenario, beside, "best_cycles"):+.1f}'
                 f' above {beside.title()})')
    return line


def _swap(result):
    for scenario in result.samples:
        found = result.more(scenario, 'swap')
        if found:
            yield (f'{scenario.rules:,} rules replaced {found["times"]} times at {found["rate"]:.2f} Mpps '
                   f'({found["seconds"]:.2f} s each): {found["lost"]} packets lost in {found["span"]:.1f} s, '
                   f'{found["lost_without"]} in {found["span_without"]:.1f} s without')


def table(result):
    lines = ['', f'{"median of the rounds":<62} {"Mpps":>8} {"best":>8} {"cycles":>9} {"best":>9}'
             f' {"ratio":>6} {"added":>9} {"best":>9}']
    lines += [_row(result, scenario) for scenario in result.samples]
    lines += [f'{describe(scenario)}: {why}' for scenario, why in result.failed.items()]
    lines += [''] + list(_swap(result))
    lines += ['cycles: TSC cycles a packet that reached the sink, the median window of a tenth of a second; best: the best '
              'tenth of', 'the windows; ratio: of the best rate to the source\'s alone; added: what is needed above it']
    if result.disturbed():
        lines.append(f'in {result.disturbed()} of {len(result.noise)} calibrations a neighbour shared the core: '
                     'the truth is better than these figures')
    return '\n'.join(lines)


def as_json(result, facts):
    runs = []
    for scenario, samples in result.samples.items():
        run = {
            **dataclasses.asdict(scenario), 'title': scenario.title(),
            **{field: result.median(scenario, field) for field in ('mpps', 'cycles', 'best_mpps', 'best_cycles')},
            'rounds': [dataclasses.asdict(sample) for sample in samples.values()],
        }
        for name, base in (('added', result.base(scenario)), ('beside', result.beside(scenario))):
            if base is not None:
                run[f'{name}_cycles'] = result.added(scenario, base)
                run[f'{name}_best'] = result.added(scenario, base, 'best_cycles')
        if result.base(scenario) is not None:
            run['ratio'] = run['best_mpps'] / result.median(result.base(scenario), 'best_mpps')
        runs.append(run)
    failed = [{**dataclasses.asdict(scenario), 'title': scenario.title(), 'why': why}
              for scenario, why in result.failed.items()]
    return {**facts, 'source': result.source, 'calibration': result.noise, 'runs': runs, 'failed': failed}


def is_source(scenario):
    return scenario.program == TESTPMD or (scenario.program == LINUX and scenario.work == 'source')
