"""This file gives tests of postmend.exe one program to start: Wine's starter with the program as its argument."""

import os
import shutil
import tempfile

SOURCE, BUILD = os.environ.get("POSTMEND_SOURCE", "."), os.environ.get("POSTMEND_BUILD", "build-windows")
WRAPPER = os.path.join(SOURCE, "tools", "run-in-wine")
EXE = os.path.join(BUILD, "postmend.exe")
LINUX = os.path.join(SOURCE, "build", "postmend")


def script(folder, name, exe):
    """Under Wine a program is a wrapper with an argument. The cache is not that of the test's HOME."""
    path = os.path.join(folder, name)
    cache = os.environ.get("POSTMEND_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ["HOME"], ".cache"), "postmend", "windows")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o700), "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\nPOSTMEND_CACHE='{cache}'\nexport POSTMEND_CACHE\nexec '{WRAPPER}' '{exe}' \"$@\"\n")
    return path


def program(suite):
    """The path that starts postmend.exe, until the suite ends."""
    folder = tempfile.mkdtemp(prefix="postmend-windows-")
    suite.at_end.append(lambda: shutil.rmtree(folder, ignore_errors=True))
    return script(folder, "postmend", EXE)
