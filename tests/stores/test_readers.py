"""This file asks independent readers whether a converted store says what the old one said: libpff property by property,
libpst message by message as it exports them, pst-extractor with each attachment's bytes.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import doctor
import stores
import tap
from readers import by_libpff, by_libpst, by_pst_extractor, differences

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)

BROKEN = {"Aspose.Email-for-.NET--AddingBulkMessagesWithImprovedPerformance.pst", "PstReader--albert_meyers_000.pst",
          "outlook_msg_ex--minimal_pst97.pst"}
# Of these pst-extractor leaves out the later messages of a long folder, large pages being new to it; in the Unicode store
# that they become it finds them. Each of these must be one that libpff reads in the old store.
SKIMMED = {"pst-extractor-1.12.0--pstextractortest@outlook.com.ost", "pst-extractor-1.12.0--pstextractortestpdf@outlook.com.ost"}


def converted(path):
    out = ROOM.path("new.pst")
    if os.path.exists(out):
        os.unlink(out)
    done = doctor.visit("store", "convert", path, "--output", out, "--json")
    tap.expect_equal(done.code, 0, str(done))
    return out


def judge(path, reader):
    out = converted(path)
    if reader is by_libpff:
        old, new = by_libpff(path), by_libpff(out)
        found = list(differences(old, new or {})) if old else []
        tap.expect_equal(found, [], f"{len(found)} differences")
        return
    old, new = reader(path), reader(out)
    if old is None:
        return
    tap.expect(new is not None, "the new store cannot be read")
    lost, added = old - new, new - old
    if reader is by_pst_extractor and os.path.basename(path) in SKIMMED:
        there = {nid for _, nid in by_libpff(path) or {}}
        tap.expect(added and there, "nothing was left out: it need not be listed")
        added = [line for line in added if json.loads(line)["nid"] not in there]
    tap.expect(not lost and not added, f"lost {list(lost)[:3]}, added {list(added)[:3]}")


def add_all():
    try:
        rows = stores.real()
    except tap.Skip as why:
        text = str(why)
        SUITE.add("real stores", lambda: (_ for _ in ()).throw(tap.Skip(text)))
        rows = []
    for path, row in rows:
        for reader in (by_libpff, by_libpst, by_pst_extractor):
            if row["file"] not in BROKEN:
                SUITE.add(f"{reader.__name__[3:]}: {row['file']}", lambda path=path, reader=reader: judge(path, reader))


for form in ("14", "23", "36"):
    SUITE.case(f"libpff: made, version {form}")(lambda form=form: judge(ROOM.make("small", "--version", form), by_libpff))
add_all()
sys.exit(SUITE.run())
