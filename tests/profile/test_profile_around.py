"""This file asks for Outlook's add-ins in every view, and shows postmend Windows disks that are damaged, cut or no Windows."""

import hashlib
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import hives
import lab
import tap
import trees

# Speed is judged without the sanitizers.
SLOWER = 8 if "ASAN_OPTIONS" in os.environ else 1
SUITE = tap.Suite()
VIRTUAL = "Microsoft\\Office\\ClickToRun\\REGISTRY\\MACHINE\\Software\\"
VIEWS = {"all-users": trees.ALL_ADDINS, "all-users-32": "WOW6432Node\\" + trees.ALL_ADDINS,
         "click-to-run": VIRTUAL + trees.ALL_ADDINS, "click-to-run-32": VIRTUAL + "Wow6432Node\\" + trees.ALL_ADDINS}
REAL = os.environ.get("POSTMEND_HIVES") or os.path.join(os.environ["POSTMEND_SOURCE"], "..", "shared", "hives")
SYSTEM_HIVES = ("Windows/System32/config/SOFTWARE", "Windows/System32/config/SYSTEM", "Users/anna/NTUSER.DAT")


def folder():
    place = tempfile.mkdtemp(prefix="postmend-around-")
    SUITE.at_end.append(lambda: shutil.rmtree(place, ignore_errors=True))
    return place


def disk_of(tree):
    disk = folder()
    tree.write(disk)
    return disk


def addins(disk, code=0):
    done = doctor.visit("profile", "add-ins", "--windows", disk, "--json")
    tap.expect_equal(done.code, code, str(done))
    return done.json()


def check(disk, code, *words):
    done = doctor.visit("profile", "check", "--windows", disk, "--json", *words)
    tap.expect_equal(done.code, code, str(done))
    return done.json()


def ids(found):
    return sorted(finding["id"] for finding in found["findings"])


@SUITE.case("add-ins of every hive and view: how they load, their files, what Outlook noted")
def views():
    tree = trees.Tree()
    for number, (view, path) in enumerate(VIEWS.items()):
        trees.put_key(tree.software, f"{path}\\View{number}.Connect", LoadBehavior=(3, 9, 16, 0)[number],
                      FriendlyName=view)
    trees.put_key(tree.user, trees.USER_ADDINS + "\\Own.Connect", LoadBehavior=3, FriendlyName="Own",
                  Manifest="file:///C:/Program Files/Own/own.vsto|vstolocal")
    trees.put_key(tree.user, trees.USER_ADDINS + "\\View0.Connect", LoadBehavior=2)
    clsid = "{11111111-0000-0000-0000-000000000000}"
    trees.put_value(tree.software, "Classes\\View1.Connect\\CLSID", "", clsid)
    server = f"Classes\\WOW6432Node\\CLSID\\{clsid}\\InprocServer32"
    trees.put_value(tree.software, server, "", "mscoree.dll")
    trees.put_value(tree.software, server, "CodeBase", "file:///C:/Program Files (x86)/Managed/managed.dll")
    tree.files["Program Files (x86)/Managed/other.dll"] = b"MZ"
    resiliency = trees.OUTLOOK + "\\Resiliency"
    trees.put_value(tree.user, resiliency + "\\DisabledItems", "A1", trees.blob_of("c:\\x\\managed.dll"))
    trees.put_value(tree.user, resiliency + "\\DoNotDisableAddinList", "Own.Connect", 10)
    trees.put_value(tree.user, trees.POLICIES + "\\Resiliency\\AddinList", "View2.Connect", "1")
    disk = disk_of(tree)
    facts = addins(disk, 4)["facts"]
    seen = {(one["prog_id"], one["view"]): one for one in facts["add_ins"]}
    tap.expect_equal(len(seen), 6, "add-ins")
    for number, view in enumerate(VIEWS):
        one = seen[(f"View{number}.Connect", view)]
        tap.expect(one["load_behavior"] == (3, 9, 16, 0)[number] and one["name"] == view, str(one))
        tap.expect(one["source"].endswith("SOFTWARE") and one["where"]["key"].endswith(f"View{number}.Connect"), str(one))
    own = seen[("Own.Connect", "user")]
    tap.expect_equal((own["state"], own["file"], own["noted"]),
                     ("loads at the start", "C:\\Program Files\\Own\\own.vsto", ["kept although it crashed Outlook"]), "own")
    tap.expect_equal(seen[("View0.Connect", "user")]["state"], "switched off", "a user's word")
    managed = seen[("View1.Connect", "all-users-32")]
    tap.expect_equal((managed["file"], managed["file_is"], managed["noted"]),
                     ("C:\\Program Files (x86)\\Managed\\managed.dll", "missing", ["disabled after a crash"]), "managed")
    tap.expect_equal(seen[("View2.Connect", "click-to-run")]["noted"], ["a policy keeps it on"], "policy")
    text = doctor.visit("profile", "add-ins", "--windows", disk)
    tap.expect(text.code == 4 and "Own.Connect  loads at the start  (user)" in text.out, str(text))
    page = os.path.join(folder(), "page.html")
    doctor.visit("profile", "add-ins", "--windows", disk, "--html", page)
    with open(page, encoding="utf-8") as file:
        tap.expect("Own.Connect" in file.read(), "HTML")
    software = doctor.visit("profile", "add-ins", "--hive", os.path.join(disk, SYSTEM_HIVES[0]), "--json").json()
    tap.expect_equal(len(software["facts"]["add_ins"]), 4, "one hive alone")


@SUITE.case("load times out of the event log: the last start's; a log that is damaged or none does no harm")
def load_times():
    tree = trees.healthy()
    trees.put_slow(tree, 1234)
    disk = disk_of(tree)
    log = os.path.join(disk, "Windows", "System32", "winevt", "Logs", "Application.evtx")
    found = addins(disk)
    tap.expect_equal({one["prog_id"]: one["load_ms"] for one in found["facts"]["add_ins"]},
                     {"Good.Connect": 31, "Heavy.Connect": 1234}, "times")
    tap.expect_equal(ids(found), ["addin-slow"], "found")
    tap.expect("1234 ms at the last start" in doctor.visit("profile", "add-ins", "--windows", disk).out, "text")
    with open(log, "rb") as file:
        whole = file.read()
    for what, data, unread in (("cut", whole[:5000], 0), ("its chunk is none", whole.replace(b"ElfChnk", b"XlfChnk"), 0),
                               ("no log", b"MZ" + whole, 1), ("empty", b"", 1)):
        with open(log, "wb") as file:
            file.write(data)
        found = addins(disk)
        tap.expect_equal({one["load_ms"] for one in found["facts"]["add_ins"]}, {None}, what)
        tap.expect_equal(ids(found), ["client-settings-unread"] * unread, what)
    os.remove(log)
    tap.expect_equal(ids(addins(disk)), [], "without a log")


@SUITE.case("a class that the user registered for himself (UsrClass.dat): its file is known, and missed when it is gone")
def own_classes():
    clsid = "{22222222-0000-0000-0000-000000000000}"
    for server, exists in (("CLSID", True), ("WOW6432Node\\CLSID", False)):
        tree = trees.healthy()
        trees.put_key(tree.user, trees.USER_ADDINS + "\\Mine.Connect", LoadBehavior=3, FriendlyName="Mine")
        trees.put_value(tree.classes, "Mine.Connect\\CLSID", "", clsid)
        trees.put_value(tree.classes, f"{server}\\{clsid}\\InprocServer32", "", "C:\\Tools\\mine.dll")
        tree.files["Tools/README"] = b""
        if exists:
            tree.files["Tools/mine.dll"] = b"MZ"
        found = addins(disk_of(tree))
        tap.expect_equal(ids(found), [] if exists else ["addin-file-missing"], server)
        (mine,) = [one for one in found["facts"]["add_ins"] if one["prog_id"] == "Mine.Connect"]
        tap.expect_equal((mine["file"], mine["file_is"]), ("C:\\Tools\\mine.dll", "present" if exists else "missing"), server)


@SUITE.case("a real hive of Outlook 2016: the add-ins, and those that are kept, exactly as libhivex sees them")
def real():
    path = os.path.join(REAL, "outlook16-profile.NTUSER.DAT")
    if not os.path.exists(path):
        raise tap.Skip(f"{path} is not there")
    facts = doctor.visit("profile", "add-ins", "--hive", path, "--json").json()["facts"]
    seen, kept = {}, []
    for line in hives.as_hivex_sees(path):
        parts = [bytes.fromhex(part).decode() for part in line.split(" ")[0].split("/")]
        if "\\".join(parts[:-1]).lower() == trees.USER_ADDINS.lower():
            seen.setdefault(parts[-1], None)
            if f" ={b'LoadBehavior'.hex()} " in line:
                seen[parts[-1]] = int.from_bytes(bytes.fromhex(line.split()[-1]), "little")
        if parts[-2:] == ["Resiliency", "DoNotDisableAddinList"] and " =" in line:
            kept.append((parts[3], bytes.fromhex(line.split(" =")[1].split()[0]).decode()))
    tap.expect_equal({one["prog_id"]: one["load_behavior"] for one in facts["add_ins"]}, seen, "add-ins")
    notes = [(one["where"]["key"].split("\\")[3], one["text"]) for one in facts["notes"]]
    tap.expect(seen and kept and sorted(notes) == sorted(kept), f"{notes} {kept}")


@SUITE.case("no add-in at all: said so, exit 0")
def none():
    done = doctor.visit("profile", "add-ins", "--windows", disk_of(trees.Tree()))
    tap.expect(done.code == 0 and "0 add-ins are registered" in done.out, str(done))


@SUITE.case("WarnLargeFileSize: a store that reached it; a policy counts before it, and the limit itself before both")
def warning():
    for own, policy, limit, expected in ((900, None, None, "account-store-over-warning"), (1001, None, None, None),
                                         (None, 900, None, "account-store-over-warning"), (900, 1001, None, None),
                                         (900, None, 1000, "account-store-over-limit"), (0, None, None, None)):
        tree = trees.healthy()
        trees.put_store(tree, "C:\\Mail\\grown.pst", (1000 << 20, 23))
        trees.put_key(tree.user, trees.OUTLOOK + "\\PST", WarnLargeFileSize=own, MaxLargeFileSize=limit)
        trees.put_key(tree.user, trees.POLICIES + "\\PST", WarnLargeFileSize=policy)
        found = check(disk_of(tree), 4 if expected else 0)
        tap.expect_equal(ids(found), [expected] if expected else [], f"{own} {policy} {limit}")


@SUITE.case("a hive that is dirty, cut or no hive: the others are read, each damage is named")
def damaged():
    for name in SYSTEM_HIVES:
        tree = trees.healthy()
        for planted in ("firewall-rule-blocks-program", "build-pop3-deletes-mail", "client-send-later"):
            trees.CASES[planted].plant(tree)
        everything = {"firewall-rule-blocks-program", "build-pop3-deletes-mail", "client-send-later"}
        disk = disk_of(tree)
        path = os.path.join(disk, *name.split("/"))
        with open(path, "rb") as file:
            data = file.read()
        dirty = bytearray(data)
        dirty[4] ^= 1
        dirty[508] ^= 1
        for what, new, more in (("dirty", bytes(dirty), "client-hive-dirty"), ("no hive", b"PK\3\4" + data, "client-hive-unreadable"),
                                ("empty", b"", "client-hive-unreadable"), ("cut", data[:6000], None),
                                ("half", data[:len(data) // 2], None)):
            with open(path, "wb") as file:
                file.write(new)
            found = doctor.visit("profile", "check", "--windows", disk, "--json")
            tap.expect(found.code in (0, 4) and found.seconds < SLOWER, f"{name} {what}: {found}")
            named = set(ids(found.json()))
            tap.expect(more is None or more in named, f"{name} {what}: {named}")
            if what == "dirty":
                tap.expect(named == everything | {more}, f"{name}: {named}")
            # What stands in the hives that are whole is found as before.
            whole = {"SOFTWARE": {"client-send-later"}, "SYSTEM": {"build-pop3-deletes-mail", "client-send-later"},
                     "NTUSER.DAT": set()}
            tap.expect(whole[name.split("/")[-1]] <= named, f"{name} {what}: {named}")


@SUITE.case("a path without Windows, and a version of Outlook that nobody has seen")
def elsewhere():
    empty = folder()
    tap.expect_equal(ids(check(empty, 4)), ["client-windows-missing"], "no Windows")
    done = doctor.visit("profile", "check", "--windows", os.path.join(empty, "nowhere"))
    tap.expect_equal(done.code, 8, str(done))
    tree = trees.Tree()
    trees.put_account(tree, trees.imap(1), accounts=trees.ACCOUNTS.replace("16.0", "99.0"))
    trees.put_key(tree.user, trees.OUTLOOK.replace("16.0", "99.0") + "\\Options\\Mail", Send_Mail_Immediately=0)
    found = check(disk_of(tree), 0)
    tap.expect_equal(len(found["facts"]["accounts"]), 1, "accounts of an unknown version")
    unread = [one["what"] for one in found["facts"]["unread"]]
    tap.expect(any("99.0" in text for text in unread), str(found))


@SUITE.case("prefs.js of 50 MB, with calls of others and a syntax error: read to its end, in time, the error named")
def long_prefs():
    tree = trees.healthy()
    tree.prefs += ["other_call(1, 2, 3);", 'user_pref("broken, 1;', 'user_pref("offline.startup_state", 3);']
    disk = disk_of(tree)
    path = os.path.join(disk, *trees.THUNDERBIRD.split("/"), "p", "prefs.js")
    with open(path, "r+b") as file:
        whole = file.read()
        file.seek(0)
        line = b'user_pref("extensions.something.%d", "value");\n'
        filler = b"".join(line % number for number in range(50_000))
        for _ in range(50 * 1024 * 1024 // len(filler)):
            file.write(filler)
        file.write(whole)
    done = doctor.visit("profile", "check", "--windows", disk, "--json")
    tap.expect(done.code == 4 and done.seconds < 2 * SLOWER, str(done)[:2000])
    tap.comment(f"{os.path.getsize(path) >> 20} MiB: {done.seconds:.2f} s")
    found = done.json()
    tap.expect_equal(ids(found), ["client-settings-unread", "client-works-offline"], "found")
    tap.expect("2 lines" in str(found["facts"]["unread"]), str(found["facts"]["unread"]))


@SUITE.case("diagnose without an address: what the accounts' servers say and what the settings say are one list of causes")
def joined():
    with lab.Lab(doctor.PROGRAM, ["tls-certificate-expired@imaps"]) as practice:
        bad, good = practice.door("tls-certificate-expired", "imaps"), practice.healthy("imaps")
        for door, more in ((bad, ["tls-certificate-expired"]), (good, [])):
            host = door.url.split("//")[1].split(":")[0].split("?")[0]
            tree = trees.Tree()
            trees.put_account(tree, trees.imap(1, Email="anna@practice.example", IMAP_Server=host, IMAP_Port=door.port,
                                               IMAP_User="anna", SMTP_Server=None))
            trees.CASES["client-send-later"].plant(tree)
            disk = disk_of(tree)
            done = doctor.visit("diagnose", "--windows", disk, "--json", "--ca-file", practice.ca, "--resolver",
                                practice.resolver, "--deadline", "10")
            found = done.json()
            tap.expect_equal(found["causes"], more + ["client-send-later"], str(done)[:6000])
            tap.expect(done.code == 4 and len(found["facts"]["accounts"]) == 1, str(done)[:3000])
            tap.expect_equal(len(found["facts"]["endpoints"]) > 0, True, "endpoints")
            quiet = doctor.visit("diagnose", "--windows", disk, "--json", "--offline").json()
            tap.expect_equal(quiet["causes"], ["client-send-later"], "offline")


@SUITE.case("--remember keeps the mail program's version and SHA-256: another one is named beside the old one")
def changed_program():
    with lab.Lab(doctor.PROGRAM, []) as practice:
        door, home = practice.healthy("imaps"), folder()
        host = door.url.split("//")[1].split(":")[0].split("?")[0]

        def look(version, *more):
            tree = trees.Tree()
            trees.put_account(tree, trees.imap(1, Email="anna@practice.example", IMAP_Server=host, IMAP_Port=door.port,
                                               IMAP_User="anna", SMTP_Server=None))
            trees.put_office(tree, 16, version)
            done = doctor.visit("diagnose", "--windows", disk_of(tree), "--json", "--ca-file", practice.ca, "--resolver",
                                practice.resolver, "--deadline", "10", *more, home=home)
            tap.expect_equal(done.code, 0, str(done)[:4000])
            return [one for one in done.json()["findings"] if one["id"] == "client-changed-since"]

        old, new = (16, 0, 17932, 20130), (16, 0, 18000, 20000)
        tap.expect_equal(look(old, "--remember"), [], "the first run")
        tap.expect_equal(look(old), [], "the same program")
        (finding,) = look(new)
        seen = {one["name"]: (one["found"], one["expected"]) for one in finding["evidence"]}
        tap.expect("version" in seen, str(finding))
        tap.expect_equal(seen["version"], ("16.0.18000.20000", "16.0.17932.20130"), "version")
        digests = tuple(hashlib.sha256(trees.program(version)).hexdigest() for version in (new, old))
        tap.expect(seen["sha256"] == digests and finding["severity"] == "note", str(finding))
        look(new, "--remember")
        tap.expect_equal(look(new), [], "once it is known")


@SUITE.case("diagnose without an address: of a home with nothing in it, of one that is in order")
def home():
    place = folder()
    done = doctor.visit("diagnose", "--offline", home=place)
    tap.expect(done.code == 0 and "No mail program is set up here" in done.out, str(done))
    with open(os.path.join(place, ".mbsyncrc"), "w", encoding="utf-8") as file:
        file.write("IMAPAccount a\nHost imap.gmx.net\nUser anna@gmx.net\nTLSType IMAPS\nPassCmd x\n")
    done = doctor.visit("diagnose", "--offline", "--json", home=place)
    tap.expect(done.code == 0 and len(done.json()["facts"]["accounts"]) == 1, str(done))


MBSYNC = "IMAPAccount {0}\nHost {1}\nPort {2}\nUser {0}\nTLSType {3}\nPassCmd x\n\n"


@SUITE.case("diagnose ADDRESS: the accounts that are set up here for it are judged, others are left alone")
def address():
    place = folder()
    with open(os.path.join(place, ".mbsyncrc"), "w", encoding="utf-8") as file:
        file.write(MBSYNC.format("anna@gmx.net", "imap.gmx.net", 143, "IMAPS") +
                   MBSYNC.format("bob@gmx.net", "imap.gmx.net", 143, "None") +
                   MBSYNC.format("carl@gmx.net", "imap.gmx.net", 993, "IMAPS"))
    for name, causes, n in (("anna", ["account-port-encryption-mismatch"], 1), ("bob", ["account-encryption-none"], 1),
                            ("carl", [], 1), ("dora", [], 0)):
        done = doctor.visit(f"{name}@gmx.net", "--offline", "--json", home=place)
        found = done.json()
        tap.expect_equal((found["causes"], len(found["facts"]["accounts"])), (causes, n), name)
        tap.expect_equal(done.code, 4 if causes else 0, str(done)[:3000])
        tap.expect(found["facts"]["settings"]["servers"], f"{name}: no settings")
    tap.expect("profile check --fix account-port-encryption-mismatch" in
               doctor.visit("anna@gmx.net", "--offline", home=place).out, "the command that mends it")


@SUITE.case("diagnose ADDRESS: the server that the account here uses is asked too, and what it says is a cause")
def address_server():
    with lab.Lab(doctor.PROGRAM, ["tls-certificate-expired@imaps"]) as practice:
        for door, causes in ((practice.door("tls-certificate-expired", "imaps"), ["tls-certificate-expired"]),
                             (practice.healthy("imaps"), [])):
            place, host = folder(), door.url.split("//")[1].split(":")[0].split("?")[0]
            with open(os.path.join(place, ".mbsyncrc"), "w", encoding="utf-8") as file:
                file.write(MBSYNC.format("anna@practice.example", host, door.port, "IMAPS"))
            found = doctor.visit("anna@practice.example", "--json", "--ca-file", practice.ca, "--resolver", practice.resolver,
                                 "--https-port", str(practice.https_port), "--no-third-party", home=place).json()
            tap.expect([one for one in found["causes"] if one.startswith("tls-")] == causes, str(found)[:4000])
            tap.expect(any(one["url"].startswith(f"imaps://{host}") for one in found["facts"]["endpoints"]), "not asked")
            tap.expect_equal(len(found["facts"]["accounts"]), 1, "accounts")


SUITE.run()
