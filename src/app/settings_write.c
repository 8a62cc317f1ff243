/* This file makes of wishes for one settings file or hive the change that fulfils them, tried on paper. */
#include "app/settings_write.h"

#include "app/gather_live.h"
#include "app/hive_load.h"
#include "apply/group.h"
#include "base/unicode.h"
#include "hive/edit.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/live_registry.h"
#include "os/running.h"

#include <string.h>

enum { TEXT_CAP = 64 << 20, GAP = 16 };

/* 100 ns between 1601 and 1970. */
#define EPOCH UINT64_C(116444736000000000)

static const enum client_field fields[] = {
	[WANTED_HOST] = CLIENT_FIELD_HOST,       [WANTED_USER] = CLIENT_FIELD_USER,
	[WANTED_PORT] = CLIENT_FIELD_PORT,       [WANTED_SECURITY] = CLIENT_FIELD_SECURITY,
	[WANTED_LOGIN] = CLIENT_FIELD_LOGIN,     [WANTED_TIMEOUT] = CLIENT_FIELD_TIMEOUT,
	[WANTED_LEAVE_DAYS] = CLIENT_FIELD_KEEP,
};

static bool is_of_account(const struct wanted *one)
{
	return one->account && one->what <= WANTED_LEAVE_DAYS;
}

static bool is_in_hive(const struct wanted *one)
{
	const struct client_account *account = one->account;

	return one->place.key ||
	       (account && (one->is_outgoing ? account->outgoing : account->incoming).host.place.key);
}

static struct client_wish *wish_of(struct arena *arena, const struct wanted *one)
{
	struct client_wish *wish = arena_alloc(arena, sizeof *wish);

	if (wish)
		*wish = (struct client_wish){ .account = one->account,
					      .is_outgoing = one->is_outgoing,
					      .field = fields[one->what],
					      .text = one->text,
					      .number = one->number };
	return wish;
}

static void label(struct rewrites *steps, size_t from, const struct wanted *one)
{
	for (size_t i = from; i < steps->n; i++)
		steps->at[i].label = one->finding_key;
}

/* getmail and fetchmail cannot insist on STARTTLS: TLS from the start, on its port, is their way to encrypt.
 */
static bool wants_tls_instead(const struct wanted *one)
{
	return one->what == WANTED_SECURITY && one->number == CLIENT_SECURITY_STARTTLS &&
	       (one->account->program == CLIENT_GETMAIL || one->account->program == CLIENT_FETCHMAIL);
}

static const char *add_tls(struct settings_write *w, const struct wanted *one, struct view bytes)
{
	struct client_wish *security = wish_of(w->arena, one), *port = wish_of(w->arena, one);
	const char *why;

	if (!security || !port)
		return "memory ended";
	security->number = CLIENT_SECURITY_TLS;
	port->field = CLIENT_FIELD_PORT;
	port->number = one->account->protocol == CLIENT_PROTOCOL_POP3 ? 995 : 993;
	why = rewrite_add_text(w->steps, security, bytes);
	return why ? why : rewrite_add_text(w->steps, port, bytes);
}

static const char *add_text(struct settings_write *w, const struct wanted *one, struct view bytes)
{
	const struct client_wish *wish;

	if (!is_of_account(one)) {
		const char *value =
			one->text ? one->text : arena_printf(w->arena, "%u", (unsigned)one->number);

		if (one->what != WANTED_VALUE || !one->place.value || !value)
			return "postmend does not write that";
		return rewrite_add_pref(w->steps, w->file, one->place.value, value, bytes);
	}
	if (wants_tls_instead(one))
		return add_tls(w, one, bytes);
	wish = wish_of(w->arena, one);
	if (!wish)
		return "memory ended";
	/* Two rules may want the same, and one mend have done it for the other. */
	return client_wish_holds(wish, one->account) ? NULL : rewrite_add_text(w->steps, wish, bytes);
}

static bool is_thunderbird(const char *file)
{
	return str_ends_nocase(str_of(file), STR("prefs.js"));
}

static const char *refuse_running(struct settings_write *w)
{
	struct str path = str_of(w->file);
	const char *folder;

	if (!is_thunderbird(w->file))
		return NULL;
	while (path.len && path.at[path.len - 1] != '/' && path.at[path.len - 1] != '\\')
		path.len--;
	folder = path.len ? arena_text(w->arena, path) : ".";
	return folder && running_thunderbird(folder) ? "Thunderbird runs with this profile and would write "
						       "its own settings over it: close it first"
						     : NULL;
}

static void refuse_all(struct settings_write *w, const char *why)
{
	w->steps->n = 0;
	for (size_t i = 0; i < w->n_wanted; i++)
		if (!w->why[i])
			w->why[i] = why;
}

static enum status spans_of_text(struct settings_write *w, struct view bytes, struct change *out)
{
	size_t n = 0;
	const struct rewrite **order = rewrite_order(w->steps, w->file, &n);
	struct change_span *spans = arena_array(w->arena, n + 1, sizeof *spans);

	if (!order || !spans)
		return ST_NOMEM;
	for (size_t i = 0; i < n; i++) {
		spans[i].at = order[i]->at;
		spans[i].old =
			view_of(arena_copy(w->arena, bytes.at + order[i]->at, order[i]->len), order[i]->len);
		spans[i].fresh = str_view(order[i]->bytes);
	}
	out->spans = spans;
	out->n_spans = n;
	return arena_failed(w->arena) ? ST_NOMEM : group_complete(w->arena, out, bytes);
}

static enum status plan_text(struct settings_write *w, struct change *out, const char **why_out)
{
	const char *why = refuse_running(w);
	struct buf bytes, after;
	enum status st;

	if (why) {
		refuse_all(w, why);
		return ST_OK;
	}
	buf_init(&bytes, TEXT_CAP);
	buf_init(&after, TEXT_CAP + REWRITES_MAX);
	st = file_read(w->file, &bytes, why_out);
	for (size_t i = 0; st == ST_OK && i < w->n_wanted; i++) {
		size_t before = w->steps->n;

		w->why[i] = add_text(w, w->wanted[i], buf_view(&bytes));
		label(w->steps, before, w->wanted[i]);
	}
	if (st == ST_OK && w->steps->n) {
		why = rewrite_splice(w->steps, w->file, buf_view(&bytes), &after);
		if (!why)
			why = rewrite_prove(w->steps, w->file, buf_view(&bytes), buf_view(&after));
		if (why)
			refuse_all(w, why);
		else
			st = spans_of_text(w, buf_view(&bytes), out);
	}
	buf_fini(&after);
	buf_fini(&bytes);
	return st;
}

static const char *add_in_hive(struct settings_write *w, const struct wanted *one, const struct hive *hive)
{
	uint8_t *data;
	struct rewrite step = { .file = w->file,
				.key = one->place.key,
				.name = one->place.value,
				.type = one->type,
				.is_gone = one->what == WANTED_GONE };

	if (is_of_account(one)) {
		const struct client_wish *wish = wish_of(w->arena, one);

		return !wish                                   ? "memory ended"
		       : client_wish_holds(wish, one->account) ? NULL
							       : rewrite_add_registry(w->steps, wish, hive);
	}
	if ((one->what != WANTED_VALUE && one->what != WANTED_GONE) || !step.key || !step.name)
		return "postmend does not write that";
	if (step.is_gone)
		return rewrite_add_value(w->steps, &step, hive);
	if (one->has_data) {
		step.data = one->data;
		step.fresh = "copied";
		return rewrite_add_value(w->steps, &step, hive);
	}
	if (one->text) {
		if (!unicode_to_utf16(w->arena, str_of(one->text), &step.data))
			return "the new value is no text";
		step.fresh = one->text;
		return rewrite_add_value(w->steps, &step, hive);
	}
	data = arena_alloc(w->arena, 4);
	for (size_t i = 0; data && i < 4; i++)
		data[i] = (uint8_t)(one->number >> 8 * i);
	step.data = view_of(data, 4);
	step.fresh = arena_printf(w->arena, "%u", (unsigned)one->number);
	return data ? rewrite_add_value(w->steps, &step, hive) : "memory ended";
}

/* The key at a path, made where it is missing. */
static enum status reach_key(struct hive_edit *edit, const char *path, uint32_t *at_out)
{
	struct str rest = str_of(path);
	char name[HIVE_NAME_MAX + 1];
	enum status st = ST_OK;
	struct hive_key key;

	if (!hive_find(&edit->hive, "", &key))
		return ST_USAGE;
	*at_out = key.at;
	while (st == ST_OK && rest.at && rest.len) {
		struct str part = str_cut(&rest, '\\');

		if (part.len == 0 || part.len > HIVE_NAME_MAX)
			return ST_USAGE;
		memcpy(name, part.at, part.len);
		name[part.len] = '\0';
		st = hive_edit_add_key(edit, *at_out, name, at_out);
	}
	return st;
}

static enum status write_step(struct hive_edit *edit, const struct rewrite *step)
{
	struct hive_key key;
	uint32_t at;
	enum status st = ST_OK;

	if (hive_find(&edit->hive, step->key, &key))
		at = key.at;
	else
		st = reach_key(edit, step->key, &at);
	if (st != ST_OK)
		return st;
	return step->is_gone ? hive_edit_delete_value(edit, at, step->name)
			     : hive_edit_set(edit, at, step->name, step->type, step->data);
}

/* The next part from *at on that differs; short equal stretches within it do not end it. */
static bool next_difference(struct view old, struct view fresh, size_t *at, size_t *end_out)
{
	size_t common = old.len < fresh.len ? old.len : fresh.len, i = *at;

	while (i < common && old.at[i] == fresh.at[i])
		i++;
	*at = i;
	*end_out = i;
	for (; i < common && i < *end_out + GAP; i++)
		if (old.at[i] != fresh.at[i])
			*end_out = i + 1;
	return *at < common;
}

static struct view copy_of(struct arena *arena, struct view bytes, size_t from, size_t to)
{
	return view_of(arena_copy(arena, bytes.at + from, to - from), to - from);
}

/* Parts that differ at the same places, and what was added at the end. */
static enum status spans_of_hive(struct settings_write *w, struct view old, struct view fresh,
				 struct change *out)
{
	struct change_span *spans;
	size_t n = 0, end = 0;

	if (fresh.len < old.len)
		return ST_USAGE;
	for (size_t at = 0; next_difference(old, fresh, &at, &end); at = end)
		n++;
	spans = arena_array(w->arena, n + 1, sizeof *spans);
	if (!spans || n >= CHANGE_SPANS_MAX)
		return spans ? ST_LIMIT : ST_NOMEM;
	n = 0;
	for (size_t at = 0; next_difference(old, fresh, &at, &end); at = end)
		spans[n++] = (struct change_span){ at, copy_of(w->arena, old, at, end),
						   copy_of(w->arena, fresh, at, end) };
	if (fresh.len > old.len)
		spans[n++] = (struct change_span){ old.len, view_of(NULL, 0),
						   copy_of(w->arena, fresh, old.len, fresh.len) };
	out->spans = spans;
	out->n_spans = n;
	return arena_failed(w->arena) ? ST_NOMEM : group_complete(w->arena, out, old);
}

static enum status edit_hive(struct settings_write *w, const struct hive_load *load, struct change *out)
{
	const char *why;
	struct hive_edit edit;
	enum status st = ST_OK;

	why = hive_edit_open(&edit, load->scratch, load->replay.bytes);
	if (why) {
		refuse_all(w, why);
		return ST_OK;
	}
	for (size_t i = 0; st == ST_OK && i < w->steps->n; i++)
		st = write_step(&edit, &w->steps->at[i]);
	if (st == ST_OK)
		st = spans_of_hive(w, buf_view(&load->file),
				   hive_edit_finish(&edit, (uint64_t)clock_wall() * 10000000 + EPOCH), out);
	else if (st != ST_NOMEM) {
		refuse_all(w, st == ST_LIMIT ? "the hive would grow too far"
					     : "the hive's own structures contradict each other");
		st = ST_OK;
	}
	hive_edit_close(&edit);
	return st;
}

static void add_all_in_hive(struct settings_write *w, const struct hive *hive)
{
	for (size_t i = 0; i < w->n_wanted; i++) {
		size_t before = w->steps->n;

		w->why[i] = add_in_hive(w, w->wanted[i], hive);
		label(w->steps, before, w->wanted[i]);
	}
}

static enum status plan_hive(struct settings_write *w, struct change *out, const char **why_out)
{
	struct hive_load load;
	struct hive hive;
	enum status st = hive_load_open(w->arena, w->file, &load, why_out);

	if (st == ST_OK && hive_open(load.replay.bytes, &hive) != HIVE_FINE) {
		refuse_all(w, "it cannot be read as a registry hive");
	} else if (st == ST_OK && !load.replay.is_current) {
		refuse_all(
			w,
			"the hive lacks its last changes, which its transaction logs beside it do not hold");
	} else if (st == ST_OK) {
		add_all_in_hive(w, &hive);
		if (w->steps->n)
			st = edit_hive(w, &load, out);
	}
	hive_load_close(&load);
	return st;
}

/* What stands there now, from the registry itself, and what shall. */
static enum status change_of_step(struct settings_write *w, const struct rewrite *step, struct change *out,
				  const char **why_out)
{
	struct change_span *span = arena_alloc(w->arena, sizeof *span);
	const char *path = arena_printf(w->arena, "%s\\%s", w->file, step->key);
	struct buf old, fresh;
	enum status st = ST_NOMEM;

	buf_init(&old, HIVE_LOAD_CAP);
	buf_init(&fresh, HIVE_LOAD_CAP);
	if (span && path)
		st = live_registry_get(path, step->name, &old, why_out);
	if (st == ST_OK && !step->is_gone) {
		for (unsigned i = 0; i < 4; i++)
			buf_add_byte(&fresh, (uint8_t)(step->type >> 8 * i));
		buf_add(&fresh, step->data);
	}
	if (st == ST_OK) {
		span->old = view_of(arena_copy(w->arena, buf_view(&old).at, old.len), old.len);
		span->fresh = view_of(arena_copy(w->arena, buf_view(&fresh).at, fresh.len), fresh.len);
		*out = (struct change){
			.kind = CHANGE_VALUE, .path = path, .to = step->name, .spans = span, .n_spans = 1
		};
		st = buf_failed(&fresh) || arena_failed(w->arena)
			     ? ST_NOMEM
			     : group_complete(w->arena, out, buf_view(&old));
	}
	buf_fini(&old);
	buf_fini(&fresh);
	return st;
}

static enum live_registry_root root_of(const char *file)
{
	enum live_registry_root root = LIVE_USER;

	while (root < LIVE_SYSTEM && strcmp(live_registry_name(root), file) != 0)
		root++;
	return root;
}

static bool is_made(const struct change *changes, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (changes[i].kind == CHANGE_KEY && str_eq_nocase(str_of(changes[i].path), str_of(path)))
			return true;
	return false;
}

/* The keys that have to be made for a value, the uppermost first. */
static enum status add_keys(struct settings_write *w, const struct rewrite *step, struct change *out,
			    size_t *n_out)
{
	struct str key = str_of(step->key), rest = key;

	while (rest.at && !step->is_gone) {
		struct str part = str_cut(&rest, '\\');
		size_t len = part.at ? (size_t)(part.at - key.at) + part.len : key.len;
		const char *path = arena_printf(w->arena, "%s\\%.*s", w->file, (int)len, key.at);

		if (!path)
			return ST_NOMEM;
		if (is_made(out, *n_out, path) || live_registry_has_key(path))
			continue;
		if (*n_out + 1 >= CHANGE_GROUP_MAX)
			return ST_LIMIT;
		out[(*n_out)++] = (struct change){ .kind = CHANGE_KEY, .path = path, .to = "" };
	}
	return ST_OK;
}

static enum status plan_live(struct settings_write *w, struct change **out, size_t *n_out,
			     const char **why_out)
{
	struct arena *scratch = gather_live_arena();
	enum status st = ST_NOMEM;
	uint64_t closed;
	struct hive hive;

	if (running_outlook()) {
		refuse_all(w, "Outlook runs and would write its own settings over it: close it first");
		arena_drop(&scratch);
		return ST_OK;
	}
	if (scratch)
		st = gather_live_copy(scratch, root_of(w->file), &hive, &closed);
	if (st == ST_OK) {
		add_all_in_hive(w, &hive);
		*out = arena_array(w->arena, CHANGE_GROUP_MAX, sizeof **out);
		st = *out ? ST_OK : ST_NOMEM;
	}
	for (size_t i = 0; st == ST_OK && i < w->steps->n; i++) {
		st = add_keys(w, &w->steps->at[i], *out, n_out);
		if (st == ST_OK && *n_out >= CHANGE_GROUP_MAX)
			st = ST_LIMIT;
		if (st == ST_OK)
			st = change_of_step(w, &w->steps->at[i], &(*out)[(*n_out)++], why_out);
	}
	arena_drop(&scratch);
	return st;
}

enum status settings_write_plan(struct settings_write *w, struct change **out, size_t *n_out,
				const char **why_out)
{
	enum status st;

	*n_out = 0;
	if (live_registry_is(w->file))
		return plan_live(w, out, n_out, why_out);
	*out = arena_alloc(w->arena, sizeof **out);
	if (!*out)
		return ST_NOMEM;
	**out = (struct change){ .kind = CHANGE_BYTES, .path = w->file, .to = "" };
	st = w->n_wanted && is_in_hive(w->wanted[0]) ? plan_hive(w, *out, why_out)
						     : plan_text(w, *out, why_out);
	*n_out = w->steps->n > 0;
	return st;
}
