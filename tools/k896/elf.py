"""The segments of a kernel's file: which bytes lie where."""

import pathlib
import struct
from typing import NamedTuple

PT_LOAD = 1


class Segment(NamedTuple):
    offset: int    # in the file
    address: int   # linked
    physical: int
    size: int      # in the file


def segments(path):
    """[Segment] that a loader loads."""
    data = pathlib.Path(path).read_bytes()
    if data[4] == 2:  # 64 bits
        start, size, count = (struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54))
        rows = (struct.unpack_from("<IIQQQQ", data, start + size * n) for n in range(count))
        return [Segment(*row[2:]) for row in rows if row[0] == PT_LOAD]
    start, size, count = (struct.unpack_from("<I", data, 28)[0], *struct.unpack_from("<HH", data, 42))
    rows = (struct.unpack_from("<IIIII", data, start + size * n) for n in range(count))
    return [Segment(*row[1:]) for row in rows if row[0] == PT_LOAD]


def first_page(path):
    """(physical address, bytes) of the image's beginning."""
    head = segments(path)[0]
    return head.physical, pathlib.Path(path).read_bytes()[head.offset:head.offset + min(head.size, 4096)]
