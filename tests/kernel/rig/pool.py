# SPDX-License-Identifier: BSD-3-Clause
"""Runs scenarios in several worker processes.

Processes, not threads: a lab takes the calling thread's network namespace along.
"""
import multiprocessing
import os
import signal
import sys
import traceback
from multiprocessing import connection

from . import netns


def _stop(*_):
    sys.exit(1)    # through all finally clauses


def _work(pipe, parent, run):
    netns.die_with_parent(signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    while (item := pipe.recv()) is not None:
        try:
            pipe.send((item, run(item)))
        except Exception:  # pylint: disable=broad-except
            pipe.send((item, ["the rig failed", *traceback.format_exc().splitlines()]))


class Pool:
    """Context manager; leaving it ends the workers, however it is left."""

    def __init__(self, number, run):
        context = multiprocessing.get_context("fork")
        self._pipes, self._processes = [], []
        for _ in range(number):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, os.getpid(), run))
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        for pipe, process in zip(self._pipes, self._processes):
            if kind is None:
                pipe.send(None)
            else:
                process.terminate()
        for process in self._processes:
            process.join()

    def run(self, items):
        """Yields (item, result) as they come."""
        waiting = list(reversed(items))
        busy = 0
        for pipe in self._pipes[:len(waiting)]:
            pipe.send(waiting.pop())
            busy += 1
        while busy:
            for pipe in connection.wait(self._pipes):
                yield pipe.recv()
                if waiting:
                    pipe.send(waiting.pop())
                else:
                    busy -= 1
