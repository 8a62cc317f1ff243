"""This file has local copies of mailboxes (.ost) put aside, and asks whether what only they have was looked for before."""

import functools
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import store_bytes
import stores
import tap
import trees

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)
COPY = "C:\\Mail\\box.ost"
ADVICE, MENDED, LEFT = 0, 1, 4


def folder():
    place = tempfile.mkdtemp(prefix="postmend-copy-")
    SUITE.at_end.append(lambda: shutil.rmtree(place, ignore_errors=True))
    return place


def disk_of(data):
    """A disk whose one profile names this copy, and where it lies."""
    tree, disk = trees.healthy(), folder()
    trees.put_exchange(tree, 0x184, COPY, False)
    tree.files["Mail/box.ost"] = data
    tree.write(disk)
    return disk, os.path.join(disk, "Mail", "box.ost")


def profile(*words, code, home):
    done = doctor.visit("profile", *words, home=home)
    tap.expect_equal(done.code, code, str(done))
    return done


def fix(disk, what, *more, code, home):
    return profile("check", "--windows", disk, "--fix", what, "--json", *more, code=code, home=home).json()


def ids(found):
    return sorted(finding["id"] for finding in found["findings"])


def as_copy(data):
    """A store of 512-byte pages, made a copy by its header."""
    data = bytearray(data)
    data[8:10] = b"SO"
    data[4:8] = store_bytes.crc(bytes(data[8:8 + 471])).to_bytes(4, "little")
    data[524:528] = store_bytes.crc(bytes(data[8:8 + 516])).to_bytes(4, "little")
    return bytes(data)


@functools.cache
def local_copy(name):
    """A copy with two messages in a folder of this name, by the import of a folder of mail."""
    mail = os.path.join(folder(), "mail")
    os.makedirs(os.path.join(mail, name, "Below"))
    for number, place in enumerate((name, name + "/Below")):
        with open(os.path.join(mail, place, f"{number}.eml"), "wb") as file:
            file.write(b"From: anna@example.org\r\nTo: bob@example.org\r\nSubject: letter %d\r\n\r\nHello\r\n" % number)
    path = os.path.join(folder(), "made.pst")
    done = doctor.visit("store", "import", mail, "--output", path)
    tap.expect(os.path.exists(path), str(done))
    return as_copy(stores.read(path))


@SUITE.case("a sound copy with nothing of its own: planned, put aside, missing is advice then, given back")
def sound():
    for data in (local_copy("Letters"), stores.read(ROOM.make("minimal", "--client", "ost", "--version", "36"))):
        disk, path = disk_of(data)
        home = folder()
        tap.expect_equal(ids(profile("check", "--windows", disk, "--json", code=ADVICE, home=home).json()), [], "before")
        for what in (COPY, "box.ost", "BOX.OST"):
            planned = fix(disk, what, "--plan", code=ADVICE, home=home)["facts"]["mends"]
            tap.expect_equal((planned["outcome"], len(planned["steps"]), planned["left"]), ("planned", 1, []), what)
        tap.expect_equal(stores.read(path), data, "a plan changed it")
        done = fix(disk, COPY, code=MENDED, home=home)
        tap.expect_equal(ids(done), ["account-copy-missing"], "after")
        tap.expect(not os.path.exists(path) and stores.read(path + ".old") == data, "it was not put aside")
        profile("undo", disk, code=ADVICE, home=home)
        tap.expect(stores.read(path) == data and not os.path.exists(path + ".old"), "it was not given back")
        for wrong in ("ox.ost", "x\\box.ost", "other.ost", "anna.pst"):
            profile("check", "--windows", disk, "--fix", wrong, code=16, home=home)


@SUITE.case("mail that waits to be sent: listed, the copy stays; with --save it is written first, then put aside")
def unsent():
    data = stores.read(ROOM.make("small", "--client", "ost", "--troubles", "yes"))
    disk, path = disk_of(data)
    home, saved = folder(), os.path.join(folder(), "saved")
    waiting = doctor.visit("store", "outbox", path, "--json").json()["facts"]["items"]
    tap.expect(waiting, "the maker plants no stuck mail")
    found = fix(disk, COPY, code=LEFT, home=home)
    tap.expect_equal(ids(found), ["account-copy-holds-items"], "found")
    tap.expect_equal([one["node"] for one in found["facts"]["items"]], [one["node"] for one in waiting], "listed")
    (left,) = found["facts"]["mends"]["left"]
    tap.expect(f"{len(waiting)} items" in left["why"] and "--save" in left["why"], str(left))
    tap.expect_equal(stores.read(path), data, "it was touched")
    tap.expect("store export" in found["findings"][0]["remedy"]["command"], str(found["findings"]))
    text = profile("check", "--windows", disk, "--fix", COPY, code=LEFT, home=home).out
    tap.expect("left: " in text and waiting[0]["node"] in text, text)
    planned = fix(disk, COPY, "--save", saved, "--plan", code=LEFT, home=home)
    tap.expect(not os.path.exists(saved) and ids(planned) == ["account-copy-holds-items"], str(planned["findings"]))
    done = fix(disk, COPY, "--save", saved, code=MENDED, home=home)
    tap.expect_equal(ids(done), ["account-copy-holds-items", "account-copy-missing"], "after")
    there = [one for one in waiting if one["state"] != "gone"]
    tap.expect_equal(len(os.listdir(saved)), len(there), "files")
    tap.expect(all(stores.read(os.path.join(saved, name)).lower().count(b"subject:") for name in os.listdir(saved)), "empty")
    tap.expect(stores.read(path + ".old") == data and not os.path.exists(path), "it was not put aside")
    profile("undo", disk, code=ADVICE, home=home)
    tap.expect_equal(stores.read(path), data, "given back")
    # What was saved there before is not written over, and then nothing is put aside.
    again = fix(disk, COPY, "--save", saved, code=LEFT, home=home)
    tap.expect("cannot be saved" in again["facts"]["mends"]["left"][0]["why"], str(again["facts"]["mends"]))
    tap.expect_equal(stores.read(path), data, "it was touched")


@SUITE.case("folders of this computer only, and what lies in them; the same under another name is nothing")
def local():
    for name, is_local in (("Contacts (This computer only)", True), ("Kontakte (Nur dieser Computer)", True),
                           ("Local Failures", True), ("Contacts", False), ("Sync Issues (This computer only)", False),
                           ("(This computer only) no", False)):
        disk, path = disk_of(local_copy(name))
        found = fix(disk, COPY, "--plan", code=LEFT if is_local else ADVICE, home=folder())
        items = found["facts"].get("items", [])
        tap.expect_equal(sorted(one["subject"] for one in items), ["letter 0", "letter 1"] if is_local else [], name)
        tap.expect({one["state"] for one in items} <= {"local"}, str(items))
        tap.expect(os.path.exists(path), name)


@SUITE.case("a damaged copy: named by its header, looked through as far as it goes, what was not read is said")
def damaged():
    data = local_copy("Letters")
    pages = store_bytes.Bytes(data).pages
    broken, cut = bytearray(data), data[:max(pages)]
    broken[300] ^= 1
    blind = bytearray(data)
    for at in pages:
        blind[at:at + 512] = bytes(512)
    for what, new, finding, unread in (("checksum", bytes(broken), "account-copy-damaged", None),
                                       ("cut", cut, "account-copy-damaged", "account-copy-unread"),
                                       ("no store", b"<html>" + bytes(5000), "account-copy-damaged", "account-copy-unread"),
                                       ("trees gone", bytes(blind), None, "account-copy-unread")):
        disk, path = disk_of(new)
        home = folder()
        before = profile("check", "--windows", disk, "--json", code=LEFT if finding else ADVICE, home=home).json()
        tap.expect_equal(ids(before), [finding] if finding else [], what)
        done = fix(disk, finding or COPY, code=MENDED | (LEFT if unread else 0), home=home)
        tap.expect_equal(ids(done), ["account-copy-missing"] + ([unread] if unread else []), f"{what}: after")
        tap.expect(stores.read(path + ".old") == new and not os.path.exists(path), f"{what}: not put aside")
        for one in done["findings"]:
            if one["id"] == unread:
                tap.expect(".ost.old" in one["remedy"]["command"] and one["evidence"][0]["found"], str(one))
        profile("undo", disk, code=ADVICE, home=home)
        tap.expect_equal(stores.read(path), new, f"{what}: given back")


@SUITE.case("a PST under the name of a copy is damaged as one, and stays; a read-only copy is told")
def not_a_copy():
    data = stores.read(ROOM.make("small"))
    disk, path = disk_of(data)
    home = folder()
    found = fix(disk, "all", code=LEFT, home=home)
    tap.expect_equal(ids(found), ["account-copy-damaged"], "a PST")
    tap.expect("is a PST" in found["facts"]["mends"]["left"][0]["why"], str(found["facts"]["mends"]))
    tap.expect_equal(stores.read(path), data, "it was touched")
    disk, path = disk_of(stores.read(ROOM.make("small", "--client", "ost")))
    os.chmod(path, 0o444)
    tap.expect_equal(ids(profile("check", "--windows", disk, "--json", code=LEFT, home=home).json()),
                     ["account-copy-read-only"], "read-only")
    os.chmod(os.path.join(disk, "Users", "anna", "NTUSER.DAT"), 0o444)
    tap.expect_equal(ids(profile("check", "--windows", disk, "--json", code=ADVICE, home=home).json()), [],
                     "the whole disk is")


@SUITE.case("--save without --fix is refused")
def words():
    profile("check", "--save", "x", code=16, home=folder())


if __name__ == "__main__":
    sys.exit(SUITE.run())
