# SPDX-License-Identifier: BSD-3-Clause
"""Reads scenario files. The language is described in README.md."""
import re
import shlex
from dataclasses import dataclass, field

TOOLS = ("ip", "iptables", "ip6tables", "iptables-save", "ip6tables-save", "iptables-restore",
         "ip6tables-restore", "sysctl", "route", "conntrack", "nfct", "nfacct", "ipset", "recent",
         "hashlimit", "idletimer", "nfnl_osf")
_HEREDOC = re.compile(r"^(.*?)\s*<<\s*'?(\w+)'?$")
_SEND = re.compile(r"^([csh]):\s*(.+)$")
_EXPECT = re.compile(r"(c|s|h|log|flows)\s+(\d+)")


TRANSLATING = {"iptables", "ip6tables"}


class ScenarioError(Exception):
    """The scenario itself is wrong: its text, or what it takes for granted."""


@dataclass
class Step:
    kind: str                  # command, send, burst, wait, expect, says, follow, followed
    line: int
    text: str
    argv: list = field(default_factory=list)
    stdin: str = ""
    outcome: str = "works"     # of a command: works, fails, any
    frames: list = field(default_factory=list)   # (side, expression)
    seconds: float = 0.0
    counts: dict = field(default_factory=dict)
    pattern: object = None


@dataclass
class Scenario:
    name: str
    file: str
    line: int
    options: set = field(default_factory=set)    # long, unresolved, empty, log, leaves, host, host6
    steps: list = field(default_factory=list)

    def translates(self):
        """The tools whose table nat it uses. Where that was used once, connections are tracked."""
        return {step.argv[0].removesuffix("-restore") for step in self.steps
                if step.kind == "command" and ("nat" in step.argv or "*nat" in step.stdin)} & TRANSLATING

    def both_at_once(self):
        """Frames of both sides in one burst."""
        return any(len({side for side, _ in step.frames}) > 1 for step in self.steps if step.kind == "burst")

    def kind_of_router(self):
        """What a router has to be like before the scenario's first line."""
        return frozenset(self.options & {"empty", "unresolved"} | self.translates())


class _Reader:
    def __init__(self, path):
        self.path = path
        with open(path, encoding="utf-8") as file:
            self.lines = file.read().splitlines()
        self.at = 0

    def next(self):
        """The next line with content, continuation lines joined; None at the end."""
        while self.at < len(self.lines):
            line = self.lines[self.at].strip()
            self.at += 1
            while line.endswith("\\") and self.at < len(self.lines):
                line = line[:-1].rstrip() + " " + self.lines[self.at].strip()
                self.at += 1
            if line and not line.startswith("#"):
                return line
        return None

    def until(self, end):
        taken = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if line.strip() == end:
                return taken
            taken.append(line)
        self.fail(f"no line '{end}'")

    def fail(self, why):
        raise ScenarioError(f"{self.path}:{self.at}: {why}")


def read_file(path, name):
    """All scenarios of a file; their names start with the file's."""
    reader = _Reader(path)
    scenarios = []
    while (line := reader.next()) is not None:
        word, _, rest = line.partition(" ")
        if word == "scenario":
            title, *options = [part.strip() for part in rest.split(",")]
            scenarios.append(Scenario(f"{name}/{title.replace(' ', '_')}", path, reader.at, set(options)))
        elif not scenarios:
            reader.fail("a file starts with 'scenario NAME'")
        else:
            scenarios[-1].steps += _MACROS[line](reader) if line in _MACROS else [_step(reader, line, word, rest)]
    return scenarios


def _track(reader):
    """Rules for all states, which make both families track, and packets and bytes of each connection."""
    rules = "".join(f"-A {chain} -m conntrack --ctstate {state}\n" for chain in ("INPUT", "FORWARD", "OUTPUT")
                    for state in ("NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"))
    return [_command(reader, "sysctl -w net.netfilter.nf_conntrack_acct=1", "works"),
            *(Step("command", reader.at, "track", argv=[tool + "-restore"], stdin=f"*filter\n{rules}COMMIT\n")
              for tool in ("iptables", "ip6tables"))]


def _flows(reader):
    return [_command(reader, line, "any") for line in (
        "conntrack -L", "iptables-save -c -t filter", "ip6tables-save -c -t filter")]


_MACROS = {"track": _track, "flows": _flows}


def _step(reader, line, word, rest):
    if match := _SEND.match(line):
        return Step("send", reader.at, line, frames=[match.groups()])
    if word == "burst":
        start = reader.at
        frames = [_SEND.match(inner.strip()) for inner in reader.until("end") if inner.strip()]
        if not all(frames):
            reader.fail("a burst has lines 'c: FRAME' and 's: FRAME'")
        return Step("burst", start, line, frames=[match.groups() for match in frames])
    if word == "wait":
        return Step("wait", reader.at, line, seconds=float(rest))
    if word == "expect":
        counts = {side: int(number) for side, number in _EXPECT.findall(rest)}
        return Step("expect", reader.at, line, counts=counts)
    if word == "says":
        return Step("says", reader.at, line, pattern=re.compile(rest, re.M))
    if word == "followed":
        return Step("followed", reader.at, line)
    if word == "follow":
        step = _command(reader, rest, "any")
        step.kind = "follow"
        return step
    outcome = {"show": "any", "fails": "fails"}.get(word, "works")
    return _command(reader, line if outcome == "works" else rest, outcome)


def _command(reader, line, outcome):
    start, stdin = reader.at, ""
    if match := _HEREDOC.match(line):
        line = match.group(1)
        stdin = "".join(text.strip() + "\n" for text in reader.until(match.group(2)))
    argv = shlex.split(line)
    if argv[0] not in TOOLS:
        reader.fail(f"'{argv[0]}' is neither a word of the scenario language nor a known command")
    return Step("command", start, line, argv=argv, stdin=stdin, outcome=outcome)
