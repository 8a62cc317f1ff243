"""This file runs a provider on the real ports of the server's namespace: names, IMAP, POP3, submission, a web port."""

import os
import socket
import sys
import tempfile

import dovecot
import knot
import pki
import postfix
import process
import tap
import world

DOMAIN, ELSEWHERE, USER, PASSWORD = "practice.example", "elsewhere.example", "anna", "Aurikel-7-geheim"
ADDRESS = f"{USER}@{DOMAIN}"
PORTS = {"imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995, "sasl": 12345}
LMTP = 2424
# What Postfix hands mail to: straight to Dovecot, or to a box of the tests that alters it.
DIRECT, ALTERED = f"lmtp:inet:127.0.0.1:{LMTP}", "lmtp:inet:127.0.0.1:2425"
RECORDS = [f"six A {world.MAIL}", f"six AAAA {world.MAIL6}", f"only6 AAAA {world.MAIL6}",
           "_imaps._tcp SRV 0 1 993 imap", "_pop3s._tcp SRV 20 1 995 pop", "_submissions._tcp SRV 0 1 465 smtp",
           "_submission._tcp SRV 10 1 587 smtp"]
WEB = """
import socket
with socket.create_server(("0.0.0.0", 443), backlog=64) as door:
    print("ready", flush=True)
    while True:
        door.accept()[0].close()
"""


class Provider:
    """certificates, servers and names; url(door), words (options that make postmend trust and find them)."""

    def __init__(self, at, local=DIRECT, only=("dovecot", "postfix", "knot", "web"), mechanisms=None,
                 names=(), records=(), **postfix_options):
        self.at, self.running = at, []
        self.folder = tempfile.mkdtemp(dir=at.folder)
        os.chmod(self.folder, 0o755)
        self.pki = pki.Pki(self.sub("pki"), DOMAIN, [f"six.{DOMAIN}", f"only6.{DOMAIN}", f"mail.{ELSEWHERE}",
                                                     *names])
        os.chmod(self.pki.folder, 0o755)
        certificate = self.pki.server()
        # With one user alone, servers run as nobody: one step further in, where root is nobody's name for itself.
        own = {"enter": at.server} if world.is_root() else {"enter": [*at.server, *world.AS_NOBODY], "nobody": True}
        if "dovecot" in only:
            self.dovecot = self.keep(dovecot.Dovecot(
                self.sub("dovecot"), certificate, {USER: PASSWORD}, ports=PORTS, host=world.MAIL, lmtp=LMTP,
                listen="*, ::", **own, **({"mechanisms": mechanisms} if mechanisms else {})))
        if "postfix" in only and world.is_root():
            self.postfix = self.keep(postfix.Postfix(
                self.sub("postfix"), certificate, PORTS["sasl"], host=world.MAIL, enter=at.server, local=local,
                ports={"submission": 587, "submissions": 465}, more=f"{world.MAIL}:25 inet n - n - - smtpd",
                **postfix_options))
        if "knot" in only:
            self.knot = self.keep(knot.Knot(
                self.sub("knot"), DOMAIN, RECORDS + list(records), host=world.NAMES, port=53, mail=world.MAIL, **own,
                zones={ELSEWHERE: [f"mail A {world.OTHER}", "@ MX 10 mail"],
                       "tutanota.com": [f"mail A {world.OTHER}", "@ MX 10 mail"]}))
        if "web" in only:
            self.program(WEB)

    def program(self, text, *words):
        """A small server of our own, in the servers' namespace; it prints a line once it listens."""
        log = os.path.join(self.folder, f"program-{len(os.listdir(self.folder))}")
        child = process.start([*self.at.server, sys.executable, "-c", text, *words], log)
        process.first_line(child, log)
        return child

    def sub(self, name):
        path = os.path.join(self.folder, name)
        os.makedirs(path)
        return path

    def keep(self, server):
        self.running.append(server)
        return server.start()

    def stop(self):
        for server in reversed(self.running):
            server.stop()

    @property
    def words(self):
        return ["--json", "--resolver", world.NAMES, "--ca-file", self.pki.ca]

    def password_file(self):
        path = os.path.join(self.folder, "password")
        with open(path, "w", encoding="ascii") as file:
            file.write(PASSWORD)
        return path

    def login(self):
        return ["--login", "--user", ADDRESS, "--password-file", self.password_file()]


def need(text):
    """Skips the case where it needs Postfix, which starts only as root."""
    if "smtp" in text and not world.is_root():
        raise tap.Skip("Postfix starts only as root; run the tests as root to have it in them")


def url(door, host=None, options=""):
    """imaps -> imaps://imap.practice.example; smtp25 is port 25."""
    name = host or {"i": "imap", "p": "pop", "s": "smtp"}[door[0]] + "." + DOMAIN
    return f"smtp://{name}:25{options}" if door == "smtp25" else f"{door}://{name}{options}"


def wait_for_port(address, port):
    socket.create_connection((address, port), 2).close()
