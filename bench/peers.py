"""This file knows how each program is asked about a server: its command, its own files, its time limit."""

import os
import re
import shutil
import subprocess

WAIT = 15  # seconds, where a program takes a time limit


class Door:
    """One server to ask about: form is imaps, imap, smtps, smtp or one of these with -plain."""

    def __init__(self, form, port, ca, user, password, folder, needs):
        self.form, self.port, self.ca, self.folder, self.needs = form, port, ca, folder, needs
        self.user, self.password = user, password
        self.host = "localhost"
        self.tls = form.endswith("s")
        self.plain = form.endswith("-plain")
        self.protocol = form.removesuffix("-plain").removesuffix("s")

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
            out.write(text)
        return path

    @property
    def login(self):
        return self.needs != "connect"


def msmtp(door):
    words = ["msmtp", f"--host={door.host}", f"--port={door.port}", f"--timeout={WAIT}",
             f"--tls={'off' if door.plain else 'on'}", f"--tls-starttls={'off' if door.tls else 'on'}",
             f"--tls-trust-file={door.ca}", "--domain=localhost"]
    if not door.login:
        return words + ["--serverinfo"], ""
    secret = door.file("msmtp-secret", door.password)
    return words + ["--auth=on", f"--user={door.user}", f"--passwordeval=cat {secret}", f"--from={door.user}",
                    door.user], "Subject: test\n\ntest\n"


def swaks(door):
    words = ["swaks", "--server", door.host, "--port", str(door.port), "--timeout", str(WAIT), "--to", door.user, "--from",
             door.user, "--helo", "localhost"]
    if not door.plain:
        words += ["--tlsc" if door.tls else "--tls", "--tls-verify", "--tls-ca-path", door.ca]
    if door.login:
        return words + ["--auth", "--auth-user", door.user, "--auth-password", door.password, "--quit-after", "RCPT"], ""
    return words + ["--quit-after", "EHLO" if door.plain or door.tls else "TLS"], ""


def curl(door):
    scheme = door.protocol + ("s" if door.tls else "")
    words = ["curl", "-sSv", "--max-time", str(WAIT), "--cacert", door.ca, f"{scheme}://{door.host}:{door.port}/"]
    if not door.plain and not door.tls:
        words += ["--ssl-reqd"]
    if door.login:
        words += ["-K", door.file("curl-secret", f'user = "{door.user}:{door.password}"\n')]
    if door.protocol == "smtp" and door.needs == "envelope":
        words += ["--mail-from", door.user, "--mail-rcpt", door.user, "-T", door.file("curl-mail", "Subject: x\r\n\r\nx\r\n")]
    return words, ""


def openssl(door):
    words = ["openssl", "s_client", "-connect", f"{door.host}:{door.port}", "-servername", door.host, "-CAfile", door.ca,
             "-verify_hostname", door.host, "-verify_return_error"]
    return words + ([] if door.tls else ["-starttls", door.protocol]), "QUIT\n"


def sslscan(door):
    words = ["sslscan", "--no-colour", "--show-certificate", f"--timeout={WAIT}"]
    return words + ([] if door.tls else [f"--starttls-{door.protocol}"]) + [f"{door.host}:{door.port}"], ""


def mbsync(door):
    secret = door.file("mbsync-secret", door.password)
    kind = "IMAPS" if door.tls else "None" if door.plain else "STARTTLS"
    box = os.path.join(door.folder, "box")
    os.makedirs(box, exist_ok=True)
    config = door.file("mbsyncrc", f"""IMAPAccount a
Host {door.host}
Port {door.port}
User {door.user}
PassCmd "cat {secret}"
SSLType {kind}
CertificateFile {door.ca}
Timeout {WAIT}

IMAPStore far
Account a

MaildirStore near
Path {box}/
Inbox {box}/inbox
SubFolders Verbatim

Channel c
Far :far:
Near :near:
Patterns *
""")
    return ["mbsync", "-c", config, "-l", "c"], ""


def fetchmail(door):
    tls = "ssl" if door.tls else "sslproto ''" if door.plain else "sslproto TLS1+"
    config = door.file("fetchmailrc", f"poll {door.host} service {door.port} protocol {door.protocol.upper()} timeout {WAIT}\n"
                       f"user '{door.user}' password '{door.password}' {tls} sslcertck sslcertfile {door.ca}\n")
    return ["fetchmail", "-f", config, "-v", "-v", "--check", "--nosyslog", "--pidfile", door.folder + "/pid", "-i",
            door.folder + "/ids"], ""


# name, command, protocols, what it can be made to do, how its version is asked
PEERS = [
    ("msmtp", msmtp, {"smtp"}, {"connect", "login", "envelope"}, ["msmtp", "--version"]),
    ("swaks", swaks, {"smtp"}, {"connect", "login", "envelope"}, ["swaks", "--version"]),
    ("curl", curl, {"imap", "smtp"}, {"connect", "login", "envelope"}, ["curl", "--version"]),
    ("openssl s_client", openssl, {"imap", "smtp"}, {"connect"}, ["openssl", "version"]),
    ("sslscan", sslscan, {"imap", "smtp"}, {"connect"}, ["sslscan", "--version"]),
    ("mbsync", mbsync, {"imap"}, {"connect", "login", "envelope"}, ["mbsync", "--version"]),
    ("fetchmail", fetchmail, {"imap"}, {"connect", "login", "envelope"}, ["fetchmail", "--version"]),
]


def version(command):
    if not shutil.which(command[0]):
        return None
    out = subprocess.run(command, capture_output=True, text=True, timeout=10)
    said = re.sub(r"\x1b\[[\d;]*m", "", out.stdout + out.stderr)
    lines = [line.strip() for line in said.splitlines() if any(c.isdigit() for c in line)]
    return lines[0][:60] if lines else "?"
