# SPDX-License-Identifier: BSD-3-Clause
"""A frame every router answers at once, whatever its rules: the answer says that all before it is done.

It is an ARP probe (RFC 5227, sender 0.0.0.0) for the router's own address from a MAC of its own: no
chain sees it, it makes no neighbour entry, and the answer goes to that MAC. Frames of one side are
handled in order, so when the answer is here, so is everything the frames before it have caused.
"""
import socket
import struct

from .address import IPV4, PORT

# ends with the probe's number
PREFIX = bytes.fromhex("02777777")
# how long the answer may take where it is not known that there is one; only a router that has lost its address or link
# does not answer
LIMIT = 0.15
# and where it is, as the machine may be busy
PATIENCE = 10


def probe(side, number):
    mac = PREFIX + struct.pack("!H", number)
    return (b"\xff" * 6 + mac + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1)
            + mac + bytes(4) + bytes(6) + socket.inet_aton(IPV4[PORT[side]]))


def answer_number(frame):
    """The number of the probe that the frame answers; None for all other frames."""
    return struct.unpack_from("!H", frame, 4)[0] if frame[:4] == PREFIX else None
