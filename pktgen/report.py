# SPDX-License-Identifier: BSD-3-Clause
"""What was measured, as lines for people and as JSON."""
import collections
import statistics

from machine import QUIET


WORK = {'forward': '', 'both': 'both ways', 'track': 'tracked', 'new': 'new,'}


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
                    other.work == {'track': 'both'}.get(variant.work, variant.work):
                return other
        return None

    def added(self, variant, field='cycles'):
        """Round by round, so that noise both programs met cancels out; then the median."""
        base = self.samples[self.base(variant)]
        return statistics.median(getattr(sample, field) - getattr(base[number], field)
                                 for number, sample in self.samples[variant].items() if number in base)

    def median(self, variant, field):
        return statistics.median(getattr(sample, field) for sample in self.samples[variant].values())

    def disturbed(self):
        return sum(1 for noise in self.noise if noise and noise > QUIET)


def describe(variant):
    text = f'{WORK[variant.work]} {variant.flows:,} flows'
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
        base = result.base(variant)
        if base not in (None, variant):
            ratio = mpps / result.median(base, 'mpps')
            line += f' {ratio:7.2f} {result.added(variant):+8.1f} {result.added(variant, "best"):+11.1f}'
        lines.append(line)
    lines += ['', 'cycles: TSC cycles a packet; added: what Pollux needs above testpmd io, median of the rounds\' differences;',
              'best tenth: the same in the least disturbed tenth of the samples']
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
        if result.base(variant) not in (None, variant):
            run['added_cycles'] = result.added(variant)
            run['added_best'] = result.added(variant, 'best')
        runs.append(run)
    return {**facts, 'source': result.source, 'calibration': result.noise, 'runs': runs}
