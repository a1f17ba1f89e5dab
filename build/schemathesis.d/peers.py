"""What the runtime under test talks to: a page and a name server for its probes, and clients.

Prints the ports of the page and of the name server as its first line; then reads the SOCKS port from its input and exchanges bytes
through it, a few connections open at any time, until its input ends.
"""

import http.server
import socket
import struct
import sys
import threading
import time

OPEN_AT_ONCE = 4
PAUSE_SECONDS = 0.25


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/generate_204":
            self.send_response(204)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *arguments):
        pass


def connect(socks, host, port):
    """A connection to host:port through the SOCKS5 inbound; the name is sent as it is (RFC 1928)."""
    client = socket.create_connection(("127.0.0.1", socks), timeout=10)
    client.sendall(b"\x05\x01\x00")
    client.recv(2)
    name = host.encode()
    client.sendall(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + struct.pack(">H", port))
    answer = client.recv(262)
    if answer[1:2] != b"\x00":
        client.close()
        raise ConnectionRefusedError(host)
    return client


def answer_names():
    """A name server that knows no name (RFC 1035, 4.1.1: response, recursion, no such name); its port."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def answer():
        while True:
            query, client = server.recvfrom(4096)
            server.sendto(query[:2] + b"\x81\x83" + query[4:], client)

    threading.Thread(target=answer, daemon=True).start()
    return server.getsockname()[1]


def traffic(socks, page):
    """Opens one connection after the other; the oldest ends when there are enough."""
    alive = []
    round = 0
    while True:
        round += 1
        try:
            if round % 8 == 0:
                connect(socks, "refused.example.com", 80)
            client = connect(socks, "127.0.0.1", page)
            client.sendall(b"GET /hello HTTP/1.1\r\nHost: page\r\n\r\n")
            client.recv(4096)
            alive.append(client)
        except OSError:
            pass  # A test has ended the connection or reloaded the runtime; the next one may do better.
        while len(alive) > OPEN_AT_ONCE:
            alive.pop(0).close()
        time.sleep(PAUSE_SECONDS)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = server.server_address[1]
    print(page, answer_names(), flush=True)
    socks = int(sys.stdin.readline())
    threading.Thread(target=traffic, args=(socks, page), daemon=True).start()
    sys.stdin.read()


main()
