# SPDX-License-Identifier: BSD-3-Clause
"""A library includes headers of lower levels and its own, nothing else: no circles, no way up.

meson's include paths enforce the same while compiling; this also sees files no build compiles,
and the mistakes of meson.build itself.
"""
import os
import re

LEVELS = {
    'base': 0,
    'packet': 1, 'hook': 1,
    'port': 2,
    'conntrack': 3, 'set': 3, 'route': 3,
    'nat': 4, 'queue': 4,
    'rule': 5,
    'bridge': 6,
    'pipeline': 7,
    'command': 8,
}
APP_LEVEL = 9
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def _library(path):
    parts = path.split('/')
    return parts[1] if parts[0] == 'lib' and len(parts) > 2 else None


def _headers(tree):
    found = {}
    for path in tree.files:
        if path.endswith('.h') and path.startswith(('lib/', 'app/', 'pktgen/')):
            found.setdefault(os.path.basename(path), []).append(path)
    return found


def header_names(tree):
    """Headers are included by bare name, so a name may exist only once."""
    for name, paths in _headers(tree).items():
        if len(paths) > 1:
            yield f'{name}: {" and ".join(paths)}'


def _judge(path, own, quote, name, headers):
    base = os.path.basename(name)
    target = headers.get(base)
    if not target:
        return None if quote == '<' else f'includes "{name}", which is no header of this tree'
    if quote == '<':
        return f'includes <{name}>: headers of this tree go in quotes'
    if '/' in name:
        return f'includes "{name}": by bare file name, please'
    other = _library(target[0])
    if other is None:
        return f'includes "{name}" of {os.path.dirname(target[0])}'if own else None
    if own and other != own and LEVELS[other] >= LEVELS[own]:
        return f'includes "{name}": {own} is level {LEVELS[own]}, {other} is level {LEVELS[other]}'
    return None


def includes(tree):
    headers = _headers(tree)
    for path in tree.c_files():
        if not path.startswith(('lib/', 'app/', 'pktgen/')):
            continue
        own = _library(path)
        if own and own not in LEVELS:
            yield f'{path}: library {own} has no level (tests/lint/level_checks.py)'
            continue
        for number, line in enumerate(tree.lines(path), 1):
            found = INCLUDE.match(line)
            wrong = found and _judge(path, own, found[1], found[2], headers)
            if wrong:
                yield f'{path}:{number}: {wrong}'


# pktgen/bench builds these when they are needed: they ask for what no build of Pollux does.
BUILT_BY_BENCH = ('pktgen/replay/', 'pktgen/peers/flood/')


def built(tree):
    """A C file that no meson.build names is never compiled."""
    named = ' '.join(tree.text(f) for f in tree.files if os.path.basename(f) == 'meson.build')
    for path in tree.c_files():
        stem = os.path.splitext(os.path.basename(path))[0]
        if path.startswith(BUILT_BY_BENCH):
            continue
        if path.endswith('.c') and path.startswith(('lib/', 'app/', 'pktgen/')) and not re.search(rf'(?<!\w){re.escape(stem)}(?!\w)', named):
            yield f'{path}: not named in any meson.build'
