"""
What lab 07 is judged by: the fixmap's entries as QEMU finds them, also while an atomic mapping is
held, the frames, and what the steps of fixmap_steps_test.c noted.
"""

import time

from k896.labs import expect
from k896.labs.zones import high_frame

PAGE = 4096


def shown(machine, vaddr):
    """(frame, rights) at one address, or (None, "")."""
    physical, rights = machine.pages(vaddr, vaddr + PAGE).get(vaddr, (None, ""))
    return (None if physical is None else physical >> 12), rights


def demand(machine, vaddr, pfn, call):
    there, rights = shown(machine, vaddr)
    expect(there is not None, f"after {call} the page table maps nothing at {vaddr:#x}")
    expect(there == pfn, f"after {call} the page table shows frame {there:#x} at {vaddr:#x}")
    return rights


def shows(machine):
    pfn, vaddr = high_frame(machine), machine.facts("fx_where")["boot info"]
    before = set(machine.pages())
    machine.command(f"fx_set {pfn:#x}")
    rights = demand(machine, vaddr, pfn, f"set_fixmap of frame {pfn:#x}")
    expect(rights.startswith("rw") and "U" not in rights, f"its rights are {rights}")
    others = set(machine.pages()) - before - {vaddr}
    expect(not others, f"set_fixmap of one entry made others, at {sorted(map(hex, others))[:3]}")


def rights(machine):
    pfn, vaddr = high_frame(machine), machine.facts("fx_where")["boot info"]
    machine.command(f"fx_set {pfn:#x}")
    cached = demand(machine, vaddr, pfn, "set_fixmap")
    machine.command(f"fx_set {pfn:#x} nocache")
    uncached = demand(machine, vaddr, pfn, "set_fixmap_nocache")
    expect("C" not in cached and "C" in uncached,
           f"with PAGE_KERNEL the rights are {cached}, with PAGE_KERNEL_NOCACHE {uncached}")
    machine.command("fx_clear")
    there, _ = shown(machine, vaddr)
    expect(there is None, f"after clear_fixmap the page table still shows frame {there or 0:#x}")


def demand_new_frame(machine, facts, value, call):
    """The second frame at an address is what is read and written there."""
    new, old = facts["frame"], facts["old frame"]
    expect(facts["second"] == machine.word(new, 4),
           f"{call}: the address shows frame {new:#x} now, but {facts['second']:#x} is read there, not "
           f"{machine.word(new, 4):#x}: the CPU still knows the old entry")
    expect(machine.word(old) == facts["first"] and machine.word(new) == value,
           f"{call}: what was written to the new frame {new:#x} is not there")


def moves(machine):
    value = machine.rng.getrandbits(31)
    demand_new_frame(machine, machine.facts(f"fx_move {value:#x}"), value, "set_fixmap twice")


def holds(machine):
    """Looks while the mapping is held: the step takes a second."""
    pfn, first = high_frame(machine), machine.facts("fx_where")["first slot"]
    expect(shown(machine, first)[0] is None, "before any kmap_atomic the first slot has an entry")
    machine.send(f"ka_hold {pfn:#x}\r")
    machine.expect(f"ka_hold {pfn:#x}\n")
    end, seen = time.monotonic() + machine.patience, (None, "")
    while seen[0] != pfn and time.monotonic() < end and not machine.at_prompt():
        seen = shown(machine, first)
    machine.answer()
    expect(seen[0] == pfn, f"while frame {pfn:#x} was held, the first slot at {first:#x} never showed it")
    expect(seen[1].startswith("rw") and "U" not in seen[1], f"the slot's rights are {seen[1]}")
    facts = machine.facts(f"ka_hold {pfn:#x}")
    expect(facts["vaddr"] == first, f"kmap_atomic returned {facts['vaddr']:#x}, the first slot is at {first:#x}")


def empties(machine):
    where = machine.facts("fx_where")
    low = where["first slot"] - (where["slots"] - 1) * PAGE
    facts = machine.facts("ka_nest")
    expect(facts["held after"] == 0, f"after as many kunmap_atomic as kmap_atomic {facts['held after']} are held")
    left = machine.pages(low, where["first slot"] + PAGE)
    expect(not left, f"after the last kunmap_atomic {len(left)} slots still have an entry")


def content(machine):
    pfn, value = high_frame(machine), machine.rng.getrandbits(32)
    machine.command(f"ka_write {pfn:#x} {value:#x}")
    there = machine.word(pfn)
    expect(there == value, f"{value:#x} was written through kmap_atomic of frame {pfn:#x}; it has {there:#x}")


def nests(machine):
    where = machine.facts("fx_where")
    facts = machine.facts("ka_nest")
    vaddrs, words = facts.all("vaddr"), facts.all("word")
    wanted = [where["first slot"] - number * PAGE for number in range(where["slots"])]
    expect(vaddrs == wanted, "mappings held at the same time are not at one slot after the other, downwards: "
                             f"{[hex(vaddr) for vaddr in vaddrs[:3]]} ...")
    expect(words == [0x896000 + number for number in range(len(words))],
           f"with all slots in use they show each other's frames: {[hex(word) for word in words[:3]]} ...")
    expect(facts["held"] == where["slots"], f"with all slots in use kmap_atomic_held() is {facts['held']}")


def reuses(machine):
    value = machine.rng.getrandbits(31)
    facts = machine.facts(f"ka_reuse {value:#x}")
    expect(facts["same slot"], "a slot that was let go of is not the next to be used")
    demand_new_frame(machine, facts, value, "kmap_atomic of another frame")


def flags(machine):
    facts = machine.facts("ka_flags")
    for kind, more, left in zip(("highmem", "lowmem"), facts.all("more"), facts.all("left")):
        expect(more == 1, f"while a {kind} frame is mapped, preempt_count is higher by {more}, not by 1")
        expect(left == 0, f"after kunmap_atomic of a {kind} frame, preempt_count is off by {left - (left >> 63 << 64)}")
    expect(facts.all("held") == [1, 0], f"slots held for a highmem and for a lowmem frame: {facts.all('held')}")
    expect(facts["vaddr"] == facts["low"], "kmap_atomic of a lowmem frame is not its address in the direct map")


def order(machine):
    facts = machine.facts("ka_order")
    expect(facts["held"] == 2, f"kunmap_atomic of the older of two mappings left {facts['held']} of them")
    expect(facts["counted"] == 0, "a refused kunmap_atomic changed preempt_count")
    expect((facts["first"], facts["second"]) == (0x896000, 0x896001), "after a refusal the slots show other frames")
    expect(facts["held after"] == 0, "the two could not be unmapped in the right order after that")
