/* This file tests what only callers of the lower layers meet: numbers, forms, limits and misuse. What whole
 * stores look like is tested with the check that judges them. */
#include "base/checked.h"
#include "pst/ndb/crc.h"
#include "pst/ndb/page.h"
#include "write/data_out.h"
#include "write/subnodes_out.h"
#include "write/table_out.h"
#include "write/templates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_MAX = 64 << 20, STORE_MAX = 16 << 20, BLOCK_MAX = 8176 };

struct memory {
	struct store_sink sink;
	uint8_t *bytes;
	uint64_t last; /* offset of the last write */
};

struct fixture {
	struct arena *arena;
	struct memory to;
	struct ndb_out *out;
};

static enum status write_memory(const struct store_sink *sink, uint64_t at, struct view bytes)
{
	struct memory *m = sink->context;

	if (at > STORE_MAX || bytes.len > STORE_MAX - at)
		return ST_LIMIT;
	memcpy(m->bytes + at, bytes.at, bytes.len);
	m->last = at;
	return ST_OK;
}

static void open_with(struct fixture *f, const struct ndb_options *options)
{
	f->arena = arena_new(ARENA_MAX);
	f->to.bytes = calloc(STORE_MAX, 1);
	f->to.sink = (struct store_sink){ .write = write_memory, .context = &f->to };
	assert_true(f->arena && f->to.bytes);
	assert_int_equal(ndb_out_open(f->arena, &f->to.sink, options, &f->out), ST_OK);
}

static void open_usual(struct fixture *f)
{
	struct ndb_options options = ndb_options_usual();

	open_with(f, &options);
}

static void close_all(struct fixture *f)
{
	arena_drop(&f->arena);
	free(f->to.bytes);
}

/* The only leaf of a small tree. */
static struct view leaf_of(const struct fixture *f, struct bref (*root)(const struct header *),
			   struct header *header)
{
	const struct variant *v = ndb_out_variant(f->out);

	assert_true(header_decode(v, view_of(f->to.bytes, STORE_MAX), header));
	return view_of(f->to.bytes + root(header).ib, v->page_len);
}

static struct bref bbt_root(const struct header *h)
{
	return h->bbt;
}

static struct bref nbt_root(const struct header *h)
{
	return h->nbt;
}

static struct bbt_entry block_at(const struct fixture *f, uint64_t i)
{
	const struct variant *v = ndb_out_variant(f->out);
	struct header header;
	struct bbt_entry e;

	assert_true(bbt_entry_at(v, leaf_of(f, bbt_root, &header), v->bbt_entry_len, i, &e));
	return e;
}

static bool has_trailer(const struct fixture *f, const struct bbt_entry *e)
{
	const struct variant *v = ndb_out_variant(f->out);
	struct block_place place = { { e->ref.bid }, { e->ref.ib }, (uint32_t)e->len, (uint32_t)e->len };
	size_t whole = (size_t)variant_block_extent(v, place.len);

	return block_faults(v, view_of(f->to.bytes + e->ref.ib, whole), &place) == 0;
}

static void test_blocks_nodes_and_header(void **state)
{
	struct ndb_stats stats;
	struct header header;
	struct nbt_entry node;
	struct fixture f;
	uint64_t data, list;
	uint8_t text[] = "text";

	(void)state;
	open_usual(&f);
	data = ndb_out_block(f.out, view_of(text, 4), BLOCK_DATA);
	list = ndb_out_block(f.out, view_of(text, 4), BLOCK_INTERNAL);
	assert_int_equal(data, 4);
	assert_int_equal(list, 10);
	ndb_out_node(f.out,
		     &(struct ndb_node){ .nid = 0x8022, .parent = 0x122, .data = data, .subnode = list });
	ndb_out_node(f.out, &(struct ndb_node){ .nid = 0x122, .parent = 0x122, .data = data });
	assert_int_equal(ndb_out_refs(f.out, data), 3);
	assert_int_equal(ndb_out_nid(f.out, NID_TYPE_NORMAL_FOLDER), 0x8042);
	assert_int_equal(ndb_out_unique(f.out), 1);
	assert_true(ndb_out_size(f.out) > 0x4400 && ndb_out_size(f.out) < 0x5000);
	assert_int_equal(ndb_out_finish(f.out, &stats), ST_OK);
	assert_int_equal(f.to.last, 0);
	assert_int_equal(stats.size, 0x4400 + 253952);
	assert_true(stats.n_blocks == 2 && stats.n_nodes == 2 && stats.block_bytes == 8);
	assert_int_equal(block_at(&f, 0).refs, 3);
	assert_int_equal(block_at(&f, 1).refs, 2);
	assert_true(nbt_entry_at(ndb_out_variant(f.out), leaf_of(&f, nbt_root, &header), 32, 1, &node));
	assert_true(node.nid == 0x8022 && node.parent == 0x122 && node.data == 4 && node.subnode == 10);
	assert_int_equal(header.unique, 2);
	assert_int_equal(header.next_block, 12);
	assert_int_equal(header.nid_marks[NID_TYPE_NORMAL_FOLDER], 0x402);
	close_all(&f);
}

/* Bytes of the same text: in each form, and as each cipher stores them. */
static void test_forms(void **state)
{
	static const enum crypt_method ciphers[] = { CRYPT_NONE, CRYPT_PERMUTE, CRYPT_CYCLIC };
	static const uint8_t text[] = "a text of some length, odd";

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ciphers); i++) {
		struct ndb_options options = ndb_options_usual();
		uint8_t permuted[sizeof text], wanted[sizeof text];
		struct fixture f;
		uint64_t bids[4];

		options.cipher = ciphers[i];
		options.first_bid = 400;
		memcpy(permuted, text, sizeof text);
		crypt_permute_encode(permuted, sizeof text);
		open_with(&f, &options);
		bids[2] = ndb_out_block_of_form(f.out, view_of(text, sizeof text), BLOCK_PLAIN);
		bids[3] = ndb_out_block_of_form(f.out, view_of(permuted, sizeof text), BLOCK_PERMUTED);
		bids[0] = 8;
		bids[1] = 396;
		ndb_out_keep(f.out, &(struct kept_block){ 396, view_of(permuted, sizeof text), BLOCK_PERMUTED,
							  7, pst_crc(view_of(permuted, sizeof text)) });
		ndb_out_keep(f.out, &(struct kept_block){ 8, view_of(text, sizeof text), BLOCK_PLAIN, 2,
							  pst_crc(view_of(text, sizeof text)) });
		ndb_out_keep(f.out, &(struct kept_block){ 14, view_of(text, sizeof text), BLOCK_PLAIN, 2,
							  pst_crc(view_of(text, sizeof text)) });
		ndb_out_hold(f.out, 396);
		assert_int_equal(ndb_out_finish(f.out, NULL), ST_OK);
		for (unsigned k = 0; k < 4; k++) {
			struct bbt_entry e = block_at(&f, k == 0 ? 0 : k + 1);

			assert_int_equal(e.ref.bid, bids[k]);
			memcpy(wanted, text, sizeof text);
			crypt_encode(ciphers[i], (struct bid){ bids[k] }, wanted, sizeof text);
			assert_memory_equal(f.to.bytes + e.ref.ib, wanted, sizeof text);
			assert_true(has_trailer(&f, &e));
		}
		assert_int_equal(block_at(&f, 1).ref.bid, 14);
		assert_memory_equal(f.to.bytes + block_at(&f, 1).ref.ib, text, sizeof text);
		assert_int_equal(block_at(&f, 2).refs, 7);
		close_all(&f);
	}
}

static void node_twice(struct fixture *f)
{
	ndb_out_node(f->out, &(struct ndb_node){ .nid = 0x21 });
	ndb_out_node(f->out, &(struct ndb_node){ .nid = 0x21 });
}

static void kept_twice(struct fixture *f)
{
	struct kept_block block = { 8, view_of("text", 4), BLOCK_PLAIN, 2, 0 };

	ndb_out_keep(f->out, &block);
	ndb_out_keep(f->out, &block);
}

static void subnode_twice(struct fixture *f)
{
	struct subnodes_out list;

	subnodes_out_start(&list, f->out, f->arena);
	subnodes_out_add(&list, &(struct subnode_row){ .nid = 0x8025 });
	subnodes_out_add(&list, &(struct subnode_row){ .nid = 0x8025 });
	assert_int_equal(subnodes_out_end(&list), 0);
}

static void reserved_only(struct fixture *f)
{
	(void)ndb_out_reserve(f->out, BLOCK_DATA);
}

static void held_too_often(struct fixture *f)
{
	uint64_t bid = ndb_out_block(f->out, view_of("text", 4), BLOCK_DATA);

	for (unsigned i = 0; i < UINT16_MAX; i++)
		ndb_out_hold(f->out, bid);
}

static void nobody_held(struct fixture *f)
{
	ndb_out_node(f->out, &(struct ndb_node){ .nid = 0x21, .data = 0x123456789ABC });
}

/* The length is what counts: the blocks are one block over and over. */
static void too_long_a_value(struct fixture *f)
{
	static const uint8_t full[BLOCK_MAX];
	uint64_t bid = 0;
	struct data_out data;

	data_out_start(&data, f->out);
	for (unsigned i = 0; i < UINT32_MAX / BLOCK_MAX + 1; i++) {
		if (i % 60000 == 0)
			bid = ndb_out_block(f->out, view_of(full, sizeof full), BLOCK_DATA);
		data_out_add_block(&data, bid, BLOCK_MAX);
	}
	assert_int_equal(data_out_end(&data), 0);
}

static void row_twice(struct fixture *f)
{
	struct props *props = props_new(f->arena, ndb_out_variant(f->out));
	struct table_out table;

	table_out_start(&table, f->out, f->arena, &templates[TEMPLATE_RECIPIENTS]);
	table_out_row(&table, 5, props);
	table_out_row(&table, 5, props);
	assert_int_equal(table_out_count(&table), 2);
	assert_int_equal(table_out_end(&table).data, 0);
}

static void too_many_numbers(struct fixture *f)
{
	ndb_out_mark(f->out, 0xFFFFFFE4);
	(void)ndb_out_nid(f->out, NID_TYPE_NORMAL_MESSAGE);
}

static const struct {
	const char *name;
	void (*act)(struct fixture *f);
	enum status expected;
} misuses[] = {
	{ "a node twice", node_twice, ST_USAGE },
	{ "a kept block twice", kept_twice, ST_USAGE },
	{ "a subnode twice", subnode_twice, ST_USAGE },
	{ "a row twice", row_twice, ST_USAGE },
	{ "a block that never came", reserved_only, ST_BUG },
	{ "a holder of nothing", nobody_held, ST_USAGE },
	{ "65,535 holders", held_too_often, ST_LIMIT },
	{ "4 GiB", too_long_a_value, ST_LIMIT },
	{ "no number left", too_many_numbers, ST_LIMIT },
};

static void test_misuse(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(misuses); i++) {
		struct ndb_options options = ndb_options_usual();
		struct fixture f;

		options.first_bid = 1000;
		open_with(&f, &options);
		misuses[i].act(&f);
		if (ndb_out_finish(f.out, NULL) != misuses[i].expected)
			fail_msg("%s", misuses[i].name);
		/* No header: nothing can take it for a store. */
		assert_int_equal(f.to.bytes[0], 0);
		close_all(&f);
	}
}

static void test_unknown_version(void **state)
{
	struct ndb_options options = ndb_options_usual();
	struct arena *arena = arena_new(ARENA_MAX);
	struct store_sink sink = { .write = write_memory };
	struct ndb_out *out;

	(void)state;
	options.version = 24;
	assert_int_equal(ndb_out_open(arena, &sink, &options, &out), ST_USAGE);
	assert_null(out);
	arena_drop(&arena);
}

static void test_properties_last_counts(void **state)
{
	static const char *const texts[] = { "one", "two" };
	struct arena *arena = arena_new(ARENA_MAX);
	struct props *props = props_new(arena, variant_of(VARIANT_UNICODE));

	(void)state;
	props_add_int(props, 0x0E070003, 1);
	props_add_text(props, 0x0037001F, "a\xC3\xA4\xF0\x9F\x98\x80\xFF");
	props_add_int(props, 0x0E070003, 2);
	props_add_view(props, 0x30080040, view_of("short", 5));
	props_add_texts(props, 0x8000101F, texts, COUNT_OF(texts));
	props_add_subnode(props, 0x10130102, 0x8027, 1000);
	assert_int_equal(props_int(props, 0x0E07, 9), 2);
	assert_int_equal(props_int(props, 0x0E08, 9), 9);
	assert_null(props_find(props, 0x3008));
	assert_int_equal(props_find(props, 0x0037)->value.len, 10);
	assert_memory_equal(props_find(props, 0x0037)->value.at, "a\0\xE4\0\x3D\xD8\0\xDE\xFD\xFF", 10);
	assert_int_equal(props_find(props, 0x8000)->len, 12 + 12);
	assert_int_equal(props_size(props), 4 + 10 + 24 + 1000);
	assert_false(props->failed);
	arena_drop(&arena);
}

/* Columns of all widths, some of which are there already. */
static void test_columns(void **state)
{
	static const uint32_t more[] = { 0x00260003, 0x0E1B000B, 0x10F40002,
					 0x0037001E, 0x3FF00048, 0x80051014 };
	struct arena *arena = arena_new(ARENA_MAX);
	const struct columns *c = columns_extend(arena, &templates[TEMPLATE_CONTENTS], more, COUNT_OF(more));
	uint8_t seen[TABLE_COLUMNS_MAX] = { 0 };
	uint32_t many[300];

	(void)state;
	assert_non_null(c);
	assert_int_equal(c->n, templates[TEMPLATE_CONTENTS].n + 5);
	for (size_t i = 0; i < c->n; i++) {
		assert_true(i == 0 || c->rows[i].tag > c->rows[i - 1].tag);
		assert_int_equal(seen[c->rows[i].bit]++, 0);
		assert_true(c->rows[i].tag != TABLE_ROW_ID || (c->rows[i].at == 0 && c->rows[i].bit == 0));
		assert_true(c->rows[i].tag != TABLE_ROW_VERSION ||
			    (c->rows[i].at == 4 && c->rows[i].bit == 1));
	}
	for (uint32_t i = 0; i < COUNT_OF(many); i++)
		many[i] = (0x8000 + i) << 16 | PTYP_TIME;
	c = columns_extend(arena, &templates[TEMPLATE_CONTENTS], many, COUNT_OF(many));
	assert_int_equal(c->n, TABLE_COLUMNS_MAX);
	arena_drop(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks_nodes_and_header),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_unknown_version),
		cmocka_unit_test(test_properties_last_counts),
		cmocka_unit_test(test_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
