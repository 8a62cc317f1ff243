"""This file proves by difference: the same servers from here and from elsewhere, one of them filtered."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import world

import tap

SUITE = tap.Suite()
SOCKS, HTTP, NO = f"socks5://{world.OTHER}", f"http://{world.OTHER}:3128", f"socks5://{world.OTHER}:1081"
FROM_CLIENT = f"ip saddr {world.CLIENT}"


def look(url, *more, env=None):
    urls = [url] if isinstance(url, str) else url
    provider.need(" ".join(urls))
    return doctor.visit("probe", *urls, *PROVIDER.words, "--deadline", "4", *more, env=env)


def with_ssh():
    return {"PATH": SSH + ":" + os.environ["PATH"]}


def filtered(rules, url, cause, *more, env=None):
    """Named with the second view; without the filter nothing is."""
    try:
        WORLD.filter(rules)
        done = look(url, *more, env=env)
    finally:
        WORLD.clear()
    doctor.expect_cause(done, cause)
    doctor.expect_healthy(look(url, *more, env=env))
    return done


# name, rules, door, cause, the second view
ROWS = [
    ("dropped here, by SOCKS", [f"{FROM_CLIENT} tcp dport 993 drop"], "imaps", "path-blocked-here", ["--via", SOCKS]),
    ("refused here, by HTTP", [f"{FROM_CLIENT} tcp dport 995 reject with tcp reset"], "pop3s", "path-blocked-here",
     ["--via", HTTP]),
    ("reset here at the start of TLS, by SOCKS",
     [f"{FROM_CLIENT} tcp dport 993 tcp flags & (syn | rst) == 0x0 reject with tcp reset"], "imaps", "path-blocked-here",
     ["--via", SOCKS]),
    ("one interface is filtered", [f"{FROM_CLIENT} tcp dport 993 drop"], "imaps", "path-interface-blocked",
     ["--from", world.CLIENT2]),
]


@SUITE.case("dropped here, by SSH")
def by_ssh():
    filtered([f"{FROM_CLIENT} tcp dport 465 drop"], provider.url("smtps"), "path-blocked-here", "--via", "ssh:elsewhere",
             env=with_ssh())


@SUITE.case("an SSH host that does not answer proves nothing against the server")
def no_ssh():
    if not world.is_root():
        raise tap.Skip("the SSH server starts only as root")
    doctor.expect_healthy(look(provider.url("imaps"), "--via", "ssh:nowhere", env=with_ssh()))


@SUITE.case("down for everybody")
def down():
    # No server listens there, and nothing answers: the proxy meets the same silence.
    url = f"imaps://imap.{provider.DOMAIN}:1993"
    world.call([*WORLD.server, "nft", "-f", "-"],
               "table inet dead {\n chain in {\n  type filter hook input priority 0;\n  tcp dport 1993 drop\n }\n}\n")
    try:
        doctor.expect_cause(look(url, "--via", SOCKS), "path-server-down")
    finally:
        world.call([*WORLD.server, "nft", "flush", "ruleset"])


@SUITE.case("a proxy that forbids it proves nothing against the server")
def forbids():
    doctor.expect_healthy(look(provider.url("imaps"), "--via", NO))


@SUITE.case("STARTTLS is missing here and offered elsewhere")
def stripped():
    try:
        WORLD.proxy("strip", 587)
        doctor.expect_cause(look(provider.url("smtp"), "--via", SOCKS), "tls-starttls-stripped")
        WORLD.clear()
        WORLD.proxy("pass", 587)
        doctor.expect_healthy(look(provider.url("smtp"), "--via", SOCKS))
    finally:
        WORLD.clear()


@SUITE.case("another banner here than elsewhere")
def banner():
    try:
        WORLD.proxy("banner 220 mx.hotel.invalid ESMTP", 587)
        doctor.expect_cause(look(provider.url("smtp"), "--via", SOCKS), "path-connection-intercepted")
    finally:
        WORLD.clear()


@SUITE.case("cut for the server's name")
def named():
    try:
        WORLD.proxy("reset-name imap.practice.example", 993)
        done = look(provider.url("imaps"))
        doctor.expect_cause(done, "path-name-filtered")
        doctor.expect_healthy(look(provider.url("imaps", f"mail.{provider.DOMAIN}")))
    finally:
        WORLD.clear()


@SUITE.case("only the web comes through")
def web_alone():
    urls = [provider.url("imaps"), f"imaps://mail.{provider.ELSEWHERE}", provider.url("smtp")]
    filtered(["tcp dport { 25, 110, 143, 465, 587, 993, 995 } drop"], urls, "path-mail-blocked")


@SUITE.case("nothing comes through, the web neither")
def nothing_at_all():
    urls = [provider.url("imaps"), f"imaps://mail.{provider.ELSEWHERE}"]
    try:
        WORLD.filter(["meta l4proto tcp drop"])
        doctor.expect_cause(look(urls), "tcp-connect-silent")
    finally:
        WORLD.clear()


@SUITE.case("the network wants its proxy")
def proxy_needed():
    env = {"https_proxy": HTTP + "/"}
    filtered([f"{FROM_CLIENT} tcp dport 993 reject with tcp reset"], provider.url("imaps"), "path-proxy-needed", env=env)


@SUITE.case("a way that is none is bad usage")
def usage():
    for way in ("ftp://x", "socks5://", "ssh:-oProxyCommand=x", "socks5://x:99999"):
        done = look(provider.url("imaps"), "--via", way)
        tap.expect_equal(done.code, 16, way)


for line in ROWS:
    SUITE.add(line[0], lambda line=line: filtered(line[1], provider.url(line[2]), line[3], *line[4]))

world.enter(SUITE)

import doctor
import elsewhere
import provider

WORLD = world.World()
PROVIDER = provider.Provider(WORLD)
SUITE.at_end.append(PROVIDER.stop)
elsewhere.program(WORLD, "socks.py", world.OTHER, "1080", "socks")
elsewhere.program(WORLD, "socks.py", world.OTHER, "3128", "http")
elsewhere.program(WORLD, "socks.py", world.OTHER, "1081", "no")
SSH = elsewhere.ssh(WORLD) if world.is_root() else ""
sys.exit(SUITE.run())
