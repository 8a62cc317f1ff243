"""This file gives tests their stores: made ones, and the real ones beside the repository where there are any."""

import csv
import os
import subprocess
import tempfile

import tap

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAKER = os.path.join(os.environ.get("POSTMEND_BUILD", os.path.join(TOP, "build")), "tests", "makers", "store-maker")


class Room:
    """A folder for stores that is gone afterwards; each recipe is made once."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="postmend-stores-")
        self.made = {}

    def close(self):
        self.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def make(self, *words):
        """The path of a store of the maker; words as it takes them."""
        if words not in self.made:
            if not os.path.exists(MAKER):
                raise tap.Skip("the maker of stores is not built")
            path = self.path(f"made-{len(self.made)}.pst")
            done = subprocess.run([MAKER, *words, path], capture_output=True, text=True, check=False)
            tap.expect(done.returncode == 0, f"store-maker {' '.join(words)}: {done.stderr}")
            self.made[words] = path
        return self.made[words]

    def write(self, name, data):
        path = self.path(name)
        with open(path, "wb") as out:
            out.write(data)
        return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


def shared(*parts):
    """A path in the folder of material that lies beside the repository; a skipped test where it does not."""
    top = os.environ.get("POSTMEND_SHARED") or os.path.join(os.path.dirname(TOP), "shared")
    path = os.path.join(top, *parts)
    if not os.path.exists(path):
        raise tap.Skip(f"SKIPPED: no {'/'.join(parts)} beside the repository (POSTMEND_SHARED names the folder)")
    return path


def real():
    """[(path, row of INDEX.tsv)] of the real stores."""
    folder = shared("stores")
    with open(os.path.join(folder, "INDEX.tsv"), encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    return [(os.path.join(folder, row["file"]), row) for row in rows]
