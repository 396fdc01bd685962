/*
 * setup_arch(): from what the boot loader said to a kernel address space.
 *
 *      boot information -> memory map -> what is taken -> lowmem and highmem -> bootmem -> paging
 *
 * start_kernel() calls it once consoles and the IDT work. How RAM is divided differs:
 * find_max_low_pfn() is in arch/.../kernel/setup.c. Condenses arch/i386/kernel/setup.c.
 */
#include <fs/fs.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/resource.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/kstrtox.h>
#include <mm/bootmem.h>
#include <mm/mm.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <asm/setup.h>

/*
 * Below 1 MB not all is RAM even where a map says so: the BIOS keeps its data in page 0, and the PC
 * has the VGA frame buffer and ROMs above 640 KB.
 */
static const struct early_res bios_areas[] = {
	{ "BIOS data", 0, PAGE_SIZE },
	{ "Video RAM area", 0xA0000, 0xC0000 },
	{ "Adapter ROM", 0xC0000, 0xF0000 },
	{ "System ROM", 0xF0000, 0x100000 },
};

static u64 memory_limit = ~0ULL;

bool parse_size(const char *option, const char *val, u64 *size)
{
	char *end;

	*size = memparse(val, &end);
	if (end != val && !*end && *size != ~0ULL)
		return true;
	pr_warn("setup: %s=%s: %s; ignored\n", option, val,
		end == val || *end ? "not a size (like 64M)" : "too large a number");
	return false;
}

static int parse_mem(char *val)
{
	u64 size;

	if (!parse_size("mem", val, &size))
		return 0;
	if (size < MIN_LOWMEM)
		pr_warn("setup: mem=%s: the kernel needs %lu MB; ignored\n", val,
			MIN_LOWMEM / SZ_1M);
	else
		memory_limit = size;
	return 0;
}
early_param("mem=", parse_mem);

/* No large pages of any size: see cpu_has_gbpages. */
static int parse_nopse(char *val)
{
	(void)val;
	setup_clear_cpu_cap(X86_FEATURE_PSE);
	return 0;
}
early_param("nopse", parse_nopse);

static int parse_nopge(char *val)
{
	(void)val;
	setup_clear_cpu_cap(X86_FEATURE_PGE);
	return 0;
}
early_param("nopge", parse_nopge);

/* No map at all: what the BIOS told in its oldest calls, below 640 KB and from 1 MB on. */
static void fall_back_to_meminfo(struct boot_params *params)
{
	if (!params->mem_upper)
		panic("setup: the boot loader gave neither a memory map nor memory sizes; "
		      "use GRUB's multiboot2 command or QEMU's -kernel");
	pr_warn("setup: no memory map; taking %u KB below 1 MB and %u KB above\n",
		params->mem_lower, params->mem_upper);
	e820_add_region(&params->e820, 0, min((u64)params->mem_lower << 10, 640ULL << 10),
			E820_RAM);
	e820_add_region(&params->e820, SZ_1M, (u64)params->mem_upper << 10, E820_RAM);
}

static void print_memory_map(void)
{
	pr_info("setup: memory map as the loader gave it, overlaps settled:\n");
	for (unsigned int i = 0; i < e820.nr_map; i++)
		pr_info("  [mem 0x%010llx-0x%010llx] %s\n", e820.map[i].addr,
			e820.map[i].addr + e820.map[i].size - 1, e820_type_name(e820.map[i].type));
}

void limit_ram(u64 limit, const char *why)
{
	u64 lost = e820_limit_ram(&e820, limit);

	if (lost)
		pr_warn("setup: %llu MB of RAM above %#llx not used: %s\n", lost / SZ_1M, limit,
			why);
}

static void setup_memory_map(void)
{
	e820 = boot_params.e820;
	if (!e820.nr_map) {
		fall_back_to_meminfo(&boot_params);
		e820 = boot_params.e820;
	}
	sanitize_e820_map(&e820);
	print_memory_map();
	if (sizeof(pteval_t) == sizeof(u32))
		limit_ram(1ULL << 32, "the kernel was built without PAE");
	limit_ram(1ULL << boot_cpu_data.phys_bits, "the CPU has no more physical address bits");
	limit_ram(memory_limit, "mem= on the command line");
}

/* Either the loader lied, or it has written over us: whoever reads the module reads the kernel. */
static void reserve_module(const struct boot_module *module)
{
	if (module->start < __pa(_end) && module->end > __pa(_text))
		pr_warn("setup: module '%s' at %#llx-%#llx lies over the kernel; do not use it\n",
			module->name, (u64)module->start, (u64)module->end - 1);
	reserve_early(module->start, module->end, "Module");
}

static void reserve_early_all(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(bios_areas); i++)
		reserve_early(bios_areas[i].start, bios_areas[i].end, bios_areas[i].name);
	reserve_early(__pa(_text), __pa(_end), "Kernel");
	reserve_early(boot_params.info_start, boot_params.info_end, "Boot information");
	for (unsigned int i = 0; i < boot_params.nr_modules; i++)
		reserve_module(&boot_params.modules[i]);
}

static unsigned long unreserved_pages;

static void count_unreserved(unsigned long start_pfn, unsigned long end_pfn)
{
	unreserved_pages += e820_ram_pages(&e820, start_pfn, end_pfn);
}

unsigned long free_lowmem_pages(unsigned long end_pfn)
{
	unreserved_pages = 0;
	for_unreserved(0, end_pfn, count_unreserved);
	return unreserved_pages;
}

void check_lowmem(void)
{
	if (max_low_pfn < MIN_LOWMEM_PFN)
		panic("setup: %lu MB of RAM are too few: the kernel needs %lu MB", max_low_pfn >> 8,
		      MIN_LOWMEM / SZ_1M);
	if (free_lowmem_pages(max_low_pfn) < MIN_FREE_LOWMEM_PFN)
		panic("setup: beside the modules %lu kB of lowmem are left: the kernel needs %lu "
		      "MB; "
		      "boot with smaller modules",
		      free_lowmem_pages(max_low_pfn) << (PAGE_SHIFT - 10), MIN_FREE_LOWMEM / SZ_1M);
}

/* Lab 04 */
/*
 * bootmem gets what the map calls RAM, as far as lowmem reaches, without what is taken by now. Its
 * bitmap takes a place of its own, which must lie where the provisional tables reach.
 */
static void setup_bootmem_allocator(void)
{
	unsigned long map_size = PFN_PHYS(bootmem_bootmap_pages(max_low_pfn));
	phys_addr_t limit = min(BOOT_MAP_MB * SZ_1M, (unsigned long)PFN_PHYS(max_low_pfn));
	phys_addr_t map = find_e820_area(0, limit, map_size, PAGE_SIZE);

	if (!map)
		panic("setup: no %lu bytes free below %d MB for bootmem's bitmap; "
		      "boot with smaller modules",
		      map_size, BOOT_MAP_MB);
	init_bootmem(PFN_DOWN(map), max_low_pfn);
	for (unsigned int i = 0; i < e820.nr_map; i++) {
		if (e820.map[i].type == E820_RAM && e820.map[i].addr < PFN_PHYS(max_low_pfn))
			free_bootmem(e820.map[i].addr,
				     min(e820.map[i].size,
					 (u64)PFN_PHYS(max_low_pfn) - e820.map[i].addr));
	}
	for (unsigned int i = 0; i < nr_early_res; i++)
		reserve_bootmem(early_res[i].start, early_res[i].end - early_res[i].start);
	reserve_bootmem(map, map_size);
}

/* Some firmware lists a part of its own area as reserved: that part goes by the map's name. */
static u64 end_before_map(const struct early_res *area)
{
	u64 end = area->end;

	for (unsigned int i = 0; i < e820.nr_map; i++) {
		if (e820.map[i].addr > area->start)
			end = min(end, e820.map[i].addr);
	}
	return end;
}

static void claim(const char *name, u64 start, u64 end)
{
	struct resource *res = alloc_bootmem(sizeof(*res));

	*res = (struct resource){ .start = start, .end = end - 1, .name = name };
	if (end > start && insert_resource(&iomem_resource, res))
		pr_warn("setup: %s at %#llx-%#llx cuts through another range; not in iomem\n", name,
			start, end - 1);
}

/* What `iomem` shows. */
static void register_resources(void)
{
	for (unsigned int i = 0; i < e820.nr_map; i++)
		claim(e820_type_name(e820.map[i].type), e820.map[i].addr,
		      e820.map[i].addr + e820.map[i].size);
	/* reserve_early_all() put the BIOS areas first. */
	for (unsigned int i = 0; i < ARRAY_SIZE(bios_areas); i++)
		claim(bios_areas[i].name, bios_areas[i].start, end_before_map(&bios_areas[i]));
	for (unsigned int i = ARRAY_SIZE(bios_areas); i < nr_early_res; i++)
		claim(early_res[i].name, early_res[i].start, early_res[i].end);
	claim("Kernel code", __pa(_stext), __pa(_etext));
	claim("Kernel rodata", __pa(_srodata), __pa(_erodata));
	claim("Kernel data", __pa(_sdata), __pa(_edata));
	claim("Kernel bss", __pa(_sbss), __pa(_ebss));
}

/* The first module is the root. Frames beyond the RAM that is used (mem=) have no struct page. */
static void find_initrd(void)
{
	const struct boot_module *module = boot_params.modules;

	if (!boot_params.nr_modules)
		return;
	if (!pfn_valid(PFN_DOWN(module->start)) || !pfn_valid(PFN_DOWN(module->end - 1))) {
		pr_warn("setup: the ramdisk at %#llx-%#llx is not in the RAM that is used; "
			"ignored\n",
			(u64)module->start, (u64)module->end - 1);
		return;
	}
	initrd_start = module->start;
	initrd_end = module->end;
}

__landmark const char *setup_arch(void)
{
	multiboot_parse(boot_magic, boot_info, &boot_params);
	pr_info("Command line: %s\n", boot_params.cmdline);
	parse_early_param(boot_params.cmdline);
	setup_memory_map();
	reserve_early_all();
	find_max_low_pfn();
	setup_bootmem_allocator();
	paging_init();
	register_resources();
	find_initrd();
	return boot_params.cmdline;
}
