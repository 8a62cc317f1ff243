"""This file changes a provider between two runs: what --remember kept says what is different, and since when."""

import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import world

import tap

SUITE = tap.Suite()


class Home:
    """with Home() as home: home.look(url...), home.memory (a path), home.text()."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="postmend-since-")
        self.memory = os.path.join(self.folder, "postmend", "memory")
        return self

    def __exit__(self, *why):
        shutil.rmtree(self.folder)

    def look(self, door, *more):
        provider.need(door)
        return doctor.visit("probe", provider.url(door), *PROVIDER.words, "--deadline", "4", *more, home=self.folder)

    def remember(self, door, *more):
        done = self.look(door, "--remember", *more)
        doctor.expect_healthy(done)
        return done

    def text(self):
        with open(self.memory, encoding="utf-8") as file:
            return file.read()


def findings(done, code):
    return [f for f in done.json()["findings"] if f["id"] == code]


def evidence(finding):
    return {one["name"]: (one["found"], one["expected"]) for one in finding["evidence"]}


@SUITE.case("nothing changed: nothing is said")
def same():
    with Home() as home:
        home.remember("imaps")
        for _ in range(2):
            done = home.remember("imaps")
            tap.expect(not findings(done, "path-changed-since"), str(done))
        tap.expect_equal(os.stat(home.memory).st_mode & 0o777, 0o600, "mode")


@SUITE.case("without --remember nothing is kept")
def nothing():
    with Home() as home:
        doctor.expect_healthy(home.look("imaps"))
        tap.expect(not os.path.exists(home.memory), "a memory was written")


@SUITE.case("no secret and no user name is kept; the domain's MX is")
def no_secret():
    with Home() as home:
        doctor.expect_healthy(doctor.visit(provider.ADDRESS, *PROVIDER.words, *PROVIDER.login(), "--remember",
                                           home=home.folder))
        text = home.text()
        tap.expect(provider.PASSWORD not in text and provider.USER + "@" not in text, text)
        for word in ("\tmx\t", "\tuid_validity\t", "\tissuer\t", "\taddresses\t", "\tpath_mtu\t"):
            tap.expect(word in text, f"{word!r} is not in\n{text}")


@SUITE.case("what is wrong says until when all was well")
def until():
    with Home() as home:
        home.remember("imaps")
        before = home.text()
        try:
            WORLD.filter(["tcp dport 993 drop"])
            done = home.look("imaps", "--remember")
        finally:
            WORLD.clear()
        doctor.expect_cause(done, "tcp-connect-silent")
        tap.expect("well_until" in evidence(findings(done, "tcp-connect-silent")[0]), str(done))
        tap.expect_equal(home.text(), before, "the memory after a run in which nothing was well")


@SUITE.case("a capability is gone")
def capability():
    with Home() as home:
        home.remember("smtp")
        try:
            WORLD.proxy("strip", 587)
            done = home.look("smtp")
        finally:
            WORLD.clear()
        doctor.expect_cause(done, "tls-starttls-missing")
        changed, = findings(done, "path-changed-since")
        tap.expect("STARTTLS" in str(evidence(changed)["capabilities"]) or "gone" in str(evidence(changed)), str(changed))


@SUITE.case("another issuer")
def issuer():
    with Home() as home:
        home.remember("imaps")
        with open(home.memory, encoding="utf-8") as file:
            text = file.read()
        with open(home.memory, "w", encoding="utf-8") as file:
            file.write(text.replace("Practice", "Former"))
        done = home.look("imaps")
        doctor.expect_healthy(done)
        found, wanted = evidence(findings(done, "path-changed-since")[0])["issuer"]
        tap.expect("Practice" in found and "Former" in wanted, f"{found} {wanted}")


@SUITE.case("the mailbox was numbered anew")
def numbered():
    box = os.path.join(PROVIDER.dovecot.folder, "mail", provider.USER)
    with Home() as home:
        login = PROVIDER.login()
        home.remember("imaps", *login)
        for name in os.listdir(box):
            if name.startswith("dovecot"):
                os.remove(os.path.join(box, name))
        with open(os.path.join(box, "dovecot-uidlist"), "w", encoding="ascii") as file:
            file.write("3 V1234567 N1 G0123456789abcdef0123456789abcdef\n")
        if PROVIDER.dovecot.is_root:
            os.chown(os.path.join(box, "dovecot-uidlist"), 65534, 65534)
        done = home.look("imaps", "--remember", *login)
        doctor.expect_cause(done, "mailbox-numbered-anew")
        tap.expect_equal(evidence(findings(done, "mailbox-numbered-anew")[0])["uid_validity"][0], "1234567", "now")
        doctor.expect_healthy(home.look("imaps", *login))


@SUITE.case("a damaged memory is told and set aside")
def damaged():
    with Home() as home:
        home.remember("imaps")
        with open(home.memory, "a", encoding="utf-8") as file:
            file.write("half a li")
        text = home.text()
        done = home.remember("imaps")
        tap.expect("set aside" in done.err, done.err)
        with open(home.memory + ".damaged", encoding="utf-8") as file:
            tap.expect_equal(file.read(), text, "what was set aside")
        done = home.look("imaps")
        tap.expect("set aside" not in done.err, done.err)


@SUITE.case("the memory of a later version is left alone")
def later():
    with Home() as home:
        home.remember("imaps")
        with open(home.memory, "w", encoding="utf-8") as file:
            file.write("postmend memory 2\nsomething else\n")
        done = home.look("imaps", "--remember")
        doctor.expect_healthy(done)
        tap.expect("left alone" in done.err, done.err)
        tap.expect_equal(home.text(), "postmend memory 2\nsomething else\n", "the memory")


world.enter(SUITE)

import doctor
import provider

WORLD = world.World()
PROVIDER = provider.Provider(WORLD, only=("dovecot", "postfix", "knot"))
SUITE.at_end.append(PROVIDER.stop)
sys.exit(SUITE.run())
