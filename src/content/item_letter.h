/* This file reads a message of a store as what it would be on the Internet. */
#ifndef POSTMEND_CONTENT_ITEM_LETTER_H
#define POSTMEND_CONTENT_ITEM_LETTER_H

#include "check/item_read.h"
#include "mail/compose.h"

/* What became of a message. */
struct item_letter_result {
	bool is_read;  /* its properties could be read */
	bool is_whole; /* nothing of it is missing */
};

/* Composes the message of a node. Memory is the reader's arena, which the caller clears. */
struct item_letter_result item_letter_write(const struct node_reader *reader, const struct node_fact *node,
					    struct mail_sink *sink);

/* Only reads it; the letter lives in the reader's arena. False when its properties cannot be read. */
[[nodiscard]] bool item_letter_read(const struct node_reader *reader, const struct node_fact *node,
				    struct letter *out);

#endif
