"""This file has "postmend profile clone" copy profiles with one account, looks at the copy with libhivex, and takes it back."""

import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import hives
import tap
import trees

SUITE = tap.Suite()
OLD_ROOT = "Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows Messaging Subsystem\\Profiles"
MAIL_LIST, STORE_LIST = "{ED475418-B0D6-11D2-8C3B-00104B2A6676}", "{ED475420-B0D6-11D2-8C3B-00104B2A6676}"
OST = "C:\\Users\\anna\\AppData\\Local\\Microsoft\\Outlook\\anna.ost"
SECRET = b"correct horse"
REAL = os.environ.get("POSTMEND_HIVES") or os.path.join(os.environ["POSTMEND_SOURCE"], "..", "shared", "hives")


def folder():
    place = tempfile.mkdtemp(prefix="postmend-clone-")
    SUITE.at_end.append(lambda: shutil.rmtree(place, ignore_errors=True))
    return place


def get(path):
    with open(path, "rb") as file:
        return file.read()


def delivery(path):
    return hives.binary(bytes(22) + b"mspst.dll".ljust(32, b"\0") + (path + "\0").encode("utf-16-le"))


def disk_of(root=trees.OUTLOOK + "\\Profiles"):
    """Two mailboxes, an Exchange one, two stores and an address book in one profile."""
    tree, profile = trees.Tree(), root + "\\Main"
    manager = profile + "\\9375CFF0413111d3B88A00104B2A6676"
    password = hives.binary(b"\2" + SECRET)
    trees.put_account(tree, {**trees.pop3(1), "Delivery Store EntryID": delivery("C:\\Mail\\one.pst"),
                             "POP3 Password": password}, 0x10, manager)
    trees.put_account(tree, {**trees.imap(2), "IMAP Store EID": delivery("C:\\Mail\\two.pst"), "IMAP Password": password},
                      0x11, manager)
    trees.put_account(tree, {"clsid": hives.text(trees.WRAPPER), "Service Name": hives.text("CONTAB"),
                             "Account Name": hives.text("Outlook Address Book")}, 0x12, manager)
    for number, path in enumerate(("C:\\Mail\\one.pst", "C:\\Mail\\two.pst")):
        tree.n = 0x20 + number
        trees.put_store(tree, path, profile=profile)
    tree.n = 0x30
    trees.put_exchange(tree, 0x184, OST, exists=False, profile=profile)
    services = [trees.uid(0x21, 4, 5, 6), trees.uid(0x22, 4, 5, 6), trees.uid(0x31, 7, 8, 9)]
    hives.merge(tree.user, manager, {
        MAIL_LIST: hives.binary(b"".join(number.to_bytes(4, "little") for number in (0x110, 0x131, 0x111))),
        STORE_LIST: hives.binary(b"".join(number.to_bytes(4, "little") for number in (0x121, 0x122)))})
    hives.merge(tree.user, profile + "\\9207f3e0a3b11019908b08002b2a56c2",
                {"01023d0e": hives.binary(b"".join(services)), "001f3d20": hives.blob("kept")})
    hives.merge(tree.user, profile + "\\13dbb0c8aa05101a9bb000aa002fc45a", {"00036601": hives.binary(b"\x84\1\0\0")})
    trees.put_value(tree.user, root if root == OLD_ROOT else trees.OUTLOOK, "DefaultProfile", "Main")
    disk = folder()
    tree.write(disk)
    return disk, os.path.join(disk, "Users", "anna", "NTUSER.DAT")


def clone(hive, home, *words, code=1):
    done = doctor.visit("profile", "clone", *words, "--hive", hive, home=home)
    tap.expect_equal(done.code, code, str(done))
    tap.expect(SECRET.decode() not in done.out + done.err, "a secret is shown")
    return done


def below(lines, profile):
    """What stands below a profile, as libhivex sees it: {(key, value): line}."""
    found = {}
    start = "/".join(part.encode().hex() for part in profile.split("\\"))
    for line in lines:
        key, _, rest = line.partition(" ")
        if key.startswith(start + "/") or key == start:
            found[(key[len(start):], rest.split(" ")[0])] = rest
    return found


def uids(line):
    data = bytes.fromhex(line.split()[-1])
    return [data[at:at + 16] for at in range(0, len(data), 16)]


@SUITE.case("one account of five is copied with its store; lists, services and sections of the others are left out; taken back")
def one_account():
    for root in (trees.OUTLOOK + "\\Profiles", OLD_ROOT):
        (disk, hive), home = disk_of(root), folder()
        before, lines = get(hive), hives.as_hivex_sees(hive)
        clone(hive, home, "Test", "user1@gmx.net", "--plan", code=0)
        tap.expect_equal(get(hive), before, "a plan wrote something")
        found = clone(hive, home, "Test", "user1@gmx.net", "--json").json()
        here = [one for one in found["facts"]["accounts"] if one["profile"] == "Test"]
        tap.expect_equal([(one["address"], one["store"], one["default"]) for one in here],
                         [("user1@gmx.net", "C:\\Mail\\one.pst", True)], "accounts")
        (profile,) = [one for one in found["facts"]["profiles"] if one["name"] == "Test"]
        tap.expect_equal(([one["path"] for one in profile["stores"]], [one["name"] for one in profile["address_books"]],
                          profile["mail_accounts"]), (["C:\\Mail\\one.pst"], ["Outlook Address Book"], 1), "profile")
        after = hives.as_hivex_sees(hive)
        old, new = below(lines, root + "\\Main"), below(after, root + "\\Test")
        # (The old profile's own root key is counted once more above it; its values stay.)
        tap.expect_equal({k: v for k, v in below(after, root + "\\Main").items()}, old, "the old profile")
        differing = {key for key in new if " " in new[key] and new[key] != old.get(key)}
        names = {bytes.fromhex(name.lstrip("=")).decode() for _, name in differing if name.startswith("=")}
        tap.expect_equal(names, {MAIL_LIST, STORE_LIST, "01023d0e"}, "values that differ")
        (services,) = [line for (_, name), line in new.items() if name == "=" + b"01023d0e".hex()]
        tap.expect_equal(uids(services), [trees.uid(0x21, 4, 5, 6)], "services")
        tap.expect(not any(b"Password".hex() in name for _, name in new), "a password was copied")
        data = get(hive)
        tap.expect_equal(data.count(SECRET), 2, "passwords in the hive")
        done = doctor.visit("profile", "undo", hive, home=home)
        tap.expect(done.code == 0 and get(hive) == before, f"not taken back: {done}")


@SUITE.case("an Exchange mailbox is copied without the copy of it: no .ost, not cached")
def exchange():
    (disk, hive), home = disk_of(), folder()
    found = clone(hive, home, "Test", "mailbox 49", "--json").json()
    (one,) = [one for one in found["facts"]["accounts"] if one["profile"] == "Test"]
    tap.expect_equal((one["protocol"], one["store"], one["incoming"]["host"]), ("exchange", None, "exchange.example.org"),
                     "account")
    (profile,) = [one for one in found["facts"]["profiles"] if one["name"] == "Test"]
    tap.expect_equal(profile["stores"], [], "stores")
    new = below(hives.as_hivex_sees(hive), trees.OUTLOOK + "\\Profiles\\Test")
    flags = [line.split()[-1] for (_, name), line in new.items() if name == "=" + b"00036601".hex()]
    tap.expect_equal(set(flags), {"04000000"}, "flags")


@SUITE.case("which account: the default profile's first; a name that is taken or will not do, and an account that is not there")
def words():
    (disk, hive), home = disk_of(), folder()
    before = get(hive)
    for words, named in ((["Main"], "already"), (["a\\b"], "name"), (["B\u00fcro"], "name"), (["x" * 65], "name"),
                         (["Test", "nobody@example.org"], "nobody@example.org"), ([], "NAME"), (["a", "b", "c"], "name")):
        done = doctor.visit("profile", "clone", *words, "--hive", hive, home=home)
        tap.expect(done.code == 16 and named.lower() in done.err.lower() and done.out == "", f"{words}: {done}")
    tap.expect_equal(get(hive), before, "something was written")
    found = clone(hive, home, "Test", "--json").json()
    tap.expect_equal([one["address"] for one in found["facts"]["accounts"] if one["profile"] == "Test"], ["user1@gmx.net"],
                     "the first of the default profile")
    done = doctor.visit("profile", "clone", "Again", "--windows", disk, home=home)
    tap.expect(done.code == 1 and '/profile "Again"' in done.out, str(done))


@SUITE.case("a dirty hive is not written; a real profile without an account has nothing to copy")
def refused():
    (disk, hive), home = disk_of(), folder()
    data = bytearray(get(hive))
    data[4] ^= 1
    data[508] ^= 1
    with open(hive, "wb") as file:
        file.write(data)
    done = clone(hive, home, "Test", "user1@gmx.net", code=8)
    tap.expect("last changes" in done.err and get(hive) == bytes(data), str(done))
    path = os.path.join(REAL, "outlook16-profile.NTUSER.DAT")
    if os.path.exists(path):
        clone(path, home, "Test", code=16)


SUITE.run()
