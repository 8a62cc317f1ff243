/* This file names the command that mends what was found in a store. */
#include "app/store_remedy.h"

#include "base/checked.h"
#include "base/str.h"
#include "finding/catalogue.h"

#include <string.h>

enum { VERSION_4K_MIN = 24 };

/* Letters that mean nothing to any shell, between quotes at least. */
static bool is_harmless(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (unsigned char)c >= 0x80 || strchr("/\\._-:+,@ ()", c);
}

/* As people type it; NULL when a shell could take the name for something else. */
static const char *quoted(struct arena *arena, const char *path)
{
	for (const char *c = path; *c; c++)
		if (!is_harmless(*c))
			return NULL;
	if (*path == '-')
		return NULL;
	return strpbrk(path, " ()\\") ? arena_printf(arena, "\"%s\"", path) : path;
}

static bool is_mended_by_repair(enum remedy remedy)
{
	return remedy == REMEDY_LOSSLESS || remedy == REMEDY_LOSSY || remedy == REMEDY_REBUILD;
}

/* Whether only what follows from the rest is wrong. */
static bool is_lossless(const struct finding_sink *sink)
{
	for (size_t i = 0; i < finding_count(sink); i++) {
		const struct finding *f = finding_at(sink, i);

		if (f->severity >= SEVERITY_WARNING && catalogue_row(f->code)->remedy != REMEDY_LOSSLESS)
			return false;
	}
	return true;
}

/* The look that mends it, and its option. */
static const struct {
	enum code code;
	const char *look, *option;
} item_remedies[] = {
	{ CODE_STORE_MESSAGE_SUBMIT_WRONG, "outbox", "--release all" },
	{ CODE_STORE_OUTGOING_QUEUE_WRONG, "outbox", "--release all" },
	{ CODE_ITEM_OUTBOX_STUCK, "outbox", "--release all" },
	{ CODE_ITEM_OUTBOX_LOCKED, "outbox", "--release all" },
	{ CODE_ITEM_OUTBOX_UNLISTED, "outbox", "--release all" },
	{ CODE_ITEM_RECEIPT_STUCK, "receipts", "--remove all" },
	{ CODE_ITEM_RECEIPT_HIDDEN, "receipts", "--remove all" },
	{ CODE_ITEM_DUPLICATE_EXACT, "duplicates", "--move-to Duplicates" },
	{ CODE_RULE_STREAM_DAMAGED, "rules", "--set-aside all" },
	{ CODE_STORE_PASSWORD_SET, "password", "--clear-password" },
};

enum status store_remedy_items(struct arena *arena, struct finding_sink *sink,
			       const struct store_facts *store)
{
	const char *path = quoted(arena, store->path);

	if (!path || store->version == 0 || store->version >= VERSION_4K_MIN)
		return ST_OK;
	for (size_t i = 0; i < finding_count(sink); i++) {
		struct finding *f = finding_at(sink, i);

		for (size_t k = 0; k < COUNT_OF(item_remedies); k++) {
			if (f->code != item_remedies[k].code)
				continue;
			f->remedy_command =
				arena_printf(arena, "postmend store %s %s %s", item_remedies[k].look, path,
					     item_remedies[k].option);
			if (!f->remedy_command)
				return ST_NOMEM;
		}
	}
	return ST_OK;
}

enum status store_remedy_name(struct arena *arena, struct finding_sink *sink, const struct store_facts *store)
{
	bool in_place = store->version < VERSION_4K_MIN && is_lossless(sink);
	const char *path = quoted(arena, store->path);
	const char *command =
		path ? arena_printf(arena, "postmend store repair %s%s", in_place ? "--in-place " : "", path)
		     : NULL;

	if (!path)
		return ST_OK;
	if (!command)
		return ST_NOMEM;
	for (size_t i = 0; i < finding_count(sink); i++) {
		struct finding *f = finding_at(sink, i);

		if (f->severity >= SEVERITY_WARNING && is_mended_by_repair(catalogue_row(f->code)->remedy))
			f->remedy_command = command;
	}
	return store_remedy_items(arena, sink, store);
}
