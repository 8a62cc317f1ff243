"""This file is a provider that answers in other servers' manners: healthy, each in its own way.

Argument: a file with a JSON object: doors (name -> port), address, manner (see MANNERS), certificate, key, user, password,
seed, greeting_delay (seconds), pieces (answers come in small segments). Prints a line once all doors are open.
"""

import base64
import json
import random
import socket
import ssl
import sys
import threading
import time

with open(sys.argv[1], encoding="utf-8") as FILE:
    ORDER = json.load(FILE)
DICE = random.Random(ORDER["seed"])

# What each server says: greetings as lines, capabilities in the order of its authors, habits as words.
# Habits: greeted (capabilities stand in the greeting), told (they come with the answer to a login), no-ir (initial
# responses are refused), lower (answers in small letters), no-capa (POP3 before RFC 2449), chatty (lines nobody asked for).
MANNERS = {
    "cyrus": {
        "imap": "* OK [CAPABILITY {caps}] mail.practice.example Cyrus IMAP 3.6.1-Debian-3.6.1-4 server ready",
        "imap_caps": "IMAP4rev1 LITERAL+ ID ENABLE {auth}SASL-IR",
        "imap_more": "ACL RIGHTS=kxten QUOTA MAILBOX-REFERRALS NAMESPACE UIDPLUS NO_ATOMIC_RENAME UNSELECT CHILDREN "
                     "MULTIAPPEND BINARY CATENATE CONDSTORE ESEARCH SORT THREAD=REFERENCES IDLE",
        "pop3": "+OK mail.practice.example Cyrus POP3 3.6.1 server ready <1234567890.1732385@mail.practice.example>",
        "capa": "TOP UIDL PIPELINING RESP-CODES AUTH-RESP-CODE SASL_{auth} USER EXPIRE_NEVER IMPLEMENTATION_Cyrus",
        "smtp": ["220 mail.practice.example ESMTP Postfix (Debian/GNU)"], "habits": "greeted told",
        "ehlo": "PIPELINING SIZE_10240000 VRFY ETRN {auth}ENHANCEDSTATUSCODES 8BITMIME DSN CHUNKING"},
    "courier": {
        "imap": "* OK [CAPABILITY {caps}] Courier-IMAP ready. Copyright 1998-2022 Double Precision, Inc.  See COPYING for "
                "distribution information.",
        "imap_caps": "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE {auth}"
                     "ACL ACL2=UNION", "imap_more": "",
        "pop3": "+OK Hello there. <6911.1700000000@localhost.localdomain>",
        "capa": "SASL_{auth} TOP USER LOGIN-DELAY_10 PIPELINING UIDL UTF8 IMPLEMENTATION_Courier_Mail_Server",
        "smtp": ["220 mail.practice.example ESMTP"], "habits": "greeted",
        "ehlo": "{auth}XVERP=Courier XEXDATA XSECURITY=NONE,STARTTLS PIPELINING 8BITMIME SIZE DSN"},
    "gmail": {
        "imap": "* OK Gimap ready for requests from 198.51.100.2 a640c23a62f3amb123456789",
        "imap_caps": "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=XOAUTH2 {auth}"
                     "AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER",
        "imap_more": "UIDPLUS COMPRESS=DEFLATE ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS "
                     "LITERAL- SPECIAL-USE APPENDLIMIT=35651584",
        "pop3": "+OK Gpop ready for requests from 198.51.100.2 5b1f17b1804b1-4",
        "capa": "USER RESP-CODES EXPIRE_0 LOGIN-DELAY_300 TOP UIDL X-GOOGLE-RICO SASL_{auth}_XOAUTH2_OAUTHBEARER",
        "smtp": ["220 smtp.practice.example ESMTP 5b1f17b1804b1-432d 4sm1234567wmb.1 - gsmtp"], "habits": "told",
        "ehlo": "SIZE_35882577 8BITMIME {auth}ENHANCEDSTATUSCODES PIPELINING CHUNKING SMTPUTF8"},
    "exchange": {
        "imap": "* OK The Microsoft Exchange IMAP4 service is ready. [TABWADUAUABFADIAOABDAEEAMAA3ADQAMgAuAEUA]",
        "imap_caps": "IMAP4 IMAP4rev1 {auth}AUTH=NTLM AUTH=GSSAPI SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+",
        "imap_more": "MOVE",
        "pop3": "+OK The Microsoft Exchange POP3 service is ready. [TABWADUAUABFADIAOABDAEEAMAA3ADQAMgA=]",
        "capa": "TOP UIDL SASL_{auth}_NTLM USER",
        "smtp": ["220 MAIL.practice.example Microsoft ESMTP MAIL Service ready at Mon, 23 Nov 2026 19:00:00 +0000"],
        "ehlo": "SIZE_157286400 PIPELINING DSN ENHANCEDSTATUSCODES {auth}8BITMIME BINARYMIME CHUNKING SMTPUTF8",
        "habits": ""},
    "yahoo": {
        "imap": "* OK [CAPABILITY {caps}] IMAP4rev1 imapgate-1.9.26 imap-server",
        "imap_caps": "IMAP4rev1 SASL-IR {auth}AUTH=XOAUTH2 AUTH=OAUTHBEARER ID MOVE NAMESPACE XYMHIGHESTMODSEQ UIDPLUS "
                     "LITERAL+ CHILDREN X-MSG-EXT UNSELECT OBJECTID",
        "imap_more": "IDLE ENABLE CONDSTORE QUOTA",
        "pop3": "+OK Hello from jpop-0.1", "capa": "UIDL EXPIRE_60 SASL_{auth}_XOAUTH2 TOP USER PIPELINING",
        "smtp": ["220 smtp.practice.example ESMTP ready"], "habits": "greeted told",
        "ehlo": "PIPELINING ENHANCEDSTATUSCODES 8BITMIME SIZE_41697280 {auth}"},
    "exim": {
        "imap": "* OK [CAPABILITY {caps}] Dovecot (Debian) ready.",
        "imap_caps": "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ {auth}", "imap_more": "UIDPLUS QUOTA",
        "pop3": "+OK Dovecot (Debian) ready.", "capa": "CAPA TOP UIDL RESP-CODES PIPELINING AUTH-RESP-CODE USER SASL_{auth}",
        "smtp": ["220-mail.practice.example ESMTP Exim 4.96.2 #2 Mon, 23 Nov 2026 20:00:00 +0100 ",
                 "220-We do not authorize the use of this system to transport unsolicited, ",
                 "220 and/or bulk e-mail."], "habits": "greeted told",
        "ehlo": "SIZE_52428800 LIMITS_MAILMAX=1000_RCPTMAX=50000 8BITMIME PIPELINING PIPECONNECT {auth}"},
    "sendmail": {
        "imap": "* OK [CAPABILITY {caps}] mail.practice.example IMAP4rev1 2007f.404 at Mon, 23 Nov 2026 20:00:00 +0100 (CET)",
        "imap_caps": "IMAP4REV1 I18NLEVEL=1 LITERAL+ SASL-IR LOGIN-REFERRALS {auth}",
        "imap_more": "IDLE UIDPLUS NAMESPACE CHILDREN MAILBOX-REFERRALS BINARY UNSELECT ESEARCH WITHIN SCAN SORT "
                     "THREAD=REFERENCES THREAD=ORDEREDSUBJECT MULTIAPPEND",
        "pop3": "+OK POP3 mail.practice.example 2007f.104 server ready", "capa": "TOP UIDL USER SASL_{auth}",
        "smtp": ["220 mail.practice.example ESMTP Sendmail 8.17.1.9/8.17.1.9; Mon, 23 Nov 2026 20:00:00 +0100"],
        "ehlo": "ENHANCEDSTATUSCODES PIPELINING EXPN VERB 8BITMIME SIZE DSN ETRN {auth}DELIVERBY HELP", "habits": "greeted"},
    "hmail": {
        "imap": "* OK IMAPrev1", "imap_caps": "IMAP4 IMAP4rev1 CHILDREN IDLE QUOTA SORT ACL NAMESPACE RIGHTS=texk {auth}",
        "imap_more": "", "pop3": "+OK POP3", "capa": "USER UIDL TOP SASL_{auth}", "smtp": ["220 ESMTP"],
        "ehlo": "SIZE_20480000 {auth}HELP", "habits": "no-ir"},
    "mdaemon": {
        "imap": "* OK practice.example IMAP4rev1 MDaemon 23.5.2 ready",
        "imap_caps": "NAMESPACE IDLE ACL UNSELECT UIDPLUS CHILDREN {auth}SASL-IR CONDSTORE IMAP4rev1 QUOTA ID",
        "imap_more": "", "pop3": "+OK practice.example POP MDaemon ready using UNREGISTERED SOFTWARE 23.5.2 <MDAEMON.1@practice.example>",
        "capa": "TOP USER UIDL SASL_{auth} STAMP IMPLEMENTATION_MDaemon", "smtp": [
            "220-practice.example ESMTP MSA MDaemon 23.5.2;", "220-All transactions are logged;",
            "220 Mon, 23 Nov 2026 20:00:00 +0100"],
        "ehlo": "{auth}8BITMIME ENHANCEDSTATUSCODES SIZE_0", "habits": "chatty"},
    "stalwart": {
        "imap": "* OK [CAPABILITY {caps}] \"mail.practice.example\" IMAP4rev2 ready",
        "imap_caps": "IMAP4rev2 IMAP4rev1 ENABLE SASL-IR LITERAL+ ID UTF8=ACCEPT JMAPACCESS {auth}AUTH=OAUTHBEARER",
        "imap_more": "IDLE NAMESPACE CHILDREN MULTIAPPEND BINARY UNSELECT ACL UIDPLUS ESEARCH WITHIN SEARCHRES SORT "
                     "THREAD=REFERENCES LIST-EXTENDED ESORT SORT=DISPLAY SPECIAL-USE CREATE-SPECIAL-USE MOVE CONDSTORE QRESYNC "
                     "UNAUTHENTICATE STATUS=SIZE OBJECTID PREVIEW QUOTA QUOTA=RES-STORAGE",
        "pop3": "+OK Stalwart POP3 at your service. ", "capa": "UIDL TOP USER SASL_{auth} PIPELINING RESP-CODES UTF8",
        "smtp": ["220 mail.practice.example Stalwart ESMTP at your service"], "habits": "greeted told",
        "ehlo": "{auth}PIPELINING CHUNKING DELIVERBY_600 DSN MT-PRIORITY_MIXER SIZE_104857600 FUTURERELEASE_604800_1 "
                "ENHANCEDSTATUSCODES 8BITMIME BINARYMIME SMTPUTF8 LIMITS"},
    "qmail": {
        "imap": "* OK IMAP4 ready", "imap_caps": "IMAP4rev1 {auth}", "imap_more": "",
        "pop3": "+OK <22122.1700000000@mail.practice.example>", "capa": "", "smtp": ["220 mail.practice.example ESMTP"],
        "ehlo": "{auth}PIPELINING 8BITMIME", "habits": "no-ir no-capa lower"},
    "zimbra": {
        "imap": "* OK IMAP4rev1 proxy server ready", "imap_caps": "IMAP4rev1 ACL BINARY CATENATE CHILDREN CONDSTORE ENABLE "
        "ESEARCH ID IDLE LIST-EXTENDED LIST-STATUS LITERAL+ MULTIAPPEND NAMESPACE QRESYNC QUOTA RIGHTS=ektx SASL-IR SEARCHRES "
        "SORT THREAD=ORDEREDSUBJECT UIDPLUS UNSELECT WITHIN XLIST {auth}", "imap_more": "",
        "pop3": "+OK POP3 ready", "capa": "TOP UIDL USER EXPIRE_31_USER XOIP SASL_{auth}",
        "smtp": ["220 mail.practice.example ESMTP Postfix"], "habits": "",
        "ehlo": "PIPELINING SIZE_10240000 {auth}ENHANCEDSTATUSCODES 8BITMIME DSN"},
}
HERE = MANNERS[ORDER["manner"]]
HABITS = HERE["habits"].split()


def shuffled(words):
    """In another order than its authors', where the draw says so: the order means nothing."""
    words = [word for word in words.split(" ") if word]
    if ORDER["shuffle"]:
        DICE.shuffle(words)
    return [word.replace("_", " ") for word in words]


CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
CONTEXT.minimum_version = getattr(ssl.TLSVersion, ORDER["tls"])
CONTEXT.load_cert_chain(ORDER["certificate"], ORDER["key"])
WORDS = {"imap": [shuffled(HERE["imap_caps"].format(auth="AUTH=PLAIN AUTH=LOGIN ")), HERE["imap_more"].split()],
         "pop3": shuffled(HERE["capa"].format(auth="PLAIN_LOGIN")),
         "smtp": shuffled(HERE["ehlo"].format(auth="AUTH_PLAIN_LOGIN "))}


class Talk:
    def __init__(self, client, door):
        self.socket, self.implicit = client, door.endswith("s")
        self.kind = door.rstrip("s") if door != "smtp25" else "smtp"
        self.secure, self.in_mail = self.implicit, False
        if self.implicit:
            self.wrap()
        else:
            self.lines = client.makefile("rb")

    def wrap(self):
        self.socket = CONTEXT.wrap_socket(self.socket, server_side=True)
        self.lines, self.secure = self.socket.makefile("rb"), True

    def say(self, *lines):
        data = b"".join((line.lower() if "lower" in HABITS and self.kind == "smtp" else line).encode() + b"\r\n"
                        for line in lines)
        size = ORDER["pieces"] or len(data)
        for at in range(0, len(data), size):
            self.socket.sendall(data[at:at + size])
            if ORDER["pieces"] and at + size < len(data):
                time.sleep(0.001)

    def knows(self, user, password):
        return password == ORDER["password"] and user.split("@")[0] == ORDER["user"]

    def plain(self, text):
        try:
            _, user, password = base64.b64decode(text).decode().split("\0")
        except ValueError:
            return False
        return self.knows(user, password)

    def read(self):
        return self.lines.readline().decode("utf-8", "replace").rstrip("\r\n")

    def ask(self, prompt, question=""):
        self.say(f"{prompt} {base64.b64encode(question.encode()).decode()}")
        return self.read()

    def sasl(self, prompt, mechanism, initial):
        """True when the user is known; None for a mechanism that is not."""
        if mechanism == "PLAIN":
            return self.plain(initial or self.ask(prompt))
        if mechanism != "LOGIN":
            return None
        user = base64.b64decode(initial or self.ask(prompt, "User Name\0")).decode()
        return self.knows(user, base64.b64decode(self.ask(prompt, "Password\0")).decode())

    def run(self):
        time.sleep(ORDER["greeting_delay"])
        getattr(self, self.kind)()

    def imap_caps(self, after_login=False):
        words = [word for word in WORDS["imap"][0] if self.secure or not word.startswith("AUTH=")]
        if not self.secure:
            words += ["STARTTLS", "LOGINDISABLED"]
        return " ".join(words + (WORDS["imap"][1] if after_login else []))

    def imap(self):
        self.say(HERE["imap"].format(caps=self.imap_caps()))
        while line := self.read():
            tag, _, rest = line.partition(" ")
            verb, _, rest = rest.partition(" ")
            if not self.imap_command(tag, verb.upper(), rest):
                return

    def imap_logged_in(self, tag, good):
        if not good:
            self.say(f"{tag} NO [AUTHENTICATIONFAILED] Authentication failed.")
        elif "told" in HABITS:
            self.say(f"{tag} OK [CAPABILITY {self.imap_caps(True)}] Logged in")
        else:
            self.say(f"{tag} OK completed")

    def imap_command(self, tag, verb, rest):
        if verb == "CAPABILITY":
            self.say(f"* CAPABILITY {self.imap_caps()}", f"{tag} OK completed")
        elif verb == "STARTTLS" and not self.secure:
            self.say(f"{tag} OK Begin TLS negotiation now")
            self.wrap()
        elif verb == "AUTHENTICATE" and self.secure:
            mechanism, _, initial = rest.partition(" ")
            if initial and "no-ir" in HABITS:
                self.say(f"{tag} BAD no initial response")
            else:
                self.imap_logged_in(tag, self.sasl("+", mechanism.upper(), initial))
        elif verb == "LOGIN" and self.secure:
            user, _, password = rest.partition(" ")
            self.imap_logged_in(tag, self.knows(user.strip('"'), password.strip('"')))
        elif verb in ("EXAMINE", "SELECT"):
            self.say("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)", "* 3 EXISTS", "* 0 RECENT",
                     "* OK [UIDVALIDITY 1700000000] UIDs valid", "* OK [UIDNEXT 4] next", f"{tag} OK [READ-ONLY] done")
        elif verb == "GETQUOTAROOT":
            self.say('* QUOTAROOT INBOX ""', '* QUOTA "" (STORAGE 100 100000)', f"{tag} OK done")
        elif verb == "ID":
            self.say('* ID ("name" "practice")', f"{tag} OK done")
        elif verb == "LOGOUT":
            self.say("* BYE logging out", f"{tag} OK done")
            return False
        else:
            self.say(*(["* OK [ALERT] Quiet hours from 23:00"] if "chatty" in HABITS else []), f"{tag} OK done"
                     if verb == "NOOP" else f"{tag} BAD unknown")
        return True

    def pop3(self):
        self.say(HERE["pop3"])
        user = ""
        while line := self.read():
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            if verb == "CAPA" and "no-capa" not in HABITS:
                more = [] if self.secure else ["STLS"]
                self.say("+OK Capability list follows", *WORDS["pop3"], *more, ".")
            elif verb == "STLS" and not self.secure:
                self.say("+OK Begin TLS")
                self.wrap()
            elif verb == "USER" and self.secure:
                user = rest
                self.say("+OK")
            elif verb == "PASS" and self.secure:
                self.say("+OK logged in" if self.knows(user, rest) else "-ERR [AUTH] no")
            elif verb == "AUTH" and self.secure:
                mechanism, _, initial = rest.partition(" ")
                self.say("+OK in" if self.sasl("+", mechanism.upper(), initial) else "-ERR [AUTH] no")
            elif verb == "STAT":
                self.say("+OK 3 4711")
            elif verb == "QUIT":
                self.say("+OK bye")
                return
            else:
                self.say("-ERR unknown command")

    def smtp(self):
        self.say(*HERE["smtp"])
        while line := self.read():
            verb, _, rest = line.partition(" ")
            if not self.smtp_command(verb.upper(), rest):
                return

    def ehlo(self):
        words = [word for word in WORDS["smtp"] if self.secure or not word.startswith("AUTH")]
        lines = ["mail.practice.example Hello [198.51.100.2], pleased to meet you"] + words + ([] if self.secure else ["STARTTLS"])
        self.say(*(f"250-{word}" for word in lines[:-1]), f"250 {lines[-1]}")

    def smtp_command(self, verb, rest):
        if verb == "EHLO":
            self.ehlo()
        elif verb == "STARTTLS" and not self.secure:
            self.say("220 2.0.0 Ready to start TLS")
            self.wrap()
        elif verb == "AUTH" and self.secure:
            mechanism, _, initial = rest.partition(" ")
            good = self.sasl("334", mechanism.upper(), initial)
            self.say("504 5.5.4 unknown" if good is None else "235 2.7.0 in" if good else "535 5.7.8 no")
        elif verb == "QUIT":
            self.say("221 2.0.0 bye")
            return False
        else:
            known = verb in ("MAIL", "RCPT", "RSET", "NOOP", "HELO")
            self.say("250 2.0.0 Ok" if known else "500 5.5.1 unknown command")
        return True


def answer(client, door):
    try:
        with client:
            client.settimeout(60)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Talk(client, door).run()
    except (OSError, ValueError):
        pass  # whoever hangs up has seen enough


def open_door(door, port):
    listener = socket.create_server((ORDER["address"], port), backlog=64)

    def serve():
        while True:
            client, _ = listener.accept()
            threading.Thread(target=answer, args=(client, door), daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()


for DOOR, PORT in ORDER["doors"].items():
    open_door(DOOR, PORT)
print("ready", flush=True)
threading.Event().wait()
