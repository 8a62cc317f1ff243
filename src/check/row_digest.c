/* This file makes one number of the properties that a table's row and its object share. */
#include "check/row_digest.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "pst/ltp/property.h"
#include "pst/msg/tags.h"
#include "pst/ndb/crc.h"

/* What Outlook keeps in rows alone, or lets differ (docs/VIOLATIONS.md): status,
 * size, replication's notes 0x0E30 to 0x0E3F, the time of change, the conversation's
 * number, and what a store defines for itself. */
static const struct {
	uint16_t first, last;
} rows_own[] = {
	{ TAG_MESSAGE_SIZE, TAG_MESSAGE_SIZE },
	{ TAG_MESSAGE_STATUS, TAG_MESSAGE_STATUS },
	{ TAG_REPLICATION_ITEM, TAG_REPLICATION_ITEM | 0xF },
	{ TAG_MODIFICATION_TIME, TAG_MODIFICATION_TIME },
	{ TAG_CONVERSATION_ID, TAG_CONVERSATION_ID },
	{ TAG_STORE_OWN_FIRST, TAG_STORE_OWN_LAST },
};

bool row_digest_is_mirrored(uint32_t tag)
{
	for (size_t i = 0; i < COUNT_OF(rows_own); i++)
		if (tag >> 16 >= rows_own[i].first && tag >> 16 <= rows_own[i].last)
			return false;
	return true;
}

bool row_digest_has(const struct column_list *columns, uint32_t tag)
{
	size_t low = 0, high = columns->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (columns->tags[middle] < tag)
			low = middle + 1;
		else
			high = middle;
	}
	return low < columns->n && columns->tags[low] == tag;
}

/* The finaliser of splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xBF58476D1CE4E5B9);
	x ^= x >> 27;
	x *= UINT64_C(0x94D049BB133111EB);
	return x ^ x >> 31;
}

uint64_t row_digest_of(uint32_t tag, struct view value)
{
	struct cursor c = cursor_of(value);
	uint8_t truth;

	if (value.len == 0)
		return 0;
	if ((tag & 0xFFFF) == PTYP_BOOLEAN) {
		truth = cursor_u8(&c) != 0;
		value = view_of(&truth, 1);
	}
	return mix(mix(tag) ^ ((uint64_t)value.len << 32 | pst_crc(value)));
}
