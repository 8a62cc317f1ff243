"""This file carries packets between two namespaces (process ids as arguments) and treats them as told on standard input.

delay MS, jitter MS (each way), loss PERCENT, rate BYTES (a second, from the second namespace to the first, with all that
waits in a queue), idle SECONDS: packets of a TCP flow that rested longer vanish without a
word, as in a router that forgot it; reset takes everything back. Each line is answered with "ok".
"""

import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 1, 0x1000, 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
ROOM, TCP, SYN = 65536, 6, 2


def tun_in(pid, name):
    with open(f"/proc/{pid}/ns/net", "rb") as space:
        if LIBC.setns(space.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return tun


def flow_of(packet):
    """(the flow's name, the same for both directions, and whether this packet begins it), or None for other packets."""
    if packet[0] >> 4 == 4:
        start, protocol, ends = (packet[0] & 15) * 4, packet[9], (packet[12:16], packet[16:20])
    else:
        start, protocol, ends = 40, packet[6], (packet[8:24], packet[24:40])
    if protocol != TCP or len(packet) < start + 14:
        return None
    ports = packet[start:start + 2], packet[start + 2:start + 4]
    return frozenset(zip(ends, ports)), bool(packet[start + 13] & SYN)


class Relay:
    def __init__(self, ends):
        self.narrow = ends[1]
        self.other = {ends[0]: ends[1], ends[1]: ends[0]}
        self.waiting, self.number, self.last = [], 0, {}
        self.reset()

    def reset(self):
        self.set = {"delay": 0.0, "jitter": 0.0, "loss": 0.0, "idle": 0.0, "rate": 0.0}
        self.flows = {}

    def order(self, line):
        name, _, value = line.strip().partition(" ")
        if name == "reset":
            self.reset()
        else:
            self.set[name] = float(value)

    def is_forgotten(self, packet, now):
        """Once forgotten, for good, until the flow begins anew."""
        found = flow_of(packet)
        if not found:
            return False
        name, begins = found
        seen = now if begins else self.flows.get(name, now)
        self.flows[name] = now if seen is not None and now - seen <= self.set["idle"] else None
        return self.flows[name] is None

    def take(self, end, now):
        while True:
            try:
                packet = os.read(end, ROOM)
            except (BlockingIOError, OSError):
                return
            if self.set["loss"] and random.random() * 100 < self.set["loss"]:
                continue
            if self.set["idle"] and self.is_forgotten(packet, now):
                continue
            if not self.set["delay"] and not self.set["rate"] and not self.waiting:
                self.give(end, packet)
                continue
            self.number += 1
            when = now + (self.set["delay"] + random.random() * self.set["jitter"]) / 1000
            # Packets keep their order: jitter is no reordering.
            when = max(when, self.last.get(end, 0))
            if self.set["rate"] and end == self.narrow:
                when = max(now, self.last.get(end, 0)) + len(packet) / self.set["rate"] + self.set["delay"] / 1000
            self.last[end] = when
            heapq.heappush(self.waiting, (when, self.number, end, packet))

    def give(self, end, packet):
        try:
            os.write(self.other[end], packet)
        except OSError:
            pass

    def run(self):
        poll = select.poll()
        for file in [*self.other, 0]:
            poll.register(file, select.POLLIN)
        while True:
            now = time.monotonic()
            while self.waiting and self.waiting[0][0] <= now:
                _, _, end, packet = heapq.heappop(self.waiting)
                self.give(end, packet)
            rest = max(0, (self.waiting[0][0] - now) * 1000) if self.waiting else None
            for file, _ in poll.poll(rest):
                if file:
                    self.take(file, time.monotonic())
                    continue
                line = sys.stdin.readline()
                if not line:
                    return
                self.order(line)
                print("ok", flush=True)


def main():
    ends = [tun_in(sys.argv[1], "m1"), tun_in(sys.argv[2], "s0")]
    print("ready", flush=True)
    Relay(ends).run()


main()
