# SPDX-License-Identifier: BSD-3-Clause
"""Who asks? who.py --serve PORT... tells each TCP client which address it comes from and which port it has reached;
who.py HOST PORT [SECONDS] asks, and prints the answer (nothing: refused, or none in so many seconds)."""
import select
import socket
import sys
import time


def serve(ports):
    listening = []
    for port in ports:
        listening.append(socket.create_server(("", port)))
    while True:
        for server in select.select(listening, [], [])[0]:
            peer, address = server.accept()
            with peer:
                peer.sendall(f"{address[0]} {server.getsockname()[1]}\n".encode())


def ask(host, port, seconds="30"):
    until = time.monotonic() + float(seconds)
    # on a busy machine the first answer may be "no route": nobody answered to ARP in three seconds
    while (left := until - time.monotonic()) > 0:
        try:
            with socket.create_connection((host, int(port)), left) as s:
                print(s.makefile().readline().strip())
                return
        except OSError:
            time.sleep(0.2)
    print()


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        serve([int(port) for port in sys.argv[2:]])
    else:
        ask(*sys.argv[1:])
