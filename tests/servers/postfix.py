"""This file runs Postfix with a configuration, queue and data folder of its own: 587 with STARTTLS and 465, on high ports.

Nothing leaves it: mail that it takes is thrown away.
"""

import os
import shutil

import process

HOST = "127.0.0.2"
MAIN = """
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = no
mail_owner = postfix
setgid_group = postdrop
default_privs = nobody
myhostname = mail.practice.example
mydestination = {destination}
inet_interfaces = {interfaces}
inet_protocols = ipv4
mynetworks = 127.0.0.9
local_recipient_maps =
local_transport = {local}
default_transport = discard:
relay_transport = discard:
alias_maps =
alias_database =
maillog_file = {dir}/log
maillog_file_prefixes = {dir}
smtpd_tls_chain_files = {key}, {cert}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_protocols = {protocols}
smtpd_tls_mandatory_protocols = {protocols}
smtpd_tls_ciphers = {grade}
smtpd_tls_mandatory_ciphers = {grade}
tls_low_cipherlist = ALL:@SECLEVEL=0
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:{host}:{sasl}
smtpd_sasl_auth_enable = {auth}
smtpd_relay_restrictions = {relay}
smtpd_client_auth_rate_limit = 0
# The default from 3.9 on.
smtpd_forbid_unauth_pipelining = yes
smtpd_peername_lookup = no
message_size_limit = {size}
smtputf8_enable = {utf8}
"""
MASTER = """
{more}
{host}:{submission} inet n - n - - smtpd
{host}:{submissions} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

# The folders of a queue as "postfix check" makes them, which takes seconds: name, group, mode.
QUEUE = [(name, "root", 0o700) for name in ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming",
                                            "private", "saved", "trace")]
QUEUE += [("maildrop", "postdrop", 0o730), ("public", "postdrop", 0o710)]
MASTER_PROGRAM = "/usr/lib/postfix/sbin/master"


class Postfix:
    def __init__(self, folder, certificate, sasl_port, **options):
        """options: auth, relay, destination, only_tls (TLSv1, TLSv1.1 ...), size; of networks of their own: ports, host,
        enter (words that lead there), local (a transport), more (lines of master.cf), extra (lines of main.cf)."""
        self.folder, self.process, self.host = folder, None, options.get("host", HOST)
        self.enter = options.get("enter", [])
        self.ports = options.get("ports") or {name: process.free_port() for name in ("submission", "submissions")}
        for name in ("queue/pid", "data", "conf"):
            os.makedirs(os.path.join(folder, name))
        for name, group, mode in QUEUE:
            path = os.path.join(folder, "queue", name)
            os.mkdir(path)
            shutil.chown(path, "postfix", group)
            os.chmod(path, mode)
        shutil.chown(os.path.join(folder, "data"), "postfix")
        only = options.get("only_tls")
        self.write("main.cf", MAIN.format(
            dir=folder, host=self.host, cert=certificate[0], key=certificate[1], sasl=sasl_port,
            protocols=only or ">=TLSv1.2", grade="low" if only else "medium",
            auth=options.get("auth", "yes"), utf8=options.get("utf8", "yes"), local=options.get("local", "discard:"),
            interfaces="all" if self.enter else "loopback-only", size=options.get("size", 50_000_000),
            relay=options.get("relay", "permit_sasl_authenticated, reject_unauth_destination"),
            destination=options.get("destination", "practice.example")) + options.get("extra", ""))
        self.write("master.cf", MASTER.format(host=self.host, more=options.get("more", ""), **self.ports))

    def write(self, name, text):
        with open(os.path.join(self.folder, "conf", name), "w", encoding="ascii") as file:
            file.write(text)
        # Postfix waits until a file that it reads is some seconds old, in case it is still being written.
        os.utime(os.path.join(self.folder, "conf", name), (1, 1))

    def start(self):
        log = os.path.join(self.folder, "log")
        open(log, "ab").close()
        # The master itself and not "postfix start", which leaves it to run on its own.
        self.process = process.start([*self.enter, MASTER_PROGRAM, "-d"], log,
                                     env={"MAIL_CONFIG": os.path.join(self.folder, "conf")})
        process.wait_for(self.host, self.ports.values(), self.process, log)
        return self

    def stop(self):
        process.stop(self.process)
        self.process = None
