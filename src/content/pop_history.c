/* This file reads what Outlook notes about mail that it fetched by POP. */
#include "content/pop_history.h"

#include "base/cursor.h"
#include "base/str.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

enum { LIST_VERSION = 3, LIST_MAX = 32 << 20 };

static const char class_of_notes[] = "IPM.MessageManager";

bool pop_history_count(struct view list, uint64_t *n_out)
{
	struct cursor c = cursor_of(list);
	uint32_t version = cursor_u16le(&c), count = cursor_u16le(&c);
	uint64_t n = 0;
	struct str rest = str_from_view(cursor_take(&c, cursor_left(&c)));

	*n_out = 0;
	if (!cursor_ok(&c) || version != LIST_VERSION)
		return false;
	while (rest.len && n < count) {
		size_t end = str_find_char(rest, '\0');

		if (end == SIZE_MAX)
			return false;
		rest = str_skip(rest, end + 1);
		n++;
	}
	*n_out = n;
	return n == count;
}

struct noting {
	struct desk *desk;
	const struct item *message;
	struct pop_history *out;
};

static bool on_attachment(void *context, const struct table *table, struct view row)
{
	struct noting *n = context;
	struct cursor c = cursor_of(row);
	struct subnode sub;
	struct property p;
	struct view list;
	struct item file;
	uint64_t count;

	(void)table;
	if (!item_subnode(n->message, cursor_u32le(&c), &sub) ||
	    !item_open_part(&n->desk->reader, sub.data, sub.subnode, &file) ||
	    !item_property_long(&file, TAG_ATTACH_DATA, LIST_MAX, &p, &list)) {
		n->out->n_damaged++;
		return true;
	}
	c = cursor_of(list);
	if (cursor_u16le(&c) != LIST_VERSION) {
		n->out->n_other++;
		return true;
	}
	n->out->n_lists++;
	n->out->n_damaged += !pop_history_count(list, &count);
	n->out->n_messages += count;
	return true;
}

static bool is_note(const struct desk *desk, const struct item *item)
{
	const char *class = item_text(item, desk->reader.arena, TAG_MESSAGE_CLASS, DESK_TEXT_MAX);

	return class && str_is_nocase(str_of(class), class_of_notes);
}

void pop_history_read(struct desk *desk, struct pop_history *out)
{
	*out = (struct pop_history){ 0 };
	for (size_t i = 0; i < desk->facts->n_nodes; i++) {
		struct item item;
		struct noting noting = { desk, &item, out };
		struct row_read rows = { .context = &noting, .row = on_attachment, .cells = true };
		struct subnode sub;

		if (desk_is_associated(&desk->facts->nodes[i]) &&
		    item_open(&desk->reader, &desk->facts->nodes[i], &item) && is_note(desk, &item) &&
		    item_subnode(&item, SPECIAL_ATTACHMENT_TABLE, &sub))
			(void)row_read_table(&desk->reader, sub.data, sub.subnode, &rows);
		arena_clear(desk->reader.arena);
	}
}
