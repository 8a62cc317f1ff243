"""This file makes registry hives for tests, with libhivex, and reads them back with it."""

import functools
import json
import os
import struct
import subprocess
import tempfile

import tap

HERE = os.path.dirname(os.path.abspath(__file__))
HELPER = os.path.join(HERE, "..", "hives", "hivex_dump.py")
# Debian's module belongs to Debian's Python.
PYTHON = "/usr/bin/python3"
TOOL = os.path.join(os.environ.get("POSTMEND_BUILD", "build"), "tests", "hives", "hive-tool")
SZ, EXPAND_SZ, BINARY, DWORD = 1, 2, 3, 4


def text(value):
    """A REG_SZ."""
    return [SZ, (value + "\0").encode("utf-16-le").hex()]


def blob(value):
    """The same text as REG_BINARY, as the old account manager writes it."""
    return [BINARY, (value + "\0").encode("utf-16-le").hex()]


def number(value):
    return [DWORD, struct.pack("<I", value).hex()]


def binary(value):
    return [BINARY, value.hex()]


def merge(tree, path, what):
    """Puts a subtree at a path with backslashes into a tree."""
    for part in path.split("\\"):
        tree = tree.setdefault(part, {})
    tree.update(what)


def run(*words, stdin=None, good=(0,)):
    done = subprocess.run(words, input=stdin, capture_output=True, text=True)
    if done.returncode not in good:
        if "No module named 'hivex'" in done.stderr:
            raise tap.Skip("python3-hivex is not installed")
        raise tap.Fail(f"{words[:3]}: exit {done.returncode}: {done.stderr[-2000:]}")
    return done


def seed(name="empty"):
    """The bytes of one of the small hives that the tests start from."""
    with tempfile.TemporaryDirectory(prefix="postmend-hive-") as folder:
        run(TOOL, "seeds", folder)
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()


@functools.lru_cache(maxsize=None)
def cached_seed():
    return seed()


def make(path, tree):
    """A hive with these keys and values, written by libhivex."""
    with tempfile.NamedTemporaryFile(prefix="postmend-hive-") as start:
        start.write(seed())
        start.flush()
        run(PYTHON, HELPER, "build", start.name, path, stdin=json.dumps(tree))


def make_many(trees):
    """The same for several hives at once: {path: tree}."""
    with tempfile.NamedTemporaryFile(prefix="postmend-hive-") as start:
        start.write(cached_seed())
        start.flush()
        run(PYTHON, HELPER, "build-many", start.name, stdin=json.dumps(trees))


def as_hivex_sees(path):
    return sorted(run(PYTHON, HELPER, "dump", path).stdout.splitlines())


def as_we_see(path, *logs):
    """(lines, [entries replayed, their pages, is current, left out])."""
    done = run(TOOL, "dump", path, *logs)
    return sorted(done.stdout.splitlines()), [int(word) for word in done.stderr.split()]
