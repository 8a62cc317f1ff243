"""This file exports settings of known providers and reads them back: as Thunderbird's, in a registry, as a profile file."""

import configparser
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import hives
import tap

SUITE = tap.Suite()
PLACE = tempfile.mkdtemp(prefix="postmend-export-")
SUITE.at_end.append(lambda: shutil.rmtree(PLACE, ignore_errors=True))
# address: what fetches and what sends, in its own words
ADDRESSES = {"anna@gmx.net": (("imap", "imap.gmx.net", 993, "tls"), ("smtp", "mail.gmx.net", 465, "tls"))}


def export(address, kind, name, code=0):
    path = os.path.join(PLACE, name)
    done = doctor.visit("settings", address, path, "--export", kind, "--offline")
    tap.expect_equal(done.code, code, str(done))
    return path, done


def expect_servers(account, address, what):
    found = tuple((one["protocol"], one["host"], one["port"], one["security"])
                  for one in (account["incoming"], account["outgoing"]))
    tap.expect_equal(found, ADDRESSES[address], what)
    tap.expect_equal(account["address"], address, what)


def expect_fine(done):
    """No password goes along."""
    found = {finding["id"] for finding in done.json()["findings"]}
    tap.expect(done.code == 0 and found <= {"account-password-none"}, str(done))


@SUITE.case("thunderbird: read again as exactly these servers, and nothing speaks against them")
def thunderbird():
    for address in ADDRESSES:
        home = tempfile.mkdtemp(dir=PLACE)
        os.makedirs(os.path.join(home, ".thunderbird", "p"))
        path, _ = export(address, "thunderbird", "prefs.js")
        shutil.move(path, os.path.join(home, ".thunderbird", "p", "prefs.js"))
        with open(os.path.join(home, ".thunderbird", "profiles.ini"), "w", encoding="ascii") as file:
            file.write("[Profile0]\nName=p\nIsRelative=1\nPath=p\n")
        done = doctor.visit("profile", "check", "--json", home=home)
        expect_fine(done)
        (account,) = done.json()["facts"]["accounts"]
        expect_servers(account, address, "thunderbird")


@SUITE.case("reg: in a hive it is read again as exactly these servers")
def reg():
    for address in ADDRESSES:
        path, _ = export(address, "reg", "settings.reg")
        with open(path, "rb") as file:
            lines = file.read().decode("ascii").split("\r\n")
        tap.expect_equal(lines[0], "REGEDIT4", "its first line")
        (key,) = [line[1:-1] for line in lines if line.startswith("[HKEY_CURRENT_USER\\")]
        values = {}
        for line in lines:
            name, _, value = line.partition("=")
            if name.startswith('"'):
                number = value.startswith("dword:")
                values[name.strip('"')] = hives.number(int(value[6:], 16)) if number else hives.text(value.strip('"'))
        tree, hive = {}, os.path.join(PLACE, "NTUSER.DAT")
        hives.merge(tree, key.partition("\\")[2], values)
        hives.make(hive, tree)
        done = doctor.visit("profile", "check", "--hive", hive, "--json")
        expect_fine(done)
        (account,) = done.json()["facts"]["accounts"]
        expect_servers(account, address, "reg")


@SUITE.case("prf: sections and values as Outlook's profile files have them")
def prf():
    path, _ = export("anna@gmx.net", "prf", "settings.prf")
    parsed = configparser.ConfigParser(interpolation=None, comment_prefixes=(";",))
    parsed.optionxform = str
    with open(path, encoding="ascii", newline="") as file:
        text = file.read()
    tap.expect(text.count("\n") == text.count("\r\n"), "line ends")
    parsed.read_string(text)
    account, kind = parsed["Account1"], parsed[parsed["Internet Account List"]["Account1"]]
    tap.expect_equal((account["IMAPServer"], account["IMAPPort"], account["IMAPUseSSL"]), ("imap.gmx.net", "993", "1"), "in")
    tap.expect_equal((account["SMTPServer"], account["SMTPPort"], account["SMTPSecureConnection"], account["SMTPUseAuth"]),
                     ("mail.gmx.net", "465", "1", "1"), "out")
    tap.expect_equal(kind["AccountType"], "IMAP", "kind")
    # Each value has its property; nothing else does.
    tap.expect_equal(set(account) - {"UniqueService"}, set(kind) - {"AccountType"}, "values and their properties")


@SUITE.case("a file that is there, guesses alone, and words that make no sense: refused, nothing written")
def refused():
    path, _ = export("anna@gmx.net", "prf", "there.prf")
    before = os.stat(path)
    export("anna@gmx.net", "prf", "there.prf", code=16)
    tap.expect_equal((os.stat(path).st_mtime_ns, before.st_mode & 0o777), (before.st_mtime_ns, 0o600), "the file")
    _, done = export("anna@example.org", "prf", "guess.prf", code=8)
    tap.expect("no source" in done.err and not os.path.exists(os.path.join(PLACE, "guess.prf")), str(done))
    export("anna@gmx.net", "csv", "x.csv", code=16)
    tap.expect_equal(doctor.visit("settings", "anna@gmx.net", "--export", "prf").code, 16, "no file")
    tap.expect_equal(doctor.visit("settings", "anna@gmx.net", "x").code, 16, "no --export")


sys.exit(SUITE.run())
