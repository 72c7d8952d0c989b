# SPDX-License-Identifier: BSD-3-Clause
"""The files under test: what git knows or would add, or everything where there is no git."""
import os
import subprocess


class Skip(Exception):
    """A check that cannot look says why."""


class Tree:
    def __init__(self, top):
        self.top = top
        self.files = sorted(p for p in self._list() if os.path.isfile(os.path.join(top, p)))
        self._text = {}

    def _list(self):
        git = subprocess.run(
            ['git', '-c', f'safe.directory={self.top}', '-C', self.top,
             'ls-files', '-z', '-co', '--exclude-standard'],
            capture_output=True, text=True) if os.path.exists(f'{self.top}/.git') else None
        if git and git.returncode == 0:
            return set(git.stdout.split('\0')) - {''}
        return self._walk()

    def _walk(self):
        found = set()
        for folder, subs, names in os.walk(self.top):
            subs[:] = [s for s in subs if not s.startswith(('build', '.git', '__pycache__'))]
            found |= {os.path.relpath(os.path.join(folder, n), self.top) for n in names}
        return found

    def text(self, path):
        if path not in self._text:
            with open(os.path.join(self.top, path), 'rb') as f:
                self._text[path] = f.read().decode('utf-8', 'replace')
        return self._text[path]

    def lines(self, path):
        return self.text(path).split('\n')

    def paths(self, files):
        return [os.path.join(self.top, f) for f in files]

    def c_files(self):
        return [f for f in self.files if f.endswith(('.c', '.h'))]

    def first_line(self, path):
        with open(os.path.join(self.top, path), 'rb') as f:
            return f.readline(200).decode('utf-8', 'replace').rstrip('\n')

    def sources(self):
        """Files people write and read: no corpora, captures or other data."""
        named = ('.c', '.h', '.py', '.sh', '.lua', '.conf', 'meson.build', 'meson_options.txt')
        return [f for f in self.files
                if not f.startswith('tests/fuzz/corpus/')
                and (f.endswith(named) or self.first_line(f).startswith('#!'))]

    def scripts(self, interpreter, suffix):
        return [f for f in self.sources()
                if f.endswith(suffix) or interpreter in self.first_line(f) and self.first_line(f)[:2] == '#!']

    def shell_files(self):
        return sorted(set(self.scripts('bash', '.sh') + self.scripts('/sh', '.sh')))

    def python_files(self):
        return self.scripts('python', '.py')
