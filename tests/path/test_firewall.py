"""This file plants rules in this computer's own firewall: for everybody, for one user; and other faults right here."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import world

import tap

SUITE = tap.Suite()


def look(door, *more):
    url = door if "://" in door else provider.url(door)
    return doctor.visit("probe", url, *PROVIDER.words, "--deadline", "4", *more)


def local(rules, cause, door="imaps", control="imap"):
    try:
        WORLD.local(rules)
        done = look(door)
        doctor.expect_cause(done, cause)
        doctor.expect_healthy(look(control))
    finally:
        WORLD.clear()
    doctor.expect_healthy(look(door))
    return [f for f in done.json()["findings"] if f["id"] == cause][0]


@SUITE.case("dropped by this computer's firewall, counted")
def dropped():
    found = local(["tcp dport 993 counter drop"], "firewall-mail-blocked")
    tap.expect_equal(found["certainty"], "seen", "certainty")


@SUITE.case("rejected by this computer's firewall")
def rejected():
    local(["tcp dport { 993, 995 } reject with tcp reset"], "firewall-mail-blocked")


@SUITE.case("prohibited, to this one address")
def prohibited():
    local([f"ip daddr {world.MAIL} tcp dport 993 counter reject"], "firewall-mail-blocked")


@SUITE.case("blocked for another user's programs")
def other_user():
    local(["meta skuid 65534 tcp dport 993 counter drop"], "firewall-program-blocked")


def with_iptables(program, rules, cause, door="imaps"):
    """The same with rules of iptables, which this network alone has; "-legacy" keeps them where nft does not see them."""
    if not shutil.which(program):
        raise tap.Skip(f"not installed: {program} (./dev test installs it)")
    for rule in rules:
        done = subprocess.run([program, *rule.split()], capture_output=True, text=True)
        if done.returncode and "legacy" in program and "Permission denied" in done.stderr:
            raise tap.Skip(f"this kernel has no {program} for this user: {done.stderr.strip()}")
        tap.expect_equal(done.returncode, 0, f"{program} {rule}: {done.stderr}")
    try:
        done = look(door)
        if cause:
            doctor.expect_cause(done, cause)
            return [f for f in done.json()["findings"] if f["id"] == cause][0]
        doctor.expect_healthy(done)
        return None
    finally:
        for words in (["-F"], ["-X"]):
            subprocess.run([program, *words], check=True)


def evidence(finding):
    return {row["name"]: row["found"] for row in finding["evidence"]}


@SUITE.case("rules of iptables, in both of the places that it has: dropped, rejected, in a chain of its own, for one user")
def iptables():
    for program in ("iptables-legacy", "iptables-nft"):
        found = with_iptables(program, ["-A OUTPUT -p tcp -m multiport --dports 993,995 -j REJECT --reject-with tcp-reset"],
                              "firewall-mail-blocked")
        tap.expect_equal((found["certainty"], evidence(found)["rule_in"]), ("seen", "iptables filter OUTPUT"), program)
        found = with_iptables(program, ["-N mail", "-A OUTPUT -p tcp -j mail", "-A mail -p tcp --dport 993 -j DROP"],
                              "firewall-mail-blocked")
        tap.expect_equal(evidence(found)["verdict"], "drop", program)
        with_iptables(program, ["-A OUTPUT -p tcp --dport 993 -m owner --uid-owner 65534 -j DROP"],
                      "firewall-program-blocked")
        with_iptables(program, ["-A OUTPUT -p tcp --dport 8080 -j DROP", "-A OUTPUT -p udp --dport 9 -j DROP",
                                "-A INPUT -p tcp --dport 993 -j DROP", "-N nobody", "-A nobody -p tcp --dport 993 -j DROP"], None)
    doctor.expect_healthy(look("imaps"))


@SUITE.case("control: rules that do not concern mail, or let it pass")
def harmless():
    try:
        WORLD.local(["tcp dport 25 ct state established accept", "udp dport 9 drop", "tcp dport 8080 drop",
                     "meta skuid 65534 tcp dport 8080 drop", "ip daddr 192.0.2.9 tcp dport 993 drop"])
        doctor.expect_healthy(look("imaps"))
    finally:
        WORLD.clear()


@SUITE.case("the same silence farther out is not this computer's firewall")
def farther():
    try:
        WORLD.filter(["tcp dport 993 drop"])
        doctor.expect_cause(look("imaps"), "tcp-connect-silent")
    finally:
        WORLD.clear()


@SUITE.case("a scanner's proxy that is gone")
def gone():
    doctor.expect_cause(look("pop3://localhost?security=none"), "scanner-proxy-gone")
    words = ["--login", "--user", f"anna/pop.{provider.DOMAIN}", "--password-file", PROVIDER.password_file()]
    doctor.expect_cause(look("pop3://127.0.0.1:11110?security=none", *words), "scanner-proxy-gone")
    doctor.expect_cause(look("imaps://127.0.0.1:9993"), "tcp-port-refused")


world.enter(SUITE)

import doctor
import provider

WORLD = world.World()
PROVIDER = provider.Provider(WORLD, only=("dovecot", "knot"))
SUITE.at_end.append(PROVIDER.stop)
sys.exit(SUITE.run())
