/* This file changes one thing of a made store in memory: blocks, nodes, lists of subnodes. */
#include "plant.h"

#include "pst/ndb/crc.h"
#include "pst/ndb/crypt.h"

enum { ENTRY_ROOM = 32, DATA_SPARE = 512 };

struct bbt_entry plant_block(const struct plant *p, uint64_t bid)
{
	uint64_t at = plant_find(p, PAGE_BBT, bid);
	struct bbt_entry e = { 0 };

	assert(at);
	(void)field_decode(bbt_entry_fields(p->v), view_of(p->bytes + at, p->v->bbt_entry_len), &e);
	return e;
}

/* The 4 KiB table names the length another way. */
static const char *length_name(const struct plant *p)
{
	return p->v->may_compress ? "cbStored" : "cb";
}

void plant_block_set(struct plant *p, uint64_t bid, const char *name, uint64_t value)
{
	if (strcmp(name, "cb") == 0)
		name = length_name(p);
	plant_entry_set(p, bbt_entry_fields(p->v), plant_find(p, PAGE_BBT, bid), name, value);
}

static enum crypt_method method_of(const struct plant *p)
{
	return (enum crypt_method)p->facts->header.crypt_method;
}

uint8_t *plant_read(const struct plant *p, uint64_t bid, size_t *len_out)
{
	struct bbt_entry e = plant_block(p, bid);
	uint8_t *data = arena_alloc(p->arena, p->v->block_data_max + (size_t)DATA_SPARE);

	assert(data);
	memcpy(data, p->bytes + e.ref.ib, (size_t)e.len);
	crypt_decode(method_of(p), (struct bid){ bid & ~UINT64_C(1) }, data, (size_t)e.len);
	*len_out = (size_t)e.len;
	return data;
}

static void lay_down(struct plant *p, uint64_t bid, uint64_t at, const uint8_t *data, size_t len)
{
	struct block_place place = { { bid & ~UINT64_C(1) }, { at }, (uint32_t)len, (uint32_t)len };

	memset(p->bytes + at, 0, (size_t)variant_block_extent(p->v, (uint32_t)len));
	memcpy(p->bytes + at, data, len);
	crypt_encode(method_of(p), place.bid, p->bytes + at, len);
	block_seal(p->v, &place, p->bytes + at);
}

void plant_write(struct plant *p, uint64_t bid, const uint8_t *data, size_t len)
{
	struct bbt_entry e = plant_block(p, bid);
	uint64_t had = variant_block_extent(p->v, (uint32_t)e.len),
		 wants = variant_block_extent(p->v, (uint32_t)len), at = e.ref.ib;

	assert(len && len <= p->v->block_data_max);
	if (wants != had) {
		plant_free(p, at, had);
		at = plant_alloc(p, wants, p->v->block_align);
		plant_block_set(p, bid, "BREF.ib", at);
	}
	plant_block_set(p, bid, "cb", len);
	if (p->v->may_compress)
		plant_block_set(p, bid, "cbInflated", len);
	lay_down(p, bid, at, data, len);
}

uint64_t plant_block_add(struct plant *p, const uint8_t *data, size_t len, bool internal)
{
	uint64_t bid = plant_header(p, "bidNextB");
	uint8_t entry[ENTRY_ROOM] = { 0 };
	struct bbt_entry e = { .len = len, .len_inflated = len, .refs = 2 };

	plant_header_set(p, "bidNextB", bid + 4);
	bid |= internal ? 2 : 0;
	e.ref.bid = bid;
	e.ref.ib = plant_alloc(p, variant_block_extent(p->v, (uint32_t)len), p->v->block_align);
	field_encode(bbt_entry_fields(p->v), &e, entry);
	plant_entry_add(p, PAGE_BBT, entry);
	lay_down(p, bid, e.ref.ib, data, len);
	return bid;
}

void plant_hold(struct plant *p, uint64_t bid, int more)
{
	if (bid)
		plant_block_set(p, bid, "cRef", (uint64_t)((int64_t)plant_block(p, bid).refs + more));
}

uint64_t plant_trailer_at(const struct plant *p, uint64_t bid)
{
	struct bbt_entry e = plant_block(p, bid);

	return e.ref.ib + variant_block_extent(p->v, (uint32_t)e.len) - p->v->block_trailer_len;
}

void plant_block_reseal(struct plant *p, uint64_t bid)
{
	struct bbt_entry e = plant_block(p, bid);

	plant_set(p, block_trailer_fields(p->v), "dwCRC", plant_trailer_at(p, bid),
		  pst_crc(view_of(p->bytes + e.ref.ib, (size_t)e.len)));
}

bool plant_has_node(const struct plant *p, uint32_t nid)
{
	return plant_find(p, PAGE_NBT, nid) != 0;
}

struct nbt_entry plant_node(const struct plant *p, uint32_t nid)
{
	uint64_t at = plant_find(p, PAGE_NBT, nid);
	struct nbt_entry e = { 0 };

	if (!at) {
		fprintf(stderr, "planted: no node 0x%lX\n", (unsigned long)nid);
		abort();
	}
	(void)field_decode(nbt_entry_fields(p->v), view_of(p->bytes + at, p->v->nbt_entry_len), &e);
	return e;
}

void plant_node_set(struct plant *p, uint32_t nid, const char *name, uint64_t value)
{
	plant_entry_set(p, nbt_entry_fields(p->v), plant_find(p, PAGE_NBT, nid), name, value);
}

void plant_node_add(struct plant *p, const struct nbt_entry *node)
{
	uint8_t entry[ENTRY_ROOM] = { 0 };

	field_encode(nbt_entry_fields(p->v), node, entry);
	plant_entry_add(p, PAGE_NBT, entry);
	plant_hold(p, node->data, 1);
	plant_hold(p, node->subnode, 1);
}

void plant_node_remove(struct plant *p, uint32_t nid)
{
	struct nbt_entry e = plant_node(p, nid);

	plant_hold(p, e.data, -1);
	plant_hold(p, e.subnode, -1);
	plant_entry_remove(p, PAGE_NBT, nid);
}

uint32_t plant_message(const struct plant *p, enum nid_type type, uint32_t has, uint32_t lacks, unsigned n)
{
	for (size_t i = 0; i < p->facts->n_nodes; i++) {
		uint32_t flags = p->facts->items[i].flags;

		if (nid_type((struct nid){ p->facts->nodes[i].nid }) == type && (flags & has) == has &&
		    !(flags & lacks) && n-- == 0)
			return p->facts->nodes[i].nid;
	}
	fprintf(stderr, "planted: no node of type %d with flags 0x%lX\n", (int)type, (unsigned long)has);
	abort();
}

/* Where an entry of a list stands in its block. */
static size_t subnode_at(const struct plant *p, const uint8_t *data, size_t len, uint32_t nid)
{
	struct sl_entry e;

	for (uint64_t i = 0; sl_entry_at(p->v, view_of(data, len), i, &e); i++)
		if ((uint32_t)e.nid == nid ||
		    (nid < NID_TYPE_COUNT && nid_type((struct nid){ (uint32_t)e.nid }) == nid))
			return p->v->sl_header_len + (size_t)i * p->v->sl_entry_len;
	fprintf(stderr, "planted: no subnode 0x%lX\n", (unsigned long)nid);
	abort();
}

struct sl_entry plant_subnode(const struct plant *p, uint64_t list, uint32_t nid)
{
	size_t len, at;
	uint8_t *data = plant_read(p, list, &len);
	struct sl_entry e;

	at = subnode_at(p, data, len, nid);
	(void)field_decode(sl_entry_fields(p->v), view_of(data + at, p->v->sl_entry_len), &e);
	return e;
}

void plant_subnode_set(struct plant *p, uint64_t list, uint32_t nid, const char *name, uint64_t value)
{
	const struct field_table *table = sl_entry_fields(p->v);
	size_t len, at;
	uint8_t *data = plant_read(p, list, &len);

	at = subnode_at(p, data, len, nid);
	for (size_t i = 0; i < table->n; i++)
		if (strcmp(table->rows[i].name, name) == 0)
			field_put(data + at + table->rows[i].at, table->rows[i].width, value);
	plant_write(p, list, data, len);
}

void plant_subnode_add(struct plant *p, uint64_t list, const struct sl_entry *entry)
{
	const struct variant *v = p->v;
	size_t len, at = v->sl_header_len;
	uint8_t *data = plant_read(p, list, &len);
	struct sl_entry e;

	while (at < len && field_decode(sl_entry_fields(v), view_of(data + at, v->sl_entry_len), &e) &&
	       (uint32_t)e.nid < entry->nid)
		at += v->sl_entry_len;
	memmove(data + at + v->sl_entry_len, data + at, len - at);
	memset(data + at, 0, v->sl_entry_len);
	field_encode(sl_entry_fields(v), entry, data + at);
	field_put(data + 2, 2, (len - v->sl_header_len) / v->sl_entry_len + 1);
	plant_write(p, list, data, len + v->sl_entry_len);
	plant_hold(p, entry->data, 1);
	plant_hold(p, entry->subnode, 1);
}
