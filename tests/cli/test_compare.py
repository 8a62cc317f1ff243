"""This file compares reports: of the same thing twice, of things that differ in one value, and what is no report."""

import copy
import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import tap

SUITE = tap.Suite()
PLACE = tempfile.mkdtemp(prefix="postmend-compare-")
SUITE.at_end.append(lambda: shutil.rmtree(PLACE, ignore_errors=True))
MBSYNC = "IMAPAccount work\nHost imap.example.org\nPort {port}\nUser anna\nSSLType IMAPS\n"


def report(port):
    """What a check says of a configuration with this port."""
    home = os.path.join(PLACE, "home")
    os.makedirs(home, exist_ok=True)
    with open(os.path.join(home, ".mbsyncrc"), "w", encoding="ascii") as file:
        file.write(MBSYNC.format(port=port))
    return doctor.visit("profile", "check", "--json", home=home).json()


def put(name, what):
    path = os.path.join(PLACE, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(what if isinstance(what, str) else json.dumps(what))
    return path


def compare(a, b, code):
    done = doctor.visit("compare", put("a.json", a), put("b.json", b), "--json")
    tap.expect_equal(done.code, code, str(done))
    return [(one["what"], one["where"], one["a"], one["b"]) for one in done.json()["facts"]["differences"]]


@SUITE.case("the same twice: nothing, whatever the times; and said so")
def same():
    one, two = report(993), report(993)
    two["elapsed_ms"] = 12345
    tap.expect_equal(compare(one, two, 0), [], "differences")
    tap.expect("SAME" in doctor.visit("compare", put("a.json", one), put("b.json", two)).out, "no word of it")
    tap.expect_equal(doctor.visit("compare", put("a.json", one), put("b.json", two), "--quiet").out, "", "quiet")


@SUITE.case("one value: the verdict, the cause, the finding and the fact, and nothing else; the other way round too")
def one_value():
    good, bad = report(993), report(995)
    key = bad["findings"][0]["key"]
    place = "accounts / mbsync null work / incoming / port"
    tap.expect_equal(compare(good, bad, 4), [
        ("verdict", "verdict", "healthy", "trouble"), ("cause", key, None, "a cause"), ("finding", key, None, "fault"),
        ("fact", place, "993", "995")], "good and bad")
    tap.expect_equal(compare(bad, good, 4), [
        ("verdict", "verdict", "trouble", "healthy"), ("cause", key, "a cause", None), ("finding", key, "fault", None),
        ("fact", place, "995", "993")], "bad and good")
    text = doctor.visit("compare", put("a.json", good), put("b.json", bad)).out
    tap.expect("993 → 995" in text and "DIFFERENT" in text, text)


@SUITE.case("evidence of a finding that both have; entries of lists by their names, not their places")
def parts():
    one = report(995)
    two = copy.deepcopy(one)
    two["findings"][0]["evidence"][0]["found"] = "110"
    tap.expect_equal(compare(one, two, 4), [
        ("evidence", one["findings"][0]["key"] + " / port", "995", "110")], "evidence")
    two = copy.deepcopy(one)
    other = dict(one["facts"]["accounts"][0], name="another")
    one["facts"]["accounts"].append(other)
    two["facts"]["accounts"].insert(0, other)
    tap.expect_equal(compare(one, two, 0), [], "another order")


@SUITE.case("what is no report: refused; deep, wide and empty ones: no harm")
def none():
    good = put("good.json", report(993))
    for name, text in {"nothing": "", "no JSON": "{", "another's": "{\"schema\": \"x\"}", "a list": "[1, 2]",
                       "deep": "[" * 100000}.items():
        done = doctor.visit("compare", good, put("bad.json", text))
        tap.expect(done.code == 8 and not done.out, f"{name}: {done}")
    tap.expect_equal(doctor.visit("compare", good).code, 16, "one word")
    tap.expect_equal(doctor.visit("compare", good, os.path.join(PLACE, "missing")).code, 8, "a missing file")
    deep = {"schema": "postmend/1", "facts": {}}
    inner = deep["facts"]
    for _ in range(60):
        inner["x"] = {}
        inner = inner["x"]
    tap.expect_equal(compare(deep, deep, 0), [], "deep")
    hostile = {"schema": "postmend/1", "facts": {"\u001b[31mred": "\u202eevil"}}
    out = doctor.visit("compare", put("a.json", deep), put("b.json", hostile)).out
    tap.expect("\x1b[31m" not in out and "\u202e" not in out, repr(out))


sys.exit(SUITE.run())
