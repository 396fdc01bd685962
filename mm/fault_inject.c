/*
 * Failures on demand, for objects and for blocks of frames.
 *
 *      kmem_cache_alloc --> should_failslab ---------+
 *                                                    +--> should_fail: count, then the dice
 *      alloc_pages -------> should_fail_alloc_page --+
 *
 * An allocation that is picked fails as if memory had run out, but without the report. The dice are
 * a generator of our own with a seed, so that a failing run can be had again. Condenses
 * lib/fault-inject.c, mm/failslab.c and mm/fail_page_alloc.c.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/kstrtox.h>
#include <kernel/init.h>
#include <mm/fault_inject.h>
#include <mm/slab.h>

/* Any number but 0, which xorshift can not leave. */
#define DEFAULT_SEED 896

static struct fault_attr failslab = FAULT_ATTR_OFF;
struct fault_attr fail_page_alloc = FAULT_ATTR_OFF;

/* Marsaglia's xorshift generator: every u32 but 0 comes once before the row begins again. */
static u32 next_random(u32 *state)
{
	u32 x = *state ? *state : DEFAULT_SEED;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return *state = x;
}

bool should_fail(struct fault_attr *attr, size_t size)
{
	if (!attr->probability || !attr->times)
		return false;
	if (attr->space > size) {
		attr->space -= size;
		return false;
	}
	if (attr->interval > 1 && ++attr->count % attr->interval)
		return false;
	if (next_random(&attr->seed) % 100 >= attr->probability)
		return false;
	if (attr->times > 0)
		attr->times--;
	return true;
}

bool failslab_armed(void)
{
	return failslab.probability;
}

bool should_failslab(const struct kmem_cache *s, gfp_t gfp __unused)
{
	return s != kmem_cache && should_fail(&failslab, s->object_size);
}

static void set_attr(struct fault_attr *to, const struct fault_attr *from)
{
	static const struct fault_attr off = FAULT_ATTR_OFF;

	*to = from ? *from : off;
}

void set_failslab(const struct fault_attr *attr)
{
	set_attr(&failslab, attr);
	kmem_cache_flush_all();
}

void set_fail_page_alloc(const struct fault_attr *attr)
{
	set_attr(&fail_page_alloc, attr);
}

/* ---- the command line ---- */

/* The next number of the row, and a comma if one follows. @str is NULL behind the last. */
static bool next_number(char **str, long *number)
{
	bool negative = **str == '-';
	char *digits = *str + negative;

	*number = (long)simple_strtoull(digits, str, 0) * (negative ? -1 : 1);
	if (*str == digits || (**str && **str != ','))
		return false;
	*str = **str ? *str + 1 : NULL;
	return true;
}

int setup_fault_attr(struct fault_attr *attr, char *str)
{
	long numbers[] = { attr->interval, attr->probability, (long)attr->space, attr->times };

	for (size_t i = 0; str; i++)
		if (i == ARRAY_SIZE(numbers) || !next_number(&str, &numbers[i]))
			return -EINVAL;
	attr->interval = (unsigned int)numbers[0];
	attr->probability = (unsigned int)numbers[1];
	attr->space = (unsigned long)numbers[2];
	attr->times = (int)numbers[3];
	return 0;
}

/* Read now, armed when the boot is through: it could not do without a single allocation. */
u32 boot_seed;
static struct fault_attr boot_failslab = FAULT_ATTR_OFF;
static struct fault_attr boot_fail_page_alloc = FAULT_ATTR_OFF;

static void arm_fault_attrs(void)
{
	set_failslab(&boot_failslab);
	set_fail_page_alloc(&boot_fail_page_alloc);
}
late_initcall(arm_fault_attrs);

static int setup_failslab(char *val)
{
	return setup_fault_attr(&boot_failslab, val);
}
__setup("failslab=", setup_failslab);

static int setup_fail_page_alloc(char *val)
{
	return setup_fault_attr(&boot_fail_page_alloc, val);
}
__setup("fail_page_alloc=", setup_fail_page_alloc);

static int setup_seed(char *val)
{
	u64 seed;

	if (kstrtoull(val, 0, &seed))
		return -EINVAL;
	boot_seed = boot_failslab.seed = boot_fail_page_alloc.seed = (u32)seed;
	return 0;
}
__setup("seed=", setup_seed);
