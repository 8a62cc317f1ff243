"""This file starts the whole practice provider: names, autoconfig, Dovecot and Postfix, and ends it again."""

import atexit
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import autoconfig
import pki
import dovecot
import knot
import postfix
import tap

DOMAIN, USER, PASSWORD = "practice.example", "anna", "Aurikel-7-geheim"
ADDRESS = f"{USER}@{DOMAIN}"
NEEDED = ["dovecot", "postfix", "knotd", "openssl"]


def check_possible():
    """Says loudly why the real servers cannot run here, or returns."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    os.environ["PATH"] = path
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        raise tap.Skip("not installed: " + ", ".join(missing) + " (./dev test installs them)")
    if os.getuid() != 0:
        raise tap.Skip("Postfix starts only as root; run the tests as root to have real servers in them")


class Practice:
    """with Practice(...) as it: it.url("imaps"), it.ca, it.resolver, it.https_port ..."""

    shared_pki = None

    def __init__(self, certificate="good", dovecot=None, postfix=None, records=()):
        self.dovecot_options, self.postfix_options = dovecot or {}, postfix or {}
        self.kind, self.records, self.running = certificate, list(records), []

    def __enter__(self):
        check_possible()
        self.folder = tempfile.mkdtemp(prefix="postmend-servers-")
        os.chmod(self.folder, 0o755)
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def sub(self, name):
        path = os.path.join(self.folder, name)
        os.makedirs(path)
        return path

    def start(self):
        if not Practice.shared_pki:
            Practice.shared_pki = pki.Pki(tempfile.mkdtemp(prefix="postmend-pki-"), DOMAIN)
        self.pki = Practice.shared_pki
        certificate = self.pki.server(self.kind)
        self.dovecot = dovecot.Dovecot(self.sub("dovecot"), certificate, {USER: PASSWORD}, **self.dovecot_options)
        self.keep(self.dovecot)
        self.postfix = postfix.Postfix(self.sub("postfix"), certificate, self.dovecot.ports["sasl"],
                                       **self.postfix_options)
        self.keep(self.postfix)
        self.ports = {**self.dovecot.ports, **self.postfix.ports}
        self.autoconfig = autoconfig.Autoconfig(self.pki.server("good"), self.settings())
        self.keep(self.autoconfig)
        self.knot = knot.Knot(self.sub("knot"), DOMAIN, self.zone())
        self.keep(self.knot)

    def keep(self, server):
        self.running.append(server)
        server.start()

    def __exit__(self, *why):
        for server in reversed(self.running):
            server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def settings(self):
        return autoconfig.document(DOMAIN, [
            ("imap", f"imap.{DOMAIN}", self.ports["imaps"], "SSL"),
            ("imap", f"imap.{DOMAIN}", self.ports["imap"], "STARTTLS"),
            ("pop3", f"pop.{DOMAIN}", self.ports["pop3s"], "SSL"),
            ("pop3", f"pop.{DOMAIN}", self.ports["pop3"], "STARTTLS"),
            ("smtp", f"smtp.{DOMAIN}", self.ports["submissions"], "SSL"),
            ("smtp", f"smtp.{DOMAIN}", self.ports["submission"], "STARTTLS")])

    def zone(self):
        return [f"autoconfig A {dovecot.HOST}",
                f"_imaps._tcp SRV 0 1 {self.ports['imaps']} imap",
                f"_imap._tcp SRV 10 1 {self.ports['imap']} imap",
                f"_pop3s._tcp SRV 20 1 {self.ports['pop3s']} pop",
                f"_pop3._tcp SRV 30 1 {self.ports['pop3']} pop",
                f"_submissions._tcp SRV 0 1 {self.ports['submissions']} smtp",
                f"_submission._tcp SRV 10 1 {self.ports['submission']} smtp"] + self.records

    @property
    def ca(self):
        return self.pki.ca

    @property
    def resolver(self):
        return f"{knot.HOST}:{self.knot.port}"

    def url(self, scheme, options=""):
        host = {"i": "imap", "p": "pop", "s": "smtp"}[scheme[0]]
        port = self.ports[{"smtp": "submission", "smtps": "submissions"}.get(scheme, scheme)]
        return f"{scheme}://{host}.{DOMAIN}:{port}{options}"


def forget_pki():
    if Practice.shared_pki:
        shutil.rmtree(Practice.shared_pki.folder, ignore_errors=True)


atexit.register(forget_pki)
