"""How many frames are in use: what must be the same before and after."""

import re


def total(pattern, text):
    return sum(map(int, re.findall(pattern, text)))


# vm_area_struct  0  68  60  68  1 : tunables 0 0 0 : slabdata  1  1  0
SLABS = re.compile(r"^\S+ +(?:\d+ +){4}(?P<pages>\d+) : tunables.* : slabdata +\d+ +(?P<slabs>\d+)", re.MULTILINE)


def used_frames(machine):
    """
    Those that are neither free, nor in a slab, nor in a vmalloc area, nor a table of the kernel's:
    caches keep slabs, tasks leave their stacks to the next, and the tables of vmalloc areas stay.
    """
    zones, slabs, areas = (machine.command(line) for line in ("zoneinfo", "slabinfo", "vmallocinfo"))
    in_slabs = sum(int(row["pages"]) * int(row["slabs"]) for row in SLABS.finditer(slabs))
    if not in_slabs:
        machine.fail("no line of slabinfo understood")
    tables = total(r"(?m)^all +(\d+)", machine.command("ptdump -s")) // 4096
    free = total(r"pages free +(\d+)", zones) + total(r"count: +(\d+)", zones)
    return total(r"managed +(\d+)", zones) - free - in_slabs - tables - total(r"pages=(\d+)", areas)
