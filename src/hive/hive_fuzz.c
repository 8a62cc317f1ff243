/* This file feeds the reader and the editor of registry hives with anything. */
#include "hive/edit.h"
#include "hive/hive_maker.h"
#include "hive/replay.h"
#include "hive/walk.h"

#include <stdlib.h>

enum { ARENA_CAP = 16 << 20, ALL_MAX = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct reader {
	struct arena *arena;
	const struct hive *hive;
};

static void read_key(void *context, const struct hive_key *path, size_t depth)
{
	struct reader *reader = context;
	struct hive_list values = hive_values(reader->hive, &path[depth]);
	struct hive_value value;
	struct view data;

	(void)hive_key_name(reader->arena, &path[depth]);
	while (hive_next_value(&values, &value)) {
		(void)hive_value_name(reader->arena, &value);
		if (hive_value_data(reader->arena, reader->hive, &value, &data))
			(void)hive_text(reader->arena, data);
	}
}

static void read_all(struct arena *arena, struct view bytes)
{
	struct hive hive;
	struct hive_key root;
	struct hive_walk_facts facts;
	struct reader reader = { arena, &hive };

	if (hive_open(bytes, &hive) != HIVE_FINE || !hive_find(&hive, "", &root))
		return;
	if (hive_walk(arena, &hive, &root, &(struct hive_visitor){ &reader, read_key }, &facts) == ST_OK &&
	    facts.keys > hive.bins.len / CELL_UNIT + 1)
		__builtin_trap();
}

/* What an edit leaves behind is whole again. */
static void edit_all(struct arena *arena, struct view bytes)
{
	struct hive_edit edit;
	struct hive_key root, key;
	struct hive after;
	uint32_t at = 0;
	bool fine = !hive_edit_open(&edit, arena, bytes) && hive_find(&edit.hive, "", &root);

	if (fine) {
		struct hive_list list = hive_subkeys(&edit.hive, &root);
		bool has_key = hive_next_key(&list, &key);

		fine = hive_edit_add_key(&edit, root.at, "made", &at) == ST_OK &&
		       hive_edit_set(&edit, at, "text", HIVE_BINARY, view_of("0123456789", 10)) == ST_OK &&
		       hive_edit_set(&edit, at, "text", HIVE_DWORD, view_of("0123", 4)) == ST_OK &&
		       hive_edit_delete_value(&edit, at, "text") == ST_OK &&
		       (!has_key || hive_edit_delete_key(&edit, key.at) == ST_OK);
	}
	if (fine && hive_open(hive_edit_finish(&edit, 0), &after) == HIVE_FINE && after.is_dirty)
		__builtin_trap();
	hive_edit_close(&edit);
}

/* The input is a hive; its second half is a log too. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new(ARENA_CAP);
	struct view log = view_of(bytes + len / 2, len - len / 2);
	struct hive_replay replay;
	uint8_t *copy;

	if (!arena || len > ALL_MAX)
		goto end;
	read_all(arena, view_of(bytes, len));
	if (hive_replay(arena, view_of(bytes, len / 2), &log, 1, &replay) == ST_OK && replay.n_entries)
		read_all(arena, replay.bytes);
	copy = arena_copy(arena, bytes, len);
	if (!copy || len < HIVE_HEADER_LEN)
		goto end;
	memcpy(copy + CELL_SEQUENCE_AT + 4, copy + CELL_SEQUENCE_AT, 4);
	hive_maker_seal(copy);
	edit_all(arena, view_of(copy, len));
end:
	arena_drop(&arena);
	return 0;
}
