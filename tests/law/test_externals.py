"""This file finds functions and objects that are visible outside their file although nobody else uses them.

It judges the plain build: what a test alone uses is fine, it is a use.
"""

import fnmatch
import glob
import os
import re
import subprocess

import house

# What the linker or a library calls: main of programs and the fuzzers' entry.
CALLED_FROM_OUTSIDE = {"main", "LLVMFuzzerTestOneInput", "LLVMFuzzerInitialize"}


def table(path):
    """(defined, used) global names of one object file."""
    out = subprocess.run(["nm", "-g", path], check=True, capture_output=True, text=True).stdout
    defined, used = set(), set()
    for line in out.splitlines():
        words = line.split()
        (used if words[-2] == "U" else defined).add(words[-1])
    return defined, used


def main():
    objects = glob.glob(os.path.join(house.BUILD, "**", "*.o"), recursive=True)
    tables = {path: table(path) for path in objects}
    if not tables:
        house.skip("no object files in " + house.BUILD)
    if any("__asan_init" in used for _, used in tables.values()):
        house.skip("judged in the plain build only: this one has sanitizers")
    judge(tables)


def outside_names():
    """What the libraries define that the program is linked with: a name of ours would take its place there."""
    program = os.path.join(house.BUILD, "postmend")
    if not os.path.exists(program):
        return {}
    linked = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    names = {}
    for path in re.findall(r"=> (/\S+)", linked):
        out = subprocess.run(["nm", "-D", "--defined-only", path], capture_output=True, text=True).stdout
        for line in out.splitlines():
            names[line.split()[-1].split("@")[0]] = os.path.basename(path)
    return names


def exceptions():
    """Patterns of OBJECT:NAME that wait for their caller, each with the reason."""
    return [row[0] for row in house.rows("tests/law/externals-exceptions.txt")]


def judge(tables):
    outside, waiting = outside_names(), exceptions()
    used_somewhere = set().union(*(used for _, used in tables.values()))
    faults, needed = [], set()
    for path, (defined, _) in sorted(tables.items()):
        room = os.path.basename(os.path.dirname(path))
        if not room.startswith("lib"):
            continue
        faults += [f"{os.path.basename(path)}: {name} is a name of {outside[name]} too" for name in sorted(defined & set(outside))]
        for name in sorted(defined - used_somewhere - CALLED_FROM_OUTSIDE):
            matching = [row for row in waiting if fnmatch.fnmatchcase(f"{os.path.basename(path)}:{name}", row)]
            needed.update(matching)
            if not matching:
                faults.append(f"{os.path.basename(path)}: {name} is visible but nobody uses it: make it static or drop it")
    faults += [f"externals-exceptions.txt: nothing waits any more as {row}" for row in waiting if row not in needed]
    house.judge(faults)


main()
