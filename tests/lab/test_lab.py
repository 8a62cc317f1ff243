"""This file plants every fault of the lab at every door that it fits, and asks postmend for the cause: within three
seconds the first one must be the fault, and with the healthy control beside it nothing may be wrong."""

import concurrent.futures
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import lab
import tap

SUITE = tap.Suite()
SECONDS, DEADLINE = 3.0, "2.6"
AT_ONCE = 4
# These are slow by what they are: no one can know in three seconds that a greeting comes after six.
SLOW, SLOW_SECONDS, SLOW_DEADLINE = ("tcp-greeting-slow", "path-server-hostile/drip"), 9.5, "9"
# Findings that are no fault: a note or an advice is given and the verdict stays healthy.
WORSE = ("warning", "fault", "loss")


def words_for(door, it, url, control):
    """The command line with which a client meets the fault, or the control beside it."""
    row = door.row
    prefix = "control_" if control else ""
    words = ["--json", "--ca-file", it.ca, "--deadline", SLOW_DEADLINE if door.fault in SLOW else DEADLINE]
    if door.needs in ("resolver", "address"):
        words += ["--resolver", row[prefix + "resolver"]]
    if door.needs == "address":
        return ["diagnose", row["address"] if control else row["address"], *words, "--https-port",
                str(row[prefix + "https_port"])]
    if door.needs in ("login", "envelope", "token"):
        secret = os.path.join(it.folder, "password")
        if not os.path.exists(secret):
            with open(os.open(secret, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
                file.write(it.password)
        user = lab.USER if control else door.user
        words += ["--login", "--user", user, "--oauth-token-file" if door.needs == "token" else "--password-file", secret]
        words += ["--sender", lab.ADDRESS, "--recipient", lab.ADDRESS] if door.needs == "envelope" else []
        words += ["--allow-plain-login"] if door.form.endswith("-plain") else []
    if door.needs == "sender":
        words += ["--sender", lab.ADDRESS, "--recipient", lab.ADDRESS]
    return ["probe", url, *words]


def is_named(done, wanted):
    """The first cause; for notes and advice, which cause nothing, that the finding is there."""
    found = done.json()
    if found["causes"][:1] == [wanted]:
        return True
    mild = [f for f in found["findings"] if f["id"] == wanted and f["severity"] not in WORSE]
    return bool(mild) and not found["causes"]


def check(door, it):
    most = SLOW_SECONDS if door.fault in SLOW else SECONDS
    done = doctor.visit(*words_for(door, it, door.url, False))
    if done.seconds > most:
        # Once more alone: the machine may have been busy with the others.
        done = doctor.visit(*words_for(door, it, door.url, False))
    tap.expect(is_named(done, door.expect), f"expected {door.expect}, found {done.causes()}\n{done}")
    tap.expect(done.code in (0, 4), str(done))
    tap.expect(done.seconds <= most, f"{done.seconds:.2f} s: {done}")
    tap.expect(done.rss < 64 * 1024 or "asan" in doctor.PROGRAM, f"{done.rss} KiB: {done}")
    if door.control:
        control = doctor.visit(*words_for(door, it, door.control, True))
        doctor_expect_quiet(control, door)


def doctor_expect_quiet(control, door):
    """A control of a door without TLS has no TLS: only the fault itself must not be named."""
    if door.form.endswith("-plain"):
        tap.expect(door.expect not in control.causes(), f"the control shows the fault\n{control}")
    else:
        doctor.expect_healthy(control)


def count_logins(done):
    """The tries of all doors in sum, those with the name's other form among them."""
    logins = [endpoint["login"] for endpoint in done.json()["facts"]["endpoints"]]
    return sum(login["tries"] + ("other_user" in login) for login in logins)


def check_sum(doors, it):
    """Several doors of one host in one run: no account is locked for the sake of a diagnosis."""
    words = words_for(doors[0], it, doors[0].url, False)
    done = doctor.visit(*words, *(door.url for door in doors[1:]))
    tap.expect(count_logins(done) == 2, f"{count_logins(done)} logins\n{done}")
    tap.expect(done.causes()[:1] == [doors[0].expect], str(done))


def planted():
    """fault@form for every row and every door that it fits."""
    for row in lab.list_faults(doctor.PROGRAM):
        name = row["expect"] + (f"/{row['variant']}" if row.get("variant") else "")
        if row["doors"] == ["dns"]:
            yield name
        else:
            yield from (f"{name}@{form}" for form in row["doors"])


def main():
    if not os.path.exists(doctor.PROGRAM):
        def missing():
            raise tap.Skip("postmend itself is not built")
        SUITE.add("every fault of the lab", missing)
        return SUITE.run()
    faults = list(planted())
    with lab.Lab(doctor.PROGRAM, faults) as it, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        futures = []
        for name, door in zip(faults, it.doors):
            futures.append(pool.submit(check, door, it))
            SUITE.add(name, futures[-1].result)
        named = [door for door in it.doors if door.expect == "auth-user-name-form" and "-plain" not in door.form]
        SUITE.add("two logins at one host", lambda: check_sum(named, it))
        return SUITE.run()


sys.exit(main())
