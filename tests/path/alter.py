"""This file stands between Postfix and Dovecot and alters the letters that pass, as the file named says: LMTP both ways.

Arguments: port here, port of Dovecot, file with a word: pass junk blank footer recode truncate word part double swallow
sign KIND HOW [SELECTOR] sign-then-footer
footer-then-sign sign-then-subject.
"""

import base64
import hashlib
import imaplib
import os
import re
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

HERE, THERE, WORD = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


def openssl(*words, data):
    """What openssl says to data in a file, whose name is the last word."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return subprocess.run(["openssl", *words, file.name], capture_output=True, check=True).stdout


def relaxed(name, value):
    return name.lower() + b":" + b" ".join(value.split()) + b"\r\n"


def signed(text, kind="rsa", how="simple", selector=None):
    """As a signer of the provider would (RFC 6376, RFC 8463), with the key of this name that the tests made."""
    head, _, body = text.partition(b"\r\n\r\n")
    body = body.rstrip(b"\r\n") + b"\r\n"
    if how == "relaxed":
        lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
        body = b"\r\n".join(lines)
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    field = (f"DKIM-Signature: v=1; a={kind}-sha256; c={how}/{how}; d=practice.example;\r\n\ts={selector or kind};"
             f"\tbh={digest};\r\n\th=from:to:\r\n subject; b=").encode()
    fields = {line.split(b":")[0].lower(): line for line in re.sub(rb"\r\n([ \t])", rb"\n\1", head).split(b"\r\n")}
    fields = [fields[name].replace(b"\n", b"\r\n") for name in (b"from", b"to", b"subject")]
    if how == "relaxed":
        data = b"".join(relaxed(*one.split(b":", 1)) for one in fields) + relaxed(*field.split(b":", 1))[:-2]
    else:
        data = b"".join(one + b"\r\n" for one in fields) + field
    key = os.path.join(os.path.dirname(WORD), f"dkim-{kind}.pem")
    if kind == "rsa":
        made = openssl("dgst", "-sha256", "-sign", key, data=data)
    else:
        made = openssl("pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", data=hashlib.sha256(data).digest())
    coded = base64.encodebytes(made).decode().strip().replace("\n", "\r\n\t")
    return field + coded.encode() + b"\r\n" + text


def alter(text, word):
    """The messages that go on instead of this one."""
    head, _, body = text.partition(b"\r\n\r\n")
    lines = body.split(b"\r\n")
    if word == "blank":
        return [head + b"\r\n\r\n"]
    if word == "footer":
        return [text + b"-- \r\nNo virus was found in this message.\r\n"]
    if word == "recode":
        coded = base64.encodebytes(body).replace(b"\n", b"\r\n")
        head = head.replace(b"Content-Transfer-Encoding: 7bit", b"Content-Transfer-Encoding: base64")
        return [head + b"\r\n\r\n" + coded]
    if word == "truncate":
        return [head + b"\r\n\r\n" + b"\r\n".join(lines[:len(lines) // 2]) + b"\r\n"]
    if word == "word":
        return [head + b"\r\n\r\n" + body.replace(b"whether", b"weather", 1)]
    if word == "part":
        at = body.find(b"Content-Type: application/octet-stream")
        gone = b"Content-Type: text/plain\r\n\r\nThe attachment was removed.\r\n"
        end = body.rfind(b"\r\n--=_")
        return [head + b"\r\n\r\n" + body[:at] + gone + body[end + 2:]] if at > 0 else [text]
    if word == "double":
        return [text, text]
    if word == "swallow":
        return []
    if word == "junk":
        to_junk(text)
        return []
    if word.startswith("sign "):
        return [signed(text, *word.split()[1:])]
    if word == "sign-then-footer":
        return [signed(text) + b"-- \r\nNo virus was found in this message.\r\n"]
    if word == "footer-then-sign":
        return [signed(text + b"-- \r\nNo virus was found in this message.\r\n")]
    if word == "sign-then-subject":
        return [signed(text).replace(b"\r\nSubject: ", b"\r\nSubject: [checked] ", 1)]
    return [text]


def to_junk(text):
    """As a filter of the provider does it."""
    with imaplib.IMAP4("203.0.113.10") as client:
        client.starttls(ssl._create_unverified_context())
        client.login("anna", "Aurikel-7-geheim")
        client.append("Junk", None, None, text)


def pass_on(sender, receivers, text):
    with open(WORD, encoding="ascii") as file:
        word = file.read().strip()
    for message in alter(text, word):
        with smtplib.LMTP("127.0.0.1", THERE) as up:
            up.sendmail(sender, receivers, message)


def address_of(line):
    return line[line.index(b"<") + 1:line.index(b">")].decode()


def serve(client):
    lines = client.makefile("rb")

    def say(text):
        client.sendall(text.encode() + b"\r\n")

    say("220 box LMTP")
    sender, receivers = "", []
    while line := lines.readline():
        verb = line[:4].upper()
        if verb == b"LHLO":
            say("250-box\r\n250 8BITMIME")
        elif verb == b"MAIL":
            sender, receivers = address_of(line), []
            say("250 ok")
        elif verb == b"RCPT":
            receivers.append(address_of(line))
            say("250 ok")
        elif verb == b"DATA":
            say("354 go on")
            text = b""
            while (line := lines.readline()) != b".\r\n":
                text += line[1:] if line.startswith(b".") else line
            pass_on(sender, receivers, text)
            for _ in receivers:
                say("250 taken")
        elif verb == b"QUIT":
            say("221 bye")
            break
        else:
            say("250 ok")
    client.close()


def main():
    with socket.create_server(("127.0.0.1", HERE), backlog=16) as door:
        print("ready", flush=True)
        while True:
            threading.Thread(target=serve, args=(door.accept()[0],), daemon=True).start()


main()
