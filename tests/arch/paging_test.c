/*
 * The kernel's final page tables, looked at entry by entry, and tried: what must fault is really
 * written to, or called.
 */
#include <tests/kunit.h>
#include <mm/bootmem.h>
#include <mm/mm.h>
#include <mm/pagewalk.h>
#include <asm/highmem.h>
#include <asm/paging.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <asm/stack.h>
#include <asm/traps.h>

/* From one mapping, or hole, to the next. @walk holds what is at @vaddr. */
#define for_each_mapping(vaddr, end, walk)                                        \
	for (; (vaddr) < (end) && (page_walk(swapper_pg_dir, vaddr, walk), true); \
	     (vaddr) = page_walk_next(walk, vaddr))

static bool nx_in_use(void)
{
	return __supported_pte_mask & _PAGE_NX;
}

static unsigned long lowmem_end(void)
{
	return (unsigned long)high_memory;
}

/* What each part of the image is for; what is writable is data, and never runs. */
static const struct {
	const char *start, *end;
	bool writable, executable;
} parts[] = {
	{ _shead, _ehead, false, true },
	{ _sboot_tables, _eboot_tables, true, false },
	{ _skunit_text, _ekunit_text, false, true },
	{ _stext, _etext, false, true },
	{ _srodata, _erodata, false, false },
	{ _skunit_data, _ekunit_data, true, false },
	{ _sdata, _edata, true, false },
	{ _sbss, init_stack_guard, true, false },
	{ init_stack, _ebss, true, false },
};

/* A return instruction, where no instruction should be: in data. */
static u8 just_return[] = { 0xC3 };
static const char constant[] = "not to be changed";

static void call(void *fn)
{
	((void (*)(void))fn)();
}

/* Volatile, so that the compiler keeps the store of what is there already. */
static void write_byte_back(void *where)
{
	*(volatile char *)where = *(volatile char *)where;
}

static void read_byte(void *where)
{
	(void)*(volatile char *)where;
}

static void nothing_is_mapped_between_lowmem_and_vmalloc(struct kunit *test)
{
	unsigned long vaddr = lowmem_end();
	struct page_walk walk;

	for_each_mapping(vaddr, VMALLOC_START, &walk) KUNIT_ASSERT_FALSE(test, walk.present);
}

static void reading_behind_lowmem_faults(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_EXPECT_FALSE(test, expect_trap(X86_TRAP_PF, read_byte, high_memory - 1, &seen));
	KUNIT_EXPECT_TRUE(test, expect_trap(X86_TRAP_PF, read_byte, high_memory, &seen));
}

static void parts_of_the_image_allow_what_they_are_for(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		unsigned long vaddr = (unsigned long)parts[i].start;
		struct page_walk walk;

		for_each_mapping(vaddr, (unsigned long)parts[i].end, &walk)
		{
			KUNIT_ASSERT_TRUE(test, walk.present);
			KUNIT_ASSERT_EQ(test, walk.size, PAGE_SIZE);
			KUNIT_EXPECT_EQ(test, !!(walk.flags & _PAGE_RW), parts[i].writable);
			KUNIT_EXPECT_EQ(test, !(walk.flags & _PAGE_NX),
					parts[i].executable || !nx_in_use());
		}
	}
}

/* A user's access is refused by the last entry: the tables above it allow it, to be shared. */
static void no_page_of_lowmem_is_the_users(struct kunit *test)
{
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	for_each_mapping(vaddr, lowmem_end(), &walk)
		KUNIT_ASSERT_FALSE(test, walk.flags & _PAGE_USER);
}

static void nothing_is_writable_and_executable(struct kunit *test)
{
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	if (!nx_in_use())
		kunit_skip(test, "no-execute is not in use");
	do {
		page_walk(swapper_pg_dir, vaddr, &walk);
		KUNIT_ASSERT_FALSE(test, walk.present && (walk.flags & _PAGE_RW) &&
						 !(walk.flags & _PAGE_NX));
		vaddr = page_walk_next(&walk, vaddr);
	} while (vaddr);
}

static void lowmem_is_global_where_the_cpu_has_that(struct kunit *test)
{
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	for_each_mapping(vaddr, lowmem_end(), &walk)
	{
		if (walk.present)
			KUNIT_ASSERT_EQ(test, !!(walk.flags & _PAGE_GLOBAL), cpu_has_pge);
	}
}

static void the_cpu_is_told_what_the_entries_use(struct kunit *test)
{
	const bool pae = !pmd_folded;

	if (cpu_has_pse || cpu_has_pge || pae) {
		KUNIT_EXPECT_EQ(test, !!(read_cr4() & X86_CR4_PSE), cpu_has_pse);
		KUNIT_EXPECT_EQ(test, !!(read_cr4() & X86_CR4_PGE), cpu_has_pge);
		KUNIT_EXPECT_EQ(test, !!(read_cr4() & X86_CR4_PAE), pae);
	}
	if (cpu_has_nx)
		KUNIT_EXPECT_EQ(test, !!(rdmsr(MSR_EFER) & EFER_NXE), nx_in_use());
}

static void write_protection_and_caches_are_on(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, read_cr0() & (X86_CR0_PG | X86_CR0_WP), X86_CR0_PG | X86_CR0_WP);
	KUNIT_EXPECT_EQ(test, read_cr0() & (X86_CR0_CD | X86_CR0_NW), 0);
}

static void writing_to_text_faults(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_PF, write_byte_back, paging_init, &seen));
	KUNIT_EXPECT_EQ(test, seen.error_code, X86_PF_PROT | X86_PF_WRITE);
	KUNIT_EXPECT_EQ(test, seen.cr2, (unsigned long)paging_init);
}

static void writing_to_read_only_data_faults(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_PF, write_byte_back, (void *)constant, &seen));
	KUNIT_EXPECT_EQ(test, seen.error_code, X86_PF_PROT | X86_PF_WRITE);
	KUNIT_EXPECT_EQ(test, seen.cr2, (unsigned long)constant);
}

static void calling_into_data_faults_where_no_execute_is_in_use(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_ASSERT_EQ(test, expect_trap(X86_TRAP_PF, call, just_return, &seen), nx_in_use());
	if (!nx_in_use())
		kunit_skip(test, "no-execute is not in use: the call came back");
	KUNIT_EXPECT_EQ(test, seen.error_code, X86_PF_PROT | X86_PF_INSTR);
	KUNIT_EXPECT_EQ(test, seen.cr2, (unsigned long)just_return);
}

static void reading_through_null_faults(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_PF, read_byte, NULL, &seen));
	KUNIT_EXPECT_EQ(test, seen.error_code, 0);
}

static void the_stack_guard_faults(struct kunit *test)
{
	char *const last_guarded = init_stack_guard + PAGE_SIZE - 1;
	struct trap_seen seen;

	KUNIT_EXPECT_TRUE(test, expect_trap(X86_TRAP_PF, read_byte, init_stack_guard, &seen));
	KUNIT_EXPECT_TRUE(test, expect_trap(X86_TRAP_PF, read_byte, last_guarded, &seen));
	KUNIT_EXPECT_FALSE(test, expect_trap(X86_TRAP_PF, read_byte, init_stack, &seen));
}

static void swapper_pg_dir_lies_at_the_images_start_and_4096(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, (char *)swapper_pg_dir, _text + 0x1000);
	KUNIT_EXPECT_EQ(test, read_cr3(), __pa(swapper_pg_dir));
}

static void the_process_part_of_swapper_pg_dir_is_empty(struct kunit *test)
{
	for (unsigned int i = 0; i < pgd_index(PAGE_OFFSET); i++)
		KUNIT_EXPECT_EQ(test, pgd_val(swapper_pg_dir[i]), 0);
}

static void new_entries_carry_only_what_the_cpu_has(struct kunit *test)
{
	const pteval_t entry = pte_val(pfn_pte(0, PAGE_KERNEL));

	KUNIT_EXPECT_EQ(test, !!(entry & _PAGE_GLOBAL), cpu_has_pge);
	KUNIT_EXPECT_EQ(test, !!(entry & _PAGE_NX), nx_in_use());
	KUNIT_EXPECT_TRUE(test, cpu_has_nx || !nx_in_use());
}

/* Nothing may stay behind: pte_none() is how a free place is known. */
static void entries_that_were_cleared_are_empty(struct kunit *test)
{
	pte_t pte = pfn_pte(max_pfn - 1, PAGE_KERNEL);
	pmd_t pmd = pfn_pmd(PTRS_PER_PTE, PAGE_KERNEL);

	KUNIT_EXPECT_FALSE(test, pte_none(pte) || pmd_none(pmd));
	pte_clear(&pte);
	pmd_clear(&pmd);
	KUNIT_EXPECT_TRUE(test, pte_none(pte));
	KUNIT_EXPECT_TRUE(test, pmd_none(pmd));
}

/* A frame that a table is in must not be free: the CPU would walk whatever is put there. */
static void frames_of_the_tables_are_not_free(struct kunit *test)
{
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	do {
		page_walk(swapper_pg_dir, vaddr, &walk);
		for (unsigned int i = 0; i + 1 < walk.nr_steps; i++) {
			pteval_t table = walk.steps[i].entry & PTE_PFN_MASK;
			const struct page *page = pfn_to_page(PFN_DOWN(table));

			KUNIT_ASSERT_TRUE(test, PageReserved(page) || page_count(page) > 0);
		}
		vaddr = page_walk_next(&walk, vaddr);
	} while (vaddr);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(nothing_is_mapped_between_lowmem_and_vmalloc),
	KUNIT_CASE(reading_behind_lowmem_faults),
	KUNIT_CASE(parts_of_the_image_allow_what_they_are_for),
	KUNIT_CASE(no_page_of_lowmem_is_the_users),
	KUNIT_CASE(nothing_is_writable_and_executable),
	KUNIT_CASE(lowmem_is_global_where_the_cpu_has_that),
	KUNIT_CASE(the_cpu_is_told_what_the_entries_use),
	KUNIT_CASE(write_protection_and_caches_are_on),
	KUNIT_CASE(writing_to_text_faults),
	KUNIT_CASE(writing_to_read_only_data_faults),
	KUNIT_CASE(calling_into_data_faults_where_no_execute_is_in_use),
	KUNIT_CASE(reading_through_null_faults),
	KUNIT_CASE(the_stack_guard_faults),
	KUNIT_CASE(swapper_pg_dir_lies_at_the_images_start_and_4096),
	KUNIT_CASE(the_process_part_of_swapper_pg_dir_is_empty),
	KUNIT_CASE(new_entries_carry_only_what_the_cpu_has),
	KUNIT_CASE(entries_that_were_cleared_are_empty),
	KUNIT_CASE(frames_of_the_tables_are_not_free),
	{},
};

static struct kunit_suite suite = { .name = "paging", .test_cases = cases };
kunit_test_suite(suite);
