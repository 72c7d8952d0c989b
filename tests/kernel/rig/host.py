# SPDX-License-Identifier: BSD-3-Clause
"""Programs on the router itself: raw sockets where its host is.

With the kernel that is its own namespace; with Pollux another one, which gets the
twins of both ports. The host's stack answers pings, and for ports without listeners,
as on any machine.
"""
import contextlib
import os
import socket

from . import netns
from .lab import run_ip, write_sysctl

ETHERNET = 14
LISTENS = (socket.IPPROTO_ICMP, socket.IPPROTO_TCP, socket.IPPROTO_UDP)


class Host:
    """Context manager; the caller is in the router's namespace, and is so afterwards."""

    def __init__(self, router, ipv6):
        """``ipv6``: it has that too, and now and then says which groups it is in."""
        self._ipv6 = ipv6
        self._router = router
        self._space = None     # Pollux's host
        self.sockets = []      # what is delivered to the host: IPv4 packets
        self._sender = {}
        self.reports = 0       # of multicast groups, soon

    def __enter__(self):
        if self._router.routes_in_kernel:
            self._open()
            return self
        home = netns.current()
        try:
            self._space = netns.create()
            self._quiet()
            self._router.twins(f"/proc/{os.getpid()}/fd/{self._space}")
            # the twins' networks are there already; nobody asks for neighbours by them
            run_ip(["route add default dev r1 metric 9999"] + ["route add ::/0 dev r1 metric 9999"] * self._ipv6)
            self._open()
        finally:
            netns.enter(home)
            os.close(home)
        return self

    def __exit__(self, *_):
        for sock in [*self.sockets, *self._sender.values()]:
            sock.close()
        if self._space is not None:
            self._router.twins(None)
            os.close(self._space)

    def send(self, frame):
        """The packet behind an Ethernet header, whoever that is to."""
        packet = frame[ETHERNET:]
        version = packet[0] >> 4
        to = socket.inet_ntoa(packet[16:20]) if version == 4 else socket.inet_ntop(socket.AF_INET6, packet[24:40])
        # The kernel says at once what became of it; with Pollux, another router, the host learns it later.
        with contextlib.suppress(OSError):
            self._sender[version].sendto(packet, (to, 0))

    def _quiet(self):
        run_ip(["link set lo up"])
        write_sysctl("net/ipv6/conf/default/disable_ipv6", int(not self._ipv6))
        write_sysctl("net/ipv6/conf/default/accept_dad", 0)
        write_sysctl("net/ipv6/conf/default/mldv2_unsolicited_report_interval", 10 ** 9)
        write_sysctl("net/ipv6/conf/default/router_solicitations", 0)
        self.reports = 4 * self._ipv6

    def _open(self):
        for family, protocol in ((socket.AF_INET, 4), (socket.AF_INET6, 6)):
            sock = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW)
            if family == socket.AF_INET:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            self._sender[protocol] = sock
        for protocol in LISTENS:
            sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol)
            sock.setblocking(False)
            self.sockets.append(sock)
