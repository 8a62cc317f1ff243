"""This file is a mail scanner between client and submission server: it opens TLS with the practice certificate.

Arguments: certificate, key, mode, word. Modes: pass; no-answer (the reply to the end of a message is swallowed); cut
(the connection is reset when a message holds the word); early (it says that all is well itself, and loses the message);
refuse (550 to messages that hold the word). Prints the port that it listens on.
"""

import socket
import ssl
import struct
import sys
import threading

CERTIFICATE, KEY, MODE = sys.argv[1:4]
WORD = " ".join(sys.argv[4:]).encode()
SERVER = ("203.0.113.10", 465)


def context_for(side):
    context = ssl.SSLContext(side)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if side == ssl.PROTOCOL_TLS_SERVER:
        context.load_cert_chain(CERTIFICATE, KEY)
    return context


class Session:
    def __init__(self, client):
        self.client = context_for(ssl.PROTOCOL_TLS_SERVER).wrap_socket(client, server_side=True)
        up = socket.create_connection(SERVER, 10)
        self.server = context_for(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(up)
        self.from_client, self.from_server = self.client.makefile("rb"), self.server.makefile("rb")

    def reply(self):
        """A whole answer of the server."""
        text = b""
        while line := self.from_server.readline():
            text += line
            if line[3:4] == b" ":
                break
        return text

    def cut(self):
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.client.close()

    def message(self):
        text = b""
        while (line := self.from_client.readline()) not in (b".\r\n", b""):
            text += line
        return text

    def take_message(self):
        """False when the session is over."""
        text = self.message()
        if MODE == "early":
            self.client.sendall(b"250 2.0.0 Ok: queued as SCANNER\r\n")
            return False
        if MODE == "cut" and WORD in text:
            self.from_client.close()
            self.cut()
            return False
        if MODE == "refuse" and WORD in text:
            self.client.sendall(b"550 5.6.11 Line too long or bare LF\r\n")
            # The server, which waits for the message, gets none; the client is answered from here on.
            while self.from_client.readline():
                self.client.sendall(b"250 2.0.0 Ok\r\n")
            return False
        self.server.sendall(text + b".\r\n")
        answer = self.reply()
        if MODE == "no-answer":
            threading.Event().wait(60)
            return False
        self.client.sendall(answer)
        return True

    def run(self):
        self.client.sendall(self.reply())
        while line := self.from_client.readline():
            self.server.sendall(line)
            answer = self.reply()
            self.client.sendall(answer)
            if answer.startswith(b"334"):
                continue
            if line[:4].upper() == b"DATA" and answer.startswith(b"354") and not self.take_message():
                break
            if line[:4].upper() == b"QUIT":
                break
        self.client.close()


def serve(client):
    try:
        Session(client).run()
    except (OSError, ValueError):
        pass


def main():
    with socket.create_server(("0.0.0.0", 0), backlog=16) as door:
        print(door.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=serve, args=(door.accept()[0],), daemon=True).start()


main()
