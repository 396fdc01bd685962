"""
Three views of one machine must agree: what the kernel says (`json`), what gdb reads out of its memory
(`k896 json`), and what QEMU finds when it walks the tables as the CPU would (`info tlb`).

        same_machine(inside, outside)         every part but what changes by itself
        same_mappings(facts, info_tlb, ...)   every page, where it leads and what it permits

Both raise Disagreement, which names the range or the thing.
"""

import itertools
from typing import NamedTuple

from k896.tables import parse_info_tlb

PRESENT, LARGE, NX = 1, 0x80, 1 << 63
LETTERS = [(0x100, "G"), (4, "U"), (0x10, "C"), (8, "W")]

# Shift and index bits of each level, the highest first.
LEVELS = {2: [("pgd", 22, 10), ("pte", 12, 10)],
          3: [("pgd", 30, 2), ("pmd", 21, 9), ("pte", 12, 9)],
          4: [("pgd", 39, 9), ("pud", 30, 9), ("pmd", 21, 9), ("pte", 12, 9)]}


class Disagreement(Exception):
    pass


class Mapping(NamedTuple):
    """Neighbouring pages, mapped alike, to frames in a row."""
    start: int
    end: int
    physical: int
    page_size: int
    rights: str

    def __str__(self):
        return (f"{self.start:#x}-{self.end:#x} -> {self.physical:#x}, {self.page_size >> 10} KB pages, "
                f"{self.rights}")


def joined(mappings):
    result = []
    for new in sorted(mappings):
        last = result[-1] if result else None
        if last and (last.end, last.physical + last.end - last.start, *last[3:]) == (new.start, *new[2:]):
            result[-1] = last._replace(end=new.end)
        else:
            result.append(new)
    return result


def rights(entry):
    letters = "".join(letter if entry & bit else "-" for bit, letter in LETTERS)
    return f"r{'w' if entry & 2 else '-'}{'-' if entry & NX else 'x'} {letters}"


def is_leaf(kernel, level, entry):
    return level == "pte" or bool(entry & LARGE) and not (level == "pgd" and kernel.levels > 2)


def leaves(kernel, rows):
    """(address, row, first entry) of each row that maps pages, or would if it were present."""
    shifts = {level: (shift, bits) for level, shift, bits in LEVELS[kernel.levels]}
    vaddr = 0
    for row in rows:
        level, index, _, entry = row
        shift, bits = shifts[level]
        vaddr = vaddr >> shift + bits << shift + bits | index << shift
        if is_leaf(kernel, level, int(entry, 16)):
            yield vaddr, row, int(entry, 16)


def canonical(kernel, vaddr):
    return vaddr | 0xFFFF << 48 if kernel.bits == 64 and vaddr >> 47 else vaddr


def mappings(kernel, rows):
    """What rows of a `tables` map."""
    shifts = {level: shift for level, shift, _ in LEVELS[kernel.levels]}
    frame = 0x000FFFFFFFFFF000 if kernel.pae else 0xFFFFF000
    found = []
    for vaddr, (level, _, count, _), entry in leaves(kernel, rows):
        if entry & PRESENT:
            size, start = 1 << shifts[level], canonical(kernel, vaddr)
            found.append(Mapping(start, start + count * size, entry & frame & -size, size, rights(entry)))
    return joined(found)


def _as_mapping(physical, page):
    return Mapping(page.start, page.end, physical, page.page_size, page.rights)


def _differ(who, said, other, found):
    only = sorted(set(said) ^ set(found))
    if only:
        lines = [f"  {who if row in said else other}: {row}" for row in only[:6]]
        raise Disagreement(f"the tables at {only[0].start:#x}-{only[0].end:#x}:\n" + "\n".join(lines))


def same_mappings(kernel, facts, info_tlb, teller):
    """@facts: of `k896 json` or `json`, with registers; @teller: whose they are"""
    root = int(facts["registers"]["cr3"], 16) & (~0x1F if kernel.levels == 3 else ~0xFFF)
    rows, of = list(facts["tables"]["rows"]), facts["tables"]["root"]
    seen = [_as_mapping(physical, page) for _, physical, page in parse_info_tlb(info_tlb, kernel.large)]
    if int(of, 16) != root:
        owner = next((task for task in facts["processes"]
                      if "tables" in task and int(task["tables"]["root"], 16) == root), None)
        if owner:
            rows = owner["tables"]["rows"] + rows
        else:  # an address space in the making: only the kernel's part is anybody's yet
            seen = [row for row in seen if row.start >= kernel.page_offset]
    _differ(teller, mappings(kernel, rows), "QEMU's own walk", joined(seen))


# --- inside and outside --------------------------------------------------------------------------

def _comparable(kernel, part, value):
    """@value without what the two cannot, or need not, say alike."""
    if part == "layout":
        return [{key: row[key] for key in ("name", "start", "end", "part")} for row in value]
    if part == "tables":
        return {"root": value["root"], "maps": [[str(row)] for row in mappings(kernel, value["rows"])]}
    if part == "vmalloc":
        return [{**row, "caller": row["caller"].split("/")[0]} for row in value]
    if part == "processes":
        return [{**{key: row[key] for key in row if key not in ("state", "tables")},
                 **({"tables": _comparable(kernel, "tables", row["tables"])} if "tables" in row else {})}
                for row in value]
    return value


def _is_row(value):
    return isinstance(value, list) and not any(isinstance(cell, (list, dict)) for cell in value)


def _first_difference(a, b, where):
    """A sentence, or None. A row, a range of frames for instance, is told as a whole."""
    if a == b:
        return None
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        name = f"{where} {a['name']}" if "name" in a else where
        return next(filter(None, (_first_difference(a[key], b[key], f"{name}, {key}") for key in a)))
    if isinstance(a, list) and isinstance(b, list) and not (_is_row(a) and _is_row(b) and len(a) == len(b)):
        pairs = itertools.zip_longest(a, b, fillvalue="nothing")
        return next(_first_difference(mine, other, where) for mine, other in pairs if mine != other)
    return f"{where}: json says {_in_words(a)}, gdb finds {_in_words(b)}"


def _in_words(value):
    """A row without brackets, a frame number as `page` takes it."""
    if not _is_row(value):
        return value
    return " ".join([hex(cell) if not at and isinstance(cell, int) else str(cell) for at, cell in enumerate(value)])


def same_machine(kernel, inside, outside):
    for part, value in inside.items():
        complaint = _first_difference(_comparable(kernel, part, value),
                                      _comparable(kernel, part, outside[part]), part)
        if complaint:
            raise Disagreement(complaint)


