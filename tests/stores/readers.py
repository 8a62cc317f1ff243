"""This file asks independent readers what is in a store: libpff property by property, libpst message by message as it
exports them, pst-extractor with each attachment's bytes; and what is different between two.
"""

import collections
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile

import stores
import tap

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = os.path.join(HERE, "..", "..", ".cache", "readers", "node_modules")
# What libpst makes up itself: borders between parts, the time of the export, numbers of blocks.
MADE_UP = re.compile(rb"boundary-LibPST-iamunique-\d+|\"i\d+\.ics\"|^DTSTAMP:.*$|^UID:0x[0-9a-f]+", re.M)


def by_libpff(path):
    done = subprocess.run(["/usr/bin/python3", os.path.join(HERE, "dump.py"), path], capture_output=True, text=True, check=False)
    # What it cannot read before it need not read after.
    if done.returncode:
        return None
    return {(one["kind"], one["nid"]): one for one in map(json.loads, done.stdout.splitlines())}


def by_libpst(path):
    if not shutil.which("readpst"):
        raise tap.Skip("READPST IS NOT INSTALLED: one reader less has looked")
    found = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="postmend-readpst-") as folder:
        subprocess.run(["readpst", "-e", "-q", "-D", "-j", "0", "-o", folder, path], capture_output=True, check=False)
        for top, _, names in os.walk(folder):
            for name in names:
                data = MADE_UP.sub(b"", stores.read(os.path.join(top, name)))
                # The outermost folder is named after the store or its file.
                where = os.path.relpath(top, folder).partition("/")[2]
                found[where, hashlib.sha1(data).hexdigest()] += 1
    return found


def by_pst_extractor(path):
    if not shutil.which("node") or not os.path.isdir(os.path.join(MODULES, "pst-extractor")):
        raise tap.Skip("PST-EXTRACTOR IS NOT INSTALLED (it needs npm): one reader less has looked")
    done = subprocess.run(["node", os.path.join(HERE, "..", "makers", "extract.js"), path], capture_output=True, text=True,
                          env={**os.environ, "NODE_PATH": MODULES}, check=False)
    return collections.Counter(done.stdout.splitlines()) if done.returncode == 0 else None


def differences(old, new):
    for key in sorted(set(old) | set(new), key=str):
        a, b = old.get(key), new.get(key)
        if not a or not b:
            yield f"{key}: only in the {'old' if a else 'new'} store"
            continue
        for name in sorted(set(a["properties"]) | set(b["properties"])):
            if a["properties"].get(name) != b["properties"].get(name):
                yield f"{key} {name}: {a['properties'].get(name)} and {b['properties'].get(name)}"
        if a.get("attachments") != b.get("attachments"):
            yield f"{key}: attachments"


def judge_libpff(old, new, nids, action, folder_may, release_may):
    """What was asked, and nothing else: `nids` are the messages that were changed."""
    a, b = by_libpff(old), by_libpff(new)
    tap.expect(a is not None and b is not None, "libpff cannot read a store")
    for key in sorted(set(a) | set(b), key=str):
        kind, nid = key
        one, two = a.get(key), b.get(key)
        if one and not two:
            tap.expect(action == "remove" and nid in nids, f"libpff: {key} is gone")
        elif two and not one:
            tap.expect(kind == "folder" and action in ("move", "release", "set-aside"), f"libpff: {key} is new")
        else:
            differs = {name for name in set(one["properties"]) | set(two["properties"])
                       if one["properties"].get(name) != two["properties"].get(name)}
            may = folder_may if kind == "folder" else release_may if action == "release" and nid in nids else set()
            tap.expect(differs <= may, f"libpff: {key} {differs - may}")
            tap.expect_equal(one.get("attachments"), two.get("attachments"), f"libpff: {key}: attachments")
    if action == "remove":
        tap.expect(not {nid for kind, nid in b if kind != "folder"} & nids, "libpff still finds what was removed")


def judge_libpst(old, new, count, action):
    a, b = by_libpst(old), by_libpst(new)
    texts_before, texts_after = collections.Counter(), collections.Counter()
    for found, texts in ((a, texts_before), (b, texts_after)):
        for (_, text), n in found.items():
            texts[text] += n
    lost, added = texts_before - texts_after, texts_after - texts_before
    if action == "remove":
        tap.expect(sum(lost.values()) <= count and not added, f"libpst: lost {lost}, added {added}")
    elif action == "move":
        tap.expect(not lost and not added, f"libpst: lost {lost}, added {added}")
    else:
        tap.expect(sum(lost.values()) <= count and sum(added.values()) <= count, f"libpst: lost {lost}, added {added}")


def judge_pst_extractor(old, new, nids):
    a, b = by_pst_extractor(old), by_pst_extractor(new)
    # What it cannot read before (a cipher, a version) it need not read after.
    if a is None:
        return
    tap.expect(b is not None, "pst-extractor can no longer read the store")
    for line in list(a - b) + list(b - a):
        tap.expect(json.loads(line)["nid"] in nids, f"pst-extractor: {line}")
