/* This file is the pass over every object: heaps, property contexts, table contexts, messages.
 *
 * Tests: P23, P70, P74-P95, P106, P108-P111, P115-P117, P119-P122, P125.
 * Gathers: of every node whether it is faulty, of folders and messages what
 * their rows must say, of folders how many rows there are.
 * Relies on: nodes, content, folders.
 *
 * Every block of an object is read once: first all but the folders' tables,
 * then the tables, whose rows are compared with digests of what they stand
 * for. Jobs are silent and mark; whoever was marked is read again aloud, in the
 * order of NIDs, so that one core and many give the same report.
 */
#include "check/item_read.h"
#include "check/mailbox_facts.h"
#include "check/message_judge.h"
#include "check/pass.h"
#include "check/row_versions.h"
#include "check/table_judge.h"

enum { JOB_NODES = 256, TABLES_AT_ONCE = 4, ARENA_MAX = 160 << 20 };

/* What a worker reads with; [1] is for comparing. */
struct desk {
	struct node_reader reader, compare;
	struct read_window window;
	struct message_judge message;
};

struct objects {
	struct pass_context *pass;
	struct check_facts *facts;
	struct row_versions versions;
	struct arena *scratch; /* of this pass alone */
	struct desk *desks[CHECK_WIDTH_MAX];
	uint32_t *tables; /* indices of nodes that are folders' tables */
	size_t n_tables;
	uint64_t weight; /* progress that one node stands for */
};

static const struct column_list *columns_for(const struct check_facts *facts, const struct node_fact *n)
{
	static const uint8_t kinds[NID_TYPE_COUNT] = {
		[NID_TYPE_NORMAL_FOLDER] = 1 + FOLDER_HIERARCHY,
		[NID_TYPE_SEARCH_FOLDER] = 1 + FOLDER_HIERARCHY,
		[NID_TYPE_NORMAL_MESSAGE] = 1 + FOLDER_CONTENTS,
		[NID_TYPE_ASSOC_MESSAGE] = 1 + FOLDER_ASSOCIATED,
	};
	const struct folder_fact *folder = facts_folder(facts, n->parent);
	uint8_t kind = kinds[nid_type((struct nid){ n->nid })];

	return folder && kind ? &folder->columns[kind - 1] : NULL;
}

static enum status judge_object(struct desk *desk, struct object_judge *judge, const struct object_part *part,
				size_t i)
{
	const struct check_facts *facts = desk->reader.facts;
	struct table_judge table = { .compare = desk->compare };
	struct item_fact item = { 0 };
	enum status st;

	if (table_judge_takes(part->nid)) {
		table_judge_init(&table, judge);
		return object_judge(judge, part);
	}
	message_judge_init(&desk->message, judge, columns_for(facts, &facts->nodes[i]), &item);
	st = object_judge(judge, part);
	message_judge_finish(&desk->message);
	if (!judge->pass)
		facts->items[i] = item;
	return st;
}

static void judge_node(struct objects *o, struct desk *desk, size_t i, struct pass_context *aloud)
{
	const struct node_fact *n = &o->facts->nodes[i];
	const struct block_fact *b = facts_block(o->facts, (struct bid){ n->data });
	struct object_part part = { .nid = n->nid, .data = n->data, .subnode = n->subnode };
	struct object_judge judge = {
		.reader = &desk->reader,
		.pass = aloud,
		.versions = aloud ? NULL : &o->versions,
		.nid = n->nid,
		.at = b ? b->at : 0,
	};
	struct item_fact *item = &o->facts->items[i];

	if (judge_object(desk, &judge, &part, i) != ST_OK)
		item->marks |= ITEM_OUT_OF_MEMORY;
	item->marks = (uint16_t)(item->marks | (judge.is_faulty ? ITEM_FAULTY : 0) |
				 (judge.is_too_large ? ITEM_TOO_LARGE : 0));
	arena_clear(desk->reader.arena);
}

static void object_job(void *context, unsigned worker, size_t index)
{
	struct objects *o = context;
	size_t i = index * JOB_NODES,
	       end = i + JOB_NODES < o->facts->n_nodes ? i + JOB_NODES : o->facts->n_nodes;

	if (!pass_goes_on(o->pass, worker, (end - i) * o->weight))
		return;
	for (; i < end; i++)
		if (!table_judge_takes(o->facts->nodes[i].nid))
			judge_node(o, o->desks[worker], i, NULL);
}

static void table_job(void *context, unsigned worker, size_t index)
{
	struct objects *o = context;
	size_t i = index * TABLES_AT_ONCE, end = i + TABLES_AT_ONCE;

	for (; i < end && i < o->n_tables && pass_goes_on(o->pass, worker, 0); i++)
		judge_node(o, o->desks[worker], o->tables[i], NULL);
}

static void report_too_large(struct objects *o, size_t i)
{
	struct finding *f = pass_report_node(o->pass, CODE_STORE_CHECK_INCOMPLETE, o->facts->nodes[i].nid, 0);

	pass_evidence_hex(o->pass, f, "bytes_more_than", OBJECT_BYTES_MAX);
}

static enum status report_all(struct objects *o)
{
	for (size_t i = 0; i < o->facts->n_nodes; i++) {
		const struct item_fact *item = &o->facts->items[i];

		if (item->marks & ITEM_OUT_OF_MEMORY)
			return ST_NOMEM;
		/* What the desk no longer takes need not be read again. */
		if (item->marks & ITEM_FAULTY && !finding_sink_failed(o->pass->sink))
			judge_node(o, o->desks[0], i, o->pass);
		if (item->marks & ITEM_TOO_LARGE)
			report_too_large(o, i);
	}
	return ST_OK;
}

/* P94, P23. */
static void report_versions(struct objects *o)
{
	const struct row_versions *v = &o->versions;
	uint64_t unique = o->facts->header.unique;
	struct finding *f;

	if (v->n_double) {
		f = pass_report(o->pass, CODE_STORE_TABLE_ROW_VERSION_WRONG);
		pass_evidence_hex(o->pass, f, "rows", v->n_double);
		pass_evidence_hex(o->pass, f, "first", v->lowest_double);
	}
	if (v->top >= unique && v->top > 0)
		pass_evidence_pair(o->pass,
				   pass_report_field(o->pass, CODE_STORE_UNIQUE_COUNTER_LOW, "dwUnique"),
				   "dwUnique", unique, v->top + (uint64_t)1);
}

static enum status make_desks(struct objects *o, unsigned width)
{
	for (unsigned i = 0; i < width; i++) {
		struct desk *d = arena_alloc(o->scratch, sizeof *d);

		if (!d)
			return ST_NOMEM;
		o->desks[i] = d;
		d->reader = (struct node_reader){ o->facts, arena_new(ARENA_MAX),
						  arena_alloc(o->scratch, NODE_READER_ROOM), &d->window };
		d->compare = (struct node_reader){ o->facts, arena_new(ARENA_MAX), d->reader.room, NULL };
		if (!d->reader.arena || !d->reader.room || !d->compare.arena)
			return ST_NOMEM;
	}
	return ST_OK;
}

static void drop_desks(struct objects *o)
{
	for (unsigned i = 0; i < CHECK_WIDTH_MAX; i++)
		if (o->desks[i]) {
			arena_drop(&o->desks[i]->reader.arena);
			arena_drop(&o->desks[i]->compare.arena);
		}
	arena_drop(&o->scratch);
}

static enum status prepare(struct objects *o, unsigned width)
{
	struct check_facts *facts = o->facts;
	size_t n = 0;

	for (size_t i = 0; i < facts->n_nodes; i++)
		n += table_judge_takes(facts->nodes[i].nid);
	facts->items = arena_array(o->pass->arena, facts->n_nodes, sizeof *facts->items);
	o->scratch = arena_new((16 << 20) + facts->n_nodes * sizeof *o->tables);
	if (!facts->items || !o->scratch)
		return ST_NOMEM;
	o->tables = arena_array(o->scratch, n, sizeof *o->tables);
	if (!o->tables || !row_versions_init(&o->versions, o->scratch, facts->header.unique))
		return ST_NOMEM;
	for (size_t i = 0; i < facts->n_nodes; i++)
		if (table_judge_takes(facts->nodes[i].nid))
			o->tables[o->n_tables++] = (uint32_t)i;
	o->weight = facts->n_nodes ? o->pass->progress->objects / facts->n_nodes : 0;
	return make_desks(o, width);
}

enum status pass_objects(struct pass_context *pass)
{
	struct objects o = { .pass = pass, .facts = pass->facts };
	const struct check_runner *r = &pass->options->runner;
	enum status st = prepare(&o, r->width);

	if (st == ST_OK) {
		r->run(r->context, o.facts->n_nodes / JOB_NODES + 1, object_job, &o);
		r->run(r->context, o.n_tables / TABLES_AT_ONCE + 1, table_job, &o);
		st = report_all(&o);
	}
	if (st == ST_OK)
		report_versions(&o);
	if (st == ST_OK && !pass_goes_on(pass, 0, 0))
		st = ST_CANCEL;
	drop_desks(&o);
	if (st == ST_OK)
		pass->facts->have |= FACT_OBJECTS;
	return st;
}
