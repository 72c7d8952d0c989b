# SPDX-License-Identifier: BSD-3-Clause
"""Where scenarios are played: on a router of its own each, or on one that stands and is reset."""
import os
import sys
from contextlib import ExitStack, contextmanager

from .host import Host
from .lab import Lab
from .scenario import TRANSLATING
from .state import State

REPORTED = 5


class Fresh:
    """A new lab and a new router for each scenario."""

    used = False

    def __init__(self, router_class):
        self._class = router_class

    @contextmanager
    def router(self, scenario):
        """(wire, router, its log or None), set up for the scenario."""
        logging = "log" in scenario.options
        with ExitStack() as stack:
            # in this order: the kernel's log is entered in the machine's own namespace
            log = stack.enter_context(self._class.log()) if logging else None
            lab = stack.enter_context(Lab(self._class.routes_in_kernel))
            router = stack.enter_context(self._class())
            router.set_up(scenario.options)
            # Linux reports its multicast groups a moment later, and that counts in OUTPUT
            lab.wire.await_noise(router.reports(scenario.options), REPORTED)
            with _host(scenario, lab, router):
                _start_quiet(lab.wire)
                yield lab.wire, router, router.log_of(log) if logging else None

    def close(self):
        pass

    renew = close


class Standing:
    """One Pollux in one lab, for any number of scenarios; made when first needed.

    Before each but the first it is reset, and has to show the same state as a
    fresh one; if it does not, or if the last scenario ended badly, a fresh one
    takes its place. Table nat cannot be taken away again: scenarios that use it
    stand on a router that has it from the start, which counts as used.
    """

    def __init__(self, router_class):
        self._class = router_class
        self._stack = None
        self._lab = self._router = None
        self._reference = {}      # options -> what a fresh router shows
        self.used = False         # the router has seen an earlier scenario, or may be told from a fresh one
        self._plain = False       # the next one has to be a fresh router, and nothing else

    @contextmanager
    def router(self, scenario):
        try:
            self._make_ready(scenario.kind_of_router())
            with _host(scenario, self._lab, self._router):
                _start_quiet(self._lab.wire)
                yield self._lab.wire, self._router, self._router.log_of(None) if "log" in scenario.options else None
            self._lab.leave()
        except BaseException:
            self.close()
            raise
        if self._router.trouble() or "leaves" in scenario.options:
            self.close()

    def close(self):
        if self._stack:
            stack, self._stack = self._stack, None
            stack.close()

    def renew(self):
        """The next scenario is played on a fresh router."""
        self.close()
        self._plain = True

    def _make_ready(self, options):
        if self._stack:
            self._lab.enter()
        self.used = bool(self._stack) and options in self._reference and self._reset(options)
        if not self.used:
            self.close()
            self._open(options - TRANSLATING if self._plain else options)
            self.used = not self._plain and bool(options & TRANSLATING)
            self._plain = False

    def _open(self, options):
        with ExitStack() as stack:
            self._lab = stack.enter_context(Lab(self._class.routes_in_kernel))
            self._router = stack.enter_context(self._class())
            self._stack = stack.pop_all()
        self._router.set_up(options)
        for tool in options & TRANSLATING:
            self._router.ask([tool, "-t", "nat", "-S"])
        self._reference[options] = State(self._router.ask)

    def _reset(self, options):
        wanted = self._reference[options]
        State(self._router.ask).undo(self._router.ask, wanted)
        self._router.forget_log()
        self._router.set_up(options, ports=False)
        left = State(self._router.ask).differences(wanted)
        if left and os.environ.get("RIG_SHOW_RESET"):
            print("reset left:", *left, sep="\n    ", file=sys.stderr)
        return not left


@contextmanager
def _host(scenario, lab, router):
    """Programs on the router can speak, where the scenario wants that."""
    options = scenario.options & {"host", "host6"}
    if not options:
        yield
        return
    with Host(router, "host6" in options) as host:
        lab.wire.open_host(host)
        try:
            lab.wire.await_noise(lab.wire.noise + host.reports, REPORTED)
            yield
        finally:
            lab.wire.close_host()


def _start_quiet(wire):
    wire.sync()
    wire.clear()
