"""This file holds docs/COVERAGE.md to the catalogue of findings and to the code of the store check."""

import re

import house

COUNT = 132
ROW = re.compile(r"\| (P\d+) \| ([^|]+) \| ([^|]+) \|")
FINDING = re.compile(r'FINDING\((\w+), "([a-z0-9-]+)", [^"]*"([^"]*)"')


def catalogue():
    """Slug to its C name and the invariants it answers."""
    return {slug: (name, rows.split())
            for name, slug, rows in FINDING.findall(house.read("src/finding/codes_store.def"))}


def used_codes():
    text = "".join(house.read(name) for name in house.files(".c", under="src/check/") if not name.endswith("_test.c"))
    return set(re.findall(r"CODE_(\w+)", text))


def check():
    known, used, seen = catalogue(), used_codes(), set()
    for invariant, ids, remark in ROW.findall(house.read("docs/COVERAGE.md")):
        if invariant in seen:
            yield f"docs/COVERAGE.md: {invariant} stands twice"
        seen.add(invariant)
        if ids.strip() == "-":
            if len(remark.split()) < 5:
                yield f"docs/COVERAGE.md: {invariant}: say why it is not checked"
            continue
        for slug in re.findall(r"`([^`]+)`", ids):
            if slug not in known or invariant not in known[slug][1]:
                yield f"docs/COVERAGE.md: {invariant}: {slug} does not answer it"
            elif known[slug][0] not in used:
                yield f"docs/COVERAGE.md: {invariant}: nothing in src/check reports {slug}"
    for number in range(1, COUNT + 1):
        if f"P{number}" not in seen:
            yield f"docs/COVERAGE.md: P{number} is missing"


house.judge(check())
