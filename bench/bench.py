#!/usr/bin/env python3
"""This file runs the benches and says whether what postmend promises was kept: bench.py [CHAPTER...]"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import checks
import convert
import damage
import faults
import harm
import items
import path
import repair
import repair_time
import report
import sweeps

CHAPTERS = {"faults": faults.main, "stores": checks.main, "damage": damage.main, "sweeps": sweeps.main,
            "repair": repair.main, "convert": convert.main, "items": items.main, "harm": harm.main, "repair-time": repair_time.main,
            "healthy": path.healthy, "pairs": path.pairs, "round-trips": path.round_trips}


def main():
    names = sys.argv[1:] or list(CHAPTERS)
    unknown = [name for name in names if name not in CHAPTERS]
    if unknown:
        print(f"bench: no chapter {unknown[0]!r}: one of {', '.join(CHAPTERS)}", file=sys.stderr)
        return 16
    program = os.path.join(report.TOP, "build", "postmend")
    kept = [CHAPTERS[name](program) for name in names]
    print("written: docs/BENCHMARKS.md")
    return 0 if all(kept) else 1


sys.exit(main())
