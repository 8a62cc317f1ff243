/* This file reads which folders the store itself names. */
#ifndef POSTMEND_SALVAGE_NAMED_FOLDERS_H
#define POSTMEND_SALVAGE_NAMED_FOLDERS_H

#include "salvage/work.h"

enum { NAMED_FOLDERS_MAX = 8 };

/* A folder, and the one that it belongs in ([MS-PST] 2.4.3, 2.4.4). */
struct named_folder {
	uint32_t nid, parent;
};

/* Those that the message store's properties name; how many. */
size_t named_folders_read(struct salvage_work *work, struct named_folder out[static NAMED_FOLDERS_MAX]);

#endif
