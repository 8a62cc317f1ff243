"""This file tests that postmend.exe reads the registry of the Windows that runs as it reads a hive with the same in it.

The profile is made by Windows' own reg.exe, and taken out again.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import wine

# The tool that makes hives is of the Linux build, beside the program whose words are compared.
os.environ["POSTMEND_BUILD"], WINDOWS_BUILD = os.path.dirname(wine.LINUX), os.environ.get("POSTMEND_BUILD")

import doctor
import hives
import tap

SUITE = tap.Suite()
EXE = wine.program(SUITE)
ROOM = tempfile.mkdtemp(prefix="postmend-registry-")
SUITE.at_end.append(lambda: shutil.rmtree(ROOM, ignore_errors=True))
SECRET = "correct horse"
OUTLOOK = "Software\\Microsoft\\Office\\16.0\\Outlook"
MANAGER = OUTLOOK + "\\Profiles\\M\u00fcller \u4e2d\\9375CFF0413111d3B88A00104B2A6676"
EXPRESS = "Software\\Microsoft\\Internet Account Manager"
POP3, IMAP = "{ED475411-B0D6-11D2-8C3B-00104B2A6676}", "{ED475412-B0D6-11D2-8C3B-00104B2A6676}"


def tree():
    out = {}
    hives.merge(out, OUTLOOK, {"DefaultProfile": hives.text("M\u00fcller \u4e2d")})
    hives.merge(out, MANAGER, {"{ED475418-B0D6-11D2-8C3B-00104B2A6676}": hives.binary(b"\x02\0\0\0\x01\0\0\0")})
    hives.merge(out, MANAGER + "\\00000001", {
        "clsid": hives.text(IMAP), "Account Name": hives.blob("\u0416 Arbeit"), "Email": hives.text("anna@example.org"),
        "IMAP Server": hives.text("imap.example.org"), "IMAP Port": hives.number(143), "IMAP User": hives.text("anna"),
        "IMAP Secure Connection": hives.number(2), "IMAP Password": hives.binary(SECRET.encode()),
        "SMTP Server": hives.text("smtp.example.org"), "SMTP Port": hives.number(587), "SMTP Secure Connection": hives.number(2)})
    hives.merge(out, MANAGER + "\\00000002", {
        "clsid": hives.text(POP3), "Account Name": hives.text("Old"), "Email": hives.text("anna@example.net"),
        "POP3 Server": hives.text("pop.example.net"), "POP3 Port": hives.number(995), "POP3 Use SSL": hives.number(1),
        "Leave on Server": hives.number(14 << 16 | 7), "SMTP Server": hives.text("smtp.example.net")})
    hives.merge(out, EXPRESS + "\\Accounts\\00000001", {
        "Account Name": hives.text("Express"), "POP3 Server": hives.text("pop.example.com"),
        "SMTP Server": hives.text("smtp.example.com")})
    return out


def lines(key, below):
    """The .reg form of a tree, values first."""
    yield f"\r\n[{key}]"
    for name, what in below.items():
        if isinstance(what, list):
            data = ",".join(what[1][i:i + 2] for i in range(0, len(what[1]), 2))
            yield f'"{name}"=hex({what[0]:x}):{data}'
    for name, what in below.items():
        if isinstance(what, dict):
            yield from lines(f"{key}\\{name}", what)


def reg(*words):
    done = subprocess.run([wine.WRAPPER, "reg", *words], capture_output=True, text=True)
    tap.expect_equal(done.returncode, 0, f"reg {words}: {done.stdout}{done.stderr}")


def bring_in(text):
    path = os.path.join(ROOM, "keys.reg")
    with open(path, "wb") as file:
        file.write(b"\xff\xfe" + ("Windows Registry Editor Version 5.00\r\n" + text).encode("utf-16-le"))
    reg("import", path)


def clean():
    for key in (OUTLOOK, EXPRESS):
        subprocess.run([wine.WRAPPER, "reg", "delete", "HKCU\\" + key, "/f"], capture_output=True)


def listed(program, *words):
    if not os.path.exists(program):
        raise tap.Skip("build/postmend is not built")
    doctor.PROGRAM = program
    done = doctor.visit("profile", *words, "--json", home=ROOM, limit=120)
    tap.expect(SECRET not in done.out + done.err, f"a secret is shown: {done}")
    return done.json()


def same(command):
    """What both say of the same settings, apart from where those stand."""
    hive = os.path.join(ROOM, "NTUSER.DAT")
    hives.make(hive, tree())
    here, there = listed(wine.LINUX, command, "--hive", hive), listed(EXE, command)
    source = "HKEY_CURRENT_USER"

    def plain(what, name):
        if isinstance(what, str):
            return what.replace(f' --hive "{name}"', "").replace(name, "SOURCE")
        if isinstance(what, dict):
            return {key: plain(value, name) for key, value in what.items() if key != "elapsed_ms"}
        if isinstance(what, list):
            return [plain(value, name) for value in what]
        return what

    tap.expect_equal(plain(there, source), plain(here, hive), "what the live registry says")
    return there


@SUITE.case("a profile that reg.exe made is listed as from a hive")
def profile():
    clean()
    SUITE.at_end.append(clean)
    bring_in("\r\n".join(lines("HKEY_CURRENT_USER", tree())) + "\r\n")
    found = same("list")["facts"]["accounts"]
    tap.expect_equal([one["name"] for one in found], ["Old", "\u0416 Arbeit", "Express"], "accounts")


@SUITE.case("and judged as from a hive")
def judged():
    same("check")


def exported():
    """The keys as reg.exe writes them."""
    texts = []
    for key in (OUTLOOK, EXPRESS):
        path = os.path.join(ROOM, "exported.reg")
        reg("export", "HKCU\\" + key, path, "/y")
        with open(path, "rb") as file:
            texts.append(file.read())
    return texts


@SUITE.case("mended, silent the second time, and taken back as it was")
def mended():
    before = exported()
    doctor.PROGRAM = EXE
    found = listed(EXE, "check")
    tap.expect("account-smtp-login-missing" in [one["id"] for one in found["findings"]], str(found["findings"]))
    done = doctor.visit("profile", "check", "--fix", "account-smtp-login-missing", "--yes", "--json", home=ROOM, limit=120)
    tap.expect_equal(done.code & ~4, 1, str(done))
    tap.expect(exported() != before, "nothing was written")
    found = listed(EXE, "check")
    tap.expect("account-smtp-login-missing" not in [one["id"] for one in found["findings"]], "it is found again")
    done = doctor.visit("profile", "undo", "--json", home=ROOM, limit=120)
    tap.expect_equal(done.code, 0, str(done))
    tap.expect_equal(exported(), before, "after undo")


def keys(key):
    """Names of the keys right below one, as reg.exe lists them."""
    done = subprocess.run([wine.WRAPPER, "reg", "query", "HKCU\\" + key], capture_output=True)
    start = ("HKEY_CURRENT_USER\\" + key + "\\").lower()
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    return sorted(line.strip()[len(start):] for line in lines if line.strip().lower().startswith(start))


def copied(*words):
    done = doctor.visit("profile", "clone", *words, "--json", home=ROOM, limit=120)
    tap.expect(SECRET not in done.out + done.err, "a secret is shown")
    return done


@SUITE.case("profile clone: one account in a profile of its own beside the old one, mended there, both taken back")
def cloned():
    clean()
    bring_in("\r\n".join(lines("HKEY_CURRENT_USER", tree())) + "\r\n")
    before, profiles = exported(), keys(OUTLOOK + "\\Profiles")
    listed(EXE, "list")
    done = copied("Test", "anna@example.org", "--plan")
    tap.expect_equal((done.code, exported()), (0, before), f"a plan wrote something: {done}")
    for name, code in (("M\u00fcller \u4e2d", 16), ("a\\b", 16)):
        tap.expect_equal((copied(name, "anna@example.org").code, exported()), (code, before), name)
    done = copied("Test", "anna@example.org")
    tap.expect_equal(done.code, 1, str(done))
    accounts = {(one["profile"], one["address"]) for one in done.json()["facts"]["accounts"]}
    tap.expect_equal(accounts, {("M\u00fcller \u4e2d", "anna@example.org"), ("M\u00fcller \u4e2d", "anna@example.net"),
                                ("Test", "anna@example.org"), (None, None)}, "accounts")
    tap.expect_equal(len(keys(OUTLOOK + "\\Profiles")), len(profiles) + 1, "profiles")
    after = exported()[0].decode("utf-16")
    tap.expect_equal(after.count("IMAP Password"), 1, "a password was copied")
    old = before[0].decode("utf-16")
    tap.expect_equal([line for line in old.splitlines() if line.startswith("[") and line not in after], [], "the old profile")
    done = doctor.visit("profile", "check", "--fix", "account-smtp-login-missing", "--yes", "--json", home=ROOM, limit=120)
    tap.expect_equal(done.code & ~4, 1, str(done))
    tap.expect(exported()[0].decode("utf-16") != after, "nothing was mended")
    for expected in (after, old):
        done = doctor.visit("profile", "undo", "--json", home=ROOM, limit=120)
        tap.expect_equal((done.code & ~4, exported()[0].decode("utf-16")), (0, expected), f"taken back: {done}")
    tap.expect_equal(keys(OUTLOOK + "\\Profiles"), profiles, "an empty profile is left")
    copied("Test", "anna@example.org")
    reg("add", "HKCU\\" + OUTLOOK + "\\Profiles\\Test", "/v", "Own", "/d", "somebody's")
    done = doctor.visit("profile", "undo", "--json", home=ROOM, limit=120)
    tap.expect(done.code == 0 and "somebody's" in exported()[0].decode("utf-16"), f"what somebody put there: {done}")


def from_outside():
    """%APPDATA% of the make-believe Windows, as a folder of this system."""
    done = subprocess.run([wine.WRAPPER, "cmd.exe", "/c", "echo %APPDATA%"], capture_output=True, text=True, check=True)
    done = subprocess.run([wine.WRAPPER, "winepath", "-u", done.stdout.strip()], capture_output=True, text=True, check=True)
    return done.stdout.strip()


PREFS = ('''user_pref("mail.accountmanager.accounts", "account1");
user_pref("mail.account.account1.server", "server1");
user_pref("mail.account.account1.identities", "id1");
user_pref("mail.identity.id1.useremail", "anna@example.org");
user_pref("mail.identity.id1.smtpServer", "smtp1");
user_pref("mail.server.server1.type", "imap");
user_pref("mail.server.server1.hostname", "imap.example.org");
user_pref("mail.server.server1.userName", "anna");
user_pref("mail.server.server1.port", 995);
user_pref("mail.server.server1.socketType", 3);
user_pref("mail.smtpserver.smtp1.hostname", "smtp.example.org");
user_pref("mail.smtpserver.smtp1.port", 587);
user_pref("mail.smtpserver.smtp1.try_ssl", 2);
''').replace("\n", "\r\n").encode()
MISMATCH = "account-port-encryption-mismatch"


def put_thunderbird(folder):
    """A profile whose name no code page of old has; the path of its settings."""
    place = os.path.join(folder, "Thunderbird")
    SUITE.at_end.append(lambda: shutil.rmtree(place, ignore_errors=True))
    profile = os.path.join(place, "Profiles", "\u4e2d\u0416")
    os.makedirs(profile)
    with open(os.path.join(place, "profiles.ini"), "wb") as file:
        file.write("[Profile0]\r\nName=default\r\nIsRelative=1\r\nPath=Profiles/\u4e2d\u0416\r\n".encode())
    path = os.path.join(profile, "prefs.js")
    for name, content in (("prefs.js", PREFS), ("logins.json", b"{}")):
        with open(os.path.join(profile, name), "wb") as file:
            file.write(content)
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


@SUITE.case("Thunderbird's file below %APPDATA%: judged, mended, silent the second time, taken back; refused while it runs")
def thunderbird():
    clean()
    path = put_thunderbird(from_outside())
    fix = ("profile", "check", "--fix", MISMATCH, "--yes", "--json")
    tap.expect_equal([one["id"] for one in listed(EXE, "check")["findings"]], [MISMATCH], "what is found")
    with open(os.path.join(os.path.dirname(path), "parent.lock"), "wb"):
        pass
    with wine.held(os.path.join(os.path.dirname(path), "parent.lock")):
        done = doctor.visit(*fix, home=ROOM, limit=120)
    tap.expect(done.code & 1 == 0 and "close it first" in done.out + done.err and read(path) == PREFS, str(done))
    done = doctor.visit(*fix, home=ROOM, limit=120)
    tap.expect_equal(done.code, 1, str(done))
    tap.expect_equal(read(path), PREFS.replace(b"995", b"993"), "the mended file")
    tap.expect_equal(listed(EXE, "check")["findings"], [], "what is found the second time")
    done = doctor.visit("profile", "undo", "--json", home=ROOM, limit=120)
    tap.expect_equal((done.code, read(path)), (0, PREFS), str(done))
    shutil.rmtree(os.path.dirname(os.path.dirname(os.path.dirname(path))))


@SUITE.case("a folder for settings that is elsewhere")
def elsewhere():
    clean()
    folder = os.path.join(ROOM, "moved")
    put_thunderbird(folder)
    line = f"set APPDATA=Z:{folder}&& Z:{wine.EXE} profile list --json".replace("/", "\\")
    done = subprocess.run([wine.WRAPPER, "cmd.exe", "/c", line], capture_output=True, text=True)
    tap.expect_equal([one["address"] for one in json.loads(done.stdout)["facts"]["accounts"]], ["anna@example.org"], str(done))


ADDINS = "HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\Outlook\\Addins\\"
# add-in: where its class is registered, how it is seen there, and its file
PLACES = {"Postmend.Own": ("HKEY_CURRENT_USER\\Software\\Classes", "", "C:\\Own Maker\\own.dll"),
          "Postmend.All": ("HKEY_LOCAL_MACHINE\\Software\\Classes", "", "C:\\Maker\\all.dll"),
          "Postmend.Narrow": ("HKEY_LOCAL_MACHINE\\Software\\Classes", "\\WOW6432Node", "C:\\Maker\\narrow.dll")}


def put_classes(minus):
    """All keys of these add-ins at once, or without them."""
    text = ""
    for i, (name, (root, view, file)) in enumerate(PLACES.items()):
        guid = f"{{0A5E4A11-0000-4000-8000-0000C0FFEE0{i}}}"
        keys = [(ADDINS + name, '"LoadBehavior"=dword:3'), (f"{root}\\{name}", ""), (f"{root}\\{name}\\CLSID", f'@="{guid}"'),
                (f"{root}{view}\\CLSID\\{guid}", ""),
                (f"{root}{view}\\CLSID\\{guid}\\InprocServer32", '@="' + file.replace("\\", "\\\\") + '"')]
        text += "".join(f"\r\n[{minus}{key}]\r\n{'' if minus else value}\r\n" for key, value in keys)
    bring_in(text)


@SUITE.case("the file behind an add-in: the user's own class, that of all users, and of 32-bit programs")
def addin_files():
    SUITE.at_end.append(lambda: put_classes("-"))
    put_classes("")
    found = {one["prog_id"]: one["file"] for one in listed(EXE, "add-ins")["facts"]["add_ins"]}
    tap.expect_equal(found, {name: file for name, (_, _, file) in PLACES.items()}, "files")


@SUITE.case("with nothing there, nothing is listed")
def nothing():
    clean()
    put_classes("-")
    tap.expect_equal(listed(EXE, "list")["facts"]["accounts"], [], "accounts")
    tap.expect_equal(listed(EXE, "add-ins")["facts"]["add_ins"], [], "add-ins")


sys.exit(SUITE.run())
