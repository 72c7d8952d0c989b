#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Datagrams that come back.

	udp_echo.py HOST PORT SECONDS   sends until one does, from wherever; prints 1, or 0 when none did
	udp_echo.py --serve PORT        sends back what comes
"""
import socket
import sys
import time


def serve(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("", port))
        while True:
            data, asker = s.recvfrom(2000)
            s.sendto(data, asker)


def ask(host, port, seconds):
    end = time.monotonic() + seconds
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.settimeout(0.2)
        while time.monotonic() < end:
            s.sendto(b"\x80\x00media", (host, port))
            try:
                s.recv(100)
            except OSError:  # none yet, or nobody listens yet
                continue
            return 1
    return 0


if sys.argv[1] == "--serve":
    serve(int(sys.argv[2]))
print(ask(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
