"""This file runs "postmend profile list" as a user types it: hives, Windows trees, home directories, and what is none."""

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
SOURCE = os.environ.get("POSTMEND_SOURCE", ".")
REAL = os.environ.get("POSTMEND_HIVES") or os.path.join(SOURCE, "..", "shared", "hives")
SECRET = "correct horse"
ACCOUNTS = "9375CFF0413111d3B88A00104B2A6676"
NEW_ROOT = "Software\\Microsoft\\Office\\16.0\\Outlook\\Profiles"
OLD_ROOT = "Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows Messaging Subsystem\\Profiles"
POP3, IMAP, HTTP, WRAPPER = ("{ED475411-B0D6-11D2-8C3B-00104B2A6676}", "{ED475412-B0D6-11D2-8C3B-00104B2A6676}",
                             "{4DB5CBF0-3B77-4852-BC8E-BB81908861F3}", "{ED475414-B0D6-11D2-8C3B-00104B2A6676}")

BAD_INPUT = [
    (["profile"], "what to do"),
    (["profile", "frobnicate"], "frobnicate"),
    (["profile", "list", "more"], "--windows"),
    (["profile", "check", "more"], "--windows"),
    (["profile", "list", "--hive", "a", "--windows", "b"], "--hive"),
    (["profile", "list", "--hive"], "FILE"),
    (["profile", "list", "--login"], "--login"),
    (["store", "check", "--hive", "a", "b.pst"], "--hive"),
]


def folder():
    place = tempfile.mkdtemp(prefix="postmend-profile-")
    SUITE.at_end.append(lambda: shutil.rmtree(place, ignore_errors=True))
    return place


def real(name):
    path = os.path.join(REAL, name)
    if not os.path.exists(path):
        raise tap.Skip(f"no real hives beside the repository: {name}")
    return path


def write(top, name, text):
    path = os.path.join(top, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w" if isinstance(text, str) else "wb") as file:
        file.write(text)
    return path


def listed(*words, code=0, **how):
    done = doctor.visit("profile", "list", "--json", *words, **how)
    tap.expect_equal(done.code, code, str(done))
    tap.expect(SECRET not in done.out + done.err, f"a secret is shown: {done}")
    return done.json()


def accounts(found):
    return found["facts"]["accounts"]


def ids(found):
    return [finding["id"] for finding in found["findings"]]


@SUITE.case("bad input: exit 16 and one line that names the word")
def bad_input():
    for words, named in BAD_INPUT:
        done = doctor.visit(*words)
        tap.expect_equal(done.code, 16, str(words))
        tap.expect(done.out == "" and done.err.count("\n") == 1 and named in done.err, f"{words}: {done}")


@SUITE.case("what is no hive, no Windows or not there is said, with its exit code")
def nothing_there():
    place = folder()
    done = doctor.visit("profile", "list", "--hive", os.path.join(place, "none"))
    tap.expect(done.code == 8 and "none" in done.err, str(done))
    done = doctor.visit("profile", "list", "--windows", os.path.join(place, "none"))
    tap.expect(done.code == 8 and "none" in done.err, str(done))
    tap.expect_equal(ids(listed("--windows", place, code=4)), ["client-windows-missing"], "an empty folder")
    for name, data in (("text", b"From: a\n"), ("empty", b""), ("zeros", bytes(8192)), ("start", b"regf" + bytes(100))):
        found = listed("--hive", write(place, name, data), code=4)
        tap.expect_equal(ids(found), ["client-hive-unreadable"], name)
    found = listed()
    tap.expect(accounts(found) == [] and found["verdict"] == "healthy", "an empty home directory")


@SUITE.case("Outlook's hive of a real computer: one store, one address book, no mail account, as libhivex reads it")
def real_hive():
    path = real("outlook16-profile.NTUSER.DAT")
    found = listed("--hive", path)
    tap.expect_equal(accounts(found), [], "accounts")
    (profile,) = found["facts"]["profiles"]
    (store,) = profile["stores"]
    lines = [line for line in hives.as_hivex_sees(path) if f" ={b'001f6700'.hex()} " in line]
    tap.expect_equal(len(lines), 1, "stores that libhivex sees")
    key = "\\".join(bytes.fromhex(part).decode() for part in lines[0].split(" ")[0].split("/"))
    tap.expect_equal(store["where"]["key"].lower(), key.lower(), "where the store stands")
    raw = bytes.fromhex(lines[0].split()[-1]).decode("utf-16-le").rstrip("\0")
    tap.expect_equal(store["path"], raw, "the store's path")
    tap.expect_equal([book["name"] for book in profile["address_books"]], ["Outlook Address Book"], "address books")
    tap.expect(profile["name"] == "Outlook" and profile["default"] and profile["mail_accounts"] == 0, str(profile))
    tap.expect_equal(ids(found), ["client-hive-dirty"], "findings")
    text = doctor.visit("profile", "list", "--hive", path).out
    tap.expect("list of them is empty" in text, text)


@SUITE.case("a dirty hive: with its logs it is current, without them or with a stranger's it is said to lack changes")
def logs():
    names = ("NTUSER.DAT", "ntuser.dat.log1", "ntuser.dat.log2")
    place = folder()
    for name in names:
        shutil.copy(real("transactions_" + name), os.path.join(place, name))
    hive = os.path.join(place, "NTUSER.DAT")
    tap.expect_equal(ids(listed("--hive", hive)), [], "with both logs")
    os.remove(os.path.join(place, "ntuser.dat.log1"))
    tap.expect_equal(ids(listed("--hive", hive)), ["client-hive-dirty"], "without the first")
    os.remove(os.path.join(place, "ntuser.dat.log2"))
    tap.expect_equal(ids(listed("--hive", hive)), ["client-hive-dirty"], "without both")


def account_tree(kind):
    """Values of one POP3 account as Outlook has them, texts in this type."""
    return {"clsid": hives.text(POP3), "Account Name": kind("Work"), "Email": kind("anna@example.org"),
            "Display Name": kind("Anna Example"), "POP3 Server": kind("pop.example.org"), "POP3 User": kind("anna"),
            "POP3 Port": hives.number(995), "POP3 Use SSL": hives.number(1), "POP3 Use SPA": hives.number(1),
            "POP3 Password": hives.binary(b"\x02" + SECRET.encode()), "SMTP Server": kind("smtp.example.org"),
            "SMTP Port": hives.number(587), "SMTP Secure Connection": hives.number(2), "SMTP Use Auth": hives.number(1),
            "SMTP Auth Method": hives.number(1), "SMTP User": kind("anna.out"),
            "SMTP Password": hives.binary(SECRET.encode("utf-16-le")), "Leave on Server": hives.number(14 << 16 | 7),
            "Server Timeout": hives.number(90)}


def expect_account(account, key):
    tap.expect_equal(account["client"], "outlook", "client")
    tap.expect_equal((account["name"], account["address"], account["protocol"], account["profile"]),
                     ("Work", "anna@example.org", "pop3", "Main"), "account")
    incoming, outgoing = account["incoming"], account["outgoing"]
    tap.expect_equal((incoming["host"], incoming["port"], incoming["security"], incoming["user_name"],
                      incoming["authentication"], incoming["password"], incoming["timeout_s"]),
                     ("pop.example.org", 995, "tls", "anna", "ntlm", "stored", 90), "incoming")
    tap.expect_equal((outgoing["host"], outgoing["port"], outgoing["security"], outgoing["user_name"],
                      outgoing["authentication"], outgoing["password"]),
                     ("smtp.example.org", 587, "starttls", "anna.out", "password", "stored"), "outgoing")
    leave = account["leave_on_server"]
    tap.expect_equal((leave["keeps"], leave["days"], leave["when_emptied"]), (True, 14, True), "leave on server")
    tap.expect_equal(incoming["where"]["port"], {"key": key, "value": "POP3 Port"}, "where the port stands")


@SUITE.case("made hives carry every value, below both roots, as REG_SZ and as REG_BINARY")
def made_hives():
    place = folder()
    for number, (root, kind) in enumerate([(NEW_ROOT, hives.text), (NEW_ROOT, hives.blob), (OLD_ROOT, hives.text),
                                           (OLD_ROOT, hives.blob), (NEW_ROOT.replace("16.0", "14.0"), hives.blob)]):
        tree, path = {}, os.path.join(place, f"hive{number}")
        hives.merge(tree, f"{root}\\Main\\{ACCOUNTS}\\00000002", account_tree(kind))
        hives.make(path, tree)
        found = listed("--hive", path)
        tap.expect_equal(len(accounts(found)), 1, f"accounts below {root}")
        expect_account(accounts(found)[0], f"{root}\\Main\\{ACCOUNTS}\\00000002")
        tap.expect_equal(ids(found), [], "findings")


def kinds_tree():
    tree = {}
    manager = f"{NEW_ROOT}\\Main\\{ACCOUNTS}"
    uid = bytes(range(16))
    hives.merge(tree, "Software\\Microsoft\\Office\\16.0\\Outlook", {"DefaultProfile": hives.text("Main")})
    hives.merge(tree, manager, {"{ED475418-B0D6-11D2-8C3B-00104B2A6676}": hives.binary(b"\x02\0\0\0\x01\0\0\0")})
    hives.merge(tree, f"{manager}\\00000001", {"clsid": hives.text(IMAP), "Account Name": hives.text("Imap"),
                                               "IMAP Server": hives.text("imap.example.org"), "IMAP Port": hives.number(143),
                                               "IMAP Secure Connection": hives.number(2), "SMTP Server": hives.text("s")})
    hives.merge(tree, f"{manager}\\00000002", {"clsid": hives.text(WRAPPER), "Service Name": hives.text("MSEMS"),
                                               "Account Name": hives.text("Exchange"), "Service UID": hives.binary(uid)})
    hives.merge(tree, f"{manager}\\00000003", {"clsid": hives.text(HTTP), "Account Name": hives.text("Eas"),
                                               "EAS Server URL": hives.text("eas.example.org")})
    hives.merge(tree, f"{NEW_ROOT}\\Main\\{uid.hex()}",
                {"001f6602": hives.blob("mail.example.org"), "001f6610": hives.blob("C:\\Users\\anna\\a.ost")})
    hives.merge(tree, "Software\\Microsoft\\Internet Account Manager\\Accounts\\00000001",
                {"Account Name": hives.text("Express"), "POP3 Server": hives.text("pop.example.net"),
                 "SMTP Server": hives.text("smtp.example.net"), "SMTP Use Sicily": hives.number(2)})
    return tree


@SUITE.case("IMAP, Exchange, ActiveSync and Outlook Express: each kind is named, in the profile's order")
def kinds():
    path = os.path.join(folder(), "NTUSER.DAT")
    hives.make(path, kinds_tree())
    found = accounts(listed("--hive", path))
    tap.expect_equal([(one["name"], one["protocol"], one["default"]) for one in found],
                     [("Exchange", "exchange", True), ("Imap", "imap", False), ("Eas", "activesync", False),
                      ("Express", "pop3", False)], "accounts")
    tap.expect_equal(found[0]["store"], "C:\\Users\\anna\\a.ost", "the copy of the mailbox")
    tap.expect_equal(found[1]["incoming"]["security"], "starttls", "IMAP Secure Connection 2")
    tap.expect_equal(found[3]["outgoing"]["authentication"], "as-incoming", "SMTP Use Sicily 2")


# outlook.md's table of values: each account kind with all that it may carry. S: a text, in either type.
HOSTS = {"Server": "S", "User": "S", "Port": 1, "Use SSL": 1, "Use SPA": 1, "Secure Connection": 1}
COMMON = {"Account Name": "S", "Display Name": "S", "Email": "S", "Reply Email": "S", "Organization": "S", "Mini UID": 1,
          "New Signature": "S", "Reply-Forward Signature": "S", "Server Timeout": 1}
SENDING = {**{"SMTP " + name: kind for name, kind in HOSTS.items()}, "SMTP Use Auth": 1, "SMTP Auth Method": 1}
KINDS = {
    "pop3": (POP3, {**{"POP3 " + name: kind for name, kind in HOSTS.items()}, **SENDING, "Leave on Server": 1}),
    "imap": (IMAP, {**{"IMAP " + name: kind for name, kind in HOSTS.items()}, **SENDING}),
    "http": (HTTP, {"HTTP Server URL": "S", "HTTP User": "S", "HTTP Use SPA": 1}),
    "activesync": (HTTP, {"EAS Server URL": "S", "EAS User": "S", "EAS DeviceId": "S"}),
    "exchange": (WRAPPER, {"Service Name": "MSEMS"}),
}
NUMBERS = {"Port": 65535, "Use SSL": 1, "Use SPA": 1, "Secure Connection": 3, "Use Auth": 1, "Auth Method": 2, "Mini UID": 0xFFFFFFFF,
           "Timeout": 600}
WORDS = ["b\u00fcro", "mail.example.org", "\u65e5\u672c", "x" * 200, "a b", "Anna \u00d6zg\u00fcr \U0001f600", "anna@example.org"]


def drawn(dice, kind, text):
    """Every value of the kind, each there four times of five; and the passwords, which nobody may see."""
    clsid, own = KINDS[kind]
    values = {"clsid": hives.text(clsid)}
    for name, what in {**COMMON, **own}.items():
        least = name in ("Service Name", "EAS Server URL", "Account Name")
        if not least and dice.random() < 0.2:
            continue
        if what == 1:
            most = next((most for end, most in NUMBERS.items() if name.endswith(end)), (1 << 26) - 1)
            values[name] = hives.number(dice.randint(0, most))
        else:
            values[name] = text(dice.choice(WORDS) + str(dice.randint(0, 999)) if what == "S" else what)
    for protocol in ("POP3", "IMAP", "SMTP", "HTTP", "EAS"):
        values[protocol + " Password"] = hives.binary(b"\x02" + SECRET.encode())
    return values


def hivex_values(path):
    """(key, name) in small letters -> (type, bytes), as libhivex sees them."""
    found = {}
    for line in hives.as_hivex_sees(path):
        parts = line.split(" ")
        if len(parts) == 4 or (len(parts) == 3 and parts[1].startswith("=")):
            key = "\\".join(bytes.fromhex(part).decode() for part in parts[0].split("/"))
            data = bytes.fromhex(parts[3]) if len(parts) == 4 else b""
            found[(key.lower(), bytes.fromhex(parts[1][1:]).decode().lower())] = (int(parts[2]), data)
    return found


def decoded(stored):
    kind, data = stored
    return int.from_bytes(data, "little") if kind == 4 else data.decode("utf-16-le").rstrip("\0")


def expect_as_hivex(account, seen, what):
    """Each value of the account beside the value that it names; the number of comparisons."""
    n = 0
    for side in ("incoming", "outgoing"):
        server = account[side]
        for field in ("host", "port", "user_name", "timeout_s") if server else ():
            where = server["where"].get(field)
            stored = seen.get((where["key"].lower(), where["value"].lower())) if where else None
            if stored is None:
                continue
            tap.expect_equal(server[field], decoded(stored), f"{what}: {side} {field}")
            n += 1
    return n


def expect_meaning(account, stored, what):
    """Encryption, logins and what stays on the server, by the table's words; stored(name): number or None."""
    for side, prefix in (("incoming", account["protocol"].upper()), ("outgoing", "SMTP")):
        server = account[side]
        if not server or prefix not in ("POP3", "IMAP", "SMTP"):
            continue
        secure, ssl, spa = (stored(f"{prefix} {name}") for name in ("Secure Connection", "Use SSL", "Use SPA"))
        wanted = ("none", "tls", "starttls", "automatic")[secure] if secure is not None else "tls" if ssl else "none"
        tap.expect_equal(server["security"], wanted, f"{what}: {side} security")
        login = "ntlm" if spa else "password"
        if prefix == "SMTP":
            method = stored("SMTP Auth Method") or 0
            login = "none" if not stored("SMTP Use Auth") else ("as-incoming", login, "pop-before-smtp")[method]
        tap.expect_equal(server["authentication"], login, f"{what}: {side} login")
        tap.expect_equal(server["password"], "stored", f"{what}: {side} password")
    if account["protocol"] == "pop3":
        leave, told = stored("Leave on Server") or 0, account["leave_on_server"]
        tap.expect_equal((told["keeps"], told["days"], told["when_emptied"]),
                         (bool(leave & 1), leave >> 16 if leave & 2 else None, bool(leave & 4)), f"{what}: {leave:#x}")


@SUITE.case("every account kind and value below both roots, of 14.0, 15.0 and 16.0, in either type: as libhivex reads them")
def values():
    place, n = folder(), 0
    roots = [NEW_ROOT.replace("16.0", version) for version in ("14.0", "15.0", "16.0")] + [OLD_ROOT]
    for number, (root, text) in enumerate((root, text) for root in roots for text in (hives.text, hives.blob)):
        dice, tree, path = random.Random(number), {}, os.path.join(place, f"values{number}")
        wanted = {}
        for index, kind in enumerate(list(KINDS) * 4):
            drawn_values = drawn(dice, kind, text)
            wanted[index] = (kind, drawn_values)
            hives.merge(tree, f"{root}\\Main\\{ACCOUNTS}\\{index + 1:08x}", drawn_values)
        hives.make(path, tree)
        seen, found = hivex_values(path), accounts(listed("--hive", path))
        tap.expect_equal([one["protocol"] for one in found], [kind for kind, _ in wanted.values()], f"{root}: kinds")
        for index, one in enumerate(found):
            key = f"{root}\\Main\\{ACCOUNTS}\\{index + 1:08x}".lower()
            for field, name in (("name", "account name"), ("address", "email"), ("display_name", "display name")):
                stored = seen.get((key, name))
                tap.expect_equal(one[field], decoded(stored) if stored else None, f"{key}: {name}")
                n += 1
            n += expect_as_hivex(one, seen, key)
            expect_meaning(one, lambda name, key=key: decoded(seen[(key, name.lower())]) if (key, name.lower()) in seen
                           else None, key)
    tap.comment(f"{n} values compared")


PREFS = f"""// Mozilla User Preferences
user_pref("mail.accountmanager.accounts", "account1");
user_pref("mail.account.account1.identities", "id1");
user_pref("mail.account.account1.server", "server1");
user_pref("mail.identity.id1.useremail", "anna@example.org");
user_pref("mail.identity.id1.smtpServer", "smtp1");
user_pref("mail.server.server1.hostname", "imap.example.org");
user_pref("mail.server.server1.type", "imap");
user_pref("mail.server.server1.socketType", 3);
user_pref("mail.server.server1.userName", "anna");
user_pref("mail.smtpserver.smtp1.hostname", "smtp.example.org");
user_pref("mail.server.server1.password", "{SECRET}");
"""


def thunderbird(top, prefs=PREFS):
    write(top, "profiles.ini", "[Profile0]\nName=default\nIsRelative=1\nPath=Profiles/x.default\nDefault=1\n")
    return write(top, "Profiles/x.default/prefs.js", prefs)


@SUITE.case("a Windows disk: every user's hive, Thunderbird and Windows Live Mail, whatever the case of the names")
def windows():
    place = folder()
    os.makedirs(os.path.join(place, "users", "Anna"))
    hives.make(os.path.join(place, "users", "Anna", "ntuser.dat"), kinds_tree())
    thunderbird(os.path.join(place, "users", "Bob", "AppData", "roaming", "Thunderbird"))
    write(place, "users/Bob/AppData/Local/Microsoft/Windows Live Mail/Example/account{1}.oeaccount",
          '<MessageAccount><Account_Name type="SZ">Live</Account_Name><POP3_Server type="SZ">pop.example.org'
          '</POP3_Server></MessageAccount>')
    write(place, "users/Carl/NTUSER.DAT", b"no hive")
    found = listed("--windows", place, code=4)
    tap.expect_equal(sorted((one["client"], one["name"]) for one in accounts(found)),
                     [("outlook", "Eas"), ("outlook", "Exchange"), ("outlook", "Imap"), ("outlook-express", "Express"),
                      ("thunderbird", None), ("windows-live-mail", "Live")], "accounts")
    tap.expect_equal(ids(found), ["client-hive-unreadable"], "findings")


HOME = {
    ".msmtprc": f"account work\nhost smtp.example.org\nport 587\ntls on\nauth on\nuser anna\npassword {SECRET}\n",
    ".mbsyncrc": f'IMAPAccount work\nHost imap.example.org\nUser anna\nPass "{SECRET}"\nTLSType IMAPS\n',
    ".fetchmailrc": f'poll pop.example.org proto pop3 user anna pass "{SECRET}" ssl\n',
    ".getmail/getmailrc": f"[retriever]\ntype = SimplePOP3SSLRetriever\nserver = pop.example.org\npassword = {SECRET}\n",
    ".offlineimaprc": "[Account a]\nremoterepository = r\n[Repository r]\ntype = IMAP\nremotehost = imap.example.org\n"
                      f"remotepass = {SECRET}\n",
    ".muttrc": f'set folder=imaps://anna@imap.example.org/\nset imap_pass="{SECRET}"\n',
    ".config/aerc/accounts.conf": "[a]\nsource = imaps://anna:pw@imap.example.org\n",
    ".config/himalaya/config.toml": f'[accounts.a]\nbackend.host = "imap.example.org"\nbackend.auth.raw = "{SECRET}"\n',
    ".config/evolution/sources/a.source": "[Mail Account]\nBackendName=imapx\n[Authentication]\nHost=imap.example.org\n",
    "Library/Preferences/com.apple.mail.plist":
        "<plist><dict><key>MailAccounts</key><array><dict><key>Hostname</key><string>imap.example.org</string>"
        "<key>AccountType</key><string>IMAPAccount</string></dict></array></dict></plist>",
}
CLIENTS = ["aerc", "apple-mail", "evolution", "fetchmail", "getmail", "himalaya", "mbsync", "msmtp", "neomutt",
           "offlineimap", "thunderbird"]


@SUITE.case("a home directory: every program's accounts, and where each value stands; no secret is shown")
def home():
    top = folder()
    for name, text in HOME.items():
        write(top, name, text)
    thunderbird(os.path.join(top, ".thunderbird"))
    plain = {"XDG_CONFIG_HOME": ""}
    found = listed(home=top, env=plain)
    tap.expect_equal(sorted(one["client"] for one in accounts(found)), CLIENTS, "programs")
    one = next(one for one in accounts(found) if one["client"] == "msmtp")
    tap.expect(one["outgoing"]["where"]["port"] == {"line": 3} and one["outgoing"]["password"] == "stored", str(one))
    for style in ([], ["--redact"]):
        done = doctor.visit("profile", "list", *style, home=top, env=plain)
        tap.expect(done.code == 0 and SECRET not in done.out, str(done))
        tap.expect(("anna" in done.out) == (style == []), f"{style}: {done}")
    page = os.path.join(top, "page.html")
    done = doctor.visit("profile", "list", "--quiet", "--html", page, home=top, env=plain)
    with open(page, encoding="utf-8") as file:
        text = file.read()
    tap.expect(done.out == "" and "imap.example.org" in text and SECRET not in text, "HTML")


@SUITE.case("prefs.js of 50 MB, with calls nobody knows and errors: what can be read is read, quickly")
def hostile_prefs():
    top = folder()
    noise = 'user_pref("a.b.c", "d");\nlock(1, 2);\nuser_pref("mail.x\n'
    prefs = PREFS + noise * (50 * 1024 * 1024 // len(noise)) + 'user_pref("mail.server.server1.port", 993);\n'
    thunderbird(os.path.join(top, ".thunderbird"), prefs)
    done = doctor.visit("profile", "list", "--json", home=top)
    found = done.json()
    tap.expect(done.code == 0 and accounts(found)[0]["incoming"]["port"] == 993, str(found["facts"])[:1000])
    tap.expect_equal(ids(found), ["client-settings-unread"], "findings")
    tap.comment(f"{done.seconds:.2f} s, {done.rss // 1024} MiB")
    tap.expect(done.rss < 400 * 1024, f"{done.rss} KiB")


@SUITE.case("a hive that is cut or changed anywhere: no crash, exit 0 or 4")
def hostile_hives():
    place = folder()
    path = os.path.join(place, "whole")
    hives.make(path, kinds_tree())
    with open(path, "rb") as file:
        data = file.read()
    for number in range(0, len(data), len(data) // 24):
        done = doctor.visit("profile", "list", "--json", "--hive", write(place, "cut", data[:number]))
        tap.expect(done.code in (0, 4), f"cut at {number}: {done}")
        changed = bytearray(data)
        for at in range(number, min(number + 4000, len(data)), 97):
            changed[at] ^= 0xFF
        done = doctor.visit("profile", "list", "--json", "--hive", write(place, "changed", bytes(changed)))
        tap.expect(done.code in (0, 4), f"changed from {number}: {done}")


@SUITE.case("help tells of list and its options")
def help_text():
    for words in (["profile", "--help"], ["profile", "list", "--help"]):
        done = doctor.visit(*words)
        tap.expect_equal(done.code, 0, str(words))
        for word in ("--windows DIR", "--hive FILE", "--json", "Thunderbird"):
            tap.expect(word in done.out, f"{words}: no {word}")


SUITE.run()
