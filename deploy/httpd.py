#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""httpd.py PORT DIR: python's own file server, but one that asks no name server.

http.server looks up its own name before it listens; in a namespace with no way out that takes a minute.
"""
import functools
import http.server
import socket
import socketserver
import sys


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6    # and IPv4, as mapped addresses
    request_queue_size = 64

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = 'lab', self.server_address[1]


handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[2])
Server(('::', int(sys.argv[1])), handler).serve_forever()
