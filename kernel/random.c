/*
 * Random bytes: see <kernel/random.h>. The only secret there is is how long things took: the time
 * stamp counter where the CPU has one, ticks else. Under an emulator that counts instructions these
 * are the same in every run, and so are the bytes: runs can be repeated.
 */
#include <lib/string.h>
#include <kernel/random.h>
#include <kernel/timer.h>
#include <asm/irqflags.h>
#include <asm/processor.h>

static u64 state = 0x9E3779B97F4A7C15ULL; /* anything but 0 */

static u64 next_random(void)
{
	unsigned long flags;
	u64 x;

	local_irq_save(flags);
	x = state ^ (cpu_has_tsc ? rdtsc() : jiffies);
	x = x ? x : 1;
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	state = x;
	local_irq_restore(flags);
	return x;
}

void get_random_bytes(void *buf, size_t size)
{
	for (char *to = buf; size;) {
		const u64 x = next_random();
		const size_t chunk = size < sizeof(x) ? size : sizeof(x);

		memcpy(to, &x, chunk);
		to += chunk;
		size -= chunk;
	}
}
