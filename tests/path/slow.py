"""This file is a server or a box that takes its time: TLS on both sides, in front of IMAP or POP3.

Arguments: certificate, key, port of the server behind it, mode, number. Modes: pass; greet, login, first (as many seconds
until the greeting, the answer to the login, the first byte of a message); trickle (messages at as many bytes a second);
hold (messages only once all of them is there). Prints the port that it listens on.
"""

import socket
import ssl
import sys
import threading
import time

CERTIFICATE, KEY, PORT, MODE, NUMBER = sys.argv[1:6]
LOGINS, FETCHES = (b"LOGIN", b"AUTHENTICATE", b"AUTH", b"PASS"), (b"BODY.PEEK[", b"TOP ", b"RETR ")
PIECE = 256


def context_for(side):
    context = ssl.SSLContext(side)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if side == ssl.PROTOCOL_TLS_SERVER:
        context.load_cert_chain(CERTIFICATE, KEY)
    return context


class Between:
    def __init__(self, client, server):
        self.client, self.server, self.stage, self.waited = client, server, "greet", False

    def commands(self):
        try:
            for line in iter(self.client.makefile("rb").readline, b""):
                words = line.upper().split()
                if any(word in LOGINS for word in words[:2]):
                    self.stage = "login"
                if any(word in line.upper() for word in FETCHES):
                    self.stage = "first"
                self.server.sendall(line)
        except (OSError, ValueError):
            pass

    def answers(self):
        while chunk := self.server.recv(16384):
            stage, self.stage = self.stage, self.stage if self.stage == "first" else ""
            if MODE == stage and not self.waited:
                time.sleep(float(NUMBER))
                self.waited = True
            if MODE == "trickle" and stage == "first":
                self.trickle(chunk)
            elif MODE == "hold" and stage == "first":
                self.client.sendall(chunk + self.rest())
            else:
                self.client.sendall(chunk)

    def trickle(self, chunk):
        for at in range(0, len(chunk), PIECE):
            self.client.sendall(chunk[at:at + PIECE])
            time.sleep(PIECE / float(NUMBER))

    def rest(self):
        """What comes until the server is quiet."""
        self.server.settimeout(float(NUMBER))
        chunks = []
        try:
            while chunk := self.server.recv(16384):
                chunks.append(chunk)
        except TimeoutError:
            pass
        self.server.settimeout(None)
        self.stage = ""
        return b"".join(chunks)


def serve(raw):
    try:
        with context_for(ssl.PROTOCOL_TLS_SERVER).wrap_socket(raw, server_side=True) as client, \
                context_for(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(
                    socket.create_connection(("203.0.113.10", int(PORT)), 10)) as server:
            server.settimeout(None)
            both = Between(client, server)
            threading.Thread(target=both.commands, daemon=True).start()
            both.answers()
            client.unwrap()
    except (OSError, ValueError):
        pass


def main():
    with socket.create_server(("0.0.0.0", 0), backlog=16) as door:
        print(door.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=serve, args=(door.accept()[0],), daemon=True).start()


main()
