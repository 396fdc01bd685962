"""
RAM for `k896 json`: claims, zones, frames and caches, in the words of monitor/json_memory.c.

        boot_frames()       before the zones are there: the BIOS's map, and bootmem's bitmap
        Frames(...).rows()  mem_map, read as bytes: gdb's own values would take a minute for 2 GB
"""

import os
import struct
import tempfile

import gdb

from kernel import WORD, list_entries, value
from frames import zones

PAGE = 4096
# `struct page`, 8 words: flags, _count, _mapcount, private, mapping, index, lru.
STRUCT_PAGE = struct.Struct("<8I" if WORD == 4 else "<8Q")
MAX_FRAMES_AT_ONCE = 1 << 19
E820_RAM = 1


def address(expression):
    """A pointer or number as an address, without a sign."""
    return int(expression) & (1 << 8 * WORD) - 1


def text(pointer):
    return pointer.string() if pointer else ""


def memory(start, size):
    """Bytes at a virtual address: QEMU writes them to a file, for gdb's packets are slow."""
    with tempfile.TemporaryDirectory(prefix="k896-") as folder:
        path = os.path.join(folder, "memory")
        gdb.execute(f'monitor memsave {start:#x} {size} "{path}"', to_string=True)
        with open(path, "rb") as file:
            return file.read()


def resources(parent, depth=0):
    child = parent["child"]
    while child:
        yield [depth, hex(int(child["start"])), hex(int(child["end"])), text(child["name"])]
        yield from resources(child, depth + 1)
        child = child["sibling"]


def zone_facts(zone):
    areas = zone["free_area"]
    facts = {"name": text(zone["name"]), "start_pfn": zone["zone_start_pfn"],
             "spanned": zone["spanned_pages"], "present": zone["present_pages"],
             "managed": zone["managed_pages"], "free": zone["free_pages"],
             "at_hand": zone["pageset"][0]["count"]}
    facts.update(zip(("min", "low", "high"), (zone["watermark"][i] for i in range(3))))
    facts = {name: fact if isinstance(fact, str) else int(fact) for name, fact in facts.items()}
    return {**facts, "blocks": [int(areas[i]["nr_free"]) for i in range(areas.type.range()[1] + 1)]}


class Frames:
    """mem_map's entries as rows [pfn, count, kind, what]."""

    def __init__(self, iomem):
        self.iomem = [(int(first, 16), int(last, 16), name) for _, first, last, name in iomem]
        self.mem_map = address(value("mem_map"))
        self.zero_page = address(value("zero_page"))
        self.caches = {}
        self.bits = {field.name: field.enumval for field in gdb.lookup_type("enum pageflags").fields()}
        self.at_hand = {page: order for zone in zones() for page, order in self._at_hand(zone)}

    @staticmethod
    def _at_hand(zone):
        lists = zone["pageset"][0]["lists"]
        for order in range(lists.type.range()[1] + 1):
            if int(lists[order]["next"]):
                for page in list_entries(lists[order], "struct page", "lru"):
                    yield address(page.address), order

    def _pages(self):
        """(pfn, its struct page's words) of each run of mem_map that is there."""
        runs = value("memmap")["runs"]
        for i in range(int(value("memmap")["nr_runs"])):
            pfn, end = int(runs[i]["start_pfn"]), min(int(runs[i]["end_pfn"]), int(value("max_mapnr")))
            while pfn < end:
                nr = min(end - pfn, MAX_FRAMES_AT_ONCE)
                raw = memory(self.mem_map + pfn * STRUCT_PAGE.size, nr * STRUCT_PAGE.size)
                yield from enumerate(STRUCT_PAGE.iter_unpack(raw), pfn)
                pfn += nr

    def _cache(self, pointer):
        if pointer not in self.caches:
            cache = gdb.Value(pointer).cast(gdb.lookup_type("struct kmem_cache").pointer())
            self.caches[pointer] = text(cache["name"])
        return self.caches[pointer]

    def _whose(self, pfn):
        inner = [name for first, last, name in self.iomem if first <= pfn * PAGE <= last]
        return inner[-1] if inner else "nobody's"

    def describe(self, pfn, words):
        """(kind, what, order) of the block that begins there."""
        flags, count, mapcount, private, _, index, *_ = words
        has = {name: flags >> bit & 1 for name, bit in self.bits.items()}
        page = self.mem_map + pfn * STRUCT_PAGE.size
        order = index & 0xFFFFFFFF if has["PG_head"] else 0
        users = ((mapcount & 0xFFFFFFFF) + 1) & 0xFFFFFFFF
        if has["PG_reserved"]:
            return "reserved", self._whose(pfn), 0
        if has["PG_buddy"]:
            return "free", f"order {private}", private
        if has["PG_slab"]:
            return "slab", self._cache(private), order
        if not count & 0xFFFFFFFF and page in self.at_hand:
            return "at hand", f"order {self.at_hand[page]}", self.at_hand[page]
        if page == self.zero_page:
            return "user", "the zero page", 0
        if users and not order:
            return "user", f"{users} user{'s' * (users != 1)}", 0
        return "kernel", "", order

    def rows(self):
        row, inside = None, 0
        for pfn, words in self._pages():
            if pfn < inside:
                continue
            kind, what, order = self.describe(pfn, words)
            inside = pfn + (1 << order)
            if row and row[0] + row[1] == pfn and row[2:] == [kind, what]:
                row[1] += 1 << order
                continue
            if row:
                yield row
            row = [pfn, 1 << order, kind, what]
        if row:
            yield row


def bootmem_bits():
    """The frames that bootmem covers, one character each; none before or after its time."""
    bdata = value("bdata")
    if not int(bdata["map"]):
        return ""
    pages = int(bdata["pages"])
    raw = memory(address(bdata["map"]), (pages + 7) // 8)
    return f"{int.from_bytes(raw, 'little'):0{pages}b}"[::-1][:pages]


def boot_frames():
    """Before the zones are there: RAM as the BIOS tells, and what of it bootmem has given away."""
    e820, bits = value("e820"), bootmem_bits()
    for i in range(int(e820["nr_map"])):
        entry = e820["map"][i]
        if int(entry["type"]) != E820_RAM:
            continue
        pfn = (int(entry["addr"]) + PAGE - 1) // PAGE
        end = (int(entry["addr"]) + int(entry["size"])) // PAGE
        while pfn < end:
            stop = end
            if pfn < len(bits):
                stop = bits.find("10"[int(bits[pfn])], pfn, min(end, len(bits)))
                stop = min(end, len(bits)) if stop < 0 else stop
            kind = ("boot free", "boot taken")[int(bits[pfn])] if pfn < len(bits) else "ram"
            yield [pfn, stop - pfn, kind, ""]
            pfn = stop


def links(freelist, offset):
    """How many objects hang on a freelist."""
    count, pointer = 0, gdb.lookup_type("unsigned long").pointer()
    while int(freelist):
        count += 1
        freelist = gdb.Value(address(freelist) + offset).cast(pointer).dereference()
    return count


def cache_facts(cache):
    node, cpu = cache["node"], cache["cpu"][0]
    free = sum(int(page["objects"]) - int(page["inuse"])
               for page in list_entries(node["partial"], "struct page", "lru"))
    objects = int(node["total_objects"])
    numbers = {"size": cache["size"], "object_size": cache["object_size"], "order": cache["order"],
               "slabs": node["nr_slabs"], "partial": node["nr_partial"]}
    return {"name": text(cache["name"]), **{name: int(number) for name, number in numbers.items()},
            "objects": objects, "active": objects - free - links(cpu["freelist"], int(cache["offset"]))}


def caches():
    for cache in list_entries(value("slab_caches"), "struct kmem_cache", "list"):
        yield cache_facts(cache)
