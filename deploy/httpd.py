#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""httpd.py PORT DIR [ADDRESS]: python's own file server, but one that asks no name server.

http.server looks up its own name before it listens; in a namespace with no way out that takes a minute.
/me is the address that the client has for the server; what is PUT is answered with its SHA-256.
"""
import functools
import hashlib
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


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path == '/me':
            self.answer(self.client_address[0].removeprefix('::ffff:'))
        else:
            super().do_GET()

    def do_PUT(self):
        digest = hashlib.sha256(self.rfile.read(int(self.headers['Content-Length'])))
        self.answer(digest.hexdigest())

    def answer(self, text):
        body = text.encode() + b'\n'
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)


address = sys.argv[3] if len(sys.argv) > 3 else '::'
handler = functools.partial(Handler, directory=sys.argv[2])
Server((address, int(sys.argv[1])), handler).serve_forever()
