/* This file opens INBOX for reading only, and asks for its quota. */
#include "probe/imap_mailbox.h"

#include "base/checked.h"
#include "probe/course.h"
#include "probe/imap_probe.h"
#include "probe/imap_speed.h"

/* Never SELECT: that would take the \Recent flags from the user's own program. */
void imap_mailbox_open(struct probe *p)
{
	engine_open_step(p, STEP_MAILBOX);
	engine_enter(p, ENGINE_MAILBOX);
	imap_probe_command(p, "EXAMINE INBOX");
}

/* The fullest of several quota roots is the one that will hurt. */
static void take_quota(struct probe *p, struct str text)
{
	struct endpoint_facts *facts = p->facts;
	uint64_t used, limit;

	if (!imap_reply_storage(text, &used, &limit) || used > UINT64_MAX / 1024 || limit > UINT64_MAX / 1024)
		return;
	if (facts->has_quota && (double)used * (double)facts->quota_limit <
					(double)facts->quota_used / 1024.0 * (double)limit * 1024.0)
		return;
	facts->has_quota = true;
	facts->quota_used = used * 1024;
	facts->quota_limit = limit * 1024;
}

void imap_mailbox_data(struct probe *p, const struct imap_reply *reply)
{
	bool opening = p->state == ENGINE_MAILBOX || p->state == ENGINE_MAILBOX_AFTER_ID;

	if (opening && str_is_nocase(reply->name, "EXISTS"))
		p->facts->message_count = reply->number;
	else if (p->state == ENGINE_QUOTA && str_is_nocase(reply->name, "QUOTA"))
		take_quota(p, reply->text);
}

void imap_mailbox_status(struct probe *p, const struct imap_reply *reply)
{
	uint64_t number;

	if ((p->state == ENGINE_MAILBOX || p->state == ENGINE_MAILBOX_AFTER_ID) &&
	    str_is_nocase(reply->code, "UIDVALIDITY") && str_to_u64(reply->code_data, UINT32_MAX, &number))
		p->facts->uid_validity = number;
}

/* Some providers open no mailbox to a program that does not say who it is (RFC
 * 2971). Programs that keep silent meet the first refusal, so that is a fact. */
static void say_who(struct probe *p)
{
	p->has_id = false;
	engine_enter(p, ENGINE_ID);
	imap_probe_command(p, "ID (\"name\" \"postmend\")");
}

static void on_mailbox(struct probe *p, bool ok)
{
	if (!ok && p->has_id) {
		say_who(p);
		return;
	}
	if (!ok) {
		course_refused(p, "the server refused to open INBOX");
		return;
	}
	p->facts->mailbox_opened = true;
	if (!p->has_quota) {
		engine_close_step(p, STEP_ERROR_NONE, NULL);
		imap_speed_begin(p);
		return;
	}
	engine_enter(p, ENGINE_QUOTA);
	imap_probe_command(p, "GETQUOTAROOT INBOX");
}

static void on_mailbox_after_id(struct probe *p, bool ok)
{
	p->facts->mailbox_wants_id = ok;
	on_mailbox(p, ok);
}

static void on_id(struct probe *p, bool ok)
{
	(void)ok; /* a server that dislikes our name shows it when INBOX is opened */
	engine_enter(p, ENGINE_MAILBOX_AFTER_ID);
	engine_command(p, "INBOX after ID", arena_printf(p->arena, "P%u EXAMINE INBOX", ++p->tag));
}

static void on_quota(struct probe *p, bool ok)
{
	(void)ok; /* no quota is no trouble */
	engine_close_step(p, STEP_ERROR_NONE, NULL);
	imap_speed_begin(p);
}

static const struct {
	enum engine_state state;
	void (*on_tagged)(struct probe *p, bool ok);
} tagged[] = {
	{ ENGINE_MAILBOX, on_mailbox },
	{ ENGINE_ID, on_id },
	{ ENGINE_MAILBOX_AFTER_ID, on_mailbox_after_id },
	{ ENGINE_QUOTA, on_quota },
};

bool imap_mailbox_tagged(struct probe *p, bool ok)
{
	for (size_t i = 0; i < COUNT_OF(tagged); i++) {
		if (tagged[i].state != p->state)
			continue;
		tagged[i].on_tagged(p, ok);
		return true;
	}
	return false;
}
