"""This file tests that postmend.exe, under Wine, says of stores exactly what the Linux program says."""

import os
import shutil
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


def ask(program, *words, **how):
    if not os.path.exists(program):
        raise tap.Skip("build/postmend is not built")
    doctor.PROGRAM = program
    return doctor.visit("store", "check", *words, limit=240, **how)


def same(paths):
    """One document for all of them; only times may differ."""
    documents = []
    for program in (wine.LINUX, EXE):
        done = ask(program, "--json", *paths)
        document = done.json()
        del document["elapsed_ms"]
        documents.append((done.code, document))
    tap.comment(f"{len(paths)} stores, {len(documents[0][1]['findings'])} findings")
    tap.expect_equal(documents[1], documents[0], "what Windows says")


@SUITE.case("made stores: the same document as on Linux")
def made():
    same([ROOM.make(*words) for words in RECIPES])


@SUITE.case("damaged stores: the same document as on Linux")
def damaged():
    paths = []
    for i, words in enumerate(RECIPES):
        data = bytearray(stores.read(ROOM.make(*words)))
        for at in range(len(data) // 7, len(data), len(data) // 7):
            data[at] ^= 0x55
        paths.append(ROOM.write(f"damaged-{i}.pst", data[:len(data) - len(data) // 9 * (i % 2)]))
    same(paths)


@SUITE.case("real stores: the same document as on Linux")
def real():
    same([path for path, _ in stores.real()])


@SUITE.case("a store with a Chinese name under a path of 300 characters")
def long_path():
    top = tempfile.mkdtemp(prefix="postmend-long-")
    SUITE.at_end.append(lambda: shutil.rmtree(top, ignore_errors=True))
    folder = os.path.join(top, *(["\u90ae\u4ef6" * 20] * 3))
    path = os.path.join(folder, "\u6211\u7684\u90ae\u4ef6" * 12 + "-" + "x" * (300 - len(folder) - 54) + ".pst")
    os.makedirs(folder)
    shutil.copy(ROOM.make("small"), path)
    tap.expect(len(path) >= 300, f"{len(path)} characters")
    same([path])


sys.exit(SUITE.run())
