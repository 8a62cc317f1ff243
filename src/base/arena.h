/* This file gives out memory that is all returned at once.
 *
 * One arena serves one life: a run, a conversation, a pass. Nothing is freed
 * by itself. An arena has a cap, so whatever a hostile peer makes grow ends as
 * ST_NOMEM here and not as an exhausted machine.
 *
 * Every allocation of the pure rooms comes from here, which makes "the n-th
 * allocation fails" testable: see arena_fail_at().
 *
 *	struct arena *a = arena_new(1 << 20);
 *	char *name = arena_printf(a, "%s:%u", host, port);
 *	...
 *	arena_drop(&a);
 */
#ifndef POSTMEND_BASE_ARENA_H
#define POSTMEND_BASE_ARENA_H

#include "base/format.h"
#include "base/str.h"
#include "base/view.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* A new arena that will hold at most `cap` bytes; NULL when memory ended. */
[[nodiscard]] struct arena *arena_new(size_t cap);

/* An arena inside another: what it gives out is the parent's and lives as long
 * as that, but is bounded by a cap of its own, and meeting that cap fails this
 * one alone. For one peer's share of a run. NULL as arena_alloc(). */
[[nodiscard]] struct arena *arena_new_within(struct arena *parent, size_t cap);

/* Returns all memory, wiping nothing, and sets *arena to NULL. NULL is fine.
 * Of an arena inside another nothing is returned: the parent has it. */
void arena_drop(struct arena **arena);

/* Forgets all it gave out and keeps one chunk for what comes next: for a worker
 * that serves many small lives one after the other. Not for one inside another. */
void arena_clear(struct arena *arena);

/* `size` zeroed bytes, aligned for any type; NULL at the cap or when memory
 * ended, and then arena_failed() stays true. size 0 gives a valid pointer. */
[[nodiscard]] void *arena_alloc(struct arena *arena, size_t size);

/* `n` zeroed elements of `size` bytes. */
[[nodiscard]] void *arena_array(struct arena *arena, size_t n, size_t size);

/* For an array that grows by one: room for row `n`. Gives the array back, or one of twice the room that it
 * was copied into, and keeps *room true; NULL as above, and then the old one stands. The old ones stay in the
 * arena: all together they take at most as much as the last. */
[[nodiscard]] void *arena_grown(struct arena *arena, void *array, size_t n, size_t *room, size_t size);

/* Copies; the text forms add a NUL that is not counted. NULL as above. */
[[nodiscard]] void *arena_copy(struct arena *arena, const void *from, size_t size);
[[nodiscard]] char *arena_text(struct arena *arena, struct str text);
[[nodiscard]] char *arena_strdup(struct arena *arena, const char *text);
[[nodiscard]] struct str arena_str(struct arena *arena, struct str text);

/* Formats like printf. NULL as above. */
[[nodiscard]] POSTMEND_PRINTF(2, 3) char *arena_printf(struct arena *arena, const char *format, ...);
[[nodiscard]] POSTMEND_PRINTF(2, 0) char *arena_vprintf(struct arena *arena, const char *format,
							va_list args);

/* True once any allocation of this arena failed; never goes back. */
bool arena_failed(const struct arena *arena);

/* Bytes given out so far. */
size_t arena_used(const struct arena *arena);

/* Tests only: the n-th allocation from now (1 = the next) fails, and all after
 * it when `forever`. n 0 switches this off. Applies to every arena of the
 * process, so that code which makes its own arenas is reached too. */
void arena_fail_at(uint64_t n, bool forever);

#endif
