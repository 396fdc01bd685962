"""
The whole machine as JSON, in the words of the monitor's `json`, but read from outside: it works
before there is a monitor, and where a program is in the middle of a system call.

        k896 json FILE        {"layout": [...], "tables": {...}, "zones": [...], ...}

What does not exist yet is left out. tools/picture/ draws both, and holds one against the other.
"""

import json
import os
import struct
import tempfile

import gdb

from kernel import ENTRY, IMAGE, LEVELS, WORD, Command, list_entries, physical, read_physical, value
from frames import zones
from processes import RIGHTS
from tables import FRAME, PRESENT, maps_page

PAGE = 4096
TOP = 1 << 8 * WORD
# `struct page`, 8 words: flags, _count, _mapcount, private, mapping, index, lru.
STRUCT_PAGE = struct.Struct("<8I" if WORD == 4 else "<8Q")
MAX_FRAMES_AT_ONCE = 1 << 19
E820_RAM = 1


def address(expression):
    """A pointer or number as an address, without a sign."""
    return int(expression) & TOP - 1


def text(pointer):
    return pointer.string() if pointer else ""


def memory(start, size):
    """Bytes at a virtual address: QEMU writes them to a file, for gdb's packets are slow."""
    with tempfile.TemporaryDirectory(prefix="k896-") as folder:
        path = os.path.join(folder, "memory")
        gdb.execute(f'monitor memsave {start:#x} {size} "{path}"', to_string=True)
        with open(path, "rb") as file:
            return file.read()


def paging():
    return bool(int(value("$cr0")) >> 31 & 1)


# --- tables --------------------------------------------------------------------------------------

def rows_below(table, end=TOP, depth=0, start=0):
    """[level, index, count, entry], as monitor/json_tables.c has them."""
    level, shift, bits = LEVELS[depth]
    raw, run = read_physical(table, ENTRY << bits), None
    for index, (entry,) in enumerate(struct.iter_unpack("<I" if ENTRY == 4 else "<Q", raw)):
        if start + (index << shift) >= end:
            break
        if entry and run and entry == run[3] + (run[2] << shift) and run[1] + run[2] == index:
            run[2] += 1
            continue
        if run:
            yield run
        run = [level, index, 1, entry] if entry else None
        if entry & PRESENT and not maps_page(entry, depth):
            yield run
            run = None
            yield from rows_below(entry & FRAME, end, depth + 1, start + (index << shift))
    if run:
        yield run


def tables(root, end=TOP):
    return {"root": hex(root), "rows": [[level, index, count, hex(entry)]
                                        for level, index, count, entry in rows_below(root, end)]}


def kernel_tables():
    """What CR3 has while boot still builds them; swapper_pg_dir's once it is known to be used."""
    return tables(address(value("&swapper_pg_dir")) - IMAGE)


def leads_to(vaddr, table, depth=0):
    """The physical address behind a virtual one, or None."""
    _, shift, bits = LEVELS[depth]
    index = vaddr >> shift & (1 << bits) - 1
    entry = int.from_bytes(read_physical(table + index * ENTRY, ENTRY), "little")
    if not entry & PRESENT:
        return None
    if maps_page(entry, depth):
        inside = (1 << shift) - 1
        return entry & FRAME & ~inside | vaddr & inside
    return leads_to(vaddr, entry & FRAME, depth + 1)


# --- RAM -----------------------------------------------------------------------------------------

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


# --- objects -------------------------------------------------------------------------------------

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


# --- the kernel's addresses ----------------------------------------------------------------------

def regions():
    table, i = value("layout"), 0
    while table[i]["name"]:
        yield {"name": text(table[i]["name"]), "start": hex(address(table[i]["start"])),
               "end": hex(address(table[i]["end"])), "part": int(table[i]["part"])}
        i += 1


def pkmap():
    if WORD == 8:
        return None
    counts, slots = value("pkmap_count"), value("pkmap_count").type.range()[1] + 1
    used = [(slot, int(counts[slot])) for slot in range(slots) if int(counts[slot])]
    entries = value("pkmap_page_table")
    return {"slots": slots, "last": int(value("last_pkmap_nr")),
            "used": [[slot, count, hex((int(entries[slot]["pte"]) & FRAME) >> 12)]
                     for slot, count in used]}


def fixmap(root):
    fields = {field.name: field.enumval for field in gdb.lookup_type("enum fixed_addresses").fields()}
    for index in range(fields["FIX_BOOT_INFO"], fields["__end_of_fixed_addresses"]):
        vaddr = TOP - PAGE - index * PAGE
        pa, slot = leads_to(vaddr, root), index - fields["FIX_KMAP_BEGIN"]
        yield ["BOOT_INFO" if slot < 0 else f"KMAP_{slot}", hex(vaddr), hex(pa) if pa is not None else None]


VM_IOREMAP, VM_ALLOC = 1, 2


def place(pointer):
    """"function+0x12"."""
    words = gdb.execute(f"info symbol {address(pointer):#x}", to_string=True).split(" in section")[0].split(" + ")
    return f"{words[0]}+{int(words[1]) if len(words) > 1 else 0:#x}"


def areas():
    for area in list_entries(value("vmap_area_list"), "struct vmap_area", "list"):
        start, end, vm = address(area["va_start"]), address(area["va_end"]), area["vm"]
        bits = int(vm["flags"]) if vm else 0
        kind = "ioremap" if bits & VM_IOREMAP else "vmalloc" if bits & VM_ALLOC else "vmap"
        yield {"start": hex(start), "end": hex(end), "pages": (end - start) // PAGE - 1,
               "kind": kind if vm else "unpurged", "caller": place(vm["caller"]) if vm else ""}


# --- processes -----------------------------------------------------------------------------------

def vma_name(vma, mm):
    start, end = address(vma["vm_start"]), address(vma["vm_end"])

    def has(low, high):
        return address(mm[low]) < end and address(mm[high]) + (low == high) > start
    if has("start_stack", "start_stack"):
        return "[stack]"
    if has("start_code", "end_code"):
        return "[text]" if int(vma["vm_flags"]) & 4 else "[rodata]"
    if has("start_data", "end_data"):
        return "[data]"
    return "[heap]" if has("start_brk", "brk") else ""


def pages_there(rows):
    """{address of a page that is there}; PROT_NONE's are, too."""
    at, shifts = 0, {level: (shift, bits) for level, shift, bits in LEVELS}
    for level, index, count, entry in rows:
        shift, bits = shifts[level]
        at = at >> shift + bits << shift + bits | index << shift
        if level == "pte" and int(entry, 16) & 0x101:
            yield from range(at, at + (count << shift), PAGE)


def address_space(mm):
    rows = tables(physical(mm["pgd"]), int(value("layout")[0]["end"]))
    there, vmas, vma = list(pages_there(rows["rows"])), [], mm["mmap"]
    while vma:
        start, end, bits = address(vma["vm_start"]), address(vma["vm_end"]), int(vma["vm_flags"])
        rights = "".join(letter if bits & bit else "-" for bit, letter in RIGHTS[:3])
        vmas.append([hex(start), hex(end), rights + ("s" if bits & 0x80 else "p"), vma_name(vma, mm),
                     sum(start <= page < end for page in there)])
        vma = vma["vm_next"]
    return {"vmas": vmas, "tables": rows}


STATES = {0: "R", 1: "S", 2: "D"}


def tasks():
    for task in list_entries(value("task_list"), "struct task_struct", "tasks"):
        parent = task["parent"]
        facts = {"pid": int(task["pid"]), "ppid": int(parent["pid"]) if parent else 0,
                 "comm": task["comm"].string(), "state": STATES.get(int(task["state"]), "Z")}
        yield {**facts, **(address_space(task["mm"]) if task["mm"] else {})}


# --- all of it -----------------------------------------------------------------------------------

def initialized(head):
    return bool(int(value(head)["next"]))


def snapshot():
    """What there is by now."""
    registers = {name: hex(address(value(f"${name}"))) for name in ("cr0", "cr2", "cr3", "cr4")}
    registers["pc"] = hex(address(value("$pc")))
    facts = {"registers": registers}
    if int(value("$cr3")):
        facts["tables"] = kernel_tables()
    if not paging():  # the kernel's variables are not where they are linked
        return facts
    facts["layout"] = list(regions())
    facts["iomem"] = list(resources(value("iomem_resource")))
    managed = any(int(zone["managed_pages"]) for zone in zones())
    if managed:
        facts["zones"] = [zone_facts(zone) for zone in zones() if int(zone["present_pages"])]
        facts["frames"] = list(Frames(facts["iomem"]).rows())
    else:
        facts["frames"] = list(boot_frames())
    if initialized("slab_caches") and managed:
        facts["slabs"] = [cache_facts(cache) for cache in list_entries(value("slab_caches"), "struct kmem_cache", "list")]
    facts["mem_map"] = {"start": hex(address(value("mem_map"))), "frames": int(value("max_mapnr")),
                        "entry": STRUCT_PAGE.size}
    facts["pkmap"] = pkmap()
    facts["fixmap"] = list(fixmap(address(value("&swapper_pg_dir")) - IMAGE))
    facts["vmalloc"] = list(areas())
    facts["processes"] = sorted(tasks(), key=lambda task: task["pid"])
    return facts


class Json(Command):
    """k896 json FILE: the whole machine, as the monitor's `json` would tell it."""

    name, arguments = "json", (1, 1)

    def run(self, path):
        with open(path, "w", encoding="ascii") as file:
            json.dump(snapshot(), file)


Json()
