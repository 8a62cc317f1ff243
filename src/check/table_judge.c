/* This file listens to a folder's table and compares its rows with what they stand for. */
#include "check/table_judge.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "check/item_read.h"
#include "check/row_digest.h"
#include "pst/msg/tags.h"

bool table_judge_takes(uint32_t nid)
{
	enum nid_type type = nid_type((struct nid){ nid });

	return type == NID_TYPE_HIERARCHY_TABLE || type == NID_TYPE_CONTENTS_TABLE ||
	       type == NID_TYPE_ASSOC_CONTENTS_TABLE || type == NID_TYPE_SEARCH_CONTENTS_TABLE;
}

static enum folder_table kind_of(const struct table_judge *t)
{
	return (enum folder_table)(t->type - NID_TYPE_HIERARCHY_TABLE);
}

static enum code code_of(const struct table_judge *t)
{
	return t->type == NID_TYPE_HIERARCHY_TABLE ? CODE_STORE_HIERARCHY_WRONG : CODE_STORE_CONTENTS_WRONG;
}

static bool may_hold(const struct table_judge *t, uint32_t nid)
{
	enum nid_type type = nid_type((struct nid){ nid });

	if (t->type == NID_TYPE_HIERARCHY_TABLE)
		return type == NID_TYPE_NORMAL_FOLDER || type == NID_TYPE_SEARCH_FOLDER;
	return type ==
	       (t->type == NID_TYPE_CONTENTS_TABLE ? NID_TYPE_NORMAL_MESSAGE : NID_TYPE_ASSOC_MESSAGE);
}

/* What the row says of the columns it shares with its object. */
static uint64_t digest_of_row(const struct table_judge *t, const struct object_row *row, bool *whole_out)
{
	const struct column_list *columns = &t->folder->columns[kind_of(t)];
	uint64_t digest = 0;
	struct view cell;

	*whole_out = true;
	for (size_t i = 0; i < columns->n; i++) {
		const struct table_column *column = table_find(row->table, columns->tags[i]);

		if (object_cell(row, columns->tags[i], &cell))
			digest += row_digest_of(columns->tags[i], cell);
		else if (table_cell(row->table, row->bytes, column, &cell))
			*whole_out = false;
	}
	return digest;
}

/* Aloud: which columns it is. */
static void name_columns(struct table_judge *t, const struct object_row *row, const struct node_fact *node,
			 struct finding *finding)
{
	const struct column_list *columns = &t->folder->columns[kind_of(t)];
	struct view cell, value;
	struct property p;
	struct item item;
	unsigned said = 0;

	arena_clear(t->compare.arena);
	if (!item_open(&t->compare, node, &item))
		return;
	for (size_t i = 0; i < columns->n && said < FINDING_EVIDENCE_MAX; i++) {
		uint32_t tag = columns->tags[i];
		uint64_t has = object_cell(row, tag, &cell) ? row_digest_of(tag, cell) : 0, want = 0;

		if (item_property(&item, (uint16_t)(tag >> 16), &p, &value)) {
			size_t len = property_is_inline(&p) ? (size_t)property_type_len(p.type) : value.len;

			want = row_digest_of((uint32_t)p.id << 16 | p.type, view_of(value.at, len));
		}
		if (has == want)
			continue;
		said++;
		finding_evidence(finding, "column", arena_printf(t->judge->pass->arena, "0x%08X", tag),
				 has == 0    ? "only the object has it"
				 : want == 0 ? "only the row has it"
					     : "the object has another value",
				 TRUST_OURS);
	}
}

static bool flags_of(const struct object_row *row, uint32_t *out)
{
	struct view cell;
	struct cursor c;

	if (!object_cell(row, (uint32_t)TAG_MESSAGE_FLAGS << 16 | PTYP_INTEGER_32, &cell))
		return false;
	c = cursor_of(cell);
	*out = cursor_u32le(&c);
	return true;
}

static void compare_row(struct table_judge *t, const struct object_row *row, size_t i)
{
	const struct check_facts *facts = t->judge->reader->facts;
	const struct item_fact *item = &facts->items[i];
	bool whole;
	uint64_t digest = digest_of_row(t, row, &whole);
	struct finding *f;
	uint32_t flags;

	if (flags_of(row, &flags) && item->marks & ITEM_HAS_FLAGS && (flags ^ item->flags) & MESSAGE_READ) {
		f = object_fault_of(t->judge, CODE_STORE_MESSAGE_UNREAD_WRONG, facts->nodes[i].nid);
		object_hex(t->judge, f, "row", flags);
		object_hex(t->judge, f, "message", item->flags);
	}
	/* Rows of search folders hold little more than their numbers. */
	if (nid_type((struct nid){ facts->nodes[i].nid }) == NID_TYPE_SEARCH_FOLDER)
		return;
	if (!whole || !(item->marks & ITEM_READ) || item->marks & ITEM_INCOMPARABLE || digest == item->digest)
		return;
	f = object_fault_of(t->judge, CODE_STORE_TABLE_ROW_STALE, facts->nodes[i].nid);
	if (f)
		name_columns(t, row, &facts->nodes[i], f);
}

static void report_row(struct table_judge *t, enum code code, const struct object_part *part, uint32_t id)
{
	object_hex(t->judge, object_fault(t->judge, code, part), "dwRowID", id);
}

/* A message whose parent is no folder was told of with the nodes; that its old folder lists it is right. */
static bool is_homeless(const struct check_facts *facts, const struct node_fact *node)
{
	return facts->nbt_whole && (nid_type((struct nid){ node->parent }) != NID_TYPE_NORMAL_FOLDER ||
				    !facts_folder(facts, node->parent));
}

static void on_row(void *context, const struct object_part *part, const struct object_row *row)
{
	struct table_judge *t = context;
	const struct check_facts *facts = t->judge->reader->facts;
	struct cursor c = cursor_of(row->bytes);
	uint32_t id = cursor_u32le(&c), flags;
	const struct node_fact *node = facts_node(facts, (struct nid){ id });

	if (part->depth > 0)
		return;
	if (t->type == NID_TYPE_SEARCH_CONTENTS_TABLE) {
		if (!node && facts->nbt_whole)
			report_row(t, CODE_STORE_SEARCH_FOLDER_STALE, part, id);
		return;
	}
	if (!t->folder)
		return;
	t->folder->n_rows[kind_of(t)]++;
	/* Rows are counted, whether what they stand for is there or not. */
	if (t->type == NID_TYPE_CONTENTS_TABLE && flags_of(row, &flags) && !(flags & MESSAGE_READ))
		t->folder->n_unread++;
	if (!may_hold(t, id) || (!node && facts->nbt_whole)) {
		report_row(t, code_of(t), part, id);
	} else if (node && node->parent != t->folder->nid && is_homeless(facts, node)) {
		facts->items[node - facts->nodes].listed = 1;
	} else if (node && node->parent != t->folder->nid) {
		report_row(t,
			   t->type == NID_TYPE_HIERARCHY_TABLE ? CODE_STORE_HIERARCHY_WRONG
							       : CODE_STORE_MESSAGE_LISTED_TWICE,
			   part, id);
	} else if (node) {
		facts->items[node - facts->nodes].listed = 1;
		compare_row(t, row, (size_t)(node - facts->nodes));
	}
}

static void on_end(void *context, const struct object_part *part, const struct object_heap *heap)
{
	struct table_judge *t = context;

	if (part->depth == 0 && heap->is_whole && t->folder && t->type != NID_TYPE_SEARCH_CONTENTS_TABLE)
		t->folder->readable = (uint8_t)(t->folder->readable | 1U << kind_of(t));
}

void table_judge_init(struct table_judge *t, struct object_judge *judge)
{
	uint32_t index = judge->nid & ~0x1FU;

	t->judge = judge;
	t->type = nid_type((struct nid){ judge->nid });
	t->folder = facts_folder(judge->reader->facts, index | NID_TYPE_NORMAL_FOLDER);
	if (!t->folder)
		t->folder = facts_folder(judge->reader->facts, index | NID_TYPE_SEARCH_FOLDER);
	if (t->folder && t->type != NID_TYPE_SEARCH_CONTENTS_TABLE)
		t->folder->n_rows[kind_of(t)] = 0;
	if (t->folder && t->type == NID_TYPE_CONTENTS_TABLE)
		t->folder->n_unread = 0;
	t->listener = (struct object_listener){ t, NULL, on_row, on_end };
	judge->listener = &t->listener;
}
