/* This file is a program that kills a real repair in place, or a change of items, at every call of the disk,
 *over a store in memory.
 *
 *	crash-steps STORE [STEP]
 *	crash-steps --change STORE [STEP]
 *
 * The change removes every third message, moves every third to a new folder and marks the others read. With a
 * STEP of 0 nothing is killed: it is only made, and judged.
 *
 * The store is planned for once; then the plan is carried out again and again, dying at one call later each
 * time (at every STEP-th), in each of the ways that a disk can. Afterwards undo must give the damaged store
 * byte for byte, and going on must give what an uninterrupted repair gives. It prints how often it died.
 */
#include "apply/apply.h"
#include "apply/crash_restart.h"
#include "edit/change.h"
#include "memory.h"
#include "plan/plan.h"
#include "pst/msg/tags.h"

#include <stdio.h>

enum { ARENA_MAX = 512 << 20 };

struct steps {
	uint8_t *bytes;
	size_t size;
	struct edit_list edits;
	struct change *change;
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
	return crash_disk_new(view_of(s->bytes, s->size), s->edits.size_after);
}

static enum status carry_out(struct crash_disk *d, const struct steps *s)
{
	struct apply_site site = crash_disk_site(d);
	const char *why = NULL;

	return apply_run(&site, NULL, &s->edits, &why);
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

static bool make_plan(struct steps *s, struct arena *arena, const struct image *image)
{
	struct plan_options options = { .check = { .path = "crashed", .runner = check_runner_serial() },
					.check_cap = ARENA_MAX };
	struct plan plan;

	if (plan_store(arena, image, &options, &plan) != ST_OK || plan.n_steps == 0)
		return false;
	s->edits = plan.edits;
	return true;
}

static void change_message(struct change *c, uint32_t nid, size_t i, uint32_t folder)
{
	uint32_t flags = change_integer(c, nid, TAG_MESSAGE_FLAGS);

	if (i % 3 == 0)
		change_remove(c, nid);
	else if (i % 3 == 1)
		change_move(c, nid, folder);
	else
		change_set_integer(c, nid, (uint32_t)TAG_MESSAGE_FLAGS << 16 | 3, flags ^ MESSAGE_READ);
}

static bool make_change(struct steps *s, struct arena *arena, const struct image *image,
			const struct change_options *options)
{
	struct change_result result;
	uint32_t folder;
	size_t n = 0;

	if (change_open(arena, image, options, &s->change) != ST_OK || change_refusal(s->change)) {
		printf("%s\n",
		       s->change && change_refusal(s->change) ? change_refusal(s->change) : "unreadable");
		return false;
	}
	folder = change_folder(s->change, "Set aside");
	for (size_t i = 0; i < change_facts(s->change)->n_nodes; i++) {
		uint32_t nid = change_facts(s->change)->nodes[i].nid;
		enum nid_type type = nid_type((struct nid){ nid });

		if (type == NID_TYPE_NORMAL_MESSAGE || type == NID_TYPE_ASSOC_MESSAGE)
			change_message(s->change, nid, n++, folder);
	}
	if (change_end(s->change, &result) != ST_OK) {
		printf("%s\n", change_why(s->change) ? change_why(s->change) : "it failed");
		return false;
	}
	s->edits = result.edits;
	return true;
}

static int run(struct steps *s, uint64_t step)
{
	s->after = disk_of(s);
	if (carry_out(s->after, s) != ST_OK)
		fail("the repair fails", 0, 0);
	for (uint64_t at = 1; step && crash_at(s, at); at += step)
		continue;
	printf("%llu edits, died %llu times\n", (unsigned long long)s->edits.n,
	       (unsigned long long)s->crashes);
	crash_disk_drop(s->after);
	return 0;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct change_options options = { .check = { .path = "crashed", .runner = check_runner_serial() },
					  .check_cap = ARENA_MAX };
	struct steps s = { 0 };
	struct image image = { 0 };
	bool is_change = argc > 1 && strcmp(argv[1], "--change") == 0, made = false;
	char **words = argv + 1 + is_change;
	int n = argc - 1 - is_change, code = 8;
	uint64_t step = 1;

	if (n < 1 || n > 2 || (n == 2 && !str_to_u64(str_of(words[1]), 1000, &step))) {
		fputs("usage: crash-steps [--change] STORE [STEP]\n", stderr);
		arena_drop(&arena);
		return code;
	}
	if (arena && load(&s, words[0])) {
		image = (struct image){ .size = s.size, .read = read_memory, .context = &s };
		made = is_change ? make_change(&s, arena, &image, &options) : make_plan(&s, arena, &image);
	}
	if (made)
		code = run(&s, step);
	else
		fputs("crash-steps: there is no store, or nothing to change\n", stderr);
	change_drop(&s.change);
	arena_drop(&arena);
	free(s.bytes);
	return code;
}
