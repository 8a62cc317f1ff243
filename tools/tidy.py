#!/usr/bin/env python3
"""This file runs clang-tidy on every source file whose preprocessed text it has not found clean before.

tidy.py BUILD-FOLDER [NODES]. What was clean is remembered in the user's cache under the hash of all that
went in, for all copies of the repository on this machine. NODES: how many states of a function the analyser
looks at; its own 225000 take six times as long as what is taken here unless told.
"""

import concurrent.futures
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KEPT = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "postmend", "tidy")
# Options of gcc that clang does not know.
EXTRA = ["-Wno-unknown-warning-option"]
NODES = "40000"


def clang_arguments(command):
    """The compile command for clang: without the compiler, a cache before it, output and dependency files."""
    words, kept, drop = shlex.split(command), [], 0
    while words and not words[0].startswith("-"):
        words.pop(0)
    for word in words:
        if drop:
            drop -= 1
        elif word in ("-o", "-MQ", "-MF"):
            drop = 1
        elif word not in ("-c", "-MD"):
            kept.append(word)
    return kept


def key_of(clang, entry, config):
    out = subprocess.run([clang, "-E", *EXTRA, *clang_arguments(entry["command"])], cwd=entry["directory"],
                         capture_output=True)
    if out.returncode:
        return None
    return hashlib.sha256(config + entry["command"].encode() + out.stdout).hexdigest()


def judge(tools, entry, config, build, nodes):
    key = key_of(tools[0], entry, config + nodes.encode())
    extra = EXTRA + ["-Xclang", "-analyzer-config", "-Xclang", "max-nodes=" + nodes]
    stamp = os.path.join(KEPT, key or "none")
    if key and os.path.exists(stamp):
        return ""
    path = os.path.join(entry["directory"], entry["file"])
    # The analyser takes most of the time and has nothing to say about tests.
    lighter = ["--checks=-clang-analyzer-*"] if path.endswith(("_test.c", "_fuzz.c")) else []
    out = subprocess.run([tools[1], "--quiet", "-p", build, *lighter, *("--extra-arg=" + e for e in extra), path],
                         capture_output=True, text=True)
    if out.returncode == 0 and key:
        with open(stamp, "w", encoding="utf-8"):
            pass
        return ""
    return "\n".join(line for line in (out.stdout + out.stderr).splitlines() if "warnings generated" not in line)


def main():
    build, nodes = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else NODES
    tools = [shutil.which(name + "-14") or shutil.which(name) for name in ("clang", "clang-tidy")]
    if not all(tools):
        print("SKIP: clang-tidy is not installed")
        return 77
    os.makedirs(KEPT, exist_ok=True)
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        entries = {entry["file"]: entry for entry in json.load(file) if entry["file"].endswith(".c")}
    with open(os.path.join(TOP, ".clang-tidy"), "rb") as file:
        config = file.read()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        faults = [text for text in pool.map(lambda e: judge(tools, e, config, build, nodes), entries.values()) if text]
    print("\n".join(faults))
    return 1 if faults else 0


sys.exit(main())
