"""
What lab 06 is judged by: struct pages and objects, links included, as they lie in physical memory. What
the cache's own structures say comes from the steps of slab_steps_test.c.
"""

import re
import struct
from typing import NamedTuple

from k896.labs import expect

PAGE = 4096
CONSTRUCTED, DIRT = 0xC7, 0x5A


class Slab(NamedTuple):
    """What the struct page of a slab's first frame says, and where the slab lies."""
    frame: int
    order: int
    inuse: int
    objects: int
    freelist: int


class Cache:
    """One of the grader's two caches."""

    def __init__(self, machine, number=0, size=None, align=0, constructor=False):
        self.machine, self.number = machine, number
        size = size or 8 * machine.rng.randrange(12, 60)
        self.facts = facts = machine.facts(f"sl_cache {number} {size} {align}{' 1' if constructor else ''}")
        self.size, self.link, self.order = facts["size"], facts["link"], facts["order"]
        self.room = (PAGE << self.order) // self.size  # for so many objects in a slab
        self.word = struct.Struct("<Q" if machine.kernel.bits == 64 else "<I")

    # -- what is there -------------------------------------------------------------------------

    def _mem_map(self):
        """All struct pages: eight words each."""
        mem_map, frames = self.machine.longs("mem_map")[0], self.machine.longs("max_mapnr")[0]
        there = re.search(r"gpa: (0x[0-9a-f]+)", self.machine.hmp(f"gva2gpa {mem_map:#x}"))
        memory = self.machine.physical(int(there[1], 16), frames * 8 * self.word.size)
        return struct.iter_unpack("<8" + self.word.format[1:], memory)

    def slabs(self):
        """{first frame: Slab} of all frames that say they are this cache's."""
        found = {}
        for frame, (flags, _, counts, cache, freelist, order, _, _) in enumerate(self._mem_map()):
            if flags & self.facts["PG_slab"] and cache == self.facts["cache"]:
                order = order & 0xff if flags & self.facts["PG_head"] else 0
                found[frame] = Slab(frame, order, counts & 0xffff, counts >> 16 & 0xffff, freelist)
        return found

    def physical(self, vaddr):
        return vaddr - self.machine.kernel.page_offset

    def frame_of(self, vaddr):
        """The first frame of the slab that an object lies in; Wrong if there is none."""
        frame = self.physical(vaddr) // PAGE
        for slab in self.slabs().values():
            if slab.frame <= frame < slab.frame + (1 << slab.order):
                return slab.frame
        expect(False, f"the object at {vaddr:#x} lies in no frame that says it is the cache's")

    def address(self, frame):
        return self.machine.kernel.page_offset + frame * PAGE

    def addresses(self, frame):
        """Of the objects of a slab."""
        return [self.address(frame) + nr * self.size for nr in range(self.room)]

    def contents(self, vaddr):
        """An object's bytes, up to the next one's."""
        return self.machine.physical(self.physical(vaddr), self.size)

    def chain(self, first, frame):
        """The objects that hang on a freelist of that slab, read from memory."""
        memory, start = self.machine.physical(frame * PAGE, PAGE << self.order), self.address(frame)
        valid, found = set(self.addresses(frame)), []
        while first:
            expect(first in valid, f"the freelist of the slab at {start:#x} leads to {first:#x}, where no object of "
                                   "it begins")
            expect(first not in found, f"the freelist of the slab at {start:#x} runs in a circle at {first:#x}")
            found.append(first)
            first = self.word.unpack_from(memory, first - start + self.link)[0]
        return found

    def state(self):
        return self.machine.facts(f"sl_state {self.number}")

    def partial(self):
        """First frames of the partial slabs, as often as the list has them."""
        return self.state().all("partial")

    # -- what is done --------------------------------------------------------------------------

    def slow(self, number):
        return self.machine.facts(f"sl_slow {self.number} {number}").all("object")

    def take(self, number, zero=False):
        return self.machine.facts(f"sl_take {self.number} {number}{' 1' if zero else ''}").all("object")

    def free(self, *numbers):
        self.machine.command(f"sl_free {self.number} {' '.join(map(str, numbers))}")

    # -- what must be --------------------------------------------------------------------------

    def demand_objects(self, objects):
        """Each lies in a slab of the cache where one begins, and no two are the same."""
        slabs = self.slabs()
        valid = {vaddr for frame in slabs for vaddr in self.addresses(frame)}
        for nr, vaddr in enumerate(objects):
            expect(vaddr, f"allocation {nr + 1} of {len(objects)} failed, with memory enough")
            expect(vaddr in valid, f"allocation {nr + 1} returned {vaddr:#x}: no object of the cache begins there")
        twice = {vaddr for vaddr in objects if objects.count(vaddr) > 1}
        expect(not twice, f"{min(twice or [0]):#x} was handed out twice, and never freed")

    def demand_counts(self, frame, inuse, free, what):
        """A slab that is no CPU's: so many objects in use, these free, and partial if any is."""
        slab = self.slabs().get(frame)
        expect(slab, f"{what}: frame {frame:#x} does not say any more that it is a slab of the cache")
        expect(slab.inuse == inuse, f"{what}: inuse of the slab at frame {frame:#x} is {slab.inuse}, and {inuse} of its "
                                    "objects are handed out")
        got = self.chain(slab.freelist, frame)
        expect(got == free, f"{what}: on the slab's freelist are {named(got)}, not {named(free)}")
        times = self.partial().count(frame)
        expect(times == bool(free), f"{what}: {len(free)} objects of the slab at frame {frame:#x} are free, and it is "
                                    f"{times} times on the partial list")


def named(objects):
    return f"{len(objects)} objects" + "".join(f" {vaddr:#x}" for vaddr in objects[:4]) + " ..." * (len(objects) > 4)


def size_of_large_slab(machine):
    """Of objects whose slab has several frames."""
    return 8 * machine.rng.randrange(44, 60)


# --- a new slab -----------------------------------------------------------------------------------

def demand_struct_page(found, order, size):
    room = (PAGE << order) // size
    expect(found.order == order, f"the slab is of order {found.order}; {order} was to be had")
    expect(found.objects == room, f"objects is {found.objects}; {PAGE << order} bytes have room for {room} of {size}")
    expect(found.inuse == 1, f"one object was handed out, and inuse is {found.inuse}")


def slab(machine):
    cache = Cache(machine, constructor=True, size=size_of_large_slab(machine))
    vaddr = cache.slow(1)[0]
    slabs = cache.slabs()
    expect(len(slabs) == 1, f"one object was allocated, and {len(slabs)} slabs have PG_slab and the cache's address")
    demand_struct_page(slabs[cache.frame_of(vaddr)], cache.order, cache.size)


def chain(machine):
    cache = Cache(machine, constructor=True)
    facts = machine.facts("sl_slow 0 1")
    frame = cache.frame_of(facts["object"])
    wanted = cache.addresses(frame)
    expect(facts.all("constructed") == wanted, f"the constructor was called for {named(facts.all('constructed'))}; the "
                                               f"slab has {named(wanted)}, in this order")
    expect(facts["object"] == wanted[0], f"the first object is {facts['object']:#x}, not {wanted[0]:#x}, the lowest")
    cache.demand_counts(frame, 1, wanted[1:], "of a new slab the first object is taken")
    size = cache.facts["object size"]
    for vaddr in wanted:
        expect(set(cache.contents(vaddr)[:size]) == {CONSTRUCTED},
               f"the object at {vaddr:#x} is not as the constructor left it: the link lies {cache.link} bytes on")
    rest = machine.physical(frame * PAGE, PAGE << cache.order)[cache.room * cache.size:]
    clean = frame != cache.facts["dirty frame"] or set(rest) <= {DIRT}
    expect(clean, f"the {len(rest)} bytes behind the last object of the slab were written to")


def demand_smaller(cache):
    vaddr = cache.machine.facts("sl_smaller 0")["object"]
    expect(vaddr, "no block of the cache's order was left, smaller ones were, and no object was handed out")
    demand_struct_page(cache.slabs()[cache.frame_of(vaddr)], 0, cache.size)


def fails(machine):
    cache = Cache(machine, constructor=True, size=size_of_large_slab(machine))
    for _ in range(2):
        facts = machine.facts("sl_fail 0")
        expect(not facts["got"], f"there were no frames, and {facts['got']:#x} was returned")
        expect(facts["before"] == facts["after"], f"{facts['before'] - facts['after']} frames are gone")
        expect(not cache.slabs(), "no frame could be had, but one says it is the cache's")
    demand_smaller(cache)
    cache.demand_objects(cache.slow(2))


# --- allocating -----------------------------------------------------------------------------------

def takeover(machine):
    cache = Cache(machine)
    first = cache.slow(1)[0]
    frame, state = cache.frame_of(first), cache.state()
    expect(state["page"] == frame, f"the object is of the slab at frame {frame:#x}, the CPU's slab is {state['page']:#x}")
    start, end = cache.address(frame), cache.address(frame) + (PAGE << cache.order)
    expect((state["start"], state["end"]) == (start, end), f"the CPU's slab reaches from {start:#x} to {end:#x}; start is "
                                                           f"{state['start']:#x}, end {state['end']:#x}")
    got, wanted = cache.chain(state["freelist"], frame), cache.addresses(frame)[1:]
    expect(got == wanted, f"on the CPU's freelist are {named(got)}, not {named(wanted)}")
    found = cache.slabs()[frame]
    expect(not found.freelist, f"the CPU has the slab's objects, and page->freelist still leads to {found.freelist:#x}")
    expect(found.inuse == cache.room, f"the CPU has taken over all {cache.room} objects, and inuse is {found.inuse}")
    expect(frame not in cache.partial(), "the CPU's slab is on the partial list as well")


def hands_out(machine):
    align = machine.rng.choice([16, 32, 64])
    cache = Cache(machine, align=align)
    number = cache.room * 2 + machine.rng.randrange(2, cache.room)
    objects = cache.take(number)
    cache.demand_objects(objects)
    wrong = [vaddr for vaddr in objects if vaddr % align]
    expect(not wrong, f"{min(wrong or [0]):#x} is no multiple of {align}")
    slabs = cache.slabs()
    expect(len(slabs) == 3, f"{number} objects were taken, a slab has {cache.room}: {len(slabs)} slabs are there, not 3")
    for nr in range(3):
        part = objects[nr * cache.room:(nr + 1) * cache.room]
        expect(part == sorted(part) and part[-1] - part[0] == (len(part) - 1) * cache.size,
               f"from allocation {nr * cache.room + 1} on the objects of one slab are due, lowest first; it was {named(part)}")


def fast(machine):
    cache = Cache(machine)
    first, *objects = cache.take(6)
    facts = machine.facts("sl_fast_take 0")
    objects.append(facts["object"])
    cache.demand_objects([first, *objects])
    expect(not facts["slow"], "the CPU had free objects at hand, and kmem_cache_alloc went to __slab_alloc()")
    facts = machine.facts("sl_fast_free 5 4")
    for name in "kmem_cache_free", "kfree":
        expect(not facts[f"slow {name}"], f"the object was in the CPU's slab, and {name} took the slow path")
    again = cache.take(2)
    expect(again == [objects[3], objects[4]], f"freed last and handed out first: that is {named(objects[3:5])}, not "
                                              f"{named(again)}")


def zero(machine):
    cache = Cache(machine)
    before = cache.take(4)
    machine.command(f"sl_fill 0 {machine.rng.randrange(1, 255)}")
    cache.free(2)
    vaddr = cache.take(1, zero=True)[0]
    expect(vaddr == before[2], f"{before[2]:#x} was freed last, and {vaddr:#x} was handed out")
    size = cache.facts["object size"]
    left = [offset for offset, byte in enumerate(cache.contents(vaddr)[:size]) if byte]
    expect(not left, f"with __GFP_ZERO an object came whose byte {left[:1]} of {size} is not 0")


def interrupts(machine):
    machine.command("sl_cache 0 64 0")
    facts = machine.facts("sl_interrupts")
    expect(facts["interrupts"] > 10 or facts["both have"], f"only {facts['interrupts']} interrupts came")
    expect(not facts["both have"], f"{facts['both have']:#x} was handed out to a thread and to the interrupt that came in "
                                   f"the midst of kmem_cache_alloc (interrupt {facts['interrupts']})")


# --- freeing, to the CPU's slab -------------------------------------------------------------------

def demand_lifo(machine, cache, free):
    """@free: gives back objects, told by their numbers."""
    number = cache.room - 2
    objects, value = cache.take(number), machine.rng.randrange(1, 255)
    machine.command(f"sl_fill 0 {value}")
    picked = machine.rng.sample(range(number), 7)
    free(*picked)
    frame, freed = cache.frame_of(objects[0]), [objects[nr] for nr in reversed(picked)]
    got = cache.chain(cache.state()["freelist"], frame)
    expect(got[:7] == freed, f"freed were, the last one first, {named(freed)}; on the CPU's freelist are {named(got)}")
    expect(len(got) == cache.room - number + 7, f"{len(got)} of {cache.room} objects are on the CPU's freelist, with "
                                                f"{number} taken and 7 freed")
    for vaddr in freed:
        rest = cache.contents(vaddr)[cache.word.size:cache.facts["object size"]]
        expect(set(rest) == {value}, f"more of the freed object at {vaddr:#x} was written to than its link")
    again = cache.take(7)
    expect(again == freed, f"freed were, the last one first, {named(freed)}; handed out again were {named(again)}")


def lifo(machine):
    cache = Cache(machine)
    demand_lifo(machine, cache, cache.free)


def demand_caches_are_told_apart(machine, first, second):
    """@first: has handed out all its objects but two."""
    other = second.take(2)
    machine.command(f"sl_kfree {first.room - 2 + 7}")  # the first of them, behind those that demand_lifo() took
    got = second.take(1)[0]
    expect(got == other[0], f"kfree of {other[0]:#x} did not give it back to its cache: that handed out {got:#x}")


def kfree(machine):
    cache = Cache(machine, size=size_of_large_slab(machine))
    demand_lifo(machine, cache, lambda *numbers: machine.command(f"sl_kfree {' '.join(map(str, numbers))}"))
    demand_caches_are_told_apart(machine, cache, Cache(machine, 1))
    facts = machine.facts("sl_large")
    expect(facts["block"] and facts["between"] < facts["before"] == facts["after"],
           f"a large block took {facts['before'] - facts['between']} frames, and kfree gave back "
           f"{facts['after'] - facts['between']}")


def borders(machine):
    cache, objects = full_slabs(machine, 6)
    frames = cache.slabs()
    lower = next(frame for frame in sorted(frames) if frame + (1 << cache.order) in frames)
    upper = lower + (1 << cache.order)
    cache.free(objects.index(cache.addresses(lower)[2]))
    cache.take(1)
    expect(cache.state()["start"] == cache.address(lower), "one slab is partial, an object was wanted, and the CPU has "
                                                           "another slab")
    cache.free(objects.index(cache.address(upper)))
    got = cache.chain(cache.slabs()[upper].freelist, upper)
    expect(got == [cache.address(upper)], f"the first object of the slab at {cache.address(upper):#x}, right behind the "
                                          f"CPU's slab, was freed; on its freelist are {named(got)}")
    second = Cache(machine, 1)
    second.take(2)
    before = [list(each.state()) for each in (cache, second)]
    machine.command("sl_free_nothing 0")
    cache.free(len(objects) + 1)
    for each, was in zip((cache, second), before):
        expect(list(each.state()) == was, "NULL, what is no object, and an object of another cache were freed, and "
                                          f"cache {each.number} is not what it was")


# --- freeing, to other slabs ----------------------------------------------------------------------

def full_slabs(machine, number, **kinds):
    """A cache with so many slabs, all of them full; the last is the CPU's. And its objects."""
    cache = Cache(machine, **kinds)
    objects = cache.take(cache.room * number)
    cache.demand_objects(objects)
    return cache, objects


def partial(machine):
    cache, objects = full_slabs(machine, 4)
    room = cache.room
    picked = [nr * room + machine.rng.randrange(room) for nr in (0, 2)]
    for done, nr in enumerate(picked):
        cache.free(nr)
        cache.demand_counts(cache.frame_of(objects[nr]), room - 1, [objects[nr]], "an object of a full slab was freed")
        count = cache.state()["nr_partial"]
        expect(count == done + 1, f"{done + 1} full slabs got an object back, and nr_partial is {count}")
    cache.demand_counts(cache.frame_of(objects[room]), room, [], "no object of it was freed")
    again = cache.take(2)
    expect(set(again) == {objects[nr] for nr in picked} and len(cache.slabs()) == 4,
           f"two objects of partial slabs were free; handed out were {named(again)}, and {len(cache.slabs()) - 4} slabs "
           "were made for them")


def switches(machine):
    cache, objects = full_slabs(machine, 3)
    room, last = cache.room, cache.frame_of(objects[-1])
    cache.free(2 * room + 1)  # of the CPU's slab: not full then
    target, frame = [objects[nr] for nr in (5, 3)], cache.frame_of(objects[0])
    cache.free(3)
    expect(cache.state()["page"] == last, "one object of another slab was freed, and the CPU has that slab already")
    cache.free(5)
    state = cache.state()
    expect(state["page"] == frame, f"two objects in a row went back to the slab at frame {frame:#x}; the CPU's slab is "
                                   f"the one at frame {state['page']:#x}")
    got = cache.chain(state["freelist"], frame)
    expect(got == target, f"on the CPU's freelist are {named(got)}, not {named(target)}")
    expect(frame not in state.all("partial"), "the CPU's slab is on the partial list as well")
    cache.demand_counts(last, room - 1, [objects[2 * room + 1]], "it was the CPU's, with one free object")


def demand_given_back(machine, cache, one_by_one):
    """All slabs become empty: min_partial of them are kept, and the CPU's. @one_by_one: else in turn."""
    kept = cache.facts["min_partial"] + 1
    nr_slabs = kept + machine.rng.randrange(3, 6)
    before = machine.facts("sl_free_frames")["free frames"]
    cache.demand_objects(objects := cache.take(cache.room * nr_slabs))
    step = 1 if one_by_one else cache.room
    machine.command(f"sl_free_row {cache.number} {step} {len(objects)}")
    slabs, free = cache.slabs(), machine.facts("sl_free_frames")["free frames"]
    expect(len(slabs) == kept, f"{nr_slabs} slabs are empty; {cache.facts['min_partial']} partial ones are kept and the "
                               f"CPU's, {kept} in all; {len(slabs)} are there")
    expect(free == before - (kept << cache.order), f"{nr_slabs - kept} empty slabs went, and {before - free} frames are "
                                                   f"missing, not the {kept << cache.order} of the others")
    for frame in slabs:
        if frame != cache.state()["page"]:
            inuse = slabs[frame].inuse
            expect(not inuse, f"no object is in use, and inuse of the slab at frame {frame:#x} is {inuse}")


def gives_back(machine):
    demand_given_back(machine, Cache(machine), one_by_one=False)


def deactivates(machine):
    cache = Cache(machine)
    taken = machine.rng.randrange(9, cache.room - 2)
    objects = cache.take(taken)
    cache.free(2, 7)
    machine.command("sl_flush")
    state, frame = cache.state(), cache.frame_of(objects[0])
    left = {name: state[name] for name in ("page", "freelist", "start", "end") if state[name]}
    expect(not left, f"the CPU is to have no slab, and {left}")
    wanted = [objects[7], objects[2], *cache.addresses(frame)[taken:]]
    cache.demand_counts(frame, taken - 2, wanted, "the CPU let go of its slab")
    cache.take(len(wanted))
    machine.command("sl_flush")
    cache.demand_counts(frame, cache.room, [], "the CPU let go of its slab, a full one")
    expect(not cache.state()["nr_partial"], f"no slab is partial, and nr_partial is {cache.state()['nr_partial']}")
    demand_given_back(machine, Cache(machine, 1), one_by_one=True)


# --- a real boot ----------------------------------------------------------------------------------

def boots(machine):
    machine.suite("slub")
    machine.suite("kmalloc")
