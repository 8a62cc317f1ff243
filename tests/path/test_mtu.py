"""This file plants links that swallow large packets, both ways and with both families; the control tells the sender."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import world

import tap

SUITE = tap.Suite()
OUT, IN = "iifname m0", "iifname m1"
LIMIT = 1300


def look(url, *more):
    return doctor.visit("probe", url, *PROVIDER.words, *more)


def finding(done, cause):
    return [f for f in done.json()["findings"] if f["id"] == cause][0]


def hole(where, url, direction, family="ip"):
    version = {"ip": 4, "ip6": 6}[family]
    try:
        WORLD.filter([f"{where} meta nfproto ipv{version} meta length > {LIMIT} counter drop"])
        done = look(url)
    finally:
        WORLD.clear()
    doctor.expect_cause(done, "path-mtu-black-hole")
    found = finding(done, "path-mtu-black-hole")
    shown = {e["name"]: e["found"] for e in found["evidence"]}
    tap.expect_equal(shown["direction"], direction, "direction")
    works = int(shown["works_with_mtu"])
    tap.expect(LIMIT - 100 <= works <= LIMIT, f"MTU {works}: {shown}")
    tap.expect(str(works) in found["remedy"]["text"], "the remedy does not say the value")
    if direction == "to the server":
        tap.expect(int(shown["segments_sent_again"]) > 0 and int(shown["segments_unacknowledged"]) > 0, str(shown))
    doctor.expect_healthy(look(url))


@SUITE.case("to the server, STARTTLS")
def out_starttls():
    hole(OUT, provider.url("smtp"), "to the server")


@SUITE.case("to the server, TLS")
def out_tls():
    hole(OUT, provider.url("smtps"), "to the server")


@SUITE.case("from the server")
def inwards():
    hole(IN, provider.url("imaps"), "from the server")


@SUITE.case("from the server, IPv6")
def inwards6():
    hole(IN, "imaps://only6." + provider.DOMAIN, "from the server", "ip6")


def routes(limit):
    """The middlebox says so itself: a small MTU of its device would drop before it hears of anything."""
    for family, net, device in (("-4", "198.51.100.0/24", "m0"), ("-4", "203.0.113.0/24", "m1"),
                                ("-6", "2001:db8:1::/64", "m0"), ("-6", "2001:db8:2::/64", "m1")):
        world.call([*WORLD.middle, "ip", family, "route", "replace", net, "dev", device, "mtu", str(limit)])


def times_told():
    """How often the middlebox has said so, with IPv4."""
    done = subprocess.run([*WORLD.middle, "cat", "/proc/net/snmp"], stdout=subprocess.PIPE, text=True, check=True)
    names, counts = [line.split() for line in done.stdout.splitlines() if line.startswith("Icmp:")]
    return int(counts[names.index("OutDestUnreachs")])


@SUITE.case("control: the link says that packets are too large")
def told():
    try:
        before = times_told()
        routes(LIMIT)
        for url in (provider.url("smtp"), provider.url("imaps"), "imaps://only6." + provider.DOMAIN):
            doctor.expect_healthy(look(url))
        tap.expect(times_told() > before + 1, "it was not said to both sides")
    finally:
        routes(1500)
        WORLD.clear()


@SUITE.case("control: a slow server is no black hole")
def slow():
    try:
        WORLD.relay("delay 60")
        doctor.expect_healthy(look(provider.url("smtp"), "--deadline", "15"))
    finally:
        WORLD.clear()


@SUITE.case("commands sent together get lost in a box")
def pipelining():
    try:
        WORLD.proxy("one", 587)
        done = look(provider.url("smtp"))
        doctor.expect_cause(done, "smtp-pipelining-broken")
        WORLD.clear()
        WORLD.proxy("pass", 587)
        doctor.expect_healthy(look(provider.url("smtp")))
    finally:
        WORLD.clear()


world.enter(SUITE)

import doctor
import provider

if not world.is_root():
    def no_postfix():
        raise tap.Skip("Postfix starts only as root; run the tests as root to have it in them")
    SUITE.cases = [(name, no_postfix if function in (out_starttls, out_tls, told, slow, pipelining) else function)
                   for name, function in SUITE.cases]
WORLD = world.World()
PROVIDER = provider.Provider(WORLD)
SUITE.at_end.append(PROVIDER.stop)
sys.exit(SUITE.run())
