/* This file holds all properties of an item that is asked for many of them. */
#include "content/item_sheet.h"

#include "pst/msg/text.h"

/* What item_property() holds in memory at most. */
enum { VALUE_BYTES_MAX = 1 << 20 };

static bool keep(void *context, const struct property *property, struct view value)
{
	struct item_sheet *s = context;
	struct sheet_row *rows =
		arena_grown(s->item->reader->arena, s->rows, s->n, &s->room, sizeof *s->rows);

	s->failed = !rows;
	if (!rows)
		return false;
	s->rows = rows;
	s->rows[s->n++] = (struct sheet_row){ *property, value };
	return true;
}

void item_sheet_fill(const struct item *item, struct item_sheet *out)
{
	struct item_walk walk = { out, keep };

	*out = (struct item_sheet){ .item = item };
	item_properties(item, &walk);
}

/* Of two properties of one number, which a damaged store may have, the first counts. */
static const struct sheet_row *find(const struct item_sheet *sheet, uint16_t id)
{
	for (size_t i = 0; i < sheet->n; i++)
		if (sheet->rows[i].property.id == id)
			return &sheet->rows[i];
	return NULL;
}

static bool is_at_hand(const struct sheet_row *row)
{
	return property_is_inline(&row->property) || row->value.at;
}

bool item_sheet_head(const struct item_sheet *sheet, uint16_t id, struct property *property_out,
		     struct view *value_out)
{
	const struct sheet_row *row = find(sheet, id);

	*property_out = (struct property){ 0 };
	*value_out = view_of(NULL, 0);
	if (!row && !sheet->failed)
		return false;
	if (!row || !is_at_hand(row))
		return item_property_head(sheet->item, id, property_out, value_out);
	*property_out = row->property;
	*value_out = row->value;
	return true;
}

bool item_sheet_long(const struct item_sheet *sheet, uint16_t id, size_t max, struct property *property_out,
		     struct view *value_out)
{
	const struct sheet_row *row = find(sheet, id);

	if ((row && is_at_hand(row)) || (!row && !sheet->failed))
		return item_sheet_head(sheet, id, property_out, value_out);
	return item_property_long(sheet->item, id, max, property_out, value_out);
}

bool item_sheet_integer(const struct item_sheet *sheet, uint16_t id, uint32_t *out)
{
	struct property p;
	struct view value;

	if (!item_sheet_head(sheet, id, &p, &value) || !property_is_inline(&p))
		return false;
	*out = property_type_len(p.type) == 1 ? p.value & 0xFF : p.value;
	return true;
}

const char *item_sheet_text(const struct item_sheet *sheet, uint16_t id, size_t max)
{
	struct property p;
	struct view value;

	if (!item_sheet_long(sheet, id, VALUE_BYTES_MAX, &p, &value) ||
	    (p.type != PTYP_STRING && p.type != PTYP_STRING_8))
		return NULL;
	return text_of(sheet->item->reader->arena, p.type, value, max);
}
