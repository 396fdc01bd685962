/*
 * VMAs under a long run of random calls, beside a model that is too simple to be wrong: a byte for
 * each page says what may be done with it.
 *
 *      MMAP_MIN_ADDR                                                        mmap_base
 *      model  0 0 w w w r r 0 0 s s 0 w w 0 0 0 0 ...                        |
 *             ^ a call is done to the bytes, too, in a loop over pages; then result and rights
 *               of every page must be the same
 *
 * The model knows no VMAs. Where a call's result depends on where one ends, which mremap()'s does,
 * the kernel is asked. seed= on the command line gives another run.
 */
#include "mm_tools.h"
#include <lib/err.h>
#include <kernel/printk.h>
#include <mm/fault_inject.h>

#define NR_CALLS   100000
#define NR_PAGES   1024UL /* of the model: above them is room for nothing, below them is nothing */
#define MAX_LEN	   24
#define GUARD	   (STACK_GUARD_GAP >> PAGE_SHIFT)
#define HEAP	   300UL
#define CALLS_EACH 16 /* so many, then all pages are compared */

/* The bits of a page: those of its VMA's flags that calls change, and that it is mapped. */
#define MAPPED	  0x80
#define STACK	  0x40
#define RANDOM	  0x20
#define PROT_MASK (PROT_READ | PROT_WRITE | PROT_EXEC)
#define SHARED	  0x08

static u8 model[NR_PAGES + 1];	/* behind the last one something is mapped */
static unsigned long model_brk; /* in pages */
static u32 random_state;

static unsigned long page_at(unsigned long nr)
{
	return MMAP_MIN_ADDR + (nr << PAGE_SHIFT);
}

static unsigned long nr_of(unsigned long addr)
{
	return (addr - MMAP_MIN_ADDR) >> PAGE_SHIFT;
}

static u32 random_below(u32 limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % limit;
}

/* A range of pages of the model. */
struct range {
	unsigned long start, len;
};

static struct range random_range(void)
{
	const unsigned long len = 1 + random_below(MAX_LEN);

	return (struct range){ random_below((u32)(NR_PAGES - len + 1)), len };
}

static bool is_free(unsigned long start, unsigned long len)
{
	for (unsigned long nr = start; nr < start + len; nr++) {
		if (nr > NR_PAGES || model[nr])
			return false;
	}
	return true;
}

static void fill(unsigned long start, unsigned long len, u8 value)
{
	memset(model + start, value, len);
}

/* --- what the kernel should answer, by looking at pages --------------------------------------- */

/* A page that a stack may want to grow into: no new mapping is placed there. */
static bool is_in_a_guard_gap(unsigned long nr)
{
	unsigned long above = nr;

	while (above < NR_PAGES && !model[above])
		above++;
	return model[above] & STACK && above - nr <= GUARD;
}

/* The page where so many are free, as high as can be; NR_PAGES: none. */
static unsigned long highest_room(unsigned long len)
{
	unsigned long run = 0;

	for (unsigned long nr = NR_PAGES; nr-- > 0;) {
		run = model[nr] || is_in_a_guard_gap(nr) ? 0 : run + 1;
		if (run == len)
			return nr;
	}
	return NR_PAGES;
}

static void expect_result(struct kunit *test, const char *call, struct range range, long got,
			  long wanted)
{
	if (got == wanted)
		return;
	KUNIT_FAIL(test, "%s of %lu pages at %lu: %#lx, not %#lx", call, range.len, range.start,
		   (unsigned long)got, (unsigned long)wanted);
	kunit_abort(test);
}

/* --- calls ------------------------------------------------------------------------------------ */

static u8 random_kind(unsigned long *prot, unsigned long *flags)
{
	static const struct {
		unsigned long flags;
		u8 bits;
	} kinds[] = {
		{ MAP_PRIVATE, 0 },
		{ MAP_PRIVATE, 0 },
		{ MAP_SHARED, SHARED },
		{ MAP_PRIVATE | MAP_GROWSDOWN, STACK },
	};
	const u32 kind = random_below(random_below(4) ? 3 : ARRAY_SIZE(kinds));

	*prot = random_below(PROT_MASK + 1);
	*flags = kinds[kind].flags | MAP_ANONYMOUS;
	return (u8)(MAPPED | kinds[kind].bits | *prot);
}

static void map_fixed(struct kunit *test, struct range range)
{
	unsigned long prot, flags;
	const u8 page = random_kind(&prot, &flags);
	const bool noreplace = random_below(2);
	long wanted = (long)page_at(range.start);

	if (noreplace && !is_free(range.start, range.len))
		wanted = -EEXIST;
	else
		fill(range.start, range.len, page);
	expect_result(test, "mmap fixed", range,
		      sys_mmap_pgoff(page_at(range.start), range.len << PAGE_SHIFT, prot,
				     flags | (noreplace ? MAP_FIXED_NOREPLACE : MAP_FIXED), -1UL,
				     0),
		      wanted);
}

static void map_anywhere(struct kunit *test, struct range range)
{
	const unsigned long room = highest_room(range.len);
	unsigned long prot, flags, addr;
	const u8 page = random_kind(&prot, &flags);

	addr = (unsigned long)sys_mmap_pgoff(0, range.len << PAGE_SHIFT, prot, flags, -1UL, 0);
	expect_result(test, "mmap", range, (long)addr,
		      (long)(room < NR_PAGES ? page_at(room) : TASK_UNMAPPED_BASE));
	if (room < NR_PAGES)
		fill(room, range.len, page);
	else
		sys_munmap(addr, range.len << PAGE_SHIFT);
}

static void unmap_pages(struct kunit *test, struct range range)
{
	expect_result(test, "munmap", range,
		      sys_munmap(page_at(range.start), range.len << PAGE_SHIFT), 0);
	fill(range.start, range.len, 0);
}

static void protect_pages(struct kunit *test, struct range range)
{
	const unsigned long prot = random_below(PROT_MASK + 1);
	unsigned long nr;

	for (nr = range.start; nr < range.start + range.len && model[nr]; nr++)
		model[nr] = (u8)((model[nr] & ~PROT_MASK) | prot);
	expect_result(test, "mprotect", range,
		      sys_mprotect(page_at(range.start), range.len << PAGE_SHIFT, prot),
		      nr == range.start + range.len ? 0 : -ENOMEM);
}

static void advise_pages(struct kunit *test, struct range range)
{
	const bool set = random_below(2);
	long wanted = 0;

	for (unsigned long nr = range.start; nr < range.start + range.len; nr++) {
		if (!model[nr])
			wanted = -ENOMEM;
		else
			model[nr] = (u8)(set ? model[nr] | RANDOM : model[nr] & ~RANDOM);
	}
	expect_result(test, "madvise", range,
		      sys_madvise(page_at(range.start), range.len << PAGE_SHIFT,
				  set ? MADV_RANDOM : MADV_NORMAL),
		      wanted);
}

/* A part of one VMA, not of a stack, from a random page on; len 0: none there. */
static struct range random_part(void)
{
	struct range range = random_range();
	const unsigned long addr = page_at(range.start);
	const struct vm_area_struct *vma = find_vma(current->mm, addr);

	if (!vma || vma->vm_start > addr || vma->vm_flags & VM_GROWSDOWN)
		return (struct range){ 0, 0 };
	range.len = min(range.len, (vma->vm_end - addr) >> PAGE_SHIFT);
	return range;
}

static void move_model(unsigned long from, unsigned long old_len, unsigned long to,
		       unsigned long new_len)
{
	const u8 page = model[from];

	fill(from, old_len, 0);
	fill(to, new_len, page);
}

/* Where mremap() should end: NR_PAGES and above: nowhere in the model. */
static unsigned long grown_place(struct range range, unsigned long new_len)
{
	const struct vm_area_struct *vma = find_vma(current->mm, page_at(range.start));

	if (new_len <= range.len)
		return range.start;
	if (vma->vm_end == page_at(range.start + range.len) &&
	    is_free(range.start + range.len, new_len - range.len))
		return range.start;
	return highest_room(new_len);
}

static void remap_pages(struct kunit *test, struct range unused __unused)
{
	const struct range range = random_part();
	const unsigned long new_len = 1 + random_below(MAX_LEN);
	unsigned long to, addr;

	if (!range.len)
		return;
	to = grown_place(range, new_len);
	addr = (unsigned long)sys_mremap(page_at(range.start), range.len << PAGE_SHIFT,
					 new_len << PAGE_SHIFT, MREMAP_MAYMOVE, 0);
	expect_result(test, "mremap", range, (long)addr,
		      (long)(to < NR_PAGES ? page_at(to) : TASK_UNMAPPED_BASE));
	if (to < NR_PAGES) {
		move_model(range.start, range.len, to, new_len);
	} else {
		fill(range.start, range.len, 0);
		sys_munmap(addr, new_len << PAGE_SHIFT);
	}
}

static void remap_fixed(struct kunit *test, struct range target)
{
	const struct range range = random_part();
	long wanted = (long)page_at(target.start);

	if (!range.len)
		return;
	if (range.start < target.start + target.len && target.start < range.start + range.len)
		wanted = -EINVAL;
	else
		move_model(range.start, range.len, target.start, target.len);
	expect_result(test, "mremap fixed", range,
		      sys_mremap(page_at(range.start), range.len << PAGE_SHIFT,
				 target.len << PAGE_SHIFT, MREMAP_MAYMOVE | MREMAP_FIXED,
				 page_at(target.start)),
		      wanted);
}

/* May the heap grow up to page @end? One page more must be free, and no stack near. */
static bool heap_may_reach(unsigned long end)
{
	unsigned long nr = model_brk;

	while (nr < NR_PAGES && !model[nr])
		nr++;
	return end + 1 + (model[nr] & STACK ? GUARD : 0) <= nr;
}

static void move_brk(struct kunit *test, struct range range)
{
	const unsigned long end = HEAP + random_below(2 * MAX_LEN);

	if (end < model_brk) {
		fill(end, model_brk - end, 0);
		model_brk = end;
	} else if (end > model_brk && heap_may_reach(end)) {
		fill(model_brk, end - model_brk, MAPPED | PROT_RW);
		model_brk = end;
	}
	expect_result(test, "brk", range, sys_brk(page_at(end)), (long)page_at(model_brk));
}

/* May the stack that begins at @top begin at @nr? */
static bool stack_may_reach(unsigned long top, unsigned long nr)
{
	unsigned long below = top;

	while (below > 0 && !model[below - 1])
		below--;
	if (below && model[below - 1] & PROT_MASK && !(model[below - 1] & STACK))
		below += GUARD;
	return below <= nr;
}

static void grow_stack(struct kunit *test, struct range range)
{
	const unsigned long addr = page_at(range.start);
	unsigned long top = range.start;
	bool found;

	while (top < NR_PAGES && !model[top])
		top++;
	found = model[range.start] || (model[top] & STACK && stack_may_reach(top, range.start));
	if (found && !model[range.start])
		fill(range.start, top - range.start, model[top]);
	expect_result(test, "stack growth", range, !!find_extend_vma(current->mm, addr), found);
}

static void (*const calls[])(struct kunit *test, struct range range) = {
	map_fixed,     map_fixed,    map_anywhere, unmap_pages, unmap_pages, protect_pages,
	protect_pages, advise_pages, remap_pages,  remap_fixed, move_brk,    grow_stack,
};

/* --- comparing -------------------------------------------------------------------------------- */

static u8 page_of(const struct vm_area_struct *vma)
{
	u8 page = (u8)(MAPPED | (vma->vm_flags & (VM_ACCESS_FLAGS | VM_SHARED)));

	if (vma->vm_flags & VM_GROWSDOWN)
		page |= STACK;
	if (vma->vm_flags & VM_RAND_READ)
		page |= RANDOM;
	return page;
}

static void expect_pages(struct kunit *test)
{
	static u8 real[NR_PAGES];
	const struct vm_area_struct *vma;

	memset(real, 0, sizeof(real));
	for_each_vma (current->mm, vma) {
		if (vma->vm_end <= page_at(NR_PAGES))
			memset(real + nr_of(vma->vm_start), page_of(vma), vma_pages(vma));
	}
	for (unsigned long nr = 0; nr < NR_PAGES; nr++) {
		if (real[nr] == model[nr])
			continue;
		KUNIT_FAIL(test, "page %lu is %#x, not %#x", nr, real[nr], model[nr]);
		kunit_abort(test);
	}
}

/* All that is looked at lies between MMAP_MIN_ADDR and a page that is never unmapped. */
static void begin_model(void)
{
	struct mm_struct *mm = current->mm;

	memset(model, 0, sizeof(model));
	model[NR_PAGES] = MAPPED;
	sys_mmap_pgoff(page_at(NR_PAGES), PAGE_SIZE, PROT_NONE,
		       MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1UL, 0);
	mm->mmap_base = page_at(NR_PAGES);
	mm->start_brk = mm->brk = page_at(HEAP);
	model_brk = HEAP;
	random_state = boot_seed ? boot_seed : 896;
	current->rlim[RLIMIT_STACK].rlim_cur = RLIM_INFINITY;
}

static void vmas_do_what_pages_would(struct kunit *test)
{
	int most = 0;

	begin_model();
	for (unsigned long i = 0; i < NR_CALLS; i++) {
		calls[random_below(ARRAY_SIZE(calls))](test, random_range());
		most = max(most, current->mm->map_count);
		if (i % CALLS_EACH)
			continue;
		expect_pages(test);
		KUNIT_ASSERT_EQ(test, vma_violations(test), 0);
	}
	expect_pages(test);
	pr_info("    # at most %d VMAs at a time\n", most);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(vmas_do_what_pages_would),
	{},
};

static struct kunit_suite suite = {
	.name = "vma_random",
	.init = mm_begin,
	.exit = mm_end,
	.test_cases = cases,
};
kunit_test_suite(suite);
