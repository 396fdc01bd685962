"""
When the machine is looked at: stops of `make tour`, and the monitor's prompt after a few commands.

        on the way up       held by gdb at each landmark of BOOT, in the order in which they come
        at the prompt       the kernel tells of itself; gdb looks too, and both must agree
        a program           /bin/cow is loaded, forks, and waits: landmarks of PROGRAM, prompts between

A stop's title and source file are the tour's own; here is what to look at in the picture.
"""

import re
from typing import NamedTuple

from agree import same_machine, same_mappings
from k896.machine import HANG
from k896.tour import TOURS


class Stop(NamedTuple):
    at: str          # a landmark of the tour
    look: str        # what to look at
    title: str = ""  # where the tour's own tells of the tour's machine


BOOT = [
    Stop("startup_32", "Paging is off and there are no tables. Every address is a physical one."),
    Stop("enable_paging.paging_on", "The tables are in memory and CR3 leads to them, but CR0.PG is still 0: "
                                    "unfold the tree, it shows what the next instruction relies on."),
    Stop("enable_paging.still_low", "The same frames have two addresses now, low and high: two bands in the "
                                    "address space."),
    Stop("startup_32.low_gone", "The low band is gone. A NULL pointer faults from here on."),
    Stop("startup_64.low_gone", "The low band is gone. A NULL pointer faults from here on."),
    Stop("paging_init", "bootmem's bitmap is the only allocator. All mappings are provisional, writable and "
                        "executable."),
    Stop("pagetable_init", "CR4 in the line of registers: large and global pages are about to be switched on."),
    Stop("one_page_table_init", "The first page table of the direct map is about to be taken from bootmem."),
    Stop("map_by_large_page", "One entry for a whole large page, with no table below it, is about to be written.",
         "the first large page"),
    Stop("map_image", "The direct map is whole. The image's own mapping is still the provisional one."),
    Stop("complete_kernel_pgd", "The direct map is whole: unfold the tree, and compare text with data."),
    Stop("permanent_kmaps_init", "kmap()'s page table is made: its slots are empty."),
    Stop("load_kernel_tables", "The tables are final. CR3 is loaded again with the value it has, to flush the TLB."),
    Stop("kmap_init", "kmap_atomic()'s slots in the fixmap are found once and for all."),
    Stop("mem_init", "mem_map is there. bootmem is about to hand every free frame to the buddy allocator."),
    Stop("vmap_page_range_noflush", "Zones, free lists and slab caches are there by now. The first area of vmalloc is "
                                    "about to be mapped."),
]

PROGRAM = [
    Stop("do_anonymous_page", "A process without a frame: exec is about to give it the first one."),
    Stop("do_page_fault", "A copy from the ramdisk faulted: the address is in CR2, the VMA is there, the page is not."),
    Stop("start_thread", "Text, data and stack are there. The next IRET leads to ring 3."),
    Stop("copy_page_range", "fork(): two processes, and the second has no entries yet."),
    Stop("do_wp_page", "Both have the same frames, read-only. One has written: it is about to get a copy."),
]


class Moment(NamedTuple):
    title: str
    at: str        # a function, or what was typed
    source: str    # its file, or ""
    look: str
    told: str      # "kernel" or "gdb"
    facts: dict


class Journey:
    """@machine: a Held one, before its first instruction."""

    def __init__(self, machine, say):
        self.machine, self.kernel, self.say = machine, machine.kernel, say
        self.stops = {stop.at: stop for stop in reversed(TOURS[self.kernel.name].stops)}

    # -- looking -------------------------------------------------------------------------------

    def _checked(self, facts, teller):
        """@facts, when the CPU's own walk found the same mappings."""
        if int(facts["registers"]["cr0"], 16) >> 31:
            same_mappings(self.kernel, facts, self.machine.hmp("info tlb"), teller)
        return facts

    def _seen_from_outside(self, row):
        stop = self.stops[row.at]
        title = row.title or stop.title
        self.say(title)
        return Moment(title, row.at, stop.source, row.look, "gdb",
                      self._checked(self.machine.from_outside(), "gdb"))

    def _told_by_the_kernel(self, title, typed, look):
        """At a prompt; the machine is held for a moment, and goes on."""
        self.say(title)
        inside = self.machine.from_inside()
        self.machine.hold()
        outside = self.machine.from_outside()
        same_machine(self.kernel, inside, outside)
        facts = {**inside, "registers": outside["registers"], "mem_map": outside["mem_map"]}
        self._checked(facts, "the kernel")
        self.machine.let_go()
        return Moment(title, typed, "", look, "kernel", facts)

    # -- going on ------------------------------------------------------------------------------

    def _breakpoints(self, rows):
        """{address: row} of the landmarks that this kernel has; the machine will stop there."""
        places = {}
        for row in rows:
            if row.at in self.stops:
                low = self.kernel.start_kernel_map if self.stops[row.at].low else 0
                places[self.machine.symbols[row.at] - low] = row
        for address in places:
            self.machine.stop_at(address)
        return places

    def _stops(self, places, last):
        """A moment for each landmark that is met, until @last."""
        while True:
            self.machine.let_go()
            address = self.machine.wait_until_it_stops()
            if address is None:
                self.machine.fail("ended before it reached the monitor: see what it said")
            if address in places:
                yield self._seen_from_outside(places[address])
            if address == last:
                return

    def boot(self):
        last = self.machine.symbols["monitor_loop"]
        places = self._breakpoints(BOOT)
        self.machine.stop_at(last)
        yield from self._stops(places, last)
        self.machine.let_go()
        self.machine.boot()
        yield self._told_by_the_kernel("the monitor's prompt", "monitor_loop",
                                       "Boot is over: all lists are filled, and nothing runs.")

    def by_hand(self):
        """A few things allocated and mapped, so that the window is not empty."""
        pfn = self._some_frame()
        lines = [f"kmap {pfn:#x}", f"kmap {pfn:#x}", f"kmap {pfn + 1:#x}", "vmalloc 1M",
                 "alloc pages 4", "alloc kmalloc 100"]
        for line in lines:
            self.machine.command(line)
        yield self._told_by_the_kernel("memory taken by hand", " ; ".join(lines),
                                       "The window has tenants: two slots of pkmap, an area of 256 pages; the "
                                       "buddy allocator split a block for 16 frames.")

    def _some_frame(self):
        """One that is in the last zone: high memory, where there is any."""
        zones = re.findall(r"^Node 0, zone +\w+\n(?:.*\n)*?.*present +([1-9]\d*)\n(?:.*\n)*?.*start_pfn: +(\d+)",
                           self.machine.command("zoneinfo"), re.MULTILINE)
        return int(zones[-1][1]) + 0x100

    def program(self):
        """A program from its first frame to its first copy on write."""
        self.machine.hold()
        self.machine.send("exec /bin/cow hold &\r")
        for row in PROGRAM:  # one after the other: a program writes to shared frames before it forks, too
            yield from self._stops(self._breakpoints([row]), self.machine.symbols[row.at])
        self.machine.let_go()
        parent = int(self.machine.expect(r"cow: .*parent (\d+)", HANG)[1])
        self.machine.prompt()
        yield self._told_by_the_kernel("after fork(): two processes, one set of frames", "exec /bin/cow hold &",
                                       "Most frames have two users. Those that were written since have one.")
        self.machine.send(f"kill {parent} SIGUSR1\r")
        self.machine.expect(r"cow: ", HANG)
        self.machine.prompt()
        yield self._told_by_the_kernel("the child has written", f"kill {parent} SIGUSR1",
                                       "One page more of the child's is its own: compare the tables of the two.")

    def moments(self):
        yield from self.boot()
        yield from self.by_hand()
        yield from self.program()
