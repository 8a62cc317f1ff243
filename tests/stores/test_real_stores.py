"""This file checks real stores: the healthy ones are called healthy, and what is wrong with the others is named.

The stores are not part of the repository: POSTMEND_STORES names their folder, else ../shared/stores beside it.
"""

import csv
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import tap

SUITE = tap.Suite()
SOURCE = os.environ["POSTMEND_SOURCE"]
PROGRAM = os.path.join(os.environ["POSTMEND_BUILD"], "postmend")
FOLDER = os.environ.get("POSTMEND_STORES") or os.path.join(SOURCE, "..", "shared", "stores")
SECONDS = 60

# What the folder's README says of them, as findings.
DAMAGED = {
    "Aspose.Email-for-.NET--AddingBulkMessagesWithImprovedPerformance.pst":
        {"store-page-checksum-wrong", "store-root-unusable", "store-header-maps-in-doubt"},
    "PstReader--Outlook98Backup.pst": {"store-map-live-free", "store-header-maps-in-doubt"},
    "PstReader--albert_meyers_000.pst": {"store-file-not-a-store"},
    "outlook_msg_ex--minimal_pst97.pst": {"store-header-checksum-wrong", "store-root-unusable"},
}
BAD = {"warning", "fault", "loss"}


def check(name):
    ran = subprocess.run([PROGRAM, "store", "check", "--json", os.path.join(FOLDER, name)],
                         capture_output=True, timeout=SECONDS, check=False)
    return json.loads(ran.stdout), ran.returncode


def counts(report):
    store = report["facts"]["stores"][0]
    return {key: store[key] for key in ("messages", "associated", "folders")}


def judge_healthy(row):
    report, code = check(row["file"])
    bad = [f["id"] for f in report["findings"] if f["severity"] in BAD]
    tap.expect_equal(bad, [], "findings of warning or worse")
    tap.expect_equal((report["verdict"], code), ("healthy", 0), "verdict and exit code")
    tap.expect_equal(counts(report), {"messages": int(row["nbt_messages"]),
                                      "associated": int(row["nbt_associated"]),
                                      "folders": int(row["nbt_folders"])}, "counts")


def judge_damaged(row):
    report, code = check(row["file"])
    missing = DAMAGED[row["file"]] - {f["id"] for f in report["findings"]}
    tap.expect_equal(missing, set(), "defects that were not named")
    tap.expect_equal(code, 4, "exit code")


def skip():
    raise tap.Skip(f"THERE ARE NO REAL STORES in {FOLDER}: nothing of them is tested here")


def add_all():
    index = os.path.join(FOLDER, "INDEX.tsv")
    if not os.path.isfile(index):
        SUITE.add("real stores", skip)
        return
    with open(index, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            judge = judge_damaged if row["file"] in DAMAGED else judge_healthy
            SUITE.add(row["file"], lambda row=row, judge=judge: judge(row))


add_all()
sys.exit(SUITE.run())
