/* This file lists the nodes that a store has for itself. */
#include "pst/msg/special.h"

#include "base/checked.h"

/* What every store has that was seen; writers have added columns since, and
 * none has left one of these out ([MS-PST] 2.4.4.4.1, 2.4.4.5.1, 2.4.5.3.1, 2.4.6.1.1). */
static const uint32_t hierarchy[] = {
	0x3001001F, 0x36020003, 0x36030003, 0x360A000B, 0x67F20003, 0x67F30003
};
static const uint32_t contents[] = { 0x001A001F, 0x0037001F, 0x0042001F, 0x0E04001F, 0x0E060040,
				     0x0E070003, 0x0E080003, 0x0E170003, 0x67F20003, 0x67F30003 };
static const uint32_t associated[] = { 0x001A001F, 0x0E070003, 0x3001001F, 0x67F20003, 0x67F30003 };
static const uint32_t found[] = { 0x0037001F, 0x0E070003, 0x67F20003, 0x67F30003 };
static const uint32_t attachments[] = { 0x0E200003, 0x37050003, 0x370B0003, 0x67F20003, 0x67F30003 };
static const uint32_t recipients[] = { 0x0C150003, 0x3001001F, 0x67F20003, 0x67F30003 };

#define COLUMNS(array) array, COUNT_OF(array)

static const struct special_row rows[] = {
	{ 0x60D, SPECIAL_TEMPLATE, "hierarchy table template", COLUMNS(hierarchy) },
	{ 0x60E, SPECIAL_TEMPLATE, "contents table template", COLUMNS(contents) },
	{ 0x60F, SPECIAL_TEMPLATE, "associated contents table template", COLUMNS(associated) },
	{ 0x610, SPECIAL_TEMPLATE, "search contents table template", COLUMNS(found) },
	{ 0x671, SPECIAL_TEMPLATE, "attachment table template", COLUMNS(attachments) },
	{ 0x692, SPECIAL_TEMPLATE, "recipient table template", COLUMNS(recipients) },
	{ 0x61, SPECIAL_WANTED, "map of named properties", NULL, 0 },
	{ 0x1E1, SPECIAL_WANTED, "search management queue", NULL, 0 },
	{ 0x201, SPECIAL_WANTED, "search activity list", NULL, 0 },
	{ 0x6B6, SPECIAL_WANTED, "template 0x6B6", NULL, 0 },
	{ 0x6D7, SPECIAL_WANTED, "template 0x6D7", NULL, 0 },
	{ 0x6F8, SPECIAL_WANTED, "template 0x6F8", NULL, 0 },
	{ 0xEC1, SPECIAL_WANTED, "search folder update queue", NULL, 0 },
};

const struct special_row *special_row(size_t i)
{
	return i < COUNT_OF(rows) ? &rows[i] : NULL;
}

const struct special_row *special_template(enum nid_type type)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (rows[i].need == SPECIAL_TEMPLATE && nid_type((struct nid){ rows[i].nid }) == type)
			return &rows[i];
	return NULL;
}

bool special_tag_is(uint32_t tag, uint32_t wanted)
{
	return tag == wanted || ((wanted & 0xFFFF) == 0x1F && tag == wanted - 1);
}
