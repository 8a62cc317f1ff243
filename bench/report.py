"""This file writes docs/BENCHMARKS.md, one chapter at a time: a bench replaces its own and leaves the others."""

import os
import re
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(TOP, "docs", "BENCHMARKS.md")
HEAD = """# Benchmarks

Written by `./dev bench`; every chapter says on which machine and when it was measured. Ratios are within one run on one
machine: compare those, not the seconds.
"""


def first(path, pattern):
    with open(path, encoding="utf-8") as file:
        found = re.search(pattern, file.read(), re.M)
    return found.group(1).strip() if found else "?"


def machine():
    """One line on the machine."""
    model = first("/proc/cpuinfo", r"^model name\s*:\s*(.*)$")
    memory = int(first("/proc/meminfo", r"^MemTotal:\s*(\d+)")) / 1024 / 1024
    system = first("/etc/os-release", r'^PRETTY_NAME="?([^"\n]*)')
    kernel = os.uname().release.split("-")[0]
    return f"{len(os.sched_getaffinity(0))} cores of {model}, {memory:.0f} GB, {system}, Linux {kernel}"


def today():
    return subprocess.run(["date", "-u", "+%Y-%m-%d"], capture_output=True, text=True, check=True).stdout.strip()


def table(head, rows):
    """A Markdown table; the first column to the left, the others to the right."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def write(name, title, text):
    """Puts the chapter in its place, or behind the last one."""
    begin, end = f"<!-- chapter {name} -->", f"<!-- end of {name} -->"
    chapter = f"{begin}\n## {title}\n\nMeasured on {today()}: {machine()}.\n\n{text.strip()}\n{end}\n"
    page = HEAD
    if os.path.exists(PAGE):
        with open(PAGE, encoding="utf-8") as file:
            page = file.read()
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end) + "\n", re.S)
    page = pattern.sub(lambda _: chapter, page) if pattern.search(page) else page.rstrip("\n") + "\n\n" + chapter
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(page)
