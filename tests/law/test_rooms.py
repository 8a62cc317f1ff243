"""This file holds the code to src/rooms.txt: includes, floors and outside symbols."""

import fnmatch
import os
import re
import subprocess
import sys

SOURCE = os.environ["POSTMEND_SOURCE"]
BUILD = os.environ["POSTMEND_BUILD"]

# What a pure room may include from outside: the language's own headers without the system's half, and
# libraries that only compute.
PURE_HEADERS = {
    "assert.h", "ctype.h", "float.h", "inttypes.h", "iso646.h", "limits.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h",
    "stdint.h", "stdio.h", "stdlib.h", "string.h", "expat.h", "gsasl.h", "jansson.h", "libpsl.h", "libdeflate.h",
}


class Room:
    def __init__(self, name, floor, sees, symbols):
        self.name, self.floor, self.sees, self.symbols = name, floor, sees, symbols


def read_law():
    rooms, macros = {}, {}
    with open(os.path.join(SOURCE, "src", "rooms.txt"), encoding="utf-8") as law:
        lines = [line.split() for line in law if line.strip() and not line.startswith("#")]
    for words in lines:
        if words[0].startswith("@"):
            macros[words[0]] = words[1:]
            continue
        symbols = [glob for word in words[3:] for glob in macros.get(word, [word])]
        sees = [] if words[2] == "-" else words[2].split(",")
        rooms[words[0]] = Room(words[0], int(words[1]), sees, symbols)
    for room in rooms.values():
        if room.sees == ["*"]:
            room.sees = [name for name in rooms if name != room.name]
    return rooms


def check_floors(rooms):
    for room in rooms.values():
        for seen in room.sees:
            if seen not in rooms:
                yield f"rooms.txt: there is no room {seen}"
            elif rooms[seen].floor >= room.floor:
                yield f"rooms.txt: {room.name} (floor {room.floor}) may not see {seen} (floor {rooms[seen].floor})"


def check_includes(rooms):
    top = os.path.join(SOURCE, "src")
    for folder, _, files in os.walk(top):
        for name in sorted(files):
            if not name.endswith((".c", ".h", ".def")):
                continue
            path = os.path.join(folder, name)
            place = os.path.relpath(path, top)
            parts = place.split(os.sep)
            if len(parts) < 2 or parts[0] not in rooms:
                yield f"{place}: stands in no room"
                continue
            yield from check_file(rooms, rooms[parts[0]], path, place)


def check_file(rooms, room, path, place):
    with open(path, encoding="utf-8") as text:
        for number, line in enumerate(text, 1):
            yield from check_outside(rooms, room, f"{place}:{number}", line)
            found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if not found:
                continue
            target = found.group(1).split("/")[0]
            if "/" not in found.group(1) or target not in rooms:
                yield f"{place}:{number}: include \"room/thing.h\", not \"{found.group(1)}\""
            elif target != room.name and target not in room.sees:
                yield f"{place}:{number}: room {room.name} may not see room {target}"


def check_outside(rooms, room, place, line):
    """Headers in angle brackets: never ours, and in a pure room none of a system."""
    found = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
    if not found:
        return
    if found.group(1).split("/")[0] in rooms:
        yield f"{place}: our own headers stand in quotation marks, not in angle brackets"
    elif "*" not in room.symbols and found.group(1) not in PURE_HEADERS and not place.split(":")[0].endswith("_test.c"):
        yield f"{place}: room {room.name} is a pure room: <{found.group(1)}> is not for it"


def symbols(library, kind):
    """Names that nm shows for this kind: 'U' used or 'D' defined."""
    flag = "-u" if kind == "U" else "--defined-only"
    out = subprocess.run(["nm", "-g", flag, library], check=True, capture_output=True, text=True).stdout
    return {line.split()[-1] for line in out.splitlines() if line and not line.endswith(":")}


def check_symbols(rooms):
    libraries = {name: os.path.join(BUILD, "src", f"lib{name}.a") for name in rooms}
    built = {name: path for name, path in libraries.items() if os.path.exists(path)}
    owner = {}
    for name, path in built.items():
        for symbol in symbols(path, "D"):
            if symbol in owner and owner[symbol] != name:
                yield f"symbol {symbol} is defined in {owner[symbol]} and in {name}"
            owner[symbol] = name
    for name, path in built.items():
        for symbol in sorted(symbols(path, "U")):
            if symbol in owner:
                if owner[symbol] != name and owner[symbol] not in rooms[name].sees:
                    yield f"{name}: uses {symbol} of room {owner[symbol]}"
            elif not any(fnmatch.fnmatchcase(symbol, glob) for glob in rooms[name].symbols):
                yield f"{name}: uses {symbol}, which src/rooms.txt does not allow it"


def is_instrumented():
    """Sanitizers and fortify rename symbols; the symbol law needs a plain build."""
    out = subprocess.run(["nm", os.path.join(BUILD, "src", "libbase.a")], check=True, capture_output=True, text=True)
    return "__asan_" in out.stdout or "__ubsan_" in out.stdout


def main():
    rooms = read_law()
    faults = list(check_floors(rooms)) + list(check_includes(rooms))
    if is_instrumented():
        print("outside symbols are judged in the plain build only: this one has sanitizers")
    else:
        faults += list(check_symbols(rooms))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


sys.exit(main())
