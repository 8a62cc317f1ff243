/* This file checks a store: the table of passes and the loop that runs them. */
#include "check/pass.h"
#include "check/sniff.h"

#include "base/checked.h"

static const struct pass passes[] = {
	{ "header", "reads the header and judges its fields", 0, FACT_VARIANT | FACT_HEADER, true,
	  pass_header },
	{ "trees", "reads every page of both B-trees", FACT_HEADER, FACT_BLOCKS | FACT_NODES, true,
	  pass_trees },
	{ "places", "puts blocks and pages in the order of their places", FACT_BLOCKS | FACT_NODES,
	  FACT_PLACES, true, pass_places },
	{ "content", "reads every block in the order of the file", FACT_PLACES, FACT_CONTENT, true,
	  pass_content },
	{ "extents", "compares places with each other and with the maps", FACT_PLACES, FACT_EXTENTS, true,
	  pass_extents },
	{ "references", "counts who holds each block, and judges data and subnode trees",
	  FACT_CONTENT | FACT_NODES, FACT_REFERENCES, true, pass_references },
	{ "cipher", "asks a sample of objects which cipher they are written in", FACT_CONTENT | FACT_NODES,
	  FACT_DECODED, true, pass_cipher },
	{ "folders", "reads every folder's properties and its tables' columns",
	  FACT_CONTENT | FACT_NODES | FACT_DECODED, FACT_FOLDERS, false, pass_folders },
	{ "objects", "reads every property and table context", FACT_CONTENT | FACT_NODES | FACT_FOLDERS,
	  FACT_OBJECTS, false, pass_objects },
	{ "mailbox", "judges what a store and its folders must have", FACT_OBJECTS | FACT_FOLDERS, 0, false,
	  pass_mailbox },
	{ "owners", "says whose the damaged blocks are", FACT_CONTENT | FACT_NODES, 0, true, pass_owners },
};

static void run_serial(void *context, size_t n, check_job *job, void *job_context)
{
	(void)context;
	for (size_t i = 0; i < n; i++)
		job(job_context, 0, i);
}

struct check_runner check_runner_serial(void)
{
	return (struct check_runner){ .run = run_serial, .width = 1 };
}

static void report_skipped(struct pass_context *context, const struct pass *pass)
{
	struct finding *f = pass_report(context, CODE_STORE_CHECK_INCOMPLETE);

	finding_evidence(f, "pass", pass->name, NULL, TRUST_OURS);
	finding_evidence(f, "would", pass->purpose, NULL, TRUST_OURS);
}

/* What is to be done is known once the blocks are: reading them all, and half
 * as much again for what is in them. */
static void measure(struct pass_context *context)
{
	const struct check_facts *facts = context->facts;
	struct pass_progress *p = context->progress;

	if (p->total || !(facts->have & FACT_BLOCKS))
		return;
	for (size_t i = 0; i < facts->n_blocks; i++)
		p->total += variant_block_extent(facts->variant, facts->blocks[i].len);
	p->objects = context->options->quick ? 0 : p->total / 2;
	p->total += p->objects;
}

/* Whether the file is something else; then nothing of it is judged. */
static enum status look_at_kind(struct pass_context *context)
{
	struct check_facts *facts = context->facts;
	size_t len = facts->image->size < SNIFF_LEN ? (size_t)facts->image->size : SNIFF_LEN;
	struct arena *scratch = arena_new(SNIFF_LEN + 64);
	uint8_t *head = scratch ? arena_alloc(scratch, SNIFF_LEN) : NULL;
	enum status st = head ? image_read(facts->image, 0, head, len) : ST_NOMEM;
	struct finding *f;

	if (st == ST_OK)
		facts->not_a_store = sniff(view_of(head, len), facts->image->size);
	arena_drop(&scratch);
	if (facts->not_a_store) {
		f = pass_report(context, CODE_STORE_FILE_NOT_A_STORE);
		finding_evidence(f, "it_is", facts->not_a_store->text, "an Outlook store", TRUST_OURS);
		f->remedy_text = facts->not_a_store->what_to_do;
	}
	/* What cannot be read is the header's to report. */
	return st == ST_IO ? ST_OK : st;
}

enum status check_store(struct arena *arena, const struct image *image, const struct check_options *options,
			struct finding_sink *sink, struct check_facts **facts_out)
{
	struct check_facts *facts = arena_alloc(arena, sizeof *facts);
	struct pass_progress progress = { 0 };
	struct pass_context context = { arena, options, facts, sink, &progress };
	enum status st = ST_OK;

	*facts_out = facts;
	if (!facts)
		return ST_NOMEM;
	facts->image = image;
	st = look_at_kind(&context);
	for (size_t i = 0; st == ST_OK && !facts->not_a_store && i < COUNT_OF(passes); i++) {
		const struct pass *pass = &passes[i];

		if (options->quick && !pass->quick)
			continue;
		if ((facts->have & pass->needs) != pass->needs)
			report_skipped(&context, pass);
		else
			st = pass->run(&context);
		measure(&context);
	}
	return st;
}

enum status check_open(struct arena *arena, const struct image *image, const struct check_options *options,
		       struct finding_sink *sink, struct check_facts **facts_out)
{
	static const struct {
		unsigned needs;
		enum status (*run)(struct pass_context *context);
	} parts[] = {
		{ 0, pass_header },
		{ FACT_HEADER, pass_trees },
		{ FACT_NODES, pass_cipher },
		{ FACT_DECODED, pass_folders },
	};
	struct check_facts *facts = arena_alloc(arena, sizeof *facts);
	struct pass_progress progress = { 0 };
	struct pass_context context = { arena, options, facts, sink, &progress };
	enum status st;

	*facts_out = facts;
	if (!facts)
		return ST_NOMEM;
	facts->image = image;
	st = look_at_kind(&context);
	for (size_t i = 0; st == ST_OK && !facts->not_a_store && i < COUNT_OF(parts); i++)
		if ((facts->have & parts[i].needs) == parts[i].needs)
			st = parts[i].run(&context);
	return st;
}
