/* This file takes the EntryIDs of a store's own objects apart and makes them ([MS-PST] 2.4.3.2). */
#ifndef POSTMEND_PST_MSG_ENTRY_ID_H
#define POSTMEND_PST_MSG_ENTRY_ID_H

#include "base/view.h"
#include "pst/ndb/ids.h"

enum { ENTRY_ID_LEN = 24, STORE_UID_LEN = 16 };

struct entry_id {
	uint32_t flags;  /* 0 */
	struct view uid; /* PidTagRecordKey of the store it means */
	struct nid nid;
};

/* False when the bytes are not as many as an EntryID has, or its flags are set. */
[[nodiscard]] bool entry_id_decode(struct view bytes, struct entry_id *out);

/* The EntryID of a node in the store with this key of STORE_UID_LEN bytes. */
void entry_id_encode(const uint8_t uid[static STORE_UID_LEN], struct nid nid,
		     uint8_t to[static ENTRY_ID_LEN]);

#endif
