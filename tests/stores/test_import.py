"""This file imports mail and items into new stores and asks for them back: by our own export, by libpff and libpst."""

import collections
import email
import email.policy
import filecmp
import json
import mailbox
import os
import shutil
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
VERSIONS = ("15", "23", "36")
LIBPFF = """
import hashlib, json, pypff, sys
def walk(folder):
    for i in range(folder.number_of_sub_messages):
        m = folder.get_sub_message(i)
        yield {"subject": m.subject, "from": m.sender_name, "text": (m.plain_text_body or b"").decode("utf-8", "replace"),
               "html": hashlib.sha256(m.html_body or b"").hexdigest() if m.html_body else None,
               "files": [hashlib.sha256(a.read_buffer(a.size) if a.size else b"").hexdigest()
                         for a in (m.get_attachment(k) for k in range(m.number_of_attachments))]}
    for i in range(folder.number_of_sub_folders):
        yield from walk(folder.get_sub_folder(i))
store = pypff.file()
store.open(sys.argv[1])
for one in walk(store.get_root_folder()):
    print(json.dumps(one))
"""


def run(*words, code=0):
    done = doctor.visit("store", *words, limit=120)
    tap.expect_equal(done.code, code, f"{words}: {done}")
    return done


def same_trees(one, other):
    """What differs between two folders."""
    found = []
    for top, _, names in os.walk(one):
        for name in names:
            path = os.path.join(top, name)
            twin = os.path.join(other, os.path.relpath(path, one))
            if not os.path.exists(twin) or not filecmp.cmp(path, twin, shallow=False):
                found.append(os.path.relpath(path, one))
    counts = [sum(len(names) for _, _, names in os.walk(tree)) for tree in (one, other)]
    return found, counts


def round_trip(path, form, *words):
    """Exports, imports, exports again: both exports are the same, byte for byte, and the new store is healthy."""
    with tempfile.TemporaryDirectory(prefix="postmend-import-") as room:
        one, two, new = (os.path.join(room, name) for name in ("one", "two", "new.pst"))
        first = doctor.visit("store", "export", path, "--output", one, "--format", form, *words, limit=120)
        if not os.path.isdir(one) or not any(names for _, _, names in os.walk(one)):
            return 0
        tap.expect(first.code in (0, 4), str(first))
        run("import", one, "--output", new)
        run("check", new)
        run("export", new, "--output", two, "--format", form, *words)
        found, counts = same_trees(one, two)
        tap.expect_equal((found[:3], counts[0]), ([], counts[1]), f"{path} as {form}")
        return counts[0]


def of_made(form, *words):
    for version in VERSIONS:
        path = ROOM.make("small", "--version", version, "--embed-every", "7", "--embed-depth", "3")
        tap.expect(round_trip(path, form, *words) > 0, "nothing was exported")


def of_real(form, *words):
    wanted = sum(1 for _, row in stores.real() if int(row["nbt_messages"] or 0))
    tried = sum(1 for path, _ in stores.real() if round_trip(path, form, *words))
    tap.expect(tried >= wanted - 2, f"{tried} stores of {wanted} went out and in")


SUITE.add("made stores: json out, in and out again is the same", lambda: of_made("json", "--associated"))
SUITE.add("made stores: eml out, in and out again is the same", lambda: of_made("eml"))
SUITE.add("real stores: json out, in and out again is the same", lambda: of_real("json", "--associated"))
SUITE.add("real stores: eml out, in and out again is the same", lambda: of_real("eml"))


def imported(*paths, code=0):
    """(facts, findings, path of the new store)."""
    out = ROOM.path(f"new-{len(os.listdir(ROOM.folder.name))}.pst")
    done = run("import", *paths, "--output", out, "--json", code=code)
    run("check", out)
    return done.json()["facts"], done.json()["findings"], out


def by_libpff(path):
    done = subprocess.run(["/usr/bin/python3", "-c", LIBPFF, path], capture_output=True, text=True, check=False)
    if "No module named" in done.stderr:
        raise tap.Skip("LIBPFF IS NOT INSTALLED: one reader less has looked")
    tap.expect_equal(done.returncode, 0, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def exported(path, form="eml"):
    folder = tempfile.mkdtemp(prefix="export-", dir=ROOM.folder.name)
    run("export", path, "--output", os.path.join(folder, "out"), "--format", form)
    return sorted(os.path.join(top, name) for top, _, names in os.walk(folder) for name in names
                  if not name.endswith((".ics", ".vcf")))


def text_of(message):
    """The plain text that is shown first, with blanks and line ends made one."""
    part = message.get_body(("plain",)) if message.get_content_type() != "message/rfc822" else None
    if part is None or part.get_content_maintype() != "text":
        return ""
    return " ".join(part.get_content().split())


def files_of(message):
    """CRCs of the files of a message and of those inside it."""
    return sorted(zlib.crc32(part.get_payload(decode=True) or b"") for part in message.walk()
                  if not part.is_multipart() and part.get_filename())


def parse(data):
    return email.message_from_bytes(data, policy=email.policy.default)


# Messages of each file, and how many of them Python's parser reads as they are meant.
BOXES = {"complex2": 3, "content-length": 29, "from_colon_in_body": 1, "from_contrived": 2, "from_in_body": 1,
         "issue1189": 4, "multiline": 1, "quoted": 1, "simple": 3, "testMBOX_complex": 1, "unmunged": 2}


@SUITE.case("real mailboxes: every message, its subject, files and text; defects are told")
def boxes():
    defects = 0
    for name, wanted in BOXES.items():
        path = stores.shared("mbox", name + ".mbox")
        facts, findings, new = imported(path)
        tap.expect_equal((facts["messages"], facts["incomplete"], facts["skipped"]), (wanted, 0, 0), name)
        defects += facts["defects"]
        tap.expect_equal(bool(facts["defects"]), "item-import-defect" in {f["id"] for f in findings}, name)
        if len(mailbox.mbox(path, create=False)) != wanted:
            continue
        theirs = [parse(message.as_bytes()) for message in mailbox.mbox(path, create=False)]
        ours = [parse(stores.read(one)) for one in exported(new)]
        tap.expect_equal(collections.Counter(str(m["Subject"] or "").strip() for m in ours),
                         collections.Counter(str(m["Subject"] or "").strip() for m in theirs), f"{name}: subjects")
        if name in ("content-length", "complex2", "issue1189", "testMBOX_complex"):
            mine = collections.Counter(crc for m in ours for crc in files_of(m))
            for crc, n in collections.Counter(crc for m in theirs for crc in files_of(m)).items():
                tap.expect(mine[crc] >= n, f"{name}: a file of CRC {crc:x} is missing")
    tap.expect(defects > 0, "no defect was told")


LETTER = b"""Return-Path: <x@example.org>\r
Received: from a by b; Wed, 12 May 2021 09:31:00 +0200\r
From: =?utf-8?Q?J=C3=BCrgen_M?= <j@example.org>\r
To: Ann <ann@example.org>, "B, Bob" <bob@example.org>\r
Cc: c@example.org\r
Subject: =?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?B?8J+YgA==?=\r
Date: Wed, 12 May 2021 09:30:05 +0200\r
Message-ID: <1@example.org>\r
Importance: high\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=m\r
\r
--m\r
Content-Type: multipart/alternative; boundary=a\r
\r
--a\r
Content-Type: text/plain; charset=windows-1251\r
Content-Transfer-Encoding: 8bit\r
\r
\xcf\xf0\xe8\xe2\xe5\xf2\r
--a\r
Content-Type: multipart/related; boundary=r\r
\r
--r\r
Content-Type: text/html; charset=iso-8859-1\r
Content-Transfer-Encoding: quoted-printable\r
\r
<p>Gr=FC=DFe <img src=3D"cid:pic"></p>\r
--r\r
Content-Type: image/png; name=p.png\r
Content-ID: <pic>\r
Content-Disposition: inline; filename=p.png\r
Content-Transfer-Encoding: base64\r
\r
iVBORw0KGgo=\r
--r--\r
--a--\r
--m\r
Content-Type: application/pdf\r
Content-Disposition: attachment; filename*0*=utf-8''Rechnung%20f%C3%BC; filename*1=r.pdf\r
Content-Transfer-Encoding: base64\r
\r
JVBERi0xLjQK\r
--m\r
Content-Type: message/rfc822\r
\r
From: in@example.org\r
Subject: inside\r
\r
the inner text\r
--m--\r
"""


@SUITE.case("one letter: names, people, dates, text and HTML in their code pages, files and a letter inside")
def letter():
    source = ROOM.write("letter.eml", LETTER)
    facts, _, new = imported(source)
    tap.expect_equal((facts["messages"], facts["defects"]), (1, 0), str(facts))
    item = json.loads(stores.read(exported(new, "json")[0]).decode().split("\n")[1])
    values = {one["id"]: one.get("value", one.get("base64")) for one in item["properties"]}
    wanted = {"0x0037": "Grüße😀", "0x0042": "Jürgen M", "0x0065": "j@example.org", "0x0039": "2021-05-12T07:30:05.0000000Z",
              "0x0E06": "2021-05-12T07:31:00.0000000Z", "0x1035": "<1@example.org>", "0x0017": 2, "0x1000": "Привет",
              "0x3FDE": 28591, "0x0E04": "Ann; B, Bob", "0x0E03": "c@example.org", "0x0E07": 17}
    tap.expect_equal({key: values.get(key) for key in wanted}, wanted, "properties")
    tap.expect_equal(len(item["recipients"]), 3, "recipients")
    names = [{one["id"]: one.get("value") for one in part["properties"]} for part in item["attachments"]]
    tap.expect_equal([part.get("0x3707") for part in names], ["p.png", "Rechnung für.pdf", None], "files")
    tap.expect_equal([part.get("0x3714") for part in names], [4, None, None], "which are shown in the text")
    inner = {one["id"]: one.get("value") for one in item["attachments"][2]["message"]["properties"]}
    tap.expect_equal((inner["0x0037"], inner["0x1000"]), ("inside", "the inner text"), "the letter inside")
    out = parse(stores.read(exported(new)[0]))
    tap.expect_equal(out.get_body(("html",)).get_content().strip(), '<p>Grüße <img src="cid:pic"></p>', "HTML")


def plain(text):
    """Text as libpff has it, which takes characters beyond 16 bits for others."""
    return "".join(c if ord(c) < 0x10000 else "?" for c in " ".join(text.split()))


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
METHOD:PUBLISH
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:abc@example.org
DTSTAMP:20240101T120000Z
DTSTART;TZID=Europe/Berlin:20240304T090000
DTEND;TZID=Europe/Berlin:20240304T093000
RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20240501T215959Z
EXDATE;TZID=Europe/Berlin:20240313T090000
SUMMARY:Stand-up\\, täglich
LOCATION:Raum 5
ORGANIZER;CN=Ann:mailto:ann@example.org
ATTENDEE;PARTSTAT=ACCEPTED;CN=Bob:mailto:bob@example.org
BEGIN:VALARM
TRIGGER:-PT30M
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:abc@example.org
RECURRENCE-ID;TZID=Europe/Berlin:20240320T090000
DTSTART;TZID=Europe/Berlin:20240320T110000
DTEND;TZID=Europe/Berlin:20240320T113000
SUMMARY:later
END:VEVENT
BEGIN:VEVENT
UID:day
DTSTART;VALUE=DATE:20240704
DTEND;VALUE=DATE:20240705
SUMMARY:Holiday
END:VEVENT
BEGIN:VTODO
UID:todo
DUE;VALUE=DATE:20240801
SUMMARY:Tax
STATUS:IN-PROCESS
PERCENT-COMPLETE:40
END:VTODO
END:VCALENDAR
""".replace("\n", "\r\n").encode()
CARD = (b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=BCrgen;;;\r\n"
        b"FN:J\xfcrgen M\xfcller\r\nTEL;WORK;VOICE:123\r\nTEL;CELL:456\r\nEMAIL;INTERNET:j@example.org\r\n"
        b"ADR;WORK;ENCODING=QUOTED-PRINTABLE:;;Weg=0D=0A=\r\n2;K=C3=B6ln;;50667;DE\r\nNOTE:x\r\nEND:VCARD\r\n"
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zwei\r\nN:;Zwei;;;\r\nitem1.EMAIL;type=INTERNET:z@example.org\r\nEND:VCARD\r\n")


def cards_of(path):
    """What an export of a store writes for calendars and address books, by the first line of its name."""
    folder = tempfile.mkdtemp(prefix="export-", dir=ROOM.folder.name)
    run("export", path, "--output", os.path.join(folder, "out"))
    return {name.split(" ")[0].rstrip(","): stores.read(os.path.join(top, name)).decode().replace("\r\n ", "").split("\r\n")
            for top, _, names in os.walk(folder) for name in names if name.endswith((".ics", ".vcf"))}


@SUITE.case("calendars and address cards of other programs become appointments, tasks and contacts")
def cards():
    calendar, card = ROOM.write("cal.ics", CALENDAR), ROOM.write("people.vcf", CARD)
    facts, _, new = imported(calendar, card)
    tap.expect_equal((facts["messages"], facts["incomplete"], facts["skipped"]), (5, 0, 0), str(facts))
    wanted = {
        "Stand-up": ['DTSTART;TZID="Europe/Berlin":20240304T090000', "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20240501T070000Z",
                     'EXDATE;TZID="Europe/Berlin":20240313T090000', "SUMMARY:Stand-up\\, täglich", "LOCATION:Raum 5",
                     'RECURRENCE-ID;TZID="Europe/Berlin":20240320T090000', "SUMMARY:later", "TRIGGER:-PT30M",
                     'ORGANIZER;CN="Ann":mailto:ann@example.org', "UID:abc@example.org",
                     'ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN="Bob":mailto:bob@example.org'],
        "Holiday": ["DTSTART;VALUE=DATE:20240704", "DTEND;VALUE=DATE:20240705"],
        "Tax": ["DUE;VALUE=DATE:20240801", "STATUS:IN-PROCESS", "PERCENT-COMPLETE:40"],
        "Jürgen": ["FN:Jürgen Müller", "N:Müller;Jürgen;;;", "TEL;TYPE=WORK,VOICE:123", "TEL;TYPE=CELL,VOICE:456",
                   "ADR;TYPE=WORK:;;Weg\\n2;Köln;;50667;DE", "NOTE:x"],
        "Zwei": ["N:;Zwei;;;", "EMAIL;TYPE=INTERNET:z@example.org"],
    }
    found = cards_of(new)
    tap.expect_equal(sorted(found), sorted(wanted), "items")
    for name, lines in wanted.items():
        tap.expect_equal([line for line in lines if line not in found[name]], [], f"{name}: {found[name]}")


@SUITE.case("what of a calendar or a card has no place in an item is told, and nothing is made of what is none")
def cards_lost():
    head, tail = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:a\r\n", b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    start = b"DTSTART:20240304T090000Z\r\n"
    rows = (("good", head + start + tail, 1, 0), ("no start", head + tail, 0, 4),
            ("a file", head + start + b"ATTACH:http://a.example/\r\n" + tail, 1, 4),
            ("hours", head + start + b"RRULE:FREQ=HOURLY\r\n" + tail, 1, 4), ("cut", head + start, 1, 4),
            ("a photograph", b"BEGIN:VCARD\r\nFN:a\r\nPHOTO:x\r\nEND:VCARD\r\n", 1, 4),
            ("four addresses", b"BEGIN:VCARD\r\nFN:a\r\n" + b"EMAIL:a@b.c\r\n" * 4 + b"END:VCARD\r\n", 1, 4))
    for name, text, messages, code in rows:
        path = ROOM.write(f"{name}.ics", text)
        facts, findings, _ = imported(path, code=code)
        tap.expect_equal(facts["messages"], messages, name)
        tap.expect_equal("item-import-incomplete" in {one["id"] for one in findings}, code == 4, name)


@SUITE.case("what libpff and libpst read of imported mail is what was in it")
def readers():
    path = ROOM.make("small", "--version", "23")
    out = os.path.join(tempfile.mkdtemp(dir=ROOM.folder.name), "out")
    run("export", path, "--output", out)
    _, _, new = imported(out)
    wanted = collections.Counter()
    for top, _, names in os.walk(out):
        for name in names:
            if not name.endswith(".eml"):
                continue
            message = parse(stores.read(os.path.join(top, name)))
            wanted[(plain(str(message["Subject"])), plain(text_of(message)))] += 1
    found = collections.Counter((plain(one["subject"] or ""), plain(one["text"])) for one in by_libpff(new))
    tap.expect_equal(sum(found.values()), sum(wanted.values()), "messages for libpff")
    tap.expect_equal(collections.Counter(key[0] for key in found.elements()),
                     collections.Counter(key[0] for key in wanted.elements()), "subjects for libpff")
    same = sum((found & wanted).values())
    tap.expect(same >= sum(wanted.values()) * 0.95, f"{same} of {sum(wanted.values())} texts are the same for libpff")
    if shutil.which("readpst"):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["readpst", "-q", "-D", "-e", "-t", "e", "-o", folder, new], capture_output=True, check=False)
            n = sum(len(names) for _, _, names in os.walk(folder))
            tap.expect(n >= sum(wanted.values()) * 0.9, f"libpst wrote {n} files of {sum(wanted.values())}")


@SUITE.case("maildir: folders and flags; what is no mail is told")
def maildir():
    top = tempfile.mkdtemp(dir=ROOM.folder.name)
    box = mailbox.Maildir(os.path.join(top, "box"))
    sub = box.add_folder("Work.2021")
    for where, flags in ((box, "S"), (box, ""), (sub, "FRS")):
        message = mailbox.MaildirMessage(b"Subject: " + flags.encode() + b"x\n\nhi\n")
        message.set_flags(flags)
        message.set_subdir("cur" if flags else "new")
        where.add(message)
    facts, _, new = imported(os.path.join(top, "box"))
    tap.expect_equal(facts["messages"], 3, str(facts))
    found = {}
    for name in exported(new, "json"):
        folder, *lines = [json.loads(line) for line in stores.read(name).decode().splitlines()]
        for line in lines:
            values = {one["id"]: one.get("value") for one in line["properties"]}
            found[values["0x0037"]] = ("/".join(step["name"] for step in folder["path"][1:]), values["0x0E07"] & 1,
                                       values.get("0x1090"))
    tap.expect_equal(found, {"Sx": ("Imported", 1, None), "x": ("Imported", 0, None), "FRSx": ("Work/2021", 1, 2)},
                     "folders and flags")
    other = ROOM.write("picture.png", b"\x89PNG\r\n\x1a\n")
    letter_path = ROOM.write("plain.eml", b"Subject: a\r\n\r\nb\r\n")
    facts, findings, _ = imported(other, letter_path, code=4)
    tap.expect_equal((facts["skipped"], facts["messages"]), (1, 1), str(facts))
    tap.expect("item-import-incomplete" in {f["id"] for f in findings}, "not told")


@SUITE.case("lines of JSON that are cut or no JSON: the rest is taken, and what is missing is told")
def bad_lines():
    path = ROOM.make("small")
    out = os.path.join(tempfile.mkdtemp(dir=ROOM.folder.name), "out")
    run("export", path, "--output", out, "--format", "json")
    name = next(os.path.join(top, names[0]) for top, _, names in os.walk(out) if names)
    data = stores.read(name)
    lines = data.split(b"\n")
    lines[1] = lines[1][:len(lines[1]) // 2]
    broken = ROOM.write("broken.jsonl", b"\n".join(lines[:3]) + b"\nno json\n")
    target = ROOM.path("broken.pst")
    done = run("import", broken, "--output", target, "--json", code=4)
    tap.expect(done.json()["facts"]["incomplete"] >= 2, str(done.json()["facts"]))
    tap.expect(doctor.visit("store", "check", target).code in (0, 4), "the store cannot be read")


@SUITE.case("bad input: nothing to read, no output, an output that exists")
def bad_input():
    tap.expect_equal(doctor.visit("store", "import", "--output", ROOM.path("a.pst")).code, 16, "no path")
    mail = ROOM.write("m.eml", b"Subject: a\r\n\r\nb\r\n")
    tap.expect_equal(doctor.visit("store", "import", mail).code, 16, "no output")
    tap.expect_equal(doctor.visit("store", "import", mail, "--output", mail).code, 16, "it exists")
    tap.expect_equal(doctor.visit("store", "import", ROOM.path("none"), "--output", ROOM.path("b.pst")).code, 8, "no such path")
    tap.expect(not os.path.exists(ROOM.path("b.pst")), "something was written")


sys.exit(SUITE.run())
