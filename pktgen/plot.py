# SPDX-License-Identifier: BSD-3-Clause
"""Plots as SVG text: bars in groups, and lines over a logarithmic axis. Readable on light and dark pages."""
import math
from xml.sax.saxutils import escape

STYLE = '''<style>
text { font: 12px sans-serif; fill: #1f2328 } .small { font-size: 11px } .title { font-weight: bold; font-size: 13px }
.grid { stroke: #8c959f; stroke-opacity: 0.35 } .s0 { fill: #2f81f7; stroke: #2f81f7 } .s1 { fill: #d29922; stroke: #d29922 }
.s2 { fill: #3fb950; stroke: #3fb950 } .s3 { fill: #a371f7; stroke: #a371f7 } .line { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } }
</style>'''
WIDTH, LEFT, RIGHT, TOP = 760, 220, 70, 48
BAR, GAP = 11, 9


def _number(value):
    if value >= 100:
        return f'{value:,.0f}'
    return f'{value:.3g}'


class _Axis:
    """Logarithmic, from the power of ten below the least value to the one above the greatest."""
    def __init__(self, values, begin, end):
        self.low = math.floor(math.log10(min(values)))
        self.high = max(self.low + 1, math.ceil(math.log10(max(values))))
        self.begin, self.end = begin, end

    def at(self, value):
        part = (math.log10(max(value, 10 ** self.low)) - self.low) / (self.high - self.low)
        return self.begin + part * (self.end - self.begin)

    def ticks(self):
        return [10.0 ** power for power in range(self.low, self.high + 1)]


def _text(x, y, text, more=''):
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(text)}</text>'


def _legend(names):
    x, parts = LEFT, []
    for number, name in enumerate(names):
        parts.append(f'<rect class="s{number % 4}" x="{x}" y="26" width="10" height="10"/>')
        parts.append(_text(x + 14, 35, name))
        x += 30 + 7 * len(name)
    return parts


def _document(height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">\n'
            + STYLE + '\n' + '\n'.join(parts) + '\n</svg>\n')


def bars(title, series, groups):
    """groups: [(label, {name of series: value})], those without a value left out."""
    groups = [(label, values) for label, values in groups if values]
    values = [value for _, group in groups for value in group.values() if value > 0]
    if not values:
        return _document(60, [_text(10, 18, title + ': nothing measured')])
    axis = _Axis(values, LEFT, WIDTH - RIGHT)
    parts, y = [_text(10, 18, title, 'class="title"')] + _legend(series), TOP
    for label, group in groups:
        parts.append(_text(LEFT - 8, y + (len(group) * BAR) / 2 + 4, label, 'text-anchor="end"'))
        for name in series:
            value = group.get(name)
            if value is None:
                continue
            width = max(1.0, axis.at(value) - LEFT) if value > 0 else 1.0
            parts.append(f'<rect class="s{series.index(name) % 4}" x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR - 2}"/>')
            parts.append(_text(LEFT + width + 4, y + BAR - 2, _number(value), 'class="small"'))
            y += BAR
        y += GAP
    grid = []
    for tick in axis.ticks():
        x = axis.at(tick)
        grid.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{y}"/>')
        grid.append(_text(x, y + 14, _number(tick), 'class="small" text-anchor="middle"'))
    return _document(y + 22, grid + parts)


def lines(title, across, names, series):
    """series: {one of names: [(x, y)]}; both axes logarithmic, an x of 0 stands at 1."""
    points = [(max(x, 1), y) for line in series.values() for x, y in line if y > 0]
    if not points:
        return _document(60, [_text(10, 18, title + ': nothing measured')])
    height, bottom = 330, 280
    left = _Axis([x for x, _ in points], 80, WIDTH - RIGHT)
    up = _Axis([y for _, y in points], bottom, TOP + 6)
    parts = [_text(10, 18, title, 'class="title"')] + _legend(names)
    for tick in up.ticks():
        parts.append(f'<line class="grid" x1="80" x2="{WIDTH - RIGHT}" y1="{up.at(tick):.1f}" y2="{up.at(tick):.1f}"/>')
        parts.append(_text(74, up.at(tick) + 4, _number(tick), 'class="small" text-anchor="end"'))
    for tick in left.ticks():
        parts.append(_text(left.at(tick), bottom + 16, 'none' if tick == 1 else _number(tick),
                           'class="small" text-anchor="middle"'))
    parts.append(_text((80 + WIDTH - RIGHT) / 2, bottom + 36, across, 'text-anchor="middle"'))
    for number, line in ((names.index(name), line) for name, line in series.items()):
        where = [(left.at(max(x, 1)), up.at(y)) for x, y in sorted(line) if y > 0]
        path = ' '.join(f'{x:.1f},{y:.1f}' for x, y in where)
        parts.append(f'<polyline class="s{number % 4} line" points="{path}" style="fill: none"/>')
        parts += [f'<circle class="s{number % 4}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in where]
    return _document(height, parts)
