#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Types at a prompt on a terminal of its own, and shows what appears there.

	prompt.py COLUMNS COMMAND... -- KEYS EXPECTED [KEYS EXPECTED]...

KEYS may contain \\t, \\n and \\e (Escape). After each KEYS the text EXPECTED must appear within seconds.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

PATIENCE = 20


def keys(text):
    return text.replace("\\t", "\t").replace("\\n", "\n").replace("\\e", "\x1b").encode()


def wait_for(fd, expected):
    """What appeared; exits when expected does not."""
    seen = b""
    end = time.monotonic() + PATIENCE
    while expected not in seen:
        ready, _, _ = select.select([fd], [], [], max(0, end - time.monotonic()))
        if not ready:
            sys.exit(f"{expected!r} did not appear; seen: {seen!r}")
        try:
            part = os.read(fd, 4096)
        except OSError:
            part = b""
        if not part:
            sys.exit(f"the prompt ended before {expected!r}; seen: {seen!r}")
        seen += part
    return seen


def main():
    columns = int(sys.argv[1])
    cut = sys.argv.index("--")
    dialogue = sys.argv[cut + 1:]
    pid, fd = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.execvp(sys.argv[2], sys.argv[2:cut])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    try:
        wait_for(fd, b"> ")
        for typed, expected in zip(dialogue[::2], dialogue[1::2]):
            os.write(fd, keys(typed))
            wait_for(fd, expected.encode())
    finally:
        os.close(fd)
        os.kill(pid, signal.SIGHUP)
        os.waitpid(pid, 0)


main()
