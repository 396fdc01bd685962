/*
 * A process of 1.5 GB: more than lowmem has, so most of it is high memory. Each page keeps its own
 * number. `big 100` takes 100 MB instead; `big hold` keeps it until a signal ends it.
 */
#include <stdint.h>
#include <sys/mman.h>
#include "check.h"

int main(int argc, char **argv)
{
	const bool hold = argc > 1 && !strcmp(argv[1], "hold");
	const size_t size = (argc > 1 && !hold ? strtoul(argv[1], NULL, 0) : 1536) << 20;
	const size_t step = PAGE / sizeof(uint32_t);
	volatile uint32_t *words =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(words != MAP_FAILED);
	for (size_t i = 0; i < size / PAGE && !failures; i++) {
		CHECK(words[i * step + step - 1] == 0);
		words[i * step + step - 1] = (uint32_t)i + 1;
	}
	for (size_t i = 0; i < size / PAGE && !failures; i++)
		CHECK(words[i * step + step - 1] == i + 1);
	printf("big: %zu MB at %p\n", size >> 20, (const void *)words);
	fflush(stdout);
	if (hold)
		pause();
	return failures;
}
