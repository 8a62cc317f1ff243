/* This file says what a file is that is no Outlook store.
 *
 * A guess from its first bytes alone, for people who picked the wrong file: it
 * never says that a store is sound, and what it does not know is "other".
 */
#ifndef POSTMEND_CHECK_SNIFF_H
#define POSTMEND_CHECK_SNIFF_H

#include "base/view.h"

#include <stdint.h>

/* Far enough for the first allocation map of every kind of store. */
enum { SNIFF_LEN = 0x23000 };

struct sniffed {
	const char *word; /* for machines: "html", "mbox" … */
	const char *text; /* for people: "a web page (HTML)" */
	const char *what_to_do;
};

/* `head` is the file's first bytes, SNIFF_LEN of them or the whole file, `size`
 * the whole file's. NULL for what begins as a store does. */
const struct sniffed *sniff(struct view head, uint64_t size);

#endif
