# SPDX-License-Identifier: BSD-3-Clause
"""Plays one scenario on one router and records everything that can be seen from outside."""
import shlex
import time
from dataclasses import dataclass, field

from . import packets, sentinel
from .follower import Follower
from .scenario import ScenarioError

# how long the second router may take for what the first one has shown
LATE = 3
SETTLED = 0.03
# the first router has answered a probe after the last frame: what it does later needs a timer
AT_ONCE = 0.01


@dataclass
class Record:
    router: str
    answers: list = field(default_factory=list)   # (step, exit code, stdout, stderr)
    times: list = field(default_factory=list)     # of the answers, in seconds from the start
    frames: dict = field(default_factory=dict)    # side -> [(step's line, bytes)]
    marks: list = field(default_factory=list)     # (frame counts, probes were answered) at each settling
    sent: list = field(default_factory=list)      # frames of the hosts, but those made from what had come
    log: list = field(default_factory=list)       # (step's line, level, text)
    refused: list = field(default_factory=list)
    trouble: str = None
    used: bool = False                            # the router has seen other scenarios
    seconds: float = 0.0


class _Player:
    def __init__(self, scenario, router, wire, guide, log, bursts):
        self.scenario, self.router, self.wire, self.log = scenario, router, wire, log
        self.bursts, self.held = bursts, False
        self.guide = guide
        self.patience = LATE
        self.start = time.monotonic()
        self.asked = 0            # answers to what was asked before the last frames
        self.followed = None      # the command whose output is read until the line `followed`
        self.record = Record(router.name)
        self.lines = {side: [] for side in wire.frames}   # the step each frame came after
        self.sending = None                               # what has not settled: c, s, both, commands
        self.expected = self._counts()

    def play(self):
        for step in self.scenario.steps:
            if not self._goes_together(step):
                self._settle()
            if step.kind in ("send", "burst", "wait"):
                self.asked = len(self.record.answers)
            getattr(self, "_" + step.kind)(step)
            self._note(step)
            self.record.trouble = self.router.trouble()
            if self.record.trouble:
                break
        self._settle()
        self._finish()
        return self.record

    def close(self):
        self._release()
        if self.followed:
            self.followed[1].kill()

    def _goes_together(self, step):
        """Frames of one side follow each other without a pause, and so do commands."""
        if step.kind == "send":
            return self.sending == step.frames[0][0] and not packets.needs_got(step.frames[0][1])
        return step.kind == "command" and self.sending == "commands"

    def _finish(self):
        self._mark()
        if self.scenario.steps:
            self._note(self.scenario.steps[-1])
        for side, frames in self.wire.frames.items():
            self.record.frames[side] = list(zip(self.lines[side], frames))
        self.record.refused = self.router.refused
        if self.log:
            self._note_log(self.scenario.steps[-1], len(self.guide.log) if self.guide else 0)

    def _note_log(self, step, awaited=0):
        deadline = time.monotonic() + LATE
        while True:
            self.record.log += [(step.line, *line) for line in self.log.lines()]
            if len(self.record.log) >= awaited or time.monotonic() > deadline:
                return
            time.sleep(SETTLED)

    def _counts(self):
        return {**self.wire.counts(), "log": len(self.record.log)}

    def _settle(self):
        if self.sending is None:
            return
        self._release()
        self._mark()
        self.sending = None

    def _mark(self):
        """Collect what has been caused so far, and note how much that is."""
        index = len(self.record.marks)
        if self.guide and index < len(self.guide.marks):
            answers = self._catch_up(*self.guide.marks[index])
        else:
            answers = self.wire.sync()
            at_once = answers and self.sending not in ("both", "commands")
            self.wire.settle(AT_ONCE if at_once else self.router.quiet)
        self.record.marks.append((self.wire.counts(), answers))

    def _catch_up(self, target, answers):
        """Wait for what the first router has shown."""
        if answers:
            answers = self.wire.sync(sentinel.PATIENCE)
        if not answers or self.wire.counts() != target:
            self.wire.settle(SETTLED, target, self.patience)
        if self.wire.counts() != target:
            self.patience = 2 * SETTLED   # already failed: no long waits any more
        return answers

    def _note(self, step):
        for side, frames in self.wire.frames.items():
            self.lines[side] += [step.line] * (len(frames) - len(self.lines[side]))

    def _send(self, step):
        side, expression = step.frames[0]
        self.sending = side
        frames = self._frames(step, side, expression)
        if self.bursts and not self.held:
            self.held = True
            self.router.hold()
        self.wire.send(frames)

    def _release(self):
        if self.held:
            self.router.release()
        self.held = False

    def _burst(self, step):
        self.sending = "both"
        together = [pair for side, expression in step.frames for pair in self._frames(step, side, expression)]
        self.router.hold()
        try:
            self.wire.send(together)
        finally:
            self.router.release()

    def _frames(self, step, side, expression):
        try:
            made = packets.frames(side, expression, self.wire.frames[side])
            if not packets.needs_got(expression):
                self.record.sent += made
            return [(side, frame) for frame in made]
        except Exception as why:
            raise ScenarioError(f"{self.scenario.file}:{step.line}: {step.text}: {why!r}") from why

    def _wait(self, step):
        time.sleep(step.seconds)
        self.sending = "both"     # timers may have made frames

    def _command(self, step):
        code, output, errors = self.router.command(step.argv, step.stdin)
        self._answer(step, code, output, errors)
        if self.router.routes_in_kernel and (step.outcome, code == 0) in (("works", False), ("fails", True)):
            raise ScenarioError(f"{self.scenario.file}:{step.line}: {shlex.join(step.argv)}: "
                                f"exit code {code} {errors.strip()}")
        if step.argv[0] == "ip" and step.outcome == "works":
            # changes of addresses, links and neighbours can make the router speak
            self.sending = "commands"

    def _answer(self, *answer):
        self.record.answers.append(answer)
        self.record.times.append(time.monotonic() - self.start)

    def _says(self, step):
        said = "".join(output + errors for _, _, output, errors in self.record.answers[self.asked:])
        if self.router.routes_in_kernel and not step.pattern.search(said):
            raise ScenarioError(f"{self.scenario.file}:{step.line}: {step.text}: the kernel said\n{said}")

    def _follow(self, step):
        self.followed = step, Follower(self.router, step.argv)

    def _followed(self, _):
        step, follower = self.followed
        known = self.guide.answers[len(self.record.answers)] if self.guide else None
        answer = follower.finish(known[2].count("\n") if known else None)
        self.followed = None
        self._answer(step, *answer)

    def _expect(self, step):
        if self.log:
            self._note_log(step)
        if "flows" in step.counts:
            self._expect_flows(step, step.counts["flows"])
        now = self._counts()
        seen = {side: now[side] - self.expected[side] for side in now}
        self.expected = now
        wanted = {side: step.counts.get(side, 0) for side in now}
        if self.router.routes_in_kernel and seen != wanted:
            raise ScenarioError(f"{self.scenario.file}:{step.line}: {step.text}: the kernel made {seen}")

    def _expect_flows(self, step, wanted):
        if self.router.routes_in_kernel and (flows := self.router.flows()) != wanted:
            raise ScenarioError(f"{self.scenario.file}:{step.line}: {step.text}: the kernel has {flows} connections")


def play(scenario, place, guide=None, afterwards=None, bursts=False):
    """Run the scenario on a router of ``place``.

    ``guide`` is the record of an earlier run: its frame counts tell how long to
    wait. ``afterwards`` is called with the record while the lab still stands.
    ``bursts``: what one side sends without a pause reaches the router together.
    """
    start = time.monotonic()
    with place.router(scenario) as (wire, router, log):
        player = _Player(scenario, router, wire, guide, log, bursts)
        try:
            record = player.play()
        finally:
            player.close()
        record.used = place.used
        record.seconds = time.monotonic() - start
        if afterwards:
            afterwards(record)
    return record
