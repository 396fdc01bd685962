"""
What lab 12 is judged by: entries as QEMU walks them, frames as they lie in memory, and what the steps
of fault_steps_test.c noted of counts and VMAs.
"""

from k896.labs import expect

PAGE = 4096
MOST_PAGES = 8192     # beyond the highest page that a check names
EFAULT, EPERM = -14, -1
VM_FAULT_OOM, VM_FAULT_SIGBUS = 1, 2
RLIMIT_STACK, RLIMIT_MEMLOCK, RLIMIT_AS = 3, 8, 9


def signed(value):
    return value - (1 << 64) if value >> 63 else value


class Space:
    """An empty address space. With page 0 a page table begins, and with it all levels above."""

    def __init__(self, machine, base=None):
        self.machine = machine
        self.where = machine.facts("pf_where")
        self.zero = self.where["zero page"]
        if base is None:
            border = 1 << 39 if machine.kernel.bits == 64 else 1 << 30
            base = machine.rng.randrange(1, 3) * border
        self.base = base
        machine.command(f"pf_begin {base:#x}")

    # -- what is done --------------------------------------------------------------------------

    def map(self, nr, length, kind):
        self.machine.command(f"pf_map {nr} {length} {kind}")

    def touch(self, line, wanted=0):
        """A read or a write, which must end so."""
        facts = self.machine.facts(line)
        got = signed(facts["result"])
        said = lambda value: {0: "works", EFAULT: "is refused (-EFAULT)"}.get(value, str(value))
        _, nr, *_ = line.split()
        what = "the read of" if line.startswith("pf_read") else "the write to"
        expect(got == wanted, f"{what} page {nr} {said(got)}; it should be that it {said(wanted)}")
        return facts

    def write(self, nr, wanted=0):
        """Returns what was written."""
        value = self.machine.rng.getrandbits(31)
        self.touch(f"pf_write {nr} {value:#x}", wanted)
        return value

    def read(self, nr):
        return self.touch(f"pf_read {nr}")["value"]

    # -- what is there -------------------------------------------------------------------------

    def pages(self):
        """{page: (frame, rights)} as QEMU walks the tables."""
        pages = self.machine.pages(self.base, self.base + MOST_PAGES * PAGE)
        return {(virtual - self.base) // PAGE: (physical // PAGE, rights)
                for virtual, (physical, rights) in pages.items()}

    def demand_pages(self, wanted, after):
        """Exactly these pages have entries; returns pages()."""
        got = self.pages()
        missing, more = sorted(set(wanted) - set(got)), sorted(set(got) - set(wanted))
        expect(not missing, f"after {after} page {missing[:1]} has no entry")
        expect(not more, f"after {after} page {more[:1]} has an entry")
        return got

    def look(self, **wanted):
        facts = self.machine.facts("pf_look")
        for name, value in wanted.items():
            expect(facts[name] == value, f"{name} is {signed(facts[name])}, not {value}")
        return facts

    def demand_stack(self, start, pages, after):
        """The only VMA begins at page @start, and @pages have entries."""
        facts = self.look(broken=0)
        got = (facts.all("start")[-1] - self.base) // PAGE
        expect(got == start, f"after {after} the stack begins at page {got}, not {start}")
        pgoff = facts.all("pgoff")[-1] - self.base // PAGE
        expect(pgoff == start, f"after {after} the stack's vm_pgoff is {pgoff - start} pages off")
        self.demand_pages(pages, after)

    def free(self):
        return self.machine.facts("pf_free")["free"]


# --- demand zero ---------------------------------------------------------------------------------

def zero(machine):
    space = Space(machine)
    count = space.look()["zero page's count"]
    space.map(2, 5, "w")
    for nr in 3, 5, 6:
        value = space.read(nr)
        expect(value == 0, f"fresh memory was read, and {value:#x} was in it")
    for nr, (pfn, rights) in space.demand_pages({3, 5, 6}, "three reads").items():
        expect(pfn == space.zero, f"page {nr} was only read, but leads to frame {pfn:#x}, not to the zero page, "
                                  f"{space.zero:#x}")
        expect(rights[1] == "-", f"page {nr} leads to the zero page, and can be written to")
        expect("U" in rights, f"page {nr} is not the user's: {rights}")
    space.look(rss=0, **{"zero page's count": count})


def fresh(machine):
    space = Space(machine)
    machine.command("pf_stain")
    space.map(0, 8, "w")
    values = {nr: space.write(nr) for nr in (1, 2, 6)}
    pages = space.demand_pages(values, "three writes")
    frames = {pfn for pfn, _ in pages.values()}
    expect(len(frames) == 3 and space.zero not in frames, f"three pages were written to, and lead to {len(frames)} "
                                                          "frames, or to the zero page")
    for nr, value in values.items():
        pfn, rights = pages[nr]
        there = machine.physical(pfn * PAGE, PAGE)
        expect(there[:4] == value.to_bytes(4, "little"), f"what was written to page {nr} is not in its frame {pfn:#x}")
        expect(not any(there[4:]), f"frame {pfn:#x} of page {nr} is not zero where nothing was written: the "
                                   "process reads what somebody left there")
        expect(rights[:2] == "rw" and rights[4:6] == "-U", f"the rights of page {nr} are {rights}")


def counts(machine):
    space = Space(machine)
    space.map(0, 8, "w")
    for nr in 1, 2, 6:
        space.write(nr)
    space.read(7)
    for nr, (pfn, _) in space.demand_pages({1, 2, 6, 7}, "three writes and a read").items():
        facts = machine.facts(f"pf_frame {pfn:#x}")
        expect(nr == 7 or (facts["count"], facts["mapcount"]) == (1, 1),
               f"the frame of page {nr} has {signed(facts['count'])} users and {signed(facts['mapcount'])} entries, "
               "not 1 and 1")
    space.look(rss=3)


def rights(machine):
    """Those of the VMA: on CPUs that know it, data does not run."""
    space = Space(machine)
    for nr, kind in enumerate("wxre"):
        space.map(nr, 1, kind)
    for nr in 0, 1:
        space.write(nr)
    for nr in 2, 3:
        space.read(nr)
    pages = space.demand_pages(range(4), "touching four pages")
    for nr, wanted in enumerate(["rw-", "rwx", "r--", "r-x"]):
        got = pages[nr][1][:3]
        expect(got == wanted, f"the rights of page {nr} are {got}, not {wanted}")


def high(machine):
    space = Space(machine)
    space.map(0, 2, "w")
    value = space.write(1)
    pfn, _ = space.demand_pages({1}, "a write")[1]
    expect(machine.word(pfn) == value, f"what was written to page 1 is not in its frame {pfn:#x}")
    for what, number in ("frame", pfn), ("page table", machine.facts("pf_table 1")["pfn"]):
        expect(machine.facts(f"pf_frame {number:#x}")["high"], f"the {what}, {number:#x}, was taken from low memory")


def read_then_write(machine):
    space = Space(machine)
    space.map(0, 4, "w")
    space.read(1)
    value = space.write(1)
    pfn, rights = space.demand_pages({1}, "a read and a write")[1]
    expect(pfn != space.zero, "the zero page was written to")
    expect(rights[:2] == "rw", f"the rights of the page are {rights}")
    expect(machine.word(pfn) == value, f"what was written is not in the frame {pfn:#x}")
    expect(not any(machine.physical(space.zero * PAGE, PAGE)), "the zero page is no longer zero")


def shared(machine):
    space = Space(machine)
    for kind, what in ("o", "shared memory keeps"), ("w", "private memory forgets"):
        space.map(1, 1, kind)
        value = space.write(1)
        machine.command("pf_drop 1")
        space.demand_pages(set(), "MADV_DONTNEED")
        got = space.read(1)
        expect(got == (value if kind == "o" else 0),
               f"{what} what was written when the entry is dropped; {value:#x} was written, {got:#x} is read")


def again(machine):
    space = Space(machine)
    space.map(0, 2, "w")
    value = space.write(1)
    before = space.pages()
    for flags, dirty in (0, 0), (1, 1):
        facts = machine.facts(f"pf_again 1 {flags}")
        what = "write to" if flags else "read of"
        expect(not facts["result"], f"a {what} a page that allows it: handle_mm_fault returned {facts['result']}")
        expect(facts["young"], f"a {what} a page did not make its entry young")
        expect(facts["dirty"] == dirty, f"a {what} a page left its entry {'clean' if dirty else 'dirty'}")
    after = space.pages()
    expect(after == before, f"page 1 led to {before[1]}, and leads to {after[1]} after faults that changed nothing")
    expect(machine.word(after[1][0]) == value, "what was written before is lost")
    space.look(rss=1)


def bad_entry(machine):
    space = Space(machine)
    space.map(0, 2, "w")
    space.write(0)
    facts = machine.facts(f"pf_bad 1 {machine.rng.randrange(1, 1 << 12):#x}")
    got = signed(facts["result"])
    expect(got == VM_FAULT_SIGBUS, f"an entry is neither empty nor present, and handle_mm_fault returned {got}, not "
                                   "VM_FAULT_SIGBUS")
    expect(not facts["locks kept"], f"after a fault at a bad entry {signed(facts['locks kept'])} locks or mappings are held")
    expect(facts["unchanged"], "a bad entry was changed by a fault")
    space.look(rss=1)


# --- tables --------------------------------------------------------------------------------------

def tables(machine):
    each = 512 if machine.kernel.levels > 2 else 1024
    free = None
    space = Space(machine)
    for _ in range(2):
        space.map(0, 6 * each, "w")
        values = {nr: space.write(nr) for nr in (0, each - 1, each, 4 * each + 5)}
        pages = space.demand_pages(values, "four writes")
        for nr, value in values.items():
            expect(machine.word(pages[nr][0]) == value, f"what was written to page {nr} is not in its frame")
        space.look(nr_ptes=3, rss=4)
        machine.command("pf_unmap")
        space.look(nr_ptes=0, rss=0)
        before, free = free, space.free()
    expect(free == before, f"the same once more, and {before - free} frames are gone")


def poor(machine):
    space = Space(machine)
    space.map(0, 1, "w")
    machine.command("pf_write 0 1")
    machine.command("pf_unmap")
    free = space.free()
    space.map(0, 4, "w")
    failures = 0
    for nth in range(1, 8):
        facts = machine.facts(f"pf_poor 1 {nth}")
        kept = signed(facts["locks kept"])
        expect(not kept, f"after a fault without memory {kept} locks or mappings are held")
        if not facts["result"]:
            break
        failures += 1
        got = signed(facts["result"])
        expect(got == VM_FAULT_OOM, f"without memory handle_mm_fault returns {got}, not VM_FAULT_OOM")
        space.demand_pages(set(), "a fault without memory")
    expect(failures > 1, f"with ever later allocations refused the fault failed {failures} times: neither the table's "
                         "nor the frame's may go unnoticed")
    space.write(1)
    space.look(rss=1)
    machine.command("pf_unmap")
    lost = free - space.free()
    expect(not lost, f"{lost} frames are lost after faults without memory")


def race(machine, nr):
    """A race for page @nr. There was another thread before: a thread's stack is kept for the next one."""
    space = Space(machine)
    space.map(0, 4096, "w")
    space.write(0)
    machine.facts("pf_race 0 0")
    free = space.free()
    value = machine.rng.getrandbits(31)
    facts = machine.facts(f"pf_race {nr} {value:#x}")
    expect(facts["done"], "of two threads that touch a page at the same time one never ends")
    expect(not facts["result"] and not facts["other's result"],
           "two threads touched a page at the same time, and one failed")
    pfn, _ = space.demand_pages({0, nr}, "two faults for the same page")[nr]
    there = machine.word(pfn)
    expect(there == value, f"another thread wrote {value:#x} to the page while the fault was served; now {there:#x} "
                           "is there")
    return space, free - space.free()


def raced_page(machine):
    space, taken = race(machine, 1)
    expect(taken == 1, f"two faults for one page took {taken} frames")
    space.look(rss=2)


def raced_table(machine):
    space, taken = race(machine, 3072)
    expect(taken == 2, f"two faults for one page in a new table took {taken} frames")
    space.look(rss=2, nr_ptes=2)


# --- stacks --------------------------------------------------------------------------------------

def grows(machine):
    space = Space(machine)
    space.map(700, 1, "s")
    value = space.write(690)
    space.demand_stack(690, {690}, "a write ten pages below the stack")
    expect(machine.word(space.pages()[690][0]) == value, "what was written is not in the stack's frame")
    space.write(695)
    space.read(200)
    space.demand_stack(200, {200, 690, 695}, "a read far below the stack")


def only_stacks(machine):
    space = Space(machine)
    space.map(600, 2, "w")
    space.map(1100, 2, "s")
    for nr, wanted in [(599, 0), (600, 600), (601, 600), (1095, 1095), (1103, 0), (1094, 1094), (1101, 1094)]:
        got = machine.facts(f"pf_extend {nr}")["found"]
        name = lambda start: f"the VMA from page {start} on" if start else "NULL"
        got = got and (got - space.base) // PAGE
        expect(got == wanted, f"find_extend_vma in page {nr} returned {name(got)}, not {name(wanted)}")
    space.look(broken=0)


def limit(machine):
    space = Space(machine)
    pages = machine.rng.randrange(10, 60)
    machine.command(f"pf_limit {RLIMIT_STACK} {pages}")
    space.map(500, 2, "s")
    lowest = 502 - pages
    space.write(lowest - 1, EFAULT)
    space.demand_stack(500, set(), f"a write beyond RLIMIT_STACK of {pages} pages")
    space.write(lowest)
    space.demand_stack(lowest, {lowest}, f"a write just within RLIMIT_STACK of {pages} pages")
    space.write(lowest - 1, EFAULT)


def other_limits(machine):
    space = Space(machine)
    space.map(500, 2, "s")
    machine.command(f"pf_limit {RLIMIT_AS} 12")
    space.write(489, EFAULT)
    space.write(490)
    machine.command(f"pf_limit {RLIMIT_AS} 1000")
    machine.command(f"pf_limit {RLIMIT_MEMLOCK} 15")
    machine.command("pf_lock 490")
    space.write(475, EFAULT)
    space.write(476)
    space.look(broken=0)


def gap(machine):
    """To a neighbour; but another stack, and what cannot be accessed, may be as near as they like."""
    space = Space(machine)
    guard = space.where["guard"]
    space.map(8, 3, "r")
    space.map(guard + 40, 1, "s")
    space.write(guard + 10, EFAULT)
    space.demand_stack(guard + 40, set(), "a write in the guard gap")
    space.write(guard + 11)
    space.demand_stack(guard + 11, {guard + 11}, "a write right above the guard gap")
    near = 4096
    space.map(near, 3, "-")
    space.map(near + 60, 1, "s")
    space.map(near + 100, 1, "s")
    space.write(near + 61)
    space.write(near + 3)
    space.demand_pages({guard + 11, near + 61, near + 3}, "writes next to neighbours that need no gap")
    starts = [(start - space.base) // PAGE - near for start in space.look(broken=0).all("start")[2:]]
    expect(starts == [0, 3, 61], f"beside neighbours that need no gap VMAs begin at pages {starts}, not [0, 3, 61]")


def bounds(machine):
    """Nothing lies below MMAP_MIN_ADDR, and no vm_pgoff below zero."""
    space = Space(machine, base=0x400000)
    minimum = space.where["min_addr"]
    machine.command(f"pf_limit {RLIMIT_STACK} 100000")
    space.map(0, 1, "s")
    got = signed(machine.facts(f"pf_expand {minimum - 1:#x}")["result"])
    expect(got == EPERM, f"expand_stack to below MMAP_MIN_ADDR returned {got}, not -EPERM")
    got = signed(machine.facts(f"pf_expand {minimum:#x}")["result"])
    expect(got == 0, f"expand_stack to MMAP_MIN_ADDR returned {got}")
    facts = space.look(broken=0)
    expect(facts["start"] == minimum, f"the stack begins at {facts['start']:#x}, not {minimum:#x}")
    space.map(500, 2, "s")
    machine.command("pf_moved 500 20")
    space.write(479, EFAULT)
    space.write(480)
    pgoff = signed(space.look(broken=0).all("pgoff")[-1])
    expect(pgoff == 0, f"a stack whose vm_pgoff was 20 grew by 20 pages; vm_pgoff is {pgoff}")
