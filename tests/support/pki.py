"""This file makes the certificates of one test run with the openssl command: a root, an issuer, servers' own."""

import os
import shutil
import subprocess

HOSTS = ["mail", "imap", "pop", "smtp", "autoconfig"]
CONFIG = """
[ca]
default_ca = here
[here]
dir = {dir}
new_certs_dir = {dir}/new
database = {dir}/index.txt
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
organizationName = optional
[req]
distinguished_name = dn
prompt = no
[dn]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[issuer]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = {names}
"""


class Pki:
    """ca is the file to trust; server(kind) gives (chain file, key file) for a kind of certificate."""

    def __init__(self, folder, domain, more=()):
        """more: names that servers' certificates have besides those of the domain."""
        self.folder, self.domain, self.more = folder, domain, list(more)
        os.makedirs(os.path.join(folder, "new"), exist_ok=True)
        with open(self.path("index.txt"), "w", encoding="ascii"):
            pass
        self.ca = self.make("root", "/O=Practice/CN=Practice Root CA", "root", None)
        self.make("issuer", "/O=Practice/CN=Practice Issuing CA", "issuer", "root")
        self.made = {}

    def path(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *words):
        out = subprocess.run(["openssl", *words], capture_output=True, text=True)
        if out.returncode:
            raise RuntimeError(f"openssl {' '.join(words)}: {out.stderr}")

    def make(self, name, subject, section, issuer, names="DNS:none.invalid", dates=("-1", "+400")):
        """One key and its certificate, signed by issuer (None: by itself)."""
        config, key, csr, pem = (self.path(f"{name}.{end}") for end in ("cnf", "key", "csr", "pem"))
        with open(config, "w", encoding="ascii") as file:
            file.write(CONFIG.format(dir=self.folder, names=names))
        self.make_key(key, name)
        self.openssl("req", "-new", "-config", config, "-key", key, "-subj", subject, "-out", csr)
        start, end = (subprocess.run(["date", "-u", "-d", f"{day} days", "+%Y%m%d%H%M%SZ"], capture_output=True,
                                     text=True, check=True).stdout.strip() for day in dates)
        sign = ["-selfsign", "-keyfile", key] if issuer is None else \
            ["-cert", self.path(issuer + ".pem"), "-keyfile", self.path(issuer + ".key")]
        self.openssl("ca", "-batch", "-notext", "-config", config, "-extensions", section, "-startdate", start,
                     "-enddate", end, "-in", csr, "-out", pem, *sign)
        return pem

    def make_key(self, key, name):
        """One key serves all kinds of a server's certificate: an RSA key takes a second to find."""
        one = self.path("server.key")
        if not name.startswith("server-"):
            self.openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", key)
            return
        if not os.path.exists(one):
            self.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", one)
        shutil.copy(one, key)

    def server(self, kind="good"):
        if kind not in self.made:
            self.made[kind] = self.make_server(kind)
        return self.made[kind]

    def make_server(self, kind):
        names = ",".join(f"DNS:{name}" for name in [f"{host}.{self.domain}" for host in HOSTS] + self.more)
        subject, issuer, dates = f"/CN=mail.{self.domain}", "issuer", ("-1", "+90")
        if kind == "other-host":
            subject, names = "/CN=mail.elsewhere.example", "DNS:mail.elsewhere.example"
        elif kind == "expired":
            dates = ("-100", "-10")
        elif kind == "not-yet":
            dates = ("+10", "+100")
        elif kind == "self-signed":
            issuer = None
        pem = self.make("server-" + kind, subject, "server", issuer, names, dates)
        chain = self.path(f"server-{kind}.chain.pem")
        parts = [pem] if kind in ("self-signed", "no-intermediate") else [pem, self.path("issuer.pem")]
        with open(chain, "w", encoding="ascii") as out:
            for part in parts:
                with open(part, encoding="ascii") as file:
                    out.write(file.read())
        return chain, self.path(f"server-{kind}.key")
