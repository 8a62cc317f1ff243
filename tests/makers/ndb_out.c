/* This file writes blocks and nodes, and closes a store with its trees and header. */
#include "ndb_out.h"

#include "memory.h"
#include "ndb_place.h"
#include "pst/ndb/maps.h"

#include <assert.h>
#include <libdeflate.h>
#include <string.h>

enum { BID_STEP = 4, CLIENT_VERSION_PST = 19, CLIENT_VERSION_OST = 12, TRAILER_4K_UNKNOWN = 2 };

struct block_row {
	uint64_t at;
	uint16_t len, len_inflated, refs;
	bool is_internal;
};

struct ndb_out {
	const struct variant *v;
	struct ndb_options options;
	struct ndb_place place;
	struct block_row *blocks; /* number i has the BID (i + 1) * 4 */
	size_t n_blocks, room_blocks;
	struct ndb_node *nodes;
	size_t n_nodes, room_nodes;
	uint32_t marks[NID_TYPE_COUNT];
	uint32_t unique;
	uint64_t next_page;
	struct libdeflate_compressor *compressor;
	uint8_t encoded[BLOCK_EXTENT_MAX], deflated[BLOCK_EXTENT_MAX];
};

/* One entry of an index page: what stands first in the page, and where it is. */
struct index_row {
	uint64_t key;
	struct bref ref;
};

struct ndb_out *ndb_out_open(const char *path, const struct ndb_options *options)
{
	struct ndb_out *out = memory_new(1, sizeof *out);

	out->options = *options;
	out->v = variant_of_version(options->version);
	assert(out->v);
	ndb_place_open(&out->place, out->v, path, options->kinds);
	out->place.section_fill = options->section_fill;
	out->unique = 1;
	out->next_page = 1;
	for (unsigned i = 0; i < NID_TYPE_COUNT; i++)
		out->marks[i] = 0x400;
	/* What Outlook begins with. */
	out->marks[NID_TYPE_SEARCH_FOLDER] = 0x4000;
	out->marks[NID_TYPE_NORMAL_MESSAGE] = 0x10000;
	out->marks[NID_TYPE_ASSOC_MESSAGE] = 0x8000;
	if (options->compress && out->v->may_compress)
		out->compressor = libdeflate_alloc_compressor(6);
	return out;
}

const struct variant *ndb_out_variant(const struct ndb_out *out)
{
	return out->v;
}

static uint64_t bid_of(const struct ndb_out *out, size_t i)
{
	return (uint64_t)(i + 1) * BID_STEP | (out->blocks[i].is_internal ? 2 : 0);
}

/* The bytes as they will be stored: encoded and, where that saves an extent's worth, deflated. */
static struct view stored_form(struct ndb_out *out, struct bid bid, struct view data)
{
	size_t len;

	memcpy(out->encoded, data.at, data.len);
	crypt_encode(out->options.cipher, bid, out->encoded, data.len);
	if (!out->compressor || bid_is_internal(bid) || data.len < out->v->block_align)
		return view_of(out->encoded, data.len);
	len = libdeflate_zlib_compress(out->compressor, out->encoded, data.len, out->deflated,
				       data.len - out->v->block_align);
	return len ? view_of(out->deflated, len) : view_of(out->encoded, data.len);
}

static void mark_kinds(struct ndb_out *out, uint64_t at, uint64_t len, uint64_t whole)
{
	uint64_t trailer = at + whole - out->v->block_trailer_len;

	ndb_place_mark(&out->place, at, len, BYTE_LIVE);
	ndb_place_mark(&out->place, at + len, trailer - at - len, BYTE_PADDING);
	ndb_place_mark(&out->place, trailer, out->v->block_trailer_len, BYTE_LIVE);
	if (out->v->may_compress) {
		ndb_place_mark(&out->place, trailer + 16, 2, BYTE_OPAQUE);
		ndb_place_mark(&out->place, trailer + 20, 4, BYTE_OPAQUE);
	}
}

uint64_t ndb_out_block(struct ndb_out *out, struct view data, enum block_use use)
{
	struct block_row *row;
	struct block_place place;
	struct view stored;
	uint64_t whole;
	uint8_t *bytes;

	assert(data.len > 0 && data.len <= out->v->block_data_max);
	out->blocks = memory_grow(out->blocks, out->n_blocks, &out->room_blocks, sizeof *out->blocks);
	row = &out->blocks[out->n_blocks++];
	*row = (struct block_row){ .is_internal = use == BLOCK_INTERNAL, .refs = 1 };
	place.bid.v = bid_of(out, out->n_blocks - 1);
	stored = stored_form(out, place.bid, data);
	whole = variant_block_extent(out->v, (uint32_t)stored.len);
	place.at.v = ndb_place_take(&out->place, whole, out->v->block_align, &bytes);
	place.len = (uint32_t)stored.len;
	place.len_inflated = (uint32_t)data.len;
	memcpy(bytes, stored.at, stored.len);
	if (out->v->may_compress)
		field_put(bytes + whole - out->v->block_trailer_len + 16, 2, TRAILER_4K_UNKNOWN);
	block_seal(out->v, &place, bytes);
	mark_kinds(out, place.at.v, stored.len, whole);
	row->at = place.at.v;
	row->len = (uint16_t)stored.len;
	row->len_inflated = (uint16_t)data.len;
	return place.bid.v;
}

void ndb_out_hold(struct ndb_out *out, uint64_t bid)
{
	if (bid == 0)
		return;
	assert(bid / BID_STEP <= out->n_blocks && out->blocks[bid / BID_STEP - 1].refs < UINT16_MAX);
	out->blocks[bid / BID_STEP - 1].refs++;
}

void ndb_out_mark(struct ndb_out *out, uint32_t nid)
{
	uint32_t *mark = &out->marks[nid_type((struct nid){ nid })];

	if (*mark < nid_index((struct nid){ nid }))
		*mark = nid_index((struct nid){ nid });
}

void ndb_out_node(struct ndb_out *out, const struct ndb_node *node)
{
	out->nodes = memory_grow(out->nodes, out->n_nodes, &out->room_nodes, sizeof *out->nodes);
	out->nodes[out->n_nodes++] = *node;
	ndb_out_hold(out, node->data);
	ndb_out_hold(out, node->subnode);
	ndb_out_mark(out, node->nid);
}

uint32_t ndb_out_nid(struct ndb_out *out, enum nid_type type)
{
	return nid_make(type, ++out->marks[type]).v;
}

uint32_t ndb_out_unique(struct ndb_out *out)
{
	return out->unique++;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct ndb_node *x = a, *y = b;

	return (x->nid > y->nid) - (x->nid < y->nid);
}

/* One of the two trees while it grows from its leaves up. */
struct tree_out {
	struct ndb_out *out;
	enum page_type type;
	unsigned level;
	struct index_row *below; /* pages of the level before */
	size_t n_below;
};

static size_t entry_len(const struct tree_out *t)
{
	if (t->level)
		return t->out->v->index_entry_len;
	return t->type == PAGE_BBT ? t->out->v->bbt_entry_len : t->out->v->nbt_entry_len;
}

/* Writes entry i of the level; the result is its key. */
static uint64_t put_entry(const struct tree_out *t, size_t i, uint8_t *to)
{
	const struct variant *v = t->out->v;

	if (t->level) {
		struct btree_index_entry e = { .key = t->below[i].key, .ref = t->below[i].ref };

		field_encode(btree_index_fields(v), &e, to);
		return e.key;
	}
	if (t->type == PAGE_BBT) {
		const struct block_row *b = &t->out->blocks[i];
		struct bbt_entry e = { .ref = { bid_of(t->out, i), b->at },
				       .len = b->len,
				       .len_inflated = b->len_inflated,
				       .refs = b->refs };

		field_encode(bbt_entry_fields(v), &e, to);
		return e.ref.bid;
	}
	struct nbt_entry e = { t->out->nodes[i].nid, t->out->nodes[i].data, t->out->nodes[i].subnode,
			       t->out->nodes[i].parent };

	field_encode(nbt_entry_fields(v), &e, to);
	return e.nid;
}

/* A page with entries from number `first` on. */
static struct index_row put_page(const struct tree_out *t, size_t first, size_t n)
{
	const struct variant *v = t->out->v;
	size_t len = entry_len(t);
	struct btree_page counters = {
		.n = n, .n_max = v->entries_len / len, .entry_len = len, .level = t->level
	};
	struct index_row row = { .ref.bid = t->out->next_page++ };
	uint8_t *page;

	row.ref.ib = ndb_place_take(&t->out->place, v->page_len, v->page_len, &page);
	for (size_t i = 0; i < n; i++) {
		uint64_t key = put_entry(t, first + i, page + i * len);

		row.key = i ? row.key : key;
	}
	field_encode(btree_page_fields(v), &counters, page + v->entries_len);
	page_seal(v, t->type, (struct ib){ row.ref.ib }, (struct bid){ row.ref.bid }, page);
	ndb_place_mark(&t->out->place, row.ref.ib, v->page_len, BYTE_LIVE);
	/* The last bytes of a 4 KiB page's trailer are nobody's. */
	if (v->page_trailer_len == 24)
		ndb_place_mark(&t->out->place, row.ref.ib + v->page_len - 8, 8, BYTE_OPAQUE);
	return row;
}

static struct bref put_tree(struct ndb_out *out, enum page_type type, size_t n)
{
	struct tree_out t = { .out = out, .type = type };
	struct bref root;

	for (;; t.level++) {
		size_t most = out->v->entries_len / entry_len(&t), n_pages;
		struct index_row *rows;

		if (out->options.tree_fill && most > out->options.tree_fill)
			most = out->options.tree_fill;
		n_pages = n ? (n + most - 1) / most : 1;
		rows = memory_new(n_pages, sizeof *rows);
		for (size_t i = 0; i < n_pages; i++)
			rows[i] = put_page(&t, i * most, n - i * most < most ? n - i * most : most);
		free(t.below);
		t.below = rows;
		t.n_below = n = n_pages;
		if (n_pages == 1)
			break;
	}
	root = t.below[0].ref;
	free(t.below);
	return root;
}

/* An empty list of sections with free space, and valid. */
static void put_dlist(struct ndb_out *out)
{
	uint8_t page[PAGE_LEN_MAX] = { 1 }, kinds[PAGE_LEN_MAX];
	const struct variant *v = out->v;

	page_seal(v, PAGE_DLIST, (struct ib){ v->dlist }, (struct bid){ out->next_page }, page);
	memset(kinds, BYTE_LIVE, sizeof kinds);
	/* A page of another type is no DList, and none need be there. */
	memset(kinds + v->page_len - v->page_trailer_len, BYTE_OPAQUE, 2);
	if (v->page_trailer_len == 24)
		memset(kinds + v->page_len - 8, BYTE_OPAQUE, 8);
	ndb_place_put(&out->place, v->dlist, view_of(page, v->page_len), view_of(kinds, v->page_len));
}

static void put_header(struct ndb_out *out, struct header *header)
{
	const struct variant *v = out->v;
	bool is_ost = out->options.client == HEADER_CLIENT_OST;
	uint8_t *bytes = memory_new((size_t)v->first_amap, 1), *kinds = memory_new((size_t)v->first_amap, 1);
	size_t live = v->kind == VARIANT_ANSI ? 479 : 528;

	header->magic = HEADER_MAGIC;
	header->magic_client = out->options.client;
	header->version = out->options.version;
	header->version_client = is_ost ? CLIENT_VERSION_OST : CLIENT_VERSION_PST;
	header->platform_create = header->platform_access = 1;
	header->next_block = (uint64_t)(out->n_blocks + 1) * BID_STEP;
	header->next_page = out->next_page;
	header->unique = out->unique;
	header->amap_free = out->place.amap_free;
	header->amap_valid = 2;
	header->sentinel = HEADER_SENTINEL;
	header->crypt_method = (uint64_t)out->options.cipher;
	memcpy(header->nid_marks, out->marks, sizeof out->marks);
	memset(header->fmap, 0xFF, sizeof header->fmap);
	memset(header->fpmap, 0xFF, sizeof header->fpmap);
	header_encode(v, header, bytes);
	memset(kinds, BYTE_FREE, (size_t)v->first_amap);
	memset(kinds, BYTE_OPAQUE, v->header_len);
	memset(kinds, BYTE_LIVE, live);
	ndb_place_put(&out->place, 0, view_of(bytes, (size_t)v->first_amap),
		      view_of(kinds, (size_t)v->first_amap));
	free(bytes);
	free(kinds);
}

void ndb_out_close(struct ndb_out **out_at)
{
	struct ndb_out *out = *out_at;
	struct header header = { 0 };

	qsort(out->nodes, out->n_nodes, sizeof *out->nodes, compare_nodes);
	for (size_t i = 1; i < out->n_nodes; i++)
		assert(out->nodes[i].nid > out->nodes[i - 1].nid);
	ndb_place_skip(&out->place, out->options.size_min);
	header.bbt = put_tree(out, PAGE_BBT, out->n_blocks);
	header.nbt = put_tree(out, PAGE_NBT, out->n_nodes);
	header.file_eof = ndb_place_end(&out->place);
	header.last_amap = header.file_eof - out->v->amap_interval;
	put_header(out, &header);
	put_dlist(out);
	ndb_place_close(&out->place);
	if (out->compressor)
		libdeflate_free_compressor(out->compressor);
	free(out->blocks);
	free(out->nodes);
	free(out);
	*out_at = NULL;
}
