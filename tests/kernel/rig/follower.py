# SPDX-License-Identifier: BSD-3-Clause
"""A command that prints what happens until it is interrupted."""
import os
import select
import signal
import time

PATIENCE = 10     # seconds, for what is to come on a busy machine
QUIET = 0.2
LIMIT = 120
SIZE = 65536


class Follower:
    """Listens when it is made."""

    def __init__(self, router, argv):
        self._router, self._program = router, router.start(argv)
        self._text = b""
        wait_for(lambda: self._program.poll() is not None or router.listens(self._program))

    def finish(self, lines):
        """(exit code, stdout, stderr). ``lines``: it is known to print so many, or None."""
        wait_for(lambda: self._program.poll() is not None or self._router.has_told(self._program))
        deadline = time.monotonic() + PATIENCE
        while self._read() or (lines is not None and self._text.count(b"\n") < lines and self._program.poll() is None
                               and time.monotonic() < deadline):
            pass
        self._program.send_signal(signal.SIGINT)
        output, errors = self._program.communicate(timeout=LIMIT)
        return self._program.returncode, self._text.decode() + output, errors

    def kill(self):
        self._program.kill()
        self._program.communicate()

    def _read(self):
        """False: it has printed nothing for a while."""
        if not select.select([self._program.stdout], [], [], QUIET)[0]:
            return False
        more = os.read(self._program.stdout.fileno(), SIZE)
        self._text += more
        return bool(more)


def wait_for(is_so):
    deadline = time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.005)
