"""This file is run by the system's own Python, which has libpff: it judges what came back from damaged copies of one store.

repair_judge.py TOOLS ORIGINAL [OTHER...] reads lines of JSON {"hits": [[at, size]], "repaired": path or null, "damaged": path} and
answers each with a line of counts. "back" and "placed" are of the messages that the damage missed ("intact"), by what a
reader sees of them. "same" is of everything that libpff reads: every property, flags, names of properties, recipients,
attachments, messages in messages. "unmarked" are messages of the new store that say of themselves that they are whole
and are in no way, by that measure, in the old one.
"""

import collections
import json
import os
import subprocess
import sys

sys.path.insert(0, sys.argv[1])
sys.path.insert(1, os.path.dirname(os.path.abspath(__file__)))

import libpff  # noqa: E402
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


class Whole:
    """Everything that libpff reads of the items of a store."""

    def __init__(self, path):
        try:
            self.items = libpff.read(path) if path else []
        except OSError:
            self.items = []
        self.by_nid = {nid: message for nid, _, _, message in self.items}
        # One that was in another may stand alone now.
        self.inner = {inner for _, _, _, message in self.items for inner in message.inner}
        self.digests = collections.Counter(message.digest() for _, _, _, message in self.items)
        # Fingerprints of messages of other stores that may turn up.
        self.strange = set()
        self.sound = collections.Counter(message.digest() for _, _, _, message in self.items if not is_marked(message))

    def strangers(self, other):
        """Items that call themselves whole and are not in the other store, or more often than there."""
        return [(nid, path, message) for nid, path, _, message in self.items
                if not is_marked(message) and message.digest() not in other.digests and message.digest() not in other.inner]

    def seen(self, prints):
        """The fingerprints. Those of messages with others in them are of the bytes of these, which differ between kinds of
        store: there it is a digest of what the bytes say."""
        for mark, nid, where in prints:
            message = self.by_nid.get(nid)
            yield (message.seen().hex() if message and message.inner else mark), nid, where


def is_marked(message):
    return any(name.endswith(":postmend-damage") for name in message.own)


def describe(stranger, original):
    """What differs from the item that had the same number, for whoever looks into it."""
    nid, path, message = stranger
    before = next((old for number, _, _, old in original.items if number == nid), None)
    if not before:
        return f"0x{nid:X} in {path}: a new number"
    names = [name for name in set(before.own) | set(message.own) if before.own.get(name) != message.own.get(name)]
    names += ["recipients"] * (before.recipients != message.recipients)
    names += ["attachments"] * (before.attachments != message.attachments)
    return f"0x{nid:X} in {path}: {', '.join(names)}"


def judge(store, messages, original, job):
    intact, hit = [], []
    for mark, nid, where in messages:
        if nid not in store.nodes:
            continue
        extents, page = store.node_extents(nid)
        (hit if touched(extents + [page], job["hits"]) else intact).append((mark, where, nid))
    now = Whole(job["repaired"])
    found = list(now.seen(repaired(job["repaired"])))
    marks = [mark for mark, _, _ in found]
    back = take(marks, [mark for mark, _, _ in intact])
    known = {mark for mark, _, _ in messages} | original.strange
    distinct = {mark for mark, _, _ in intact}
    strangers = now.strangers(original)
    return {"intact": len(intact), "hit": len(hit), "back": back,
            "placed": take(((mark, where) for mark, _, where in found), [(mark, where) for mark, where, _ in intact]),
            "beyond": take(marks, [mark for mark, _, _ in intact + hit]) - back,
            "altered": sum(1 for mark in marks if mark not in known),
            "distinct": len(distinct), "distinct_back": len(distinct & set(marks)),
            "same": take(now.sound.elements(), [original.by_nid[nid].digest() for _, _, nid in intact if nid in original.by_nid]),
            "unmarked": len(strangers), "which": [describe(one, original) for one in strangers[:3]],
            "surplus": sum(n for one, n in (now.sound - original.digests).items()
                           if one in original.digests and one not in original.inner),
            "export": take(read(job["damaged"], "e"), [mark for mark, _, _ in intact]),
            "recover": take(read(job["damaged"], "r"), [mark for mark, _, _ in intact])}


def main():
    with open(sys.argv[2], "rb") as file:
        store = Store(file.read())
    original = Whole(sys.argv[2])
    messages = list(original.seen(fingerprints(sys.argv[2], orphans=False)))
    for path in sys.argv[3:]:
        other = Whole(path)
        original.strange |= {mark for mark, _, _ in other.seen(fingerprints(path, orphans=False))}
        original.inner |= other.inner | set(other.digests)
    for line in sys.stdin:
        print(json.dumps(judge(store, messages, original, json.loads(line))), flush=True)


main()
