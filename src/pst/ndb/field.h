/* This file describes on-disk structures as tables: one description for
 * decoding, encoding, evidence and field-by-field fuzzing.
 *
 * A decoded structure is a plain struct whose integer members are all
 * uint64_t; a row says where the value lies on disk and in that struct.
 */
#ifndef POSTMEND_PST_NDB_FIELD_H
#define POSTMEND_PST_NDB_FIELD_H

#include "base/cursor.h"
#include "base/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_use {
	FIELD_CHECKED, /* an invariant speaks of it: a change must be found */
	FIELD_OPAQUE,  /* kept as it is, means nothing to us */
};

struct field {
	const char *name; /* the specification's */
	uint16_t at;      /* bytes from the start of the structure */
	uint16_t width;   /* checked and 1, 2, 4 or 8: a little-endian integer; else raw bytes */
	uint16_t member;  /* offsetof the uint64_t in the decoded struct; unused for raw bytes */
	enum field_use use;
	const char *section; /* of [MS-PST] */
};

struct field_table {
	const char *name; /* of the structure */
	const struct field *rows;
	size_t n;
};

static inline bool field_is_integer(const struct field *field)
{
	return field->use == FIELD_CHECKED &&
	       (field->width == 1 || field->width == 2 || field->width == 4 || field->width == 8);
}

/* Fills the members of `out` that the table names. False when the bytes end
 * before the last field; then `out` holds zeros for what is missing. */
[[nodiscard]] bool field_decode(const struct field_table *table, struct view bytes, void *out);

/* Writes the integer fields of `in` over `bytes`, which is at least as long as
 * the table reaches; raw fields are left alone. */
void field_encode(const struct field_table *table, const void *in, uint8_t *bytes);

/* `len` bytes of a structure from `at`; empty when they leave it. */
struct view field_part(struct view bytes, uint64_t at, uint64_t len);

/* One integer, little-endian, into `width` bytes. */
void field_put(uint8_t *to, size_t width, uint64_t value);

#endif
