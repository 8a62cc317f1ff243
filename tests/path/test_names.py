"""This file plants what resolvers do to names, by a resolver that lies or keeps silent; the control is an honest one."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import world

import process
import tap

SUITE = tap.Suite()
LIAR = world.NAMES2


class Lying:
    """with Lying("all 192.0.2.1"): a resolver of that kind at LIAR, and it is the system's."""

    def __init__(self, words):
        self.words = words

    def __enter__(self):
        here = os.path.dirname(os.path.abspath(__file__))
        log = os.path.join(WORLD.folder, f"resolver-{len(os.listdir(WORLD.folder))}")
        self.child = process.start([*WORLD.server, sys.executable, os.path.join(here, "resolver.py"), LIAR, "53",
                                    *self.words.split()], log)
        process.first_line(self.child, log)
        WORLD.resolvers(LIAR)

    def __exit__(self, *why):
        WORLD.resolvers(world.NAMES)
        process.stop(self.child)


def look(url, *more):
    urls = [url] if isinstance(url, str) else url
    return doctor.visit("probe", *urls, "--json", "--ca-file", PROVIDER.pki.ca, "--deadline", "5", *more)


def lied(words, cause, *more, url=None, certainty=None):
    url = url or provider.url("imaps")
    with Lying(words):
        done = look(url, *more)
        doctor.expect_cause(done, cause)
    with Lying("pass"):
        doctor.expect_healthy(look(provider.url("imaps"), *more))
    if certainty:
        found = [f for f in done.json()["findings"] if f["id"] == cause][0]
        tap.expect_equal(found["certainty"], certainty, "certainty")
    return done


@SUITE.case("a typing mistake in the server's name")
def typo():
    doctor.expect_cause(look("imaps://imapp." + provider.DOMAIN), "dns-host-unknown")
    doctor.expect_healthy(look(provider.url("imaps")))


@SUITE.case("a name of the office, used outside")
def internal():
    with Lying("pass"):
        for host in ("mail.corp.local", "exchange", "mail.firm.lan"):
            doctor.expect_cause(look(f"imaps://{host}"), "dns-host-internal")
        doctor.expect_cause(look("imaps://mail.nowhere.example"), "dns-host-unknown")


@SUITE.case("the resolver is silent")
def silent():
    lied("silent", "dns-resolver-silent")


@SUITE.case("the resolver is silent and a second one answers")
def silent_second():
    done = lied("silent", "dns-resolver-silent", "--second-resolver", world.NAMES)
    tap.expect("203.0.113.10" in str(done.json()["findings"]), str(done))


@SUITE.case("the resolver fails for this name alone")
def servfail():
    with Lying("servfail"):
        done = look(provider.url("imaps"), "--second-resolver", world.NAMES)
        tap.expect(done.causes()[:1] in (["dns-host-unresolved"], ["dns-resolver-silent"]), str(done))


@SUITE.case("questions for IPv6 addresses are dropped")
def no_aaaa():
    lied("no-aaaa", "dns-resolver-slow")


@SUITE.case("the first of two resolvers is dead")
def dead_first():
    try:
        WORLD.resolvers("203.0.113.99", world.NAMES)
        WORLD.filter(["ip daddr 203.0.113.99 drop"])
        # With patience enough for the second one to be asked.
        doctor.expect_cause(look([provider.url("imaps"), provider.url("pop3s")], "--deadline", "30"), "dns-resolver-slow")
    finally:
        WORLD.resolvers(world.NAMES)
        WORLD.clear()


@SUITE.case("every name leads to the sign-in page")
def portal():
    with Lying("all " + world.OTHER):
        WORLD.proxy("http", 143, 587)
        try:
            doctor.expect_cause(look(provider.url("imap")), "path-portal-answers")
        finally:
            WORLD.clear()


@SUITE.case("every name leads to one address that shows a certificate of its own")
def hijack():
    with Lying("all " + world.MAIL):
        doctor.expect_cause(look("imaps://imap.gmail.com"), "path-portal-answers")


@SUITE.case("a public server's name leads into the own network")
def private():
    lied("host imap.gmail.com 192.168.1.9", "dns-answers-private", url="imaps://imap.gmail.com")


@SUITE.case("the answer is rewritten, as a second resolver shows")
def rewritten():
    lied(f"host imap.{provider.DOMAIN} 203.0.113.99", "dns-answers-rewritten", "--second-resolver", world.NAMES)


@SUITE.case("control: two resolvers with different addresses, both of them good")
def two_good():
    with Lying(f"host imap.{provider.DOMAIN} {world.OTHER}"):
        doctor.expect_healthy(look(provider.url("imaps"), "--second-resolver", world.NAMES))


world.enter(SUITE)

import doctor
import provider

WORLD = world.World()
PROVIDER = provider.Provider(WORLD, only=("dovecot", "knot"))
SUITE.at_end.append(PROVIDER.stop)
sys.exit(SUITE.run())
