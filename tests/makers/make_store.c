/* This file makes whole stores: options, names and roles of folders around the contents. */
#include "make.h"

#include <assert.h>
#include <string.h>

enum { ARENA_MAX = 256 << 20 };

static void set_roles(struct maker *maker)
{
	const struct {
		enum store_role role;
		const struct folder *folder;
	} rows[] = {
		{ STORE_TOP, maker->top },       { STORE_DELETED, maker->deleted },
		{ STORE_FINDER, maker->finder }, { STORE_OUTBOX, maker->outbox },
		{ STORE_SENT, maker->sent },     { STORE_COMMON_VIEWS, maker->views },
		{ STORE_INBOX, maker->inbox },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		store_out_set_role(maker->store, rows[i].role, folder_out_nid(rows[i].folder->out));
}

void make_entry_id(const struct maker *maker, uint32_t nid, uint8_t to[static ENTRY_ID_LEN])
{
	uint8_t key[STORE_KEY_LEN];

	store_out_file_key(maker->plan, key);
	entry_id_encode(key, (struct nid){ nid }, to);
}

void make_store(const struct plan *plan, const char *path, FILE *manifest)
{
	struct maker maker = { .plan = plan, .manifest = manifest };

	maker.arena = arena_new(ARENA_MAX);
	assert(maker.arena);
	maker.store = store_out_file_open(&maker.file, plan, path);
	maker.out = store_out_ndb(maker.store);
	maker.v = ndb_out_variant(maker.out);
	named_fill(store_out_names(maker.store), plan->named);
	make_folder_list(&maker);
	set_roles(&maker);
	make_contents(&maker);
	store_out_file_close(&maker.file);
	arena_drop(&maker.arena);
}
