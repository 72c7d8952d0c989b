# SPDX-License-Identifier: BSD-3-Clause
"""C looks as .clang-format says."""
import re
import shutil
import subprocess

from tree import Skip


def clang_format(tree):
    if not shutil.which('clang-format'):
        raise Skip('clang-format is not installed (deploy/install-deps test)')
    files = tree.c_files()
    if not files:
        raise Skip('no C files')
    run = subprocess.run(
        ['clang-format', '--dry-run', f'--style=file:{tree.top}/.clang-format'] + tree.paths(files),
        capture_output=True, text=True)
    count = {}
    for match in re.finditer(r'^(\S+?):(\d+):\d+: warning', run.stderr, re.M):
        count.setdefault(match[1], []).append(int(match[2]))
    for path, where in count.items():
        yield (f'{path[len(tree.top) + 1:]}:{where[0]}: {len(where)} places differ'
               ' (tests/lint/run --fix mends them)')
    if run.returncode and not count:
        yield run.stderr.strip()[:400]
