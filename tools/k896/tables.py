"""
Two views of one set of page tables, in one form: what the kernel says (`ptdump`) and what the
emulator finds when it walks them itself (`info tlb`).
"""

import re
from typing import NamedTuple

SIZES = {"4K": 1 << 12, "2M": 1 << 21, "4M": 1 << 22, "1G": 1 << 30}


class Range(NamedTuple):
    """Neighbouring pages of one size with the same rights."""
    start: int
    end: int
    page_size: int
    rights: str  # as ptdump writes them: "rwx" and "GUCW", with '-' for what is not

    def __str__(self):
        return f"{self.start:#010x}-{self.end:#010x} {self.page_size >> 10}K {self.rights}"


def merged(ranges):
    """@ranges in order of address, neighbours with the same rights made one."""
    result = []
    for new in sorted(ranges):
        last = result[-1] if result else None
        if last and (last.end, *last[2:]) == (new.start, *new[2:]):
            result[-1] = last._replace(end=new.end)
        else:
            result.append(new)
    return result


# 0xc0000000-0xc0100000     1M  4K  rw-  G---  lowmem
PTDUMP_LINE = re.compile(r"^0x([0-9a-f]+)-0x([0-9a-f]+) +\S+ +(\w+) +(r[w-][x-]) +(\S{4}) +(.+)$",
                         re.MULTILINE)


def parse_ptdump(text):
    """[(Range, owner)], as the kernel reports."""
    return [(Range(int(row[1], 16), int(row[2], 16), SIZES[row[3]], f"{row[4]} {row[5]}"), row[6])
            for row in PTDUMP_LINE.finditer(text)]


# 00000000c0000000: 8000000000000000 XG-DA---W: no execute, global, large, dirty, accessed, cache
# disabled, written through, user, writable
TLB_LINE = re.compile(r"^([0-9a-f]+): ([0-9a-f]+) ([X-])([G-])([P-])[D-][A-]([C-])([T-])([U-])([W-])$",
                      re.MULTILINE)
NX = 1 << 63  # QEMU leaves it in the address


def _is_huge(start, physical, following):
    gigabyte = SIZES["1G"]
    on_boundary = start % gigabyte == physical % gigabyte == 0 and start >> 32
    return on_boundary and (following is None or following - start >= gigabyte)


def parse_info_tlb(text, large):
    """
    What QEMU finds: [(virtual, physical, Range of one page)].
    @large: the size of a large page in this kind of table; where four levels have pages of 1 GB,
    they are known by their boundaries and by the next page
    """
    pages = []
    rows = list(TLB_LINE.finditer(text))
    for row, following in zip(rows, rows[1:] + [None]):
        start, physical = int(row[1], 16), int(row[2], 16) & ~NX
        size = large if row[5] == "P" else SIZES["4K"]
        if size == large and _is_huge(start, physical, following and int(following[1], 16)):
            size = SIZES["1G"]
        rights = "".join(["r", "w" if row[9] == "W" else "-", "-" if row[3] == "X" else "x", " ",
                          row[4], row[8], row[6], "W" if row[7] == "T" else "-"])
        pages.append((start, physical, Range(start, start + size, size, rights)))
    return pages
