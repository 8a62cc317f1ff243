"""This file plants what resolvers do to names, by a resolver that lies or keeps silent; the control is an honest one."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import world

import tap

SUITE = tap.Suite()


def lying(words):
    return names.Lying(WORLD, words)


def look(url, *more):
    urls = [url] if isinstance(url, str) else url
    return doctor.visit("probe", *urls, "--json", "--ca-file", PROVIDER.pki.ca, "--deadline", "5", *more)


def lied(words, cause, *more, url=None, certainty=None):
    url = url or provider.url("imaps")
    with lying(words):
        done = look(url, *more)
        doctor.expect_cause(done, cause)
    with lying("pass"):
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
    with lying("pass"):
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
    with lying("servfail"):
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
    with lying("all " + world.OTHER):
        WORLD.proxy("http", 143, 587)
        try:
            doctor.expect_cause(look(provider.url("imap")), "path-portal-answers")
        finally:
            WORLD.clear()


@SUITE.case("every name leads to one address that shows a certificate of its own")
def hijack():
    with lying("all " + world.MAIL):
        doctor.expect_cause(look("imaps://imap.gmail.com"), "path-portal-answers")


@SUITE.case("a public server's name leads into the own network")
def private():
    lied("host imap.gmail.com 192.168.1.9", "dns-answers-private", url="imaps://imap.gmail.com")


@SUITE.case("the answer is rewritten, as a second resolver shows")
def rewritten():
    lied(f"host imap.{provider.DOMAIN} 203.0.113.99", "dns-answers-rewritten", "--second-resolver", world.NAMES)


@SUITE.case("control: two resolvers with different addresses, both of them good")
def two_good():
    with lying(f"host imap.{provider.DOMAIN} {world.OTHER}"):
        doctor.expect_healthy(look(provider.url("imaps"), "--second-resolver", world.NAMES))


POLICY = "version: STSv1\nmode: {}\nmax_age: 86400\nmx: {}\n"


def policy(text):
    """What the domain's page of its policy says: none where there is no text."""
    with open(os.path.join(PROVIDER.folder, "policy"), "w", encoding="ascii") as file:
        file.write(text)
    done = doctor.visit("settings", provider.ADDRESS, *PROVIDER.words)
    return done, [f["id"] for f in done.json()["findings"]]


@SUITE.case("a policy for senders that does not name the domain's mail server")
def policies():
    done, _ = policy(POLICY.format("enforce", "mx.former-hoster.example"))
    doctor.expect_cause(done, "provider-policy-wrong")
    for text, found in ((POLICY.format("testing", "mx.former-hoster.example"), "provider-policy-wrong"),
                        ("", "provider-policy-missing"), ("<html>Hello</html>", "provider-policy-missing"),
                        (POLICY.format("enforce", "mail." + provider.DOMAIN), None),
                        (POLICY.format("enforce", "*." + provider.DOMAIN), None)):
        done, named = policy(text)
        doctor.expect_healthy(done)
        tap.expect_equal([one for one in named if one.startswith("provider-policy")], [found] if found else [], text)


WEB = """
import http.server, os, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(sys.argv[3], "rb") as file:
            body = file.read()
        found = self.path == "/.well-known/mta-sts.txt" and body
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(body) if found else 0))
        self.end_headers()
        self.wfile.write(body if found else b"")
    def log_message(self, *words):
        pass
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server = http.server.ThreadingHTTPServer(("0.0.0.0", 443), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print("ready", flush=True)
server.serve_forever()
"""
world.enter(SUITE)

import doctor
import names
import provider

WORLD = world.World()
PROVIDER = provider.Provider(WORLD, only=("dovecot", "knot"), names=["mta-sts." + provider.DOMAIN],
                             records=[f"mta-sts A {world.MAIL}", '_mta-sts TXT "v=STSv1; id=1"'])
policy_file = os.path.join(PROVIDER.folder, "policy")
open(policy_file, "w", encoding="ascii").close()
PROVIDER.program(WEB, *PROVIDER.pki.server(), policy_file)
SUITE.at_end.append(PROVIDER.stop)
sys.exit(SUITE.run())
