"""This file plants each kind of damage that can be mended in place, has it mended twice, and takes it back."""

import fcntl
import os
import resource
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import doctor
import store_bytes
import stores
import tap

SUITE = tap.Suite()
ROOM = stores.Room()
SUITE.at_end.append(ROOM.close)

KINDS = [("14", "pst", "permute"), ("15", "pst", "none"), ("23", "pst", "permute"), ("23", "ost", "cyclic"), ("20", "pst", "none")]
PLAIN = [kind for kind in KINDS if kind[2] == "none"]
PLANTED = []


def planted(*ids, kinds=None):
    """A function that damages Bytes; the ids are those of which at least one must be found."""
    def add(function):
        PLANTED.append((function.__name__.replace("_", "-"), ids, function, kinds or KINDS))
        return function
    return add


def header(at_ansi, at_unicode, width, value, seal=True):
    def plant(b):
        at = at_ansi if b.ansi else at_unicode
        b.put(at, width, value(b.number(at, width)) if callable(value) else value)
        if seal:
            b.seal_header()
    return plant


for name, ids, plant in [
        ("magic", ["store-header-magic-wrong"], header(0, 0, 4, 0x41414141, seal=False)),
        ("client", ["store-header-client-wrong"], header(8, 8, 2, 0x5A5A)),
        ("version-lost", ["store-header-version-unknown"], header(10, 10, 2, 99, seal=False)),
        ("sentinel", ["store-header-sentinel-wrong"], header(460, 512, 1, 0)),
        ("partial-checksum", ["store-header-checksum-wrong", "store-header-torn"], header(4, 4, 4, 0x12345678, seal=False)),
        ("header-bit", ["store-header-checksum-wrong", "store-header-torn"], header(24, 32, 4, lambda v: v ^ 0x20000, seal=False)),
        ("header-bit-of-root", ["store-header-checksum-wrong"], header(188, 224, 4, lambda v: v ^ 0x200, seal=False)),
        ("last-map", ["store-header-last-map-wrong"], header(172, 192, 4, 0x4400 + 7)),
        ("free-total", ["store-header-free-total-wrong"], header(176, 200, 4, lambda v: v + 640)),
        ("flag", ["store-header-map-flag-wrong"], header(200, 248, 1, 77)),
        ("next-block", ["store-block-counter-low"], header(24, 516, 4, 4)),
        ("next-page", ["store-page-counter-low"], header(28, 32, 4, 1)),
        ("marks", ["store-node-mark-low"], header(36 + 16, 44 + 16, 4, 1)),
        ("end-and-map", ["store-header-last-map-wrong"], header(172, 192, 4, 0)),
]:
    PLANTED.append((name, ids, plant, KINDS))


@planted("store-roots-swapped")
def roots_swapped(b):
    nbt, bbt = b.roots
    size = 2 * b.width
    b.data[nbt:nbt + size], b.data[bbt:bbt + size] = b.data[bbt:bbt + size], b.data[nbt:nbt + size]
    b.seal_header()


@planted("store-header-cipher-wrong")
def cipher(b):
    at = 461 if b.ansi else 513
    b.put(at, 1, 1 if b.number(at, 1) != 1 else 2)
    b.seal_header()


@planted("store-root-unusable")
def roots_lost(b):
    for at in b.roots:
        b.put(at + b.width, 4, 0x4400 + 512 * 333)


@planted("store-header-torn", "store-header-checksum-wrong")
def torn(b):
    at = 204 + 250 if b.ansi else 516
    b.data[at:at + 6] = b"\x11" * 6


@planted("store-page-checksum-wrong")
def every_third_checksum(b):
    for at in sorted(b.pages)[::3]:
        b.put(b.crc_at(at), 4, 0xDEADBEEF)


@planted("store-page-checksum-wrong")
def every_checksum(b):
    for at in b.pages:
        b.put(b.crc_at(at), 4, 0)


@planted("store-page-checksum-wrong")
def one_bit_in_each_page(b):
    for at, page in b.pages.items():
        b.data[at + page["size"] // 2] ^= 4


@planted("store-page-type-wrong")
def page_types(b):
    for at in b.pages_of("bbt", 0):
        b.put(at + 512 - b.trailer, 2, 0)


@planted("store-page-signature-wrong")
def page_signatures(b):
    for at in b.pages:
        b.put(at + 512 - b.trailer + 2, 2, 0x7777)


@planted("store-page-bid-wrong")
def page_numbers(b):
    at = b.pages_of("nbt", 0)[0]
    b.put(at + 512 - b.trailer + (4 if b.ansi else 8), b.width, 0x123456)


@planted("store-page-checksum-wrong", "store-page-level-wrong")
def page_counters(b):
    for at in b.pages_of("nbt"):
        b.put(at + b.entries, 4, 0xFFFFFFFF)


@planted("store-page-entry-size-wrong")
def page_room(b):
    for at in b.pages_of("bbt", 0):
        b.put(at + b.entries + 1, 1, 3)
        b.seal_page(at)


@planted("store-page-parent-key-wrong")
def parent_keys(b):
    for at in b.pages:
        if b.pages[at]["parent"] is not None and b.pages[at]["level"] == 0:
            entry = b.pages[at]["parent"]
            b.put(entry, 4, b.number(entry, 4) - 1)
            b.seal_page(b.page_of(entry))


@planted("store-root-unusable")
def roots_zeroed(b):
    zeroed = 0
    for tree in ("nbt", "bbt"):
        top = max(page["level"] for page in b.pages.values() if page["tree"] == tree)
        for at in b.pages_of(tree, top) if top else []:
            b.data[at:at + 512] = bytes(512)
            zeroed += 1
    tap.expect(zeroed, "no tree has a page above its leaves")


@planted("store-root-unusable")
def block_tree_zeroed(b):
    for at in b.pages_of("bbt"):
        b.data[at:at + 512] = bytes(512)


@planted("store-page-type-wrong", "store-root-unusable")
def leaves_of_blocks_zeroed(b):
    for at in b.pages_of("bbt", 0)[::2]:
        b.data[at:at + 512] = bytes(512)


@planted("store-block-refs-wrong")
def reference_counts(b):
    for bid in sorted(b.blocks)[::5]:
        at = b.blocks[bid]["entry"] + 2 * b.width + 2
        b.put(at, 2, b.number(at, 2) + 3)
        b.seal_page(b.page_of(at))


@planted("store-block-trailer-wrong")
def block_signatures(b):
    for bid in sorted(b.blocks)[::4]:
        b.put(b.trailer_of(bid) + 2, 2, 0x4711)


@planted("store-block-trailer-wrong")
def block_numbers(b):
    for bid in sorted(b.blocks)[::4]:
        b.put(b.trailer_of(bid) + (4 if b.ansi else 8), b.width, 0x40)


@planted("store-block-trailer-wrong")
def block_lengths(b):
    for bid in sorted(b.blocks)[::6]:
        b.put(b.trailer_of(bid), 2, 9)


@planted("store-map-page-damaged")
def maps_zeroed(b):
    for page in b.maps():
        b.data[page:page + 512] = bytes(512)


@planted("store-map-live-free")
def maps_cleared(b):
    for page in b.maps():
        b.data[page + 8:page + 496] = bytes(488)
        b.seal_page(page)
    b.put(200 if b.ansi else 248, 1, 0)
    b.seal_header()


@planted("store-map-leaked")
def space_leaked(b):
    page, bit = b.find_free()
    b.flip_map(page, bit)
    b.flip_map(page, bit + 2)


@planted("store-map-self-free")
def map_not_marked(b):
    b.data[0x4400 + (4 if b.ansi else 0)] = 0
    b.seal_page(0x4400)


@planted("store-pmap-damaged")
def page_map(b):
    b.data[0x4600:0x4800] = b"\x55" * 512


def change(b, place, value):
    tap.expect(place, "nothing to plant in")
    bid, at = place
    b.put(at, 4, value(b.number(at, 4)))
    b.seal_block(bid)


def nodes_of(b, kind):
    return [nid for nid in sorted(b.nodes) if nid & 0x1F == kind]


@planted("store-folder-counts-wrong", kinds=PLAIN)
def folder_counts(b):
    for nid in nodes_of(b, 2):
        for tag in (0x36020003, 0x36030003):
            change(b, b.record(nid, tag), lambda value: value + 5)


@planted("store-folder-counts-wrong", kinds=PLAIN)
def subfolders(b):
    for nid in nodes_of(b, 2):
        change(b, b.record(nid, 0x360A000B), lambda value: value ^ 1)


@planted("store-message-flags-wrong", kinds=PLAIN)
def attachment_flags(b):
    for nid in nodes_of(b, 4)[:12]:
        place = b.record(nid, 0x0E070003)
        if place:
            change(b, place, lambda value: value ^ 0x10)


@planted("store-message-unread-wrong", "store-table-row-stale", kinds=PLAIN)
def read_flags(b):
    done = 0
    for nid in nodes_of(b, 4):
        record = b.record(nid, 0x0E070003)
        table = b.nodes[nid]["parent"] & ~0x1F | 0xE
        place = record and b.cell(table, nid, 0x0E070003, b.number(record[1], 4))
        if place and done < 9:
            change(b, place, lambda value: value ^ 1)
            done += 1
    tap.expect(done, "no row found")


@planted("store-table-row-stale", kinds=PLAIN)
def stale_rows(b):
    done = 0
    for nid in nodes_of(b, 4):
        record = b.record(nid, 0x0E070003)
        table = b.nodes[nid]["parent"] & ~0x1F | 0xE
        place = record and b.cell(table, nid, 0x0E070003, b.number(record[1], 4))
        if place and done < 5:
            change(b, place, lambda value: value ^ 0x400)
            done += 1


def row_index(b, table):
    """(BID, places of the records) of a table's row index whose records stand one behind the other."""
    rows = [nid for nid in nodes_of(b, 4) if b.nodes[nid]["parent"] == table & ~0x1F | 2]
    found = b.data_of(table)
    if not found or len(rows) < 2:
        return None
    width = 2 if b.ansi else 4
    step = 4 + width
    for at in range(len(found[2]) - step * len(rows)):
        keys = [int.from_bytes(found[2][at + i * step:at + i * step + 4], "little") for i in range(len(rows))]
        if keys == rows:
            return found[0], [(found[1] + at + i * step, width) for i in range(len(rows))]
    return None


def plant_in_indexes(b, plant):
    planted_here = 0
    for nid in nodes_of(b, 0xE):
        index = row_index(b, nid)
        if index:
            plant(index[1])
            b.seal_block(index[0])
            planted_here += 1
    tap.expect(planted_here, "no row index found")


@planted("store-table-row-id-wrong", kinds=PLAIN)
def row_numbers_swapped(b):
    def swap(records):
        (one, width), (two, _) = records[:2]
        first, second = b.number(one + 4, width), b.number(two + 4, width)
        b.put(one + 4, width, second)
        b.put(two + 4, width, first)
    plant_in_indexes(b, swap)


@planted("store-table-row-index-wrong", kinds=PLAIN)
def row_index_beyond(b):
    plant_in_indexes(b, lambda records: b.put(records[0][0] + 4, records[0][1], 0x1234))


@planted("store-table-row-index-wrong", kinds=PLAIN)
def row_index_twice(b):
    plant_in_indexes(b, lambda records: b.put(records[0][0] + 4, records[0][1], b.number(records[1][0] + 4, records[1][1])))


def lists_of(b, kind, level):
    return [bid for bid in sorted(b.blocks)
            if bid & 2 and b.data[b.blocks[bid]["at"]] == kind and b.data[b.blocks[bid]["at"] + 1] == level]


def totals(level, value):
    def plant(b):
        for bid in lists_of(b, 1, level):
            at = b.blocks[bid]["at"] + 4
            b.put(at, 4, value(b.number(at, 4)))
            b.seal_block(bid)
    return plant


def index_keys(b):
    for bid in lists_of(b, 2, 1):
        b.put(b.blocks[bid]["at"] + (4 if b.ansi else 8), 4, 0x25)
        b.seal_block(bid)


@planted("store-map-page-damaged", "store-page-type-wrong")
def everything_derived(b):
    reference_counts(b)
    parent_keys(b)
    block_signatures(b)
    page_types(b)
    header(24, 516, 4, 4)(b)
    header(460, 512, 1, 3)(b)
    maps_zeroed(b)


def recipe(version, client, cipher):
    return ROOM.make("small", "--messages", "60", "--version", version, "--client", client, "--cipher", cipher)


def run(*words, **how):
    return doctor.visit("store", *words, **how)


def journal(path):
    return os.path.realpath(path) + ".postmend-journal"


def mend_and_undo(name, ids, plant, kind, original=None):
    b = store_bytes.Bytes(original or stores.read(recipe(*kind)))
    plant(b)
    path = ROOM.write(f"{name}-{'-'.join(kind)}.pst", b.data)
    about = f"{name} {kind}"
    found = run("check", "--json", path)
    tap.expect(found.code == 4 and {f["id"] for f in found.json()["findings"]} & set(ids), f"{about}: not planted: {found}")
    planned = run("repair", "--in-place", "--plan", "--json", path)
    tap.expect(planned.json()["facts"]["in_place"]["steps"], f"{about}: no steps: {planned}")
    tap.expect(stores.read(path) == bytes(b.data) and not os.path.exists(journal(path)), f"{about}: a plan wrote")
    done = run("repair", "--in-place", "--yes", "--json", path)
    tap.expect(done.code == 1, f"{about}: {done}")
    mended = stores.read(path)
    again = run("repair", "--in-place", "--yes", "--json", path)
    tap.expect(again.code == 0 and stores.read(path) == mended, f"{about}: a second run: {again}")
    undone = run("undo", path)
    tap.expect(undone.code == 0, f"{about}: {undone}")
    tap.expect(stores.read(path) == bytes(b.data), f"{about}: undo is not byte for byte")
    tap.expect(not os.path.exists(journal(path)), f"{about}: the journal is left")
    os.unlink(path)


def add_case(name, ids, plant, kinds):
    @SUITE.case(f"{name}: mended, silent the second time, taken back byte for byte")
    def mended():
        for kind in kinds:
            mend_and_undo(name, ids, plant, kind)


for one in PLANTED:
    add_case(*one)


def damaged(plant, name="damaged.pst", kind=KINDS[2]):
    b = store_bytes.Bytes(stores.read(recipe(*kind)))
    plant(b)
    return ROOM.write(name, b.data), bytes(b.data)


@SUITE.case("a real plan, killed at every call of the disk: undo and going on give the right bytes")
def crash_steps():
    program = os.path.join(os.path.dirname(os.path.dirname(stores.MAKER)), "crash-steps")
    if not os.path.exists(program):
        raise tap.Skip("crash-steps is not built")
    for kind in KINDS[0], KINDS[2]:
        for plant in everything_derived, maps_cleared, every_third_checksum, space_leaked:
            path, _ = damaged(plant, kind=kind)
            done = subprocess.run([program, path, "3"], capture_output=True, text=True, check=False)
            tap.expect_equal(done.returncode, 0, f"{plant.__name__} {kind}: {done.stdout}{done.stderr}")
            tap.comment(f"{plant.__name__} {kind[0]}: {done.stdout.strip()}")


@SUITE.case("lists of blocks and indexes of subnodes: mended, silent the second time, taken back byte for byte")
def lists():
    for version, client, cipher in (("15", "pst", "permute"), ("23", "pst", "cyclic")):
        original = stores.read(ROOM.make("large", "--version", version, "--client", client, "--cipher", cipher))
        for name, ids, plant in (("totals", ["store-xblock-total-wrong"], totals(1, lambda total: total - 1)),
                                 ("totals-of-totals", ["store-xblock-total-wrong"], totals(2, lambda total: 0)),
                                 ("keys", ["store-subnode-index-wrong"], index_keys)):
            mend_and_undo(name, ids, plant, (version, client, cipher), original)


@SUITE.case("a total that asks for more blocks than are listed may be the last that knows of them: left alone")
def total_of_more():
    b = store_bytes.Bytes(stores.read(ROOM.make("large")))
    totals(1, lambda total: total + 100000)(b)
    path = ROOM.write("more.pst", b.data)
    done = run("repair", "--in-place", "--yes", "--json", path)
    tap.expect_equal((done.code, stores.read(path) == bytes(b.data)), (4, True), str(done))


@SUITE.case("all upper pages of deep trees lost: built anew over their leaves")
def upper_pages():
    for version, client, cipher in KINDS[0], KINDS[2]:
        b = store_bytes.Bytes(stores.read(ROOM.make("small", "--messages", "1500", "--version", version, "--cipher", cipher)))
        lost = [at for at, page in b.pages.items() if page["level"]]
        tap.expect(max(page["level"] for page in b.pages.values()) > 1, "trees are not deep")
        for at in lost:
            b.data[at:at + 512] = bytes(512)
        path = ROOM.write("upper.pst", b.data)
        done = run("repair", "--in-place", "--yes", "--json", path)
        tap.expect(done.code == 1, f"{version}: {done}")
        tap.expect_equal(run("repair", "--in-place", path).code, 0, "second run")
        tap.expect_equal((run("undo", path).code, stores.read(path) == bytes(b.data)), (0, True), "undo")


@SUITE.case("no free space for the pages of a lost tree: the store grows by whole sections, undo cuts it again")
def grown():
    for version, client, cipher in KINDS[0], KINDS[2]:
        b = store_bytes.Bytes(stores.read(ROOM.make("small", "--messages", "6000", "--version", version, "--cipher", cipher)))
        for at in b.pages_of("bbt"):
            b.data[at:at + 512] = bytes(512)
        path = ROOM.write("grown.pst", b.data)
        done = run("repair", "--in-place", "--yes", "--json", path)
        more = os.path.getsize(path) - len(b.data)
        tap.comment(f"{version}: {more} bytes more")
        tap.expect(done.code == 1 and more % store_bytes.SECTION == 0, f"{version}: {done}")
        tap.expect_equal(run("repair", "--in-place", path).code, 0, "second run")
        tap.expect_equal((run("undo", path).code, stores.read(path) == bytes(b.data)), (0, True), "undo")


@SUITE.case("a healthy store: exit 0, nothing written, no journal")
def healthy():
    for kind in KINDS:
        path = ROOM.write("healthy.pst", stores.read(recipe(*kind)))
        before = os.stat(path)
        done = run("repair", "--in-place", "--yes", "--json", path)
        tap.expect_equal((done.code, done.json()["facts"]["in_place"]["outcome"]), (0, "nothing"), str(done))
        tap.expect_equal(os.stat(path).st_mtime_ns, before.st_mtime_ns, "time of change")
        tap.expect(not os.path.exists(journal(path)), "a journal is left")


@SUITE.case("pages of 4 KiB and files that are none are never written; exit 4")
def refused():
    path = ROOM.make("small", "--version", "36", "--client", "ost")
    data = bytearray(stores.read(path))
    data[0x22000 + 20] ^= 1
    for name, content in (("big.ost", bytes(data)), ("page.pst", b"<html></html>"), ("cut.pst", stores.read(recipe(*KINDS[2]))[:150016])):
        path = ROOM.write(name, content)
        done = run("repair", "--in-place", "--yes", "--json", path)
        tap.expect_equal((done.code, done.json()["facts"]["in_place"]["outcome"]), (4, "refused"), str(done))
        tap.expect(done.json()["facts"]["in_place"]["refusal"] and stores.read(path) == content, name)
        tap.expect(not os.path.exists(journal(path)), "a journal is left")


@SUITE.case("damage that only a new store can mend is left alone: exit 4")
def beyond():
    def plant(b):
        for bid in sorted(b.blocks)[::9]:
            b.data[b.blocks[bid]["at"] + 1] ^= 0x10
    path, data = damaged(plant)
    done = run("repair", "--in-place", "--yes", "--json", path)
    tap.expect_equal((done.code, done.json()["facts"]["in_place"]["outcome"]), (4, "nothing"), str(done))
    tap.expect_equal(stores.read(path) == data, True, "the store")


@SUITE.case("both kinds of damage: what can be mended is, the rest is told; exit 5")
def both():
    def plant(b):
        b.data[b.blocks[sorted(b.blocks)[30]]["at"] + 1] ^= 0x10
        space_leaked(b)
        header(460, 512, 1, 0)(b)
    path, data = damaged(plant)
    done = run("repair", "--in-place", "--yes", "--json", path)
    tap.expect_equal((done.code, done.json()["facts"]["in_place"]["outcome"]), (5, "written"), str(done))
    left = {f["id"] for f in done.json()["findings"] if f["severity"] in ("warning", "fault", "loss")}
    tap.expect("store-block-checksum-wrong" in left and "store-header-sentinel-wrong" not in left, str(left))
    tap.expect("store-map-leaked" in left, "space is given free although a block is damaged")
    tap.expect_equal((run("undo", path).code, stores.read(path) == data), (0, True), "undo")


@SUITE.case("a store that another program has open, or locked, is refused with its name; exit 8")
def in_use():
    path, data = damaged(maps_cleared)
    with open(path, "rb") as other:
        done = run("repair", "--in-place", "--yes", path)
        tap.expect_equal((done.code, done.out), (8, ""), str(done))
        tap.expect(path in done.err and "in use" in done.err and f"process {os.getpid()}" in done.err and done.err.count("\n") == 1, done.err)
        tap.expect_equal(run("repair", "--in-place", "--plan", path).code, 4, "a plan only reads")
        fcntl.flock(other, fcntl.LOCK_SH)
        tap.expect("locked" in run("repair", "--in-place", "--yes", path).err, "a lock")
    tap.expect(stores.read(path) == data and not os.path.exists(journal(path)), "something was written")


@SUITE.case("links: a symbolic one is followed, a second name is refused; so is what cannot be written")
def links():
    path, data = damaged(maps_cleared)
    soft, hard = ROOM.path("soft.pst"), ROOM.path("hard.pst")
    os.symlink(path, soft)
    done = run("repair", "--in-place", "--yes", soft)
    tap.expect(done.code == 1 and os.path.exists(journal(path)) and os.path.islink(soft), str(done))
    tap.expect_equal((run("undo", path).code, stores.read(path) == data), (0, True), "undo by the other name")
    os.link(path, hard)
    done = run("repair", "--in-place", "--yes", hard)
    tap.expect(done.code == 8 and "second name" in done.err and stores.read(path) == data, str(done))
    os.unlink(hard)
    done = run("repair", "--in-place", "--yes", ROOM.folder.name)
    tap.expect(done.code == 8 and done.err.count("\n") == 1, str(done))
    if os.geteuid() != 0:
        os.chmod(path, 0o444)
        done = run("repair", "--in-place", "--yes", path)
        tap.expect(done.code == 8 and stores.read(path) == data, str(done))


@SUITE.case("undo without a journal, of a store that was changed since, with a damaged journal: refused")
def undo_refused():
    path, data = damaged(maps_cleared)
    done = run("undo", path)
    tap.expect(done.code == 8 and "nothing to take back" in done.err and done.err.count("\n") == 1, str(done))
    tap.expect_equal(run("repair", "--in-place", "--yes", path).code, 1, "repair")
    mended, old = stores.read(path), stores.read(journal(path))
    for at in (40, 0x4400 + 60):
        ROOM.write("damaged.pst", mended[:at] + bytes([mended[at] ^ 1]) + mended[at + 1:])
        done = run("undo", path)
        tap.expect(done.code == 8 and "changed since" in done.err and os.path.exists(journal(path)), str(done))
    ROOM.write("damaged.pst", mended)
    for at, words in ((300, "damaged"), (3, "no journal")):
        with open(journal(path), "wb") as out:
            out.write(old[:at] + bytes([old[at] ^ 1]) + old[at + 1:])
        done = run("undo", path)
        tap.expect(done.code == 8 and words in done.err and stores.read(path) == mended, str(done))
    with open(journal(path), "wb") as out:
        out.write(old)
    tap.expect_equal((run("undo", "--json", path).code, stores.read(path) == data), (0, True), "undo")


@SUITE.case("killed in the middle: the same command goes on, undo takes back; a second repair waits for the first")
def killed():
    path, data = damaged(everything_derived)
    tap.expect_equal(run("repair", "--in-place", "--yes", path).code, 1, "repair")
    mended, whole = stores.read(path), stores.read(journal(path))
    mark = whole.index(b"MARK")
    for end, code, outcome in ((mark, 1, "written"), (mark + 16, 1, "resumed")):
        ROOM.write("damaged.pst", data)
        with open(journal(path), "wb") as out:
            out.write(whole[:end])
        done = run("repair", "--in-place", "--yes", "--json", path)
        tap.expect_equal((done.code, done.json()["facts"]["in_place"]["outcome"]), (code, outcome), str(done))
        tap.expect(stores.read(path) == mended, outcome)
    tap.expect_equal((run("undo", path).code, stores.read(path) == data), (0, True), "undo")
    with open(journal(path), "wb") as out:
        out.write(whole[:mark + 16])
    tap.expect_equal((run("undo", path).code, stores.read(path) == data), (0, True), "undo of what was not begun")


@SUITE.case("a second repair: refused while the first can be taken back, made when it no longer fits")
def second():
    path, _ = damaged(maps_cleared)
    tap.expect_equal(run("repair", "--in-place", "--yes", path).code, 1, "repair")
    b = store_bytes.Bytes(stores.read(path))
    space_leaked(b)
    ROOM.write("damaged.pst", b.data)
    first = stores.read(journal(path))
    done = run("repair", "--in-place", "--yes", path)
    tap.expect(done.code == 1 and stores.read(journal(path)) != first, f"a journal that fits no more: {done}")
    tap.expect_equal((run("undo", path).code, stores.read(path) == bytes(b.data)), (0, True), "undo")


@SUITE.case("a disk that takes no journal: nothing is changed, no journal is left; exit 8")
def disk_full():
    path, data = damaged(everything_derived)

    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    done = subprocess.run([doctor.PROGRAM, "store", "repair", "--in-place", "--yes", path], capture_output=True, text=True,
                          check=False, preexec_fn=small, restore_signals=False)
    tap.expect(done.returncode == 8 and "Nothing was changed" in done.stderr and done.stderr.count("\n") == 1, str(done))
    tap.expect(stores.read(path) == data and not os.path.exists(journal(path)), "something is left")


BAD_INPUT = [
    (["repair", "--in-place"], "archive.pst"), (["undo"], "store"),
    (["repair", "--in-place", "a.pst", "b.pst"], "one"),
]


@SUITE.case("bad input: exit 16 and one line")
def bad_input():
    for words, named in BAD_INPUT:
        done = run(*words)
        tap.expect(done.code == 16 and done.out == "" and done.err.count("\n") == 1 and named in done.err, str(done))

sys.exit(SUITE.run())
