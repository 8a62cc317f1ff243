"""This file exports stores, and has two parsers of mail judge every file: Python's and MIME-tools'."""

import base64
import email
import email.policy
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import stores
import tap

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)
JUDGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "parse_mail.pl")
VERSIONS = ("15", "23", "36")
# What libpst makes itself and no attachment of the message: RTF bodies and meetings.
OWN = re.compile(r"rtf-body\.rtf|i\d+\.ics")


class Exported:
    """A folder with what was exported, gone afterwards."""

    def __init__(self, path, *words):
        self.room = tempfile.TemporaryDirectory(prefix="postmend-export-")
        self.folder = os.path.join(self.room.name, "out")
        self.done = doctor.visit("store", "export", path, "--output", self.folder, "--json", *words, limit=120)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.room.cleanup()

    def files(self, ending=""):
        return sorted(os.path.join(root, name) for root, _, names in os.walk(self.folder) for name in names
                      if name.endswith(ending))

    def facts(self):
        return self.done.json()["facts"]


def parse(data):
    return email.message_from_bytes(data, policy=email.policy.default)


def faults_of(message):
    """What Python's parser holds against a message and its parts."""
    found = []
    for part in message.walk():
        found += [type(defect).__name__ for defect in part.defects]
        for name, value in part.items():
            found += [f"{name}: {type(defect).__name__}" for defect in getattr(value, "defects", [])]
        if not part.is_multipart():
            part.get_content()
    return found


def judge_python(path):
    data = stores.read(path)
    tap.expect(all(len(line) <= 998 and b"\n" not in line for line in data.split(b"\r\n")), f"{path}: lines")
    tap.expect(data.isascii() and b"\0" not in data, f"{path}: not ASCII")
    tap.expect_equal(faults_of(parse(data)), [], path)


def judge_perl(paths):
    if not shutil.which("perl") or subprocess.run(["perl", "-MMIME::Parser", "-e", "1"], capture_output=True,
                                                  check=False).returncode:
        raise tap.Skip("MIME-tools is not installed")
    ran = subprocess.run(["perl", JUDGE], input="\n".join(paths) + "\n", capture_output=True, text=True, check=False)
    tap.expect_equal([line for line in ran.stdout.splitlines() if line != "ok"], [], "what MIME-tools finds")
    tap.expect_equal(ran.stdout.count("ok\n"), len(paths), "files that MIME-tools took")


def attachments_of(message):
    """[(name, size, crc)] of the files of a message, none of those inside messages in it."""
    found = []
    for part in message.iter_attachments():
        if part.get_content_type() == "message/rfc822":
            continue
        content = part.get_payload(decode=True)
        found.append((part.get_filename(), len(content), zlib.crc32(content)))
    return sorted(found)


def manifest(*words):
    """The made store and what the maker says of its messages."""
    path = ROOM.make(*words)
    listed = ROOM.path("manifest")
    subprocess.run([stores.MAKER, *words, "--manifest", listed, ROOM.path("again.pst")], check=True)
    with open(listed, encoding="utf-8") as lines:
        return path, [json.loads(line) for line in lines]


def judge_made(version):
    path, rows = manifest("small", "--version", version, "--embed-every", "7", "--embed-depth", "3")
    with Exported(path) as out:
        files = out.files(".eml")
        wanted = {row["nid"]: row for row in rows if not row["associated"]}
        tap.expect_equal((out.done.code, len(files)), (0, len(wanted)), "exit code and files")
        for name in files:
            judge_python(name)
            row = wanted[int(name.rsplit(" 0x", 1)[1][:-4], 16)]
            message = parse(stores.read(name))
            tap.expect_equal(str(message["Subject"]), row["subject"], name)
            tap.expect_equal(attachments_of(message),
                             sorted((a["name"], a["size"], a["crc"]) for a in row["attachments"]), name)
            inner = [part for part in message.walk() if part.get_content_type() == "message/rfc822"]
            if row["embedded"]:
                tap.expect_equal(str(inner[0].get_content()["Subject"]), row["embedded"], f"{name}: inside")
        judge_perl(files)


for number in VERSIONS:
    SUITE.add(f"made store of version {number}: every message with its subject, attachments and messages inside",
              lambda number=number: judge_made(number))


@SUITE.case("the same store gives the same files, byte for byte")
def same():
    path = ROOM.make("small")
    with Exported(path) as one, Exported(path) as two:
        read = [[(name[len(out.folder):], stores.read(name)) for name in out.files()] for out in (one, two)]
        tap.expect(read[0] == read[1], "two exports differ")


@SUITE.case("mbox: as many messages as in .eml files, and the same; lines of bodies are no lines between")
def mbox():
    import mailbox
    path = ROOM.make("small")
    with Exported(path) as single, Exported(path, "--format", "mbox") as boxes:
        wanted = sorted(str(parse(stores.read(name))["Subject"]) for name in single.files(".eml"))
        found = []
        for name in boxes.files(".mbox"):
            for message in mailbox.mbox(name, create=False):
                found.append(str(parse(message.as_bytes())["Subject"]))
        tap.expect_equal(sorted(found), wanted, "subjects")


@SUITE.case("maildir: read messages in cur, others in new")
def maildir():
    import mailbox
    path = ROOM.make("small")
    with Exported(path, "--format", "maildir") as out:
        n = 0
        for root, names, _ in os.walk(out.folder):
            if "cur" in names:
                for message in mailbox.Maildir(root, create=False):
                    tap.expect(("S" in message.get_flags()) == (message.get_subdir() == "cur"), root)
                    n += 1
        tap.expect_equal(n, out.facts()["messages"], "messages")


def lines_of(out):
    """Every line of an export as JSON, folders first in each file."""
    found = []
    for name in out.files(".jsonl"):
        lines = stores.read(name).decode().split("\n")
        tap.expect_equal(lines[-1], "", f"{name}: the last line's end")
        rows = [json.loads(line) for line in lines[:-1]]
        tap.expect_equal([row["kind"] for row in rows].count("folder"), 1, f"{name}: folder lines")
        tap.expect_equal((rows[0]["kind"], rows[0]["schema"]), ("folder", "postmend-items/1"), name)
        found += rows[1:]
    return found


def value_of(properties, number):
    """The value of a property as Python has it, or None."""
    for one in properties:
        if int(one["id"], 16) == number:
            return base64.b64decode(one["base64"]) if "base64" in one else one.get("value")
    return None


@SUITE.case("json: every message with its subject, the bytes of attachments, and messages inside")
def json_lines():
    for version in VERSIONS:
        path, rows = manifest("small", "--version", version, "--embed-every", "7", "--embed-depth", "3")
        with Exported(path, "--format", "json", "--associated") as out:
            wanted = {row["nid"]: row for row in rows}
            found = {int(row["node"], 16): row for row in lines_of(out)}
            tap.expect_equal((out.done.code, sorted(found)), (0, sorted(wanted)), "exit code and nodes")
            for nid, item in found.items():
                row = wanted[nid]
                subject = value_of(item["properties"], 0x37) or ""
                tap.expect_equal(subject[2:] if subject.startswith("\1") else subject, row["subject"], hex(nid))
                files = [one for one in item.get("attachments", []) if "message" not in one]
                tap.expect_equal(sorted(zlib.crc32(value_of(one["properties"], 0x3701)) for one in files),
                                 sorted(one["crc"] for one in row["attachments"]), hex(nid))
                inner = [one["message"] for one in item.get("attachments", []) if "message" in one]
                if row["embedded"]:
                    tap.expect(inner and inner[0]["properties"], f"{nid:x}: nothing inside")


@SUITE.case("json: real stores give as many lines as they have messages and hidden items, and no value is lost")
def json_real():
    for path, row in stores.real():
        if not int(row["nbt_messages"] or 0):
            continue
        with Exported(path, "--format", "json", "--associated") as out:
            found = lines_of(out)
            tap.expect_equal(len(found), int(row["nbt_messages"]) + int(row["nbt_associated"]), path)
            tap.expect("\"lost\"" not in json.dumps(found), f"{path}: something is lost")


@SUITE.case("hidden items come when they are asked for")
def associated():
    path = ROOM.make("small")
    with Exported(path) as without, Exported(path, "--associated") as all_of_it:
        tap.expect(len(all_of_it.files()) > len(without.files()), "no more files")


@SUITE.case("a damaged message is written as far as it can be read, and told")
def damaged():
    data = bytearray(stores.read(ROOM.make("small", "--cipher", "none")))
    at = data.find(b"<html>")
    data[at:at + 6] = b"<HTML>"
    with Exported(ROOM.write("damaged.pst", bytes(data))) as out:
        tap.expect_equal(out.done.code, 4, "exit code")
        tap.expect(out.facts()["incomplete"] >= 1, str(out.facts()))
        tap.expect("item-export-incomplete" in {f["id"] for f in out.done.json()["findings"]}, "no finding")
        tap.expect_equal(len(out.files(".eml")), out.facts()["messages"], "files")


@SUITE.case("bad input: no output, an output that exists, an unknown format")
def bad_input():
    path = ROOM.make("minimal")
    tap.expect_equal(doctor.visit("store", "export", path).code, 16, "no output")
    tap.expect_equal(doctor.visit("store", "export", path, "--output", ROOM.folder.name).code, 16, "it exists")
    bad = doctor.visit("store", "export", path, "--output", ROOM.path("none"), "--format", "doc")
    tap.expect(bad.code == 16 and "maildir" in bad.err, str(bad))
    tap.expect(not os.path.exists(ROOM.path("none")), "something was written")


@SUITE.case("real stores: as many files as messages in the NBT, and no parser finds a fault")
def real():
    for path, row in stores.real():
        if not row["nbt_messages"] or not int(row["nbt_messages"] or 0):
            continue
        with Exported(path) as out:
            files = out.files(".eml")
            tap.expect_equal(len(files), int(row["nbt_messages"]), path)
            for name in files:
                judge_python(name)
            judge_perl(files)


def readpst(path, folder):
    """{Message-ID: [crc of attachments]} as libpst has it."""
    subprocess.run(["readpst", "-q", "-D", "-e", "-o", folder, path], capture_output=True, check=False)
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            if not name.endswith(".eml"):
                continue
            message = email.message_from_bytes(stores.read(os.path.join(root, name)))
            files = [part.get_payload(decode=True) for part in message.walk()
                     if part.get_content_disposition() in ("attachment", "inline") and part.get_filename()
                     and not part.is_multipart() and not OWN.fullmatch(part.get_filename())]
            if message["Message-ID"]:
                found.setdefault(message["Message-ID"].strip(), sorted(zlib.crc32(one or b"") for one in files))
    return found


@SUITE.case("Ctrl-C: exit 32, and as many messages are there as it says")
def interrupted():
    path = ROOM.make("small", "--messages", "20000")
    for form in ("eml", "json"):
        out, sent = ROOM.path(f"stopped-{form}"), []

        def watch(pid, out=out, sent=sent):
            if not sent and any(names for _, _, names in os.walk(out)):
                os.kill(pid, signal.SIGINT)
                sent.append(pid)

        done = doctor.visit("store", "export", path, "--output", out, "--format", form, "--json", watch=watch, limit=120)
        tap.expect(sent, "no signal was sent")
        tap.expect_equal(done.code & ~4, 32, str(done))
        document = done.json()
        written = document["facts"]["written"]
        tap.expect(document["cancelled"] and 0 < written < document["facts"]["messages"], str(done))
        files = [os.path.join(top, name) for top, _, names in os.walk(out) for name in names]
        if form == "eml":
            tap.expect_equal(len(files), written, "files")
        else:
            lines = [json.loads(line) for name in files for line in stores.read(name).decode().splitlines()]
            tap.expect_equal(sum(line["kind"] != "folder" for line in lines), written, "whole lines")


@SUITE.case("real stores: attachments of mail are those that libpst reads")
def real_against_readpst():
    if not shutil.which("readpst"):
        raise tap.Skip("readpst is not installed")
    compared = 0
    for path, row in stores.real():
        if not int(row["nbt_messages"] or 0):
            continue
        with Exported(path) as out, tempfile.TemporaryDirectory() as folder:
            theirs = readpst(path, folder)
            for name in out.files(".eml"):
                message = parse(stores.read(name))
                key = str(message["Message-ID"] or "").strip()
                if key not in theirs or any(p.get_content_type() == "message/rfc822" for p in message.walk()):
                    continue
                ours = sorted(zlib.crc32(part.get_payload(decode=True)) for part in message.walk()
                              if part.get_content_disposition() in ("attachment", "inline"))
                # Of reports libpst leaves out the part for machines.
                tap.expect(set(theirs[key]) <= set(ours), f"{name}: {theirs[key]} and {ours}")
                compared += ours == theirs[key]
    tap.expect(compared > 50, f"{compared} messages compared")


sys.exit(SUITE.run())
