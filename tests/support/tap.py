"""This file runs test functions and reports each in the Test Anything Protocol, which meson counts."""

import sys
import time
import traceback


class Skip(Exception):
    """A test that cannot run here; its text says why and is shown loudly."""


class Fail(Exception):
    """What was expected and what came."""


def expect(condition, text):
    if not condition:
        raise Fail(text)


def expect_equal(found, expected, what):
    if found != expected:
        raise Fail(f"{what}: found {found!r}, expected {expected!r}")


def comment(text):
    for line in str(text).splitlines() or [""]:
        print("# " + line)


class Suite:
    """Cases in the order in which they were added. close() is called at the end, whatever happens."""

    def __init__(self):
        self.cases = []
        self.at_end = []

    def case(self, name):
        def add(function):
            self.cases.append((name, function))
            return function
        return add

    def add(self, name, function):
        self.cases.append((name, function))

    def run(self):
        only = sys.argv[1:]
        cases = [c for c in self.cases if not only or any(word in c[0] for word in only)]
        print(f"1..{len(cases)}", flush=True)
        bad = 0
        try:
            for number, (name, function) in enumerate(cases, 1):
                bad += not run_one(number, name, function)
        finally:
            for function in reversed(self.at_end):
                function()
        # What failed stands in the report; a test program that ran to its end did its work.
        comment(f"{bad} of {len(cases)} failed")
        return 0


def run_one(number, name, function):
    begin = time.monotonic()
    try:
        function()
    except Skip as why:
        print(f"ok {number} - {name} # SKIP {why}", flush=True)
        return True
    except Fail as why:
        print(f"not ok {number} - {name}")
        comment(why)
    except Exception:
        print(f"not ok {number} - {name}")
        comment(traceback.format_exc())
    else:
        print(f"ok {number} - {name}")
        comment(f"{time.monotonic() - begin:.2f} s")
        sys.stdout.flush()
        return True
    sys.stdout.flush()
    return False
