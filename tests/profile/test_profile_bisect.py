"""This file has "postmend profile add-ins bisect" find planted add-ins: in how many starts, and what the hive is afterwards."""

import math
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import hives
import tap
import trees

SUITE = tap.Suite()
HERE = os.path.dirname(os.path.abspath(__file__))
# One start of an Outlook that fails when one of these add-ins loads, and cannot be judged when one of those does.
OUTLOOK = """import os, signal, sys
sys.path.insert(0, {support!r})
import hivex
HIVE = {hive!r}
h = hivex.Hivex(HIVE)
def loads():
    node = h.root()
    for part in {addins!r}.split("\\\\"):
        node = node and h.node_get_child(node, part)
    said = {{}}
    for child in (h.node_children(node) if node else []):
        value = [v for v in h.node_values(child) if h.value_key(v) == "LoadBehavior"]
        said[h.node_name(child)] = h.value_dword(value[0]) if value else 3
    return [name for name in {names!r} if said.get(name, 3) & 3 == 3]
on = loads()
with open({log!r}, "a") as log:
    log.write(" ".join(on) + "\\n")
if {dies!r} and len(open({log!r}).readlines()) == {dies!r}:
    above = os.getppid()
    while not open(f"/proc/{{above}}/comm").read().startswith("postmend"):
        above = int(open(f"/proc/{{above}}/stat").read().rpartition(")")[2].split()[1])
    os.kill(above, signal.SIGKILL)
{more}
sys.exit(125 if set(on) & set({silent!r}) else 1 if set(on) & set({bad!r}) or {always!r} else 0)
"""


def folder():
    place = tempfile.mkdtemp(prefix="postmend-bisect-")
    SUITE.at_end.append(lambda: shutil.rmtree(place, ignore_errors=True))
    return place


def get(path):
    with open(path, "rb") as file:
        return file.read()


class Patient:
    """A user's hive with these add-ins, and an Outlook that fails with some of them."""

    def __init__(self, n, bad=(), silent=(), dies=0, always=False, more="", is_disk=False):
        self.place, self.home, tree = folder(), folder(), trees.healthy()
        self.names = [f"Maker{i:02d}.AddIn" for i in range(n)]
        self.hive = os.path.join(self.place, "Users", "anna", "NTUSER.DAT")
        self.log = os.path.join(self.home, "starts")
        for i, name in enumerate(self.names):
            if is_disk and i % 2:
                trees.put_addin(tree, name)
            else:
                hives.merge(tree.user, f"{trees.USER_ADDINS}\\{name}", {"LoadBehavior": hives.number(3)})
        # These do not load, and are none of the search's business.
        hives.merge(tree.user, f"{trees.USER_ADDINS}\\Off.AddIn", {"LoadBehavior": hives.number(2)})
        hives.merge(tree.user, f"{trees.USER_ADDINS}\\Late.AddIn", {"LoadBehavior": hives.number(9)})
        tree.write(self.place)
        self.before = get(self.hive)
        self.names += ["Good.Connect"] if is_disk else []
        script = os.path.join(self.home, "outlook.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write(OUTLOOK.format(support=os.path.join(HERE, "..", "support"), hive=self.hive, addins=trees.USER_ADDINS,
                                      names=self.names, log=self.log, bad=[self.names[i] for i in bad], more=more,
                                      silent=[self.names[i] for i in silent], dies=dies, always=always))
        self.words = ["profile", "add-ins", "bisect", *(["--windows", self.place] if is_disk else ["--hive", self.hive]),
                      "--command", f"{hives.PYTHON} {script}", "--json"]

    def search(self, code=4):
        done = doctor.visit(*self.words, home=self.home)
        tap.expect_equal(done.code, code, str(done))
        return done

    def starts(self):
        return [line.split() for line in get(self.log).decode().splitlines()] if os.path.exists(self.log) else []

    def expect_whole(self, what):
        tap.expect(get(self.hive) == self.before, f"{what}: the hive is another one")


def bound(n):
    return 1 + math.ceil(math.log2(n))


@SUITE.case("1 + ceil(log2 n) starts, the first one without any; the culprit named; the hive as before, byte for byte")
def finds():
    most = []
    for n in (1, 2, 3, 8, 9, 33):
        for culprit in sorted({0, n // 2, n - 1}):
            patient = Patient(n, bad=[culprit])
            found = patient.search().json()
            starts = patient.starts()
            tap.expect(starts and starts[0] == [] and len(starts) <= bound(n), f"{n}: {starts}")
            tap.expect_equal(found["facts"]["bisect"]["culprit"], patient.names[culprit], f"{culprit} of {n}")
            tap.expect_equal(found["causes"], ["addin-breaks-outlook"], f"{culprit} of {n}")
            tap.expect_equal([sorted(one["on"]) for one in found["facts"]["bisect"]["starts"]], [sorted(one) for one in starts],
                             "what was on")
            patient.expect_whole(f"{culprit} of {n}")
            most.append((n, len(starts)))
    tap.comment("starts: " + ", ".join(f"{starts} of {bound(n)} for {n}" for n, starts in most))


@SUITE.case("add-ins of all users are switched off for this one; their own words come back")
def disk():
    for culprit in (0, 1, 4, 7):
        patient = Patient(8, bad=[culprit], is_disk=True)
        found = patient.search().json()
        tap.expect_equal(found["facts"]["bisect"]["culprit"], patient.names[culprit], str(culprit))
        patient.expect_whole(str(culprit))


@SUITE.case("bad without any: none is to blame, after one start; starts that cannot be judged; never one that can")
def others():
    patient = Patient(6, always=True)
    tap.expect_equal((patient.search().json()["causes"], len(patient.starts())), (["addin-none-to-blame"], 1), "always bad")
    patient.expect_whole("always bad")
    patient = Patient(7, bad=[3], silent=[4])
    tap.expect_equal(patient.search().json()["facts"]["bisect"]["culprit"], patient.names[3], "with skips")
    patient.expect_whole("with skips")
    patient = Patient(4, silent=[0, 1, 2, 3])
    tap.expect_equal(patient.search().json()["causes"], ["addin-search-undecided"], "never to be judged")
    patient.expect_whole("never to be judged")
    patient = Patient(0)
    patient.search(code=16)
    patient.expect_whole("no add-in")


@SUITE.case("killed in any start: the next run puts the hive back, goes on where it was, and finds it")
def killed():
    for dies in range(1, bound(8) + 1):
        patient = Patient(8, bad=[5], dies=dies)
        patient.search(code=-9)
        tap.expect((get(patient.hive) != patient.before) or len(patient.starts()[-1]) == 8, "it was not switched")
        found = patient.search().json()
        tap.expect_equal(found["facts"]["bisect"]["culprit"], patient.names[5], f"killed in start {dies}")
        # The start in which it was killed is made again.
        tap.expect(len(patient.starts()) == bound(8) + 1, f"killed in start {dies}: {len(patient.starts())} starts")
        patient.expect_whole(f"killed in start {dies}")


@SUITE.case("an Outlook that writes into the hive itself: its change stays, the add-ins' values are as before")
def writes():
    more = ("w = hivex.Hivex(HIVE, write=True)\n"
            "w.node_set_value(w.root(), {'key': 'Starts', 't': 4, 'value': bytes([len(on), 1, 0, 0])})\nw.commit(None)")
    patient = Patient(5, bad=[2], more=more)
    lines = hives.as_hivex_sees(patient.hive)
    tap.expect_equal(patient.search().json()["facts"]["bisect"]["culprit"], patient.names[2], "culprit")
    changed = set(lines) ^ set(hives.as_hivex_sees(patient.hive))
    tap.expect(changed and all("=" + b"Starts".hex() in line for line in changed), str(sorted(changed)[:20]))


if __name__ == "__main__":
    sys.exit(SUITE.run())
