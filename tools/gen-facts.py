#!/usr/bin/env python3
"""This file turns the committed tables of mail providers into sorted C tables.

Usage: gen-facts.py DOMAINS SERVERS CORRECTIONS HINTS MOVES OUTPUT. src/facts/data/README.md explains the tables.
"""

import collections
import fnmatch
import re
import sys

PROTOCOLS = {"imap": "PROTOCOL_IMAP", "pop3": "PROTOCOL_POP3", "smtp": "PROTOCOL_SMTP"}
SECURITIES = {"ssl": "SECURITY_TLS", "starttls": "SECURITY_STARTTLS", "plain": "SECURITY_NONE"}
AUTHENTICATIONS = {"password-cleartext": "AUTHENTICATION_PASSWORD", "password-encrypted":
                   "AUTHENTICATION_PASSWORD_ENCRYPTED", "OAuth2": "AUTHENTICATION_OAUTH2", "none": "AUTHENTICATION_NONE",
                   # The other source tells how well a provider works with its program.
                   "Ok": "AUTHENTICATION_PASSWORD", "Preparation": "AUTHENTICATION_PASSWORD"}
HINTS = {"app-password": "PROVIDER_HINT_APP_PASSWORD", "enable-first": "PROVIDER_HINT_ENABLE_FIRST",
         "separate-password": "PROVIDER_HINT_SEPARATE_PASSWORD", "oauth2-only": "PROVIDER_HINT_OAUTH2_ONLY",
         "paid-only": "PROVIDER_HINT_PAID_ONLY", "no-imap": "PROVIDER_HINT_NO_IMAP", "none": "0"}
STATES = {"moved": "MOVE_MOVED", "moving": "MOVE_MOVING", "closed": "MOVE_CLOSED", "changed": "MOVE_CHANGED"}
USER_NAMES = {"Email": "%EMAILADDRESS%", "Emaillocalpart": "%EMAILLOCALPART%"}
FIELDS = ("%EMAILADDRESS%", "%EMAILLOCALPART%", "%EMAILDOMAIN%")
DOMAIN = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")


class Fault(Exception):
    pass


def read_rows(path, columns):
    with open(path, encoding="utf-8") as table:
        for number, line in enumerate(table, 1):
            if line.startswith(("#", "source\t")) or not line.strip():
                continue
            cells = line.rstrip("\n").split("\t")
            if len(cells) != columns:
                raise Fault(f"{path}:{number}: {len(cells)} columns, expected {columns}")
            yield f"{path}:{number}", cells


class Server:
    def __init__(self, cells):
        self.source, self.provider, self.protocol, self.host, self.port, security, user, self.auth = cells
        self.security = security.lower()
        self.user = USER_NAMES.get(user, user)

    def key(self):
        return f"{self.protocol}:{self.host}:{self.port}"

    def direction(self):
        return "out" if self.protocol == "smtp" else "in"


class Tables:
    """Domains as {(source, domain): provider}; servers in the order of preference of their source."""

    def __init__(self, domains, servers):
        # A name without a dot is the id of a provider, which one of the sources lists among its domains.
        self.domains = {(c[0], c[1]): c[2] for _, c in read_rows(domains, 3) if "." in c[1]}
        rows = [Server(c) for _, c in read_rows(servers, 8)]
        # Exchange's own protocols are not ours.
        self.servers = [s for s in rows if s.protocol in PROTOCOLS]

    def provider_domains(self, source, provider):
        return [k for k, v in self.domains.items() if k[0] == source and v == provider]

    def correct(self, where, action, source, provider, match, value):
        rows = [s for s in self.servers if (s.source, s.provider) == (source, provider) and fnmatch.fnmatch(s.key(), match)]
        own = self.provider_domains(source, provider)
        if action in ("set-port", "set-security", "drop-server", "move-server"):
            if not rows:
                raise Fault(f"{where}: matches no server")
            for row in rows:
                if action == "set-port":
                    row.port = value
                elif action == "set-security":
                    row.security = value.lower()
                elif action == "move-server":
                    row.provider = value
                else:
                    self.servers.remove(row)
        elif action == "add-domain":
            if not own or match in {domain for _, domain in self.domains}:
                raise Fault(f"{where}: {match} is there, or {provider} is not")
            self.domains[(source, match)] = provider
        elif action == "set-provider":
            if (source, match) not in own:
                raise Fault(f"{where}: {match} is no domain of {provider}")
            self.domains[(source, match)] = value
        elif action in ("drop-provider", "rename", "merge"):
            if not own and not any((s.source, s.provider) == (source, provider) for s in self.servers):
                raise Fault(f"{where}: no such provider")
            self.change_provider(action, source, provider, value)
        else:
            raise Fault(f"{where}: unknown action {action}")

    def change_provider(self, action, source, provider, value):
        own = self.provider_domains(source, provider)
        if action in ("drop-provider", "merge"):
            self.servers = [s for s in self.servers if (s.source, s.provider) != (source, provider)]
        for server in self.servers:
            if (server.source, server.provider) == (source, provider):
                server.provider = value
        for key in own:
            if action == "drop-provider":
                del self.domains[key]
            elif action == "merge":
                del self.domains[key]
                self.domains.setdefault(("ispdb", key[1]), value)
            else:
                self.domains[key] = value

    def join_sources(self):
        """A provider that both sources know is that of the ISPDB; the other one only adds domains."""
        both = collections.defaultdict(collections.Counter)
        for (source, domain), provider in self.domains.items():
            if source != "ispdb" and ("ispdb", domain) in self.domains:
                both[(source, provider)][self.domains[("ispdb", domain)]] += 1
        for (source, provider), found in both.items():
            self.change_provider("merge", source, provider, found.most_common(1)[0][0])
        names = {s: {p for (src, _), p in self.domains.items() if src == s} for s in ("ispdb", "deltachat")}
        if names["ispdb"] & names["deltachat"]:
            raise Fault(f"the same name for two providers: {sorted(names['ispdb'] & names['deltachat'])}")

    def drop_plain(self):
        encrypted = {(s.provider, s.direction()) for s in self.servers if s.security != "plain"}
        self.servers = [s for s in self.servers if s.security != "plain" or (s.provider, s.direction()) not in encrypted]

    def check(self):
        for s in self.servers:
            rest = s.user
            for field in FIELDS:
                rest = rest.replace(field, "")
            host = s.host.replace("%EMAILDOMAIN%", "a.b")
            if "%" in rest or not s.user:
                raise Fault(f"{s.provider} {s.key()}: a user name that cannot be filled in: {s.user}")
            if not DOMAIN.fullmatch(host) or not s.port.isdigit() or not 0 < int(s.port) < 65536:
                raise Fault(f"{s.provider} {s.key()}: host or port makes no sense")
            if s.security not in SECURITIES:
                raise Fault(f"{s.provider} {s.key()}: unknown security {s.security}")
            for word in s.auth.split(","):
                if word not in AUTHENTICATIONS:
                    raise Fault(f"{s.provider} {s.key()}: unknown authentication {word}")
        for _, domain in self.domains:
            if not DOMAIN.fullmatch(domain):
                raise Fault(f"{domain} is no domain")


def quote(text):
    if any(not 32 <= ord(c) < 127 for c in text):
        raise Fault(f"not plain ASCII: {text}")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read_hints(path, providers):
    hints = {}
    for where, (provider, kinds, text) in read_rows(path, 3):
        if provider not in providers or provider in hints:
            raise Fault(f"{where}: {provider} is no provider of the table, or stands here twice")
        hints[provider] = (" | ".join(HINTS[kind] for kind in kinds.split(",")), text)
    return hints


def write_servers(out, servers, names):
    """Returns {provider: (first, count)}."""
    slices = {}
    out.append("static const struct provider_server servers[] = {")
    at = 0
    for name in names:
        own = [s for s in servers if s.provider == name]
        slices[name] = (at, len(own))
        at += len(own)
        for s in own:
            auth = " | ".join(dict.fromkeys(AUTHENTICATIONS[word] for word in s.auth.split(",")))
            out.append(f"\t{{ {PROTOCOLS[s.protocol]}, {SECURITIES[s.security]}, {s.port}, {quote(s.host)}, {quote(s.user)}, "
                       f"{auth} }},")
    out.append("};")
    return slices


def write(tables, hints_path, moves_path):
    domains = {}
    for (_, domain), provider in sorted(tables.domains.items()):
        domains.setdefault(domain, provider)
    with_servers = {s.provider for s in tables.servers}
    hints = read_hints(hints_path, set(domains.values()))
    names = sorted(with_servers & set(domains.values()) | set(hints), key=str.lower)
    out = ["/* Made by tools/gen-facts.py from src/facts/data; facts from the ISPDB and Delta Chat, MPL-2.0. */",
           '#include "facts/providers_tables.h"', ""]
    slices = write_servers(out, tables.servers, names)
    out.append("const struct provider providers_rows[] = {")
    for name in names:
        kinds, text = hints.get(name, ("0", None))
        first, count = slices[name]
        out.append(f"\t{{ {quote(name)}, {kinds}, {quote(text) if text else 'NULL'}, &servers[{first}], {count} }},")
    out += ["};", f"const size_t providers_n = {len(names)};", "const struct provider_domain providers_domains[] = {"]
    known = sorted(d for d, p in domains.items() if p in names)
    out += [f"\t{{ {quote(d)}, {names.index(domains[d])} }}," for d in known]
    out += ["};", f"const size_t providers_domains_n = {len(known)};", "const struct move moves_rows[] = {"]
    moves = {}
    for where, (of, state, provider, what, _) in read_rows(moves_path, 5):
        if provider != "-" and provider not in names:
            raise Fault(f"{where}: {provider} is no provider of the table")
        for domain in of.split():
            moves[domain] = f"{STATES[state]}, {'NULL' if provider == '-' else quote(provider)}, {quote(what)}"
    out += [f"\t{{ {quote(d)}, {moves[d]} }}," for d in sorted(moves)]
    out += ["};", f"const size_t moves_n = {len(moves)};"]
    return "\n".join(out) + "\n"


def main():
    domains, servers, corrections, hints, moves, output = sys.argv[1:]
    tables = Tables(domains, servers)
    for where, (action, source, provider, match, value, _) in read_rows(corrections, 6):
        tables.correct(where, action, source, provider, match, value)
    tables.join_sources()
    tables.drop_plain()
    tables.check()
    text = write(tables, hints, moves)
    with open(output, "w", encoding="utf-8") as table:
        table.write(text)


if __name__ == "__main__":
    try:
        main()
    except (Fault, KeyError) as fault:
        sys.exit(f"gen-facts: {fault}")
