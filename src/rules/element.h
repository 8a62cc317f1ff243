/* This file lists the elements that rules are made of, and how each lies in the bytes. */
#ifndef POSTMEND_RULES_ELEMENT_H
#define POSTMEND_RULES_ELEMENT_H

#include "base/cursor.h"
#include "rules/rules.h"

/* How an element's data lie behind its id. "Head" is two numbers, 1 and 0. */
enum element_layout {
	LAYOUT_NOTHING,    /* one number, 0 */
	LAYOUT_PEOPLE,     /* head, count, that many lists of properties, two numbers */
	LAYOUT_WORDS,      /* count, that many times a number and a text */
	LAYOUT_NUMBER,     /* head, number */
	LAYOUT_LEVEL,      /* head, importance */
	LAYOUT_SECRECY,    /* head, sensitivity */
	LAYOUT_TEXT,       /* head, text */
	LAYOUT_LIST,       /* head, text, with semicolons between its parts */
	LAYOUT_NARROW,     /* head, text of single bytes */
	LAYOUT_FLAGGED,    /* head, number, text, number */
	LAYOUT_FLAG,       /* head, days, text, number */
	LAYOUT_RANGE,      /* head, lowest, highest */
	LAYOUT_SPAN,       /* head, twice whether and a date */
	LAYOUT_FORMS,      /* count, that many times a number, a text and a narrow one */
	LAYOUT_PROPERTIES, /* head, text, 16-bit count of properties, count of classes */
	LAYOUT_ACCOUNT,    /* head, text, narrow text */
	LAYOUT_COMPUTER,   /* head, GUID */
	LAYOUT_BOOK,       /* head, EntryID, text */
	LAYOUT_FOLDER,     /* head, EntryIDs of folder and store, text, and since Outlook 98 a number */
	LAYOUT_CUSTOM,     /* head, four texts */
	LAYOUT_SCRIPT,     /* head, two texts */
	LAYOUT_FOLLOW_UP,  /* head, when, text */
	LAYOUT_RETENTION,  /* head, GUID, text */
};

struct element_row {
	uint32_t id;
	enum rule_part part;
	enum element_layout layout;
	const char *phrase;
};

/* The row, or NULL for an id that is not known. */
const struct element_row *element_row(uint32_t id);

/* What the versions of Outlook lay out differently. */
struct element_style {
	bool is_wide;        /* texts are UTF-16 */
	bool has_store_kind; /* the number at the end of LAYOUT_FOLDER */
};

/* Reads what stands behind the id. The cursor fails where the bytes do not fit;
 * ST_NOMEM when the arena's cap was met. */
[[nodiscard]] enum status element_read(struct arena *arena, const struct element_style *style,
				       struct cursor *c, struct rule_element *out);

/* A counted text. NULL when memory ended, "" when the cursor has failed. */
char *element_text(struct arena *arena, bool is_wide, struct cursor *c);

#endif
