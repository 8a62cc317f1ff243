#!/usr/bin/env python3
"""This file turns the committed tables of codes, answers, scanners and pages into C.

Usage: gen-codes.py KIND INPUT... OUTPUT, where KIND is outlook, answers, scanners, rows, builds, hooks or pages.
A row that does not fit its table ends the build with its file and line.
"""

import os
import re
import sys


class Fault(Exception):
    pass


def quote(text):
    """A C string literal, or NULL for "-"."""
    if text == "-":
        return "NULL"
    out = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + out + '"'


def read_rows(path, columns):
    with open(path, encoding="utf-8") as table:
        for number, line in enumerate(table, 1):
            if line.startswith("#") or not line.strip():
                continue
            cells = line.rstrip("\n").split("\t")
            if len(cells) != columns:
                raise Fault(f"{path}:{number}: {len(cells)} columns, expected {columns}")
            yield f"{path}:{number}", cells


def parts(text, most, where):
    found = [part.strip() for part in text.split(" > ") if part.strip()]
    if len(found) > most:
        raise Fault(f"{where}: {len(found)} parts, at most {most}")
    return "{ " + ", ".join(quote(part) for part in found) + " }" if found else "{ NULL }"


def outlook(path):
    rows = {}
    for where, (code, symbol, area, meaning, causes, checks, fix, standing) in read_rows(path, 8):
        if not re.fullmatch(r"0x[0-9A-F]{8}", code) or code in rows:
            raise Fault(f"{where}: {code} is no code or stands there twice")
        rows[code] = (
            f"\t{{ {code}, {quote(code)}, {quote(symbol or '-')}, {quote(area)}, {quote(meaning)},\n"
            f"\t  {parts(causes, 7, where)},\n\t  {parts(checks, 7, where)},\n"
            f"\t  {quote(fix or '-')}, {quote(standing)} }},\n")
    yield '#include "facts/outlook_codes.h"\n\n#include "facts/tables.h"\n\n'
    yield "const struct outlook_code outlook_codes_rows[] = {\n"
    yield from (rows[code] for code in sorted(rows))
    yield f"}};\nconst size_t outlook_codes_n = {len(rows)};\n"


PROTOCOLS = {"imap": 1, "pop3": 2, "smtp": 4}
STAGES = ["unknown", "greeting", "helo", "starttls", "login", "mailbox", "sender", "recipient", "data"]


def bits(text, names, where):
    if text == "-":
        return "0"
    words = text.split(",")
    for word in words:
        if word not in names:
            raise Fault(f"{where}: {word} is none of {', '.join(names)}")
    return hex(sum(names[word] for word in words))


def meaning(word):
    return "ANSWER_" + word.upper().replace("-", "_")


def answers(path):
    stages = {name: 1 << number for number, name in enumerate(STAGES)}
    count = 0
    yield '#include "facts/answers.h"\n\n#include "facts/tables.h"\n\nconst struct answer_row answers_rows[] = {\n'
    for where, cells in read_rows(path, 12):
        kind, protocol, stage, code, enhanced, response, words, means, refines, also, provider, note = cells
        if kind not in ("base", "refine") or (kind == "refine") != (words != "-"):
            raise Fault(f"{where}: a base row has no words, a refine row has some")
        refined = "0" if refines in ("-", "*") else " | ".join(
            f"ANSWER_BIT({meaning(word)})" for word in refines.split(","))
        if kind == "refine" and refines == "*":
            refined = "UINT64_MAX"
        others = [meaning(word) for word in also.split(",") if word != "-"]
        if len(others) > 3:
            raise Fault(f"{where}: more than three other meanings")
        yield (f"\t{{ {bits(protocol, PROTOCOLS, where)}, {bits(stage, stages, where)}, {quote(code)}, "
               f"{quote(enhanced)}, {quote(response)}, {quote(words)},\n\t  {meaning(means)}, {refined}, "
               f"{{ {', '.join(others) or '0'} }}, {len(others)}, {quote(provider)}, {quote(note)} }},\n")
        count += 1
    yield f"}};\nconst size_t answers_n = {count};\n"


def scanners(path):
    kinds = {"antivirus": "SCANNER_ANTIVIRUS", "gateway": "SCANNER_GATEWAY"}
    count = 0
    yield '#include "facts/scanners.h"\n\n#include "facts/tables.h"\n\nconst struct scanner scanners_rows[] = {\n'
    for where, (product, kind, field, words, standing, upstream, switch) in read_rows(path, 7):
        if kind not in kinds or field not in ("cn", "o") or standing not in ("confirmed", "listed"):
            raise Fault(f"{where}: {kind}, {field} or {standing} is not known")
        flags = ", ".join("true" if flag else "false"
                          for flag in (field == "o", standing == "confirmed", upstream == "bad"))
        yield f"\t{{ {quote(product)}, {kinds[kind]}, {flags}, {quote(words)}, {quote(switch)} }},\n"
        count += 1
    yield f"}};\nconst size_t scanners_n = {count};\n"


def network_rows(path):
    count = 0
    yield '#include "facts/network_rows.h"\n\n#include "facts/tables.h"\n\n'
    yield "const struct network_row network_rows_rows[] = {\n"
    for where, cells in read_rows(path, 7):
        count += 1
        if cells[0] != f"N{count:02d}":
            raise Fault(f"{where}: {cells[0]}, expected N{count:02d}")
        yield "\t{ " + ", ".join(quote(cell) for cell in cells) + " },\n"
    yield f"}};\nconst size_t network_rows_n = {count};\n"


BUILD_KINDS = ["outlook", "windows", "patch", "mixed"]
BUILD_NEEDS = {"-": "NOTHING", "pop3": "POP3", "spa": "SPA", "large": "LARGE"}


def version(text, where):
    """A version as one number, 16 bits for each part; an update's number."""
    if text.startswith("KB"):
        return int(text[2:])
    numbers = [int(part) for part in text.split(".")]
    if len(numbers) > 4 or max(numbers) > 65535:
        raise Fault(f"{where}: {text} is no version")
    return sum(number << 16 * (3 - place) for place, number in enumerate(numbers))


def builds(path):
    count = 0
    yield '#include "facts/bad_builds.h"\n\n#include "facts/tables.h"\n\nconst struct bad_build bad_builds_table[] = {\n'
    for where, (slug, kind, low, high, needs, standing, breaks, helps) in read_rows(path, 8):
        if kind not in BUILD_KINDS or needs not in BUILD_NEEDS or standing not in ("confirmed", "approximate",
                                                                                   "unconfirmed"):
            raise Fault(f"{where}: {kind}, {needs} or {standing} is not known")
        first = version(low, where)
        last = first if high == "-" else version(high, where)
        yield (f"\t{{ {quote(slug)}, BAD_BUILD_{kind.upper()}, UINT64_C({first}), UINT64_C({last}), {quote(low)},\n"
               f"\t  BAD_BUILD_NEEDS_{BUILD_NEEDS[needs]}, BAD_BUILD_{standing.upper()}, {quote(breaks)}, {quote(helps)} }},\n")
        count += 1
    yield f"}};\nconst size_t bad_builds_n = {count};\n"


def hooks(path):
    count = 0
    yield '#include "facts/scanner_hooks.h"\n\n#include "facts/tables.h"\n\n'
    yield "const struct scanner_hook scanner_hooks_rows[] = {\n"
    for where, (product, kind, words, switch) in read_rows(path, 4):
        listed = words.split(",")
        if kind not in ("service", "addin") or len(listed) > 4 or not all(listed):
            raise Fault(f"{where}: {kind} is not known, or too many words")
        yield (f"\t{{ {quote(product)}, {'true' if kind == 'addin' else 'false'}, "
               f"{{ {', '.join(quote(word) for word in listed)} }}, {quote(switch)} }},\n")
        count += 1
    yield f"}};\nconst size_t scanner_hooks_n = {count};\n"


HEADINGS = ["Meaning", "Proof", "Causes", "Tell apart", "What to do"]


def read_page(path):
    """The title and the paragraphs or list items under each heading."""
    with open(path, encoding="utf-8") as text:
        lines = text.read().split("\n")
    slug = os.path.basename(path)[:-3]
    if lines[0] != "# " + slug:
        raise Fault(f"{path}:1: expected \"# {slug}\"")
    found, items = {}, None
    for number, line in enumerate(lines, 1):
        if line.startswith("## "):
            items = found.setdefault(line[3:], [])
        elif items is None or not line.strip():
            continue
        elif line.startswith("- ") or not items or lines[number - 2].startswith("## "):
            items.append(line[2:] if line.startswith("- ") else line)
        else:
            items[-1] += " " + line.strip()
    if list(found) != HEADINGS or not all(found.values()):
        raise Fault(f"{path}: headings are {list(found)}, expected {HEADINGS}, none empty")
    return slug, found


def pages(paths):
    yield '#include "diagnose/pages.h"\n\nconst struct page pages_rows[CODE_COUNT] = {\n'
    for path in sorted(paths):
        slug, found = read_page(path)
        name = "CODE_" + slug.upper().replace("-", "_")
        cells = []
        for heading in HEADINGS:
            if len(found[heading]) > 7:
                raise Fault(f"{path}: more than 7 points under {heading}")
            cells.append("{ " + ", ".join(quote(item.replace("`", "")) for item in found[heading]) + " }")
        yield f"\t[{name}] = {{\n\t\t" + ",\n\t\t".join(cells) + " },\n"
    yield "};\n"


def main():
    kind, inputs, output = sys.argv[1], sys.argv[2:-1], sys.argv[-1]
    makers = {"outlook": outlook, "answers": answers, "scanners": scanners, "rows": network_rows,
              "builds": builds, "hooks": hooks}
    made = "".join(pages(inputs) if kind == "pages" else makers[kind](inputs[0]))
    with open(output, "w", encoding="utf-8") as out:
        out.write("/* This file is made by tools/gen-codes.py. */\n" + made)


if __name__ == "__main__":
    try:
        main()
    except Fault as fault:
        sys.exit(f"gen-codes: {fault}")
