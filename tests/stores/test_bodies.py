"""This file checks that a check names messages whose text is gone or cannot be read, and no others."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import store_bytes
import stores
import tap

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)
IDS = ("item-body-blank", "item-body-garbled")
HTML, SIZE = 0x10130102, 0x0E080003


def text_tag(bytes_of):
    return 0x1000001E if bytes_of.ansi else 0x1000001F


def made(version):
    return store_bytes.Bytes(stores.read(ROOM.make("small", "--version", version, "--cipher", "none")))


def found(data, name):
    """[(id, node)] of the findings about bodies."""
    done = doctor.visit("store", "check", ROOM.write(name, bytes(data)), "--json", limit=120)
    return [(f["id"], f["subject"].get("node")) for f in done.json()["findings"] if f["id"] in IDS]


def victims(whole):
    """Messages that have plain text and HTML of their own."""
    return [nid for nid in sorted(whole.nodes) if nid & 31 == 4 and whole.nodes[nid]["parent"]
            and whole.record(nid, HTML) and whole.record(nid, text_tag(whole)) and whole.record(nid, SIZE)]


def empty(whole, nid):
    for tag in (HTML, text_tag(whole)):
        whole.put(whole.record(nid, tag)[1], 4, 0)


def judge_garbled(version):
    whole = made(version)
    tap.expect_equal(found(whole.data, "sound.pst"), [], "a sound store")
    nid = victims(whole)[0]
    bid, at = whole.record(nid, HTML)
    # What is HTML stands where compressed RTF would.
    whole.put(at - 4, 2, 0x1009)
    whole.seal_block(bid)
    tap.expect_equal(found(whole.data, "garbled.pst"), [("item-body-garbled", f"0x{nid:X}")], version)


def judge_blank(version):
    whole = made(version)
    nid = victims(whole)[0]
    bid, at = whole.record(nid, SIZE)
    size = whole.number(at, 4)
    empty(whole, nid)
    whole.seal_block(bid)
    tap.expect_equal(found(whole.data, "empty.pst"), [], f"{version}: without a text, and of its size")
    whole.put(at, 4, 3 * size + 100000)
    whole.seal_block(bid)
    tap.expect_equal(found(whole.data, "blank.pst"), [("item-body-blank", f"0x{nid:X}")], version)


for number in ("14", "23"):
    SUITE.add(f"version {number}: RTF that does not unpack is named", lambda number=number: judge_garbled(number))
    SUITE.add(f"version {number}: a mail without a text is named when its size says that it had one",
              lambda number=number: judge_blank(number))


@SUITE.case("real stores: no text is called blank or garbled")
def real():
    n = 0
    for path, row in stores.real():
        if not int(row["nbt_messages"] or 0):
            continue
        done = doctor.visit("store", "check", path, "--json", limit=120)
        tap.expect_equal([f for f in done.json()["findings"] if f["id"] in IDS], [], path)
        n += 1
    tap.expect(n > 30, f"{n} stores")


sys.exit(SUITE.run())
