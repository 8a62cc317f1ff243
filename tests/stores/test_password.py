"""This file checks that the password of a store is told of, and taken off only when that is asked for."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import store_bytes
import stores
import tap

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)
STORE, PASSWORD, CHECKSUM = 0x21, 0x67FF0003, 0x879393FF


def planted(version, value=CHECKSUM):
    """The path of a made store with this checksum of a password."""
    whole = store_bytes.Bytes(stores.read(ROOM.make("small", "--version", version, "--cipher", "none")))
    bid, at = whole.record(STORE, PASSWORD)
    whole.put(at, 4, value)
    whole.seal_block(bid)
    path = ROOM.path("patient.pst")
    for old in (path, path + ".postmend-journal"):
        if os.path.exists(old):
            os.unlink(old)
    return ROOM.write("patient.pst", bytes(whole.data))


def tells(path, *words):
    """Whether a check names a password."""
    done = doctor.visit("store", "check", path, "--json", *words, limit=120)
    return "store-password-set" in {f["id"] for f in done.json()["findings"]}


def listed(path, *words):
    done = doctor.visit("store", "password", path, "--json", *words)
    return done, done.json()["facts"]["items"]


def judge_cleared(version):
    tap.expect_equal(tells(planted(version, 0)), False, "a store without one")
    path = planted(version)
    before = stores.read(path)
    tap.expect_equal(tells(path), True, "a store with one")
    done, items = listed(path)
    tap.expect_equal((done.code, [i["state"] for i in items], items[0]["why"]), (0, ["set"], ["store-password-set"]), str(done))
    done, items = listed(path, "--clear-password", "--plan")
    tap.expect_equal((done.code, items[0]["change"]["written"], stores.read(path) == before), (0, False, True), "a plan")
    done, items = listed(path, "--clear-password")
    tap.expect_equal((done.code, items[0]["change"]["action"], items[0]["change"]["written"]), (1, "clear", True), str(done))
    after = store_bytes.Bytes(stores.read(path))
    _, at = after.record(STORE, PASSWORD)
    tap.expect_equal((after.number(at, 4), tells(path)), (0, False), "what the store holds then")
    done, items = listed(path, "--clear-password")
    tap.expect_equal((done.code, items, stores.read(path) == bytes(after.data)), (0, [], True), "the second run")
    tap.expect_equal((doctor.visit("store", "undo", path).code, stores.read(path) == before), (0, True), "undo")


def judge_new(version):
    path = planted(version)
    for n, words in enumerate((["repair"], ["convert"], ["convert", "--compact"])):
        if len(words) > 1 and version == "14":
            continue
        kept, cleared = ROOM.path(f"kept-{version}-{n}.pst"), ROOM.path(f"cleared-{version}-{n}.pst")
        doctor.visit("store", words[0], path, *words[1:], "--output", kept)
        doctor.visit("store", words[0], path, *words[1:], "--clear-password", "--output", cleared)
        if not os.path.exists(kept):
            continue  # a Unicode PST is not converted without --compact
        tap.expect_equal((tells(kept), tells(cleared)), (True, False), f"{version}: {words}")


for number in ("14", "15", "23"):
    SUITE.add(f"version {number}: a password is told of, taken off in place, and given back by undo",
              lambda number=number: judge_cleared(number))
    SUITE.add(f"version {number}: a new store asks for it too, unless told", lambda number=number: judge_new(number))


@SUITE.case("an OST has none: its field of ones is not a password of the PST that it becomes")
def ost():
    path = ROOM.make("small", "--version", "23", "--client", "ost", "--cipher", "none")
    whole = store_bytes.Bytes(stores.read(path))
    bid, at = whole.record(STORE, PASSWORD)
    whole.put(at, 4, 0xFFFFFFFF)
    whole.seal_block(bid)
    path, new = ROOM.write("box.ost", bytes(whole.data)), ROOM.path("box.pst")
    tap.expect_equal((tells(path), listed(path)[1]), (False, []), "an OST")
    tap.expect_equal(doctor.visit("store", "convert", path, "--output", new).code, 0, "convert")
    tap.expect_equal(tells(new), False, "the new store")


@SUITE.case("exports tell of it, too; bad words are refused")
def others():
    path = planted("23")
    done = doctor.visit("store", "export", path, "--output", ROOM.path("out"), "--json")
    tap.expect("store-password-set" in {f["id"] for f in done.json()["findings"]}, str(done))
    for words in (["check", path], ["outbox", path], ["repair", "--in-place", path]):
        tap.expect_equal(doctor.visit("store", *words, "--clear-password").code, 16, str(words))


@SUITE.case("real stores: those whose names speak of a password, or whose makers say so, and no others")
def real():
    known = {"pst2john--", "passwordprotectedPST", "pstsdk--test_"}
    n = 0
    for path, row in stores.real():
        done, items = listed(path)
        wanted = any(word in row["file"] for word in known)
        tap.expect_equal((done.code in (0, 4), bool(items)), (True, wanted), row["file"])
        n += bool(items)
    tap.expect(n in (0, 11), f"{n} stores with a password")


sys.exit(SUITE.run())
