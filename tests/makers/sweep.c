/* This file is a program that damages a store in memory, one change at a time, and asks the check each time.
 *
 *	sweep bits STORE KINDS STEP     flips one bit in turn; every STEP-th of those that are in use,
 *	                                and STEP times fewer of the free ones
 *	sweep fields STORE KINDS STEP   seven values for each field of each structure, with the
 *	                                checksum as it was and renewed
 *	sweep contents STORE KINDS STEP changes a byte of the data of a block, checksum renewed
 *
 * It prints a table of what was tried and what the check did not notice, and
 * ends with 4 when a change of a live byte went unnoticed that should not have.
 */
#include "base/checked.h"
#include "check/check.h"
#include "memory.h"
#include "pst/ndb/crc.h"
#include "pst/ndb/page.h"
#include "write/ndb_out.h"

#include <assert.h>
#include <string.h>

enum { ARENA_MAX = 128 << 20, SHOWN_MAX = 40, ROWS_MAX = 128 };

struct row {
	const char *structure, *field;
	uint64_t tried[2], missed[2]; /* checksum stale, renewed */
};

struct sweep {
	uint8_t *bytes, *kinds;
	size_t size;
	struct image image;
	uint64_t step, turn;
	const struct variant *v;
	struct check_facts *facts; /* of the sound store */
	struct arena *arena;
	struct row rows[ROWS_MAX];
	size_t n_rows;
	uint64_t n_live_missed;
};

static enum status read_memory(const struct image *image, uint64_t at, void *to, size_t len)
{
	const struct sweep *s = image->context;

	memcpy(to, s->bytes + at, len);
	return ST_OK;
}

static uint8_t *load(const char *path, size_t *size_out)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes;
	long size;

	if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
		perror(path);
		exit(8);
	}
	rewind(file);
	bytes = memory_new((size_t)size, 1);
	*size_out = fread(bytes, 1, (size_t)size, file);
	fclose(file);
	return bytes;
}

/* Findings of a check; more than any when it could not be finished. */
static size_t judge(struct sweep *s, struct arena *arena, struct check_facts **facts_out)
{
	struct check_options options = { .path = "swept", .runner = check_runner_serial() };
	struct finding_sink *sink = finding_sink_new(arena);

	assert(sink);
	if (check_store(arena, &s->image, &options, sink, facts_out) != ST_OK)
		return SIZE_MAX;
	return finding_count(sink);
}

static bool is_noticed(struct sweep *s)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct check_facts *facts;
	size_t n;

	assert(arena);
	n = judge(s, arena, &facts);
	arena_drop(&arena);
	return n > 0;
}

static struct row *row_of(struct sweep *s, const char *structure, const char *field)
{
	struct row *row;

	for (size_t i = 0; i < s->n_rows; i++)
		if (strcmp(s->rows[i].structure, structure) == 0 && strcmp(s->rows[i].field, field) == 0)
			return &s->rows[i];
	assert(s->n_rows < ROWS_MAX);
	row = &s->rows[s->n_rows++];
	*row = (struct row){ .structure = structure, .field = field };
	return row;
}

static void count(struct sweep *s, struct row *row, bool renewed, bool noticed)
{
	row->tried[renewed]++;
	row->missed[renewed] += !noticed;
	s->turn++;
}

static const char *kind_name(uint8_t kind)
{
	switch (kind) {
	case BYTE_FREE:
		return "free";
	case BYTE_PADDING:
		return "padding";
	case BYTE_OPAQUE:
		return "opaque";
	default:
		return "live";
	}
}

static void sweep_bits(struct sweep *s)
{
	for (uint64_t bit = 0; bit < (uint64_t)s->size * 8; bit++) {
		uint8_t kind = s->kinds[bit / 8];
		uint64_t step = kind == BYTE_FREE || kind == BYTE_PADDING ? s->step * s->step : s->step;
		uint8_t mask = (uint8_t)(1U << bit % 8);
		bool noticed;

		if ((bit * UINT64_C(0x9E3779B97F4A7C15) >> 32) % step)
			continue;
		s->bytes[bit / 8] ^= mask;
		noticed = is_noticed(s);
		s->bytes[bit / 8] ^= mask;
		count(s, row_of(s, kind_name(kind), "bit"), false, noticed);
		if (noticed || kind != BYTE_LIVE)
			continue;
		if (s->n_live_missed++ < SHOWN_MAX)
			printf("# bit %llu of byte 0x%llx was not noticed\n", (unsigned long long)(bit % 8),
			       (unsigned long long)(bit / 8));
	}
}

/* What holds a structure, and how its checksum is renewed. */
struct owner {
	enum { OWNER_HEADER, OWNER_PAGE, OWNER_BLOCK } kind;
	uint64_t at;
	const struct block_fact *block;
};

static void renew(struct sweep *s, const struct owner *owner)
{
	const struct variant *v = s->v;
	uint8_t *at = s->bytes + owner->at;
	uint32_t partial, full;

	if (owner->kind == OWNER_HEADER) {
		header_checksums(v, view_of(at, v->header_len), &partial, &full);
		field_put(at + 4, 4, partial);
		if (v->kind != VARIANT_ANSI)
			field_put(at + 524, 4, full);
	} else if (owner->kind == OWNER_PAGE) {
		const struct field_table *t = page_trailer_fields(v);

		for (size_t i = 0; i < t->n; i++)
			if (strcmp(t->rows[i].name, "dwCRC") == 0)
				field_put(at + v->page_len - v->page_trailer_len + t->rows[i].at, 4,
					  page_crc(v, view_of(at, v->page_len)));
	} else {
		const struct field_table *t = block_trailer_fields(v);
		uint64_t trailer = variant_block_extent(v, owner->block->len) - v->block_trailer_len;

		for (size_t i = 0; i < t->n; i++)
			if (strcmp(t->rows[i].name, "dwCRC") == 0)
				field_put(at + trailer + t->rows[i].at, 4,
					  pst_crc(view_of(at, owner->block->len)));
	}
}

static uint64_t owner_len(const struct sweep *s, const struct owner *owner)
{
	if (owner->kind == OWNER_HEADER)
		return s->v->header_len;
	return owner->kind == OWNER_PAGE ? s->v->page_len : variant_block_extent(s->v, owner->block->len);
}

static uint64_t get(const uint8_t *at, size_t width)
{
	uint64_t value = 0;

	for (size_t i = width; i-- > 0;)
		value = value << 8 | at[i];
	return value;
}

/* The seven values a field is given in turn. */
static uint64_t variant_value(unsigned i, uint64_t value, size_t width)
{
	unsigned bits = 8 * (unsigned)width;

	switch (i) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX;
	case 2:
		return value ^ 1;
	case 3:
		return value ^ UINT64_C(1) << bits / 2;
	case 4:
		return value ^ UINT64_C(1) << (bits - 1);
	case 5:
		return value + 1;
	default:
		return value - 1;
	}
}

static void try_value(struct sweep *s, const struct owner *owner, const struct field_table *table,
		      const struct field *field, uint64_t at)
{
	uint8_t saved[BLOCK_EXTENT_MAX];
	size_t len = (size_t)owner_len(s, owner), width = field->width;
	uint64_t value = get(s->bytes + at, width);
	struct row *row = row_of(s, table->name, field->name);

	memcpy(saved, s->bytes + owner->at, len);
	for (unsigned i = 0; i < 14; i++) {
		uint64_t other = variant_value(i / 2, value, width);
		bool renewed = i % 2;

		field_put(s->bytes + at, width, other);
		if (get(s->bytes + at, width) == value)
			continue;
		if (renewed)
			renew(s, owner);
		/* A checksum that was renewed is as it was. */
		if (memcmp(saved, s->bytes + owner->at, len) != 0 && s->turn++ % s->step == 0)
			count(s, row, renewed, is_noticed(s));
		memcpy(s->bytes + owner->at, saved, len);
	}
}

static void try_table(struct sweep *s, const struct owner *owner, const struct field_table *table,
		      uint64_t at)
{
	for (size_t i = 0; i < table->n; i++)
		if (field_is_integer(&table->rows[i]))
			try_value(s, owner, table, &table->rows[i], at + table->rows[i].at);
}

static void try_page(struct sweep *s, const struct page_fact *page)
{
	const struct variant *v = s->v;
	struct owner owner = { OWNER_PAGE, page->at, NULL };
	const struct field_table *entries;
	struct btree_page p;

	try_table(s, &owner, page_trailer_fields(v), page->at + v->page_len - v->page_trailer_len);
	try_table(s, &owner, btree_page_fields(v), page->at + v->entries_len);
	entries = page->level              ? btree_index_fields(v)
		  : page->type == PAGE_BBT ? bbt_entry_fields(v)
					   : nbt_entry_fields(v);
	if (!btree_page_decode(v, view_of(s->bytes + page->at, v->page_len), &p))
		return;
	for (uint64_t i = 0; i < p.n; i++)
		try_table(s, &owner, entries, page->at + i * p.entry_len);
}

static void try_block(struct sweep *s, const struct block_fact *block)
{
	const struct variant *v = s->v;
	struct owner owner = { OWNER_BLOCK, block->at, block };
	struct view data = view_of(s->bytes + block->at, block->len);
	struct slblock sl;

	try_table(s, &owner, block_trailer_fields(v),
		  block->at + variant_block_extent(v, block->len) - v->block_trailer_len);
	if (block->state & BLOCK_IS_TREE)
		try_table(s, &owner, xblock_fields(), block->at);
	if (!(block->state & BLOCK_IS_SUBNODE) || !slblock_decode(data, &sl))
		return;
	try_table(s, &owner, slblock_fields(), block->at);
	for (uint64_t i = 0; i < sl.n; i++)
		try_table(s, &owner, sl.level ? si_entry_fields(v) : sl_entry_fields(v),
			  block->at + v->sl_header_len + i * (sl.level ? v->si_entry_len : v->sl_entry_len));
}

static void sweep_fields(struct sweep *s)
{
	struct owner header = { OWNER_HEADER, 0, NULL };

	try_table(s, &header, header_fields(s->v), 0);
	for (size_t i = 0; i < s->facts->n_pages; i++)
		try_page(s, &s->facts->pages[i]);
	for (size_t i = 0; i < s->facts->n_blocks; i++)
		try_block(s, &s->facts->blocks[i]);
}

/* Bytes of data blocks, decoded, changed, encoded: what the objects' checks see. */
static void sweep_contents(struct sweep *s)
{
	enum crypt_method method = (enum crypt_method)s->facts->header.crypt_method;
	struct row *row = row_of(s, "data block", "byte");

	for (size_t i = 0; i < s->facts->n_blocks; i++) {
		const struct block_fact *b = &s->facts->blocks[i];
		struct owner owner = { OWNER_BLOCK, b->at, b };
		uint8_t saved[BLOCK_EXTENT_MAX];
		size_t len = (size_t)variant_block_extent(s->v, b->len);

		memcpy(saved, s->bytes + b->at, len);
		for (uint32_t k = 0; k < 4U * b->len; k++) {
			static const uint8_t changes[] = { 0x01, 0x80, 0x10, 0xFF };

			if (s->turn++ % s->step)
				continue;
			crypt_decode(method, (struct bid){ b->bid }, s->bytes + b->at, b->len);
			s->bytes[b->at + k / 4] ^= changes[k % 4];
			crypt_encode(method, (struct bid){ b->bid }, s->bytes + b->at, b->len);
			renew(s, &owner);
			count(s, row, true, is_noticed(s));
			memcpy(s->bytes + b->at, saved, len);
		}
	}
}

static void print_table(const struct sweep *s)
{
	printf("%-18s %-16s %9s %9s %9s %9s\n", "structure", "field", "stale", "missed", "renewed", "missed");
	for (size_t i = 0; i < s->n_rows; i++) {
		const struct row *r = &s->rows[i];

		printf("%-18s %-16s %9llu %9llu %9llu %9llu\n", r->structure, r->field,
		       (unsigned long long)r->tried[0], (unsigned long long)r->missed[0],
		       (unsigned long long)r->tried[1], (unsigned long long)r->missed[1]);
	}
}

static const struct {
	const char *name;
	void (*run)(struct sweep *sweep);
} modes[] = { { "bits", sweep_bits }, { "fields", sweep_fields }, { "contents", sweep_contents } };

static bool open_sweep(struct sweep *s, char **argv)
{
	size_t n_kinds;

	s->bytes = load(argv[2], &s->size);
	s->kinds = load(argv[3], &n_kinds);
	s->image = (struct image){ .size = s->size, .read = read_memory, .context = s };
	s->arena = arena_new(ARENA_MAX);
	if (!s->arena || n_kinds != s->size || !str_to_u64(str_of(argv[4]), 1 << 20, &s->step) || !s->step) {
		fputs("sweep: the kinds are of another store, or the step is none\n", stderr);
		return false;
	}
	if (judge(s, s->arena, &s->facts) != 0) {
		fputs("sweep: the store is not sound to begin with\n", stderr);
		return false;
	}
	s->v = s->facts->variant;
	return true;
}

static int run(struct sweep *s, char **argv)
{
	if (!open_sweep(s, argv))
		return 8;
	for (size_t i = 0; i < COUNT_OF(modes); i++)
		if (strcmp(modes[i].name, argv[1]) == 0)
			modes[i].run(s);
	print_table(s);
	return s->n_live_missed ? 4 : 0;
}

int main(int argc, char **argv)
{
	struct sweep *s;
	int code;

	if (argc != 5) {
		fputs("usage: sweep bits|fields|contents STORE KINDS STEP\n", stderr);
		return 16;
	}
	s = memory_new(1, sizeof *s);
	code = run(s, argv);
	arena_drop(&s->arena);
	free(s->bytes);
	free(s->kinds);
	free(s);
	return code;
}
