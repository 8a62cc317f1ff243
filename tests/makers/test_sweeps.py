"""This file damages small made stores in every way that the sweep knows, and holds the check to noticing it.

Every 16th bit, or as POSTMEND_SWEEP_STEP says; ./dev bench sweeps takes every one.
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))

import tap

SUITE = tap.Suite()
MAKERS = os.path.join(os.environ.get("POSTMEND_BUILD", "build"), "tests", "makers")
STEP = int(os.environ.get("POSTMEND_SWEEP_STEP", "16"))

# Fields in which some changes are as good as what stood there: counters that may be ahead, a version's twin, another
# state of the maps, bit 0 of a reference, which readers ignore (real stores have it), the number of a node that
# nothing names, an index key below the first of its page. docs/SWEEPS.md gives the reasons.
MAY_BE_MISSED = {"wVer", "bidNextB", "bidNextP", "dwUnique", "fAMapValid", "cEnt", "btkey", "nid", "bidData", "bidSub",
                 "nidParent"}


def sweep(mode, version, step):
    with tempfile.TemporaryDirectory(prefix="postmend-sweep-") as folder:
        store, kinds = os.path.join(folder, "store"), os.path.join(folder, "kinds")
        subprocess.run([os.path.join(MAKERS, "store-maker"), "minimal", "--version", version, "--kinds-of-bytes", kinds,
                        store], check=True)
        out = subprocess.run([os.path.join(MAKERS, "sweep"), mode, store, kinds, str(step)], capture_output=True,
                             text=True, timeout=3600)
    tap.comment(out.stdout)
    tap.expect(out.returncode in (0, 4), f"the sweep ended with {out.returncode}: {out.stderr[-3000:]}")
    return out


def rows(out):
    """(structure, field, stale tried, stale missed, renewed tried, renewed missed)"""
    for line in out.stdout.splitlines():
        numbers = line.split()[-4:]
        if len(numbers) == 4 and all(word.isdigit() for word in numbers):
            yield line[:18].strip(), line[19:35].strip(), *map(int, numbers)


def bits(version):
    out = sweep("bits", version, STEP)
    tap.expect_equal(out.returncode, 0, "bits of live bytes that nobody noticed")


def fields(version):
    missed = [row for row in rows(sweep("fields", version, 1)) if row[3] or row[5] and row[1] not in MAY_BE_MISSED]
    tap.expect(not missed, f"changes that nobody noticed: {missed}")


def contents(version):
    table = list(rows(sweep("contents", version, STEP)))
    tap.expect(table and table[0][4] > 0, "nothing was tried")


for kind, number in (("ANSI", "14"), ("Unicode", "23")):
    SUITE.add(f"bits of the smallest {kind} store", lambda number=number: bits(number))
    SUITE.add(f"fields of the smallest {kind} store", lambda number=number: fields(number))
    SUITE.add(f"contents of the smallest {kind} store", lambda number=number: contents(number))

sys.exit(SUITE.run())
