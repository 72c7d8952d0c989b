# SPDX-License-Identifier: BSD-3-Clause
"""What was measured, as lines for people and as JSON."""
import collections
import statistics

from machine import QUIET
from measure import WORKS


class Result:
    def __init__(self, source):
        self.source = source
        self.noise = []
        self.samples = collections.OrderedDict()    # variant -> {round: sample}

    def add_noise(self, noise):
        self.noise.append(noise)

    def add(self, number, variant, sample):
        self.samples.setdefault(variant, {})[number] = sample

    def base(self, variant):
        """The io run with the same flows: what the source costs by itself."""
        for other in self.samples:
            if other.program == 'testpmd io' and other.flows == variant.flows and \
                    other.work == WORKS[variant.work].source:
                return other
        return None

    def beside(self, variant):
        """The run of the work that this one adds something to."""
        other = variant._replace(work=WORKS[variant.work].beside, fill=None)
        return other if other in self.samples and variant.program != 'testpmd io' else None

    def added(self, variant, base, field='cycles'):
        """Round by round, so that noise both programs met cancels out; then the median."""
        base = self.samples[base]
        return statistics.median(getattr(sample, field) - getattr(base[number], field)
                                 for number, sample in self.samples[variant].items() if number in base)

    def median(self, variant, field):
        return statistics.median(getattr(sample, field) for sample in self.samples[variant].values())

    def disturbed(self):
        return sum(1 for noise in self.noise if noise and noise > QUIET)


def describe(variant):
    text = f'{WORKS[variant.work].says} {variant.flows:,} flows'
    if variant.fill is not None:
        text += f', pool {variant.fill:g} % full'
    if variant.program != 'testpmd io':
        text += f', {variant.rules} rules' if variant.rules else ', no rules'
    return f'{variant.program:<11} {text}'


def round_line(number, total, noise):
    if noise is None:
        return f'round {number}/{total}'
    note = 'quiet' if noise <= QUIET else 'a neighbour shares this core'
    return f'round {number}/{total}  (calibration {noise:.2f}: {note})'


def sample_line(variant, sample):
    return f'    {describe(variant):<44} {sample.mpps:7.2f} Mpps  {sample.cycles:7.1f} cycles'


def table(result):
    lines = ['', f'{"median of all rounds":<44} {"Mpps":>7} {"cycles":>8} {"best tenth":>11}'
             f' {"ratio":>7} {"added":>8} {"best tenth":>11}']
    for variant in result.samples:
        mpps, cycles, best = (result.median(variant, field) for field in ('mpps', 'cycles', 'best'))
        line = f'{describe(variant):<44} {mpps:7.2f} {cycles:8.1f} {best:11.1f}'
        base, beside = result.base(variant), result.beside(variant)
        if base not in (None, variant):
            ratio = mpps / result.median(base, 'mpps')
            line += (f' {ratio:7.2f} {result.added(variant, base):+8.1f}'
                     f' {result.added(variant, base, "best"):+11.1f}')
        if beside is not None:
            line += (f'   ({result.added(variant, beside):+.1f}, {result.added(variant, beside, "best"):+.1f}'
                     f' above {WORKS[beside.work].says.rstrip(",")})')
        lines.append(line)
    lines += ['', 'cycles: TSC cycles a packet; added: what Pollux needs above testpmd io, median of the rounds\' differences;',
              'best tenth: the same in the least disturbed tenth of the samples; above: what a work needs above that one']
    if result.disturbed():
        lines.append(f'in {result.disturbed()} of {len(result.noise)} rounds a neighbour shared the core: '
                     'the truth is better than these figures')
    return '\n'.join(lines)


def as_json(result, facts):
    runs = []
    for variant, samples in result.samples.items():
        run = {
            **variant._asdict(),
            **{field: result.median(variant, field) for field in ('mpps', 'cycles', 'best')},
            'rounds': [sample._asdict() for sample in samples.values()],
        }
        for name, base in (('added', result.base(variant)), ('beside', result.beside(variant))):
            if base not in (None, variant):
                run[f'{name}_cycles'] = result.added(variant, base)
                run[f'{name}_best'] = result.added(variant, base, 'best')
        runs.append(run)
    return {**facts, 'source': result.source, 'calibration': result.noise, 'runs': runs}
