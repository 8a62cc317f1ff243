#!/usr/bin/env python3
"""This file makes the C tables of Windows' code pages out of Python's codecs.

Usage: gen-code-pages.py OUTPUT. A byte without a meaning stands as 0 in the tables.
"""

import sys

SINGLE = [437, 720, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869, 874, 1250, 1251, 1252,
          1253, 1254, 1255, 1256, 1257, 1258]
NAMED = {10000: "mac_roman", 20866: "koi8_r", 21866: "koi8_u", 28591: "iso8859_1", 28592: "iso8859_2",
         28593: "iso8859_3", 28594: "iso8859_4", 28595: "iso8859_5", 28596: "iso8859_6", 28597: "iso8859_7",
         28598: "iso8859_8", 28599: "iso8859_9", 28603: "iso8859_13", 28605: "iso8859_15", 38598: "iso8859_8"}
DOUBLE = {932: "cp932", 936: "gbk", 949: "cp949", 950: "cp950", 51932: "euc_jp", 51949: "euc_kr"}
LEAD, TRAIL = (0x81, 0xFE), (0x40, 0xFE)
ROW = 16


def decode(codec, data):
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return 0
    return ord(text) if len(text) == 1 and ord(text) < 0x10000 else 0


def array(name, values):
    lines = [f"static const uint16_t {name}[{len(values)}] = {{"]
    for at in range(0, len(values), ROW):
        lines.append("\t" + ", ".join(f"0x{value:04X}" for value in values[at:at + ROW]) + ",")
    return lines + ["};", ""]


def main():
    singles = dict(sorted({**{page: f"cp{page}" for page in SINGLE}, **NAMED}.items()))
    lines = ["/* This file is made by tools/gen-code-pages.py. */", '#include "base/code_page_table.h"', ""]
    rows = []
    for page, codec in singles.items():
        lines += array(f"high_{page}", [decode(codec, bytes([byte])) for byte in range(0x80, 0x100)])
        rows.append((page, f"high_{page}", "NULL"))
    for page, codec in DOUBLE.items():
        lines += array(f"high_{page}", [decode(codec, bytes([byte])) for byte in range(0x80, 0x100)])
        lines += array(f"pairs_{page}", [decode(codec, bytes([lead, trail])) for lead in range(LEAD[0], LEAD[1] + 1)
                                         for trail in range(TRAIL[0], TRAIL[1] + 1)])
        rows.append((page, f"high_{page}", f"pairs_{page}"))
    lines.append(f"const size_t code_page_table_count = {len(rows)};")
    lines.append("const struct code_page code_page_table[] = {")
    lines += [f"\t{{ {page}, {high}, {pairs} }}," for page, high, pairs in sorted(rows)]
    lines.append("};")
    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write("\n".join(lines) + "\n")


main()
