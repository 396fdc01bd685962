"""
The whole machine as JSON, in the words of the monitor's `json`, but read from outside: it works
before there is a monitor, and where a program is in the middle of a system call.

        k896 json FILE        {"layout": [...], "tables": {...}, "zones": [...], ...}

What does not exist yet is left out. tools/picture/ draws both, and holds one against the other.
"""

import json

from kernel import IMAGE, Command, value
from frames import zones
from ram import STRUCT_PAGE, Frames, address, boot_frames, caches, resources, zone_facts
from spaces import areas, fixmap, kernel_tables, pkmap, regions, tasks


def paging():
    return bool(int(value("$cr0")) >> 31 & 1)


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
        facts["slabs"] = list(caches())
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
