/* This file reads the accounts of a Thunderbird profile, and which profiles there are. */
#include "client/thunderbird.h"

#include "base/checked.h"
#include "base/names.h"
#include "client/lines.h"
#include "client/prefs.h"

#include <string.h>

/* What is read of one profile. */
struct reader {
	struct client_found *found;
	struct prefs prefs;
	const char *profile, *source;
	bool has_logins;
};

static const enum client_security sockets[] = { CLIENT_SECURITY_NONE, CLIENT_SECURITY_IF_OFFERED,
						CLIENT_SECURITY_STARTTLS, CLIENT_SECURITY_TLS };

/* By the number of authMethod. */
static const enum client_login logins[] = {
	CLIENT_LOGIN_UNKNOWN,   CLIENT_LOGIN_NONE,     CLIENT_LOGIN_PASSWORD, CLIENT_LOGIN_PASSWORD,
	CLIENT_LOGIN_ENCRYPTED, CLIENT_LOGIN_KERBEROS, CLIENT_LOGIN_NTLM,     CLIENT_LOGIN_CERTIFICATE,
	CLIENT_LOGIN_ANY,       CLIENT_LOGIN_ANY,      CLIENT_LOGIN_OAUTH2,
};

size_t thunderbird_read_profiles(struct client_found *found, struct view bytes,
				 struct thunderbird_profile out[THUNDERBIRD_PROFILES_MAX])
{
	struct settings_file file;
	const struct setting *one;
	size_t n = 0;

	if (!lines_read_settings(found, bytes, &file))
		return 0;
	for (size_t i = 0; i < file.n && n < THUNDERBIRD_PROFILES_MAX; i++) {
		struct str section = file.at[i].section;

		if (!str_is_nocase(file.at[i].key, "Path") || !str_starts_nocase(section, STR("Profile")))
			continue;
		out[n] = (struct thunderbird_profile){ .path = arena_text(found->arena, file.at[i].value) };
		one = lines_find(&file, section, "Name");
		out[n].name = arena_text(found->arena, one ? one->value : file.at[i].value);
		one = lines_find(&file, section, "IsRelative");
		out[n].is_absolute = one && str_is(one->value, "0");
		one = lines_find(&file, section, "Default");
		out[n].is_default = one && lines_is_yes(one->value);
		n += out[n].path && out[n].name;
	}
	return n;
}

static const struct pref *pref_of(const struct reader *r, const char *family, const char *id,
				  const char *what)
{
	const char *name =
		arena_printf(r->found->arena, "%s.%s%s%s", family, id, what ? "." : "", what ? what : "");

	return name ? prefs_find(&r->prefs, name) : NULL;
}

static struct client_text text_of(const struct reader *r, const char *family, const char *id,
				  const char *what)
{
	const struct pref *pref = pref_of(r, family, id, what);
	struct client_text out = { .text = NULL };

	if (!pref || pref->kind != PREF_TEXT || !*pref->text)
		return out;
	return (struct client_text){ pref->text, { .value = pref->name, .line = pref->line } };
}

static struct client_number number_of(const struct reader *r, const char *family, const char *id,
				      const char *what)
{
	const struct pref *pref = pref_of(r, family, id, what);
	struct client_number out = { .is_set = false };

	if (!pref || pref->kind == PREF_TEXT || pref->number < 0 || pref->number > UINT32_MAX)
		return out;
	return (struct client_number){ (uint32_t)pref->number,
				       true,
				       { .value = pref->name, .line = pref->line } };
}

static bool is_on(const struct reader *r, const char *id, const char *what)
{
	struct client_number value = number_of(r, "mail.server", id, what);

	return value.is_set && value.number;
}

static void read_security(const struct client_number *socket, struct client_server *out)
{
	uint32_t number = socket->is_set ? socket->number : 0;

	out->security = number < COUNT_OF(sockets) ? sockets[number] : CLIENT_SECURITY_UNKNOWN;
	out->security_place = socket->place;
}

/* Unset is the password in clear, 3. */
static void read_login(const struct client_number *method, struct client_server *out)
{
	uint32_t number = method->is_set ? method->number : 3;

	out->login = number < COUNT_OF(logins) ? logins[number] : CLIENT_LOGIN_UNKNOWN;
	out->login_place = method->place;
}

static void read_incoming(const struct reader *r, const char *id, struct client_account *account)
{
	struct client_number socket = number_of(r, "mail.server", id, "socketType"),
			     method = number_of(r, "mail.server", id, "authMethod");
	struct client_server *out = &account->incoming;

	account->has_incoming = true;
	out->protocol = account->protocol;
	out->host = text_of(r, "mail.server", id, "realhostname");
	if (!out->host.text)
		out->host = text_of(r, "mail.server", id, "hostname");
	out->user = text_of(r, "mail.server", id, "realuserName");
	if (!out->user.text)
		out->user = text_of(r, "mail.server", id, "userName");
	out->port = number_of(r, "mail.server", id, "port");
	/* Of all servers alike; a server's own "timeout" is the minutes for which an idle connection is kept.
	 */
	out->timeout = number_of(r, "mailnews", "tcptimeout", NULL);
	read_security(&socket, out);
	read_login(&method, out);
	out->password = r->has_logins ? CLIENT_PASSWORD_UNKNOWN : CLIENT_PASSWORD_NONE;
	account->leave_place = number_of(r, "mail.server", id, "leave_on_server").place;
	account->leaves_copy = is_on(r, id, "leave_on_server");
	account->deletes_when_emptied = is_on(r, id, "delete_mail_left_on_server");
	if (is_on(r, id, "delete_by_age_from_server"))
		account->delete_after_days = number_of(r, "mail.server", id, "num_days_to_leave_on_server");
}

static void read_outgoing(const struct reader *r, const char *id, struct client_account *account)
{
	struct client_server *out = &account->outgoing;
	struct client_number socket = number_of(r, "mail.smtpserver", id, "try_ssl"),
			     method = number_of(r, "mail.smtpserver", id, "authMethod");

	account->has_outgoing = true;
	out->protocol = CLIENT_PROTOCOL_SMTP;
	out->host = text_of(r, "mail.smtpserver", id, "hostname");
	out->user = text_of(r, "mail.smtpserver", id, "username");
	out->port = number_of(r, "mail.smtpserver", id, "port");
	read_security(&socket, out);
	read_login(&method, out);
	out->password = r->has_logins ? CLIENT_PASSWORD_UNKNOWN : CLIENT_PASSWORD_NONE;
}

static const char *text_at(const struct reader *r, const char *name)
{
	const struct pref *pref = prefs_find(&r->prefs, name);

	return pref && pref->kind == PREF_TEXT ? pref->text : "";
}

/* The first identity: its address, name and outgoing server. */
static void read_identity(const struct reader *r, const char *account_id, struct client_account *account)
{
	struct client_text list = text_of(r, "mail.account", account_id, "identities"), smtp;
	struct str rest = str_of(list.text);
	const char *id = arena_text(r->found->arena, str_trim(str_cut(&rest, ',')));
	const char *server;

	if (!list.text || !id)
		return;
	account->address = text_of(r, "mail.identity", id, "useremail");
	account->display_name = text_of(r, "mail.identity", id, "fullName");
	smtp = text_of(r, "mail.identity", id, "smtpServer");
	server = smtp.text ? smtp.text : text_at(r, "mail.smtp.defaultserver");
	if (text_of(r, "mail.smtpserver", server, "hostname").text)
		read_outgoing(r, server, account);
}

static const struct name_row protocols[] = {
	{ CLIENT_PROTOCOL_IMAP, "imap" },
	{ CLIENT_PROTOCOL_POP3, "pop3" },
	{ CLIENT_PROTOCOL_EXCHANGE, "exchange" },
	{ CLIENT_PROTOCOL_EXCHANGE, "ews" },
};

static void read_account(const struct reader *r, const char *id)
{
	struct client_text server = text_of(r, "mail.account", id, "server"), type;
	struct client_account *account;
	int protocol;

	if (!server.text) {
		client_add_remark(r->found, r->source, 0,
				  arena_printf(r->found->arena, "the account \"%s\" has no server", id));
		return;
	}
	type = text_of(r, "mail.server", server.text, "type");
	/* Local folders, feeds and news are no mail accounts. */
	if (!type.text || !name_find(protocols, COUNT_OF(protocols), str_of(type.text), &protocol))
		return;
	account = client_add_account(r->found, CLIENT_THUNDERBIRD, r->source);
	account->profile = r->profile;
	account->protocol = (enum client_protocol)protocol;
	account->name = text_of(r, "mail.server", server.text, "name");
	account->is_default = strcmp(text_at(r, "mail.accountmanager.defaultaccount"), id) == 0;
	account->store = text_of(r, "mail.server", server.text, "directory");
	read_incoming(r, server.text, account);
	read_identity(r, id, account);
	client_settle(account);
}

static void say_unread(const struct reader *r)
{
	struct arena *arena = r->found->arena;

	if (r->prefs.n_bad)
		client_add_remark(r->found, r->source, r->prefs.first_bad_line,
				  arena_printf(arena, "%u line%s could not be understood", r->prefs.n_bad,
					       r->prefs.n_bad == 1 ? "" : "s"));
	if (r->prefs.is_cut)
		client_add_remark(r->found, r->source, 0, "only its beginning was read: it is too long");
}

/* Whether it goes on-line when it starts, and how it was left. */
static void read_line(const struct reader *r)
{
	static const struct {
		const char *name;
		enum machine_setting_kind kind;
	} rows[] = {
		{ "offline.startup_state", MACHINE_THUNDERBIRD_START },
		{ "network.online", MACHINE_THUNDERBIRD_LINE },
	};
	struct machine *m = r->found->machine;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct pref *pref = prefs_find(&r->prefs, rows[i].name);

		if (!pref || pref->kind == PREF_TEXT || pref->number < 0 || pref->number > UINT32_MAX)
			continue;
		m->settings[machine_next(&m->n_settings, MACHINE_LIST_MAX)] = (struct machine_setting){
			.kind = rows[i].kind,
			.source = r->source,
			.number = { (uint32_t)pref->number,
				    true,
				    { .value = pref->name, .line = pref->line } },
		};
	}
}

void thunderbird_read_prefs(struct client_found *found, const struct thunderbird_profile *profile,
			    struct view bytes, const char *source, bool has_logins)
{
	struct reader r = {
		.found = found, .profile = profile->name, .source = source, .has_logins = has_logins
	};
	struct client_profile *out = client_add_profile(found, CLIENT_THUNDERBIRD, source);
	struct str rest;
	const struct pref *list;

	out->name = profile->name;
	out->is_default = profile->is_default;
	if (!prefs_read(found->arena, bytes, &r.prefs))
		return;
	say_unread(&r);
	read_line(&r);
	list = prefs_find(&r.prefs, "mail.accountmanager.accounts");
	if (!list || list->kind != PREF_TEXT)
		return;
	rest = str_of(list->text);
	while (rest.at && rest.len && found->n_accounts < CLIENT_ACCOUNTS_MAX) {
		const char *id = arena_text(found->arena, str_trim(str_cut(&rest, ',')));

		if (id && *id)
			read_account(&r, id);
	}
}
