"""This file damages stores in every way that stores get damaged and asks postmend about each: nothing live may be missed.

The tool that damages and the map that tells what is live come from outside the repository, beside it: they know the
format on their own. Where they are missing the chapter is left as it is, loudly.
"""

import importlib.machinery
import importlib.util
import os
import random
import struct
import subprocess
import sys
import tempfile
import time

import report

SEEDS = 5
SLOWEST = 10  # times the check of the sound store
FLOOR = 0.020  # seconds of work below which a ratio says nothing

# Real ones of every version, cipher and kind, and made ones for what the real ones lack.
REAL = ["pst2john--97_outlook_pass12345.pst", "pstsdk--test_ansi.pst", "pst2john--2k_outlook_qwerty1234.pst",
        "pstsdk--sample1.pst", "pst2john--2003_no-encryption_quickquick.pst",
        "pst2john--2003_compressable-encryption_quickquick.pst", "pst2john--2003_high-encryption_quickquick.pst",
        "Aspose.Email-for-.NET--SampleOstFile.ost", "pst-extractor-1.12.0--pstextractortest@outlook.com.ost",
        "pst-extractor-1.12.0--pstextractortestpdf@outlook.com.ost"]
MADE = [("small", "--version", "15"), ("small", "--version", "36", "--cipher", "permute", "--compress", "yes")]


def shared(*parts):
    top = os.environ.get("POSTMEND_SHARED") or os.path.join(os.path.dirname(report.TOP), "shared")
    path = os.path.join(top, *parts)
    return path if os.path.exists(path) else None


def load(path, name):
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader(name, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def header_extents(store):
    """What the header's checksums cover, and these: the rest is opaque."""
    return [(0, 479)] if store.ansi else [(0, 528)]


def map_extents(store):
    """Allocation maps, and the page maps that old stores keep beside them."""
    page, first = store.pagesz, 0x22000 if store.big else 0x4400
    step = (4072 if store.big else 496) * 8 * store.align
    number = 0
    for at in range(first, min(store.eof, len(store.d)), step):
        # The last eight bytes of a large page are known to nobody.
        yield at, page - 8 if store.big else page
        if not store.big and number % 8 == 0:
            yield at + page, page
        number += 1


def block_extents(store):
    """Content and trailer; what lies between them is padding, and some of a large trailer is opaque."""
    for bid, (at, size, _) in store.blocks.items():
        start, length = store.extent(bid)
        yield at, size
        yield start + length - store.btrail, 16 if store.big else store.btrail


def live(store):
    """(kind, from, to) of every byte that is in use."""
    for at, size in header_extents(store):
        yield "header", at, at + size
    for at, _, _ in store.pages:
        yield "page", at, at + store.pagesz - (8 if store.big else 0)
    for at, size in block_extents(store):
        yield "block", at, at + size
    for at, size in map_extents(store):
        yield "map", at, at + size


def touched(store, damaged):
    """Kinds of live parts of which a byte is another one than before."""
    kinds, before = set(), store.d
    for kind, start, end in live(store):
        if kind not in kinds and before[start:end] != damaged[start:end]:
            kinds.add(kind)
    return kinds


class Asked:
    """What the program said of a file: its exit code and the seconds of work it took."""

    def __init__(self, program, path):
        begin = os.times()
        started = time.monotonic()
        try:
            self.code = subprocess.run([program, "store", "check", "--json", path], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, timeout=300, check=False).returncode
        except subprocess.TimeoutExpired:
            self.code = None
        end = os.times()
        self.seconds = end.children_user - begin.children_user + end.children_system - begin.children_system
        self.wall = time.monotonic() - started


class Kind:
    """One row of the table."""

    def __init__(self, name, what):
        self.name, self.what = name, what
        self.files = self.live = self.found = self.crashes = self.spare = 0
        self.slowest, self.missed = 0.0, []

    def add(self, parts, asked, usual, where):
        self.files += 1
        self.slowest = max(self.slowest, asked.seconds / max(usual, FLOOR))
        if asked.code not in (0, 4):
            self.crashes += 1
            self.missed.append(f"{where}: exit {asked.code}")
        if not parts:
            self.spare += asked.code == 4
            return
        self.live += 1
        self.found += asked.code == 4
        if asked.code == 0:
            self.missed.append(f"{where}: {', '.join(sorted(parts))}")

    def row(self):
        return [f"`{self.name}`", self.files, self.live, self.found, self.spare, self.crashes, f"{self.slowest:.1f} ×"]


def sources(folder):
    for name in REAL:
        yield name, shared("stores", name)
    for number, words in enumerate(MADE):
        path = os.path.join(folder, f"made-{number}.pst")
        maker = os.path.join(report.TOP, "build", "tests", "makers", "store-maker")
        subprocess.run([maker, *words, path], check=True)
        yield "made: " + " ".join(words), path


def try_one(program, tools, store, kind, seed, folder):
    """(parts touched, what the program said)"""
    data, hits = bytearray(store.d), []
    tools.KINDS[kind](store, data, random.Random(f"{kind}/{seed}"), hits)
    path = os.path.join(folder, "damaged.pst")
    with open(path, "wb") as out:
        out.write(data)
    parts = touched(store, data)
    if len(data) != len(store.d):
        parts.add("length")
    return parts, Asked(program, path)


def main(program):
    tool, map_tool = shared("tools", "store-damage"), shared("tools", "storemap.py")
    if not tool or not map_tool or not all(shared("stores", name) for name in REAL):
        print("SKIPPED: chapter damage: no stores and tools beside the repository (POSTMEND_SHARED names the folder)")
        return True
    sys.path.insert(0, os.path.dirname(tool))
    tools, mapper = load(tool, "store_damage"), load(map_tool, "storemap")
    kinds = {name: Kind(name, function.__doc__) for name, function in tools.KINDS.items()}
    rows = []
    with tempfile.TemporaryDirectory(prefix="postmend-damage-") as folder:
        for name, path in sources(folder):
            with open(path, "rb") as file:
                store = mapper.Store(file.read())
            usual = min(Asked(program, path).seconds for _ in range(3))
            sound = Asked(program, path).code
            missed = 0
            for kind, row in kinds.items():
                for seed in range(1, SEEDS + 1):
                    before = len(row.missed)
                    parts, asked = try_one(program, tools, store, kind, seed, folder)
                    row.add(parts, asked, usual, f"{name} {kind} {seed}")
                    missed += len(row.missed) - before
            rows.append([f"`{name}`", store.ver, {0: "none", 1: "permute", 2: "cyclic"}[store.crypt], f"{len(store.d):,}",
                         "healthy" if sound == 0 else f"**exit {sound}**", missed])
            print(f"{name}: {missed} missed", flush=True)
    return write(kinds, rows)


def write(kinds, rows):
    total = Kind("all", "")
    for kind in kinds.values():
        total.files += kind.files
        total.live += kind.live
        total.found += kind.found
        total.crashes += kind.crashes
        total.spare += kind.spare
        total.slowest = max(total.slowest, kind.slowest)
        total.missed += kind.missed
    for line in total.missed:
        print("missed: " + line)
    what = "\n".join(f"- `{kind.name}`: {kind.what}" for kind in kinds.values())
    report.write("damage", "What a check finds in damaged stores", f"""
{len(rows)} sound stores of all versions were damaged in {len(kinds)} ways with {SEEDS} seeds each, by a tool that knows the format on its
own. A file counts as live when a byte of a header field, page, block or map that is in use is another one than before, as an
independent map of the store tells; padding, opaque bytes and free space do not count. Found means exit code 4. The last
columns: files with nothing live changed in which something was found all the same (the density list, for instance), ends other
than exit 0 or 4, and the longest work in processor seconds against the sound store (at least {FLOOR * 1000:.0f} ms).

{report.table(["damage", "files", "live", "found", "found beside", "crashes", "slowest"], [kind.row() for kind in [*kinds.values(), total]])}

{report.table(["store", "version", "cipher", "bytes", "sound", "missed"], rows)}

{what}
""")
    return not total.missed and total.crashes == 0 and total.slowest <= SLOWEST
