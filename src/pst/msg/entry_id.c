/* This file takes the EntryIDs of a store's own objects apart and makes them. */
#include "pst/msg/entry_id.h"

#include "base/cursor.h"
#include "pst/ndb/field.h"

#include <string.h>

bool entry_id_decode(struct view bytes, struct entry_id *out)
{
	struct cursor c = cursor_of(bytes);

	out->flags = cursor_u32le(&c);
	out->uid = cursor_take(&c, STORE_UID_LEN);
	out->nid.v = cursor_u32le(&c);
	return cursor_done(&c) && out->flags == 0;
}

void entry_id_encode(const uint8_t uid[static STORE_UID_LEN], struct nid nid, uint8_t to[static ENTRY_ID_LEN])
{
	memset(to, 0, 4);
	memcpy(to + 4, uid, STORE_UID_LEN);
	field_put(to + 4 + STORE_UID_LEN, 4, nid.v);
}
