"""
What lab 02 is judged by: in Bochs, whose CPU is as strict as a real one, the tables when
enable_paging is called, the control registers and the two views when it has returned, and what the TLB
remembers in the end; in QEMU, whether the machine comes up.
"""

from k896.labs import Wrong, expect

PAGE, MB, GB = 4096, 1 << 20, 1 << 30
PRESENT, WRITE, LARGE = 0x1, 0x2, 0x80
KERNEL = PRESENT | WRITE
ACCESSED_DIRTY = 0x60
FRAME = 0x000ffffffffff000
LARGE_PAGE = 2 * MB
CR0_PE, CR0_WP, CR0_NW, CR0_CD, CR0_PG = 1, 1 << 16, 1 << 29, 1 << 30, 1 << 31
CR4_PAE, EFER_LME = 1 << 5, 1 << 8
MOST_STEPS = 64


def entries(replay, table, number):
    """Of a table at the physical address @table."""
    wide = replay.kernel.levels > 2
    words = replay.words(table, number * (2 if wide else 1))
    return [low | high << 32 for low, high in zip(words[::2], words[1::2])] if wide else words


def nr_pg0(machine):
    """Page tables in pg0: it ends where fixmap_page_table begins."""
    return (machine.symbols["fixmap_page_table"] - machine.symbols["pg0"]) // PAGE


def boot_map(machine):
    """Bytes that they map."""
    return nr_pg0(machine) * machine.kernel.large


def expect_entry(what, got, frame, bits):
    expect(got & ~ACCESSED_DIRTY == frame | bits, f"{what} is {got:#x}, not {frame | bits:#x}")


# --- the tables, when fill_tables has returned ----------------------------------------------------

def pages(replay):
    replay.run_to("enable_paging")
    filled = entries(replay, replay.low("pg0"), boot_map(replay) // PAGE)
    for pfn, entry in enumerate(filled):
        expect_entry(f"entry {pfn} of pg0", entry, pfn * PAGE, KERNEL)


def expect_row(replay, name, table, first):
    for number, entry in enumerate(entries(replay, table, first + nr_pg0(replay))[first:]):
        expect_entry(f"entry {first + number} of {name}", entry, replay.low("pg0") + number * PAGE, KERNEL)


def twice(replay):
    replay.run_to("enable_paging")
    top = replay.low("swapper_pg_dir")
    if not replay.kernel.pae:
        expect_row(replay, "swapper_pg_dir", top, 0)
        expect_row(replay, "swapper_pg_dir", top, replay.kernel.page_offset >> 22)
        return
    expect_row(replay, "swapper_pg_pmd", replay.low("swapper_pg_pmd"), 0)
    for index in 0, 3:
        entry = entries(replay, top, 4)[index]
        expect(entry & PRESENT and entry & FRAME == replay.low("swapper_pg_pmd"),
               f"entry {index} of swapper_pg_dir is {entry:#x}: it does not lead to swapper_pg_pmd at "
               f"{replay.low('swapper_pg_pmd'):#x}")


def reserved(replay):
    replay.run_to("enable_paging")
    for index, entry in enumerate(entries(replay, replay.low("swapper_pg_dir"), 4)):
        expect(entry in (0, entry & FRAME | PRESENT), f"PDPTE {index} is {entry:#x}; bits other than P are reserved")
    expect(entry, "PDPTE 3, for the kernel's gigabyte, is empty")


def reach(replay):
    """What is not to be mapped is empty."""
    replay.run_to("enable_paging")
    name = "swapper_pg_pmd" if replay.kernel.pae else "swapper_pg_dir"
    rows = entries(replay, replay.low(name), PAGE // (8 if replay.kernel.pae else 4))
    wanted = {*range(nr_pg0(replay)), *(() if replay.kernel.pae else range(768, 768 + nr_pg0(replay)))}
    expect(any(rows), f"{name} is empty")
    for index, entry in enumerate(rows):
        expect(index in wanted or not entry, f"entry {index} of {name} is {entry:#x}; only {boot_map(replay) // MB} MB are mapped")
    behind = replay.words(replay.low("fixmap_page_table"), PAGE // 4)
    expect(not any(behind), f"pg0 ends at {replay.low('fixmap_page_table'):#x}, and behind it {behind[0]:#x} was written")


def large(replay):
    replay.run_to("enable_paging")
    for number, entry in enumerate(entries(replay, replay.low("level2_boot"), 512)):
        expect_entry(f"entry {number} of level2_boot", entry, number * LARGE_PAGE, KERNEL | LARGE)


# From which entry of which table to which other one.
LINKS = [("swapper_pg_dir", 0, "level3_boot"), ("swapper_pg_dir", 273, "level3_boot"),
         ("swapper_pg_dir", 511, "level3_kernel"), ("level3_boot", 0, "level2_boot"),
         ("level3_kernel", 510, "level2_boot"), ("level3_kernel", 511, "level2_fixmap")]


def thrice(replay):
    replay.run_to("enable_paging")
    for table, index, below in LINKS:
        expect_entry(f"entry {index} of {table}", entries(replay, replay.low(table), 512)[index], replay.low(below), KERNEL)


# --- paging ---------------------------------------------------------------------------------------

def high(replay):
    """The first instruction at a high address."""
    return "startup_64.high" if replay.kernel.bits == 64 else "startup_32.high"


def bits(replay):
    before = replay.register("CR0")
    replay.run_to(high(replay))
    cr0, cr3, cr4 = (replay.register(name) for name in ("CR0", "CR3", "CR4"))
    expect(cr0 & CR0_PG, f"CR0 is {cr0:#x}: PG is clear")
    expect(cr0 & CR0_WP, f"CR0 is {cr0:#x}: WP is clear, and the kernel may write to read-only pages")
    expect(not cr0 & (CR0_CD | CR0_NW), f"CR0 is {cr0:#x}: CD and NW are set, and the caches are off")
    wanted = before & ~(CR0_CD | CR0_NW) | CR0_PG | CR0_WP
    expect(cr0 == wanted, f"CR0 is {cr0:#x}, not {wanted:#x}: it was {before:#x}, and other bits have changed")
    expect(cr3 == replay.low("swapper_pg_dir"), f"CR3 is {cr3:#x}; swapper_pg_dir lies at {replay.low('swapper_pg_dir'):#x}")
    wide = replay.kernel.levels > 2
    expect(bool(cr4 & CR4_PAE) == wide, f"CR4 is {cr4:#x}: PAE is {'clear' if wide else 'set'}")
    if replay.kernel.bits == 64:
        expect(replay.register("EFER") & EFER_LME, f"EFER is {replay.register('EFER'):#x}: LME is clear")


def views(replay):
    replay.run_to(high(replay))
    size = GB if replay.kernel.bits == 64 else boot_map(replay)
    for start in sorted({0, replay.kernel.page_offset, replay.kernel.start_kernel_map}):
        for offset in 0, MB, replay.rng.randrange(0, size, PAGE), size - PAGE:
            physical = replay.translate(start + offset)
            expect(physical is not None, f"when the jump has been made, {start + offset:#x} is not mapped")
            expect(physical == offset, f"when the jump has been made, {start + offset:#x} leads to {physical:#x}, not to {offset:#x}")
        expect(replay.translate(start + size) is None, f"{start + size:#x} is mapped; {size // MB} MB should be, from {start:#x} on")


# --- the low view goes ----------------------------------------------------------------------------

def low_gone(machine):
    """At the early prompt, by QEMU's walk."""
    start = machine.kernel.start_kernel_map
    low, kept = machine.pages(0, machine.kernel.page_offset), machine.pages(start, start + GB // 2)
    expect(not low, f"{len(low)} pages are mapped below {machine.kernel.page_offset:#x}, the first at {min(low or [0]):#x}")
    wanted = GB // 2 if machine.kernel.bits == 64 else boot_map(machine)
    expect(len(kept) * PAGE == wanted, f"at {start:#x} {len(kept)} pages are mapped, not {wanted // PAGE}")


def flushed(replay):
    """A page that the CPU has used by its low address must fault afterwards."""
    page = replay.rng.randrange(5 * MB, 7 * MB, PAGE)
    replay.run_to(high(replay))
    expect(replay.cpu_can_read(page), f"{page:#x} cannot be read when the jump has been made")
    replay.run_to(high(replay).replace("high", "low_gone"))
    expect(replay.translate(page) is None, f"a table maps {page:#x} still")
    expect(not replay.cpu_can_read(page), f"no table maps {page:#x} any more, but the CPU reads it: it remembers the entry")


# --- a real boot ----------------------------------------------------------------------------------

def boots(machine):
    pages_there = machine.pages(machine.kernel.start_kernel_map)
    text = machine.symbols["start_kernel"] & ~(PAGE - 1)
    expect(pages_there.get(text, (None,))[0] == text - machine.kernel.start_kernel_map, f"{text:#x} is not mapped to its frame")


# --- in Bochs's debugger --------------------------------------------------------------------------

def paging_comes_on(replay):
    """The addresses of the instruction that sets CR0.PG, and of the one behind it; it stands at enable_paging."""
    before = replay.register("rip")
    for _ in range(MOST_STEPS):
        after = replay.step()
        if replay.register("CR0") & CR0_PG:
            return before, after
        before = after
    raise Wrong(f"{MOST_STEPS} instructions after enable_paging paging is off still")


def read_plain(replay):
    replay.run_to("enable_paging")
    facts = {"last_pte": entries(replay, replay.low("pg0"), boot_map(replay) // PAGE)[-1],
             "behind_pg0": replay.low("fixmap_page_table")}
    facts["eip_pg"], facts["eip_after"] = paging_comes_on(replay)
    replay.run_to("startup_32.high")
    pde, pte = replay.entries(replay.kernel.page_offset + MB)
    replay.paper.expect({**facts, "pde_high": pde, "pte_high": pte, "last_mapped": replay.views()[0][1]})


def read_pae(replay):
    replay.run_to("enable_paging")
    facts = {"pdpte_3": entries(replay, replay.low("swapper_pg_dir"), 4)[3]}
    replay.run_to("startup_32.high")
    replay.paper.expect({**facts, "cr4_pae": replay.register("CR4"), "pde_pae": replay.entries(replay.kernel.page_offset + MB)[0],
                         "behind_pg0_pae": replay.low("fixmap_page_table")})
