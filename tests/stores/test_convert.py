"""This file converts stores, made ones and real ones: the new store is sound, and every message is in it, unchanged.

What libpff reads is compared in the folder's own terms (fingerprint of what a reader sees, path of the folder); the
tool that makes fingerprints comes from outside the repository, beside it.
"""

import collections
import json
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import stores
import tap

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)

# What no reader can read, or has nothing in it.
BROKEN = {"Aspose.Email-for-.NET--AddingBulkMessagesWithImprovedPerformance.pst", "PstReader--albert_meyers_000.pst",
          "outlook_msg_ex--minimal_pst97.pst"}
KINDS = [("14", "permute"), ("15", "none"), ("20", "cyclic"), ("23", "permute"), ("23", "cyclic"), ("23", "none"),
         ("36", "none")]
FINGERPRINTS = """
import json, sys
sys.path.insert(0, sys.argv[1])
from fingerprint import fingerprints
print(json.dumps([[mark, where] for mark, _nid, where in fingerprints(sys.argv[2], orphans=False)]))
"""


def fingerprints(path):
    """How often each (message, folder) is there. Debian's own Python has libpff."""
    tools = stores.shared("tools")
    done = subprocess.run(["/usr/bin/python3", "-c", FINGERPRINTS, tools, path], capture_output=True, text=True, check=False)
    tap.expect_equal(done.returncode, 0, done.stderr)
    return collections.Counter(map(tuple, json.loads(done.stdout)))


def converted(path, *options):
    """(the new store's path, the facts)."""
    out = ROOM.path(f"new-{len(os.listdir(ROOM.folder.name))}.pst")
    done = doctor.visit("store", "convert", path, "--output", out, "--json", *options)
    tap.expect_equal(done.code, 0, str(done))
    facts = done.json()["facts"]
    tap.expect_equal(facts["in"], facts["kept"] + facts["recovered"] + facts["marked_damaged"] + facts["lost"], "ledger")
    tap.expect_equal((facts["output"], facts["marked_damaged"], facts["lost"]), (out, 0, 0), str(facts))
    return out, facts


def counts(path):
    done = doctor.visit("store", "check", path, "--json")
    tap.expect_equal(done.code, 0, f"the new store: {done}")
    store = done.json()["facts"]["stores"][0]
    tap.expect_equal((store["format"], store["version"], store["client"]), ("unicode", 23, "SM"), "its kind")
    return store["messages"], store["associated"]


def judge(path):
    before = stores.read(path)
    out, facts = converted(path)
    tap.expect_equal(counts(out), (facts["messages"], facts["associated"]), "messages")
    old, new = fingerprints(path), fingerprints(out)
    tap.expect(old == new, f"{sum((old - new).values())} of {sum(old.values())} messages differ")
    tap.expect(stores.read(path) == before, "the old store was changed")
    os.unlink(out)


for version, cipher in KINDS:
    SUITE.case(f"made: version {version}, {cipher}")(
        lambda version=version, cipher=cipher: judge(ROOM.make("small", "--version", version, "--cipher", cipher)))


def add_real():
    try:
        rows = stores.real()
    except tap.Skip as why:
        text = str(why)
        SUITE.add("real stores", lambda: (_ for _ in ()).throw(tap.Skip(text)))
        return
    for path, row in rows:
        if row["file"] not in BROKEN:
            SUITE.add(row["file"], lambda path=path: judge(path))


@SUITE.case("large objects: every structure that fits a small store, in every version")
def rich():
    for version in ("14", "23", "36"):
        path = ROOM.make("rich", "--version", version)
        out, facts = converted(path)
        tap.expect_equal(counts(out), (facts["messages"], facts["associated"]), version)
        os.unlink(out)


@SUITE.case("an ANSI store that reaches beyond 2 GiB, where no ANSI store may")
def behind_the_end():
    path, out = ROOM.make("far", "--version", "14"), ROOM.path("near.pst")
    tap.expect(os.path.getsize(path) > 1 << 31, "it is too small")
    done = doctor.visit("store", "convert", path, "--output", out, "--json", limit=180)
    tap.expect_equal(done.code, 0, str(done))
    facts = done.json()["facts"]
    tap.expect_equal(counts(out), (facts["messages"], facts["associated"]), "messages")
    old, new = fingerprints(path), fingerprints(out)
    tap.expect(old == new and sum(old.values()) == facts["messages"], f"{sum((old - new).values())} messages differ")
    os.unlink(out)


@SUITE.case("the key: a conversion gets its own, a PST that is Unicode already and a repair keep the old one")
def keys():
    path = ROOM.make("small", "--version", "14")
    out, _ = converted(path)
    compact, _ = converted(ROOM.make("small"), "--compact")
    tap.expect_equal(record_key(compact), record_key(ROOM.make("small")), "compacted")
    mended = ROOM.path("kept.pst")
    tap.expect_equal(doctor.visit("store", "repair", path, "--output", mended).code, 1, "repair")
    key = record_key(path)
    tap.expect_equal(len(key), 16, "the key")
    tap.expect_equal(record_key(mended), key, "repair")
    tap.expect(record_key(out) != key, "conversion")


def record_key(path):
    script = ("import pypff, sys\nf = pypff.file()\nf.open(sys.argv[1])\nm = f.get_message_store()\n"
              "for s in range(m.number_of_record_sets):\n"
              " r = m.get_record_set(s)\n"
              " for e in range(r.number_of_entries):\n"
              "  x = r.get_entry(e)\n"
              "  print(x.data.hex()) if x.entry_type == 0x0FF9 else None\n")
    done = subprocess.run(["/usr/bin/python3", "-c", script, path], capture_output=True, text=True, check=False)
    tap.expect_equal(done.returncode, 0, done.stderr)
    return bytes.fromhex(done.stdout.strip())


@SUITE.case("an output that exists, words that make no sense: exit 16, nothing is touched")
def usage():
    path = ROOM.make("small")
    there = ROOM.write("there.pst", b"mine")
    for words in (["repair", path, "--output", there], ["convert", path, "--output", there], ["convert", path],
                  ["repair"], ["repair", path, path], ["repair", path, "--quick"], ["check", path, "--output", "x"],
                  ["convert", path, "--output", "x.pst", "--deleted"], ["repair", path, "--in-place", "--output", "x"]):
        done = doctor.visit("store", *words)
        tap.expect_equal((done.code, done.out), (16, ""), str(words))
    tap.expect_equal(stores.read(there), b"mine", "the file that was there")


@SUITE.case("what cannot be read: exit 8; what is no store: exit 4, and no file is left")
def unreadable():
    out = ROOM.path("never.pst")
    tap.expect_equal(doctor.visit("store", "repair", ROOM.path("missing.pst"), "--output", out).code, 8, "missing")
    page = ROOM.write("page.pst", b"<html></html>")
    done = doctor.visit("store", "repair", page, "--output", out, "--json")
    tap.expect_equal(done.code, 4, str(done))
    tap.expect_equal([f["id"] for f in done.json()["findings"]], ["store-file-not-a-store"], str(done))
    tap.expect_equal(done.json()["facts"]["output"], None, "output")
    tap.expect(not os.path.exists(out), "a file was written")


@SUITE.case("--plan writes nothing and says the same")
def plan():
    path = ROOM.make("small", "--version", "14")
    out, done = converted(path)
    os.unlink(out)
    said = doctor.visit("store", "convert", path, "--output", out, "--plan", "--json")
    tap.expect_equal(said.code, 0, str(said))
    facts = said.json()["facts"]
    tap.expect(facts["plan"] and facts["output"] is None and not os.path.exists(out), "something was written")
    for name in ("in", "kept", "messages", "associated", "folders", "bytes"):
        tap.expect_equal(facts[name], done[name], name)
    tap.expect("What would be done" in doctor.visit("store", "repair", path, "--plan").out, "the text")


@SUITE.case("Ctrl-C: exit 32, no file that looks finished")
def interrupted():
    path = ROOM.make("small", "--messages", "20000", "--body", "2000..6000", "--version", "14")
    out = ROOM.path("half.pst")
    sent = []

    def watch(pid):
        if not sent and any(name.endswith(".part") for name in os.listdir(ROOM.folder.name)):
            os.kill(pid, signal.SIGINT)
            sent.append(pid)

    done = doctor.visit("store", "convert", path, "--output", out, "--json", watch=watch)
    tap.expect(sent, "no signal was sent")
    tap.expect_equal(done.code & ~4, 32, str(done))
    tap.expect(not [name for name in os.listdir(ROOM.folder.name) if name.startswith("half")], "a file is left")


@SUITE.case("--html and the text name what was written")
def shown():
    path, out, page = ROOM.make("small"), ROOM.path("shown.pst"), ROOM.path("shown.html")
    done = doctor.visit("store", "repair", path, "--output", out, "--html", page)
    tap.expect_equal(done.code, 1, str(done))
    for text in (done.out, stores.read(page).decode()):
        tap.expect("shown.pst" in text and "whole and where they were" in text, text)


add_real()
sys.exit(SUITE.run())
