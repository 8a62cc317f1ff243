"""This file plants what depends on the place, the password and the time: logins refused from here, letters that get
lost, connections that are forgotten while they rest."""

import itertools
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import world

import tap

SUITE = tap.Suite()
TONLINE = "secureimap.t-online.de"
SOCKS = f"socks5://{world.OTHER}"


CHANGES = itertools.count(1)


def users(password, extra=""):
    path = os.path.join(PROVIDER.dovecot.folder, "users")
    with open(path, "wb") as file:
        file.write(b"anna:{PLAIN}" + password + b"::::::" + extra.encode() + b"\n")
    # Dovecot looks at it at most once in a second, and reads it again when its time has changed, in seconds.
    when = 1700000000 + next(CHANGES)
    os.utime(path, (when, when))
    time.sleep(1.1)


def login(password):
    path = os.path.join(PROVIDER.folder, "secret")
    with open(path, "wb") as file:
        file.write(password)
    return ["--login", "--user", "anna", "--password-file", path]


def look(door, *more):
    return doctor.visit("probe", provider.url(door), *PROVIDER.words, *more)


@SUITE.case("the login is refused from this place alone")
def place():
    good = provider.PASSWORD.encode()
    try:
        users(good, "allow_nets=203.0.113.0/24")
        done = look("imaps", "--via", SOCKS, *login(good))
        doctor.expect_cause(done, "auth-place-refused")
        doctor.expect_cause(look("imaps", "--via", SOCKS, *login(b"falsch")), "auth-password-wrong")
    finally:
        users(good)
    doctor.expect_healthy(look("imaps", "--via", SOCKS, *login(good)))


@SUITE.case("a password beyond ASCII, by LOGIN")
def letters():
    try:
        users("Schlüssel".encode("latin-1"))
        doctor.expect_cause(look("imaps", *login("Schlüssel".encode())), "auth-password-not-ascii")
        users(b"other")
        doctor.expect_cause(look("imaps", *login(b"plain")), "auth-password-wrong")
        users("Schlüssel".encode())
        doctor.expect_healthy(look("imaps", *login("Schlüssel".encode())))
    finally:
        users(provider.PASSWORD.encode())


@SUITE.case("the provider has a separate password for mail programs")
def separate():
    words = ["--resolver", world.NAMES2, "--json", "--ca-file", PROVIDER.pki.ca, *login(b"falsch")]
    with names.Lying(WORLD, f"host {TONLINE} {world.MAIL}"):
        done = doctor.visit("probe", f"imaps://{TONLINE}", *words)
        doctor.expect_cause(done, "auth-mail-password-separate")
        # A known provider's name, accepted for a root that is no public one.
        tap.expect("path-gateway-certificate" in done.out, str(done))
    tap.expect("path-gateway-certificate" not in look("imaps").out, "a server of one's own has a root of one's own")
    doctor.expect_cause(look("imaps", *login(b"falsch")), "auth-password-wrong")


@SUITE.case("the provider has no IMAP")
def no_imap():
    with names.Lying(WORLD, "pass"):
        done = doctor.visit("diagnose", "anna@tutanota.com", "--json", "--ca-file", PROVIDER.pki.ca, "--deadline", "6")
        doctor.expect_cause(done, "provider-no-imap")


@SUITE.case("an address beyond ASCII, and a server without SMTPUTF8")
def address():
    provider.need("smtp")
    doctor.expect_cause(doctor.visit("änna@" + provider.DOMAIN, *PROVIDER.words), "smtp-address-not-ascii")
    doctor.expect_healthy(doctor.visit(provider.ADDRESS, *PROVIDER.words))


@SUITE.case("connections that rest are forgotten")
def rest():
    try:
        WORLD.relay("idle 1.5")
        done = look("imaps", "--idle", "3.6")
        doctor.expect_cause(done, "tcp-idle-cut")
        found = [f for f in done.json()["findings"] if f["id"] == "tcp-idle-cut"][0]
        shown = {e["name"]: float(e["found"].split()[0]) for e in found["evidence"]}
        tap.expect(1.1 < shown["answered_after_idle"] < 1.5 < shown["silent_after_idle"] < 2.0, str(shown))
        doctor.expect_cause(look("pop3", "--idle", "3.6"), "tcp-idle-cut")
    finally:
        WORLD.clear()
    doctor.expect_healthy(look("imaps", "--idle", "1.2"))


@SUITE.case("answers are garbled on the way")
def garbled():
    try:
        WORLD.proxy("garble", 143)
        doctor.expect_cause(look("imap"), "path-answers-garbled")
        WORLD.clear()
        WORLD.proxy("pass", 143)
        doctor.expect_healthy(look("imap"))
    finally:
        WORLD.clear()


world.enter(SUITE)

import doctor
import elsewhere
import names
import provider

WORLD = world.World()
PROVIDER = provider.Provider(WORLD, only=("dovecot", "postfix", "knot"), mechanisms="login", utf8="no",
                             names=[TONLINE])
SUITE.at_end.append(PROVIDER.stop)
elsewhere.program(WORLD, "socks.py", world.OTHER, "1080", "socks")
users(provider.PASSWORD.encode())
sys.exit(SUITE.run())
