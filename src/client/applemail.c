/* This file reads the accounts of Apple Mail from its property list: those that fetch, and those that send.
 */
#include "client/configs.h"
#include "client/lines.h"
#include "client/xml.h"

#include "base/checked.h"

#include <string.h>

enum { DICTIONARY_DEPTH = 5, KEY_MAX = 64, SENDERS_MAX = 256 };

/* One dictionary of MailAccounts or DeliveryAccounts. */
struct entry {
	const char *type, *name, *host, *user, *address, *port, *scheme, *sender, *path;
	bool has_ssl;
};

struct field {
	const char *key;
	size_t at;
};

static const struct field fields[] = {
	{ "AccountType", offsetof(struct entry, type) },
	{ "AccountName", offsetof(struct entry, name) },
	{ "Hostname", offsetof(struct entry, host) },
	{ "Username", offsetof(struct entry, user) },
	{ "PortNumber", offsetof(struct entry, port) },
	{ "AuthenticationScheme", offsetof(struct entry, scheme) },
	{ "SMTPIdentifier", offsetof(struct entry, sender) },
	{ "AccountPath", offsetof(struct entry, path) },
};

/* plist > dict > array > dict > value: the depths are 1 to 5. */
struct reader {
	struct client_found *found;
	const char *source;
	char list[KEY_MAX], key[KEY_MAX];
	struct entry entry;
	struct entry senders[SENDERS_MAX];
	struct entry accounts[SENDERS_MAX];
	size_t n_senders, n_accounts;
};

static void keep(char to[KEY_MAX], struct str text)
{
	size_t len = text.len < KEY_MAX ? text.len : 0;

	memcpy(to, text.at, len);
	to[len] = '\0';
}

static void on_open(void *context, const char *name, const char *type, unsigned depth)
{
	struct reader *r = context;

	(void)type;
	if (depth == DICTIONARY_DEPTH - 1 && strcmp(name, "dict") == 0)
		r->entry = (struct entry){ .type = NULL };
}

static void take(struct reader *r, const char *name, struct str text)
{
	if (strcmp(r->key, "SSLEnabled") == 0)
		r->entry.has_ssl = strcmp(name, "true") == 0 || lines_is_yes(text);
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		const char *copy;

		if (strcmp(r->key, fields[i].key) != 0 || text.len == 0)
			continue;
		copy = arena_text(r->found->arena, text);
		memcpy((char *)&r->entry + fields[i].at, &copy, sizeof copy);
	}
}

static void on_close(void *context, const char *name, struct str text, unsigned depth)
{
	struct reader *r = context;

	if (depth == 3 && strcmp(name, "key") == 0)
		keep(r->list, text);
	if (depth == DICTIONARY_DEPTH && strcmp(name, "key") == 0)
		keep(r->key, text);
	else if (depth == DICTIONARY_DEPTH)
		take(r, name, text);
	/* An address stands in an array of its own. */
	if (depth == DICTIONARY_DEPTH + 1 && strcmp(r->key, "EmailAddresses") == 0 && !r->entry.address &&
	    text.len)
		r->entry.address = arena_text(r->found->arena, text);
	if (depth != DICTIONARY_DEPTH - 1 || strcmp(name, "dict") != 0)
		return;
	if (strcmp(r->list, "DeliveryAccounts") == 0 && r->n_senders < SENDERS_MAX)
		r->senders[r->n_senders++] = r->entry;
	if (strcmp(r->list, "MailAccounts") == 0 && r->n_accounts < SENDERS_MAX)
		r->accounts[r->n_accounts++] = r->entry;
}

static enum client_protocol protocol_of(struct str type)
{
	if (str_find_nocase(type, STR("IMAP")) != SIZE_MAX)
		return CLIENT_PROTOCOL_IMAP;
	if (str_find_nocase(type, STR("POP")) != SIZE_MAX)
		return CLIENT_PROTOCOL_POP3;
	if (str_find_nocase(type, STR("Exchange")) != SIZE_MAX ||
	    str_find_nocase(type, STR("EWS")) != SIZE_MAX)
		return CLIENT_PROTOCOL_EXCHANGE;
	return CLIENT_PROTOCOL_UNKNOWN;
}

static enum client_login login_of(struct str scheme, bool is_outgoing)
{
	if (scheme.len == 0)
		return is_outgoing ? CLIENT_LOGIN_NONE : CLIENT_LOGIN_PASSWORD;
	if (str_find_nocase(scheme, STR("NTLM")) != SIZE_MAX)
		return CLIENT_LOGIN_NTLM;
	if (str_find_nocase(scheme, STR("GSSAPI")) != SIZE_MAX ||
	    str_find_nocase(scheme, STR("Kerberos")) != SIZE_MAX)
		return CLIENT_LOGIN_KERBEROS;
	if (str_find_nocase(scheme, STR("OAUTH")) != SIZE_MAX)
		return CLIENT_LOGIN_OAUTH2;
	return str_find_nocase(scheme, STR("MD5")) != SIZE_MAX ? CLIENT_LOGIN_ENCRYPTED
							       : CLIENT_LOGIN_PASSWORD;
}

static struct client_text named(const char *text, const char *key)
{
	return (struct client_text){ text, { .value = key } };
}

static void fill(const struct entry *entry, enum client_protocol protocol, struct client_server *out)
{
	bool is_outgoing = protocol == CLIENT_PROTOCOL_SMTP;

	out->protocol = protocol;
	out->host = named(entry->host, "Hostname");
	out->user = named(entry->user, "Username");
	out->port = lines_number(str_of(entry->port), 0);
	out->port.place.value = "PortNumber";
	/* TLS from the start, or STARTTLS on a port that is not TLS's. */
	out->security = !entry->has_ssl ? CLIENT_SECURITY_NONE
			: out->port.is_set && (out->port.number == 587 || out->port.number == 143 ||
					       out->port.number == 110 || out->port.number == 25)
				? CLIENT_SECURITY_STARTTLS
				: CLIENT_SECURITY_TLS;
	out->security_place.value = "SSLEnabled";
	out->login = login_of(str_of(entry->scheme), is_outgoing);
	out->login_place.value = "AuthenticationScheme";
}

/* "host:user" names the one that sends. */
static const struct entry *sender_of(const struct reader *r, const char *identifier)
{
	for (size_t i = 0; identifier && i < r->n_senders; i++) {
		const struct entry *one = &r->senders[i];
		const char *name = arena_printf(r->found->arena, "%s:%s", one->host ? one->host : "",
						one->user ? one->user : "");

		if (name && one->host &&
		    (str_is_nocase(str_of(identifier), name) || str_is_nocase(str_of(identifier), one->host)))
			return one;
	}
	return NULL;
}

static void add_account(const struct reader *r, const struct entry *entry)
{
	enum client_protocol protocol = protocol_of(str_of(entry->type));
	const struct entry *sender = sender_of(r, entry->sender);
	struct client_account *account;

	/* "On My Mac" and the like have no server. */
	if (!entry->host)
		return;
	account = client_add_account(r->found, CLIENT_APPLE_MAIL, r->source);
	account->name = named(entry->name, "AccountName");
	account->address = named(entry->address, "EmailAddresses");
	account->store = named(entry->path, "AccountPath");
	account->protocol = protocol;
	account->has_incoming = true;
	fill(entry, protocol, &account->incoming);
	account->has_outgoing = sender != NULL;
	if (sender)
		fill(sender, CLIENT_PROTOCOL_SMTP, &account->outgoing);
	client_settle(account);
}

void applemail_read(struct client_found *found, struct view bytes, const char *source)
{
	struct reader *r = arena_alloc(found->arena, sizeof *r);
	const char *why;

	if (!r)
		return;
	*r = (struct reader){ .found = found, .source = source };
	if (str_starts(str_from_view(bytes), STR("bplist"))) {
		client_add_remark(found, source, 0,
				  "it is a property list in binary form: convert it to XML (plutil)");
		return;
	}
	why = xml_read(bytes, &(struct xml_reader){ r, on_open, on_close });
	if (why)
		client_add_remark(found, source, 0, why);
	for (size_t i = 0; i < r->n_accounts; i++)
		add_account(r, &r->accounts[i]);
}
