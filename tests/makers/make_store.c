/* This file makes whole stores: the nodes that every store has, around the folders. */
#include "make.h"

#include <assert.h>
#include <string.h>

enum { ARENA_MAX = 256 << 20, FOLDER_MASK = 0xDD };

static void make_entry_id(const struct maker *maker, uint32_t nid, uint8_t to[static 24])
{
	memset(to, 0, 4);
	memcpy(to + 4, maker->record_key, RECORD_KEY_LEN);
	field_put(to + 20, 4, nid);
}

static void make_templates(struct maker *maker)
{
	for (unsigned i = 0; i < TEMPLATE_COUNT; i++) {
		struct table_out table;

		/* These two get rows and stand elsewhere. */
		if (i == TEMPLATE_RECEIVE_FOLDERS || i == TEMPLATE_OUTGOING)
			continue;
		table_out_start(&table, maker->out, maker->arena, &templates[i]);
		maker->templates[i] = table_out_end(&table).data;
		ndb_out_node(maker->out,
			     &(struct ndb_node){ .nid = templates[i].nid, .data = maker->templates[i] });
	}
}

static void put_props(struct maker *maker, uint32_t nid, struct props *props)
{
	struct ndb_node node = { .nid = nid };
	struct subnodes_out list;

	subnodes_out_start(&list, maker->out, maker->arena);
	node.data = props_write(props, &list);
	node.subnode = subnodes_out_end(&list);
	ndb_out_node(maker->out, &node);
}

static void put_bytes(struct maker *maker, uint32_t nid, struct view bytes)
{
	struct ndb_node node = { .nid = nid };

	if (bytes.len)
		node.data = ndb_out_block(maker->out, bytes, BLOCK_DATA);
	ndb_out_node(maker->out, &node);
}

static void make_store_object(struct maker *maker)
{
	const struct {
		uint32_t tag;
		const struct folder *folder;
	} places[] = {
		{ 0x35E00102, maker->top },  { 0x35E20102, maker->outbox }, { 0x35E30102, maker->deleted },
		{ 0x35E40102, maker->sent }, { 0x35E60102, maker->views },  { 0x35E70102, maker->finder },
	};
	struct props *props = props_new(maker->arena, maker->v);

	props_add_bytes(props, 0x0FF90102, view_of(maker->record_key, RECORD_KEY_LEN));
	props_add_text(props, 0x3001001F, "Made store");
	props_add_int(props, 0x0E380003, 0);
	props_add_int(props, 0x35DF0003, FOLDER_MASK);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		uint8_t id[24];

		make_entry_id(maker, places[i].folder->nid, id);
		props_add_bytes(props, places[i].tag, view_of(id, sizeof id));
	}
	props_add_int(props, 0x6633000B, 1);
	props_add_int(props, 0x67FF0003, 0);
	put_props(maker, NID_STORE, props);
}

static void make_names(struct maker *maker)
{
	struct props *props = props_new(maker->arena, maker->v);

	named_fill(props, maker->plan->named);
	put_props(maker, NID_NAMES, props);
}

/* Where mail of a class goes ([MS-PST] has no word on it; see 0x62B of any store). */
static void make_receive_folders(struct maker *maker)
{
	const struct {
		const char *class;
		const struct folder *folder;
	} rows[] = { { "", maker->inbox },
		     { "IPM", maker->inbox },
		     { "Report.IPM", maker->inbox },
		     { "IPC", maker->root } };
	struct table_out table;

	table_out_start(&table, maker->out, maker->arena, &templates[TEMPLATE_RECEIVE_FOLDERS]);
	for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct props *props = props_new(maker->arena, maker->v);

		props_add_text(props, 0x001A001F, rows[i].class);
		props_add_int(props, 0x66050003, rows[i].folder->nid);
		table_out_row(&table, i + 1, props);
	}
	make_table(maker, templates[TEMPLATE_RECEIVE_FOLDERS].nid, &table, TEMPLATE_RECEIVE_FOLDERS);
}

/* The ID map and the message index as fresh stores have them: trees without records. */
static void make_index(struct maker *maker, uint32_t nid, uint8_t client, size_t root_len, uint8_t key_len)
{
	uint8_t root[16] = { 0 }, header[4];
	struct heap_out heap;
	struct bth_out bth;

	heap_out_start(&heap, maker->out, client);
	heap.root = heap_out_add(&heap, view_of(root, root_len));
	bth_out_start(&bth, &heap, key_len, 4);
	bth_out_end(&bth);
	field_put(header, 4, bth.header);
	heap_out_patch(&heap, heap.root, 0, view_of(header, sizeof header));
	ndb_out_node(maker->out, &(struct ndb_node){ .nid = nid, .data = heap_out_end(&heap) });
}

static void make_internal(struct maker *maker)
{
	static const uint32_t empty[] = { 0x1E1, 0x261, 0x281, 0x321, 0xE41, 0xEC1, 0xEE1, 0xF01, 0xF21 };
	uint8_t searches[8];
	size_t n = 4;

	for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
		put_bytes(maker, empty[i], view_of(NULL, 0));
	field_put(searches, 4, maker->junk_search->nid);
	if (maker->unread_search) {
		field_put(searches + 4, 4, maker->unread_search->nid);
		n = 8;
	}
	put_bytes(maker, 0x201, view_of(searches, n));
	make_index(maker, 0xC01, 0x9C, 4, 16);
	make_index(maker, 0xE01, 0xCC, 16, 4);
}

void make_store(const struct plan *plan, const char *path, FILE *manifest)
{
	struct maker maker = { .plan = plan, .manifest = manifest };
	struct dice dice = dice_of(plan->seed, UINT64_C(1) << 41);

	maker.arena = arena_new(ARENA_MAX);
	maker.out = store_out_file_open(&maker.file, plan, path);
	maker.v = ndb_out_variant(maker.out);
	assert(maker.arena);
	dice_bytes(&dice, maker.record_key, sizeof maker.record_key);
	make_templates(&maker);
	make_folder_list(&maker);
	table_out_start(&maker.outgoing, maker.out, maker.arena, &templates[TEMPLATE_OUTGOING]);
	table_out_start(&maker.unread, maker.out, maker.arena, &templates[TEMPLATE_SEARCH_CONTENTS]);
	make_folders(&maker);
	if (!maker.unread_search)
		table_out_drop(&maker.unread);
	make_table(&maker, templates[TEMPLATE_OUTGOING].nid, &maker.outgoing, TEMPLATE_OUTGOING);
	make_receive_folders(&maker);
	make_internal(&maker);
	make_names(&maker);
	make_store_object(&maker);
	store_out_file_close(&maker.file);
	arena_drop(&maker.arena);
}
