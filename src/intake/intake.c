/* This file writes mail of the Internet, and items as lines of JSON, into a new store. */
#include "intake/intake.h"

#include "base/str.h"
#include "intake/inner.h"
#include "pst/msg/tags.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_MAX = 1 << 24 };

/* Messages of a fresh store begin behind this index: those below are everybody's. */
enum { NUMBER_FIRST = 0x20 };

void intake_fail(struct intake *in, enum status status)
{
	if (in->status == ST_OK)
		in->status = status;
}

enum status intake_status(const struct intake *in)
{
	return in->status;
}

enum status intake_open(const struct intake_setting *setting, struct intake **out)
{
	struct intake *in = arena_alloc(setting->arena, sizeof *in);
	struct store_out_options options = { .ndb = ndb_options_usual() };
	enum status st;

	*out = NULL;
	if (!in)
		return ST_NOMEM;
	*in = (struct intake){ .setting = *setting };
	memcpy(options.record_key, setting->record_key, sizeof options.record_key);
	in->item = arena_new(INTAKE_ITEM_ARENA);
	st = in->item ? store_out_open(setting->arena, setting->sink, &options, &in->store) : ST_NOMEM;
	if (st == ST_OK && !folders_start(in))
		st = ST_NOMEM;
	if (st != ST_OK)
		arena_drop(&in->item);
	else
		*out = in;
	return st;
}

void intake_keep(struct intake *in, uint32_t nid)
{
	enum nid_type type = nid_type((struct nid){ nid });
	uint32_t *kept;

	if ((type != NID_TYPE_NORMAL_MESSAGE && type != NID_TYPE_ASSOC_MESSAGE) || nid >> 5 < NUMBER_FIRST ||
	    in->is_sorted)
		return;
	kept = in->n_kept < KEPT_MAX
		       ? arena_grown(in->setting.arena, in->kept, in->n_kept, &in->room_kept, sizeof *kept)
		       : NULL;
	if (!kept) {
		intake_fail(in, ST_NOMEM);
		return;
	}
	in->kept = kept;
	in->kept[in->n_kept++] = nid;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Numbers that two messages ask for are nobody's. */
static void sort_kept(struct intake *in)
{
	size_t n = 0;

	in->is_sorted = true;
	if (in->n_kept == 0)
		return;
	qsort(in->kept, in->n_kept, sizeof *in->kept, by_number);
	for (size_t i = 0; i < in->n_kept; i++) {
		bool is_twice = (i && in->kept[i - 1] == in->kept[i]) ||
				(i + 1 < in->n_kept && in->kept[i + 1] == in->kept[i]);

		if (is_twice)
			continue;
		ndb_out_mark(store_out_ndb(in->store), in->kept[i]);
		in->kept[n++] = in->kept[i];
	}
	in->n_kept = n;
}

uint32_t intake_number(struct intake *in, uint32_t nid)
{
	size_t from = 0, to;

	if (!in->is_sorted)
		sort_kept(in);
	to = in->n_kept;
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (in->kept[middle] < nid)
			from = middle + 1;
		else
			to = middle;
	}
	return nid && from < in->n_kept && in->kept[from] == nid ? nid : 0;
}

void intake_add(struct intake *in, const struct intake_source *source, uint32_t nid,
		const struct message_place *place, struct props *props)
{
	struct folder_out *folder = intake_open_folder(in, source->folder);
	struct message_spec spec = {
		.nid = nid, .data = place->data, .subnode = place->subnode, .props = props
	};
	bool is_associated = nid && nid_type((struct nid){ nid }) == NID_TYPE_ASSOC_MESSAGE;

	nid = folder_out_message(folder, &spec);
	if (source->folder < in->n_places)
		in->places[source->folder].has_items = true;
	/* What waits in the Outbox stands in the queue too. */
	if (nid && in->outbox && source->folder == in->outbox &&
	    (props_int(props, TAG_MESSAGE_FLAGS, 0) & MESSAGE_SUBMIT))
		store_out_queue(in->store, nid, props);
	in->counts.messages += !is_associated;
	in->counts.associated += is_associated;
	if (ndb_out_status(store_out_ndb(in->store)) != ST_OK)
		intake_fail(in, ndb_out_status(store_out_ndb(in->store)));
	if (arena_failed(in->item))
		intake_fail(in, ST_NOMEM);
	arena_clear(in->item);
}

static struct subject subject_of(struct intake *in, const struct intake_source *source, uint64_t at)
{
	(void)in;
	return (struct subject){
		.kind = SUBJECT_STORE, .path = source->path, .has_offset = true, .offset = at
	};
}

void intake_report_defects(struct intake *in, const struct intake_source *source,
			   const struct mime_message *message, uint64_t base)
{
	size_t n = message->n_defects < MIME_DEFECTS_MAX ? message->n_defects : MIME_DEFECTS_MAX;

	in->counts.defects += message->n_defects;
	for (size_t i = 0; i < n; i++) {
		struct subject subject = subject_of(in, source, base + message->defects[i].at);
		bool is_folded = finding_is_folded(in->setting.findings, CODE_ITEM_IMPORT_DEFECT);
		struct finding *f = finding_add(in->setting.findings, CODE_ITEM_IMPORT_DEFECT, &subject);

		if (!is_folded && f->n_evidence == 0)
			finding_evidence(f, "defect", mime_defect_words(message->defects[i].kind), NULL,
					 TRUST_OURS);
	}
}

void intake_report_lost(struct intake *in, const struct intake_source *source, const char *what)
{
	struct subject subject = subject_of(in, source, source->at);
	struct finding *f = finding_add(in->setting.findings, CODE_ITEM_IMPORT_INCOMPLETE, &subject);

	in->counts.incomplete++;
	if (f->n_evidence == 0)
		finding_evidence(f, "missing", what, NULL, TRUST_OURS);
}

enum status intake_finish(struct intake *in, struct intake_counts *out)
{
	struct ndb_stats stats = { 0 };
	enum status st = in->status;

	for (size_t i = 0; i < in->n_places; i++)
		folder_out_close(in->places[i].out);
	if (st == ST_OK) {
		store_out_set_role(in->store, STORE_TOP, in->places[in->top].nid);
		st = store_out_finish(in->store, &stats);
	}
	in->counts.folders = in->n_places - 1;
	in->counts.bytes = stats.size;
	*out = in->counts;
	arena_drop(&in->item);
	return st;
}
