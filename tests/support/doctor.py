"""This file runs postmend as a user does and keeps what it said, how long it took and how much memory it had."""

import json
import os
import resource
import subprocess
import tempfile
import time

import process
import tap

PROGRAM = os.environ.get("POSTMEND") or os.path.join(os.environ.get("POSTMEND_BUILD", "build"), "postmend")


class Visit:
    """code, out, err, seconds, processor (seconds too), rss (KiB); json() and causes() of a --json run."""

    def __init__(self, words, code, texts, seconds, used):
        self.words, self.code, self.seconds, (self.out, self.err) = words, code, seconds, texts
        self.rss = used.ru_maxrss if used else 0
        self.processor = used.ru_utime + used.ru_stime if used else 0.0

    def json(self):
        try:
            return json.loads(self.out)
        except ValueError as error:
            raise tap.Fail(f"no JSON ({error}): {self}") from None

    def causes(self):
        return self.json()["causes"]

    def __str__(self):
        shown = " ".join(["postmend"] + self.words)
        return f"{shown}\nexit {self.code} after {self.seconds:.2f} s\n{self.out[:6000]}\n{self.err[:2000]}"


def visit(*words, env=None, files=None, watch=None, limit=60, home=None, stdin=""):
    """files: most open files; watch(pid) is called again and again while it runs; limit: seconds before we give up."""
    if not os.path.exists(PROGRAM):
        raise tap.Skip("postmend itself is not built: " + os.path.basename(PROGRAM))
    with tempfile.TemporaryDirectory(prefix="postmend-home-") as own:
        home = home or own
        # What postmend remembers between runs stays inside the test.
        around = {**os.environ, "HOME": home, "XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home,
                  "XDG_DATA_HOME": home, "LANG": "C.UTF-8", **(env or {})}

        def prepare():
            process.die_with_parent()
            if files:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

        out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        begin = time.monotonic()
        child = subprocess.Popen([PROGRAM, *words], stdin=subprocess.PIPE, stdout=out, stderr=err, env=around,
                                 preexec_fn=prepare)
        child.stdin.write(stdin.encode())
        child.stdin.close()
        code, used = wait(child, watch, begin + limit)
        seconds = time.monotonic() - begin
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
            stream.close()
    done = Visit(list(words), code, texts, seconds, used)
    if code is None:
        raise tap.Fail(f"not done after {limit} s: {done}")
    return done


def wait(child, watch, end):
    """(exit code, what it used); a code of None when time was over."""
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode, usage
        if watch:
            watch(child.pid)
        if time.monotonic() > end:
            child.kill()
            child.wait()
            return None, None
        time.sleep(0.002)


def expect_healthy(done):
    found = done.json()
    worse = [f["id"] for f in found["findings"] if f["severity"] in ("warning", "fault", "loss")]
    tap.expect(done.code == 0 and found["verdict"] == "healthy" and not worse and found["causes"] == [],
               f"not healthy: {worse}\n{done}")


def expect_cause(done, wanted):
    found = done.json()
    tap.expect(found["causes"][:1] == [wanted], f"expected {wanted}, found {found['causes']}\n{done}")
    tap.expect(done.code == 4 and found["verdict"] == "trouble", f"exit {done.code}, {found['verdict']}\n{done}")
