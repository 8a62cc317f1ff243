"""This file helps the law tests: which files are ours, what of C is code, how a law ends."""

import os
import re
import subprocess
import sys

SOURCE = os.environ["POSTMEND_SOURCE"]
BUILD = os.environ.get("POSTMEND_BUILD", "")
SKIP = 77


def ours():
    """Every file of the repository, as paths from its root, sorted: tracked, and new ones that git does not ignore."""
    asked = subprocess.run(["git", "-C", SOURCE, "ls-files", "-coz", "--exclude-standard"],
                           capture_output=True, text=True)
    if asked.returncode == 0 and asked.stdout:
        names = asked.stdout.split("\0")
    else:
        names = walk()
    return sorted({name for name in names if name and os.path.isfile(os.path.join(SOURCE, name))})


def walk():
    """The same for a copy without git, such as a release's archive."""
    for folder, folders, files in os.walk(SOURCE):
        top = folder == SOURCE
        folders[:] = [f for f in folders if f not in (".git", "__pycache__")
                      and not (top and (f.startswith("build") or f == ".cache"))]
        for name in files:
            yield os.path.relpath(os.path.join(folder, name), SOURCE)


def files(*endings, under=""):
    return [name for name in ours() if name.startswith(under) and name.endswith(endings)]


def read(name):
    with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
        return file.read()


def read_bytes(name):
    with open(os.path.join(SOURCE, name), "rb") as file:
        return file.read()


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_only(text):
    """C without comments, strings and character constants; lines keep their numbers."""
    return TOKEN.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def comments_only(text):
    """The comments of C, everything else blank; lines keep their numbers."""
    kept, last = [], 0
    for found in TOKEN.finditer(text):
        kept.append(re.sub(r"[^\n]", " ", text[last:found.start()]))
        part = found.group()
        kept.append(part if part.startswith("/") else re.sub(r"[^\n]", " ", part))
        last = found.end()
    kept.append(re.sub(r"[^\n]", " ", text[last:]))
    return "".join(kept)


def room_of(name):
    """The room of src/ROOM/..., or an empty text."""
    parts = name.split("/")
    return parts[1] if parts[0] == "src" and len(parts) > 2 else ""


def is_test(name):
    return name.endswith(("_test.c", "_fuzz.c")) or name.startswith("tests/")


def rows(name):
    """The lines of a table with columns by blanks, without comments."""
    for line in read(name).splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.split()


def judge(faults):
    """Prints what the law found and ends the test."""
    found = list(faults)
    for fault in found:
        print(fault)
    sys.exit(1 if found else 0)


def skip(reason):
    print("SKIP: " + reason)
    sys.exit(SKIP)
