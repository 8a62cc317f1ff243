"""This file runs Dovecot (IMAP, POP3, SASL for Postfix) with a configuration of its own.

It listens on 127.0.0.2: a client that comes from the very address that it talks to counts as local
with Dovecot, and what is said about logins without TLS would not show.
"""

import os

import process

HOST = "127.0.0.2"
CONFIG = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
auth_verbose = yes
listen = {listen}
protocols = {protocols}
default_login_user = nobody
default_internal_user = nobody
default_internal_group = nogroup
first_valid_uid = 1
mail_location = maildir:{dir}/mail/%n
mail_uid = {uid}
mail_gid = {gid}
mail_max_lock_timeout = 1 secs
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
auth_username_format = %n
disable_plaintext_auth = {disable_plaintext}
ssl = {ssl}
ssl_cert = <{cert}
ssl_key = <{key}
ssl_dh =
ssl_min_protocol = TLSv1
ssl_cipher_list = {ciphers}
mail_plugins = quota
import_environment = $import_environment {environment}
plugin {{
  quota = count:User quota
  quota_rule = *:storage={quota}
  quota_vsizes = yes
}}
protocol imap {{
  mail_plugins = quota imap_quota
}}
pop3_lock_session = {lock}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {dir}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/mail/%n
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
service auth {{
  inet_listener {{
    address = {host}
    port = {sasl}
  }}
}}
{more}"""
LMTP = """
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {port}
  }}
}}
protocol lmtp {{
  postmaster_address = postmaster@practice.example
}}
lda_mailbox_autocreate = yes
namespace inbox {{
  inbox = yes
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
}}
"""
# What OpenSSL itself may speak: Dovecot has no setting for the newest version.
ONLY = """
openssl_conf = init
[init]
ssl_conf = ssl
[ssl]
system_default = all
[all]
MinProtocol = {version}
MaxProtocol = {version}
CipherString = ALL:@SECLEVEL=0
"""


class Dovecot:
    def __init__(self, folder, certificate, users, **options):
        """users: name -> password. options: ssl, disable_plaintext, mechanisms, quota, lock, only_tls (TLSv1, TLSv1.1 ...);
        of networks of their own: ports, host, listen, enter (words that lead there), lmtp (a port), nobody (it runs as
        nobody there), extra (lines of its configuration)."""
        self.folder, self.process, self.host = folder, None, options.get("host", HOST)
        self.is_root = os.getuid() == 0 and not options.get("nobody")
        self.enter, lmtp = options.get("enter", []), options.get("lmtp")
        self.ports = options.get("ports") or {name: process.free_port() for name in ("imap", "imaps", "pop3", "pop3s", "sasl")}
        for name in ("run", "state", "mail"):
            os.makedirs(os.path.join(folder, name), exist_ok=True)
        self.write("users", "".join(f"{name}:{{PLAIN}}{password}\n" for name, password in users.items()))
        environment = ""
        if options.get("only_tls"):
            self.write("openssl.cnf", ONLY.format(version=options["only_tls"]))
            environment = f"OPENSSL_CONF={folder}/openssl.cnf"
        mail_uid = 65534 if os.getuid() == 0 else os.getuid()
        if self.is_root:
            os.chown(os.path.join(folder, "mail"), mail_uid, mail_uid)
        self.write("dovecot.conf", CONFIG.format(
            dir=folder, host=self.host, listen=options.get("listen", self.host), cert=certificate[0], key=certificate[1], uid=mail_uid,
            gid=65534 if os.getuid() == 0 else os.getgid(), environment=environment,
            mechanisms=options.get("mechanisms", "plain login cram-md5 scram-sha-1 scram-sha-256"),
            disable_plaintext=options.get("disable_plaintext", "yes"), ssl=options.get("ssl", "yes"),
            ciphers="ALL:@SECLEVEL=0" if options.get("only_tls") else "HIGH:!aNULL",
            quota=options.get("quota", "100M"), lock=options.get("lock", "no"),
            protocols="imap pop3 lmtp" if lmtp else "imap pop3", more=(LMTP.format(port=lmtp) if lmtp else "") + options.get("extra", ""), **self.ports))

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as file:
            file.write(text)

    def start(self):
        log = os.path.join(self.folder, "log")
        self.process = process.start([*self.enter, "dovecot", "-F", "-c", os.path.join(self.folder, "dovecot.conf")], log)
        ssl_off = "\nssl = no\n" in open(os.path.join(self.folder, "dovecot.conf"), encoding="ascii").read()
        wanted = ["imap", "pop3"] + ([] if self.enter else ["sasl"]) + ([] if ssl_off else ["imaps", "pop3s"])
        process.wait_for(self.host, [self.ports[name] for name in wanted], self.process, log)
        return self

    def stop(self):
        process.stop(self.process)
        self.process = None

    def deliver(self, user, size):
        """One message of about `size` bytes into the user's INBOX."""
        box = os.path.join(self.folder, "mail", user)
        for part in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(box, part), exist_ok=True)
        with open(os.path.join(box, "new", f"1700000000.M{size}P1.practice"), "w", encoding="ascii") as file:
            file.write(f"From: {user}@practice.example\nSubject: test\n\n" + ("x" * 76 + "\n") * (size // 77))
        if self.is_root:
            for folder, folders, files in os.walk(box):
                for name in [folder] + [os.path.join(folder, n) for n in folders + files]:
                    os.chown(name, 65534, 65534)
