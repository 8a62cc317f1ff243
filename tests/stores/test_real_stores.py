"""This file checks real stores, which lie beside the repository: none healthy is accused, none damaged is cleared."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import stores
import tap

SUITE = tap.Suite()

# Each of these has a defect that an independent reading found; the finding that must name it.
DAMAGED = {
    "Aspose.Email-for-.NET--AddingBulkMessagesWithImprovedPerformance.pst": "store-root-unusable",
    "PstReader--Outlook98Backup.pst": "store-map-live-free",
    "PstReader--albert_meyers_000.pst": "store-file-not-a-store",
    "outlook_msg_ex--minimal_pst97.pst": "store-root-unusable",
}
CIPHERS = {"0": "none", "1": "permute", "2": "cyclic"}


def listed():
    return [(path, row) for path, row in stores.real() if os.path.basename(path) not in DAMAGED]


@SUITE.case("every healthy store is healthy, and its counts are those that others read")
def healthy():
    rows = listed()
    done = doctor.visit("store", "check", "--json", *(path for path, _ in rows), limit=120)
    found = {one["path"]: one for one in done.json()["facts"]["stores"]}
    for path, row in rows:
        one, name = found[path], os.path.basename(path)
        for fact, column in (("messages", "nbt_messages"), ("associated", "nbt_associated"), ("folders", "nbt_folders"),
                             ("bytes", "bytes"), ("version", "wVer")):
            tap.expect_equal(str(one[fact]), row[column], f"{name}: {fact}")
        tap.expect_equal(one["client"], row["magic_client"], name)
        tap.expect_equal(one["cipher"], CIPHERS[row["crypt"]], name)
    tap.expect_equal(done.code, 0, f"{done.causes()}: {[f['key'] for f in done.json()['findings'] if f['severity'] != 'note'][:20]}")
    tap.comment(f"{len(rows)} stores, {done.seconds:.2f} s")


@SUITE.case("of each damaged store the known defect is found")
def damaged():
    for name, finding in DAMAGED.items():
        done = doctor.visit("store", "check", "--json", stores.shared("stores", name))
        tap.expect_equal(done.code, 4, f"{name}: {done}")
        tap.expect(finding in done.causes(), f"{name}: {done.causes()}")


sys.exit(SUITE.run())
