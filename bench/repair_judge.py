"""This file is run by the system's own Python, which has libpff: it judges what came back from damaged copies of one store.

repair_judge.py TOOLS ORIGINAL reads lines of JSON {"hits": [[at, size]], "repaired": path or null, "damaged": path} and
answers each with a line of counts. "back" and "placed" are of the messages that the damage missed ("intact").
"""

import collections
import json
import subprocess
import sys

sys.path.insert(0, sys.argv[1])

from fingerprint import fingerprints  # noqa: E402
from storemap import Store  # noqa: E402

SECONDS = 20
# A damaged store may end the reader, so it reads in a process of its own.
READ = ("import json, sys\nsys.path.insert(0, sys.argv[1])\nfrom fingerprint import fingerprints\n"
        "print(json.dumps([p[0] for p in fingerprints(sys.argv[2], orphans=sys.argv[3] == 'r', recovered=sys.argv[3] == 'r')]))")


def touched(extents, hits):
    return any(at < hit + size and hit < at + length for at, length in extents for hit, size in hits)


def read(path, mode):
    """Fingerprints that libpff gets from a damaged store, in its export or its recovery mode; none when it gives up."""
    try:
        done = subprocess.run(["/usr/bin/python3", "-c", READ, sys.argv[1], path, mode], capture_output=True, text=True,
                              timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return collections.Counter()
    return collections.Counter(json.loads(done.stdout)) if done.returncode == 0 else collections.Counter()


def take(have, wanted):
    have, n = collections.Counter(have), 0
    for mark in wanted:
        if have[mark] > 0:
            have[mark] -= 1
            n += 1
    return n


def repaired(path):
    try:
        return fingerprints(path, orphans=False) if path else []
    except OSError:
        return []


def judge(store, messages, job):
    intact, hit = [], []
    for mark, nid, where in messages:
        if nid not in store.nodes:
            continue
        extents, page = store.node_extents(nid)
        (hit if touched(extents + [page], job["hits"]) else intact).append((mark, where))
    found = repaired(job["repaired"])
    back = take((mark for mark, _, _ in found), [mark for mark, _ in intact])
    known = {mark for mark, _, _ in messages}
    return {"intact": len(intact), "hit": len(hit), "back": back,
            "placed": take(((mark, where) for mark, _, where in found), intact),
            "beyond": take((mark for mark, _, _ in found), [mark for mark, _ in intact + hit]) - back,
            "altered": sum(1 for mark, _, _ in found if mark not in known),
            "export": take(read(job["damaged"], "e"), [mark for mark, _ in intact]),
            "recover": take(read(job["damaged"], "r"), [mark for mark, _ in intact])}


def main():
    with open(sys.argv[2], "rb") as file:
        store = Store(file.read())
    messages = fingerprints(sys.argv[2], orphans=False)
    for line in sys.stdin:
        print(json.dumps(judge(store, messages, json.loads(line))), flush=True)


main()
