/* This file reads Evolution's sources: an account, its identity and its way out are three files. */
#include "client/configs.h"

#include "base/checked.h"
#include "base/names.h"
#include "client/lines.h"

struct sources {
	struct client_found *found;
	const struct evolution_file *files;
	struct settings_file *parsed;
	size_t n;
};

static const struct name_row protocols[] = {
	{ CLIENT_PROTOCOL_IMAP, "imapx" },
	{ CLIENT_PROTOCOL_IMAP, "imap" },
	{ CLIENT_PROTOCOL_POP3, "pop" },
	{ CLIENT_PROTOCOL_EXCHANGE, "ews" },
	{ CLIENT_PROTOCOL_EXCHANGE, "microsoft365" },
	{ CLIENT_PROTOCOL_SMTP, "smtp" },
};

static const struct name_row securities[] = {
	{ CLIENT_SECURITY_NONE, "none" },
	{ CLIENT_SECURITY_TLS, "ssl-on-alternate-port" },
	{ CLIENT_SECURITY_STARTTLS, "starttls-on-standard-port" },
	{ CLIENT_SECURITY_IF_OFFERED, "when-possible" },
	{ CLIENT_SECURITY_TLS, "always" },
};

static struct client_text text_of(const struct sources *all, size_t i, const char *section, const char *key)
{
	const struct setting *one = lines_find(&all->parsed[i], str_of(section), key);

	return one ? lines_text(all->found, one->value, one->line) : (struct client_text){ .text = NULL };
}

/* The index of a source; n when there is none. */
static size_t source_of(const struct sources *all, const struct client_text *uid)
{
	size_t i = 0;

	while (uid->text && i < all->n && !str_is(str_of(uid->text), all->files[i].uid))
		i++;
	return uid->text ? i : all->n;
}

static enum client_login login_of(const struct client_text *method)
{
	struct str text = str_of(method->text);

	if (text.len == 0 || str_is_nocase(text, "PLAIN") || str_is_nocase(text, "LOGIN") ||
	    str_is(text, "plain/password"))
		return CLIENT_LOGIN_PASSWORD;
	if (str_is_nocase(text, "none"))
		return CLIENT_LOGIN_NONE;
	if (str_find_nocase(text, STR("OAUTH")) != SIZE_MAX || str_is_nocase(text, "Google") ||
	    str_is_nocase(text, "Outlook"))
		return CLIENT_LOGIN_OAUTH2;
	if (str_is_nocase(text, "NTLM"))
		return CLIENT_LOGIN_NTLM;
	if (str_is_nocase(text, "GSSAPI"))
		return CLIENT_LOGIN_KERBEROS;
	return str_is_nocase(text, "CRAM-MD5") || str_is_nocase(text, "DIGEST-MD5") ? CLIENT_LOGIN_ENCRYPTED
										    : CLIENT_LOGIN_ANY;
}

static void read_server(const struct sources *all, size_t i, enum client_protocol protocol,
			struct client_server *out)
{
	struct client_text port = text_of(all, i, "Authentication", "Port"),
			   method = text_of(all, i, "Authentication", "Method"),
			   security = text_of(all, i, "Security", "Method");
	int kind;

	out->protocol = protocol;
	out->host = text_of(all, i, "Authentication", "Host");
	out->user = text_of(all, i, "Authentication", "User");
	out->port = lines_number(str_of(port.text), port.place.line);
	/* "0" stands for the usual port. */
	out->port.is_set = out->port.is_set && out->port.number;
	out->security_place = security.place;
	if (security.text && name_find(securities, COUNT_OF(securities), str_of(security.text), &kind))
		out->security = (enum client_security)kind;
	out->login = login_of(&method);
	out->login_place = method.place;
	/* The way out is a file of its own. */
	out->host.place.file = out->user.place.file = out->port.place.file = out->security_place.file =
		out->login_place.file = all->files[i].source;
	/* Passwords are the keyring's. */
	out->password = CLIENT_PASSWORD_UNKNOWN;
}

static void read_account(const struct sources *all, size_t i, const struct client_text *backend)
{
	struct client_text identity_uid = text_of(all, i, "Mail Account", "IdentityUid"), transport_uid, way;
	struct client_account *account;
	size_t identity, transport;
	int protocol;

	if (!name_find(protocols, COUNT_OF(protocols), str_of(backend->text), &protocol))
		return;
	account = client_add_account(all->found, CLIENT_EVOLUTION, all->files[i].source);
	account->name = text_of(all, i, "Data Source", "DisplayName");
	account->protocol = (enum client_protocol)protocol;
	account->has_incoming = true;
	read_server(all, i, account->protocol, &account->incoming);
	identity = source_of(all, &identity_uid);
	if (identity == all->n) {
		client_settle(account);
		return;
	}
	account->address = text_of(all, identity, "Mail Identity", "Address");
	account->display_name = text_of(all, identity, "Mail Identity", "Name");
	transport_uid = text_of(all, identity, "Mail Submission", "TransportUid");
	transport = source_of(all, &transport_uid);
	way = transport < all->n ? text_of(all, transport, "Mail Transport", "BackendName")
				 : (struct client_text){ .text = NULL };
	account->has_outgoing = way.text && str_is(str_of(way.text), "smtp");
	if (account->has_outgoing)
		read_server(all, transport, CLIENT_PROTOCOL_SMTP, &account->outgoing);
	client_settle(account);
}

void evolution_read(struct client_found *found, const struct evolution_file *files, size_t n)
{
	struct sources all = { .found = found,
			       .files = files,
			       .n = n < EVOLUTION_FILES_MAX ? n : EVOLUTION_FILES_MAX };

	all.parsed = arena_array(found->arena, all.n, sizeof *all.parsed);
	for (size_t i = 0; all.parsed && i < all.n; i++)
		if (!lines_read_settings(found, files[i].bytes, &all.parsed[i]))
			return;
	for (size_t i = 0; all.parsed && i < all.n; i++) {
		struct client_text backend = text_of(&all, i, "Mail Account", "BackendName"),
				   is_on = text_of(&all, i, "Data Source", "Enabled");

		if (backend.text && (!is_on.text || lines_is_yes(str_of(is_on.text))))
			read_account(&all, i, &backend);
	}
}
