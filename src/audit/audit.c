/* This file judges the settings of mail programs: each account against itself and the others. */
#include "audit/audit.h"

#include "audit/case.h"

#include <string.h>

enum { LEAVE_DAYS_TRAP = 14 };

struct finding *audit_case_add(const struct audit_case *c, enum code code)
{
	return finding_add(c->sink, code, &c->subject);
}

void audit_case_value(const struct audit_case *c, struct finding *finding, const char *name,
		      const char *found, const char *expected)
{
	(void)c;
	finding_evidence(finding, name, found ? found : "none", expected, TRUST_PEER);
}

void audit_case_place(const struct audit_case *c, struct finding *finding, const struct client_place *place)
{
	const char *source = c->account->source, *text = source;

	if (place->key)
		text = arena_printf(c->arena, "%s: %s\\%s", source, place->key,
				    place->value ? place->value : "");
	else if (place->line)
		text = arena_printf(c->arena, "%s, line %u", source, place->line);
	finding_evidence(finding, "where", text, NULL, TRUST_PEER);
}

static void want(const struct audit_case *c, const struct finding *finding, struct wanted one)
{
	one.finding = finding;
	one.account = c->account;
	one.source = c->account->source;
	one.is_outgoing = c->is_outgoing;
	wanted_add(c->wanted, &one);
}

void audit_case_want(const struct audit_case *c, const struct finding *finding, enum wanted_what what,
		     const struct client_place *place, uint32_t number)
{
	want(c, finding, (struct wanted){ .what = what, .place = *place, .number = number });
}

void audit_case_want_text(const struct audit_case *c, const struct finding *finding, enum wanted_what what,
			  const struct client_place *place, const char *text)
{
	if (text)
		want(c, finding, (struct wanted){ .what = what, .place = *place, .text = text });
}

/* The part behind the last @ of the address, or of a user name that is one. */
static struct str domain_of(const struct client_account *account)
{
	struct str text = str_of(account->address.text ? account->address.text : account->incoming.user.text);
	size_t at = str_find_char(text, '@');

	return at < text.len ? str_skip(text, at + 1) : STR("");
}

static struct audit_case case_of(struct arena *arena, const struct client_account *account,
				 struct finding_sink *sink)
{
	const char *name = account->name.text      ? account->name.text
			   : account->address.text ? account->address.text
						   : account->incoming.host.text;

	return (struct audit_case){
		.arena = arena,
		.sink = sink,
		.account = account,
		.provider = providers_of_domain(domain_of(account)),
		.subject = { .kind = SUBJECT_ACCOUNT,
			     .client = client_program_name(account->program),
			     .profile = account->profile,
			     .name = name ? name : "(no name)" },
	};
}

/* Mail over HTTP (WebDAV, DeltaSync) of these was shut between 2009 and 2016. */
static void judge_http(const struct audit_case *c)
{
	static const char *const shut[] = { "hotmail.com", "msn.com", "live.com", "outlook.com" };
	const struct client_server *server = &c->account->incoming;
	struct str rest = str_of(server->host.text), host;
	size_t start = str_find(rest, STR("://"));
	struct finding *f;

	if (c->account->protocol != CLIENT_PROTOCOL_HTTP)
		return;
	if (start != SIZE_MAX)
		rest = str_skip(rest, start + 3);
	host = str_cut(&rest, '/');
	for (size_t i = 0; i < sizeof shut / sizeof shut[0]; i++) {
		size_t len = strlen(shut[i]);

		if (!str_ends_nocase(host, str_of(shut[i])) ||
		    (host.len > len && host.at[host.len - len - 1] != '.'))
			continue;
		f = audit_case_add(c, CODE_ACCOUNT_HTTP_GONE);
		audit_case_value(c, f, "server", server->host.text, "IMAP, with modern sign-in");
		audit_case_place(c, f, &server->host.place);
		return;
	}
}

/* POP3 that leaves mail on the server for some days only: it then vanishes for other devices. */
static void judge_leave(const struct audit_case *c)
{
	const struct client_account *account = c->account;
	const struct client_number *days = &account->delete_after_days;
	struct finding *f;

	if (account->protocol != CLIENT_PROTOCOL_POP3 || !days->is_set || days->number == 0 ||
	    days->number > LEAVE_DAYS_TRAP)
		return;
	f = audit_case_add(c, CODE_ACCOUNT_LEAVE_DAYS_TRAP);
	audit_case_value(c, f, "days", arena_printf(c->arena, "%u", (unsigned)days->number),
			 "no limit, or more than other devices need");
	audit_case_place(c, f, &days->place);
	audit_case_want(c, f, WANTED_LEAVE_DAYS, &days->place, 0);
}

static bool same_text(const char *a, const char *b)
{
	return a && b && str_eq_nocase(str_of(a), str_of(b));
}

static bool same_profile(const struct client_account *a, const struct client_account *b)
{
	bool same_name = (!a->profile && !b->profile) || same_text(a->profile, b->profile);

	return a->program == b->program && same_name && strcmp(a->source, b->source) == 0;
}

/* An account before this one that fetches from the same mailbox. */
static void judge_twice(const struct audit_case *c, const struct client_found *found)
{
	const struct client_account *account = c->account;

	if (!account->has_incoming || !account->incoming.user.text || !account->incoming.host.text)
		return;
	for (const struct client_account *other = found->accounts; other < account; other++) {
		struct finding *f;

		if (!other->has_incoming || !same_profile(account, other) ||
		    !same_text(account->incoming.user.text, other->incoming.user.text) ||
		    !audit_server_same_owner(c->arena, account->incoming.host.text,
					     other->incoming.host.text))
			continue;
		f = audit_case_add(c, CODE_ACCOUNT_MAILBOX_TWICE);
		audit_case_value(c, f, "mailbox", account->incoming.user.text, "one account for it");
		audit_case_value(c, f, "server", account->incoming.host.text, NULL);
		audit_case_value(c, f, "other_account", other->name.text, NULL);
		audit_case_place(c, f, &account->incoming.user.place);
		return;
	}
}

void audit_clients(struct arena *arena, const struct client_found *found, struct finding_sink *sink,
		   struct wanted_list *wanted)
{
	for (size_t i = 0; i < found->n_accounts; i++) {
		const struct client_account *account = &found->accounts[i];
		struct audit_case c = case_of(arena, account, sink);

		c.found = found;
		c.wanted = wanted;
		if (account->has_incoming) {
			audit_server(&c, &account->incoming);
			audit_login(&c, &account->incoming);
		}
		if (account->has_outgoing) {
			c.is_outgoing = true;
			audit_server(&c, &account->outgoing);
			audit_login(&c, &account->outgoing);
		}
		c.is_outgoing = false;
		judge_http(&c);
		judge_leave(&c);
		judge_twice(&c, found);
	}
}
