"""This file misconfigures real servers in twelve ways; postmend must name each as the first cause."""

import os
import poplib
import ssl
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import practice
from practice import ADDRESS, PASSWORD, USER

import doctor
import tap

SUITE = tap.Suite()
NO_LOGIN, WRONG = None, "falsch"
# Mechanisms that send the password itself: what "disable_plaintext_auth" is about.
PLAIN_ONLY = {"dovecot": {"mechanisms": "plain login"}}


def lock(it):
    """Another session that has the mailbox."""
    client = poplib.POP3_SSL("127.0.0.2", it.ports["pop3s"], context=ssl._create_unverified_context())
    client.user(USER)
    client.pass_(PASSWORD)
    return client


def fill(it):
    it.dovecot.deliver(USER, 20000)


# name, cause, set-up, done before, doors, options of the doors, password, by the address alone too
ROWS = [
    ("expired certificate", "tls-certificate-expired", {"certificate": "expired"}, None,
     ["imaps", "imap", "pop3s", "smtps", "smtp"], "", NO_LOGIN, True),
    ("another host's certificate", "tls-certificate-wrong-host", {"certificate": "other-host"}, None,
     ["imaps", "imap", "pop3s", "smtps", "smtp"], "", NO_LOGIN, True),
    ("missing intermediate", "tls-chain-incomplete", {"certificate": "no-intermediate"}, None,
     ["imaps", "imap", "pop3s", "smtps", "smtp"], "", NO_LOGIN, True),
    ("self-signed certificate", "tls-certificate-self-signed", {"certificate": "self-signed"}, None,
     ["imaps", "imap", "pop3s", "smtps", "smtp"], "", NO_LOGIN, True),
    ("only TLS 1.0", "tls-version-old", {"dovecot": {"only_tls": "TLSv1"}, "postfix": {"only_tls": "TLSv1"}}, None,
     ["imaps", "imap", "pop3s", "smtps", "smtp"], "", NO_LOGIN, True),
    ("login disabled without TLS", "auth-login-disabled", PLAIN_ONLY, None, ["imap"], "?security=none",
     PASSWORD, False),
    ("login disabled and no TLS to be had", "tls-starttls-missing", {"dovecot": {"ssl": "no"}}, None, ["imap"], "",
     PASSWORD, False),
    ("wrong password", "auth-password-wrong", {}, None, ["imaps", "pop3s", "smtps"], "", WRONG, True),
    ("submission without AUTH offered", "smtp-auth-not-offered", {"postfix": {"auth": "no"}}, None, ["smtps", "smtp"],
     "", PASSWORD, True),
    ("relay denied", "smtp-relay-denied", {"postfix": {"relay": "reject_unauth_destination", "destination": ""}}, None,
     ["smtps", "smtp"], "", PASSWORD, True),
    ("quota full", "mailbox-quota-full", {"dovecot": {"quota": "10k"}}, fill, ["imaps", "imap"], "", PASSWORD, True),
    ("mailbox locked by another session", "mailbox-locked", {"dovecot": {"lock": "yes"}}, lock, ["pop3s"], "", PASSWORD,
     False),
    ("service down", "tcp-port-refused", {}, lambda it: it.dovecot.stop(), ["imaps", "imap", "pop3s"], "", NO_LOGIN, True),
]


def common(it, password):
    words = ["--json", "--resolver", it.resolver, "--ca-file", it.ca]
    if password is None:
        return words
    path = os.path.join(it.folder, "password")
    with open(path, "w", encoding="ascii") as file:
        file.write(password)
    # Dovecot waits ten seconds for a locked mailbox before it says so.
    return words + ["--login", "--user", ADDRESS, "--password-file", path, "--deadline", "25"]


def check_doors(row):
    _, cause, set_up, before, doors, options, password, _ = row
    with practice.Practice(**set_up) as it:
        held = before(it) if before else None
        for door in doors:
            more = ["--allow-plain-login"] if options else []
            doctor.expect_cause(doctor.visit("probe", it.url(door, options), *common(it, password), *more), cause)
        del held


def check_address(row):
    _, cause, set_up, before, _, _, password, _ = row
    with practice.Practice(**set_up) as it:
        held = before(it) if before else None
        done = doctor.visit(ADDRESS, *common(it, password), "--https-port", str(it.autoconfig.port))
        doctor.expect_cause(done, cause)
        del held


for line in ROWS:
    SUITE.add(line[0], lambda line=line: check_doors(line))
    if line[-1]:
        SUITE.add(line[0] + ", from the address alone", lambda line=line: check_address(line))

sys.exit(SUITE.run())
