"""
What lab 03 is judged by: page tables, walked by the host in physical memory. Some are made by the
steps of direct_map_steps_test.c before paging_init(), below a pgd of their own; others are those
that CR3 leads to when the machine is at its prompt.
"""

import re
import struct
from typing import NamedTuple

from k896.labs import expect

PAGE, MB = 4096, 1 << 20
PRESENT, WRITE, USER, PCD, PWT, LARGE, GLOBAL = 0x1, 0x2, 0x4, 0x10, 0x8, 0x80, 0x100
ACCESSED_DIRTY = 0x60
NO_EXECUTE = 1 << 63
FRAME = 0x000ffffffffff000

# What each part of the image is mapped for; all else of lowmem is rw-.
PARTS = [("_shead", "_ehead", "r-x"), ("_skunit_text", "_ekunit_text", "r-x"), ("_stext", "_etext", "r-x"),
         ("_srodata", "_erodata", "r--"), ("init_stack_guard", "init_stack", None)]


class Mapping(NamedTuple):
    physical: int
    size: int
    entry: int     # the last one of the walk

    def rights(self, nx):
        """As `ptdump` writes them; without no-execute nothing is said about x."""
        return "r" + ("w" if self.entry & WRITE else "-") + (
            ("-" if self.entry & NO_EXECUTE else "x") if nx else "")


class Tables:
    """All that is mapped from PAGE_OFFSET on. @limit: the first byte where no table can lie"""

    def __init__(self, machine, pgd, limit):
        self.machine, self.limit, self.kernel = machine, limit, machine.kernel
        self.tables = []   # physical addresses of those below the pgd
        self.maps = {}     # virtual: Mapping
        self.rests = {}    # virtual: an entry that is not present, and not empty
        self.small = 1 << 21 if self.kernel.pae else 1 << 22
        if self.kernel.pae:
            entry = self.entries(pgd, 4)[3]
            if entry & PRESENT:
                self._walk_pmds(entry & FRAME, range(512))
        else:
            self._walk_pmds(pgd, range(768, 1024), counted=False)

    def entries(self, table, number):
        expect(table + PAGE <= self.limit, f"an entry leads to a table at {table:#x}, where there is no RAM for one")
        kind, size = ("Q", 8) if self.kernel.pae else ("I", 4)
        return struct.unpack(f"<{number}{kind}", self.machine.physical(table, number * size))

    def _walk_pmds(self, table, indices, counted=True):
        self.tables += [table] if counted else []
        entries, size = self.entries(table, indices.stop), self.small
        for index in indices:
            vaddr = self.kernel.page_offset + (index - indices.start) * size
            entry = entries[index]
            if entry & PRESENT and entry & LARGE:
                self.maps[vaddr] = Mapping(entry & FRAME & -size, size, entry)
            elif entry & PRESENT:
                self._walk_ptes(entry & FRAME, vaddr)

    def _walk_ptes(self, table, vaddr):
        self.tables.append(table)
        for index, entry in enumerate(self.entries(table, self.small // PAGE)):
            if entry & PRESENT:
                self.maps[vaddr + index * PAGE] = Mapping(entry & FRAME, PAGE, entry)
            elif entry:
                self.rests[vaddr + index * PAGE] = entry

    def pages(self):
        """{virtual: Mapping}, large ones cut into 4 KB pages."""
        return {vaddr + offset: mapping._replace(physical=mapping.physical + offset)
                for vaddr, mapping in self.maps.items() for offset in range(0, mapping.size, PAGE)}


def part_of(machine, vaddr):
    """The rights that a page of lowmem must have; None for the guard."""
    for start, end, rights in PARTS:
        if machine.symbols[start] <= vaddr < machine.symbols[end]:
            return rights
    return "rw-"


def in_image(machine, vaddr, size):
    return vaddr < machine.symbols["_end"] and vaddr + size > machine.symbols["_shead"]


class Built:
    """Tables that a step has made of @pages frames of lowmem."""

    def __init__(self, machine, step, pages):
        self.facts = machine.facts(f"{step} {pages:#x}")
        self.end = machine.kernel.page_offset + pages * PAGE
        self.tables = Tables(machine, self.facts["pgd"], 16 * MB)
        self.nx = bool(self.facts["nx"])


def some_pages(machine, megabytes=range(24, 40)):
    """So much lowmem; a large page would reach over its end, and it ends in the middle of a table."""
    return machine.rng.choice(megabytes) * 256 + machine.rng.randrange(3, 250)


# --- one table ------------------------------------------------------------------------------------

def expect_table(machine, facts, allowed, needed):
    """The entry leads to one new, empty table, which is what the function returned, twice."""
    first, second = facts.all("table")
    entry, again = facts.all("entry")
    table = entry & FRAME
    expect(facts.all("frames")[0] == 1, f"for one missing table {facts.all('frames')[0]} frames were taken")
    expect(facts["arena"] <= table < facts["arena"] + facts["arena pages"] * PAGE,
           f"the entry is {entry:#x}: no frame of bootmem's is there")
    expect(entry & needed == needed, f"the entry is {entry:#x}; of its low bits {needed:#x} must be set")
    expect(not entry & ~FRAME & ~allowed, f"the entry is {entry:#x}; beside the frame no bit but {allowed:#x} may be set")
    expect(first == machine.kernel.page_offset + table, f"the table lies at {table:#x}, and {first:#x} was returned")
    expect(machine.physical(table, PAGE) == bytes(PAGE), "the new table is not empty")
    expect(again == entry and second == first and facts["frames"] == 1,
           f"asked again, for an entry that has its table, it made the entry {again:#x} of {entry:#x} and returned "
           f"{second:#x}")


def middle(machine):
    facts = machine.facts("dm_md")
    if machine.kernel.pae:
        expect_table(machine, facts, PRESENT | PCD | PWT, PRESENT)
        return
    expect(facts.all("table") == [facts["address of entry"]] * 2,
           f"two levels: the entry at {facts['address of entry']:#x} is its own table; {facts['table']:#x} was returned")
    expect(not facts["frames"] and not facts["entry"], "two levels have no table there, and nothing to write")


def last(machine):
    expect_table(machine, machine.facts("dm_pt"), PRESENT | WRITE | USER | ACCESSED_DIRTY, PRESENT | WRITE)


# --- the whole map --------------------------------------------------------------------------------

def expect_lowmem(machine, pages, end):
    """Each frame below @end at PAGE_OFFSET plus its address; what the guard has is not looked at."""
    for vaddr in range(machine.kernel.page_offset, end, PAGE):
        there, wanted = pages.get(vaddr), vaddr - machine.kernel.page_offset
        if part_of(machine, vaddr) is None:
            continue
        expect(there, f"{vaddr:#x} is not mapped; lowmem reaches to {end - 1:#x}")
        expect(there.physical == wanted, f"{vaddr:#x} leads to {there.physical:#x}, not to {wanted:#x}")


def frames(machine):
    built = Built(machine, "dm_map", some_pages(machine))
    expect_lowmem(machine, built.tables.pages(), built.end)
    large_one = min((vaddr for vaddr, mapping in built.tables.maps.items() if mapping.size > PAGE), default=None)
    expect(large_one is None, f"{large_one or 0:#x} is a large page; the CPU is one without (nopse)")


def expect_rights(machine, facts, vaddr, entry, got):
    wanted = part_of(machine, vaddr)[:len(got)]
    name = machine.function_at(vaddr) if in_image(machine, vaddr, PAGE) else "lowmem"
    expect(got == wanted, f"{vaddr:#x} ({name}) is mapped {got}, not {wanted}")
    expect(not entry & (USER | PCD | PWT), f"the entry of {vaddr:#x} is {entry:#x}: U, PCD, PWT are not for lowmem")
    expect(bool(entry & GLOBAL) == bool(facts["pge"]),
           f"the entry of {vaddr:#x} is {entry:#x}, and the CPU has {'' if facts['pge'] else 'no '}global pages")


def rights(machine):
    built = Built(machine, "dm_map", some_pages(machine))
    pages, rests = built.tables.pages(), built.tables.rests
    expect(pages, "nothing is mapped at all")
    expect(not rests, f"{len(rests)} entries are not present, and not empty, that of {min(rests or [0]):#x} for one")
    guard = machine.symbols["init_stack_guard"]
    expect(guard not in pages, f"{guard:#x}, the guard page below the boot stack, is mapped")
    for vaddr, mapping in pages.items():
        if vaddr < built.end:
            expect_rights(machine, built.facts, vaddr, mapping.entry, mapping.rights(built.nx))


def end(machine):
    built = Built(machine, "dm_map", some_pages(machine))
    pages = built.tables.pages()
    expect(built.end - PAGE in pages, f"the last frame of lowmem, at {built.end - PAGE:#x}, is not mapped")
    behind = min((vaddr for vaddr in pages if vaddr >= built.end), default=None)
    expect(behind is None, f"lowmem ends at {built.end - 1:#x}, but {behind or 0:#x} is mapped")


def large(machine):
    built = Built(machine, "dm_map", some_pages(machine))
    size = machine.kernel.large
    for vaddr in range(machine.kernel.page_offset, built.end, size):
        mapping = built.tables.maps.get(vaddr)
        wanted = vaddr + size <= built.end and not in_image(machine, vaddr, size)
        got = bool(mapping and mapping.size == size)
        why = "holds a part of the image" if in_image(machine, vaddr, size) else "reaches over the end of lowmem"
        expect(got or not wanted, f"{vaddr:#x} could be a large page, all of it is plain lowmem; it is none")
        expect(wanted or not got, f"{vaddr:#x} is a large page, and it {why}")
        expect(not got or mapping.physical == vaddr - machine.kernel.page_offset,
               f"the large page at {vaddr:#x} leads to {mapping and mapping.physical or 0:#x}")


def thrift(machine):
    built = Built(machine, "dm_twice", some_pages(machine))
    once, twice = built.facts.all("frames")
    expect(once == len(built.tables.tables) and once, f"{once} frames were taken for tables; the CPU walks "
                                                      f"{len(built.tables.tables)} of them")
    expect(twice == once, f"mapped a second time, with every table there, it took {twice - once} more frames")


def behind(machine):
    built = Built(machine, "dm_behind", some_pages(machine, range(9, 14)))
    pages = built.tables.pages()
    expect_lowmem(machine, pages, built.end)
    stale = min((vaddr for vaddr in pages if vaddr >= built.end), default=None)
    expect(stale is None, f"lowmem ends at {built.end - 1:#x}, but {stale or 0:#x} is mapped by the provisional tables")
    guard = machine.symbols["init_stack_guard"]
    expect(guard not in pages, f"{guard:#x}, the guard page, is still mapped by the provisional tables")
    expect(not built.facts["frames"], f"{built.facts['frames']} frames were taken, though all tables were there")


# --- a real boot ----------------------------------------------------------------------------------

def boots(machine):
    pgd = int(re.search(r"CR3=([0-9a-f]+)", machine.hmp("info registers"))[1], 16)
    lowmem = machine.longs("max_low_pfn")[0] * PAGE
    expect_lowmem(machine, Tables(machine, pgd, lowmem).pages(), machine.kernel.page_offset + lowmem)


# --- in Bochs's debugger --------------------------------------------------------------------------

def read_pages(replay):
    replay.run_to("load_kernel_tables")
    base = replay.kernel.page_offset
    replay.paper.expect({"pte_first": replay.entries(base)[-1], "pte_head": replay.entries(base + MB)[-1],
                         "last_lowmem": max(last for _, last, _ in replay.views())})


def read_large(replay):
    replay.run_to("load_kernel_tables")
    base, (low, high) = replay.kernel.page_offset, replay.words(replay.register("CR3"), 8)[6:]
    pmds = replay.words(low & FRAME, 2 * 512)[::2]
    replay.paper.expect({"pdpte_3": low | high << 32, "pmd_large": replay.entries(base + 4 * MB)[-1],
                         "nr_large": sum(entry & (PRESENT | LARGE) == PRESENT | LARGE for entry in pmds)})
