"""This file plants what filters do to connections, in a network of its own, each with a control that stays healthy."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import world

import tap

SUITE = tap.Suite()
MAIL_PORTS = "25, 110, 143, 465, 587, 993, 995"

# name, cause, rules of the middlebox, door, door of the control under the same rules (None: it without the rules)
ROWS = [
    ("port closed, others open", "tcp-port-refused", ["tcp dport 143 reject with tcp reset"], "imap", "imaps"),
    ("dropped", "tcp-connect-silent", ["tcp dport 993 drop"], "imaps", "imap"),
    ("administratively prohibited", "tcp-host-unreachable", ["tcp dport 993 reject with icmp admin-prohibited"], "imaps",
     "imap"),
    ("no route", "tcp-host-unreachable", ["tcp dport 993 reject with icmp net-unreachable"], "imaps", "imap"),
    ("reset after connect", "tcp-connection-reset",
     ["tcp dport 143 tcp flags & (syn | rst) == 0x0 reject with tcp reset"], "imap", "imaps"),
    ("port 25 blocked", "tcp-port-25-silent", ["tcp dport 25 drop"], ("smtp25", "smtp"), "smtp"),
]


def look(doors, *more):
    doors = doors if isinstance(doors, tuple) else (doors,)
    provider.need(" ".join(doors))
    return doctor.visit("probe", *[provider.url(door) for door in doors], *PROVIDER.words, "--deadline", "4", *more)


def filtered(row):
    _, cause, rules, door, control = row
    try:
        WORLD.filter(rules)
        done = look(door)
        doctor.expect_cause(done, cause)
        doctor.expect_healthy(look(control))
    finally:
        WORLD.clear()
    doctor.expect_healthy(look(door))
    return done


def boxed(mode, doors, cause, door):
    """A box of the network in the way of these ports; without it all is well."""
    try:
        WORLD.proxy(mode, *doors)
        done = look(door)
        doctor.expect_cause(done, cause)
    finally:
        WORLD.clear()
    doctor.expect_healthy(look(door))


@SUITE.case("port 25 blocked: says what to use instead")
def instead():
    done = filtered(("", "tcp-port-25-silent", ["tcp dport 25 drop"], ("smtp25", "smtp"), "smtp"))
    text = [f["remedy"]["text"] for f in done.json()["findings"] if f["id"] == "tcp-port-25-silent"][0]
    tap.expect("587" in text, text)


@SUITE.case("a box that passes everything on is nothing to name")
def passes():
    try:
        WORLD.proxy("pass", 993, 143, 587)
        for door in ("imaps", "imap", "smtp"):
            doctor.expect_healthy(look(door))
    finally:
        WORLD.clear()


@SUITE.case("IPv6 black hole")
def ipv6():
    six = "imaps://six." + provider.DOMAIN
    words = ["probe", six, *PROVIDER.words, "--deadline", "4"]
    try:
        WORLD.filter(["ip6 daddr 2001:db8:2::10 drop"])
        done = doctor.visit(*words)
        doctor.expect_cause(done, "tcp-ipv6-silent")
        tap.expect(any(e["address"] == world.MAIL6 for e in done.json()["facts"]["endpoints"]), str(done))
        WORLD.clear()
        WORLD.filter(["ip6 daddr 2001:db8:2::10 reject with icmpv6 admin-prohibited"])
        doctor.expect_healthy(doctor.visit(*words))
    finally:
        WORLD.clear()
    doctor.expect_healthy(doctor.visit(*words))


@SUITE.case("IPv6 alone works")
def only_ipv6():
    doctor.expect_healthy(doctor.visit("probe", "imaps://only6." + provider.DOMAIN, *PROVIDER.words))


@SUITE.case("slow and lossy, but healthy")
def slow():
    try:
        for order in ("delay 40", "jitter 10", "loss 1"):
            WORLD.relay(order)
        for door in ("imaps", "pop3", "smtp"):
            doctor.expect_healthy(look(door, "--deadline", "10"))
        doctor.expect_healthy(doctor.visit(provider.ADDRESS, *PROVIDER.words, *PROVIDER.login()))
    finally:
        WORLD.clear()


for line in ROWS:
    SUITE.add(line[0], lambda line=line: filtered(line))
BOXES = [
    ("reset at once by a box", "reset", [143, 993], "tcp-connection-reset", "imap"),
    ("reset after the start of TLS", "reset-hello", [993], "tcp-connection-reset", "imaps"),
    ("a sign-in page answers", "http", [143, 993, 587], "path-portal-answers", "imap"),
    ("STARTTLS taken out", "strip", [587], "tls-starttls-missing", "smtp"),
    ("STARTTLS and banner masked", "mask", [587], "tls-starttls-stripped", "smtp"),
]
for name, mode, ports, cause, door in BOXES:
    SUITE.add(name, lambda mode=mode, ports=ports, cause=cause, door=door: boxed(mode, ports, cause, door))

world.enter(SUITE)

import doctor
import provider

WORLD = world.World()
PROVIDER = provider.Provider(WORLD)
SUITE.at_end.append(PROVIDER.stop)
sys.exit(SUITE.run())
