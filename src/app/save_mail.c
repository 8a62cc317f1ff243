/* This file writes listed messages as .eml files into a folder, before anything is done with them. */
#include "app/save_mail.h"

#include "base/buf.h"
#include "content/export.h"
#include "content/safe_name.h"
#include "os/file.h"

enum { SAVE_ARENA = 256 << 20, NAME_CAP = 512 };

enum status save_mail_open(struct save_mail *save, struct arena *arena, const struct check_facts *facts,
			   const char *folder)
{
	*save = (struct save_mail){ .arena = arena, .folder = folder };
	save->reader = (struct node_reader){ .facts = facts, .arena = arena_new(SAVE_ARENA) };
	save->reader.room = save->reader.arena ? arena_alloc(arena, NODE_READER_ROOM) : NULL;
	return save->reader.room ? file_make_directories(folder, &save->why) : ST_NOMEM;
}

static const char *path_of(const struct save_mail *save, const struct listed_item *item)
{
	const char *path = NULL;
	struct buf name;

	buf_init(&name, NAME_CAP);
	safe_name_put(&name, item->subject ? item->subject : "", "message");
	buf_add_byte(&name, 0);
	if (!buf_failed(&name))
		path = arena_printf(save->arena, "%s/%s 0x%X.eml", save->folder, (const char *)name.at,
				    (unsigned)item->nid);
	buf_fini(&name);
	return path;
}

/* Bytes of a message on their way into a file. */
static bool write_out(void *context, struct view bytes)
{
	file_append(context, bytes);
	return true;
}

enum status save_mail_one(struct save_mail *save, const struct listed_item *item)
{
	const struct node_fact *node = facts_node(save->reader.facts, (struct nid){ item->nid });
	struct mail_sink sink = { .write = write_out };
	const char *path;
	struct file *file;
	enum status st;
	bool is_read;

	if (!node)
		return ST_OK;
	path = path_of(save, item);
	if (!path)
		return ST_NOMEM;
	if (file_create(path, &file, &save->why) != ST_OK)
		return ST_IO;
	sink.context = file;
	is_read = export_message(&save->reader, node, &sink);
	st = file_close(&file);
	arena_clear(save->reader.arena);
	if (st == ST_OK && !is_read) {
		save->why = "a message cannot be read, so it cannot be saved";
		st = ST_IO;
	}
	return st;
}

void save_mail_close(struct save_mail *save)
{
	arena_drop(&save->reader.arena);
}
