/*
 * Boot information: either Multiboot protocol's structures turned into struct boot_params.
 *
 *      GRUB       EAX 0x36D76289   EBX -> [ size | tag | tag | ... | end ]           version 2
 *      QEMU       EAX 0x2BADB002   EBX -> [ flags | fields ] -> strings, modules     version 1
 *
 * The structures may lie anywhere below 4 GB, where the provisional page tables map nothing, so
 * they are read through a window of the fixmap, copied, and never seen again. setup_arch() calls
 * in here before anything else knows what RAM there is.
 */
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <asm/fixmap.h>
#include <asm/multiboot.h>
#include <asm/setup.h>

struct boot_params boot_params;

/* No real loader comes near; a larger size is a lie or garbage. */
#define MULTIBOOT2_MAX_SIZE SZ_1M

/* Copies from physical memory, a frame at a time through the window. */
static void boot_read(void *to, phys_addr_t pa, size_t size)
{
	while (size) {
		size_t offset = pa & ~PAGE_MASK;
		size_t part = min(size, (size_t)PAGE_SIZE - offset);

		__set_fixmap(FIX_BOOT_INFO, pa - offset, PAGE_KERNEL_RO);
		memcpy(to, (char *)fix_to_virt(FIX_BOOT_INFO) + offset, part);
		to = (char *)to + part;
		pa += part;
		size -= part;
	}
	__set_fixmap(FIX_BOOT_INFO, 0, PAGE_UNMAPPED);
}

/* Copies a string of at most @max bytes; one that does not fit @size is cut, with a message. */
static void boot_read_string(char *to, size_t size, phys_addr_t pa, size_t max, const char *what)
{
	size_t room = min(size, max);

	boot_read(to, pa, room);
	if (room < size)
		to[room] = '\0';
	if (strnlen(to, size) < size)
		return;
	to[size - 1] = '\0';
	pr_warn("boot: %s is longer than %zu bytes; the rest is ignored\n", what, size - 1);
}

static void add_module(struct boot_params *params, phys_addr_t start, phys_addr_t end,
		       phys_addr_t name, size_t name_max)
{
	struct boot_module *module = &params->modules[params->nr_modules];

	if (end <= start) {
		pr_warn("boot: module at %#llx ends at %#llx; ignored\n", (u64)start, (u64)end);
		return;
	}
	if (params->nr_modules == MAX_BOOT_MODULES) {
		pr_warn("boot: more than %d modules; the one at %#llx is ignored\n",
			MAX_BOOT_MODULES, (u64)start);
		return;
	}
	module->start = start;
	module->end = end;
	module->name[0] = '\0';
	if (name_max)
		boot_read_string(module->name, sizeof(module->name), name, name_max,
				 "a module's name");
	params->nr_modules++;
}

/* QEMU puts the kernel's path in front of the options, as the first GRUB did: GRUB 2 does not. */
static void drop_kernel_path(char *cmdline)
{
	char *blank = strchr(cmdline, ' ');
	size_t word = blank ? (size_t)(blank - cmdline) : strlen(cmdline);

	if (memchr(cmdline, '.', word) && !memchr(cmdline, '=', word))
		memmove(cmdline, cmdline + word, strlen(cmdline + word) + 1);
}

/* A size that lies may promise millions of entries: reading stops where no map can be longer. */
static bool more_entries(int nr_read)
{
	if (nr_read < E820MAX)
		return true;
	pr_warn("boot: memory map of more than %d entries; the rest is ignored\n", E820MAX);
	return false;
}

static void parse_mmap1(const struct multiboot1_info *info, struct boot_params *params)
{
	phys_addr_t pa = info->mmap_addr;
	u32 left = info->mmap_length;

	for (int i = 0; left >= sizeof(struct multiboot1_mmap_entry) && more_entries(i); i++) {
		struct multiboot1_mmap_entry entry;
		u32 step;

		boot_read(&entry, pa, sizeof(entry));
		step = entry.size + sizeof(entry.size);
		if (step < sizeof(entry) || step > left) {
			pr_warn("boot: memory map entry of %u bytes at %#llx; the rest is "
				"ignored\n",
				entry.size, (u64)pa);
			return;
		}
		e820_add_region(&params->e820, entry.addr, entry.len, entry.type);
		pa += step;
		left -= step;
	}
}

static void parse_modules1(const struct multiboot1_info *info, struct boot_params *params)
{
	if (info->mods_count > MAX_BOOT_MODULES)
		pr_warn("boot: %u modules; those after the first %d are ignored\n",
			info->mods_count, MAX_BOOT_MODULES);
	for (u32 i = 0; i < min(info->mods_count, (u32)MAX_BOOT_MODULES); i++) {
		struct multiboot1_mod mod;

		boot_read(&mod, info->mods_addr + i * sizeof(mod), sizeof(mod));
		add_module(params, mod.mod_start, mod.mod_end, mod.cmdline,
			   mod.cmdline ? MODULE_NAME_SIZE : 0);
	}
}

static void parse_multiboot1(phys_addr_t pa, struct boot_params *params)
{
	struct multiboot1_info info;

	boot_read(&info, pa, sizeof(info));
	params->info_end = pa + sizeof(info);
	if (info.flags & MULTIBOOT1_MEMORY) {
		params->mem_lower = info.mem_lower;
		params->mem_upper = info.mem_upper;
	}
	if (info.flags & MULTIBOOT1_CMDLINE) {
		boot_read_string(params->cmdline, COMMAND_LINE_SIZE, info.cmdline,
				 COMMAND_LINE_SIZE, "the command line");
		drop_kernel_path(params->cmdline);
	}
	if (info.flags & MULTIBOOT1_MODS)
		parse_modules1(&info, params);
	if (info.flags & MULTIBOOT1_MMAP)
		parse_mmap1(&info, params);
}

static void parse_cmdline2(phys_addr_t pa, u32 size, struct boot_params *params)
{
	u32 header = sizeof(struct multiboot2_tag);

	boot_read_string(params->cmdline, COMMAND_LINE_SIZE, pa + header, size - header,
			 "the command line");
}

static void parse_module2(phys_addr_t pa, u32 size, struct boot_params *params)
{
	struct multiboot2_module module;

	boot_read(&module, pa, sizeof(module));
	add_module(params, module.mod_start, module.mod_end, pa + sizeof(module),
		   size - sizeof(module));
}

static void parse_meminfo2(phys_addr_t pa, u32 size, struct boot_params *params)
{
	struct multiboot2_meminfo meminfo;

	(void)size;
	boot_read(&meminfo, pa, sizeof(meminfo));
	params->mem_lower = meminfo.mem_lower;
	params->mem_upper = meminfo.mem_upper;
}

static void parse_mmap2(phys_addr_t pa, u32 size, struct boot_params *params)
{
	struct multiboot2_mmap mmap;
	u32 offset = sizeof(mmap);

	boot_read(&mmap, pa, sizeof(mmap));
	if (mmap.entry_size < sizeof(struct multiboot2_mmap_entry)) {
		pr_warn("boot: memory map with entries of %u bytes; ignored\n", mmap.entry_size);
		return;
	}
	for (int i = 0; size - offset >= mmap.entry_size && more_entries(i); i++) {
		struct multiboot2_mmap_entry entry;

		boot_read(&entry, pa + offset, sizeof(entry));
		e820_add_region(&params->e820, entry.addr, entry.len, entry.type);
		offset += mmap.entry_size;
	}
}

static const struct {
	u32 type;
	u32 min_size;
	void (*parse)(phys_addr_t pa, u32 size, struct boot_params *params);
} tag_parsers[] = {
	{ MULTIBOOT2_TAG_CMDLINE, sizeof(struct multiboot2_tag) + 1, parse_cmdline2 },
	{ MULTIBOOT2_TAG_MODULE, sizeof(struct multiboot2_module), parse_module2 },
	{ MULTIBOOT2_TAG_BASIC_MEMINFO, sizeof(struct multiboot2_meminfo), parse_meminfo2 },
	{ MULTIBOOT2_TAG_MMAP, sizeof(struct multiboot2_mmap), parse_mmap2 },
};

static void parse_tag(phys_addr_t pa, const struct multiboot2_tag *tag, struct boot_params *params)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(tag_parsers); i++) {
		if (tag_parsers[i].type != tag->type)
			continue;
		if (tag->size >= tag_parsers[i].min_size)
			tag_parsers[i].parse(pa, tag->size, params);
		else
			pr_warn("boot: tag %u at %#llx has only %u bytes; ignored\n", tag->type,
				(u64)pa, tag->size);
		return;
	}
}

static void parse_tags(phys_addr_t pa, phys_addr_t end, struct boot_params *params)
{
	while (end - pa >= sizeof(struct multiboot2_tag)) {
		struct multiboot2_tag tag;

		boot_read(&tag, pa, sizeof(tag));
		if (tag.type == MULTIBOOT2_TAG_END)
			return;
		if (tag.size < sizeof(tag) || tag.size > end - pa) {
			pr_warn("boot: tag %u at %#llx claims %u bytes of %llu; the rest is "
				"ignored\n",
				tag.type, (u64)pa, tag.size, (u64)(end - pa));
			return;
		}
		parse_tag(pa, &tag, params);
		pa += min((u64)(end - pa), ALIGN((u64)tag.size, 8));
	}
	pr_warn("boot: the boot information ends at %#llx without an end tag\n", (u64)end);
}

static void parse_multiboot2(phys_addr_t pa, struct boot_params *params)
{
	struct multiboot2_info info;

	boot_read(&info, pa, sizeof(info));
	if (info.total_size < sizeof(info) || info.total_size > MULTIBOOT2_MAX_SIZE) {
		pr_warn("boot: boot information of %u bytes; ignored\n", info.total_size);
		return;
	}
	params->info_end = pa + info.total_size;
	parse_tags(pa + sizeof(info), params->info_end, params);
}

void multiboot_parse(u32 magic, phys_addr_t info, struct boot_params *params)
{
	memset(params, 0, sizeof(*params));
	params->info_start = params->info_end = info;
	if (magic == MULTIBOOT2_BOOTLOADER_MAGIC)
		parse_multiboot2(info, params);
	else
		parse_multiboot1(info, params);
}
