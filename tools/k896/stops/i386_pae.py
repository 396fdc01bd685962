"""
The tour of the i386 kernel with PAE, three levels of tables: the stops of i386, and what is
different about them.
"""

from ..kernels import I386_PAE
from . import i386
from .i386 import HIGH_PFN, KMAP_ATOMIC_SLOT_0
from .stop import Boot, Tour

# 2 MB of slots, not 4.
PKMAP_SLOT_1 = 0xFFC01000


def same(at, rows=i386.CLASSIC, **changes):
    """The stop of i386 at that landmark, but for @changes."""
    return next(stop for stop in rows if stop.at == at)._replace(**changes)


CLASSIC = [
    same("startup_32"),
    same("fill_tables", text="""
Loader and CPU are known to be good enough. An entry has 64 bits here, so a table has 512 of them:
pg0 is eight page tables for the same 16 MB. Above them stands swapper_pg_pmd, and swapper_pg_dir
has just four entries, a gigabyte each."""),
    same("enable_paging", text="""
swapper_pg_dir leads to swapper_pg_pmd twice, from entry 0 and from entry 3, which is at 0x18: one pmd
table serves both gigabytes. These four may hold the bit P and no R/W: with another bit set, loading
CR3 would be a general protection fault. CR4.PAE comes next, then CR3.""",
         bits="pg pae",
         look=("xp /8wx {swapper_pg_dir}", "xp /4wx {swapper_pg_pmd}", "xp /4wx {pg0}"),
         shows={"xp /8wx {swapper_pg_dir}": r"0x00102001\t0x00000000(.*\n)+.*\t0x00102001\t0x00000000$",
                "xp /4wx {swapper_pg_pmd}": "0x00103003\t0x00000000\t0x00104003",
                "xp /4wx {pg0}": "0x00000003\t0x00000000\t0x00001003"}, shown=True),
    same("enable_paging.cr3_loaded", bits="pg wp PAE CD NW", text="""
CR4.PAE is set, CR3 has the physical address of swapper_pg_dir. It means nothing yet: PG is clear, and
`page` still says that every address is its own. Next, CR0 is read and changed in EAX."""),
    same("enable_paging.paging_on", shown=False, bits="pg wp PAE", text="""
`mov cr0, eax`, with bit 31 of EAX set. With CR4.PAE set the CPU will read all four entries of
swapper_pg_dir now, and keep them: who changes one later has to load CR3 again. The instruction
behind this one will be fetched through the tables, from the low address where EIP is."""),
    same("enable_paging.still_low", bits="PG WP PAE"),
    same("startup_32.high", shown=False),
    same("startup_32.low_gone", text="""
drop_low_mapping has cleared one entry, the first of swapper_pg_dir, and loaded CR3: without that
the CPU would not even notice, it had all four in its registers. A NULL pointer faults from here on.
Next: start_kernel()."""),
    same("paging_init"),
    same("pagetable_init", bits="pse pge PAE nxe"),
    same("one_md_table_init", bits="pse PGE NXE", text="""
kernel_physical_mapping_init() walks lowmem upwards and asks for the table of the middle level. For the
last gigabyte swapper_pg_pmd is there already, and is kept. EFER.NXE is on: bit 63 of an entry
forbids execution from now on, and would have been reserved before."""),
    same("one_page_table_init", bits="pse PGE NXE", text="""
And now the page table below that pmd. For the first 16 MB pg0 is there already, 2 MB at a time, and is
kept; above them frames come from bootmem, each of them mapped already by what was built before it."""),
    same("map_by_pages", shown=False, text="""
Bochs watched the first entry of pg0 and stops behind the store. An entry has two halves here and a
store writes one, the low one with P last: the CPU never sees half an entry. XD: nothing may be
executed from this page. The frame is the same as before.""",
         shows={"page 0xc0000000": r"PTE: 0x8000000000000163 XD    G",
                "page 0xc0001000": r"PTE: 0x00000000000010.3       g"}),
    same("complete_kernel_pgd", text="""
All of lowmem, 32 MB less what the BIOS keeps, is mapped by 4 KB pages. Text is R, read-only, and the
only part without XD. The page that `info tab` leaves out is the guard below the boot stack. The last
gigabyte's pmd table was there from the start, so there is little left to complete.""",
         shows={"page 0xc0100000": r"PTE: 0x0000000000.* S R P",
                "page 0xc1000000": r"PTE: 0x8000000001000163 XD"}),
    same("permanent_kmaps_init", text="""
kmap() maps highmem frames at PKMAP_BASE. One page table of 512 entries: half the slots of i386, for
an entry has twice the size. It is made here, and pkmap_page_table shall point to it.""",
         maps={PKMAP_SLOT_1: None}, shows={"page 0xffc01000": r"PDE: 0x0000000000000000"}),
    same("load_kernel_tables"),
    same("kmap_init"),
    same("vmap_page_range_noflush"),
    same("kmap_high", maps={PKMAP_SLOT_1: None}),
    same("kmap_atomic", maps={PKMAP_SLOT_1: HIGH_PFN << 12, KMAP_ATOMIC_SLOT_0: None}),
    same("kunmap_atomic", maps={PKMAP_SLOT_1: HIGH_PFN << 12}, shown=False),
]

LARGE_PAGES = [
    same("map_by_large_page", i386.LARGE_PAGES, text="""
The machine booted again, without `nopse`. The image's part is done page by page, for text and data
need different rights. From here on one pmd entry is a page of 2 MB: no page table, and one line of
the TLB instead of 512. The first such entry is about to be written; the address 8 MB into lowmem still
goes through pg0."""),
    same("complete_kernel_pgd", i386.LARGE_PAGES, shown=False, text="""
PS in the PDE says that the walk ends there, XD holds for all 2 MB. The first of them, with the image,
and the ragged end of lowmem still have page tables.""",
         shows={"page 0xc0800000": r"PDE: 0x80000000008001e3 XD PS",
                "page 0xc1fef000": r"PTE: 0x8000000001fef163 XD"}),
]

TOUR = Tour(I386_PAE, [Boot("nopse highmem=32M", CLASSIC), Boot("highmem=32M", LARGE_PAGES + i386.PROGRAMS, i386.RAMDISK)])
