"""This file lets mail programs themselves say whether a mend was right: they reach a real server afterwards, and not before."""

import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
for place in ("../path", "../support"):
    sys.path.insert(0, os.path.join(HERE, place))

import world

import tap

SUITE = tap.Suite()
LOGIN = "imap-login: Info: Login: user=<anna>"
FINDING = "account-port-encryption-mismatch"
PREFS = """user_pref("mail.accountmanager.accounts", "account1");
user_pref("mail.accountmanager.defaultaccount", "account1");
user_pref("mail.account.account1.server", "server1");
user_pref("mail.account.account1.identities", "id1");
user_pref("mail.identity.id1.useremail", "{address}");
user_pref("mail.identity.id1.fullName", "Anna");
user_pref("mail.identity.id1.valid", true);
user_pref("mail.server.server1.type", "imap");
user_pref("mail.server.server1.hostname", "{host}");
user_pref("mail.server.server1.userName", "{user}");
user_pref("mail.server.server1.name", "work");
user_pref("mail.server.server1.port", 995);
user_pref("mail.server.server1.socketType", 3);
user_pref("mail.server.server1.login_at_startup", true);
user_pref("mail.server.server1.check_new_mail", true);
user_pref("mail.provider.suppress_dialog_on_startup", true);
user_pref("mail.spotlight.firstRunDone", true);
user_pref("mail.shell.checkDefaultClient", false);
user_pref("mailnews.start_page.enabled", false);
user_pref("app.update.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
"""


def needs(*programs):
    for name in programs:
        if not shutil.which(name):
            raise tap.Skip(f"not installed: {name} (./dev test installs it)")


def home(name, files):
    """A user's folder with these files, for that user alone."""
    top = os.path.join(WORLD.folder, name)
    for path, text in files.items():
        file = os.path.join(top, path)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(file, 0o600)
    return top


def run(words, top, text=None):
    """The exit code of a program that sees this folder as its user's; 60 s at most."""
    done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "HOME": top, "XDG_CONFIG_HOME": top})
    tap.comment(f"{words[0]}: exit {done.returncode} {done.stderr.strip()[:200]!r}")
    return done.returncode


class Log:
    """What Dovecot said since."""

    def __init__(self):
        self.path = os.path.join(PROVIDER.dovecot.folder, "log")
        self.start = os.path.getsize(self.path)

    def lines(self, word):
        with open(self.path, encoding="utf-8", errors="replace") as file:
            file.seek(self.start)
            return [line.strip() for line in file if word in line]

    def wait(self, word, seconds):
        end = time.monotonic() + seconds
        while not self.lines(word) and time.monotonic() < end:
            time.sleep(0.05)
        return self.lines(word)


def mend(top):
    done = doctor.visit("profile", "check", "--fix", FINDING, "--yes", "--json", home=top)
    tap.expect_equal(done.code, 1, str(done))
    for step in done.json()["facts"]["mends"]["steps"]:
        tap.comment(f"{step['name']}: {step['found']} becomes {step['wanted']}")


def expect_login_only_after(top, words, arrived):
    before = Log()
    tap.expect(run(words, top) != 0 and not arrived() and not before.lines(LOGIN), "it worked before")
    mend(top)
    after = Log()
    tap.expect_equal(run(words, top), 0, "exit code after the mend")
    lines = after.wait(LOGIN, 5)
    tap.expect(lines, "no login after the mend")
    tap.expect(arrived(), "no mail after the mend")
    tap.comment(lines[0])


@SUITE.case("mbsync: it logs in and fetches after the mend, and not before")
def mbsync():
    needs("mbsync")
    top = home("mbsync", {".mbsyncrc": f"""IMAPAccount work
Host {HOST}
Port 995
User {provider.USER}
Pass {provider.PASSWORD}
SSLType IMAPS
CertificateFile {PROVIDER.pki.ca}

IMAPStore far
Account work

MaildirStore near
Inbox {WORLD.folder}/mbsync/box

Channel all
Far :far:
Near :near:
"""})
    PROVIDER.dovecot.deliver(provider.USER, 1000)
    box = os.path.join(top, "box")
    expect_login_only_after(top, ["mbsync", "-c", os.path.join(top, ".mbsyncrc"), "all"],
                            lambda: any(files for _, _, files in os.walk(box)))


@SUITE.case("fetchmail: it logs in and fetches after the mend, and not before")
def fetchmail():
    needs("fetchmail")
    fetched = os.path.join(WORLD.folder, "fetched")
    top = home("fetchmail", {".fetchmailrc": f"""poll {HOST} proto imap port 995
  user "{provider.USER}" there with password "{provider.PASSWORD}" ssl sslcertfile {PROVIDER.pki.ca}
  fetchall keep mda "cat >>{fetched}"
"""})
    PROVIDER.dovecot.deliver(provider.USER, 1100)
    expect_login_only_after(top, ["fetchmail", "-f", os.path.join(top, ".fetchmailrc"), "--pidfile", top + "/pid", "-t", "5"],
                            lambda: os.path.exists(fetched) and os.path.getsize(fetched) > 0)


@SUITE.case("msmtp: a letter gets into the mailbox after the mend, and not before")
def msmtp():
    needs("msmtp")
    if not world.is_root():
        raise tap.Skip("Postfix needs root")
    top = home("msmtp", {".msmtprc": f"""defaults
tls on
tls_trust_file {PROVIDER.pki.ca}
account work
host smtp.{provider.DOMAIN}
port 143
from {provider.ADDRESS}
auth on
user {provider.USER}
password {provider.PASSWORD}
account default : work
"""})
    words = ["msmtp", "-C", os.path.join(top, ".msmtprc"), provider.ADDRESS]
    letter, log = f"From: {provider.ADDRESS}\nSubject: after the mend\n\nHello.\n", Log()
    tap.expect(run(words, top, letter) != 0 and not log.lines("lmtp"), "it worked before")
    mend(top)
    tap.expect_equal(run(words, top, letter), 0, "exit code after the mend")
    lines = log.wait("saved mail", 20)
    tap.expect(lines, "the letter is not in the mailbox")
    tap.comment(lines[0])


def start_thunderbird(top, is_done, seconds):
    """Runs it without a screen until that is so; cut off afterwards."""
    child = process.start(["thunderbird", "--headless", "--no-remote", "--profile", os.path.join(top, ".thunderbird", "p")],
                          os.path.join(top, "said"), env={"HOME": top, "MOZ_CRASHREPORTER_DISABLE": "1"})
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end and child.poll() is None:
            if is_done():
                return True
            time.sleep(0.1)
        return is_done()
    finally:
        process.stop(child)


def is_connected(port):
    done = subprocess.run(["ss", "-Htn", "state", "established", f"dport = :{port}"], capture_output=True, text=True)
    return world.MAIL in done.stdout


def trust(top):
    """Thunderbird's own store of certificates, with the tests' root in it."""
    database = "sql:" + os.path.join(top, ".thunderbird", "p")
    world.call(["certutil", "-N", "-d", database, "--empty-password"])
    world.call(["certutil", "-A", "-d", database, "-n", "practice", "-t", "C,,", "-i", PROVIDER.pki.ca])


@SUITE.case("Thunderbird: a new profile of exported settings opens its IMAP connection")
def exported():
    needs("thunderbird", "certutil", "ss")
    top = home("exported", {".thunderbird/profiles.ini": "[Profile0]\nName=default\nIsRelative=1\nPath=p\nDefault=1\n",
                            ".thunderbird/p/user.js": 'user_pref("mail.shell.checkDefaultClient", false);\n'})
    prefs = os.path.join(top, ".thunderbird", "p", "prefs.js")
    done = doctor.visit("settings", provider.ADDRESS, prefs, "--export", "thunderbird", "--deadline", "8")
    tap.expect(done.code == 0, str(done))
    trust(top)
    log = Log()
    tap.expect(start_thunderbird(top, lambda: is_connected(993), 40), "no connection")
    lines = log.wait("imap-login:", 10)
    tap.expect(lines, "the server saw no IMAP connection")
    tap.comment(lines[0])


@SUITE.case("Thunderbird: it opens its IMAP connection after the mend, and not before")
def thunderbird():
    needs("thunderbird", "certutil", "ss")
    top = home("thunderbird", {
        ".thunderbird/profiles.ini": "[Profile0]\nName=default\nIsRelative=1\nPath=p\nDefault=1\n",
        ".thunderbird/p/prefs.js": PREFS.format(address=provider.ADDRESS, host=HOST, user=provider.USER)})
    trust(top)
    before = Log()
    # It goes to the port of POP3, is told so, and goes away.
    start_thunderbird(top, lambda: before.lines("pop3-login:"), 40)
    tap.expect(before.lines("pop3-login:"), "it did not connect at all")
    tap.expect(not before.lines("imap-login:"), f"an IMAP connection before: {before.lines('imap-login:')}")
    tap.comment(before.lines("pop3-login:")[0])
    mend(top)
    after = Log()
    tap.expect(start_thunderbird(top, lambda: is_connected(993), 40), "no connection after the mend")
    lines = after.wait("imap-login:", 10)
    tap.expect(lines and not after.lines("pop3-login:"), "the server saw no IMAP connection")
    tap.comment(lines[0])


world.enter(SUITE)

import doctor
import process
import provider

WORLD = world.World()
PROVIDER = provider.Provider(WORLD, only=("dovecot", "postfix", "knot"))
HOST = f"imap.{provider.DOMAIN}"
SUITE.at_end.append(PROVIDER.stop)
sys.exit(SUITE.run())
