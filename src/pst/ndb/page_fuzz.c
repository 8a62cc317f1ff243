/* This file feeds the readers of pages with anything; the first byte says which kind of store. */
#include "pst/ndb/page.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Entries are given out inside the page or not at all. */
static void read_entries(const struct variant *v, struct view page)
{
	struct btree_page p;
	struct btree_index_entry index;
	struct bbt_entry block;
	struct nbt_entry node;

	if (!btree_page_decode(v, page, &p))
		return;
	for (uint64_t i = 0; i <= p.n; i++) {
		bool fits = (i + 1) * p.entry_len <= v->entries_len && p.entry_len >= v->nbt_entry_len;

		(void)btree_index_at(v, page, p.entry_len, i, &index);
		(void)bbt_entry_at(v, page, p.entry_len, i, &block);
		if (nbt_entry_at(v, page, p.entry_len, i, &node) != fits && fits)
			__builtin_trap();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const enum page_type types[] = { PAGE_BBT, PAGE_NBT, PAGE_AMAP, PAGE_DLIST };
	const struct variant *v = variant_of((enum variant_kind)(len ? bytes[0] % VARIANT_COUNT : 0));
	uint8_t page[PAGE_LEN_MAX] = { 0 };
	struct page_trailer t;

	if (len < 1)
		return 0;
	(void)page_trailer_decode(v, view_of(bytes + 1, len - 1), &t);
	read_entries(v, view_of(bytes + 1, len - 1));
	memcpy(page, bytes + 1, len - 1 < v->page_len ? len - 1 : v->page_len);
	read_entries(v, view_of(page, v->page_len));
	for (unsigned i = 0; i < 4; i++) {
		struct ib at = { v->first_amap + i * v->page_len };
		struct bid bid = { 4 + i };

		(void)page_faults(v, view_of(page, v->page_len), types[i], at, bid);
		page_seal(v, types[i], at, bid, page);
		if (page_faults(v, view_of(page, v->page_len), types[i], at, bid) != 0)
			__builtin_trap();
	}
	return 0;
}
