"""This file asks independent readers whether a converted store says what the old one said: libpff property by property,
libpst message by message as it exports them, pst-extractor with each attachment's bytes.
"""

import collections
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import stores
import tap

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = os.path.join(HERE, "..", "..", ".cache", "readers", "node_modules")
BROKEN = {"Aspose.Email-for-.NET--AddingBulkMessagesWithImprovedPerformance.pst", "PstReader--albert_meyers_000.pst",
          "outlook_msg_ex--minimal_pst97.pst"}
# Of these pst-extractor leaves out the later messages of a long folder, large pages being new to it; in the Unicode store
# that they become it finds them. Each of these must be one that libpff reads in the old store.
SKIMMED = {"pst-extractor-1.12.0--pstextractortest@outlook.com.ost", "pst-extractor-1.12.0--pstextractortestpdf@outlook.com.ost"}
# What libpst makes up itself: borders between parts, the time of the export, numbers of blocks.
MADE_UP = re.compile(rb"boundary-LibPST-iamunique-\d+|\"i\d+\.ics\"|^DTSTAMP:.*$|^UID:0x[0-9a-f]+", re.M)


def converted(path):
    out = ROOM.path("new.pst")
    if os.path.exists(out):
        os.unlink(out)
    done = doctor.visit("store", "convert", path, "--output", out, "--json")
    tap.expect_equal(done.code, 0, str(done))
    return out


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


def judge(path, reader):
    out = converted(path)
    if reader is by_libpff:
        old, new = by_libpff(path), by_libpff(out)
        found = list(differences(old, new or {})) if old else []
        tap.expect_equal(found, [], f"{len(found)} differences")
        return
    old, new = reader(path), reader(out)
    if old is None:
        return
    tap.expect(new is not None, "the new store cannot be read")
    lost, added = old - new, new - old
    if reader is by_pst_extractor and os.path.basename(path) in SKIMMED:
        there = {nid for _, nid in by_libpff(path) or {}}
        tap.expect(added and there, "nothing was left out: it need not be listed")
        added = [line for line in added if json.loads(line)["nid"] not in there]
    tap.expect(not lost and not added, f"lost {list(lost)[:3]}, added {list(added)[:3]}")


def add_all():
    try:
        rows = stores.real()
    except tap.Skip as why:
        text = str(why)
        SUITE.add("real stores", lambda: (_ for _ in ()).throw(tap.Skip(text)))
        rows = []
    for path, row in rows:
        for reader in (by_libpff, by_libpst, by_pst_extractor):
            if row["file"] not in BROKEN:
                SUITE.add(f"{reader.__name__[3:]}: {row['file']}", lambda path=path, reader=reader: judge(path, reader))


for form in ("14", "23", "36"):
    SUITE.case(f"libpff: made, version {form}")(lambda form=form: judge(ROOM.make("small", "--version", form), by_libpff))
add_all()
sys.exit(SUITE.run())
