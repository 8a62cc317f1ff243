/* This file deals the items of a store out to parts that are no larger than somebody wants. */
#include "convert/split.h"

#include <stdlib.h>

/* Stores grow by whole sections. */
enum { SECTION_LEN = 253952 };

struct dealt {
	uint32_t node, folder;
	bool is_message;
	uint64_t weight;
};

struct split {
	uint64_t bytes;  /* of a part at most */
	uint64_t budget; /* of its items' weights */
	struct dealt *items;
	size_t n;
	struct dealt *large; /* each has a part for itself */
	uint32_t n_large;
	size_t starts[SPLIT_PARTS_MAX + 1]; /* in items; one more than parts */
	uint32_t n_filled;                  /* parts that are filled, without those of `large` */
	uint32_t *parts;
	uint64_t heaviest; /* of those that are not large */
	uint64_t rest;     /* what every part takes */
};

static int compare(const void *a, const void *b)
{
	const struct dealt *x = a, *y = b;

	if (x->is_message != y->is_message)
		return x->is_message ? 1 : -1;
	if (x->folder != y->folder)
		return x->folder > y->folder ? 1 : -1;
	return (x->node > y->node) - (x->node < y->node);
}

static bool is_item(uint32_t nid)
{
	enum nid_type type = nid_type((struct nid){ nid });

	return type == NID_TYPE_NORMAL_MESSAGE || type == NID_TYPE_ASSOC_MESSAGE;
}

static void take_items(struct split *split, const struct check_facts *facts,
		       const struct convert_weights *weights)
{
	for (size_t i = 0; i < facts->n_nodes; i++) {
		const struct node_fact *n = &facts->nodes[i];
		struct dealt item = { (uint32_t)i, n->parent,
				      nid_type((struct nid){ n->nid }) == NID_TYPE_NORMAL_MESSAGE,
				      weights->items[i] };

		if (!is_item(n->nid))
			continue;
		if (item.weight > split->budget) {
			split->large[split->n_large++] = item;
			continue;
		}
		split->items[split->n++] = item;
		if (item.weight > split->heaviest)
			split->heaviest = item.weight;
	}
	if (split->n)
		qsort(split->items, split->n, sizeof *split->items, compare);
}

/* Fills parts from this one on, which begins where it does; the first one ends before `most`. False when they
 * are too many. */
static bool deal(struct split *split, uint32_t from, size_t most)
{
	size_t at = split->starts[from];
	uint32_t part = from;

	/* Without any, part 1 has the folders, where it does not have a large one. */
	split->n_filled = 0;
	if (split->n == 0 && split->n_large)
		return split->n_large <= SPLIT_PARTS_MAX;
	do {
		uint64_t sum = 0;

		while (at < most && sum + split->items[at].weight <= split->budget)
			sum += split->items[at++].weight;
		most = split->n;
		if (++part + split->n_large > SPLIT_PARTS_MAX)
			return false;
		split->starts[part] = at;
	} while (at < split->n);
	split->n_filled = part;
	return true;
}

static void write_parts(struct split *split)
{
	for (uint32_t part = 0; part < split->n_filled; part++)
		for (size_t i = split->starts[part]; i < split->starts[part + 1]; i++)
			split->parts[split->items[i].node] = part + 1;
	for (uint32_t i = 0; i < split->n_large; i++)
		split->parts[split->large[i].node] = split->n_filled + i + 1;
}

enum status split_new(struct arena *arena, const struct salvage *salvage, struct split_ask *ask,
		      struct split **out)
{
	const struct convert_weights *weights = ask->weights;
	const struct check_facts *facts = &salvage->facts;
	struct split *split = arena_alloc(arena, sizeof *split);
	uint64_t sum = 0;

	if (split) {
		split->items = arena_array(arena, facts->n_nodes, sizeof *split->items);
		split->large = arena_array(arena, facts->n_nodes, sizeof *split->large);
		split->parts = arena_array(arena, facts->n_nodes, sizeof *split->parts);
	}
	if (!split || !split->items || !split->large || !split->parts)
		return ST_NOMEM;
	for (size_t i = 0; i < facts->n_nodes; i++)
		sum += weights->items[i];
	split->bytes = ask->bytes;
	split->rest = weights->rest + SECTION_LEN;
	/* Twice what the parts would need if all were equal: it need not be exact. */
	ask->least = split->rest * 2 + sum / SPLIT_PARTS_MAX * 2;
	if (ask->bytes < split->rest + SECTION_LEN)
		return ST_LIMIT;
	split->budget = ask->bytes - split->rest;
	take_items(split, facts, weights);
	if (!deal(split, 0, split->n))
		return ST_LIMIT;
	write_parts(split);
	*out = split;
	return ST_OK;
}

uint32_t split_n_parts(const struct split *split)
{
	return split->n_filled + split->n_large;
}

const uint32_t *split_parts(const struct split *split)
{
	return split->parts;
}

uint32_t split_single(const struct split *split, uint32_t part)
{
	if (part > split->n_filled)
		return split->large[part - split->n_filled - 1].node;
	return UINT32_MAX;
}

/* What a part weighs more than was thought is a share of it: the others will do the same. */
bool split_shrink(struct split *split, uint32_t part, uint64_t size)
{
	uint64_t budget = split->budget;
	size_t first, n, most;

	if (part == 0 || part > split->n_filled)
		return false;
	first = split->starts[part - 1];
	n = split->starts[part] - first;
	if (n <= 1)
		return false;
	split->budget = (uint64_t)((double)budget * (double)split->bytes / (double)size);
	most = (size_t)((double)n * (double)split->bytes / (double)size);
	most = most < 1 ? 1 : most >= n ? n - 1 : most;
	if (split->budget < split->heaviest)
		split->budget = split->heaviest;
	if (!deal(split, part - 1, first + most)) {
		split->budget = budget;
		(void)deal(split, part - 1, first + n);
		return false;
	}
	write_parts(split);
	return true;
}
