# SPDX-License-Identifier: BSD-3-Clause
"""Runs work in several worker processes.

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


def _work(pipe, parent, make):
    netns.die_with_parent(signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    run = make()
    try:
        while (work := pipe.recv()) is not None:
            index, item = work
            try:
                pipe.send((index, run(item)))
            except Exception:  # pylint: disable=broad-except
                pipe.send((index, ["the rig failed", *traceback.format_exc().splitlines()]))
    finally:
        run.close()


class Pool:
    """Context manager; leaving it ends the workers, however it is left.

    Each worker calls ``make()`` for what it does with an item: something to call,
    with a close().
    """

    def __init__(self, number, make):
        context = multiprocessing.get_context("fork")
        self._pipes, self._processes = [], []
        for _ in range(number):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, os.getpid(), make))
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
        """Yields (index of the item, result) as they come; ``items`` are taken when a worker is free."""
        waiting = enumerate(items)
        busy = sum(self._give(pipe, waiting) for pipe in self._pipes)
        while busy:
            for pipe in connection.wait(self._pipes):
                yield pipe.recv()
                busy -= not self._give(pipe, waiting)

    @staticmethod
    def _give(pipe, waiting):
        """Is there anything left to do?"""
        work = next(waiting, None)
        if work is not None:
            pipe.send(work)
        return work is not None
