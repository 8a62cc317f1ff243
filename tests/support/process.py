"""This file starts programs that must not outlive the test: they die with it, however it ends."""

import ctypes
import os
import random
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


def outside_of_the_system_s_range():
    """Ports that the system gives to nobody who asks for any: what is free there stays free."""
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
            first, last = map(int, file.read().split())
    except OSError:
        first, last = 32768, 60999
    return [port for port in range(10000, 65000) if not first <= port <= last] or list(range(10000, 65000))


PORTS = outside_of_the_system_s_range()


def free_port(host="127.0.0.2"):
    """A port of this address that nobody has, for TCP and UDP; never the same twice."""
    for port in random.sample(PORTS, min(200, len(PORTS))):
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind((host, port))
                udp.bind((host, port))
            except OSError:
                continue
            PORTS.remove(port)
            return port
    raise RuntimeError("no free port on " + host)


def first_line(process, log, seconds=20):
    """What a server of ours says when it is ready."""
    end = time.monotonic() + seconds
    while True:
        with open(log, encoding="utf-8", errors="replace") as said:
            text = said.read()
        if "\n" in text:
            return text.splitlines()[0]
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{process.args} says nothing: {text[-2000:]}")
        time.sleep(0.01)


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
