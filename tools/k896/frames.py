"""Frames and objects in use: what must be the same before and after."""

import re


def total(pattern, text):
    return sum(map(int, re.findall(pattern, text)))


# vm_area_struct  0  68  60  68  1 : tunables 0 0 0 : slabdata  1  1  0
SLABS = re.compile(r"^(?P<name>\S+) +(?P<active>\d+) +(?:\d+ +){3}(?P<pages>\d+) : tunables"
                   r".* : slabdata +\d+ +(?P<slabs>\d+)", re.MULTILINE)

# Unpurged areas, which are there to be found by the next, count as objects.
NOT_COUNTED = ["vmap_area"]


def in_use(machine):
    """
    (frames, {cache: objects}). The frames are those that are neither free, nor in a slab, nor in a
    vmalloc area, nor a table of the kernel's: caches keep slabs, tasks leave their stacks to the
    next, and the tables of vmalloc areas stay.
    """
    zones, slabs, areas = (machine.command(line) for line in ("zoneinfo", "slabinfo", "vmallocinfo"))
    caches = list(SLABS.finditer(slabs))
    if not caches:
        machine.fail("no line of slabinfo understood")
    in_slabs = sum(int(row["pages"]) * int(row["slabs"]) for row in caches)
    objects = {row["name"]: int(row["active"]) for row in caches if row["name"] not in NOT_COUNTED}
    tables = total(r"(?m)^all +(\d+)", machine.command("ptdump -s")) // 4096
    free = total(r"pages free +(\d+)", zones) + total(r"count: +(\d+)", zones)
    used = total(r"managed +(\d+)", zones) - free - in_slabs - tables - total(r"pages=(\d+)", areas)
    return used, objects
