"""This file plants faults into Windows disks and asks "postmend profile check" and "diagnose" for exactly those."""

import os
import random
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import tap
import trees

# Speed is judged without the sanitizers.
SLOWER = 8 if "ASAN_OPTIONS" in os.environ else 1
SUITE = tap.Suite()
DRAWS, PLANTED = 50, 8
EVERY = sorted(trees.CASES)


def folder():
    place = tempfile.mkdtemp(prefix="postmend-check-")
    SUITE.at_end.append(lambda: shutil.rmtree(place, ignore_errors=True))
    return place


def make_tree(disk, planted, controls, is_old_form=False):
    """is_old_form: texts of accounts as REG_BINARY, as the account manager up to 2010 writes them."""
    tree = trees.healthy()
    for name in controls:
        trees.CASES[name].control(tree)
    for name in planted:
        trees.CASES[name].plant(tree)
    if is_old_form:
        trees.write_old_form(tree)
    tree.write(disk)


def judge(command, planted, controls, is_old_form):
    disk = tempfile.mkdtemp(prefix="postmend-check-")
    try:
        make_tree(disk, planted, controls, is_old_form)
        done = doctor.visit(*command, "--windows", disk, "--json")
    finally:
        shutil.rmtree(disk, ignore_errors=True)
    return done, done.json()


def expect_exactly(planted, controls, what, command=("profile", "check"), is_old_form=False):
    done, found = judge(command, planted, controls, is_old_form)
    ids = [finding["id"] for finding in found["findings"]]
    # A store that is too large for Outlook is so for a lower limit too: the one id that may come twice.
    if "account-store-large" in planted and ids.count("account-store-over-limit") == 2:
        ids.remove("account-store-over-limit")
    tap.expect_equal(sorted(ids), sorted(planted), what)
    worse = sorted(name for name in planted if name not in trees.ADVICE)
    tap.expect_equal(sorted(set(found["causes"])), worse, f"{what}: causes")
    tap.expect_equal(done.code, 4 if worse else 0, f"{what}: exit code")
    tap.expect(done.seconds < SLOWER, f"{what}: {done.seconds:.2f} s")
    return found, done.seconds


def where_of(finding):
    return [one["found"] for one in finding["evidence"] if one["name"] == "where"]


@SUITE.case("there are 40 cases and more")
def number():
    tap.comment(f"{len(EVERY)} cases, {len(EVERY) - len(trees.ADVICE)} of them causes")
    tap.expect(len(EVERY) >= 40, len(EVERY))


@SUITE.case("a clean tree: nothing, exit 0; and every control at once: nothing either")
def clean():
    expect_exactly([], [], "clean")
    expect_exactly([], EVERY, "controls")
    expect_exactly([], EVERY, "controls, diagnose", ("diagnose", "--offline"))


@SUITE.case("each fault alone, beside the controls of all others: named, with where it stands")
def each():
    for name in EVERY:
        found, _ = expect_exactly([name], [other for other in EVERY if other != name], name)
        (finding,) = found["findings"]
        tap.expect(finding["evidence"], f"{name}: no evidence")
        folders = [one["found"] for one in finding["evidence"] if one["name"] == "folder"]
        tap.expect(where_of(finding) or folders or finding["subject"].get("path"), f"{name}: nowhere: {finding}")


@SUITE.case(f"{PLANTED} of {len(EVERY)} at once, {DRAWS} draws, by diagnose: exactly those")
def draws():
    slowest = 0.0
    for number_of in range(DRAWS):
        dice = random.Random(number_of)
        planted = dice.sample(EVERY, PLANTED)
        controls = [name for name in EVERY if name not in planted and dice.random() < 0.5]
        _, seconds = expect_exactly(planted, controls, f"draw {number_of}: {planted}", ("diagnose", "--offline"),
                                    dice.random() < 0.5)
        slowest = max(slowest, seconds)
    tap.comment(f"{DRAWS} draws, slowest {slowest:.2f} s")


@SUITE.case("Thunderbird and text configurations are judged by the same rules")
def files():
    home = folder()
    with open(os.path.join(home, ".msmtprc"), "w", encoding="utf-8") as file:
        file.write("account a\nhost mail.gmx.net\nport 587\nfrom anna@gmx.net\ntls on\ntls_starttls off\nauth on\n")
    with open(os.path.join(home, ".mbsyncrc"), "w", encoding="utf-8") as file:
        file.write("IMAPAccount a\nHost imap.gmx.net\nUser anna@gmx.net\nTLSType None\n")
    done = doctor.visit("profile", "check", "--json", home=home)
    found = done.json()
    tap.expect_equal(sorted(found["causes"]), ["account-encryption-none", "account-port-encryption-mismatch"], "causes")
    where = [text for finding in found["findings"] for text in where_of(finding)]
    tap.expect(any(text.endswith(".msmtprc, line 3") for text in where), str(where))
    text = doctor.visit("profile", "check", home=home)
    tap.expect(text.code == 4 and "STARTTLS, or the port of TLS" in text.out, str(text))


if __name__ == "__main__":
    sys.exit(SUITE.run())
