"""This file runs "postmend store check" as a user types it: made stores, damaged ones, and files that are none."""

import collections
import json
import os
import signal
import struct
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import stores
import tap

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)

BAD_INPUT = [
    (["store"], "what to do"),
    (["store", "frobnicate", "a.pst"], "frobnicate"),
    (["store", "check"], "archive.pst"),
    (["store", "check", "--quick=yes", "a.pst"], "--quick"),
    (["store", "check", "--deadline", "3", "a.pst"], "--deadline"),
    (["probe", "imaps://127.0.0.1:1", "--quick"], "--quick"),
]


def check(*words, **how):
    return doctor.visit("store", "check", *words, **how)


def facts(done):
    return done.json()["facts"]["stores"]


def ids(done):
    return {finding["id"] for finding in done.json()["findings"]}


def minimal(version="23"):
    return ROOM.make("minimal", "--version", version)


@SUITE.case("bad input: exit 16 and one line that names the word")
def bad_input():
    for words, named in BAD_INPUT:
        done = doctor.visit(*words)
        tap.expect_equal(done.code, 16, str(words))
        tap.expect_equal(done.out, "", f"{words}: standard output")
        tap.expect(done.err.count("\n") == 1 and named in done.err, f"{words}: {done.err!r}")


@SUITE.case("help tells of check and its options")
def help_text():
    for words in (["store", "--help"], ["store", "check", "--help"]):
        done = doctor.visit(*words)
        tap.expect_equal(done.code, 0, str(words))
        for word in ("store check archive.pst", "--quick", "--json", "--html", "Examples:"):
            tap.expect(word in done.out, f"{words}: no {word!r}")


# Options of the maker, and what the facts must say.
KINDS = [
    ("ansi", 14, "SM", "permute"), ("ansi", 15, "SM", "none"), ("unicode", 20, "SM", "cyclic"),
    ("unicode", 23, "SO", "permute"), ("unicode", 23, "SM", "none"), ("unicode-4k", 36, "SO", "none"),
]


@SUITE.case("healthy stores of every kind: exit 0, counts as made")
def healthy():
    for form, version, client, cipher in KINDS:
        words = ["small", "--version", str(version), "--cipher", cipher, "--client", "ost" if client == "SO" else "pst"]
        listing = ROOM.path("manifest")
        path = ROOM.make(*words, "--manifest", listing)
        with open(listing, encoding="utf-8") as lines:
            made = sum(1 for line in lines if line.strip())
        done = check("--json", path)
        tap.expect_equal(done.code, 0, str(done))
        document = done.json()
        tap.expect_equal(document["verdict"], "healthy", str(done))
        tap.expect_equal(document["causes"], [], str(words))
        one = document["facts"]["stores"][0]
        found = [one[name] for name in ("format", "version", "client", "cipher", "bytes", "whole", "quick")]
        tap.expect_equal(found, [form, version, client, cipher, os.path.getsize(path), True, False], str(words))
        tap.expect(one["messages"] + one["associated"] <= made <= one["messages"] + one["associated"] + one["attachments"],
                   f"{words}: {made} made, found {one}")
        for name in ("nodes", "blocks", "pages", "folders", "attachments"):
            tap.expect(one[name] > 0, f"{words}: {name}")


@SUITE.case("--quick: the same counts, no word about messages")
def quick():
    path = ROOM.make("small")
    whole, fast = facts(check("--json", path))[0], facts(check("--json", "--quick", path))[0]
    tap.expect(fast["quick"] and not whole["quick"], "which is quick")
    for name in whole:
        if name != "quick":
            tap.expect_equal(fast[name], whole[name], name)
    tap.expect("not looked at" in check("--quick", path).out, "the text says what was left out")


@SUITE.case("text: one verdict first, one next action last; --quiet is silent about health")
def text():
    done = check(minimal())
    tap.expect(done.out.startswith("HEALTHY"), done.out)
    tap.expect_equal(done.out.count("NEXT"), 1, done.out)
    tap.expect_equal(check("--quiet", minimal()).out, "", "quiet")
    tap.expect("\x1b[" in check("--color", "always", minimal()).out, "colour when asked for")


def zipped():
    path = ROOM.path("mail.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive.pst", "!BDN")
    return stores.read(path)


NO_STORES = [
    ("empty", b""), ("zeros", bytes(5000)), ("html", b"<!DOCTYPE html><html><body>Sign in</body></html>"),
    ("mbox", b"From anna@example.org Mon Jan  1 00:00:00 2024\nSubject: x\n\nHello\n"),
    ("eml", b"Return-Path: <anna@example.org>\r\nSubject: x\r\n\r\nHello\r\n"),
    ("exchange-edb", b"\x12\x34\x56\x78\xef\xcd\xab\x89" + bytes(4000)),
    ("compound-file", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000)),
    ("encrypted", bytes((i * i * 31 + i // 7 + (i * 2654435761 >> 13)) & 255 for i in range(1, 8193))),
    ("text", b"Dear Anna,\n"), ("other", b"\x01\x02\x03"),
]


@SUITE.case("the next action names the command that mends, and that command mends")
def next_command():
    whole = stores.read(minimal())
    free_total, tree_root = 184 + 16, struct.unpack_from("<Q", whole, 224)[0]
    for name, at, length, option in (("counter.pst", free_total, 4, ["--in-place"]), ("my mail (old).pst", tree_root, 512, [])):
        path = ROOM.write(name, whole[:at] + bytes(length) + whole[at + length:])
        done = check(path)
        shown = f'"{path}"' if " " in name else path
        tap.expect_equal(done.code, 4, str(done))
        tap.expect(" ".join(["postmend store repair", *option, shown]) in " ".join(done.out.split()), str(done))
        tap.expect_equal(doctor.visit("store", "repair", *option, path).code, 1, name)
    odd = ROOM.write("$(id).pst", whole[:tree_root] + bytes(512) + whole[tree_root + 512:])
    tap.expect("postmend store" not in check(odd).out, "a name that a shell would run")


@SUITE.case("a file that is no store is told what it is: exit 4")
def no_store():
    for kind, data in NO_STORES + [("zip", zipped())]:
        path = ROOM.write("none.pst", data)
        done = check("--json", path)
        tap.expect_equal(done.code, 4, f"{kind}: {done}")
        document = done.json()
        tap.expect_equal(document["facts"]["stores"], [{"path": path, "bytes": len(data), "format": None, "is": kind}], kind)
        tap.expect_equal(document["causes"], ["store-file-not-a-store"], kind)
        tap.expect(document["findings"][0]["evidence"][0]["found"], kind)
        tap.expect("no Outlook store" in check(path).out, kind)


@SUITE.case("what cannot be opened: exit 8, and the others are checked all the same")
def unreadable():
    missing, folder = ROOM.path("missing.pst"), ROOM.folder.name
    for path in (missing, folder):
        done = check(path)
        tap.expect_equal(done.code, 8, str(done))
        tap.expect(done.err.count("\n") == 1 and path in done.err, done.err)
        tap.expect_equal(done.out, "", "standard output")
    done = check("--json", missing, minimal())
    tap.expect_equal(done.code, 8, str(done))
    first, second = facts(done)
    tap.expect(first["error"] and first["bytes"] is None and first["format"] is None, str(first))
    tap.expect_equal(second["format"], "unicode", str(second))
    done = check("--json", missing, ROOM.write("page.pst", b"<html></html>"))
    tap.expect_equal(done.code, 12, str(done))


@SUITE.case("several files: facts in their order, each once; findings name their file")
def several():
    page = ROOM.write("page.pst", b"<html></html>")
    done = check("--json", minimal(), page, minimal("14"), minimal())
    tap.expect_equal(done.code, 4, str(done))
    tap.expect_equal([one["path"] for one in facts(done)], [minimal(), page, minimal("14")], "paths")
    tap.expect_equal({f["subject"]["path"] for f in done.json()["findings"]}, {page}, "findings")
    tap.expect("1 of 3 files" in check(minimal(), page, minimal("14")).out, "headline")


@SUITE.case("a store that was cut: the cut is the first cause, exit 4")
def cut():
    for version in ("14", "23", "36"):
        data = stores.read(ROOM.make("small", "--version", version))
        done = check("--json", ROOM.write("cut.pst", data[:len(data) * 7 // 10 // 512 * 512]))
        tap.expect_equal(done.code, 4, str(done))
        tap.expect("store-file-cut" in done.causes(), f"{version}: {done.causes()}")


@SUITE.case("a store without header is a damaged store, not another kind of file")
def no_header():
    for version in ("14", "23", "36"):
        data = stores.read(minimal(version))
        done = check("--json", ROOM.write("headless.pst", bytes(1024) + data[1024:]))
        tap.expect_equal(done.code, 4, str(done))
        tap.expect("store-header-version-unknown" in done.causes(), f"{version}: {done.causes()}")
        tap.expect(facts(done)[0]["format"] is None and "is" not in facts(done)[0], version)


def block_trailers(data):
    """Where data blocks end in a Unicode store: their trailers fit their places (found as a scavenger would)."""
    found = []
    for end in range(0x4400 + 64, len(data) + 1, 64):
        size, signature = struct.unpack_from("<HH", data, end - 16)
        bid = struct.unpack_from("<Q", data, end - 8)[0]
        start = end - (size + 16 + 63) // 64 * 64
        mixed = (start ^ bid) & 0xFFFFFFFF
        if 0 < size <= 8176 and start >= 0x4400 and not bid & 2 and (mixed >> 16 ^ mixed & 0xFFFF) == signature:
            found.append(start)
    return found


@SUITE.case("repeats are grouped: places, then how many more")
def grouped():
    data = bytearray(stores.read(ROOM.make("small", "--messages", "80")))
    places = block_trailers(data)
    tap.expect(len(places) > 60, f"{len(places)} blocks")
    for at in places:
        data[at] ^= 1
    path = ROOM.write("rotten.pst", data)
    done = check("--json", "--quick", path)
    tap.expect_equal(done.code, 4, str(done))
    findings = [f for f in done.json()["findings"] if f["id"] == "store-block-checksum-wrong"]
    tap.expect_equal(len(findings), 21, "findings of one kind")
    tap.expect(all("offset" in f["subject"] for f in findings[:20]), "places")
    tap.expect("offset" not in findings[20]["subject"], "the rest has no place")
    tap.expect_equal(sum(f["count"] for f in findings), len(places), "count")
    tap.expect_equal(len({f["key"] for f in done.json()["findings"]}), len(done.json()["findings"]), "keys")
    tap.expect_equal(done.causes().count("store-block-checksum-wrong"), 1, "one cause for a kind")
    shown = check("--quick", path).out
    tap.expect(f"+ {len(places) - 3} more like this" in shown, shown)
    tap.expect_equal(shown.count("NEXT"), 1, "next actions")


@SUITE.case("a damaged block is told with its node, its folder and its message's subject")
def owners():
    path = ROOM.make("small", "--messages", "80")
    for option in ([], ["--quick"]):
        data = bytearray(stores.read(path))
        found = []
        for at in block_trailers(data)[20:40]:
            rotten = bytearray(data)
            rotten[at + 9] ^= 4
            done = check("--json", *option, ROOM.write("one.pst", rotten))
            found += [f for f in done.json()["findings"] if f["id"] == "store-block-checksum-wrong"]
        tap.expect_equal(len(found), 20, "findings")
        tap.expect(sum("node" in f["subject"] for f in found) == 20, str(found[:3]))
        if not option:
            tap.expect(sum("folder" in f["subject"] for f in found) > 10, str(found[:3]))
        tap.expect(any(e["name"] == "subject" for f in found for e in f["evidence"]), "no subject line")


@SUITE.case("one core and many give the same report")
def same_report():
    data = bytearray(stores.read(ROOM.make("small", "--messages", "80")))
    for number, at in enumerate(block_trailers(data)):
        if number % 5 == 0:
            data[at + 4] ^= 0x10
    path = ROOM.write("spotted.pst", data)
    cores = os.sched_getaffinity(0)
    documents = []
    for own in ({min(cores)}, cores, cores):
        os.sched_setaffinity(0, own)
        try:
            document = check("--json", path).json()
        finally:
            os.sched_setaffinity(0, cores)
        del document["elapsed_ms"]
        documents.append(json.dumps(document, sort_keys=True))
    tap.expect(documents[0] == documents[1] == documents[2], "reports differ")


@SUITE.case("--html: the same findings on one page, nothing loaded, a peer's text escaped")
def html():
    path = ROOM.write("page <b>&.pst", b"<html></html>")
    page = ROOM.path("report.html")
    done = check("--html", page, path, minimal())
    tap.expect_equal(done.code, 4, str(done))
    text = stores.read(page).decode()
    for word in ("store-file-not-a-store", "page &lt;b&gt;&amp;.pst", os.path.basename(minimal()), "What to do next"):
        tap.expect(word in text, f"no {word!r}")
    for word in ("<script", "http://", "https://", "page <b>"):
        tap.expect(word not in text, f"{word!r} is there")


@SUITE.case("nothing is written, and a file that cannot be written is read")
def read_only():
    path = ROOM.path("locked.pst")
    with open(path, "wb") as out:
        out.write(stores.read(minimal()))
    os.chmod(path, 0o444)
    before = os.stat(path)
    tap.expect_equal(check(path).code, 0, "exit code")
    after = os.stat(path)
    tap.expect_equal((after.st_mtime_ns, after.st_size, stores.read(path)), (before.st_mtime_ns, before.st_size,
                     stores.read(minimal())), "the store")


class Interrupter:
    """Sends Ctrl-C as soon as the store is open."""

    def __init__(self, path):
        self.path, self.sent = os.path.realpath(path), False

    def __call__(self, pid):
        try:
            if not self.sent and any(os.path.realpath(f"/proc/{pid}/fd/{n}") == self.path for n in os.listdir(f"/proc/{pid}/fd")):
                os.kill(pid, signal.SIGINT)
                self.sent = True
        except OSError:
            pass


def interrupt(path):
    """The document of a check that was left in the middle."""
    for _ in range(5):
        watch = Interrupter(path)
        done = check("--json", path, watch=watch)
        if done.code & 32:
            break
    tap.expect(watch.sent, "no signal was sent")
    tap.expect_equal(done.code & ~4, 32, str(done))
    document = done.json()
    tap.expect(document["cancelled"], str(done))
    tap.expect(not document["facts"]["stores"][0]["whole"], "the store is not called whole")
    tap.comment(f"{done.seconds:.2f} s")
    return done, document


@SUITE.case("Ctrl-C: exit 32 with what was found so far")
def interrupted():
    path = ROOM.make("small", "--messages", "20000", "--body", "2000..6000")
    done, document = interrupt(path)
    tap.expect_equal(document["verdict"], "undecided", str(done))
    # A fault that is met before anything long begins.
    with open(path, "r+b") as store:
        store.seek(512)
        store.write(b"\x81")
    done, document = interrupt(path)
    tap.expect_equal(document["verdict"], "trouble", str(done))
    tap.expect_equal(done.code, 36, str(done))
    tap.expect("store-header-sentinel-wrong" in ids(done), f"what was found so far: {done}")


@SUITE.case("every finding that came up has its page")
def pages():
    seen = collections.Counter()
    data = bytearray(stores.read(minimal()))
    for at in range(0x4400, len(data), 1531):
        data[at] ^= 0x55
    seen.update(ids(check("--json", ROOM.write("shaken.pst", data))))
    tap.expect(seen, "nothing found")
    for one in seen:
        done = doctor.visit("explain", one)
        tap.expect(done.code == 0 and "What to do" in done.out, f"{one}: {done}")


sys.exit(SUITE.run())
