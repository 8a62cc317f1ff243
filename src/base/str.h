/* This file handles text by address and length, without a terminator.
 *
 * A str does not own its characters. It may hold any byte, NUL and broken
 * UTF-8 included: what comes from a peer is printed only by "report".
 * Case is folded for ASCII letters alone, whatever the locale.
 */
#ifndef POSTMEND_BASE_STR_H
#define POSTMEND_BASE_STR_H

#include "base/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *at;
	size_t len;
};

#define STR(literal) ((struct str){ .at = (literal), .len = sizeof(literal) - 1 })

/* NULL gives the empty text. */
struct str str_of(const char *text);
struct str str_from_view(struct view bytes);
struct view str_view(struct str s);

bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b);
bool str_is(struct str a, const char *b);        /* exact */
bool str_is_nocase(struct str a, const char *b); /* ASCII case folded */
bool str_starts(struct str s, struct str prefix);
bool str_starts_nocase(struct str s, struct str prefix);
bool str_ends_nocase(struct str s, struct str suffix);

/* Index of the first occurrence, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle);
size_t str_find_nocase(struct str s, struct str needle);
size_t str_find_char(struct str s, char c);

/* The part after `n` characters, and the first `n`; n beyond the end is the end. */
struct str str_skip(struct str s, size_t n);
struct str str_head(struct str s, size_t n);

/* Without spaces and tabs (and CR, LF) at both ends. */
struct str str_trim(struct str s);

/* Cuts the text before the first `separator` off *rest and returns it; the
 * separator is dropped. The last part leaves *rest empty with at == NULL, and
 * the call after that returns a str whose at is NULL. */
struct str str_cut(struct str *rest, char separator);

/* All characters decimal digits, value at most max: true and *out set. */
[[nodiscard]] bool str_to_u64(struct str s, uint64_t max, uint64_t *out);

char str_lower_char(char c);
bool str_is_digit(char c);
bool str_is_alpha(char c);

/* True when the bytes are well-formed UTF-8 (RFC 3629) without NUL. */
bool str_is_utf8(struct str s);

#endif
