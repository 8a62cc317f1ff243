"""This file is a box in the network that takes TCP connections meant for others and treats them as its words say.

pass, reset (at once), reset-hello (at the start of TLS), reset-name NAME (when the start of TLS names it), http (a
sign-in page), strip (no STARTTLS), mask (as a firewall does), banner TEXT (the same for all), one (of several commands
sent together only the first is passed on), garble (noise in the answers). Prints the port that it listens on.
"""

import socket
import struct
import sys
import threading

MODE, WORDS = sys.argv[1], " ".join(sys.argv[2:]).encode()
PAGE = b"HTTP/1.1 302 Found\r\nLocation: http://login.hotel.example/\r\nContent-Length: 0\r\n\r\n"


def cut(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def to_client(chunk, first):
    if MODE == "strip":
        lines = chunk.split(b"\r\n")
        kept = [line for line in lines if b"STARTTLS" not in line.upper() or line.upper().startswith(b"* ")]
        kept = [line.replace(b" STARTTLS", b"") for line in kept]
        if len(kept) < len(lines) and len(kept) > 1 and kept[-2].startswith(b"250-"):
            kept[-2] = b"250 " + kept[-2][4:]
        return b"\r\n".join(kept)
    if MODE == "mask":
        chunk = chunk.replace(b"STARTTLS", b"XXXXXXXA")
        return b"220 " + b"*" * (len(chunk) - 6) + b"\r\n" if first else chunk
    if MODE == "banner" and first:
        return WORDS + b"\r\n"
    if MODE == "garble" and not first:
        return b"\x92\xfe\x01 {zz} \xff\r\n" + chunk
    return chunk


def to_server(chunk):
    if MODE == "one" and chunk.count(b"\r\n") > 1 and not chunk.startswith(b"\x16"):
        return chunk[:chunk.index(b"\r\n") + 2]
    return chunk


def carry(source, target, change):
    first = True
    try:
        while chunk := source.recv(65536):
            target.sendall(change(chunk, first))
            first = False
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def original(client):
    """Where the connection was meant to go: what the kernel's redirection remembers."""
    raw = client.getsockopt(socket.SOL_IP, 80, 16)
    return socket.inet_ntoa(raw[4:8]), struct.unpack(">H", raw[2:4])[0]


def serve(client):
    if MODE == "reset":
        cut(client)
        return
    if MODE == "http":
        client.sendall(PAGE)
        client.recv(4096)
        client.close()
        return
    with socket.create_connection(original(client), 10) as server:
        server.settimeout(None)
        early = b""
        if MODE in ("reset-hello", "reset-name"):
            early = client.recv(65536)
            if MODE == "reset-hello" or WORDS in early:
                cut(client)
                return
            server.sendall(early)
        threading.Thread(target=carry, args=(client, server, lambda chunk, _: to_server(chunk)), daemon=True).start()
        carry(server, client, to_client)
    client.close()


def main():
    with socket.create_server(("0.0.0.0", 0), backlog=64) as door:
        print(door.getsockname()[1], flush=True)
        while True:
            client, _ = door.accept()
            threading.Thread(target=serve, args=(client,), daemon=True).start()


main()
