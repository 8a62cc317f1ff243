"""This file sets mail programs up as their manuals say, at common providers, and asks for nothing of warning or worse."""

import os
import shutil
import socket
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import tap

SUITE = tap.Suite()
# domain: hosts for IMAP, SMTP, POP3; whether a sender's port is 587 alone; whether passwords are retired.
PROVIDERS = {
    "gmail.com": ("imap.gmail.com", "smtp.gmail.com", "pop.gmail.com", False, False),
    "outlook.com": ("outlook.office365.com", "smtp-mail.outlook.com", "outlook.office365.com", True, True),
    "yahoo.com": ("imap.mail.yahoo.com", "smtp.mail.yahoo.com", "pop.mail.yahoo.com", False, False),
    "gmx.net": ("imap.gmx.net", "mail.gmx.net", "pop.gmx.net", False, False),
    "web.de": ("imap.web.de", "smtp.web.de", "pop3.web.de", False, False),
    "icloud.com": ("imap.mail.me.com", "smtp.mail.me.com", None, True, False),
    "fastmail.com": ("imap.fastmail.com", "smtp.fastmail.com", "pop.fastmail.com", False, False),
    "posteo.de": ("posteo.de", "posteo.de", "posteo.de", False, False),
    "mailbox.org": ("imap.mailbox.org", "smtp.mailbox.org", "pop3.mailbox.org", False, False),
    "t-online.de": ("secureimap.t-online.de", "securesmtp.t-online.de", "securepop.t-online.de", False, False),
    "zoho.com": ("imap.zoho.com", "smtp.zoho.com", "pop.zoho.com", False, False),
    "aol.com": ("imap.aol.com", "smtp.aol.com", "pop.aol.com", False, False),
    "yandex.ru": ("imap.yandex.com", "smtp.yandex.com", "pop.yandex.com", False, False),
    "comcast.net": ("imap.comcast.net", "smtp.comcast.net", None, False, False),
    "orange.fr": ("imap.orange.fr", "smtp.orange.fr", "pop.orange.fr", False, False),
    "free.fr": ("imap.free.fr", "smtp.free.fr", "pop.free.fr", False, False),
    "bluewin.ch": ("imaps.bluewin.ch", "smtpauths.bluewin.ch", "pop3s.bluewin.ch", False, False),
    "example.org": ("imap.example.org", "smtp.example.org", "pop.example.org", False, False),
}


class Place:
    """What the set-ups of one provider share."""

    def __init__(self, domain):
        self.imap, self.smtp, self.pop, only_587, self.oauth = PROVIDERS[domain]
        self.user = "anna.example@" + domain
        self.quoted = self.user.replace("@", "%40")
        self.ports = [(587, "on")] if only_587 else [(465, "off"), (587, "on")]
        self.smtp_url = f"smtp://{self.quoted}@{self.smtp}:587/" if only_587 else f"smtps://{self.quoted}@{self.smtp}:465/"


def thunderbird(it):
    method, (port, starttls) = (10 if it.oauth else 3), it.ports[0]
    server = {"type": '"imap"', "hostname": f'"{it.imap}"', "port": 993, "socketType": 3, "authMethod": method,
              "userName": f'"{it.user}"', "login_at_startup": "true", "timeout": 29, "max_cached_connections": 5}
    sender = {"hostname": f'"{it.smtp}"', "port": port, "try_ssl": 2 if starttls == "on" else 3, "authMethod": method,
              "username": f'"{it.user}"'}
    prefs = {"mail.accountmanager.accounts": '"account1,account2"', "mail.account.account1.identities": '"id1"',
             "mail.account.account1.server": '"server1"', "mail.account.account2.server": '"server2"',
             "mail.identity.id1.useremail": f'"{it.user}"', "mail.identity.id1.smtpServer": '"smtp1"',
             "mail.server.server2.type": '"none"', "mail.server.server2.hostname": '"Local Folders"',
             "mail.smtpservers": '"smtp1"', "mail.smtp.defaultserver": '"smtp1"',
             **{"mail.server.server1." + name: value for name, value in server.items()},
             **{"mail.smtpserver.smtp1." + name: value for name, value in sender.items()}}
    yield {".thunderbird/profiles.ini": "[Profile0]\nName=default\nIsRelative=1\nPath=x\nDefault=1\n",
           ".thunderbird/x/logins.json": "{}",
           ".thunderbird/x/prefs.js": "".join(f'user_pref("{name}", {value});\n' for name, value in prefs.items())}


def mbsync(it):
    method = "XOAUTH2" if it.oauth else "LOGIN"
    for word in ("TLSType IMAPS\nTLSVersions +1.2", "SSLType IMAPS\nSSLVersions TLSv1.2"):
        yield {".mbsyncrc": f'IMAPAccount a\nHost {it.imap}\nUser {it.user}\nPassCmd "pass show x"\n{word}\nAuthMechs {method}\n'
                            "CertificateFile /etc/ssl/certs/ca-certificates.crt\n\nIMAPStore far\nAccount a\n\n"
                            "MaildirStore near\nPath ~/Mail/\nInbox ~/Mail/INBOX\n\nChannel a\nFar :far:\nNear :near:\n"}


def msmtp(it):
    for port, starttls in it.ports:
        yield {".msmtprc": "defaults\nauth on\ntls on\ntls_trust_file /etc/ssl/certs/ca-certificates.crt\n\naccount a\n"
                           f"host {it.smtp}\nport {port}\ntls_starttls {starttls}\nfrom {it.user}\nuser {it.user}\n"
                           f"passwordeval \"pass x\"\n{'auth xoauth2' if it.oauth else ''}\n\naccount default : a\n"}


def fetchmail(it):
    yield {".fetchmailrc": f'set daemon 300\npoll {it.imap} protocol IMAP user "{it.user}" is anna here ssl sslcertck keep\n'}
    if it.pop:
        yield {".fetchmailrc": f"poll {it.pop} with proto POP3\n  user '{it.user}' there with password 'x' is anna here "
                               "options ssl sslcertck\n"}


def getmail(it):
    method = "use_xoauth2 = True\n" if it.oauth else ""
    for host, kind in ((it.imap, "IMAP"), (it.pop, "POP3")):
        if host:
            yield {".config/getmail/getmailrc":
                   f"[retriever]\ntype = Simple{kind}SSLRetriever\nserver = {host}\nusername = {it.user}\n{method}"
                   'password_command = ("pass", "x")\n\n[destination]\ntype = Maildir\npath = ~/Maildir/\n\n'
                   "[options]\nread_all = false\ndelete = false\n"}


def neomutt(it):
    method = 'set imap_authenticators="xoauth2"\nset smtp_authenticators="xoauth2"\n' if it.oauth else ""
    yield {".config/neomutt/neomuttrc":
           f'set from = "{it.user}"\nset imap_user = "{it.user}"\nset imap_pass = `pass x`\nset folder = "imaps://{it.imap}/"\n'
           f'set spoolfile = "+INBOX"\nset smtp_url = "{it.smtp_url}"\nset ssl_starttls = yes\nset ssl_force_tls = yes\n{method}'}
    yield {".muttrc": f'set folder="imaps://{it.user}@{it.imap}:993"\nset smtp_url="smtp://{it.user}@{it.smtp}:587/"\n'
                      f"set ssl_starttls=yes\nset ssl_force_tls=yes\nset from={it.user}\n{method}"}


def aerc(it):
    more = "+oauthbearer" if it.oauth else ""
    yield {".config/aerc/accounts.conf":
           f"[A]\nsource = imaps{more}://{it.quoted}@{it.imap}:993\nsource-cred-cmd = pass x\n"
           f"outgoing = {it.smtp_url.replace('://', more + '://')}\noutgoing-cred-cmd = pass x\nfrom = Anna <{it.user}>\n"}


def evolution(it):
    folder, method = ".config/evolution/sources/", "Outlook" if it.oauth else "PLAIN"
    port, starttls = it.ports[0]
    security = "starttls-on-standard-port" if starttls == "on" else "ssl-on-alternate-port"
    yield {folder + "acc.source":
           f"[Data Source]\nDisplayName={it.user}\nEnabled=true\n\n[Authentication]\nHost={it.imap}\nMethod={method}\nPort=993\n"
           f"User={it.user}\n\n[Mail Account]\nBackendName=imapx\nIdentityUid=ident\n\n[Security]\nMethod=ssl-on-alternate-port\n",
           folder + "ident.source":
           f"[Data Source]\nEnabled=true\nParent=acc\n\n[Mail Identity]\nAddress={it.user}\n\n[Mail Submission]\n"
           "TransportUid=trans\n",
           folder + "trans.source":
           f"[Data Source]\nEnabled=true\nParent=acc\n\n[Authentication]\nHost={it.smtp}\nMethod={method}\nPort={port}\n"
           f"User={it.user}\n\n[Mail Transport]\nBackendName=smtp\n\n[Security]\nMethod={security}\n"}


def offlineimap(it):
    method = "auth_mechanisms = XOAUTH2\n" if it.oauth else ""
    yield {".offlineimaprc": "[general]\naccounts = A\n\n[Account A]\nlocalrepository = L\nremoterepository = R\n\n"
                             "[Repository L]\ntype = Maildir\nlocalfolders = ~/Mail\n\n[Repository R]\ntype = IMAP\n"
                             f"remotehost = {it.imap}\nremoteuser = {it.user}\nremotepasseval = x()\nssl = yes\n{method}"}


PROGRAMS = [thunderbird, mbsync, msmtp, fetchmail, getmail, neomutt, aerc, evolution, offlineimap]


def expect_quiet(files, user, what):
    home = tempfile.mkdtemp(prefix="postmend-healthy-")
    try:
        for name, text in files.items():
            path = os.path.join(home, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        plain = {"XDG_CONFIG_HOME": ""}
        for command in (["profile", "check"], ["diagnose", user, "--offline"]):
            done = doctor.visit(*command, "--json", home=home, env=plain)
            doctor.expect_healthy(done)
            tap.expect_equal(len(done.json()["facts"]["accounts"]), 1, f"{what}: accounts, by {command}")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def add(program):
    def every():
        n = 0
        for domain in PROVIDERS:
            it = Place(domain)
            for files in program(it):
                expect_quiet(files, it.user, f"{program.__name__} at {domain}")
                n += 1
        tap.comment(f"{n} set-ups")
    SUITE.add(f"{program.__name__} at {len(PROVIDERS)} providers: nothing of warning or worse", every)


@SUITE.case("a bridge on this computer to a provider without IMAP: no fault")
def bridge():
    user = "anna@proton.me"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        expect_quiet({".mbsyncrc": f"IMAPAccount a\nHost 127.0.0.1\nPort {port}\nUser {user}\nPassCmd x\nTLSType STARTTLS\n"},
                     user, "bridge")


@SUITE.case("a password where the provider has retired them is named all the same")
def retired():
    it = Place("outlook.com")
    it.oauth = False
    for program in (neomutt, getmail, mbsync):
        home = tempfile.mkdtemp(prefix="postmend-healthy-")
        for name, text in next(iter(program(it))).items():
            os.makedirs(os.path.dirname(os.path.join(home, name)), exist_ok=True)
            with open(os.path.join(home, name), "w", encoding="utf-8") as file:
                file.write(text)
        found = doctor.visit("profile", "check", "--json", home=home, env={"XDG_CONFIG_HOME": ""}).json()
        shutil.rmtree(home, ignore_errors=True)
        tap.expect_equal(found["causes"], ["account-password-login-retired"], program.__name__)


for one in PROGRAMS:
    add(one)
SUITE.run()
