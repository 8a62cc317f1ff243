"""This file compares exported mail with what libpst and pst-extractor read from the same stores.

Every difference must be listed in differences.tsv with its reason, which docs/EXPORT-COMPARED.md explains; a new one
fails, and so does one that is gone.
"""

import collections
import csv
import email
import email.policy
import hashlib
import json
import os
import re
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
MODULES = os.path.join(stores.TOP, ".cache", "readers", "node_modules")
LISTED = os.path.join(HERE, "differences.tsv")
# libpst makes these itself.
OWN = re.compile(r"rtf-body\.rtf|i\d+\.ics")
FIELDS = ("From", "To", "Cc", "Subject", "Message-ID", "In-Reply-To", "References", "Reply-To")


def squeeze(text):
    """Text without what line ends and blanks at them make of it."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


class Mail:
    """What is compared of a message."""

    def __init__(self, path):
        self.path = path
        message = email.message_from_bytes(stores.read(path), policy=email.policy.default)
        self.bodies, self.files, self.inside = {"plain": "", "html": ""}, [], 0
        self.fields = {name: re.sub(r"\s+", " ", str(message[name] or "")).strip() for name in FIELDS}
        self.people = {name: self.addresses(message[name]) for name in ("From", "To", "Cc", "Reply-To")}
        self.date = message["Date"].datetime.timestamp() if message["Date"] and message["Date"].datetime else None
        self.take(message)
        self.key = squeeze(self.fields["Subject"])
        self.folder = os.path.basename(os.path.dirname(path))

    @staticmethod
    def addresses(field):
        return [one.addr_spec.lower().strip("'") for one in field.addresses] if field else []

    def take(self, part):
        kind = part.get_content_type()
        if kind == "message/rfc822":
            self.inside += 1
        elif part.is_multipart():
            for below in part.iter_parts():
                self.take(below)
        elif part.get_content_disposition() in ("attachment", "inline") or part.get_filename():
            if not OWN.fullmatch(part.get_filename() or ""):
                self.files.append(hashlib.md5(part.get_payload(decode=True) or b"").hexdigest())
        elif kind in ("text/plain", "text/html") and not self.bodies[kind[5:]]:
            self.bodies[kind[5:]] = squeeze(part.get_content())


def mails(folder):
    return [Mail(os.path.join(root, name)) for root, _, names in os.walk(folder) for name in sorted(names)
            if name.endswith(".eml")]


def likeness(one, other):
    return (one.folder == other.folder, one.date == other.date, one.bodies == other.bodies,
            sorted(one.files) == sorted(other.files), one.fields == other.fields)


def field_differs(name, ours, theirs):
    """The reason key of a difference in a field, or None. Addresses are compared by what leads to a mailbox."""
    if ours.fields[name] == theirs.fields[name]:
        return None
    if name not in ours.people:
        return f"{name}: only in one" if not ours.fields[name] or not theirs.fields[name] else name
    one = [address for address in ours.people[name] if not address.endswith("@invalid")]
    other = [address for address in theirs.people[name] if "@" in address.strip("@")]
    if one == other:
        return None
    return f"{name}: no address" if not other else name


def against_libpst(path, ours, room):
    theirs = os.path.join(room, "theirs")
    os.mkdir(theirs)
    subprocess.run(["readpst", "-q", "-j", "0", "-D", "-e", "-o", theirs, path], capture_output=True, check=False)
    found, by_key = collections.Counter(), collections.defaultdict(list)
    for mail in ours.values():
        by_key[mail.key].append(mail)
    for other in mails(theirs):
        if not by_key[other.key]:
            found["not there"] += 1
            continue
        best = max(by_key[other.key], key=lambda mail, other=other: likeness(mail, other))
        by_key[other.key].remove(best)
        found.update(kind for kind in ("plain", "html") if best.bodies[kind] != other.bodies[kind])
        found["files"] += sorted(best.files) != sorted(other.files)
        found["inside"] += best.inside != other.inside
        found["date"] += best.date != other.date
        found.update(filter(None, (field_differs(name, best, other) for name in FIELDS)))
    return found


def against_pst_extractor(path, ours, _):
    ran = subprocess.run(["node", os.path.join(HERE, "extract_mail.js"), path], capture_output=True, text=True,
                         env={**os.environ, "NODE_PATH": MODULES}, check=False)
    found = collections.Counter()
    for line in ran.stdout.splitlines():
        theirs = json.loads(line)
        mail = ours.get(theirs["nid"])
        if mail is None:
            found["not there"] += 1
            continue
        found["plain"] += mail.bodies["plain"] != squeeze(theirs["text"])
        found["html"] += mail.bodies["html"] != squeeze(theirs["html"])
        found["subject"] += mail.key != squeeze(re.sub(r"\s+", " ", theirs["subject"]))
        found["files"] += sorted(mail.files) != sorted(theirs["files"])
        found["inside"] += mail.inside != theirs["inside"]
    return found


READERS = {"libpst": against_libpst, "pst-extractor": against_pst_extractor}


def compare(reader):
    found = {}
    for path, row in stores.real():
        if not int(row["nbt_messages"] or 0):
            continue
        with tempfile.TemporaryDirectory(prefix="postmend-compared-") as room:
            out = os.path.join(room, "out")
            done = doctor.visit("store", "export", path, "--output", out, "--json", limit=120)
            ours = {int(mail.path.rsplit(" 0x", 1)[1][:-4], 16): mail for mail in mails(out)}
            tap.expect_equal(len(ours), int(row["nbt_messages"]), f"{path}: {done.code}")
            for what, count in READERS[reader](path, ours, room).items():
                if count:
                    found[os.path.basename(path), what] = count
    return found


def judge(reader):
    found = compare(reader)
    with open(LISTED, encoding="utf-8", newline="") as table:
        listed = {(row["store"], row["what"]): int(row["messages"]) for row in csv.DictReader(table, delimiter="\t")
                  if row["reader"] == reader}
    if os.environ.get("POSTMEND_PRINT_DIFFERENCES"):
        for (store, what), count in sorted(found.items()):
            print(f"#\t{reader}\t{store}\t{what}\t{count}")
    with open(os.path.join(stores.TOP, "docs", "EXPORT-COMPARED.md"), encoding="utf-8") as page:
        explained = page.read()
    with open(LISTED, encoding="utf-8", newline="") as table:
        reasons = {row["reason"] for row in csv.DictReader(table, delimiter="\t")}
    tap.expect_equal([reason for reason in reasons if f"`{reason}`" not in explained], [], "reasons without a word")
    tap.expect_equal({key: found.get(key, 0) for key in found | listed if found.get(key, 0) != listed.get(key, 0)}, {},
                     "differences that are not as listed")


@SUITE.case("libpst: every difference is listed and explained")
def libpst():
    if not shutil.which("readpst"):
        raise tap.Skip("readpst is not installed")
    judge("libpst")


@SUITE.case("pst-extractor: every difference is listed and explained")
def pst_extractor():
    if not shutil.which("node") or not os.path.isdir(os.path.join(MODULES, "pst-extractor")):
        raise tap.Skip("pst-extractor is not installed")
    judge("pst-extractor")


sys.exit(SUITE.run())
