"""
What lab 04 is judged by: bootmem's bitmap, in physical memory, against a model of it here; and after
mem_init() the struct pages of all lowmem, against what the bitmap said before.
"""

import re
import struct

from k896.labs import expect
from k896.machine import FAILED, Failure
from k896.pagewalk import FOUR_LEVELS, FRAME, LARGE, PRESENT, THREE_LEVELS, TWO_LEVELS

PAGE = 4096
MAX_BLOCK = 10
ARENA, ARENA_FRAMES = 0x900, 256  # as in bootmem_steps_test.c
ABOVE_4_GB = 1 << 20              # frames


def align_up(number, unit):
    return -(-number // unit) * unit


def read_bits(machine):
    """A byte for each frame that bootmem manages: 1 if its bit is set."""
    start, pages = machine.longs("bdata", 2)
    data = machine.physical(start - machine.kernel.page_offset, align_up(pages, 8) // 8)
    eight = [bytes(byte >> bit & 1 for bit in range(8)) for byte in range(256)]
    return bytearray(b"".join(eight[byte] for byte in data)[:pages])


def runs(frames):
    """[(start, end)] of ascending frame numbers."""
    result = []
    for frame in frames:
        if result and result[-1][1] == frame:
            result[-1][1] += 1
        else:
            result.append([frame, frame + 1])
    return result


def named(frames):
    """The first few of them, in words."""
    return ", ".join(f"{start:#x}" + (f" to {end - 1:#x}" if end - start > 1 else "")
                     for start, end in runs(sorted(frames))[:3])


# --- one function at a time, on an arena ----------------------------------------------------------

class Arena:
    """bootmem with ARENA_FRAMES frames from ARENA on, and a model of it."""

    def __init__(self, machine):
        self.machine, self.last_end = machine, 0
        self.end = ARENA + ARENA_FRAMES
        self.taken = bytearray(b"\1" * self.end)
        machine.command(f"bm_new {ARENA_FRAMES}")

    def set_bits(self, free):
        """@free: numbers of frames, from the arena's first on; all others are taken."""
        words = [0xffffffff] * (ARENA_FRAMES // 32)
        self.taken[:] = b"\1" * self.end
        for frame in free:
            words[frame // 32] &= ~(1 << frame % 32)
            self.taken[ARENA + frame] = 0
        self.machine.command("bm_bits " + " ".join(map(hex, words)))

    def demand_bits(self, what):
        there = read_bits(self.machine)
        lost = [frame for frame in range(self.end) if there[frame] and not self.taken[frame]]
        extra = [frame for frame in range(self.end) if not there[frame] and self.taken[frame]]
        expect(not lost, f"{what}: frame {named(lost)} is taken in the bitmap, and should be free")
        expect(not extra, f"{what}: frame {named(extra)} is free in the bitmap, and should be taken")

    # -- ranges, in bytes

    def _give(self, command, start, size):
        self.machine.command(f"{command} {start // PAGE:#x} {start % PAGE:#x} {size // PAGE:#x} {size % PAGE:#x}")

    def free(self, start, size):
        self._give("bm_free", start, size)
        for frame in range(align_up(start, PAGE) // PAGE, min((start + size) // PAGE, self.end)):
            self.taken[frame] = 0
        self.demand_bits(f"after free_bootmem({start:#x}, {size:#x})")

    def reserve(self, start, size):
        self._give("bm_reserve", start, size)
        if size:
            for frame in range(start // PAGE, min(align_up(start + size, PAGE) // PAGE, self.end)):
                self.taken[frame] = 1
        self.demand_bits(f"after reserve_bootmem({start:#x}, {size:#x})")

    # -- allocations

    def _find(self, start, number, align):
        run = align_up(start, align)
        while run + number <= self.end:
            if not any(self.taken[run:run + number]):
                return run
            run += align
        return None

    def _model(self, size, align, goal):
        behind = align_up(self.last_end, align)
        if self.last_end % PAGE and behind >= goal and behind + size <= align_up(self.last_end, PAGE):
            return behind
        number, frames = align_up(size, PAGE) // PAGE, max(align // PAGE, 1)
        run = self._find(align_up(goal, PAGE) // PAGE, number, frames)
        run = self._find(0, number, frames) if run is None else run
        self.taken[run:run + number] = b"\1" * number
        return run * PAGE

    def can_serve(self, size, align=1):
        return self._find(0, align_up(size, PAGE) // PAGE, max(align // PAGE, 1)) is not None

    def alloc(self, size, align=1, goal=0):
        got = self.machine.facts(f"bm_alloc {size:#x} {align:#x} {goal:#x}")["address"]
        wanted = self._model(size, align, goal)
        expect(got == wanted, f"{size:#x} bytes, aligned to {align:#x}, from {goal:#x} on: {got:#x} was given out, "
                              f"not {wanted:#x}; the piece before ended at {self.last_end:#x}")
        self.last_end = wanted + size
        self.demand_bits(f"after {size:#x} bytes were given out at {got:#x}")


def some_holes(rng, largest):
    """Free frames in runs of 1 to @largest, with one or two taken ones between."""
    free, frame = [], rng.randrange(3)
    while frame < ARENA_FRAMES:
        length = rng.randint(1, largest)
        free += range(frame, min(frame + length, ARENA_FRAMES))
        frame += length + rng.randint(1, 2)
    return free


def wide(machine):
    """Do addresses have more than 32 bits?"""
    return machine.kernel.levels > 2


def hands_in(machine):
    arena, rng = Arena(machine), machine.rng
    at = (ARENA + 8) * PAGE
    for start, size in ((0, 3 * PAGE), (-1, 2), (1, PAGE - 1), (1, 3 * PAGE - 2), (5, 0), (PAGE - 1, PAGE + 2)):
        arena.free(at + start, size)
        at += 6 * PAGE
    for _ in range(4):
        arena.free(at + rng.randrange(1, PAGE), rng.randrange(PAGE, 8 * PAGE))
        at += 16 * PAGE
    arena.free((arena.end - 4) * PAGE, 40 * PAGE)
    arena.free((arena.end + 4) * PAGE, 40 * PAGE)
    if wide(machine):
        arena.free((ABOVE_4_GB + ARENA) * PAGE, 5 * PAGE)
        arena.free((arena.end - 9) * PAGE + 1, ABOVE_4_GB * PAGE)


def reserves(machine):
    arena, rng = Arena(machine), machine.rng
    arena.set_bits(range(ARENA_FRAMES))
    at = (ARENA + 8) * PAGE
    for start, size in ((0, 3 * PAGE), (-1, 2), (1, 1), (1, 3 * PAGE - 2), (0, 0), (PAGE - 1, PAGE + 2), (0, PAGE)):
        arena.reserve(at + start, size)
        at += 6 * PAGE
    for _ in range(4):
        arena.reserve(at + rng.randrange(1, PAGE), rng.randrange(1, 8 * PAGE))
        at += 16 * PAGE
    arena.reserve((arena.end - 4) * PAGE, 40 * PAGE)
    arena.reserve((arena.end + 4) * PAGE, 40 * PAGE)
    if wide(machine):
        arena.reserve((ABOVE_4_GB + ARENA) * PAGE, 5 * PAGE)
        arena.reserve((arena.end - 9) * PAGE, ABOVE_4_GB * PAGE)


def finds(machine):
    arena, rng = Arena(machine), machine.rng
    arena.set_bits(some_holes(rng, 6))
    for size in rng.sample(range(1, 7), 6) * 2:
        if arena.can_serve(size * PAGE):
            arena.alloc(size * PAGE)
    arena = Arena(machine)
    arena.set_bits(range(ARENA_FRAMES))
    arena.alloc(ARENA_FRAMES * PAGE)


def aligns(machine):
    arena, rng = Arena(machine), machine.rng
    arena.set_bits(set(range(ARENA_FRAMES)) - {0, 7, 16, 33, 64, 65, 96, 130})
    for order in rng.sample(range(1, 7), 6):
        if arena.can_serve(2 * PAGE, PAGE << order):
            arena.alloc(rng.choice((1, 2)) * PAGE, PAGE << order)
    arena.alloc(3 * PAGE + 1, 4 * PAGE)
    arena.alloc(5, 32 * PAGE)


def shares(machine):
    arena, rng = Arena(machine), machine.rng
    arena.set_bits(some_holes(rng, 9))
    for _ in range(14):
        arena.alloc(rng.randrange(1, 900), 1 << rng.randrange(7))
    arena.alloc(PAGE - arena.last_end % PAGE)  # exactly to the frame's end
    arena.alloc(100, 32)
    arena.alloc(PAGE - 100)                    # and one byte of room too little
    arena.alloc(2 * PAGE + 700)
    arena.alloc(64, 64)                        # behind the ragged end of several frames
    arena.alloc(1, 2 * PAGE)


def goals(machine):
    arena, rng = Arena(machine), machine.rng
    arena.set_bits(some_holes(rng, 6))
    base = ARENA * PAGE
    for _ in range(5):
        arena.alloc(rng.randint(1, 2) * PAGE, 1, base + rng.randrange(100 * PAGE))
    arena.alloc(PAGE, 1, (arena.end + 9) * PAGE)  # nothing there: from 0 on
    arena.alloc(PAGE // 2 + 300, 1, (arena.end - 2) * PAGE)
    arena.alloc(200, 8, base + 60 * PAGE)         # the frame begun lies above the goal: good
    arena.alloc(PAGE + 50, 32, base)
    arena.alloc(60, 4, base + 120 * PAGE)         # and below it: not


def panics(machine):
    arena, rng = Arena(machine), machine.rng
    arena.set_bits(range(20))
    arena.alloc(rng.randrange(6, 9) * PAGE)
    try:
        machine.command(f"bm_alloc {20 * PAGE:#x} 1 0")
    except Failure:
        if machine.process.poll() is None:
            raise
    expect(machine.process.poll() is not None, "20 frames were asked for of fewer, and the caller went on")
    said = re.search(r"Kernel panic - not syncing: (.*)", machine.text)
    expect(machine.wait() == FAILED and said and said[1].startswith("bootmem: "),
           f"20 frames were asked for of fewer; the kernel ended with {said[1] if said else 'no words'!r}, no panic of "
           "bootmem's")


# --- a boot ---------------------------------------------------------------------------------------

class Tables:
    """The tables below swapper_pg_dir, and what they map."""

    def __init__(self, machine):
        self.machine, self.frames, self.maps = machine, set(), []
        levels = {2: TWO_LEVELS, 3: THREE_LEVELS, 4: FOUR_LEVELS}[machine.kernel.levels]
        self._walk(machine.symbols["swapper_pg_dir"] - machine.kernel.start_kernel_map, levels, 0)

    def _walk(self, table, levels, base):
        _, shift, bits = levels[0]
        kind = "I" if self.machine.kernel.levels == 2 else "Q"
        entries = struct.unpack(f"<{1 << bits}{kind}", self.machine.physical(table, struct.calcsize(kind) << bits))
        for index, entry in enumerate(entries):
            virtual, physical = base + (index << shift), entry & FRAME
            if not entry & PRESENT:
                continue
            if len(levels) == 1 or entry & LARGE and bits != 2:
                self.maps.append((virtual, physical & -(1 << shift), 1 << shift))
            else:
                self.frames.add(physical // PAGE)
                self._walk(physical, levels[1:], virtual)

    def physical_pieces(self, virtual, size):
        """[(virtual, physical, bytes)] of a range, where it is mapped; the linear mapping needs no walk."""
        kernel = self.machine.kernel
        if kernel.bits == 32:
            return [(virtual, virtual - kernel.page_offset, size)]
        virtual &= (1 << 48) - 1
        return [(start, physical, length) for start, physical, length in self.maps
                if virtual <= start < virtual + size]


class Owners:
    """Who has which frame of lowmem, by all that can be known from outside."""

    def __init__(self, machine):
        self.machine, self.facts = machine, machine.facts("bm_owners")
        self.pages = machine.longs("max_low_pfn")[0]
        self.tables = Tables(machine)
        self.ram = self._ranges("ram", lambda start, end: (align_up(start, PAGE) // PAGE, end // PAGE))
        self.kept = self._ranges("taken", lambda start, end: (start // PAGE, align_up(end, PAGE) // PAGE))
        self.mem_map = [(physical // PAGE, align_up(physical + size, PAGE) // PAGE)
                        for _, physical, size in self._mem_map_pieces(self.facts["mem_map size"])]
        self.resources = {address // PAGE for address in self.facts.all("resource")}

    def _ranges(self, name, frames):
        ends = self.facts.all(name)
        return [frames(start, end) for start, end in zip(ends[::2], ends[1::2]) if end > start]

    def _mem_map_pieces(self, size):
        highest = max(size, self.facts["page size"] * self.machine.longs("max_pfn")[0])
        return self.tables.physical_pieces(self.facts["mem_map"], size if self.machine.kernel.bits == 32 else highest)

    def owner(self, frame):
        """Whose it is, in words; None: nobody's, it has to be free."""
        inside = lambda ranges: any(start <= frame < end for start, end in ranges)
        if not inside(self.ram):
            return "no whole frame of RAM"
        if inside(self.kept):
            return "taken before bootmem: the BIOS, the image, boot information or a module"
        if frame in self.tables.frames:
            return "a page table"
        if inside(self.mem_map):
            return "a part of mem_map"
        return "a struct resource" if frame in self.resources else None

    def taken(self):
        """A byte for each frame: 1 if it is somebody's."""
        taken = bytearray(b"\1" * self.pages)
        for start, end in self.ram:
            end = min(end, self.pages)
            taken[start:end] = bytes(max(end - start, 0))
        for start, end in self.kept + self.mem_map:
            start, end = min(start, self.pages), min(end, self.pages)
            taken[start:end] = b"\1" * (end - start)
        for frame in self.tables.frames | self.resources:
            taken[frame] = 1
        return taken

    def reserved(self):
        """The same by PG_reserved in the struct pages, as they lie in memory."""
        size, bit = self.facts["page size"], self.facts["reserved"]
        kind = "<I" if self.machine.kernel.bits == 32 else "<Q"
        row = struct.Struct(f"{kind}{size - struct.calcsize(kind)}x")
        flags = b""
        for _, physical, length in sorted(self._mem_map_pieces(self.facts["mem_map size"])):
            flags += self.machine.physical(physical, length)
        rows = memoryview(flags)[:self.pages * size]
        return bytearray(bool(word & bit) for word, in row.iter_unpack(rows))


def expect_frames(there, wanted, owners, where):
    """@there and @wanted: a byte for each frame, 1 if it is taken; the first that differs is named."""
    if there == wanted:
        return
    extra = [frame for frame in range(len(wanted)) if wanted[frame] and not there[frame]]
    lost = [frame for frame in range(len(wanted)) if there[frame] and not wanted[frame]]
    expect(not extra, f"{len(extra)} frames are free {where} and must not be: {named(extra)}; "
                      f"{extra and owners.owner(extra[0]) or 'nobody may have it yet'}")
    expect(not lost, f"{len(lost)} frames of RAM that nobody has taken are not free {where}: {named(lost)}")


def own_frames(machine):
    """The bitmap's."""
    start, pages = machine.longs("bdata", 2)
    word = machine.kernel.bits
    first = (start - machine.kernel.page_offset) // PAGE
    return range(first, first + align_up(align_up(pages, word) // 8, PAGE) // PAGE)


def bitmap(machine):
    owners = Owners(machine)
    pages = machine.longs("bdata", 2)[1]
    expect(pages == owners.pages, f"bootmem manages {pages:#x} frames; lowmem has {owners.pages:#x}")
    wanted = owners.taken()
    mine = own_frames(machine)
    inside = next((frame for frame in mine if wanted[frame]), None)
    expect(inside is None, f"the bitmap lies in frame {inside or 0:#x}: {inside and owners.owner(inside)}")
    for frame in mine:
        wanted[frame] = 1
    expect_frames(read_bits(machine), wanted, owners, "in the bitmap")


def hand_over(machine, step):
    """Free frames before @step, with the bitmap's own, are those whose struct pages are not reserved after it."""
    owners, before = Owners(machine), read_bits(machine)
    expect(not all(before), "no frame is free before mem_init()")
    for frame in own_frames(machine):
        before[frame] = 0
    machine.command(step)
    expect_frames(owners.reserved(), before, owners, "after mem_init()")
    number = machine.longs("totalram_pages")[0] - machine.longs("totalhigh_pages")[0]
    expect(number == before.count(0), f"free_all_bootmem() says {number:#x} frames of lowmem, and handed over "
                                      f"{before.count(0):#x}")


def hands_over(machine):
    hand_over(machine, "bm_hand_over")


def last(machine):
    hand_over(machine, "bm_hand_over 1")


def canonical(start, end):
    """[(order, frame)]: the largest blocks, from the first frame on."""
    result = []
    while start < end:
        order = 0
        while order < MAX_BLOCK and not start & 1 << order and start + (2 << order) <= end:
            order += 1
        result.append((order, start))
        start += 1 << order
    return result


def expect_blocks(machine, start, end, wanted):
    got = [(value >> 48, value & (1 << 48) - 1) for value in machine.facts(f"bm_run {start:#x} {end:#x}").all("block")]
    text = lambda blocks: ", ".join(f"{frame:#x} of order {order}" for order, frame in blocks[:4]) or "none"
    differs = next((i for i, pair in enumerate(zip(got, wanted)) if pair[0] != pair[1]), min(len(got), len(wanted)))
    expect(got == wanted, f"of the frames from {start:#x} up to {end:#x} block number {differs + 1} and on should be "
                          f"{text(wanted[differs:])}; handed over was {text(got[differs:])}")


def blocks(machine):
    rng = machine.rng
    for _ in range(3):
        start = rng.randrange(0x1000, 0x1400)
        end = start + rng.randrange(1100, 0x1000 + 900)
        expect_blocks(machine, start, end, canonical(start, end))
    for start, end in ((0x1400, 0x1800), (0x1401, 0x1402), (0x1800, 0x1800 + 1023), (0x1bff, 0x1c02)):
        expect_blocks(machine, start, end, canonical(start, end))


def zones(machine):
    border = machine.longs("highstart_pfn")[0]
    rng = machine.rng
    for before, behind in ((1, 1), (rng.randrange(4, 90), rng.randrange(4, 90)), (700, 900)):
        start, end = border - before, border + behind
        expect_blocks(machine, start, end, canonical(start, border) + canonical(border, end))


def boots(machine):
    """At the prompt tables may lie in frames that were handed over: those are not reserved."""
    owners = Owners(machine)
    there, wanted = owners.reserved(), owners.taken()
    late = [frame for frame in owners.tables.frames if not there[frame]]
    early = {frame for start, end in owners.kept for frame in range(start, min(end, owners.pages))}
    for frame in late:
        wanted[frame] = frame in early
    expect_frames(there, wanted, owners, "at the prompt")
    number = machine.longs("totalram_pages")[0] - machine.longs("totalhigh_pages")[0]
    expect(number == wanted.count(0), f"the kernel counts {number:#x} frames of lowmem; {wanted.count(0):#x} are nobody's")
