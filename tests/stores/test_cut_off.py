"""This file cuts conversions off: no room, a disk that fills up, a folder that cannot be written, Ctrl-C and SIGKILL at many
moments. The old store stays as it was, and nothing is left that looks finished.
"""

import hashlib
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import stores
import tap

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)

# Text that grows, text that does not, blocks that were packed.
GROWING = [("14", ()), ("23", ()), ("36", ("--client", "ost", "--compress", "yes", "--cipher", "none"))]
LITTLE = 64 << 10
MOMENTS = 6


def digest(path):
    return hashlib.sha256(stores.read(path)).hexdigest()


def source(version, words=()):
    return ROOM.make("rich", "--messages", "250", "--version", version, *words)


def on_disk(options, script, *words):
    """Runs a script with a small disk of its own at $1, as $2 and so on the words: (exit code, output, errors)."""
    place = ROOM.path("disk")
    os.makedirs(place, exist_ok=True)
    mount = f'mount -t tmpfs -o {options} none "$1" || exit 77; '
    done = subprocess.run(["unshare", "-rm", "sh", "-c", mount + script, "sh", place, *words], capture_output=True, text=True,
                          env={**os.environ, "HOME": place}, check=False)
    if done.returncode == 77 or "unshare" in done.stderr:
        raise tap.Skip(f"SKIPPED: no disk of our own can be mounted here: {done.stderr.strip()}")
    return done.returncode, done.stdout, done.stderr


CONVERT = '"$2" store convert "$3" --output "$1/new.pst" --quiet $4; code=$?; ls "$1" | sed "s/^/left: /"; exit $code'


def expect_told(text, path, at="new.pst"):
    tap.expect(at in text and "is as it was" in text and "--output" in text and path in text, text)


@SUITE.case("what a new store takes is known before: as much room is enough, a little less is refused at once")
def room():
    for version, words in GROWING:
        path = source(version, words)
        before, out = digest(path), ROOM.path("size.pst")
        tap.expect_equal(doctor.visit("store", "convert", path, "--output", out).code, 0, version)
        size = os.path.getsize(out)
        os.unlink(out)
        for bytes_free, code in ((size, 0), (size - LITTLE, 8)):
            found, said, told = on_disk(f"size={bytes_free}", CONVERT, doctor.PROGRAM, path, "")
            left = [line[6:] for line in said.splitlines() if line.startswith("left: ")]
            tap.expect_equal((found, left), (code, ["new.pst"] if code == 0 else []), f"version {version}, {bytes_free}: {told}")
            if code:
                expect_told(told, path)
                tap.expect("it takes" in told and "are free there" in told, told)
        tap.expect_equal(digest(path), before, "the old store")


@SUITE.case("the same for parts")
def room_for_parts():
    path = source("14")
    found, said, told = on_disk("size=3m", CONVERT, doctor.PROGRAM, path, "--split 2m")
    tap.expect_equal((found, said), (8, ""), told)
    expect_told(told, path)


@SUITE.case("a disk that fills up meanwhile: exit 8, and what was written is gone")
def full():
    path, out = ROOM.make("rich", "--version", "14"), ROOM.path("whole.pst")
    tap.expect_equal(doctor.visit("store", "convert", path, "--output", out).code, 0, "with room")
    size, before = os.path.getsize(out), digest(path)
    for options, name, more in (("", "new.pst", 1 << 20), ("--split 4m", "new.2.pst", 5 << 20)):
        # There is room when it begins; then somebody takes some of it.
        script = ('( while ! ls "$1" | grep -q "$5.*part"; do :; done; head -c 500m /dev/zero > "$1/other" ) 2>/dev/null & '
                  + CONVERT.replace('; ls', '; wait; ls'))
        found, said, told = on_disk(f"size={size + more}", script, doctor.PROGRAM, path, options, name)
        left = [line[6:] for line in said.splitlines()]
        tap.expect_equal((found, left), (8, ["other"]), told)
        expect_told(told, path, name.split(".")[0])
        tap.expect_equal(digest(path), before, "the old store")


@SUITE.case("a file that may not grow on: the same")
def no_growth():
    path = source("14")
    out = ROOM.path("limited.pst")
    script = 'trap "" XFSZ; ulimit -f 2000; exec "$0" store convert "$1" --output "$2" --quiet'
    done = subprocess.run(["sh", "-c", script, doctor.PROGRAM, path, out], capture_output=True, text=True, check=False)
    tap.expect_equal(done.returncode, 8, done.stderr)
    expect_told(done.stderr, path, out)
    tap.expect_equal([one for one in os.listdir(ROOM.folder.name) if one.startswith("limited")], [], "what is left")


@SUITE.case("a folder that cannot be written, and one that is not there: exit 8, and the file is named")
def unwritable():
    path = source("23")
    found, said, told = on_disk("ro,size=100m", CONVERT, doctor.PROGRAM, path, "")
    tap.expect_equal((found, said), (8, ""), told)
    expect_told(told, path)
    out = ROOM.path("nowhere/new.pst")
    done = doctor.visit("store", "convert", path, "--output", out)
    tap.expect_equal(done.code, 8, str(done))
    expect_told(done.err, path, out)


def stop(number, nth, version):
    """Stops it when so much of the part is there."""
    path, out = source(version), ROOM.path("stopped.pst")
    before = digest(path)
    sent = []

    def watch(pid):
        for name in os.listdir(ROOM.folder.name):
            if not sent and name.endswith(".part"):
                try:
                    there = os.path.getsize(ROOM.path(name))
                except OSError:
                    continue
                if there >= nth * (2 << 20):
                    os.kill(pid, number)
                    sent.append(pid)

    done = doctor.visit("store", "convert", path, "--output", out, watch=watch)
    left = [name for name in os.listdir(ROOM.folder.name) if name.startswith("stopped")]
    tap.expect_equal(digest(path), before, "the old store")
    tap.expect(done.code in (0, 32, 36, -number), str(done))
    tap.expect(done.code == 0 or "written: " not in done.out, str(done))
    # Whatever the moment was: either it is whole, or it has not its name.
    if "stopped.pst" in left:
        tap.expect_equal(doctor.visit("store", "check", out).code, 0, "what has its name")
    elif number == signal.SIGKILL:
        tap.expect(all(name.endswith(".part") for name in left), str(left))
    else:
        tap.expect_equal(left, [], "what is left")
    for name in left:
        os.unlink(ROOM.path(name))
    return bool(sent) and done.code != 0


for signal_name in ("SIGINT", "SIGTERM", "SIGKILL"):
    @SUITE.case(f"{signal_name} at many moments")
    def stopped(number=getattr(signal, signal_name)):
        stops = sum(stop(number, nth, version) for version in ("14", "23") for nth in range(MOMENTS))
        tap.expect(stops >= 2, f"only {stops} were stopped")


sys.exit(SUITE.run())
