/* This file turns wishes into the smallest changes of the files that mail programs keep. */
#include "client/rewrite.h"

#include "base/checked.h"
#include "client/configs.h"
#include "client/thunderbird.h"

#include <stdlib.h>
#include <string.h>

static const char memory[] = "memory ended";

struct program_row {
	enum client_program program;
	rewrite_program *write;
	configs_reader *read; /* NULL: it takes more than one file */
};

static void read_prefs(struct client_found *found, struct view bytes, const char *source)
{
	static const struct thunderbird_profile profile = { .name = "", .path = "" };

	thunderbird_read_prefs(found, &profile, bytes, source, false);
}

static void read_evolution(struct client_found *found, struct view bytes, const char *source)
{
	const struct evolution_file file = { "", source, bytes };

	evolution_read(found, &file, 1);
}

static const struct program_row programs[] = {
	{ CLIENT_THUNDERBIRD, rewrite_prefs_program, read_prefs },
	{ CLIENT_EVOLUTION, rewrite_lines_program, read_evolution },
	{ CLIENT_MSMTP, rewrite_lines_program, msmtp_read },
	{ CLIENT_MBSYNC, rewrite_lines_program, mbsync_read },
	{ CLIENT_GETMAIL, rewrite_lines_program, getmail_read },
	{ CLIENT_OFFLINEIMAP, rewrite_lines_program, offlineimap_read },
	{ CLIENT_HIMALAYA, rewrite_lines_program, himalaya_read },
	{ CLIENT_NEOMUTT, rewrite_url_program, neomutt_read },
	{ CLIENT_AERC, rewrite_url_program, aerc_read },
	{ CLIENT_FETCHMAIL, rewrite_fetchmail_program, fetchmail_read },
};

static const struct program_row *row_of(enum client_program program)
{
	for (size_t i = 0; i < COUNT_OF(programs); i++)
		if (programs[i].program == program)
			return &programs[i];
	return NULL;
}

bool rewrite_init(struct rewrites *steps, struct arena *arena)
{
	*steps = (struct rewrites){ .arena = arena,
				    .at = arena_array(arena, REWRITES_MAX, sizeof *steps->at) };
	return steps->at != NULL;
}

const char *rewrite_file_of(const struct client_wish *wish)
{
	const struct client_server *server = client_wish_server(wish);
	const char *file = server->host.place.file;

	return file ? file : wish->account->source;
}

/* Lines end where the readers end them. */
static bool cut_lines(struct arena *arena, struct view bytes, struct rewrite_lines *out)
{
	struct str rest = str_from_view(bytes);
	size_t room = 1;

	*out = (struct rewrite_lines){ .text = rest };
	for (size_t i = 0; i < rest.len; i++)
		room += rest.at[i] == '\n';
	out->at = arena_array(arena, room, sizeof *out->at);
	while (out->at && rest.len) {
		size_t end = str_find_char(rest, '\n');

		out->at[out->n] = str_head(rest, end < rest.len ? end + 1 : rest.len);
		rest = str_skip(rest, out->at[out->n].len);
		out->n++;
	}
	return out->at != NULL;
}

struct str rewrite_line(const struct rewrite_writer *w, unsigned line)
{
	struct str text;

	if (line == 0 || line > w->lines.n)
		return STR("");
	text = w->lines.at[line - 1];
	while (text.len && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == '\r'))
		text.len--;
	return text;
}

static struct rewrite *add(struct rewrite_writer *w, const char *name, unsigned line)
{
	struct rewrites *steps = w->steps;
	struct rewrite *step = &steps->at[steps->n < REWRITES_MAX ? steps->n : REWRITES_MAX - 1];

	steps->n += steps->n < REWRITES_MAX;
	*step = (struct rewrite){ .wish = w->wish, .file = w->file, .name = name, .line = line };
	return step;
}

void rewrite_replace(struct rewrite_writer *w, const char *name, unsigned line, struct str part,
		     const char *fresh)
{
	struct rewrite *step;

	if (str_is(part, fresh))
		return;
	step = add(w, name, line);
	step->old = arena_text(w->steps->arena, part);
	step->fresh = fresh;
	step->at = (size_t)(part.at - w->lines.text.at);
	step->len = part.len;
	step->bytes = str_of(fresh);
}

/* The line that a part stands in. */
static unsigned line_at(const struct rewrite_writer *w, const char *at)
{
	unsigned line = 0;

	while (line < w->lines.n && w->lines.at[line].at <= at)
		line++;
	return line;
}

void rewrite_insert_behind(struct rewrite_writer *w, const char *name, struct str part, const char *value,
			   const char *text)
{
	struct rewrite *step = add(w, name, line_at(w, part.at));

	step->fresh = value;
	step->at = (size_t)(part.at - w->lines.text.at) + part.len;
	step->bytes = str_of(text);
}

void rewrite_insert(struct rewrite_writer *w, const char *name, unsigned line, const char *value,
		    const char *text)
{
	const struct rewrite_lines *lines = &w->lines;
	unsigned before = line && line <= lines->n ? line : (unsigned)lines->n;
	struct str whole = before ? lines->at[before - 1] : (struct str){ lines->text.at, 0 };
	bool has_end = whole.len && whole.at[whole.len - 1] == '\n';
	/* Where the last line has no end, the first one shows how lines end here. */
	struct str like = lines->n ? lines->at[has_end ? before - 1 : 0] : whole;
	const char *end = str_ends_nocase(like, STR("\r\n")) ? "\r\n" : "\n";
	bool is_first = whole.len == 0;

	text = arena_printf(w->steps->arena, "%s%s%s", has_end || is_first ? "" : end, text,
			    has_end || is_first ? end : "");
	rewrite_insert_behind(w, name, whole, value, text ? text : "");
}

const char *rewrite_number(struct rewrite_writer *w)
{
	const char *text = arena_printf(w->steps->arena, "%u", (unsigned)w->wish->number);

	return text ? text : "";
}

/* What a writer made of it; what it could not finish is as if it had not begun. */
static const char *conclude(struct rewrites *steps, size_t before, const char *why)
{
	if (!why && steps->n == REWRITES_MAX)
		why = "there is too much to change";
	if (!why && arena_failed(steps->arena))
		why = memory;
	if (!why && steps->n == before)
		why = "nothing there says what should be changed";
	if (why)
		steps->n = before;
	return why;
}

const char *rewrite_add_text(struct rewrites *steps, const struct client_wish *wish, struct view bytes)
{
	const struct program_row *row = row_of(wish->account->program);
	struct rewrite_writer w = { .steps = steps, .wish = wish, .file = rewrite_file_of(wish) };
	size_t before = steps->n;

	if (!row)
		return "postmend does not write the settings of this program";
	if (!cut_lines(steps->arena, bytes, &w.lines))
		return memory;
	return conclude(steps, before, row->write(&w));
}

const char *rewrite_add_pref(struct rewrites *steps, const char *file, const char *name, const char *value,
			     struct view bytes)
{
	struct rewrite_writer w = { .steps = steps, .file = file };
	size_t before = steps->n;

	if (!cut_lines(steps->arena, bytes, &w.lines))
		return memory;
	return conclude(steps, before, rewrite_set_pref(&w, name, value));
}

/* By place; those at one place in the order in which they were made. */
static int by_place(const void *a, const void *b)
{
	const struct rewrite *left = *(const struct rewrite *const *)a,
			     *right = *(const struct rewrite *const *)b;

	if (left->at != right->at)
		return left->at < right->at ? -1 : 1;
	return left < right ? -1 : left > right;
}

static bool is_same(const struct rewrite *a, const struct rewrite *b)
{
	return a->at == b->at && a->len == b->len && str_eq(a->bytes, b->bytes);
}

const struct rewrite **rewrite_order(const struct rewrites *steps, const char *file, size_t *n_out)
{
	const struct rewrite **order = arena_array(steps->arena, steps->n + 1, sizeof *order);
	size_t n = 0, kept = 0;

	*n_out = 0;
	if (!order)
		return NULL;
	for (size_t i = 0; i < steps->n; i++)
		if (strcmp(steps->at[i].file, file) == 0)
			order[n++] = &steps->at[i];
	qsort(order, n, sizeof *order, by_place);
	/* Two findings may want the same. */
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || !is_same(order[kept - 1], order[i]))
			order[kept++] = order[i];
	*n_out = kept;
	return order;
}

const char *rewrite_splice(const struct rewrites *steps, const char *file, struct view bytes, struct buf *out)
{
	size_t n = 0, at = 0;
	const struct rewrite **order = rewrite_order(steps, file, &n);

	if (!order)
		return memory;
	for (size_t i = 0; i < n; i++) {
		const struct rewrite *step = order[i];

		if (step->at < at || step->at + step->len > bytes.len)
			return "two of its mends contradict each other: mend one after the other";
		buf_add(out, view_of(bytes.at + at, step->at - at));
		buf_add_str(out, step->bytes);
		at = step->at + step->len;
	}
	if (at < bytes.len)
		buf_add(out, view_of(bytes.at + at, bytes.len - at));
	return buf_failed(out) ? "it would grow too long" : NULL;
}

static bool same_server(const struct client_server *a, const struct client_server *b)
{
	return str_eq(str_of(a->host.text), str_of(b->host.text)) &&
	       str_eq(str_of(a->user.text), str_of(b->user.text)) && a->port_used == b->port_used &&
	       a->security == b->security && a->login == b->login;
}

/* Whether a step of this file is about this side of an account that was read from it. */
static bool is_about(const struct rewrite *step, const char *file, const struct client_account *account,
		     bool is_outgoing)
{
	const struct client_wish *wish = step->wish;

	return wish && strcmp(step->file, file) == 0 && wish->is_outgoing == is_outgoing &&
	       str_eq(str_of(wish->account->name.text), str_of(account->name.text)) &&
	       same_server(client_wish_server(wish), is_outgoing ? &account->outgoing : &account->incoming);
}

static const char *prove_side(const struct rewrites *steps, const char *file,
			      const struct client_account *old, const struct client_account *fresh,
			      bool is_outgoing)
{
	bool is_wished = false;

	for (size_t i = 0; i < steps->n; i++) {
		if (!is_about(&steps->at[i], file, old, is_outgoing))
			continue;
		is_wished = true;
		if (!client_wish_holds(steps->at[i].wish, fresh))
			return "it is written in a way that postmend cannot change with certainty";
	}
	if (!is_wished && !same_server(is_outgoing ? &old->outgoing : &old->incoming,
				       is_outgoing ? &fresh->outgoing : &fresh->incoming))
		return "another account or server would change with it";
	return NULL;
}

static const char *prove_one(const struct rewrites *steps, const char *file, const struct client_account *old,
			     const struct client_account *fresh)
{
	const char *why = prove_side(steps, file, old, fresh, false);

	return why ? why : prove_side(steps, file, old, fresh, true);
}

const char *rewrite_prove(const struct rewrites *steps, const char *file, struct view before,
			  struct view after)
{
	const struct program_row *row = NULL;
	struct client_found old, fresh;
	const char *why = NULL;

	for (size_t i = 0; i < steps->n && !row; i++)
		if (steps->at[i].wish && strcmp(steps->at[i].file, file) == 0)
			row = row_of(steps->at[i].wish->account->program);
	if (!row)
		return NULL;
	if (!client_found_init(&old, steps->arena) || !client_found_init(&fresh, steps->arena))
		return memory;
	row->read(&old, before, file);
	row->read(&fresh, after, file);
	if (old.n_accounts != fresh.n_accounts)
		return "it would be read differently afterwards";
	for (size_t i = 0; i < old.n_accounts && !why; i++)
		why = prove_one(steps, file, &old.accounts[i], &fresh.accounts[i]);
	return why;
}
