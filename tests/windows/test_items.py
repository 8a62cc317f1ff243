"""This file tests that postmend.exe, under Wine, exports, imports, converts and mends single items as the Linux program does."""

import hashlib
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import stores
import tap
import wine

SUITE = tap.Suite()
stores.MAKER = os.path.join(os.path.dirname(wine.LINUX), "tests", "makers", "store-maker")
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)
EXE = wine.program(SUITE)
TROUBLES = ("minimal", "--version", "15", "--troubles", "yes")
CHANGES = [("outbox", "--release", "all"), ("receipts", "--remove", "all"), ("duplicates", "--move-to", "Set aside \u0416"),
           ("duplicates", "--remove", "--keep", "newest"), ("rules", "--disable", "all"), ("rules", "--set-aside", "all")]
LISTS = ["outbox", "receipts", "duplicates", "rules"]


def ask(program, *words):
    if not os.path.exists(program):
        raise tap.Skip("build/postmend is not built")
    doctor.PROGRAM = program
    return doctor.visit("store", *words, limit=240)


def document(done):
    out = done.json()
    del out["elapsed_ms"]
    return done.code, out


def digests(folder):
    """Every file with its content, and every folder."""
    found = {}
    for top, folders, names in os.walk(folder):
        for name in folders:
            found[os.path.relpath(os.path.join(top, name), folder)] = None
        for name in names:
            path = os.path.join(top, name)
            # No name has a colon on Windows, where Maildirs have a semicolon.
            found[os.path.relpath(path, folder).replace(";2,", ":2,")] = hashlib.sha256(stores.read(path)).hexdigest()
    return found


def exported(program, path, *words):
    out = ROOM.path("exported")
    shutil.rmtree(out, ignore_errors=True)
    done = ask(program, "export", path, "--output", out, "--json", *words)
    return document(done), digests(out)


def same_export(path, *words):
    here, there = exported(wine.LINUX, path, *words), exported(EXE, path, *words)
    tap.expect_equal(there[0], here[0], f"what Windows says of {path}")
    tap.expect(there[1] == here[1], f"other files: {sorted(set(there[1].items()) ^ set(here[1].items()))[:6]}")
    return here[1]


REAL = {"java-libpst--dist-list.pst", "pst-extractor--contacts.pst", "PstReader--four_nesting_levels.pst"}


def export_as(form):
    paths = [ROOM.make("rich"), ROOM.make(*TROUBLES)] + [path for path, _ in stores.real() if os.path.basename(path) in REAL]
    tap.comment(f"{len(paths)} stores, {sum(len(same_export(path, '--format', form)) for path in paths)} files and folders")


for name in ("eml", "json"):
    SUITE.case(f"stores exported as {name}: the same files, byte for byte")(lambda name=name: export_as(name))


@SUITE.case("exported as mbox and as Maildir: the same files, byte for byte")
def other_forms():
    for form in ("mbox", "maildir"):
        tap.expect(same_export(ROOM.make("rich"), "--format", form), f"no files as {form}")


def news():
    return sorted(name for name in os.listdir(ROOM.folder.name) if name.startswith("new"))


def written(program, command, source, *words):
    """What it says, and the bytes of the new stores."""
    for old in news():
        os.unlink(ROOM.path(old))
    done = ask(program, command, source, "--output", ROOM.path("new.pst"), "--json", *words)
    return slashes(document(done)), {name: stores.read(ROOM.path(name)) for name in news()}


def slashes(what):
    """Paths below what was asked for have the system's own separators."""
    if isinstance(what, str):
        return what.replace("\\", "/") if ROOM.folder.name in what else what
    if isinstance(what, dict):
        return {name: slashes(one) for name, one in what.items()}
    return type(what)(map(slashes, what)) if isinstance(what, (list, tuple)) else what


def where_differs(one, other):
    """Ranges of a few bytes that are not the same: a key that is drawn is 16 bytes, some of them equal by chance."""
    return {at // 32 for at in range(0, len(one), 32) if one[at:at + 32] != other[at:at + 32]}


def same_written(command, source, *words):
    """A new store gets a key that is drawn: other bytes than on Linux may stand where two runs there differ too."""
    here, again, there = (written(program, command, source, *words) for program in (wine.LINUX, wine.LINUX, EXE))
    tap.expect_equal(there[0], here[0], f"what Windows says of {source}")
    tap.expect_equal({name: len(data) for name, data in there[1].items()}, {name: len(data) for name, data in here[1].items()},
                     "sizes")
    tap.expect(here[1], f"no store: {here[0]}")
    for name, data in here[1].items():
        may = where_differs(data, again[1][name])
        more = {i for i in where_differs(data, there[1][name]) if not {i - 1, i, i + 1} & may}
        tap.expect(not more, f"{len(more)} places of {name} differ from Linux, {len(may)} from one run to the next: {sorted(more)[:9]}")


@SUITE.case("imported from what export wrote: the same stores")
def imported():
    for form in ("eml", "mbox", "json"):
        out = ROOM.path("mail-" + form)
        tap.expect(ask(wine.LINUX, "export", ROOM.make(*TROUBLES), "--output", out, "--format", form).code in (0, 4), form)
        same_written("import", out)


@SUITE.case("converted, whole and in parts: the same stores")
def converted():
    for words in (("small", "--version", "14"), ("small", "--version", "15", "--cipher", "cyclic"),
                  ("small", "--version", "36", "--compress", "yes")):
        same_written("convert", ROOM.make(*words))
    same_written("convert", ROOM.make("deep"), "--split", "1m")


@SUITE.case("lists of a store with troubles: the same documents")
def lists():
    path = ROOM.make(*TROUBLES)
    for one in LISTS:
        here, there = (document(ask(program, one, path, "--json")) for program in (wine.LINUX, EXE))
        tap.expect_equal(there, here, one)
        tap.expect(here[1]["facts"]["items"], f"nothing is listed: {one}")


def change(words):
    path = ROOM.path("patient.pst")
    before, found = stores.read(ROOM.make(*TROUBLES)), []
    for program in (wine.LINUX, EXE):
        ROOM.write("patient.pst", before)
        done = ask(program, words[0], path, *words[1:], "--json")
        tap.expect(done.code & 1 and not done.code & ~5, str(done))
        found.append((document(done), stores.read(path)))
    tap.expect_equal(found[1][0], found[0][0], "what Windows says")
    tap.expect(found[1][1] == found[0][1], "other bytes than on Linux")
    tap.expect(found[1][1] != before, "nothing was changed")
    done = ask(EXE, words[0], path, *words[1:], "--json")
    tap.expect(not done.code & 1 and stores.read(path) == found[1][1], f"not silent the second time: {done}")
    done = ask(EXE, "undo", path, "--json")
    tap.expect_equal((done.code, stores.read(path) == before), (0, True), str(done))


for line in CHANGES:
    SUITE.case(f"store {' '.join(line)}: the same bytes as on Linux, silent the second time, taken back")(
        lambda line=line: change(line))


@SUITE.case("rules as a file, and read from it: the same")
def rules_file():
    out, found = ROOM.path("out.rwz"), []
    for program in (wine.LINUX, EXE):
        if os.path.exists(out):
            os.unlink(out)
        done = ask(program, "rules", ROOM.make(*TROUBLES), "--export", out, "--json")
        found.append((document(done), stores.read(out)))
    tap.expect_equal(found[1], found[0], "the file of rules")
    here, there = (document(ask(program, "rules", out, "--json")) for program in (wine.LINUX, EXE))
    tap.expect_equal(there, here, "what is read from it")


@SUITE.case("names that Windows does not take become the same names on both")
def names():
    mail = ROOM.path("mail")
    os.makedirs(mail)
    for i, subject in enumerate(("CON", "a:b?c*d", "..\\..\\up", "x" * 300, "\u202eevil", "nul.txt", "end. ", "\u4e2d\u0416")):
        with open(os.path.join(mail, f"{i}.eml"), "wb") as file:
            file.write(f"From: anna@example.org\r\nSubject: {subject}\r\nDate: Mon, 1 Jun 2026 10:00:0{i} +0000\r\n"
                       f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nText {i}\r\n".encode())
    new = ROOM.path("names.pst")
    tap.expect_equal(ask(wine.LINUX, "import", mail, "--output", new).code, 0, "import")
    files = same_export(new, "--format", "eml")
    tap.expect_equal(len([one for one in files.values() if one]), 8, str(files))


if __name__ == "__main__":
    sys.exit(SUITE.run())
