"""
The way of an address through the page tables, found by reading memory: the emulator's, so that a
machine whose kernel is past speaking can still be asked where a walk ends.

        walk(PAE, 0x101000, 0xfffee030, read)
           PGD 3  0x0000000000102001     PMD 511  0x0000000000106067     PTE 494  0x0   <- not present

Levels are called as Linux calls them; a folded one is left out. The kernel's own walk, which this is
a witness of, is show_pgd_walk() of arch/x86/mm.
"""

from typing import NamedTuple

PRESENT, WRITE, USER, LARGE, NX = 1 << 0, 1 << 1, 1 << 2, 1 << 7, 1 << 63
PAGING, PAE_ON, LONG_MODE = 1 << 31, 1 << 5, 1 << 10  # of CR0, CR4, EFER
FRAME = 0x000FFFFFFFFFF000

# (name, the lowest bit of its index, how many bits)
TWO_LEVELS = [("PGD", 22, 10), ("PTE", 12, 10)]
THREE_LEVELS = [("PGD", 30, 2), ("PMD", 21, 9), ("PTE", 12, 9)]
FOUR_LEVELS = [("PGD", 39, 9), ("PUD", 30, 9), ("PMD", 21, 9), ("PTE", 12, 9)]


class Step(NamedTuple):
    level: str
    index: int
    entry: int
    rights: int = ~0  # which bits mean something: a PDPTE has P and the cache's bits only

    @property
    def present(self):
        return bool(self.entry & PRESENT)

    def __str__(self):
        return f"{self.level.lower()}[{self.index}] {self.entry:#x}{'' if self.present else ' -> not present'}"


def levels_of(registers):
    """The levels that the CPU walks with these CR0, CR4, EFER; none with paging off."""
    if not registers["CR0"] & PAGING:
        return []
    if registers["EFER"] & LONG_MODE:
        return FOUR_LEVELS
    return THREE_LEVELS if registers["CR4"] & PAE_ON else TWO_LEVELS


def walk(levels, cr3, address, read):
    """
    [Step] down to the page, or to the entry that is not present.
    @read: (physical address, bytes) -> number, or None where nothing can be read
    """
    size = 4 if levels is TWO_LEVELS else 8
    table, steps = cr3 & (0xFFFFFFE0 if levels is THREE_LEVELS else FRAME), []
    for name, shift, bits in levels:
        index = address >> shift & (1 << bits) - 1
        entry = read(table + index * size, size)
        if entry is None:
            break
        steps.append(Step(name, index, entry, PRESENT if bits == 2 else ~0))
        if not entry & PRESENT or entry & LARGE & steps[-1].rights:
            break
        table = entry & FRAME & ((1 << 8 * size) - 1)
    return steps


def ending(steps, error):
    """
    At which level the CPU stopped, in words; @error: the error code of the page fault, or None.
    With P set in it the entries were all there, and one of them lacked a right.
    """
    if not steps:
        return ""
    if not steps[-1].present:
        return f"the walk fails at the {steps[-1].level}"
    lacking = _lacking(error or 0)
    denying = next((step for step in steps if step.rights & WRITE and lacking and lacking(step.entry)), None)
    return f"the {denying.level} forbids it" if denying else f"the walk ends at the {steps[-1].level}"


def _lacking(error):
    if error & 0x10:
        return lambda entry: entry & NX
    if error & 0x04 and not error & 0x02:
        return lambda entry: not entry & USER
    return (lambda entry: not entry & WRITE) if error & 0x02 else None
