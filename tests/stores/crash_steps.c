/* This file is a program that kills a real repair in place at every call of the disk, over a damaged store in
 *memory.
 *
 *	crash-steps STORE [STEP]
 *
 * The store is planned for once; then the plan is carried out again and again, dying at one call later each
 * time (at every STEP-th), in each of the ways that a disk can. Afterwards undo must give the damaged store
 * byte for byte, and going on must give what an uninterrupted repair gives. It prints how often it died.
 */
#include "apply/apply.h"
#include "apply/crash_restart.h"
#include "memory.h"
#include "plan/plan.h"

#include <stdio.h>

enum { ARENA_MAX = 512 << 20 };

struct steps {
	uint8_t *bytes;
	size_t size;
	struct plan plan;
	struct crash_disk *after; /* what an uninterrupted repair leaves */
	uint64_t crashes;
};

static enum status read_memory(const struct image *image, uint64_t at, void *to, size_t len)
{
	const struct steps *s = image->context;

	memcpy(to, s->bytes + at, len);
	return ST_OK;
}

static bool load(struct steps *s, const char *path)
{
	FILE *file = fopen(path, "rb");
	long size = -1;

	if (file && fseek(file, 0, SEEK_END) == 0)
		size = ftell(file);
	if (size < 0)
		return false;
	rewind(file);
	s->bytes = memory_new((size_t)size, 1);
	s->size = fread(s->bytes, 1, (size_t)size, file);
	fclose(file);
	return s->size == (size_t)size;
}

static struct crash_disk *disk_of(const struct steps *s)
{
	return crash_disk_new(view_of(s->bytes, s->size), s->plan.edits.size_after);
}

static enum status carry_out(struct crash_disk *d, const struct steps *s)
{
	struct apply_site site = crash_disk_site(d);
	const char *why = NULL;

	return apply_run(&site, NULL, &s->plan.edits, &why);
}

static void fail(const char *what, uint64_t at, int way)
{
	printf("after call %llu, way %d: %s\n", (unsigned long long)at, way, what);
	exit(4);
}

static bool is_original(const struct crash_disk *d, const struct steps *s)
{
	return d->store.len == s->size && memcmp(d->store.now, s->bytes, s->size) == 0;
}

static bool is_mended(const struct crash_disk *d, const struct steps *s)
{
	return d->store.len == s->after->store.len &&
	       memcmp(d->store.now, s->after->store.now, (size_t)d->store.len) == 0;
}

static void settle(struct crash_disk *d, const struct steps *s, uint64_t at, int way)
{
	struct apply_site site = crash_disk_site(d);
	struct arena *arena = arena_new(ARENA_MAX);
	struct journal journal = { .state = JOURNAL_BEGUN };
	const char *why = NULL;
	bool undo = way % 2;

	if (!arena || (d->has_journal && apply_read_journal(&site, arena, &journal) != ST_OK))
		fail("the journal cannot be read", at, way);
	if (!d->has_journal || journal.state == JOURNAL_BEGUN || undo) {
		if (d->has_journal && apply_undo(&site, arena, &why) != ST_OK)
			fail(why ? why : "undo fails", at, way);
		if (!is_original(d, s))
			fail("undo does not give the store as it was", at, way);
	} else {
		if (journal.state == JOURNAL_WRITING && apply_resume(&site, arena, &why) != ST_OK)
			fail(why ? why : "going on fails", at, way);
		if (!is_mended(d, s))
			fail("going on does not give what an uninterrupted repair gives", at, way);
	}
	arena_drop(&arena);
}

/* False when the plan ended before that call. */
static bool crash_at(struct steps *s, uint64_t at)
{
	bool died = false;

	for (int way = 0; way < 2 * CRASH_WAYS; way++) {
		struct crash_disk *d = disk_of(s);

		d->seed = (uint32_t)(at * 31 + (uint64_t)way);
		d->dies_at = at;
		died = carry_out(d, s) != ST_OK;
		if (died) {
			crash_disk_restart(d, (enum crash_way)(way / 2));
			settle(d, s, at, way);
			s->crashes++;
		}
		crash_disk_drop(d);
	}
	return died;
}

static bool make_plan(struct steps *s, struct arena *arena, struct image *image)
{
	struct plan_options options = { .check = { .path = "crashed", .runner = check_runner_serial() },
					.check_cap = ARENA_MAX };

	*image = (struct image){ s->size, read_memory, s };
	return plan_store(arena, image, &options, &s->plan) == ST_OK && s->plan.n_steps > 0;
}

static int run(struct steps *s, uint64_t step)
{
	s->after = disk_of(s);
	if (carry_out(s->after, s) != ST_OK)
		fail("the repair fails", 0, 0);
	for (uint64_t at = 1; crash_at(s, at); at += step)
		continue;
	printf("%llu edits, died %llu times\n", (unsigned long long)s->plan.edits.n,
	       (unsigned long long)s->crashes);
	crash_disk_drop(s->after);
	return 0;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct steps s = { 0 };
	uint64_t step = 1;
	struct image image;
	int code = 8;

	if (argc < 2 || argc > 3 || (argc == 3 && (!str_to_u64(str_of(argv[2]), 1000, &step) || !step)))
		fputs("usage: crash-steps STORE [STEP]\n", stderr);
	else if (!arena || !load(&s, argv[1]) || !make_plan(&s, arena, &image))
		fputs("crash-steps: there is no store, or nothing to mend\n", stderr);
	else
		code = run(&s, step);
	arena_drop(&arena);
	free(s.bytes);
	return code;
}
