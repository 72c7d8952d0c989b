# SPDX-License-Identifier: BSD-3-Clause
"""Switches a device's offloads off, so that every frame carries finished checksums.

A veth end otherwise hands over packets with partial checksums and up to 64 KB
long, which no wire would show.
"""
import fcntl
import socket
import struct
import ctypes

SIOCETHTOOL = 0x8946
# linux/ethtool.h: set rx checksum, tx checksum, scatter/gather, TSO, GSO, GRO
SET_COMMANDS = (0x15, 0x17, 0x19, 0x1F, 0x24, 0x2C)


def switch_off(device):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in SET_COMMANDS:
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            request = struct.pack("16sP16x", device.encode(), ctypes.addressof(value))
            fcntl.ioctl(control, SIOCETHTOOL, request)
