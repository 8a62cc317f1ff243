"""This file runs the tests of this folder side by side, each in networks of its own, and tells their cases as one.

Nearly all of their time is waiting: for what filters swallow, for servers that keep silent, for slow links.
"""

import concurrent.futures
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# The longest first.
PROGRAMS = ["healthy", "trip", "mtu", "speed", "account", "filters", "elsewhere", "names", "since", "firewall"]
AT_ONCE = 4
CASE = re.compile(r"(not ok|ok) \d+ - (.*)")


def run(name):
    done = subprocess.run([sys.executable, os.path.join(HERE, f"test_{name}.py")], stdout=subprocess.PIPE, text=True)
    return name, done.stdout.splitlines(), done.returncode


def tell(name, lines, number):
    """Its lines with the program's name and numbers that go on; returns the last number and how many were due."""
    due = 0
    for line in lines:
        found = CASE.match(line)
        if found:
            number += 1
            print(f"{found[1]} {number} - {name}: {found[2]}")
        elif line.startswith("1.."):
            due = int(line[3:])
        else:
            print(line)
    return number, due


def main():
    number, due, bad = 0, 0, []
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for done in concurrent.futures.as_completed([pool.submit(run, name) for name in PROGRAMS]):
            name, lines, code = done.result()
            number, more = tell(name, lines, number)
            due += more
            if code or not more:
                bad.append(name)
            sys.stdout.flush()
    for name in bad:
        number, due = number + 1, due + 1
        print(f"not ok {number} - {name}: the program did not run to its end")
    # The plan may stand at the end; whoever ended early has said that more were due.
    print(f"1..{due}")


main()
