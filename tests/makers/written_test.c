/* This file writes stores of many shapes and lets postmend's own check look at them; it lets every write to
 * the sink and every allocation fail in turn. */
#include "base/checked.h"
#include "check/check.h"
#include "finding/finding.h"
#include "memory.h"
#include "pst/msg/tags.h"
#include "sparse.h"
#include "write/message_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_MAX = 256 << 20, KIB = 1024, ROWS_MANY = 20000, PSETID = 0x62 };

#define TOP 0x8022U

/* How a store is filled; the folder is a normal one below the top. */
struct shape {
	const char *name;
	void (*fill)(struct store_out *store, struct folder_out *folder, struct arena *item);
	uint64_t size_min;
	uint16_t version;
	unsigned tree_fill;
};

static struct props *props_of(struct store_out *store, struct arena *arena)
{
	struct props *props = props_new(arena, ndb_out_variant(store_out_ndb(store)));

	return props;
}

static struct folder_out *add_folder(struct store_out *store, struct arena *arena, uint32_t nid,
				     uint32_t parent, const char *name)
{
	struct folder_spec spec = { .nid = nid, .parent = parent, .props = props_of(store, arena) };

	if (spec.props)
		props_add_text(spec.props, 0x3001001F, name);
	return store_out_folder(store, &spec);
}

static uint8_t pattern[256 * KIB];

/* What a message may have; zeros for what it has not. */
struct content {
	size_t body, attachment, n_attachments, n_recipients, depth;
	const char *subject;
};

/* Depth is a small number of this test's. */
static enum status write_message(struct store_out *store, struct arena *arena, const struct content *c,
				 struct props **props_out, struct message_place *out)
{
	struct message_out m;
	enum status st = message_out_start(&m, store, arena);

	if (st != ST_OK)
		return st;
	*props_out = m.props;
	props_add_text(m.props, 0x0037001F, c->subject ? c->subject : "");
	if (c->body)
		props_add_view(m.props, 0x1000001F, view_of(pattern, c->body));
	for (size_t i = 0; i < c->n_recipients; i++) {
		struct props *r = props_of(store, arena);

		if (!r)
			return ST_NOMEM;
		props_add_text(r, 0x3001001F, "Somebody");
		props_add_text(r, 0x3003001F, "somebody@example.org");
		message_out_recipient(&m, r);
	}
	if (c->n_recipients)
		props_add_text(m.props, 0x0E04001F, "Somebody");
	for (size_t i = 0; i < c->n_attachments; i++) {
		struct attachment_out a;

		if (attachment_out_start(&a, &m) != ST_OK)
			return ST_NOMEM;
		props_add_text(a.props, 0x3707001F, "file.bin");
		message_out_stream(a.props, &a.subnodes, 0x37010102,
				   data_out_of(store_out_ndb(store), view_of(pattern, c->attachment)),
				   c->attachment);
		attachment_out_end(&a);
	}
	if (c->depth) {
		struct content inner = *c;
		struct attachment_out a;
		struct message_place place;
		struct props *ignored;

		inner.depth--;
		st = attachment_out_start(&a, &m);
		if (st == ST_OK)
			st = write_message(store, arena, &inner, &ignored, &place);
		if (st != ST_OK)
			return st;
		attachment_out_embed(&a, &place);
		attachment_out_end(&a);
	}
	*out = message_out_end(&m, false);
	return ST_OK;
}

static void add_message(struct store_out *store, struct folder_out *folder, struct arena *item,
			const struct content *c)
{
	struct message_spec spec = { 0 };
	struct message_place place;

	if (!folder || write_message(store, item, c, &spec.props, &place) != ST_OK)
		return;
	spec.data = place.data;
	spec.subnode = place.subnode;
	(void)folder_out_message(folder, &spec);
	arena_clear(item);
}

static void fill_nothing(struct store_out *store, struct folder_out *folder, struct arena *item)
{
	(void)store;
	(void)folder;
	(void)item;
}

static void fill_usual(struct store_out *store, struct folder_out *folder, struct arena *item)
{
	static const struct content rows[] = {
		{ 0 },
		{ .subject = "small", .body = 100, .n_recipients = 1 },
		{ .subject = "as long as a heap takes", .body = 3580 },
		{ .subject = "longer", .body = 3582 },
		{ .subject = "a block", .body = 8176, .n_recipients = 3 },
		{ .subject = "two", .body = 8178, .n_attachments = 1, .attachment = 1 },
		{ .subject = "files", .n_attachments = 2, .attachment = 20000 },
		{ .subject = "inside", .n_recipients = 1, .n_attachments = 1, .attachment = 10, .depth = 4 },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		add_message(store, folder, item, &rows[i]);
}

/* Every list of blocks and subnodes gets a second level. */
static void fill_large(struct store_out *store, struct folder_out *folder, struct arena *item)
{
	add_message(store, folder, item,
		    &(struct content){ .subject = "many files", .n_attachments = 700, .attachment = 5 });
	add_message(store, folder, item, &(struct content){ .subject = "many people", .n_recipients = 3000 });
	add_message(store, folder, item,
		    &(struct content){ .subject = "much text",
				       .body = sizeof pattern,
				       .n_attachments = 1,
				       .attachment = sizeof pattern });
}

/* A value of more than an XBLOCK holds. */
static void fill_huge_value(struct store_out *store, struct folder_out *folder, struct arena *item)
{
	struct ndb_out *ndb = store_out_ndb(store);
	struct message_spec spec = { 0 };
	struct message_out m;
	struct message_place place;
	struct data_out data;
	uint64_t len = 0;

	if (message_out_start(&m, store, item) != ST_OK)
		return;
	data_out_start(&data, ndb);
	for (unsigned i = 0; i < 70; i++, len += sizeof pattern)
		data_out_add(&data, view_of(pattern, sizeof pattern));
	message_out_stream(m.props, &m.subnodes, 0x1000001F, data_out_end(&data), len);
	place = message_out_end(&m, false);
	spec = (struct message_spec){ .data = place.data, .subnode = place.subnode, .props = m.props };
	(void)folder_out_message(folder, &spec);
}

static void fill_many_rows(struct store_out *store, struct folder_out *folder, struct arena *item)
{
	for (unsigned i = 0; i < ROWS_MANY && ndb_out_status(store_out_ndb(store)) == ST_OK; i++)
		add_message(
			store, folder, item,
			&(struct content){ .subject = "one of very many, with a subject of some length" });
}

static uint32_t roll(uint32_t *state, uint32_t below)
{
	*state = *state * 1103515245 + 12345;
	return (*state >> 8) % below;
}

/* Values of all lengths on both sides of every edge: of items, heap blocks and data blocks. */
static void fill_at_random(struct store_out *store, struct folder_out *folder, struct arena *item)
{
	static const uint32_t edges[] = { 2, 3580, 3582, 8176, 8178, 4082, 20, 300, 16352, 16354 };
	uint32_t state = 7;

	for (unsigned i = 0; i < 300; i++) {
		struct message_spec spec = { 0 };
		struct message_place place;
		struct message_out m;

		if (message_out_start(&m, store, item) != ST_OK)
			return;
		for (uint32_t n = roll(&state, 60), k = 0; k < n; k++) {
			uint32_t len = roll(&state, 3) ? roll(&state, 200) * 2
						       : edges[roll(&state, COUNT_OF(edges))];

			props_add_view(m.props, (0x6600 + k) << 16 | PTYP_STRING, view_of(pattern, len));
		}
		for (uint32_t n = roll(&state, 40), k = 0; k < n; k++) {
			struct props *r = props_of(store, item);

			assert_non_null(r);
			props_add_view(
				r, 0x3001001F,
				view_of(pattern, 2 + edges[roll(&state, COUNT_OF(edges))] % 5000 / 2 * 2));
			props_add_int(r, 0x0C150003, RECIPIENT_BCC);
			message_out_recipient(&m, r);
		}
		props_add_view(m.props, 0x0E02001F, view_of(pattern, 2));
		place = message_out_end(&m, false);
		spec = (struct message_spec){ .data = place.data,
					      .subnode = place.subnode,
					      .props = m.props };
		(void)folder_out_message(folder, &spec);
		arena_clear(item);
	}
}

/* A message may come with its NID, in any order. */
static void fill_kept_numbers(struct store_out *store, struct folder_out *folder, struct arena *item)
{
	static const uint32_t nids[] = { 0x200044, 0x300024, 0x200024, 0x108008, 0x100008 };

	for (size_t i = 0; i < COUNT_OF(nids); i++)
		ndb_out_mark(store_out_ndb(store), nids[i]);
	for (size_t i = 0; i < COUNT_OF(nids); i++) {
		struct message_spec spec = { .nid = nids[i] };
		struct message_place place;
		struct message_out m;

		if (!folder || message_out_start(&m, store, item) != ST_OK)
			return;
		props_add_int(m.props, 0x0E070003, 0);
		place = message_out_end(&m, (nids[i] & 0x1F) == NID_TYPE_ASSOC_MESSAGE);
		spec.data = place.data;
		spec.subnode = place.subnode;
		spec.props = m.props;
		assert_true(ndb_out_status(store_out_ndb(store)) != ST_OK ||
			    folder_out_message(folder, &spec) == nids[i]);
		arena_clear(item);
	}
}

/* Folders whose parents are none, not yet there, each other's, or a search. */
static void fill_odd_folders(struct store_out *store, struct folder_out *folder, struct arena *item)
{
	static const struct {
		uint32_t nid, parent;
		const char *name;
	} rows[] = {
		{ 0x9022, 0x9042, "before its parent" },
		{ 0x9042, TOP, "parent" },
		{ 0x9062, 0x9082, "ring a" },
		{ 0x9082, 0x9062, "ring b" },
		{ 0x90A2, 0xA002, "orphan" },
		{ 0x90C2, 0x90C2, "own parent" },
		{ 0x8003, 0x8042, "search" },
		{ 0x90E2, 0x8003, "below a search" },
	};

	(void)item;
	folder_out_close(folder);
	folder_out_close(folder);
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		(void)add_folder(store, folder ? store_out_props(store)->arena : item, rows[i].nid,
				 rows[i].parent, rows[i].name);
}

/* Roles, names, receive folders, the queue, columns beyond the template's. */
static void fill_the_rest(struct store_out *store, struct folder_out *folder, struct arena *item)
{
	static const uint32_t more[] = { 0x1035001F, 0x8001001F, 0x00260003,
					 0x0E1B000B, 0x10F40002, 0x300B0102 };
	static const uint8_t guid[NAMES_GUID_LEN] = { PSETID, 1 };
	struct arena *arena = store_out_props(store)->arena;
	struct names_out *names = store_out_names(store);
	struct property_name number = { .guid = view_of(guid, sizeof guid), .number = 0x8501 };
	struct folder_spec spec = { .parent = TOP, .props = props_of(store, arena) };
	struct message_out m;
	struct message_spec message = { 0 };
	struct message_place place;
	struct folder_out *outbox;

	assert_true(names->failed || names_out_keep(names, 0x8001, &number) || names->failed);
	assert_false(names_out_keep(names, 0x8001, &number));
	assert_true(names_out_id(names, &number) == 0x8001 || names->failed);
	assert_true(names_out_keywords(names) == 0x8002 || names->failed);
	assert_true(names_out_public(names, "x-other") == 0x8003 || names->failed);
	spec.contents = columns_extend(arena, &templates[TEMPLATE_CONTENTS], more, COUNT_OF(more));
	if (!spec.props || !spec.contents) {
		ndb_out_fail(store_out_ndb(store), ST_NOMEM);
		return;
	}
	props_add_text(spec.props, 0x3001001F, "Outbox");
	props_add_text(spec.props, 0x3613001F, "IPF.Note");
	outbox = store_out_folder(store, &spec);
	if (!outbox || message_out_start(&m, store, item) != ST_OK)
		return;
	store_out_set_role(store, STORE_OUTBOX, folder_out_nid(outbox));
	store_out_set_role(store, STORE_INBOX, folder_out_nid(folder));
	store_out_set_role(store, STORE_SENT, 0x7FFF2);
	store_out_receive(store, view_of(NULL, 0), folder_out_nid(folder));
	store_out_receive(store, view_of("I\0P\0M", 6), 0x7FFF2);
	props_add_text(m.props, 0x1035001F, "<1@example.org>");
	props_add_text(m.props, 0x8001001F, "named");
	props_add_int(m.props, 0x00260003, 1);
	props_add_int(m.props, 0x0E1B000B, 0);
	props_add_int(m.props, 0x10F40002, 7);
	props_add_int(m.props, 0x0E070003, 0xD);
	props_add_int(m.props, 0x0E070003, 0xC);
	place = message_out_end(&m, false);
	message.data = place.data;
	message.subnode = place.subnode;
	message.props = m.props;
	store_out_queue(store, folder_out_message(outbox, &message), m.props);
}

static const struct shape shapes[] = {
	{ "nothing", fill_nothing, 0, 23, 0 },
	{ "usual items", fill_usual, 0, 23, 0 },
	{ "usual items, ANSI", fill_usual, 0, 14, 0 },
	{ "usual items, 4 KiB pages", fill_usual, 0, 36, 0 },
	{ "lists of two levels", fill_large, 0, 23, 0 },
	{ "a value of two levels", fill_huge_value, 0, 23, 0 },
	{ "many rows", fill_many_rows, 0, 23, 0 },
	{ "lengths at random", fill_at_random, 0, 23, 0 },
	{ "lengths at random, ANSI", fill_at_random, 0, 14, 0 },
	{ "lengths at random, 4 KiB pages", fill_at_random, 0, 36, 0 },
	{ "numbers that are kept", fill_kept_numbers, 0, 23, 0 },
	{ "folders that hang nowhere", fill_odd_folders, 0, 23, 0 },
	{ "roles, names, columns, queue", fill_the_rest, 0, 23, 0 },
	{ "deep trees", fill_usual, 0, 23, 2 },
	{ "behind 2 GiB", fill_usual, (uint64_t)2200 << 20, 23, 0 },
};

static enum status write_store(const struct shape *shape, struct arena *arena, struct arena *item,
			       struct sparse *to)
{
	struct store_out_options options = { .ndb = ndb_options_usual(), .record_key = { 1, 2, 3 } };
	struct store_out *store;
	enum status st;

	options.ndb.version = shape->version;
	options.ndb.shape.size_min = shape->size_min;
	options.ndb.shape.tree_fill = shape->tree_fill;
	st = store_out_open(arena, &to->sink, &options, &store);
	if (st != ST_OK)
		return st;
	store_out_set_role(store, STORE_TOP, TOP);
	(void)add_folder(store, arena, 0x122, 0x122, "");
	(void)add_folder(store, arena, TOP, 0x122, "Top");
	(void)add_folder(store, arena, 0x8042, 0x122, "Search Root");
	store_out_set_role(store, STORE_FINDER, 0x8042);
	shape->fill(store, add_folder(store, arena, 0, TOP, "Inbox"), item);
	return store_out_finish(store, NULL);
}

/* Writes a store and says what is wrong with it. */
static void expect_sound(const struct shape *shape)
{
	struct arena *arena = arena_new(ARENA_MAX), *item = arena_new(ARENA_MAX),
		     *found = arena_new(ARENA_MAX);
	struct check_options options = { .path = shape->name, .runner = check_runner_serial() };
	struct finding_sink *sink = finding_sink_new(found);
	struct check_facts *facts;
	struct sparse to;

	sparse_init(&to);
	assert_int_equal(write_store(shape, arena, item, &to), ST_OK);
	assert_int_equal(to.smallest, 0);
	assert_int_equal(check_store(found, &to.image, &options, sink, &facts), ST_OK);
	for (size_t i = 0; i < finding_count(sink); i++) {
		const struct finding *f = finding_at(sink, i);

		print_message("%s: %s node %s:", shape->name, f->key,
			      f->subject.node ? f->subject.node : "-");
		for (size_t k = 0; k < f->n_evidence; k++)
			print_message(" %s=%s/%s", f->evidence[k].name, f->evidence[k].found,
				      f->evidence[k].expected ? f->evidence[k].expected : "");
		print_message("\n");
	}
	assert_int_equal(finding_count(sink), 0);
	sparse_fini(&to);
	arena_drop(&arena);
	arena_drop(&item);
	arena_drop(&found);
}

static void test_stores_are_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pattern; i++)
		pattern[i] = (uint8_t)(i % 2 ? 0 : 'a' + i / 2 % 23);
	for (size_t i = 0; i < COUNT_OF(shapes); i++)
		expect_sound(&shapes[i]);
}

static const struct shape *shape_of(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(shapes); i++)
		if (strcmp(shapes[i].name, name) == 0)
			return &shapes[i];
	fail();
	return NULL;
}

static void test_each_write_fails(void **state)
{
	const struct shape *shape = shape_of("lists of two levels");
	uint64_t fail_at = 1;
	enum status st = ST_IO;

	(void)state;
	for (; st != ST_OK; fail_at++) {
		struct arena *arena = arena_new(ARENA_MAX), *item = arena_new(ARENA_MAX);
		struct sparse to;

		sparse_init(&to);
		to.fail_at = fail_at;
		st = write_store(shape, arena, item, &to);
		assert_true(st == ST_IO || (st == ST_OK && fail_at > 3));
		sparse_fini(&to);
		arena_drop(&arena);
		arena_drop(&item);
	}
}

static const char *const failing[] = { "nothing", "usual items", "roles, names, columns, queue",
				       "folders that hang nowhere", "numbers that are kept" };

static void expect_no_memory(const struct shape *shape)
{
	uint64_t fail_at = 1;
	enum status st = ST_NOMEM;

	for (; st != ST_OK; fail_at++) {
		struct arena *arena = arena_new(ARENA_MAX), *item = arena_new(ARENA_MAX);
		struct sparse to;

		sparse_init(&to);
		arena_fail_at(fail_at, true);
		st = write_store(shape, arena, item, &to);
		arena_fail_at(0, false);
		assert_true(st == ST_NOMEM || st == ST_OK);
		sparse_fini(&to);
		arena_drop(&arena);
		arena_drop(&item);
	}
	assert_true(fail_at > 10);
}

static void test_each_allocation_fails(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(failing); i++)
		expect_no_memory(shape_of(failing[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stores_are_sound),
		cmocka_unit_test(test_each_write_fails),
		cmocka_unit_test(test_each_allocation_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
