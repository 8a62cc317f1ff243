/* This file tests salvages: stores are made, damaged in memory, and their picture compared with what was in
 * them. */
#include "../makers/make.h"
#include "check/check.h"
#include "pst/ndb/maps.h"
#include "salvage/salvage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA_MAX = 256 << 20, STRANGE = 1000 };

struct store {
	uint8_t *bytes, *sound;
	size_t size, cut; /* cut: bytes that are left */
	struct arena *arena;
	struct check_facts *facts; /* of the sound one */
};

static enum status read_memory(const struct image *image, uint64_t at, void *to, size_t len)
{
	memcpy(to, (const uint8_t *)image->context + at, len);
	return ST_OK;
}

static void load(struct store *s, const char *path)
{
	FILE *file = fopen(path, "rb");
	long size;

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	assert_true(size > 0);
	rewind(file);
	s->size = (size_t)size;
	s->bytes = malloc(s->size + STRANGE);
	s->sound = malloc(s->size);
	assert_true(s->bytes && s->sound);
	assert_int_equal(fread(s->sound, 1, s->size, file), s->size);
	fclose(file);
}

static void make(struct store *s, const char *recipe, const char *version, const char *cipher)
{
	static struct image image;
	struct check_options options = { .path = "made", .runner = check_runner_serial() };
	char path[] = "salvage-test-XXXXXX";
	int handle = mkstemp(path);
	struct plan plan;
	struct finding_sink *sink;

	assert_true(handle >= 0);
	close(handle);
	assert_true(plan_of_recipe(recipe, &plan));
	assert_true(plan_read_option("--version", version, &plan));
	assert_true(plan_read_option("--cipher", cipher, &plan));
	make_store(&plan, path, NULL);
	*s = (struct store){ .arena = arena_new(ARENA_MAX) };
	load(s, path);
	unlink(path);
	image = (struct image){ .size = s->size, .read = read_memory, .context = s->sound };
	sink = finding_sink_new(s->arena);
	assert_int_equal(check_store(s->arena, &image, &options, sink, &s->facts), ST_OK);
	assert_true(s->facts->bbt_whole && s->facts->nbt_whole);
}

static void unmake(struct store *s)
{
	free(s->bytes);
	free(s->sound);
	arena_drop(&s->arena);
}

static const struct variant *variant(const struct store *s)
{
	return s->facts->variant;
}

static void wipe(struct store *s, uint64_t at, size_t len)
{
	memset(s->bytes + at, 0, len);
}

static void wipe_header(struct store *s)
{
	wipe(s, 0, 1024);
}

static void wipe_pages(struct store *s, enum page_type type, int level)
{
	for (size_t i = 0; i < s->facts->n_pages; i++)
		if (s->facts->pages[i].type == type && (level < 0 || s->facts->pages[i].level == level))
			wipe(s, s->facts->pages[i].at, variant(s)->page_len);
}

static void wipe_root(struct store *s, enum page_type type)
{
	wipe(s, type == PAGE_NBT ? s->facts->header.nbt.ib : s->facts->header.bbt.ib, variant(s)->page_len);
}

static void lose_roots(struct store *s)
{
	wipe_root(s, PAGE_NBT);
	wipe_root(s, PAGE_BBT);
}

/* The header is of another store: what it leads to is not there. */
static void lose_references(struct store *s)
{
	struct header header = s->facts->header;

	header.nbt = (struct bref){ 7, 0x4600 };
	header.bbt = (struct bref){ 8, 0x5A00 };
	header_encode(variant(s), &header, s->bytes);
}

static void lose_blocks(struct store *s)
{
	wipe_pages(s, PAGE_BBT, -1);
}

static void lose_header_and_blocks(struct store *s)
{
	wipe_header(s);
	lose_blocks(s);
}

static void lose_maps_too(struct store *s)
{
	lose_header_and_blocks(s);
	wipe_root(s, PAGE_NBT);
	for (uint64_t i = 0; i < maps_sections(variant(s), s->size); i++)
		wipe(s, maps_section_at(variant(s), i), variant(s)->page_len);
}

static void break_checksums(struct store *s)
{
	unsigned crc_at = variant(s)->kind == VARIANT_ANSI ? 8 : 4;

	for (size_t i = 0; i < s->facts->n_pages; i += 3)
		s->bytes[s->facts->pages[i].at + variant(s)->page_len - variant(s)->page_trailer_len +
			 crc_at] ^= 0x5A;
}

static void lose_nodes(struct store *s)
{
	wipe_pages(s, PAGE_NBT, -1);
}

static void lose_everything_but_blocks(struct store *s)
{
	wipe_header(s);
	lose_nodes(s);
	lose_blocks(s);
}

static void lose_a_leaf(struct store *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->facts->n_pages; i++)
		if (s->facts->pages[i].type == PAGE_NBT && s->facts->pages[i].level == 0 && n++ % 3 == 2)
			wipe(s, s->facts->pages[i].at, variant(s)->page_len);
}

/* Somewhere in what is used of the store. */
static uint64_t middle(const struct store *s)
{
	return s->facts->blocks[s->facts->n_blocks / 2].at;
}

static void cut_the_end(struct store *s)
{
	s->cut = (size_t)middle(s);
}

static void lose_the_front(struct store *s)
{
	for (uint64_t i = 0; i < middle(s); i++)
		s->bytes[i] = (uint8_t)(i * 2654435761U >> 13);
}

static void put_strange_bytes(struct store *s)
{
	uint64_t at = middle(s);

	memmove(s->bytes + at + STRANGE, s->bytes + at, s->size - at);
	memset(s->bytes + at, 'x', STRANGE);
	s->cut = s->size + STRANGE;
}

static void take_bytes_out(struct store *s)
{
	uint64_t at = middle(s);

	memmove(s->bytes + at, s->bytes + at + STRANGE, s->size - at - STRANGE);
	s->cut = s->size - STRANGE;
}

static void do_nothing(struct store *s)
{
	(void)s;
}

/* What must be found again. */
enum expected {
	EVERY_NODE,    /* exactly those that were there */
	MOST_MESSAGES, /* messages by their content, most of them with their folders */
	SOMETHING,     /* whatever it is, nothing of it is another's */
};

static const struct {
	const char *name;
	void (*damage)(struct store *store);
	enum expected expected;
} rows[] = {
	{ "nothing", do_nothing, EVERY_NODE },
	{ "header", wipe_header, EVERY_NODE },
	{ "roots", lose_roots, EVERY_NODE },
	{ "references to the roots", lose_references, EVERY_NODE },
	{ "all of the BBT", lose_blocks, EVERY_NODE },
	{ "header and all of the BBT", lose_header_and_blocks, EVERY_NODE },
	{ "header, BBT, NBT's root and the maps", lose_maps_too, EVERY_NODE },
	{ "checksums of pages", break_checksums, MOST_MESSAGES },
	{ "a third of the NBT's leaves", lose_a_leaf, MOST_MESSAGES },
	{ "all of the NBT", lose_nodes, MOST_MESSAGES },
	{ "everything but blocks", lose_everything_but_blocks, MOST_MESSAGES },
	{ "order: bytes came in", put_strange_bytes, EVERY_NODE },
	{ "some bytes", take_bytes_out, SOMETHING },
	{ "the end", cut_the_end, SOMETHING },
	{ "the front", lose_the_front, SOMETHING },
};

static const struct {
	const char *recipe, *version, *cipher;
} stores[] = {
	{ "minimal", "23", "permute" }, { "minimal", "14", "none" }, { "small", "23", "cyclic" },
	{ "small", "15", "permute" },   { "small", "36", "none" },   { "small", "23", "none" },
	{ "rich", "23", "permute" },    { "rich", "14", "cyclic" },  { "rich", "36", "permute" },
	{ "deep", "23", "permute" },
};

static bool is_message(uint32_t nid)
{
	return nid_type((struct nid){ nid }) == NID_TYPE_NORMAL_MESSAGE;
}

static void expect_every_node(const struct store *s, const struct salvage *found)
{
	assert_int_equal(found->facts.n_nodes, s->facts->n_nodes);
	for (size_t i = 0; i < s->facts->n_nodes; i++) {
		const struct node_fact *a = &s->facts->nodes[i], *b = &found->facts.nodes[i];

		assert_int_equal(a->nid, b->nid);
		assert_int_equal(a->data, b->data);
		assert_int_equal(a->subnode, b->subnode);
		assert_int_equal(a->parent, b->parent);
		assert_true(found->nodes[i].origin == SALVAGE_TREE || found->nodes[i].origin == SALVAGE_PAGE);
	}
	assert_int_equal(found->n_lost, 0);
}

static const struct node_fact *by_data(const struct check_facts *facts, uint64_t data)
{
	for (size_t i = 0; i < facts->n_nodes; i++)
		if (is_message(facts->nodes[i].nid) && facts->nodes[i].data == data)
			return &facts->nodes[i];
	return NULL;
}

/* Nothing is taken for what it is not: a message's subnodes are its own. */
static void expect_nothing_foreign(const struct store *s, const struct salvage *found)
{
	for (size_t i = 0; i < found->facts.n_nodes; i++) {
		const struct node_fact *node = &found->facts.nodes[i], *was;

		if (!is_message(node->nid))
			continue;
		was = by_data(s->facts, node->data);
		assert_non_null(was);
		if (!found->nodes[i].lacks_subnodes)
			assert_int_equal(was->subnode, node->subnode);
		if (found->nodes[i].origin != SALVAGE_CONTENT)
			assert_int_equal(was->nid, node->nid);
		if (node->parent)
			assert_non_null(salvage_folder(found, node->parent));
	}
}

static void expect_most_messages(const struct store *s, const struct salvage *found)
{
	size_t n = 0, back = 0, placed = 0;

	for (size_t i = 0; i < s->facts->n_nodes; i++) {
		const struct node_fact *node = &s->facts->nodes[i], *again;

		if (!is_message(node->nid))
			continue;
		again = by_data(&found->facts, node->data);
		n++;
		back += again != NULL;
		placed += again && again->parent == node->parent;
	}
	assert_true(back * 100 >= n * 95);
	assert_true(placed * 100 >= n * 60);
}

static void try_row(struct store *s, size_t row)
{
	struct salvage_options options = { .runner = check_runner_serial() };
	struct arena *arena = arena_new(ARENA_MAX);
	struct image image = { .read = read_memory, .context = s->bytes };
	struct salvage *found;

	print_message("without %s\n", rows[row].name);
	memcpy(s->bytes, s->sound, s->size);
	s->cut = s->size;
	rows[row].damage(s);
	image.size = s->cut;
	assert_int_equal(salvage_store(arena, &image, &options, &found), ST_OK);
	assert_non_null(found->facts.variant);
	assert_int_equal(found->facts.variant->kind, variant(s)->kind);
	assert_int_equal(found->facts.header.crypt_method, s->facts->header.crypt_method);
	expect_nothing_foreign(s, found);
	if (rows[row].expected == EVERY_NODE)
		expect_every_node(s, found);
	if (rows[row].expected == MOST_MESSAGES)
		expect_most_messages(s, found);
	arena_drop(&arena);
}

static void test_damaged_stores(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof stores / sizeof stores[0]; i++) {
		struct store s;

		print_message("%s %s %s\n", stores[i].recipe, stores[i].version, stores[i].cipher);
		make(&s, stores[i].recipe, stores[i].version, stores[i].cipher);
		for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++)
			try_row(&s, row);
		unmake(&s);
	}
}

/* Takes the last entry out of a leaf, as a deletion does; its NID. */
static uint32_t delete_message(struct store *s)
{
	const struct variant *v = variant(s);

	for (size_t i = s->facts->n_pages; i-- > 0;) {
		const struct page_fact *p = &s->facts->pages[i];
		uint8_t *page = s->bytes + p->at;
		struct btree_page counters;
		struct nbt_entry e;

		if (p->type != PAGE_NBT || p->level ||
		    !btree_page_decode(v, view_of(page, v->page_len), &counters) || counters.n < 2 ||
		    !nbt_entry_at(v, view_of(page, v->page_len), counters.entry_len, counters.n - 1, &e) ||
		    !is_message((uint32_t)e.nid))
			continue;
		field_put(page + v->entries_len, 1, counters.n - 1);
		page_seal(v, PAGE_NBT, (struct ib){ p->at }, (struct bid){ p->bid }, page);
		return (uint32_t)e.nid;
	}
	fail();
	return 0;
}

static void test_deleted(void **state)
{
	struct salvage_options options = { .runner = check_runner_serial() };
	struct arena *arena = arena_new(ARENA_MAX);
	struct image image = { .read = read_memory };
	const struct node_fact *was, *found_again = NULL;
	struct salvage *found;
	struct store s;
	uint32_t nid;

	(void)state;
	make(&s, "small", "23", "permute");
	memcpy(s.bytes, s.sound, s.size);
	nid = delete_message(&s);
	was = facts_node(s.facts, (struct nid){ nid });
	image.size = s.size;
	image.context = s.bytes;
	assert_int_equal(salvage_store(arena, &image, &options, &found), ST_OK);
	assert_true(found->trees_whole);
	assert_int_equal(found->facts.n_nodes, s.facts->n_nodes - 1);
	assert_int_equal(found->n_of[SALVAGE_DELETED], 0);
	options.deleted = true;
	assert_int_equal(salvage_store(arena, &image, &options, &found), ST_OK);
	assert_int_equal(found->n_of[SALVAGE_DELETED], 1);
	for (size_t i = 0; i < found->facts.n_nodes; i++)
		if (found->nodes[i].origin == SALVAGE_DELETED)
			found_again = &found->facts.nodes[i];
	assert_true(was && found_again && found_again->data == was->data &&
		    found_again->subnode == was->subnode);
	arena_drop(&arena);
	unmake(&s);
}

static void test_no_store(void **state)
{
	struct salvage_options options = { .runner = check_runner_serial() };
	struct arena *arena = arena_new(ARENA_MAX);
	static uint8_t noise[1 << 20];
	struct image image = { .size = sizeof noise, .read = read_memory, .context = noise };
	struct salvage *found;

	(void)state;
	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (uint8_t)(i * 2654435761U >> 11);
	assert_int_equal(salvage_store(arena, &image, &options, &found), ST_OK);
	assert_null(found->facts.variant);
	assert_int_equal(found->facts.n_nodes, 0);
	image.size = 0;
	assert_int_equal(salvage_store(arena, &image, &options, &found), ST_OK);
	assert_null(found->facts.variant);
	arena_drop(&arena);
}

static bool stop(void *context, uint64_t done, uint64_t total)
{
	(void)context;
	(void)done;
	(void)total;
	return false;
}

static void test_cancel_and_no_memory(void **state)
{
	struct salvage_options options = { .runner = check_runner_serial(), .tick = stop };
	struct arena *arena = arena_new(ARENA_MAX);
	struct image image = { .read = read_memory };
	struct salvage *found;
	struct store s;

	(void)state;
	make(&s, "minimal", "23", "permute");
	image.size = s.size;
	image.context = s.sound;
	assert_int_equal(salvage_store(arena, &image, &options, &found), ST_CANCEL);
	options.tick = NULL;
	memcpy(s.bytes, s.sound, s.size);
	lose_everything_but_blocks(&s);
	image.context = s.bytes;
	for (uint64_t n = 1;; n++) {
		enum status st;

		arena_fail_at(n, true);
		st = salvage_store(arena, &image, &options, &found);
		arena_fail_at(0, false);
		arena_clear(arena);
		if (st == ST_OK)
			break;
		assert_int_equal(st, ST_NOMEM);
	}
	arena_drop(&arena);
	unmake(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damaged_stores),
		cmocka_unit_test(test_deleted),
		cmocka_unit_test(test_no_store),
		cmocka_unit_test(test_cancel_and_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
