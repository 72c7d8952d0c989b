# SPDX-License-Identifier: BSD-3-Clause
"""The kernel's log, as far as packets are its subject.

It is one for all namespaces, and a line does not say whose it is. Scenarios that read it
take turns, over all runs of the rig on this machine; others write no such lines, because
only while one of them plays may namespaces log at all.
"""
import fcntl
import os
import re

from .scenario import ScenarioError

LOCK = "/run/lock/pollux-rig-log"
ALL_NETNS = "/proc/sys/net/netfilter/nf_log_all_netns"
_OURS = re.compile(r"IN=\S* OUT=|IPv4: martian |ll header: |net_ratelimit: ")
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})")


class KernelLog:
    """Context manager, to be entered in the machine's own namespace."""

    def __init__(self):
        self._files = []
        self._before = None

    def __enter__(self):
        try:
            fcntl.flock(self._open(LOCK, os.O_RDWR | os.O_CREAT), fcntl.LOCK_EX)
            # descriptors: seen from a lab's namespace the file does not exist
            self._switch = self._open(ALL_NETNS, os.O_RDWR)
            self._before = os.read(self._switch, 16)
            self._write(b"1")
            self._kmsg = self._open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        except OSError as why:
            self.__exit__()
            raise ScenarioError(f"the kernel's log cannot be had here: {why}") from why
        os.lseek(self._kmsg, 0, os.SEEK_END)
        return self

    def __exit__(self, *_):
        if self._before is not None:
            self._write(self._before)
        while self._files:
            os.close(self._files.pop())    # the lock last

    def lines(self):
        """What was logged since the last call: (level, text)."""
        found = []
        while True:
            try:
                head, _, text = os.read(self._kmsg, 8192).decode(errors="replace").partition(";")
            except BlockingIOError:
                return found
            text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text.split("\n")[0])
            if _OURS.search(text):
                found.append((int(head.split(",")[0]) & 7, text))

    def _open(self, path, flags):
        self._files.append(os.open(path, flags | os.O_CLOEXEC, 0o600))
        return self._files[-1]

    def _write(self, value):
        os.lseek(self._switch, 0, os.SEEK_SET)
        os.write(self._switch, value)
