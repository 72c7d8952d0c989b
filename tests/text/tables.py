# SPDX-License-Identifier: BSD-3-Clause
"""Gives the lines of a file to both sides and compares what they say, line by line, and what they list."""
import difflib
import shlex

LISTINGS = (["-S"], ["-S", "-v"], ["-L"], ["-L", "-n"], ["-L", "-v"], ["-L", "-n", "-v", "-x", "--line-numbers"])
# Rules after which they are listed: few enough to read a difference.
LISTED = 40
PROGRAMS = ("iptables", "ip6tables")
TABLES = ("filter", "nat", "mangle", "raw", "security")
POINTS = {"filter": "INPUT FORWARD OUTPUT", "nat": "PREROUTING INPUT OUTPUT POSTROUTING",
          "mangle": "PREROUTING INPUT FORWARD OUTPUT POSTROUTING", "raw": "PREROUTING OUTPUT",
          "security": "INPUT FORWARD OUTPUT"}


def _empty(table):
    return f"*{table}\n" + "".join(f":{chain} ACCEPT [0:0]\n" for chain in POINTS[table].split()) + "COMMIT\n"


class Session:
    """One file, from empty tables on."""

    def __init__(self, first, second, verbose):
        self._sides, self._verbose = (first, second), verbose
        self._compares = first is not second
        self._touched = set()   # (program, table) that have rules
        self._since = 0         # accepted since they were listed
        self.differences, self.count, self.accepted = [], 0, 0

    def play(self, file):
        self._clear({(program, table) for program in PROGRAMS for table in TABLES})
        for line in file.lines:
            self._line(line)
        self._list()
        self._clear(self._touched)

    def _line(self, line):
        if line.differs:
            self._list()
        answers = self._ask(line.argv(), line.stdin)
        self.count += 1
        codes = [code for code, _, _ in answers]
        self._touch(line)
        if line.differs:
            if self._compares and answers[0] == answers[1] and self._listed() is None:
                self._say(line, [f"does not differ: {line.differs}"])
            self._clear(self._touched)
            return
        self.accepted += codes[0] == 0
        self._since += codes[0] == 0
        if answers[0] != answers[1]:
            self._say(line, _difference(*map(_shown, answers)))
        elif line.place and codes[0] == 0:
            answers = self._ask(line.argv("-C"), "")
            if answers[0] != answers[1]:
                self._say(line, ["then -C:"] + _difference(*map(_shown, answers)))
        if codes[0] != codes[1]:
            self._clear(self._touched)
        elif self._since >= LISTED:
            self._list()
            if line.place:
                self._clear(self._touched)

    def _touch(self, line):
        program = line.argv()[0].partition("-")[0]
        if line.place:
            self._touched.add((program, line.place[0]))
        elif program in PROGRAMS:
            self._touched |= {(program, table) for table in TABLES if table in line.words or table in line.stdin}
            self._touched.add((program, "filter"))

    def _ask(self, argv, stdin):
        answers = [side.command(argv, stdin) for side in self._sides]
        if self._verbose:
            print(f"    {shlex.join(argv)}\n        " + _shown(answers[0]).replace("\n", "\n        "))
        return answers

    def _listed(self):
        """The first listing that differs: (command, difference), or None."""
        for program, table in sorted(self._touched):
            commands = [[program, "-t", table] + words for words in LISTINGS]
            commands += [[program + "-save", "-t", table] + words for words in ([], ["-c"])]
            for argv in commands:
                answers = [side.command(argv, "") for side in self._sides]
                if answers[0] != answers[1]:
                    return argv, _difference(*map(_shown, answers))
            if not self._restores(program, table):
                return [program + "-restore"], ["one of them does not take back what iptables saved"]
        return None

    def _restores(self, program, table):
        """What iptables saves both take, and then save it alike."""
        save = [program + "-save", "-t", table]
        text = self._sides[0].command(save, "")[1]
        answers = [side.command([program + "-restore"], text) for side in self._sides]
        return answers[0] == answers[1] and self._sides[0].command(save, "") == self._sides[1].command(save, "")

    def _list(self):
        found = self._listed() if self._since else None
        if found:
            self.differences += [shlex.join(found[0]) + ":"] + ["    " + line for line in found[1]]
            self._clear(self._touched)
        self._since = 0

    def _clear(self, pairs):
        for program, table in sorted(pairs):
            for side in self._sides:
                side.command([program + "-restore"], _empty(table))
        self._touched = set()

    def _say(self, line, lines):
        self.differences += [f"{line.number}: {shlex.join(line.argv())}"] + ["    " + text for text in lines]


def _shown(answer):
    code, output, errors = answer
    return f"{output}{errors}exit {code}"


def _difference(first, second):
    return [line.rstrip("\n") for line in difflib.unified_diff(first.splitlines(), second.splitlines(), lineterm="", n=0)
            if not line.startswith(("---", "+++", "@@"))]
