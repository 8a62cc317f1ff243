"""This file draws healthy set-ups and has postmend diagnose them: nothing may be found that is a warning or worse.

healthy.py SEED FIRST STEP COUNT: of COUNT set-ups those numbered FIRST, FIRST+STEP, ..., in networks of its own; a line of
JSON for each. A set-up depends on the seed and its number alone. Run by test_healthy.py and by the bench.
"""

import json
import os
import random
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import world

import doctor
import dovecot
import knot
import pki
import postfix
import process
import provider

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 20261123
MANNERS = ["cyrus", "courier", "gmail", "exchange", "yahoo", "exim", "sendmail", "hmail", "mdaemon", "stalwart", "qmail",
           "zimbra"]
CERTIFICATES = ["rsa", "rsa4096", "ecdsa", "ecdsa384", "ed25519", "long", "wildcard", "many", "with-root"]
GUESSED = "plain.example"
DOORS = {"imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995, "smtp": 587, "smtps": 465, "smtp25": 25}
DOVECOT_GREETINGS = ["Dovecot ready.", "ready", "*** Welcome - it's a fine day (really)! ***", "IMAP4rev1, POP3 and more",
                     "mail.practice.example at your service; unauthorised use is prohibited. " * 4, "+OK 220 * BYE? No: hello",
                     "[practice] it works"]
BANNERS = ["$myhostname ESMTP", "$myhostname ESMTP $mail_name (Debian/GNU)", "$myhostname", "$myhostname NO UCE NO UBE - 554? 421?",
           "$myhostname ESMTP Mail service ready; time is 12:00"]
EHLO_OFF = ["chunking", "dsn", "etrn", "vrfy", "enhancedstatuscodes", "8bitmime", "pipelining", "size", "smtputf8"]


def draw(seed, number):
    """The set-up of this number, as a dict that can be printed."""
    dice = random.Random(f"{seed}-{number}")
    real = dice.random() < 0.35
    rtt = round(400 ** dice.random(), 1)
    setup = {
        "number": number, "software": "dovecot+postfix" if real else dice.choice(MANNERS),
        "certificate": dice.choice(CERTIFICATES), "round_trip_ms": rtt, "jitter_ms": round(rtt * dice.choice([0, 0, 0.05, 0.2]), 1),
        "loss": dice.choice([0, 0, round(dice.random(), 2), 1]), "login": dice.random() < 0.5,
        "names": dice.choice(["srv", "srv", "guess"]), "tls": dice.choice(["TLSv1_2", "TLSv1_2", "TLSv1_3"]),
    }
    if real:
        setup["greeting"], setup["banner"] = dice.choice(DOVECOT_GREETINGS), dice.choice(BANNERS)
        setup["mechanisms"] = dice.choice(["plain", "plain login", "login plain", "plain login cram-md5",
                                           "plain login cram-md5 scram-sha-1 scram-sha-256 digest-md5"])
        setup["ehlo_off"] = dice.sample(EHLO_OFF, dice.choice([0, 0, 1, 3]))
        setup["size"], setup["broken_auth"] = dice.choice([10_240_000, 50_000_000, 0]), dice.choice(["yes", "no"])
        setup["auth_only"] = dice.choice(["yes", "yes", "no"])
        setup["capability"] = dice.choice(["", "+XPRACTICE X-GM-EXT-9",
                                           "IDLE UIDPLUS IMAP4rev1 SASL-IR LITERAL+ ID QUOTA NAMESPACE"])
    else:
        setup["shuffle"], setup["pieces"] = dice.random() < 0.5, dice.choice([0, 0, 1, 7, 100])
        setup["greeting_delay"] = dice.choice([0, 0, 0.05, 0.4])
    return setup


class Certificates(pki.Pki):
    """Kinds of certificates that are in use and all good."""

    KEYS = {"rsa4096": ["RSA", "-pkeyopt", "rsa_keygen_bits:4096"], "ecdsa": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
            "ecdsa384": ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"], "ed25519": ["ED25519"]}

    def __init__(self, folder):
        super().__init__(os.path.join(folder, "pki"), provider.DOMAIN)
        os.chmod(self.folder, 0o755)
        issuer = "root"
        for name in ("upper", "middle", "lower"):
            self.make(name, f"/O=Practice/CN=Practice {name} CA", "root", issuer)
            issuer = name

    def make_key(self, key, name):
        kind = name.removeprefix("server-")
        if kind in self.KEYS and name != kind:
            self.openssl("genpkey", "-algorithm", *self.KEYS[kind], "-out", key)
        else:
            super().make_key(key, name)

    def make_server(self, kind):
        domains = (provider.DOMAIN, GUESSED)
        names = [f"{host}.{domain}" for domain in domains for host in pki.HOSTS]
        if kind == "wildcard":
            names = [f"*.{domain}" for domain in domains]
        elif kind == "many":
            names = [f"customer-{n}.hosting.example" for n in range(60)] + names
        above = ["lower", "middle", "upper"] if kind == "long" else ["issuer", "root"] if kind == "with-root" else ["issuer"]
        pem = self.make("server-" + kind, f"/CN={names[-1]}", "server", above[0], ",".join("DNS:" + n for n in names), ("-1", "+90"))
        chain = self.path(f"server-{kind}.chain.pem")
        with open(chain, "w", encoding="ascii") as out:
            for part in [pem] + [self.path(name + ".pem") for name in above]:
                with open(part, encoding="ascii") as file:
                    out.write(file.read())
        return chain, self.path(f"server-{kind}.key")


class Servers:
    """The servers of a set-up, in the servers' namespace."""

    def __init__(self, at, certificates, setup):
        self.running, self.at, self.setup = [], at, setup
        self.folder = tempfile.mkdtemp(dir=at.folder)
        os.chmod(self.folder, 0o755)
        certificate = certificates.server(setup["certificate"])
        if setup["software"] == "dovecot+postfix":
            self.real(certificate)
        else:
            self.imitation(certificate, DOORS)

    def real(self, certificate):
        setup = self.setup
        own = {"enter": self.at.server} if world.is_root() else {
            "enter": [*self.at.server, *world.AS_NOBODY], "nobody": True}
        extra = f'login_greeting = "{setup["greeting"]}"\nssl_min_protocol = {setup["tls"].replace("_", ".")}\n'
        if setup["capability"]:
            extra += f'imap_capability = {setup["capability"]}\n'
        self.keep(dovecot.Dovecot(self.sub("dovecot"), certificate, {provider.USER: provider.PASSWORD}, ports=provider.PORTS,
                                  host=world.MAIL, listen="*", mechanisms=setup["mechanisms"], extra=extra, **own))
        if not world.is_root():
            self.setup.update({"manner": "sendmail", "shuffle": False, "pieces": 0, "greeting_delay": 0})
            self.imitation(certificate, {door: port for door, port in DOORS.items() if door[0] == "s"})
            return
        extra = (f'smtpd_banner = {setup["banner"]}\nsmtpd_discard_ehlo_keywords = {", ".join(setup["ehlo_off"])}\n'
                 f'broken_sasl_auth_clients = {setup["broken_auth"]}\nsmtpd_tls_auth_only = {setup["auth_only"]}\n')
        self.keep(postfix.Postfix(self.sub("postfix"), certificate, provider.PORTS["sasl"], host=world.MAIL,
                                  enter=self.at.server, ports={"submission": 587, "submissions": 465}, size=setup["size"],
                                  more=f"{world.MAIL}:25 inet n - n - - smtpd", extra=extra))

    def imitation(self, certificate, doors):
        setup, order = self.setup, os.path.join(self.folder, "order")
        with open(order, "w", encoding="utf-8") as file:
            json.dump({"doors": doors, "address": world.MAIL, "manner": setup.get("manner", setup["software"]),
                       "certificate": certificate[0], "key": certificate[1], "user": provider.USER, "tls": setup["tls"],
                       "password": provider.PASSWORD, "seed": setup["number"], "shuffle": setup["shuffle"],
                       "pieces": setup["pieces"], "greeting_delay": setup["greeting_delay"]}, file)
        log = os.path.join(self.folder, "log")
        self.child = process.start([*self.at.server, sys.executable, os.path.join(HERE, "dialects.py"), order], log)
        process.first_line(self.child, log)

    def sub(self, name):
        path = os.path.join(self.folder, name)
        os.makedirs(path)
        return path

    def keep(self, server):
        self.running.append(server)
        server.start()

    def stop(self):
        for server in self.running:
            server.stop()
        process.stop(getattr(self, "child", None))
        shutil.rmtree(self.folder, ignore_errors=True)


def examine(at, certificates, setup):
    """What postmend makes of it, as a dict; "bad" is empty when all is well."""
    servers = Servers(at, certificates, setup)
    try:
        half = setup["round_trip_ms"] / 2
        for order in (f"delay {half}", f"jitter {setup['jitter_ms'] / 2}", f"loss {setup['loss']}"):
            at.relay(order)
        domain = provider.DOMAIN if setup["names"] == "srv" else GUESSED
        words = ["--json", "--resolver", world.NAMES, "--ca-file", certificates.ca]
        if setup["login"]:
            words += ["--login", "--user", f"{provider.USER}@{domain}", "--password-file", os.path.join(at.folder, "password")]
        done = doctor.visit(f"{provider.USER}@{domain}", *words, limit=120)
    finally:
        servers.stop()
        at.clear()
    said = done.json()
    bad = [f["id"] for f in said["findings"] if f["severity"] in ("warning", "fault", "loss")] + said["causes"]
    if not bad and (said["verdict"] != "healthy" or done.code):
        bad = [f"{said['verdict']}, exit {done.code}"]
    return {**setup, "bad": bad, "seconds": round(done.seconds, 2), "said": str(done) if bad else ""}


def main():
    seed, first, step, count = map(int, sys.argv[1:5])
    at = world.World()
    with open(os.path.join(at.folder, "password"), "w", encoding="ascii") as file:
        file.write(provider.PASSWORD)
    certificates = Certificates(at.folder)
    dns = knot.Knot(os.path.join(at.folder, "knot"), provider.DOMAIN, provider.RECORDS, host=world.NAMES, port=53,
                    mail=world.MAIL, zones={GUESSED: [f"{name} A {world.MAIL}" for name in ("mail", "imap", "pop", "smtp")]
                                            + ["@ MX 10 mail"]},
                    **({"enter": at.server} if world.is_root() else
                       {"enter": [*at.server, *world.AS_NOBODY], "nobody": True}))
    dns.start()
    try:
        for number in range(first, count, step):
            print(json.dumps(examine(at, certificates, draw(seed, number))), flush=True)
    finally:
        dns.stop()


if __name__ == "__main__":
    if not world.enter_alone():
        sys.exit(77)
    main()
