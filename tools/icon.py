#!/usr/bin/env python3
"""This file draws the icon of postmend.exe, an envelope with a tick, in the sizes that Windows shows: icon.py OUT.ico

It is drawn as it is built, so that there is a source for it; the same bytes come out everywhere.
"""

import struct
import sys

SIZES = (16, 24, 32, 48, 64)
# Points of each pixel, along a side.
FINE = 4
PAPER, EDGE, TICK, DISC = (0xF4, 0xF1, 0xE6), (0x2F, 0x4A, 0x6B), (0xFF, 0xFF, 0xFF), (0x2E, 0x8B, 0x57)


def distance(x, y, a, b):
    """From a point to a line from a to b."""
    (ax, ay), (bx, by) = a, b
    share = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
    share = min(max(share, 0.0), 1.0)
    dx, dy = x - ax - share * (bx - ax), y - ay - share * (by - ay)
    return (dx * dx + dy * dy) ** 0.5


def colour(x, y, line):
    """What is at a point of the unit square; None where one sees through."""
    away = ((x - 0.74) ** 2 + (y - 0.70) ** 2) ** 0.5
    if min(distance(x, y, (0.62, 0.71), (0.71, 0.80)), distance(x, y, (0.71, 0.80), (0.87, 0.61))) < line:
        return TICK
    if away < 0.25:
        return DISC
    if not (0.03 <= x <= 0.97 and 0.17 <= y <= 0.83):
        return None
    inside = min(x - 0.03, 0.97 - x, y - 0.17, 0.83 - y)
    flap = min(distance(x, y, (0.03, 0.20), (0.5, 0.56)), distance(x, y, (0.5, 0.56), (0.97, 0.20)))
    return EDGE if inside < line or flap < line * 0.8 else PAPER


def pixel(column, row, size):
    """Blue, green, red and how much of it covers what is behind."""
    line = max(0.035, 0.6 / size)
    points = [colour((column + (i + 0.5) / FINE) / size, (row + (j + 0.5) / FINE) / size, line)
              for j in range(FINE) for i in range(FINE)]
    seen = [point for point in points if point]
    if not seen:
        return bytes(4)
    mixed = [round(sum(point[c] for point in seen) / len(seen)) for c in (2, 1, 0)]
    return bytes([*mixed, round(255 * len(seen) / len(points))])


def image(size):
    """A bitmap as icons have it: rows from below, then a mask, which the fourth byte makes needless."""
    rows = b"".join(pixel(column, row, size) for row in reversed(range(size)) for column in range(size))
    mask = bytes((size + 31) // 32 * 4 * size)
    return struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, len(rows) + len(mask), 0, 0, 0, 0) + rows + mask


def main(path):
    images = [image(size) for size in SIZES]
    at, out = 6 + 16 * len(images), struct.pack("<HHH", 0, 1, len(images))
    for size, data in zip(SIZES, images):
        out += struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(data), at)
        at += len(data)
    with open(path, "wb") as file:
        file.write(out + b"".join(images))


main(sys.argv[1])
