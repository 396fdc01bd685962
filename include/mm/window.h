/*
 * Whose the addresses of the window are, and how many of them are taken: for the layout table, and
 * for those who show it.
 */
#ifndef MM_WINDOW_H
#define MM_WINDOW_H

#include <mm/layout.h>
#include <mm/vmalloc.h>

/* An area of the window as it was when it was looked up; it may be gone by now. */
struct vmap_info {
	unsigned long start, end; /* the guard page within */
	bool unpurged;		  /* let go of, and waiting for the TLB flush: vm says nothing */
	struct vm_struct vm;
};

/**
 * next_vmap_area - look up the first area that ends above an address
 * @vaddr: any address; in an area, that area is the answer
 * @info: filled in
 *
 * O(log n), so that areas can be gone through one by one without a lock held meanwhile.
 * Returns false if there is none up to the window's end. Takes vmap_area_lock.
 */
bool next_vmap_area(unsigned long vaddr, struct vmap_info *info);

#define for_each_vmap_area(info)                            \
	for (bool __more = next_vmap_area(0, info); __more; \
	     __more = next_vmap_area((info)->end, info))

/* Frames that an area maps, or has addresses for. */
static inline unsigned long vmap_info_pages(const struct vmap_info *info)
{
	return ((info->end - info->start) >> PAGE_SHIFT) - 1;
}

/* "vmalloc:load_elf", "ioremap:vga_console_remap guard page"; with the layout table's signature. */
const char *vmalloc_owner(unsigned long vaddr, char *buf, size_t size);

/* "pkmap:12 frame 0x3f000". */
const char *pkmap_owner(unsigned long vaddr, char *buf, size_t size);

/* Pages in use, kilobytes of addresses in areas, slots that show a frame. */
struct layout_usage lowmem_usage(void);
struct layout_usage vmalloc_usage(void);
struct layout_usage pkmap_usage(void);

#endif
