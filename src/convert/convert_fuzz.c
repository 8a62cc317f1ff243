/* This file feeds conversions with stores that somebody damaged.
 *
 * The input is a store without its empty parts, as for the fuzzer of salvages.
 * It is written anew in all ways: as a repair, as a conversion with another
 * key, laid out anew and weighed, and in two parts. The ledger must balance
 * each time, and the parts' sums must be those of the whole.
 */
#include "convert/convert.h"

#include "check/fuzz_store.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { ARENA_MAX = 256 << 20 };

static enum status take(const struct store_sink *sink, uint64_t at, struct view bytes)
{
	uint8_t *sum = sink->context;

	/* Every byte must be there. */
	for (size_t i = 0; i < bytes.len; i++)
		*sum = (uint8_t)(*sum ^ bytes.at[i]);
	(void)at;
	return ST_OK;
}

static bool balances(const struct convert_ledger *l)
{
	return l->in == l->kept + l->recovered + l->marked + l->lost &&
	       l->messages + l->associated + l->lost == l->in;
}

/* False where memory or a limit ended it. */
static bool convert_once(const struct salvage *s, struct convert_options *options, struct convert_ledger *out)
{
	uint8_t sum = 0;
	struct store_sink sink = { .write = take, .context = &sum };
	struct arena *arena = arena_new(ARENA_MAX), *texts = arena_new(ARENA_MAX);
	struct convert_options own = *options;
	enum status st;

	if (!arena || !texts)
		abort();
	own.path = "fuzz";
	own.texts = texts;
	own.findings = finding_sink_new(texts);
	if (!own.findings)
		abort();
	finding_sink_fold(own.findings, 20);
	st = convert_store(arena, s, &own, &sink, out);
	if (st == ST_BUG || (st == ST_OK && !balances(out)))
		__builtin_trap();
	arena_drop(&texts);
	arena_drop(&arena);
	return st == ST_OK;
}

static void convert_parts(const struct salvage *s, struct convert_options *options, uint64_t in)
{
	struct convert_ledger ledgers[2];
	uint32_t *parts = calloc(s->facts.n_nodes + 1, sizeof *parts);
	bool whole = true;

	if (!parts)
		abort();
	for (size_t i = 0; i < s->facts.n_nodes; i++)
		parts[i] = 1 + i % 2;
	options->parts = parts;
	for (uint32_t part = 1; part <= 2; part++) {
		options->part = part;
		whole = convert_once(s, options, &ledgers[part - 1]) && whole;
	}
	if (whole && ledgers[0].in + ledgers[1].in != in)
		__builtin_trap();
	free(parts);
}

static void convert_all(const struct salvage *s)
{
	static const uint8_t keys[2][RECORD_KEY_LEN] = { { 1, 2, 3 }, { 4, 5, 6 } };
	struct convert_options options = { .record_keys = keys };
	struct convert_weights weights = { .items = calloc(s->facts.n_nodes + 1, sizeof *weights.items) };
	struct convert_ledger ledger, again;

	if (!weights.items)
		abort();
	(void)convert_once(s, &options, &ledger);
	options.changes_key = true;
	(void)convert_once(s, &options, &ledger);
	options.anew = true;
	options.weights = &weights;
	if (convert_once(s, &options, &again)) {
		options.weights = NULL;
		options.anew = false;
		convert_parts(s, &options, again.in);
	}
	free(weights.items);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	uint8_t *store = calloc(FUZZ_STORE_MAX, 1);
	struct salvage_options options = { .runner = check_runner_serial() };
	struct arena *arena = arena_new(ARENA_MAX);
	struct salvage *s = NULL;
	struct image image = { .read = fuzz_store_read, .context = store };

	if (!store || !arena)
		abort();
	image.size = fuzz_store_unpack(view_of(bytes, len), store);
	if (salvage_store(arena, &image, &options, &s) == ST_OK && s->facts.variant &&
	    s->facts.have & FACT_DECODED)
		convert_all(s);
	arena_drop(&arena);
	free(store);
	return 0;
}
