"""This file is a mail scanner between client and POP3 server (TLS on both sides), with a will of its own.

Arguments: certificate, key, mode. Modes: pass; uidl (messages get another identity in each session); bare (TOP and UIDL
are refused). Prints the port that it listens on.
"""

import itertools
import socket
import ssl
import sys
import threading

CERTIFICATE, KEY, MODE = sys.argv[1:4]
SESSIONS = itertools.count(1)
LISTS = (b"CAPA", b"UIDL", b"TOP", b"RETR", b"LIST")


def context_for(side):
    context = ssl.SSLContext(side)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if side == ssl.PROTOCOL_TLS_SERVER:
        context.load_cert_chain(CERTIFICATE, KEY)
    return context


def serve(client):
    number = next(SESSIONS)
    with context_for(ssl.PROTOCOL_TLS_SERVER).wrap_socket(client, server_side=True) as client, \
            context_for(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(socket.create_connection(("203.0.113.10", 995), 10)) as server:
        asked, answers = client.makefile("rb"), server.makefile("rb")
        client.sendall(answers.readline())
        while line := asked.readline():
            words = line.upper().split() or [b""]
            if MODE == "bare" and words[0] in (b"TOP", b"UIDL"):
                client.sendall(b"-ERR unknown command\r\n")
                continue
            server.sendall(line)
            client.sendall(reply := answers.readline())
            if not reply.startswith(b"+OK") or words[0] not in LISTS or (words[0] == b"LIST" and len(words) > 1):
                continue
            while (line := answers.readline()) not in (b".\r\n", b""):
                if MODE == "uidl" and words[0] == b"UIDL":
                    line = line.split()[0] + b" session-%d-%s" % (number, line.split()[1]) + b"\r\n"
                client.sendall(line)
            client.sendall(line)


def answer(client):
    try:
        serve(client)
    except (OSError, ValueError):
        pass


def main():
    with socket.create_server(("0.0.0.0", 0), backlog=16) as door:
        print(door.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=answer, args=(door.accept()[0],), daemon=True).start()


main()
