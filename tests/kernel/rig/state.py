# SPDX-License-Identifier: BSD-3-Clause
"""What a router's commands show of its configuration: to bring one back to its start, and to check that it is there."""
import re

from . import normal
from .address import MAC

_SHOWS = ("ip addr", "ip link", "ip route show table all", "ip -6 route show table all", "ip rule", "ip -6 rule",
          "ip neigh", "ip neigh show proxy", "sysctl -a", "iptables-save -c", "ip6tables-save -c", "conntrack -C",
          "conntrack -L expect", "nfct list timeout", "nfacct list",
          "ipset save")
_WIDE = re.compile(r"\.(all|default)\.|ip_forward")
_DEVICE = re.compile(r"^N: ([^:@ ]+)")
_INET = re.compile(r"^\s+inet6? (\S+)")
PASSES = 3
_ODD_ROUTES = ("unreachable", "blackhole", "prohibit", "throw")


class State:
    """``ask(argv, stdin)`` gives (exit code, output, errors)."""

    def __init__(self, ask):
        self.shown = {}
        for show in _SHOWS:
            text = ask(show.split(), "")[1]
            self.shown[show] = normal.text_for_comparison(show, text)

    def differences(self, wanted):
        return [f"{show}: {line}" for show in _SHOWS
                for line in sorted(set(self._rest(show).splitlines()) ^ set(wanted._rest(show).splitlines()))]

    def undo(self, ask, wanted):
        """Take away what commands have added; the lab's set-up has to follow."""
        for tool in ("iptables", "ip6tables"):
            ask([tool + "-restore"], _empty_tables(self.shown[tool + "-save -c"]))
        for table in ("conntrack", "expect"):
            ask(["conntrack", "-F", table], "")
        ask(["nfct", "flush", "timeout"], "")
        ask(["nfacct", "flush"], "")
        _destroy_sets(ask, self.shown["ipset save"])
        _undo_sysctls(ask, self.shown["sysctl -a"], wanted.shown["sysctl -a"])
        for device, address in _addresses(self.shown["ip addr"]):
            ask(["ip", "addr", "del", address, "dev", device], "")
        for family in ("-4", "-6"):
            self._undo_routing(ask, wanted, family)
        for port in ("r0", "r1"):
            # down: forgets neighbours and routes
            ask(["ip", "link", "set", port, "down", "mtu", "1500", "address", MAC[port]], "")

    def _undo_routing(self, ask, wanted, family):
        six = "-6 " if family == "-6" else ""
        for line in self.shown[f"ip {six}route show table all"].splitlines():
            if (words := line.split()) and words[0] in _ODD_ROUTES:
                ask(["ip", family, "route", "del", *words[:2], *_values(words, "table", "metric")], "")
        rules = f"ip {six}rule"
        for line in self.shown[rules].splitlines():
            if line not in wanted.shown[rules].splitlines():
                ask(["ip", family, "rule", "del", "pref", line.split(":")[0]], "")

    def _rest(self, show):
        text = self.shown[show]
        if "tables" not in show:
            return text
        # tables without rules are the same whether they were looked at or not; but with nat all is tracked
        return "\n".join(line for line in text.splitlines()
                         if not re.match(r"#|\*(?!nat)|COMMIT|:[A-Z]+ ACCEPT \[0:0\]$", line))


def _empty_tables(saved):
    text = []
    for line in saved.splitlines():
        name, _, policy = line.partition(" ")
        if line.startswith(("*", "COMMIT")):
            text.append(line)
        elif line.startswith(":") and not policy.startswith("-"):
            text.append(f"{name} ACCEPT [0:0]")
    return "".join(line + "\n" for line in text)


def _destroy_sets(ask, saved):
    """Lists of sets first: they hold the others."""
    names = [line.split()[1] for line in saved.splitlines() if line.startswith("create ")]
    for name in reversed(names):
        ask(["ipset", "destroy", name], "")


def _undo_sysctls(ask, now, wanted):
    for _ in range(PASSES):
        there = set(now.splitlines())
        changed = [line for line in wanted.splitlines() if " = " in line and line not in there]
        # the wide ones first: they change others
        for line in sorted(changed, key=lambda line: not _WIDE.search(line)):
            name, _, value = line.partition(" = ")
            ask(["sysctl", "-w", f"{name}={value}"], "")
        if not changed:
            return
        now = ask(["sysctl", "-a"], "")[1]


def _values(words, *names):
    """Those of the names that are there, each with its value."""
    return [word for name in names if name in words for word in (name, words[words.index(name) + 1])]


def _addresses(shown):
    device, found = None, []
    for line in shown.splitlines():
        if match := _DEVICE.match(line):
            device = match.group(1)
        elif (match := _INET.match(line)) and match.group(1) not in ("127.0.0.1/8", "::1/128"):
            found.append((device, match.group(1)))
    return found
