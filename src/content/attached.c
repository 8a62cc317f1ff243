/* This file judges a message's recipients and attachments as a server would. */
#include "content/attached.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "base/str.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "pst/msg/text.h"

#include <string.h>

enum {
	TAG_ADDRESS_TYPE = 0x3002,
	TAG_ADDRESS = 0x3003,
	TAG_SMTP_ADDRESS = 0x39FE,
	TAG_FILE_NAME = 0x3704,
	TAG_LONG_FILE_NAME = 0x3707,
};

/* What the large providers and Outlook itself refuse. */
static const char *const refused[] = {
	".ade", ".adp", ".app", ".appx", ".bat", ".chm", ".cmd", ".com", ".cpl", ".dll",
	".dmg", ".exe", ".hta", ".ins",  ".isp", ".iso", ".jar", ".js",  ".jse", ".lib",
	".lnk", ".mde", ".msc", ".msi",  ".msp", ".mst", ".pif", ".ps1", ".scr", ".sct",
	".shb", ".sys", ".vb",  ".vbe",  ".vbs", ".vhd", ".wsc", ".wsf", ".wsh",
};

struct parts {
	struct desk *desk;
	const struct item *item;
	struct attached_facts *out;
};

static const char *cell_text(struct parts *p, const struct table *table, struct view row, uint16_t id)
{
	struct view cell;

	if (row_read_cell(table, row, (uint32_t)id << 16 | PTYP_STRING, &cell))
		return text_of(p->desk->setting->arena, PTYP_STRING, cell, DESK_TEXT_MAX);
	if (row_read_cell(table, row, (uint32_t)id << 16 | PTYP_STRING_8, &cell))
		return text_of(p->desk->setting->arena, PTYP_STRING_8, cell, DESK_TEXT_MAX);
	return NULL;
}

/* Something in front of the @ and a name behind it, without blanks. */
static bool is_address(const char *text)
{
	struct str s = str_of(text);
	size_t at = str_find_char(s, '@');

	return at != SIZE_MAX && at > 0 && at + 1 < s.len && str_find_char(s, ' ') == SIZE_MAX &&
	       str_find_char(str_skip(s, at + 1), '@') == SIZE_MAX;
}

static bool on_recipient(void *context, const struct table *table, struct view row)
{
	struct parts *p = context;
	const char *type = cell_text(p, table, row, TAG_ADDRESS_TYPE);
	const char *address = cell_text(p, table, row, TAG_ADDRESS);
	const char *smtp = cell_text(p, table, row, TAG_SMTP_ADDRESS);
	const char *name = cell_text(p, table, row, TAG_DISPLAY_NAME);
	bool is_smtp = !type || str_is_nocase(str_of(type), "SMTP");

	p->out->n_recipients++;
	/* Of other kinds of address nobody can tell from here. */
	if (p->out->bad_address || !is_smtp || (smtp && is_address(smtp)) || (address && is_address(address)))
		return true;
	p->out->bad_address = address && *address ? address : name && *name ? name : "without an address";
	return true;
}

static bool is_refused(const char *name)
{
	for (size_t i = 0; name && i < COUNT_OF(refused); i++)
		if (str_ends_nocase(str_of(name), str_of(refused[i])))
			return true;
	return false;
}

static bool on_attachment(void *context, const struct table *table, struct view row)
{
	struct parts *p = context;
	const struct node_reader *reader = &p->desk->reader;
	struct cursor c = cursor_of(row);
	struct subnode sub;
	struct item attachment;
	const char *name;

	(void)table;
	p->out->n_attachments++;
	if (p->out->refused_name || !item_subnode(p->item, cursor_u32le(&c), &sub) ||
	    !item_open_part(reader, sub.data, sub.subnode, &attachment))
		return true;
	name = item_text(&attachment, p->desk->setting->arena, TAG_LONG_FILE_NAME, DESK_TEXT_MAX);
	if (!name)
		name = item_text(&attachment, p->desk->setting->arena, TAG_FILE_NAME, DESK_TEXT_MAX);
	if (is_refused(name))
		p->out->refused_name = name;
	return true;
}

static bool read_table(struct parts *p, uint32_t nid,
		       bool (*row)(void *context, const struct table *table, struct view row))
{
	struct row_read rows = { .context = p, .row = row, .cells = true };
	struct subnode sub;

	return item_subnode(p->item, nid, &sub) &&
	       row_read_table(&p->desk->reader, sub.data, sub.subnode, &rows);
}

void attached_read(struct desk *desk, const struct item *item, struct attached_facts *out)
{
	struct parts p = { desk, item, out };
	struct subnode sub;

	*out = (struct attached_facts){ 0 };
	out->recipients_known = read_table(&p, SPECIAL_RECIPIENT_TABLE, on_recipient) ||
				!item_subnode(item, SPECIAL_RECIPIENT_TABLE, &sub);
	(void)read_table(&p, SPECIAL_ATTACHMENT_TABLE, on_attachment);
}
