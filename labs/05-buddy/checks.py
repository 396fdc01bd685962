"""
What lab 05 is judged by: the free lists of a zone of the grader's own against a model of them here,
and for all of RAM the struct pages, read from physical memory.
"""

import struct

from k896.labs import expect

NOTHING = 0xffffffff


class Model:
    """
    Free blocks as they must be: {(order, frame)}. Which of several blocks is taken is left open.
    @largest: order of a block that has no buddy
    """

    def __init__(self, largest):
        self.largest = largest
        self.free = set()

    def put(self, order, frame):
        while order < self.largest and (order, frame ^ (1 << order)) in self.free:
            self.free.remove((order, frame ^ (1 << order)))
            frame &= ~(1 << order)
            order += 1
        self.free.add((order, frame))

    def smallest(self, order):
        return min((each for each, _ in self.free if each >= order), default=None)

    def take(self, order, frame):
        """Take note that @frame was given out; Wrong if it may not have been."""
        wanted = self.smallest(order)
        if wanted is None:
            expect(frame == NOTHING, f"no block of order {order} or more is free, but frame {frame:#x} was given out")
            return
        expect(frame != NOTHING, f"a block of order {wanted} is free, but a request of order {order} got none")
        expect(not frame % (1 << order), f"frame {frame:#x} was given out as a block of order {order}: it does not "
                                         "begin at a multiple of its size")
        source = next((each for each in self.free if each[1] <= frame < each[1] + (1 << each[0])), None)
        expect(source, f"frame {frame:#x} was given out, and is not free")
        expect(source[0] == wanted, f"for order {order} a block of order {source[0]} was cut, though one of order "
                                    f"{wanted} is free")
        self.free.remove(source)
        for half in range(source[0] - 1, order - 1, -1):
            upper = source[1] + (1 << half)
            source = (half, source[1] if frame < upper else upper)
            self.free.add((half, upper if frame < upper else upper - (1 << half)))

    def replay(self, facts):
        for name, value in facts:
            order, frame = value >> 32, value & 0xffffffff
            if name == "take":
                self.take(order, frame)
            elif name == "put":
                self.put(order, frame)


def blocks(facts, name):
    return [(value >> 32, value & 0xffffffff) for value in facts.all(name)]


def named(found):
    return ", ".join(f"{frame:#x} of order {order}" for order, frame in sorted(found)[:4]) or "none"


class Zone:
    """The grader's zone, and the model beside it."""

    def __init__(self, machine):
        facts = machine.facts("bd_new")
        expect(facts["block"], "after boot no block of the largest order can be allocated")
        self.machine, self.largest = machine, facts["largest"]
        self.model = Model(self.largest)

    def step(self, line):
        facts = self.machine.facts(line)
        self.model.replay(facts)
        return facts

    def put(self, *pairs):
        """@pairs: (frame, order)"""
        return self.step("bd_put " + " ".join(f"{frame} {order}" for frame, order in pairs))

    def take(self, order):
        return blocks(self.step(f"bd_take {order}"), "take")[0][1]

    def demand_lists(self, what):
        found = set(blocks(self.machine.facts("bd_state"), "free"))
        expect(found == self.model.free, f"{what}: on the free lists is {named(found - self.model.free)} that should "
                                         f"not be there, and missing is {named(self.model.free - found)}")

    def demand_counts(self, what):
        facts = self.machine.facts("bd_state")
        for order, number in blocks(facts, "nr_free"):
            there = sum(each == order for each, _ in blocks(facts, "free"))
            expect(number == there, f"{what}: nr_free of order {order} is {number}, on its list are {there} blocks")
        pages = sum(1 << order for order, _ in blocks(facts, "free"))
        expect(facts["free_pages"] == pages, f"{what}: free_pages is {facts['free_pages']}, on the lists are {pages}")
        flagged, listed = set(blocks(facts, "flagged")), set(blocks(facts, "free"))
        expect(flagged == listed, f"{what}: flagged PG_buddy, with this order in private, but not on that list: "
                                  f"{named(flagged - listed)}; on a list, but not flagged so: {named(listed - flagged)}")


def splits(machine):
    zone = Zone(machine)
    zone.put((0, zone.largest))
    order = machine.rng.randrange(0, 4)
    frame = zone.take(order)
    expect(frame == 0, f"of a block that begins at 0 a piece of order {order} at {frame:#x} was given out, not its lowest")
    zone.demand_lists(f"after a block of order {zone.largest} was cut down to order {order}")


def smallest(machine):
    zone = Zone(machine)
    zone.put((1 << zone.largest - 1, zone.largest - 1), (32, 5), (8, 3))
    frame = zone.take(2)
    expect(frame == 8, f"with blocks of order 3, 5 and {zone.largest - 1} free a request of order 2 got frame {frame:#x}, not 8")
    zone.demand_lists("after the block of order 3 was cut")


def merges(machine):
    zone = Zone(machine)
    machine.command(f"bd_scatter {machine.rng.randrange(101, 999)} {machine.rng.randrange(1 << zone.largest)}")
    zone.model.put(zone.largest, 0)
    zone.demand_lists("after all frames of a block were put one by one")


def apart(machine):
    zone = Zone(machine)
    zone.put((1, 0), (2, 0), (4, 1), (9, 0), (10, 1))
    zone.demand_lists("1 and 2 are neighbours, not buddies; the buddy of 4, of order 1, is not free")
    zone.put((8, 0))
    zone.demand_lists("8 joins 9, and then 10 and 11")


def parts(machine):
    zone = Zone(machine)
    zone.put((2, 0), (0, 1))
    zone.demand_lists("the buddy of the block 0 of order 1 is free in its lower half alone")
    zone.put((3, 0))
    zone.demand_lists("now it is free as a whole")


def used(machine):
    zone = Zone(machine)
    machine.command("bd_looks_free 1 0")
    zone.put((0, 0))
    zone.demand_lists("frame 1 is in use; that its private is 0 says nothing about an order")


def zones(machine):
    zone = Zone(machine)
    order = zone.largest - 1
    middle = 1 << order
    machine.command(f"bd_other_zone {middle}")
    zone.put((0, order))
    facts = machine.facts(f"bd_put {middle} {order}")
    expect(blocks(facts, "put"), "the step did not end")
    machine.command(f"bd_other_zone {middle}")
    zone.model.free.add((order, middle))
    zone.demand_lists("two halves, each in a zone of its own, are no block")


def counts(machine):
    zone = Zone(machine)
    zone.put((0, zone.largest))
    zone.demand_counts("with one block")
    machine.facts(f"bd_random {machine.rng.getrandbits(30)} 40")
    zone.demand_counts("after forty requests")


def random(machine):
    zone = Zone(machine)
    zone.put((0, zone.largest))
    zone.step(f"bd_random {machine.rng.getrandbits(30)} 900")
    zone.demand_lists("after nine hundred requests")


def empties(machine):
    zone = Zone(machine)
    zone.put((0, 3), (16, 3))
    for order, got in (4, NOTHING), (zone.largest, NOTHING):
        frame = zone.take(order)
        expect(frame == got, f"only blocks of order 3 are free, and a request of order {order} got {frame:#x}")
    zone.demand_lists("a request that cannot be served changes nothing")


def ram(machine):
    """All struct pages, from outside: free blocks lie where they may, do not overlap, and are merged."""
    facts = machine.facts("bd_mem_map")
    offset = facts["mem_map"] - machine.kernel.page_offset
    size, frames, largest = facts["size"], facts["frames"], facts["largest"]
    memory = machine.physical(offset, size * frames)
    word = struct.Struct("<Q" if machine.kernel.bits == 64 else "<I")
    free, end, per_zone = set(), 0, [0] * len(facts.all("zone free"))
    for frame in range(frames):
        flags = word.unpack_from(memory, frame * size)[0]
        if not flags & facts["flag"]:
            continue
        order = word.unpack_from(memory, frame * size + facts["private"])[0]
        expect(order <= largest, f"the free block at frame {frame:#x} says that its order is {order}")
        expect(not frame % (1 << order), f"the free block of order {order} at frame {frame:#x} does not begin at a "
                                         "multiple of its size")
        expect(frame >= end, f"the free block at frame {frame:#x} lies in another one")
        end = frame + (1 << order)
        free.add((order, frame, flags >> facts["zone shift"]))
        per_zone[flags >> facts["zone shift"]] += 1 << order
    for order, frame, zone in free:
        buddy = (order, frame ^ (1 << order), zone)
        expect(order == largest or buddy not in free,
               f"frames {frame:#x} and {buddy[1]:#x} are free buddies of order {order}, and not merged")
    expect(free, "no frame of RAM is free")
    expect(per_zone == facts.all("zone free"), f"the zones' free_pages are {facts.all('zone free')}; by their struct "
                                               f"pages {per_zone} frames are free")
