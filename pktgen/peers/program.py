# SPDX-License-Identifier: BSD-3-Clause
"""A program under measurement: started, given its core, asked, stopped."""
import os
import signal
import subprocess

from machine import Problem


class Program:
    """
    A running program. worker: how its thread on the measured core is called, which DPDK's are
    ("lcore-worker-1"). prepare() gets what has to be fetched or built; a Problem says why it cannot.
    """
    worker = 'worker'

    @staticmethod
    def prepare(bench):
        """Once, before anything runs."""

    def __init__(self, bench, command, environment=None):
        self.bench = bench
        self.log = os.path.join(bench.folder, 'program.log')
        cores = {0, bench.core}
        with open(self.log, 'wb') as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **bench.source.environment, **(environment or {})},
                preexec_fn=lambda: os.sched_setaffinity(0, cores))

    def said(self):
        with open(self.log, encoding='utf-8', errors='replace') as file:
            return file.read()

    def last_words(self):
        lines = [line for line in self.said().splitlines() if line and not line.startswith('replay:')]
        return '\n'.join(lines[-6:])

    def alive(self):
        return self.process.poll() is None

    def threads(self):
        """(number, name) of each."""
        for thread in os.listdir(f'/proc/{self.process.pid}/task'):
            try:
                with open(f'/proc/{self.process.pid}/task/{thread}/comm', encoding='utf-8') as file:
                    yield int(thread), file.read().strip()
            except OSError:
                continue  # it ended

    def own_the_core(self):
        """
        SCHED_FIFO, or the figure would be that of whatever else runs there; other threads must not disturb:
        they go to core 0, and let everything else run there first.
        """
        found = 0
        for thread, name in self.threads():
            if self.worker in name:
                os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(10))
                os.sched_setaffinity(thread, {self.bench.core})
                found += 1
            else:
                os.sched_setaffinity(thread, {0})
                os.setpriority(os.PRIO_PROCESS, thread, 19)
        if found != 1:
            raise Problem(f'expected one worker thread, found {found}')

    def preparing(self):
        """Is something not ready yet that the worker is to use?"""
        return False

    def learning(self):
        """Since it was last asked: does it still do with packets of known flows what it will not do with later ones?"""
        return False

    def others_run(self):
        """Does a thread beside the worker run, or want to?"""
        for thread, name in self.threads():
            if self.worker in name:
                continue
            try:
                with open(f'/proc/{self.process.pid}/task/{thread}/stat', encoding='utf-8') as file:
                    if file.read().rpartition(')')[2].split()[0] == 'R':
                        return True
            except OSError:
                continue  # it ended
        return False

    def measured(self):
        """What else is to be told of the run, once its rate is known: {name: value}."""
        return {}

    def stop(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            if not self.alive():
                break
            self.process.send_signal(number)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                continue
        self.process.wait()
