/* This file takes messages of our own out of a mailbox by POP3: looks at the newest, fetches and removes what
 * is ours, and notes the identities that the server gives to all. */
#include "probe/pop3_collect.h"

#include "base/checked.h"
#include "probe/course.h"
#include "probe/speed.h"

#include <string.h>

enum { NEWEST = 16, FIRST_ROOM = 4096 };

struct collecting {
	uint64_t n_messages, number; /* the one that is looked at, from the newest on */
	bool wanted, kept_some;
	bool in_header, in_subject; /* of what is being read */
	uint8_t *room;
	size_t len, cap;
};

static void ask(struct probe *p, enum engine_state state, const char *command)
{
	engine_enter(p, state);
	engine_command(p, NULL, command);
}

void pop3_collect_begin(struct probe *p)
{
	p->collecting = arena_alloc(p->arena, sizeof *p->collecting);
	if (!p->collecting)
		return;
	engine_open_step(p, STEP_COLLECT);
	ask(p, ENGINE_COLLECT_OPEN, "STAT");
}

static void finish(struct probe *p)
{
	p->facts->collected = true;
	engine_close_step(p, STEP_ERROR_NONE, NULL);
	course_goodbye(p);
	/* Removing takes its time. */
	p->until = engine_wait(p, p->options->step_timeout);
}

static void expect_header(struct collecting *c)
{
	c->wanted = c->in_subject = false;
	c->in_header = true;
}

/* The token stands in the subject, which may be folded (RFC 5322 section 2.2.3). */
static void take_header(struct probe *p, struct str line)
{
	struct collecting *c = p->collecting;

	if (!c->in_header)
		return;
	c->in_header = line.len > 0;
	if (line.len > 0 && line.at[0] != ' ' && line.at[0] != '\t')
		c->in_subject = str_starts_nocase(line, STR("Subject:"));
	if (c->in_subject && str_find(line, str_of(p->options->collect->token)) != SIZE_MAX)
		c->wanted = true;
}

static void look_at(struct probe *p)
{
	struct collecting *c = p->collecting;

	if (c->number == 0 || c->number + NEWEST <= c->n_messages || p->facts->n_arrivals == ARRIVALS_MAX) {
		finish(p);
		return;
	}
	expect_header(c);
	ask(p, ENGINE_COLLECT_SEARCH, arena_printf(p->arena, "TOP %llu 0", (unsigned long long)c->number));
}

static void look_on(struct probe *p)
{
	p->collecting->number--;
	look_at(p);
}

bool pop3_collect_lists(const struct probe *p)
{
	return p->state == ENGINE_COLLECT_LIST || p->state == ENGINE_COLLECT_SEARCH ||
	       p->state == ENGINE_COLLECT_FETCH;
}

/* "1 whqtswO00WBw418f9t5JxYwZ" (RFC 1939 section 7): FNV-1a over the identities of all, and of as many as an
 * earlier session had. */
static void take_identity(struct probe *p, struct str line)
{
	struct endpoint_facts *facts = p->facts;
	struct str rest = line;
	uint64_t hash = facts->uidl_count ? facts->uidl_hash : 14695981039346656037U;

	(void)str_cut(&rest, ' ');
	for (size_t i = 0; rest.at && i < rest.len; i++)
		hash = (hash ^ (unsigned char)rest.at[i]) * 1099511628211U;
	facts->uidl_hash = (hash ^ '\n') * 1099511628211U;
	if (++facts->uidl_count == p->options->collect->uidl_before)
		facts->uidl_hash_before = facts->uidl_hash;
}

static bool make_room(struct probe *p, size_t more)
{
	struct collecting *c = p->collecting;
	size_t cap = c->cap ? c->cap : FIRST_ROOM;
	uint8_t *room;

	if (more > LETTER_MAX - c->len)
		return false;
	while (cap < c->len + more)
		cap *= 2;
	if (cap == c->cap)
		return true;
	room = arena_alloc(p->options->collect->arena, cap);
	if (!room)
		return false;
	if (c->len)
		memcpy(room, c->room, c->len);
	c->room = room;
	c->cap = cap;
	return true;
}

static void keep_line(struct probe *p, struct str line)
{
	struct collecting *c = p->collecting;

	if (!make_room(p, line.len + 2)) {
		engine_limit(p, "a message of more than 26 MiB");
		return;
	}
	if (line.len)
		memcpy(c->room + c->len, line.at, line.len);
	memcpy(c->room + c->len + line.len, "\r\n", 2);
	c->len += line.len + 2;
}

void pop3_collect_line(struct probe *p, struct str line)
{
	if (p->state == ENGINE_COLLECT_LIST) {
		take_identity(p, line);
		return;
	}
	take_header(p, line);
	if (p->state == ENGINE_COLLECT_FETCH)
		keep_line(p, line);
}

static void on_fetched(struct probe *p)
{
	struct collecting *c = p->collecting;

	speed_fetched(p);
	/* Fetched because the server has no TOP: the user's own, which is nobody's business. */
	if (!c->wanted) {
		look_on(p);
		return;
	}
	p->facts->arrivals[p->facts->n_arrivals++] = (struct arrival){
		.bytes = view_of(c->room, c->len),
		.folder = "INBOX",
		.seen = p->now,
	};
	if (p->options->collect->remove)
		ask(p, ENGINE_COLLECT_STORE,
		    arena_printf(p->arena, "DELE %llu", (unsigned long long)c->number));
	else
		look_on(p);
}

static void fetch(struct probe *p)
{
	struct collecting *c = p->collecting;

	c->room = NULL;
	c->len = c->cap = 0;
	expect_header(c);
	speed_fetch(p, ENGINE_COLLECT_FETCH);
	ask(p, ENGINE_COLLECT_FETCH, arena_printf(p->arena, "RETR %llu", (unsigned long long)c->number));
}

void pop3_collect_listed(struct probe *p)
{
	if (p->state == ENGINE_COLLECT_LIST)
		look_at(p);
	else if (p->state == ENGINE_COLLECT_FETCH)
		on_fetched(p);
	else if (p->collecting->wanted)
		fetch(p);
	else
		look_on(p);
}

static void on_counted(struct probe *p, const struct pop3_reply *reply)
{
	struct collecting *c = p->collecting;
	uint64_t octets;

	if (reply->kind != POP3_KIND_OK || !pop3_reply_stat(reply->text, &c->n_messages, &octets)) {
		course_refused(p, "the server refused STAT");
		return;
	}
	p->facts->message_count = c->n_messages;
	c->number = c->n_messages;
	ask(p, ENGINE_COLLECT_LIST, "UIDL");
}

bool pop3_collect_answered(struct probe *p, const struct pop3_reply *reply)
{
	if (p->state == ENGINE_COLLECT_OPEN) {
		on_counted(p, reply);
	} else if (p->state == ENGINE_COLLECT_LIST) {
		look_at(p); /* identities are optional */
	} else if (p->state == ENGINE_COLLECT_SEARCH) {
		/* TOP is optional too: then the message itself is looked at. */
		fetch(p);
	} else if (p->state == ENGINE_COLLECT_FETCH) {
		speed_fetched(p);
		look_on(p);
	} else if (p->state == ENGINE_COLLECT_STORE) {
		p->collecting->kept_some |= reply->kind != POP3_KIND_OK;
		look_on(p);
	} else {
		return false;
	}
	return true;
}

void pop3_collect_over(struct probe *p, bool ok)
{
	if (p->collecting && p->facts->collected)
		p->facts->all_removed = ok && p->options->collect->remove && !p->collecting->kept_some;
}
