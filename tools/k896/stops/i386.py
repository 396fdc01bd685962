"""
The tour of the i386 kernel, two levels of tables. First with `nopse`, so that the direct map is
made page by page; then once more, with large pages and with a program.

highmem=32M gives a machine of 64 MB a highmem zone to kmap() from.
"""

from ..kernels import I386
from .programs import program_stops
from .stop import IMAGE, NULL, Boot, State, Stop, Tour

HEAD = "arch/i386/boot/head.asm"
INIT = "arch/i386/mm/init.c"
X86_INIT = "arch/x86/mm/init.c"

# 4 KB above the beginning: slot 1 is the first that kmap() gives away.
PKMAP_SLOT_1 = 0xFF801000
# Of kmap_atomic(), of the boot CPU.
KMAP_ATOMIC_SLOT_0 = 0xFFFFD000
# A frame of the highmem zone.
HIGH_PFN = 0x3000
# Where vmalloc's first area lies: the end of lowmem and a hole of 8 MB.
VMALLOC_START = 0xC2800000
# The image ends below it (kernel.lds.S sees to that), and pg0 reaches further.
BEHIND_IMAGE = 0xC0800000

OFF = State(paging=False, cr3=0, maps={IMAGE: IMAGE, NULL: NULL})
OFF_LOADED = OFF._replace(cr3="swapper_pg_dir")
TWICE = State(paging=True, cr3="swapper_pg_dir", maps={IMAGE: 0x100000, NULL: 0})
HIGH = TWICE._replace(maps={IMAGE: 0x100000, NULL: None})

CLASSIC = [
    Stop("startup_32", HEAD, "entry: paging is off", """
GRUB has put the image at physical 1 MB and jumps to its first instruction. EAX has the magic number
of Multiboot2, EBX the address of what GRUB knows of this machine. CR0.PG is clear: the CPU takes
every address for a physical one. But our symbols are linked 3 GB higher, so until paging is on the
source writes PA(symbol), the symbol less PAGE_OFFSET.""",
         OFF, low=True, bits="pg PE", shows={"r": "rax: 00000000_36d76289"}),
    Stop("fill_tables", HEAD, "the provisional tables, still empty", """
Loader and CPU are known to be good enough. Now pg0, four page tables in the image, gets an entry
for each of the first 4096 frames, and swapper_pg_dir leads to pg0 twice: from entry 0, and from
entry 768, which is PAGE_OFFSET >> 22.""",
         OFF, low=True, bits="pg",
         look=("xp /4wx {swapper_pg_dir}",),
         shows={"xp /4wx {swapper_pg_dir}": "0x00000000\t0x00000000\t0x00000000\t0x00000000"}),
    Stop("enable_paging", HEAD, "the tables are filled", """
swapper_pg_dir has its eight entries: the same four at its start and 0xC00 bytes further on. 003 at
the end of an entry says present and writable. Nobody has told the CPU of all this yet: CR3 is 0.""",
         OFF, low=True, bits="pg",
         look=("xp /4wx {swapper_pg_dir}", "xp /4wx {swapper_pg_dir}+0xc00", "xp /4wx {pg0}"),
         shows={"xp /4wx {swapper_pg_dir}": "0x00102003\t0x00103003",
                "xp /4wx {swapper_pg_dir}+0xc00": "0x00102003\t0x00103003",
                "xp /4wx {pg0}": "0x00000003\t0x00001003\t0x00002003"}),
    Stop("enable_paging.cr3_loaded", HEAD, "CR3 is loaded", """
CR3 has the physical address of swapper_pg_dir. It means nothing yet: PG is clear, and `page` still
says that every address is its own. Next, CR0 is read and changed in EAX: PG and WP will be set, CD
and NW, with which Bochs's firmware left the caches off, cleared.""",
         OFF_LOADED, low=True, bits="pg wp CD NW"),
    Stop("enable_paging.paging_on", HEAD, "the instruction that turns paging on", """
`mov cr0, eax`, with bit 31 of EAX set. We stand in front of it. The instruction behind it will be
fetched through the tables, from the low address where EIP is: if the tables did not map that, this
would be the machine's last. Type `s` to take this one step.""",
         OFF_LOADED, low=True, bits="pg wp", shows={"r": "rax: 00000000_80010011"}, shown=True),
    Stop("enable_paging.still_low", HEAD, "paging is on, EIP is low", """
One instruction later. The CPU walked swapper_pg_dir and pg0 to fetch the RET where we are, and set
the bit A, accessed, in the entries it used. Each frame below 16 MB has two addresses now; we use
the lower one. Compare the two ranges of `info tab`.""",
         TWICE, low=True, bits="PG WP", maps={0x100000: 0x100000}),
    Stop("startup_32.high", HEAD, "the first instruction at 0xC01...", """
A jump through a register went to where we are linked: EIP is above PAGE_OFFSET, and stays there. The
frame is the same. GDT and stack are still found by their low addresses, so these are next.""",
         TWICE, bits="PG", shows={"r": "rip: 00000000_c01"}, shown=True),
    Stop("startup_32.low_gone", HEAD, "the low mapping is gone", """
drop_low_mapping has cleared the four lower entries of swapper_pg_dir and loaded CR3 again, so that
the TLB forgets them too. A NULL pointer faults from here on, and the lower 3 GB are free for
programs. Next: start_kernel().""",
         HIGH, bits="PG"),
    Stop("paging_init", INIT, "the real tables begin", """
The kernel has read the memory map and knows where lowmem ends; bootmem gives frames. All the CPU
has is still head.asm's: 16 MB, every page of them writable and executable, text too.
""",
         HIGH, maps={0xC0FFF000: 0xFFF000, 0xC1000000: None},
         look=("bt",)),
    Stop("pagetable_init", INIT, "what can this CPU do?", """
pagetable_init() first asks CPUID for large pages, global pages and no-execute, and switches on in
CR4 what it may use. The command line says `nopse`: PSE will stay off, so each page of lowmem
gets an entry of its own. Watch PSE and PGE in CR4 here and at the next stop.""",
         HIGH, bits="pse pge"),
    Stop("one_md_table_init", INIT, "first one_md_table_init: the middle level", """
kernel_physical_mapping_init() walks lowmem upwards and asks for the table of the middle level. With
two levels there is none: the pgd entry itself is returned as the pmd, and nothing is allocated. The
same source with PAE takes a frame here.""",
         HIGH, bits="pse PGE"),
    Stop("one_page_table_init", X86_INIT, "first one_page_table_init: a page table", """
And now the page table below that pmd. For the first 4 MB pg0 is there already, and is kept; above
16 MB frames come from bootmem, each of them mapped already by what was built before it.""",
         HIGH, bits="pse PGE"),
    Stop("map_by_pages", INIT, "the first set_pte of the direct map", """
Bochs watched the first entry of pg0 and stops behind the store. The entry leads to the same frame
as before, but has its final rights: G, global, the TLB keeps it when CR3 is loaded. The address
after it still has its provisional entry. The tables are changed while the CPU walks them, and
nothing moves.""",
         HIGH, writes="pg0", maps={0xC0000000: 0, 0xC0001000: 0x1000},
         shows={"page 0xc0000000": r"PTE: 0x0000000000000163       G", "page 0xc0001000":
                r"PTE: 0x00000000000010.3       g"}, shown=True),
    Stop("complete_kernel_pgd", INIT, "the direct map is whole", """
All of lowmem, 32 MB less what the BIOS keeps, is mapped by 4 KB pages. Text is R, read-only. The
page that `info tab` leaves out is the guard below the boot stack. Next, every pgd entry of the
kernel's part above lowmem gets its page table, so that it never has to change again.""",
         HIGH, maps={0xC1000000: 0x1000000, 0xC1FEF000: 0x1FEF000, 0xC1FF0000: None},
         shows={"page 0xc0100000": r"PTE: .* S R P"}),
    Stop("permanent_kmaps_init", INIT, "a page table for kmap()", """
kmap() maps highmem frames at PKMAP_BASE, in 1024 slots: one page table. With two levels
complete_kernel_pgd() has just made it; pkmap_page_table shall point to it.""",
         HIGH, maps={PKMAP_SLOT_1: None},
         shows={"page 0xff801000": r"PDE: 0x[0-9a-f]+067"}),
    Stop("load_kernel_tables", X86_INIT, "the final CR3", """
swapper_pg_dir was changed in place, so CR3 gets the value that it has: what counts is that loading it
flushes the TLB. Global entries stay even then, so CR4.PGE is cleared and set again. From here on
nothing remembers pg0's provisional entries.""",
         HIGH, bits="PGE", maps={VMALLOC_START: None}),
    Stop("kmap_init", INIT, "where kmap_atomic's slots have their entries", """
The fixmap's page table lies in the image. kmap_init() finds the entry of the first slot once and for
all: kmap_pte. The slot is empty.""",
         HIGH, maps={KMAP_ATOMIC_SLOT_0: None}),
    Stop("vmap_page_range_noflush", "mm/vmalloc.c", "the first vmalloc mapping", """
The buddy allocator rules now. Somebody wants pages in a row, and got them from anywhere: here they
are given addresses in a row, above high_memory and a hole of 8 MB. `bt` says who: kernel_thread()
needs a stack, with a guard page below it. The first address there is taken: ioremap() shows the
screen's memory at it.""",
         HIGH, maps={VMALLOC_START: 0xB8000, VMALLOC_START + 0x2000: None}, look=("bt",),
         shows={"bt": r"vmap_page_range_noflush\+0(.*\n)*.*kernel_thread"}),
    Stop("kmap_high", "mm/highmem.c", "the first kmap_high", f"""
The monitor was asked for `kmap {HIGH_PFN:#x}`, a frame at 48 MB, in the highmem zone. No address leads
to it. kmap_high() will take a slot of pkmap and write one entry: look at the same address at the next
stop. The stack of the last one, 0xc2802000, is mapped by now.""",
         HIGH, types=f"kmap {HIGH_PFN:#x}", maps={PKMAP_SLOT_1: None},
         look=("page 0xc2802000", "bt"),
         shows={"page 0xc2802000": "maps to physical page", "bt": r"kmap_high\+0(.*\n)*.*monitor_loop"}),
    Stop("kmap_atomic", "arch/i386/mm/highmem.c", "the first kmap_atomic", """
The monitor allocates a zeroed highmem frame. clear_highpage() has to write to it, for a moment and
without sleeping: kmap_atomic() uses a slot of the fixmap. Meanwhile the first frame of kmap() is
there: slot 1 leads to physical 48 MB.""",
         HIGH, types="alloc pages 0 GFP_HIGHUSER|__GFP_ZERO",
         maps={PKMAP_SLOT_1: HIGH_PFN << 12, KMAP_ATOMIC_SLOT_0: None}, look=("bt",),
         shows={"bt": r"kmap_atomic\+0(.*\n)*.*alloc_pages"}),
    Stop("kunmap_atomic", "arch/i386/mm/highmem.c", "and kunmap_atomic", """
The frame is zeroed. Its entry in the fixmap is about to be cleared, and the TLB told about this one
address: a pointer kept too long will fault. `info tab` shows every part of the window: lowmem, the
screen, the stack, a slot of kmap(), a slot of kmap_atomic().""",
         HIGH, maps={PKMAP_SLOT_1: HIGH_PFN << 12}, look=("page 0xffffd000",),
         shows={"page 0xffffd000": "maps to physical page"}, shown=True),
]

LARGE_PAGES = [
    Stop("map_by_large_page", INIT, "once more, with large pages", """
The machine booted again, without `nopse`. The image's 4 MB are done page by page, for text and data
need different rights. From here on one pgd entry is a page of 4 MB: no page table, and one line of
the TLB instead of 1024. CR4.PSE allows that. The first such entry is about to be written; the address
8 MB into lowmem still goes through pg0.""",
         HIGH, bits="PSE PGE", maps={BEHIND_IMAGE: 0x800000},
         shows={"page 0xc0800000": r"PTE: 0x00000000008000"}),
    Stop("complete_kernel_pgd", INIT, "the direct map, by large pages", """
PS in the PDE says that the walk ends there. The first 4 MB, with the image, and the ragged end of
lowmem still have page tables.""",
         HIGH, bits="PSE PGE", maps={BEHIND_IMAGE: 0x800000, 0xC1FEF000: 0x1FEF000},
         shows={"page 0xc0800000": r"PDE: 0x00000000008001e3    PS",
                "page 0xc1fef000": r"PTE: 0x0000000001fef163"}, shown=True),
]

PROGRAMS = program_stops(HIGH, "arch/i386/kernel/process.c")
RAMDISK = "/boot/initrd-i386.cpio.gz"

TOUR = Tour(I386, [Boot("nopse highmem=32M", CLASSIC), Boot("highmem=32M", LARGE_PAGES + PROGRAMS, RAMDISK)])
