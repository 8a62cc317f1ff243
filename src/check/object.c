/* This file judges one object of a store with all below it. */
#include "check/object.h"

#include "base/cursor.h"

/* Silent judges have nobody to give evidence to: NULL, and object_hex() takes it. */
struct finding *object_fault(struct object_judge *judge, enum code code, const struct object_part *part)
{
	struct finding *f;

	judge->is_faulty = true;
	if (!judge->pass)
		return NULL;
	f = pass_report_node(judge->pass, code, judge->nid, judge->at);
	if (part->nid != judge->nid)
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

static enum status open_heap(struct object_judge *judge, const struct object_part *part,
			     struct node_data *data, struct object_heap *out, bool *opened_out)
{
	enum status st = node_data_read(judge->arena, judge->facts, (struct bid){ part->data },
					OBJECT_BYTES_MAX, data);

	*opened_out = false;
	if (st == ST_LIMIT) {
		judge->is_too_large = true;
		return ST_OK;
	}
	/* A block that is gone was told of where the blocks were read. */
	if (st != ST_OK || data->n == 0 || !data->whole)
		return st;
	if (!heap_open(judge->facts->variant, data->blocks, data->n, &out->heap)) {
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
	}
	st = subnode_list_read(judge->arena, judge->facts, (struct bid){ part->subnode }, &out->subnodes);
	if (st != ST_OK)
		return st;
	out->used = arena_array(judge->arena, out->subnodes.n, sizeof *out->used);
	*opened_out = out->used != NULL;
	return out->used ? ST_OK : ST_NOMEM;
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
		return node_data_len(judge->facts, (struct bid){ sub->data }, &out->len);
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

static enum status push_subnodes(struct object_judge *judge, const struct object_part *part,
				 const struct object_heap *heap, struct object_part **stack, size_t *n)
{
	size_t more = 0;
	struct object_part *rows;

	for (size_t i = 0; i < heap->subnodes.n; i++)
		more += client_of(heap->subnodes.rows[i].nid) != 0;
	if (more == 0)
		return ST_OK;
	if (part->depth + 1 >= OBJECT_DEPTH_MAX) {
		(void)object_fault(judge, CODE_STORE_EMBEDDED_MESSAGE_DAMAGED, part);
		return ST_OK;
	}
	rows = arena_array(judge->arena, *n + more, sizeof *rows);
	if (!rows)
		return ST_NOMEM;
	for (size_t i = 0; i < *n; i++)
		rows[i] = (*stack)[i];
	for (size_t i = heap->subnodes.n; i-- > 0;) {
		const struct subnode *s = &heap->subnodes.rows[i];

		if (client_of(s->nid) != 0)
			rows[(*n)++] = (struct object_part){ s->nid, s->data, s->subnode, part->depth + 1 };
	}
	*stack = rows;
	return ST_OK;
}

static enum status judge_one(struct object_judge *judge, const struct object_part *part,
			     struct object_part **stack, size_t *n)
{
	struct node_data data;
	struct object_heap heap = { 0 };
	bool opened;
	enum status st;

	if (part->data == 0) {
		if (client_of(part->nid) != 0)
			(void)object_fault(judge, CODE_STORE_NODE_EMPTY, part);
		return ST_OK;
	}
	st = open_heap(judge, part, &data, &heap, &opened);
	if (st != ST_OK || !opened)
		return st;
	if (heap.heap.client == HEAP_PROPERTIES)
		st = object_judge_properties(judge, part, &heap);
	else if (heap.heap.client == HEAP_TABLE)
		st = object_judge_table(judge, part, &heap);
	if (st != ST_OK)
		return st;
	if (heap.heap.client == HEAP_PROPERTIES || heap.heap.client == HEAP_TABLE)
		judge_unused(judge, part, &heap);
	return push_subnodes(judge, part, &heap, stack, n);
}

enum status object_judge(struct object_judge *judge, const struct object_part *part)
{
	struct object_part *stack = NULL, next = *part;
	size_t n = 0;
	enum status st = judge_one(judge, &next, &stack, &n);

	while (st == ST_OK && n > 0) {
		next = stack[--n];
		st = judge_one(judge, &next, &stack, &n);
	}
	return st;
}
