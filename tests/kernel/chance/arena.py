# SPDX-License-Identifier: BSD-3-Clause
"""Both routers, standing side by side, for one round after the other.

A round replaces all rules, undoes its settings at the end and only uses hosts
that both routers know for good, so the next one starts from the same state.
"""
import re
import shlex
import socket
import time
from contextlib import ExitStack
from itertools import zip_longest

from rig import compare, dump, normal, sentinel
from rig.address import IPV4
from rig.checksum import ones_complement
from rig.kernel_router import KernelRouter
from rig.lab import Lab
from rig.pollux_router import PolluxRouter

from . import follow, members, pools, rules
from .chosen import Choices

# how long Pollux may take for what the kernel has sent, and once something differs
LATE, DIFFERING = 3, 0.25
QUIET = 0.002
REPORTED = 5
SETTLED = 0.025
PORTS = 2
RANGE = re.compile(r"--to\S+ \S*[0-9:]\]?:?\d+-\d+")
OWN = {socket.inet_aton(text) for text in (IPV4["r0"], IPV4["r1"], "10.3.0.1", "10.1.0.99")}


class _Kernel:
    """Runs Linux's commands in its lab."""

    def __init__(self, lab, router):
        self.wire, self.hold, self.release = lab.wire, router.hold, router.release
        self._lab, self._router = lab, router
        self.trouble = router.trouble

    def ask(self, line, stdin=""):
        self._lab.enter()
        return self._router.command(shlex.split(line), stdin)

    def sent_to_itself(self):
        """How many packets the router has sent to itself."""
        self._lab.enter()
        with open("/proc/thread-self/net/dev", encoding="ascii") as devices:
            return next(int(line.split()[2]) for line in devices if line.split()[0] == "lo:")


class _Pollux:
    def __init__(self, lab, router):
        self.wire, self.hold, self.release = lab.wire, router.hold, router.release
        self._router = router
        self.trouble = router.trouble

    def ask(self, line, stdin=""):
        return self._router.ask(shlex.split(line), stdin)


def _enter_kernel(stack):
    lab = stack.enter_context(Lab(True))
    router = stack.enter_context(KernelRouter())
    router.set_up(())
    lab.wire.await_noise(router.reports(()), REPORTED)
    return _Kernel(lab, router)


def _enter_pollux(stack):
    lab = stack.enter_context(Lab(False))
    router = stack.enter_context(PolluxRouter())
    router.set_up(())
    return _Pollux(lab, router)


class Arena:
    """Context manager. ``play`` gives lines of differences."""

    def __init__(self, against="pollux"):
        """``against`` kernel: Linux twice, which tells whether rounds have one outcome only."""
        self._refused = False
        self._patience, self._began = LATE, 0.0     # of the round: when its first command was given
        self.looped = False     # in the round that was played last the kernel's router sent to itself
        self._enter_other = _enter_pollux if against == "pollux" else _enter_kernel

    def __enter__(self):
        with ExitStack() as stack:
            self.pollux = self._enter_other(stack)
            self.kernel = _enter_kernel(stack)
            self._both = (self.kernel, self.pollux)
            for line in (*pools.SET_UP, *members.SET_UP):
                self._must(line)
            for family, tool in rules.TOOL.items():
                # the tables in one order: iptables-save shows them as they were first used
                self._must(tool + "-restore", rules.RuleSet(family, rules.USED).text())
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def accepts(self, tool, name):
        """Does Pollux have this match, or target if in capitals?"""
        _, _, errors = self.pollux.ask(f"{tool} -A FORWARD -{'j' if name.isupper() else 'm'} {name}")
        return "Couldn't load" not in errors

    def play(self, a_round):
        lines, self.looped, self._patience, self._began = [], False, LATE, time.monotonic()
        settings = a_round.all_settings()
        try:
            for setting in settings:
                lines += self._set(setting, setting.do)
            for rule_set in a_round.sets:
                line = f"{rules.TOOL[rule_set.family]}-restore"
                lines += self._same(line, rule_set.text())
                if not lines and self._refused:
                    return []       # a rule that shrinking made
            for router in self._both:
                router.wire.sync()
                router.wire.clear()
            if not lines:
                before = self.kernel.sent_to_itself()
                lines = self._send(a_round)
                self.looped = self.kernel.sent_to_itself() != before
        finally:
            for command in a_round.cleanup:
                lines += self._same(command)
            for setting in reversed(settings):
                lines += self._set(setting, setting.undo)
        return lines

    def _set(self, setting, commands):
        wire = self.kernel.wire
        wire.sync()
        before = wire.noise
        lines = [line for command in commands for line in self._same(command)]
        if setting.later:
            wire.await_noise(before + PORTS, REPORTED)
            wire.settle(SETTLED)
        return lines

    def _send(self, a_round):
        lines, shown = [], {"c": [], "s": []}
        views = [follow.View(keeps=router is self.kernel) for router in self._both]
        texts = "".join(made.text() for made in a_round.sets)
        choices = Choices(bool(RANGE.search(texts)), "--random" in texts)
        for side, held, sent in a_round.groups:
            parts = [follow.runs(view.pairs(side, sent), bool(a_round.shows)) for view in views]
            for was, now in zip_longest(*parts, fillvalue=("c", [])):
                self._send_to_kernel(*was)
                self._send_to_pollux(*now, held)
            choices.arrived(*(view.learn(router.wire) for router, view in zip(self._both, views)))
            for side, frames in self.pollux.wire.frames.items():
                shown[side] += [choices.frame(frame) for frame in frames[len(shown[side]):]]
        if why := self.pollux.trouble():
            return [why]
        for command in a_round.shows:
            lines += self._same(command, choices=choices)
        for side in "cs":
            differing = _frames(side, self.kernel.wire.frames[side], shown[side])
            # what only the router itself has got and answered is known by its connection
            if differing and not _frames(side, self.kernel.wire.frames[side], list(map(choices.frame, shown[side]))):
                differing = []
            lines += differing
        for rule_set in a_round.sets:
            lines += self._same(f"{rules.TOOL[rule_set.family]}-save -c")
        return lines

    def _send_to_kernel(self, side, frames):
        wire = self.kernel.wire
        wire.send([(side, frame) for frame in frames])
        wire.sync(sentinel.PATIENCE)

    def _send_to_pollux(self, side, frames, held):
        wire, wanted = self.pollux.wire, self.kernel.wire.counts()
        held = held and len(frames) > 1
        if held:
            self.pollux.hold()
        try:
            wire.send([(side, frame) for frame in frames])
        finally:
            if held:
                self.pollux.release()
        wire.sync(sentinel.PATIENCE)
        if wire.counts() != wanted:
            wire.settle(QUIET, wanted, self._patience)
            self._patience = LATE if wire.counts() == wanted else DIFFERING

    def _same(self, line, stdin="", choices=None):
        was, now = (router.ask(line, stdin) for router in self._both)
        self._refused = was[0] != 0
        if choices:
            choices.shown(was[1], now[1])
            now = (now[0], choices.text(now[1]), now[2])
        # a busy machine may have made one of them slow
        late = time.monotonic() - self._began
        shown = [normal.texts_for_comparison(line, was[stream], now[stream], late) for stream in (1, 2)]
        differences = [text for pair in shown for text in compare.text_lines(*pair)]
        if was[0] == now[0] and not differences:
            return []
        return [f"{line}: exit code {was[0]} / {now[0]}", *differences]

    def _must(self, line, stdin=""):
        for router in self._both:
            code, _, errors = router.ask(line, stdin)
            if code != 0:
                raise RuntimeError(f"set-up: {line}: {errors.strip()}")


def _frames(side, first, second):
    left, right = ([normal.frame_for_comparison(_numbered(frame), OWN) for frame in frames] for frames in (first, second))
    if left == right or _same_flows(left, right):
        return []
    lines = [f"frames on side {side}: kernel {len(left)}, pollux {len(right)}"]
    for was, now in zip(left, right):
        if was != now:
            return lines + ["  - " + dump.summary(was), "  + " + dump.summary(now),
                            *("    " + line for line in dump.difference(was, now)[:6])]
    sign, rest = ("-", left[len(right):]) if len(left) > len(right) else ("+", right[len(left):])
    return lines + [f"  {sign} {dump.summary(frame)}" for frame in rest[:4]]


def _numbered(frame):
    """ICMP of the box with another IP ID than 0, which each router gives to one message in 65,536."""
    if frame[12:14] != b"\x08\0" or frame[18:20] != bytes(2) or frame[23] != 1 or frame[26:30] not in OWN:
        return frame
    end = 14 + 4 * (frame[14] & 15)      # errors have the options of what they are about
    header = bytearray(frame[14:end])
    header[4:6] = b"\0\1"
    header[10:12] = bytes(2)
    header[10:12] = ones_complement(header).to_bytes(2, "big")
    return frame[:14] + bytes(header) + frame[end:]


def _same_flows(left, right):
    """The same frames, and those between the same addresses in the same order.

    What the box sends itself waits until the burst is through, so it may come
    after what a later packet of the burst has become.
    """
    return sorted(left) == sorted(right) and sorted(left, key=_ends) == sorted(right, key=_ends)


def _ends(frame):
    return frame[:14] + (frame[26:34] if frame[12:14] == b"\x08\0" else frame[22:54])
