/* This file goes through all keys of a hive, once each and without recursion. */
#include "hive/walk.h"

#include "hive/cell.h"

struct walk {
	const struct hive *hive;
	const struct hive_visitor *visitor;
	struct hive_walk_facts *facts;
	uint8_t *seen; /* a bit for each place where a cell can begin */
	struct hive_key *path;
	struct hive_list *lists;
	uint32_t *n_left; /* keys that each list still owes */
	size_t depth;
};

/* False when this key was here before: a list that leads back. */
static bool mark(struct walk *walk, uint32_t at)
{
	uint8_t *byte = &walk->seen[at / CELL_UNIT / 8], bit = (uint8_t)(1U << (at / CELL_UNIT % 8));

	if (*byte & bit)
		return false;
	*byte |= bit;
	return true;
}

static void enter(struct walk *walk, const struct hive_key *key)
{
	struct hive_list values = hive_values(walk->hive, key);
	struct hive_value value;
	uint32_t n = 0;

	walk->path[walk->depth] = *key;
	walk->lists[walk->depth] = hive_subkeys(walk->hive, key);
	walk->n_left[walk->depth] = key->n_subkeys;
	walk->facts->keys++;
	if (walk->depth > walk->facts->deepest)
		walk->facts->deepest = (unsigned)walk->depth;
	while (hive_next_value(&values, &value))
		n++;
	walk->facts->values += n;
	walk->facts->left_out += key->n_values - n;
	if (walk->visitor)
		walk->visitor->visit(walk->visitor->context, walk->path, walk->depth);
}

/* One key further; false at the end. */
static bool step(struct walk *walk)
{
	struct hive_key key;

	if (!hive_next_key(&walk->lists[walk->depth], &key)) {
		walk->facts->left_out += walk->n_left[walk->depth];
		return walk->depth-- > 0;
	}
	if (!mark(walk, key.at) || walk->depth + 1 == HIVE_DEPTH_MAX)
		return true;
	walk->n_left[walk->depth] -= walk->n_left[walk->depth] > 0;
	walk->depth++;
	enter(walk, &key);
	return true;
}

enum status hive_walk(struct arena *arena, const struct hive *hive, const struct hive_key *from,
		      const struct hive_visitor *visitor, struct hive_walk_facts *out)
{
	struct walk walk = {
		.hive = hive,
		.visitor = visitor,
		.facts = out,
		.seen = arena_alloc(arena, hive->bins.len / CELL_UNIT / 8 + 1),
		.path = arena_array(arena, HIVE_DEPTH_MAX, sizeof *walk.path),
		.lists = arena_array(arena, HIVE_DEPTH_MAX, sizeof *walk.lists),
		.n_left = arena_array(arena, HIVE_DEPTH_MAX, sizeof *walk.n_left),
	};

	*out = (struct hive_walk_facts){ .keys = 0 };
	if (!walk.seen || !walk.path || !walk.lists || !walk.n_left)
		return ST_NOMEM;
	(void)mark(&walk, from->at);
	enter(&walk, from);
	while (step(&walk))
		;
	return ST_OK;
}
