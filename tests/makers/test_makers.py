"""This file asks other readers what they see in stores that we made: libpff, libpst and pst-extractor.

They must see what the maker's manifest says: each message with its folder, subject and attachments, byte for byte. And
postmend must find nothing wrong.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))

import doctor
import tap

SUITE = tap.Suite()
TOP = os.path.join(HERE, "..", "..")
MAKER = os.path.join(os.environ.get("POSTMEND_BUILD", "build"), "tests", "makers", "store-maker")
MODULES = os.path.join(TOP, ".cache", "readers", "node_modules")
PYTHON = "/usr/bin/python3"

# Name, then what the maker is told.
STORES = [
    ("ansi 14", "small --version 14"),
    ("ansi 15, cyclic", "small --version 15 --cipher cyclic"),
    ("ansi 14, plain, rich", "rich --version 14 --cipher none"),
    ("unicode 21", "small --version 21 --cipher none"),
    ("unicode 23, rich", "rich --version 23"),
    ("unicode 23, cyclic, small pages of trees", "deep --version 23 --cipher cyclic"),
    ("unicode 23, large parts", "large --version 23"),
    ("4K, packed", "rich --version 36 --client ost --cipher none --compress yes --named 300"),
    ("4K, permute", "small --version 36 --client ost"),
    ("4K, cyclic", "small --version 36 --client ost --cipher cyclic"),
    ("minimal, other seed", "minimal --seed 7"),
]


def run(*words, env=None):
    return subprocess.run(words, capture_output=True, text=True, env={**os.environ, **(env or {})}, timeout=600)


class Made:
    """A store and what is in it."""

    def __init__(self, folder, words):
        self.path = os.path.join(folder, "made.pst")
        listed = os.path.join(folder, "made.json")
        made = run(MAKER, *words.split(), "--manifest", listed, self.path)
        tap.expect_equal(made.returncode, 0, f"store-maker {words}: {made.stderr}")
        with open(listed, encoding="utf-8") as file:
            self.all = [json.loads(line) for line in file]
        self.messages = {row["nid"]: row for row in self.all if not row["associated"]}


def lines(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def bytes_of(row):
    return sorted((part["size"], part["crc"]) for part in row["attachments"])


def compare(seen, made, subject, leave_out=()):
    """Messages that a reader saw with those that were made; `subject` makes up for what the reader does to it."""
    tap.expect_equal(len(seen), len(made.messages), "messages")
    for row in seen:
        wanted = made.messages.get(row["nid"])
        tap.expect(wanted, f"nobody made message {row['nid']:#x}")
        if row["nid"] in leave_out:
            continue
        tap.expect_equal(row["folder"].split("/", 1)[-1], wanted["folder"], "folder of a message")
        tap.expect_equal(row["subject"], subject(wanted["subject"]), "subject")
        tap.expect_equal(bytes_of(row), bytes_of(wanted), f"attachments of {wanted['subject']}")


def misread_surrogates(text):
    """libpff of 2018 is off by 0x3FF with characters beyond U+FFFF."""
    return "".join(chr(ord(c) - 0x3FF) if ord(c) > 0xFFFF else c for c in text)


def by_libpff(made):
    if run(PYTHON, "-c", "import pypff").returncode:
        raise tap.Skip("python3-pypff is not installed")
    out = run(PYTHON, os.path.join(HERE, "peers.py"), made.path)
    tap.expect_equal(out.returncode, 0, "libpff: " + out.stderr[-600:])
    compare(lines(out.stdout), made, misread_surrogates)
    embedded = sum(row["others"] for row in lines(out.stdout))
    tap.expect_equal(embedded, sum(bool(row["embedded"]) for row in made.messages.values()), "embedded messages")


def by_libpst(made):
    """readpst counts the items of each folder; it makes nothing of delivery reports."""
    if not shutil.which("readpst"):
        raise tap.Skip("pst-utils is not installed")
    with tempfile.TemporaryDirectory(prefix="postmend-makers-") as folder:
        out = run("readpst", "-j", "0", "-D", "-r", "-o", folder, made.path)
    tap.expect_equal(out.returncode, 0, "readpst: " + out.stderr[-600:])
    wanted = {}
    for row in made.messages.values():
        place = row["folder"].split("/")[-1]
        wanted[place] = wanted.get(place, 0) + 1
    for place, n, skipped in re.findall(r'"([^"]*)" - (\d+) items done, (\d+) items skipped', out.stdout):
        # Its items are the messages and the folders inside.
        tap.expect(place not in wanted or int(n) + int(skipped) >= wanted[place],
                   f"{place}: {n} + {skipped} items, {wanted.get(place)} made")
    seen = {place for place, *_ in re.findall(r'"([^"]*)" - (\d+) items', out.stdout)}
    tap.expect(not set(wanted) - seen, f"folders that readpst did not show: {set(wanted) - seen}")


def by_pst_extractor(made, words):
    if re.search("--version (1|21)|cyclic", words):
        tap.comment("pst-extractor reads no ANSI stores, no version 21 and no cyclic cipher")
        return
    if not shutil.which("node") or not os.path.isdir(os.path.join(MODULES, "pst-extractor")):
        raise tap.Skip("PST-EXTRACTOR IS NOT INSTALLED (it needs npm): one reader less has looked")
    out = run("node", os.path.join(HERE, "extract.js"), made.path, env={"NODE_PATH": MODULES})
    tap.expect_equal(out.returncode, 0, "pst-extractor: " + out.stderr[-600:])
    # It does not follow the tree of a property context that has more than one level.
    compare(lines(out.stdout), made, lambda text: text, leave_out={0x200024} if words.startswith("rich --version 23") else ())


def by_postmend(made):
    visit = doctor.visit("store", "check", "--json", made.path)
    tap.expect_equal(visit.code, 0, f"postmend finds fault: {visit}")


def add_readers(name, words):
    """One store for the four of them, made when the first one asks."""
    made = []

    def store():
        if not made:
            folder = tempfile.TemporaryDirectory(prefix="postmend-makers-")
            SUITE.at_end.append(folder.cleanup)
            made.append(Made(folder.name, words))
        return made[0]

    SUITE.add(f"postmend finds no fault: {name}", lambda: by_postmend(store()))
    SUITE.add(f"libpff sees the same: {name}", lambda: by_libpff(store()))
    SUITE.add(f"libpst sees the same: {name}", lambda: by_libpst(store()))
    SUITE.add(f"pst-extractor sees the same: {name}", lambda: by_pst_extractor(store(), words))


for store_name, store_words in STORES:
    add_readers(store_name, store_words)


@SUITE.case("the same description makes the same bytes, another seed others")
def same_bytes():
    with tempfile.TemporaryDirectory(prefix="postmend-makers-") as folder:
        paths = [os.path.join(folder, name) for name in ("one", "two", "three")]
        for path, seed in zip(paths, "112"):
            tap.expect_equal(run(MAKER, "small", "--seed", seed, path).returncode, 0, "store-maker")
        one, two, three = (open(path, "rb").read() for path in paths)
        tap.expect(one == two, "two runs differ")
        tap.expect(one != three, "the seed changes nothing")


@SUITE.case("a store behind 2 GiB, with holes, has its FMap and FPMap pages and is healthy")
def far():
    with tempfile.TemporaryDirectory(prefix="postmend-makers-") as folder:
        made = Made(folder, "far")
        with open(made.path, "rb") as file:
            for at, kind in ((0x1F04800, 0x82), (0x7C004800, 0x85)):
                file.seek(at + 496)
                tap.expect_equal(file.read(2), bytes([kind, kind]), f"page type at {at:#x}")
        by_postmend(made)


@SUITE.case("what makes no sense is refused")
def refused():
    for words in (["--version", "24"], ["--messages", "many"], ["--attachments", "9..1"], ["--frobnicate", "1"], []):
        tap.expect_equal(run(MAKER, *words, *(["/dev/null"] if words else [])).returncode, 16, " ".join(words))


sys.exit(SUITE.run())
