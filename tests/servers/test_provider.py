"""This file checks the practice provider itself with other clients, so that postmend is judged against something known."""

import imaplib
import os
import poplib
import smtplib
import socket
import ssl
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import practice
from practice import ADDRESS, DOMAIN, PASSWORD, USER

import tap

SUITE = tap.Suite()


def context(it):
    return ssl.create_default_context(cafile=it.ca)


class Named:
    """Lets Python's clients reach 127.0.0.2 under the names of the zone."""

    def __enter__(self):
        self.real = socket.getaddrinfo
        socket.getaddrinfo = lambda host, *rest, **more: self.real(
            "127.0.0.2" if host.endswith(DOMAIN) else host, *rest, **more)

    def __exit__(self, *why):
        socket.getaddrinfo = self.real


@SUITE.case("a good provider takes logins on all six doors")
def good():
    with practice.Practice() as it, Named():
        with imaplib.IMAP4_SSL("imap." + DOMAIN, it.ports["imaps"], ssl_context=context(it)) as client:
            client.login(USER, PASSWORD)
            tap.expect_equal(client.select("INBOX")[0], "OK", "SELECT")
        client = imaplib.IMAP4("imap." + DOMAIN, it.ports["imap"])
        tap.expect("LOGINDISABLED" in client.capabilities, "a login without TLS is offered")
        client.starttls(context(it))
        client.login(USER, PASSWORD)
        client.logout()
        client = poplib.POP3_SSL("pop." + DOMAIN, it.ports["pop3s"], context=context(it))
        client.user(USER)
        client.pass_(PASSWORD)
        client.quit()
        client = poplib.POP3("pop." + DOMAIN, it.ports["pop3"])
        client.stls(context(it))
        client.user(USER)
        client.pass_(PASSWORD)
        client.quit()
        with smtplib.SMTP_SSL("smtp." + DOMAIN, it.ports["submissions"], context=context(it)) as client:
            client.login(USER, PASSWORD)
            client.sendmail(ADDRESS, [ADDRESS, "otto@elsewhere.example"], "Subject: x\r\n\r\nx\r\n")
        with smtplib.SMTP("smtp." + DOMAIN, it.ports["submission"]) as client:
            client.starttls(context=context(it))
            client.login(USER, PASSWORD)


@SUITE.case("its name server answers A, MX and SRV")
def names():
    with practice.Practice() as it:
        for name, kind in (("imap." + DOMAIN, 1), (DOMAIN, 15), ("_imaps._tcp." + DOMAIN, 33)):
            question = b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0"
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                udp.settimeout(2)
                udp.sendto(struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + question + struct.pack(">2H", kind, 1),
                           ("127.0.0.2", it.knot.port))
                answer = udp.recv(4096)
            tap.expect(struct.unpack(">H", answer[6:8])[0] >= 1, f"no answer for {name}")


@SUITE.case("a full quota and a refused relay are what they should be")
def faults():
    with practice.Practice(dovecot={"quota": "10k"},
                           postfix={"relay": "reject_unauth_destination", "destination": ""}) as it, Named():
        it.dovecot.deliver(USER, 20000)
        client = imaplib.IMAP4_SSL("imap." + DOMAIN, it.ports["imaps"], ssl_context=context(it))
        client.login(USER, PASSWORD)
        quota = client.getquotaroot("INBOX")[1][1][0].decode()
        used, limit = [int(word) for word in quota.rstrip(")").split()[-2:]]
        tap.expect(used >= limit, f"not full: {quota}")
        client.logout()
        with smtplib.SMTP_SSL("smtp." + DOMAIN, it.ports["submissions"], context=context(it)) as client:
            client.login(USER, PASSWORD)
            client.mail(ADDRESS)
            tap.expect_equal(client.rcpt(ADDRESS)[0], 554, "RCPT")


@SUITE.case("a provider of TLS 1.0 speaks nothing newer")
def old():
    with practice.Practice(dovecot={"only_tls": "TLSv1"}, postfix={"only_tls": "TLSv1"}) as it:
        for port in (it.ports["imaps"], it.ports["pop3s"], it.ports["submissions"]):
            for version, works in ((ssl.TLSVersion.TLSv1, True), (ssl.TLSVersion.TLSv1_2, False)):
                old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
                old.set_ciphers("ALL:@SECLEVEL=0")
                old.minimum_version = old.maximum_version = version
                try:
                    with socket.create_connection(("127.0.0.2", port), 3) as raw, old.wrap_socket(raw):
                        done = True
                except (ssl.SSLError, OSError):
                    done = False
                tap.expect_equal(done, works, f"port {port}, {version.name}")


sys.exit(SUITE.run())
