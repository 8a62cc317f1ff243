"""This file plants faults into settings, has "postmend profile check --fix" mend them, and takes that back: byte for byte."""

import fcntl
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import doctor
import hives
import tap
import trees
import test_profile_check as check

SUITE = tap.Suite()
SECRET = "correct horse"
MISMATCH, PLAIN, SHORT = "account-port-encryption-mismatch", "account-encryption-none", "account-timeout-short"
LOGIN, WRONG, TRAP, PROXY = ("account-smtp-login-missing", "account-host-wrong", "account-leave-days-trap",
                             "account-scanner-proxy-left")
PREFS = ('// Mozilla User Preferences\r\nuser_pref("mail.accountmanager.accounts", "account1");\r\n'
         'user_pref("mail.account.account1.server", "server1");\r\n'
         'user_pref("mail.account.account1.identities", "id1");\r\n'
         'user_pref("mail.identity.id1.useremail", "anna@example.org");\r\n'
         'user_pref("mail.identity.id1.smtpServer", "smtp1");\r\n'
         'user_pref("mail.server.server1.type", "imap");\r\n'
         'user_pref("mail.server.server1.hostname", "imap.example.org");\r\n'
         'user_pref("mail.server.server1.userName", "anna");\r\n'
         'user_pref("mail.server.server1.port", 993);\r\nuser_pref("mail.server.server1.socketType", 3);\r\n'
         'user_pref("mail.smtpserver.smtp1.hostname", "smtp.example.org");\r\n'
         'user_pref("mail.smtpserver.smtp1.port", 587);\r\nuser_pref("mail.smtpserver.smtp1.try_ssl", 2);\r\n'
         'user_pref("some.other", "mail.server.server1.port");\r\n').replace("\r\n", "\n").encode()
INI = b"[Profile0]\nName=default\nIsRelative=1\nPath=p\nDefault=1\n"
SOURCE = (b"[Data Source]\nDisplayName=work\nEnabled=true\n\n[Mail Account]\nBackendName=imapx\nIdentityUid=i\n\n"
          b"[Authentication]\nHost=imap.example.org\nPort=995\nUser=anna\n\n[Security]\nMethod=ssl-on-alternate-port\n")
IDENTITY = b"[Mail Identity]\nAddress=anna@example.org\n\n[Mail Submission]\nTransportUid=t\n"
TRANSPORT = (b"[Mail Transport]\nBackendName=smtp\n\n[Authentication]\nHost=smtp.example.org\nPort=465\nUser=anna\n"
             b"Method=PLAIN\n\n[Security]\nMethod=starttls-on-standard-port\n")

ADVICE = (TRAP, PLAIN)

# name: (file, its bytes, [(old, new)] that mending replaces in it, finding; other files that are there)
CASES = {
    "mbsync: another protocol's port": (
        ".mbsyncrc", b"# mine\nIMAPAccount a\nHost imap.example.org # here\n\tPort 995\nPass \"correct horse\"\n"
        b"SSLType IMAPS\n\nIMAPStore r\nAccount a\n", [(b"Port 995", b"Port 993")], MISMATCH, {}),
    "mbsync: port without encryption, none said, lines that end in CR LF": (
        ".mbsyncrc", b"IMAPAccount a\r\n  Host imap.example.org\r\n  Port 993\r\n  Pass \"correct horse\"\r\n",
        [(b"  Host imap.example.org\r\n", b"  Host imap.example.org\r\n  SSLType IMAPS\r\n")], MISMATCH, {}),
    "mbsync: the second of two accounts": (
        ".mbsyncrc", b"IMAPAccount a\nHost imap.example.org\nPort 993\nSSLType IMAPS\n\nIMAPAccount b\n"
        b"Host imap.example.org\nUser b\nPort 993\nTLSType STARTTLS\n", [(b"TLSType STARTTLS", b"TLSType IMAPS")],
        MISMATCH, {}),
    "mbsync: no encryption": (
        ".mbsyncrc", b"IMAPAccount a\nHost imap.example.org\nSSLType None\nTimeout 60",
        [(b"SSLType None", b"SSLType STARTTLS")], PLAIN, {}),
    "mbsync: too short a time, in the last line, without an end": (
        ".mbsyncrc", b"IMAPAccount a\nHost imap.example.org\nSSLType IMAPS\nTimeout 5", [(b"Timeout 5", b"Timeout 60")],
        SHORT, {}),
    "msmtp: TLS on the port of STARTTLS": (
        ".msmtprc", b"account a\nhost smtp.example.org\nport 587\nfrom anna@example.org\nauth on\nuser anna\n"
        b"password \"correct horse\"\ntls on\ntls_starttls off\n", [(b"tls_starttls off", b"tls_starttls on")],
        MISMATCH, {}),
    "msmtp: what all accounts share stays": (
        ".msmtprc", b"defaults\ntls on\ntls_starttls on\nauth on\nuser anna\n\naccount a\nhost smtp.example.org\n"
        b"port 465\n\naccount b\nhost smtp.example.org\nport 587\n",
        [(b"account a\n", b"account a\ntls on\ntls_starttls off\n")], MISMATCH, {}),
    "msmtp: no login": (
        ".msmtprc", b"account a\nhost mail.gmx.net\nport 465\ntls on\ntls_starttls off\nfrom anna@gmx.net\nauth off\n",
        [(b"auth off", b"auth on")], LOGIN, {}),
    "msmtp: another provider's server": (
        ".msmtprc", b"account a\nhost 'smtp.example.org'\nport 465\ntls on\ntls_starttls off\nfrom anna@gmx.net\n"
        b"auth on\nuser anna\n", [(b"'smtp.example.org'", b"'mail.gmx.net'")], WRONG, {}),
    "fetchmail: another protocol's port": (
        ".fetchmailrc", b"set daemon 300 # port 995\npoll imap.example.org proto imap port 995\n"
        b"  user \"anna\" password \"correct horse\" ssl keep\n", [(b"imap port 995", b"imap port 993")], MISMATCH, {}),
    "fetchmail: a port of TLS without it, the second user": (
        ".fetchmailrc", b"poll imap.example.org proto imap port 993\n  user a password x ssl\n  user 'b' password y\n",
        [(b"user 'b'", b"user 'b' ssl")], MISMATCH, {}),
    "fetchmail: too short a time": (
        ".fetchmailrc", b"poll imap.example.org proto imap timeout 5 user a password x ssl",
        [(b"timeout 5", b"timeout 60")], SHORT, {}),
    "getmail: TLS's port without it": (
        ".getmail/getmailrc", b"[retriever]\ntype = SimplePOP3Retriever\nserver = pop.example.org\nport = 995\n"
        b"username = anna\npassword = correct horse\n[destination]\ntype = Maildir\npath = ~/Mail/\n",
        [(b"SimplePOP3Retriever", b"SimplePOP3SSLRetriever")], MISMATCH, {}),
    "getmail: no encryption at all": (
        ".getmail/getmailrc", b"[retriever]\ntype = SimpleIMAPRetriever\nserver = imap.example.org\nusername = anna\n",
        [(b"IMAPRetriever", b"IMAPSSLRetriever"), (b"imap.example.org\n", b"imap.example.org\nport = 993\n")], PLAIN, {}),
    "getmail: removed after some days": (
        ".getmail/getmailrc", b"[retriever]\ntype = SimplePOP3SSLRetriever\nserver = pop.example.org\nusername = anna\n"
        b"[options]\ndelete_after = 7\n", [(b"delete_after = 7", b"delete_after = 0")], TRAP, {}),
    "OfflineIMAP: another protocol's port": (
        ".offlineimaprc", b"[general]\naccounts = a\n[Account a]\nlocalrepository = l\nremoterepository = r\n"
        b"[Repository l]\ntype = Maildir\n[Repository r]\ntype = IMAP\nremotehost = imap.example.org\nremoteport = 995\n"
        b"remotepass = correct horse\n", [(b"remoteport = 995", b"remoteport = 993")], MISMATCH, {}),
    "OfflineIMAP: TLS switched off on its port": (
        ".offlineimaprc", b"[Account a]\nremoterepository = r\n[Repository r]\nremotehost: imap.example.org\n"
        b"remoteport: 993\nssl: no\n", [(b"ssl: no", b"ssl: yes")], MISMATCH, {}),
    "NeoMutt: STARTTLS on TLS's port": (
        ".neomuttrc", b"set folder=\"imap://anna@imap.example.org:993/\"\nset imap_pass=\"correct horse\"\n",
        [(b"imap://", b"imaps://")], MISMATCH, {}),
    "NeoMutt: another protocol's port, to send": (
        ".muttrc", b"set from=anna@example.org\nset smtp_url = smtp://anna@smtp.example.org:143/\n",
        [(b":143/", b":587/")], MISMATCH, {}),
    "aerc: STARTTLS on TLS's port, the login stays": (
        "aerc/accounts.conf", b"[Work]\nsource = imaps://anna@imap.example.org\n"
        b"outgoing = smtp+plain://anna@smtp.example.org:465\nfrom = Anna <anna@example.org>\n",
        [(b"smtp+plain://", b"smtps+plain://")], MISMATCH, {}),
    "Himalaya: STARTTLS on TLS's port": (
        "himalaya/config.toml", b"[accounts.work]\nemail = \"anna@example.org\"\nbackend.type = \"imap\"\n"
        b"backend.host = \"imap.example.org\"\nbackend.port = 993\nbackend.encryption.type = \"start-tls\"\n"
        b"backend.login = \"anna\"\nbackend.auth.raw = \"correct horse\"\n", [(b"\"start-tls\"", b"\"tls\"")], MISMATCH, {}),
    "Himalaya: another protocol's port": (
        "himalaya/config.toml", b"[accounts.work.backend]\ntype = \"imap\"\nhost = \"imap.example.org\"\nport = 995 # TLS\n",
        [(b"port = 995", b"port = 993")], MISMATCH, {}),
    "Evolution: another protocol's port": (
        "evolution/sources/a.source", SOURCE, [(b"Port=995", b"Port=993")], MISMATCH, {}),
    "Evolution: the way out is a file of its own": (
        "evolution/sources/t.source", TRANSPORT, [(b"starttls-on-standard-port", b"ssl-on-alternate-port")], MISMATCH,
        {"evolution/sources/a.source": SOURCE.replace(b"995", b"993"), "evolution/sources/i.source": IDENTITY}),
    "Evolution: no word of encryption": (
        "evolution/sources/a.source", SOURCE[:SOURCE.index(b"\n[Security]")].replace(b"995", b"143") +
        b"\n[Security]\nMethod=none", [(b"Method=none", b"Method=starttls-on-standard-port")], PLAIN, {}),
    "Thunderbird: another protocol's port": (
        ".thunderbird/p/prefs.js", PREFS.replace(b"993", b"995"), [(b"port\", 995", b"port\", 993")], MISMATCH,
        {".thunderbird/profiles.ini": INI}),
    "Thunderbird: TLS on the port of STARTTLS": (
        ".thunderbird/p/prefs.js", PREFS.replace(b"try_ssl\", 2", b"try_ssl\", 3"), [(b"try_ssl\", 3", b"try_ssl\", 2")],
        MISMATCH, {".thunderbird/profiles.ini": INI}),
    "Thunderbird: what is not set is added at the end": (
        ".thunderbird/p/prefs.js", PREFS.replace(b'user_pref("mail.server.server1.socketType", 3);\n', b""),
        [(b'"mail.server.server1.port");\n',
          b'"mail.server.server1.port");\nuser_pref("mail.server.server1.socketType", 3);\n')], MISMATCH,
        {".thunderbird/profiles.ini": INI}),
    "Thunderbird: too short a time, of all servers; the minutes that one keeps an idle connection are none": (
        ".thunderbird/p/prefs.js", PREFS + b'user_pref("mail.server.server1.timeout", 29);\n'
        b'user_pref("mailnews.tcptimeout", 5);', [(b"tcptimeout\", 5", b"tcptimeout\", 60")], SHORT,
        {".thunderbird/profiles.ini": INI}),
    "Thunderbird: a scanner's proxy": (
        ".thunderbird/p/prefs.js", PREFS.replace(b'"imap.example.org"', b'"127.0.0.1"').replace(
            b'userName", "anna"', b'userName", "anna/imap.example.org"'),
        [(b'"127.0.0.1"', b'"imap.example.org"'), (b'"anna/imap.example.org"', b'"anna"')], PROXY,
        {".thunderbird/profiles.ini": INI}),
}
# What would be right is known for these, in a hive.
HIVE_CASES = ["account-cached-mode-off", "account-encryption-none", "account-host-missing", "account-host-wrong",
              "account-leave-days-trap", "account-modern-login-off", "account-password-asked-always",
              "account-pop-before-smtp", "account-port-encryption-mismatch", "account-scanner-proxy-left",
              "account-smtp-login-missing", "account-spa-unsupported", "account-store-over-limit", "account-timeout-long",
              "account-timeout-short", "addin-crash-suspect", "addin-kept-after-crash", "addin-kept-although-slow",
              "client-default-profile-missing", "client-send-later"]
# The same in Windows' own hives, and in files beside them.
OTHER_CASES = ["addin-file-missing", "client-srs-empty", "client-srs-old", "client-works-offline",
               "firewall-outbound-blocked", "firewall-rule-blocks-ports", "firewall-rule-blocks-program",
               "scanner-driver-gone"]


def folder():
    place = tempfile.mkdtemp(prefix="postmend-fix-")
    SUITE.at_end.append(lambda: shutil.rmtree(place, ignore_errors=True))
    return place


def put(top, name, data, mode=0o640):
    path = os.path.join(top, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    os.chmod(path, mode)
    return path


def get(path):
    with open(path, "rb") as file:
        return file.read()


def profile(*words, code, home):
    done = doctor.visit("profile", *words, home=home)
    tap.expect_equal(done.code, code, str(done))
    tap.expect(SECRET not in done.out + done.err, f"a secret is shown: {done}")
    return done


def journals(home):
    place = os.path.join(home, "postmend", "settings")
    return [os.path.join(place, name) for name in sorted(os.listdir(place))] if os.path.isdir(place) else []


def mended(data, pairs):
    for old, new in pairs:
        tap.expect_equal(data.count(old), 1, f"{old!r} in the case")
        data = data.replace(old, new)
    return data


def mend_one(name):
    path, data, pairs, finding, others = CASES[name]
    home, wanted = folder(), mended(data, pairs)
    for other, text in others.items():
        put(home, other, text)
    file = put(home, path, data)
    found = profile("check", "--json", home=home, code=0 if finding in ADVICE else 4).json()
    tap.expect([f["id"] for f in found["findings"]].count(finding) == 1, f"{name}: {found['findings']}")
    (key,) = [f["key"] for f in found["findings"] if f["id"] == finding]
    planned = profile("check", "--fix", key, "--plan", "--json", home=home, code=0 if finding in ADVICE else 4).json()["facts"]["mends"]
    tap.expect(planned["outcome"] == "planned" and planned["steps"] and not planned["left"], f"{name}: {planned}")
    tap.expect(get(file) == data and not journals(home), f"{name}: a plan wrote something")
    done = profile("check", "--fix", finding, "--json", home=home, code=1).json()
    tap.expect_equal(get(file), wanted, name)
    tap.expect_equal(done["facts"]["mends"]["steps"], planned["steps"], f"{name}: what was planned and what was done")
    tap.expect_equal(os.stat(file).st_mode & 0o7777, 0o640, f"{name}: mode")
    tap.expect(SECRET.encode() not in get(journals(home)[0]), f"{name}: a secret is in the journal")
    again = profile("check", "--fix", finding, "--json", home=home, code=0).json()
    tap.expect_equal(again["facts"]["mends"]["outcome"], "nothing", f"{name}: a second run")
    profile("undo", home=home, code=0)
    tap.expect(get(file) == data and not journals(home), f"{name}: not taken back")
    tap.expect_equal(os.stat(file).st_mode & 0o7777, 0o640, f"{name}: mode after undo")


@SUITE.case(f"{len(CASES)} faults in text files: planned, mended to exactly these bytes, clean, undone to identical bytes")
def text_files():
    wrong = []
    for name in CASES:
        try:
            mend_one(name)
        except tap.Fail as why:
            wrong.append(f"{name}: {why}")
    tap.expect(not wrong, "\n".join(wrong))


@SUITE.case("all files of a user at once are one change, and one undo; kept up to a crash between two files")
def at_once():
    home, before, after = folder(), {}, {}
    for path, data, pairs, _, others in CASES.values():
        if path not in before:
            before[path], after[path] = data, mended(data, pairs)
            for other, text in others.items():
                put(home, other, text)
    files = {path: put(home, path, data) for path, data in before.items()}
    profile("check", "--fix", "all", home=home, code=1)
    tap.expect_equal({path: get(file) for path, file in files.items()}, after, "mended")
    tap.expect_equal(len(journals(home)), 1, "journals")
    # As if it had been killed half way: some files have their old bytes still.
    for path in list(files)[::2]:
        put(home, path, before[path])
    profile("undo", home=home, code=0)
    tap.expect_equal({path: get(file) for path, file in files.items()}, before, "taken back")


@SUITE.case("undo: the newest first, one file's, one folder's; not where somebody changed the file since")
def undo():
    home = folder()
    path, data, pairs, finding, _ = CASES["mbsync: another protocol's port"]
    mbsync = put(home, path, data)
    profile("check", "--fix", finding, home=home, code=1)
    other, text, _, finding, _ = CASES["msmtp: TLS on the port of STARTTLS"]
    msmtp = put(home, other, text)
    profile("check", "--fix", "all", home=home, code=1)
    profile("undo", mbsync, home=home, code=0)
    tap.expect(get(mbsync) == data and get(msmtp) != text, "the older change alone")
    put(home, other, get(msmtp) + b"# edited\n")
    edited = get(msmtp)
    tap.expect("meantime" in profile("undo", home=home, code=8).err, "no reason given")
    tap.expect_equal(get(msmtp), edited, "an edited file")
    put(home, other, edited[:-len(b"# edited\n")])
    profile("undo", os.path.join(home, "nowhere"), home=home, code=8)
    profile("undo", home, home=home, code=0)
    tap.expect_equal(get(msmtp), text, "the folder's")
    profile("undo", home=home, code=8)


@SUITE.case("links are followed and stay; a second name, a running Thunderbird and a wrong word are refused")
def refused():
    home = folder()
    path, data, pairs, finding, _ = CASES["mbsync: another protocol's port"]
    real = put(home, "dotfiles/mbsyncrc", data)
    os.symlink("dotfiles/mbsyncrc", os.path.join(home, path))
    profile("check", "--fix", finding, home=home, code=1)
    tap.expect(os.path.islink(os.path.join(home, path)) and get(real) == mended(data, pairs), "the link's file")
    profile("undo", os.path.join(home, path), home=home, code=0)
    tap.expect_equal(get(real), data, "undone through the link")
    os.link(real, os.path.join(home, "second"))
    tap.expect("second name" in profile("check", "--fix", finding, home=home, code=8).err, "a hard link")
    tap.expect(get(real) == data and not journals(home), "a hard link was written")
    profile("check", "--fix", "nothing-of-that-name", home=home, code=16)
    profile("list", "--fix", "all", home=home, code=16)
    home = folder()
    path, data, pairs, finding, others = CASES["Thunderbird: another protocol's port"]
    for name, text in [(path, data), *others.items(), (".thunderbird/p/.parentlock", b"")]:
        put(home, name, text)
    with open(os.path.join(home, ".thunderbird/p/.parentlock"), "wb") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        left = profile("check", "--fix", "all", "--json", home=home, code=4).json()["facts"]["mends"]["left"]
    tap.expect(left and "Thunderbird runs" in left[0]["why"], str(left))
    tap.expect_equal(get(os.path.join(home, path)), data, "a running Thunderbird's settings")


@SUITE.case(f"{len(HIVE_CASES)} faults in a hive, each alone and all at once: those values alone, clean, undone")
def hive():
    for names in [[name] for name in HIVE_CASES] + [HIVE_CASES]:
        disk, home = folder(), folder()
        check.make_tree(disk, names, [])
        path = os.path.join(disk, "Users", "anna", "NTUSER.DAT")
        before, lines = get(path), hives.as_hivex_sees(path)
        done = profile("check", "--windows", disk, "--fix", "all", "--json", home=home, code=1).json()
        steps = done["facts"]["mends"]["steps"]
        # Values: keys that a value needs are made for it.
        changed = {line for line in set(lines) ^ set(hives.as_hivex_sees(path)) if " =" in line}
        tap.expect(done["findings"] == [] and steps, f"{names}: {done}")
        tap.expect(len(changed) <= 2 * len(steps) and changed, f"{names}: {len(steps)} steps, {sorted(changed)}")
        profile("check", "--windows", disk, home=home, code=0)
        profile("undo", disk, home=home, code=0)
        tap.expect(get(path) == before, f"{names}: not taken back")


def everything(top):
    """path -> bytes of all that is small: stores are sparse and no mend touches them."""
    found = {}
    for place, _, names in os.walk(top):
        for name in names:
            path = os.path.join(place, name)
            if os.path.getsize(path) < 1 << 20:
                found[os.path.relpath(path, top)] = get(path)
    return found


@SUITE.case(f"{len(OTHER_CASES)} faults in Windows' hives, the firewall and files, each alone and all at once: clean, undone")
def others():
    for names in [[name] for name in OTHER_CASES] + [OTHER_CASES]:
        disk, home = folder(), folder()
        check.make_tree(disk, names, [])
        before = everything(disk)
        done = profile("check", "--windows", disk, "--fix", "all", "--json", home=home, code=1).json()
        tap.expect(done["findings"] == [] and done["facts"]["mends"]["steps"], f"{names}: {done}")
        tap.expect(everything(disk) != before, f"{names}: nothing changed")
        profile("check", "--windows", disk, home=home, code=0)
        profile("undo", disk, home=home, code=0)
        tap.expect_equal(everything(disk), before, f"{names}: not taken back")


@SUITE.case("a name beyond ASCII is written as it is, and taken back")
def other_letters():
    disk, home = folder(), folder()
    tree = trees.Tree()
    trees.put_account(tree, trees.imap(1), accounts=trees.ACCOUNTS.replace("Main", "B\u00fcro \u65e5"))
    trees.put_value(tree.user, trees.OUTLOOK, "DefaultProfile", "Old")
    tree.write(disk)
    path = os.path.join(disk, "Users", "anna", "NTUSER.DAT")
    before = get(path)
    done = profile("check", "--windows", disk, "--fix", "all", "--json", home=home, code=1).json()
    tap.expect(done["findings"] == [] and not done["facts"]["mends"]["left"], str(done))
    (line,) = [line for line in hives.as_hivex_sees(path) if f" ={b'DefaultProfile'.hex()} " in line]
    tap.expect_equal(bytes.fromhex(line.split()[-1]).decode("utf-16-le"), "B\u00fcro \u65e5\0", "as libhivex reads it")
    profile("undo", disk, home=home, code=0)
    tap.expect_equal(get(path), before, "taken back")


@SUITE.case("a finding whose right value nobody can know is left and says so; a dirty hive is refused")
def left():
    disk, home = folder(), folder()
    check.make_tree(disk, ["account-mailbox-twice", "account-timeout-short"], [])
    path = os.path.join(disk, "Users", "anna", "NTUSER.DAT")
    mends = profile("check", "--windows", disk, "--fix", "account-mailbox-twice", "--json", home=home,
                    code=4).json()["facts"]["mends"]
    tap.expect(mends["outcome"] == "nothing" and "cannot be known" in mends["left"][0]["why"], str(mends))
    data = bytearray(get(path))
    data[4] ^= 1
    data[508] ^= 1
    dirty = bytes(data)
    put(disk, "Users/anna/NTUSER.DAT", dirty)
    mends = profile("check", "--windows", disk, "--fix", "all", "--json", home=home, code=4).json()["facts"]["mends"]
    tap.expect(mends["left"] and "last changes" in mends["left"][0]["why"], str(mends))
    tap.expect_equal(get(path), dirty, "a dirty hive")


if __name__ == "__main__":
    sys.exit(SUITE.run())
