"""This file sends letters through Postfix and Dovecot with something between that alters, loses or doubles them."""

import base64
import imaplib
import os
import ssl
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import world

import process
import tap

SUITE = tap.Suite()


def trip(*more, deadline="20", collect="imaps"):
    return doctor.visit("trip", provider.ADDRESS, f"smtps://smtp.{provider.DOMAIN}", provider.url(collect), "--yes", *PROVIDER.words,
                        "--password-file", PROVIDER.password_file(), "--deadline", deadline, *more)


def letters(done):
    return done.json()["facts"]["letters"]


def mailbox():
    """How many messages are in all folders."""
    context = ssl.create_default_context(cafile=PROVIDER.pki.ca)
    context.check_hostname = False
    with imaplib.IMAP4_SSL(world.MAIL, 993, ssl_context=context) as client:
        client.login(provider.USER, provider.PASSWORD)
        return sum(int(client.select(name)[1][0]) for name in ("INBOX", "Junk"))


def empty():
    box = os.path.join(PROVIDER.dovecot.folder, "mail", provider.USER)
    for part in ("new", "cur"):
        for name in os.listdir(os.path.join(box, part)):
            os.remove(os.path.join(box, part, name))


def altering(word):
    with open(ALTER, "w", encoding="ascii") as file:
        file.write(word)


def altered(word, cause, *more, deadline="20", collect="imaps"):
    try:
        altering(word)
        done = trip(*more, deadline=deadline, collect=collect)
        doctor.expect_cause(done, cause)
    finally:
        altering("pass")
    tap.expect_equal(mailbox(), 0, "messages left")
    return done


@SUITE.case("an untouched letter: byte-identical, and gone afterwards")
def untouched():
    done = trip()
    doctor.expect_healthy(done)
    letter, = letters(done)
    tap.expect_equal((letter["sent"], letter["found"], letter["altered"]), ("accepted", 1, "none"), "the letter")
    tap.expect(len(letter["hops"]) >= 2, str(letter["hops"]))
    tap.expect(done.json()["facts"]["removed"], "not removed")
    tap.expect_equal(mailbox(), 0, "messages left")


@SUITE.case("over POP3: byte-identical, other messages stay")
def over_pop3():
    for size in (2000, 3000):
        PROVIDER.dovecot.deliver(provider.USER, size)
    try:
        for collect in ("pop3s", "pop3"):
            done = trip("--set", "all", collect=collect, deadline="40")
            doctor.expect_healthy(done)
            tap.expect_equal([letter["altered"] for letter in letters(done)], ["none"] * 5, "alterations")
            tap.expect(done.json()["facts"]["removed"], "not removed")
            tap.expect_equal(mailbox(), 2, "messages left")
    finally:
        empty()


@SUITE.case("over POP3: altered, doubled, lost")
def altered_over_pop3():
    for word, cause, deadline in (("footer", "trip-footer-added", "20"), ("double", "trip-message-doubled", "20"),
                                  ("swallow", "trip-message-lost", "8")):
        altered(word, cause, deadline=deadline, collect="pop3s")


@SUITE.case("identities that change from session to session")
def identities():
    try:
        certificate, key = PROVIDER.pki.server()
        for mode, cause in (("uidl", "trip-identities-change"), ("pass", None)):
            WORLD.proxy(f"{certificate} {key} {mode}", 995, program="collector.py")
            done = trip(collect="pop3s")
            if cause:
                doctor.expect_cause(done, cause)
            else:
                doctor.expect_healthy(done)
            WORLD.clear()
    finally:
        WORLD.clear()
    tap.expect_equal(mailbox(), 0, "messages left")


@SUITE.case("over POP3 without TOP and UIDL: nothing of the user's is removed")
def bare():
    PROVIDER.dovecot.deliver(provider.USER, 2000)
    try:
        certificate, key = PROVIDER.pki.server()
        WORLD.proxy(f"{certificate} {key} bare", 995, program="collector.py")
        doctor.expect_healthy(trip(collect="pop3s"))
        tap.expect_equal(mailbox(), 1, "messages left")
    finally:
        WORLD.clear()
        empty()


@SUITE.case("a server that thinks before each message")
def slow():
    for mode, cause in (("first 5.5", "mailbox-answer-slow"), ("pass 0", None)):
        log = os.path.join(PROVIDER.folder, "slow-" + mode.split()[0])
        here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "slow.py")
        words = [*PROVIDER.pki.server(), "993", *mode.split()]
        port = process.first_line(process.start([*WORLD.server, sys.executable, here, *words], log), log)
        done = doctor.visit("trip", provider.ADDRESS, f"smtps://smtp.{provider.DOMAIN}", f"imaps://imap.{provider.DOMAIN}:{port}",
                            "--yes", *PROVIDER.words, "--password-file", PROVIDER.password_file(), "--deadline", "40")
        if cause:
            doctor.expect_cause(done, cause)
        else:
            doctor.expect_healthy(done)
        tap.expect_equal(mailbox(), 0, "messages left")


@SUITE.case("the whole set, untouched, from the address alone")
def whole_set():
    done = doctor.visit("trip", provider.ADDRESS, "--yes", "--set", "all", *PROVIDER.words, "--password-file",
                        PROVIDER.password_file(), "--deadline", "40")
    doctor.expect_healthy(done)
    tap.expect_equal([letter["altered"] for letter in letters(done)], ["none"] * 5, "alterations")
    tap.expect_equal(mailbox(), 0, "messages left")


@SUITE.case("a letter of half a megabyte")
def size():
    done = trip("--size", "500000")
    doctor.expect_healthy(done)
    tap.expect(letters(done)[0]["bytes"] > 500000, str(letters(done)))


@SUITE.case("nothing is sent without consent")
def consent():
    done = doctor.visit("trip", provider.ADDRESS, *PROVIDER.words, "--password-file", PROVIDER.password_file())
    tap.expect_equal(done.code, 16, "exit code")
    tap.expect_equal(mailbox(), 0, "messages left")


@SUITE.case("a wrong password sends nothing")
def wrong():
    path = os.path.join(PROVIDER.folder, "wrong")
    with open(path, "w", encoding="ascii") as file:
        file.write("falsch")
    done = doctor.visit("trip", provider.ADDRESS, f"smtps://smtp.{provider.DOMAIN}", f"imaps://imap.{provider.DOMAIN}",
                        "--yes", *PROVIDER.words, "--password-file", path)
    doctor.expect_cause(done, "auth-password-wrong")


@SUITE.case("other messages stay where they are")
def others():
    PROVIDER.dovecot.deliver(provider.USER, 2000)
    try:
        doctor.expect_healthy(trip())
        tap.expect_equal(mailbox(), 1, "messages left")
    finally:
        empty()


def finding_of(done, code):
    return next((f for f in done.json()["findings"] if f["id"] == code), None)


SIGNED = [("rsa", "simple"), ("rsa", "relaxed"), ("ed25519", "simple"), ("ed25519", "relaxed")]


@SUITE.case("signatures that fit their keys are nothing to name")
def signed():
    for kind, how in SIGNED:
        try:
            altering(f"sign {kind} {how}")
            done = trip()
        finally:
            altering("pass")
        doctor.expect_healthy(done)
        shown = letters(done)[0]["signature"]
        tap.expect_equal((shown["kind"], shown["body_fits"], shown["sent_body_fits"], shown["verdict"]),
                         (f"{kind}-sha256", True, True, "fits"), f"{kind} {how}")
        tap.expect(not finding_of(done, "trip-signature-without-key"), str(done))


@SUITE.case("a signature that was broken by a footer")
def broken():
    done = altered("sign-then-footer", "trip-footer-added")
    found = finding_of(done, "trip-signature-broken")
    tap.expect(found and "after it was signed" in str(found), str(done))


@SUITE.case("a footer from before the signing breaks nothing")
def footer_first():
    done = altered("footer-then-sign", "trip-footer-added")
    tap.expect(not finding_of(done, "trip-signature-broken"), str(done))
    tap.expect_equal(letters(done)[0]["signature"]["sent_body_fits"], False, "the body as it was sent")


@SUITE.case("a signature that does not fit any more for a header")
def header_altered():
    done = altered("sign-then-subject", "trip-signature-broken")
    shown = letters(done)[0]["signature"]
    tap.expect_equal((shown["body_fits"], shown["verdict"]), (True, "broken"), "signature")


@SUITE.case("a signature with another key, and one without any")
def keys():
    altered("sign rsa simple other", "trip-signature-broken")
    try:
        altering("sign rsa simple nokey")
        done = trip()
    finally:
        altering("pass")
    doctor.expect_healthy(done)
    tap.expect(finding_of(done, "trip-signature-without-key"), str(done))


@SUITE.case("the letter comes back in junk")
def junk():
    try:
        altering("junk")
        done = trip()
    finally:
        altering("pass")
    doctor.expect_healthy(done)
    tap.expect("trip-message-in-junk" in [f["id"] for f in done.json()["findings"]], str(done))
    tap.expect_equal(mailbox(), 0, "messages left")


ALTERATIONS = [
    ("a blank body", "blank", "trip-body-blank", []),
    ("a footer", "footer", "trip-footer-added", []),
    ("another encoding", "recode", "trip-message-recoded", []),
    ("the end is missing", "truncate", "trip-message-truncated", []),
    ("a word was changed", "word", "trip-message-altered", []),
    ("the attachment is gone", "part", "trip-attachment-lost", ["--set", "attachment"]),
    ("it comes twice", "double", "trip-message-doubled", []),
    ("it is swallowed", "swallow", "trip-message-lost", []),
]
for name, word, cause, more in ALTERATIONS:
    SUITE.add(name, lambda word=word, cause=cause, more=more: altered(
        word, cause, *more, deadline="9" if word == "swallow" else "20"))


def scanned(mode, cause, *more, deadline="20", orders=()):
    try:
        certificate, key = PROVIDER.pki.server()
        for order in orders:
            WORLD.relay(order)
        WORLD.proxy(f"{certificate} {key} {mode}", 465, program="scanner.py")
        done = trip(*more, deadline=deadline)
        if cause:
            doctor.expect_cause(done, cause)
        else:
            doctor.expect_healthy(done)
    finally:
        WORLD.clear()
    tap.expect_equal(mailbox(), 0, "messages left")


SCANNED = [
    ("control: a scanner that alters nothing", "pass", None, [], "20", ()),
    ("the answer is lost, the letter is not", "no-answer", "trip-answer-lost", [], "12", ()),
    ("cut for its content", "cut octet-stream", "trip-connection-cut", ["--set", "plain,attachment"], "20", ()),
    ("refused for its lines", "refuse trip long", "trip-message-refused", ["--set", "plain,long"], "20", ()),
    ("acknowledged by a scanner, and lost", "early", "trip-acknowledged-early", [], "10", ("delay 40",)),
]
for name, mode, cause, more, deadline, orders in SCANNED:
    SUITE.add(name, lambda mode=mode, cause=cause, more=more, deadline=deadline, orders=orders: scanned(
        mode, cause, *more, deadline=deadline, orders=orders))

world.enter(SUITE)

import doctor
import provider

if not world.is_root():
    def no_postfix():
        raise tap.Skip("Postfix starts only as root; run the tests as root to have it in them")
    SUITE.cases = [(name, no_postfix) for name, _ in SUITE.cases]
    sys.exit(SUITE.run())



def dkim_key(kind, words, name=None):
    """Makes a key beside the file that says what to alter; returns the record that publishes it."""
    path = os.path.join(WORLD.folder, f"dkim-{name or kind}.pem")
    subprocess.run(["openssl", "genpkey", *words, "-out", path], check=True, capture_output=True)
    der = subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
    text = base64.b64encode(der[-32:] if kind == "ed25519" else der).decode()
    parts = " ".join(f'"{text[at:at + 200]}"' for at in range(0, len(text), 200))
    return f'{name or kind}._domainkey TXT "v=DKIM1; k={kind}; p=" {parts}'


RSA = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
WORLD = world.World()
PROVIDER = provider.Provider(WORLD, local=provider.ALTERED, only=("dovecot", "postfix", "knot"), records=[
    dkim_key("rsa", RSA), dkim_key("rsa", RSA, "other"), dkim_key("ed25519", ["-algorithm", "ED25519"])])
SUITE.at_end.append(PROVIDER.stop)
ALTER = os.path.join(WORLD.folder, "alter")
altering("pass")
LOG = os.path.join(WORLD.folder, "alter.log")
process.first_line(process.start(
    [*WORLD.server, sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "alter.py"), "2425",
     str(provider.LMTP), ALTER], LOG), LOG)
sys.exit(SUITE.run())
