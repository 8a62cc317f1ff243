/* This file reads the accounts of Outlook Express, and of Outlook 98 and 2000 for Internet mail, from a hive.
 */
#include "client/outlook.h"

#include "base/checked.h"
#include "client/registry.h"

struct root_row {
	const char *path;
	enum client_program program;
};

static const struct root_row roots[] = {
	{ "Software\\Microsoft\\Internet Account Manager\\Accounts", CLIENT_OUTLOOK_EXPRESS },
	{ "Software\\Microsoft\\Office\\Outlook\\OMI Account Manager\\Accounts", CLIENT_OUTLOOK },
	{ "Software\\Microsoft\\Office\\8.0\\Outlook\\OMI Account Manager\\Accounts", CLIENT_OUTLOOK },
};

/* Names of one protocol's values. */
struct names {
	const char *server, *user, *port, *security, *spa, *timeout, *password, *prompt;
};

static const struct names imap = { "IMAP Server",     "IMAP User Name",
				   "IMAP Port",       "IMAP Secure Connection",
				   "IMAP Use Sicily", "IMAP Timeout",
				   "IMAP Password2",  "IMAP Prompt for Password" };
static const struct names pop3 = { "POP3 Server",     "POP3 User Name",
				   "POP3 Port",       "POP3 Secure Connection",
				   "POP3 Use Sicily", "POP3 Timeout",
				   "POP3 Password2",  "POP3 Prompt for Password" };
static const struct names smtp = { "SMTP Server",     "SMTP User Name",
				   "SMTP Port",       "SMTP Secure Connection",
				   "SMTP Use Sicily", "SMTP Timeout",
				   "SMTP Password2",  "SMTP Prompt for Password" };

static void read_server(const struct registry_key *key, const struct names *names,
			enum client_protocol protocol, struct client_server *out)
{
	struct client_number spa = registry_number(key, names->spa),
			     security = registry_number(key, names->security);

	out->protocol = protocol;
	out->host = registry_text(key, names->server);
	out->user = registry_text(key, names->user);
	out->port = registry_number(key, names->port);
	out->timeout = registry_number(key, names->timeout);
	/* Implicit TLS on a port of its own, STARTTLS on port 25: one switch for both. */
	out->security = !security.is_set || !security.number ? CLIENT_SECURITY_NONE
			: protocol == CLIENT_PROTOCOL_SMTP && out->port.number != 465
				? CLIENT_SECURITY_STARTTLS
				: CLIENT_SECURITY_TLS;
	out->security_place = security.place;
	out->login = spa.is_set && spa.number ? CLIENT_LOGIN_NTLM : CLIENT_LOGIN_PASSWORD;
	out->login_place = spa.place;
	out->password = registry_has(key, names->password) ? CLIENT_PASSWORD_STORED : CLIENT_PASSWORD_NONE;
}

/* 0 no login, 1 SPA, 2 as for incoming mail, 3 a user of its own. */
static void read_outgoing_login(struct client_server *out, const struct client_number *sicily)
{
	static const enum client_login kinds[] = { CLIENT_LOGIN_NONE, CLIENT_LOGIN_NTLM,
						   CLIENT_LOGIN_AS_INCOMING, CLIENT_LOGIN_PASSWORD };
	uint32_t number = sicily->is_set ? sicily->number : 0;

	out->login = number < COUNT_OF(kinds) ? kinds[number] : CLIENT_LOGIN_UNKNOWN;
}

static void read_leave(const struct registry_key *key, struct client_account *account)
{
	struct client_number leave = registry_number(key, "Leave Mail On Server"),
			     emptied = registry_number(key, "Remove When Deleted"),
			     expires = registry_number(key, "Remove When Expired"),
			     days = registry_number(key, "Expire Days");

	account->leaves_copy = leave.is_set && leave.number;
	account->deletes_when_emptied = emptied.is_set && emptied.number;
	account->leave_place = leave.place;
	if (expires.is_set && expires.number && days.is_set)
		account->delete_after_days = days;
}

static void read_account(const struct registry_key *key, enum client_program program, const char *source)
{
	bool is_pop3 = registry_has(key, pop3.server), is_imap = registry_has(key, imap.server);
	struct client_account *account;
	struct client_number sicily;

	/* Directories and news have keys here too. */
	if (!is_pop3 && !is_imap && !registry_has(key, smtp.server))
		return;
	account = client_add_account(key->found, program, source);
	account->name = registry_text(key, "Account Name");
	account->address = registry_text(key, "SMTP Email Address");
	account->display_name = registry_text(key, "SMTP Display Name");
	account->has_incoming = is_pop3 || is_imap;
	account->protocol = is_imap   ? CLIENT_PROTOCOL_IMAP
			    : is_pop3 ? CLIENT_PROTOCOL_POP3
				      : CLIENT_PROTOCOL_SMTP;
	if (account->has_incoming)
		read_server(key, is_imap ? &imap : &pop3, account->protocol, &account->incoming);
	account->has_outgoing = registry_has(key, smtp.server);
	if (account->has_outgoing) {
		read_server(key, &smtp, CLIENT_PROTOCOL_SMTP, &account->outgoing);
		sicily = registry_number(key, smtp.spa);
		read_outgoing_login(&account->outgoing, &sicily);
	}
	read_leave(key, account);
	client_settle(account);
}

void outlook_read_internet_accounts(struct client_found *found, const struct hive *hive, const char *source)
{
	for (size_t i = 0; i < COUNT_OF(roots); i++) {
		struct registry_key root, key;
		struct hive_list list;
		const char *name;

		if (!registry_open(found, hive, roots[i].path, &root))
			continue;
		list = hive_subkeys(hive, &root.key);
		while (registry_next(&root, &list, &key, &name))
			read_account(&key, roots[i].program, source);
	}
}
