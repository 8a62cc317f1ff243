/* This file keeps a store that is being written in memory, only what was written of it, and refuses on
 * demand. */
#ifndef POSTMEND_TESTS_MAKERS_SPARSE_H
#define POSTMEND_TESTS_MAKERS_SPARSE_H

#include "pst/image.h"
#include "pst/store_sink.h"

struct sparse {
	struct store_sink sink;
	struct image image; /* its size is where the last byte was written */
	uint8_t **pages;
	uint64_t n_writes, fail_at; /* the n-th write and all after it fail; 0: none */
	uint64_t bytes;             /* written */
	uint64_t smallest;          /* offset of the last write */
};

void sparse_init(struct sparse *sparse);
void sparse_fini(struct sparse *sparse);

#endif
