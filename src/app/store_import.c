/* This file writes mail out of files into a new store. */
#include "app/store_import.h"

#include "app/import_scan.h"
#include "app/progress.h"
#include "base/buf.h"
#include "base/str.h"
#include "diagnose/stores.h"
#include "intake/intake.h"
#include "os/clock.h"
#include "os/env.h"
#include "os/file.h"
#include "os/interrupt.h"
#include "os/new_store.h"
#include "os/random.h"
#include "os/store_file.h"
#include "record/import_facts.h"

#include <stdio.h>
#include <string.h>

enum {
	FOLD_AT = 20,
	SCAN_ARENA = 1 << 30,
	STORE_ARENA = 2000 << 20,
	PIECE_FIRST = 4 << 20,
	PIECE_MAX = 1 << 30,
	CARD_CAP = 128 << 20,
	BYTES_OF_A_STORE = 1 << 20,
};

struct import_run {
	struct run *run;
	struct finding_sink *sink;
	struct import_facts facts;
	struct import_scan scan;
	struct arena *arena; /* of the store that is written */
	struct intake *in;
	struct new_store *file;
	const char *why;
	struct progress progress;
	struct clock clock;
	uint64_t done; /* bytes of files that are read */
	bool cancelled, is_written;
};

/* A file that is read piece by piece. */
struct pieces {
	struct import_run *r;
	const struct image *image;
	struct buf bytes;
	uint64_t at; /* in the file, of the first byte held */
	size_t wanted;
	bool is_counted; /* its bytes count for the progress */
};

static bool tick_at(struct import_run *r, uint64_t more)
{
	progress_tick(&r->progress, r->done + more, r->scan.bytes);
	return !interrupt_came();
}

static bool tick(void *context, size_t taken)
{
	struct pieces *p = context;

	return tick_at(p->r, p->is_counted ? p->at + taken : 0);
}

/* Reads until a piece's length is there or the file ends. */
static enum status fill(struct pieces *p)
{
	uint8_t chunk[1 << 16];

	while (p->bytes.len < p->wanted && p->at + p->bytes.len < p->image->size) {
		uint64_t left = p->image->size - p->at - p->bytes.len;
		size_t len = left < sizeof chunk ? (size_t)left : sizeof chunk;
		enum status st = image_read(p->image, p->at + p->bytes.len, chunk, len);

		if (st != ST_OK)
			return st;
		buf_add(&p->bytes, view_of(chunk, len));
		if (buf_failed(&p->bytes))
			return ST_NOMEM;
	}
	return ST_OK;
}

typedef size_t take_piece(struct import_run *r, struct intake_source *source,
			  const struct intake_piece *piece);

static size_t take_keep(struct import_run *r, struct intake_source *source, const struct intake_piece *piece)
{
	(void)source;
	return intake_lines_keep(r->in, piece);
}

static size_t take_lines(struct import_run *r, struct intake_source *source, const struct intake_piece *piece)
{
	return intake_lines(r->in, source, piece);
}

static size_t take_mailbox(struct import_run *r, struct intake_source *source,
			   const struct intake_piece *piece)
{
	return intake_mailbox(r->in, source, piece);
}

static size_t take_letter(struct import_run *r, struct intake_source *source,
			  const struct intake_piece *piece)
{
	if (!piece->is_last)
		return 0;
	intake_letter(r->in, source, piece->bytes);
	return piece->bytes.len;
}

static size_t take_cards(struct import_run *r, struct intake_source *source, const struct intake_piece *piece)
{
	if (!piece->is_last)
		return 0;
	intake_cards(r->in, source, piece);
	return piece->bytes.len;
}

/* Feeds a file until all of it is taken; what does not fit a piece makes the piece longer. */
static enum status feed(struct pieces *p, struct intake_source *source, take_piece *take)
{
	enum status st = ST_OK;

	do {
		struct intake_piece piece = { .context = p, .tick = tick };
		size_t taken;

		st = fill(p);
		if (st != ST_OK)
			return st;
		piece.bytes = buf_view(&p->bytes);
		piece.is_last = p->at + p->bytes.len == p->image->size || p->wanted == PIECE_MAX;
		source->at = p->at;
		taken = take(p->r, source, &piece);
		if (taken == 0 && !piece.is_last && p->wanted < PIECE_MAX)
			p->wanted *= 2;
		buf_drop_head(&p->bytes, taken);
		p->at += taken;
	} while (p->at < p->image->size && intake_status(p->r->in) == ST_OK);
	return intake_status(p->r->in);
}

static enum status read_file(struct import_run *r, const struct import_file *f, struct intake_source *source,
			     take_piece *take)
{
	struct pieces p = { .r = r, .wanted = PIECE_FIRST, .is_counted = take != take_keep };
	struct store_file *open;
	enum status st = store_file_open(f->path, &open, &r->why);

	if (st != ST_OK)
		return st;
	p.image = store_file_image(open);
	if (take == take_letter || take == take_cards)
		p.wanted = p.image->size < PIECE_MAX ? (size_t)p.image->size + 1 : PIECE_MAX;
	buf_init(&p.bytes, (size_t)PIECE_MAX + (1 << 16));
	st = feed(&p, source, take);
	buf_fini(&p.bytes);
	if (st == ST_IO && intake_status(r->in) == ST_OK)
		r->why = arena_printf(r->run->arena, "\"%s\" cannot be read to its end", f->path);
	store_file_close(&open);
	return st;
}

/* The folder of a file's way, made step by step. */
static uint32_t folder_of(struct import_run *r, const struct import_file *f)
{
	uint32_t folder = r->scan.is_export ? intake_root(r->in) : intake_top(r->in);
	struct str rest = str_of(*f->folder ? f->folder : "Imported");
	bool is_first = true;

	for (struct str step = str_cut(&rest, '/'); step.at; step = str_cut(&rest, '/')) {
		const char *name = arena_text(r->scan.arena, step);

		if (!name || step.len == 0)
			continue;
		folder = intake_folder(r->in, folder, name);
		if (is_first && r->scan.is_export && r->scan.top && strcmp(name, r->scan.top) == 0)
			intake_set_top(r->in, folder);
		is_first = false;
	}
	return folder;
}

static void report_skipped(struct import_run *r, const struct import_file *f)
{
	struct subject subject = { .kind = SUBJECT_STORE, .path = f->path };
	enum code code = f->why == import_beside ? CODE_ITEM_IMPORT_DEFECT : CODE_ITEM_IMPORT_INCOMPLETE;
	struct finding *finding = finding_add(r->sink, code, &subject);

	r->facts.skipped++;
	if (finding->n_evidence == 0)
		finding_evidence(finding, "is", f->why, "mail", TRUST_OURS);
}

/* What an export wrote beside a letter for calendars and address books. */
static bool read_card(const struct import_file *f, struct buf *out)
{
	const char *why;

	return file_read(f->beside, out, &why) == ST_OK;
}

static enum status take_file(struct import_run *r, const struct import_file *f)
{
	static take_piece *const takes[] = {
		[IMPORT_LETTER] = take_letter,
		[IMPORT_MAILBOX] = take_mailbox,
		[IMPORT_LINES] = take_lines,
		[IMPORT_CARD] = take_cards,
	};
	struct buf card;
	struct intake_source source = {
		.path = f->path,
		.nid = f->nid,
		.is_unread = f->is_unread,
		.is_flagged = f->is_flagged,
		.is_answered = f->is_answered,
		.is_draft = f->is_draft,
	};
	enum status st;

	if (f->kind == IMPORT_OTHER || f->kind == IMPORT_BESIDE) {
		if (f->kind == IMPORT_OTHER)
			report_skipped(r, f);
		return ST_OK;
	}
	/* Lines say themselves where they belong. */
	if (f->kind != IMPORT_LINES)
		source.folder = folder_of(r, f);
	else
		source.folder = intake_top(r->in);
	buf_init(&card, CARD_CAP);
	if (f->beside && !read_card(f, &card)) {
		r->why = arena_printf(r->run->arena, "\"%s\" cannot be read", f->beside);
		buf_fini(&card);
		return ST_IO;
	}
	source.card = buf_view(&card);
	st = read_file(r, f, &source, takes[f->kind]);
	buf_fini(&card);
	r->facts.files++;
	r->done += f->size;
	return st == ST_OK && !tick_at(r, 0) ? ST_CANCEL : st;
}

/* Of a folder that is read, nothing is kept, unless lines may still name it. */
static void leave_folder(struct import_run *r, const struct import_file *f, const struct import_file *next)
{
	if (f->kind == IMPORT_LINES || f->kind == IMPORT_OTHER)
		return;
	if (!next || strcmp(next->folder, f->folder) != 0)
		intake_folder_done(r->in, folder_of(r, f));
}

static bool has_lines(const struct import_run *r)
{
	for (size_t i = 0; i < r->scan.n; i++)
		if (r->scan.files[i].kind == IMPORT_LINES)
			return true;
	return false;
}

/* Numbers are told before the first message is written. */
static enum status tell_numbers(struct import_run *r)
{
	struct intake_source none = { 0 };
	enum status st = ST_OK;

	for (size_t i = 0; i < r->scan.n && st == ST_OK; i++) {
		const struct import_file *f = &r->scan.files[i];

		if (f->kind == IMPORT_LINES)
			st = read_file(r, f, &none, take_keep);
		else if (f->nid && (f->kind == IMPORT_LETTER || f->kind == IMPORT_CARD))
			intake_keep(r->in, f->nid);
	}
	return st;
}

static enum status take_all(struct import_run *r)
{
	bool leaves = !has_lines(r);
	enum status st = tell_numbers(r);

	for (size_t i = 0; i < r->scan.n && st == ST_OK; i++) {
		st = take_file(r, &r->scan.files[i]);
		if (st == ST_OK && leaves)
			leave_folder(r, &r->scan.files[i], i + 1 < r->scan.n ? &r->scan.files[i + 1] : NULL);
	}
	return st;
}

static enum status write_store(struct import_run *r)
{
	struct intake_setting setting = { .arena = r->arena,
					  .sink = new_store_sink(r->file),
					  .findings = r->sink,
					  .has_own_top = r->scan.is_export };
	struct intake_counts counts = { 0 };
	enum status st = random_bytes(setting.record_key, sizeof setting.record_key), end;

	if (st == ST_OK)
		st = intake_open(&setting, &r->in);
	if (st != ST_OK)
		return st;
	st = take_all(r);
	end = intake_finish(r->in, &counts);
	if (st == ST_OK)
		st = end;
	r->facts.messages = counts.messages;
	r->facts.associated = counts.associated;
	r->facts.folders = counts.folders;
	r->facts.defects = counts.defects;
	r->facts.incomplete = counts.incomplete;
	r->facts.bytes = counts.bytes;
	if (st == ST_IO && new_store_why(r->file))
		r->why = new_store_why(r->file);
	return st;
}

static enum status import_all(struct import_run *r)
{
	enum status st =
		new_store_create(r->run->options.output, r->scan.bytes + BYTES_OF_A_STORE, &r->file, &r->why);

	if (st != ST_OK)
		return st;
	progress_start(&r->progress, !r->run->options.quiet);
	st = write_store(r);
	progress_end(&r->progress);
	if (st == ST_OK) {
		st = new_store_commit(&r->file, &r->why);
		r->is_written = st == ST_OK;
	} else {
		if (r->why)
			r->why = arena_strdup(r->run->arena, r->why);
		new_store_discard(&r->file);
	}
	return st;
}

/* Something other than what stands beside a message was left out. */
static bool has_missing(const struct import_run *r)
{
	for (size_t i = 0; i < r->scan.n; i++)
		if (r->scan.files[i].kind == IMPORT_OTHER && r->scan.files[i].why != import_beside)
			return true;
	return false;
}

static const char *headline(struct import_run *r)
{
	uint64_t files = r->facts.files, amiss = r->facts.incomplete + r->facts.skipped;
	unsigned long long n = r->facts.messages + r->facts.associated;

	if (!r->is_written)
		return "Stopped: nothing was written.";
	if (r->facts.incomplete || has_missing(r))
		return arena_printf(
			r->run->arena,
			"%llu messages are in %s; %llu files or messages could not be taken whole.", n,
			r->facts.output, (unsigned long long)amiss);
	return arena_printf(r->run->arena, "%llu messages of %llu %s are in %s.", n,
			    (unsigned long long)files, files == 1 ? "file" : "files", r->facts.output);
}

static int print(struct import_run *r)
{
	struct run *run = r->run;
	struct store_facts store = { .path = run->options.output,
				     .format = "unicode",
				     .bytes = r->facts.bytes,
				     .messages = r->facts.messages,
				     .is_whole = true };
	struct store_case facts = { &store, 1, r->cancelled };
	struct diagnosis *diagnosis = arena_alloc(run->arena, sizeof *diagnosis);
	struct report report = {
		.command = "store import",
		.version = POSTMEND_VERSION,
		.findings = r->sink,
		.diagnosis = diagnosis,
		.imported = &r->facts,
		.elapsed = clock_now(&r->clock),
		.cancelled = r->cancelled,
		.computer_name = env_host_name(run->arena),
	};

	r->facts.output = r->is_written ? run->options.output : NULL;
	if (!diagnosis || diagnose_stores(run->arena, &facts, r->sink, diagnosis) != ST_OK)
		return run_failed(ST_NOMEM, NULL);
	diagnosis->headline = headline(r);
	return run_report(run, &report);
}

static enum status scan_all(struct import_run *r)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < r->run->n_words && st == ST_OK; i++) {
		st = import_scan_add(&r->scan, r->run->words[i], &r->why);
		if (st == ST_IO)
			r->why = arena_printf(r->run->arena, "\"%s\": %s", r->run->words[i], r->why);
	}
	import_scan_end(&r->scan);
	return st;
}

static const char *read_words(struct run *run)
{
	if (run->n_words == 0)
		return "store import: expected files or folders of mail, such as mail.mbox";
	if (!run->options.output)
		return "store import: expected --output NEW.pst";
	if (file_exists(run->options.output))
		return arena_printf(run->arena, "store import: \"%.200s\" exists already",
				    run->options.output);
	return NULL;
}

int store_import(struct run *run)
{
	struct import_run *r = arena_alloc(run->arena, sizeof *r);
	const char *why = read_words(run);
	enum status st;

	if (!r)
		return run_failed(ST_NOMEM, NULL);
	if (why)
		return run_usage(why);
	*r = (struct import_run){ .run = run, .sink = finding_sink_new(run->arena) };
	r->scan.arena = arena_new(SCAN_ARENA);
	r->arena = arena_new(STORE_ARENA);
	if (!r->sink || !r->scan.arena || !r->arena)
		return run_failed(ST_NOMEM, NULL);
	finding_sink_fold(r->sink, FOLD_AT);
	interrupt_watch();
	clock_start(&r->clock);
	st = scan_all(r);
	if (st == ST_OK)
		st = import_all(r);
	r->cancelled = st == ST_CANCEL;
	arena_drop(&r->arena);
	if (st == ST_OK || st == ST_CANCEL) {
		int code = print(r);

		arena_drop(&r->scan.arena);
		return code;
	}
	arena_drop(&r->scan.arena);
	return run_failed(st, r->why ? arena_printf(run->arena, "store import: %s", r->why) : NULL);
}
