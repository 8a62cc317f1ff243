"""This file plants each kind of damage that can be mended in place, has it mended twice, and takes it back."""

import json
import os
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
PLANTED = []


def planted(*ids):
    """A function that damages Bytes; the ids are those of which at least one must be found."""
    def add(function):
        PLANTED.append((function.__name__.replace("_", "-"), ids, function))
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
    PLANTED.append((name, ids, plant))


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


def mend_and_undo(name, ids, plant, kind):
    b = store_bytes.Bytes(stores.read(recipe(*kind)))
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


def add_case(name, ids, plant):
    @SUITE.case(f"{name}: mended, silent the second time, taken back byte for byte")
    def mended():
        for kind in KINDS:
            mend_and_undo(name, ids, plant, kind)


for one in PLANTED:
    add_case(*one)

sys.exit(SUITE.run())
