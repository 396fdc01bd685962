"""
What lab 08 is judged by: the page table and the frames as QEMU finds them, the slots' counts, and
what the steps of pkmap_steps_test.c noted.
"""

from k896.labs import expect
from k896.labs.zones import high_frame


class Slots:
    """The window of kmap, from outside."""

    def __init__(self, machine):
        self.machine = machine
        where = machine.facts("pk_where")
        self.base, self.number = where["base"], where["slots"]

    def shown(self):
        """{address: frame} of the slots whose entries are there."""
        pages = self.machine.pages(self.base, self.base + (self.number << 12))
        return {virtual: physical >> 12 for virtual, (physical, _) in pages.items()}

    def counts(self):
        return self.machine.ints("pkmap_count", self.number)

    def count_of(self, vaddr):
        return self.counts()[(vaddr - self.base) >> 12]

    def demand(self, vaddr, pfn):
        """@vaddr is the first byte of a slot that shows the frame @pfn."""
        expect(self.base <= vaddr < self.base + (self.number << 12) and not vaddr % 4096,
               f"kmap returned {vaddr:#x}, which is not the address of one of the {self.number} slots "
               f"from {self.base:#x} on")
        there = self.shown().get(vaddr)
        expect(there is not None, f"kmap returned {vaddr:#x}, but the page table maps nothing there")
        expect(there == pfn, f"kmap of frame {pfn:#x} returned {vaddr:#x}, but the page table shows "
                             f"frame {there:#x} there")


def maps(machine):
    slots, pfn = Slots(machine), high_frame(machine)
    before = slots.shown()
    facts = machine.facts(f"pk_map {pfn:#x}")
    slots.demand(facts["vaddr"], pfn)
    expect(facts["page_address"] == facts["vaddr"],
           f"page_address of the frame is {facts['page_address']:#x}, not {facts['vaddr']:#x}")
    new = set(slots.shown()) - set(before)
    expect(len(new) == 1, f"one kmap made {len(new)} entries")
    rights = machine.pages(*(facts["vaddr"] + n for n in (0, 4096)))[facts["vaddr"]][1]
    expect(rights.startswith("rw") and "U" not in rights, f"the slot's rights are {rights}")


def content(machine):
    pfn, value = high_frame(machine), machine.rng.getrandbits(32)
    machine.command(f"pk_write {pfn:#x} {value:#x}")
    there = machine.word(pfn)
    expect(there == value, f"{value:#x} was written through kmap of frame {pfn:#x}; in the frame is {there:#x}")


def counts(machine):
    slots, pfn = Slots(machine), high_frame(machine)
    vaddr = machine.facts(f"pk_map {pfn:#x}")["vaddr"]
    slots.demand(vaddr, pfn)
    for wanted in 3, 4:
        again = machine.facts(f"pk_map {pfn:#x}")["vaddr"]
        expect(again == vaddr, f"the frame had a slot at {vaddr:#x}; kmap gave it another, at {again:#x}")
        got = slots.count_of(vaddr)
        expect(got == wanted, f"with {wanted - 1} users the slot's count is {got}, not {wanted}")
    for wanted in 3, 2, 1:
        machine.command(f"pk_unmap {pfn:#x}")
        got = slots.count_of(vaddr)
        expect(got == wanted, f"after kunmap, {wanted - 1} users left, the slot's count is {got}, not {wanted}")


def keeps(machine):
    slots, pfn = Slots(machine), high_frame(machine)
    vaddr = machine.facts(f"pk_map {pfn:#x}")["vaddr"]
    machine.command(f"pk_unmap {pfn:#x}")
    slots.demand(vaddr, pfn)
    again = machine.facts(f"pk_map {pfn:#x}")["vaddr"]
    expect(again == vaddr, f"the frame still had its slot at {vaddr:#x}, but kmap gave it {again:#x}")


def refuses(machine):
    slots, pfn = Slots(machine), high_frame(machine)
    vaddr = machine.facts(f"pk_map {pfn:#x}")["vaddr"]
    machine.command(f"pk_unmap {pfn:#x}")
    before = slots.counts()
    for stranger in pfn, pfn + 1:
        machine.command(f"pk_unmap {stranger:#x}")
        after = slots.counts()
        changed = [nr for nr in range(slots.number) if after[nr] != before[nr]]
        expect(not changed, f"kunmap of a frame without users changed the count of slot {changed[:1]}")
    slots.demand(vaddr, pfn)


def clears(machine):
    slots, first = Slots(machine), high_frame(machine)
    kept = machine.facts(f"pk_map {first:#x}")["vaddr"]
    gone = machine.facts(f"pk_map {first + 1:#x}")["vaddr"]
    machine.command(f"pk_unmap {first + 1:#x}")
    machine.command("pk_flush")
    slots.demand(kept, first)
    expect(slots.count_of(kept) == 2, "the flush changed the count of a slot that has a user")
    expect(slots.count_of(gone) == 0, f"after the flush the count of an unused slot is {slots.count_of(gone)}")
    expect(gone not in slots.shown(), f"after the flush the entry of the unused slot at {gone:#x} is still there")
    facts = machine.facts(f"pk_map {first + 1:#x}")
    slots.demand(facts["vaddr"], first + 1)
    expect(facts["page_address"] == facts["vaddr"], "page_address still tells the frame's old slot")


def fills(machine):
    slots = Slots(machine)
    mappings = machine.facts("pk_fill").all("mapping")
    wanted = {mapping & 0xffffffff: mapping >> 32 for mapping in mappings}
    expect(len(wanted) == slots.number,
           f"{slots.number} frames were mapped, but to {len(wanted)} different addresses")
    shown = slots.shown()
    wrong = [vaddr for vaddr, pfn in wanted.items() if shown.get(vaddr) != pfn]
    expect(not wrong, f"{len(wrong)} slots do not show their frame, the first is at {min(wrong or [0]):#x}")
    expect(slots.counts() == [2] * slots.number, "with each slot in use once, not every count is 2")


def reuse(machine):
    value = machine.rng.getrandbits(31)
    facts = machine.facts(f"pk_reuse {value:#x}")
    new, old = facts["frame"], facts["old frame"]
    expect(facts["word"] == machine.word(new, 4),
           f"the slot was given to frame {new:#x}, but what is read there is {facts['word']:#x}, the frame has "
           f"{machine.word(new, 4):#x}: the CPU still knows the old entry")
    expect(machine.word(old) == facts["old word"],
           f"what was written to the new frame {new:#x} is in the slot's old frame {old:#x}")
    expect(machine.word(new) == value, f"{value:#x} written through the slot is not in its new frame {new:#x}")


def flushes(machine):
    rounds = machine.rng.randrange(6, 12)
    Slots(machine)
    before = machine.longs("tlb_flushes", 2)
    machine.command(f"pk_rounds {rounds}")
    one, every = (after - was for after, was in zip(machine.longs("tlb_flushes", 2), before))
    expect(rounds - 1 <= every <= rounds + 1,
           f"{rounds} times round all slots flushed the whole TLB {every} times")
    expect(not one, f"{rounds} times round all slots flushed {one} single pages")
    shown = Slots(machine).shown()
    expect(shown, "not a single slot shows a frame afterwards")


def sleeps(machine):
    slots = Slots(machine)
    machine.facts("pk_fill")
    facts = machine.facts(f"pk_sleep {machine.rng.randrange(1, slots.number)}")
    expect(facts["asleep"], "every slot was in use, and kmap did not go to sleep")
    expect(not facts["served too early"], "every slot was in use, and kmap returned nevertheless")
    expect(not facts["with a lock"], "kmap sleeps with a spinlock held: whoever wants the lock, to let go of a slot "
                                     "for instance, can never have it")
    expect(facts["served so far"] == 1, "a slot became free, and the sleeper never got it")
    vaddr = facts["served"] & 0xffffffff
    slots.demand(vaddr, facts["wanted"])
    expect(facts["let go"] not in slots.shown().values(), "the frame that was let go of still has an entry")
    expect(slots.count_of(vaddr) == 2, f"the sleeper's slot has the count {slots.count_of(vaddr)}, not 2")


def shares(machine):
    slots = Slots(machine)
    machine.facts("pk_fill")
    facts = machine.facts("pk_share")
    served = facts.all("served so far")
    expect(served == [2, 3], f"one slot let go of, then another: sleepers served {served}, not [2, 3] (two of "
                             "the three want the same frame)")
    addresses = [each & 0xffffffff for each in facts.all("served")]
    users = sorted(slots.count_of(vaddr) - 1 for vaddr in set(addresses))
    expect(users == [1, 2], f"the sleepers' two slots have {users} users, not [1, 2]")


def crowd(machine):
    slots = Slots(machine)
    machine.facts("pk_fill")
    facts = machine.facts("pk_crowd")
    mappings = facts.all("mappings")
    expect(facts["ended"] == len(mappings), f"{facts['ended']} of {len(mappings)} threads ended, with "
                                            f"{mappings} mappings: the others sleep for ever")
    expect(not facts["wrong"], f"{facts['wrong']} times a thread read what it had not written")
    expect(min(mappings) >= sum(mappings) // len(mappings) // 2, f"some starve: they got {mappings} mappings")
    expect(len(slots.shown()) == slots.number, "slots were lost on the way")
