"""This file compares our reader and editor of registry hives with libhivex, on real hives and made ones."""

import os
import random
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import hives
import tap

SUITE = tap.Suite()
SOURCE = os.environ.get("POSTMEND_SOURCE", ".")
REAL = os.environ.get("POSTMEND_HIVES") or os.path.join(SOURCE, "..", "shared", "hives")


def folder():
    place = tempfile.mkdtemp(prefix="postmend-hives-")
    SUITE.at_end.append(lambda: shutil.rmtree(place, ignore_errors=True))
    return place


def real(name):
    path = os.path.join(REAL, name)
    if not os.path.exists(path):
        raise tap.Skip(f"no real hives beside the repository: {name}")
    return path


def same(path, what):
    ours, _ = hives.as_we_see(path)
    theirs = hives.as_hivex_sees(path)
    odd = sorted(set(ours) ^ set(theirs))
    tap.expect(ours == theirs, f"{what}: {len(odd)} lines differ, such as {odd[:4]}")
    return len(ours)


@SUITE.case("real hives are read as libhivex reads them")
def real_hives():
    for name in ("outlook16-profile.NTUSER.DAT", "transactions_NTUSER.DAT"):
        tap.comment(f"{name}: {same(real(name), name)} keys and values")


@SUITE.case("the logs of a real hive are applied, and the outcome is a hive to libhivex too")
def real_logs():
    names = [real("transactions_" + name) for name in ("NTUSER.DAT", "ntuser.dat.log1", "ntuser.dat.log2")]
    before, _ = hives.as_we_see(names[0])
    after, (n_entries, n_pages, is_current, left_out) = hives.as_we_see(*names)
    tap.comment(f"{n_entries} entries with {n_pages} pages: {len(before)} lines became {len(after)}")
    tap.expect(n_entries > 0 and is_current and left_out == 0, "not applied whole")
    tap.expect(before != after, "the logs changed nothing")
    swapped, told = hives.as_we_see(names[0], names[2], names[1])
    tap.expect(swapped == after and told[0] == n_entries, "the order in which the logs are named matters")


@SUITE.case("a log that lacks its end is applied up to there, and never more")
def cut_logs():
    place = folder()
    hive, log = real("transactions_NTUSER.DAT"), real("transactions_ntuser.dat.log1")
    with open(log, "rb") as file:
        whole = file.read()
    whole_n = hives.as_we_see(hive, log)[1][0]
    for length in (0, 511, 512, 1000, len(whole) // 4, len(whole) // 2):
        path = os.path.join(place, "cut.log1")
        with open(path, "wb") as file:
            file.write(whole[:length])
        told = hives.as_we_see(hive, path)[1]
        tap.expect(told[0] <= whole_n and told[3] == 0, f"{length}: {told}")


@SUITE.case("hives that libhivex wrote are read: lists of every length, big data, names of every kind")
def made_hives():
    path = os.path.join(folder(), "made")
    tree = {"Big": {"data": hives.binary(bytes(range(256)) * 40)},
            "N\u00e4me": {"\u00dcmlaut": hives.text("\u20ac and \U0001f600")},
            "Many": {f"key {i}": {"Server": hives.text(f"host{i}")} for i in range(1200)}}
    hives.make(path, tree)
    same(path, "made")


# What is done to a hive; each step keeps it whole.
def steps(dice, n):
    keys = {"A"}
    yield "key\tA"
    for _ in range(n):
        key = dice.choice(sorted(keys))
        kind = dice.randrange(10)
        if kind < 4 and key.count("/") < 6:
            new = f"{key}/{dice.choice('abcdefghij')}{dice.randrange(40)}"
            keys.add(new)
            yield f"key\t{new}"
        elif kind < 9:
            yield f"set\t{key}\tv{dice.randrange(9)}\t{dice.randrange(1, 5)}\t{dice.randbytes(dice.randrange(60)).hex()}"
        elif key != "A":
            keys = {other for other in keys if other != key and not other.startswith(key + "/")}
            yield f"drop\t{key}"


@SUITE.case("what we changed is read by libhivex as by us, and can be changed by it")
def edited():
    place = folder()
    start, new, again = (os.path.join(place, name) for name in ("start", "new", "again"))
    with open(start, "wb") as file:
        file.write(hives.seed())
    most = 0
    for number in range(12):
        dice = random.Random(number)
        hives.run(hives.TOOL, "edit", start, new, stdin="\n".join(steps(dice, 900)) + "\n")
        n = same(new, f"seed {number}")
        most = max(most, n)
        hives.run(hives.PYTHON, hives.HELPER, "build", new, again, stdin='{"A": {"more": {"x": [4, "01000000"]}}}')
        same(again, f"seed {number}, changed by libhivex")
    tap.comment(f"up to {most} keys and values")
    tap.expect(most > 150, f"the largest has only {most} lines")


@SUITE.case("a real hive with its logs applied is changed and read back; the dirty one is refused")
def edited_real():
    place = folder()
    new = os.path.join(place, "new")
    done = hives.run(hives.TOOL, "edit", real("outlook16-profile.NTUSER.DAT"), new, stdin="", good=(4,))
    tap.expect("transaction logs" in done.stderr, done.stderr)
    clean = os.path.join(place, "clean")
    with open(real("outlook16-profile.NTUSER.DAT"), "rb") as file:
        data = bytearray(file.read())
    # As if it had been closed in order: only the header says otherwise.
    data[8:12] = data[4:8]
    total = 0
    for at in range(0, 508, 4):
        total ^= int.from_bytes(data[at:at + 4], "little")
    data[508:512] = total.to_bytes(4, "little")
    with open(clean, "wb") as file:
        file.write(data)
    before, _ = hives.as_we_see(clean)
    office = "Software/Microsoft/Office/16.0/Outlook"
    hives.run(hives.TOOL, "edit", clean, new, stdin=f"key\t{office}/Made\nset\t{office}/Made\tx\t4\t01000000\n")
    same(new, "changed")
    hives.run(hives.TOOL, "edit", new, clean, stdin=f"drop\t{office}/Made\n")
    same(clean, "changed back")
    tap.expect(hives.as_we_see(clean)[0] == before, "not as before")
    hives.run(hives.TOOL, "edit", clean, new, stdin=f"drop\t{office}\n")
    same(new, "a large part dropped")


SUITE.run()
