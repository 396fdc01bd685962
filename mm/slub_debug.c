/*
 * What slub_debug= watches: who writes where nobody should.
 *
 *      slub_debug=FZPU            for all caches
 *      slub_debug=ZP,kmalloc-64   for those
 *
 *      F  freelists, and that each free is one of an object        SLAB_DEBUG_FREE
 *      Z  red zone: the strip behind the object is untouched       SLAB_RED_ZONE
 *      P  poison: a free object and the padding are untouched      SLAB_POISON
 *      U  users: who allocated, who freed, with their callers      SLAB_STORE_USER
 *
 *      | object         | red zone | link | allocated by | freed by | padding |
 *        6b 6b .. 6b a5   bb                                          5a       free
 *        the user's       cc                                          5a       in use
 *
 * slub.c asks before an object goes out and before one comes back; caches that are watched have no
 * fast path. What has been overwritten is reported and put right, and the object does not change
 * hands. Condenses the debugging half of mm/slub.c of Linux 3.10.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <kernel/init.h>
#include <kernel/kallsyms.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <asm/stack.h>
#include "slub_internal.h"

#define SLUB_RED_INACTIVE 0xbb
#define SLUB_RED_ACTIVE	  0xcc
#define POISON_INUSE	  0x5a
#define POISON_FREE	  0x6b
#define POISON_END	  0xa5

/* ---- owners ---- */

#define TRACK_ADDRS_COUNT 8

/* Return addresses, the innermost first; 0 behind the last. */
struct track {
	unsigned long addrs[TRACK_ADDRS_COUNT];
};

enum track_item { TRACK_ALLOC, TRACK_FREE, NR_TRACKS };

/* Behind the red zone, and the link if it lies there. */
static unsigned int tracks_offset(const struct kmem_cache *s)
{
	return s->offset ? s->offset + sizeof(void *) : s->inuse;
}

static struct track *get_track(const struct kmem_cache *s, void *object, enum track_item item)
{
	return (struct track *)((char *)object + tracks_offset(s)) + item;
}

unsigned int debug_info_size(unsigned long flags)
{
	unsigned int size = 0;

	if (flags & SLAB_STORE_USER)
		size += NR_TRACKS * sizeof(struct track);
	/* Padding at least: who writes in front of the next object is found here. */
	if (flags & SLAB_RED_ZONE)
		size += sizeof(void *);
	return size;
}

static void clear_tracks(const struct kmem_cache *s, void *object)
{
	if (s->flags & SLAB_STORE_USER)
		memset(get_track(s, object, TRACK_ALLOC), 0, NR_TRACKS * sizeof(struct track));
}

static void set_track(const struct kmem_cache *s, void *object, enum track_item item)
{
	const struct stack_frame *frame;
	struct track *track = get_track(s, object, item);

	if (!(s->flags & SLAB_STORE_USER))
		return;
	memset(track, 0, sizeof(*track));
	frame = first_frame((unsigned long)__builtin_frame_address(0));
	for (int i = 0; frame && i < TRACK_ADDRS_COUNT; i++, frame = next_frame(frame))
		track->addrs[i] = frame->return_address;
}

static void print_track(const char *what, const struct track *track)
{
	char symbol[KSYM_SYMBOL_LEN];

	if (!track->addrs[0])
		return;
	pr_err("%s by:\n", what);
	for (int i = 0; i < TRACK_ADDRS_COUNT && track->addrs[i]; i++) {
		if (sprint_backtrace(symbol, sizeof(symbol), track->addrs[i]))
			pr_err(" [0x%08lx] %s\n", track->addrs[i], symbol);
	}
}

static void print_tracking(const struct kmem_cache *s, void *object)
{
	if (!(s->flags & SLAB_STORE_USER))
		return;
	print_track("Allocated", get_track(s, object, TRACK_ALLOC));
	print_track("Freed", get_track(s, object, TRACK_FREE));
}

/* ---- bands: bytes of an object that must hold a value ---- */

struct band {
	const char *name;
	unsigned int offset, size;
	u8 value;
};

#define MAX_BANDS 4

/* Fills in those that an object has; returns how many. */
static int object_bands(const struct kmem_cache *s, bool active, struct band *band)
{
	unsigned int padding = tracks_offset(s);
	struct band *const first = band;

	if (s->flags & SLAB_STORE_USER)
		padding += NR_TRACKS * sizeof(struct track);
	if (s->flags & SLAB_RED_ZONE)
		*band++ = (struct band){ "red zone", s->object_size, s->inuse - s->object_size,
					 active ? SLUB_RED_ACTIVE : SLUB_RED_INACTIVE };
	if (s->flags & SLAB_POISON && !s->ctor && !active) {
		*band++ = (struct band){ "poison", 0, s->object_size - 1, POISON_FREE };
		*band++ = (struct band){ "end of the poison", s->object_size - 1, 1, POISON_END };
	}
	if (s->flags & (SLAB_POISON | SLAB_RED_ZONE))
		*band++ = (struct band){ "padding", padding, s->size - padding, POISON_INUSE };
	return band - first;
}

static void init_object(const struct kmem_cache *s, void *object, bool active)
{
	struct band bands[MAX_BANDS];
	int nr = object_bands(s, active, bands);

	for (const struct band *band = bands; band < bands + nr; band++)
		memset((char *)object + band->offset, band->value, band->size);
}

/* The first byte that differs, or NULL. */
static u8 *find_bad_byte(void *object, const struct band *band)
{
	u8 *byte = (u8 *)object + band->offset;

	for (u8 *end = byte + band->size; byte < end; byte++)
		if (*byte != band->value)
			return byte;
	return NULL;
}

/* The first band that somebody has written to, copied to @bad; false if none. */
static bool find_bad_band(const struct kmem_cache *s, void *object, bool active, struct band *bad)
{
	struct band bands[MAX_BANDS];
	int nr = object_bands(s, active, bands);

	for (const struct band *band = bands; band < bands + nr; band++) {
		*bad = *band;
		if (find_bad_byte(object, band))
			return true;
	}
	return false;
}

/* ---- reports ---- */

/* One report: what, of which object, who had it, and who is here now. */
static void object_err(const struct kmem_cache *s, void *object, const char *why)
{
	pr_err("slub: %s: object %p: %s\n", s->name, object, why);
	print_tracking(s, object);
	dump_stack();
}

static void report_bad_band(const struct kmem_cache *s, void *object, const struct band *band)
{
	u8 *byte = find_bad_byte(object, band);

	pr_err("slub: %s: object %p: %s overwritten at %p (object%+d): %02x instead of %02x; put "
	       "right, the object stays where it is\n",
	       s->name, object, band->name, byte, (int)(byte - (u8 *)object), *byte, band->value);
	print_tracking(s, object);
	dump_stack();
}

/* Puts right what it finds, so that each fault is reported once. */
static bool check_object(const struct kmem_cache *s, void *object, bool active)
{
	struct band bad;

	if (!find_bad_band(s, object, active, &bad))
		return true;
	report_bad_band(s, object, &bad);
	init_object(s, object, active);
	return false;
}

/* ---- freelists ---- */

bool check_valid_pointer(const struct kmem_cache *s, const struct page *page, const void *object)
{
	unsigned long offset = (unsigned long)object - (unsigned long)slab_address(page);

	return !object || (offset < page->objects * s->size && offset % s->size == 0);
}

bool on_freelist(const struct kmem_cache *s, const struct page *page, const void *object)
{
	const void *free = page->freelist;

	for (int i = 0; i < page->objects && free && check_valid_pointer(s, page, free); i++) {
		if (free == object)
			return true;
		free = *free_link(s, free);
	}
	return false;
}

bool alloc_debug_processing(struct kmem_cache *s, struct page *page, void *object)
{
	if (!check_valid_pointer(s, page, object)) {
		pr_err("slub: %s: slab %p: the freelist leads to %p, which is no object: a free "
		       "object was written to; the slab's other objects are not used again\n",
		       s->name, slab_address(page), object);
		dump_stack();
		return false;
	}
	if (check_object(s, object, false)) {
		set_track(s, object, TRACK_ALLOC);
		init_object(s, object, true);
		return true;
	}
	init_object(s, object, true); /* it counts as in use from now on, and nobody has it */
	return false;
}

bool free_debug_processing(struct kmem_cache *s, struct page *page, void *object)
{
	if (!check_valid_pointer(s, page, object)) {
		report_bad_free(s->name, object, "is not where an object begins");
		return false;
	}
	if (on_freelist(s, page, object)) {
		object_err(s, object, "is free already; nothing freed");
		return false;
	}
	if (!check_object(s, object, true))
		return false;
	set_track(s, object, TRACK_FREE);
	init_object(s, object, false);
	return true;
}

/* ---- new slabs, by the hook that sees them all ---- */

static void setup_slab_debug(struct kmem_cache *s, struct page *page, unsigned int order __unused)
{
	void *object;

	if (!s || !kmem_cache_debug(s))
		return;
	for_each_object (object, s, page) {
		init_object(s, object, false);
		clear_tracks(s, object);
	}
}

/* The last look: once the frames are gone a write to them is nobody's. */
static void check_slab_debug(struct kmem_cache *s, struct page *page, unsigned int order __unused)
{
	void *object;

	if (!s || !kmem_cache_debug(s))
		return;
	for_each_object (object, s, page)
		check_object(s, object, false);
}

static struct slab_page_hook debug_hook = {
	.new_slab = setup_slab_debug,
	.free_slab = check_slab_debug,
};

void slub_debug_init(void)
{
	register_slab_page_hook(&debug_hook);
}

/* ---- for others ---- */

static bool is_slab_of(const struct page *page, const struct kmem_cache *s)
{
	return PageSlab(page) && page->slab == s;
}

void list_live_objects(struct kmem_cache *s)
{
	unsigned long pfn = 0;

	for_each_valid_pfn (pfn, max_low_pfn) {
		struct page *page = pfn_to_page(pfn);
		void *object;

		if (!is_slab_of(page, s))
			continue;
		for_each_object (object, s, page) {
			if (on_freelist(s, page, object))
				continue;
			pr_err("slub: %s: object %p is in use\n", s->name, object);
			print_tracking(s, object);
		}
	}
}

const char *debug_violation(const struct kmem_cache *s, const struct page *page)
{
	struct band bad;
	void *object;

	if (!kmem_cache_debug(s))
		return NULL;
	for_each_object (object, s, page) {
		if (find_bad_band(s, object, !on_freelist(s, page, object), &bad))
			return bad.name;
	}
	return NULL;
}

/* ---- slub_debug= ---- */

#define ALL_OPTIONS "FZPU"

static const struct debug_option {
	char letter;
	unsigned long flag;
} debug_options[] = {
	{ 'F', SLAB_DEBUG_FREE },
	{ 'Z', SLAB_RED_ZONE },
	{ 'P', SLAB_POISON },
	{ 'U', SLAB_STORE_USER },
};

static unsigned long slub_debug;   /* the flags asked for */
static char slub_debug_caches[96]; /* of those caches, with a comma behind each; empty: of all */

static unsigned long debug_flag(char letter)
{
	const struct debug_option *option;

	for (option = debug_options; option < debug_options + ARRAY_SIZE(debug_options); option++)
		if ((letter & ~0x20) == option->letter)
			return option->flag;
	return 0;
}

static int setup_slub_debug_options(char *val)
{
	char *letters = strsep(&val, ",");
	unsigned long flags = 0;

	for (letters = *letters ? letters : ALL_OPTIONS; *letters; letters++) {
		if (!debug_flag(*letters))
			return -EINVAL;
		flags |= debug_flag(*letters);
	}
	if (val && strscpy(slub_debug_caches, val, sizeof(slub_debug_caches)) < 0)
		return -EINVAL;
	slub_debug = flags;
	return 0;
}
__setup("slub_debug=", setup_slub_debug_options);

static int setup_slub_debug(char *val)
{
	return setup_slub_debug_options(val);
}
__setup("slub_debug", setup_slub_debug);

/* Is the name one of those in the list with commas? */
static bool is_listed(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (const char *word = list; word; word = strchr(word, ',')) {
		word += *word == ',';
		if (!strncmp(word, name, length) && (!word[length] || word[length] == ','))
			return true;
	}
	return false;
}

unsigned long kmem_cache_flags(const char *name, unsigned long flags)
{
	if (!*slub_debug_caches || is_listed(slub_debug_caches, name))
		flags |= slub_debug;
	return flags;
}
