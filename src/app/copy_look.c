/* This file looks through the local copy of a server's mailbox (.ost) before it is put aside. */
#include "app/copy_look.h"

#include "app/save_mail.h"
#include "app/store_visit.h"
#include "check/sniff.h"
#include "content/content.h"
#include "os/clock.h"
#include "os/pool.h"
#include "os/store_file.h"

enum { NAMED_MAX = 5 };

struct looking {
	struct run *run;
	struct copy_look *out;
	struct check_runner runner;
	struct check_facts *facts;
	struct finding_sink *sink; /* of what is wrong with the store: "store check" tells that */
};

static void run_jobs(void *context, size_t n, check_job *job, void *job_context)
{
	const struct check_runner *runner = context;

	pool_run(runner->width, n, job, job_context);
}

/* What the look depends on, and is not there. */
static const char *gaps_of(struct arena *arena, const struct check_facts *facts, uint64_t n_unread)
{
	if (facts->not_a_store)
		return arena_printf(arena, "all of it: the file is no store but %s",
				    facts->not_a_store->text);
	if (!(facts->have & FACT_NODES) || !(facts->have & FACT_DECODED))
		return "all of it: the trees that lead to its messages cannot be read";
	if (!(facts->have & FACT_FOLDERS))
		return "all of it: its folders cannot be read";
	if (!facts->nbt_whole || !facts->bbt_whole)
		return "a part of it: pages of its trees cannot be read";
	if (n_unread)
		return arena_printf(arena, "%llu folders or messages of it", (unsigned long long)n_unread);
	return NULL;
}

static enum status save(struct looking *l)
{
	const char *folder = l->run->options.save;
	struct save_mail save;
	enum status st;

	if (!folder || l->run->options.plan || l->out->list.n == 0)
		return ST_OK;
	st = save_mail_open(&save, l->run->arena, l->facts, folder);
	for (size_t i = 0; st == ST_OK && i < l->out->list.n; i++)
		st = save_mail_one(&save, &l->out->list.items[i]);
	save_mail_close(&save);
	if (st == ST_OK)
		l->out->saved = folder;
	else if (st != ST_NOMEM)
		l->out->refusal = arena_printf(l->run->arena, "what only it has cannot be saved: %s",
					       save.why ? save.why : "the system refused a file");
	return st == ST_NOMEM ? st : ST_OK;
}

static enum status look(struct looking *l, struct arena *arena, const struct image *image)
{
	struct check_options options = { .path = l->out->path, .runner = l->runner };
	struct content_setting setting = {
		.path = l->out->path,
		.arena = l->run->arena,
		.sink = l->sink,
		.list = &l->out->list,
		.now = clock_wall(),
		.runner = l->runner,
	};
	uint64_t n_unread = 0;
	enum status st;

	options.runner.context = &l->runner;
	setting.runner.context = &l->runner;
	st = check_open(arena, image, &options, finding_sink_new(arena), &l->facts);
	if (st == ST_OK && (l->facts->have & FACT_FOLDERS))
		st = content_local_only(&setting, l->facts, &n_unread);
	if (st != ST_OK)
		return st;
	if ((l->facts->have & FACT_HEADER) && l->facts->header.magic_client == HEADER_CLIENT_PST) {
		l->out->refusal = "it is a PST and no copy of a server's mailbox: all in it is nowhere else";
		l->out->list.n = 0;
		return ST_OK;
	}
	l->out->unread = gaps_of(l->run->arena, l->facts, n_unread);
	return save(l);
}

static void refuse_unsaved(struct looking *l)
{
	if (l->out->list.n && !l->out->refusal && !l->out->saved)
		l->out->refusal = arena_printf(
			l->run->arena,
			"it has %zu items that are nowhere else: --save DIR writes them as .eml files first",
			l->out->list.n);
}

enum status copy_look_at(struct run *run, const char *path, struct copy_look *out)
{
	struct looking l = { .run = run,
			     .out = out,
			     .runner = { .run = run_jobs, .width = pool_width() },
			     .sink = finding_sink_new(run->arena) };
	struct store_file *file;
	struct arena *arena;
	const char *why = NULL;
	enum status st;

	*out = (struct copy_look){ .path = path };
	if (!l.sink)
		return ST_NOMEM;
	st = store_file_open(path, &file, &why);
	if (st == ST_IO)
		out->refusal = arena_printf(run->arena, "it cannot be looked through: %s", why);
	if (st != ST_OK)
		return st == ST_IO ? ST_OK : st;
	arena = arena_new(store_visit_arena_cap(store_file_image(file)->size));
	st = arena ? look(&l, arena, store_file_image(file)) : ST_NOMEM;
	arena_drop(&arena);
	store_file_close(&file);
	refuse_unsaved(&l);
	return st;
}

static void name_items(struct arena *arena, const struct copy_look *look, struct finding *f)
{
	finding_evidence(f, "items", arena_printf(arena, "%zu", look->list.n), "0", TRUST_OURS);
	for (size_t i = 0; i < look->list.n && i < NAMED_MAX; i++) {
		const struct listed_item *item = &look->list.items[i];

		finding_evidence(f, item->state,
				 arena_printf(arena, "%s: %s", item->folder ? item->folder : "(no folder)",
					      item->subject ? item->subject : "(no subject)"),
				 NULL, TRUST_PEER);
	}
	if (look->saved)
		finding_evidence(f, "saved_in", look->saved, NULL, TRUST_PEER);
}

void copy_look_tell(struct run *run, const struct copy_look *look, struct finding_sink *sink)
{
	const struct subject subject = { .kind = SUBJECT_STORE, .path = look->path };
	struct finding *f;

	if (look->list.n) {
		f = finding_add(sink, CODE_ACCOUNT_COPY_HOLDS_ITEMS, &subject);
		if (look->saved) {
			f->severity = SEVERITY_ADVICE;
			f->remedy_text = "Nothing: they were saved. Open the .eml files to send them.";
		} else {
			f->remedy_command = arena_printf(
				run->arena, "postmend store export \"%s\" --output mail-of-the-copy",
				look->path);
		}
		name_items(run->arena, look, f);
	}
	if (look->unread) {
		f = finding_add(sink, CODE_ACCOUNT_COPY_UNREAD, &subject);
		finding_evidence(f, "not_read", look->unread, NULL, TRUST_PEER);
		f->remedy_command =
			arena_printf(run->arena, "postmend store repair \"%s\" --output found.pst",
				     look->aside && !run->options.plan ? look->aside : look->path);
	}
}
