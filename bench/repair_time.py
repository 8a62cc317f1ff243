"""This file measures how long the repair of a large store takes whose both roots are lost, against a copy of the file."""

import os
import statistics
import struct
import tempfile

import checks
import report

RUNS = 3
PROMISED, MEMORY = 1.5, 256 << 20
PAGE = 512
# Places of the roots in the header of a Unicode store ([MS-PST] 2.2.2.6, 2.2.2.5).
ROOTS = {"NBT": 224, "BBT": 240}


def lose_roots(path):
    with open(path, "r+b") as file:
        header = file.read(PAGE)
        for place in ROOTS.values():
            file.seek(struct.unpack_from("<Q", header, place)[0])
            file.write(bytes(PAGE))
        os.fsync(file.fileno())


def main(program):
    page = checks.Page()
    with tempfile.TemporaryDirectory(prefix="postmend-bench-", dir=os.environ.get("TMPDIR")) as folder:
        path = checks.make(folder, "big.pst", "big")
        size, messages = os.path.getsize(path), checks.facts_of(program, path)["messages"]
        lose_roots(path)
        copy, new = os.path.join(folder, "copy.pst"), os.path.join(folder, "mended.pst")
        ways = {"copy": ["dd", "if=" + path, "of=" + copy, "bs=4M", "conv=fsync"],
                "repair": [program, "store", "repair", path, "--output", new]}
        taken, memory = {"copy": [], "repair": []}, 0
        for _ in range(RUNS):
            for name, words in ways.items():
                done = checks.run(words, watch=name == "repair")
                taken[name].append(done.seconds)
                memory = max(memory, done.memory)
                print(f"{name}: {done.seconds:.2f} s", flush=True)
            found = checks.facts_of(program, new)["messages"]
            os.remove(copy)
            os.remove(new)
        copied, mended = (statistics.median(taken[name]) for name in ("copy", "repair"))
    page.add("`dd bs=4M conv=fsync` into the same folder", f"{copied:.2f} s", "", True)
    page.add("`store repair`, both roots zeroed", f"{mended:.2f} s, {mended / copied:.2f} × the copy", f"at most {PROMISED} ×",
             mended <= PROMISED * copied)
    page.add("memory apart from the page cache", f"{memory / (1 << 20):.0f} MiB", f"at most {MEMORY >> 20} MiB", 0 < memory <= MEMORY)
    page.add("messages in the new store", f"{found:,}", f"{messages:,}", found == messages)
    report.write("repair-time", "How fast a store is mended", f"""
One store of the maker, {size / (1 << 30):.2f} GiB with {messages:,} messages; the root pages of both trees are zeros. The repair
searches the whole file, writes a new store, syncs it, and checks it before it gets its name. Medians of {RUNS} runs that take turns
(seconds here: {", ".join(f"{a:.1f} and {b:.1f}" for a, b in zip(taken["copy"], taken["repair"]))}).

{report.table(["what", "measured", "promised", "kept"], page.rows)}
""")
    return page.all_kept
