# SPDX-License-Identifier: BSD-3-Clause
"""Commands of Pollux for what Linux has in files of /proc/net and /sys."""
import os

_NET = "/proc/thread-self/net"
_TIMERS = "/sys/class/xt_idletimer/timers"


def _recent(name, *written):
    """``recent NAME`` and ``recent NAME TEXT``."""
    path = os.path.join(_NET, "xt_recent", name)
    if not written:
        return _read(path)
    file = os.open(path, os.O_WRONLY)
    try:
        os.write(file, (written[0] + "\n").encode())
    finally:
        os.close(file)
    return ""


def _read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def _hashlimit(*words):
    """``hashlimit [-6] NAME``."""
    folder = "ip6t_hashlimit" if words[0] == "-6" else "ipt_hashlimit"
    return _read(os.path.join(_NET, folder, words[-1]))


def _idletimer(name):
    """``idletimer NAME``: the whole machine's, in all namespaces."""
    return _read(os.path.join(_TIMERS, name))


NOUNS = {"recent": _recent, "hashlimit": _hashlimit, "idletimer": _idletimer}


def command(argv):
    """(exit code, output, errors)"""
    try:
        return 0, NOUNS[argv[0]](*argv[1:]), ""
    except OSError as error:
        return 1, "", f"{argv[0]}: {error}\n"
