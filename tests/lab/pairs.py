"""This file plants two or three faults into one practice mailbox and asks postmend for the causes: a table of what can show
together, seeded draws from it, and the judgement. Run by test_pairs.py and by the bench.

A mailbox has a server for what comes in, one for what goes out, and a domain: at most one fault each. What hides what is
said here, apart from the program: of faults that hide others the first must be named, and nothing foreign.
"""

import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import lab

SEED = 20261123
# Needs of a fault that a diagnosis with the right password meets.
MET = ("connect", "login", "envelope", "address", "resolver")
# Rows that no diagnosis of this mailbox can end in: notes and advice, faults of one bare name or of another user, and
# faults that need a client without TLS or with a token.
LEFT_OUT = {"tls-versions-new-only", "tls-versions-old-too", "tls-login-before-tls", "mailbox-quota-nearly-full",
            "provider-protocol-not-offered", "auth-user-name-form", "dns-host-retired", "dns-resolver-silent",
            "dns-answers-private"}
# Every name leads to the mailbox's own servers, whose certificates are good: that is no portal, but where one answers alone.
LEFT_OUT_NAMES = {"path-portal-answers/wildcard"}
# Slow by what they are: one draw would take as long as ten others.
SLOW = {"tcp-greeting-slow", "path-server-hostile/drip"}
# Faults of the domain that leave the servers to be seen; the others hide them.
BESIDE = {"provider-records-disagree", "path-clock-wrong", "tcp-ipv6-silent"}
EVERYTHING = r"."
# What hides what: whoever meets the first cannot know of the second, or it is nothing but its effect.
HIDES = {
    "dns-domain-unknown": EVERYTHING, "dns-domain-no-mail": EVERYTHING, "dns-host-unknown": EVERYTHING,
    "path-portal-answers": r"tcp-|tls-|dns-host-|dns-answers-",
    # A wrong clock hides nothing here: practice certificates are good for two days, and the clock is five days off.
}
# The lab plants a silent IPv6 at the incoming server: where that is silent altogether, one family is no news.
SILENT_ALTOGETHER = re.compile(r"tcp-connect-silent@(imap|pop3)")
# The password is tried twice at most in one run, so that no account is locked: once refused as wrong it is tried in the
# name's other form, and the other server's login is left alone.
TRIES = ("auth-password-wrong",)


def rows():
    """side -> [(word for the lab, the cause, needs)]; sides are in, out, beside and over (faults of the domain)."""
    sides = {"in": [], "out": [], "beside": [], "over": []}
    for row in lab.list_faults(doctor.PROGRAM):
        cause, name = row["expect"], row["expect"] + (f"/{row['variant']}" if row.get("variant") else "")
        if row["needs"] not in MET or cause in LEFT_OUT or name in SLOW | LEFT_OUT_NAMES:
            continue
        if row["doors"] == ["dns"]:
            sides["beside" if cause in BESIDE else "over"].append((name, cause, row["needs"]))
        for door in row["doors"]:
            if door != "dns" and not door.endswith("-plain"):
                sides["out" if door.startswith("smtp") else "in"].append((f"{name}@{door}", cause, row["needs"]))
    return sides


def can_show_together(draw):
    causes = [cause for _, cause, _ in draw]
    late = [cause for _, cause, needs in draw if needs in ("login", "envelope")]
    if any(cause in TRIES for cause in causes) and len(late) > 1:
        return False
    return len(set(causes)) == len(causes)


def draw(seed, number, table):
    """The faults of this number: [(word, cause, needs), ...]."""
    dice = random.Random(f"{seed}-{number}")
    while True:
        found = [dice.choice(table["in"]), dice.choice(table["out"])]
        third = dice.random()
        if third < 0.25:
            found.append(dice.choice(table["beside"]))
        elif third < 0.35:
            found[dice.randrange(2)] = dice.choice(table["over"])
        if can_show_together(found):
            return found


def hidden(cause, planted):
    causes = [other for _, other, _ in planted]
    if cause == "tcp-ipv6-silent" and any(SILENT_ALTOGETHER.match(word) for word, _, _ in planted):
        return True
    return any(other != cause and re.match(HIDES.get(other, "$^"), cause) for other in causes)


def examine(seed, number, table):
    """{"planted", "causes", "good", "seconds", ...} of one draw."""
    planted = draw(seed, number, table)
    causes = [cause for _, cause, _ in planted]
    with lab.Lab(doctor.PROGRAM, [word for word, _, _ in planted], "--mailbox") as it:
        secret = os.path.join(it.folder, "password")
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
            file.write(it.password)
        done = doctor.visit("diagnose", it.ready["address"], "--json", "--ca-file", it.ca, "--resolver", it.ready["resolver"],
                            "--https-port", str(it.ready["https_port"]), "--login", "--user", it.ready["user"],
                            "--password-file", secret, "--deadline", "12")
    visible = {cause for cause in causes if not hidden(cause, planted)}
    found = done.causes()
    good = set(found) == visible
    return {"number": number, "planted": [word for word, _, _ in planted], "hides": len(visible) < len(causes),
            "wanted": sorted(visible), "causes": found, "good": good, "foreign": sorted(set(found) - set(causes)),
            "seconds": round(done.seconds, 2), "said": "" if good else str(done)}
