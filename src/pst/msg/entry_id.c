/* This file takes the EntryIDs of a store's own objects apart. */
#include "pst/msg/entry_id.h"

#include "base/cursor.h"

bool entry_id_decode(struct view bytes, struct entry_id *out)
{
	struct cursor c = cursor_of(bytes);

	out->flags = cursor_u32le(&c);
	out->uid = cursor_take(&c, STORE_UID_LEN);
	out->nid.v = cursor_u32le(&c);
	return cursor_done(&c) && out->flags == 0;
}
