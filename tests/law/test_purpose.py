"""This file asks each source file to say first what it is for: "This file ..."."""

import re

import house

OPENINGS = {
    (".c", ".h", ".def"): re.compile(r"/\* This file \S"),
    (".py",): re.compile(r'(#![^\n]*\n)?"""This file \S'),
    (".sh", "meson.build", "meson_options.txt"): re.compile(r"(#![^\n]*\n)?# This file \S"),
}


def opening(name):
    for endings, pattern in OPENINGS.items():
        if name.endswith(endings):
            return pattern
    if house.read_bytes(name).startswith(b"#!"):
        return re.compile(r'#![^\n]*\n(# |""")This file \S')
    return None


def check(name):
    # The list of a room's files speaks for itself (src/meson.build explains it).
    if name.startswith("tests/corpus/") or name.endswith("meson.build") and (house.room_of(name) or "/" not in name):
        return
    pattern = opening(name)
    if pattern and not pattern.match(house.read(name)):
        yield f'{name}: the first comment completes "This file ..."'


house.judge(fault for name in house.ours() for fault in check(name))
