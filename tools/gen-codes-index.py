#!/usr/bin/env python3
"""This file keeps docs/codes in step with the catalogue: index.tsv and the head of each page.

Usage: gen-codes-index.py [--check]. Without --check it writes; with it, it prints what differs and ends with 1.
The prose of the pages is written by people and left alone.
"""

import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FINDING = re.compile(r'FINDING\(\s*([A-Z0-9_]+),\s*"([a-z0-9-]+)",\s*SEVERITY_(\w+),\s*CERTAINTY_(\w+),\s*REMEDY_(\w+),'
                     r'\s*"([^"]*)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+),', re.S)


def path(*parts):
    return os.path.join(TOP, *parts)


def read(name):
    with open(name, encoding="utf-8") as text:
        return text.read()


def catalogue():
    """(slug, severity, rows, title) in the catalogue's order."""
    folder = path("src", "finding")
    for name in sorted(os.listdir(folder)):
        if not name.startswith("codes_") or not name.endswith(".def"):
            continue
        for _, slug, severity, _, _, rows, title in FINDING.findall(read(os.path.join(folder, name))):
            words = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', title)).replace('\\"', '"')
            yield slug, severity.lower(), rows.split(), words


def outlook_codes():
    """row -> Outlook codes, of the fault catalogue."""
    codes = {}
    for line in read(path("src", "facts", "data", "network-rows.tsv")).splitlines():
        if not line.startswith("#"):
            cells = line.split("\t")
            codes[cells[0]] = [code.lstrip("~") for code in cells[3].split() if code != "-"]
    return codes


def head(slug, severity, rows, title, codes):
    seen = []
    for row in rows:
        seen += [code for code in codes.get(row, []) if code not in seen]
    line = f"*{severity}"
    line += f" · catalogue {' '.join(rows)}" if rows else ""
    line += f" · Outlook {' '.join(seen)}" if seen else ""
    return f"# {slug}\n\n{title}.\n\n{line}*\n\n"


def expected():
    """path -> what it must say; a page's own text is kept."""
    codes = outlook_codes()
    index = "# id\tcatalogue rows\tseverity\ttitle\n"
    for slug, severity, rows, title in catalogue():
        index += f"{slug}\t{' '.join(rows) or '-'}\t{severity}\t{title}\n"
        page = path("docs", "codes", slug + ".md")
        old = read(page) if os.path.exists(page) else ""
        body = old[old.find("## Meaning"):] if "## Meaning" in old else ""
        yield page, head(slug, severity, rows, title, codes) + body, bool(body)
    yield path("docs", "codes", "index.tsv"), index, True


def main():
    check, faults, known = "--check" in sys.argv[1:], [], set()
    for name, text, is_whole in expected():
        known.add(os.path.basename(name))
        if not is_whole:
            faults.append(f"{os.path.relpath(name, TOP)}: has no text yet (## Meaning and the others)")
        elif not os.path.exists(name) or read(name) != text:
            if check:
                faults.append(f"{os.path.relpath(name, TOP)}: differs from the catalogue: run tools/gen-codes-index.py")
            else:
                with open(name, "w", encoding="utf-8") as out:
                    out.write(text)
    for name in sorted(os.listdir(path("docs", "codes"))):
        if name not in known:
            faults.append(f"docs/codes/{name}: belongs to no finding")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
