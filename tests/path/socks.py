"""This file is a proxy that stands elsewhere: SOCKS 5 or HTTP CONNECT; words: ADDRESS PORT socks|http|no."""

import socket
import struct
import sys
import threading

HERE, MODE = (sys.argv[1], int(sys.argv[2])), sys.argv[3]
# Names are resolved where the proxy stands.
NAMES = {"imap.practice.example": "203.0.113.10", "smtp.practice.example": "203.0.113.10",
         "pop.practice.example": "203.0.113.10", "mail.elsewhere.example": "203.0.113.20"}


def carry(source, target):
    try:
        while chunk := source.recv(65536):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def socks(client):
    client.recv(3)
    client.sendall(b"\x05\x00")
    head = client.recv(4)
    if head[3] == 3:
        host = client.recv(client.recv(1)[0]).decode()
    else:
        host = socket.inet_ntoa(client.recv(4))
    port = struct.unpack(">H", client.recv(2))[0]
    if MODE == "no":
        client.sendall(b"\x05\x02\x00\x01\0\0\0\0\0\0")
        return None
    return host, port, b"\x05\x00\x00\x01\0\0\0\0\0\0", b"\x05\x05\x00\x01\0\0\0\0\0\0"


def http(client):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += client.recv(1)
    host, _, port = head.split()[1].decode().rpartition(":")
    return host, int(port), b"HTTP/1.1 200 Connected\r\n\r\n", b"HTTP/1.1 502 Bad Gateway\r\n\r\n"


def serve(client):
    with client:
        asked = http(client) if MODE == "http" else socks(client)
        if not asked:
            return
        host, port, good, bad = asked
        try:
            server = socket.create_connection((NAMES.get(host, host), port), 3)
        except OSError:
            client.sendall(bad)
            return
        server.settimeout(None)
        client.sendall(good)
        threading.Thread(target=carry, args=(client, server), daemon=True).start()
        carry(server, client)


def main():
    with socket.create_server(HERE, backlog=64) as door:
        print("ready", flush=True)
        while True:
            threading.Thread(target=serve, args=(door.accept()[0],), daemon=True).start()


main()
