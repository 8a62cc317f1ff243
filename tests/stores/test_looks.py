"""This file runs the looks into a store: what waits, hides, is there twice or does not run."""

import base64
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import stores
import tap

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)

LOOKS = ("outbox", "receipts", "rules", "duplicates")
VERSIONS = ("14", "15", "23", "36")

# state -> the ids that say why, of each look into a store that was made with troubles and without other kinds.
EXPECTED = {
    "outbox": [
        ("draft", {"item-outbox-not-queued"}),
        ("locked", {"item-outbox-stuck", "item-outbox-locked"}),
        ("waiting", {"item-outbox-no-recipients"}),
        ("deferred", {"item-outbox-deferred"}),
        ("stuck", {"item-outbox-stuck", "store-message-submit-wrong"}),
        ("stuck", {"item-outbox-stuck", "store-message-submit-wrong"}),
    ],
    "receipts": [
        ("stuck", {"item-receipt-stuck", "item-receipt-hidden"}),
        ("hidden", {"item-receipt-hidden"}),
    ],
    "rules": [
        ("disabled", {"rule-disabled"}),
        ("error", {"rule-folder-gone"}),
        ("idle", {"rule-does-nothing"}),
        ("damaged", {"rule-damaged"}),
        ("enabled", set()),
        ("shadowed", {"rule-shadowed"}),
        ("damaged", {"rule-stream-damaged"}),
        ("damaged", {"rule-damaged"}),
        ("error", {"rule-error"}),
    ],
    "duplicates": [
        ("exact", {"item-duplicate-exact"}),
        ("delivery", {"item-duplicate-delivery"}),
    ],
}

# What a file of rules is named after, and what its sentence must hold; the names are those of the wizard's words.
SAYS = {
    "AddToRelevance": "relevance", "AlertCondition": "alert", "AssignToCategory": "assign it to the category",
    "AssignedToAnyCategory": "any category", "AssignedToCategory": "assigned to the category",
    "BodyContains": "in the body", "ClearCategories": "clear its categories", "ClearFlag": "clear the message flag",
    "DeferDelivery": "defer delivery", "DisplayDesktopAlert": "desktop alert",
    "DisplaySpecificMessageInNewItemAlertWindow": "new item alert window", "FlagForFollowUp": "flag it for",
    "Flagged": "flagged for", "ForwardAsAttachment": "forward it as an attachment", "Forward": "forward it to",
    "FromRSSFeed": "RSS feed", "From": "from ", "HasAttachment": "has an attachment",
    "HeaderContains": "in the message header", "Importance": "importance", "Junk": "junk",
    "MarkAsImportance": "mark it as", "MarkAsRead": "mark it as read", "MoveCopyToFolder": "move a copy to the folder",
    "MoveToFolder": "move it to the folder", "NameInCcBox": "in the Cc box", "NameInToBox": "in the To box",
    "NameInToOrCcBox": "in the To or Cc box", "NameNotInToBox": "not in the To box", "NotifyMe": "display ",
    "NotifyRead": "when it is read", "OnThisMachineOnly": "on this computer only", "OutOfOffice": "automatic reply",
    "PerformCustomAction": "custom action", "PermanentlyDelete": "permanently delete it", "Delete": "delete it",
    "PlaySound": "play ", "Print": "print it", "ReceivedInSpecificDateSpan": "received ",
    "RecipientAddressContains": "in the recipient's address", "RelevanceInSpecificRange": "with a relevance of",
    "ReplyUsingTemplate": "reply using the template", "RunScript": "run the script",
    "SenderAddressContains": "in the sender's address", "SenderInAddressBook": "in the address book",
    "Sensitivity": "marked as", "SentOnlyToMe": "sent only to me", "SentDirectlyToMe": "in the To box",
    "SentTo": "sent to ", "SizeInSpecificRange": "with a size of", "StartApplication": "start ",
    "StopProcessingMoreRules": "stop processing more rules", "SubjectContains": "in the subject",
    "SubjectOrBodyContains": "in the subject or body", "ThroughAccount": "through the account",
    "UsesForm": "uses the form", "WithSelectedPropertiesOfDocumentsOrForms": "documents or forms",
}


def look(name, path, *words):
    return doctor.visit("store", name, path, "--json", *words)


def items(done):
    return done.json()["facts"]["items"]


def found(done):
    return sorted((item["state"], sorted(item["why"])) for item in items(done))


def wanted(name):
    return sorted((state, sorted(why)) for state, why in EXPECTED[name])


def judge_made(version):
    path = ROOM.make("minimal", "--version", version, "--troubles", "yes")
    for name in LOOKS:
        done = look(name, path)
        tap.expect_equal(found(done), wanted(name), f"version {version}: {name}")
        tap.expect_equal(done.code, 4, f"version {version}: {name}: exit code")


for number in VERSIONS:
    SUITE.add(f"made store of version {number}: every planted trouble is listed with its reason, and nothing else",
              lambda number=number: judge_made(number))


@SUITE.case("a store without troubles lists what is there and is healthy")
def control():
    path = ROOM.make("small")
    counts = {"outbox": 1, "receipts": 0, "rules": 3, "duplicates": 0}
    for name in LOOKS:
        done = look(name, path)
        tap.expect_equal(len(items(done)), counts[name], name)
        bad = [f["id"] for f in done.json()["findings"] if f["severity"] in ("warning", "fault", "loss")]
        # A made store is old: what waits in its Outbox has waited for years.
        tap.expect_equal(set(bad) - {"item-outbox-stuck"}, set(), f"{name}: {bad}")


@SUITE.case("a double is compared whole: one byte of an attachment apart it is a delivery of its own")
def nearly():
    path = ROOM.make("minimal", "--version", "23", "--cipher", "none", "--troubles", "yes", "--attachments", "5000..5000")
    before = [i for i in items(look("duplicates", path)) if i["state"] == "exact"]
    tap.expect_equal(len(before), 1, "exact doubles")
    tap.expect(before[0]["double_of"] not in (None, before[0]["node"]), str(before))


def letters(notes):
    """Lines of an export: one letter twice with its server's header, and what Outlook notes of POP when that is given."""
    def letter(node, key):
        text = lambda tag, value: {"id": tag, "type": "string", "value": value}
        return {"kind": "message", "node": node, "properties": [
            text("0x001A", "IPM.Note"), text("0x0037", "Once"), text("0x007D", "Received: by a\r\nSubject: Once\r\n"),
            {"id": "0x0E07", "type": "integer32", "value": 1}, text("0x1000", "Text"), text("0x1035", "<once@practice.example>"),
            {"id": "0x300B", "type": "binary", "base64": base64.b64encode(key).decode()}]}
    lines = [{"schema": "postmend-items/1", "kind": "folder", "path": [{"node": "0x8022", "name": "Top", "role": "top"},
                                                                       {"node": "0x8082", "name": "Inbox"}]},
             letter("0x200024", b"0123456789abcdef"), letter("0x200044", b"fedcba9876543210")]
    if notes is not None:
        lines.append({"kind": "associated", "node": "0x200068", "properties": [
            {"id": "0x001A", "type": "string", "value": "IPM.MessageManager"}, {"id": "0x0E07", "type": "integer32", "value": 65}],
            "attachments": [{"properties": [
                {"id": "0x3701", "type": "binary", "base64": base64.b64encode(notes).decode()},
                {"id": "0x3705", "type": "integer32", "value": 1}, {"id": "0x370B", "type": "integer32", "value": -1}]}]})
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


@SUITE.case("of what was fetched twice it is told whether Outlook still knows what it fetched by POP")
def pop_history():
    for n, (notes, words) in enumerate(((None, "is not in this store"), (b"\3\0\2\0+a\0+b\0", "names 2 messages"),
                                        (b"\3\0\3\0+a\0+b", "is damaged"), (b"\2\0", "the same way"))):
        new = ROOM.path(f"fetched-{n}.pst")
        made = doctor.visit("store", "import", ROOM.write(f"fetched-{n}.jsonl", letters(notes)), "--output", new)
        listed = items(look("duplicates", new))
        tap.expect(len(listed) == 1 and listed[0]["tells"].startswith("fetched twice"), f"{made} {listed}")
        tap.expect(words in listed[0]["tells"] and (n < 3 or "POP" not in listed[0]["tells"]), str(listed))


@SUITE.case("the fields of an item are those of the schema")
def fields():
    done = look("outbox", ROOM.make("minimal", "--version", "23", "--troubles", "yes"))
    for item in items(done):
        tap.expect({"node", "folder", "class", "subject", "time", "size", "state", "why"} <= set(item), str(item))
        tap.expect(re.fullmatch(r"0x[0-9A-F]+", item["node"]) is not None, item["node"])
        tap.expect(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", item["time"]) is not None, item["time"])


@SUITE.case("text, HTML and redacted reports of a look")
def faces():
    path = ROOM.make("minimal", "--version", "23", "--troubles", "yes")
    text = doctor.visit("store", "rules", path)
    tap.expect("shadowed" in text.out and "[rule-shadowed]" in text.out, text.out)
    page = ROOM.path("page.html")
    doctor.visit("store", "rules", path, "--html", page)
    with open(page, encoding="utf-8") as file:
        tap.expect("shadowed" in file.read(), "the page does not tell of the rule")
    hidden = look("rules", path, "--redact")
    tap.expect("Takes all" not in hidden.out and "Sent Items" not in hidden.out, hidden.out)


@SUITE.case("bad input: no file, two files, a web page, no file of that name")
def bad_input():
    page = ROOM.write("page.pst", b"<!DOCTYPE html><html><body>sign in</body></html>")
    for name in LOOKS:
        tap.expect_equal(doctor.visit("store", name).code, 16, f"{name} without a file")
        tap.expect_equal(doctor.visit("store", name, "a.pst", "b.pst").code, 16, f"{name} with two files")
        tap.expect_equal(look(name, page).code, 4, f"{name} of a web page")
        tap.expect_equal(doctor.visit("store", name, ROOM.path("none.pst")).code, 8, f"{name} of no file")


@SUITE.case("a cut store: a look says so and ends")
def cut():
    data = stores.read(ROOM.make("small"))
    for share in (0.1, 0.5, 0.9):
        path = ROOM.write(f"cut-{share}.pst", data[:int(len(data) * share)])
        for name in LOOKS:
            done = look(name, path)
            tap.expect(done.code in (0, 4), str(done))


def rules_files():
    folder = stores.shared("rules")
    return sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".rwz"))


@SUITE.case("real files of rules: each is read to its last byte, and says what its name says")
def real_rules():
    files = rules_files()
    for path in files:
        done = look("rules", path)
        report = done.json()
        # A list of no rules is a header and a footer.
        tap.expect(items(done) or os.path.getsize(path) < 120, f"{path}: no rules")
        tap.expect(not {"rule-damaged", "rule-stream-damaged"} & {f["id"] for f in report["findings"]}, path)
        kind = re.match(r"Outlook\d+_([A-Za-z]+)", os.path.basename(path))
        says = SAYS.get(kind.group(1)) if kind else None
        if says and items(done):
            tap.expect(any(says in item["tells"] for item in items(done)), f"{path}: {items(done)}")
    tap.expect(len(files) >= 100, f"{len(files)} files")


@SUITE.case("a file of rules that is cut loses no rule before the cut")
def cut_rules():
    path = next(name for name in rules_files() if name.endswith("Outlook2019Multiple.rwz"))
    data = stores.read(path)
    whole = [item["subject"] for item in items(look("rules", path))]
    short = look("rules", ROOM.write("cut.rwz", data[:-40]))
    tap.expect("rule-stream-damaged" in {f["id"] for f in short.json()["findings"]}, str(short))
    kept = [item["subject"] for item in items(short) if item["subject"]]
    tap.expect_equal(kept, whole[:len(kept)], "rules before the cut")


@SUITE.case("a rule for the server is said with its conditions and its actions; one whose bytes are bent is named")
def server_rules():
    path = ROOM.make("small", "--kinds", "yes")
    rules = [item for item in items(look("rules", path)) if item["class"] == "IPM.Rule.Version2.Message"]
    tap.expect_equal({(item["subject"], item["state"], item["tells"]) for item in rules}, {
        ("Read the reports", "enabled", 'a rule for the server, of "RuleOrganizer", number 10 in the order: '
         'if the subject contains "report": mark it as read')}, "the rule")
    junk = [item["tells"] for store, _ in stores.real() if store.endswith("pstextractortest@outlook.com.ost")
            for item in items(look("rules", store)) if item["subject"] == "Junk E-mail Rule"]
    tap.expect(junk and "the junk mail level is above -1" in junk[0] and "move it to a folder" in junk[0], str(junk))
    delete, subject = "0000 01000000 01000000 09000000 0A 00000000 00000000", "0000 08 1F003700"
    bent = (("good", subject, delete, "enabled", None), ("a kind of 12", "0000 0C", delete, "damaged", "condition"),
            ("an action of 15", subject, delete.replace(" 0A ", " 0F "), "damaged", "actions"),
            ("cut", subject, delete[:-9], "damaged", "actions"))
    lines = [{"schema": "postmend-items/1", "kind": "folder", "path": [{"node": "0x8022", "name": "Top", "role": "top"},
                                                                      {"node": "0x8082", "name": "Inbox"}]}]
    for number, (name, condition, actions, _, _) in enumerate(bent):
        told = [("0x001A", "string", "IPM.ExtendedRule.Message"), ("0x65EC", "string", name), ("0x65EB", "string", "test"),
                ("0x65E9", "integer32", 1), ("0x65F3", "integer32", number)]
        told = [{"id": one, "type": kind, "value": value} for one, kind, value in told]
        told += [{"id": one, "type": "binary", "base64": base64.b64encode(bytes.fromhex(text)).decode()}
                 for one, text in (("0x0E9A", condition), ("0x0E99", actions))]
        lines.append({"kind": "associated", "node": f"0x{0x200028 + 0x20 * number:X}", "properties": told})
    source = ROOM.write("rules.jsonl", "\n".join(json.dumps(line, separators=(",", ":")) for line in lines).encode() + b"\n")
    path = ROOM.path("bent.pst")
    tap.expect_equal(doctor.visit("store", "import", source, "--output", path).code, 0, "import")
    done = look("rules", path)
    tap.expect_equal([(item["subject"], item["state"]) for item in items(done)], [(row[0], row[3]) for row in bent], str(done))
    named = [[e["name"] for e in f["evidence"]][1:] for f in done.json()["findings"] if f["id"] == "rule-damaged"]
    tap.expect_equal(named, [[row[4]] for row in bent if row[4]], str(done))


@SUITE.case("real stores: every look ends, and rules that are there are read")
def real_stores():
    read = 0
    for path, _ in stores.real():
        for name in LOOKS:
            done = look(name, path)
            tap.expect(done.code in (0, 4), f"{path}: {name}: {done.code}")
            read += sum(item["state"] == "enabled" for item in items(done))
    tap.expect(read >= 2, f"{read} rules in all stores")


sys.exit(SUITE.run())
