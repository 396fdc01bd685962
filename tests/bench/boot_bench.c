/* What booting took, of time and of memory: known once, at the end of it. */
#include <tests/bench.h>
#include <kernel/percpu.h>
#include <mm/mm.h>
#include <asm/processor.h>
#include <asm/setup.h>

static u64 instructions_since_entry(void)
{
	return rdtsc() - boot_tsc;
}

/* RAM with an address of its own that nobody can have any more: image, mem_map, tables, and what drivers hold. */
static u64 lowmem_gone(void)
{
	u64 gone = 0;

	const struct zone *zone;

	for_each_zone (zone) {
		if (is_highmem(zone))
			continue;
		gone += zone->present_pages - zone->free_pages -
			(unsigned long)this_cpu_ptr(zone->pageset)->count;
	}
	return gone << PAGE_SHIFT;
}

bench_rows(boot) = {
	{ .slug = "boot",
	  .title = "kernel entry to the monitor",
	  .ops = 1,
	  .batches = 1,
	  .value = instructions_since_entry },
	{ .slug = "lowmem-gone",
	  .title = "lowmem gone at the prompt, bytes",
	  .ops = 1,
	  .batches = 1,
	  .value = lowmem_gone },
};
