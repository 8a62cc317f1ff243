"""This file runs what stands elsewhere: proxies and an SSH server in the servers' namespace, past every filter."""

import os
import subprocess

import process
import world

SSHD = "/usr/sbin/sshd"
SERVER = """
Port 2222
ListenAddress {address}
HostKey {folder}/host
PidFile {folder}/pid
AuthorizedKeysFile {folder}/client.pub
StrictModes no
UsePAM no
PermitRootLogin yes
"""
CLIENT = """
Host elsewhere
  HostName {address}
  Port 2222
  User {user}
  IdentityFile {folder}/client
  StrictHostKeyChecking no
  UserKnownHostsFile {folder}/known
  LogLevel ERROR
Host nowhere
  HostName {address}
  Port 2223
"""


def program(at, name, *words):
    """One of the small servers beside this file, in the servers' namespace."""
    here = os.path.dirname(os.path.abspath(__file__))
    log = os.path.join(at.folder, f"program-{len(os.listdir(at.folder))}")
    child = process.start([*at.server, "python3", os.path.join(here, name), *words], log)
    process.first_line(child, log)
    return child


def ssh(at):
    """Starts an SSH server; returns the folder that holds an "ssh" which knows it, to stand first in PATH."""
    folder = os.path.join(at.folder, "ssh")
    os.makedirs(folder)
    for name in ("host", "client"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", os.path.join(folder, name)], check=True)
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    for name, text in (("server.conf", SERVER), ("client.conf", CLIENT)):
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write(text.format(folder=folder, address=world.OTHER, user=user))
    with open(os.path.join(folder, "ssh"), "w", encoding="ascii") as file:
        file.write(f'#!/bin/sh\nexec /usr/bin/ssh -F {folder}/client.conf "$@"\n')
    os.chmod(os.path.join(folder, "ssh"), 0o755)
    os.makedirs("/run/sshd", exist_ok=True)
    log = os.path.join(folder, "log")
    child = process.start([*at.server, SSHD, "-D", "-e", "-f", os.path.join(folder, "server.conf")], log)
    process.wait_for(world.OTHER, [2222], child, log)
    return folder
