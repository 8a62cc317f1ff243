"""This file holds files, functions, parameter lists and nesting to their greatest sizes (docs/STYLE.md)."""

import re

import house

FILE_LINES, HEADER_LINES, FUNCTION_LINES, PARAMETERS, NESTING = 800, 150, 80, 5, 3
SOURCES = (".c", ".h", ".def", ".py", ".sh", ".build", ".txt", ".md")
CONTROL = re.compile(r"(\t+)(?:\} )?(?:if|for|while|switch|do|else)\b")


def exceptions():
    """path -> lines allowed."""
    allowed = {}
    for path, lines, *reason in house.rows("tests/law/sizes-exceptions.txt"):
        if not path.endswith((".def", "_table.c")) or not reason:
            yield_fault(f"sizes-exceptions.txt: {path}: only .def and _table.c files, and each with a reason")
        allowed[path] = int(lines)
    return allowed


FAULTS = []


def yield_fault(text):
    FAULTS.append(text)


def check_file(name, allowed):
    n = house.read(name).count("\n")
    most = HEADER_LINES if name.endswith(".h") else FILE_LINES
    most = allowed.get(name, most)
    if n > most:
        yield_fault(f"{name}: {n} lines, the law allows {most}")


def functions(lines):
    """(first line, line of the opening brace, line of the closing brace), from 0; the style puts both in column 0."""
    start = None
    for at, line in enumerate(lines):
        if line == "{":
            start = at
        elif line == "}" and start is not None:
            first = start
            while first > 0 and lines[first - 1].strip() and not lines[first - 1].startswith(("}", "#")):
                first -= 1
            yield first, start, at
            start = None


def count_parameters(signature):
    """Commas at depth one of the last parenthesis group, plus one."""
    signature = re.sub(r"\[\[.*?\]\]|__attribute__\s*\(\(.*?\)\)+", "", signature, flags=re.S)
    at = signature.find("(")
    depth, commas, empty = 0, 0, True
    for char in signature[at:]:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 1 and char == ",":
            commas += 1
        if char not in "() \t\n":
            empty = False
    return 0 if empty else commas + 1


def check_functions(name):
    lines = house.code_only(house.read(name)).splitlines()
    for first, brace, last in functions(lines):
        if last - first + 1 > FUNCTION_LINES:
            yield_fault(f"{name}:{first + 1}: a function of {last - first + 1} lines, the law allows {FUNCTION_LINES}")
        n = count_parameters("\n".join(lines[first:brace]))
        if n > PARAMETERS:
            yield_fault(f"{name}:{first + 1}: {n} parameters, the law allows {PARAMETERS}")
        for at in range(brace + 1, last):
            control = CONTROL.match(lines[at])
            if control and len(control.group(1)) > NESTING and not lines[at].lstrip().startswith("else if"):
                yield_fault(f"{name}:{at + 1}: nested deeper than {NESTING}")


def main():
    allowed = exceptions()
    for name in house.files(*SOURCES) + [n for n in house.ours() if n in ("dev", ".ci/run")]:
        if name.startswith("tests/corpus/"):
            continue
        check_file(name, allowed)
        if name.endswith((".c", ".h")):
            check_functions(name)
    house.judge(FAULTS)


main()
