/* This file writes every message of a store as what it would be on the Internet. */
#include "content/export.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "base/str.h"
#include "content/desk.h"
#include "content/item_card.h"
#include "content/item_json.h"
#include "content/safe_name.h"
#include "finding/finding.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

#include <stdlib.h>
#include <string.h>

enum {
	WORKER_ARENA = 256 << 20,
	PATH_CAP = 600,
	DEEPEST = 24,
	JOB_MESSAGES = 64,
	NAME_CAP = 64 << 10,
	CARD_CAP = 128 << 20
};

enum outcome { OUTCOME_NONE, OUTCOME_WHOLE, OUTCOME_PARTS, OUTCOME_UNREAD };

/* Messages of one folder stand together, in the order of their NIDs. */
struct exported {
	uint32_t node, parent;
	uint8_t outcome;
	bool has_card; /* a file for calendars or address books stands beside */
};

struct chunk {
	uint32_t first, end; /* of messages */
	const char *folder;  /* its path; "" for the place itself */
};

struct export
{
	const struct export_setting *setting;
	struct check_facts *facts;
	struct arena *arena;
	struct exported *messages;
	size_t n;
	struct chunk *chunks;
	size_t n_chunks;
	struct node_reader readers[CHECK_WIDTH_MAX];
	struct named_table names; /* kept by names_arena */
	struct item_names card_names;
	struct arena *names_arena;
	uint64_t done;
	bool refused, cancelled;
};

static int by_folder(const void *a, const void *b)
{
	const struct exported *x = a, *y = b;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

static bool is_wanted(const struct export *e, const struct node_fact *node)
{
	return desk_is_message(node) || (e->setting->associated && desk_is_associated(node));
}

static enum status gather(struct export *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->facts->n_nodes; i++)
		n += is_wanted(e, &e->facts->nodes[i]);
	e->messages = arena_array(e->arena, n, sizeof *e->messages);
	if (!e->messages)
		return ST_NOMEM;
	for (size_t i = 0; i < e->facts->n_nodes; i++)
		if (is_wanted(e, &e->facts->nodes[i]))
			e->messages[e->n++] =
				(struct exported){ (uint32_t)i, e->facts->nodes[i].parent, 0, false };
	qsort(e->messages, e->n, sizeof *e->messages, by_folder);
	return ST_OK;
}

/* A folder's name as a directory; told apart from an elder sister of the same name. */
static void put_folder_name(const struct export *e, const struct folder_fact *folder, struct buf *out)
{
	struct buf own, other;
	bool is_taken = false;

	buf_init(&own, PATH_CAP);
	buf_init(&other, PATH_CAP);
	safe_name_put(&own, folder->name, "folder");
	for (size_t i = 0; i < e->facts->n_folders && !is_taken; i++) {
		const struct folder_fact *f = &e->facts->folders[i];

		if (f->parent != folder->parent || f->nid >= folder->nid)
			continue;
		buf_clear(&other);
		safe_name_put(&other, f->name, "folder");
		is_taken = str_eq_nocase(buf_str(&own), buf_str(&other));
	}
	buf_add(out, buf_view(&own));
	if (is_taken)
		buf_printf(out, " (0x%X)", (unsigned)folder->nid);
	buf_fini(&own);
	buf_fini(&other);
}

/* From a folder up to below the root. */
static size_t folder_way(const struct export *e, uint32_t nid, const struct folder_fact *way[DEEPEST])
{
	const struct folder_fact *f = facts_folder(e->facts, nid);
	size_t n = 0;

	for (; f && f->parent != f->nid && n < DEEPEST; f = facts_folder(e->facts, f->parent))
		way[n++] = f;
	return n;
}

/* From the root down; what is too deep or too long goes by its number. */
static const char *folder_path(const struct export *e, uint32_t nid)
{
	const struct folder_fact *way[DEEPEST];
	size_t n = folder_way(e, nid, way);
	struct buf path;
	const char *text;

	buf_init(&path, PATH_CAP);
	for (size_t i = n; i-- > 0;) {
		put_folder_name(e, way[i], &path);
		if (i)
			buf_add_byte(&path, '/');
	}
	if (n == 0)
		buf_add_text(&path, "in no folder");
	if (buf_failed(&path) || path.len > PATH_CAP / 2 || n == DEEPEST) {
		buf_clear(&path);
		buf_printf(&path, "folder 0x%X", (unsigned)nid);
	}
	text = arena_text(e->arena, buf_str(&path));
	buf_fini(&path);
	return text;
}

/* One file for all messages of a folder. */
static bool is_in_one(const struct export *e)
{
	return e->setting->format == EXPORT_MBOX || e->setting->format == EXPORT_JSON;
}

/* Folders are made before the first message is written. A mailbox is one piece of work. */
static enum status cut(struct export *e, struct export_counts *counts)
{
	size_t step = is_in_one(e) ? SIZE_MAX : JOB_MESSAGES;

	e->chunks = arena_array(e->arena, e->n, sizeof *e->chunks);
	if (!e->chunks)
		return ST_NOMEM;
	for (size_t i = 0; i < e->n;) {
		uint32_t parent = e->messages[i].parent;
		const char *path = folder_path(e, parent);

		if (!path)
			return ST_NOMEM;
		counts->folders++;
		for (; i < e->n && e->messages[i].parent == parent;) {
			size_t end = i;

			while (end < e->n && e->messages[end].parent == parent && end - i < step)
				end++;
			e->chunks[e->n_chunks++] = (struct chunk){ (uint32_t)i, (uint32_t)end, path };
			i = end;
		}
	}
	return ST_OK;
}

static bool make_folder(struct export *e, const char *path, const char *below)
{
	const char *whole = path ? arena_printf(e->arena, "%s%s", path, below) : NULL;

	return whole && e->setting->place.make_folder(e->setting->place.context, whole);
}

/* Of a mailbox's path only what is above it is a folder; above the first is the place itself. */
static const char *above(struct arena *arena, const char *path)
{
	const char *end = strrchr(path, '/');

	return arena_text(arena, (struct str){ path, end ? (size_t)(end - path) : 0 });
}

static enum status make_folders(struct export *e)
{
	const char *last = NULL;

	for (size_t i = 0; i < e->n_chunks; i++) {
		const char *path = e->chunks[i].folder;
		bool good = true;

		if (path == last)
			continue;
		last = path;
		if (e->setting->format == EXPORT_EML)
			good = make_folder(e, path, "");
		else if (e->setting->format == EXPORT_MAILDIR)
			good = make_folder(e, path, "/cur") && make_folder(e, path, "/new") &&
			       make_folder(e, path, "/tmp");
		else
			good = make_folder(e, above(e->arena, path), "");
		if (!good)
			return ST_IO;
	}
	return ST_OK;
}

/* What a file's name and a mailbox's line in front of a message want. */
struct envelope {
	const char *subject, *sender, *class;
	bool is_read;
	wall_time time;
};

static bool is_time(const struct item_sheet *sheet, uint16_t id, struct view *value)
{
	struct property p;

	return item_sheet_head(sheet, id, &p, value) && p.type == PTYP_TIME;
}

static void read_envelope(const struct item_letter *letter, struct envelope *out)
{
	const struct item_sheet *sheet;
	uint32_t flags = 0;
	struct view value;

	*out = (struct envelope){ 0 };
	if (!letter)
		return;
	sheet = item_letter_sheet(letter);
	out->subject = item_subject(sheet->item, sheet->item->reader->arena);
	out->class = item_sheet_text(sheet, TAG_MESSAGE_CLASS, DESK_TEXT_MAX);
	out->sender = item_sheet_text(sheet, 0x0C1F, DESK_TEXT_MAX);
	(void)item_sheet_integer(sheet, TAG_MESSAGE_FLAGS, &flags);
	out->is_read = (flags & MESSAGE_READ) != 0;
	if (is_time(sheet, TAG_DELIVERY_TIME, &value) || is_time(sheet, TAG_CLIENT_SUBMIT_TIME, &value) ||
	    is_time(sheet, TAG_CREATION_TIME, &value)) {
		struct cursor c = cursor_of(value);

		out->time = calendar_of_filetime(cursor_u64le(&c));
	}
	if (out->time < 0)
		out->time = 0;
}

static const char *file_path(const struct export *e, const struct node_reader *reader,
			     const struct chunk *chunk, const struct node_fact *node,
			     const struct envelope *envelope)
{
	struct buf path;
	const char *text;

	buf_init(&path, NAME_CAP);
	buf_printf(&path, "%s/", chunk->folder);
	if (e->setting->format == EXPORT_MAILDIR) {
		buf_printf(&path, "%s/%lld.%X.postmend", envelope->is_read ? "cur" : "new",
			   (long long)envelope->time, (unsigned)node->nid);
		if (envelope->is_read)
			buf_printf(&path, "%c2,S", e->setting->place.flags_mark);
	} else {
		safe_name_put(&path, envelope->subject, "message");
		buf_printf(&path, " 0x%X.eml", (unsigned)node->nid);
	}
	text = arena_text(reader->arena, buf_str(&path));
	buf_fini(&path);
	return text;
}

/* mboxrd: lines with LF, and ">" in front of what looks like the line between messages. */
struct mbox_line {
	struct mail_sink *to;
	char held[64]; /* the start of a line, while it may still be such a line */
	size_t n;
	bool in_line;
	char out[4096]; /* lines on their way */
	size_t n_out;
};

static void flush_lines(struct mbox_line *m)
{
	mail_put(m->to, view_of(m->out, m->n_out));
	m->n_out = 0;
}

static void put_line(struct mbox_line *m, struct str text)
{
	if (m->n_out + text.len > sizeof m->out)
		flush_lines(m);
	if (text.len > sizeof m->out) {
		mail_put(m->to, str_view(text));
		return;
	}
	if (text.len)
		memcpy(m->out + m->n_out, text.at, text.len);
	m->n_out += text.len;
}

static void end_held(struct mbox_line *m)
{
	static const char from[] = "From ";
	size_t quotes = 0;

	while (quotes < m->n && m->held[quotes] == '>')
		quotes++;
	if (m->n - quotes >= sizeof from - 1 && memcmp(m->held + quotes, from, sizeof from - 1) == 0)
		put_line(m, STR(">"));
	put_line(m, (struct str){ m->held, m->n });
	m->n = 0;
	m->in_line = true;
}

static void put_mbox_byte(struct mbox_line *m, char c)
{
	if (c == '\n') {
		end_held(m);
		put_line(m, STR("\n"));
		m->in_line = false;
		return;
	}
	if (m->in_line) {
		put_line(m, (struct str){ &c, 1 });
		return;
	}
	m->held[m->n++] = c;
	if (m->n == sizeof m->held)
		end_held(m);
}

/* Lines in one go: only their starts are looked at closely. */
static bool write_mbox(void *context, struct view bytes)
{
	struct mbox_line *m = context;
	struct str rest = str_from_view(bytes);

	while (rest.len) {
		size_t end, len, plain;

		/* What begins otherwise is no such line. */
		m->in_line = m->in_line ||
			     (m->n == 0 && rest.at[0] > '\r' && rest.at[0] != '>' && rest.at[0] != 'F');
		end = m->in_line ? str_find_char(rest, '\n') : 0;
		len = end == SIZE_MAX ? rest.len : end;
		plain = len;

		if (plain && rest.at[plain - 1] == '\r')
			plain--;
		put_line(m, str_head(rest, plain));
		rest = str_skip(rest, plain);
		if (rest.len && rest.at[0] != '\r')
			put_mbox_byte(m, rest.at[0]);
		rest = str_skip(rest, 1);
	}
	return !m->to->failed;
}

static struct item_letter_result put_mbox(struct item_letter *letter, uint32_t nid,
					  const struct envelope *envelope, struct mail_sink *to)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct calendar c = calendar_of(envelope->time);
	struct mbox_line line = { .to = to };
	struct mail_sink sink = { .context = &line, .write = write_mbox };
	bool is_plain = envelope->sender && *envelope->sender;
	struct item_letter_result result;
	struct buf head;

	for (size_t i = 0; is_plain && envelope->sender[i]; i++)
		is_plain = envelope->sender[i] > 32 && envelope->sender[i] < 127;
	buf_init(&head, NAME_CAP);
	buf_printf(&head, "From %s %s %s %2u %02u:%02u:%02u %04u\n",
		   is_plain ? envelope->sender : "MAILER-DAEMON", days[c.weekday % 7],
		   months[(c.month - 1) % 12], c.day, c.hour, c.minute, c.second, (unsigned)c.year);
	mail_put_buf(to, &head);
	buf_fini(&head);
	result = item_letter_write(letter, nid, &sink);
	end_held(&line);
	put_line(&line, STR("\n"));
	flush_lines(&line);
	return result;
}

static enum outcome outcome_of(struct item_letter_result result)
{
	return !result.is_read ? OUTCOME_UNREAD : result.is_whole ? OUTCOME_WHOLE : OUTCOME_PARTS;
}

static const char *card_path(const struct node_reader *reader, const struct chunk *chunk,
			     const struct node_fact *node, const char *subject, const char *ending)
{
	struct buf path;
	const char *text;

	buf_init(&path, NAME_CAP);
	buf_printf(&path, "%s/", chunk->folder);
	safe_name_put(&path, subject, "item");
	buf_printf(&path, " 0x%X%s", (unsigned)node->nid, ending);
	text = arena_text(reader->arena, buf_str(&path));
	buf_fini(&path);
	return text;
}

/* Beside the message, when it is an appointment, a task or a contact. */
static bool write_card(struct export *e, unsigned worker, const struct chunk *chunk,
		       const struct node_fact *node, const char *subject)
{
	const struct node_reader *reader = &e->readers[worker];
	const struct export_place *place = &e->setting->place;
	struct mail_sink *sink;
	enum item_card card;
	const char *path;
	struct buf text;
	bool good = true;

	buf_init(&text, CARD_CAP);
	card = item_card_put(reader, node, &e->card_names, &text);
	if (card != ITEM_CARD_NONE && !buf_failed(&text)) {
		path = card_path(reader, chunk, node, subject, item_card_ending(card));
		sink = path ? place->open(place->context, worker, path) : NULL;
		if (sink)
			mail_put_buf(sink, &text);
		good = sink && place->close(place->context, worker) && !sink->failed;
	}
	buf_fini(&text);
	return good;
}

/* Each message a file of its own. */
static bool write_file(struct export *e, unsigned worker, const struct chunk *chunk, struct exported *message)
{
	const struct node_reader *reader = &e->readers[worker];
	const struct node_fact *node = &e->facts->nodes[message->node];
	const struct export_place *place = &e->setting->place;
	struct item_letter *letter = item_letter_open(reader, node);
	struct envelope envelope;
	struct mail_sink *sink;
	const char *path;

	read_envelope(letter, &envelope);
	path = file_path(e, reader, chunk, node, &envelope);
	sink = path ? place->open(place->context, worker, path) : NULL;
	if (!sink)
		return false;
	message->outcome = (uint8_t)outcome_of(item_letter_write(letter, node->nid, sink));
	if (!place->close(place->context, worker) || sink->failed)
		return false;
	return !item_card_may_be(envelope.class) || write_card(e, worker, chunk, node, envelope.subject);
}

/* The lines say which way the folder is, from the root down. */
static void put_json_folder(struct export *e, const struct node_reader *reader, uint32_t nid,
			    struct mail_sink *sink)
{
	const struct folder_fact *up[DEEPEST], *down[DEEPEST];
	size_t n = folder_way(e, nid, up);

	for (size_t i = 0; i < n; i++)
		down[i] = up[n - 1 - i];
	item_json_write_folder(reader, down, n, sink);
}

static struct item_letter_result put_in_one(struct export *e, const struct node_reader *reader,
					    struct exported *message, struct mail_sink *sink)
{
	const struct node_fact *node = &e->facts->nodes[message->node];
	struct item_letter *letter;
	struct envelope envelope;

	if (e->setting->format == EXPORT_JSON)
		return item_json_write(reader, node, &e->names, sink);
	letter = item_letter_open(reader, node);
	read_envelope(letter, &envelope);
	message->has_card = item_card_may_be(envelope.class);
	return put_mbox(letter, node->nid, &envelope, sink);
}

static bool goes_on(struct export *e, unsigned worker, uint64_t more)
{
	const struct content_setting *s = &e->setting->content;
	uint64_t done = __atomic_add_fetch(&e->done, more, __ATOMIC_RELAXED);

	if (worker == 0 && s->tick && !s->tick(s->context, done, e->n))
		__atomic_store_n(&e->cancelled, true, __ATOMIC_RELAXED);
	return !__atomic_load_n(&e->cancelled, __ATOMIC_RELAXED) &&
	       !__atomic_load_n(&e->refused, __ATOMIC_RELAXED);
}

static bool write_mailbox(struct export *e, unsigned worker, const struct chunk *chunk)
{
	const struct node_reader *reader = &e->readers[worker];
	const struct export_place *place = &e->setting->place;
	bool is_json = e->setting->format == EXPORT_JSON;
	const char *path = arena_printf(reader->arena, "%s%s", chunk->folder, is_json ? ".jsonl" : ".mbox");
	struct mail_sink *sink = path ? place->open(place->context, worker, path) : NULL;

	if (!sink)
		return false;
	arena_clear(reader->arena);
	if (is_json)
		put_json_folder(e, reader, e->messages[chunk->first].parent, sink);
	/* A mailbox may be all of the store: it can be left in the middle, behind a message. */
	for (uint32_t i = chunk->first; i < chunk->end && !sink->failed && goes_on(e, worker, 1); i++) {
		e->messages[i].outcome = (uint8_t)outcome_of(put_in_one(e, reader, &e->messages[i], sink));
		arena_clear(reader->arena);
	}
	return place->close(place->context, worker) && !sink->failed;
}

/* All calendar items of a folder in one file, or all its contacts: no file when there are none. */
static bool write_cards(struct export *e, unsigned worker, const struct chunk *chunk, enum item_card kind)
{
	const struct node_reader *reader = &e->readers[worker];
	const struct export_place *place = &e->setting->place;
	struct mail_sink *sink = NULL;
	struct buf text;
	bool good = true;

	buf_init(&text, CARD_CAP);
	for (uint32_t i = chunk->first; i < chunk->end && good; i++) {
		const struct node_fact *node = &e->facts->nodes[e->messages[i].node];
		const char *path;

		arena_clear(reader->arena);
		buf_clear(&text);
		if (!e->messages[i].has_card || item_card_put(reader, node, &e->card_names, &text) != kind ||
		    buf_failed(&text))
			continue;
		path = arena_printf(reader->arena, "%s%s", chunk->folder, item_card_ending(kind));
		if (!sink && path)
			sink = place->open(place->context, worker, path);
		good = sink != NULL;
		if (good)
			mail_put_buf(sink, &text);
	}
	buf_fini(&text);
	arena_clear(reader->arena);
	return good && (!sink || (place->close(place->context, worker) && !sink->failed));
}

static void job(void *context, unsigned worker, size_t index)
{
	struct export *e = context;
	const struct chunk *chunk = &e->chunks[index];
	bool good = true;

	if (!goes_on(e, worker, is_in_one(e) ? 0 : chunk->end - chunk->first))
		return;
	if (is_in_one(e))
		good = write_mailbox(e, worker, chunk) && write_cards(e, worker, chunk, ITEM_CARD_CALENDAR) &&
		       write_cards(e, worker, chunk, ITEM_CARD_CONTACT);
	for (uint32_t i = chunk->first; good && !is_in_one(e) && i < chunk->end; i++) {
		good = write_file(e, worker, chunk, &e->messages[i]);
		arena_clear(e->readers[worker].arena);
	}
	if (!good)
		__atomic_store_n(&e->refused, true, __ATOMIC_RELAXED);
}

static enum status open_readers(struct export *e)
{
	for (unsigned i = 0; i < e->setting->content.runner.width; i++) {
		struct node_reader *r = &e->readers[i];

		*r = (struct node_reader){ .facts = e->facts, .arena = arena_new(WORKER_ARENA) };
		r->room = arena_alloc(e->arena, NODE_READER_ROOM);
		r->window = arena_alloc(e->arena, sizeof *r->window);
		if (!r->arena || !r->room || !r->window)
			return ST_NOMEM;
	}
	return ST_OK;
}

/* In an arena of its own: workers clear theirs. */
static enum status read_names(struct export *e)
{
	struct node_reader reader = e->readers[0];

	e->names_arena = reader.arena = arena_new(WORKER_ARENA);
	if (!reader.arena || named_table_read(&reader, &e->names) != ST_OK)
		return ST_NOMEM;
	item_names_find(&e->names, &e->card_names);
	return ST_OK;
}

static void report(struct export *e, struct export_counts *counts)
{
	struct desk desk = { .setting = &e->setting->content, .facts = e->facts };

	for (size_t i = 0; i < e->n; i++) {
		const struct exported *m = &e->messages[i];
		const struct node_fact *node = &e->facts->nodes[m->node];
		struct listed_item item = { .nid = node->nid };

		counts->written += m->outcome != OUTCOME_NONE;
		if (m->outcome != OUTCOME_PARTS && m->outcome != OUTCOME_UNREAD)
			continue;
		counts->incomplete++;
		item.folder = facts_folder_path(e->arena, e->facts, node->nid);
		finding_evidence(desk_report(&desk, &item, CODE_ITEM_EXPORT_INCOMPLETE), "missing",
				 m->outcome == OUTCOME_UNREAD ? "everything" : "a part of it", NULL,
				 TRUST_OURS);
	}
}

enum status export_store(const struct export_setting *setting, struct check_facts *facts,
			 struct export_counts *out)
{
	const struct check_runner *runner = &setting->content.runner;
	struct export *e = arena_alloc(setting->content.arena, sizeof *e);
	enum status st = ST_NOMEM;

	*out = (struct export_counts){ 0 };
	if (!e)
		return ST_NOMEM;
	*e = (struct export){ .setting = setting, .facts = facts, .arena = setting->content.arena };
	st = open_readers(e);
	if (st == ST_OK)
		st = read_names(e);
	if (st == ST_OK)
		st = gather(e);
	out->messages = e->n;
	if (st == ST_OK)
		st = cut(e, out);
	if (st == ST_OK)
		st = make_folders(e);
	if (st == ST_OK)
		runner->run(runner->context, e->n_chunks, job, e);
	for (unsigned i = 0; i < CHECK_WIDTH_MAX; i++)
		arena_drop(&e->readers[i].arena);
	arena_drop(&e->names_arena);
	report(e, out);
	if (st == ST_OK && e->refused)
		st = ST_IO;
	return st == ST_OK && e->cancelled ? ST_CANCEL : st;
}

bool export_message(const struct node_reader *reader, const struct node_fact *node, struct mail_sink *sink)
{
	return item_letter_write(item_letter_open(reader, node), node->nid, sink).is_read;
}
