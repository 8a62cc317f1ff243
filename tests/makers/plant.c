/* This file changes one thing of a made store in memory: fields, pages, entries of trees, maps. */
#include "plant.h"

#include "pst/ndb/maps.h"

#include <sys/mman.h>

enum { PLANT_ARENA_MAX = 64 << 20 };

void plant_start(struct plant *p, const struct made *made, bool wrong)
{
	*p = (struct plant){ .made = made,
			     .v = made->facts ? made->facts->variant : NULL,
			     .facts = made->facts,
			     .arena = arena_new(PLANT_ARENA_MAX),
			     .size = made->size,
			     .wrong = wrong,
			     .refused_at = UINT64_MAX };
	p->bytes = mmap(NULL, made->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, made->file, 0);
	assert(p->arena && p->bytes != MAP_FAILED);
}

void plant_end(struct plant *p)
{
	arena_drop(&p->arena);
	munmap(p->bytes, p->made->size);
}

static enum status read_memory(const struct image *image, uint64_t at, void *to, size_t len)
{
	const struct plant *p = image->context;

	if (p->refused_at >= at && p->refused_at - at < len) {
		memset(to, 0, len);
		return ST_IO;
	}
	if (at < p->made->size)
		memcpy(to, p->bytes + at, len < p->made->size - at ? len : (size_t)(p->made->size - at));
	if (at + len > p->made->size) {
		size_t beyond = at < p->made->size ? (size_t)(at + len - p->made->size) : len;

		memset((uint8_t *)to + len - beyond, 0, beyond);
	}
	return ST_OK;
}

struct image plant_image(struct plant *p)
{
	return (struct image){ .size = p->size, .read = read_memory, .context = p };
}

static const struct field *field_named(const struct field_table *table, const char *name)
{
	for (size_t i = 0; i < table->n; i++)
		if (strcmp(table->rows[i].name, name) == 0)
			return &table->rows[i];
	fprintf(stderr, "planted: %s has no field %s\n", table->name, name);
	abort();
}

uint64_t plant_get(const struct plant *p, const struct field_table *table, const char *name, uint64_t at)
{
	const struct field *f = field_named(table, name);
	uint64_t value = 0;

	for (size_t i = f->width; i-- > 0;)
		value = value << 8 | p->bytes[at + f->at + i];
	return value;
}

void plant_set(struct plant *p, const struct field_table *table, const char *name, uint64_t at,
	       uint64_t value)
{
	const struct field *f = field_named(table, name);

	field_put(p->bytes + at + f->at, f->width, value);
}

uint64_t plant_header(const struct plant *p, const char *name)
{
	return plant_get(p, header_fields(p->v), name, 0);
}

uint64_t plant_header_at(const struct plant *p, const char *name)
{
	return field_named(header_fields(p->v), name)->at;
}

void plant_header_seal(struct plant *p)
{
	uint32_t partial, full;

	header_checksums(p->v, view_of(p->bytes, p->v->header_len), &partial, &full);
	plant_set(p, header_fields(p->v), "dwCRCPartial", 0, partial);
	if (p->v->kind != VARIANT_ANSI)
		plant_set(p, header_fields(p->v), "dwCRCFull", 0, full);
}

void plant_header_set(struct plant *p, const char *name, uint64_t value)
{
	plant_set(p, header_fields(p->v), name, 0, value);
	plant_header_seal(p);
}

static uint64_t trailer_at(const struct plant *p, uint64_t page_at)
{
	return page_at + p->v->page_len - p->v->page_trailer_len;
}

void plant_page_seal(struct plant *p, uint64_t at)
{
	plant_set(p, page_trailer_fields(p->v), "dwCRC", trailer_at(p, at),
		  page_crc(p->v, view_of(p->bytes + at, p->v->page_len)));
}

void plant_page_reseal(struct plant *p, uint64_t at, uint64_t bid)
{
	uint64_t type = plant_get(p, page_trailer_fields(p->v), "ptype", trailer_at(p, at));

	page_seal(p->v, (enum page_type)type, (struct ib){ at }, (struct bid){ bid }, p->bytes + at);
}

uint64_t plant_page_bid(const struct plant *p, uint64_t at)
{
	return plant_get(p, page_trailer_fields(p->v), "bid", trailer_at(p, at));
}

void plant_trailer_set(struct plant *p, uint64_t at, const char *name, uint64_t value)
{
	plant_set(p, page_trailer_fields(p->v), name, trailer_at(p, at), value);
}

struct btree_page plant_counters(const struct plant *p, uint64_t at)
{
	struct btree_page page;
	bool ok = btree_page_decode(p->v, view_of(p->bytes + at, p->v->page_len), &page);

	assert(ok);
	return page;
}

void plant_counter_set(struct plant *p, uint64_t at, const char *name, uint64_t value)
{
	plant_set(p, btree_page_fields(p->v), name, at + p->v->entries_len, value);
	plant_page_seal(p, at);
}

static uint64_t key_of(const struct plant *p, uint64_t entry_at)
{
	return plant_get(p, btree_index_fields(p->v), "btkey", entry_at);
}

uint64_t plant_entry(const struct plant *p, uint64_t page_at, uint64_t i)
{
	return page_at + i * plant_counters(p, page_at).entry_len;
}

uint64_t plant_page(const struct plant *p, enum page_type type, uint64_t level, int n)
{
	uint64_t key = 0, at = 0;
	int last = 0, i;

	for (size_t k = 0; k < p->facts->n_pages; k++)
		last += p->facts->pages[k].type == type && p->facts->pages[k].level == level;
	for (i = n < 0 ? last + n : n; i >= 0; i--) {
		uint64_t least = UINT64_MAX;

		for (size_t k = 0; k < p->facts->n_pages; k++) {
			const struct page_fact *page = &p->facts->pages[k];

			if (page->type != type || page->level != level ||
			    (at && key_of(p, page->at) <= key) || key_of(p, page->at) >= least)
				continue;
			least = key_of(p, page->at);
		}
		for (size_t k = 0; k < p->facts->n_pages; k++)
			if (p->facts->pages[k].type == type && p->facts->pages[k].level == level &&
			    key_of(p, p->facts->pages[k].at) == least)
				at = p->facts->pages[k].at;
		key = least;
	}
	assert(at);
	return at;
}

static uint64_t page_of(const struct plant *p, uint64_t entry_at)
{
	return entry_at - entry_at % p->v->page_len;
}

uint64_t plant_find(const struct plant *p, enum page_type type, uint64_t key)
{
	for (size_t k = 0; k < p->facts->n_pages; k++) {
		const struct page_fact *page = &p->facts->pages[k];

		if (page->type != type || page->level)
			continue;
		for (uint64_t i = 0; i < plant_counters(p, page->at).n; i++) {
			uint64_t at = plant_entry(p, page->at, i), found = key_of(p, at);

			/* Bit 0 of a BID is no part of it. */
			if (found == key || (type == PAGE_BBT && (found | 1) == (key | 1)))
				return at;
		}
	}
	return 0;
}

uint64_t plant_parent_entry(const struct plant *p, uint64_t page_at)
{
	for (size_t k = 0; k < p->facts->n_pages; k++) {
		const struct page_fact *page = &p->facts->pages[k];

		if (!page->level)
			continue;
		for (uint64_t i = 0; i < plant_counters(p, page->at).n; i++) {
			uint64_t at = plant_entry(p, page->at, i);

			if (plant_get(p, btree_index_fields(p->v), "BREF.ib", at) == page_at)
				return at;
		}
	}
	return 0;
}

void plant_entry_set(struct plant *p, const struct field_table *table, uint64_t at, const char *name,
		     uint64_t value)
{
	plant_set(p, table, name, at, value);
	plant_page_seal(p, page_of(p, at));
}

/* What the pages above say is a page's first key. */
static void renew_parent_keys(struct plant *p, uint64_t page_at)
{
	uint64_t above;

	while ((above = plant_parent_entry(p, page_at))) {
		plant_entry_set(p, btree_index_fields(p->v), above, "btkey", key_of(p, page_at));
		page_at = page_of(p, above);
	}
}

void plant_entry_add(struct plant *p, enum page_type type, const uint8_t *entry)
{
	uint64_t key = 0, page_at = plant_page(p, type, 0, 0), n, i = 0, len;
	struct btree_page c;

	for (size_t k = p->v->id_width; k-- > 0;)
		key = key << 8 | entry[k];
	for (size_t k = 0; k < p->facts->n_pages; k++) {
		const struct page_fact *page = &p->facts->pages[k];

		if (page->type == type && !page->level && key_of(p, page->at) <= key &&
		    key_of(p, page->at) > key_of(p, page_at))
			page_at = page->at;
	}
	c = plant_counters(p, page_at);
	n = c.n;
	len = c.entry_len;
	assert(n < c.n_max);
	while (i < n && key_of(p, page_at + i * len) < key)
		i++;
	memmove(p->bytes + page_at + (i + 1) * len, p->bytes + page_at + i * len, (size_t)((n - i) * len));
	memcpy(p->bytes + page_at + i * len, entry, (size_t)len);
	plant_counter_set(p, page_at, "cEnt", n + 1);
	renew_parent_keys(p, page_at);
}

void plant_entry_remove(struct plant *p, enum page_type type, uint64_t key)
{
	uint64_t at = plant_find(p, type, key), page_at = page_of(p, at);
	struct btree_page c;
	uint64_t end;

	assert(at);
	c = plant_counters(p, page_at);
	assert(c.n > 1);
	end = page_at + c.n * c.entry_len;
	memmove(p->bytes + at, p->bytes + at + c.entry_len, (size_t)(end - at - c.entry_len));
	memset(p->bytes + end - c.entry_len, 0, (size_t)c.entry_len);
	plant_counter_set(p, page_at, "cEnt", c.n - 1);
	renew_parent_keys(p, page_at);
}

/* The byte and bit of the map that stand for a place. */
static uint8_t *map_byte(struct plant *p, uint64_t at, uint8_t *mask_out)
{
	uint64_t from = maps_section_at(p->v, maps_section_of(p->v, at)), i = (at - from) / p->v->block_align;

	*mask_out = (uint8_t)(0x80 >> i % 8);
	return p->bytes + from + p->v->amap_bits_at + i / 8;
}

void plant_map_bits(struct plant *p, uint64_t at, uint64_t len, bool used)
{
	uint8_t mask, *byte;

	for (uint64_t i = 0; i < len; i += p->v->block_align) {
		byte = map_byte(p, at + i, &mask);
		*byte = (uint8_t)(used ? *byte | mask : *byte & ~mask);
	}
	plant_page_seal(p, maps_section_at(p->v, maps_section_of(p->v, at)));
}

static bool is_free(struct plant *p, uint64_t at, uint64_t len)
{
	uint64_t section = maps_section_of(p->v, at);
	uint8_t mask, *byte;

	for (uint64_t i = 0; i < len; i += p->v->block_align) {
		if (maps_section_of(p->v, at + i) != section)
			return false;
		byte = map_byte(p, at + i, &mask);
		if (*byte & mask)
			return false;
	}
	return true;
}

uint64_t plant_alloc(struct plant *p, uint64_t len, uint64_t align)
{
	for (uint64_t at = p->v->first_amap; at + len <= p->made->size; at += align)
		if (is_free(p, at, len)) {
			plant_map_bits(p, at, len, true);
			plant_header_set(p, "cbAMapFree", plant_header(p, "cbAMapFree") - len);
			return at;
		}
	fputs("planted: the store has no room\n", stderr);
	abort();
}

void plant_free(struct plant *p, uint64_t at, uint64_t len)
{
	plant_map_bits(p, at, len, false);
	plant_header_set(p, "cbAMapFree", plant_header(p, "cbAMapFree") + len);
}
