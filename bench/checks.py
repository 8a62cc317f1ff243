"""This file measures checks of a large store: against one CRC-32 over the file, against cat, and against other readers."""

import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time

import report

RUNS = 5
# What postmend promises, as ratios within one run.
QUICK_WARM, WHOLE_WARM, WHOLE_COLD, OVER_READPST, OVER_PFFEXPORT = 1.5, 4.0, 1.3, 10.0, 20.0
UNDER_WINE = 1.5
MEMORY_BASE, MEMORY_BLOCK = 64 << 20, 64
SPARSE = "50g"
# Three blocks for each message and some for the tables: over a million.
SPARSE_MESSAGES = "350000"
# A peer that is slower than this many checks has lost by far and is ended.
PEER_ENDS = 100


def built(*parts):
    return os.path.join(report.TOP, "build", *parts)


class Run:
    def __init__(self, seconds, memory, output):
        self.seconds, self.memory, self.output = seconds, memory, output


def anonymous(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            found = re.search(r"^RssAnon:\s*(\d+)", status.read(), re.M)
        return int(found.group(1)) << 10 if found else 0
    except OSError:
        return 0


def run(words, cwd=None, limit=None, watch=False):
    """How long it took and, when watched, how much memory apart from the page cache it had at most."""
    with tempfile.TemporaryFile() as out:
        begin, most = time.monotonic(), 0
        child = subprocess.Popen(words, stdout=out, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=cwd)
        while watch and child.poll() is None:
            most = max(most, anonymous(child.pid))
            time.sleep(0.002)
        try:
            child.wait(limit)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        seconds = time.monotonic() - begin
        out.seek(0)
        return Run(seconds, most, out.read(1 << 20))


def forget(path):
    """Drops the file from the page cache."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def is_cold(path):
    """Whether dropping helped: some systems keep the pages of other containers' files."""
    forget(path)
    seconds = run(["cat", path]).seconds
    again = run(["cat", path]).seconds
    return seconds > 1.2 * again


def medians(ways, runs):
    """name -> median seconds; the ways take turns, so that all meet the same machine."""
    taken = {name: [] for name in ways}
    for _ in range(runs):
        for name, (words, before) in ways.items():
            if before:
                before()
            taken[name].append(run(words).seconds)
    return {name: statistics.median(list_) for name, list_ in taken.items()}


def make(folder, name, *words):
    path = os.path.join(folder, name)
    done = run([built("tests", "makers", "store-maker"), *words, path])
    print(f"{name}: {os.path.getsize(path) / 1e9:.2f} GB in {done.seconds:.0f} s", flush=True)
    return path


def facts_of(program, path):
    import json
    document = json.loads(run([program, "store", "check", "--json", "--quick", path]).output)
    return document["facts"]["stores"][0]


def peers(folder, path, limit):
    """name -> seconds to read the file out, at most `limit`, or None where the program is not there."""
    taken = {}
    for name, words in (("readpst -j 0", ["readpst", "-q", "-j", "0", "-D", "-o", "out", path]),
                        ("pffexport", ["pffexport", "-q", "-t", "out", path])):
        if not shutil.which(words[0]):
            print(f"SKIPPED: {words[0]} is not installed", flush=True)
            taken[name] = None
            continue
        own = tempfile.mkdtemp(dir=folder)
        os.mkdir(os.path.join(own, "out"))
        taken[name] = run(words, cwd=own, limit=limit).seconds
        print(f"{name}: {taken[name]:.1f} s", flush=True)
        shutil.rmtree(own)
    return taken


def ratio(seconds, limit):
    return f"{seconds / limit:.2f}"


class Page:
    """The rows of the chapter, and whether every promise was kept."""

    def __init__(self):
        self.rows, self.all_kept = [], True

    def add(self, what, measured, promised, holds):
        self.rows.append([what, measured, promised, "yes" if holds else "**no**"])
        self.all_kept = self.all_kept and holds


def warm(page, program, path):
    limit = built("tests", "crc-limit")
    run(["cat", path])
    taken = medians({"limit": ([limit, path], None), "quick": ([program, "store", "check", "--quick", path], None),
                     "whole": ([program, "store", "check", path], None)}, RUNS)
    page.add("CRC-32 over the file, warm cache: the limit", f"{taken['limit']:.2f} s", "", True)
    for name, most in (("quick", QUICK_WARM), ("whole", WHOLE_WARM)):
        option = "--quick " if name == "quick" else ""
        page.add(f"`store check {option}FILE`, warm", f"{taken[name]:.2f} s, {ratio(taken[name], taken['limit'])} × the limit",
                 f"at most {most} ×", taken[name] <= most * taken["limit"])
    return taken


def cold(page, program, path):
    if not is_cold(path):
        page.add("cold cache", "this machine does not drop a file from its cache", "", True)
        return
    drop = lambda: forget(path)
    taken = medians({"cat": (["cat", path], drop), "whole": ([program, "store", "check", path], drop)}, RUNS)
    page.add("`cat FILE`, cold", f"{taken['cat']:.2f} s", "", True)
    page.add("`store check FILE`, cold", f"{taken['whole']:.2f} s, {ratio(taken['whole'], taken['cat'])} × cat",
             f"at most {WHOLE_COLD} ×", taken["whole"] <= WHOLE_COLD * taken["cat"])


def windows(page, program, path):
    """The same check by the build for Windows, under Wine, against that of this system."""
    exe = os.path.join(report.TOP, "build-windows", "postmend.exe")
    if not os.path.exists(exe):
        page.add("the build for Windows under Wine", "not built: `./dev windows`", "", True)
        return
    wine = os.path.join(report.TOP, "tools", "run-in-wine")
    run([wine, exe, "store", "check", path])
    taken = medians({"here": ([program, "store", "check", path], None),
                     "wine": ([wine, exe, "store", "check", path], None)}, RUNS)
    page.add("`postmend.exe store check FILE` under Wine, warm",
             f"{taken['wine']:.2f} s, {ratio(taken['wine'], taken['here'])} × the check of this system's build",
             f"at most {UNDER_WINE} ×", taken["wine"] <= UNDER_WINE * taken["here"])


def memory(page, program, path, what):
    blocks = facts_of(program, path)["blocks"]
    most = run([program, "store", "check", path], watch=True).memory
    bound = MEMORY_BASE + MEMORY_BLOCK * blocks
    page.add(f"memory apart from the page cache, {what} with {blocks:,} blocks", f"{most / (1 << 20):.1f} MiB",
             f"at most {bound / (1 << 20):.1f} MiB", 0 < most <= bound)


def main(program):
    page = Page()
    with tempfile.TemporaryDirectory(prefix="postmend-bench-", dir=os.environ.get("TMPDIR")) as folder:
        path = make(folder, "big.pst", "big")
        facts = facts_of(program, path)
        taken = warm(page, program, path)
        windows(page, program, path)
        cold(page, program, path)
        limit = PEER_ENDS * taken["whole"]
        for (name, seconds), times in zip(peers(folder, path, limit).items(), (OVER_READPST, OVER_PFFEXPORT)):
            if seconds is None:
                page.add(f"`{name}` reading the file out", "not installed", "", True)
            else:
                ended = "ended after " if seconds >= limit else ""
                page.add(f"`{name}` reading the file out, one run",
                         f"{ended}{seconds:.1f} s, {seconds / taken['whole']:.0f} × the whole check", f"at least {times:.0f} ×",
                         seconds >= times * taken["whole"])
        memory(page, program, path, "this store")
        os.remove(path)
        sparse = make(folder, "sparse.pst", "big", "--attachments", "1..2", "--body", "10..20", "--messages", SPARSE_MESSAGES,
                      "--size-min", SPARSE)
        memory(page, program, sparse, f"a sparse store of {os.path.getsize(sparse) / (1 << 30):.0f} GiB")
    report.write("stores", "How fast a store is checked", f"""
One store of the maker, {facts['bytes'] / (1 << 30):.2f} GiB: {facts['messages']:,} messages in {facts['folders']} folders,
{facts['attachments']:,} attachments, {facts['blocks']:,} blocks, {facts['pages']:,} tree pages; Unicode, permute. Medians of {RUNS} runs
that take turns. The limit is `tests/speed/crc_limit.c`: it reads the file once and runs CRC-32 over it.

{report.table(["what", "measured", "promised", "kept"], page.rows)}
""")
    return page.all_kept
