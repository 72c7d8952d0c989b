# SPDX-License-Identifier: BSD-3-Clause
"""The reference: Linux itself in the lab's router namespace, commanded by its own tools."""
import os
import subprocess
import tempfile
import time

from . import proc_files, setup_commands
from .kernel_log import KernelLog
from .lab import write_sysctl

LEGACY = "/usr/sbin/xtables-legacy-multi"
TABLE_TOOLS = ("iptables", "ip6tables", "iptables-save", "ip6tables-save",
               "iptables-restore", "ip6tables-restore")
COMMAND_LIMIT = 120
READY_LIMIT = 120
WORK_LIMIT = 0.05
TENTATIVE = 0x40    # linux/if_addr.h
NETLINK_NETFILTER = "12"


class KernelRouter:
    """Context manager; commands run in the calling thread's namespace, the lab's."""

    name = "kernel"
    routes_in_kernel = True
    quiet = 0.04

    def __init__(self):
        self.refused = []
        self._fingerprints = []

    def __enter__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="pollux-rig-")
        tools = self._directory.name
        # Debian's names may stand for the nft variant; the reference text is the
        # legacy one's, whose messages carry the name it is called by
        for tool in TABLE_TOOLS:
            os.symlink(LEGACY, os.path.join(tools, tool))
        # legacy iptables locks one file for all namespaces; labs run in parallel
        self._environment = dict(os.environ, LC_ALL="C", XTABLES_LOCKFILE=os.path.join(tools, "lock"),
                                 PATH=f"{tools}:/usr/sbin:/usr/bin:/sbin:/bin")
        return self

    def __exit__(self, *_):
        # they are the machine's: also those of a scenario that was broken off must not stay
        for loaded in self._fingerprints:
            self._run(["nfnl_osf", "-d", "-f", "/dev/stdin"], loaded)
        self._directory.cleanup()

    def set_up(self, options):
        if "empty" in options:
            return
        for line in setup_commands.SYSCTLS + setup_commands.KERNEL_SYSCTLS:
            name, _, value = line.split()[-1].partition("=")
            write_sysctl(name.replace(".", "/"), value)
        addresses = list(setup_commands.ADDRESSES)
        if "unresolved" not in options:
            addresses += setup_commands.neighbours()
        batch = "".join(line.removeprefix("ip ") + "\n" for line in addresses)
        self._must(["ip", "-batch", "-"], batch)
        self._wait_for_addresses()

    @staticmethod
    def reports(options):
        """Multicast listener reports after the set-up: for the link-local address and for the others."""
        return 0 if "empty" in options else 4

    def command(self, argv, stdin):
        if argv[0] in proc_files.NOUNS:
            return proc_files.command(argv)
        if argv[0] == "nfnl_osf" and stdin:
            self._fingerprints.append(stdin)
        try:
            done = self._run(argv, stdin)
        except subprocess.TimeoutExpired:
            return None, "", f"no answer within {COMMAND_LIMIT} s\n"
        if argv[0] == "ip" and "add" in argv:
            self._wait_for_work()
        return done.returncode, done.stdout, done.stderr

    def _run(self, argv, stdin):
        return subprocess.run(argv, input=stdin, text=True, capture_output=True, check=False,
                              env=self._environment, timeout=COMMAND_LIMIT)

    def start(self, argv):
        return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, env=self._environment)

    @staticmethod
    def listens(_):
        """A program, the only one here, is in groups of netfilter's events."""
        return bool(_waiting_events())

    @staticmethod
    def has_told(_):
        """It has read all events there are."""
        return not any(_waiting_events())

    @staticmethod
    def flows():
        """How many connections there are."""
        with open("/proc/sys/net/netfilter/nf_conntrack_count", encoding="ascii") as file:
            return int(file.read())

    log = KernelLog

    @staticmethod
    def log_of(log):
        return log

    def hold(self):
        """Nothing to do: the kernel handles a frame before the write of the next returns."""

    def release(self):
        pass

    def trouble(self):
        return None

    def _must(self, argv, stdin=""):
        code, _, errors = self.command(argv, stdin)
        if code != 0:
            raise RuntimeError(f"lab set-up: {' '.join(argv)}: {errors.strip()}")

    def _wait_for_work(self):
        """A new IPv6 address is of use a moment later, also without duplicate address detection."""
        deadline = time.monotonic() + WORK_LIMIT
        while any(int(flags, 16) & TENTATIVE for *_, flags, _ in _addresses6()) and time.monotonic() < deadline:
            time.sleep(0.002)

    def _wait_for_addresses(self):
        """Link-local addresses come a moment after the link is up."""
        deadline = time.monotonic() + READY_LIMIT
        while time.monotonic() < deadline:
            if sum(address.startswith("fe80") for address, *_ in _addresses6()) == 2:
                return
            time.sleep(0.002)
        raise RuntimeError("lab set-up: the router's link-local addresses do not appear")


def _waiting_events():
    """How many bytes of events wait, for each socket that hears netfilter's."""
    with open("/proc/thread-self/net/netlink", encoding="ascii") as file:
        found = [line.split() for line in file][1:]
    return [int(waiting) for _, protocol, _, groups, waiting, *_ in found
            if protocol == NETLINK_NETFILTER and int(groups, 16)]


def _addresses6():
    with open("/proc/thread-self/net/if_inet6", encoding="ascii") as file:
        return [line.split() for line in file]
