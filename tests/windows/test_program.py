"""This file tests postmend.exe under Wine as its users run it: words, output, versions, and servers on both sides."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import lab
import tap
import wine

SUITE = tap.Suite()
LINUX = wine.LINUX
doctor.PROGRAM = wine.program(SUITE)
ROOM = os.path.dirname(doctor.PROGRAM)
START_SECONDS = 0.2


@SUITE.case("the version names the libraries, line by line")
def version():
    done = doctor.visit("--version")
    tap.expect(done.code == 0 and "OpenSSL" in done.out, str(done))
    tap.expect("\r" not in done.out, f"output is not as it was written: {done.out!r}")


@SUITE.case("it starts in 0.2 s, once Windows knows it")
def start():
    doctor.visit("--version")
    # Others are at work on this computer: what is judged is the processor's time, and what it takes undisturbed is told.
    runs = [wine.start("--version") for _ in range(10)]
    wall, processor = (min(column) for column in zip(*runs))
    tap.comment(f"{wall:.3f} s, {processor:.3f} s of the processor, the fastest of {len(runs)}")
    tap.expect(processor <= START_SECONDS, f"{processor:.3f} s of the processor")


@SUITE.case("words come in UTF-8 and go out so")
def words():
    done = doctor.visit("explain", "gr\u00fc\u00dfe \u0416 \u4e2d \U0001f4ec")
    tap.expect("gr\u00fc\u00dfe \u0416 \u4e2d \U0001f4ec" in " ".join((done.out + done.err).split()), str(done))


@SUITE.case("explain answers")
def explain():
    done = doctor.visit("explain", "0x800CCC0F")
    tap.expect(done.code == 0 and "IXP_E_CONNECTION_DROPPED" in done.out, str(done))


@SUITE.case("an old Windows is refused in one line")
def old():
    name = "postmend-on-windows-7.exe"
    shutil.copy(wine.EXE, os.path.join(ROOM, name))
    key = "HKCU\\Software\\Wine\\AppDefaults\\" + name
    subprocess.run([wine.WRAPPER, "reg", "add", key, "/v", "Version", "/d", "win7", "/f"], check=True, capture_output=True)
    done = subprocess.run([wine.WRAPPER, os.path.join(ROOM, name), "--version"], capture_output=True, text=True)
    tap.expect(done.returncode == 8 and done.stdout == "" and done.stderr.count("\n") == 1 and "1809" in done.stderr,
               f"exit {done.returncode}: {done.stdout}{done.stderr}")


@SUITE.case("a page is written where the path has foreign letters")
def page():
    path = os.path.join(ROOM, "S\u00e9ite \u0416.html")
    done = doctor.visit("settings", "anna@gmail.com", "--offline", "--html", path)
    tap.expect(done.code == 0 and os.path.exists(path), str(done))


def visit_lab(program):
    """A planted fault is the first cause, and the control beside it is healthy."""
    with lab.Lab(program, ["tls-certificate-expired@imaps", "tls-starttls-missing@smtp", "tcp-connection-reset@pop3"],
                 seconds=60) as it:
        for door in it.doors:
            done = doctor.visit("probe", door.url, "--json", "--ca-file", it.ca)
            tap.expect_equal(done.causes()[:1], [door.expect], str(done))
            doctor.expect_healthy(doctor.visit("probe", door.control, "--json", "--ca-file", it.ca))


@SUITE.case("faults of a Linux server are named")
def linux_lab():
    if not os.path.exists(LINUX):
        raise tap.Skip("build/postmend is not built")
    visit_lab(LINUX)


@SUITE.case("faults of its own practice server are named")
def own_lab():
    visit_lab(doctor.PROGRAM)


sys.exit(SUITE.run())
