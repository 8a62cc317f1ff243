"""This file opens ports of mail and asks postmend who listens there: accounts that point to this computer, and a proxy's ports."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import tap

INSIDE = "POSTMEND_OWN_LOOPBACK"
SUITE = tap.Suite()


def enter():
    """In a network that is this test's alone its listeners are all there are; elsewhere the usual ports are left alone."""
    for words in (["unshare", "-n"], ["unshare", "-Urn"]):
        if os.environ.get(INSIDE) or not shutil.which("unshare"):
            return
        if subprocess.run([*words, "ip", "link", "set", "lo", "up"], capture_output=True).returncode == 0:
            os.environ[INSIDE] = "1"
            os.execvp(words[0], [*words, "sh", "-c", 'ip link set lo up; exec "$@"', "sh", sys.executable, *sys.argv])


@contextlib.contextmanager
def listening(*places):
    """The ports, in this order; (family, address, port)."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(socket.create_server((address, port), family=family, dualstack_ipv6=False)).getsockname()[1]
               for family, address, port in places]


def local(port=0):
    return socket.AF_INET, "127.0.0.1", port


def closed_port():
    """A port that the system gave and took back: nobody listens there, unless somebody is given it this very moment."""
    with listening(local()) as (port,):
        return port


def look(files, *words):
    home = tempfile.mkdtemp(prefix="postmend-listeners-")
    try:
        for name, text in files.items():
            path = os.path.join(home, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(path, 0o600)
        return doctor.visit(*words, "--json", home=home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def mbsync(host, port, user="anna@example.org"):
    return {".mbsyncrc": f"IMAPAccount a\nHost {host}\nPort {port}\nUser {user}\nPassCmd x\nTLSType None\n"}


def findings(done):
    """What is found by its id, without what else listens on the machine that runs this test."""
    return {one["id"]: one for one in done.json()["findings"]
            if one["id"] != "client-mail-port-served" or any(row["name"] == "account" for row in one["evidence"])}


def evidence(finding):
    return {row["name"]: row["found"] for row in finding["evidence"]}


@SUITE.case("an account at a port of this computer where somebody listens: no fault, and who it is")
def bridge():
    families = [("127.0.0.1", local()), ("localhost", local())]
    with contextlib.suppress(OSError), listening((socket.AF_INET6, "::1", 0)):
        families += [("localhost", (socket.AF_INET6, "::1", 0))]
    for host, place in families:
        with listening(place) as (port,):
            done = look(mbsync(host, port), "profile", "check")
        tap.expect_equal(done.code, 0, f"{host}: {done}")
        shown = evidence(findings(done)["client-mail-port-served"])
        tap.expect_equal((shown["port"], shown["process"], shown["account"]), (str(port), str(os.getpid()), "a"), host)
        tap.expect("python" in shown["program"] and shown["address"] == place[1], str(shown))
    tap.comment(f"{len(families)} ways to name this computer")


@SUITE.case("nobody listens there: the cause, at the account; in diagnose the refusal follows from it")
def gone():
    port = closed_port()
    done = look(mbsync("127.0.0.1", port), "profile", "check")
    tap.expect_equal((done.code, done.json()["causes"]), (4, ["account-local-server-gone"]), str(done))
    shown = evidence(findings(done)["account-local-server-gone"])
    tap.expect(shown["port"] == f"{port}, nobody listens" and "line 2" in shown["where"], str(shown))
    done = look(mbsync("127.0.0.1", port), "diagnose")
    tap.expect_equal(done.json()["causes"], ["account-local-server-gone"], str(done))
    refused = findings(done)["tcp-port-refused"]
    tap.expect_equal(refused["because_of"], findings(done)["account-local-server-gone"]["key"], "because of")


@SUITE.case("what a scanner left in the account: a fault while nobody listens, and who listens where somebody does")
def scanner():
    user, port = "anna/imap.example.org", closed_port()
    done = look(mbsync("127.0.0.1", port, user), "profile", "check")
    tap.expect_equal((done.code, done.json()["causes"]), (4, ["account-scanner-proxy-left"]), str(done))
    tap.expect_equal(evidence(findings(done)["account-scanner-proxy-left"])["listens"], "nobody", "who")
    with listening(local()) as (port,):
        done = look(mbsync("127.0.0.1", port, user), "profile", "check")
    tap.expect_equal(done.code, 0, str(done))
    left = findings(done)["account-scanner-proxy-left"]
    tap.expect(left["severity"] == "advice" and "python" in evidence(left)["listens"], str(left))


@SUITE.case("the usual ports of mail, of both families: each program once, with all its addresses")
def usual():
    if not os.environ.get(INSIDE):
        raise tap.Skip("this user gets no network of its own (unshare -n), and the computer's ports are not for tests")
    with listening(local(110), (socket.AF_INET6, "::1", 110), local(995), (socket.AF_INET, "0.0.0.0", 25), local(8110)):
        done = look({}, "profile", "check")
    tap.expect_equal(done.code, 0, str(done))
    told = sorted((int(shown["port"]), shown["address"]) for shown in map(evidence, done.json()["findings"]))
    tap.expect_equal(told, [(25, "0.0.0.0"), (110, "127.0.0.1, ::1"), (995, "127.0.0.1")], "ports")
    tap.expect_equal(look({}, "profile", "check").json()["findings"], [], "nobody listens any more")


@SUITE.case("a program that this user may not look into is told without its name")
def of_another_user():
    if not os.environ.get(INSIDE) or os.geteuid() != 0 or not shutil.which("setpriv"):
        raise tap.Skip("only root can become another user")
    with open("/proc/self/uid_map", encoding="ascii") as file:
        if int(file.read().split()[2]) == 1:
            raise tap.Skip("there is one user only in this namespace")
    with listening(local(110)):
        done = subprocess.run(["setpriv", "--reuid", "65534", "--clear-groups", doctor.PROGRAM, "profile", "check", "--json"],
                              capture_output=True, text=True, env={**os.environ, "HOME": "/nonexistent"})
    tap.expect('"a program of another user"' in done.stdout, str(done))


@SUITE.case("a mounted disk says nothing about who listens here")
def mounted():
    place = tempfile.mkdtemp(prefix="postmend-listeners-")
    SUITE.at_end.append(lambda: shutil.rmtree(place, ignore_errors=True))
    os.makedirs(os.path.join(place, "Users", "anna"))
    with listening(local()) as (port,):
        done = doctor.visit("profile", "check", "--windows", place, "--json")
    tap.expect("client-mail-port-served" not in done.out and str(port) not in done.out, str(done))


enter()
sys.exit(SUITE.run())
