"""This file stops repairs at many moments, and takes away the space they need: the old store stays as it was, no file
that looks finished is left, and a second run works.
"""

import glob
import hashlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import stores
import tap

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)

MOMENTS = 12
LOST, CANCELLED = 8, 32


def digest(path):
    return hashlib.sha256(stores.read(path)).hexdigest()


def damaged():
    """A store of some megabytes without its header, so that a repair takes a while."""
    path = ROOM.path("damaged.pst")
    if not os.path.exists(path):
        data = bytearray(stores.read(ROOM.make("small", "--messages", "2500", "--body", "500..3000")))
        data[:1024] = bytes(1024)
        ROOM.write("damaged.pst", data)
    return path


def clean(out):
    for path in glob.glob(out + "*"):
        os.unlink(path)


def works(path, out):
    """A second run, as if nothing had been."""
    done = doctor.visit("store", "repair", path, "--output", out, "--json")
    tap.expect_equal(done.code, 1, f"the second run: {done}")
    tap.expect_equal(doctor.visit("store", "check", "--quick", out).code, 0, "what the second run wrote")
    clean(out)


def stopped(number, wanted):
    path, out = damaged(), ROOM.path("stopped.pst")
    before, clock = digest(path), random.Random(number)
    begin = time.monotonic()
    works(path, out)
    usual, ended = time.monotonic() - begin, 0
    for _ in range(MOMENTS):
        child = subprocess.Popen([doctor.PROGRAM, "store", "repair", path, "--output", out], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        time.sleep(clock.uniform(0, usual))
        child.send_signal(number)
        code = child.wait()
        left = [os.path.basename(one) for one in glob.glob(out + "*")]
        clean(out)
        tap.expect_equal(digest(path), before, "the old store")
        if code in wanted:
            ended += 1
            tap.expect("stopped.pst" not in left, f"exit {code}: {left}")
            tap.expect(number == signal.SIGKILL or not left, f"exit {code}: {left}")
        else:
            # It was done before the signal came.
            tap.expect_equal((code, left), (1, ["stopped.pst"]), "not stopped")
    tap.expect(ended > MOMENTS // 4, f"only {ended} of {MOMENTS} were stopped")
    works(path, out)


@SUITE.case("SIGKILL at many moments")
def killed():
    stopped(signal.SIGKILL, {-signal.SIGKILL})


@SUITE.case("Ctrl-C at many moments")
def interrupted():
    stopped(signal.SIGINT, {CANCELLED, CANCELLED | 4, -signal.SIGINT})


def no_space(run, out):
    path = damaged()
    before = digest(path)
    done = run(path, out)
    tap.expect_equal(digest(path), before, "the old store")
    tap.expect_equal(done.returncode, LOST, f"no space: {done.stderr}")
    tap.expect(done.stderr, "no word was said")
    tap.expect_equal(glob.glob(out + "*"), [], "files are left")


@SUITE.case("a file that may not grow: exit 8 at every size, nothing is left")
def limited():
    out = ROOM.path("limited.pst")
    whole = os.path.getsize(damaged())
    for share in (0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9):
        most = int(whole * share)

        def run(path, out, most=most):
            return subprocess.run([doctor.PROGRAM, "store", "repair", path, "--output", out], capture_output=True, text=True,
                                  preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
                                                      resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))), check=False)

        no_space(run, out)
    works(damaged(), out)


@SUITE.case("a full disk: exit 8, nothing is left on it")
def full():
    # In a mount namespace of its own, so that nothing of this machine is touched.
    words = ["unshare", "--user", "--map-root-user", "--mount"]
    if not shutil.which("unshare") or subprocess.run([*words, "true"], capture_output=True, check=False).returncode:
        raise tap.Skip("NO MOUNT NAMESPACE HERE: the full disk was not tried")
    folder = ROOM.path("disk")
    os.mkdir(folder)
    whole = os.path.getsize(damaged())
    for share in (0.02, 0.4, 0.8):
        # The second column: what lies on the disk when the repair has ended.
        script = ('mount -t tmpfs -o size="$1" tmpfs "$2" || exit 77\n"$3" store repair "$4" --output "$2/new.pst"\n'
                  'code=$?\nls -A "$2" >&3\nexit $code')
        size = str(int(whole * share) // 4096 * 4096 + 4096)

        def run(path, _out, size=size):
            with open(ROOM.path("left"), "w+", encoding="utf-8") as left:
                done = subprocess.run([*words, "sh", "-c", script, "sh", size, folder, doctor.PROGRAM, path], text=True,
                                      capture_output=True, pass_fds=(), check=False,
                                      preexec_fn=lambda: os.dup2(left.fileno(), 3), close_fds=False)
                left.seek(0)
                done.left = left.read()
            if done.returncode == 77:
                raise tap.Skip("NO MOUNT NAMESPACE HERE: the full disk was not tried")
            tap.expect_equal(done.left, "", "on the full disk")
            return done

        no_space(run, ROOM.path("nowhere.pst"))


sys.exit(SUITE.run())
