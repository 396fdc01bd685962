"""
What lab 10 is judged by: entries as they lie in memory, between two stores to them as well as
afterwards; and page_walk() against a walk of the same tables here.
"""

import bisect
import pathlib
import re
import select
import socket

from k896.labs import expect
from k896.machine import Failure
from k896.pagewalk import FOUR_LEVELS, FRAME, LARGE, NX, PRESENT, THREE_LEVELS, WRITE, USER

PAGE = 4096
ACCESSED, DIRTY, GLOBAL = 0x20, 0x40, 0x100
ALL_BITS = (1 << 64) - 1
ABOVE_4_GB = 1 << 20  # frames


def three_levels(machine):
    return machine.kernel.levels == 3


def words(value):
    """HIGH LOW, as the steps want an entry."""
    return f"{value >> 32:#x} {value & 0xffffffff:#x}"


def number(machine, physical):
    """The 64-bit entry that lies there."""
    return int.from_bytes(machine.physical(physical, 8), "little")


def high_frame(rng):
    return rng.randrange(ABOVE_4_GB + 0x100, 16 * ABOVE_4_GB)


# --- between two stores ---------------------------------------------------------------------------

class Watch:
    """
    Stops the machine at each store to eight bytes: QEMU's own debugger stub, which the kernel knows
    nothing of.
    """

    def __init__(self, machine, virtual, physical):
        self.machine, self.physical = machine, physical
        path = pathlib.Path(machine.run_dir.name, "gdb")
        machine.hmp(f"gdbserver unix:{path},server=on,wait=off")
        self.link = socket.socket(socket.AF_UNIX)
        self.link.settimeout(machine.patience)
        self.link.connect(str(path))
        self.pending = b""
        self.point = f"2,{virtual:x},8"
        self._command("Z" + self.point)

    def _send(self, text):
        self.link.sendall(b"+$%s#%02x" % (text.encode(), sum(text.encode()) % 256))

    def _packet(self, timeout):
        """The next answer, or None."""
        while not (found := re.search(rb"\$([^#]*)#..", self.pending)):
            if not select.select([self.link], [], [], timeout)[0]:
                return None
            more = self.link.recv(4096)
            if not more:
                raise Failure("the debugger's line was closed")
            self.pending += more
        self.pending = self.pending[found.end():]
        return found[1].decode()

    def _command(self, text):
        """@text is obeyed; a stop may be told before that."""
        self._send(text)
        while (answer := self._packet(self.machine.patience)) != "OK":
            if not answer or not answer.startswith("T"):
                raise Failure(f"the debugger's stub says {answer} to {text}")

    def states(self, line):
        """What lay there after each store while @line ran."""
        machine, found = self.machine, []
        start = len(machine.text)
        self._send("c")
        machine.send(line + "\r")
        idle = 0
        while not (len(machine.text) > start + len(line) and machine.at_prompt()):
            if self._packet(0.05) is not None:
                found.append(number(machine, self.physical))
                self._send("c")
                idle = 0
            idle += 1
            if idle > machine.patience / 0.05 or machine.process.poll() is not None:
                machine.fail("hangs: no prompt and no store to the entry")
        machine.position = len(machine.text)
        self.link.sendall(b"\x03")
        self._packet(machine.patience)
        return found

    def close(self):
        self._command("z" + self.point)
        self._command("D")
        self.link.close()


def written(machine, line, before):
    """The states of the entry while @line runs; it is @before first."""
    where = machine.facts("tl_where")
    machine.command("tl_raw " + words(before))
    watch = Watch(machine, where["entry"], where["physical"])
    states = watch.states(line)
    watch.close()
    return states, number(machine, where["physical"])


def expect_absent_between(name, states, before, after):
    for count, state in enumerate(states, 1):
        expect(not state & PRESENT or state in (before, after),
               f"{name} from {before:#x} to {after:#x}: after store {count} of {len(states)} the entry is {state:#x}: "
               f"present, and of a frame that is neither the old one's nor the new one's")


def an_entry(rng):
    return high_frame(rng) << 12 | NX | GLOBAL | DIRTY | ACCESSED | WRITE | PRESENT


def arrives(machine):
    for name, after in (("set_pte", an_entry(machine.rng)), ("set_pmd", high_frame(machine.rng) << 12 | 0x67)):
        states, end = written(machine, f"tl_{name} {words(after)}", 0)
        expect(end == after, f"{name}: the entry is {end:#x}, not {after:#x}")
        expect_absent_between(name, states, 0, after)


def leaves(machine):
    for name, step in (("pte_clear", "tl_clear_pte"), ("pmd_clear", "tl_clear_pmd")):
        before = an_entry(machine.rng)
        states, end = written(machine, step, before)
        expect(end == 0, f"{name}: of {before:#x} {end:#x} is left")
        expect_absent_between(name, states, before, 0)


# --- entries --------------------------------------------------------------------------------------

def upper(machine):
    """Entries of the levels above the pmd."""
    where = machine.facts("tl_where")["physical"]
    for name in ("set_pud",) if three_levels(machine) else ("set_pud", "set_pgd"):
        value = machine.rng.randrange(1, ABOVE_4_GB << 3) << 12 | PRESENT | (0 if three_levels(machine) else NX | 0x66)
        machine.command("tl_raw 0 0")
        machine.command(f"tl_{name} {words(value)}")
        expect(number(machine, where) == value, f"{name} of {value:#x}: the entry is {number(machine, where):#x}")


def frames(machine):
    rights = NX | GLOBAL | DIRTY | ACCESSED | WRITE | PRESENT
    for frame in (machine.rng.randrange(1, 0x38000), high_frame(machine.rng), ABOVE_4_GB, (1 << 28) - 1):
        for lacks in (0, NX, NX | GLOBAL):
            facts = machine.facts(f"tl_pfn {frame:#x} {words(rights)} {words(lacks)}")
            entry = frame << 12 | rights & ~lacks
            what = f"frame {frame:#x} with rights {rights:#x}, on a CPU without {lacks:#x}"
            expect(facts["pte"] == entry, f"{what}: pfn_pte() is {facts['pte']:#x}, not {entry:#x}")
            expect(facts["pmd"] == entry | LARGE, f"{what}: pfn_pmd() is {facts['pmd']:#x}, not {entry | LARGE:#x}")
            expect(facts["frame"] == frame, f"{what}: pte_pfn() of its entry is {facts['frame']:#x}")
    entry = high_frame(machine.rng) << 12 | 0x7FF << 52 | NX | 0xFFF
    frame = machine.facts(f"tl_frame {words(entry)}")["frame"]
    expect(frame == (entry & FRAME) >> 12, f"pte_pfn() of {entry:#x} is {frame:#x}: bits 12 to 51 alone are the frame's")


def modifies(machine):
    rng = machine.rng
    for _ in range(5):
        kept = high_frame(rng) << 12 | rng.choice((0, ACCESSED)) | rng.choice((0, DIRTY))
        old = kept | rng.choice((0, NX)) | rng.choice((0, WRITE)) | PRESENT | USER
        prot = rng.choice((0, NX)) | rng.choice((0, WRITE)) | rng.choice((0, USER)) | ACCESSED | PRESENT
        got = machine.facts(f"tl_modify {words(old)} {words(prot)}")["entry"]
        expect(got == kept | prot, f"pte_modify() of {old:#x} to the rights {prot:#x} is {got:#x}, not {kept | prot:#x}")


def asks(machine):
    table = high_frame(machine.rng) << 12
    for low in (0, PRESENT, PRESENT | LARGE, LARGE, 0x67, 0x66, 0xE7, 0xE6, NX | PRESENT, NX | LARGE):
        facts = machine.facts(f"tl_asks {words(table | low)}")
        wanted = {"pud_present": bool(low & PRESENT), "pgd_present": bool(low & PRESENT) or three_levels(machine),
                  "pud_large": low & (PRESENT | LARGE) == PRESENT | LARGE and not three_levels(machine)}
        for name, value in wanted.items():
            expect(bool(facts[name]) == value, f"{name}() of {table | low:#x} is {bool(facts[name])}")


def offsets(machine):
    where = machine.facts("tl_where")
    for _ in range(4):
        frame = machine.rng.randrange(1, 0x30000)
        entry = frame << 12 | (PRESENT if three_levels(machine) else 0x67 | NX)
        vaddr = machine.rng.getrandbits(32) if three_levels(machine) else machine.rng.getrandbits(47)
        facts = machine.facts(f"tl_offsets {words(entry)} {vaddr:#x}")
        table = machine.kernel.page_offset + frame * PAGE
        pud = where["entry"] if three_levels(machine) else table + (vaddr >> 30 & 511) * 8
        pmd = table + (vaddr >> 21 & 511) * 8
        expect(facts["pud"] == pud, f"{vaddr:#x} below the pgd entry {entry:#x} at {where['entry']:#x}: pud_offset() is "
                                    f"{facts['pud']:#x}, not {pud:#x}")
        expect(facts["pmd"] == pmd, f"{vaddr:#x} below the pud entry {entry:#x}: pmd_offset() is {facts['pmd']:#x}, not "
                                    f"{pmd:#x}")


def hole(machine):
    begin, end = 1 << 47, ALL_BITS + 1 - (1 << 47)
    there = [0, 0x1000, begin - PAGE, end, end + PAGE, ALL_BITS - 0xFFF, machine.rng.getrandbits(46)]
    missing = [begin, begin + PAGE, end - PAGE, 1 << 63, 1 << 48, machine.rng.randrange(begin, end)]
    for ask, wanted in [(each, each) for each in there] + [(each, end) for each in missing]:
        got = machine.facts(f"tl_hole {ask:#x}")["next"]
        expect(got == wanted, f"skip_address_hole({ask:#x}) is {got:#x}, not {wanted:#x}")


# --- walks ----------------------------------------------------------------------------------------

class Way:
    """Tables made by hand with one entry each, and what a CPU makes of them."""

    def __init__(self, machine):
        self.machine, self.rng = machine, machine.rng
        self.levels = THREE_LEVELS if three_levels(machine) else FOUR_LEVELS
        self.tables = machine.facts("tl_where").all("table")
        top = machine.rng.getrandbits(32 if three_levels(machine) else 47)
        self.vaddr = top | (0 if three_levels(machine) or not machine.rng.getrandbits(1) else ALL_BITS << 47 & ALL_BITS)

    def entries(self, flags=()):
        """One for each level; @flags: of the levels from the top on, instead of 0x67."""
        result = []
        for level, (_, _, bits) in enumerate(self.levels):
            last = level == len(self.levels) - 1
            frame = high_frame(self.rng) if last else self.tables[level + 1] >> 12
            flag = flags[level] if level < len(flags) and flags[level] is not None else PRESENT if bits == 2 else 0x67
            result.append(frame << 12 | flag)
        return result

    def model(self, entries):
        rights, taken, steps = WRITE | USER, 0, []
        for (name, shift, bits), entry in zip(self.levels, entries):
            steps.append((name.lower(), self.vaddr >> shift & (1 << bits) - 1, entry))
            size = 1 << shift
            if not entry & PRESENT:
                return {"present": 0, "size": size, "physical": 0, "flags": 0}, steps
            if bits > 2:
                rights, taken = rights & entry, taken | entry & NX
            if shift == 12 or entry & LARGE and bits > 2:
                flags = entry & ~FRAME & ~(WRITE | USER) & ALL_BITS | rights & (WRITE | USER) | taken
                return {"present": 1, "size": size, "physical": (entry & FRAME) + (self.vaddr & size - 1),
                        "flags": flags}, steps
        raise ValueError("no end")

    def demand(self, entries):
        line = f"tl_walk {self.vaddr:#x} " + " ".join(words(entry) for entry in entries)
        facts = self.machine.facts(line.replace("0x0 ", "0 "))
        wanted, steps = self.model(entries)
        way = f"{self.vaddr:#x} through {', '.join(f'{entry:#x}' for entry in entries)}"
        got = list(zip([chr(value & 255) + chr(value >> 8) for value in facts.all("level")], facts.all("index"),
                       facts.all("entry")))
        expect(got == [(name[:2], index, entry) for name, index, entry in steps],
               f"{way}: the steps are {say(got)}; the CPU's are {say(steps)}")
        for name, value in wanted.items():
            expect(facts[name] == value, f"{way}: {name} is {facts[name]:#x}, not {value:#x}")


def say(steps):
    return " ".join(f"{name}[{index}]={entry:#x}" for name, index, entry in steps) or "none"


def ends(machine):
    """Down to the page, and to a hole at each level."""
    way = Way(machine)
    way.demand(way.entries())
    for level in range(len(way.levels)):
        way = Way(machine)
        entries = way.entries()
        way.demand(entries[:level] + [entries[level] & ~PRESENT] + entries[level + 1:])
        way.demand(entries[:level] + [0] * (len(entries) - level))
    if not three_levels(machine):
        steps = machine.facts(f"tl_walk {machine.rng.randrange(1 << 47, 1 << 63):#x}").all("level")
        expect(not steps, "for an address that the CPU does not have an entry was looked at")


def large(machine):
    """Pages that a pmd maps, and with four levels a pud."""
    way = Way(machine)
    above = [None] * (len(way.levels) - 2)
    entries = way.entries(above + [0xE7])
    entries[-2] = machine.rng.randrange(1, 1 << 17) << 21 | 0xE7 | NX
    way.demand(entries)
    if not three_levels(machine):
        entries = way.entries()
        entries[1] = machine.rng.randrange(1, 1 << 8) << 30 | 0xE3
        way.demand(entries)


def rights(machine):
    """What each level takes away."""
    choices = (0x67, 0x65, 0x63, 0x61, NX | 0x67, NX | 0x61)
    for _ in range(6):
        way = Way(machine)
        flags = [machine.rng.choice(choices) for _ in way.levels]
        if three_levels(machine):
            flags[0] = PRESENT
        way.demand(way.entries(flags))


def covering(pages, vaddr):
    """(physical, rights) of an address in one of the @pages."""
    starts = sorted(pages)
    start = starts[bisect.bisect(starts, vaddr) - 1]
    physical, there = pages[start]
    return physical + vaddr - start, there


def kernel(machine):
    """page_walk() of the kernel's own tables, and QEMU's walk of them."""
    offset = machine.kernel.page_offset
    pages = machine.pages(offset)
    expect(len(pages) > 20, f"QEMU finds {len(pages)} pages from {offset:#x} on")
    lowmem = min(machine.longs("max_low_pfn")[0], 0x90000)
    inside = [offset + machine.rng.randrange(0x2000, lowmem) * PAGE + 0x123 for _ in range(7)] + [offset + lowmem // 2 * PAGE]
    for vaddr in inside + machine.rng.sample(sorted(pages), 4) + sorted(pages)[-2:]:
        facts, (physical, there) = machine.facts(f"tl_walk_kernel {vaddr:#x}"), covering(pages, vaddr)
        expect(facts["present"] and facts["physical"] == physical,
               f"{vaddr:#x} leads to {physical:#x}; page_walk() finds {facts['physical']:#x}")
        expect(bool(facts["flags"] & WRITE) == ("w" in there) and bool(facts["flags"] & NX) == ("x" not in there),
               f"{vaddr:#x} is {there.split()[0]}; page_walk() finds the flags {facts['flags']:#x}")


# --- a process's pgd ------------------------------------------------------------------------------

def pgd(machine):
    facts = machine.facts("tl_pgd")
    expect(not three_levels(machine) or facts["pgd"] < 1 << 32, f"the pgd lies at {facts['pgd']:#x}, where CR3 does not reach")
    read = lambda address: [int.from_bytes(data[i:i + 8], "little") for data in
                            [machine.physical(address, facts["entries"] * 8)] for i in range(0, len(data), 8)]
    mine, kernels, own = read(facts["pgd"]), read(facts["kernel's"]), facts["own entries"]
    differs = next((i for i in range(own, facts["entries"]) if mine[i] != kernels[i]), None)
    expect(differs is None, f"entry {differs} is the kernel's: {kernels[differs or 0]:#x}; here it is {mine[differs or 0]:#x}")
    if not three_levels(machine):
        stale = next((i for i in range(own) if mine[i]), None)
        expect(stale is None, f"entry {stale} is {mine[stale or 0]:#x}; the process's part has to be empty")
        return
    tables = [entry & FRAME for entry in mine[:own]]
    for i, entry in enumerate(mine[:own]):
        expect(entry & ~FRAME == PRESENT, f"entry {i} is {entry:#x}; a PDPTE has P, and no R/W, no U/S, no NX")
        expect(entry & FRAME < machine.longs("max_low_pfn")[0] * PAGE and not any(machine.physical(entry & FRAME, PAGE)),
               f"entry {i} leads to {entry & FRAME:#x}, which is no empty table in lowmem")
    expect(len(set(tables)) == own, f"the entries lead to {len(set(tables))} tables, not to {own}")


def gives_back(machine):
    before, after = machine.facts("tl_pgds_come_and_go 40").all("frames")
    expect(abs(before - after) < 20, f"40 pgds came and went; {before - after} frames are gone with them")


def fails(machine):
    for there in range(3):
        facts = machine.facts(f"tl_pgd_fails {there}")
        before, after = facts.all("frames")
        expect(not any(facts.all("pgd")), f"a pgd of which only {there} tables of 3 could be had was returned")
        expect(abs(before - after) < 10, f"20 times a pgd got {there} tables and no more; {before - after} frames are gone "
                                         f"with it")
        stolen = sum(count != 1 for count in facts.all("count"))
        expect(not stolen, f"with a pgd that got {there} tables and no more {stolen} frames of somebody else's were given back")


# --- a boot ---------------------------------------------------------------------------------------

def boots(machine):
    """Lowmem, as QEMU walks to it, each frame at its place."""
    pages = machine.pages(machine.kernel.page_offset, ALL_BITS - (1 << 31))
    lowmem = machine.longs("max_low_pfn")[0] * PAGE
    inside = {vaddr: page for vaddr, page in pages.items() if vaddr < machine.kernel.page_offset + lowmem}
    expect(len(inside) >= 10, f"of lowmem {len(inside)} pages are mapped")
    for vaddr, (physical, there) in inside.items():
        expect(physical == vaddr - machine.kernel.page_offset, f"{vaddr:#x} leads to {physical:#x}, in lowmem")
        expect("x" not in there or machine.kernel.bits == 32 and vaddr < machine.symbols["_end"],
               f"{vaddr:#x} is {there.split()[0]}: data that may be run")


def window(machine):
    """A frame above 4 GB, through a slot of kmap's."""
    frame = machine.rng.randrange(ABOVE_4_GB + 0x4000, ABOVE_4_GB + 0x40000)
    machine.command(f"kmap {frame:#x}")
    found = [vaddr for vaddr, (physical, _) in machine.pages().items() if physical == frame * PAGE]
    expect(found, f"no address leads to frame {frame:#x} after kmap of it")
    facts = machine.facts(f"tl_walk_kernel {found[0]:#x}")
    expect(facts["physical"] == frame * PAGE, f"page_walk() of {found[0]:#x} finds {facts['physical']:#x}, not the frame "
                                              f"{frame:#x} that is mapped there")
    machine.command(f"kunmap {frame:#x}")
