/* This file carries a sound part of a damaged object byte by byte. */
#include "convert/raw.h"

#include "convert/keep.h"

enum { DEPTH_MAX = 64 };

/* A list of subnodes on its way. */
struct level {
	uint32_t nid;
	uint64_t data; /* in the new store */
	struct subnode_list from;
	struct subnodes_out to;
	size_t next;
};

enum status raw_fits(struct carrier *carrier, const struct subnode *part, bool *fits_out)
{
	*fits_out = false;
	if (!carrier->keep || part->data == 0)
		return ST_OK;
	return keep_is_sound(carrier->keep, part->data, part->subnode, fits_out);
}

static void pour(void *context, struct view piece)
{
	data_out_add(context, piece);
}

static enum status open_level(struct carrier *carrier, const struct subnode *part, struct level **out)
{
	struct arena *arena = carrier->source->reader.arena;
	struct level *level = arena_alloc(arena, sizeof *level);
	struct data_out data;
	struct bytes_in bytes = { .context = &data, .take = pour };
	enum status st;

	*out = level;
	if (!level)
		return ST_NOMEM;
	level->nid = part->nid;
	data_out_start(&data, carrier->out);
	st = bytes_in_read(carrier->source, part->data, &bytes);
	level->data = data_out_end(&data);
	subnodes_out_start(&level->to, carrier->out, arena);
	if (st == ST_OK)
		st = subnode_list_read(&carrier->source->reader, (struct bid){ part->subnode }, &level->from);
	return st;
}

enum status raw_copy(struct carrier *carrier, const struct subnode *part, struct subnode_row *out)
{
	struct level *levels[DEPTH_MAX];
	size_t n = 1;
	enum status st = open_level(carrier, part, &levels[0]);

	while (st == ST_OK) {
		struct level *top = levels[n - 1];
		struct subnode_row row = { top->nid, top->data, 0 };

		if (top->next < top->from.n) {
			if (n == DEPTH_MAX)
				return ST_LIMIT;
			st = open_level(carrier, &top->from.rows[top->next++], &levels[n]);
			n++;
			continue;
		}
		row.subnode = subnodes_out_end(&top->to);
		if (--n == 0) {
			*out = row;
			return ST_OK;
		}
		subnodes_out_add(&levels[n - 1]->to, &row);
	}
	return st;
}
