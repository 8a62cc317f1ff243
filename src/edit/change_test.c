/* This file tests changes of made stores of every kind that can be written: what was asked happened, a check
 * finds nothing, and nothing else is different. */
#include "edit/change.h"

#include "base/checked.h"
#include "check/item_read.h"
#include "check/mailbox_facts.h"
#include "check/row_read.h"
#include "plan/overlay.h"
#include "pst/msg/tags.h"
#include "write/message_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_MAX = 512 << 20, STORE_MAX = 4 << 20, FIRST_NID = 0x200024, INBOX = 0x8082, OUTBOX = 0x80A2 };
enum { TOP = 0x8022, LONG_TEXT = 9000 };

struct memory {
	uint8_t *bytes;
	uint64_t size;
};

struct room {
	struct arena *arena;
	struct memory store;
	struct image image;
	struct change_options options;
	struct change *change;
	struct change_result result;
};

static enum status write_memory(const struct store_sink *sink, uint64_t at, struct view bytes)
{
	struct memory *m = sink->context;

	if (at > STORE_MAX || bytes.len > STORE_MAX - at)
		return ST_LIMIT;
	memcpy(m->bytes + at, bytes.at, bytes.len);
	m->size = at + bytes.len > m->size ? at + bytes.len : m->size;
	return ST_OK;
}

static enum status read_memory(const struct image *image, uint64_t at, void *to, size_t len)
{
	const struct memory *m = image->context;

	memcpy(to, m->bytes + at, len);
	return ST_OK;
}

static uint32_t nid_of(unsigned i)
{
	return FIRST_NID + i * 0x20;
}

static void add_message(struct store_out *store, struct folder_out *folder, unsigned i, struct arena *arena)
{
	static uint8_t long_text[LONG_TEXT];
	char text[96];
	struct message_out m;
	struct message_spec spec = { .nid = nid_of(i) };
	struct message_place place;

	snprintf(text, sizeof text, "Message number %u of the Inbox, with a subject that takes room", i);
	assert_int_equal(message_out_start(&m, store, arena), ST_OK);
	props_add_text(m.props, 0x0037001F, text);
	props_add_text(m.props, 0x001A001F, "IPM.Note");
	props_add_int(m.props, 0x0E070003, i % 3 ? MESSAGE_READ : 0);
	/* Every tenth has a body in blocks of its own. */
	memset(long_text, (int)('a' + i % 26), sizeof long_text);
	if (i % 10 == 0)
		props_add_bytes(m.props, 0x10130102, view_of(long_text, sizeof long_text));
	place = message_out_end(&m, false);
	spec.data = place.data;
	spec.subnode = place.subnode;
	spec.props = m.props;
	(void)folder_out_message(folder, &spec);
	arena_clear(arena);
}

static struct folder_out *add_folder(struct store_out *store, struct room *r, uint32_t nid, uint32_t parent,
				     const char *name)
{
	struct props *props = props_new(r->arena, ndb_out_variant(store_out_ndb(store)));

	assert_non_null(props);
	props_add_text(props, 0x3001001F, name);
	return store_out_folder(store, &(struct folder_spec){ .nid = nid, .parent = parent, .props = props });
}

static void make_store(struct room *r, uint16_t version, enum crypt_method cipher, unsigned n)
{
	struct store_out_options options = { .ndb = ndb_options_usual(), .record_key = { 1, 2, 3 } };
	struct store_sink sink = { .write = write_memory, .context = &r->store };
	struct arena *arena = arena_new(ARENA_MAX), *scratch = arena_new(ARENA_MAX);
	struct folder_out *inbox;
	struct store_out *store;
	struct ndb_stats stats;

	options.ndb.version = version;
	options.ndb.cipher = cipher;
	assert_int_equal(store_out_open(arena, &sink, &options, &store), ST_OK);
	(void)add_folder(store, r, TOP, 0x122, "Top");
	store_out_set_role(store, STORE_TOP, TOP);
	inbox = add_folder(store, r, INBOX, TOP, "Inbox");
	(void)add_folder(store, r, OUTBOX, TOP, "Outbox");
	store_out_set_role(store, STORE_OUTBOX, OUTBOX);
	for (unsigned i = 0; i < n; i++)
		add_message(store, inbox, i, scratch);
	folder_out_close(inbox);
	assert_int_equal(store_out_finish(store, &stats), ST_OK);
	arena_drop(&scratch);
	arena_drop(&arena);
}

static void open_room(struct room *r, uint16_t version, enum crypt_method cipher, unsigned n)
{
	*r = (struct room){ .arena = arena_new(ARENA_MAX) };
	r->store.bytes = calloc(STORE_MAX, 1);
	assert_true(r->arena && r->store.bytes);
	make_store(r, version, cipher, n);
	r->image = (struct image){ .size = r->store.size, .read = read_memory, .context = &r->store };
	r->options.check = (struct check_options){ .path = "made", .runner = check_runner_serial() };
	r->options.check_cap = ARENA_MAX;
	assert_int_equal(change_open(r->arena, &r->image, &r->options, &r->change), ST_OK);
	assert_null(change_refusal(r->change));
}

static void close_room(struct room *r)
{
	change_drop(&r->change);
	arena_drop(&r->arena);
	free(r->store.bytes);
}

static void end(struct room *r)
{
	enum status st = change_end(r->change, &r->result);

	if (st != ST_OK)
		print_message("%s\n", change_why(r->change) ? change_why(r->change) : "no reason");
	assert_int_equal(st, ST_OK);
	for (size_t i = 0; i < finding_count(r->result.findings); i++)
		assert_true(finding_at(r->result.findings, i)->severity < SEVERITY_WARNING);
}

/* What apply would do, so that the next change sees it. */
static void carry_out(struct room *r)
{
	for (size_t i = 0; i < r->result.edits.n; i++) {
		const struct edit *e = &r->result.edits.edits[i];

		assert_true(e->at + e->fresh.len <= STORE_MAX);
		assert_memory_equal(r->store.bytes + e->at, e->old.at, e->old.len);
		memcpy(r->store.bytes + e->at, e->fresh.at, e->fresh.len);
	}
	change_drop(&r->change);
	r->image.size = r->store.size = r->result.edits.size_after;
	assert_int_equal(change_open(r->arena, &r->image, &r->options, &r->change), ST_OK);
	assert_null(change_refusal(r->change));
}

static size_t count_rows_in(const struct check_facts *facts, uint32_t folder)
{
	const struct folder_fact *f = facts_folder(facts, folder);

	return f ? f->n_rows[FOLDER_CONTENTS] : SIZE_MAX;
}

struct kind {
	const char *name;
	uint16_t version;
	enum crypt_method cipher;
};

static const struct kind kinds[] = {
	{ "ANSI 14", 14, CRYPT_PERMUTE },
	{ "ANSI 15", 15, CRYPT_NONE },
	{ "Unicode", 23, CRYPT_PERMUTE },
	{ "Unicode, the other cipher", 23, CRYPT_CYCLIC },
};

static void removes_messages(void **state)
{
	static const unsigned sizes[] = { 1, 3, 40, 700 };

	(void)state;
	for (size_t k = 0; k < COUNT_OF(kinds); k++)
		for (size_t s = 0; s < COUNT_OF(sizes); s++) {
			unsigned n = sizes[s], gone = 0;
			struct room r;

			open_room(&r, kinds[k].version, kinds[k].cipher, n);
			for (unsigned i = 0; i < n; i += 2, gone++)
				change_remove(r.change, nid_of(i));
			end(&r);
			assert_int_equal(count_rows_in(r.result.facts, INBOX), n - gone);
			for (unsigned i = 0; i < n; i++)
				assert_int_equal(!facts_node(r.result.facts, (struct nid){ nid_of(i) }),
						 i % 2 == 0);
			/* And what was left, down to the last. */
			carry_out(&r);
			for (unsigned i = 1; i < n; i += 2)
				change_remove(r.change, nid_of(i));
			if (n > 1)
				end(&r);
			assert_true(n == 1 || count_rows_in(r.result.facts, INBOX) == 0);
			close_room(&r);
		}
}

static void moves_messages(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT_OF(kinds); k++) {
		unsigned n = 500, moved = 0;
		uint32_t folder;
		struct room r;

		open_room(&r, kinds[k].version, kinds[k].cipher, n);
		folder = change_folder(r.change, "Set aside");
		assert_true(folder);
		for (unsigned i = 0; i < n; i += i % 7 ? 1 : 2, moved++)
			change_move(r.change, nid_of(i), folder);
		end(&r);
		assert_int_equal(count_rows_in(r.result.facts, folder), moved);
		assert_int_equal(count_rows_in(r.result.facts, INBOX), n - moved);
		assert_string_equal(facts_folder(r.result.facts, folder)->name, "Set aside");
		assert_int_equal(facts_folder(r.result.facts, folder)->parent, TOP);
		/* Back again: the folder is found and not made a second time. */
		carry_out(&r);
		assert_int_equal(change_folder(r.change, "Set aside"), folder);
		for (unsigned i = 0; i < n; i++)
			change_move(r.change, nid_of(i), INBOX);
		end(&r);
		assert_int_equal(count_rows_in(r.result.facts, INBOX), n);
		assert_int_equal(count_rows_in(r.result.facts, folder), 0);
		close_room(&r);
	}
}

static struct view read_property(struct node_reader *reader, uint32_t nid, uint16_t id)
{
	const struct node_fact *node = facts_node(reader->facts, (struct nid){ nid });
	struct property p;
	struct view value = { .len = 0 };
	struct item item;

	assert_true(node && item_open(reader, node, &item) && item_property(&item, id, &p, &value));
	return value;
}

static void sets_properties(void **state)
{
	static uint8_t text[3 * LONG_TEXT];
	static const size_t lens[] = { 1, 3000, 3068, 3581, 8176, sizeof text };

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)(i * 31);
	for (size_t k = 0; k < COUNT_OF(kinds); k++)
		for (size_t s = 0; s < COUNT_OF(lens); s++) {
			struct node_reader reader = { .arena = arena_new(ARENA_MAX) };
			struct view value;
			struct room r;

			open_room(&r, kinds[k].version, kinds[k].cipher, 12);
			change_set_integer(r.change, nid_of(0), 0x0E070003, MESSAGE_READ);
			change_set_bytes(r.change, nid_of(0), 0x10130102, view_of(text, lens[s]));
			change_set_bytes(r.change, nid_of(5), 0x68020102, view_of(text, lens[s]));
			end(&r);
			reader.facts = r.result.facts;
			reader.room = arena_alloc(reader.arena, NODE_READER_ROOM);
			value = read_property(&reader, nid_of(0), 0x1013);
			assert_int_equal(value.len, lens[s]);
			assert_memory_equal(value.at, text, lens[s]);
			value = read_property(&reader, nid_of(5), 0x6802);
			assert_int_equal(value.len, lens[s]);
			assert_int_equal(facts_folder(r.result.facts, INBOX)->unread, 3);
			arena_drop(&reader.arena);
			close_room(&r);
		}
}

static void refuses(void **state)
{
	struct room r;

	(void)state;
	open_room(&r, 23, CRYPT_PERMUTE, 3);
	change_remove(r.change, 0x300004);
	assert_int_equal(change_end(r.change, &r.result), ST_IO);
	assert_non_null(change_why(r.change));
	close_room(&r);

	/* A map that calls a live block free: nothing is added to such a store. */
	open_room(&r, 23, CRYPT_PERMUTE, 3);
	change_drop(&r.change);
	memset(r.store.bytes + 0x4400, 0, 400);
	assert_int_equal(change_open(r.arena, &r.image, &r.options, &r.change), ST_OK);
	assert_non_null(change_refusal(r.change));
	close_room(&r);
}

static void changes_nothing_unasked(void **state)
{
	struct room r;

	(void)state;
	open_room(&r, 23, CRYPT_PERMUTE, 3);
	assert_int_equal(change_end(r.change, &r.result), ST_OK);
	assert_int_equal(r.result.edits.n, 0);
	close_room(&r);
}

/* Every allocation may be the last: the change then ends as such, and nothing else happens. */
static void memory_ends(void **state)
{
	bool done = false;

	(void)state;
	for (uint64_t at = 1; !done; at += 1 + at / 6) {
		struct room r;
		enum status st;

		open_room(&r, 23, CRYPT_PERMUTE, 30);
		arena_fail_at(at, true);
		change_remove(r.change, nid_of(3));
		change_move(r.change, nid_of(4), OUTBOX);
		st = change_end(r.change, &r.result);
		done = st == ST_OK;
		arena_fail_at(0, false);
		assert_true(st == ST_OK || st == ST_NOMEM || st == ST_IO);
		close_room(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(removes_messages),        cmocka_unit_test(moves_messages),
		cmocka_unit_test(sets_properties),         cmocka_unit_test(refuses),
		cmocka_unit_test(changes_nothing_unasked), cmocka_unit_test(memory_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
