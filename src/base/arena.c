/* This file gives out memory that is all returned at once. */
#include "base/arena.h"

#include "base/checked.h"

#include <assert.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_MIN = 4096, CHUNK_KEPT_MAX = 1 << 20, ALIGNMENT = alignof(max_align_t), GROWN_FIRST = 16 };

struct chunk {
	struct chunk *next;
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct arena *parent; /* gives the memory, or NULL */
	struct chunk *chunks; /* the newest first */
	size_t cap, given, held;
	bool failed;
};

/* The one piece of state that is not passed: see arena_fail_at(). */
static uint64_t fail_countdown;
static bool fail_forever;

void arena_fail_at(uint64_t n, bool forever)
{
	fail_countdown = n;
	fail_forever = forever;
}

static bool must_fail(void)
{
	if (fail_countdown == 0)
		return false;
	if (fail_countdown > 1) {
		fail_countdown--;
		return false;
	}
	if (!fail_forever)
		fail_countdown = 0;
	return true;
}

struct arena *arena_new(size_t cap)
{
	struct arena *arena = must_fail() ? NULL : calloc(1, sizeof *arena);

	if (arena)
		arena->cap = cap;
	return arena;
}

struct arena *arena_new_within(struct arena *parent, size_t cap)
{
	struct arena *arena = arena_alloc(parent, sizeof *arena);

	if (arena) {
		arena->cap = cap;
		arena->parent = parent;
	}
	return arena;
}

static void free_chunks(struct chunk *chunks)
{
	while (chunks) {
		struct chunk *next = chunks->next;

		free(chunks);
		chunks = next;
	}
}

void arena_drop(struct arena **arena)
{
	if (!*arena)
		return;
	if ((*arena)->parent) {
		*arena = NULL;
		return;
	}
	free_chunks((*arena)->chunks);
	free(*arena);
	*arena = NULL;
}

void arena_clear(struct arena *arena)
{
	struct chunk *kept = arena->chunks;

	assert(!arena->parent);
	arena->chunks = NULL;
	arena->held = arena->given = 0;
	arena->failed = false;
	if (!kept || kept->size > CHUNK_KEPT_MAX) {
		free_chunks(kept);
		return;
	}
	free_chunks(kept->next);
	memset(kept->bytes, 0, kept->used);
	kept->next = NULL;
	kept->used = 0;
	arena->chunks = kept;
	arena->held = kept->size;
}

/* Chunks double with what is held, so that many small allocations cost few
 * calls and a small arena stays small. */
static struct chunk *add_chunk(struct arena *arena, size_t need)
{
	size_t size = arena->held < CHUNK_MIN ? CHUNK_MIN : arena->held;
	struct chunk *chunk;
	size_t whole;

	if (size > ((size_t)1 << 20))
		size = (size_t)1 << 20;
	if (size < need)
		size = need;
	if (!checked_add_size(size, sizeof *chunk, &whole))
		return NULL;
	chunk = calloc(1, whole);
	if (!chunk)
		return NULL;
	chunk->size = size;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	arena->held += size;
	return chunk;
}

static void *refuse(struct arena *arena)
{
	arena->failed = true;
	return NULL;
}

/* From chunks of its own, or from the parent's. */
static void *take(struct arena *arena, size_t rounded)
{
	struct chunk *chunk = arena->chunks;
	void *at;

	if (arena->parent)
		return arena_alloc(arena->parent, rounded);
	if (!chunk || chunk->size - chunk->used < rounded)
		chunk = add_chunk(arena, rounded);
	if (!chunk)
		return NULL;
	at = chunk->bytes + chunk->used;
	chunk->used += rounded;
	return at;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t rounded, total;
	void *at;

	if (must_fail() || !checked_add_size(size, ALIGNMENT - 1, &rounded))
		return refuse(arena);
	rounded -= rounded % ALIGNMENT;
	if (rounded == 0)
		rounded = ALIGNMENT;
	if (!checked_add_size(arena->given, rounded, &total) || total > arena->cap)
		return refuse(arena);
	at = take(arena, rounded);
	if (!at)
		return refuse(arena);
	arena->given = total;
	return at;
}

void *arena_array(struct arena *arena, size_t n, size_t size)
{
	size_t whole;

	if (!checked_mul_size(n, size, &whole))
		return refuse(arena);
	return arena_alloc(arena, whole);
}

void *arena_grown(struct arena *arena, void *array, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : GROWN_FIRST;
	void *moved;

	if (n < *room)
		return array;
	moved = arena_array(arena, more, size);
	if (!moved)
		return NULL;
	if (n)
		memcpy(moved, array, n * size);
	*room = more;
	return moved;
}

void *arena_copy(struct arena *arena, const void *from, size_t size)
{
	void *to = arena_alloc(arena, size);

	if (to && size)
		memcpy(to, from, size);
	return to;
}

char *arena_text(struct arena *arena, struct str text)
{
	size_t whole;
	char *to;

	if (!checked_add_size(text.len, 1, &whole))
		return refuse(arena);
	to = arena_alloc(arena, whole);
	if (to && text.len)
		memcpy(to, text.at, text.len);
	return to;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_text(arena, str_of(text));
}

struct str arena_str(struct arena *arena, struct str text)
{
	char *copy = arena_text(arena, text);

	return (struct str){ .at = copy ? copy : "", .len = copy ? text.len : 0 };
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	char *text = NULL;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	if (len >= 0)
		text = arena_alloc(arena, (size_t)len + 1);
	else
		refuse(arena);
	if (text)
		vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

bool arena_failed(const struct arena *arena)
{
	return arena->failed;
}

size_t arena_used(const struct arena *arena)
{
	return arena->given;
}
