"""This file judges exported calendars and cards: other parsers find no fault, and libpst reads the same from the store."""

import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))

import doctor
import stores
import tap

SUITE = tap.Suite()
PYTHON = "/usr/bin/python3"
JUDGE = os.path.join(HERE, "parse_cards.py")
TOLD = {}


def needed():
    if subprocess.run([PYTHON, "-c", "import icalendar, vobject"], capture_output=True, check=False).returncode:
        raise tap.Skip("icalendar and vobject are not installed")
    if not shutil.which("readpst"):
        raise tap.Skip("readpst is not installed")


def files(folder):
    return sorted(os.path.join(root, name) for root, _, names in os.walk(folder) for name in names
                  if name.endswith((".ics", ".vcf")))


def parse(paths):
    ran = subprocess.run([PYTHON, JUDGE], input="\n".join(paths), capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def told():
    """{store: (ours, libpst's)}, each a list of what the judge says of a file."""
    if TOLD:
        return TOLD
    needed()
    for path, row in stores.real():
        if not int(row["nbt_messages"] or 0):
            continue
        with tempfile.TemporaryDirectory(prefix="postmend-cards-") as room:
            out, theirs = os.path.join(room, "out"), os.path.join(room, "theirs")
            os.mkdir(theirs)
            tap.expect(doctor.visit("store", "export", path, "--output", out, limit=120).code in (0, 4), path)
            subprocess.run(["readpst", "-q", "-j", "0", "-D", "-e", "-o", theirs, path], capture_output=True, check=False)
            TOLD[os.path.basename(path)] = (parse(files(out)), parse(files(theirs)))
    return TOLD


def day(text):
    """The day that a midnight somewhere begins."""
    time = datetime.datetime.fromisoformat(text.rstrip("Z")) + datetime.timedelta(hours=12 if "T" in text else 0)
    return time.date().isoformat()


def is_same_event(ours, theirs):
    """libpst writes whole days as midnights in UTC, and what recurs in UTC instead of on the clocks of its zone."""
    same = all(ours[name].strip() == theirs[name].strip() for name in ("summary", "location"))
    is_day = ours["start"] and "T" not in ours["start"]
    for name in ("start", "end"):
        one, other = ours[name], theirs[name]
        same = same and (one == other or (is_day and bool(other) and (one or ours["start"]) == day(other)))
    if theirs["occurrences"] and is_day:
        same = same and [time[:10] for time in ours["occurrences"]] == [day(time) for time in theirs["occurrences"]]
    return same and len(ours["occurrences"]) == len(theirs["occurrences"]) and ours["alarms"] == theirs["alarms"]


@SUITE.case("real stores: icalendar and vobject find no fault in any file")
def faults():
    n = 0
    for store, (ours, _) in told().items():
        for file in ours:
            tap.expect_equal(file["faults"], [], f"{store}: {file['path']}")
            n += 1
    tap.expect(n > 400, f"{n} files")


@SUITE.case("real stores: every appointment of libpst's is there with its times, place, occurrences and reminder")
def events():
    n = 0
    for store, (ours, theirs) in told().items():
        mine = [file["items"][0] for file in ours if file.get("items")]
        for file in theirs:
            for item in file.get("items", [])[:1]:
                tap.expect(any(is_same_event(one, item) for one in mine), f"{store}: {file['path']}: {item}")
                n += 1
    tap.expect(n > 300, f"{n} appointments")


@SUITE.case("real stores: every contact of libpst's is there with its names, addresses, numbers and company")
def contacts():
    n = 0
    for store, (ours, theirs) in told().items():
        mine = [card for file in ours for card in file.get("cards", [])]
        for file in theirs:
            for card in file.get("cards", []):
                if card["name"] == "(null)":
                    continue
                same = [one for one in mine if all(one[name] == card[name] for name in ("family", "given", "title"))
                        and set(card["mail"]) <= set(one["mail"]) and set(card["phones"]) <= set(one["phones"])]
                tap.expect(same, f"{store}: {card}")
                n += 1
    tap.expect(n > 40, f"{n} contacts")


@SUITE.case("an mbox has the calendar items of a folder in one file beside it, and its contacts in another")
def mailboxes():
    needed()
    path = next(path for path, _ in stores.real() if path.endswith("IPED--test_sample.pst"))
    counts = []
    for words in ((), ("--format", "mbox")):
        with tempfile.TemporaryDirectory(prefix="postmend-cards-") as room:
            out = os.path.join(room, "out")
            doctor.visit("store", "export", path, "--output", out, *words, limit=120)
            data = [stores.read(name) for name in files(out)]
            counts.append([sum(one.count(mark) for one in data) for mark in (b"BEGIN:VCALENDAR", b"BEGIN:VCARD")])
            tap.expect_equal([file for file in parse(files(out)) if file["faults"]], [], "faults")
    tap.expect_equal(counts[0], counts[1], "calendar items and contacts")
    tap.expect(min(counts[0]) > 0, str(counts))


sys.exit(SUITE.run())
