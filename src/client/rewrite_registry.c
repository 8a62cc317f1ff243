/* This file changes values of accounts in a registry hive: those of Outlook and of Outlook Express. */
#include "base/checked.h"
#include "base/unicode.h"
#include "client/registry.h"
#include "client/rewrite.h"

#include <string.h>

enum { NUMBER_LEN = 4, LEAVE_DAYS = 2, TEXT_MAX = 1024 };

struct writer {
	struct rewrites *steps;
	const struct client_wish *wish;
	const struct hive *hive;
	struct hive_key key; /* the account's */
	const char *path;
	const char *file;
};

static const char cannot[] = "nothing is known of how this program notes that";

/* The old value for people; NULL when it is not set. */
static const char *shown(const struct writer *w, const char *name)
{
	struct hive_value value;
	struct view data;

	if (!hive_value(w->hive, &w->key, name, &value) ||
	    !hive_value_data(w->steps->arena, w->hive, &value, &data))
		return NULL;
	if (value.type == HIVE_DWORD && data.len == NUMBER_LEN)
		return arena_printf(w->steps->arena, "%u",
				    (unsigned)data.at[0] | (unsigned)data.at[1] << 8 |
					    (unsigned)data.at[2] << 16 | (unsigned)data.at[3] << 24);
	return hive_text(w->steps->arena, data);
}

static void add(struct writer *w, const char *name, uint32_t type, struct view data, const char *fresh)
{
	struct rewrites *steps = w->steps;
	struct rewrite *step = &steps->at[steps->n < REWRITES_MAX ? steps->n : REWRITES_MAX - 1];

	steps->n += steps->n < REWRITES_MAX;
	*step = (struct rewrite){ .wish = w->wish,
				  .file = w->file,
				  .key = w->path,
				  .name = name,
				  .old = shown(w, name),
				  .fresh = fresh,
				  .type = type,
				  .data = data };
}

static const char *set_number(struct writer *w, const char *name, uint32_t number)
{
	const uint8_t bytes[NUMBER_LEN] = { (uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
					    (uint8_t)(number >> 24) };
	void *data = arena_copy(w->steps->arena, bytes, sizeof bytes);

	if (!name || !data)
		return cannot;
	add(w, name, HIVE_DWORD, view_of(data, NUMBER_LEN),
	    arena_printf(w->steps->arena, "%u", (unsigned)number));
	return NULL;
}

/* Of the type that the value has, or that the account's name has: programs differ. */
static uint32_t text_type(const struct writer *w, const char *name)
{
	struct hive_value value;

	if (hive_value(w->hive, &w->key, name, &value) ||
	    hive_value(w->hive, &w->key, "Account Name", &value))
		return value.type == HIVE_BINARY ? HIVE_BINARY : HIVE_SZ;
	return HIVE_SZ;
}

static const char *set_text(struct writer *w, const char *name, const char *text)
{
	struct view bytes;

	if (!name || !text || strlen(text) > TEXT_MAX)
		return cannot;
	if (!unicode_to_utf16(w->steps->arena, str_of(text), &bytes))
		return "the new value is no text";
	add(w, name, text_type(w, name), bytes, text);
	return NULL;
}

/* The side's names begin so, in both families of names. */
static const char *prefix_of(const struct writer *w)
{
	enum client_protocol protocol = client_wish_server(w->wish)->protocol;

	return protocol == CLIENT_PROTOCOL_IMAP   ? "IMAP"
	       : protocol == CLIENT_PROTOCOL_POP3 ? "POP3"
	       : protocol == CLIENT_PROTOCOL_SMTP ? "SMTP"
						  : NULL;
}

static const char *named(const struct writer *w, const char *what)
{
	const char *prefix = prefix_of(w);

	return prefix ? arena_printf(w->steps->arena, "%s %s", prefix, what) : NULL;
}

/* Outlook 2000's Internet accounts and Outlook Express share one family of names. */
static bool is_express(const struct writer *w)
{
	struct hive_value value;

	return w->wish->account->program == CLIENT_OUTLOOK_EXPRESS ||
	       !hive_value(w->hive, &w->key, "clsid", &value);
}

static const char *secure(struct writer *w)
{
	static const uint32_t kinds[] = { 0, 0, 1, 2 };
	const struct client_server *server = client_wish_server(w->wish);
	const char *name = server->security_place.value, *connection = named(w, "Secure Connection");
	bool is_tls = w->wish->number == CLIENT_SECURITY_TLS;
	struct hive_value value;

	if (!name || !connection || w->wish->number >= COUNT_OF(kinds) || w->wish->number == 0)
		return cannot;
	/* One switch for both: what it means depends on the protocol and its port. */
	if (is_express(w))
		return set_number(w, connection, w->wish->number != CLIENT_SECURITY_NONE);
	/* The older switch alone knows no STARTTLS. */
	if (is_tls && !str_is_nocase(str_of(name), connection) && hive_value(w->hive, &w->key, name, &value))
		return set_number(w, name, 1);
	return set_number(w, connection, kinds[w->wish->number]);
}

static const char *log_in(struct writer *w)
{
	bool is_on = w->wish->account->outgoing.login == CLIENT_LOGIN_POP_FIRST;

	if (is_express(w))
		return w->wish->number == CLIENT_LOGIN_AS_INCOMING
			       ? set_number(w, "SMTP Use Sicily", 2)
			       : set_number(w, named(w, "Use Sicily"), w->wish->is_outgoing ? 2 : 0);
	if (w->wish->number == CLIENT_LOGIN_PASSWORD)
		return set_number(w, named(w, "Use SPA"), 0);
	if (w->wish->number != CLIENT_LOGIN_AS_INCOMING)
		return cannot;
	return is_on ? set_number(w, "SMTP Auth Method", 0) : set_number(w, "SMTP Use Auth", 1);
}

static const char *keep(struct writer *w)
{
	struct client_found found = { .arena = w->steps->arena };
	const struct registry_key key = { .found = &found, .hive = w->hive, .key = w->key, .path = w->path };
	struct client_number leave = registry_number(&key, "Leave on Server");

	if (is_express(w))
		return set_number(w, "Remove When Expired", 0);
	return leave.is_set ? set_number(w, "Leave on Server", leave.number & ~(uint32_t)LEAVE_DAYS) : cannot;
}

static const char *write(struct writer *w)
{
	const struct client_wish *wish = w->wish;
	const struct client_server *server = client_wish_server(wish);

	switch (wish->field) {
	case CLIENT_FIELD_HOST:
		return set_text(w, named(w, "Server"), wish->text);
	case CLIENT_FIELD_USER:
		return set_text(w, server->user.place.value, wish->text);
	case CLIENT_FIELD_PORT:
		return set_number(w, named(w, "Port"), wish->number);
	case CLIENT_FIELD_SECURITY:
		return secure(w);
	case CLIENT_FIELD_LOGIN:
		return log_in(w);
	case CLIENT_FIELD_TIMEOUT:
		return set_number(w, server->timeout.place.value, wish->number);
	case CLIENT_FIELD_KEEP:
		return keep(w);
	}
	return cannot;
}

const char *rewrite_add_registry(struct rewrites *steps, const struct client_wish *wish,
				 const struct hive *hive)
{
	struct writer w = { .steps = steps,
			    .wish = wish,
			    .hive = hive,
			    .path = client_wish_server(wish)->host.place.key,
			    .file = wish->account->source };
	size_t before = steps->n;
	const char *why;

	if (!w.path || !hive_find(hive, w.path, &w.key))
		return "the account's key is not there any more";
	why = write(&w);
	if (!why && steps->n == REWRITES_MAX)
		why = "there is too much to change";
	if (!why && arena_failed(steps->arena))
		why = "memory ended";
	if (why)
		steps->n = before;
	return why;
}

const char *rewrite_add_value(struct rewrites *steps, const struct rewrite *step, const struct hive *hive)
{
	struct writer w = { .steps = steps, .hive = hive, .path = step->key, .file = step->file };
	bool has_key = hive_find(hive, step->key, &w.key);

	if (steps->n + 1 >= REWRITES_MAX)
		return "there is too much to change";
	if (step->is_gone && !has_key)
		return "the key is not there any more";
	steps->at[steps->n] = *step;
	if (has_key)
		steps->at[steps->n].old = shown(&w, step->name);
	steps->n++;
	return arena_failed(steps->arena) ? "memory ended" : NULL;
}
