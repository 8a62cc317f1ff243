"""This file looks for the password wherever it must not be: output, trace, state, command line, core dumps."""

import base64
import os
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import practice
from practice import ADDRESS, PASSWORD, USER

import doctor
import tap

SUITE = tap.Suite()
DOORS = ["imaps", "imap", "pop3s", "pop3", "smtps", "smtp"]


def forms(password):
    """The password as it may appear when somebody writes what goes over the wire."""
    raw = password.encode()
    yield raw
    yield raw[::-1]
    yield urllib.parse.quote(password).encode()
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for before in (b"", b"\0" + USER.encode() + b"\0", b"\0" + ADDRESS.encode() + b"\0",
                   USER.encode() + b"\0" + USER.encode() + b"\0"):
        # The middle of the base64 text, whatever comes behind.
        yield base64.b64encode(before + raw)[: (len(before + raw)) // 3 * 4]


def expect_absent(place, data):
    for form in forms(PASSWORD):
        tap.expect(form not in data, f"the password stands in {place}")


class Watch:
    """Reads what others can see of the running program."""

    def __init__(self):
        self.seen, self.cores = 0, set()

    def __call__(self, pid):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read()
            with open(f"/proc/{pid}/limits", encoding="ascii") as file:
                core = [text.split()[4] for text in file if text.startswith("Max core file size")]
        except OSError:
            return
        if b"postmend" not in line.split(b"\0")[0]:
            return
        expect_absent("/proc/PID/cmdline", line)
        self.seen += 1
        self.cores.add(core[0])
        self.last = core[0]


def run_with_password(it, how, *words):
    """how: file, environment or prompt-less command."""
    home = os.path.join(it.folder, "home-" + how)
    os.makedirs(home)
    trace, page = os.path.join(home, "trace"), os.path.join(home, "page.html")
    secret = os.path.join(it.folder, "password-" + how)
    with open(secret, "w", encoding="ascii") as file:
        file.write(PASSWORD)
    os.chmod(secret, 0o600)
    given = {"file": ["--password-file", secret], "environment": [], "command": ["--password-command", "cat " + secret]}[how]
    env = {"POSTMEND_PASSWORD": PASSWORD} if how == "environment" else {}
    watch = Watch()
    done = doctor.visit(*words, "--resolver", it.resolver, "--ca-file", it.ca, "--login", "--user", USER, *given,
                        "--trace", trace, "--html", page, env=env, home=home, watch=watch)
    tap.expect(done.code in (0, 4), str(done))
    expect_absent("the output", done.out.encode())
    expect_absent("what it says on standard error", done.err.encode())
    for folder, _, names in os.walk(home):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                expect_absent(os.path.relpath(path, home), file.read())
            tap.expect(os.stat(path).st_mode & 0o077 == 0, f"others can read {os.path.relpath(path, home)}")
    tap.expect(os.path.getsize(trace) > 0, "the trace is empty")
    tap.expect(watch.seen > 0, "it was never seen running")
    tap.expect_equal(watch.last, "0", "greatest core file in the end")
    return done


def add(how, json):
    @SUITE.case(f"a password from {how}, {'JSON' if json else 'text'}")
    def test():
        with practice.Practice() as it:
            words = ["probe", *[it.url(door) for door in DOORS]] + (["--json"] if json else [])
            done = run_with_password(it, how, *words)
            tap.expect_equal(done.code, 0, f"exit code: {done}")


for source in ("file", "environment", "command"):
    for form in (True, False):
        add(source, form)


@SUITE.case("a password that is refused")
def refused():
    with practice.Practice(dovecot={"mechanisms": "plain login"}) as it:
        it.dovecot.write("users", USER + ":{PLAIN}another\n")
        done = run_with_password(it, "file", "probe", it.url("imaps"), it.url("smtps"), "--json")
        doctor.expect_cause(done, "auth-password-wrong")


@SUITE.case("an address with a login")
def address():
    with practice.Practice() as it:
        run_with_password(it, "file", ADDRESS, "--https-port", str(it.autoconfig.port))


@SUITE.case("no password goes over a connection that is not verified")
def unverified():
    for kind in ("expired", "other-host", "self-signed", "no-intermediate"):
        with practice.Practice(certificate=kind) as it:
            run_with_password(it, "file", "probe", *[it.url(door) for door in DOORS], "--json")
            for server in (it.dovecot, it.postfix):
                with open(os.path.join(server.folder, "log"), encoding="utf-8", errors="replace") as file:
                    tap.expect("method=" not in file.read(), f"a login came over a certificate that is {kind}")


@SUITE.case("without --login no secret is read")
def not_asked():
    with practice.Practice() as it:
        done = doctor.visit("probe", it.url("imaps"), "--json", "--resolver", it.resolver, "--ca-file", it.ca,
                            "--user", USER, "--password-command", f"touch {it.folder}/was-run")
        tap.expect(done.code in (0, 16), str(done))
        tap.expect(not os.path.exists(f"{it.folder}/was-run"), "the password command was run")


sys.exit(SUITE.run())
