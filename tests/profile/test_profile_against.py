"""This file compares settings with the right ones: "postmend settings ADDRESS --against WHAT"."""

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
RIGHT = "IMAPAccount work\nHost imap.gmx.net\nUser anna@gmx.net\nTLSType IMAPS\nPassCmd x\n"
WRONG = RIGHT.replace("TLSType IMAPS", "Port 143\nTLSType IMAPS")
OTHER = RIGHT.replace("imap.gmx.net", "imap.example.org")
MSMTP = "account a\nhost mail.gmx.net\nport 587\nfrom anna@gmx.net\nuser anna@gmx.net\ntls on\ntls_starttls off\nauth on\n"
PREFS = """user_pref("mail.accountmanager.accounts", "account1");
user_pref("mail.account.account1.server", "server1");
user_pref("mail.server.server1.type", "imap");
user_pref("mail.server.server1.hostname", "imap.gmx.net");
user_pref("mail.server.server1.userName", "anna@gmx.net");
user_pref("mail.server.server1.port", %d);
user_pref("mail.server.server1.socketType", 3);
"""


def folder():
    place = tempfile.mkdtemp(prefix="postmend-against-")
    SUITE.at_end.append(lambda: shutil.rmtree(place, ignore_errors=True))
    return place


def put(top, name, text):
    path = os.path.join(top, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def against(what, code, **how):
    done = doctor.visit("settings", "anna@gmx.net", "--offline", "--against", what, "--json", **how)
    tap.expect_equal(done.code, code, str(done))
    return done


def evidence(done):
    """{name: (found, expected)} of the one finding; nothing where there is none."""
    found = done.json()["findings"]
    tap.expect([one["id"] for one in found] in ([], ["account-settings-differ"]), str(done)[:3000])
    return {one["name"]: (one["found"], one["expected"]) for finding in found for one in finding["evidence"]
            if one["expected"]}


CASES = [
    ("right", ".mbsyncrc", RIGHT, {}),
    ("STARTTLS on its port is as right", ".mbsyncrc", RIGHT.replace("IMAPS", "STARTTLS"), {}),
    ("another port", ".mbsyncrc", WRONG, {"imap_port": ("143", "993")}),
    ("another host", ".mbsyncrc", OTHER, {"imap_server": ("imap.example.org", "imap.gmx.net")}),
    ("a copy without its dot", "mbsyncrc", WRONG, {"imap_port": ("143", "993")}),
    ("TLS on the port of STARTTLS", ".msmtprc", MSMTP, {"smtp_port": ("587", "465")}),
    ("the same, as it should be", ".msmtprc", MSMTP.replace(" off", " on"), {}),
    ("by the folder of its program", ".config/msmtp/config", MSMTP, {"smtp_port": ("587", "465")}),
    ("Thunderbird", "x/prefs.js", PREFS % 993, {}),
    ("Thunderbird, another port", "x/prefs.js", PREFS % 995, {"imap_port": ("995", "993")}),
    ("both servers of an account", ".muttrc", "set folder=imap://anna@gmx.net@imap.gmx.net:993\nset smtp_url=smtps://anna@gmx.net"
     "@mail.example.org:465\nset from=anna@gmx.net\n", {"imap_port": ("993", "143"), "smtp_server": ("mail.example.org", "mail.gmx.net")}),
    ("a bridge", ".mbsyncrc", RIGHT.replace("imap.gmx.net", "127.0.0.1\nPort 1143"), {}),
]


@SUITE.case(f"{len(CASES)} settings files: what differs is named, with what is expected and who says so")
def files():
    for name, path, text, wanted in CASES:
        done = against(put(folder(), path, text), 4 if wanted else 0)
        tap.expect_equal(evidence(done), wanted, name)
        facts = done.json()["facts"]
        tap.expect(facts["servers"] and len(facts["accounts"]) == 1, f"{name}: {facts}")
    done = doctor.visit("settings", "anna@gmx.net", "--offline", "--against", put(folder(), ".mbsyncrc", WRONG))
    tap.expect(done.code == 4 and "The right settings" in done.out and "(expected: 993)" in done.out, str(done))


@SUITE.case("a folder of Thunderbird, a hive, a mounted Windows, and names of this computer's profiles and programs")
def places():
    home = folder()
    put(home, "x/prefs.js", PREFS % 995)
    tap.expect_equal(evidence(against(os.path.join(home, "x"), 4)), {"imap_port": ("995", "993")}, "a folder")
    for port, wanted in ((993, {}), (995, {"imap_port": ("995", "993")})):
        tree, disk = trees.healthy(), folder()
        trees.put_account(tree, trees.imap(7, IMAP_User="anna@gmx.net", Email="anna@gmx.net", IMAP_Port=port))
        tree.write(disk)
        hive = os.path.join(disk, "Users", "anna", "NTUSER.DAT")
        for what in (hive, disk):
            tap.expect_equal(evidence(against(what, 4 if wanted else 0)), wanted, what)
    home = folder()
    put(home, ".mbsyncrc", WRONG)
    put(home, ".msmtprc", MSMTP.replace(" off", " on"))
    for word, wanted in (("mbsync", {"imap_port": ("143", "993")}), ("work", {"imap_port": ("143", "993")}), ("msmtp", {})):
        tap.expect_equal(evidence(against(word, 4 if wanted else 0, home=home)), wanted, word)


@SUITE.case("what is guessed only is advice; what holds no account of the address, or is not there, is bad usage")
def otherwise():
    path = put(folder(), ".mbsyncrc", RIGHT.replace("gmx.net", "unknown.example"))
    done = doctor.visit("settings", "anna@unknown.example", "--offline", "--against", path, "--json")
    tap.expect(done.code in (0, 4) and "warning" not in [one["severity"] for one in done.json()["findings"]], str(done))
    for what in (put(folder(), ".mbsyncrc", RIGHT.replace("anna@", "bob@")), put(folder(), "letter.txt", "Dear Anna"),
                 "nobody-has-that", folder()):
        done = doctor.visit("settings", "anna@gmx.net", "--offline", "--against", what)
        tap.expect(done.code == 16 and "--against" in done.err and done.out == "", f"{what}: {done}")


SUITE.run()
