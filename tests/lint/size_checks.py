# SPDX-License-Identifier: BSD-3-Clause
"""Small files, small functions."""
import ast
import re

FILE_LIMIT, FILE_NOTE, FUNCTION_LIMIT = 600, 400, 60


def _code(tree):
    return [f for f in tree.sources() if not f.endswith('.conf')]


def file_length(tree):
    for path in _code(tree):
        count = tree.text(path).count('\n')
        if count > FILE_LIMIT:
            yield f'{path}: {count} lines, at most {FILE_LIMIT}'


def near_limit(tree):
    for path in _code(tree):
        count = tree.text(path).count('\n')
        if FILE_NOTE < count <= FILE_LIMIT:
            yield f'{path}: {count} lines; aim under {FILE_NOTE}'


def _bodies(lines, name_before):
    """Functions whose braces stand alone in the first column: (first line, length, name)."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == '{':
            start = number
        elif line.startswith('}') and start is not None:
            yield start, number - start - 1, name_before(lines, start - 1)
            start = None


def _c_name(lines, index):
    """The nearest line above the brace that opens a parameter list."""
    for line in reversed(lines[max(0, index - 8):index]):
        found = re.match(r'\S.*?(\w+)\(', line)
        if found:
            return found[1]
    return '?'


def c_function_length(tree):
    for path in tree.c_files():
        for start, count, name in _bodies(tree.lines(path), _c_name):
            if count > FUNCTION_LIMIT:
                yield f'{path}:{start}: {name}() has {count} lines, at most {FUNCTION_LIMIT}'


def shell_function_length(tree):
    for path in tree.shell_files():
        for start, count, name in _bodies(tree.lines(path), lambda lines, i: lines[i - 1]):
            if count > FUNCTION_LIMIT:
                yield f'{path}:{start}: {name} has {count} lines, at most {FUNCTION_LIMIT}'


def python_function_length(tree):
    for path in tree.python_files():
        try:
            parsed = ast.parse(tree.text(path))
        except SyntaxError:
            continue  # python_syntax reports it
        for node in ast.walk(parsed):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                count = node.end_lineno - node.lineno
                if count > FUNCTION_LIMIT:
                    yield f'{path}:{node.lineno}: {node.name}() has {count} lines, at most {FUNCTION_LIMIT}'
