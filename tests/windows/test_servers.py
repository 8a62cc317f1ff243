"""This file tests that postmend.exe, under Wine, says of Dovecot and Postfix what the Linux program says, in each version of TLS."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "servers")]

import practice
import doctor
import tap
import wine

SUITE = tap.Suite()
EXE = wine.program(SUITE)
DOORS = ["imaps", "imap", "pop3s", "pop3", "smtps", "smtp"]
# What OpenSSL calls a version, and whether a client of today takes it.
VERSIONS = [("TLSv1", False), ("TLSv1.1", False), ("TLSv1.2", True), ("TLSv1.3", True)]


def ask(program, it, *options):
    if not os.path.exists(program):
        raise tap.Skip("build/postmend is not built")
    doctor.PROGRAM = program
    return doctor.visit("probe", *[it.url(door) for door in DOORS], "--json", "--resolver", it.resolver, "--ca-file", it.ca,
                        *options, limit=120)


def said(done):
    """What does not depend on when and how fast it was asked."""
    document = done.json()
    return {
        "code": done.code, "verdict": document["verdict"], "causes": document["cause_keys"],
        "findings": sorted((f["key"], f["severity"], f["certainty"], f["title"]) for f in document["findings"]),
        "steps": sorted((e["url"], [(s["name"], s["ok"]) for s in e["steps"]]) for e in document["facts"]["endpoints"]),
    }


def look(version, is_taken):
    with practice.Practice(dovecot={"only_tls": version}, postfix={"only_tls": version}) as it:
        here, there = ask(wine.LINUX, it), ask(EXE, it)
        tap.expect_equal(said(there), said(here), "what Windows says")
        if is_taken:
            doctor.expect_healthy(there)
        else:
            tap.expect_equal(set(there.causes()), {"tls-version-old"}, str(there))


for version, is_taken in VERSIONS:
    SUITE.case(f"servers that speak only {version}")(lambda version=version, is_taken=is_taken: look(version, is_taken))


@SUITE.case("a login at each server")
def logins():
    with practice.Practice() as it:
        path = os.path.join(it.folder, "password")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
            file.write(practice.PASSWORD + "\n")
        words = ["--login", "--user", practice.USER, "--password-file", path]
        here, there = ask(wine.LINUX, it, *words), ask(EXE, it, *words)
        tap.expect_equal(said(there), said(here), "what Windows says")
        doctor.expect_healthy(there)


sys.exit(SUITE.run())
