# SPDX-License-Identifier: BSD-3-Clause
"""Scripts parse, are executable where they are called, and fuzz targets have something to start from."""
import os
import subprocess

from tree import Skip


def shell_syntax(tree):
    for path in tree.shell_files():
        run = subprocess.run(['bash', '-n', os.path.join(tree.top, path)], capture_output=True, text=True)
        if run.returncode:
            yield f'{path}: {run.stderr.strip()}'


def python_syntax(tree):
    for path in tree.python_files():
        try:
            compile(tree.text(path), path, 'exec')
        except SyntaxError as error:
            yield f'{path}:{error.lineno}: {error.msg}'


def executable(tree):
    for path in tree.sources():
        if tree.first_line(path).startswith('#!') and not os.access(os.path.join(tree.top, path), os.X_OK):
            yield f'{path}: starts with #! but is not executable'


def corpora(tree):
    targets = [f for f in tree.files if f.startswith('tests/fuzz/fuzz_') and f.endswith('.c')]
    if not targets:
        raise Skip('no fuzz targets yet')
    for path in targets:
        name = os.path.basename(path)[:-len('.c')]
        if not any(f.startswith(f'tests/fuzz/corpus/{name}/') for f in tree.files):
            yield f'{path}: no file in tests/fuzz/corpus/{name}/'
