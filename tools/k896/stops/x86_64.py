"""
The tour of the x86_64 kernel, four levels of tables: into long mode, the direct map of all RAM by
large pages, the image at -2 GB, and no highmem.
"""

from ..kernels import X86_64
from .programs import program_stops
from .stop import IMAGE, NULL, Boot, State, Stop, Tour

HEAD = "arch/x86_64/boot/head.asm"
INIT = "arch/x86_64/mm/init.c"
X86_INIT = "arch/x86/mm/init.c"

# The image's first byte: where it is linked, and in the direct map.
LINKED, DIRECT = 0xFFFFFFFF80100000, 0xFFFF888000100000
# The image ends below it (kernel.lds.S sees to that).
BEHIND_IMAGE = 0xFFFF888000800000
VMALLOC_START = 0xFFFFC90000000000
VMEMMAP_START = 0xFFFFEA0000000000
# Some frame, and its address in the direct map.
PFN, PFN_DIRECT = 0x3000, 0xFFFF888003000000

OFF = State(paging=False, cr3=0, maps={IMAGE: IMAGE, NULL: NULL})
OFF_LOADED = OFF._replace(cr3="swapper_pg_dir")
THRICE = State(paging=True, cr3="swapper_pg_dir",
               maps={IMAGE: None, NULL: 0, LINKED: 0x100000, DIRECT: 0x100000})
HIGH = THRICE._replace(maps={**THRICE.maps, NULL: None})

STOPS = [
    Stop("startup_32", HEAD, "entry: 32 bits, paging off", """
GRUB hands over in 32-bit protected mode, the same for every kernel: EAX has the magic number of
Multiboot2. Each address is a physical one. Our symbols are linked at the last 2 GB of 2^64, so
until the tables are on the source writes PA(symbol), the symbol less __START_KERNEL_map.""",
         OFF, low=True, bits="pg PE pae lme lma", shows={"r": "rax: 00000000_36d76289"}),
    Stop("fill_tables", HEAD, "the provisional tables, still empty", """
The CPU has long mode. level2_boot will map the first gigabyte by 512 pages of 2 MB: every CPU that
gets this far has them. Above it stand two more levels.""",
         OFF, low=True, bits="pg", look=("xp /4wx {swapper_pg_dir}",),
         shows={"xp /4wx {swapper_pg_dir}": "0x00000000\t0x00000000\t0x00000000\t0x00000000"}),
    Stop("enable_paging", HEAD, "the tables are filled", """
One pmd table, three ways to it: from pgd entry 0, where we run; from entry 0x111, PAGE_OFFSET; from the
last one, where we are linked. 83 at the end of an entry says present, writable, and a page itself.""",
         OFF, low=True, bits="pg pae",
         look=("xp /2wx {swapper_pg_dir}", "xp /2wx {swapper_pg_dir}+0x888",
               "xp /2wx {swapper_pg_dir}+0xff8", "xp /4wx {level2_boot}"),
         shows={"xp /2wx {swapper_pg_dir}": "0x00105003\t", "xp /2wx {swapper_pg_dir}+0x888": "0x00105003\t",
                "xp /2wx {swapper_pg_dir}+0xff8": "0x00102003\t",
                "xp /4wx {level2_boot}": "0x00000083\t0x00000000\t0x00200083\t0x00000000"}),
    Stop("enable_paging.cr3_loaded", HEAD, "CR3 is loaded", """
CR4.PAE is set and CR3 has the physical address of swapper_pg_dir. It means nothing yet: PG is clear. With
PG set now these tables would be read as PAE's, three levels of them. Bit LME of EFER says four.""",
         OFF_LOADED, low=True, bits="pg PAE lme lma"),
    Stop("enable_paging.long_mode_enabled", HEAD, "long mode is enabled, not active", """
EFER.LME is set, EFER.LMA is not: the CPU becomes active in long mode only together with paging. There
is no long mode without paging.""",
         OFF_LOADED, low=True, bits="pg PAE LME lma"),
    Stop("enable_paging.paging_on", HEAD, "the instruction that turns paging on", """
`mov cr0, eax`, with bit 31 of EAX set. We stand in front of it. The instruction behind it will be
fetched through four levels of tables, from the low address where EIP is: if they did not map that,
this would be the machine's last. Type `s` to take this one step.""",
         OFF_LOADED, low=True, bits="pg LME lma", shows={"r": "rax: 00000000_80010011"}),
    Stop("enable_paging.still_low", HEAD, "paging is on, long mode active, 32-bit code", """
One instruction later. LMA is set: the CPU walks four levels. But CS still has a 32-bit segment, so
this RET is 32-bit code. `info tab` of Bochs 2.7 leaves out the direct map; `page` does not.""",
         THRICE, low=True, bits="PG WP LME LMA", shows={"page 0x0": "PDE: .* PS "}, shown=True),
    Stop("startup_64", HEAD, "the first 64-bit instruction", """
A far jump loaded CS with a segment that has the bit L. The same bytes mean other instructions now:
`mov rax` takes 64 bits, enough to hold the address where we are linked. The jump there is next.""",
         THRICE, low=True, bits="PG LMA"),
    Stop("startup_64.high", HEAD, "the first instruction at 0xffffffff80...", """
RIP is where we are linked, -2 GB. The frame is the same. Compiled with -mcmodel=kernel, code reaches
all of the image by 32-bit addresses that are sign-extended.""",
         THRICE, bits="PG", shows={"r": "rip: ffffffff_801"}),
    Stop("startup_64.low_gone", HEAD, "the low mapping is gone", """
drop_low_mapping has cleared entry 0 of swapper_pg_dir and loaded CR3 again, so that the TLB forgets it
too. A NULL pointer faults from here on. Next: start_kernel().""",
         HIGH, bits="PG"),
    Stop("paging_init", INIT, "the real tables begin", """
The kernel has read the memory map; bootmem gives frames. All the CPU has is still head.asm's: a
gigabyte, RAM or not, writable and executable.""",
         HIGH, maps={BEHIND_IMAGE: 0x800000}, look=("bt",),
         shows={"page 0xffff888000800000": "PDE: 0x00000000008000.3    PS"}),
    Stop("pagetable_init", INIT, "what can this CPU do?", """
pagetable_init() asks CPUID for pages of 1 GB, global pages, no-execute, and for the two bits that
keep the kernel off users' pages, and switches on in CR4 and EFER what there is.""",
         HIGH, bits="pse pge nxe"),
    Stop("kernel_physical_mapping_init", INIT, "the direct map of all RAM", """
All RAM, at PAGE_OFFSET: no frame is high, whatever its address. Holes stay unmapped. One pgd entry
covers 512 GB, so for this machine one pass is enough.""",
         HIGH, bits="PSE PGE NXE"),
    Stop("phys_pud_init", INIT, "one pgd entry: 512 GB", """
Its pud table is filled before the pgd entry leads to it. Each pud entry is a page of 1 GB, if all of
that is RAM and the CPU can; here it leads to a pmd table instead, with pages of 2 MB, and the parts
with the image and the ragged end go down to 4 KB.""",
         HIGH, maps={BEHIND_IMAGE: 0x800000}),
    Stop("map_image", INIT, "the image, where it is linked", """
The direct map is whole: XD all over, and where the image lies, not writable either where the image
is not. Now the image's own mapping at -2 GB, by 4 KB pages, each part with its rights.""",
         HIGH, maps={BEHIND_IMAGE: 0x800000},
         shows={"page 0xffff888000100000": r"PTE: 0x8000000000100161 XD .* S R P",
                "page 0xffff888000800000": r"PDE: 0x80000000008001e3 XD PS"}, shown=True),
    Stop("one_page_table_init", X86_INIT, "first one_page_table_init: a page table for the image", """
map_image() asks for the page table of the image's first 2 MB. It belongs to a pmd table that no entry
leads to yet; the CPU still walks level2_boot.""",
         HIGH, look=("bt",), shows={"bt": r"one_page_table_init\+0"}),
    Stop("complete_kernel_pgd", INIT, "pud tables for vmalloc's 32 TB", """
Text is R and executable, and only here. Next, each of the 64 pgd entries of vmalloc's region gets its
pud table: processes copy these entries once, and they never change again.""",
         HIGH, maps={VMALLOC_START: None},
         shows={"page 0xffffffff80100000": r"PTE: 0x0000000000100161 .* S R P",
                "page 0xffffc90000000000": r"PML4: 0x0000000000000000"}),
    Stop("load_kernel_tables", X86_INIT, "the final CR3", """
swapper_pg_dir was changed in place, so CR3 gets the value that it has: what counts is that loading it
flushes the TLB, and for global entries CR4.PGE is cleared and set again.""",
         HIGH, bits="PGE", maps={VMALLOC_START: None},
         shows={"page 0xffffc90000000000": r"PML4: 0x[0-9a-f]+067"}),
    Stop("alloc_mem_map", INIT, "mem_map, only where RAM is", """
A struct page for each frame, at VMEMMAP_START. Only the parts that describe RAM get memory: holes in
RAM become holes in mem_map. On i386 it is one array in lowmem.""",
         HIGH, maps={VMEMMAP_START: None}),
    Stop("mem_init", X86_INIT, "bootmem hands over to the buddy allocator", """
Every free frame goes to the buddy allocator: all in the zones DMA and DMA32, none high. mem_map is
there.""",
         HIGH, look=("page 0xffffea0000000000",),
         shows={"page 0xffffea0000000000": "maps to physical page"}),
    Stop("vmap_page_range_noflush", "mm/vmalloc.c", "the first vmalloc mapping", """
Pages from anywhere get addresses in a row: `bt` says that kernel_thread() needs a stack, with a guard
page below it. The first address is taken: ioremap() shows the screen's memory at it.""",
         HIGH, maps={VMALLOC_START: 0xB8000, VMALLOC_START + 0x2000: None}, look=("bt",),
         shows={"bt": r"vmap_page_range_noflush\+0(.*\n)*.*kernel_thread"}),
    Stop("kmap", "mm/highmem.c", "kmap() without highmem", f"""
The monitor was asked for `kmap {PFN:#x}`. No frame is high: kmap() has no slot to look for, and will
return the frame's address in the direct map, which leads there already. No table changes.""",
         HIGH, types=f"kmap {PFN:#x}", maps={PFN_DIRECT: PFN << 12}),
]

PROGRAMS = program_stops(HIGH, "arch/x86_64/kernel/process.c")

TOUR = Tour(X86_64, [Boot("", STOPS + PROGRAMS, "/boot/initrd-x86_64.cpio.gz")])
