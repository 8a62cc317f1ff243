/* This file writes what a picture shows of a store into a new one. */
#include "convert/account.h"
#include "convert/writing.h"

#include "pst/msg/special.h"
#include "pst/msg/tags.h"

enum {
	ROWS_ARENA_MAX = 64 << 20,
	FOLDER_ARENA_MAX = 256 << 20,
	ITEM_COST = 4096,
	VERSION = 23,
};

void writing_put_props(struct writing *w, struct ndb_node node, struct props *props,
		       struct subnodes_out *list)
{
	node.data = props_write(props, list);
	node.subnode = subnodes_out_end(list);
	ndb_out_node(w->out, &node);
}

enum status writing_tick(struct writing *w, uint64_t more)
{
	const struct convert_options *options = w->plan->options;

	w->done += more;
	if (options->tick && !options->tick(options->context, w->done, w->total))
		return ST_CANCEL;
	return ndb_out_status(w->out);
}

static bool tick_copied(void *context, uint64_t more)
{
	return writing_tick(context, more) == ST_OK;
}

/* Blocks that are kept have the old numbers, new ones those behind. */
static enum status open_writer(struct writing *w, struct arena *arena, const struct store_sink *sink)
{
	const struct plan *plan = w->plan;
	const struct check_facts *facts = plan->items.facts;
	struct ndb_options options = ndb_options_usual();
	enum status st;

	options.version = VERSION;
	options.client = HEADER_CLIENT_PST;
	options.unique = (uint32_t)plan->unique;
	if (facts->header.crypt_method == CRYPT_NONE && plan->same_form)
		options.cipher = CRYPT_NONE;
	if (plan->same_form && facts->n_blocks)
		options.first_bid = (facts->blocks[facts->n_blocks - 1].bid | (NDB_BID_STEP - 1)) + 1;
	st = ndb_out_open(arena, sink, &options, &w->out);
	if (st != ST_OK)
		return st;
	for (uint32_t type = 0; type < NID_TYPE_COUNT; type++)
		if (plan->keep.tops[type])
			ndb_out_mark(w->out, nid_make((enum nid_type)type, plan->keep.tops[type]).v);
	for (size_t i = 0; i < plan->n_folders; i++)
		ndb_out_mark(w->out, plan->folders[i].nid);
	return ST_OK;
}

static enum status write_all(struct writing *w)
{
	struct keep_tick tick = { tick_copied, w };
	enum status st = keep_write(&w->plan->keep, w->out, &tick);

	if (st == ST_OK)
		st = writing_folders(w);
	if (st == ST_OK)
		st = writing_hierarchy(w);
	if (st == ST_OK)
		st = writing_special(w);
	if (st == ST_OK)
		st = account_for_missing(w);
	if (st == ST_OK)
		st = account_for_left_out(w);
	/* What the writer met stands above what followed from it. */
	return ndb_out_status(w->out) != ST_OK ? ndb_out_status(w->out) : st;
}

static void sum_up(struct writing *w, const struct ndb_stats *stats)
{
	struct convert_ledger *l = w->ledger;

	for (size_t i = 0; i < w->plan->n_folders; i++) {
		const struct folder_plan *f = &w->plan->folders[i];

		l->folders += !f->is_search && !f->is_out;
		l->folders_made += !f->node && !f->is_search && !f->is_out;
	}
	l->characters_lost = w->carrier.n_characters_lost;
	l->left_out += w->carrier.n_left_out;
	l->kept_bytes = w->plan->keep.bytes;
	l->size = stats->size;
}

/* The items were weighed one by one; what is left is for all. */
static void weigh_rest(const struct writing *w, uint64_t size)
{
	struct convert_weights *weights = w->plan->options->weights;
	uint64_t sum = 0;

	if (!weights)
		return;
	for (size_t i = 0; i < w->plan->n_items; i++)
		sum += weights->items[w->plan->rows[i].node];
	weights->rest = size > sum ? size - sum : 0;
}

static enum status write_store(struct writing *w, struct arena *arena, const struct store_sink *sink)
{
	struct ndb_stats stats;
	enum status st;

	w->carrier.source = &w->plan->items;
	w->carrier.keep = w->plan->same_form && !w->plan->changes_key ? &w->plan->keep : NULL;
	w->carrier.page = code_page_of(CODE_PAGE_WESTERN);
	w->total = w->plan->keep.bytes + (w->plan->n_items + w->plan->n_folders) * ITEM_COST;
	w->carrier.rows = arena_new(ROWS_ARENA_MAX);
	w->folder = arena_new(FOLDER_ARENA_MAX);
	st = w->carrier.rows && w->folder ? source_open(&w->names_source, arena, w->plan->items.salvage)
					  : ST_NOMEM;
	if (st == ST_OK)
		st = names_open(w);
	if (st == ST_OK)
		st = writing_find_queue(w);
	writing_find_key(w);
	if (st == ST_OK)
		st = open_writer(w, arena, sink);
	if (st == ST_OK)
		w->carrier.out = w->out;
	if (st == ST_OK)
		st = write_all(w);
	if (st == ST_OK)
		st = ndb_out_finish(w->out, &stats);
	if (st == ST_OK) {
		sum_up(w, &stats);
		weigh_rest(w, stats.size);
	}
	source_close(&w->names_source);
	arena_drop(&w->folder);
	arena_drop(&w->carrier.rows);
	return st;
}

enum status convert_store(struct arena *arena, const struct salvage *salvage,
			  const struct convert_options *options, const struct store_sink *sink,
			  struct convert_ledger *out)
{
	struct plan plan;
	struct writing w = { .plan = &plan, .ledger = out, .arena = arena };
	enum status st = plan_make(&plan, arena, salvage, options);

	*out = (struct convert_ledger){ 0 };
	if (st == ST_OK)
		st = write_store(&w, arena, sink);
	plan_drop(&plan);
	return st;
}
