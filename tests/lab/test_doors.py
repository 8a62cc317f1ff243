"""This file visits every door of the lab with Python's own sockets and TLS, without postmend's eyes: each fault must
show as what it says, and the healthy control of each door must be healthy."""

import base64
import os
import re
import socket
import ssl
import struct
import sys
import urllib.request
import xml.etree.ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import lab
import tap

SUITE = tap.Suite()
HOST, PATIENCE = "mail.practice.example", 0.4

# What a visit ends in: "step: what came". Where a fault is met at different steps, all of them.
ENDS = {
    "path-portal-answers": r"greeting: HTTP/1.1 302|tls: WRONG_VERSION_NUMBER",
    "tcp-port-refused": r"connect: refused",
    "tcp-connect-silent": r"connect: time-out",
    "tcp-connection-reset": r"greeting: reset",
    "tcp-connection-closed": r"greeting: closed",
    "tcp-greeting-silent": r"greeting: time-out",
    "tcp-greeting-slow": r"greeting: time-out",
    "tcp-port-speaks-other": r"greeting: (220 |SSH-2.0|\* OK)",
    "tls-port-speaks-plain": r"tls: WRONG_VERSION_NUMBER",
    "tls-port-expects-tls": r"greeting: time-out",
    "tls-certificate-wrong-host": r"tls: verify 62",
    "tls-certificate-expired": r"tls: verify 10",
    "tls-certificate-not-yet-valid": r"tls: verify 9",
    "tls-certificate-self-signed": r"tls: verify 18",
    "tls-certificate-unknown-root": r"tls: verify 19",
    "tls-certificate-weak": r"tls: verify 66",
    "tls-certificate-wrong-purpose": r"tls: verify 26",
    "tls-certificate-not-trusted": r"tls: verify 34",
    "tls-chain-incomplete": r"tls: verify 20",
    "tls-chain-expired": r"tls: verify 10",
    "scanner-certificate-issued": r"tls: verify 19",
    "path-gateway-certificate": r"tls: verify 19",
    "tls-version-old": r"tls: (TLSV1_ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL)",
    "tls-versions-new-only": r"ok",
    "tls-versions-old-too": r"ok",
    "tls-cipher-weak": r"tls: DH_KEY_TOO_SMALL",
    "tls-handshake-silent": r"tls: time-out",
    "tls-handshake-cut": r"tls: (closed|UNEXPECTED_EOF_WHILE_READING|reset)",
    "tls-handshake-failed": r"tls: TLSV1_ALERT_INTERNAL_ERROR",
    "tls-client-certificate-wanted": r"(tls|greeting|capabilities): \w*(CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE)",
    "tls-starttls-missing": r"starttls: not offered",
    "tls-starttls-stripped": r"starttls: not offered, but XXXXXXXA",
    "tls-starttls-refused": r"starttls: (454|a NO|-ERR)",
    "tls-starttls-injection": r"starttls: more than one line|ok",
    "tls-login-before-tls": r"starttls: login offered before",
    "path-server-hostile": r"(greeting|capabilities): (endless|NULs|time-out)|tls: (time-out|\w+)",
    "imap-port-speaks-pop3": r"greeting: \+OK",
    "pop3-port-speaks-imap": r"greeting: \* OK",
    "imap-connections-too-many": r"greeting: \* BYE .*onnections|login: a NO \[LIMIT\]",
    "pop3-connections-too-many": r"greeting: -ERR .*onnections",
    "smtp-connections-too-many": r"greeting: 421 .*onnections",
    "smtp-service-refused": r"greeting: (421|554)",
    "imap-server-unusable": r"greeting: \* BYE",
    "pop3-server-unusable": r"greeting: -ERR",
    "smtp-helo-refused": r"capabilities: 550",
    "smtp-auth-not-offered": r"login: not offered",
    "smtp-starttls-required": r"login: 530 5.7.0",
    "smtp-client-blocked": r"(greeting|recipient): 554 .*blocked",
    "smtp-message-too-large": r"sender: 552 5.3.4",
    "mailbox-quota-full": r"mailbox: 100 %|recipient: 552 5.2.2",
    "mailbox-quota-nearly-full": r"mailbox: 96 %",
    "mailbox-open-refused": r"mailbox: a NO",
    "imap-id-required": r"mailbox: a NO SELECT Unsafe",
    "auth-token-refused": r"login: (\+ |334 )|mailbox: a BAD User is auth",
    "auth-no-common-mechanism": r"login: not offered",
    "auth-login-disabled": r"login: not offered",
}
# The rest: refused where a client meets it.
BY_NEED = {"sender": r"sender: 550 5.7.1", "login": r"login: (a NO|-ERR|4\d\d|5\d\d)", "envelope": r"(sender|recipient): [45]\d\d"}


class End(Exception):
    """The visit is over at this step."""


class Visitor:
    def __init__(self, it, door, port):
        self.form, self.needs, self.user = door.form, door.needs, door.user
        self.word = self.form.split("-")[0].rstrip("s")
        self.tls = ssl.create_default_context(cafile=it.ca)
        self.at, self.left, self.port, self.password = "connect", b"", port, it.password
        self.is_tls = False

    def run(self):
        """The end as text; what the socket says is translated."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as self.sock:
                self.sock.settimeout(PATIENCE)
                getattr(self, self.word)()
                return "ok"
        except End as end:
            return f"{self.at}: {end}"
        except ssl.SSLCertVerificationError as error:
            return f"{self.at}: verify {error.verify_code}"
        except ssl.SSLError as error:
            return f"{self.at}: {error.reason or 'closed'}"
        except ConnectionRefusedError:
            return f"{self.at}: refused"
        except (ConnectionResetError, BrokenPipeError):
            return f"{self.at}: reset"
        except TimeoutError:
            return f"{self.at}: time-out"

    def begin_tls(self):
        self.at, self.is_tls = "tls", True
        self.sock = self.tls.wrap_socket(self.sock, server_hostname=HOST)

    def line(self):
        while b"\n" not in self.left:
            if len(self.left) > 100_000:
                raise End("endless line")
            part = self.sock.recv(65536)
            if not part:
                raise End("closed")
            self.left += part
        line, self.left = self.left.split(b"\n", 1)
        if b"\0" in line:
            raise End("NULs")
        return line.decode("utf-8", "replace").rstrip("\r")

    def lines(self, is_last):
        got = []
        while not got or not is_last(got[-1]):
            got.append(self.line())
            if len(got) > 1000:
                raise End("endless list")
        return got

    def ask(self, at, text, is_last):
        self.at = at
        self.sock.sendall(text.encode() + b"\r\n")
        return self.lines(is_last)

    def greet(self, good):
        if self.form.endswith("s"):
            self.begin_tls()
        self.at = "greeting"
        greeting = self.line()
        if not greeting.startswith(good):
            raise End(greeting)

    def starttls(self, offer, command, is_last):
        """Only on doors that are for it."""
        if self.is_tls or self.form.endswith("-plain"):
            return
        self.at = "starttls"
        text = " ".join(offer)
        if not re.search(r"\b(STARTTLS|STLS)\b", text):
            mask = re.search(r"\bX+A\b", text)
            raise End("not offered" + (f", but {mask.group()}" if mask else ""))
        if self.needs == "connect" and re.search(r"AUTH[ =]|SASL ", text) and "LOGINDISABLED" not in text:
            raise End("login offered before")
        answer = self.ask("starttls", command, is_last)[-1]
        if not re.match(r"220|a OK|\+OK", answer):
            raise End(answer)
        if self.left:
            raise End("more than one line")
        self.begin_tls()

    def plain(self):
        return base64.b64encode(f"\0{self.user}\0{self.password}".encode()).decode()

    def bearer(self):
        return base64.b64encode(f"user={self.user}\1auth=Bearer {self.password}\1\1".encode()).decode()

    def sasl(self, offer, command, good):
        """PLAIN or, for those who have a token, XOAUTH2, with the first answer at once."""
        name, initial = ("XOAUTH2", self.bearer()) if self.needs == "token" else ("PLAIN", self.plain())
        self.at = "login"
        if not re.search(rf"\b{name}\b", " ".join(offer)):
            raise End("not offered")
        answer = self.ask("login", f"{command} {name} {initial}", lambda line: not re.match(r"\* |\d\d\d-", line))[-1]
        if not answer.startswith(good):
            raise End(answer)

    def smtp(self):
        def last(line):
            return re.match(r"\d\d\d( |$)", line)
        self.greet("220")
        offer = self.ask("capabilities", "EHLO me.example", last)
        if not offer[-1].startswith("250"):
            raise End(offer[-1])
        self.starttls(offer, "STARTTLS", last)
        offer = self.ask("capabilities", "EHLO me.example", last)
        if self.needs != "sender":
            self.sasl(offer, "AUTH", "235")
        for at, text in (("sender", "MAIL FROM:<anna@practice.example>"), ("recipient", "RCPT TO:<anna@practice.example>")):
            answer = self.ask(at, text, last)[-1]
            if not answer.startswith("250"):
                raise End(answer)
        self.ask("logout", "QUIT", last)

    def imap(self):
        def last(line):
            return re.match(r"a (OK|NO|BAD)", line)
        self.greet("* OK")
        offer = self.ask("capabilities", "a CAPABILITY", last)
        self.starttls(offer, "a STARTTLS", last)
        offer = self.ask("capabilities", "a CAPABILITY", last)
        self.sasl(offer, "a AUTHENTICATE", "a OK")
        answer = self.ask("mailbox", "a SELECT INBOX", last)[-1]
        if not answer.startswith("a OK"):
            raise End(answer)
        quota = re.search(r"STORAGE (\d+) (\d+)", " ".join(self.ask("mailbox", "a GETQUOTAROOT INBOX", last)))
        percent = 100 * int(quota.group(1)) // int(quota.group(2))
        if percent > 90:
            raise End(f"{percent} %")
        self.ask("logout", "a LOGOUT", last)

    def pop3(self):
        def one(_):
            return True
        self.greet("+OK")
        offer = self.ask("capabilities", "CAPA", lambda line: line == ".")
        self.starttls(offer, "STLS", one)
        offer = self.ask("capabilities", "CAPA", lambda line: line == ".")
        self.sasl(offer, "AUTH", "+OK")
        if not self.ask("mailbox", "STAT", one)[-1].startswith("+OK 1 "):
            raise End("no message")
        self.ask("logout", "QUIT", one)


def visit(it, door, url):
    visitor = Visitor(it, door, lab.port_of(url))
    return visitor.run()


def check(it, door):
    wanted = ENDS.get(door.expect) or BY_NEED[door.needs]
    end = visit(it, door, door.url)
    tap.expect(re.match(wanted, end), f"{door.url}: found {end!r}, expected {wanted}")
    if door.form.endswith("-plain") or door.needs in ("token", "sender"):
        return
    control = visit(it, door, door.control)
    tap.expect_equal(control, "ok", f"control {door.control}")


def ask_dns(resolver, name, kind, tcp=False):
    """(response code, addresses and count of answers)."""
    host, port = resolver.rsplit(":", 1)
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    query = struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", kind, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM) as asking:
        asking.settimeout(PATIENCE)
        asking.connect((host, int(port)))
        asking.sendall(struct.pack(">H", len(query)) + query if tcp else query)
        answer = asking.recv(4096)
    answer = answer[2:] if tcp else answer
    flags, _, n = struct.unpack(">3H", answer[2:8])
    return flags & 15, n


def fetch(port, ca):
    """The autoconfig document and its Date header, as a client with a resolver would get them."""
    def connect(address, *more, **named):
        return original(("127.0.0.1", port) if address[0].endswith("practice.example") else address, *more, **named)
    original, socket.create_connection = socket.create_connection, connect
    try:
        with urllib.request.urlopen("https://autoconfig.practice.example/mail/config-v1.1.xml", timeout=2,
                                    context=ssl.create_default_context(cafile=ca)) as answer:
            return answer.read(), answer.headers["Date"]
    finally:
        socket.create_connection = original


def add_sites(it):
    @SUITE.case("the healthy mailbox: DNS and autoconfig")
    def _():
        tap.expect_equal(ask_dns(it.resolver, HOST, 1), (0, 1), "A over UDP")
        tap.expect_equal(ask_dns(it.resolver, HOST, 1, tcp=True), (0, 1), "A over TCP")
        tap.expect_equal(ask_dns(it.resolver, "nobody.practice.example", 1), (3, 0), "unknown name")
        document, date = fetch(it.https_port, it.ca)
        ports = [int(e.text) for e in xml.etree.ElementTree.fromstring(document).iter("port")]
        tap.expect_equal(ports, [lab.port_of(url) for url in it.ready["servers"]], "ports of autoconfig")
        tap.expect(re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", date), date)

    answers = {"dns-host-unknown": (HOST, 1, (3, 0)), "dns-host-retired": ("imap.cox.net", 1, (3, 0)),
               "dns-answers-private": ("imap.gmail.com", 1, (0, 1)), "dns-domain-unknown": ("practice.example", 15, (3, 0)),
               "dns-domain-no-mail": ("practice.example", 15, (0, 1)), "path-portal-answers/wildcard": ("a.b.c", 1, (0, 1)),
               "provider-protocol-not-offered": ("_imap._tcp.practice.example", 33, (0, 1)),
               "provider-records-disagree": ("mail.old-hoster.example", 1, (0, 1)),
               "tcp-ipv6-silent": (HOST, 28, (0, 1))}

    def one(door):
        if door.fault == "dns-resolver-silent":
            try:
                tap.expect(not ask_dns(door.row["resolver"], HOST, 1), "it answered")
            except TimeoutError:
                return
        if door.fault == "path-clock-wrong":
            tap.expect(fetch(door.row["https_port"], it.ca)[1] != fetch(it.https_port, it.ca)[1], "the same Date")
            return
        name, kind, wanted = answers[door.fault]
        tap.expect_equal(ask_dns(door.row["resolver"], name, kind), wanted, name)
    for door in it.doors:
        if door.form == "dns":
            SUITE.add(door.fault, lambda door=door: one(door))


def planted():
    for row in lab.list_faults(doctor.PROGRAM):
        name = row["expect"] + (f"/{row['variant']}" if row.get("variant") else "")
        yield from ([name] if row["doors"] == ["dns"] else [f"{name}@{form}" for form in row["doors"]])


def main():
    with lab.Lab(doctor.PROGRAM, list(planted()), "healthy") as it:
        add_sites(it)
        for form in it.ready["controls"]:
            healthy = it.healthy(form)
            healthy.needs = "envelope"
            SUITE.add(f"healthy@{form}", lambda door=healthy: tap.expect_equal(visit(it, door, door.url), "ok", door.url))
        for door in it.doors:
            if door.form != "dns":
                SUITE.add(f"{door.fault}@{door.form}", lambda door=door: check(it, door))
        return SUITE.run()


sys.exit(main())
