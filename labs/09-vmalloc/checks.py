"""
What lab 09 is judged by: entries and frames as QEMU finds them; addresses against a model of the
window; the counts of flushes and of what waits for one, as they lie in the kernel's memory.
"""

from k896.labs import expect

PAGE = 4096
MB = 1 << 20
NR_FRAMES = 64  # of the steps: a longer row has them again and again
ENOMEM = -12


def signed(value):
    return value - (1 << 64) if value >> 63 else value


class Window:
    """From VMALLOC_START to VMALLOC_END, and a model of what is taken of it."""

    def __init__(self, machine):
        self.machine = machine
        where = machine.facts("va_where")
        self.start, self.end = where["start"], where["end"]
        self.pmd, self.pgdir, self.lazy_max = where["pmd size"], where["pgdir size"], where["lazy max"]
        self.taken = {}  # first address: the first behind it and its guard page

    # -- entries -------------------------------------------------------------------------------

    def mapped(self):
        """{virtual: (frame, rights)}"""
        pages = self.machine.pages(self.start, self.end)
        return {virtual: (physical // PAGE, rights) for virtual, (physical, rights) in pages.items()}

    def map(self, start, number, rights="rw-", tables=""):
        """What a call of vmap_page_range_noflush() returned, and {virtual: frame} as it must be."""
        first = self.machine.rng.randrange(NR_FRAMES)
        facts = self.machine.facts(f"va_map {start:#x} {number} {first} {rights} {tables}")
        frames = facts.all("frame")
        wanted = {start + nr * PAGE: frames[nr % NR_FRAMES] for nr in range(number)}
        return signed(facts["result"]), wanted

    def rights(self, wanted):
        """As QEMU will show them: without NX all may be executed."""
        return (wanted if self.machine.kernel.pae else wanted[:2] + "x") + " G---"

    def demand_mapped(self, wanted, what):
        """{virtual: frame}, and nothing else in the whole window."""
        got = self.mapped()
        for virtual, frame in wanted.items():
            expect(virtual in got, f"{what}: {virtual:#x} is not mapped; frame {frame:#x} is to be there")
            expect(got[virtual][0] == frame, f"{what}: {virtual:#x} leads to frame {got[virtual][0]:#x}, not {frame:#x}")
        more = sorted(set(got) - set(wanted))
        expect(not more, f"{what}: {len(more)} pages are mapped that are nobody's, {min(more or [0]):#x} for one")

    # -- addresses -----------------------------------------------------------------------------

    def room(self, number, align=PAGE, low=0, high=1 << 64):
        """The lowest address with room for so many pages and a guard page; 0: there is none."""
        low, high, size = max(low, self.start), min(high, self.end), (number + 1) * PAGE
        for gap, end in zip([self.start, *self.ends()], [*sorted(self.taken), self.end]):
            addr = -(-max(gap, low) // align) * align
            if addr + size <= min(end, high):
                return addr
        return 0

    def ends(self):
        return [self.taken[start] for start in sorted(self.taken)]

    def demand_room(self, vaddr, number, *where):
        wanted = self.room(number, *where)
        how = f", aligned to {where[0]:#x}" if where else ""
        expect(vaddr == wanted, f"the lowest room for {number} pages and a guard page{how} is at {wanted:#x}; {vaddr:#x} "
                                "was given")
        self.taken[vaddr] = vaddr + (number + 1) * PAGE

    def take(self, *numbers):
        """Areas of so many pages; their addresses."""
        addresses = []
        for at in range(0, len(numbers), 8):
            facts = self.machine.facts("va_take " + " ".join(map(str, numbers[at:at + 8])))
            for number, vaddr in zip(numbers[at:], facts.all("vaddr")):
                self.demand_room(vaddr, number)
                addresses.append(vaddr)
        return addresses

    def drop(self, *addresses):
        for at in range(0, len(addresses), 4):
            facts = self.machine.facts("va_drop " + " ".join(map(hex, addresses[at:at + 4])))
            expect(all(facts.all("dropped")), "an area that was taken is not found again")

    def purge(self, *addresses):
        """These are free from now on."""
        self.machine.command("va_purge")
        for vaddr in addresses:
            del self.taken[vaddr]

    def alloc(self, number, *where):
        """vmalloc: the address and the frames."""
        facts = self.machine.facts(f"va_alloc {number} {' '.join(map(hex, where or [PAGE]))}")
        return facts["vaddr"], facts.all("frame")

    def state(self):
        """([(start, end)] in use, [(start, end)] in wait, facts)"""
        facts = self.machine.facts("va_state")
        kinds = [(name, value) for name, value in facts if name in ("area", "waiting")]
        rows = [(name, (value, end)) for (name, value), end in zip(kinds, facts.all("area end"))]
        return [row for name, row in rows if name == "area"], [row for name, row in rows if name == "waiting"], facts

    def waiting(self):
        return self.state()[1]

    def lazy(self):
        return self.machine.longs("vmap_lazy_nr")[0]

    def flushes(self):
        """(single pages, everything)"""
        return tuple(self.machine.longs("tlb_flushes", 2))


def named(areas):
    return ", ".join(f"{start:#x}-{end:#x}" for start, end in areas) or "none"


# --- tables ---------------------------------------------------------------------------------------

def entries(machine):
    window, wanted, rights = Window(machine), {}, {}
    for nr, name in enumerate(["rw-", "r--", "rwx"]):
        start = window.start + 3 * nr * window.pmd + machine.rng.randrange(1, 200) * PAGE
        _, pages = window.map(start, machine.rng.randrange(3, 12), name)
        wanted.update(pages)
        rights.update(dict.fromkeys(pages, window.rights(name)))
    window.demand_mapped(wanted, "ranges within one page table")
    for virtual, (_, got) in window.mapped().items():
        expect(got == rights[virtual], f"the rights of {virtual:#x} are {got}, not {rights[virtual]}")


def borders(machine):
    window = Window(machine)
    border = window.start - window.start % window.pmd + 4 * window.pmd
    _, wanted = window.map(border - 3 * PAGE, window.pmd // PAGE + 7)
    for size in (1 << 30, window.pgdir) if machine.kernel.levels == 4 else ():
        _, more = window.map(window.start + size - 3 * PAGE, 6)
        wanted.update(more)
    window.demand_mapped(wanted, "ranges that reach over the ends of tables")


def result(machine):
    window = Window(machine)
    border = window.start + 6 * window.pmd
    got, wanted = window.map(border - 2 * PAGE, 5)
    expect(got == 5, f"5 pages were mapped, and {got} was returned")
    machine.command(f"va_unmap {border - 2 * PAGE:#x} 5")
    far = window.start + (5 << 30 if machine.kernel.bits == 64 else 32 * MB)
    number, tables = 2 * window.pmd // PAGE + 9, machine.kernel.levels - 2
    got, wanted = window.map(far, number, tables=tables)
    expect(got == ENOMEM, f"{tables} frames were left for tables, too few for {number} pages; {got} was returned, not "
                          f"{ENOMEM}")
    lies = [virtual for virtual, (frame, _) in window.mapped().items() if wanted.get(virtual) != frame]
    expect(not lies, f"frames for tables ran out, and {min(lies or [0]):#x} leads to a frame that is not its own")
    got, wanted = window.map(far, number)
    expect(got == number, f"{number} pages were mapped, for part of which there were tables, and {got} was returned")
    window.demand_mapped(wanted, "a range of which a part had tables")


def unmap(machine):
    window = Window(machine)
    border = window.start - window.start % window.pmd + 5 * window.pmd
    window.map(border - 9 * PAGE, 20)
    below, number = machine.rng.randrange(2, 7), machine.rng.randrange(9, 14)
    start, before = border - below * PAGE, window.mapped()
    expect(start in before, f"{start:#x} was to be mapped, and is not")
    machine.command(f"va_unmap {start:#x} {number}")
    left = {virtual: frame for virtual, (frame, _) in before.items() if not start <= virtual < start + number * PAGE}
    window.demand_mapped(left, f"of 20 pages {number} were unmapped, {below} of them below the end of a page table")
    free, first = window.state()[2]["free frames"], machine.physical(0, PAGE)
    for far in (48 * MB, 5 << 30) if machine.kernel.levels == 4 else (48 * MB,):
        machine.command(f"va_unmap {window.start + far - 5 * PAGE:#x} {4 * window.pmd // PAGE}")
    window.demand_mapped(left, "where no table is nothing is to be unmapped")
    taken = free - window.state()[2]["free frames"]
    expect(not taken, f"to unmap where nothing was mapped took {taken} frames")
    expect(machine.physical(0, PAGE) == first, "where no page table is the frame 0 was written to: an empty pmd leads nowhere")


# --- addresses ------------------------------------------------------------------------------------

def lowest(machine):
    window, dice = Window(machine), machine.rng
    addresses = window.take(*(dice.randrange(1, 30) for _ in range(24)))
    for _ in range(4):
        gone = [addresses.pop(dice.randrange(len(addresses))) for _ in range(6)]
        window.drop(*gone)
        window.purge(*gone)
        addresses += window.take(*(dice.randrange(1, 24) for _ in range(6)))
    addresses += window.take(20 * MB // PAGE, 1, 5)
    used = window.state()[0]
    expect(used == sorted(window.taken.items()), f"the areas are {named(used)}; given out were "
                                                 f"{named(sorted(window.taken.items()))}")


def aligned(machine):
    window, dice = Window(machine), machine.rng
    gone = window.take(*(dice.randrange(3, 40) for _ in range(16)))[::2]
    window.drop(*gone)
    window.purge(*gone)
    for _ in range(5):
        number, align = dice.randrange(1, 12), PAGE << dice.randrange(1, 6)
        window.demand_room(window.alloc(number, align)[0], number, align)
    for megabytes in 0, 6, 12:
        low = window.start + megabytes * MB + dice.randrange(3, 60) * PAGE
        for number in dice.randrange(2, 9), dice.randrange(2, 9):
            bounds = (PAGE, low, low + 5 * MB)
            window.demand_room(window.alloc(number, *bounds)[0], number, *bounds)
    low, high = window.start + 40 * MB, window.start + 40 * MB + 5 * PAGE
    for number, wanted in (5, 0), (4, low):
        vaddr = window.alloc(number, PAGE, low, high)[0]
        expect(vaddr == wanted, f"for {number} pages and a guard page between {low:#x} and {high:#x}, where 5 pages are "
                                f"free, {vaddr:#x} was given, not {wanted:#x}")


def skips(machine):
    window = Window(machine)
    machine.command("va_many 63")
    machine.command("va_purge")
    top = machine.facts("va_root")
    machine.command(f"va_hide {top['left']:#x}")
    vaddr = machine.facts("va_take 1")["vaddr"]
    before = max(start for start, _ in window.state()[0] if start < top["root"] and start != vaddr)
    expect(vaddr > before, f"subtree_max_gap says that below the area at {top['left']:#x} there is no gap, and the "
                           f"search went there, for {vaddr:#x}: it looks at areas that it need not look at")


# --- the lazy flush -------------------------------------------------------------------------------

def lazy(machine):
    window, number = Window(machine), machine.rng.randrange(3, 30)
    vaddr, frames = window.alloc(number)
    window.demand_room(vaddr, number)
    wanted = {vaddr + nr * PAGE: frame for nr, frame in enumerate(frames)}
    expect(len(wanted) == number, f"{number} pages were asked for, and got {len(wanted)} frames")
    window.demand_mapped(wanted, f"vmalloc of {number} pages")
    before, flushes = window.state()[2]["free frames"], window.flushes()
    machine.command(f"va_free {vaddr:#x}")
    window.demand_mapped({}, "after vfree")
    _, waiting, facts = window.state()
    expect(facts["free frames"] >= before + number, f"{number} frames were let go of, and {facts['free frames'] - before} "
                                                    "more are free")
    expect(waiting == [(vaddr, vaddr + (number + 1) * PAGE)], f"in wait for the flush are {named(waiting)}, not the area "
                                                              f"at {vaddr:#x} with its guard page")
    expect(window.flushes() == flushes, "vfree of one area flushed the TLB")
    expect(window.lazy() == number + 1, f"{number} pages and a guard page wait, and vmap_lazy_nr is {window.lazy()}")
    window.take(number)


def joins(machine):
    window = Window(machine)
    addresses = window.take(*(machine.rng.randrange(2, 9) for _ in range(6)))
    ends = window.ends()
    window.drop(*addresses[1:4])
    used, waiting, facts = window.state()
    expect(waiting == [(addresses[1], ends[3])], f"three neighbours wait: that is one area, "
                                                 f"{addresses[1]:#x}-{ends[3]:#x}; waiting are {named(waiting)}")
    expect(len(used) == 3 and facts["in use"] == 4, f"3 areas are in use and 1 waits, and {facts['in use']} struct "
                                                    "vmap_area are not free")
    pages = (ends[3] - addresses[1]) // PAGE
    expect(window.lazy() == pages, f"{pages} pages wait, and vmap_lazy_nr is {window.lazy()}")
    window.drop(addresses[5])
    waiting = window.waiting()
    expect(waiting == [(addresses[1], ends[3]), (addresses[5], ends[5])], f"between two that wait is one in use; waiting "
                                                                         f"are {named(waiting)}")
    window.purge(*addresses[1:4], addresses[5])
    window.take(9, pages - 1)


def limit(machine):
    window = Window(machine)
    large, small, other = window.take(window.lazy_max - 1, 3, 1)
    window.drop(large)
    expect(window.lazy() == window.lazy_max, f"{window.lazy_max} pages were let go of, as many as may wait; vmap_lazy_nr "
                                             f"is {window.lazy()}")
    expect(len(window.waiting()) == 1, f"waiting are {named(window.waiting())}; that is no more than may wait")
    window.drop(small)
    expect(not window.lazy() and not window.waiting(), f"{window.lazy_max + 4} pages were let go of, more than may wait; "
                                                       f"waiting are {named(window.waiting())}")
    del window.taken[large], window.taken[small]
    window.take(1)
    window.drop(other)


def purge(machine):
    window = Window(machine)
    addresses = window.take(*(machine.rng.randrange(1, 9) for _ in range(60)))
    one, every = window.flushes()
    window.drop(*addresses[::2])
    expect(window.flushes() == (one, every), "nothing needed the addresses, and the TLB was flushed")
    window.purge(*addresses[::2])
    after = window.flushes()
    expect(after == (one, every + 1), f"30 areas waited; for one purge the whole TLB was flushed {after[1] - every} times, "
                                      f"and {after[0] - one} single pages")
    used, waiting, facts = window.state()
    expect(not waiting and not window.lazy(), f"after the purge {named(waiting)} wait, and vmap_lazy_nr is {window.lazy()}")
    expect(facts["in use"] == len(used) == 30, f"{len(used)} areas are there, 30 are in use, and {facts['in use']} struct "
                                               "vmap_area are not free")
    window.purge()
    expect(window.flushes() == after, "nothing waited, and the TLB was flushed")
    vaddr = machine.facts("va_take 1")["vaddr"]
    expect(vaddr < addresses[-1], f"30 gaps are free again, and {vaddr:#x}, behind all areas, was given")


def stale(machine):
    window = Window(machine)
    for number, size in (3, 2), (12, 5):
        facts = machine.facts(f"va_stale {number} {size}")
        addresses, words, frames = (facts.all(name) for name in ("vaddr", "word", "last frame"))
        expect(all(addresses), "vmap found no room in an empty window")
        expect(addresses[:number] == addresses[number:], "after the purge the lowest addresses are others than before")
        for vaddr, word, frame in zip(addresses, words, frames):
            there = machine.word(frame)
            expect(word == there, f"the area at {vaddr:#x} shows frame {frame:#x} at its end; in it is {there:#x}, and the "
                                  f"CPU reads {word:#x}: it still knows an old entry")
        window.drop(*addresses[number:])
        window.purge()


# --- no room --------------------------------------------------------------------------------------

def full(machine):
    window, number = Window(machine), machine.rng.randrange(2, 9)
    size = (number + 1) * PAGE
    low = window.start + 16 * MB
    bounds = (PAGE, low, low + 3 * size)
    for _ in range(3):
        window.demand_room(window.alloc(number, *bounds)[0], number, *bounds)
    flushes, before = window.flushes(), window.state()
    for _ in range(2):
        vaddr = window.alloc(number, *bounds)[0]
        expect(not vaddr, f"the range is full, and {vaddr:#x} was given")
    expect(list(window.state()[2]) == list(before[2]), "the range is full: after two attempts in vain not everything is as "
                                                       "before")
    expect(window.flushes() == flushes, "the range is full, nothing waits, and the TLB was flushed")
    middle = low + size
    machine.command(f"va_free {middle:#x}")
    vaddr = window.alloc(number, *bounds)[0]
    expect(vaddr == middle, f"the room at {middle:#x} waits for a flush, no other is there, and {vaddr:#x} was given")
    expect(window.flushes() != flushes and not window.waiting(), "addresses were used again before the TLB was flushed")


def fails(machine):
    window, number, most = Window(machine), 1200, 0
    for frames in 0, 5, 700, *range(number - 1, number + 20):
        vaddr = machine.facts(f"va_fail {number} {frames}")["vaddr"]
        if vaddr:
            break
        window.demand_mapped({}, f"vmalloc of {number} pages failed, for want of a frame after {frames}")
        machine.command("va_purge")
        used, _, facts = window.state()
        expect(not used and not facts["in use"], f"vmalloc failed, and {named(used)} is still taken; {facts['in use']} "
                                                 "struct vmap_area are not free")
        most = max(most, facts["free frames"])
        lost = most - facts["free frames"]  # tables are kept
        expect(lost < 16, f"vmalloc of {number} pages failed, for want of a frame after {frames}, and {lost} are lost")
    expect(vaddr, f"with {frames} frames to be had, vmalloc of {number} pages still fails")
    expect(frames > number, f"with only {frames} frames to be had, vmalloc of {number} pages returned {vaddr:#x}")
    expect(len(window.mapped()) >= number, f"vmalloc of {number} pages returned {vaddr:#x}, and only "
                                           f"{len(window.mapped())} are mapped")


# --- a real boot ----------------------------------------------------------------------------------

def boots(machine):
    machine.suite("vmalloc")
    machine.suite("vmalloc_many")
