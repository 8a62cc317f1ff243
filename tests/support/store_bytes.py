"""This file knows enough of the bytes of a sound store with 512-byte pages to plant damage and to seal it again."""

import struct
import zlib

PAGE, FIRST_MAP, SECTION = 512, 0x4400, 253952


def crc(data):
    """The CRC of stores: reflected, from 0, not inverted."""
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def signature(at, bid):
    mixed = (at ^ bid) & 0xFFFFFFFF
    return (mixed >> 16) ^ (mixed & 0xFFFF)


class Bytes:
    """data is a bytearray to be damaged; pages, blocks and nodes are what it held at first."""

    def __init__(self, data):
        self.data = bytearray(data)
        self.ansi = self.number(10, 2) in (14, 15)
        self.width = 4 if self.ansi else 8
        self.trailer = 12 if self.ansi else 16
        self.entries = 496 if self.ansi else 488
        self.roots = (184, 192) if self.ansi else (216, 232)  # BREFs of NBT and BBT
        self.pages, self.blocks, self.nodes = {}, {}, {}
        for name, at in zip(("nbt", "bbt"), self.roots):
            self.walk(name, self.number(at, self.width), self.number(at + self.width, self.width), None)

    def number(self, at, width):
        return int.from_bytes(self.data[at:at + width], "little")

    def put(self, at, width, value):
        self.data[at:at + width] = (value & ((1 << 8 * width) - 1)).to_bytes(width, "little")

    def walk(self, name, bid, at, parent):
        n, _, size, level = self.data[at + self.entries:at + self.entries + 4]
        self.pages[at] = {"tree": name, "bid": bid, "level": level, "n": n, "size": size, "parent": parent}
        w = self.width
        for entry in range(at, at + n * size, size):
            if level:
                self.walk(name, self.number(entry + w, w), self.number(entry + 2 * w, w), entry)
            elif name == "bbt":
                self.blocks[self.number(entry, w)] = {"at": self.number(entry + w, w), "entry": entry,
                                                      "len": self.number(entry + 2 * w, 2)}
            else:
                self.nodes[self.number(entry, 4)] = {"data": self.number(entry + w, w), "subnode": self.number(entry + 2 * w, w),
                                                     "parent": self.number(entry + 3 * w, 4), "entry": entry}

    def pages_of(self, tree, level=None):
        return [at for at, page in sorted(self.pages.items()) if page["tree"] == tree and level in (None, page["level"])]

    def page_of(self, at):
        return at // PAGE * PAGE

    def crc_at(self, page):
        return page + PAGE - self.trailer + (8 if self.ansi else 4)

    def seal_page(self, page):
        """A checksum that fits: as a program would have written it."""
        self.put(self.crc_at(page), 4, crc(self.data[page:page + PAGE - self.trailer]))

    def seal_header(self):
        self.put(4, 4, crc(self.data[8:479]))
        if not self.ansi:
            self.put(524, 4, crc(self.data[8:524]))

    def extent(self, bid):
        block = self.blocks[bid]
        return block["at"], (block["len"] + self.trailer + 63) // 64 * 64

    def trailer_of(self, bid):
        at, size = self.extent(bid)
        return at + size - self.trailer

    def seal_block(self, bid):
        at, size = self.blocks[bid]["at"], self.blocks[bid]["len"]
        self.put(self.trailer_of(bid) + (8 if self.ansi else 4), 4, crc(self.data[at:at + size]))

    def maps(self):
        return range(FIRST_MAP, len(self.data), SECTION)

    def find_free(self):
        """A slot of 64 bytes that the map calls free: (page of the map, bit)."""
        first = 4 if self.ansi else 0
        for page in self.maps():
            for bit in range(496 * 8):
                if not self.data[page + first + bit // 8] & 0x80 >> bit % 8:
                    return page, bit
        raise ValueError("a store without free space")

    def flip_map(self, page, bit):
        self.data[page + (4 if self.ansi else 0) + bit // 8] ^= 0x80 >> bit % 8
        self.seal_page(page)

    def data_of(self, nid):
        """(BID, place, bytes) of a node whose data is one block; None for others. Told apart only without a cipher."""
        bid = self.nodes[nid]["data"]
        if bid not in self.blocks or bid & 2:
            return None
        at, size = self.blocks[bid]["at"], self.blocks[bid]["len"]
        return bid, at, bytes(self.data[at:at + size])

    def record(self, nid, tag):
        """Where the value of a property of at most four bytes lies: (BID, place), or None."""
        found = self.data_of(nid)
        at = found[2].find(struct.pack("<HH", tag >> 16, tag & 0xFFFF)) if found else -1
        return (found[0], found[1] + at + 4) if at >= 0 else None

    def cell(self, table, row, tag, value):
        """The same for a cell of a table's row whose value is known."""
        found = self.data_of(table)
        column = found[2].find(struct.pack("<I", tag)) if found else -1
        if column < 0:
            return None
        offset = struct.unpack_from("<H", found[2], column + 4)[0]
        at = found[2].find(struct.pack("<I", row))
        while at >= 0:
            if found[2][at + offset:at + offset + 4] == struct.pack("<I", value):
                return found[0], found[1] + at + offset
            at = found[2].find(struct.pack("<I", row), at + 1)
        return None
