# SPDX-License-Identifier: BSD-3-Clause
"""Licence lines, white space, words and names."""
import os
import re

SPDX = 'SPDX-License-Identifier: BSD-3-Clause'
# The tree stands alone: it names no workplace path, and no talk about how it was made.
FORBIDDEN = re.compile(
    r'/wor' r'k/|\.libra' r'ry\b|\bissu' r'e #?\d|\b(?:sub-?)?age' r'nts?\b(?!-)'
    r'|\bA' r'I-generated|\blanguage mod' r'el', re.I)
NO_LICENCE_LINE = ('LICENSE',)


def spdx(tree):
    for path in tree.sources():
        lines = tree.lines(path)[:2]
        first = lines[1] if lines[0].startswith('#!') and len(lines) > 1 else lines[0]
        if SPDX not in first and path not in NO_LICENCE_LINE:
            yield f'{path}: first line is not "{SPDX}"'


def whitespace(tree):
    for path in tree.sources():
        text = tree.text(path)
        for number, line in enumerate(text.split('\n'), 1):
            if line.endswith((' ', '\t', '\r')):
                yield f'{path}:{number}: white space at the end of the line'
        if text and not text.endswith('\n'):
            yield f'{path}: no newline at the end'


def forbidden_words(tree):
    for path in tree.sources() + [f for f in tree.files if f.endswith('.md')]:
        for number, line in enumerate(tree.lines(path), 1):
            found = FORBIDDEN.search(line)
            if found:
                yield f'{path}:{number}: "{found[0]}" does not belong here'


def no_utils(tree):
    """A file is named after its one concept; "utils" is none."""
    for path in tree.files:
        if any(re.fullmatch(r'(.*[_-])?utils?', os.path.splitext(part)[0]) for part in path.split('/')):
            yield f'{path}: name it after what it holds'
