"""This file measures the looks into a large store and its export: time, time of the processor, memory, and against readpst."""

import json
import os
import resource
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

import report
from checks import Page, built, run

RUNS = 5
LOOK_SECONDS, DOUBLES_SECONDS, DOUBLES_MEMORY, OVER_READPST = 1.0, 10.0, 128 << 20, 5.0
LOOKS = ("outbox", "receipts", "rules")
# A peer that is slower than this many exports has lost by far and is ended.
PEER_ENDS = 20
MEMORY_FOLDER, ROOM = "/dev/shm", 8 << 30


def memory_folder(folder):
    """Where exports go: into memory, if the machine has a file system there with room."""
    if os.path.isdir(MEMORY_FOLDER) and shutil.disk_usage(MEMORY_FOLDER).free > ROOM:
        return MEMORY_FOLDER
    return folder


def timed(words):
    """(seconds, seconds of the processor, output) of one run."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False)
    seconds, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def make(folder, name, *words):
    path = os.path.join(folder, name)
    run([built("tests", "makers", "store-maker"), *words, path])
    with open(path, "rb") as file:
        while file.read(4 << 20):
            pass
    return path


def look(page, program, path, name, limit):
    words = [program, "store", name, path, "--json"]
    rounds = [timed(words) for _ in range(RUNS)]
    seconds, cpu = (statistics.median(one[i] for one in rounds) for i in (0, 1))
    listed = len(json.loads(rounds[0][2])["facts"]["items"])
    page.add(f"`store {name}`, {listed:,} listed", f"{seconds:.2f} s, {cpu:.2f} s of the processor", f"under {limit:.0f} s",
             seconds < limit)
    print(f"{name}: {seconds:.2f} s, {cpu:.2f} s of the processor", flush=True)
    return words


def export_once(words, folder, limit=None):
    """(seconds, seconds of the processor, files) of one run into an empty folder that is gone afterwards."""
    out = os.path.join(folder, "out")
    if words[0] == "readpst":
        os.mkdir(out)
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    child = subprocess.Popen(words + [out], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        child.wait(limit)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    seconds, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    files = sum(len(names) for _, _, names in os.walk(out))
    shutil.rmtree(out)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, files


def describe(taken, ended=False):
    return f"{'ended after ' if ended else ''}{taken[0]:.1f} s, {taken[1]:.1f} s of the processor, {taken[2]:,} files"


def exports(page, program, path, folder):
    """postmend and readpst, each one file for each message, into the same folder in memory where there is one."""
    ours = export_once([program, "store", "export", path, "--quiet", "--output"], folder)
    page.add("`store export`", describe(ours), "", True)
    print(f"export: {describe(ours)}", flush=True)
    if not shutil.which("readpst"):
        print("SKIPPED: readpst is not installed", flush=True)
        page.add("`readpst -e -D`", "not installed", "", True)
        return
    for name, words in (("`readpst -e -D`", []), ("`readpst -e -D -j 0`, which starts no processes", ["-j", "0"])):
        limit = PEER_ENDS * ours[0]
        theirs = export_once(["readpst", "-q", "-e", "-D", *words, path, "-o"], folder, limit)
        page.add(name, f"{describe(theirs, theirs[0] >= limit)}: {theirs[0] / ours[0]:.1f} × the time of `store export`",
                 f"at least {OVER_READPST:.0f} ×", theirs[0] >= OVER_READPST * ours[0])
        print(f"{name}: {describe(theirs)}", flush=True)


def main(program):
    page = Page()
    with tempfile.TemporaryDirectory(prefix="postmend-bench-", dir=os.environ.get("TMPDIR")) as folder:
        path = make(folder, "big.pst", "big", "--troubles", "yes")
        size = os.path.getsize(path)
        for name in LOOKS:
            look(page, program, path, name, LOOK_SECONDS)
        words = look(page, program, path, "duplicates", DOUBLES_SECONDS)
        memory = run(words, watch=True).memory
        page.add("`store duplicates`, memory apart from the page cache", f"{memory / (1 << 20):.0f} MiB",
                 f"at most {DOUBLES_MEMORY >> 20} MiB", 0 < memory <= DOUBLES_MEMORY)
        with tempfile.TemporaryDirectory(prefix="postmend-bench-", dir=memory_folder(folder)) as out:
            exports(page, program, path, out)
    report.write("items", "How fast a store is looked into and written out", f"""
One store of the maker, {size / (1 << 30):.2f} GiB with 200,000 messages and every trouble planted, in the page cache. Medians of {RUNS} runs
of each look; one run of each export, all into a file system in memory where the machine has one with room, because making 200,000
files on a disk takes longer than what is compared. A peer that is slower than {PEER_ENDS} exports is ended. `./dev bench items`.

{report.table(["what", "measured", "promised", "kept"], page.rows)}
""")
    return page.all_kept
