"""This file looks for what does not belong: left-overs, large binaries, broken text, machine paths, unfinished work."""

import fnmatch
import os
import re

import house

ROOT = {".ci", ".clang-format", ".clang-tidy", ".gitattributes", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
        "README.md", "SECURITY.md", "bench", "data", "dev", "docs", "meson.build", "meson_options.txt", "src", "tests",
        "tools"}
LEFT_OVERS = ["*~", "*.orig", "*.rej", "*.swp", "*.swo", ".#*", "#*#", ".DS_Store", "Thumbs.db", "*.o", "*.obj", "a.out",
              "core", "core.*", "*.pyc", "*.log", "*.tmp", "*.bak", "*.exe", "*.dll", "nohup.out"]
BINARY_MAX = 64 * 1024

# Put together from halves, so that this law does not find itself.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK|W" r"IP|T" r"BD)\b|(?i:\bfor " r"now\b|\bplace" r"holder\b"
                        r"|\bhard-?" r"coded\b|\bnot (yet )?imple" r"mented\b|\bto be imple" r"mented\b|\bst" r"ubbed\b)")
MACHINE = re.compile(r"(?<![\w.])/(wo" r"rk|ro" r"ot|Us" r"ers)/\w|/ho" r"me/(?!anna\b|NAME\b|user\b)\w+|bash_" r"jobs"
                     r"|[A-Z]:\\\\?Us" r"ers\\\\?(?!anna\b|NAME\b)\w+")
HIDDEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# The style guide names the words that it forbids.
NAMES_THE_WORDS = {"docs/STYLE.md"}
# Bytes of the world outside, kept as they came.
AS_IT_CAME = ("tests/corpus/", "tests/data/", "data/")


def check_place(name):
    base = os.path.basename(name)
    if name.split("/")[0] not in ROOT:
        yield f"{name}: does not belong into the root folder (tests/law/test_strays.py lists what does)"
    if any(fnmatch.fnmatchcase(base, pattern) for pattern in LEFT_OVERS):
        yield f"{name}: a left-over"
    if re.search(r"[^\w.+@/=-]", name):
        yield f"{name}: a name that not every system takes"


def check_text(name, text):
    if text and not text.endswith("\n"):
        yield f"{name}: does not end with a line feed"
    for number, line in enumerate(text.split("\n"), 1):
        if line.endswith((" ", "\t", "\r")):
            yield f"{name}:{number}: blanks at the end of the line"
        if HIDDEN.search(line):
            yield f"{name}:{number}: an invisible character"
        found = UNFINISHED.search(line)
        if found and name not in NAMES_THE_WORDS:
            yield f"{name}:{number}: unfinished work: {found.group()}"
        if MACHINE.search(line):
            yield f"{name}:{number}: a path of one machine: {MACHINE.search(line).group()}"


def check(name):
    yield from check_place(name)
    if name.startswith(AS_IT_CAME):
        return
    data = house.read_bytes(name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is None or "\0" in text:
        if len(data) > BINARY_MAX:
            yield f"{name}: a binary of {len(data)} bytes"
        elif name.endswith((".c", ".h", ".def", ".py", ".md", ".txt", ".build")):
            yield f"{name}: not UTF-8"
        return
    yield from check_text(name, text)


house.judge(fault for name in house.ours() for fault in check(name))
