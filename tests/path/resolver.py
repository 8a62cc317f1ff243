"""This file is a small resolver that lies or keeps silent as its words say; otherwise it passes questions on to Knot.

Words: ADDRESS PORT MODE [TEXT]: silent; servfail; no-aaaa (silence for AAAA); slow SECONDS; all ADDRESS (every name
leads there); host NAME ADDRESS (this one does); pass.
"""

import socket
import struct
import sys
import threading
import time

HERE, MODE, WORDS = (sys.argv[1], int(sys.argv[2])), sys.argv[3], sys.argv[4:]
KNOT = ("203.0.113.53", 53)
A, AAAA, NO_SUCH_NAME, REFUSED = 1, 28, 3, 5


def question(packet):
    at, labels = 12, []
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin-1").lower())
        at += packet[at] + 1
    return ".".join(labels), struct.unpack(">H", packet[at + 1:at + 3])[0], at + 5


def answer(packet, end, address, kind, code=0):
    found = address and kind == A
    head = packet[:2] + struct.pack(">5H", 0x8180 | code, 1, 1 if found else 0, 0, 0)
    record = b"\xc0\x0c" + struct.pack(">2HIH", A, 1, 60, 4) + socket.inet_aton(address) if found else b""
    return head + packet[12:end] + record


def ask_knot(packet):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as up:
        up.settimeout(2)
        up.sendto(packet, KNOT)
        return up.recv(4096)


def reply(packet):
    """Bytes, or None for silence."""
    name, kind, end = question(packet)
    if MODE == "silent" or (MODE == "no-aaaa" and kind == AAAA):
        return None
    if MODE == "servfail":
        return answer(packet, end, None, kind, 2)
    if MODE == "all":
        return answer(packet, end, WORDS[0], kind)
    if MODE == "host" and name == WORDS[0]:
        return answer(packet, end, WORDS[1], kind)
    if MODE == "slow":
        time.sleep(float(WORDS[0]))
    said = ask_knot(packet)
    # Knot refuses what it has no zone for; the Internet's name servers say that there is no such name.
    return answer(packet, end, None, kind, NO_SUCH_NAME) if said[3] & 15 == REFUSED else said


def serve(door, packet, who):
    try:
        said = reply(packet)
    except (OSError, IndexError):
        return
    if said:
        door.sendto(said, who)


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(HERE)
        print("ready", flush=True)
        while True:
            packet, who = door.recvfrom(4096)
            threading.Thread(target=serve, args=(door, packet, who), daemon=True).start()


main()
