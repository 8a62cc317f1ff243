"""This file shows a good provider to postmend: nothing may be found that is a warning or worse."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import practice
from practice import ADDRESS, PASSWORD, USER

import doctor
import tap

SUITE = tap.Suite()
DOORS = ["imaps", "imap", "pop3s", "pop3", "smtps", "smtp"]


def common(it):
    return ["--json", "--resolver", it.resolver, "--ca-file", it.ca]


def login(it):
    path = os.path.join(it.folder, "password")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
        file.write(PASSWORD + "\n")
    return ["--login", "--user", USER, "--password-file", path]


def steps_of(endpoint):
    return {step["name"] for step in endpoint["steps"] if step["ok"]}


@SUITE.case("all six doors without a login")
def doors():
    with practice.Practice() as it:
        done = doctor.visit("probe", *[it.url(door) for door in DOORS], *common(it))
        doctor.expect_healthy(done)
        endpoints = done.json()["facts"]["endpoints"]
        tap.expect(len(endpoints) >= len(DOORS), f"{len(endpoints)} endpoints")
        for endpoint in endpoints:
            wanted = {"resolve", "connect", "greeting", "tls"}
            tap.expect(wanted <= steps_of(endpoint), f"{endpoint['url']}: {steps_of(endpoint)}")


@SUITE.case("all six doors with a login")
def logins():
    with practice.Practice() as it:
        done = doctor.visit("probe", *[it.url(door) for door in DOORS], *common(it), *login(it))
        doctor.expect_healthy(done)
        for endpoint in done.json()["facts"]["endpoints"]:
            tap.expect("login" in steps_of(endpoint), f"{endpoint['url']}: no login: {steps_of(endpoint)}")


@SUITE.case("each door alone")
def one():
    with practice.Practice() as it:
        for door in DOORS:
            doctor.expect_healthy(doctor.visit("probe", it.url(door), *common(it), *login(it)))


@SUITE.case("an address, with autoconfig")
def address():
    with practice.Practice() as it:
        for more in ([], login(it)):
            done = doctor.visit(ADDRESS, *common(it), "--https-port", str(it.autoconfig.port), *more)
            doctor.expect_healthy(done)
            tap.expect(it.autoconfig.asked, "autoconfig was never asked")


@SUITE.case("an address, with SRV alone")
def srv():
    with practice.Practice() as it:
        doctor.expect_healthy(doctor.visit("diagnose", ADDRESS, *common(it), "--https-port", "1", *login(it)))


@SUITE.case("the settings that it finds are the provider's")
def settings():
    with practice.Practice() as it:
        done = doctor.visit("settings", ADDRESS, *common(it), "--https-port", str(it.autoconfig.port))
        doctor.expect_healthy(done)
        servers = {(s["protocol"], s["port"], s["security"]) for s in done.json()["facts"]["servers"]}
        for wanted in (("imap", it.ports["imaps"], "tls"), ("smtp", it.ports["submissions"], "tls")):
            tap.expect(wanted in servers, f"{wanted} not in {servers}")


@SUITE.case("the same as text and as a page")
def shown():
    with practice.Practice() as it:
        page = os.path.join(it.folder, "page.html")
        done = doctor.visit(ADDRESS, "--resolver", it.resolver, "--ca-file", it.ca, "--https-port",
                            str(it.autoconfig.port), "--html", page)
        tap.expect(done.code == 0, str(done))
        tap.expect("\x1b" not in done.out, "colour without a terminal")
        long = [line for line in done.out.splitlines() if len(line) > 80]
        tap.expect(not long, f"lines of more than 80 columns: {long[:3]}")
        with open(page, encoding="utf-8") as file:
            text = file.read()
        tap.expect("<html" in text and "http://" not in text.replace("http://www.w3.org/", ""), "not self-contained")
        tap.expect(os.stat(page).st_mode & 0o077 == 0, "others can read the page")


sys.exit(SUITE.run())
