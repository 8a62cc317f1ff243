#!/usr/bin/env python3
"""This file builds postmend in every way that is tested, runs all tests and counts them: the work of ./dev test."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CASE = re.compile(r"^(not )?ok (\d+)(?: - )?(.*?)(?: # (SKIP)\b ?(.*))?$", re.M | re.I)
PLAN = re.compile(r"^1\.\.(\d+)", re.M)
CMOCKA = re.compile(r"^\[ (      OK|  FAILED| SKIPPED) +\] (\w+)$", re.M)
SAYS_SO = "the test says so"
SANITIZERS = {
    "ASAN_OPTIONS": "abort_on_error=0:exitcode=99:detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1:exitcode=99",
    # Every 16th bit is flipped without them.
    "POSTMEND_SWEEP_STEP": "128",
}
# What is built and judged beside the tests, which leave the cores idle half of the time, gives way to them.
BESIDE = ["nice", "-n", "19"]


class Count:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], []

    def line(self):
        return f"{self.passed} passed, {len(self.failed)} failed, {len(self.skipped)} skipped"


def say(text=""):
    print(text, flush=True)


def run(command, env=None):
    """(whether it succeeded, its last words)"""
    out = subprocess.run(command, cwd=TOP, env={**os.environ, **(env or {})}, text=True, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT)
    return out.returncode == 0, "\n".join(out.stdout.splitlines()[-60:])


def build(folder, options, env, before=()):
    """Sets up once; meson notices by itself when its files change, ccache when a file does not."""
    if not os.path.exists(os.path.join(TOP, folder, "build.ninja")):
        good, said = run([*before, "meson", "setup", folder, *options], env)
        if not good:
            shutil.rmtree(os.path.join(TOP, folder), ignore_errors=True)
            return False, said
    return run([*before, "ninja", "-C", folder], env)


class Beside(threading.Thread):
    """Steps that run one after the other beside the tests; wait(name) gives what became of one."""

    def __init__(self, steps):
        super().__init__(daemon=True)
        self.steps, self.ended = steps, {name: (threading.Event(), []) for name, _ in steps}

    def run(self):
        for name, step in self.steps:
            event, outcome = self.ended[name]
            begin = time.monotonic()
            try:
                outcome += [*step(), time.monotonic() - begin]
            except OSError as error:
                outcome += [False, str(error), 0]
            event.set()

    def wait(self, name):
        """(whether it succeeded, its words, its seconds)"""
        event, outcome = self.ended[name]
        event.wait()
        return outcome


def count_cases(test, where, count):
    """One test program: its cases when it tells them, itself otherwise."""
    out, result, name = test.get("stdout", "").replace("\r\n", "\n"), test["result"], f"{where}: {test['name'].split(' / ')[-1]}"
    plan = PLAN.search(out)
    failed_before = len(count.failed)
    if plan:
        seen = 0
        for bad, _, case, word, reason in CASE.findall(out):
            seen += 1
            if word.upper() == "SKIP":
                count.skipped.append((f"{name}: {case}", reason))
            elif bad:
                count.failed.append((f"{name}: {case}", ""))
            else:
                count.passed += 1
        if seen < int(plan.group(1)):
            count.failed.append((name, f"only {seen} of {plan.group(1)} cases were run"))
    elif result == "SKIP":
        reason = re.search(r"SKIP: (.*)", out)
        count.skipped.append((name, reason.group(1) if reason else "no reason given"))
    else:
        cases = CMOCKA.findall(out)
        good = sum(kind.strip() == "OK" for kind, _ in cases)
        count.passed += good if cases else result == "OK"
        for kind, case in cases:
            if kind.strip() == "SKIPPED":
                count.skipped.append((f"{name}: {case}", SAYS_SO))
            if kind.strip() == "FAILED":
                count.failed.append((f"{name}: {case}", ""))
    if result not in ("OK", "SKIP") and len(count.failed) == failed_before:
        count.failed.append((name, result))
    if len(count.failed) > failed_before:
        show(test, name)


def show(test, name):
    say(f"\n--- {name}: {test['result']} after {test['duration']:.1f} s")
    said = test.get("stdout", "") + test.get("stderr", "")
    said = "\n".join(line for line in said.splitlines() if not re.match(r"ok \d+|# [\d.]+ s$|\[ .* OK \]|\[ RUN", line))
    say("\n".join(said.splitlines()[-80:]))


def run_suites(folder, where, arguments, env, count):
    log = os.path.join(TOP, folder, "meson-logs", "testlog.json")
    if os.path.exists(log):
        os.remove(log)
    command = ["meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs", *arguments]
    out = subprocess.run(command, cwd=TOP, env={**os.environ, **env}, text=True, capture_output=True)
    try:
        with open(log, encoding="utf-8") as lines:
            tests = [json.loads(line) for line in lines]
    except OSError:
        tests = []
    if not tests:
        say("\n".join((out.stdout + out.stderr).splitlines()[-20:]))
        count.failed.append((where, "no test was run"))
    for test in tests:
        count_cases(test, where, count)


def stage(name, folder, built, arguments, env, total):
    """Tests one folder that was built and says how it went. built: (whether, words, seconds)"""
    say(f"== {name}")
    begin, count = time.monotonic(), Count()
    good, said, seconds = built
    if good:
        run_suites(folder, name, arguments, env, count)
        say(f"{count.line()}; built in {seconds:.0f} s, run in {time.monotonic() - begin:.0f} s")
    else:
        say(said)
        count.failed.append((name, "did not build"))
    add(count, total)


def add(count, total):
    total.passed += count.passed
    total.failed += count.failed
    total.skipped += count.skipped


def windows_only():
    """What Wine cannot show, with the reason: tests/windows-only.txt."""
    with open(os.path.join(TOP, "tests", "windows-only.txt"), encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines if not line.startswith("#")]
    return {name: f"only a real Windows shows that {shows}: {why}" for name, shows, why in rows}


def build_windows():
    good, said = run([*BESIDE, os.path.join("tools", "windows-setup")])
    return build("build-windows", [], {}, BESIDE) if good else (good, said)


def windows(built, total):
    """The cross build's unit tests and its program, under Wine."""
    count, known = Count(), windows_only()
    stage("windows", "build-windows", built, ["--suite", "unit", "--suite", "windows"], {}, count)
    for name, reason in count.skipped:
        case = name.removeprefix("windows: ")
        if reason == SAYS_SO and case not in known:
            count.failed.append((name, "is skipped but not listed in tests/windows-only.txt"))
    count.skipped = [(name, reason) for name, reason in count.skipped if reason != SAYS_SO]
    count.skipped += [(f"windows: {case}", reason) for case, reason in known.items()]
    add(count, total)


def tidy(outcome, total):
    good, said, seconds = outcome
    say(f"== clang-tidy\n{'clean' if good else said}; {seconds:.0f} s")
    total.passed += good
    if not good:
        total.failed.append(("clang-tidy", ""))


def main():
    begin, total = time.monotonic(), Count()
    sanitized = {"CC": "clang-14", **SANITIZERS}
    built = [*build("build", [], {}), time.monotonic() - begin]
    beside = Beside([
        ("sanitizers", lambda: build("build-asan", ["-Db_sanitize=address,undefined", "-Db_lundef=false"], sanitized, BESIDE)),
        ("windows", build_windows),
        ("tidy", lambda: run([*BESIDE, sys.executable, os.path.join("tools", "tidy.py"), "build"])),
    ])
    # What measures speed has the machine for itself.
    stage("speed", "build", built, ["--suite", "speed"], {}, total)
    beside.start()
    stage("plain", "build", built, ["--no-suite", "speed", "--no-suite", "tidy"], {}, total)
    stage("sanitizers", "build-asan", beside.wait("sanitizers"),
          ["--no-suite", "law", "--no-suite", "house", "--no-suite", "speed", "--no-suite", "tidy"], sanitized, total)
    windows(beside.wait("windows"), total)
    tidy(beside.wait("tidy"), total)
    for name, reason in total.skipped:
        say(f"SKIPPED  {name}: {reason}")
    for name, reason in total.failed:
        say(f"FAILED   {name}{': ' + reason if reason else ''}")
    say(f"in {(time.monotonic() - begin) / 60:.1f} minutes")
    say(total.line())
    return 1 if total.failed else 0


sys.exit(main())
