# SPDX-License-Identifier: BSD-3-Clause
"""Anonymous network namespaces.

They have no name under /run/netns: the kernel frees them when the last process
in them and the last descriptor are gone, so nothing is left behind even when
the rig is killed.
"""
import ctypes
import os

CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _check(result, what):
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def current():
    """A descriptor of the calling thread's network namespace."""
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def create():
    """Move into a new namespace and return its descriptor."""
    _check(_libc.unshare(CLONE_NEWNET), "unshare")
    return current()


def enter(descriptor):
    _check(_libc.setns(descriptor, CLONE_NEWNET), "setns")


def die_with_parent(signal_number):
    """For children: no process outlives the rig."""
    _libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
