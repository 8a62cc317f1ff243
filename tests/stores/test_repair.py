"""This file damages stores the way stores get damaged, repairs them, and asks an independent reader what came back.

The tools that damage and that judge come from outside the repository, beside it.
"""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import stores
import tap

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)

# Kinds that leave the leaves of the node tree whole: every message is where it was.
PLACED = {"header-zeroed", "header-roots", "bbt-root", "nbt-root", "bbt-all", "nbt-inner", "amap-lost", "folder-tables"}
OTHERS = {"bit-flips", "zero-sectors", "garbage-cluster", "truncated", "btree-crc", "block-payload", "block-trailers",
          "ascii-transfer"}
REAL = ["pst2john--97_outlook_pass12345.pst", "pst2john--2003_high-encryption_quickquick.pst",
        "Aspose.Email-for-.NET--SampleOstFile.ost"]
MADE = [("small", "--version", "14"), ("small", "--version", "23"), ("small", "--version", "36")]
MARK = "Damaged (postmend)"


def tool(name, *words):
    done = subprocess.run(["/usr/bin/python3", stores.shared("tools", name), *words], capture_output=True, text=True,
                          check=False)
    tap.expect_equal(done.returncode, 0, done.stderr)
    return done.stdout


def repair(path, *options):
    """(the new store, the facts, the report)"""
    out = path + ".mended"
    if os.path.exists(out):
        os.unlink(out)
    done = doctor.visit("store", "repair", path, "--output", out, "--json", *options)
    tap.expect(done.code in (1, 5), str(done))
    facts = done.json()["facts"]
    tap.expect_equal(facts["in"], facts["kept"] + facts["recovered"] + facts["marked_damaged"] + facts["lost"], "ledger")
    tap.expect_equal(done.code == 5, facts["marked_damaged"] + facts["lost"] > 0, f"exit code: {done}")
    tap.expect_equal(doctor.visit("store", "check", out, "--json").code, 0, "the new store is not sound")
    return out, facts, done.json()


def judge(path, *kinds):
    """One damage, or several at once; returns what the judge counted."""
    damaged, hits = ROOM.path("damaged.pst"), []
    source = path
    for kind in kinds:
        said = json.loads(tool("store-damage", kind, "1", source, damaged + ".new"))
        hits += said["hits"]
        os.replace(damaged + ".new", damaged)
        source = damaged
    before = stores.read(damaged)
    out, facts, _ = repair(damaged)
    tap.expect(stores.read(damaged) == before, "the damaged store was changed")
    with open(ROOM.path("hits.json"), "w", encoding="utf-8") as file:
        json.dump({"hits": hits}, file)
    score = json.loads(tool("store-score", path, ROOM.path("hits.json"), out))
    tap.expect_equal(score["back"], score["intact"], f"{kinds}: {score} {facts}")
    tap.expect(score["altered"] <= facts["marked_damaged"], f"{kinds}: altered and not marked: {score} {facts}")
    if set(kinds) <= PLACED:
        tap.expect_equal(score["placed"], score["back"], f"{kinds}: {score}")
    return score, facts


def sources():
    for words in MADE:
        yield ROOM.make(*words)
    for name in REAL:
        yield stores.shared("stores", name)


def every_source(*kinds):
    for path in sources():
        judge(path, *kinds)


for one in sorted(PLACED | OTHERS):
    SUITE.case(f"damage: {one}")(lambda one=one: every_source(one))


@SUITE.case("two and three kinds of damage at once")
def combined():
    for path in sources():
        if stores.read(path)[10] >= 36:
            continue
        judge(path, "amap-lost", "bbt-root")
        judge(path, "folder-tables", "nbt-root", "header-zeroed")


def named_values(path, name):
    """Values of the messages in a store whose named property has this name; libpff knows no names, so they are found
    by what they say."""
    script = ("import pypff, sys, json\nf = pypff.file()\nf.open(sys.argv[1])\nout = []\n"
              "def walk(folder):\n"
              " for i in range(folder.number_of_sub_messages):\n"
              "  m = folder.get_sub_message(i)\n"
              "  for s in range(m.number_of_record_sets):\n"
              "   r = m.get_record_set(s)\n"
              "   for e in range(r.number_of_entries):\n"
              "    x = r.get_entry(e)\n"
              "    d = x.data or b''\n"
              "    t = d.decode('utf-16-le', 'ignore')\n"
              "    if x.entry_type is not None and x.entry_type >= 0x8000 and sys.argv[2] in t: out.append(m.identifier)\n"
              " for i in range(folder.number_of_sub_folders): walk(folder.get_sub_folder(i))\n"
              "walk(f.get_root_folder())\nprint(json.dumps(out))\n")
    done = subprocess.run(["/usr/bin/python3", "-c", script, path, name], capture_output=True, text=True, check=False)
    tap.expect_equal(done.returncode, 0, done.stderr)
    return json.loads(done.stdout)


@SUITE.case("a message with a part missing says so, and is named with folder and subject")
def marked():
    path = ROOM.make("small", "--messages", "80")
    score, facts = judge(path, "zero-sectors")
    tap.expect(facts["marked_damaged"] > 0, f"nothing was marked: {score}")
    out, facts, report = repair(ROOM.path("damaged.pst"))
    findings = [f for f in report["findings"] if f["id"] == "item-message-damaged"]
    tap.expect_equal(sum(f["count"] for f in findings), facts["marked_damaged"], "findings")
    for finding in findings:
        if "node" in finding["subject"]:
            names = {e["name"] for e in finding["evidence"]}
            tap.expect("missing" in names and "folder" in finding["subject"], str(finding))
    marked_ones = named_values(out, MARK)
    # Associated items are no messages to this reader.
    tap.expect(0 < len(set(marked_ones)) <= facts["marked_damaged"], f"categories: {marked_ones}, {facts}")


@SUITE.case("the default name stands beside the store")
def default_name():
    path = ROOM.write("archive.pst", stores.read(ROOM.make("small")))
    done = doctor.visit("store", "repair", path)
    tap.expect_equal(done.code, 1, str(done))
    tap.expect(os.path.exists(ROOM.path("archive.mended.pst")), "no archive.mended.pst")
    tap.expect_equal(doctor.visit("store", "repair", path).code, 16, "a second time")


sys.exit(SUITE.run())
