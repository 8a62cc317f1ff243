"""This file starts programs that must not outlive the test: they die with it, however it ends."""

import ctypes
import os
import resource
import signal
import socket
import subprocess
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent():
    # Servers close every file they might have inherited: a high limit costs them seconds.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, hard), hard))
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def start(command, log, env=None, cwd=None):
    """A child with its own session, so that its whole group can be ended."""
    with open(log, "ab") as out:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=cwd,
                                env={**os.environ, **(env or {})}, preexec_fn=die_with_parent, start_new_session=True)


def stop(process):
    """Ends the process and all that it started; none of them has anything to keep."""
    if process is None:
        return
    family = children(process.pid)
    for pid in [process.pid] + family:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()


def children(pid):
    """All descendants: a server may put them into sessions of their own."""
    found = []
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            direct = [int(word) for word in file.read().split()]
    except OSError:
        return found
    for child in direct:
        found += [child] + children(child)
    return found


def free_port(host="127.0.0.2"):
    """A port of this address that nobody has at the moment, for TCP and UDP."""
    for _ in range(50):
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind((host, 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind((host, port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port on " + host)


def wait_for(host, ports, process, log, seconds=20):
    """Returns when every port takes connections; says what the server said when it ended before."""
    end = time.monotonic() + seconds
    for port in ports:
        while True:
            try:
                socket.create_connection((host, port), 0.5).close()
                break
            except OSError:
                pass
            if process.poll() is not None or time.monotonic() > end:
                with open(log, encoding="utf-8", errors="replace") as said:
                    raise RuntimeError(f"{process.args[0]} does not listen on {host}:{port}: {said.read()[-2000:]}")
            time.sleep(0.01)
