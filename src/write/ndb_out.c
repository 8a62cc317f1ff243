/* This file writes blocks and collects nodes, and closes a store with its header. */
#include "write/ndb_out.h"

#include "write/ndb_inner.h"

#include <assert.h>
#include <string.h>

enum { CLIENT_VERSION_PST = 19, CLIENT_VERSION_OST = 12, TRAILER_4K_UNKNOWN = 2, NID_INDEX_MAX = 0x7FFFFFF };

/* Index numbers that a new store's first objects come after, as Outlook has it. */
enum { MARK_FIRST = 0x400, MARK_SEARCH = 0x4000, MARK_MESSAGE = 0x10000, MARK_ASSOCIATED = 0x8000 };

/* What a header's last checked byte is followed by means nothing to us. */
enum { HEADER_LIVE_ANSI = 479, HEADER_LIVE = 528 };

struct ndb_options ndb_options_usual(void)
{
	return (struct ndb_options){ .version = 23, .client = HEADER_CLIENT_PST, .cipher = CRYPT_PERMUTE };
}

enum status ndb_out_open(struct arena *arena, const struct store_sink *sink,
			 const struct ndb_options *options, struct ndb_out **out_at)
{
	const struct variant *v = variant_of_version(options->version);
	struct ndb_out *out = arena_alloc(arena, sizeof *out);

	*out_at = NULL;
	if (!v)
		return ST_USAGE;
	if (!out)
		return ST_NOMEM;
	out->arena = arena;
	out->v = v;
	out->options = *options;
	if (out->options.first_bid == 0)
		out->options.first_bid = NDB_BID_STEP;
	assert(out->options.first_bid % NDB_BID_STEP == 0);
	out->unique = options->unique ? options->unique : 1;
	out->next_page = 1;
	for (unsigned i = 0; i < NID_TYPE_COUNT; i++)
		out->marks[i] = MARK_FIRST;
	out->marks[NID_TYPE_SEARCH_FOLDER] = MARK_SEARCH;
	out->marks[NID_TYPE_NORMAL_MESSAGE] = MARK_MESSAGE;
	out->marks[NID_TYPE_ASSOC_MESSAGE] = MARK_ASSOCIATED;
	chunks_init(&out->blocks, arena, sizeof(struct block_row), NDB_ROWS_PER_CHUNK);
	chunks_init(&out->kept, arena, sizeof(struct kept_row), NDB_ROWS_PER_CHUNK);
	chunks_init(&out->nodes, arena, sizeof(struct ndb_node), NDB_ROWS_PER_CHUNK);
	if (options->shape.deflate) {
		out->encoded = arena_alloc(arena, v->block_data_max);
		out->deflated = arena_alloc(arena, v->block_data_max);
		if (!out->encoded || !out->deflated)
			return ST_NOMEM;
	}
	out->place.shape = &out->options.shape;
	*out_at = out;
	return ndb_place_open(&out->place, arena, sink, v);
}

const struct variant *ndb_out_variant(const struct ndb_out *out)
{
	return out->v;
}

uint64_t ndb_out_size(const struct ndb_out *out)
{
	return ndb_place_size(&out->place);
}

uint64_t ndb_out_weight(const struct ndb_out *out)
{
	const struct variant *v = out->v;
	/* Pages end with some that is no entry, and there are those above. */
	uint64_t per_block = v->bbt_entry_len + v->bbt_entry_len / 8;
	uint64_t per_node = v->nbt_entry_len + v->nbt_entry_len / 8;

	return ndb_out_size(out) + (out->blocks.n + out->kept.n) * per_block + out->nodes.n * per_node;
}

enum status ndb_out_status(const struct ndb_out *out)
{
	return out->status == ST_OK ? out->place.status : out->status;
}

void ndb_out_fail(struct ndb_out *out, enum status status)
{
	if (ndb_out_status(out) == ST_OK)
		out->status = status;
}

static bool has_failed(const struct ndb_out *out)
{
	return ndb_out_status(out) != ST_OK;
}

uint8_t *ndb_out_take_room(struct ndb_out *out)
{
	uint8_t *room = out->rooms;

	if (has_failed(out))
		return NULL;
	if (room) {
		memcpy(&out->rooms, room, sizeof out->rooms);
		return room;
	}
	room = arena_alloc(out->arena, out->v->block_data_max);
	if (!room)
		ndb_out_fail(out, ST_NOMEM);
	return room;
}

void ndb_out_give_room(struct ndb_out *out, uint8_t *room)
{
	if (!room)
		return;
	memcpy(room, &out->rooms, sizeof out->rooms);
	out->rooms = room;
}

static void mark_kinds(struct ndb_out *out, uint64_t at, uint64_t len, uint64_t whole)
{
	uint64_t trailer = at + whole - out->v->block_trailer_len;

	if (!out->options.shape.mark)
		return;
	ndb_place_mark(&out->place, at, len, BYTE_LIVE);
	ndb_place_mark(&out->place, at + len, trailer - at - len, BYTE_PADDING);
	ndb_place_mark(&out->place, trailer, out->v->block_trailer_len, BYTE_LIVE);
	if (out->v->may_compress) {
		ndb_place_mark(&out->place, trailer + 16, 2, BYTE_OPAQUE);
		ndb_place_mark(&out->place, trailer + 20, 4, BYTE_OPAQUE);
	}
}

/* Lays an extent down, without its trailer: `stored` as it is to stand there. The result is its first byte.
 */
static uint8_t *lay_bytes(struct ndb_out *out, struct view stored, struct block_place *place)
{
	uint64_t whole = variant_block_extent(out->v, (uint32_t)stored.len);
	uint8_t *bytes;

	place->len = (uint32_t)stored.len;
	place->at.v = ndb_place_take(&out->place, whole, out->v->block_align, &bytes);
	memcpy(bytes, stored.at, stored.len);
	memset(bytes + stored.len, 0, (size_t)whole - stored.len);
	if (out->v->may_compress)
		field_put(bytes + whole - out->v->block_trailer_len + 16, 2, TRAILER_4K_UNKNOWN);
	mark_kinds(out, place->at.v, stored.len, whole);
	out->block_bytes += place->len_inflated;
	return bytes;
}

/* The same with its trailer, encoded when `encode` says so. The result is its offset. */
static uint64_t lay(struct ndb_out *out, struct bid bid, struct view stored, size_t len_inflated, bool encode)
{
	struct block_place place = { .bid = bid, .len_inflated = (uint32_t)len_inflated };
	uint8_t *bytes = lay_bytes(out, stored, &place);

	if (encode)
		crypt_encode(out->options.cipher, bid, bytes, stored.len);
	block_seal(out->v, &place, bytes);
	return place.at.v;
}

static uint64_t lay_as_it_was(struct ndb_out *out, const struct kept_block *block)
{
	struct block_place place = { .bid = { block->bid }, .len_inflated = (uint32_t)block->data.len };

	block_seal_with(out->v, &place, block->crc, lay_bytes(out, block->data, &place));
	return place.at.v;
}

uint64_t ndb_out_reserve(struct ndb_out *out, enum block_use use)
{
	struct block_row *row;

	if (has_failed(out))
		return 0;
	row = chunks_add(&out->blocks);
	if (!row) {
		ndb_out_fail(out, ST_NOMEM);
		return 0;
	}
	row->is_internal = use == BLOCK_INTERNAL;
	row->refs = 1;
	return out->options.first_bid + (uint64_t)(out->blocks.n - 1) * NDB_BID_STEP +
	       (row->is_internal ? 2 : 0);
}

/* NULL for a BID that was not given out. */
static struct block_row *row_of(const struct ndb_out *out, uint64_t bid)
{
	uint64_t i = (bid - out->options.first_bid) / NDB_BID_STEP;

	if (bid < out->options.first_bid || i >= out->blocks.n)
		return NULL;
	return chunks_row(&out->blocks, (size_t)i);
}

/* 4K: the stream is of the encoded bytes. False when the block does not shrink by a slot. */
static bool put_deflated(struct ndb_out *out, struct bid bid, struct view data, struct block_row *row)
{
	const struct ndb_shape *shape = &out->options.shape;
	size_t len;

	if (!shape->deflate || !out->v->may_compress || bid_is_internal(bid) ||
	    data.len < out->v->block_align)
		return false;
	memcpy(out->encoded, data.at, data.len);
	crypt_encode(out->options.cipher, bid, out->encoded, data.len);
	len = shape->deflate(shape->context, view_of(out->encoded, data.len), out->deflated,
			     data.len - out->v->block_align);
	if (len == 0)
		return false;
	row->at = lay(out, bid, view_of(out->deflated, len), data.len, false);
	row->len = (uint16_t)len;
	return true;
}

static void put(struct ndb_out *out, uint64_t bid, struct view data, enum block_form form)
{
	enum crypt_method cipher = out->options.cipher;
	struct block_row *row;

	assert(data.len > 0 && data.len <= out->v->block_data_max);
	if (has_failed(out) || bid == 0)
		return;
	row = row_of(out, bid);
	assert(row && row->at == 0 && (form == BLOCK_PLAIN || cipher == CRYPT_PERMUTE));
	row->len_inflated = (uint16_t)data.len;
	if (put_deflated(out, (struct bid){ bid }, data, row))
		return;
	row->at = lay(out, (struct bid){ bid }, data, data.len, form == BLOCK_PLAIN);
	row->len = (uint16_t)data.len;
}

void ndb_out_put(struct ndb_out *out, uint64_t bid, struct view data)
{
	put(out, bid, data, BLOCK_PLAIN);
}

uint64_t ndb_out_block(struct ndb_out *out, struct view data, enum block_use use)
{
	uint64_t bid = ndb_out_reserve(out, use);

	put(out, bid, data, BLOCK_PLAIN);
	return bid;
}

/* A copy of permuted bytes, plain. */
static uint8_t *plain_copy(struct ndb_out *out, struct view data)
{
	uint8_t *room = ndb_out_take_room(out);

	if (!room)
		return NULL;
	memcpy(room, data.at, data.len);
	crypt_permute_decode(room, data.len);
	return room;
}

uint64_t ndb_out_block_of_form(struct ndb_out *out, struct view data, enum block_form form)
{
	uint64_t bid = ndb_out_reserve(out, BLOCK_DATA);
	uint8_t *room;

	if (form == BLOCK_PLAIN || (out->options.cipher == CRYPT_PERMUTE && !out->options.shape.deflate)) {
		put(out, bid, data, form);
		return bid;
	}
	room = plain_copy(out, data);
	if (room)
		put(out, bid, view_of(room, data.len), BLOCK_PLAIN);
	ndb_out_give_room(out, room);
	return bid;
}

void ndb_out_keep(struct ndb_out *out, const struct kept_block *block)
{
	struct bid bid = { block->bid };
	bool is_stored = bid_is_internal(bid) ||
			 (out->options.cipher == CRYPT_PERMUTE
				  ? block->form == BLOCK_PERMUTED
				  : out->options.cipher == CRYPT_NONE && block->form == BLOCK_PLAIN);
	struct view data = block->data;
	uint8_t *room = NULL;
	struct kept_row *row;

	assert(data.len > 0 && data.len <= out->v->block_data_max && bid.v < out->options.first_bid);
	if (has_failed(out))
		return;
	row = chunks_add(&out->kept);
	if (!row) {
		ndb_out_fail(out, ST_NOMEM);
		return;
	}
	if (block->form == BLOCK_PERMUTED && !is_stored) {
		room = plain_copy(out, data);
		if (!room)
			return;
		data.at = room;
	}
	*row = (struct kept_row){ .bid = bid.v, .len = (uint16_t)data.len, .refs = block->refs };
	row->at = is_stored ? lay_as_it_was(out, block) : lay(out, bid, data, data.len, true);
	ndb_out_give_room(out, room);
}

void ndb_out_hold(struct ndb_out *out, uint64_t bid)
{
	struct block_row *row;

	if (bid < out->options.first_bid || has_failed(out))
		return;
	row = row_of(out, bid);
	if (!row)
		ndb_out_fail(out, ST_USAGE);
	else if (row->refs == UINT16_MAX)
		ndb_out_fail(out, ST_LIMIT);
	else
		row->refs++;
}

uint16_t ndb_out_refs(const struct ndb_out *out, uint64_t bid)
{
	const struct block_row *row = has_failed(out) ? NULL : row_of(out, bid);

	return row ? row->refs : 0;
}

void ndb_out_mark(struct ndb_out *out, uint32_t nid)
{
	uint32_t *mark = &out->marks[nid_type((struct nid){ nid })];

	if (*mark < nid_index((struct nid){ nid }))
		*mark = nid_index((struct nid){ nid });
}

void ndb_out_node(struct ndb_out *out, const struct ndb_node *node)
{
	struct ndb_node *row;

	if (has_failed(out))
		return;
	row = chunks_add(&out->nodes);
	if (!row) {
		ndb_out_fail(out, ST_NOMEM);
		return;
	}
	*row = *node;
	ndb_out_hold(out, node->data);
	ndb_out_hold(out, node->subnode);
	ndb_out_mark(out, node->nid);
}

uint32_t ndb_out_nid(struct ndb_out *out, enum nid_type type)
{
	if (out->marks[type] == NID_INDEX_MAX) {
		ndb_out_fail(out, ST_LIMIT);
		return nid_make(type, NID_INDEX_MAX).v;
	}
	return nid_make(type, ++out->marks[type]).v;
}

uint32_t ndb_out_unique(struct ndb_out *out)
{
	return out->unique++;
}

/* An empty list of sections with free space, and valid. */
static void put_dlist(struct ndb_out *out, uint8_t *head)
{
	const struct variant *v = out->v;
	uint8_t *page = head + v->dlist;

	page[0] = 1;
	page_seal(v, PAGE_DLIST, (struct ib){ v->dlist }, (struct bid){ out->next_page }, page);
	ndb_place_mark(&out->place, v->dlist, v->page_len, BYTE_LIVE);
	/* A page of another type is no DList, and none need be there. */
	ndb_place_mark(&out->place, v->dlist + v->page_len - v->page_trailer_len, 2, BYTE_OPAQUE);
	if (v->page_trailer_len == 24)
		ndb_place_mark(&out->place, v->dlist + v->page_len - 8, 8, BYTE_OPAQUE);
}

static void fill_header(struct ndb_out *out, struct header *header, uint8_t *bytes)
{
	const struct variant *v = out->v;
	bool is_ost = out->options.client == HEADER_CLIENT_OST;

	header->magic = HEADER_MAGIC;
	header->magic_client = out->options.client;
	header->version = out->options.version;
	header->version_client = is_ost ? CLIENT_VERSION_OST : CLIENT_VERSION_PST;
	header->platform_create = header->platform_access = 1;
	header->next_block = out->options.first_bid + (uint64_t)out->blocks.n * NDB_BID_STEP;
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
	ndb_place_mark(&out->place, 0, v->header_len, BYTE_OPAQUE);
	ndb_place_mark(&out->place, 0, v->kind == VARIANT_ANSI ? HEADER_LIVE_ANSI : HEADER_LIVE, BYTE_LIVE);
}

/* Everything before the first section, the header's own bytes last: with them it is a store. */
static enum status put_head(struct ndb_out *out, struct header *header)
{
	const struct variant *v = out->v;
	const struct store_sink *sink = out->place.sink;
	uint8_t *head = arena_alloc(out->arena, (size_t)v->first_amap);
	enum status st;

	if (!head)
		return ST_NOMEM;
	put_dlist(out, head);
	fill_header(out, header, head);
	st = sink->write(sink, v->header_len,
			 view_of(head + v->header_len, (size_t)v->first_amap - v->header_len));
	return st == ST_OK ? sink->write(sink, 0, view_of(head, v->header_len)) : st;
}

static bool all_are_put(const struct ndb_out *out)
{
	for (size_t i = 0; i < out->blocks.n; i++)
		if (((const struct block_row *)chunks_row(&out->blocks, i))->at == 0)
			return false;
	return true;
}

enum status ndb_out_finish(struct ndb_out *out, struct ndb_stats *stats_out)
{
	struct header header = { 0 };
	enum status st = ndb_out_status(out);

	if (st == ST_OK && !all_are_put(out))
		st = ST_BUG;
	if (st != ST_OK)
		return st;
	ndb_place_skip(&out->place, out->options.shape.size_min);
	st = ndb_trees_put(out, PAGE_BBT, &header.bbt);
	if (st == ST_OK)
		st = ndb_trees_put(out, PAGE_NBT, &header.nbt);
	if (st != ST_OK)
		return st;
	header.file_eof = ndb_place_end(&out->place);
	header.last_amap = header.file_eof - out->v->amap_interval;
	if (stats_out)
		*stats_out = (struct ndb_stats){ .size = header.file_eof,
						 .n_blocks = out->blocks.n + out->kept.n,
						 .n_nodes = out->nodes.n,
						 .block_bytes = out->block_bytes };
	st = out->place.status;
	return st == ST_OK ? put_head(out, &header) : st;
}
