# SPDX-License-Identifier: BSD-3-Clause
"""Who is asked: both have command(argv, stdin) -> (exit code, output, errors)."""
import os
import re
import subprocess
import tempfile

TOOLS = [family + tool for family in ("iptables", "ip6tables") for tool in ("", "-save", "-restore")]
LIMIT = 60
_DATE = re.compile(r" on \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}")


def comparable(text):
    """Without what is not compared: when iptables-save ran; that there is no name server, and no file of labels' names; the
    NUL that ends a program of -m bpf in iptables' listings."""
    text = _DATE.sub(" on DATE", text).replace("Temporary failure in name resolution", "Name or service not known")
    text = text.replace("\0\n", "\n")
    return text.replace("Warning: cannot open /etc/xtables/connlabel.conf: No such file or directory\n", "")


class Legacy:
    """Context manager: iptables 1.8.9 (legacy) in the caller's network namespace."""

    PROGRAM = "/usr/sbin/xtables-legacy-multi"

    def __enter__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="pollux-text-")
        for tool in TOOLS:
            os.symlink(self.PROGRAM, os.path.join(self._directory.name, tool))
        # one lock for all namespaces otherwise
        self._environment = {"LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                             "XTABLES_LOCKFILE": os.path.join(self._directory.name, "lock")}
        return self

    def __exit__(self, *_):
        self._directory.cleanup()

    def command(self, argv, stdin):
        # what it calls itself is its name without the folder
        program = os.path.join(self._directory.name, argv[0]) if argv[0] in TOOLS else None
        done = subprocess.run(argv, executable=program, input=stdin, text=True,
                              errors="replace", capture_output=True, check=False, env=self._environment, timeout=LIMIT)
        return done.returncode, comparable(done.stdout), comparable(done.stderr)


class Pollux:
    """The daemon, over its socket as polluxctl does it."""

    def __init__(self, router):
        self._router = router

    def command(self, argv, stdin):
        code, output, errors = self._router.ask(argv, stdin)
        return code, comparable(output), comparable(errors)
