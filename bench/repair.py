"""This file damages stores in every way that stores get damaged, repairs them, and counts what came back.

The tools that damage and that judge come from outside the repository, beside it; where they are missing the chapter is
left as it is, loudly. POSTMEND_REPAIR_SEEDS and POSTMEND_REPAIR_STORES (a part of their names) make it shorter.
"""

import concurrent.futures
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time

import damage
import report

SEEDS = 5
SECONDS = 300
# Each kind alone, and some of them together: a bad disk rarely does one thing. What shortens a store comes last.
TOGETHER = [("amap-lost", "bbt-root"), ("bit-flips", "header-zeroed"), ("folder-tables", "nbt-root", "block-trailers"),
            ("zero-sectors", "bbt-all"), ("garbage-cluster", "header-roots", "truncated")]
# The kinds that leave the leaves of the node tree whole, so that every message can be put where it was.
PLACED = {"header-zeroed", "header-roots", "bbt-root", "nbt-root", "bbt-all", "nbt-inner", "amap-lost", "folder-tables"}
# Stores in which every message differs from every other, with everything that messages have.
RICH = ("--embed-every", "7", "--embed-depth", "2", "--named", "6", "--recipients", "4", "--kinds", "yes")
MADE = [("small", "--version", "14", *RICH), ("small", "--version", "14", "--cipher", "cyclic", *RICH),
        ("small", "--version", "15", "--cipher", "none", *RICH), ("small", "--version", "23", *RICH),
        ("small", "--version", "23", "--cipher", "cyclic", *RICH), ("small", "--version", "23", "--cipher", "none", *RICH),
        ("small", "--version", "36", *RICH), ("small", "--version", "36", "--cipher", "permute", "--compress", "yes", *RICH),
        ("deep", "--version", "14", "--messages", "120"), ("deep", "--version", "23", "--messages", "300"),
        ("deep", "--version", "36", "--messages", "300")]
COUNTS = ["runs", "failed", "intact", "back", "placed", "hit", "beyond", "altered", "marked", "lost", "distinct",
          "distinct_back", "same", "unmarked", "surplus", "export", "recover", "libpst"]


def wanted():
    part = os.environ.get("POSTMEND_REPAIR_STORES", "")
    with open(damage.shared("stores", "INDEX.tsv"), encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            if (row["nbt_messages"] or "0").isdigit() and int(row["nbt_messages"] or 0) > 0 and part in row["file"]:
                yield row["file"], damage.shared("stores", row["file"])


def sources(folder):
    yield from wanted()
    maker = os.path.join(report.TOP, "build", "tests", "makers", "store-maker")
    for number, words in enumerate(MADE):
        path = os.path.join(folder, f"made-{number}.pst")
        subprocess.run([maker, *words, path], check=True)
        yield "made: " + " ".join(words).replace(" ".join(RICH), "rich"), path


class Judge:
    """The process that knows one sound store and judges its repairs."""

    def __init__(self, path, *others):
        tools = os.path.dirname(damage.shared("tools", "store-damage"))
        judge = os.path.join(report.TOP, "bench", "repair_judge.py")
        self.process = subprocess.Popen(["/usr/bin/python3", judge, tools, path, *others], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def ask(self, job):
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def readpst(path, folder):
    """How many messages libpst writes; what is in them is not asked."""
    out = tempfile.mkdtemp(dir=folder)
    try:
        subprocess.run(["readpst", "-e", "-q", "-o", out, path], capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return 0
    return sum(name.endswith(".eml") for _, _, names in os.walk(out) for name in names)


def spoil(tools, mapper, data, kinds, seed):
    """(the damaged bytes, what was hit)"""
    hits, data = [], bytearray(data)
    store = mapper.Store(bytes(data))
    for kind in kinds:
        tools.KINDS[kind](store, data, random.Random(f"{kind}/{seed}"), hits)
    return data, hits


def mend(program, path, out):
    if os.path.exists(out):
        os.unlink(out)
    started = time.monotonic()
    done = subprocess.run([program, "store", "repair", path, "--output", out, "--json"], capture_output=True, text=True,
                          timeout=SECONDS, check=False)
    facts = json.loads(done.stdout)["facts"] if done.stdout else {}
    return done, facts, time.monotonic() - started


class Row:
    def __init__(self, kinds):
        self.kinds, self.sum, self.notes = kinds, dict.fromkeys(COUNTS, 0), []

    def add(self, where, done, facts, score):
        self.sum["runs"] += 1
        if done.returncode not in (1, 5):
            self.sum["failed"] += 1
            self.notes.append(f"{where}: exit {done.returncode} {done.stderr.strip()}")
        for name in COUNTS:
            self.sum[name] += score.get(name, 0)
        self.sum["marked"] += facts.get("marked_damaged", 0)
        self.sum["lost"] += facts.get("lost", 0)
        if score["back"] < score["intact"]:
            self.notes.append(f"{where}: {score['back']} of {score['intact']} back")
        if score["same"] < score["intact"]:
            self.notes.append(f"{where}: {score['same']} of {score['intact']} the same in all that libpff reads")
        if score["placed"] < score["back"] and set(self.kinds) <= PLACED:
            self.notes.append(f"{where}: {score['placed']} of {score['back']} placed")
        if score["unmarked"]:
            self.notes.append(f"{where}: {score['unmarked']} unmarked: " + "; ".join(score["which"]))
        if score["surplus"]:
            self.notes.append(f"{where}: {score['surplus']} more often than before")
        if score["altered"] > facts.get("marked_damaged", 0):
            self.notes.append(f"{where}: {score['altered']} altered, {facts.get('marked_damaged', 0)} marked")

    def cells(self):
        s = self.sum
        return [s["runs"], s["failed"], f"{s['intact']:,}", share(s["back"], s["intact"]), share(s["placed"], s["back"]),
                share(s["distinct_back"], s["distinct"]), share(s["same"], s["intact"]), f"{s['hit']:,}", s["beyond"],
                s["altered"], s["marked"], s["unmarked"], s["lost"], share(s["export"], s["intact"]),
                share(s["recover"], s["intact"]), share(s["libpst"], s["intact"])]

    def name(self):
        return " + ".join(f"`{kind}`" for kind in self.kinds)


def share(part, whole):
    return f"{100 * part / whole:.2f} %" if whole else "—"


def main(program):
    tool, map_tool = damage.shared("tools", "store-damage"), damage.shared("tools", "storemap.py")
    if not tool or not map_tool or not damage.shared("stores", "INDEX.tsv"):
        print("SKIPPED: chapter repair: no stores and tools beside the repository (POSTMEND_SHARED names the folder)")
        return True
    sys.path.insert(0, os.path.dirname(tool))
    tools, mapper = damage.load(tool, "store_damage"), damage.load(map_tool, "storemap")
    trial = Trial(program, tools, mapper, [*((kind,) for kind in tools.KINDS), *TOGETHER], "repair", "What a repair brings back")
    return trial.run()


def sum_of(rows):
    total = Row(("all",))
    for row in rows:
        for name in COUNTS:
            total.sum[name] += row.sum[name]
        total.notes += row.notes
    return total


class Trial:
    """Every store with every damage: one chapter."""

    def __init__(self, program, tools, mapper, kinds, chapter, title):
        self.program, self.tools, self.mapper = program, tools, mapper
        self.rows = [Row(one) for one in kinds]
        self.chapter, self.title, self.words = chapter, title, ""
        self.by_store, self.seconds = [], 0.0
        self.seeds = int(os.environ.get("POSTMEND_REPAIR_SEEDS", SEEDS))
        # Other stores whose messages may turn up, for a path.
        self.others = lambda path: []

    def run(self):
        with tempfile.TemporaryDirectory(prefix="postmend-repair-") as folder:
            one = lambda source: self.one_store(folder, range(1, self.seeds + 1), *source)  # noqa: E731
            with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as workers:
                for name, runs in workers.map(one, list(sources(folder))):
                    self.add(name, runs)
                    for note in self.by_store[-1].notes:
                        print("note: " + note, flush=True)
        return self.write()

    def one_store(self, folder, seeds, name, path):
        """(name, [(number of the kinds, seed, how the program ended, its facts, the judge's score, seconds)])"""
        runs = []
        with open(path, "rb") as file:
            data = file.read()
        judge = Judge(path, *self.others(path))
        with tempfile.TemporaryDirectory(dir=folder) as place:
            bad, out = os.path.join(place, "damaged.pst"), os.path.join(place, "mended.pst")
            for number, row in enumerate(self.rows):
                for seed in seeds:
                    spoiled, hits = spoil(self.tools, self.mapper, data, row.kinds, seed)
                    with open(bad, "wb") as file:
                        file.write(spoiled)
                    done, facts, took = mend(self.program, bad, out)
                    score = judge.ask({"hits": hits, "damaged": bad, "repaired": out if os.path.exists(out) else None})
                    score["libpst"] = min(readpst(bad, place), score["intact"])
                    runs.append((number, seed, done, facts, score, took))
        judge.close()
        print(f"{name}: done", flush=True)
        return name, runs

    def add(self, name, runs):
        self.by_store.append(Row((name,)))
        for number, seed, done, facts, score, took in runs:
            self.seconds += took
            for row in (self.rows[number], self.by_store[-1]):
                row.add(f"{name} {'+'.join(self.rows[number].kinds)} {seed}", done, facts, score)

    def write(self):
        rows, by_store, seeds = self.rows, self.by_store, self.seeds
        total = sum_of(rows)
        runs = total.sum["runs"]
        real = sum_of(row for row in by_store if not row.kinds[0].startswith("made"))
        real.kinds = ("all real stores",)
        head = ["runs", "failed", "intact", "back", "placed", "distinct back", "the same", "hit", "beyond", "altered", "marked",
                "unmarked", "lost", "libpff export", "libpff recovery", "libpst"]
        stores = [real, *(row for row in by_store if row.kinds[0].startswith("made"))]
        report.write(self.chapter, self.title, f"""
{len(by_store)} sound stores of all versions were damaged, each kind with {seeds} seed{"s" if seeds > 1 else ""}, by a tool that knows the format on its own,
and given to `postmend store repair`; {runs} runs took {self.seconds / max(runs, 1):.2f} s each. What came back was read with libpff
and compared message by message. *intact*: messages that the damage missed; *back*: of these, how many libpff reads the same
from the new store; *placed*: of these, in a folder of the same path; *distinct back*: as *back*, but messages that look the same
count once; *the same*: intact ones of which nothing at all that libpff reads differs: every property, flags, names of
properties, recipients, attachments, messages in messages; *hit*: messages that the damage did hit, *beyond*: of
these, how many came back the same all the same; *altered*: messages in new stores that were in none of the old ones;
*marked*: messages and associated items that say that a part is missing; *unmarked*: those that say nothing, though something
that libpff reads of them was in none of the old ones; *lost*: those of which nothing came back. *failed*: no
new store was written. The last three columns say how many of the intact messages others get out of the same damaged files:
libpff in its export and in its recovery mode, and libpst (how many it writes at all, at most all).

{report.table(["damage", *head], [[row.name(), *row.cells()] for row in [*rows, total]])}

In the made stores every message differs from every other (*rich*: messages in messages, named properties, recipients, contacts,
appointments, receipts, rules).

{report.table(["store", *head], [[row.name(), *row.cells()] for row in stores])}

{self.words}
""")
        return not total.sum["failed"] and not total.sum["unmarked"] and not any("altered" in note for note in total.notes)
