# SPDX-License-Identifier: BSD-3-Clause
"""One lab: a namespace with the raw hosts' ends c0 and s0, one with the router's r0 and r1.

    C 10.1.0.2 fd01::2  c0 ---- r0  router  r1 ---- s0  S 10.2.0.2 fd02::2

The raw hosts are nothing but packet sockets: no address, no ARP, no IPv6, so the
only frames on the wires are the scenario's and the router's.
While a lab is open the calling thread is in the router's namespace, and so are
the commands it starts; unless it has left for a while.
"""
import os
import subprocess

from . import netns, offload
from .address import MAC
from .wire import Wire


def run_ip(lines):
    done = subprocess.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n", text=True,
                          capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"ip: {done.stderr.strip()}")


def write_sysctl(name, value):
    # not the sysctl program: a lab is set up hundreds of times
    with open("/proc/sys/" + name, "w", encoding="ascii") as file:
        file.write(str(value))


class Lab:
    """Context manager; ``wire`` sends and collects frames."""

    def __init__(self, kernel_routes):
        self.kernel_routes = kernel_routes
        self.wire = None
        self._spaces = []

    def __enter__(self):
        self._spaces.append(netns.current())
        try:
            self._hosts = self._space()
            write_sysctl("net/ipv6/conf/default/disable_ipv6", 1)
            self._router = self._space()
            self._prepare_router()
            self._connect()
            return self
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __exit__(self, *_):
        if self.wire:
            self.wire.close()
        netns.enter(self._spaces[0])
        while self._spaces:
            os.close(self._spaces.pop())

    def leave(self):
        """Back to the namespace from which the lab was opened; it goes on."""
        netns.enter(self._spaces[0])

    def enter(self):
        netns.enter(self._router)

    def _space(self):
        self._spaces.append(netns.create())
        return self._spaces[-1]

    def _prepare_router(self):
        if self.kernel_routes:
            _quiet_kernel_router()
        else:
            write_sysctl("net/ipv6/conf/default/disable_ipv6", 1)

    def _connect(self):
        hosts = f"/proc/{os.getpid()}/fd/{self._hosts}"
        # Both ends with the same number would pass for no pair at all, and the kernel
        # would then report their carrier with up to a second's delay.
        run_ip(["link set lo up",
             f"link add r0 index 2 address {MAC['r0']} type veth"
             f" peer name c0 index 12 address {MAC['c']} netns {hosts}",
             f"link add r1 index 3 address {MAC['r1']} type veth"
             f" peer name s0 index 13 address {MAC['s']} netns {hosts}"])
        for device in ("r0", "r1"):
            offload.switch_off(device)
        netns.enter(self._hosts)
        for device in ("c0", "s0"):
            offload.switch_off(device)
        run_ip(["link set c0 arp off up", "link set s0 arp off up"])
        self.wire = Wire({"c": "c0", "s": "s0"})
        netns.enter(self._router)
        if not self.kernel_routes:
            run_ip(["link set r0 arp off up", "link set r1 arp off up"])


def _quiet_kernel_router():
    """What Linux does by itself over time would end up in the comparison."""
    # duplicate address detection: delays every address by a second
    write_sysctl("net/ipv6/conf/default/accept_dad", 0)
    # the second multicast listener report: at a random moment, and it counts in OUTPUT
    write_sysctl("net/ipv6/conf/default/mldv2_unsolicited_report_interval", 10 ** 9)
    # a host's router solicitations, when a scenario switches forwarding off
    write_sysctl("net/ipv6/conf/default/router_solicitations", 0)
