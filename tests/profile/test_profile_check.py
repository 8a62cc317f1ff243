"""This file plants faults into the settings of mail programs and asks "postmend profile check" for exactly those."""

import os
import random
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import hives
import tap

SUITE = tap.Suite()
DRAWS, PLANTED = 50, 8
ROOT = "Software\\Microsoft\\Office\\16.0\\Outlook\\Profiles\\Main"
ACCOUNTS = ROOT + "\\9375CFF0413111d3B88A00104B2A6676"
POP3, IMAP, WRAPPER = ("{ED475411-B0D6-11D2-8C3B-00104B2A6676}", "{ED475412-B0D6-11D2-8C3B-00104B2A6676}",
                       "{ED475414-B0D6-11D2-8C3B-00104B2A6676}")


def folder():
    place = tempfile.mkdtemp(prefix="postmend-check-")
    SUITE.at_end.append(lambda: shutil.rmtree(place, ignore_errors=True))
    return place


def imap(number, **changes):
    """An account at a known provider that is in order, but for what is changed; None leaves a value out."""
    values = {"clsid": IMAP, "Account Name": f"account {number}", "Email": f"user{number}@gmx.net",
              "IMAP Server": "imap.gmx.net", "IMAP User": f"user{number}@gmx.net", "IMAP Port": 993,
              "IMAP Secure Connection": 1, "SMTP Server": "mail.gmx.net", "SMTP Port": 587, "SMTP Secure Connection": 2,
              "SMTP Use Auth": 1, "Server Timeout": 60}
    values.update({name.replace("_", " "): value for name, value in changes.items()})
    return {name: hives.text(value) if isinstance(value, str) else hives.number(value)
            for name, value in values.items() if value is not None}


def pop3(number, days):
    values = {name.replace("IMAP", "POP3"): value for name, value in imap(number, IMAP_Server="pop.gmx.net").items()}
    values.update({"clsid": hives.text(POP3), "POP3 Port": hives.number(995),
                   "Leave on Server": hives.number(days << 16 | 3)})
    return values


# id -> (planted, its control): functions of the account's number.
CASES = {
    "account-host-missing": (lambda n: imap(n, IMAP_Server=None), lambda n: imap(n)),
    "account-host-wrong": (lambda n: imap(n, IMAP_Server="imap.example.org"), lambda n: imap(n, IMAP_Server="imap2.gmx.net")),
    "account-port-encryption-mismatch": (lambda n: imap(n, IMAP_Secure_Connection=2),
                                         lambda n: imap(n, IMAP_Secure_Connection=2, IMAP_Port=143)),
    "account-encryption-none": (lambda n: imap(n, SMTP_Secure_Connection=0), lambda n: imap(n, SMTP_Secure_Connection=3)),
    "account-spa-unsupported": (lambda n: imap(n, IMAP_Use_SPA=1), lambda n: imap(n, IMAP_Use_SPA=0)),
    "account-smtp-login-missing": (lambda n: imap(n, SMTP_Use_Auth=0), lambda n: imap(n, SMTP_Use_Auth=1)),
    "account-pop-before-smtp": (lambda n: imap(n, SMTP_Auth_Method=2), lambda n: imap(n, SMTP_Auth_Method=1)),
    "account-timeout-short": (lambda n: imap(n, Server_Timeout=29), lambda n: imap(n, Server_Timeout=30)),
    "account-timeout-long": (lambda n: imap(n, Server_Timeout=601), lambda n: imap(n, Server_Timeout=600)),
    "account-leave-days-trap": (lambda n: pop3(n, 14), lambda n: pop3(n, 15)),
    "account-scanner-proxy-left": (lambda n: imap(n, IMAP_Server="127.0.0.1", IMAP_User="anna/imap.gmx.net"),
                                   lambda n: imap(n, IMAP_Server="127.0.0.1")),
    "account-mailbox-twice": (lambda n: imap(n, IMAP_User="user0@gmx.net"), lambda n: imap(n)),
}

# id -> (path of the store, its file: None for none, else (length, version)); and the control.
STORES = {
    "account-store-missing": (("C:\\Mail\\gone.pst", None), ("C:\\Mail\\there.pst", (4096, 23))),
    "account-store-synced": (("C:\\Users\\anna\\OneDrive\\a.pst", (4096, 23)), ("C:\\Users\\anna\\OneDriveOld\\a.pst", (4096, 23))),
    "account-store-network": (("\\\\server\\share\\a.pst", None), ("D:\\share\\a.pst", None)),
    "account-store-ansi-full": (("C:\\Mail\\ansi.pst", (1990 << 20, 14)), ("C:\\Mail\\unicode.pst", (1990 << 20, 23))),
    "account-store-large": (("C:\\Mail\\large.pst", (48640 << 20, 23)), ("C:\\Mail\\less.pst", (48639 << 20, 23))),
}
EVERY = sorted(CASES) + sorted(STORES)
ADVICE = {"account-timeout-long", "account-leave-days-trap"}


def put_store(disk, path, file):
    if not file:
        return
    place = os.path.join(disk, *path[3:].split("\\"))
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "wb") as out:
        out.write(b"!BDN" + bytes(6) + file[1].to_bytes(2, "little"))
        # Sparse: nothing is written between.
        out.truncate(file[0])


def make_tree(disk, planted, controls):
    """A Windows disk whose one user has an account or a store for each case, and one account that is in order."""
    tree = {}
    hives.merge(tree, f"{ACCOUNTS}\\00000100", imap(0))
    for which, names in ((0, planted), (1, controls)):
        for name in names:
            number = 1 + EVERY.index(name) + 100 * which
            key = f"{ACCOUNTS}\\{0x100 + number:08x}"
            if name in CASES:
                hives.merge(tree, key, CASES[name][which](number))
                continue
            path, file = STORES[name][which]
            uid, service = bytes([number] * 16), bytes([number] * 15 + [0])
            hives.merge(tree, key, {"clsid": hives.text(WRAPPER), "Service Name": hives.text("MSUPST MS"),
                                    "Service UID": hives.binary(service)})
            hives.merge(tree, f"{ROOT}\\{service.hex()}", {"01023d00": hives.binary(uid)})
            hives.merge(tree, f"{ROOT}\\{uid.hex()}", {"001f6700": hives.blob(path)})
            put_store(disk, path, file)
    os.makedirs(os.path.join(disk, "Users", "anna"), exist_ok=True)
    hives.make(os.path.join(disk, "Users", "anna", "NTUSER.DAT"), tree)


def judge(disk):
    done = doctor.visit("profile", "check", "--windows", disk, "--json")
    return done, done.json()


def expect_exactly(planted, controls, what):
    disk = tempfile.mkdtemp(prefix="postmend-check-")
    try:
        make_tree(disk, planted, controls)
        done, found = judge(disk)
    finally:
        shutil.rmtree(disk, ignore_errors=True)
    tap.expect_equal(sorted(finding["id"] for finding in found["findings"]), sorted(planted), what)
    worse = sorted(name for name in planted if name not in ADVICE)
    tap.expect_equal(sorted(found["causes"]), worse, f"{what}: causes")
    tap.expect_equal(done.code, 4 if worse else 0, f"{what}: exit code")
    tap.expect(done.seconds < 1.5, f"{what}: {done.seconds:.2f} s")
    return found


@SUITE.case("a clean tree: nothing, exit 0; and every control at once: nothing either")
def clean():
    expect_exactly([], [], "clean")
    expect_exactly([], EVERY, "controls")


@SUITE.case("each fault alone, beside the controls of all others: named, with where it stands")
def each():
    for name in EVERY:
        found = expect_exactly([name], [other for other in EVERY if other != name], name)
        (finding,) = found["findings"]
        tap.expect(finding["evidence"], f"{name}: no evidence")
        if name in CASES:
            where = [one["found"] for one in finding["evidence"] if one["name"] == "where"]
            tap.expect(where and "NTUSER.DAT: Software\\Microsoft" in where[0], f"{name}: {where}")


@SUITE.case(f"{PLANTED} of {len(EVERY)} at once, {DRAWS} draws: exactly those")
def draws():
    for number in range(DRAWS):
        dice = random.Random(number)
        planted = dice.sample(EVERY, PLANTED)
        expect_exactly(planted, [name for name in EVERY if name not in planted and dice.random() < 0.5], f"draw {number}")


@SUITE.case("Thunderbird and text configurations are judged by the same rules")
def files():
    home = folder()
    with open(os.path.join(home, ".msmtprc"), "w", encoding="utf-8") as file:
        file.write("account a\nhost mail.gmx.net\nport 587\nfrom anna@gmx.net\ntls on\ntls_starttls off\nauth on\n")
    with open(os.path.join(home, ".mbsyncrc"), "w", encoding="utf-8") as file:
        file.write("IMAPAccount a\nHost imap.gmx.net\nUser anna@gmx.net\nTLSType None\n")
    done = doctor.visit("profile", "check", "--json", home=home)
    found = done.json()
    tap.expect_equal(sorted(found["causes"]), ["account-encryption-none", "account-port-encryption-mismatch"], "causes")
    where = [one["found"] for finding in found["findings"] for one in finding["evidence"] if one["name"] == "where"]
    tap.expect(any(text.endswith(".msmtprc, line 3") for text in where), str(where))
    text = doctor.visit("profile", "check", home=home)
    tap.expect(text.code == 4 and "STARTTLS, or the port of TLS" in text.out, str(text))


if __name__ == "__main__":
    sys.exit(SUITE.run())
