"""This file has postmend.exe find planted add-ins in the live registry: in how many starts, and what is there afterwards."""

import math
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import tap
import wine

SUITE = tap.Suite()
doctor.PROGRAM = wine.program(SUITE)
STAND_IN = os.path.join(wine.BUILD, "tests", "windows", "stand-in.exe")
OFFICE = "HKCU\\Software\\Microsoft\\Office"
ADDINS = OFFICE + "\\Outlook\\Addins"
# Of these the search must know nothing: they do not load at the start.
OTHERS = {"Off.AddIn": 2, "Late.AddIn": 9}
NONE = "none"


def reg(*words):
    done = subprocess.run([wine.WRAPPER, "reg", *words], capture_output=True, text=True)
    tap.expect_equal(done.returncode, 0, f"reg {words}: {done.stdout}{done.stderr}")


def clean():
    subprocess.run([wine.WRAPPER, "reg", "delete", OFFICE, "/f"], capture_output=True)


SUITE.at_end.append(clean)


class Patient:
    """Add-ins of this user in the live registry, made by reg.exe, and an Outlook that fails with one of them."""

    def __init__(self, n, bad=NONE, silent=NONE, dies=0, quote=False):
        self.place = tempfile.mkdtemp(prefix="postmend-bisect-")
        SUITE.at_end.append(lambda: shutil.rmtree(self.place, ignore_errors=True))
        self.names = [f"Maker{i:02d}.AddIn" for i in range(n)]
        self.log = os.path.join(self.place, "starts of Outlook" if quote else "starts")
        key = ADDINS.replace("HKCU", "HKEY_CURRENT_USER")
        text = f"Windows Registry Editor Version 5.00\r\n\r\n[-{key}]\r\n"
        for name, number in {**{name: 3 for name in self.names}, **OTHERS}.items():
            text += f"\r\n[{key}\\{name}]\r\n\"LoadBehavior\"=dword:{number:08x}\r\n\"FriendlyName\"=\"The {name}\"\r\n"
        path = os.path.join(self.place, "addins.reg")
        with open(path, "wb") as file:
            file.write(b"\xff\xfe" + text.encode("utf-16-le"))
        reg("import", path)
        self.before = self.exported()
        program, log = STAND_IN, "Z:" + self.log.replace("/", "\\")
        if quote:
            program = shutil.copy(STAND_IN, os.path.join(self.place, "an Outlook.exe"))
        self.command = f'"Z:{program}" outlook "{log}" {bad} {silent} {dies}'.replace("/", "\\")

    def exported(self):
        path = os.path.join(self.place, "exported.reg")
        reg("export", ADDINS, path, "/y")
        with open(path, "rb") as file:
            return file.read()

    def starts(self):
        with open(self.log, encoding="ascii") as file:
            return [line.split() for line in file]

    def search(self, code):
        done = doctor.visit("profile", "add-ins", "bisect", "--command", self.command, "--json", limit=120)
        tap.expect_equal(done.code, code, str(done))
        return done

    def expect_culprit(self, done, name, n_starts):
        found = done.json()
        tap.expect_equal((found["facts"]["bisect"]["culprit"], found["causes"]), (name, ["addin-breaks-outlook"]), str(done))
        starts = self.starts()
        tap.expect(starts[0] == [] and len(starts) <= n_starts, f"{len(starts)} starts, {n_starts} may be: {starts}")
        tap.expect_equal(self.exported(), self.before, "the registry afterwards")
        tap.comment(f"{len(self.names)} add-ins, {len(starts)} starts, {done.seconds:.1f} s")


def bound(n):
    return 1 + math.ceil(math.log2(n))


@SUITE.case("the culprit of 1, 2 and 9 add-ins in 1 + ceil(log2 n) starts; the registry as before")
def finds():
    for n, culprit in ((1, 0), (2, 1), (9, 6)):
        patient = Patient(n, bad=f"Maker{culprit:02d}.AddIn")
        patient.expect_culprit(patient.search(4), patient.names[culprit], bound(n))


@SUITE.case("a command with blanks in its path and in its words")
def quoted():
    patient = Patient(3, bad="Maker01.AddIn", quote=True)
    patient.expect_culprit(patient.search(4), "Maker01.AddIn", bound(3))


@SUITE.case("none is to blame; a start that cannot be told is made again")
def others():
    patient = Patient(4)
    patient.command = "exit 1"
    found = patient.search(4).json()
    tap.expect_equal((found["causes"], len(found["facts"]["bisect"]["starts"])), (["addin-none-to-blame"], 1), "always bad")
    tap.expect_equal(patient.exported(), patient.before, "the registry afterwards")
    patient = Patient(5, bad="Maker04.AddIn", silent="Maker01.AddIn")
    patient.expect_culprit(patient.search(4), "Maker04.AddIn", 4 * bound(5))


@SUITE.case("ended in a start: the next run puts the registry back, goes on where it was, and finds it")
def ended():
    patient = Patient(4, bad="Maker02.AddIn", dies=2)
    doctor.visit("profile", "add-ins", "bisect", "--command", patient.command, "--json", home=patient.place, limit=120)
    tap.expect(patient.exported() != patient.before, "nothing was switched off when it was ended")
    again = doctor.visit("profile", "add-ins", "bisect", "--command", patient.command, "--json", home=patient.place, limit=120)
    # The start in which it was ended is made again.
    patient.expect_culprit(again, "Maker02.AddIn", bound(4) + 1)


@SUITE.case("without add-ins: said in one line")
def nothing():
    clean()
    done = doctor.visit("profile", "add-ins", "bisect", "--command", "exit 0", "--json", limit=60)
    tap.expect(done.code == 16 and "no add-in" in done.err and done.err.count("\n") == 1, str(done))


sys.exit(SUITE.run())
