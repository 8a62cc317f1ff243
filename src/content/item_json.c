/* This file writes an item of a store as one line of JSON. */
#include "content/item_json.h"
#include "content/item_value.h"

#include "check/mailbox_facts.h"
#include "check/row_read.h"
#include "content/property_json.h"
#include "pst/msg/entry_id.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

enum { TAG_PAGE = 0x3FFD, DEPTH_MAX = 32, WHOLE_MAX = 8 << 20 };

/* An item on its way out: a message or an attachment. */
struct writing {
	const struct node_reader *reader;
	struct property_json to;
	struct item item;
	unsigned depth;
	bool is_whole;
	size_t n; /* written so far, of what stands in a list */
};

static bool give_block(void *context, struct view data)
{
	encode_base64_add(context, data);
	return true;
}

/* Bytes of a subnode, of any length, on the one line. */
static void put_tree(struct writing *w, uint64_t data)
{
	struct encode_base64 e = { .sink = w->to.sink, .unbroken = true };
	struct node_walk walk = { &e, give_block };

	mail_put_text(w->to.sink, "\"");
	w->is_whole = node_data_walk(w->reader, (struct bid){ data }, &walk) && w->is_whole;
	encode_base64_end(&e);
	mail_put_text(w->to.sink, "\"");
}

static void put_lost(struct writing *w)
{
	w->is_whole = false;
	mail_put_text(w->to.sink, "\"lost\":true");
}

static bool is_text(uint16_t type)
{
	return type == PTYP_STRING || type == PTYP_STRING_8;
}

/* A value that lies in a subnode: decoded where that is worth it, else as it is. */
static void put_subnode(struct writing *w, const struct property *p)
{
	struct property again;
	struct subnode sub;
	struct view value;

	if (p->type != PTYP_BINARY && item_property_long(&w->item, p->id, WHOLE_MAX, &again, &value)) {
		property_json_value(&w->to, p->type, value);
	} else if (item_subnode(&w->item, p->value, &sub)) {
		mail_put_text(w->to.sink, is_text(p->type)
						  ? p->type == PTYP_STRING ? "\"utf16\":" : "\"bytes\":"
						  : "\"base64\":");
		put_tree(w, sub.data);
	} else {
		put_lost(w);
	}
}

/* What a value of type object names: of an OLE attachment a subnode with its bytes. */
static void put_object(struct writing *w, struct view value)
{
	struct cursor c = cursor_of(value);
	struct subnode sub;

	if (!item_subnode(&w->item, cursor_u32le(&c), &sub)) {
		put_lost(w);
		return;
	}
	mail_put_text(w->to.sink, "\"base64\":");
	put_tree(w, sub.data);
}

static bool put_property(void *context, const struct property *p, struct view value)
{
	struct writing *w = context;

	/* The message itself stands beside the properties. */
	if (p->type == PTYP_OBJECT && p->id == TAG_ATTACH_DATA && item_value_embedded(&w->item))
		return true;
	/* Records of zeros, which some programs leave, are no property. */
	if (p->id == 0 && p->type == 0)
		return true;
	mail_put_text(w->to.sink, w->n++ ? "," : "");
	property_json_open(&w->to, p->id, p->type);
	if (p->type == PTYP_OBJECT)
		put_object(w, value);
	else if (property_is_inline(p) || hnid_is_hid(p->value))
		property_json_value(&w->to, p->type, value);
	else
		put_subnode(w, p);
	mail_put_text(w->to.sink, "}");
	return !w->to.sink->failed;
}

static void put_properties(struct writing *w)
{
	struct item_walk walk = { w, put_property };

	w->n = 0;
	mail_put_text(w->to.sink, "\"properties\":[");
	item_properties(&w->item, &walk);
	mail_put_text(w->to.sink, "]");
}

static bool put_recipient(void *context, const struct table *table, struct view row)
{
	struct writing *w = context;
	size_t n = 0;

	mail_put_text(w->to.sink, w->n++ ? ",[" : "[");
	for (size_t i = 0; i < table->n_columns; i++) {
		uint32_t tag = table->columns[i].tag;
		struct view cell;

		if (tag == TABLE_ROW_ID || tag == TABLE_ROW_VERSION || !row_read_cell(table, row, tag, &cell))
			continue;
		mail_put_text(w->to.sink, n++ ? "," : "");
		property_json_open(&w->to, (uint16_t)(tag >> 16), (uint16_t)tag);
		property_json_value(&w->to, (uint16_t)tag, cell);
		mail_put_text(w->to.sink, "}");
	}
	mail_put_text(w->to.sink, "]");
	return !w->to.sink->failed;
}

static void put_recipients(struct writing *w)
{
	struct row_read rows = { .context = w, .row = put_recipient, .cells = true };
	struct subnode sub;

	w->n = 0;
	if (!item_subnode(&w->item, SPECIAL_RECIPIENT_TABLE, &sub))
		return;
	mail_put_text(w->to.sink, ",\"recipients\":[");
	w->is_whole = row_read_table(w->reader, sub.data, sub.subnode, &rows) && w->is_whole;
	mail_put_text(w->to.sink, "]");
}

static void put_item(struct writing *w);

/* False when the message inside is not to be read. */
static bool put_embedded(struct writing *holder, uint32_t nid)
{
	struct writing *w = arena_alloc(holder->to.arena, sizeof *w);
	struct subnode sub;

	if (!w)
		return false;
	*w = (struct writing){
		.reader = holder->reader, .to = holder->to, .depth = holder->depth + 1, .is_whole = true
	};
	if (w->depth > DEPTH_MAX || !item_subnode(&holder->item, nid, &sub) ||
	    !item_open_part(w->reader, sub.data, sub.subnode, &w->item))
		return false;
	mail_put_text(w->to.sink, "{");
	put_item(w);
	mail_put_text(w->to.sink, "}");
	return w->is_whole;
}

static void put_attachment(struct writing *holder, const struct subnode *sub)
{
	struct writing w = {
		.reader = holder->reader, .to = holder->to, .depth = holder->depth, .is_whole = true
	};
	uint32_t embedded;

	if (!item_open_part(w.reader, sub->data, sub->subnode, &w.item)) {
		put_lost(holder);
		return;
	}
	put_properties(&w);
	embedded = item_value_embedded(&w.item);
	if (embedded) {
		mail_put_text(w.to.sink, ",\"message\":");
		if (!put_embedded(&w, embedded))
			w.is_whole = false;
	}
	holder->is_whole = holder->is_whole && w.is_whole;
}

static void put_attachments(struct writing *w)
{
	struct subnode_list list;
	size_t n = 0;

	if (subnode_list_read(w->reader, (struct bid){ w->item.subnode }, &list) != ST_OK) {
		w->is_whole = false;
		return;
	}
	w->is_whole = w->is_whole && list.whole;
	for (size_t i = 0; i < list.n && !w->to.sink->failed; i++) {
		if (nid_type((struct nid){ list.rows[i].nid }) != NID_TYPE_ATTACHMENT)
			continue;
		mail_put_text(w->to.sink, n++ ? ",{" : ",\"attachments\":[{");
		put_attachment(w, &list.rows[i]);
		mail_put_text(w->to.sink, "}");
	}
	mail_put_text(w->to.sink, n ? "]" : "");
}

static void put_item(struct writing *w)
{
	uint32_t page = 0;

	if (item_integer(&w->item, TAG_PAGE, &page) && page)
		w->to.page = page;
	put_properties(w);
	put_recipients(w);
	put_attachments(w);
}

struct item_letter_result item_json_write(const struct node_reader *reader, const struct node_fact *node,
					  const struct named_table *names, struct mail_sink *sink)
{
	bool is_message = nid_type((struct nid){ node->nid }) == NID_TYPE_NORMAL_MESSAGE, is_read;
	struct writing w = {
		.reader = reader,
		.to = { .sink = sink, .arena = reader->arena, .names = names },
		.is_whole = true,
	};

	mail_put_text(sink,
		      is_message ? "{\"kind\":\"message\",\"node\":" : "{\"kind\":\"associated\",\"node\":");
	json_text_put_hex(sink, node->nid, 1);
	mail_put_text(sink, ",");
	is_read = item_open(reader, node, &w.item);
	if (is_read)
		put_item(&w);
	else
		put_lost(&w);
	mail_put_text(sink, "}\n");
	return (struct item_letter_result){ is_read, w.is_whole && !arena_failed(reader->arena) };
}

/* What the store object calls a folder, or NULL. */
static const char *role_of(const struct node_reader *reader, uint32_t nid)
{
	static const struct {
		uint16_t id;
		const char *word;
	} roles[] = {
		{ TAG_IPM_SUBTREE, "top" },
		{ TAG_IPM_WASTEBASKET, "deleted" },
		{ TAG_FINDER, "finder" },
		{ TAG_IPM_OUTBOX, "outbox" },
		{ TAG_IPM_SENT_MAIL, "sent" },
		{ TAG_VIEWS, "views" },
		{ TAG_COMMON_VIEWS, "common-views" },
	};
	const struct node_fact *node = facts_node(reader->facts, (struct nid){ SPECIAL_MESSAGE_STORE });
	struct property p;
	struct entry_id e;
	struct view value;
	struct item item;

	if (!node || !item_open(reader, node, &item))
		return NULL;
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		if (item_property(&item, roles[i].id, &p, &value) && entry_id_decode(value, &e) &&
		    e.nid.v == nid)
			return roles[i].word;
	return NULL;
}

static void put_folder(const struct node_reader *reader, const struct folder_fact *folder,
		       struct mail_sink *sink)
{
	const struct node_fact *node = facts_node(reader->facts, (struct nid){ folder->nid });
	const char *role = role_of(reader, folder->nid), *class = NULL;
	struct item item;

	mail_put_text(sink, "{\"node\":");
	json_text_put_hex(sink, folder->nid, 1);
	mail_put_text(sink, ",\"name\":");
	json_text_put(sink, str_of(folder->name));
	if (role) {
		mail_put_text(sink, ",\"role\":");
		json_text_put(sink, str_of(role));
	}
	if (node && item_open(reader, node, &item))
		class = item_text(&item, reader->arena, TAG_CONTAINER_CLASS, 200);
	if (class && *class) {
		mail_put_text(sink, ",\"class\":");
		json_text_put(sink, str_of(class));
	}
	mail_put_text(sink, "}");
}

void item_json_write_folder(const struct node_reader *reader, const struct folder_fact *const *way, size_t n,
			    struct mail_sink *sink)
{
	mail_put_text(sink, "{\"schema\":\"postmend-items/1\",\"kind\":\"folder\",\"path\":[");
	for (size_t i = 0; i < n; i++) {
		mail_put_text(sink, i ? "," : "");
		put_folder(reader, way[i], sink);
	}
	mail_put_text(sink, "]}\n");
}
