"""This file gives tests of postmend.exe one program to start: Wine's starter with the program as its argument."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time

import tap

SOURCE, BUILD = (os.path.abspath(os.environ.get(name, usual))
                 for name, usual in (("POSTMEND_SOURCE", "."), ("POSTMEND_BUILD", "build-windows")))
WRAPPER = os.path.join(SOURCE, "tools", "run-in-wine")
EXE = os.path.join(BUILD, "postmend.exe")
LINUX = os.path.join(SOURCE, "build", "postmend")


def cache():
    return os.environ.get("POSTMEND_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ["HOME"], ".cache"), "postmend", "windows")


def script(folder, name, exe):
    """Under Wine a program is a wrapper with an argument. The cache is not that of the test's HOME."""
    path = os.path.join(folder, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o700), "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\nPOSTMEND_CACHE='{cache()}'\nexport POSTMEND_CACHE\nexec '{WRAPPER}' '{exe}' \"$@\"\n")
    return path


def start(*words):
    """What a run of postmend.exe takes in a Wine that is up already, without what the wrapper does before: (seconds, those
    of the processor).
    """
    around = {**os.environ, "WINEPREFIX": os.path.join(cache(), "wine"), "WINEDEBUG": "-all"}
    begin = time.monotonic()
    child = subprocess.Popen(["/usr/lib/wine/wine64", EXE, *words], stdout=subprocess.DEVNULL, env=around)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    tap.expect_equal(child.returncode, 0, f"postmend.exe {words}")
    return time.monotonic() - begin, used.ru_utime + used.ru_stime


def program(suite):
    """The path that starts postmend.exe, until the suite ends."""
    folder = tempfile.mkdtemp(prefix="postmend-windows-")
    suite.at_end.append(lambda: shutil.rmtree(folder, ignore_errors=True))
    return script(folder, "postmend", EXE)


@contextlib.contextmanager
def held(path):
    """Meanwhile a program under Wine has the file open and lets nobody else, as Outlook does."""
    with tempfile.TemporaryDirectory(prefix="postmend-held-") as folder:
        flag = os.path.join(folder, "flag")
        words = ("Z:" + one.replace("/", "\\") for one in (path, flag))
        child = subprocess.Popen([WRAPPER, os.path.join(BUILD, "tests", "windows", "stand-in.exe"), "hold", *words],
                                 stdin=subprocess.PIPE)
        try:
            end = time.monotonic() + 60
            while not os.path.exists(flag):
                tap.expect(child.poll() is None and time.monotonic() < end, f"{path} was not taken hold of")
                time.sleep(0.05)
            yield
        finally:
            child.stdin.close()
            child.wait(60)
