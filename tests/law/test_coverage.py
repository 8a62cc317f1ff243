"""This file holds docs/COVERAGE.md to the catalogues of findings, to the code of the store check, and to the tests of the
network rules."""

import os
import re

import house

COUNT, NETWORK_COUNT, NAMED_LEAST = 132, 102, 95
NETWORK_ROW = re.compile(r"\| (N\d+) \| ([^|]+) \| ([^|]+) \| ([^|]*)\|")
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


def network_catalogue():
    return {slug: rows.split() for _, slug, rows in FINDING.findall(house.read("src/finding/codes_network.def"))}


def planted_in(names):
    """What the tests named say, the list of the lab's faults among it."""
    texts = ""
    for name in names:
        texts += house.read("tests/" + name) if not name.endswith("_test.c") else house.read("src/diagnose/" + name)
        if name.startswith("lab/"):
            texts += "".join(house.read(one) for one in house.files(".c", under="src/lab/"))
    return texts


def check_network():
    known, seen, named = network_catalogue(), set(), 0
    for row, ids, tests, remark in NETWORK_ROW.findall(house.read("docs/COVERAGE.md")):
        seen.add(row)
        if ids.strip() == "-":
            if len(remark.split()) < 5:
                yield f"docs/COVERAGE.md: {row}: say why nothing names it"
            continue
        named += 1
        missing = [name for name in tests.split() if not os.path.exists(os.path.join(house.SOURCE, "tests", name))
                   and not name.endswith("_test.c")]
        if missing:
            yield f"docs/COVERAGE.md: {row}: there is no {missing[0]}"
            continue
        text = planted_in(tests.split())
        for slug in re.findall(r"`([^`]+)`", ids):
            if row not in known.get(slug, []):
                yield f"docs/COVERAGE.md: {row}: {slug} does not answer it"
        if not any(f'"{slug}"' in text for slug in re.findall(r"`([^`]+)`", ids)):
            yield f"docs/COVERAGE.md: {row}: no test that is named there plants it"
    for number in range(1, NETWORK_COUNT + 1):
        if f"N{number:02d}" not in seen:
            yield f"docs/COVERAGE.md: N{number:02d} is missing"
    if named < NAMED_LEAST:
        yield f"docs/COVERAGE.md: {named} of {NETWORK_COUNT} rows of the network are named, at least {NAMED_LEAST} must be"


house.judge([*check(), *check_network()])
