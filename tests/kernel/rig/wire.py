# SPDX-License-Identifier: BSD-3-Clause
"""The raw hosts' packet sockets: writes frames, collects what the router emits."""
import errno
import select
import socket
import time
import os

from . import normal, sentinel

ETH_P_ALL = 3
PACKET_OUTGOING = 4
SO_RCVBUFFORCE = 33
HOST_PROBES = 3
DEVICE_LIMIT = 5             # seconds
# what the host hears has no header: this one lets it be compared and shown as frames are
NO_ETHERNET = bytes(12) + b"\x08\x00"


class Wire:
    """``frames[side]`` grows with every frame the router emits on that side."""

    def __init__(self, devices):
        self.frames = {side: [] for side in devices}
        self._side_of = {}
        self._socket = {}
        self.noise = 0             # frames that were not kept
        self._host = None
        self._hears = {}           # descriptor -> socket of the host
        self._probes = 0
        self._answered = -1
        self._poll = select.poll()
        for side, device in devices.items():
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            self._socket[side] = sock
            self._side_of[sock.fileno()] = side
            sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
            sock.bind((device, ETH_P_ALL))
            sock.setblocking(False)
            self._poll.register(sock, select.POLLIN)

    def close(self):
        for sock in self._socket.values():
            sock.close()

    def open_host(self, host):
        """A side more: what the router's host sends and hears (host.py)."""
        self._host = host
        self.frames["h"] = []
        for sock in host.sockets:
            self._hears[sock.fileno()] = sock
            self._poll.register(sock, select.POLLIN)

    def close_host(self):
        for descriptor in self._hears:
            self._poll.unregister(descriptor)
        self._hears.clear()
        del self.frames["h"]
        self._host = None

    def counts(self):
        return {side: len(list_) for side, list_ in self.frames.items()}

    def send(self, frames):
        """``frames``: (side, bytes) pairs, written back to back from one CPU.

        From one CPU, because the kernel router works on each CPU's own input
        queue: a move between two writes could swap two frames.
        """
        allowed = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(allowed)})
        try:
            for side, frame in frames:
                self._send_one(self._host if side == "h" else self._socket[side], frame)
        finally:
            os.sched_setaffinity(0, allowed)

    @staticmethod
    def _send_one(sock, frame):
        """A device that has come up takes no frames until the kernel has noticed, up to a second later."""
        deadline = time.monotonic() + DEVICE_LIMIT
        while True:
            try:
                return sock.send(frame)
            except OSError as error:
                if error.errno != errno.ENOBUFS or time.monotonic() > deadline:
                    raise
            time.sleep(0.02)

    def sync(self, limit=sentinel.LIMIT):
        """Collect all that the frames sent so far have caused; False: a side answers no probes within ``limit``.

        One side after the other: a router may send out one port's frames before another's. What the host has
        to do with reaches the wires with the next probe.
        """
        times = 1 if self._host is None else HOST_PROBES
        return all([self._sync_side(side, limit) for side in list(self._socket) * times])

    def _sync_side(self, side, limit):
        self._probes = (self._probes + 1) & 0xFFFF
        self.send([(side, sentinel.probe(side, self._probes))])
        deadline = time.monotonic() + limit
        while self._answered != self._probes:
            left = deadline - time.monotonic()
            # once more when it is too late: who waits may not have run meanwhile
            for descriptor, _ in self._poll.poll(max(0, left * 1000)):
                self._drain(descriptor)
            if left <= 0:
                break
        return self._answered == self._probes

    def await_noise(self, number, limit):
        """Wait until ``number`` frames that are not kept have come, ``limit`` seconds at most."""
        deadline = time.monotonic() + limit
        while self.noise < number and time.monotonic() < deadline:
            self._collect(0.002)

    def clear(self):
        for frames in self.frames.values():
            frames.clear()

    def settle(self, quiet, target=None, limit=0.0):
        """Collect until the wires were quiet for ``quiet`` seconds.

        With a ``target`` (counts per side) wait for it first, up to ``limit`` seconds.
        """
        deadline = time.monotonic() + limit
        while target and not self._reached(target):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            self._collect(left)
        while self._collect(quiet):
            pass

    def _reached(self, target):
        return all(len(self.frames[side]) >= number for side, number in target.items())

    def _collect(self, timeout):
        """Wait for frames and take all there are; False when none counted came in time."""
        end = time.monotonic() + timeout
        while True:
            ready = self._poll.poll(max(0, (end - time.monotonic()) * 1000))
            if not ready:
                return False
            if any([self._drain(descriptor) for descriptor, _ in ready]):
                return True

    def _drain(self, descriptor):
        if descriptor in self._hears:
            return self._hear(self._hears[descriptor])
        side = self._side_of[descriptor]
        before = len(self.frames[side])
        while True:
            try:
                frame, origin = self._socket[side].recvfrom(65536)
            except BlockingIOError:
                return len(self.frames[side]) > before
            if origin[2] == PACKET_OUTGOING:
                continue
            if normal.noise(frame):
                self.noise += 1
            elif (number := sentinel.answer_number(frame)) is None:
                self.frames[side].append(frame)
            else:
                self._answered = number

    def _hear(self, sock):
        before = len(self.frames["h"])
        while True:
            try:
                self.frames["h"].append(NO_ETHERNET + sock.recv(65536))
            except BlockingIOError:
                return len(self.frames["h"]) > before
