# SPDX-License-Identifier: BSD-3-Clause
"""Numbers of target SYNPROXY: the cookies with which routers answer SYNs, and their clocks in time stamps.

A SYN/ACK with window 0 has a cookie. What the second router chose there stands for what the first one has, in what
either end gets from then on. Time stamps of such answers, and what echoes them, are made the same. The router's own
acknowledgement to the server echoes what Linux has shifted twice: echoes of ACKs without data are not compared.
"""
from scapy import all as scapy

WORD = 1 << 32


class Cookies:
    """For both sides of a scenario, in which clients are on one side and servers on the other."""

    def __init__(self, commands):
        self._on = any("SYNPROXY" in text for text in commands)
        self._later = {}       # (client, port, server, port) -> how much greater the first router's numbers are

    def frames(self, left, right):
        """``right``, the second router's frames, with the first one's numbers."""
        return [self._frame(was, now) for was, now in zip(left, right)] + right[len(left):] if self._on else right

    def _frame(self, was, now):
        if was == now:
            return now
        first, second = scapy.Ether(was), scapy.Ether(now)
        if not (first.haslayer(scapy.TCP) and second.haslayer(scapy.TCP)):
            return now
        there, here = first[scapy.TCP], second[scapy.TCP]
        ends = (second.payload.dst, here.dport, second.payload.src, here.sport)
        if here.flags & 0x12 == 0x12 and here.window == 0:
            self._later[ends] = there.seq - here.seq
        here.seq = (here.seq + self._later.get(ends, 0)) % WORD
        if here.flags & 0x12 == 2:
            here.ack = (here.ack + self._later.get(ends[2:] + ends[:2], 0)) % WORD
        if ends in self._later or ends[2:] + ends[:2] in self._later:
            here.options = _times(here.options, there.options, here.flags == "A" and not here.payload)
        if not _sums_up(now):
            return now
        del here.chksum
        return bytes(second)


def _times(options, others, bare):
    """With the other's time stamps where both have some, with the same meaning in the lowest bits."""
    theirs = dict(option for option in others if option[0] == "Timestamp").get("Timestamp")
    return [("Timestamp", theirs) if name == "Timestamp" and theirs and _means(value, theirs, bare) else (name, value)
            for name, value in options]


def _means(stamps, others, bare):
    same = [a & 63 == b & 63 for a, b in zip(stamps, others)]
    return same[0] and (same[1] or bare)


def _sums_up(frame):
    """Is the checksum of the segment right?"""
    packet = scapy.Ether(frame)
    del packet[scapy.TCP].chksum
    return scapy.Ether(bytes(packet))[scapy.TCP].chksum == scapy.Ether(frame)[scapy.TCP].chksum
