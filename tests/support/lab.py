"""This file runs `postmend lab` and knows the doors that it opened."""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time

import process

USER, PASSWORD, ADDRESS = "anna", "secret", "anna@practice.example"


class Door:
    """A planted fault, or a healthy control when fault is None."""

    def __init__(self, row):
        self.fault, self.expect, self.needs = row.get("fault"), row.get("expect"), row.get("needs")
        self.form, self.url, self.control, self.port = row["door"], row.get("url"), row.get("control"), row.get("port")
        self.user, self.row = row.get("user", USER), row


def port_of(url):
    return int(url.split("?")[0].rsplit(":", 1)[1].rstrip("/"))


class Lab:
    """with Lab(program, ["tls-certificate-expired@imaps", ...]) as it: it.doors, it.door(fault, form), it.ca ..."""

    def __init__(self, program, faults, *options, seconds=600):
        self.command = [program, "lab", "--json", "--seconds", str(seconds), *options, *faults]

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="postmend-lab-")
        self.ca = os.path.join(self.folder, "ca.pem")
        self.user, self.password = ADDRESS, PASSWORD
        log = os.path.join(self.folder, "log")
        with open(log, "wb") as said:
            self.child = subprocess.Popen([*self.command, "--ca-file", self.ca], stdin=subprocess.DEVNULL,
                                          stdout=subprocess.PIPE, stderr=said, preexec_fn=process.die_with_parent)
        line = self.first_line(time.monotonic() + 20)
        if not line.endswith(b"\n"):
            self.__exit__()
            with open(log, encoding="utf-8", errors="replace") as said:
                raise RuntimeError(f"{' '.join(self.command)} opened no doors: {line!r} {said.read()}")
        self.ready = json.loads(line)
        self.doors = [Door(row) for row in self.ready["faults"]]
        return self

    def first_line(self, end):
        """What it says when all doors are open; without a line feed when it does not."""
        got = b""
        while not got.endswith(b"\n") and time.monotonic() < end:
            if select.select([self.child.stdout], [], [], 0.1)[0]:
                part = os.read(self.child.stdout.fileno(), 1 << 20)
                if not part:
                    break
                got += part
        return got

    def __exit__(self, *why):
        process.stop(self.child)
        self.child.stdout.close()
        if why:  # not when called for a lab that said nothing: its log is still to be read
            shutil.rmtree(self.folder, ignore_errors=True)

    def door(self, fault, form):
        for door in self.doors:
            if fault in (door.fault, door.expect) and door.form == form:
                return door
        raise KeyError(f"{fault}@{form}")

    def healthy(self, form):
        url = self.ready["controls"][form]
        return Door({"door": form, "url": url, "port": port_of(url)})

    @property
    def resolver(self):
        return self.ready["resolver"]

    @property
    def https_port(self):
        return self.ready["https_port"]


def list_faults(program):
    """Every row of --list: expect, variant, needs, doors."""
    out = subprocess.run([program, "lab", "--list", "--json"], capture_output=True, text=True, check=True)
    return json.loads(out.stdout)
