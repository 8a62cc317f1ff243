/* This file reads a message of a store as what it would be on the Internet. */
#ifndef POSTMEND_CONTENT_ITEM_LETTER_H
#define POSTMEND_CONTENT_ITEM_LETTER_H

#include "content/item_sheet.h"
#include "mail/compose.h"

/* What became of a message. */
struct item_letter_result {
	bool is_read;  /* its properties could be read */
	bool is_whole; /* nothing of it is missing */
};

/* A node's message and its properties, in the reader's arena; NULL when they cannot be read. */
struct item_letter;
struct item_letter *item_letter_open(const struct node_reader *reader, const struct node_fact *node);
const struct item_sheet *item_letter_sheet(const struct item_letter *letter);

/* Composes it, or of NULL a note that it could not be read. */
struct item_letter_result item_letter_write(struct item_letter *letter, uint32_t nid, struct mail_sink *sink);

/* Only reads it; the letter lives in the reader's arena. False when its properties cannot be read. */
[[nodiscard]] bool item_letter_read(const struct node_reader *reader, const struct node_fact *node,
				    struct letter *out);

#endif
