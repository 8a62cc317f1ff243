"""This file plants what makes collecting slow, each on its side: the server, the path, something between."""

import concurrent.futures
import imaplib
import os
import ssl
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import world

import process
import tap

SUITE = tap.Suite()
DOORS = {"imaps": 993, "pop3s": 995}


def look(url, *more, deadline="30"):
    return doctor.visit("probe", url, *PROVIDER.words, *LOGIN, "--speed", "--deadline", deadline, *more)


def arguments(door, mode):
    return [*PROVIDER.pki.server(), str(DOORS[door]), *mode.split()]


def shown(done, cause):
    found = [f for f in done.json()["findings"] if f["id"] == cause]
    tap.expect(found, f"{cause} is not named: {done}")
    return {e["name"]: e["found"] for e in found[0]["evidence"]}


def server(door, mode):
    """The URL of such a server, which is there for good."""
    log = os.path.join(PROVIDER.folder, "slow-" + "-".join([door, *mode.split()]))
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "slow.py")
    child = process.start([*WORLD.server, sys.executable, here, *arguments(door, mode)], log)
    name = {"imaps": "imap", "pop3s": "pop"}[door]
    return f"{door}://{name}.{provider.DOMAIN}:{process.first_line(child, log)}"


SERVERS = [("greet", "5.5", "tcp-greeting-slow"), ("login", "5.5", "auth-login-slow"),
           ("first", "5.5", "mailbox-answer-slow"), ("trickle", "6000", "mailbox-transfer-slow")]


def at_once(visits):
    """What came of them, side by side: nearly all of their time is waiting."""
    with concurrent.futures.ThreadPoolExecutor(len(visits)) as pool:
        return [one.result() for one in [pool.submit(visit) for visit in visits]]


@SUITE.case("servers slow to greet, to log in, to begin and to hand out a message")
def servers():
    planted = [(server(door, f"{mode} {number}"), cause) for mode, number, cause in SERVERS for door in DOORS]
    for (_, cause), done in zip(planted, at_once([lambda url=url: look(url) for url, _ in planted])):
        doctor.expect_cause(done, cause)
        tap.expect_equal(shown(done, cause)["side"], "the server", "side")


@SUITE.case("control: the same server without haste or delay, also over a long path")
def control():
    urls = [server(door, "pass 0") for door in DOORS]
    try:
        for delay in (0, 100):
            WORLD.relay(f"delay {delay}")
            for done in at_once([lambda url=url: look(url) for url in urls]):
                doctor.expect_healthy(done)
                speed = done.json()["facts"]["endpoints"][0]["speed"]
                tap.expect(speed["bytes"] > SIZE and speed["first_byte_ms"] >= 2 * delay, str(speed))
    finally:
        WORLD.clear()


@SUITE.case("the path is narrow")
def narrow():
    try:
        WORLD.relay("delay 10")
        WORLD.relay("rate 9000")
        for door in DOORS:
            done = look(provider.url(door))
            doctor.expect_cause(done, "path-transfer-slow")
            tap.expect_equal(shown(done, "path-transfer-slow")["side"], "the path", "side")
    finally:
        WORLD.clear()


def behind(mode):
    """Both doors with this box in front of them, or none."""
    try:
        WORLD.relay("delay 30")
        for door in DOORS if mode else ():
            WORLD.proxy(" ".join(arguments(door, mode)), DOORS[door], program="slow.py")
        return at_once([lambda door=door: look(provider.url(door)) for door in DOORS])
    finally:
        WORLD.clear()


@SUITE.case("a box that answers in place of the server holds messages back")
def held():
    for done in behind("hold 5.5"):
        doctor.expect_cause(done, "scanner-transfer-held")
        tap.expect("what takes the connections" in shown(done, "scanner-transfer-held")["side"], str(done))
        shown(done, "path-connection-relayed")
    for done in behind("pass 0"):
        doctor.expect_healthy(done)
        shown(done, "path-connection-relayed")
        tap.expect("sooner than the path" in shown(done, "path-gateway-certificate")["connection"], str(done))
    for done in behind(None):
        doctor.expect_healthy(done)
        tap.expect("path-connection-relayed" not in done.out, str(done))


@SUITE.case("nothing is marked as read")
def unmarked():
    for door in DOORS:
        doctor.expect_healthy(look(provider.url(door)))
    context = ssl.create_default_context(cafile=PROVIDER.pki.ca)
    context.check_hostname = False
    with imaplib.IMAP4_SSL(world.MAIL, 993, ssl_context=context) as client:
        client.login(provider.USER, provider.PASSWORD)
        client.select("INBOX", readonly=True)
        tap.expect_equal(client.search(None, "SEEN")[1], [b""], "messages seen")


world.enter(SUITE)

import doctor
import provider

SIZE = 30000
WORLD = world.World()
PROVIDER = provider.Provider(WORLD, only=("dovecot", "knot", "web"))
SUITE.at_end.append(PROVIDER.stop)
LOGIN = PROVIDER.login()
PROVIDER.dovecot.deliver(provider.USER, 2000)
PROVIDER.dovecot.deliver(provider.USER, SIZE)
sys.exit(SUITE.run())
