"""
What lab 13 is judged by: the entries of parents and children as QEMU walks them, frames as they lie in
memory, and what the steps of cow_steps_test.c noted of counts.
"""

import struct

from k896.labs import expect

PAGE = 4096
MOST_PAGES = 8192     # beyond the highest page that a check names
VM_FAULT_OOM = 1


def signed(value):
    return value - (1 << 64) if value >> 63 else value


def pattern(value):
    """What cow_fill writes."""
    return struct.pack("<1024I", *((value + i) & 0xffffffff for i in range(1024)))


class Family:
    """Address spaces; space 0 is the first. With page 0 a page table begins, and with it all levels above."""

    def __init__(self, machine):
        self.machine = machine
        self.zero = machine.facts("cow_where")["zero page"]
        self.base = machine.rng.randrange(1, 3) << (39 if machine.kernel.bits == 64 else 30)
        machine.command(f"cow_begin {self.base:#x}")

    # -- what is done --------------------------------------------------------------------------

    def map(self, nr, length, kind):
        self.machine.command(f"cow_map {nr} {length} {kind}")

    def enter(self, space):
        self.machine.command(f"cow_in {space}")

    def fork(self, child):
        """The space that we are in gets a child."""
        expect(self.machine.facts(f"cow_fork {child}")["forked"], "dup_mm returned NULL, though there was memory")

    def end(self, space):
        self.machine.command(f"cow_end {space}")

    def touch(self, line):
        facts = self.machine.facts(line)
        got = signed(facts["result"])
        expect(not got, f"`{line}` ended with {got}: what a process may do was refused")
        return facts

    def write(self, nr):
        """The first word of a page; returns what was written."""
        value = self.machine.rng.getrandbits(31)
        self.touch(f"cow_write {nr} {value:#x}")
        return value

    def fill(self, nr):
        """All of a page; returns what is in it then."""
        value = self.machine.rng.getrandbits(31)
        self.touch(f"cow_fill {nr} {value:#x}")
        return pattern(value)

    def read(self, nr):
        return self.touch(f"cow_read {nr}")["value"]

    # -- what is there -------------------------------------------------------------------------

    def pages(self, space=None):
        """{page: (frame, rights)} as QEMU walks the tables of @space, where we are then."""
        if space is not None:
            self.enter(space)
        pages = self.machine.pages(self.base, self.base + MOST_PAGES * PAGE)
        return {(virtual - self.base) // PAGE: (physical // PAGE, rights)
                for virtual, (physical, rights) in pages.items()}

    def frames(self, space=None):
        return {nr: pfn for nr, (pfn, _) in self.pages(space).items()}

    def content(self, pfn):
        return self.machine.physical(pfn * PAGE, PAGE)

    def demand_users(self, pfn, users, after, entries=None):
        facts = self.machine.facts(f"cow_frame {pfn:#x}")
        got = signed(facts["count"]), signed(facts["mapcount"])
        wanted = users, users if entries is None else entries
        expect(got == wanted, f"{after}: frame {pfn:#x} has {got[0]} users and {got[1]} entries, not {wanted[0]} "
                              f"and {wanted[1]}")

    def demand_shared(self, nrs, frames, after, rights="r-"):
        """Spaces 0 and 1 have the pages @nrs, in the same @frames, and no others."""
        for space, who in (0, "the parent"), (1, "the child"):
            got = self.pages(space)
            missing, more = sorted(set(nrs) - set(got)), sorted(set(got) - set(nrs))
            expect(not missing, f"{after} {who} has no entry for page {missing[:1]}")
            expect(not more, f"{after} {who} has an entry for page {more[:1]}")
            for nr in nrs:
                pfn, has = got[nr]
                expect(pfn == frames[nr], f"{after} page {nr} of {who} leads to frame {pfn:#x}, not {frames[nr]:#x}")
                expect(has[:2] == rights and has[4:6] == "-U",
                       f"{after} {who} has the rights {has} in page {nr}, not {rights}")

    def look(self, **wanted):
        facts = self.machine.facts("cow_look")
        for name, value in wanted.items():
            expect(facts[name] == value, f"{name} is {signed(facts[name])}, not {value}")
        return facts

    def demand_sound(self, after):
        facts = self.machine.facts("cow_look")
        first, _ = facts[0]
        expect(not facts["broken"], f"after {after} `check` finds the rule {first} broken")

    def free(self):
        return self.machine.facts("cow_free")["free"]


def parent_and_child(machine, nrs=(1, 2, 5)):
    """
    (family, {page: content}, {page: frame}): a parent that wrote to some pages, and space 1, its child.
    There and back loads CR3: what the CPU should have been told to forget is stale()'s matter.
    """
    family = Family(machine)
    family.map(0, 8, "w")
    contents = {nr: family.fill(nr) for nr in nrs}
    frames = family.frames()
    family.fork(1)
    family.enter(1)
    family.enter(0)
    return family, contents, frames


# --- fork ----------------------------------------------------------------------------------------

def shared(machine):
    family, contents, frames = parent_and_child(machine)
    family.demand_shared(contents, frames, "after a fork")
    for nr, content in contents.items():
        expect(family.content(frames[nr]) == content, f"after a fork frame {frames[nr]:#x} is not what it was")
    never = "x" if machine.kernel.levels == 2 else "-"
    rights = family.pages(1)[1][1]
    expect(rights[2] in (never, "-"), f"after a fork the child may run what is data: its rights are {rights}")


def counts(machine):
    family, contents, frames = parent_and_child(machine)
    for nr in contents:
        family.demand_users(frames[nr], 2, "after a fork")
    for space, who in (1, "child"), (0, "parent"):
        family.enter(space)
        facts = family.look()
        expect(facts["rss"] == 3, f"after a fork the {who}'s rss is {signed(facts['rss'])}, not 3")
    family.end(1)
    for nr in contents:
        family.demand_users(frames[nr], 1, "once the child is gone")


def shared_memory(machine):
    family = Family(machine)
    family.map(0, 4, "s")
    content = family.fill(1)
    frames = family.frames()
    family.fork(1)
    family.demand_shared([1], frames, "after a fork, in shared memory,", "rw")
    family.demand_users(frames[1], 3, "after a fork, in shared memory", 2)
    family.enter(1)
    value = family.write(1)
    family.demand_shared([1], frames, "after the child wrote to shared memory", "rw")
    wanted = struct.pack("<I", value) + content[4:]
    expect(family.content(frames[1]) == wanted, "what the child wrote to shared memory is not in the frame")
    machine.command("cow_protect_entry 1")
    family.write(1)
    family.demand_shared([1], frames, "after a write to shared memory whose entry was read-only", "rw")


def zero(machine):
    family = Family(machine)
    family.map(0, 4, "w")
    count = family.look()["zero page's count"]
    machine.command("cow_stain")
    for nr in 1, 2:
        family.read(nr)
    family.fork(1)
    family.demand_shared([1, 2], {1: family.zero, 2: family.zero}, "after a fork")
    facts = family.look(rss=0)
    got = facts["zero page's count"]
    expect(got == count, f"the zero page had {count} users before the fork, and has {got} after it")
    value = family.write(1)
    pfn, rights = family.pages()[1]
    expect(pfn != family.zero and rights[:2] == "rw", f"after a write page 1 leads to frame {pfn:#x}, {rights}")
    expect(family.content(pfn) == struct.pack("<I", value) + bytes(PAGE - 4),
           f"frame {pfn:#x} is not zero where nothing was written")
    expect(not any(family.content(family.zero)), "the zero page is no longer zero")
    got = family.frames(0)[1]
    expect(got == family.zero, f"the child wrote, and page 1 of its parent leads to frame {got:#x}")
    family.enter(1)
    family.demand_users(pfn, 1, "after a write where the zero page was")
    got = family.look(rss=1)["zero page's count"]
    expect(got == count, f"the zero page had {count} users, and has {got} after a write where it was")


def unreadable(machine):
    family = Family(machine)
    family.map(0, 4, "w")
    content = family.fill(1)
    pfn = family.frames()[1]
    machine.command("cow_protect 1 -")
    family.fork(1)
    family.demand_users(pfn, 2, "after a fork of a page with PROT_NONE")
    family.enter(1)
    machine.command("cow_protect 1 r")
    got = family.frames().get(1)
    expect(got == pfn, f"a page with PROT_NONE was in frame {pfn:#x}; the child, once it may read it, has "
                       + (f"{got:#x}" if got else "nothing there"))
    expect(family.content(pfn) == content, "the page's content is lost")


def tables(machine):
    """Pages in five tables of a parent, who has room for seven."""
    each = 512 if machine.kernel.levels > 2 else 1024
    family = Family(machine)
    family.map(5, 6 * each, "w")
    family.map(7 * each, 3, "w")
    nrs = [5, each - 1, each, 4 * each + 5, 6 * each + 4, 7 * each + 2]
    values = {nr: family.write(nr) for nr in nrs}
    frames = family.frames()
    family.fork(1)
    family.end(1)
    free = family.free()
    family.fork(1)
    family.demand_shared(nrs, frames, "after a fork")
    family.look(nr_ptes=5)
    for nr, value in values.items():
        got = family.read(nr)
        expect(got == value, f"the parent wrote {value:#x} to page {nr}; the child reads {got:#x}")
    family.demand_sound("a fork")
    family.enter(0)
    family.end(1)
    lost = free - family.free()
    expect(not lost, f"a fork, and the child ends: {lost} frames are gone")


def books(machine):
    family = Family(machine)
    code, brk = (machine.rng.randrange(1, 1 << 18) * PAGE for _ in range(2))
    machine.command(f"cow_books {code:#x} {brk:#x}")
    family.map(0, 4, "w")
    family.write(1)
    parent = family.look()
    family.fork(1)
    family.enter(1)
    child = family.look(users=1)
    for name in "start_code", "brk", "mmap_base":
        expect(child[name] == parent[name], f"the parent's {name} is {parent[name]:#x}, the child's {child[name]:#x}")
    expect(child["pgd"] != parent["pgd"], "parent and child have the same pgd")


def stale(machine):
    """The CPU knows that the parent may write: until it is told otherwise."""
    family = Family(machine)
    family.map(0, 4, "w")
    family.fill(1)
    before, after = (machine.rng.getrandbits(31) for _ in range(2))
    facts = machine.facts(f"cow_write_fork_write 1 {before:#x} {after:#x}")
    expect(facts["forked"], "dup_mm returned NULL, though there was memory")
    expect(not facts["result"], f"the parent's write ended with {signed(facts['result'])}")
    child, parent = family.frames(1)[1], family.frames(0)[1]
    there = machine.word(child)
    expect(there != after, f"the parent wrote {before:#x}, forked, and wrote {after:#x}: the child has {there:#x}. The CPU "
                           "let the parent write to the shared frame: it still knew the old entry")
    expect(there == before, f"the parent wrote {before:#x} and forked: the child has {there:#x}")
    expect(machine.word(parent) == after, f"the parent wrote {after:#x} after the fork, and has {machine.word(parent):#x}")


def poor(machine):
    each = 512 if machine.kernel.levels > 2 else 1024
    family = Family(machine)
    family.map(0, 3 * each, "w")
    family.map(3 * each + 5, 1, "r")
    contents = {nr: family.fill(nr) for nr in (1, 2 * each)}
    frames = family.frames()
    for what, least in ("frames", 3), ("objects", 2):
        machine.facts(f"cow_poor_fork {what} 100000")
        free, failures = family.free(), 0
        for nth in range(1, 12):
            facts = machine.facts(f"cow_poor_fork {what} {nth}")
            expect(not facts["locks kept"], f"after a fork without {what} {signed(facts['locks kept'])} locks or mappings are "
                                            "held")
            lost = free - family.free()
            expect(not lost, f"{lost} frames are gone after a fork without {what}, when number {nth} was refused")
            missing = signed(facts["missing"])
            expect(not missing, f"of {what} number {nth} was refused, and fork went on: the child misses {missing} pages")
            if facts["forked"]:
                break
            failures += 1
        expect(failures >= least, f"with ever later {what} refused fork failed {failures} times, not {least} or more: a "
                                  "child with half of the pages is worse than none")
    for nr, content in contents.items():
        family.demand_users(frames[nr], 1, "after forks without memory")
        value = family.write(nr)
        expect(family.content(family.frames()[nr]) == struct.pack("<I", value) + content[4:],
               f"after forks without memory the parent's page {nr} is not what it wrote there")
    family.demand_sound("forks without memory")


# --- the first write -----------------------------------------------------------------------------

def first_write(machine):
    family, contents, frames = parent_and_child(machine)
    family.enter(1)
    rss = family.look()["rss"]
    value = family.write(1)
    pages = family.pages()
    pfn, rights = pages[1]
    expect(pfn != frames[1], f"the child wrote to page 1, and still has its parent's frame {pfn:#x}")
    expect(rights[:2] == "rw", f"the child wrote to page 1, and has the rights {rights} there")
    there = family.content(pfn)
    expect(there[:4] == struct.pack("<I", value), f"what the child wrote is not in its frame {pfn:#x}")
    expect(there[4:] == contents[1][4:], f"the child's frame {pfn:#x} is not a copy of its parent's, {frames[1]:#x}")
    expect(family.content(frames[1]) == contents[1], f"the child wrote, and its parent's frame {frames[1]:#x} changed")
    for nr in 2, 5:
        expect(pages[nr][0] == frames[nr], f"the child wrote to page 1, and page {nr} leads to another frame")
    got = family.frames(0)
    expect(got == frames, "the child wrote, and its parent's entries lead to other frames")
    for frame in pfn, frames[1]:
        family.demand_users(frame, 1, "after the child's copy")
    family.enter(1)
    family.look(rss=rss)


def keeps(machine):
    family, contents, frames = parent_and_child(machine)
    family.enter(1)
    family.write(1)
    family.enter(0)
    family.end(1)
    for nr in contents:
        rights = family.pages()[nr][1]
        expect(rights[:2] == "r-", f"before its own write the parent has the rights {rights} in page {nr}")
    free = family.free()
    for nr, content in contents.items():
        value = family.write(nr)
        pfn, rights = family.pages()[nr]
        expect(pfn == frames[nr], f"nobody else has page {nr} any more, but a write copied it, from frame {frames[nr]:#x} "
                                  f"to {pfn:#x}")
        expect(rights[:2] == "rw", f"after a write the rights of page {nr} are {rights}")
        expect(family.content(pfn) == struct.pack("<I", value) + content[4:], f"frame {pfn:#x} is not as it was written")
        family.demand_users(pfn, 1, "after the last user's write")
    taken = free - family.free()
    expect(not taken, f"{taken} frames were taken by writes to pages that nobody else has")


def held(machine):
    """Not by a process: by a device, for instance, that was handed the frame."""
    family, contents, frames = parent_and_child(machine, nrs=(1,))
    family.end(1)
    machine.command(f"cow_hold {frames[1]:#x} 1")
    family.write(1)
    pfn = family.frames()[1]
    expect(pfn != frames[1], f"somebody holds frame {pfn:#x} besides the process, and the process wrote to it")
    expect(family.content(frames[1]) == contents[1], f"frame {frames[1]:#x} changed, though somebody holds it")
    family.demand_users(frames[1], 1, "after a copy of a frame that somebody holds", 0)
    machine.command(f"cow_hold {frames[1]:#x} 0")


def from_afar(machine):
    """Without a fault of the CPU's, which would have made it forget the entry."""
    family, contents, frames = parent_and_child(machine, nrs=(1,))
    value = machine.rng.getrandbits(31)
    facts = machine.facts(f"cow_write_from_afar 1 {value:#x}")
    expect(facts["pages"] == 1 and facts["written to"] != frames[1],
           "get_user_pages, to write, did not get a copy of a frame that the child has too")
    before = struct.unpack("<I", contents[1][:4])[0]
    expect(facts["before"] == before, f"the parent read {facts['before']:#x}, not {before:#x}")
    expect(facts["after"] == value, f"{value:#x} was written to the parent's new frame, and the CPU reads "
                                    f"{facts['after']:#x}: it still knows the old entry")
    expect(family.content(frames[1]) == contents[1], "the child's frame changed")


def poor_copy(machine):
    family, contents, frames = parent_and_child(machine, nrs=(1,))
    free = family.free()
    facts = machine.facts("cow_poor_write 1 1")
    got = signed(facts["result"])
    expect(got == VM_FAULT_OOM, f"without memory for the copy handle_mm_fault returned {got}, not VM_FAULT_OOM")
    expect(not facts["locks kept"], f"without memory for the copy {signed(facts['locks kept'])} locks or mappings are held")
    lost = free - family.free()
    expect(not lost, f"without memory for the copy {lost} frames are gone")
    family.demand_shared([1], frames, "without memory for the copy")
    family.demand_users(frames[1], 2, "without memory for the copy")
    family.enter(0)
    family.write(1)
    expect(family.content(frames[1]) == contents[1], "the child's frame changed")


def raced(machine):
    family, contents, frames = parent_and_child(machine)
    family.write(2)
    machine.facts("cow_race 2 0")  # a thread's stack is kept for the next one
    free = family.free()
    value = machine.rng.getrandbits(31)
    facts = machine.facts(f"cow_race 1 {value:#x}")
    expect(facts["done"], "of two threads that write to a shared page at the same time one never ends")
    expect(not facts["result"] and not facts["other's result"],
           "two threads wrote to a shared page at the same time, and one failed")
    pfn, _ = family.pages()[1]
    there = machine.word(pfn)
    expect(pfn != frames[1] and there == value,
           f"another thread wrote {value:#x} to the page while the fault was served; now {there:#x} is there")
    taken = free - family.free()
    expect(taken == 1, f"two faults for one page took {taken} frames")
    family.demand_users(pfn, 1, "after two faults for one page")
    family.demand_users(frames[1], 1, "after two faults for one page")
    expect(family.content(frames[1]) == contents[1], "the child's frame changed")
    family.look(rss=3)


# --- all of it -----------------------------------------------------------------------------------

class Model:
    """What each space must read, and which may share frames."""

    def __init__(self, machine):
        self.family, self.rng = Family(machine), machine.rng
        self.spaces = {0: {}}
        self.family.map(0, 8, "w")

    def step(self):
        space, nr = self.rng.choice(sorted(self.spaces)), self.rng.randrange(8)
        others = sorted(set(self.spaces) - {space})
        self.family.enter(space)
        word = self.rng.choice(["write", "write", "write", "read", "fork", "fork", "end"])
        if word == "write":
            self.spaces[space][nr] = self.family.write(nr)
        elif word == "read":
            got, wanted = self.family.read(nr), self.spaces[space].setdefault(nr, 0)
            expect(got == wanted, f"space {space} reads {got:#x} in page {nr}, not {wanted:#x}")
        elif word == "fork" and len(self.spaces) < 6:
            child = min(set(range(6)) - set(self.spaces))
            self.family.fork(child)
            self.spaces[child] = dict(self.spaces[space])
        elif word == "end" and others:
            gone = self.rng.choice(others)
            self.family.end(gone)
            del self.spaces[gone]

    def demand(self):
        users = {}
        for space, words in self.spaces.items():
            pages = self.family.pages(space)
            expect(set(pages) == set(words), f"space {space} has the pages {sorted(pages)}, not {sorted(words)}")
            for nr, (pfn, rights) in pages.items():
                users.setdefault(pfn, []).append((space, nr, rights))
                there = self.family.machine.word(pfn)
                expect(there == words[nr], f"space {space} has {there:#x} in page {nr}, not {words[nr]:#x}")
        for pfn, entries in users.items():
            for space, nr, rights in entries:
                alone = len(entries) == 1 and pfn != self.family.zero
                expect(alone or rights[1] == "-", f"{len(entries)} spaces share frame {pfn:#x}, and space {space} may write "
                                                  "to it")
            if pfn != self.family.zero:
                self.family.demand_users(pfn, len(entries), f"with {len(entries)} spaces that share it")


def family_life(machine):
    """Six spaces at most, that read, write, fork and end by dice."""
    model = Model(machine)
    for _ in range(5):
        for _ in range(8):
            model.step()
        model.demand()
    model.family.demand_sound("forty steps")
