/* This file reads the configurations of getmail and OfflineIMAP: INI files. */
#include "client/configs.h"
#include "client/lines.h"

static struct client_text text_of(struct client_found *found, const struct settings_file *file,
				  struct str section, const char *key)
{
	const struct setting *one = lines_find(file, section, key);

	return one ? lines_text(found, lines_unquoted(one->value), one->line)
		   : (struct client_text){ .text = NULL };
}

static struct client_number number_of(const struct settings_file *file, struct str section, const char *key)
{
	const struct setting *one = lines_find(file, section, key);

	return one ? lines_number(lines_unquoted(one->value), one->line)
		   : (struct client_number){ .is_set = false };
}

static enum client_password password_of(const struct settings_file *file, struct str section,
					const char *stored, const char *command)
{
	if (lines_find(file, section, stored))
		return CLIENT_PASSWORD_STORED;
	return lines_find(file, section, command) ? CLIENT_PASSWORD_COMMAND : CLIENT_PASSWORD_NONE;
}

static void say_unread(struct client_found *found, const struct settings_file *file, const char *source)
{
	if (file->first_bad_line)
		client_add_remark(found, source, file->first_bad_line, "this line could not be understood");
}

static bool holds(struct client_text text, const char *part)
{
	return text.text && str_find_nocase(str_of(text.text), str_of(part)) != SIZE_MAX;
}

void getmail_read(struct client_found *found, struct view bytes, const char *source)
{
	struct settings_file file;
	struct client_account *account;
	struct client_server *in;
	struct client_text type;
	const struct setting *one;

	if (!lines_read_settings(found, bytes, &file))
		return;
	say_unread(found, &file, source);
	type = text_of(found, &file, STR("retriever"), "type");
	if (!type.text)
		return;
	account = client_add_account(found, CLIENT_GETMAIL, source);
	in = &account->incoming;
	account->has_incoming = true;
	account->protocol = in->protocol = holds(type, "IMAP")   ? CLIENT_PROTOCOL_IMAP
					   : holds(type, "POP3") ? CLIENT_PROTOCOL_POP3
								 : CLIENT_PROTOCOL_UNKNOWN;
	in->host = text_of(found, &file, STR("retriever"), "server");
	in->port = number_of(&file, STR("retriever"), "port");
	in->user = text_of(found, &file, STR("retriever"), "username");
	in->timeout = number_of(&file, STR("retriever"), "timeout");
	in->security = holds(type, "SSL") ? CLIENT_SECURITY_TLS : CLIENT_SECURITY_NONE;
	in->security_place = type.place;
	one = lines_find(&file, STR("retriever"), "use_xoauth2");
	in->login = one && lines_is_yes(one->value) ? CLIENT_LOGIN_OAUTH2 : CLIENT_LOGIN_PASSWORD;
	in->login_place.line = one ? one->line : 0;
	in->password = password_of(&file, STR("retriever"), "password", "password_command");
	account->name = in->host;
	account->store = text_of(found, &file, STR("destination"), "path");
	one = lines_find(&file, STR("options"), "delete");
	account->leaves_copy = !one || !lines_is_yes(one->value);
	if (one)
		account->leave_place.line = one->line;
	account->delete_after_days = number_of(&file, STR("options"), "delete_after");
	client_settle(account);
}

static void read_repository(struct client_found *found, const struct settings_file *file, struct str section,
			    struct client_account *account)
{
	struct client_server *in = &account->incoming;
	const struct setting *ssl = lines_find(file, section, "ssl"),
			     *starttls = lines_find(file, section, "starttls");
	bool is_gmail = holds(text_of(found, file, section, "type"), "gmail");

	account->has_incoming = true;
	account->protocol = in->protocol = CLIENT_PROTOCOL_IMAP;
	in->host = text_of(found, file, section, "remotehost");
	if (is_gmail && !in->host.text)
		in->host.text = "imap.gmail.com";
	in->port = number_of(file, section, "remoteport");
	in->user = text_of(found, file, section, "remoteuser");
	/* TLS is on unless switched off; without it STARTTLS is tried. */
	in->security = is_gmail || !ssl || lines_is_yes(ssl->value) ? CLIENT_SECURITY_TLS
		       : starttls && !lines_is_yes(starttls->value) ? CLIENT_SECURITY_NONE
								    : CLIENT_SECURITY_IF_OFFERED;
	in->security_place.line = ssl ? ssl->line : 0;
	in->login = holds(text_of(found, file, section, "auth_mechanisms"), "XOAUTH2") ? CLIENT_LOGIN_OAUTH2
										       : CLIENT_LOGIN_ANY;
	in->password = password_of(file, section, "remotepass", "remotepasseval");
	if (in->password == CLIENT_PASSWORD_NONE && lines_find(file, section, "remotepassfile"))
		in->password = CLIENT_PASSWORD_STORED;
}

static struct str section_named(struct client_found *found, const char *kind, const char *name)
{
	return str_of(arena_printf(found->arena, "%s %s", kind, name ? name : ""));
}

void offlineimap_read(struct client_found *found, struct view bytes, const char *source)
{
	struct client_number timeout;
	struct settings_file file;

	if (!lines_read_settings(found, bytes, &file))
		return;
	say_unread(found, &file, source);
	timeout = number_of(&file, STR("general"), "socktimeout");
	for (size_t i = 0; i < file.n && found->n_accounts < CLIENT_ACCOUNTS_MAX; i++) {
		struct str section = file.at[i].section;
		struct client_text remote, local;
		struct client_account *account;

		if (!str_starts(section, STR("Account ")) ||
		    !str_is_nocase(file.at[i].key, "remoterepository"))
			continue;
		remote = text_of(found, &file, section, "remoterepository");
		local = text_of(found, &file, section, "localrepository");
		account = client_add_account(found, CLIENT_OFFLINEIMAP, source);
		account->name = lines_text(found, str_trim(str_skip(section, 8)), file.at[i].line);
		account->incoming.timeout = timeout;
		read_repository(found, &file, section_named(found, "Repository", remote.text), account);
		account->store =
			text_of(found, &file, section_named(found, "Repository", local.text), "localfolders");
		client_settle(account);
	}
}
