/* This file feeds the readers of recurrences and time zones with anything, and writes what they read. */
#include "mail/ics.h"

#include "base/arena.h"

enum { ARENA_MAX = 8 << 20, OUT_MAX = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct ics_item item = { .uid = "1", .summary = "fuzz", .has_start = true, .importance = 1 };
	struct recurrence recurrence;
	struct zone zone;
	struct buf out;

	buf_init(&out, OUT_MAX);
	if (arena && zone_read_struct(view_of(bytes, len), "zone", &zone))
		item.zone = &zone;
	else if (arena && zone_read_definition(arena, view_of(bytes, len), &zone))
		item.zone = &zone;
	if (item.zone)
		zone_put(&out, item.zone);
	if (arena && recurrence_read(arena, view_of(bytes, len), &recurrence))
		item.recurrence = &recurrence;
	ics_put_event(&out, &item);
	buf_fini(&out);
	arena_drop(&arena);
	return 0;
}
