/* This file judges one object of a store with all below it. */
#include "check/object.h"

#include "base/cursor.h"
#include "check/item_read.h"

#include <string.h>

/* People know a message by its subject line. */
static const char *subject_of(struct object_judge *judge, uint32_t nid)
{
	enum nid_type type = nid_type((struct nid){ nid });
	const struct node_fact *node = facts_node(judge->reader->facts, (struct nid){ nid });
	const char *subject = NULL;
	struct item item;

	if (type != NID_TYPE_NORMAL_MESSAGE && type != NID_TYPE_ASSOC_MESSAGE)
		return NULL;
	if (node && item_open(judge->reader, node, &item))
		subject = item_subject(&item, judge->pass->arena);
	return subject ? subject : "";
}

/* Silent judges have nobody to give evidence to: NULL, and object_hex() takes it. */
struct finding *object_fault_of(struct object_judge *judge, enum code code, uint32_t nid)
{
	struct finding *f;
	const char *subject;

	judge->is_faulty = true;
	if (!judge->pass)
		return NULL;
	f = pass_report_node(judge->pass, code, nid, judge->at);
	if (nid == judge->nid && !judge->subject)
		judge->subject = subject_of(judge, nid);
	subject = nid == judge->nid ? judge->subject : subject_of(judge, nid);
	if (subject && *subject)
		finding_evidence(f, "subject", subject, NULL, TRUST_PEER);
	return f;
}

struct finding *object_fault(struct object_judge *judge, enum code code, const struct object_part *part)
{
	struct finding *f = object_fault_of(judge, code, judge->nid);

	if (f && part->depth > 0)
		pass_evidence_hex(judge->pass, f, "subnode", part->nid);
	return f;
}

void object_hex(struct object_judge *judge, struct finding *finding, const char *name, uint64_t value)
{
	if (finding)
		pass_evidence_hex(judge->pass, finding, name, value);
}

static void report_heap_block(struct object_judge *judge, const struct object_part *part, size_t i,
			      unsigned faults)
{
	static const struct {
		unsigned bit;
		enum code code;
	} rows[] = {
		{ HEAP_FAULT_MAP_PLACE, CODE_STORE_HEAP_MAP_PLACE_WRONG },
		{ HEAP_FAULT_MAP, CODE_STORE_HEAP_MAP_DAMAGED },
		{ HEAP_FAULT_FREE_COUNT, CODE_STORE_HEAP_FREE_COUNT_WRONG },
		{ HEAP_FAULT_FILL_LEVEL, CODE_STORE_HEAP_FILL_LEVEL_ODD },
	};

	for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
		if (faults & rows[r].bit)
			object_hex(judge, object_fault(judge, rows[r].code, part), "heap_block", i);
}

/* P75: what a node's type says it is; 0 where both kinds occur. */
static uint8_t client_of(uint32_t nid)
{
	static const uint8_t clients[NID_TYPE_COUNT] = {
		[NID_TYPE_NORMAL_FOLDER] = HEAP_PROPERTIES,
		[NID_TYPE_SEARCH_FOLDER] = HEAP_PROPERTIES,
		[NID_TYPE_NORMAL_MESSAGE] = HEAP_PROPERTIES,
		[NID_TYPE_ATTACHMENT] = HEAP_PROPERTIES,
		[NID_TYPE_SEARCH_CRITERIA_OBJECT] = HEAP_PROPERTIES,
		[NID_TYPE_ASSOC_MESSAGE] = HEAP_PROPERTIES,
		[NID_TYPE_RECEIVE_FOLDER_TABLE] = HEAP_TABLE,
		[NID_TYPE_OUTGOING_QUEUE_TABLE] = HEAP_TABLE,
		[NID_TYPE_HIERARCHY_TABLE] = HEAP_TABLE,
		[NID_TYPE_CONTENTS_TABLE] = HEAP_TABLE,
		[NID_TYPE_ASSOC_CONTENTS_TABLE] = HEAP_TABLE,
		[NID_TYPE_SEARCH_CONTENTS_TABLE] = HEAP_TABLE,
		[NID_TYPE_ATTACHMENT_TABLE] = HEAP_TABLE,
		[NID_TYPE_RECIPIENT_TABLE] = HEAP_TABLE,
	};

	return clients[nid_type((struct nid){ nid })];
}

enum { HEAP_TABLE_OLD = 0xAC }; /* a second format of tables, never described */

static bool client_fits(const struct heap *heap, uint32_t nid)
{
	uint8_t wanted = client_of(nid);

	if (wanted == HEAP_TABLE)
		return heap->client == HEAP_TABLE || heap->client == HEAP_TABLE_OLD;
	return wanted == 0 || heap->client == wanted;
}

/* The store's object, the name map and whatever begins as a heap; the other
 * internal nodes are queues and arrays. */
static bool must_be_heap(uint32_t nid)
{
	return client_of(nid) != 0 || nid == 0x21 || nid == 0x61;
}

/* A list below itself was told of; what it holds was judged the first time (P63). */
static bool goes_in_circles(const struct object_judge *judge, const struct object_part *part)
{
	const struct block_fact *list = facts_block(judge->reader->facts, (struct bid){ part->subnode });

	return part->depth > 0 && list && list->state & BLOCK_LOOPS;
}

static enum status open_heap(struct object_judge *judge, const struct object_part *part,
			     struct node_data *data, struct object_heap *out, bool *opened_out)
{
	enum status st = node_data_read(judge->reader, (struct bid){ part->data }, OBJECT_BYTES_MAX, data);
	bool has_root = true;

	*opened_out = false;
	if (st == ST_LIMIT) {
		judge->is_too_large = true;
		return ST_OK;
	}
	/* A block that is gone was told of where the blocks were read. */
	if (st != ST_OK || data->n == 0 || !data->whole)
		return st;
	if (!heap_open(judge->reader->facts->variant, data->blocks, data->n, &out->heap)) {
		if (must_be_heap(part->nid))
			(void)object_fault(judge, CODE_STORE_HEAP_SIGNATURE_WRONG, part);
		return ST_OK;
	}
	if (!client_fits(&out->heap, part->nid)) {
		object_hex(judge, object_fault(judge, CODE_STORE_HEAP_CLIENT_WRONG, part), "bClientSig",
			   out->heap.client);
		return ST_OK;
	}
	for (size_t i = 0; i < data->n; i++) {
		struct heap_page_map map;
		unsigned faults = heap_block_faults(&out->heap, i, &map);

		report_heap_block(judge, part, i, faults);
		has_root = has_root && !(i == 0 && faults & HEAP_FAULT_MAP_PLACE);
	}
	/* Without its map the first block has no items, and the heap no beginning. */
	if (!has_root)
		return ST_OK;
	if (goes_in_circles(judge, part))
		out->subnodes = (struct subnode_list){ .sorted = true };
	else
		st = subnode_list_read(judge->reader, (struct bid){ part->subnode }, &out->subnodes);
	if (st != ST_OK)
		return st;
	out->shares_names = subnode_list_shares_names(&out->subnodes);
	out->used = arena_array(judge->reader->arena, out->subnodes.n, sizeof *out->used);
	*opened_out = out->used != NULL;
	return out->used ? ST_OK : ST_NOMEM;
}

bool object_cell(const struct object_row *row, uint32_t tag, struct view *out)
{
	const struct table_column *column = table_find(row->table, tag);
	int len = property_type_len((uint16_t)(tag & 0xFFFF));
	struct view cell;
	struct cursor c;
	uint32_t hnid;

	*out = view_of(NULL, 0);
	if (!table_cell(row->table, row->bytes, column, &cell))
		return false;
	if (len > 0 && len <= 8 && !(tag & PTYP_MULTIPLE)) {
		*out = cell;
		return true;
	}
	c = cursor_of(cell);
	hnid = cursor_u32le(&c);
	return hnid_is_hid(hnid) && heap_item(&row->heap->heap, (struct hid){ hnid }, out);
}

bool object_value(struct object_judge *judge, const struct object_part *part, struct object_heap *heap,
		  uint32_t hnid, struct object_value *out)
{
	const struct subnode *sub;

	*out = (struct object_value){ .is_subnode = !hnid_is_hid(hnid) };
	if (!out->is_subnode) {
		if (heap_item(&heap->heap, (struct hid){ hnid }, &out->bytes)) {
			out->len = out->bytes.len;
			return true;
		}
		object_hex(judge, object_fault(judge, CODE_STORE_HEAP_ITEM_MISSING, part), "hid", hnid);
		return false;
	}
	sub = subnode_find(&heap->subnodes, (struct nid){ hnid });
	if (sub) {
		heap->used[sub - heap->subnodes.rows] = true;
		return node_data_len(judge->reader->facts, (struct bid){ sub->data }, &out->len);
	}
	if (heap->subnodes.whole)
		object_hex(judge, object_fault(judge, CODE_STORE_PROPERTY_VALUE_MISSING, part), "nid", hnid);
	return false;
}

void object_judge_value(struct object_judge *judge, const struct object_part *part, uint32_t tag,
			const struct object_value *value)
{
	unsigned faults;

	if (value->is_subnode)
		return;
	/* An empty value is legal for every type. */
	faults = value->len ? property_value_faults((uint16_t)(tag & 0xFFFF), value->bytes) : 0;
	if (faults & (VALUE_FAULT_LEN | VALUE_FAULT_LAYOUT))
		object_hex(judge, object_fault(judge, CODE_STORE_PROPERTY_TYPE_WRONG, part), "property", tag);
	if (faults & VALUE_FAULT_TEXT)
		object_hex(judge, object_fault(judge, CODE_STORE_STRING_ODD, part), "property", tag);
}

/* P86; attachments stand in a table of their own and are judged there. */
static void judge_unused(struct object_judge *judge, const struct object_part *part,
			 const struct object_heap *heap)
{
	for (size_t i = 0; i < heap->subnodes.n; i++)
		if (!heap->used[i] && nid_type((struct nid){ heap->subnodes.rows[i].nid }) == NID_TYPE_LTP)
			object_hex(judge, object_fault(judge, CODE_STORE_SUBNODE_UNUSED, part), "nid",
				   heap->subnodes.rows[i].nid);
}

/* Parts that wait, the next on top. */
struct parts {
	struct object_part *rows;
	size_t n, room;
};

static enum status make_room(struct object_judge *judge, struct parts *parts, size_t more)
{
	size_t room = parts->room * 2 > parts->n + more ? parts->room * 2 : parts->n + more;
	struct object_part *rows;

	if (parts->n + more <= parts->room)
		return ST_OK;
	rows = arena_array(judge->reader->arena, room, sizeof *rows);
	if (!rows)
		return ST_NOMEM;
	if (parts->n)
		memcpy(rows, parts->rows, parts->n * sizeof *rows);
	parts->rows = rows;
	parts->room = room;
	return ST_OK;
}

static enum status push_subnodes(struct object_judge *judge, const struct object_part *part,
				 const struct object_heap *heap, struct parts *parts)
{
	size_t more = 0;

	for (size_t i = 0; i < heap->subnodes.n; i++)
		more += client_of(heap->subnodes.rows[i].nid) != 0;
	if (more == 0)
		return ST_OK;
	/* Tables and attachments of the deepest message lie one level below it. */
	if (part->depth > OBJECT_DEPTH_MAX) {
		(void)object_fault(judge, CODE_STORE_EMBEDDED_MESSAGE_DAMAGED, part);
		return ST_OK;
	}
	if (make_room(judge, parts, more) != ST_OK)
		return ST_NOMEM;
	for (size_t i = heap->subnodes.n; i-- > 0;) {
		const struct subnode *s = &heap->subnodes.rows[i];

		if (client_of(s->nid) != 0)
			parts->rows[parts->n++] = (struct object_part){ s->nid, s->data, s->subnode,
									part->depth + 1, part->nid };
	}
	return ST_OK;
}

static enum status judge_content(struct object_judge *judge, const struct object_part *part,
				 struct object_heap *heap)
{
	const struct object_listener *l = judge->listener;
	enum status st = ST_OK;

	if (heap->heap.client == HEAP_PROPERTIES)
		st = object_judge_properties(judge, part, heap);
	else if (heap->heap.client == HEAP_TABLE)
		st = object_judge_table(judge, part, heap);
	else
		heap->is_whole = true;
	if (st != ST_OK)
		return st;
	if (heap->heap.client == HEAP_PROPERTIES || heap->heap.client == HEAP_TABLE)
		judge_unused(judge, part, heap);
	if (l && l->end)
		l->end(l->context, part, heap);
	return ST_OK;
}

static enum status judge_one(struct object_judge *judge, const struct object_part *part, struct parts *parts)
{
	struct object_heap *heap;
	struct node_data data;
	bool opened;
	enum status st;

	if (part->data == 0) {
		if (client_of(part->nid) != 0)
			(void)object_fault(judge, CODE_STORE_NODE_EMPTY, part);
		return ST_OK;
	}
	heap = arena_alloc(judge->reader->arena, sizeof *heap);
	if (!heap)
		return ST_NOMEM;
	st = open_heap(judge, part, &data, heap, &opened);
	if (st == ST_OK && opened)
		st = judge_content(judge, part, heap);
	return st == ST_OK && opened ? push_subnodes(judge, part, heap, parts) : st;
}

/* Memory that ends at an object's own cap is the object's fault, or its size. */
enum status object_judge(struct object_judge *judge, const struct object_part *part)
{
	struct parts parts = { 0 };
	struct object_part next = *part;
	enum status st = judge_one(judge, &next, &parts);

	while (st == ST_OK && parts.n > 0) {
		next = parts.rows[--parts.n];
		st = judge_one(judge, &next, &parts);
	}
	if (st == ST_NOMEM && arena_used(judge->reader->arena) > OBJECT_BYTES_MAX) {
		judge->is_too_large = true;
		st = ST_OK;
	}
	return st;
}
