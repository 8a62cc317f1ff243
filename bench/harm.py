"""This file harms stores in ways that another tool's kinds of damage leave out: content that moved, parts of other files,
old pages that a header names, whole trees gone. It repairs them and counts what came back, as chapter repair does.

Bytes that moved count as hit: what comes back of them is "beyond".
"""

import functools
import os
import sys

import damage
import repair

KINDS = {}
# Bytes of other stores, by version and cipher.
OTHERS = {}
PATHS = {}
SECTOR, CLUSTER = 512, 4096


def kind(function):
    KINDS[function.__name__.replace("_", "-")] = function
    return function


def put(data, hits, at, piece):
    piece = piece[:len(data) - at]
    data[at:at + len(piece)] = piece
    hits.append([at, len(piece)])


def another(store):
    found = [one for one in OTHERS.get((store.ver, store.crypt), []) if one[:CLUSTER] != store.d[:CLUSTER]]
    return max(found, key=len) if found else bytes(store.d[::-1])


def somewhere(random, data, step, size=0):
    return random.randrange(8192, max(8193, len(data) - size)) // step * step


@kind
def foreign_clusters(store, data, random, hits):
    """three clusters hold parts of another store of the same kind"""
    other = another(store)
    for _ in range(3):
        at, of = somewhere(random, data, CLUSTER, CLUSTER), random.randrange(0, max(1, len(other) - CLUSTER)) // CLUSTER * CLUSTER
        put(data, hits, at, other[of:of + CLUSTER])


@kind
def foreign_places(store, data, random, hits):
    """1 % of the sectors hold what another store of the same kind has at that place"""
    other = another(store)
    for at in random.sample(range(2, max(6, len(data) // SECTOR)), max(3, len(data) // SECTOR // 100)):
        put(data, hits, at * SECTOR, other[at * SECTOR:(at + 1) * SECTOR])


@kind
def clusters_twice(_store, data, random, hits):
    """three clusters were written over the ones behind them, too"""
    for _ in range(3):
        at = somewhere(random, data, CLUSTER, 2 * CLUSTER)
        put(data, hits, at + CLUSTER, bytes(data[at:at + CLUSTER]))


@kind
def sectors_swapped(_store, data, random, hits):
    """1 % of the sectors stand in each other's places"""
    all_of_them = random.sample(range(2, len(data) // SECTOR), max(4, len(data) // SECTOR // 100) // 2 * 2)
    for one, two in zip(all_of_them[::2], all_of_them[1::2]):
        a, b = bytes(data[one * SECTOR:(one + 1) * SECTOR]), bytes(data[two * SECTOR:(two + 1) * SECTOR])
        put(data, hits, one * SECTOR, b)
        put(data, hits, two * SECTOR, a)


@kind
def hole(_store, data, random, hits):
    """64 KiB of zeros"""
    put(data, hits, somewhere(random, data, CLUSTER, 65536), bytes(65536))


@kind
def partly_encrypted(_store, data, random, hits):
    """noise in the first 4 KiB of every 64 KiB: what hurried extortionists do"""
    for at in range(0, len(data), 65536):
        put(data, hits, at, random.randbytes(CLUSTER))


@kind
def beginning_zeroed(_store, data, _random, hits):
    """zeros up to 1 MiB, but in no more than a quarter of the file"""
    put(data, hits, 0, bytes(min(1 << 20, len(data) // 4)))


@kind
def bytes_missing(_store, data, random, hits):
    """some bytes are gone, and what was behind them stands earlier"""
    at, size = somewhere(random, data, 1, 8192), random.randrange(1, 6000)
    hits.append([at, len(data) - at])
    del data[at:at + size]


@kind
def bytes_more(_store, data, random, hits):
    """some bytes came in, and what was behind them stands later"""
    at = somewhere(random, data, 1, 8192)
    hits.append([at, len(data) - at])
    data[at:at] = random.randbytes(random.randrange(1, 6000))


@kind
def front_missing(_store, data, random, hits):
    """the first 5 to 20 % are not there"""
    hits.append([0, len(data)])
    del data[:int(len(data) * random.uniform(0.05, 0.2)) // SECTOR * SECTOR]


@kind
def in_something(_store, data, random, hits):
    """the store stands in another file, some bytes behind its begin"""
    hits.append([0, len(data)])
    data[:0] = random.randbytes(random.randrange(1, 3000))


@kind
def more_behind(_store, data, random, _hits):
    """something else stands behind the store"""
    data += random.randbytes(random.randrange(1, 200000))


@kind
def store_behind(store, data, _random, _hits):
    """another store stands behind the store"""
    data += another(store)


@kind
def halves(store, data, random, hits):
    """behind a half of the store stands the other half of another"""
    at = int(len(data) * random.uniform(0.3, 0.8)) // CLUSTER * CLUSTER
    put(data, hits, at, another(store)[at:].ljust(len(data) - at, b"\0"))


@kind
def version_wrong(store, data, random, hits):
    """the header speaks of another version"""
    put(data, hits, 10, bytes([random.choice([one for one in (14, 15, 23, 36, 37) if one != store.ver])]))


@kind
def cipher_wrong(store, data, random, hits):
    """the header speaks of another cipher"""
    put(data, hits, 461 if store.ansi else 513, bytes([random.choice([one for one in (0, 1, 2) if one != store.crypt])]))


@kind
def old_roots(store, data, random, hits):
    """the header's roots are pages that were left over: a power cut before the header was written"""
    live = {at for at, _, _ in store.pages}
    for number, place in ((0x81, 224 if not store.ansi else 188), (0x80, 240 if not store.ansi else 196)):
        left = [at for at in range(0x4400, len(data) - store.pagesz, store.pagesz if store.big else SECTOR)
                if at not in live and data[at + store.pagesz - store.trail] == data[at + store.pagesz - store.trail + 1] == number]
        if left:
            put(data, hits, place, random.choice(left).to_bytes(store.w, "little"))


def pages(store, which, leaf=None):
    return [at for at, name, level in store.pages if name == which and leaf in (None, level == 0)]


@kind
def nbt_some_leaves(store, data, random, hits):
    """a third of the leaves of the node tree are zeros"""
    leaves = pages(store, "nbt", True)
    for at in random.sample(leaves, max(1, len(leaves) // 3)):
        put(data, hits, at, bytes(store.pagesz))


@kind
def nbt_all(store, data, _random, hits):
    """every page of the node tree is zeros"""
    for at in pages(store, "nbt"):
        put(data, hits, at, bytes(store.pagesz))


@kind
def trees_all(store, data, _random, hits):
    """every page of both trees is zeros, and the header"""
    for at, _, _ in store.pages:
        put(data, hits, at, bytes(store.pagesz))
    put(data, hits, 0, bytes(1024))


@kind
def lists_lost(store, data, random, hits):
    """every fifth list of subnodes or of blocks is zeros"""
    lists = [bid for bid in sorted(store.blocks) if bid & 2]
    for bid in random.sample(lists, len(lists) // 5):
        at, size = store.extent(bid)
        put(data, hits, at, bytes(size))


def others_of(mapper, path):
    """The store whose parts may stand in this one."""
    with open(path, "rb") as file:
        found = another(mapper.Store(file.read()))
    return [PATHS[found]] if found in PATHS else []


class Tools:
    KINDS = KINDS


def main(program):
    map_tool = damage.shared("tools", "storemap.py")
    if not map_tool or not damage.shared("stores", "INDEX.tsv"):
        print("SKIPPED: chapter harm: no stores and tools beside the repository (POSTMEND_SHARED names the folder)")
        return True
    sys.path.insert(0, os.path.dirname(map_tool))
    mapper = damage.load(map_tool, "storemap")
    for _, path in repair.wanted():
        with open(path, "rb") as file:
            store = mapper.Store(file.read())
        OTHERS.setdefault((store.ver, store.crypt), []).append(store.d)
        PATHS[store.d] = path
    trial = repair.Trial(program, Tools, mapper, [(name,) for name in KINDS], "harm", "What a repair brings back of worse")
    trial.words = "\n".join(f"- `{name}`: {function.__doc__}" for name, function in KINDS.items())
    trial.others = functools.partial(others_of, mapper)
    return trial.run()
