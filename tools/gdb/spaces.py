"""
Addresses for `k896 json`: tables, regions, the window, and what processes have, in the words of
monitor/json_tables.c, json_window.c and json_processes.c.
"""

import struct

import gdb

from kernel import ENTRY, IMAGE, LEVELS, WORD, list_entries, physical, read_physical, value
from processes import RIGHTS
from ram import PAGE, address, text
from tables import FRAME, PRESENT, maps_page

TOP = 1 << 8 * WORD


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
    """swapper_pg_dir's: what CR3 leads to from head.asm on."""
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
