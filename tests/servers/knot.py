"""This file runs the name server Knot for the zone of the tests, on a high port of 127.0.0.2."""

import os

import process

HOST = "127.0.0.2"
CONFIG = """
server:
    listen: {host}@{port}
    rundir: {dir}
    user: {user}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: {dir}/db
log:
  - target: stderr
    any: info
template:
  - id: default
    storage: {dir}
    semantic-checks: off
zone:
  - domain: {domain}
    file: zone
"""
HEAD = """$ORIGIN {domain}.
$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 300
@ NS ns
ns A {host}
"""
ZONE = HEAD + """@ MX 10 mail
mail A {mail}
imap A {mail}
pop A {mail}
smtp A {mail}
"""


class Knot:
    def __init__(self, folder, domain, records, **options):
        """records: further lines of the zone. options, of networks of their own: host, port, mail, enter, zones (name ->
        lines)."""
        self.folder, self.process, self.host = folder, None, options.get("host", HOST)
        self.port, self.enter = options.get("port") or process.free_port(), options.get("enter", [])
        os.makedirs(os.path.join(folder, "db"), exist_ok=True)
        self.write("zone", ZONE.format(domain=domain, host=self.host, mail=options.get("mail", HOST))
                   + "".join(r + "\n" for r in records))
        is_root = os.getuid() == 0 and not options.get("nobody")
        user = "root:root" if is_root else "nobody"
        text = CONFIG.format(host=self.host, port=self.port, dir=folder, domain=domain, user=user)
        for name, lines in options.get("zones", {}).items():
            self.write(name, HEAD.format(domain=name, host=self.host) + "".join(line + "\n" for line in lines))
            text += f"  - domain: {name}\n    file: {name}\n"
        self.write("knot.conf", text if is_root else text.replace("    user: nobody\n", ""))

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as file:
            file.write(text)

    def start(self):
        log = os.path.join(self.folder, "log")
        self.process = process.start([*self.enter, "knotd", "-c", os.path.join(self.folder, "knot.conf")], log)
        process.wait_for(self.host, [self.port], self.process, log)
        return self

    def stop(self):
        process.stop(self.process)
        self.process = None
