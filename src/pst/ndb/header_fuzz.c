/* This file feeds the reader of headers with anything, as each kind of store. */
#include "pst/ndb/header.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* What is written and read again is the same. */
static void try_variant(const struct variant *v, struct view bytes)
{
	uint8_t copy[HEADER_LEN_MAX];
	struct header header, again;

	if (!header_decode(v, bytes, &header))
		return;
	memcpy(copy, bytes.at, v->header_len);
	header_encode(v, &header, copy);
	if (!header_decode(v, view_of(copy, v->header_len), &again) ||
	    memcmp(&header, &again, sizeof header) != 0)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct variant *v = variant_of_version(header_version(view_of(bytes, len)));

	if (v)
		try_variant(v, view_of(bytes, len));
	for (int kind = 0; kind < VARIANT_COUNT; kind++)
		try_variant(variant_of((enum variant_kind)kind), view_of(bytes, len));
	return 0;
}
