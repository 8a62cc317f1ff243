/* This file gives made stores a file to go to; what cannot be written ends the maker. */
#ifndef POSTMEND_TESTS_MAKERS_STORE_OUT_FILE_H
#define POSTMEND_TESTS_MAKERS_STORE_OUT_FILE_H

#include "plan.h"
#include "write/store_out.h"

#include <stdio.h>

struct libdeflate_compressor;

struct store_out_file {
	struct arena *arena;
	struct store_sink sink;
	struct store_out *store;
	FILE *file;
	const char *kinds_path;
	uint8_t *kinds; /* of each byte so far; NULL when nobody asked */
	size_t kinds_len;
	struct libdeflate_compressor *compressor;
};

/* The store's own key, by which its EntryIDs name it. */
void store_out_file_key(const struct plan *plan, uint8_t key[STORE_KEY_LEN]);

/* A writer into the path, as the plan wants it. */
struct store_out *store_out_file_open(struct store_out_file *to, const struct plan *plan, const char *path);
void store_out_file_close(struct store_out_file *to);

#endif
