"""
What lab 01 is judged by: maps that the steps of memory_map_steps_test.c are given, held against a
model here; the map of a machine whose RAM is known; and what Bochs shows of the boot, against the
student's answers.
"""

import struct

from k896.labs import expect

KB, MB, GB, TOP = 1 << 10, 1 << 20, 1 << 30, 1 << 64
PAGE = 4096
RAM, RESERVED, ACPI, NVS, UNUSABLE = 1, 2, 3, 4, 5
MOST = 128  # E820MAX
UNKNOWN = 0xFFFF0007


# --- maps: [(addr, size, type)] -------------------------------------------------------------------

def text_of(entries):
    return ", ".join(f"{addr:#x}+{size:#x} type {kind}" for addr, size, kind in entries) or "nothing"


def sanitized(entries):
    edges = sorted({edge for addr, size, _ in entries for edge in (addr, addr + size)})
    result = []
    for start, end in zip(edges, edges[1:]):
        kind = max((kind for addr, size, kind in entries if addr <= start < addr + size), default=0)
        if kind and result and result[-1][2] == kind and sum(result[-1][:2]) == start:
            result[-1] = (result[-1][0], end - result[-1][0], kind)
        elif kind:
            result.append((start, end - start, kind))
    return result


def limited(entries, limit):
    """(map, bytes of RAM lost)"""
    cut = [(addr, min(size, max(0, limit - addr)) if kind == RAM else size, kind) for addr, size, kind in entries]
    return ([entry for entry in cut if entry[1]], sum(entry[1] for entry in entries) - sum(entry[1] for entry in cut))


def whole_frames(entries, start_pfn, end_pfn):
    return sum(max(0, min((addr + size) // PAGE, end_pfn) - max(-(-addr // PAGE), start_pfn))
               for addr, size, kind in entries if kind == RAM)


def lay(machine, entries):
    machine.command("map_clear")
    for addr, size, kind in entries:
        machine.command(f"map_put {addr:#x} {size:#x} {kind:#x}")


def noted(facts):
    """The map in the facts of a step."""
    expect(facts["guards"] == 16, "what lies behind the map's last entry was written over")
    expect(facts["nr_map"] <= MOST, f"nr_map is {facts['nr_map']}")
    return list(zip(facts.all("addr"), facts.all("size"), facts.all("type")))


def expect_sanitized(machine, entries):
    lay(machine, entries)
    got, wanted = noted(machine.facts("map_sanitize")), sanitized(entries)
    expect(got == wanted, f"of {text_of(entries)} it makes {text_of(got)}; it is {text_of(wanted)}")


def rough(machine, most):
    """An address or a size that is no number of frames."""
    return machine.rng.randrange(1, most) * 0x400


# --- e820_add_region ------------------------------------------------------------------------------

def add(machine):
    """Each told range, and what is to be noted of it."""
    low, high = rough(machine, 4000), 4 * GB + rough(machine, 4000)
    rows = [((high, 0x3000, RAM), (high, 0x3000, RAM)),
            ((low, 0, RAM), None),
            ((low, 5 * GB, ACPI), (low, 5 * GB, ACPI)),
            ((low, 0x1800, 0), (low, 0x1800, RESERVED)),
            ((TOP - low, low, NVS), (TOP - low, low, NVS)),
            ((TOP - 0x7000, 0x7001 + low, RESERVED), (TOP - 0x7000, 0x7000, RESERVED)),
            ((0x1000, 0x2000, UNKNOWN), (0x1000, 0x2000, UNKNOWN))]
    machine.command("map_clear")
    for (addr, size, kind), _ in rows:
        machine.command(f"map_add {addr:#x} {size:#x} {kind:#x}")
    got, wanted = noted(machine.facts("map_show")), [noted_as for _, noted_as in rows if noted_as]
    expect(len(got) == len(wanted), f"told {len(rows)} ranges, one of them of size 0, it notes {len(got)}")
    for (told, _), entry, right in zip([row for row in rows if row[1]], got, wanted):
        expect(entry == right, f"told {text_of([told])}, it notes {text_of([entry])}, not {text_of([right])}")


def full(machine):
    machine.command("map_clear")
    for number in range(MOST + 2):
        machine.command(f"map_add {number << 13:#x} 0x1000 {RAM}")
    got = noted(machine.facts("map_show"))
    expect(got == [(number << 13, 0x1000, RAM) for number in range(MOST)],
           f"told {MOST + 2} ranges, of which the first {MOST} fit, it notes {len(got)}")


# --- sanitize_e820_map ----------------------------------------------------------------------------

def in_order(machine):
    """Apart from each other, on both sides of 4 GB, shuffled."""
    entries = [(number * GB + rough(machine, 1000), rough(machine, 1000), machine.rng.choice([RAM, ACPI, NVS]))
               for number in range(8)]
    machine.rng.shuffle(entries)
    expect_sanitized(machine, entries)


def overlap(machine):
    """Random maps: few edges, so that many of them coincide."""
    for _ in range(4):
        cells = [(machine.rng.randrange(12), machine.rng.randrange(1, 8)) for _ in range(8)]
        expect_sanitized(machine, [(cell * 0x10400, number * 0x10400, machine.rng.choice([RAM, RESERVED, ACPI, UNKNOWN]))
                                   for cell, number in cells])


def joined(machine):
    """Neighbours: alike, different, and with a byte between them."""
    size = rough(machine, 100)
    expect_sanitized(machine, [(at * size, size, RAM) for at in range(4)])
    expect_sanitized(machine, [(0, size, RAM), (size, size, ACPI), (2 * size, size, ACPI), (3 * size + 1, size, ACPI)])


def last_address(machine):
    size = rough(machine, 100)
    expect_sanitized(machine, [(TOP - size, size, NVS), (TOP - 2 * size, 2 * size, RESERVED), (0, size, RAM)])
    expect_sanitized(machine, [(TOP - 3 * size, 2 * size, RAM), (TOP - size, size, RAM)])


# --- what is made of it ---------------------------------------------------------------------------

def limit(machine):
    entries = [(0, 0x9f000, RAM), (0x9f000, 0x1000, RESERVED), (MB, GB, RAM), (MB + GB, 0x1000, ACPI),
               (4 * GB, 3 * GB, RAM), (7 * GB, 0x8000, NVS)]
    for end in (0x9f000, MB, MB + 0x1000 * rough(machine, 100), GB + 2 * MB, 4 * GB + rough(machine, 1000), 9 * GB):
        lay(machine, entries)
        facts = machine.facts(f"map_limit {end:#x}")
        got, (wanted, lost) = noted(facts), limited(entries, end)
        expect(got == wanted, f"{text_of(entries)} with the limit {end:#x} becomes {text_of(got)}; "
                              f"it is {text_of(wanted)}")
        expect(facts["lost"] == lost, f"the limit {end:#x} takes {lost:#x} bytes of RAM away; {facts['lost']:#x} was returned")


def frames(machine):
    start = PAGE * machine.rng.randrange(1, 100)
    entries = [(start + 1, 3 * PAGE - 2, RAM), (start + 5 * PAGE - 1, PAGE + 2, RAM), (start + 8 * PAGE + 1, 2 * PAGE - 2, ACPI),
               (start + 12 * PAGE + 8, PAGE - 16, RAM), (MB, MB, RAM), (4 * GB, 0x8800, RAM)]
    if machine.kernel.bits == 64:
        entries.append((1 << 45, 0x5000, RAM))
    lay(machine, entries)
    first = start // PAGE
    rows = [(0, 3 * GB // 2048), (first, first + 14), (first + 2, first + 6), (256, 300), (300, 511), (0x100001, 0x100004),
            (0x100007, machine.kernel.bits == 64 and 1 << 40 or 0x200000), (600, 700), (first + 5, first + 5)]
    for start_pfn, end_pfn in rows:
        got, wanted = machine.facts(f"map_frames {start_pfn:#x} {end_pfn:#x}")["frames"], whole_frames(entries, start_pfn, end_pfn)
        expect(got == wanted, f"{text_of(entries)}: from frame {start_pfn:#x} up to {end_pfn:#x} {wanted} are whole and RAM; "
                              f"{got} were counted")


# --- a real boot ----------------------------------------------------------------------------------

def size_of(text):
    return int(text[:-1]) * {"M": MB, "G": GB}[text[-1]]


def map_of(machine):
    """The variable e820. i386 aligns a u64 to 4 bytes, x86_64 to 8."""
    head, entry = ("<I", "<QQI") if machine.kernel.bits == 32 else ("<I4x", "<QQI4x")
    number, = struct.unpack(head, machine.image("e820", struct.calcsize(head)))
    expect(number <= MOST, f"e820.nr_map is {number}")
    rows = machine.image("e820", number * struct.calcsize(entry), struct.calcsize(head))
    return list(struct.iter_unpack(entry, rows))


def expect_near(what, got, wanted, slack):
    """The firmware keeps a little at the end of RAM for itself."""
    expect(wanted - slack <= got <= wanted, f"{what} is {got:#x}; this machine has {wanted:#x} less some {slack >> 10} KB")


def boots(machine):
    """QEMU's pc: RAM up to 640 KB, from 1 MB on, and what would lie above 3 GB, from 4 GB on."""
    entries, size = map_of(machine), size_of(machine.row.mem)
    expect(entries == sanitized(entries), f"e820 of the running kernel is {text_of(entries)}, neither sorted nor settled")
    ram = [(addr, addr + length) for addr, length, kind in entries if kind == RAM]
    below, above = (size, 0) if size <= 3 * GB else (3 * GB, size - 3 * GB)
    seen = machine.kernel.bits == 64 or machine.kernel.pae
    expect(len(ram) == (3 if above and seen else 2), f"there are {len(ram)} ranges of RAM: {text_of(entries)}")
    expect(ram[0][0] == 0 and ram[1][0] == MB, f"RAM begins at {ram[0][0]:#x} and {ram[1][0]:#x}, not at 0 and 1 MB")
    expect_near("the end of low RAM", ram[0][1], 640 * KB, 16 * KB)
    expect_near("the end of RAM below 4 GB", ram[1][1], below, 256 * KB)
    if above and seen:
        expect(ram[2] == (4 * GB, 4 * GB + above), f"RAM above 4 GB is {ram[2][0]:#x} to {ram[2][1]:#x}, "
                                                   f"not 4 GB to {4 * GB + above:#x}")
    last = ram[-1][1] // PAGE
    expect(machine.longs("max_pfn")[0] == last, f"max_pfn is {machine.longs('max_pfn')[0]:#x}, not {last:#x}")


def cut(machine):
    """mem= on the command line."""
    end = size_of(machine.row.append.removeprefix("mem="))
    ram = [(addr, addr + length) for addr, length, kind in map_of(machine) if kind == RAM]
    others = [entry for entry in map_of(machine) if entry[2] != RAM]
    expect(ram and ram[-1] == (MB, end), f"with {machine.row.append} the last range of RAM should end at {end:#x}; "
                                         f"RAM is {text_of([(start, stop - start, RAM) for start, stop in ram])}")
    expect(any(addr >= end for addr, _, _ in others), f"ranges above {end:#x} that are no RAM are gone, too")


# --- in Bochs's debugger --------------------------------------------------------------------------

def entry(replay):
    facts = {"magic": replay.register("rax"), "eip_entry": replay.register("rip"),
             "linked_entry": replay.symbols["startup_32"]}
    replay.run_to("enable_paging")
    replay.paper.expect({**facts, "table_of_768": replay.words(replay.low("swapper_pg_dir"), 1024)[768]})


def paging(replay):
    replay.run_to("enable_paging.still_low")
    facts = {"cr0": replay.register("CR0"), "cr3": replay.register("CR3"), "eip_low": replay.register("rip")}
    facts["eip_high"] = replay.run_to("startup_32.high")
    _, pte = replay.entries(replay.kernel.page_offset + MB)
    first, last, _ = replay.views()[-1]
    replay.paper.expect({**facts, "pte": pte, "bytes_mapped": last - first + 1})


def ram(replay):
    replay.run_to("paging_init")
    number, *words = replay.words(replay.low("e820"), 1 + 5 * MOST)
    sizes = {words[at]: words[at + 2] for at in range(0, 5 * number, 5) if words[at + 4] == RAM}
    replay.paper.expect({"nr_map": number, "ram_from_1mb": sizes.get(MB, 0), "max_low_pfn": replay.words(
        replay.low("max_low_pfn"), 1)[0]})
