"""This file tests postmend.exe under Wine as its users run it: words, output, versions, and servers on both sides."""

import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import lab
import tap

SOURCE, BUILD = os.environ["POSTMEND_SOURCE"], os.environ["POSTMEND_BUILD"]
WRAPPER = os.path.join(SOURCE, "tools", "run-in-wine")
EXE = os.path.join(BUILD, "postmend.exe")
LINUX = os.path.join(SOURCE, "build", "postmend")
FOLDER = tempfile.mkdtemp(prefix="postmend-windows-")
SUITE = tap.Suite()
SUITE.at_end.append(lambda: shutil.rmtree(FOLDER, ignore_errors=True))


def script(name, exe):
    """Tests start one program; under Wine that is a wrapper with an argument. The cache is not that of the test's HOME."""
    path = os.path.join(FOLDER, name)
    cache = os.environ.get("POSTMEND_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ["HOME"], ".cache"), "postmend", "windows")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o700), "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\nPOSTMEND_CACHE='{cache}'\nexport POSTMEND_CACHE\nexec '{WRAPPER}' '{exe}' \"$@\"\n")
    return path


doctor.PROGRAM = script("postmend", EXE)


@SUITE.case("the version names the libraries, line by line")
def version():
    done = doctor.visit("--version")
    tap.expect(done.code == 0 and "OpenSSL" in done.out, str(done))
    tap.expect("\r" not in done.out, f"output is not as it was written: {done.out!r}")


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
    shutil.copy(EXE, os.path.join(FOLDER, name))
    key = "HKCU\\Software\\Wine\\AppDefaults\\" + name
    subprocess.run([WRAPPER, "reg", "add", key, "/v", "Version", "/d", "win7", "/f"], check=True, capture_output=True)
    done = subprocess.run([WRAPPER, os.path.join(FOLDER, name), "--version"], capture_output=True, text=True)
    tap.expect(done.returncode == 8 and done.stdout == "" and done.stderr.count("\n") == 1 and "1809" in done.stderr,
               f"exit {done.returncode}: {done.stdout}{done.stderr}")


@SUITE.case("a page is written where the path has foreign letters")
def page():
    path = os.path.join(FOLDER, "S\u00e9ite \u0416.html")
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
