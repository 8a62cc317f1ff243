"""This file converts large stores: how long against a copy of the file, in how much memory, and whether everything arrived.

One of the stores is ANSI and larger than 2 GiB, which no ANSI store may be. What is in the new stores is judged by libpff
through the fingerprints of a tool that lies beside the repository, and by the maker's manifest.
"""

import collections
import json
import os
import subprocess
import tempfile

import damage
import report
from checks import Page, built, forget, run

MEMORY = 256 << 20
ANSI_END = 1 << 31
# Every message has an attachment of its own, so that libpff is through within minutes. Name, the maker's words, options.
STORES = [("ANSI, larger than 2 GiB", ("small", "--version", "14", "--messages", "2880", "--attach-every", "1",
                                       "--attachments", "700k..800k"), ()),
          ("Unicode, 2 GiB in 200,000 messages", ("big",), ("--compact",)),
          ("OST with 4 KiB pages, packed", ("small", "--version", "36", "--client", "ost", "--compress", "yes", "--messages", "1500",
                                            "--attach-every", "1", "--attachments", "300k..400k"), ())]
SPLIT = "512m"
READ = ("import json, sys\nsys.path.insert(0, sys.argv[1])\nfrom fingerprint import fingerprints\n"
        "print(json.dumps([[one[0], one[2]] for one in fingerprints(sys.argv[2], orphans=False)]))")


def fingerprints(paths):
    """How often each (message, folder) is in these stores; None where nobody can say."""
    tools = damage.shared("tools", "fingerprint.py")
    found = collections.Counter()
    for path in paths:
        done = subprocess.run(["/usr/bin/python3", "-c", READ, os.path.dirname(tools or ""), path], capture_output=True,
                              text=True, check=False)
        if done.returncode:
            return None
        found.update(map(tuple, json.loads(done.stdout)))
    return found


def facts_of(words):
    """(the run, what it says it did)"""
    done = run(words, watch=True)
    return done, json.loads(done.output)["facts"]


def is_sound(program, paths, messages):
    """Whether the stores are healthy and hold as many messages as were made."""
    there = 0
    for path in paths:
        document = json.loads(run([program, "store", "check", "--json", path]).output)
        if document["verdict"] != "healthy":
            return False
        there += document["facts"]["stores"][0]["messages"]
    return there == messages


def judge(page, program, paths, source, made, before):
    page.add("the new store" + ("s" if len(paths) > 1 else ""), f"healthy, {made:,} messages as in the manifest",
             "all", is_sound(program, paths, made))
    after = fingerprints(paths) if before is not None else None
    if before is None:
        print(f"SKIPPED: {source}: fingerprints (no tool beside the repository, or too many messages for it)", flush=True)
        return
    same = sum((before & (after or collections.Counter())).values())
    page.add("(fingerprint, folder) in libpff, before and after", f"{same:,} of {sum(before.values()):,} the same", "all",
             before == after and sum(before.values()) == made)
    print(f"{source}: {same} of {sum(before.values())} the same", flush=True)


def copy_seconds(path, folder):
    to = os.path.join(folder, "copy")
    forget(path)
    seconds = run(["dd", f"if={path}", f"of={to}", "bs=4M", "conv=fsync"]).seconds
    os.unlink(to)
    return seconds


def convert(page, program, folder, row):
    name, words, options = row
    path, listed, new = (os.path.join(folder, one) for one in ("source", "manifest", "new.pst"))
    run([built("tests", "makers", "store-maker"), *words, "--manifest", listed, path])
    size = os.path.getsize(path)
    with open(listed, encoding="utf-8") as lines:
        made = sum(not json.loads(line)["associated"] for line in lines)
    page.add(f"**{name}**", f"{size:,} bytes, {made:,} messages", f"more than {ANSI_END:,}" if "larger" in name else "",
             size > ANSI_END or "larger" not in name)
    copied = copy_seconds(path, folder)
    page.add("`dd bs=4M conv=fsync` of it", f"{copied:.1f} s", "", True)
    forget(path)
    done, facts = facts_of([program, "store", "convert", path, "--output", new, "--json", *options])
    page.add("`store convert`, written and checked", f"{done.seconds:.1f} s, {done.seconds / copied:.2f} × the copy", "", True)
    page.add("memory apart from the page cache", f"{done.memory / (1 << 20):.0f} MiB", f"at most {MEMORY >> 20} MiB",
             0 < done.memory <= MEMORY)
    page.add("ledger", f"{facts['kept']:,} of {facts['in']:,} whole and in place", "all", facts["kept"] == facts["in"] > 0)
    before = fingerprints([path]) if made < 10000 and damage.shared("tools", "fingerprint.py") else None
    judge(page, program, [new], name, made, before)
    os.unlink(new)
    if "larger" in name:
        done, facts = facts_of([program, "store", "convert", path, "--output", new, "--json", "--split", SPLIT])
        most = max(map(os.path.getsize, facts["outputs"]))
        page.add(f"`store convert --split {SPLIT}`", f"{len(facts['outputs'])} parts, {done.seconds:.1f} s, {done.seconds / copied:.2f} × "
                 f"the copy, {done.memory / (1 << 20):.0f} MiB", "no part larger", most <= 512 << 20)
        judge(page, program, facts["outputs"], name, made, before)
        for part in facts["outputs"]:
            os.unlink(part)
    os.unlink(path)


def main(program):
    page = Page()
    with tempfile.TemporaryDirectory(prefix="postmend-bench-", dir=os.environ.get("TMPDIR")) as folder:
        for row in STORES:
            convert(page, program, folder, row)
            print(f"{row[0]}: done", flush=True)
    report.write("convert", "Large stores converted", f"""
Stores of the maker, converted once each beside a copy of the same file with `dd`, both with the source not in the page
cache where the machine allows that. The time of a conversion has the whole check of the new store in it, before it gets
its name; that of `--split` also the first run, which tells what everything takes. `bench/convert.py`.

{report.table(["what", "measured", "promised", "kept"], page.rows)}
""")
    return page.all_kept
