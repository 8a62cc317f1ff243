"""This file plays the services of an Exchange server and asks "postmend diagnose" what is wrong with them."""

import http.server
import os
import shutil
import ssl
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import autoconfig
import doctor
import pki
import tap
import trees

SUITE = tap.Suite()
HOST, ADDRESS = "localhost", "anna@practice.example"
MAPI, EWS = "/mapi/emsmdb/", "/EWS/Exchange.asmx"
IN_ORDER = (401, [("WWW-Authenticate", "Negotiate"), ("WWW-Authenticate", "NTLM")])
# What is planted -> (answer of MAPI, answer of EWS, {finding: severity}).
CASES = {
    "in order": (IN_ORDER, IN_ORDER, {}),
    "a token is wanted": ((401, [("WWW-Authenticate", 'Bearer client_id="x", trusted_issuers="y@*"')]),) * 2 + ({},),
    "a token, or a password": ((401, [("WWW-Authenticate", 'Basic realm="a, b", Bearer')]), IN_ORDER, {}),
    "passwords alone": ((401, [("WWW-Authenticate", 'Basic realm="NTLM, Bearer"')]), IN_ORDER,
                        {"auth-exchange-basic-only": "advice"}),
    "no login": ((401, []), IN_ORDER, {"auth-exchange-no-login": "warning"}),
    "a login that nobody knows": ((401, [("WWW-Authenticate", "Hawk")]), IN_ORDER, {"auth-exchange-no-login": "warning"}),
    "MAPI is off": ((404, []), IN_ORDER, {"provider-exchange-service-off": "warning"}),
    "MAPI is forbidden": ((403, []), IN_ORDER, {"provider-exchange-service-off": "warning"}),
    "MAPI is out of order": ((503, []), IN_ORDER, {"provider-exchange-service-off": "warning"}),
    "EWS is off": (IN_ORDER, (404, []), {"provider-exchange-service-off": "advice"}),
    "both are off": ((404, []), (503, []), {"provider-exchange-service-off": "warning"}),
    "a page for the login": ((302, [("Location", "https://portal.example/login")]), IN_ORDER,
                             {"provider-exchange-answers-other": "warning"}),
    "a page": ((200, []), IN_ORDER, {"provider-exchange-answers-other": "warning"}),
    "EWS leads elsewhere": (IN_ORDER, (301, [("Location", "https://portal.example/")]),
                            {"provider-exchange-answers-other": "advice"}),
    "an answer without end": ((200, [("Content-Length", "99999999")]), IN_ORDER, {"provider-exchange-silent": "warning"}),
}


def folder():
    place = tempfile.mkdtemp(prefix="postmend-exchange-")
    SUITE.at_end.append(lambda: shutil.rmtree(place, ignore_errors=True))
    return place


class Exchange:
    """https://localhost:port; what it answers is set for each case, and who asked is kept."""

    def __init__(self, certificate):
        self.answers, self.asked = {}, []
        world = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                world.asked.append((self.path, self.headers))
                status, fields = world.answers.get(self.path, (404, []))
                self.send_response(status)
                for name, value in fields:
                    self.send_header(name, value)
                if not any(name == "Content-Length" for name, _ in fields):
                    self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format, *arguments):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self.server = autoconfig.QuietServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        SUITE.at_end.append(self.server.shutdown)


PKI = pki.Pki(folder(), "practice.example", [HOST])
SERVER = Exchange(PKI.server())


def disk_of(host=HOST, email=ADDRESS):
    """A disk whose one account is a mailbox of Exchange."""
    tree, disk = trees.Tree(), folder()
    trees.put_exchange(tree, 0x184, "C:\\Mail\\box.ost", profile=trees.PROFILE, host=host, email=email)
    tree.write(disk)
    return disk


def look(*words, ca=None):
    """Nobody but the account's own host answers: the resolver is a port where none is."""
    done = doctor.visit("diagnose", *words, "--json", "--https-port", str(SERVER.port), "--ca-file", ca or PKI.ca,
                        "--resolver", "127.0.0.1:1", "--deadline", "8")
    return done, done.json()


def of_exchange(found):
    return {one["id"]: one["severity"] for one in found["findings"] if "-exchange-" in one["id"]}


@SUITE.case(f"{len(CASES)} answers of MAPI/HTTP and EWS, asked without a login: each judged, those in order not")
def answers():
    disk = disk_of()
    for name, (mapi, ews, expected) in CASES.items():
        SERVER.answers, SERVER.asked = {MAPI: mapi, EWS: ews}, []
        done, found = look("--windows", disk)
        tap.expect_equal(of_exchange(found), expected, f"{name}\n{done}")
        tap.expect_equal(sorted(path for path, _ in SERVER.asked), sorted([MAPI, EWS]), f"{name}: asked")
        tap.expect(not any(fields.get("Authorization") or fields.get("Cookie") for _, fields in SERVER.asked), "a secret")
        (exchange,) = [one for one in found["facts"]["exchange"] if one["host"] == HOST]
        tap.expect(exchange["set_up"] and [one["service"] for one in exchange["services"]] == ["mapi-http", "ews"], name)
        if name == "in order":
            tap.expect_equal([(one["status"], one["logins"]) for one in exchange["services"]],
                             [(401, ["ntlm", "negotiate"])] * 2, "facts")
        for one in found["findings"]:
            if one["id"] in expected:
                tap.expect(one["evidence"] and one["subject"]["name"] == HOST, str(one))
                # Where a redirect leads is told and nobody goes there.
                tap.expect(mapi[0] != 302 or "portal.example" in str(one["evidence"]), str(one))


@SUITE.case("a server that nobody trusts, or that is not there: silent; off-line nothing is asked")
def silent():
    SERVER.answers = {MAPI: IN_ORDER, EWS: IN_ORDER}
    disk, other = disk_of(), pki.Pki(folder(), "other.example")
    _, found = look("--windows", disk, ca=other.ca)
    tap.expect_equal(of_exchange(found), {"provider-exchange-silent": "warning"}, "another root")
    _, found = look("--windows", disk_of("nowhere.practice.example"))
    tap.expect_equal(of_exchange(found), {"provider-exchange-silent": "warning"}, "no such host")
    # The name of a mailbox is none of a host.
    _, found = look("--windows", disk_of("8a2c7d3e-1b4f-4c5d-9e6f-708192a3b4c5@practice.example"))
    tap.expect_equal((of_exchange(found), found["facts"].get("exchange", [])), ({}, []), "a mailbox's name")
    SERVER.asked = []
    done = doctor.visit("diagnose", "--offline", "--windows", disk, "--json")
    tap.expect(SERVER.asked == [] and of_exchange(done.json()) == {}, str(done))


@SUITE.case("with an address: the accounts of the computer that --windows or --hive names, and no others")
def address():
    SERVER.answers = {MAPI: (404, []), EWS: IN_ORDER}
    disk = disk_of()
    for where in (("--windows", disk), ("--hive", os.path.join(disk, "Users", "anna", "NTUSER.DAT"))):
        done, found = look(ADDRESS, *where)
        tap.expect_equal(of_exchange(found), {"provider-exchange-service-off": "warning"}, str(done))
        (account,) = found["facts"]["accounts"]
        tap.expect_equal(account["address"], ADDRESS, "account")
        _, found = look("bob@practice.example", *where)
        tap.expect(of_exchange(found) == {} and found["facts"]["accounts"] == [], str(found["facts"]["accounts"]))
    # Both sides are one list: what the settings say is judged too.
    tree, disk = trees.healthy(), folder()
    trees.put_account(tree, trees.imap(7, Email=ADDRESS, IMAP_User=ADDRESS, IMAP_Server="imap.practice.example",
                                       SMTP_Server="smtp.practice.example", IMAP_Port=995))
    tree.write(disk)
    done, found = look(ADDRESS, "--windows", disk)
    tap.expect("account-port-encryption-mismatch" in found["causes"], str(done))
    urls = [one["url"] for one in found["facts"]["endpoints"]]
    tap.expect(any(url.startswith("imap") and "imap.practice.example:995" in url for url in urls), str(urls))


@SUITE.case("what was named and cannot be read is no diagnosis: exit 8; both at once is a wrong word")
def unread():
    for words, code in ((("--windows", "/nowhere"), 8), (("--hive", "/nowhere"), 8), (("--windows", "a", "--hive", "b"), 16)):
        done = doctor.visit("diagnose", ADDRESS, *words, "--offline")
        tap.expect_equal(done.code, code, str(done))


if __name__ == "__main__":
    sys.exit(SUITE.run())
