# SPDX-License-Identifier: BSD-3-Clause
"""Reads lines/NAME.txt: see README.md for what stands there."""
import glob
import os
import re
import shlex

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
EXTENSIONS = ("lib/rule/match/*.c", "lib/rule/target/*.c")
RANGE = re.compile(r"(\d+)\.\.(\d+)")
FAMILIES = {"4": ("iptables",), "6": ("ip6tables",), "both": ("iptables", "ip6tables")}


class LinesError(Exception):
    """A file of lines that cannot be understood."""


class Line:
    """One command of one family. A rule is given to -A, and looked for by -C where it was accepted."""

    def __init__(self, program, words, number, place=None, stdin="", differs=None):
        self.program, self.words, self.number, self.stdin = program, words, number, stdin
        self.place = place          # of a rule: (table, chain)
        self.differs = differs      # why Pollux answers in another way

    def argv(self, command="-A"):
        if self.place is None:
            return self.words
        table, chain = self.place
        return [self.program, "-t", table, command, chain] + self.words


class File:
    """All lines of a file, in their order."""

    def __init__(self, name):
        self.name, self.lines = name, []
        self.needs = []     # commands that "Couldn't load" something where Pollux has not what the lines are about

    def words(self):
        return [word for line in self.lines for word in line.words]


def known_options():
    """The long options of Pollux's matches and targets, from their sources."""
    found = set()
    for pattern in EXTENSIONS:
        for path in glob.glob(os.path.join(TOP, pattern)):
            with open(path, encoding="utf-8") as file:
                found.update(re.findall(r'\{ "([a-z0-9-]+)", \w+, RULE_OPT', file.read()))
    return sorted(found)


def _values(word):
    """What stands for an argument: LO..HI its ends and what is beyond, a~b two words, all else itself."""
    match = RANGE.fullmatch(word)
    if not match:
        return [word.split("~")]
    low, high = int(match[1]), int(match[2])
    return [[text] for text in (str(low), str(high), str(high + 1), str(low - 1), hex(high), f"{low}x", "x", f" {low}",
                                f"+{low}", "18446744073709551616", f"0{min(high, 7)}")]


def _of_one(option, values):
    """Every way to write one option."""
    first = [option] + values[0]
    yield from ([option] + value for value in values)
    yield ["!"] + first
    yield ["!", "!"] + first
    yield [option, "!"] + values[0]
    yield first + [option] + values[-1]
    yield ["!"] + first + [option] + values[-1]
    if values[0]:
        yield [option]
        yield [option, ""]
        yield [f"{option}={values[0][0]}"] + values[0][1:]
    else:
        yield [f"{option}=1"]
        yield [option, "1"]
    # getopt_long() takes what is not ambiguous
    for length in {len(option) - 1, (len(option) + 2) // 2, 4}:
        if 2 < length < len(option):
            yield [option[:length]] + values[0]


def _each(text):
    """`each BASE | --option VALUE... | --flag`: the lines that these make."""
    groups = [[]]
    for word in shlex.split(text):
        if word == "|":
            groups.append([])
        else:
            groups[-1].append(word)
    base, options = groups[0], []
    for option, *words in groups[1:]:
        options.append((option, [value for word in words for value in _values(word)] or [[]]))
    yield base
    for option, values in options:
        for words in _of_one(option, values):
            yield base + words
    for one, (option, values) in enumerate(options):
        for other, (second, others) in enumerate(options):
            if one < other:
                yield base + [option] + values[0] + [second] + others[0]
    if len(options) > 2:
        yield base + [word for option, values in options for word in [option] + values[0]]


class _Reader:
    def __init__(self, path):
        self.file = File(os.path.basename(path).removesuffix(".txt"))
        self._family, self._place, self._differs = "both", ("filter", "FORWARD"), []

    def line(self, number, text):
        word, _, rest = text.partition(" ")
        if word == "family" and rest in FAMILIES:
            self._family = rest
        elif word == "in" and len(rest.split()) == 2:
            self._place = tuple(rest.split())
        elif word == "differs" and " :: " in rest:
            pattern, why = rest.split(" :: ")
            self._differs.append((re.compile(pattern), why))
        elif word == "needs" and len(rest.split()) == 2:
            self.file.needs.append(["iptables", "-C", "FORWARD"] + rest.split())
        elif word == "each":
            for words in _each(rest):
                self._add(words, number, self._place)
        elif word == "$":
            self._add(shlex.split(rest), number)
        elif word == "<" and self.file.lines:
            for line in self.file.lines:
                line.stdin += rest + "\n" if line.number == self._command else ""
        elif word[0] in "-!":
            self._add(shlex.split(text), number, self._place)
        else:
            raise LinesError(f"{self.file.name}:{number}: {text}")

    def _add(self, words, number, place=None):
        self._command = number
        for program in FAMILIES[self._family]:
            own = words if place else [re.sub(r"^iptables", program, words[0])] + words[1:]
            shown = f"{program} {' '.join(words)}" if place else " ".join(own)
            why = next((why for pattern, why in self._differs if pattern.search(shown)), None)
            self.file.lines.append(Line(program, own, number, place, "", why))


def read_file(path):
    reader = _Reader(path)
    with open(path, encoding="utf-8") as file:
        for number, text in enumerate(file, 1):
            if text.strip() and not text.startswith("#"):
                reader.line(number, text.rstrip("\n"))
    return reader.file
