"""This file flips every bit of the smallest stores, and sets every field to seven values: what nobody notices is counted."""

import os
import subprocess
import tempfile

import report

VERSIONS = ((14, "ANSI"), (23, "Unicode"))


def rows_of(mode, version):
    """What the sweep says: (structure, field, stale tried, stale missed, renewed tried, renewed missed)."""
    makers = os.path.join(report.TOP, "build", "tests", "makers")
    with tempfile.TemporaryDirectory(prefix="postmend-sweep-") as folder:
        store, kinds = os.path.join(folder, "store"), os.path.join(folder, "kinds")
        subprocess.run([os.path.join(makers, "store-maker"), "minimal", "--version", str(version), "--kinds-of-bytes", kinds,
                        store], check=True)
        out = subprocess.run([os.path.join(makers, "sweep"), mode, store, kinds, "1"], capture_output=True, text=True,
                             check=False)
    for line in out.stdout.splitlines():
        numbers = line.split()[-4:]
        if len(numbers) == 4 and all(word.isdigit() for word in numbers):
            yield [line[:18].strip(), line[19:35].strip(), *map(int, numbers)]


def main(_program):
    bits, fields, kept = [], [], True
    for version, kind in VERSIONS:
        for row in rows_of("bits", version):
            bits.append([f"{kind}, {row[0]}", row[2], row[3]])
            kept = kept and (row[0] != "live" or row[3] == 0)
            print(f"{kind}: {row}", flush=True)
        swept = list(rows_of("fields", version))
        kept = kept and bool(swept) and not any(row[3] for row in swept)
        fields.append([kind, sum(row[2] for row in swept), sum(row[3] for row in swept), sum(row[4] for row in swept),
                       sum(row[5] for row in swept),
                       ", ".join(f"`{row[1]}` {row[5]} of {row[4]}" for row in swept if row[5]) or "none"])
    report.write("sweeps", "Every bit and every field", f"""
The smallest ANSI and the smallest Unicode store of the maker (`store-maker minimal`). Each bit is flipped in turn and the
whole store checked; *opaque*, *free* and *padding* bytes mean nothing to anybody ([SWEEPS.md](SWEEPS.md)).

{report.table(["bytes", "bits flipped", "not noticed"], bits)}

Each field of each structure gets seven other values, with the checksum left as it was and with the checksum renewed.

{report.table(["store", "stale checksum", "not noticed", "renewed", "not noticed", "which"], fields)}
""")
    return kept
