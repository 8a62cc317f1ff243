"""This file tests that postmend.exe, under Wine, repairs stores to the very bytes that the Linux program makes of them."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import stores
import tap
import wine

SUITE = tap.Suite()
stores.MAKER = os.path.join(os.path.dirname(wine.LINUX), "tests", "makers", "store-maker")
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)
EXE = wine.program(SUITE)
RECIPES = [("small", "--version", "14"), ("rich", "--version", "15", "--cipher", "cyclic"), ("deep",), ("rich",),
           ("small", "--version", "36", "--compress", "yes")]
DAMAGES = ["header-zeroed", "bbt-all", "folder-tables", "truncated", "block-payload"]


def ask(program, *words):
    if not os.path.exists(program):
        raise tap.Skip("build/postmend is not built")
    doctor.PROGRAM = program
    return doctor.visit("store", *words, limit=240)


def digest(path):
    return hashlib.sha256(stores.read(path)).hexdigest()


def tidy(document):
    del document["elapsed_ms"]
    return document


def repaired(program, path):
    out = path + ".new"
    if os.path.exists(out):
        os.unlink(out)
    done = ask(program, "repair", path, "--output", out, "--json")
    return done.code, tidy(done.json()), stores.read(out) if os.path.exists(out) else None


def letters(data):
    """name -> digest of every message of a store."""
    folder = ROOM.path("letters")
    shutil.rmtree(folder, ignore_errors=True)
    doctor.PROGRAM = wine.LINUX
    tap.expect_equal(doctor.visit("store", "export", ROOM.write("new.pst", data), "--output", folder).code, 0, "export")
    return {os.path.relpath(os.path.join(top, name), folder): digest(os.path.join(top, name))
            for top, _, names in os.walk(folder) for name in names}


def same(path):
    before = digest(path)
    here, there = repaired(wine.LINUX, path), repaired(EXE, path)
    tap.expect_equal(there[:2], here[:2], f"what Windows says of {path}")
    # A store that lost its record key gets a new one, which is drawn.
    if there[2] != here[2]:
        tap.expect(repaired(wine.LINUX, path)[2] != here[2], "other bytes than on Linux")
        tap.expect_equal(len(there[2]), len(here[2]), "the new store's size")
        tap.expect_equal(letters(there[2]), letters(here[2]), "the messages")
    tap.expect_equal(digest(path), before, "the store itself")
    return there[0]


def copy(path):
    return ROOM.write("store.pst", stores.read(path))


@SUITE.case("made stores: the same bytes as on Linux")
def made():
    for words in RECIPES:
        tap.expect_equal(same(ROOM.make(*words)), 1, f"exit code of {words}")


@SUITE.case("real stores: the same bytes as on Linux")
def real():
    for path, _ in stores.real():
        same(copy(path))


def damage(kind):
    tool = stores.shared("tools", "store-damage")
    for words in RECIPES:
        path = ROOM.path("damaged.pst")
        subprocess.run(["/usr/bin/python3", tool, kind, "1", ROOM.make(*words), path], check=True, capture_output=True)
        same(path)


for name in DAMAGES:
    SUITE.case(f"stores with {name}: the same bytes as on Linux")(lambda name=name: damage(name))


def in_place(path):
    """Mended, sound, silent the second time, and taken back to the byte."""
    data = bytearray(stores.read(ROOM.make("small")))
    # The counter of the first map that the header repeats, and with it the header's checksums.
    data[0x0C:0x0E] = b"\xff\xff"
    with open(path, "wb") as file:
        file.write(data)
    before = digest(path)
    tap.expect_equal(ask(EXE, "check", path, "--json").code, 4, "the damage is not seen")
    done = ask(EXE, "repair", path, "--in-place", "--yes", "--json")
    tap.expect_equal(done.code, 1, str(done))
    tap.expect_equal(ask(EXE, "check", path, "--json").code, 0, "not mended")
    tap.expect_equal(ask(EXE, "repair", path, "--in-place", "--yes", "--json").code, 0, "not silent the second time")
    done = ask(EXE, "undo", path, "--json")
    tap.expect(done.code in (0, 1), str(done))
    tap.expect_equal(digest(path), before, "undo is not exact")


@SUITE.case("in place, and taken back")
def place():
    in_place(ROOM.path("store.pst"))


@SUITE.case("a store that Outlook has open to itself: what to do is said, and nothing is changed")
def locked():
    path = copy(ROOM.make("small"))
    before = digest(path)
    with wine.held(path):
        for words in (("check", path), ("outbox", path), ("repair", path, "--output", ROOM.path("locked.pst")),
                      ("export", path, "--output", ROOM.path("locked")), ("repair", path, "--in-place", "--yes")):
            done = ask(EXE, *words)
            tap.expect(done.code == 8 and "close Outlook" in done.err and "OUTLOOK.EXE" in done.err, str(done))
    tap.expect_equal((digest(path), os.path.exists(ROOM.path("locked.pst"))), (before, False), "the store")
    tap.expect_equal(ask(EXE, "check", path).code, 0, "afterwards")


@SUITE.case("a store with a Chinese name under a path of 300 characters: repaired, and in place, and taken back")
def long_path():
    top = tempfile.mkdtemp(prefix="postmend-long-")
    SUITE.at_end.append(lambda: shutil.rmtree(top, ignore_errors=True))
    # Room for the journal's longer name: a name has at most 255 bytes where the tests run.
    folder = os.path.join(top, *(["\u90ae\u4ef6" * 20] * 5))
    path = os.path.join(folder, "\u6211\u7684\u90ae\u4ef6" * 12 + ".pst")
    path = os.path.join(folder, "x" * (300 - len(path)) + os.path.basename(path))
    os.makedirs(folder)
    tap.expect(len(path) >= 300, f"{len(path)} characters")
    in_place(path)
    tap.expect_equal(same(path), 1, "exit code")


sys.exit(SUITE.run())
