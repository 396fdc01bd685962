/*
 * 100,000 times malloc(), realloc() and free() in random order and size: small ones from the heap
 * (brk), large ones from mappings of their own (mmap, mremap, munmap). Each object is full of its own
 * number, and is looked at before it goes.
 */
#include "check.h"

#define ROUNDS 100000
#define SLOTS  400

struct object {
	unsigned char *bytes;
	size_t size;
};

static struct object objects[SLOTS];
static unsigned int seed = 896;

static size_t random_size(void)
{
	return 1 + next_random(&seed) % (next_random(&seed) % 64 ? 1000 : 400000);
}

static bool is_full_of(const struct object *object, size_t size)
{
	const unsigned char number = (unsigned char)(object - objects);

	for (size_t i = 0; i < size; i++)
		if (object->bytes[i] != number)
			return false;
	return true;
}

static void set_size(struct object *object, size_t size)
{
	const size_t kept = size < object->size ? size : object->size;

	object->bytes = realloc(object->bytes, size);
	CHECK(object->bytes);
	CHECK(is_full_of(object, kept));
	memset(object->bytes, (int)(object - objects), size);
	object->size = size;
}

static void drop(struct object *object)
{
	CHECK(is_full_of(object, object->size));
	free(object->bytes);
	*object = (struct object){ 0 };
}

int main(int argc, char **argv)
{
	for (int round = 0; round < ROUNDS && !failures; round++) {
		struct object *object = &objects[next_random(&seed) % SLOTS];

		if (object->bytes && next_random(&seed) % 2)
			drop(object);
		else
			set_size(object, random_size());
	}
	for (size_t i = 0; i < SLOTS; i++)
		drop(&objects[i]);
	return failures;
}
