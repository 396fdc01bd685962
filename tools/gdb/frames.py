"""Frames and zones: mem_map, and what the page allocator has free."""

import gdb

from kernel import WORD, Command, number, value


def flag_names():
    """PG_ bits by their names in the source."""
    bits = gdb.lookup_type("enum pageflags").fields()
    return {field.enumval: field.name for field in bits if field.name != "NR_PAGEFLAGS"}


def zones():
    table = value("contig_page_data")["node_zones"]
    return [table[i] for i in range(table.type.range()[1] + 1)]


class Page(Command):
    """k896 page PFN: the struct page of a frame."""

    name, arguments = "page", (1, 1)

    def run(self, pfn):
        pfn = number(pfn)
        if pfn >= int(value("max_mapnr")):
            raise gdb.GdbError(f"{pfn:#x} is no frame number; they end at {int(value('max_mapnr')) - 1:#x}")
        page = value("mem_map")[pfn]
        bits = int(page["flags"])
        names = [name for bit, name in flag_names().items() if bits >> bit & 1]
        print(f"frame {pfn:#x}  physical {pfn << 12:#010x}  "
              f"zone {zones()[bits >> 8 * WORD - 2 & 3]['name'].string()}")
        print(f"  flags     {' '.join(names) or 'none'}")
        print(f"  count     {int(page['_count']['counter'])}")
        print(f"  mapcount  {int(page['_mapcount']['counter']) + 1}")
        print(page)


class Zones(Command):
    """k896 zones: each zone's frames, watermarks and free blocks by order."""

    name = "zones"

    def run(self):
        for zone in zones():
            if not int(zone["present_pages"]):
                continue
            marks = [int(zone["watermark"][i]) for i in range(3)]
            blocks = [int(zone["free_area"][i]["nr_free"]) for i in range(zone["free_area"].type.range()[1] + 1)]
            print(f"{zone['name'].string():8} frames from {int(zone['zone_start_pfn']):#x}, "
                  f"{int(zone['managed_pages'])} managed, {int(zone['free_pages'])} free, "
                  f"min {marks[0]} low {marks[1]} high {marks[2]}")
            print("         blocks " + " ".join(f"{nr:5}" for nr in blocks))


Page()
Zones()
