/* This file changes a BTree-on-heap record by record ([MS-PST] 2.3.2). */
#ifndef POSTMEND_EDIT_BTH_EDIT_H
#define POSTMEND_EDIT_BTH_EDIT_H

#include "edit/heap_edit.h"
#include "pst/ltp/bth.h"

struct bth_edit {
	struct heap_edit *heap;
	uint32_t header; /* HID */
	uint8_t key_len, data_len, levels;
	uint32_t root; /* HID, 0 without records */
};

/* Fails the work when it is damaged. */
void bth_edit_open(struct bth_edit *b, struct heap_edit *heap, uint32_t header);
/* An empty one. */
void bth_edit_new(struct bth_edit *b, struct heap_edit *heap, uint8_t key_len, uint8_t data_len);

/* The data of a record, valid until the next change; false when there is none. */
[[nodiscard]] bool bth_edit_find(struct bth_edit *b, struct view key, struct view *data_out);
/* Adds a record, or gives the one with this key other data. */
void bth_edit_put(struct bth_edit *b, struct view key, struct view data);
/* Nothing happens when there is none. */
void bth_edit_remove(struct bth_edit *b, struct view key);

#endif
