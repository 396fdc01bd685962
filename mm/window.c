/*
 * Answers about the window: who has an address, and how full each part is.
 *
 *      0xf8801234  --> tree of areas --> vm_struct --> caller        "vmalloc:load_elf"
 *      0xff80c000  --> slot 12 --> its table entry                   "pkmap:12 frame 0x3f000"
 *
 * The rows of the layout table (arch/.../mm/layout.c) lead here; so does the monitor. Only reads.
 */
#include <kernel/kallsyms.h>
#include <lib/printf.h>
#include <mm/highmem.h>
#include <mm/window.h>

static const struct vmap_area *first_ending_above(unsigned long vaddr)
{
	const struct rb_node *node = vmap_area_root.rb_node;
	const struct vmap_area *found = NULL;

	while (node) {
		const struct vmap_area *va = rb_entry(node, struct vmap_area, rb_node);

		if (va->va_end > vaddr) {
			found = va;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

bool next_vmap_area(unsigned long vaddr, struct vmap_info *info)
{
	const struct vmap_area *va;

	spin_lock(&vmap_area_lock);
	va = first_ending_above(vaddr);
	if (va) {
		*info = (struct vmap_info){ va->va_start, va->va_end, !va->vm, { 0 } };
		if (va->vm)
			info->vm = *va->vm;
	}
	spin_unlock(&vmap_area_lock);
	return va;
}

static const char *kind_of(const struct vm_struct *vm)
{
	if (vm->flags & VM_ALLOC)
		return "vmalloc";
	return vm->flags & VM_MAP ? "vmap" : "ioremap";
}

const char *vmalloc_owner(unsigned long vaddr, char *buf, size_t size)
{
	struct vmap_info info;
	unsigned long length, offset;
	const char *caller;

	if (!next_vmap_area(vaddr, &info) || vaddr < info.start)
		return "vmalloc";
	if (info.unpurged)
		return "vmalloc:unpurged";
	caller = kallsyms_lookup((unsigned long)info.vm.caller, &length, &offset);
	snprintf(buf, size, "%s:%s%s", kind_of(&info.vm), caller ? caller : "?",
		 vaddr >= info.end - PAGE_SIZE ? " guard page" : "");
	return buf;
}

const char *pkmap_owner(unsigned long vaddr, char *buf, size_t size)
{
	unsigned long nr = PKMAP_NR(vaddr);
	pte_t pte = pkmap_page_table[nr];

	if (!pte_present(pte))
		return "pkmap";
	snprintf(buf, size, "pkmap:%lu frame %#lx", nr, pte_pfn(pte));
	return buf;
}

struct layout_usage lowmem_usage(void)
{
	const struct zone *zone;
	unsigned long present = 0, free = 0;

	for_each_zone (zone) {
		if (is_highmem(zone))
			continue;
		present += zone->present_pages;
		free += zone->free_pages + this_cpu_ptr(zone->pageset)->count;
	}
	return (struct layout_usage){ .used = present - free, .total = present, .unit = "pages" };
}

struct layout_usage vmalloc_usage(void)
{
	struct layout_usage usage = { .total = (VMALLOC_END - VMALLOC_START) / SZ_1K,
				      .unit = "kB" };
	struct vmap_info info;

	for_each_vmap_area (&info) {
		usage.used += (info.end - info.start) / SZ_1K;
		usage.nr_areas++;
	}
	return usage;
}

struct layout_usage pkmap_usage(void)
{
	struct layout_usage usage = { .total = LAST_PKMAP, .unit = "slots" };

	for (unsigned int nr = 0; nr < LAST_PKMAP; nr++)
		usage.used += pkmap_count[nr] != 0;
	return usage;
}
