"""This file splits stores while it converts them: every part is a whole store, no larger than asked for, and together they
hold each item once and unchanged, in its folder.
"""

import collections
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import store_reader
import stores
import tap

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)

MEGA = 1 << 20
ITEMS = (store_reader.MESSAGE, store_reader.ASSOCIATED)
COUNTED = {"67F3", "0E08", "0E20"}
# Name, what the maker is told, --split and what else.
KINDS = [("version 14, permute", ("rich", "--version", "14", "--messages", "300"), "2m", ()),
         ("version 15, no cipher", ("small", "--version", "15", "--cipher", "none", "--messages", "500"), "900k", ()),
         ("version 23, compacted", ("rich", "--messages", "300"), "2m", ("--compact",)),
         ("version 36, OST", ("rich", "--version", "36", "--client", "ost", "--messages", "200"), "1500k", ()),
         ("deep trees", ("deep", "--messages", "900"), "1500k", ())]


def parts_of(out):
    """The parts' paths in their order."""
    head = out[:-4]
    found = []
    while os.path.exists(f"{head}.{len(found) + 1}.pst"):
        found.append(f"{head}.{len(found) + 1}.pst")
    return found


def left(name):
    return sorted(one for one in os.listdir(ROOM.folder.name) if one.startswith(name))


def clean(value):
    if isinstance(value, dict):
        return {key: clean(one) for key, one in value.items() if key not in COUNTED and one not in ("", b"", ())}
    return [clean(one) for one in value] if isinstance(value, list) else value


def where(reader, found, nid):
    """Names of folders from the root to this one's."""
    names = []
    while nid != 0x122:
        names.insert(0, found[nid]["properties"].get("3001"))
        nid = found[nid]["parent"]
    return "/".join(names)


def unkeyed(value, keys):
    """EntryIDs of all parts look alike."""
    text = repr(value)
    for key in keys:
        text = text.replace(repr(key)[2:-1], "KEY")
    return text


def items(path):
    """NID -> (folder's path, contents) of messages and hidden items; and the reader."""
    reader = store_reader.Reader(path)
    found = reader.read()
    return {nid: (where(reader, found, one["parent"]), clean(one)) for nid, one in found.items() if nid & 0x1F in ITEMS}, reader


def split(path, size, *options, name="split"):
    out = ROOM.path(name + ".pst")
    for old in parts_of(out):
        os.unlink(old)
    done = doctor.visit("store", "convert", path, "--output", out, "--split", size, "--json", *options)
    tap.expect_equal(done.code, 0, str(done))
    facts = done.json()["facts"]
    tap.expect_equal(facts["in"], facts["kept"] + facts["recovered"] + facts["marked_damaged"] + facts["lost"], "ledger")
    tap.expect_equal((facts["outputs"], facts["output"]), (parts_of(out), parts_of(out)[0]), "the parts")
    tap.expect_equal(facts["bytes"], sum(map(os.path.getsize, facts["outputs"])), "bytes")
    return facts, done


def judge(path, size, most, *options):
    before, old, _ = stores.read(path), *items(path)
    facts, _ = split(path, size, *options)
    tap.expect_equal(facts["in"], len(old), "items")
    new, keys, folders = collections.Counter(), [], []
    for part in facts["outputs"]:
        check = doctor.visit("store", "check", part, "--json")
        tap.expect_equal(check.code, 0, str(check))
        tap.expect(os.path.getsize(part) <= most, f"{part}: {os.path.getsize(part)} bytes, {most} wanted")
        here, reader = items(part)
        keys.append(reader.key)
        folders.append(sum(nid & 0x1F == store_reader.FOLDER for nid in reader.nodes))
        for nid, (place, one) in here.items():
            tap.expect(nid in old and place == old[nid][0], f"{nid:#x} in {place}")
            differs = [name for name in one if name != "parent" and unkeyed(one[name], keys) != unkeyed(old[nid][1][name], [])]
            tap.expect(not differs, f"{nid:#x}: {differs}")
            new[nid] += 1
    tap.expect(len(facts["outputs"]) > 2, "one part only")
    tap.expect_equal(dict(new), dict.fromkeys(old, 1), "every item once")
    tap.expect_equal(len(set(keys)), len(keys), "keys")
    tap.expect_equal(folders[0], facts["folders"], "folders of part 1")
    tap.expect(max(folders[1:]) < folders[0], f"folders that nobody needs: {folders}")
    tap.expect(stores.read(path) == before, "the old store was changed")
    smallest = min(map(os.path.getsize, facts["outputs"][:-1]))
    tap.expect(smallest > most * 0.6, f"a part of {smallest} bytes")


def bytes_of(size):
    return int(size[:-1]) << {"k": 10, "m": 20}[size[-1]]


for kind, words, asked, more in KINDS:
    SUITE.case(kind)(lambda words=words, asked=asked, more=more: judge(ROOM.make(*words), asked, bytes_of(asked), *more))


@SUITE.case("a message that is larger than a part has one for itself, which is told")
def large():
    path = ROOM.make("small", "--messages", "40", "--attach-every", "20", "--attachments", "3m..3m")
    facts, done = split(path, "1500k")
    told = [f for f in done.json()["findings"] if f["id"] == "store-part-large"]
    sizes = list(map(os.path.getsize, facts["outputs"]))
    large_ones = [part for part, size in zip(facts["outputs"], sizes) if size > 1500 << 10]
    tap.expect_equal((len(large_ones), sizes[0] <= 1500 << 10), (2, True), str(sizes))
    tap.expect_equal([one["found"] for f in told for one in f["evidence"] if one["name"] == "part"], large_ones, "told")
    for part, finding in zip(large_ones, told):
        messages = [nid for nid in items(part)[0]]
        tap.expect_equal([f"0x{nid:X}" for nid in messages], [finding["subject"]["node"]], "its message")


@SUITE.case("rules of part 1 and messages of the others lead to folders that are there")
def entries():
    path = ROOM.make("rich", "--messages", "300", "--version", "14")
    facts, _ = split(path, "2m")
    first = doctor.visit("store", "rules", facts["output"], "--json").json()
    tap.expect_equal([f["id"] for f in first["findings"]], [], "rules")
    keys = {store_reader.Reader(part).key for part in facts["outputs"]}
    old = store_reader.Reader(path).key
    for part in facts["outputs"]:
        text = repr(store_reader.Reader(part).read())
        tap.expect(repr(old)[2:-1] not in text and old not in keys, f"{part} names the old store")


@SUITE.case("one part when all fits, still by its number; --plan writes nothing and names the parts")
def one():
    path = ROOM.make("small")
    facts, _ = split(path, "1g", name="one")
    tap.expect_equal([os.path.basename(part) for part in facts["outputs"]], ["one.1.pst"], "parts")
    said = doctor.visit("store", "convert", ROOM.make("rich", "--messages", "300"), "--output", ROOM.path("never.pst"),
                        "--split", "2m", "--plan", "--json")
    tap.expect_equal(said.code, 0, str(said))
    tap.expect_equal((said.json()["facts"]["output"], left("never")), (None, []), "something was written")
    text = doctor.visit("store", "convert", path, "--output", ROOM.path("never.pst"), "--split", "1g", "--plan").out
    tap.expect("never.1.pst" in text, text)


@SUITE.case("words that make no sense, a part that exists, parts too small: exit 16, and nothing is written")
def usage():
    path = ROOM.make("small")
    out = ROOM.path("usage.pst")
    for words in (["--split", "0"], ["--split", "x"], ["--split", "2q"], ["--split", "-1"], ["--split", "1.5g"], ["--split", "k"],
                  ["--split", "9999999t"], ["--split", "300k"]):
        done = doctor.visit("store", "convert", path, "--output", out, *words)
        tap.expect_equal((done.code, left("usage")), (16, []), str(words))
    tap.expect("at least" in done.err, done.err)
    tap.expect_equal(doctor.visit("store", "repair", path, "--split", "1g").code, 16, "repair")
    ROOM.write("there.1.pst", b"mine")
    done = doctor.visit("store", "convert", path, "--output", ROOM.path("there.pst"), "--split", "1g")
    tap.expect_equal((done.code, left("there")), (16, ["there.1.pst"]), str(done))
    tap.expect_equal(stores.read(ROOM.path("there.1.pst")), b"mine", "the file that was there")


def stop_with(number, name):
    """What is left when it is stopped in the midst of the third part."""
    path = ROOM.make("rich", "--version", "14")
    sent = []

    def watch(pid):
        if not sent and any(".3.pst." in one for one in left(name)):
            os.kill(pid, number)
            sent.append(pid)

    done = doctor.visit("store", "convert", path, "--output", ROOM.path(name + ".pst"), "--split", "2m", watch=watch)
    tap.expect(sent, "it was too quick to be stopped")
    return done, left(name)


@SUITE.case("Ctrl-C: nothing is left of any part")
def cancelled():
    done, files = stop_with(signal.SIGINT, "cancelled")
    tap.expect_equal((done.code & ~4, files), (32, []), str(done))


@SUITE.case("SIGKILL: no part has its name")
def killed():
    _, files = stop_with(signal.SIGKILL, "killed")
    time.sleep(0.05)
    tap.expect(files and all(one.endswith(".part") for one in files), str(files))
    for one in files:
        os.unlink(ROOM.path(one))


sys.exit(SUITE.run())
