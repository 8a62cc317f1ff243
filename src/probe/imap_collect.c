/* This file takes messages of our own out of a mailbox by IMAP: finds, fetches, removes them, and waits for
 * more. */
#include "probe/imap_collect.h"

#include "base/checked.h"
#include "probe/course.h"
#include "probe/imap_probe.h"
#include "probe/speed.h"

#include <string.h>

enum { IDLE_S = 15 };

struct collecting {
	const char *folder, *junk;
	uint64_t uids[ARRIVALS_MAX]; /* of this folder; the first n_fetched are in the facts */
	size_t n_uids, n_fetched;
	uint8_t *room;
	size_t len;
	moment until;
	bool in_junk, kept_some;
};

static void open_folder(struct probe *p, const char *name)
{
	struct collecting *c = p->collecting;

	c->folder = name;
	c->n_uids = c->n_fetched = 0;
	engine_enter(p, ENGINE_COLLECT_OPEN);
	imap_probe_command(p, arena_printf(p->arena, "SELECT \"%s\"", name));
}

void imap_collect_begin(struct probe *p)
{
	p->collecting = arena_alloc(p->arena, sizeof *p->collecting);
	if (!p->collecting)
		return;
	p->collecting->until = engine_wait(p, p->options->collect->patience);
	engine_open_step(p, STEP_COLLECT);
	open_folder(p, "INBOX");
}

static void search(struct probe *p)
{
	engine_enter(p, ENGINE_COLLECT_SEARCH);
	imap_probe_command(p, arena_printf(p->arena, "UID SEARCH SUBJECT %s", p->options->collect->token));
}

static void done(struct probe *p)
{
	p->facts->collected = true;
	p->facts->all_removed = p->options->collect->remove && !p->collecting->kept_some;
	engine_close_step(p, STEP_ERROR_NONE, NULL);
	course_goodbye(p);
}

static const char *uid_set(struct probe *p)
{
	const struct collecting *c = p->collecting;
	const char *set = "";

	for (size_t i = 0; i < c->n_uids; i++)
		set = arena_printf(p->arena, "%s%s%llu", set ? set : "", i ? "," : "",
				   (unsigned long long)c->uids[i]);
	return set ? set : "";
}

static void look_on(struct probe *p)
{
	struct collecting *c = p->collecting;

	if (p->options->collect->junk && !c->in_junk) {
		engine_enter(p, ENGINE_COLLECT_LIST);
		imap_probe_command(p, "LIST \"\" \"*\"");
	} else {
		done(p);
	}
}

static void all_fetched(struct probe *p)
{
	const struct probe_collect *collect = p->options->collect;

	if (collect->remove && p->collecting->n_uids > 0) {
		engine_enter(p, ENGINE_COLLECT_STORE);
		imap_probe_command(
			p, arena_printf(p->arena, "UID STORE %s +FLAGS.SILENT (\\Deleted)", uid_set(p)));
	} else if (p->facts->n_arrivals < collect->n_wanted && p->now < p->collecting->until &&
		   p->facts->idles) {
		engine_enter(p, ENGINE_COLLECT_IDLE);
		imap_probe_command(p, "IDLE");
	} else {
		look_on(p);
	}
}

static void fetch_next(struct probe *p)
{
	struct collecting *c = p->collecting;

	if (c->n_fetched == c->n_uids || p->facts->n_arrivals == ARRIVALS_MAX) {
		all_fetched(p);
		return;
	}
	c->room = NULL;
	speed_fetch(p, ENGINE_COLLECT_FETCH);
	imap_probe_command(p, arena_printf(p->arena, "UID FETCH %llu (BODY.PEEK[])",
					   (unsigned long long)c->uids[c->n_fetched]));
}

static void on_fetched(struct probe *p)
{
	struct collecting *c = p->collecting;

	speed_fetched(p);
	if (c->room)
		p->facts->arrivals[p->facts->n_arrivals++] = (struct arrival){
			.bytes = view_of(c->room, c->len),
			.folder = c->folder,
			.seen = p->now,
		};
	c->n_fetched++;
	fetch_next(p);
}

static void on_stored(struct probe *p, bool ok)
{
	/* EXPUNGE alone would take what the user has marked as well. */
	if (!ok || !p->has_uidplus) {
		p->collecting->kept_some = true;
		look_on(p);
		return;
	}
	engine_enter(p, ENGINE_COLLECT_EXPUNGE);
	imap_probe_command(p, arena_printf(p->arena, "UID EXPUNGE %s", uid_set(p)));
}

static void take_uids(struct probe *p, struct str text)
{
	struct collecting *c = p->collecting;
	struct str word;
	uint64_t uid;

	while (imap_reply_word(&text, &word)) {
		bool known = false;

		if (!str_to_u64(word, UINT32_MAX, &uid))
			continue;
		for (size_t i = 0; i < c->n_uids; i++)
			known = known || c->uids[i] == uid;
		if (!known && c->n_uids < ARRIVALS_MAX)
			c->uids[c->n_uids++] = uid;
	}
}

static bool can_be_quoted(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] < ' ' || name.at[i] == '"' || name.at[i] == '\\' || name.at[i] == 0x7f)
			return false;
	return name.len > 0;
}

/* RFC 6154: (\HasNoChildren \Junk) "." "Junk"; else by the usual names. */
static void take_folder(struct probe *p, struct str text)
{
	static const char *const usual[] = { "Junk",      "Spam",       "Junk E-mail",
					     "Bulk Mail", "INBOX.Junk", "INBOX.Spam" };
	struct str rest = text, attributes = str_cut(&rest, ')'), name;
	bool is_junk = false;

	if (!rest.at)
		return;
	name = str_trim(rest);
	/* Behind the separator, which is a quoted character or NIL. */
	(void)str_cut(&name, ' ');
	if (!name.at)
		return;
	name = str_trim(name);
	if (name.len > 1 && name.at[0] == '"')
		name = str_head(str_skip(name, 1), name.len - 2);
	while (attributes.at && attributes.len) {
		struct str word = str_cut(&attributes, ' ');

		if (word.len && word.at[0] == '(')
			word = str_skip(word, 1);
		is_junk = is_junk || str_is_nocase(word, "\\Junk");
	}
	for (size_t i = 0; i < COUNT_OF(usual) && !is_junk && !p->collecting->junk; i++)
		is_junk = str_is_nocase(name, usual[i]);
	if (is_junk && can_be_quoted(name))
		p->collecting->junk = arena_str(p->arena, name).at;
}

bool imap_collect_data(struct probe *p, const struct imap_reply *reply)
{
	if (p->state == ENGINE_COLLECT_SEARCH && str_is_nocase(reply->name, "SEARCH"))
		take_uids(p, reply->text);
	else if (p->state == ENGINE_COLLECT_LIST && str_is_nocase(reply->name, "LIST"))
		take_folder(p, reply->text);
	else if (p->state == ENGINE_COLLECT_IDLE && str_is_nocase(reply->name, "EXISTS"))
		imap_collect_wake(p);
	return p->state >= ENGINE_COLLECT_OPEN && p->state <= ENGINE_COLLECT_LIST;
}

bool imap_collect_literal(struct probe *p, struct str line, uint64_t len)
{
	struct collecting *c = p->collecting;

	if (p->state != ENGINE_COLLECT_FETCH || c->room || len > LETTER_MAX || line.len == 0 ||
	    line.at[0] != '*')
		return false;
	c->room = arena_alloc(p->options->collect->arena, (size_t)len + 1);
	c->len = (size_t)len;
	if (!c->room)
		return false;
	line_keep(&p->line, c->room, (size_t)len);
	return true;
}

void imap_collect_idles(struct probe *p)
{
	moment end = engine_wait(p, MOMENT_S(IDLE_S));

	p->until = end < p->collecting->until ? end : p->collecting->until;
}

void imap_collect_wake(struct probe *p)
{
	engine_enter(p, ENGINE_COLLECT_AWAKE);
	engine_send_more(p, STR("DONE"));
}

/* A server that refuses IDLE is asked again by whoever waits. */
static void on_awake(struct probe *p, bool ok)
{
	if (!ok)
		p->facts->idles = false;
	search(p);
}

static void on_opened(struct probe *p, bool ok)
{
	if (ok)
		search(p);
	else if (p->collecting->in_junk)
		done(p);
	else
		course_refused(p, "the server refused to open INBOX");
}

static void on_listed(struct probe *p)
{
	struct collecting *c = p->collecting;

	c->in_junk = true;
	if (c->junk)
		open_folder(p, c->junk);
	else
		done(p);
}

bool imap_collect_tagged(struct probe *p, bool ok)
{
	if (p->state == ENGINE_COLLECT_OPEN)
		on_opened(p, ok);
	else if (p->state == ENGINE_COLLECT_SEARCH)
		fetch_next(p);
	else if (p->state == ENGINE_COLLECT_FETCH)
		on_fetched(p);
	else if (p->state == ENGINE_COLLECT_IDLE || p->state == ENGINE_COLLECT_AWAKE)
		on_awake(p, ok);
	else if (p->state == ENGINE_COLLECT_STORE)
		on_stored(p, ok);
	else if (p->state == ENGINE_COLLECT_EXPUNGE || p->state == ENGINE_COLLECT_LIST) {
		p->collecting->kept_some |= p->state == ENGINE_COLLECT_EXPUNGE && !ok;
		if (p->state == ENGINE_COLLECT_LIST)
			on_listed(p);
		else
			look_on(p);
	} else {
		return false;
	}
	return true;
}
