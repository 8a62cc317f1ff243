"""This file sits at the console of postmend.exe under Wine: the window of a double-click, a page in the browser, a search
for an add-in whose starts the user judges.
"""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import tap
import wine

SUITE = tap.Suite()
ROOM = tempfile.mkdtemp(prefix="postmend-console-")
SUITE.at_end.append(lambda: shutil.rmtree(ROOM, ignore_errors=True))
STAND_IN = os.path.join(wine.BUILD, "tests", "windows", "stand-in.exe")
PAGE = "HKLM\\Software\\Classes\\Postmend.Page"
CLOSE = "Press Enter to close this window."
# What a console shows comes as letters, colours and moves of the cursor.
MOVES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")


def squeezed(text):
    """Blanks may be moves of the cursor."""
    return "".join(text.split())


class Console:
    """postmend.exe at a console of its own: what it said so far, without blanks, and its exit code."""

    def __init__(self, *words):
        self.out, self.code = b"", None
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            os.execve(wine.WRAPPER, [wine.WRAPPER, wine.EXE, *words], {**os.environ, "TERM": "xterm"})
        # Enter is Enter, and no new line.
        mode = termios.tcgetattr(self.end)
        mode[0] &= ~termios.ICRNL
        termios.tcsetattr(self.end, termios.TCSANOW, mode)

    def said(self):
        return squeezed(MOVES.sub(b"", self.out).decode("utf-8", "replace"))

    def until(self, wanted, times=1, limit=60):
        end = time.monotonic() + limit
        while self.said().count(squeezed(wanted)) < times:
            tap.expect(self.take() and time.monotonic() < end, f"no \"{wanted}\" in {self.said()}")

    def take(self):
        if not select.select([self.end], [], [], 1)[0]:
            return True
        try:
            more = os.read(self.end, 65536)
        except OSError:
            more = b""
        self.out += more
        return bool(more)

    def type(self, line):
        os.write(self.end, line.encode() + b"\r")

    def close(self):
        self.until(CLOSE)
        self.type("")
        while self.take():
            continue
        _, status = os.waitpid(self.pid, 0)
        os.close(self.end)
        self.code = os.waitstatus_to_exitcode(status)


def reg(*words):
    done = subprocess.run([wine.WRAPPER, "reg", *words], capture_output=True, text=True)
    tap.expect_equal(done.returncode, 0, f"reg {words}: {done.stdout}{done.stderr}")


@SUITE.case("a double-click: the address is asked for, the report shown, and the window stays until Enter")
def double_click():
    console = Console("--offline")
    console.until("Your mail address:")
    console.type("anna@gmail.com")
    console.until(CLOSE)
    tap.expect("imap.gmail.com" in console.said(), console.said())
    console.close()
    tap.expect(console.code in (0, 4), f"exit {console.code}: {console.said()}")


@SUITE.case("a double-click without an answer: it ends, and tells nothing wrong")
def no_answer():
    console = Console()
    console.until("Your mail address:")
    console.type("")
    console.close()
    tap.expect_equal(console.code, 32, console.said())


@SUITE.case("--html at a console: the page opens in the browser; a file of another name does not")
def browser():
    flag, key = os.path.join(ROOM, "opened"), "HKLM\\Software\\Classes\\.html"
    stand_in, shown = ("Z:" + one.replace("/", "\\") for one in (STAND_IN, flag))
    for one in (key, PAGE):
        SUITE.at_end.append(lambda one=one: subprocess.run([wine.WRAPPER, "reg", "delete", one, "/f"], capture_output=True))
    reg("add", PAGE + "\\shell\\open\\command", "/ve", "/d", f'"{stand_in}" open "{shown}" "%1"', "/f")
    reg("add", key, "/ve", "/d", "Postmend.Page", "/f")
    for name, opens in (("other.txt", False), ("my page.html", True)):
        console = Console("settings", "anna@gmail.com", "--offline", "--html", os.path.join(ROOM, name))
        console.close()
        tap.expect(os.path.exists(os.path.join(ROOM, name)), console.said())
        end = time.monotonic() + (20 if opens else 1)
        while not os.path.exists(flag) and time.monotonic() < end:
            time.sleep(0.1)
        tap.expect_equal(os.path.exists(flag), opens, f"whether {name} was opened")
    with open(flag, encoding="utf-8") as file:
        tap.expect("my page.html" in file.read(), "another page")


@SUITE.case("profile add-ins bisect asks after each start, and finds what the answers say")
def bisect():
    key = "HKCU\\Software\\Microsoft\\Office\\Outlook\\Addins"
    SUITE.at_end.append(lambda: subprocess.run([wine.WRAPPER, "reg", "delete", key, "/f"], capture_output=True))
    for name in ("First.AddIn", "Second.AddIn"):
        reg("add", f"{key}\\{name}", "/v", "LoadBehavior", "/t", "REG_DWORD", "/d", "3", "/f")
    console = Console("profile", "add-ins", "bisect")
    for i, answer in enumerate(("g", "b"), 1):
        console.until(f"Start {i}:")
        console.until("(s)?", times=i)
        console.type(answer)
    console.until(CLOSE)
    tap.expect("addin-breaks-outlook" in console.said() and ("First.AddIn" in console.said()), console.said())
    console.close()
    tap.expect_equal(console.code, 4, console.said())


sys.exit(SUITE.run())
