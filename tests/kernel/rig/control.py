# SPDX-License-Identifier: BSD-3-Clause
"""Speaks to the daemon's socket as polluxctl does (lib/command/cmd_wire.h), without a process a command."""
import socket
import struct

RUN_INPUT, ANSWER, PART = 2, 5, 6
LIMIT = 120


class Control:
    """One connection; commands one after another."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(LIMIT)
        self._socket.connect(path)

    def close(self):
        self._socket.close()

    def ask(self, argv, stdin=""):
        """(exit code, output, errors) as text; OSError when there is no answer."""
        words = b"".join(word.encode() + b"\0" for word in argv)
        # no terminal: 0 columns
        body = b"/\0" + struct.pack("!II", 0, len(argv)) + words + stdin.encode()
        self._socket.sendall(struct.pack("!II", len(body), RUN_INPUT) + body)
        parts = b""
        while True:
            length, kind = struct.unpack("!II", self._take(8))
            answer = self._take(length)
            if kind == ANSWER:
                break
            if kind != PART:
                raise OSError(f"the daemon answered with a frame of type {kind}")
            parts += answer
        code, shown = struct.unpack_from("!II", answer)
        output, errors = parts + answer[8:8 + shown], answer[8 + shown:]
        return code, output.decode(errors="replace"), errors.decode(errors="replace")

    def _take(self, length):
        taken = bytearray()
        while len(taken) < length:
            part = self._socket.recv(length - len(taken))
            if not part:
                raise OSError("the daemon closed the connection")
            taken += part
        return bytes(taken)
