"""This file compares converted stores with their sources object by object and property by property, through a reader of
the tests' own: folders, messages, hidden items, recipients, attachments, messages in these, names of named properties,
criteria of searches, rows of tables, rules, and where EntryIDs lead. What must differ is written down here, and nothing
else may.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import store_reader
import stores
import tap

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)

BROKEN = {"Aspose.Email-for-.NET--AddingBulkMessagesWithImprovedPerformance.pst", "PstReader--albert_meyers_000.pst",
          "outlook_msg_ex--minimal_pst97.pst"}
RICH = ("--embed-every", "7", "--embed-depth", "3", "--named", "40")
MADE = [("14", "permute"), ("14", "cyclic"), ("15", "none"), ("20", "cyclic"), ("21", "none"), ("22", "permute"),
        ("23", "permute"), ("23", "none"), ("36", "permute"), ("36", "none")]
# Row versions, which count the writes of a store, and sizes, which count the bytes of text.
COUNTED = {"67F3", "67F4", "0E08", "0E20"}
# Of the store's object: its key, and what every PST has.
OWN = {"0FF9", "35DF", "35E0", "35E3", "35E7"}
SENDER = "0042"


def clean(value):
    """Without what is counted; a value that is empty says no more than one that is not there."""
    if isinstance(value, dict):
        return {key: clean(one) for key, one in value.items() if key not in COUNTED and one not in ("", b"", ())}
    return [clean(one) for one in value] if isinstance(value, list) else value


def differences(old, new, where=()):
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(set(old) | set(new), key=str):
            if key not in new:
                yield where + (key,), old[key], None
            elif key not in old:
                yield where + (key,), None, new[key]
            else:
                yield from differences(old[key], new[key], where + (key,))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for i, pair in enumerate(zip(old, new)):
            yield from differences(*pair, where + (i,))
    elif old != new:
        yield where, old, new


def is_right(where, old, new, version):
    nid, kind = where[0], where[0] & 0x1F
    if nid == store_reader.STORE:
        # An OST fills the field of a PST's password with ones, which would be a password that nobody knows.
        is_no_password = where[-1] == "67FF" and "ff" * 4 in repr(old).replace("\\x", "") and "00" * 4 in repr(new).replace("\\x", "")
        return is_no_password or (where[-1] in OWN and (old is None or where[-1] == "0FF9"))
    # A search folder or queue that every store has, and cells that a program of 1998 did not write.
    if old is None and (len(where) == 1 and kind not in (store_reader.FOLDER, store_reader.MESSAGE, store_reader.ASSOCIATED)):
        return True
    if old is None and len(where) == 4 and where[1] == "rows":
        return True
    # Tables of an OST may name senders in a table beside, which is for Outlook alone.
    return version == 36 and len(where) == 4 and where[1] == "rows" and where[3] == SENDER


def judge(path, *options):
    out = ROOM.path("new.pst")
    if os.path.exists(out):
        os.unlink(out)
    done = doctor.visit("store", "convert", path, "--output", out, "--json", *options)
    tap.expect_equal(done.code, 0, str(done))
    old, new = store_reader.Reader(path), store_reader.Reader(out)
    found = [one for one in differences(clean(old.read()), clean(new.read())) if not is_right(*one, old.blocks.version)]
    shown = [(tuple(hex(part) if isinstance(part, int) else part for part in where), str(a)[:80], str(b)[:80])
             for where, a, b in found[:5]]
    tap.expect_equal(shown, [], f"{len(found)} differences")
    return old, new, done


for version, cipher in MADE:
    SUITE.case(f"made: version {version}, {cipher}")(
        lambda version=version, cipher=cipher: judge(ROOM.make("small", "--version", version, "--cipher", cipher, *RICH)))


@SUITE.case("made: 4 KiB pages, packed blocks; deep trees of small pages")
def made_otherwise():
    judge(ROOM.make("small", "--version", "36", "--client", "ost", "--compress", "yes", "--cipher", "none", *RICH))
    judge(ROOM.make("deep", "--version", "14", "--messages", "200", "--embed-every", "40"))
    judge(ROOM.make("deep", "--version", "23", "--messages", "200", "--embed-every", "40"), "--compact")


@SUITE.case("EntryIDs lead to the same nodes: of the store, of rules, criteria and messages, whether the key is kept or new")
def entries():
    for words, keeps in ((("--version", "23"), True), (("--version", "14"), False), (("--version", "36"), False),
                         (("--version", "23", "--client", "ost"), False)):
        old, new, _ = judge(ROOM.make("small", *words))
        tap.expect_equal(old.key == new.key, keeps, f"the key is the old one: {words}")
        for reader in (old, new):
            places = [repr(one).count("('entry', ") for one in reader.read().values()]
            # Store object, search, message to be sent, rule; the rule's is within its list.
            tap.expect(sum(places) >= 8 and sum(bool(n) for n in places) >= 4, f"{sum(places)} EntryIDs: {words}")
        rules = [doctor.visit("store", "rules", reader, "--json").json() for reader in (ROOM.make("small", *words), ROOM.path("new.pst"))]
        tap.expect_equal([one["facts"]["items"] for one in rules][0], rules[1]["facts"]["items"], "rules")
        tap.expect_equal([f["id"] for f in rules[1]["findings"]], [f["id"] for f in rules[0]["findings"]], "findings of rules")


@SUITE.case("a message that could never be sent waits no more, and that is told")
def sending():
    path = ROOM.make("small", "--version", "14", "--troubles", "yes")
    out = ROOM.path("told.pst")
    done = doctor.visit("store", "convert", path, "--output", out, "--json")
    tap.expect_equal(done.code, 0, str(done))
    told = {int(f["subject"]["node"], 16) for f in done.json()["findings"] if f["id"] == "item-sending-dropped"}
    old, new = store_reader.Reader(path).read(), store_reader.Reader(out).read()
    flags = lambda found, nid: int.from_bytes(found[nid]["properties"]["0E07"], "little")  # noqa: E731
    changed = {nid for nid in old if nid & 0x1F == 4 and flags(old, nid) != flags(new, nid)}
    tap.expect(changed and changed == told, f"changed {changed}, told {told}")


def add_real():
    try:
        rows = stores.real()
    except tap.Skip as why:
        text = str(why)
        SUITE.add("real stores", lambda: (_ for _ in ()).throw(tap.Skip(text)))
        return
    for path, row in rows:
        if row["file"] not in BROKEN:
            SUITE.add(row["file"], lambda path=path: judge(path))


add_real()
sys.exit(SUITE.run())
