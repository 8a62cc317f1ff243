"""This file looks for calls of functions that banned.txt forbids, and for system words outside the room os."""

import re

import house

SYSTEM = re.compile(r"#\s*(?:el)?if.*\b(_WIN32|_WIN64|__MINGW32__|__linux__|__unix__|__APPLE__)\b")


def law():
    for pattern, rooms, *reason in house.rows("tests/law/banned.txt"):
        yield re.compile(r"(?<![\w.>])(" + pattern + r")\s*\("), set(rooms.split(",")), " ".join(reason)


def check(name, laws):
    room = "test" if house.is_test(name) else house.room_of(name)
    for number, line in enumerate(house.code_only(house.read(name)).splitlines(), 1):
        for pattern, rooms, reason in laws:
            found = pattern.search(line)
            if found and room not in rooms:
                yield f"{name}:{number}: {found.group(1)} is banned here: {reason}"
        if SYSTEM.search(line) and house.room_of(name) != "os":
            yield f"{name}:{number}: only the room os knows the system"


def main():
    laws = list(law())
    house.judge(fault for name in house.files(".c", ".h", ".def") for fault in check(name, laws))


main()
