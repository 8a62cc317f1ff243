"""This file reads whole, sound stores of every kind on its own, so that tests can ask what postmend made of one.

It knows the format from [MS-PST] and shares no code with postmend but the tables of the ciphers, which other readers
confirm. read() gives everything that a user or Outlook could miss, as plain values that compare: properties by their
names where they are named ones, text as text whatever its width, EntryIDs as ("entry", this store's or another's, NID).
"""

import os
import re
import struct
import zlib

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER, SEARCH, MESSAGE, ATTACHMENT, CRITERIA, ASSOCIATED = 2, 3, 4, 5, 7, 8
CONTENTS, HIDDEN, FOUND, RECIPIENTS = 0x0E, 0x0F, 0x10, 0x12
STORE, NAMES, RECEIVE, QUEUE = 0x21, 0x61, 0x62B, 0x64C
FIXED = {0x02: 2, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 1, 0x14: 8, 0x40: 8}
PUBLIC = bytes.fromhex("2903020000000000c000000000000046")
MAPI = bytes.fromhex("2803020000000000c000000000000046")


def cipher_tables():
    with open(os.path.join(TOP, "src", "pst", "ndb", "crypt.c"), encoding="utf-8") as source:
        text = source.read()
    tables = {}
    for name in "rsi":
        rows = re.search(rf"table_{name}\[256\] = \{{(.*?)\}};", text, re.S).group(1)
        tables[name] = bytes(int(number, 16) for number in re.findall(r"0x([0-9a-f]{2})", rows))
    return tables


TABLES = cipher_tables()


def cyclic(data, bid):
    out, key = bytearray(data), bid & 0xFFFFFFFF
    word = (key ^ key >> 16) & 0xFFFF
    for i, byte in enumerate(data):
        low, high = word & 0xFF, word >> 8
        byte = TABLES["r"][(byte + low) & 0xFF]
        byte = TABLES["s"][(byte + high) & 0xFF]
        byte = TABLES["i"][(byte - high) & 0xFF]
        out[i] = (byte - low) & 0xFF
        word = (word + 1) & 0xFFFF
    return bytes(out)


class Blocks:
    """The lowest layer: nodes, and the bytes of blocks."""

    def __init__(self, data):
        self.data = data
        self.version = struct.unpack_from("<H", data, 10)[0]
        self.ansi, self.large = self.version in (14, 15), self.version >= 36
        self.width = 4 if self.ansi else 8
        self.number = "<I" if self.ansi else "<Q"
        self.cipher = data[461 if self.ansi else 513]
        self.block_max = 8180 if self.ansi else 65512 if self.large else 8176
        self.blocks, self.nodes = {}, {}
        self.walk(self.at(196 if self.ansi else 240), self.take_block)
        self.walk(self.at(188 if self.ansi else 224), self.take_node)

    def at(self, offset):
        return struct.unpack_from(self.number, self.data, offset)[0]

    def walk(self, page, leaf):
        meta = page + (496 if self.ansi else 4056 if self.large else 488)
        n, _, size, level = struct.unpack_from("<HHBB" if self.large else "<BBBB", self.data, meta)
        for entry in range(page, page + n * size, size):
            if level:
                self.walk(self.at(entry + 2 * self.width), leaf)
            else:
                leaf(entry)

    def take_block(self, entry):
        bid, place = self.at(entry) & ~1, self.at(entry + self.width)
        size = struct.unpack_from("<H", self.data, entry + 2 * self.width)[0]
        plain = struct.unpack_from("<H", self.data, entry + 18)[0] if self.large else size
        self.blocks[bid] = place, size, plain

    def take_node(self, entry):
        w = self.width
        nid, data, subnode = (self.at(entry + i * w) for i in range(3))
        parent = struct.unpack_from("<I", self.data, entry + 3 * w)[0]
        self.nodes[nid & 0xFFFFFFFF] = data, subnode, parent

    def block(self, bid):
        place, size, plain = self.blocks[bid & ~1]
        data = self.data[place:place + size]
        if plain != size:
            data = zlib.decompress(data)
        if bid & 2 or self.cipher == 0:
            return data
        return data.translate(TABLES["i"]) if self.cipher == 1 else cyclic(data, bid & ~1)

    def leaves(self, bid):
        """The data blocks of a tree, in their order."""
        if not bid:
            return []
        data = self.block(bid)
        if not bid & 2:
            return [data]
        n = struct.unpack_from("<H", data, 2)[0]
        return [leaf for i in range(n) for leaf in self.leaves(struct.unpack_from(self.number, data, 8 + i * self.width)[0])]

    def subnodes(self, bid):
        """NID -> (data, subnode)."""
        if not bid:
            return {}
        data, w = self.block(bid), self.width
        level, n = data[1], struct.unpack_from("<H", data, 2)[0]
        found = {}
        for i in range(n):
            entry = (4 if self.ansi else 8) + i * (2 if level else 3) * w
            numbers = [struct.unpack_from(self.number, data, entry + k * w)[0] for k in range(2 if level else 3)]
            if level:
                found.update(self.subnodes(numbers[1]))
            else:
                found[numbers[0] & 0xFFFFFFFF] = numbers[1], numbers[2]
        return found


class Heap:
    """A heap and what it refers to below its node."""

    def __init__(self, store, data, subnode):
        self.store, self.blocks, self.below = store, store.leaves(data), store.subnodes(subnode)
        self.kind, self.root = (self.blocks[0][3], struct.unpack_from("<I", self.blocks[0], 4)[0]) if self.blocks else (0, 0)

    def item(self, hid):
        if not hid:
            return b""
        block, index = (hid >> 19, hid >> 5 & 0x3FFF) if self.store.large else (hid >> 16, hid >> 5 & 0x7FF)
        data = self.blocks[block]
        entry = struct.unpack_from("<H", data, 0)[0] + 4 + 2 * (index - 1)
        begin, end = struct.unpack_from("<HH", data, entry)
        return data[begin:end]

    def value(self, hnid):
        if hnid & 0x1F == 0:
            return self.item(hnid)
        data, _ = self.below[hnid]
        return b"".join(self.store.leaves(data))

    def records(self, hid):
        head = self.item(hid)
        key, size, levels, root = head[1], head[2], head[3], struct.unpack_from("<I", head, 4)[0]
        yield from self.level(root, key, size, levels)

    def level(self, hid, key, size, levels):
        data, step = self.item(hid), key + (4 if levels else size)
        for at in range(0, len(data) - len(data) % step, step):
            if levels:
                yield from self.level(struct.unpack_from("<I", data, at + key)[0], key, size, levels - 1)
            else:
                yield data[at:at + key], data[at + key:at + step]

    def properties(self):
        """(ID, type, bytes)."""
        if self.kind != 0xBC:
            return
        for key, record in self.records(self.root):
            kind, number = struct.unpack("<HI", record)
            yield struct.unpack("<H", key)[0], kind, self.cell(kind, record[2:6], number)

    def cell(self, kind, inline, number):
        size = FIXED.get(kind)
        return inline[:size] if size and size <= 4 else self.value(number)

    def rows(self):
        """Row ID -> [(ID, type, bytes)]; the columns of every row."""
        if self.kind != 0x7C:
            return {}
        info = self.item(self.root)
        bits_at, size = struct.unpack_from("<HH", info, 6)
        index, rows = struct.unpack_from("<II", info, 10)
        columns = [struct.unpack_from("<IHBB", info, 22 + 8 * i) for i in range(info[1])]
        if not rows:
            return {}
        blocks = [self.item(rows)] if rows & 0x1F == 0 else self.store.leaves(self.below[rows][0])
        per = 1 << 30 if rows & 0x1F == 0 else self.store.block_max // size
        found = {}
        for key, place in self.records(index):
            at = int.from_bytes(place, "little")
            row = blocks[at // per][at % per * size:][:size]
            found[struct.unpack("<I", key)[0]] = list(self.cells(row, columns, bits_at))
        return found

    def cells(self, row, columns, bits_at):
        for tag, at, size, bit in columns:
            if row[bits_at + bit // 8] & 0x80 >> bit % 8:
                kind, data = tag & 0xFFFF, row[at:at + size]
                fixed = FIXED.get(kind)
                yield tag >> 16, kind, data if fixed else self.value(struct.unpack("<I", data)[0])


class Reader:
    """Objects as plain values."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.blocks = Blocks(file.read())
        self.nodes = self.blocks.nodes
        self.key = next((data for number, _, data in self.heap(STORE).properties() if number == 0x0FF9), b"?" * 16)
        self.names = dict(self.name_list())

    def heap(self, nid):
        data, subnode, _ = self.nodes[nid]
        return Heap(self.blocks, data, subnode)

    def name_list(self):
        if NAMES not in self.nodes:
            return
        streams = {number: data for number, _, data in self.heap(NAMES).properties()}
        for at in range(0, len(streams.get(3, b"")) // 8 * 8, 8):
            key, guid, number = struct.unpack_from("<IHH", streams[3], at)
            which = {0: b"", 1: MAPI, 2: PUBLIC}.get(guid >> 1, streams.get(2, b"")[16 * ((guid >> 1) - 3):][:16])
            name = key
            if guid & 1:
                size = struct.unpack_from("<I", streams[4], key)[0]
                name = streams[4][key + 4:key + 4 + size].decode("utf-16-le")
            yield 0x8000 + number, (which.hex(), name)

    def entries(self, data):
        """Every EntryID of this store in a value becomes one word and its NID."""
        parts = data.split(bytes(4) + self.key)
        return tuple([parts[0]] + [("entry", part) for part in parts[1:]]) if len(parts) > 1 else data

    def text(self, kind, data, page):
        try:
            return data.decode("utf-16-le" if kind & 1 else page).rstrip("\0")
        except (UnicodeDecodeError, LookupError):
            return data

    def several(self, kind, data, page):
        """Values of an array of texts or bytes."""
        if len(data) < 4:
            return ()
        n = struct.unpack_from("<I", data, 0)[0]
        at = list(struct.unpack_from(f"<{n}I", data, 4)) + [len(data)]
        parts = [data[at[i]:at[i + 1]] for i in range(n)]
        return tuple(self.entries(part) if kind & 0xFFF == 0x102 else self.text(kind, part, page) for part in parts)

    def plain(self, number, kind, data, page):
        if kind in (0x1E, 0x1F) and number != 0x1013:
            return self.text(kind, data, page)
        if kind in (0x101E, 0x101F, 0x1102):
            return self.several(kind, data, page)
        if kind == 0x0B:
            return bool(data[0]) if data else False
        return self.entries(data) if kind == 0x102 else bytes(data)

    def values(self, rows, page=None):
        rows = list(rows)
        own = next((struct.unpack("<I", data)[0] for number, _, data in rows if number == 0x3FFD and len(data) == 4), None)
        page = page or (f"cp{own}" if own and own != 65001 else "utf-8" if own else "cp1252")
        return {self.names.get(number, f"{number:04X}"): self.plain(number, kind, data, page) for number, kind, data in rows}

    def table(self, heap):
        return {row: self.values(cells) for row, cells in heap.rows().items()}

    def message(self, data, subnode):
        heap = Heap(self.blocks, data, subnode)
        out = {"properties": self.values(heap.properties()), "recipients": [], "attachments": {}, "others": {}}
        for nid, (below, deeper) in sorted(heap.below.items()):
            kind = nid & 0x1F
            if kind == RECIPIENTS:
                rows = self.table(Heap(self.blocks, below, deeper))
                out["recipients"] = [rows[row] for row in sorted(rows)]
            elif kind == ATTACHMENT:
                out["attachments"][nid] = self.attachment(below, deeper)
            elif kind not in (0x11, 0x1F):
                out["others"][nid] = self.table(Heap(self.blocks, below, deeper))
        return out

    def attachment(self, data, subnode):
        heap = Heap(self.blocks, data, subnode)
        below = {nid: self.message(*place) for nid, place in heap.below.items() if nid & 0x1F == MESSAGE}
        return {"properties": self.values(heap.properties()), "messages": below}

    def read(self):
        """NID -> kind and contents, of all that a store holds."""
        found = {}
        for nid, (data, subnode, parent) in self.nodes.items():
            kind = nid & 0x1F
            if kind in (MESSAGE, ASSOCIATED):
                found[nid] = {"parent": parent, **self.message(data, subnode)}
            elif kind in (FOLDER, SEARCH):
                found[nid] = {"parent": parent, "properties": self.values(self.heap(nid).properties())}
            elif kind == CRITERIA or nid == STORE:
                found[nid] = {"properties": self.values(self.heap(nid).properties())}
            elif kind in (CONTENTS, HIDDEN, FOUND) and nid >> 5 > 0x30 and nid != 0x6B6 or nid in (RECEIVE, QUEUE):
                found[nid] = {"rows": self.table(self.heap(nid))}
        return found
