/* This file keeps the lists of keys of a hive that is being changed; for the room itself. */
#ifndef POSTMEND_HIVE_EDIT_LISTS_H
#define POSTMEND_HIVE_EDIT_LISTS_H

#include "hive/edit.h"

/* Puts a key below another one, at its place in the order of names; and takes it away. */
[[nodiscard]] enum status edit_lists_add(struct hive_edit *edit, uint32_t parent_at, uint32_t key_at);
[[nodiscard]] enum status edit_lists_remove(struct hive_edit *edit, uint32_t parent_at, uint32_t key_at);

/* Frees a key's list and its leaves. */
[[nodiscard]] enum status edit_lists_free(struct hive_edit *edit, uint32_t list_at);

#endif
