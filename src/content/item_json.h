/* This file writes an item of a store as one line of JSON, with every property that it has (docs/SCHEMA.md).
 */
#ifndef POSTMEND_CONTENT_ITEM_JSON_H
#define POSTMEND_CONTENT_ITEM_JSON_H

#include "check/mailbox_facts.h"
#include "content/item_letter.h"
#include "content/named_table.h"

/* Writes the line of a node and its line's end. Memory is the reader's arena, which the caller clears. */
struct item_letter_result item_json_write(const struct node_reader *reader, const struct node_fact *node,
					  const struct named_table *names, struct mail_sink *sink);

/* Writes the line of a folder, which stands before those of its items: its way from the root. */
void item_json_write_folder(const struct node_reader *reader, const struct folder_fact *const *way, size_t n,
			    struct mail_sink *sink);

#endif
