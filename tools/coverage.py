#!/usr/bin/env python3
"""This file measures which lines of the rooms that judge stores are run by their tests, and fails where too few are.

    tools/coverage.py [--lines] [BUILD]

BUILD (build-cov unless told) is made when it is missing, in any case brought up to date; the tests of pst and check and
the planted faults run in it, nothing else. Per file: percent of lines run, and with --lines those that were not. A file
of src/pst below LEAST percent, or src/pst as a whole, ends it with 1.
"""

import collections
import glob
import json
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOMS = ("pst", "check")
LEAST = 90
TARGETS = ("tests/makers/planted",)


def make(build):
    if not os.path.exists(os.path.join(build, "build.ninja")):
        subprocess.run(["meson", "setup", build, TOP, "-Db_coverage=true"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", build], check=True, stdout=subprocess.DEVNULL)


def run(build):
    for old in glob.glob(os.path.join(build, "src", "**", "*.gcda"), recursive=True):
        os.remove(old)
    suites = [word for room in ROOMS for word in ("--suite", room)]
    done = subprocess.run(["meson", "test", "-C", build, "--no-rebuild", "--quiet", *suites], capture_output=True, text=True)
    if done.returncode:
        sys.exit("tests failed:\n" + done.stdout + done.stderr)
    for target in TARGETS:
        done = subprocess.run([os.path.join(build, target)], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{target} failed")


def count(build):
    """{file: {line: how often}}"""
    lines = collections.defaultdict(collections.Counter)
    for room in ROOMS:
        data = sorted(glob.glob(os.path.join(build, "src", f"lib{room}.a.p", "*.gcda")))
        out = subprocess.run(["gcov", "--json-format", "--stdout", *data], capture_output=True, text=True, cwd=build,
                             check=True).stdout
        for text in out.splitlines():
            for file in json.loads(text)["files"]:
                path = os.path.relpath(os.path.join(build, file["file"]), TOP)
                for line in file["lines"]:
                    if path.startswith(f"src/{room}/"):
                        lines[path][line["line_number"]] += line["count"]
    return lines


def ranges(numbers):
    """1 2 3 7 as "1-3 7" """
    groups = []
    for number in sorted(numbers):
        if groups and groups[-1][1] == number - 1:
            groups[-1][1] = number
        else:
            groups.append([number, number])
    return " ".join(f"{a}-{b}" if a != b else f"{a}" for a, b in groups)


def percent(run_lines, all_lines):
    return 100 * run_lines / all_lines if all_lines else 100


def main():
    words = sys.argv[1:]
    shows = "--lines" in words
    rest = [word for word in words if word != "--lines"]
    build = os.path.abspath(rest[0] if rest else os.path.join(TOP, "build-cov"))
    make(build)
    run(build)
    sums, failed = collections.defaultdict(lambda: [0, 0]), False
    for path, lines in sorted(count(build).items()):
        missed = [number for number, n in lines.items() if n == 0]
        share = percent(len(lines) - len(missed), len(lines))
        room = path.split("/")[1]
        sums[room][0] += len(lines) - len(missed)
        sums[room][1] += len(lines)
        failed = failed or (room == "pst" and share < LEAST)
        print(f"{share:6.1f} %  {path}" + (f"  not run: {ranges(missed)}" if shows and missed else ""))
    for room, (hit, n) in sums.items():
        print(f"{percent(hit, n):6.1f} %  src/{room}, {n} lines")
    return 1 if failed or not sums["pst"][1] else 0


sys.exit(main())
