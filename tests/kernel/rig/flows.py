# SPDX-License-Identifier: BSD-3-Clause
"""What conntrack prints, and what of it is not compared literally, each item with its reason."""
import re
from itertools import groupby

# Both routers are asked one after the other, and what they show is cut to whole seconds.
TOLERANCE = 1
_SUBSTITUTES = (
    # a hash with a random key; the id of an echo request is none of these
    (re.compile(r"(?<!code=\d)(?<!code=\d\d)(?<!code=\d\d\d) id=\d+"), " id=ID"),
    (re.compile(r"<id>\d+</id>"), "<id>ID</id>"),
    # who asked (conntrack looks up the name of a process that may be gone by then), and when
    (re.compile(r" portid=\d+(?: progname=\S+)?"), " portid=PORTID"),
    (re.compile(r"^\[\d+\.\d+ *\]"), "[TIME]"),
    (re.compile(r"\[(start|stop)=\w+ \w+ +\d+ [\d:]+ \d+\]"), r"[\1=TIME]"),
    (re.compile(r"<(start|stop)>\d+</"), r"<\1>TIME</"),
    (re.compile(r"<(sec|hour|min|day|month|year|wday)>\d+</"), r"<\1>TIME</"),
)
_SECONDS = re.compile(
    r"^((?:\[TIME\]\t)?(?: *\[\w+\] +)?(?:ipv[46] +\d+ )?\S+ +\d+ )(\d+)(?= )"   # of a line of flows
    r"|^((?:\[TIME\]\t)?(?: *\[\w+\] +)?)(\d+)(?= (?:l3)?proto)"                  # of an expectation
    r"|(-t |<timeout>|delta-time=|<deltatime>)(\d+)")


def prints_flows(command):
    return command.split()[0] == "conntrack"


def texts_for_comparison(command, was, now, tolerance):
    """Both texts without what may differ from one router to the other; ``tolerance`` in seconds."""
    words = command.split()
    if "-S" in words or "--stats" in words:
        return _sum(was), _sum(now)
    left, right = ([_plain(line) for line in text.splitlines(keepends=True)] for text in (was, now))
    right = _near(left, right, tolerance)
    if {"-E", "--event"} & set(words):
        left, right = _flushed(left), _flushed(right)
    else:
        # a hash table with a random key: its order is arbitrary
        left, right = sorted(left), sorted(right)
    return "".join(left), "".join(right)


def _flushed(lines):
    """Events, where those that end one after the other stand sorted: conntrack -F goes through the table."""
    runs = groupby(lines, lambda line: "[DESTROY]" in line or 'type="destroy"' in line)
    return [line for ends, run in runs for line in (sorted(run) if ends else run)]


def _plain(line):
    for pattern, substitute in _SUBSTITUTES:
        line = pattern.sub(substitute, line)
    return line


def _seconds(line):
    """The line without its seconds, and these."""
    found = []

    def take(match):
        found.append(int(match[2] or match[4] or match[6]))
        return (match[1] or match[3] or match[5] or "") + "SECONDS"
    return _SECONDS.sub(take, line), found


def _near(left, right, tolerance):
    """``right`` with the seconds of ``left``'s line of the same flow, where they are near enough."""
    waiting = {}
    for line in left:
        key, seconds = _seconds(line)
        waiting.setdefault(key, []).append((seconds, line))
    for candidates in waiting.values():
        candidates.sort()
    found = []
    for line in sorted(right, key=lambda line: _seconds(line)[1]):
        key, seconds = _seconds(line)
        others = waiting.get(key)
        other, text = others.pop(0) if others else (None, None)
        close = other is not None and all(abs(a - b) <= tolerance for a, b in zip(other, seconds))
        found.append((line, text if close else line))
    taken = {}
    for line, text in found:
        taken.setdefault(line, []).append(text)
    return [taken[line].pop(0) for line in right]


def _sum(text):
    """One line for all CPUs: who has handled a packet is a matter of chance."""
    total = {}
    for name, value in re.findall(r"(\w+)=(\d+)", text):
        if name != "cpu":
            total[name] = total.get(name, 0) + int(value)
    # the ports that were tried at random and found to be taken
    if total.get("found"):
        total["found"] = "some"
    rest = [line for line in text.splitlines() if not line.startswith("cpu=")]
    return "\n".join([" ".join(f"{name}={value}" for name, value in total.items()), *rest]) + "\n"
