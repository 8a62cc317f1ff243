/* This file plants faults of the store object, of folders and of what a store has for itself. */
#include "planted.h"

#include "base/checked.h"
#include "plant_heap.h"
#include "pst/msg/name_map.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

enum {
	TOP = 0x8022,
	DELETED = 0x8062,
	INBOX = 0x80A2,
	INBOX_TABLE = 0x80AE,
	INBOX_HIDDEN = 0x80AF,
	CALENDAR_TABLE = 0x812E,
	USER = 0x8142,
	JUNK_SEARCH = 0x2223,
};

static uint32_t mail(const struct plant *p, unsigned n)
{
	return plant_message(p, NID_TYPE_NORMAL_MESSAGE, 0, MESSAGE_HAS_ATTACH | MESSAGE_SUBMIT, n);
}

/* One byte of a value in the heap. */
static void set_value(struct plant *p, uint32_t nid, uint16_t id, size_t at, uint8_t change)
{
	struct plant_heap h;

	plant_heap_open_node(&h, p, nid);
	plant_value(&h, id)->bytes[at] ^= (uint8_t)plant_pick(p, change, 0);
	plant_heap_close(&h);
}

/* Text of a folder in its own object and in its parent's table. */
static void rename_folder(struct plant *p, uint32_t nid, uint32_t like)
{
	struct plant_heap h;
	struct plant_table t;
	struct plant_item name, *to;

	if (!p->wrong)
		return;
	plant_heap_open_node(&h, p, like ? like : nid);
	name = *plant_value(&h, TAG_DISPLAY_NAME);
	plant_heap_open_node(&h, p, nid);
	if (!like)
		plant_property_remove(&h, TAG_DISPLAY_NAME);
	else {
		to = plant_value(&h, TAG_DISPLAY_NAME);
		memcpy(to->bytes, name.bytes, name.len);
		to->len = name.len;
	}
	plant_heap_close(&h);
	plant_table_open_node(&t, p, (plant_node(p, nid).parent & ~0x1FU) | NID_TYPE_HIERARCHY_TABLE);
	if (!like)
		plant_cell_empty(&t, plant_row_find(&t, nid), TAG_DISPLAY_NAME);
	else {
		to = plant_cell_item(&t, plant_row_find(&t, nid), TAG_DISPLAY_NAME);
		memcpy(to->bytes, name.bytes, name.len);
		to->len = name.len;
	}
	plant_table_close(&t);
}

static void remove_node(struct plant *p, uint32_t nid)
{
	if (p->wrong)
		plant_node_remove(p, nid);
}

static void store_missing(struct plant *p)
{
	remove_node(p, SPECIAL_MESSAGE_STORE);
}

static void store_no_key(struct plant *p)
{
	plant_property_take(p, SPECIAL_MESSAGE_STORE, TAG_RECORD_KEY);
}

static void store_no_finder(struct plant *p)
{
	plant_property_take(p, SPECIAL_MESSAGE_STORE, TAG_FINDER);
}

static void entry_of_other_store(struct plant *p)
{
	set_value(p, SPECIAL_MESSAGE_STORE, TAG_IPM_WASTEBASKET, 7, 0x40);
}

static void entry_of_other_type(struct plant *p)
{
	set_value(p, SPECIAL_MESSAGE_STORE, TAG_IPM_WASTEBASKET, 0, 1);
}

static void entry_of_search(struct plant *p)
{
	struct plant_heap h;

	plant_heap_open_node(&h, p, SPECIAL_MESSAGE_STORE);
	field_put(plant_value(&h, TAG_IPM_WASTEBASKET)->bytes + 20, 4, plant_pick(p, JUNK_SEARCH, DELETED));
	plant_heap_close(&h);
}

static void default_folder_gone(struct plant *p)
{
	set_value(p, SPECIAL_MESSAGE_STORE, TAG_IPM_WASTEBASKET, 21, 0x40);
}

static void root_missing(struct plant *p)
{
	remove_node(p, SPECIAL_ROOT_FOLDER);
}

static void root_table_missing(struct plant *p)
{
	remove_node(p, (SPECIAL_ROOT_FOLDER & ~0x1FU) | NID_TYPE_ASSOC_CONTENTS_TABLE);
}

static void template_missing(struct plant *p)
{
	remove_node(p, 0x60F);
}

/* The template of hierarchy tables becomes a table that has rows. */
static void template_filled(struct plant *p)
{
	struct nbt_entry full = plant_node(p, 0x802D), template = plant_node(p, 0x60D);

	if (!p->wrong)
		return;
	plant_node_set(p, 0x60D, "bidData", full.data);
	plant_node_set(p, 0x60D, "bidSub", full.subnode);
	plant_hold(p, template.data, -1);
	plant_hold(p, full.data, 1);
	plant_hold(p, full.subnode, 1);
}

static void special_missing(struct plant *p)
{
	remove_node(p, 0x6D7);
}

static void receive_no_default(struct plant *p)
{
	struct plant_table t;
	uint8_t text[2] = { 'X', 0 };

	plant_table_open_node(&t, p, SPECIAL_RECEIVE_TABLE);
	if (p->wrong)
		field_put(plant_cell(&t, 0, TAG_MESSAGE_CLASS), 4,
			  plant_item_add(&t.h, text, p->v->kind == VARIANT_ANSI ? 1 : 2));
	plant_table_close(&t);
}

static void receive_nowhere(struct plant *p)
{
	struct plant_table t;

	plant_table_open_node(&t, p, SPECIAL_RECEIVE_TABLE);
	field_put(plant_cell(&t, 1, TAG_RECEIVE_FOLDER), 4, plant_pick(p, 0x9002, DELETED));
	plant_table_close(&t);
}

static void receive_missing(struct plant *p)
{
	remove_node(p, SPECIAL_RECEIVE_TABLE);
}

static void queue_of_gone(struct plant *p)
{
	struct plant_table t;

	plant_table_open_node(&t, p, SPECIAL_OUTGOING_QUEUE);
	if (p->wrong)
		plant_row_copy(&t, 0, 0x300004);
	plant_table_close(&t);
}

static void queue_of_quiet(struct plant *p)
{
	struct plant_table t;

	plant_table_open_node(&t, p, SPECIAL_OUTGOING_QUEUE);
	if (p->wrong)
		plant_row_copy(&t, 0, mail(p, 0));
	plant_table_close(&t);
}

static void queue_missing(struct plant *p)
{
	remove_node(p, SPECIAL_OUTGOING_QUEUE);
}

/* Of a message that is not in the Outbox, in its row too. */
static void submit_elsewhere(struct plant *p)
{
	uint32_t nid = mail(p, 0);
	struct plant_table t;
	struct plant_heap h;
	uint32_t flags;

	plant_heap_open_node(&h, p, nid);
	flags = plant_record_value(&h, TAG_MESSAGE_FLAGS) | (uint32_t)plant_pick(p, MESSAGE_SUBMIT, 0);
	plant_record_value_set(&h, TAG_MESSAGE_FLAGS, flags);
	plant_heap_close(&h);
	plant_table_open_node(&t, p, INBOX_TABLE);
	field_put(plant_cell(&t, plant_row_find(&t, nid), TAG_MESSAGE_FLAGS), 4, flags);
	plant_table_close(&t);
}

/* The queue loses the message that waits. */
static void submit_without_row(struct plant *p)
{
	struct plant_table t;

	plant_table_open_node(&t, p, SPECIAL_OUTGOING_QUEUE);
	if (p->wrong) {
		t.rows->len = 0;
		plant_index(&t)->len = 0;
		/* A table without rows has none of the two items. */
		field_put(t.info->bytes + 14, 4, 0);
		field_put(plant_item(&t.h, (uint32_t)(t.info->bytes[10] | t.info->bytes[11] << 8))->bytes + 4,
			  4, 0);
	}
	plant_table_close(&t);
}

static void names_guid(struct plant *p)
{
	struct plant_heap h;

	plant_heap_open_node(&h, p, SPECIAL_NAME_MAP);
	plant_value(&h, NAME_MAP_GUIDS)->len -= plant_pick(p, 16, 0);
	plant_heap_close(&h);
}

static void names_text(struct plant *p)
{
	struct plant_heap h;

	plant_heap_open_node(&h, p, SPECIAL_NAME_MAP);
	plant_value(&h, NAME_MAP_STRINGS)->len -= plant_pick(p, 12, 0);
	plant_heap_close(&h);
}

static void names_id_twice(struct plant *p)
{
	struct plant_heap h;
	struct plant_item *entries;

	plant_heap_open_node(&h, p, SPECIAL_NAME_MAP);
	entries = plant_value(&h, NAME_MAP_ENTRIES);
	if (p->wrong)
		memcpy(entries->bytes + 8, entries->bytes, 8);
	plant_heap_close(&h);
}

/* A bucket's row moves to another bucket. */
static void names_entry_cut(struct plant *p)
{
	struct plant_heap h;

	plant_heap_open_node(&h, p, SPECIAL_NAME_MAP);
	plant_value(&h, NAME_MAP_ENTRIES)->len += plant_pick(p, 4, 0);
	plant_heap_close(&h);
}

static void names_no_buckets(struct plant *p)
{
	struct plant_heap h;

	plant_heap_open_node(&h, p, SPECIAL_NAME_MAP);
	plant_record_value_set(&h, NAME_MAP_BUCKETS,
			       (uint32_t)plant_pick(p, 0, plant_record_value(&h, NAME_MAP_BUCKETS)));
	plant_heap_close(&h);
}

static void names_bucket(struct plant *p)
{
	struct plant_heap h;
	uint16_t id = NAME_MAP_BUCKET_FIRST;

	plant_heap_open_node(&h, p, SPECIAL_NAME_MAP);
	while (!plant_record(&h, id))
		id++;
	if (p->wrong) {
		uint32_t value = plant_record_value(&h, id);
		uint16_t other = (uint16_t)(id + 1);

		while (plant_record(&h, other))
			other++;
		plant_record_value_set(&h, id, 0);
		plant_property_set(&h, other, PTYP_BINARY, value);
	}
	plant_heap_close(&h);
}

static void table_missing(struct plant *p)
{
	remove_node(p, (USER & ~0x1FU) | NID_TYPE_ASSOC_CONTENTS_TABLE);
}

static void search_table_missing(struct plant *p)
{
	remove_node(p, (JUNK_SEARCH & ~0x1FU) | NID_TYPE_SEARCH_CONTENTS_TABLE);
}

/* Rows of what is gone, and what is there without a row; counters follow where they count rows. */
static void hierarchy_row_gone(struct plant *p)
{
	struct plant_table t;

	plant_table_open_node(&t, p, 0x802D);
	if (p->wrong)
		plant_row_copy(&t, 0, 0x9002);
	plant_table_close(&t);
}

static void hierarchy_no_row(struct plant *p)
{
	struct plant_table t;

	plant_table_open_node(&t, p, 0x802D);
	if (p->wrong)
		plant_row_remove(&t, plant_row_find(&t, DELETED));
	plant_table_close(&t);
}

static void count_contents(struct plant *p, uint32_t folder, int more)
{
	struct plant_table t;
	struct plant_heap h;
	uint32_t n;

	plant_heap_open_node(&h, p, folder);
	n = (uint32_t)((int)plant_record_value(&h, TAG_CONTENT_COUNT) + more);
	plant_record_value_set(&h, TAG_CONTENT_COUNT, n);
	plant_heap_close(&h);
	plant_table_open_node(&t, p, (plant_node(p, folder).parent & ~0x1FU) | NID_TYPE_HIERARCHY_TABLE);
	field_put(plant_cell(&t, plant_row_find(&t, folder), TAG_CONTENT_COUNT), 4, n);
	plant_table_close(&t);
}

/* The row that is copied is read, so that it is the count alone that follows. */
static void contents_row_gone(struct plant *p)
{
	struct plant_table t;

	if (!p->wrong)
		return;
	plant_table_open_node(&t, p, INBOX_TABLE);
	plant_row_copy(&t, plant_row_find(&t, plant_message(p, NID_TYPE_NORMAL_MESSAGE, MESSAGE_READ, 0, 0)),
		       0x300004);
	plant_table_close(&t);
	count_contents(p, INBOX, 1);
}

static void contents_no_row(struct plant *p)
{
	struct plant_table t;

	if (!p->wrong)
		return;
	plant_table_open_node(&t, p, INBOX_TABLE);
	plant_row_remove(&t,
			 plant_row_find(&t, plant_message(p, NID_TYPE_NORMAL_MESSAGE, MESSAGE_READ, 0, 0)));
	plant_table_close(&t);
	count_contents(p, INBOX, -1);
}

static void hidden_no_row(struct plant *p)
{
	struct plant_table t;

	plant_table_open_node(&t, p, INBOX_HIDDEN);
	if (p->wrong)
		plant_row_remove(&t, 0);
	plant_table_close(&t);
}

static void listed_twice(struct plant *p)
{
	struct plant_table t;

	if (!p->wrong)
		return;
	plant_table_open_node(&t, p, CALENDAR_TABLE);
	plant_row_copy(&t, 0, mail(p, 0));
	plant_table_close(&t);
	count_contents(p, 0x8122, 1);
}

static void add_to_count(struct plant *p, uint16_t id, int more)
{
	struct plant_table t;
	struct plant_heap h;
	uint32_t n;

	plant_heap_open_node(&h, p, INBOX);
	n = plant_record_value(&h, id) + (uint32_t)more;
	plant_record_value_set(&h, id, n);
	plant_heap_close(&h);
	plant_table_open_node(&t, p, 0x802D);
	field_put(plant_cell(&t, plant_row_find(&t, INBOX), id), id == TAG_SUBFOLDERS ? 1 : 4, n);
	plant_table_close(&t);
}

static void count_all(struct plant *p)
{
	add_to_count(p, TAG_CONTENT_COUNT, (int)plant_pick(p, 1, 0));
}

static void count_unread(struct plant *p)
{
	add_to_count(p, TAG_CONTENT_UNREAD, (int)plant_pick(p, 1, 0));
}

static void count_below(struct plant *p)
{
	add_to_count(p, TAG_SUBFOLDERS, (int)plant_pick(p, 1, 0));
}

static void unnamed(struct plant *p)
{
	rename_folder(p, DELETED, 0);
}

static void name_doubled(struct plant *p)
{
	rename_folder(p, DELETED, INBOX);
}

/* In the row alone; the folder's count of unread ones follows. */
static void unread(struct plant *p)
{
	struct plant_table t;

	plant_table_open_node(&t, p, INBOX_TABLE);
	plant_cell(&t, plant_row_find(&t, mail(p, 0)), TAG_MESSAGE_FLAGS)[0] ^=
		(uint8_t)plant_pick(p, MESSAGE_READ, 0);
	plant_table_close(&t);
	add_to_count(p, TAG_CONTENT_UNREAD, p->wrong ? -1 : 0);
}

/* An array that nobody had before, of so many bytes. */
static void give_data(struct plant *p, uint32_t nid, const uint8_t *bytes, size_t len)
{
	plant_node_set(p, nid, "bidData", plant_block_add(p, bytes, len, false));
}

static void queue_len(struct plant *p)
{
	static const uint8_t bytes[40] = { 0 };

	give_data(p, SPECIAL_SEARCH_QUEUE, bytes, (size_t)plant_pick(p, 30, 40));
}

static void queue_head(struct plant *p)
{
	static const uint8_t bytes[40] = { 0 };

	give_data(p, SPECIAL_SEARCH_QUEUE, bytes, sizeof bytes);
	plant_node_set(p, SPECIAL_SEARCH_QUEUE, "nidParent", plant_pick(p, 60, 40));
}

static void search_list(struct plant *p)
{
	uint64_t bid = plant_node(p, SPECIAL_SEARCH_ACTIVITY).data;
	size_t len;
	uint8_t *data = plant_read(p, bid, &len);

	field_put(data, 4, plant_pick(p, 0x4443, JUNK_SEARCH));
	plant_write(p, bid, data, len);
}

/* The made search folder lists what is unread. */
static uint32_t found_table(const struct plant *p)
{
	for (size_t i = 0; i < p->facts->n_nodes; i++)
		if (nid_type((struct nid){ p->facts->nodes[i].nid }) == NID_TYPE_SEARCH_CONTENTS_TABLE &&
		    p->facts->nodes[i].nid != 0x2230 && p->facts->nodes[i].nid != 0x610)
			return p->facts->nodes[i].nid;
	abort();
}

static void search_row(struct plant *p)
{
	struct plant_table t;

	plant_table_open_node(&t, p, found_table(p));
	if (p->wrong)
		plant_row_copy(&t, 0, 0x300004);
	plant_table_close(&t);
}

/* One record: an identifier, and the node that has it. */
static void id_map(struct plant *p)
{
	struct plant_heap h;
	uint8_t record[20] = { 1 }, *header;

	field_put(record + 16, 4, plant_pick(p, 0x300004, INBOX));
	plant_heap_open_node(&h, p, SPECIAL_ID_MAP);
	header = plant_item(&h, (uint32_t)(plant_item(&h, h.root)->bytes[0] | plant_item(&h, h.root)->bytes[1]
										      << 8))
			 ->bytes;
	field_put(header + 4, 4, plant_item_add(&h, record, sizeof record));
	plant_heap_close(&h);
}

static const struct planted_row rows[] = {
	FAULT("node 0x21", MESSAGE_STORE_MISSING, ALL, SMALL, store_missing, NULL),
	FAULT("its key", MESSAGE_STORE_INCOMPLETE, ALL, SMALL, store_no_key, "PidTagRecordKey"),
	LOWERED("its search root", MESSAGE_STORE_INCOMPLETE, ALL, SMALL, store_no_finder,
		"PidTagFinderEntryId"),
	FAULT("of another store", ENTRYID_WRONG, ALL, SMALL, entry_of_other_store,
	      "PidTagIpmWastebasketEntryId"),
	FAULT("with flags", ENTRYID_WRONG, ALL, SMALL, entry_of_other_type, "PidTagIpmWastebasketEntryId"),
	FAULT("of a search folder", ENTRYID_WRONG, ALL, SMALL, entry_of_search, "nid"),
	FAULT("deleted items", DEFAULT_FOLDER_MISSING, ALL, SMALL, default_folder_gone, "nid"),
	FAULT_WITH("node 0x122", ROOT_FOLDER_MISSING, ALL, SMALL, root_missing, NULL,
		   CODE_STORE_NODE_PARENT_WRONG, CODE_STORE_RECEIVE_TABLE_WRONG),
	FAULT_WITH("node 0x12F", ROOT_FOLDER_MISSING, ALL, SMALL, root_table_missing, NULL,
		   CODE_STORE_FOLDER_TABLE_MISSING),
	FAULT("node 0x60F", TEMPLATE_WRONG, ALL, SMALL, template_missing, "node_is"),
	FAULT("rows in 0x60D", TEMPLATE_WRONG, ALL, SMALL, template_filled, "rows"),
	FAULT("node 0x6D7", SPECIAL_NODE_MISSING, ALL, SMALL, special_missing, "node_is"),
	FAULT("no row for every class", RECEIVE_TABLE_WRONG, ALL, SMALL, receive_no_default, NULL),
	FAULT("a folder that is gone", RECEIVE_TABLE_WRONG, ALL, SMALL, receive_nowhere, "nid"),
	LOWERED("no table", RECEIVE_TABLE_WRONG, ALL, SMALL, receive_missing, NULL),
	FAULT("a message that is gone", OUTGOING_QUEUE_WRONG, ALL, SMALL, queue_of_gone, "gone"),
	FAULT("a message that is not being sent", OUTGOING_QUEUE_WRONG, ALL, SMALL, queue_of_quiet,
	      "not_submitted"),
	LOWERED("no table", OUTGOING_QUEUE_WRONG, ALL, SMALL, queue_missing, NULL),
	FAULT("in the Inbox", MESSAGE_SUBMIT_WRONG, ALL, SMALL, submit_elsewhere, "is"),
	FAULT("without a row in the queue", MESSAGE_SUBMIT_WRONG, ALL, SMALL, submit_without_row, "is"),
	FAULT("a GUID less", NAME_MAP_DAMAGED, ALL, SMALL, names_guid, "entry"),
	FAULT("a text less", NAME_MAP_DAMAGED, ALL, SMALL, names_text, "entry"),
	FAULT("an entry twice", NAME_MAP_DAMAGED, ALL, SMALL, names_id_twice, "id_given_twice"),
	FAULT("half an entry more", NAME_MAP_DAMAGED, ALL, SMALL, names_entry_cut, "bytes"),
	FAULT("no buckets", NAME_MAP_DAMAGED, ALL, SMALL, names_no_buckets, "buckets"),
	LOWERED("in another bucket", NAME_MAP_DAMAGED, ALL, SMALL, names_bucket, "bucket"),
	FAULT("of a folder", FOLDER_TABLE_MISSING, ALL, SMALL, table_missing, "table"),
	LOWERED("of a search folder", FOLDER_TABLE_MISSING, ALL, SMALL, search_table_missing, "table"),
	FAULT("a row of what is gone", HIERARCHY_WRONG, ALL, SMALL, hierarchy_row_gone, "dwRowID"),
	FAULT("a folder without a row", HIERARCHY_WRONG, ALL, SMALL, hierarchy_no_row, "no_row_in"),
	FAULT("a row of what is gone", CONTENTS_WRONG, ALL, SMALL, contents_row_gone, "dwRowID"),
	FAULT("a message without a row", CONTENTS_WRONG, ALL, SMALL, contents_no_row, "no_row_in"),
	FAULT("a hidden message without a row", CONTENTS_WRONG, ALL, SMALL, hidden_no_row, "no_row_in"),
	FAULT("in the calendar too", MESSAGE_LISTED_TWICE, ALL, SMALL, listed_twice, "dwRowID"),
	FAULT("messages", FOLDER_COUNTS_WRONG, ALL, SMALL, count_all, "PidTagContentCount"),
	FAULT("unread messages", FOLDER_COUNTS_WRONG, ALL, SMALL, count_unread, "PidTagContentUnreadCount"),
	FAULT("folders below", FOLDER_COUNTS_WRONG, ALL, SMALL, count_below, "PidTagSubfolders"),
	FAULT("deleted items", FOLDER_UNNAMED, ALL, SMALL, unnamed, NULL),
	FAULT("deleted items as Inbox", FOLDER_NAME_DOUBLED, ALL, SMALL, name_doubled, "like"),
	FAULT_WITH("in its row", MESSAGE_UNREAD_WRONG, ALL, SMALL, unread, "row", CODE_STORE_TABLE_ROW_STALE),
	FAULT("30 bytes", QUEUE_DAMAGED, ALL, SMALL, queue_len, "bytes"),
	FAULT("a head behind the end", QUEUE_DAMAGED, ALL, SMALL, queue_head, "head"),
	FAULT("a search that is gone", SEARCH_LIST_STALE, ALL, SMALL, search_list, "nid"),
	FAULT("a row of what is gone", SEARCH_FOLDER_STALE, ALL, SMALL, search_row, "dwRowID"),
	FAULT("a node that is gone", ID_MAP_STALE, ALL, SMALL, id_map, "nid"),
};

const struct planted_part planted_mailbox = { "mailbox", rows, COUNT_OF(rows), false };
