"""This file counts the round trips of a diagnosis from its trace, over a link of 50 ms, and how long it took.

round_trips.py RUNS [starttls]: lines of JSON, without and with a login, in networks of its own. The domain names the
ports with TLS from the first byte, or those where STARTTLS leads to it. Run by the bench.

The chain that the protocols demand: one question to the DNS (all are asked at once), the connection, the handshake of
TLS 1.3, the greeting, and one for each command that must wait for the answer before it; of the longest conversation. What
is asked beside it, on connections of its own, counts nothing: none of it depends on more than the chain does.
"""

import collections
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import world

import doctor
import provider

ROUND_TRIP_MS = 50
STARTTLS = ["_imap._tcp SRV 0 1 143 imap", "_pop3._tcp SRV 20 1 110 pop", "_submission._tcp SRV 0 1 587 smtp"]
DNS = 1


def chain_of(lines):
    """(round trips, URL) of the longest conversation: those that the trace calls "URL at ADDRESS"."""
    counted, waits = collections.Counter(), set()
    for line in lines:
        peer, what = line["peer"], line["what"]
        if " at " not in peer:
            continue
        if what in ("connect", "tls"):
            counted[peer] += 1
            waits.add(peer)  # what comes next by itself is the greeting
        elif what == "send":
            waits.add(peer)
        elif what == "receive" and peer in waits:
            counted[peer] += 1
            waits.remove(peer)
    peer, n = max(counted.items(), key=lambda item: item[1])
    return DNS + n, peer.split(" at ")[0]


def measure(own, login):
    trace = os.path.join(own.folder, "trace")
    done = doctor.visit(provider.ADDRESS, *own.words, *(own.login() if login else []), "--trace", trace)
    doctor.expect_healthy(done)
    with open(trace, encoding="utf-8") as file:
        trips, url = chain_of([json.loads(line) for line in file])
    return {"login": login, "door": url.split(":")[0], "seconds": done.seconds, "round_trips": trips, "longest": url,
            "ratio": done.seconds * 1000 / (trips * ROUND_TRIP_MS)}


def main():
    if "starttls" in sys.argv:
        provider.RECORDS[:] = [record for record in provider.RECORDS if " SRV " not in record] + STARTTLS
    at = world.World()
    own = provider.Provider(at)
    try:
        at.relay(f"delay {ROUND_TRIP_MS / 2}")
        measure(own, True)  # the servers are started by their first visitor
        for _ in range(int(sys.argv[1])):
            for login in (False, True):
                print(json.dumps(measure(own, login)), flush=True)
    finally:
        own.stop()


if __name__ == "__main__":
    if not world.enter_alone():
        sys.exit(77)
    main()
