"""
What lab 11 is judged by: the list of VMAs after each step, drawn as a picture; that list, tree, gaps
and counts agree with it; and the page tables and frames as QEMU finds them.

        ..[rr][www]..[3000l]      dots are free pages, each [ ] is one VMA; a capital: written to
"""

import re
from typing import NamedTuple

from k896.labs import expect

PAGE = 4096
MOST_PAGES = 8192  # more than a picture has
KINDS = {0: "-", 1: "r", 3: "w", 5: "x", 0x2003: "l"}
ERRORS = {-12: "-ENOMEM", -22: "-EINVAL", 0: "0"}
KNOWN = {"start", "end", "flags", "pgoff", "map_count", "total_vm", "locked_vm", "rss", "nr_ptes", "handed out",
         "broken"}


class Vma(NamedTuple):
    """Pages [start, end) of the picture."""
    start: int
    end: int
    kind: str
    shift: int  # vm_pgoff, beyond what the address says


def drawn(picture):
    """[Vma] of a picture."""
    vmas, nr = [], 0
    for times, inside in re.findall(r"(\d*)\.|\[([^]]*)\]", picture):
        length = sum(int(each or 1) for each in re.findall(r"(\d*)\D", inside)) if inside else int(times or 1)
        vmas += [Vma(nr, nr + length, inside.lstrip("0123456789")[0].lower(), 0)] if inside else []
        nr += length
    return vmas


def run(kind, length):
    return kind * length if length < 20 else f"{length}{kind}"


def picture(vmas):
    text, nr = "", 0
    for vma in vmas:
        text += run(".", vma.start - nr) + "[" + run(vma.kind, vma.end - vma.start) + "]"
        nr = vma.end
    return text or "nothing"


def signed(value):
    return value - (1 << 64) if value >> 63 else value


def error(value):
    return ERRORS.get(value, str(value))


class Space:
    """An address space with the VMAs of a picture. With page 0 a page table begins."""

    def __init__(self, machine, *pictures):
        self.machine = machine
        top = 0x700000000000 if machine.kernel.bits == 64 else 0xa0000000
        self.base = machine.rng.randrange(top // 2, top) & ~0x3fffff
        machine.command(f"vm_begin {self.base:#x}")
        self.put(*pictures)

    def put(self, *pictures):
        for each in pictures:
            self.machine.command(f"vm_put {each}")
        self.before = self.look()

    def at(self, nr):
        return self.base + nr * PAGE

    def page(self, addr):
        return (addr - self.base) // PAGE

    # -- what is there -------------------------------------------------------------------------

    def look(self):
        self.facts = facts = self.machine.facts("vm_list")
        rows = zip(*(facts.all(name) for name in ("start", "end", "flags", "pgoff")))
        self.vmas = [Vma(self.page(start), self.page(end), KINDS.get(flags, "?"), pgoff - start // PAGE)
                     for start, end, flags, pgoff in rows]
        return facts

    def demand(self, wanted, after):
        """The VMAs are those of the picture @wanted, and all that is known of them agrees."""
        self.look()
        got, want = picture(self.vmas), picture(drawn(wanted))
        expect(got == want, f"after {after} the VMAs are {got}, not {want}")
        self.demand_sound(after)

    def demand_offsets(self, after):
        for vma in self.vmas:
            expect(not vma.shift, f"after {after} vm_pgoff of the VMA that begins at page {vma.start} is off by "
                                  f"{vma.shift} pages")

    def demand_sound(self, after):
        pages = sum(vma.end - vma.start for vma in self.vmas)
        locked = sum(vma.end - vma.start for vma in self.vmas if vma.kind == "l")
        for name, wanted in ("map_count", len(self.vmas)), ("total_vm", pages), ("locked_vm", locked):
            got = self.facts[name]
            expect(got == wanted, f"after {after} {name} is {signed(got)}, but the VMAs add up to {wanted}")
        rules = [name for name, _ in self.facts if name not in KNOWN]
        expect(not self.facts["broken"], f"after {after} `check` finds the rule {rules[:1]} broken")
        more = self.facts["handed out"] - self.before["handed out"] - len(self.vmas) + self.before["map_count"]
        expect(not more, f"after {after} {abs(more)} vm_area_structs are " +
               ("on no list and were not freed" if more > 0 else "on the list, but were freed"))

    def frames(self):
        """{page: frame} as QEMU walks the tables."""
        pages = self.machine.pages(self.base, self.at(MOST_PAGES))
        return {self.page(virtual): physical // PAGE for virtual, (physical, _) in pages.items()}

    def demand_frames(self, wanted, after):
        """The entries are @wanted, and what was written there is there."""
        got = self.frames()
        lost = sorted(set(wanted) - set(got))
        expect(not lost, f"after {after} page {lost[:1]} has no entry any more")
        more = sorted(set(got) - set(wanted))
        expect(not more, f"after {after} page {more[:1]} still has its entry")
        for nr, pfn in wanted.items():
            expect(got[nr] == pfn, f"after {after} page {nr} leads to frame {got[nr]:#x}, not {pfn:#x}")
            there = self.machine.word(pfn)
            expect(there == nr, f"after {after} {there:#x} is in the frame of page {nr}, not what was written")

    # -- what is done --------------------------------------------------------------------------

    def step(self, line, wanted, after):
        facts = self.machine.facts(line)
        self.demand(wanted, after)
        return facts

    def fill(self, nr, length, kind, wanted):
        self.step(f"vm_fill {nr} {length} {kind}", wanted, f"a new range [{kind * length}] at page {nr}")

    def merge(self, nr, length, kind, wanted):
        after = f"vma_merge of pages {nr} to {nr + length - 1} as [{kind * length}]"
        returned = self.step(f"vm_merge {nr} {length} {kind}", wanted, after)["returned"]
        holder = next((vma for vma in self.vmas if vma.start <= nr < vma.end), None)
        expect(holder and returned == self.at(holder.start), f"{after} did not return the VMA that holds them")

    def split(self, nr, below, wanted):
        after = f"split_vma at page {nr}, new_below {below}"
        facts = self.step(f"vm_split {nr} {below}", wanted, after)
        expect(not facts["result"], f"{after}: returned {error(signed(facts['result']))}")
        return self.page(facts["old one's start"])

    def unmap(self, nr, length, wanted, how=""):
        """All that lies in @length pages from @nr on; @how: see make_scarce() of the steps."""
        after = f"do_munmap of pages {nr} to {nr + length - 1}"
        after += {"": "", "full": ", at the limit of VMAs", "poor": ", without memory"}[how[:4]]
        result = self.step(f"vm_unmap {self.at(nr):#x} {length * PAGE} {how}", wanted, after)["result"]
        wanted = -12 if how else 0
        expect(signed(result) == wanted, f"{after} returned {error(signed(result))}, not {error(wanted)}")


# --- find_vma ------------------------------------------------------------------------------------

def answers(space, line):
    """Are the answers to a step's questions right?"""
    facts = space.machine.facts(line)
    starts = facts.all("found")
    expect(starts, "nothing was asked")
    for addr, got in zip(facts.all("asked"), starts):
        vma = next((vma for vma in space.vmas if space.at(vma.end) > addr), None)
        wanted = space.at(vma.start) if vma else 0
        name = lambda start: f"the VMA that begins at page {space.page(start)}" if start else "NULL"
        expect(got == wanted, f"{picture(space.vmas)}: find_vma of page {space.page(addr)}, byte {addr % PAGE:#x}, is "
                              f"{name(got)}, not {name(wanted)}")
    return facts


def some_vmas(machine):
    """A picture of twelve VMAs, with holes and without."""
    roll = machine.rng.randrange
    return "." + "".join("." * roll(3) + "[" + "rwx-"[nr % 4] * roll(1, 4) + "]" for nr in range(12))


def finds(machine):
    space = Space(machine)
    answers(space, "vm_find")
    space.put(some_vmas(machine))
    answers(space, "vm_find")


def by_tree(machine):
    space = Space(machine, some_vmas(machine))
    answers(space, "vm_find_in_tree")
    space.demand(picture(space.vmas), "find_vma")


def remembers(machine):
    space = Space(machine, "[r].[www].[x].[rr]")
    for nr in 0, 3, 6, 8:
        facts = answers(space, f"vm_find_again {nr}")
        expect(facts["cache"] == facts["found"], f"find_vma of page {nr} left something else in mmap_cache")
    answers(space, "vm_find")


# --- vma_merge -----------------------------------------------------------------------------------

def grows(machine):
    space = Space(machine, "[WW]......[LLL]..[rr]")
    frames = space.frames()
    space.fill(2, 2, "w", "[wwww]....[lll]..[rr]")
    space.fill(6, 2, "l", "[wwww]..[lllll]..[rr]")
    space.demand_offsets("growing downwards")
    space.fill(12, 1, "r", "[wwww]..[lllll].[rrr]")
    space.demand_frames(frames, "growing")


def joins(machine):
    space = Space(machine, "[WW]..[WW].[x][l].[l]")
    frames = space.frames()
    space.fill(2, 2, "w", "[wwwwww].[x][l].[l]")
    space.fill(9, 1, "l", "[wwwwww].[x][lll]")
    space.demand_offsets("joining")
    space.demand_frames(frames, "joining")


def apart(machine):
    space = Space(machine, "[rr].[xx]..[ww]...[ww].[ll].[ll]")
    space.fill(2, 1, "w", "[rr][w][xx]..[ww]...[ww].[ll].[ll]")
    space.fill(10, 1, "w", "[rr][w][xx]..[ww].[w].[ww].[ll].[ll]")
    space.fill(14, 1, "r", "[rr][w][xx]..[ww].[w].[ww][r][ll].[ll]")
    space.fill(17, 1, "w", "[rr][w][xx]..[ww].[w].[ww][r][ll][w][ll]")
    space.fill(20, 1, "l", "[rr][w][xx]..[ww].[w].[ww][r][ll][w][lll]")


def moved(machine):
    space = Space(machine, "[ww]...[ww]", "............[ww] 5", ".................[ww] 9")
    space.fill(14, 1, "w", "[ww]...[ww].....[ww][w]..[ww]")
    space.fill(16, 1, "w", "[ww]...[ww].....[ww][w].[w][ww]")
    space.fill(11, 1, "w", "[ww]...[ww]....[w][ww][w].[w][ww]")
    space.fill(2, 3, "w", "[wwwwwww]....[w][ww][w].[w][ww]")


def takes_over(machine):
    space = Space(machine, "[WW][lll][xx]....[WW][l][x][-][WW]....[WW][ll][WW]")
    frames = space.frames()
    rest = "....[ww][l][x][-][ww]....[ww][ll][ww]"
    space.merge(2, 3, "w", "[wwwww][xx]" + rest)
    space.merge(13, 3, "w", "[wwwww][xx]....[wwwwwww]....[ww][ll][ww]")
    space.merge(24, 2, "w", "[wwwww][xx]....[wwwwwww]....[wwwwww]")
    space.demand_offsets("taking over")
    space.demand_frames(frames, "taking over")


def takes_part(machine):
    space = Space(machine, "[ww][lll]..[rrr][xx]..[w][rr][x]")
    space.merge(2, 1, "w", "[www][ll]..[rrr][xx]..[w][rr][x]")
    space.merge(9, 1, "x", "[www][ll]..[rr][xxx]..[w][rr][x]")
    space.merge(15, 2, "x", "[www][ll]..[rr][xxx]..[w][xxx]")
    space.demand_offsets("taking over a part")


# --- split_vma -----------------------------------------------------------------------------------

def splits(machine):
    space = Space(machine, "[WWWWWW].[llll]")
    frames = space.frames()
    space.split(2, 0, "[ww][wwww].[llll]")
    space.split(5, 1, "[ww][www][w].[llll]")
    space.split(8, 0, "[ww][www][w].[l][lll]")
    space.split(10, 1, "[ww][www][w].[l][ll][l]")
    space.demand_offsets("four times split_vma")
    space.demand_frames(frames, "four times split_vma")


def which_half(machine):
    space = Space(machine, "[wwww].[rrrr]")
    old = space.split(1, 0, "[w][www].[rrrr]")
    expect(old == 0, f"with new_below 0 the old VMA begins at page {old}: it is the upper half")
    old = space.split(7, 1, "[w][www].[rr][rr]")
    expect(old == 7, f"with new_below 1 the old VMA begins at page {old}: it is the lower half")


def refuses_split(machine):
    space = Space(machine, "[wwww].[ll]")
    for how, why in ("full 0", "at the limit of VMAs"), ("poor 1", "without memory"):
        for below in 0, 1:
            facts = space.step(f"vm_split 2 {below} {how}", "[wwww].[ll]", f"split_vma {why}")
            got = signed(facts["result"])
            expect(got == -12, f"split_vma {why} returned {error(got)}, not -ENOMEM")
    space.split(2, 0, "[ww][ww].[ll]")


# --- do_munmap -----------------------------------------------------------------------------------

def cuts(machine):
    space = Space(machine, "..[WWWWWWWW].[rr]")
    frames = space.frames()
    for nr, length, wanted in [(2, 1, "...[wwwwwww].[rr]"), (9, 1, "...[wwwwww]..[rr]"),
                               (5, 2, "...[ww]..[ww]..[rr]"), (3, 2, ".......[ww]..[rr]")]:
        space.unmap(nr, length, wanted)
        frames = {page: pfn for page, pfn in frames.items() if not nr <= page < nr + length}
        space.demand_frames(frames, "do_munmap")


def many(machine):
    space = Space(machine, "[WWW][x]..[WW][-].[WW][WWW].[rr]")
    frames = space.frames()
    hole = range(1, 13)
    space.unmap(hole.start, len(hole), "[w]............[ww].[rr]")
    space.demand_frames({page: pfn for page, pfn in frames.items() if page not in hole}, "do_munmap")
    for page in set(frames) & set(hole):
        count = machine.facts(f"vm_frame {frames[page]:#x}")["count"]
        expect(not count, f"page {page} is unmapped, but its frame {frames[page]:#x} still has {count} users")
    left = sum(page not in hole for page in frames)
    expect(space.facts["rss"] == left, f"{left} frames are left, but rss is {signed(space.facts['rss'])}")
    space.unmap(0, 100, "")


def tables(machine):
    """Five page tables, with a page in each: they go when no VMA needs them any more."""
    each = 512 if machine.kernel.levels > 2 else 1024
    half = each // 2
    space = Space(machine, "[" + f"W{each - 1}w" * 5 + "]")
    frames = space.frames()
    for nr, length, wanted, left, pages in [
            (half, 3 * each, f"[{half}w]{3 * each}.[{each + half}w]", 3, (0, 4 * each)),
            (0, half, f"{3 * each + half}.[{each + half}w]", 2, (4 * each,)),
            (3 * each + half, each + half, "", 0, ())]:
        space.unmap(nr, length, wanted)
        space.demand_frames({page: frames[page] for page in pages}, "do_munmap")
        got = space.facts["nr_ptes"]
        expect(got == left, f"after do_munmap of pages {nr} to {nr + length - 1} there are {got} page tables, not "
                            f"{left}; each is for {each} pages, the first begins with page 0")


def nothing_there(machine):
    space = Space(machine, "[ww]...[rr]")
    space.unmap(2, 3, "[ww]...[rr]")
    space.unmap(7, 30, "[ww]...[rr]")
    facts = space.step(f"vm_unmap {space.at(5):#x} 1", "[ww]....[r]", "do_munmap of one byte of page 5")
    expect(not facts["result"], f"do_munmap of one byte of a page returned {error(signed(facts['result']))}")


def refuses(machine):
    space = Space(machine, "[ww]")
    top = machine.facts("vm_where")["task_size"]
    for addr, length, what in [(space.at(0) + 1, PAGE, "an address inside of a page"),
                               (space.at(0), 0, "no byte at all"),
                               (top, PAGE, "what begins at TASK_SIZE"),
                               (top - PAGE, 2 * PAGE, "what ends behind TASK_SIZE"),
                               (space.at(0), (1 << machine.kernel.bits) - PAGE, "what goes once round")]:
        facts = space.step(f"vm_unmap {addr:#x} {length:#x}", "[ww]", f"do_munmap of {what}")
        got = signed(facts["result"])
        expect(got == -22, f"do_munmap of {what} returned {error(got)}, not -EINVAL")
    space.unmap(0, 1, ".[w]")


def scarce(machine):
    space = Space(machine, "[WWWW]..[WWWW]")
    frames = space.frames()
    for more in 0, 1:
        space.unmap(1, 2, "[wwww]..[wwww]", f"full {more}")
    space.unmap(2, 6, "[wwww]..[wwww]", "poor 1")
    space.demand_frames(frames, "do_munmap without memory")
    got = signed(machine.facts(f"vm_unmap {space.at(2):#x} {6 * PAGE} poor 2")["result"])
    after = "do_munmap without memory for the second split"
    expect(got == -12, f"{after} returned {error(got)}, not -ENOMEM")
    space.look()
    space.demand_sound(after)
    space.demand_frames(frames, after)
    space.unmap(2, 6, "[ww]......[ww]")


# --- all of it -----------------------------------------------------------------------------------

def runs(pages):
    """The picture of [kind of each page], each run of the same kind one VMA."""
    alike = [found[0] for found in re.finditer(r"(.)\1*", "".join(pages))]
    return "".join(each if each[0] == "." else f"[{each}]" for each in alike)


def life(machine):
    """mmap, munmap and mprotect by dice: what is alike and side by side is one VMA at any time."""
    space, pages = Space(machine), ["."] * 24
    for _ in range(16):
        nr = machine.rng.randrange(20)
        length, kind = machine.rng.randrange(1, 8), machine.rng.choice("rwx-")
        length = min(length, len(pages) - nr)
        word = machine.rng.choice(["map", "map", "unmap", "protect"])
        if word == "protect" and "." in pages[nr:nr + length]:
            word = "map"
        if word == "unmap":
            kind, line = ".", f"vm_unmap {space.at(nr):#x} {length * PAGE:#x}"
        else:
            line = f"vm_{word} {nr} {length} {kind}"
        before = runs(pages)
        pages[nr:nr + length] = kind * length
        after = f"m{word} of pages {nr} to {nr + length - 1}, {kind!r}, in {before}"
        space.step(line, runs(pages), after)
        space.demand_offsets(word)
