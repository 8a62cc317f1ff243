/* This file writes the right settings of an address in the form of a mail program. */
#include "report/settings_export.h"

#include "base/checked.h"
#include "base/names.h"

/* What all forms need. */
struct account {
	struct buf *out;
	const char *address, *in_user, *out_user;
	const struct server_settings *in, *out_server;
	bool is_imap;
};

static const struct name_row kinds[] = {
	{ SETTINGS_EXPORT_PRF, "prf" },
	{ SETTINGS_EXPORT_REG, "reg" },
	{ SETTINGS_EXPORT_THUNDERBIRD, "thunderbird" },
};

bool settings_export_kind(struct str word, enum settings_export *out)
{
	int kind;

	if (!name_find(kinds, COUNT_OF(kinds), word, &kind))
		return false;
	*out = (enum settings_export)kind;
	return true;
}

/* The best server of a protocol that somebody names, not a guess. */
static const struct server_settings *best(const struct settings_facts *facts, enum protocol protocol)
{
	for (size_t i = 0; i < facts->n_servers; i++)
		if (facts->servers[i].endpoint.protocol == protocol &&
		    facts->servers[i].source != SOURCE_GUESS)
			return &facts->servers[i];
	return NULL;
}

/* Quotes, line ends and what is not ASCII would need a different spelling in each form. */
static bool is_plain(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || (unsigned char)*text >= 0x7F || *text == '"' ||
		    *text == '\\')
			return false;
	return true;
}

static const char *take(const struct settings_facts *facts, struct account *a)
{
	a->in = best(facts, PROTOCOL_IMAP);
	a->is_imap = a->in != NULL;
	if (!a->in)
		a->in = best(facts, PROTOCOL_POP3);
	a->out_server = best(facts, PROTOCOL_SMTP);
	if (!a->in || !a->out_server)
		return "no source names both a server to fetch mail from and one to send it";
	a->address = facts->address.whole;
	a->in_user = a->in->user_name;
	a->out_user = a->out_server->user_name;
	if (!is_plain(a->address) || !is_plain(a->in_user) || !is_plain(a->out_user) ||
	    !is_plain(a->in->endpoint.host) || !is_plain(a->out_server->endpoint.host))
		return "the address, the user or a server has letters that these forms do not carry safely";
	return NULL;
}

static bool wants_token(const struct server_settings *server)
{
	return server->authentication == AUTHENTICATION_OAUTH2;
}

/* Numbers of Outlook: 0 none, 1 TLS, 2 STARTTLS; and of Thunderbird. */
static unsigned outlook_security(const struct server_settings *server)
{
	return server->endpoint.security == SECURITY_TLS        ? 1
	       : server->endpoint.security == SECURITY_STARTTLS ? 2
								: 0;
}

static unsigned thunderbird_security(const struct server_settings *server)
{
	return server->endpoint.security == SECURITY_TLS        ? 3
	       : server->endpoint.security == SECURITY_STARTTLS ? 2
								: 0;
}

static unsigned thunderbird_login(const struct server_settings *server)
{
	if (wants_token(server))
		return 10;
	return server->authentication == AUTHENTICATION_PASSWORD_ENCRYPTED ? 4 : 3;
}

static void pref_text(const struct account *a, const char *name, const char *value)
{
	buf_printf(a->out, "user_pref(\"%s\", \"%s\");\n", name, value);
}

static void pref_number(const struct account *a, const char *name, unsigned value)
{
	buf_printf(a->out, "user_pref(\"%s\", %u);\n", name, value);
}

static void write_thunderbird(const struct account *a)
{
	buf_add_text(a->out, "// Settings of a mail account, found by postmend. No password is in here.\n");
	pref_text(a, "mail.accountmanager.accounts", "account1");
	pref_text(a, "mail.accountmanager.defaultaccount", "account1");
	pref_text(a, "mail.account.account1.identities", "id1");
	pref_text(a, "mail.account.account1.server", "server1");
	pref_text(a, "mail.identity.id1.fullName", a->address);
	pref_text(a, "mail.identity.id1.useremail", a->address);
	pref_text(a, "mail.identity.id1.smtpServer", "smtp1");
	buf_add_text(a->out, "user_pref(\"mail.identity.id1.valid\", true);\n");
	pref_text(a, "mail.server.server1.type", a->is_imap ? "imap" : "pop3");
	pref_text(a, "mail.server.server1.name", a->address);
	pref_text(a, "mail.server.server1.hostname", a->in->endpoint.host);
	pref_text(a, "mail.server.server1.userName", a->in_user);
	pref_number(a, "mail.server.server1.port", a->in->endpoint.port);
	pref_number(a, "mail.server.server1.socketType", thunderbird_security(a->in));
	pref_number(a, "mail.server.server1.authMethod", thunderbird_login(a->in));
	buf_add_text(a->out, "user_pref(\"mail.server.server1.login_at_startup\", true);\n"
			     "user_pref(\"mail.server.server1.check_new_mail\", true);\n");
	if (!a->is_imap)
		buf_add_text(a->out, "user_pref(\"mail.server.server1.leave_on_server\", true);\n");
	pref_text(a, "mail.smtpservers", "smtp1");
	pref_text(a, "mail.smtp.defaultserver", "smtp1");
	pref_text(a, "mail.smtpserver.smtp1.hostname", a->out_server->endpoint.host);
	pref_text(a, "mail.smtpserver.smtp1.username", a->out_user);
	pref_number(a, "mail.smtpserver.smtp1.port", a->out_server->endpoint.port);
	pref_number(a, "mail.smtpserver.smtp1.try_ssl", thunderbird_security(a->out_server));
	pref_number(a, "mail.smtpserver.smtp1.authMethod", thunderbird_login(a->out_server));
}

/* The names of values, and the numbers of the properties that they are. */
struct prf_row {
	const char *name;
	const char *property;
};

static const struct prf_row prf_rows[] = {
	{ "AccountName", "PT_UNICODE,0x0002" },
	{ "DisplayName", "PT_UNICODE,0x000B" },
	{ "EmailAddress", "PT_UNICODE,0x000C" },
	{ "%sServer", "PT_UNICODE,0x0100" },
	{ "%sUserName", "PT_UNICODE,0x0101" },
	{ "%sPort", "PT_LONG,0x0104" },
	{ "%sUseSSL", "PT_LONG,0x0105" },
	{ "%sUseSPA", "PT_LONG,0x0108" },
	{ "SMTPServer", "PT_UNICODE,0x0200" },
	{ "SMTPPort", "PT_LONG,0x0201" },
	{ "SMTPUseAuth", "PT_LONG,0x0203" },
	{ "SMTPAuthMethod", "PT_LONG,0x0208" },
	{ "SMTPSecureConnection", "PT_LONG,0x020A" },
};

static void write_prf(const struct account *a)
{
	const char *kind = a->is_imap ? "IMAP" : "POP3", *section = a->is_imap ? "IMAP_I_Mail" : "I_Mail";

	buf_printf(a->out,
		   "; Settings of a mail account, found by postmend. No password is in here.\r\n"
		   "[General]\r\nCustom=1\r\nProfileName=%s\r\nDefaultProfile=No\r\nOverwriteProfile=No\r\n"
		   "ModifyDefaultProfileIfPresent=FALSE\r\n\r\n[Service List]\r\nService1=Unicode Personal "
		   "Folders\r\n"
		   "\r\n[Service1]\r\nUniqueService=No\r\nName=Outlook Data File\r\n\r\n"
		   "[Internet Account List]\r\nAccount1=%s\r\n\r\n[Account1]\r\nUniqueService=No\r\n",
		   a->address, section);
	buf_printf(a->out, "AccountName=%s\r\nDisplayName=%s\r\nEmailAddress=%s\r\n", a->address, a->address,
		   a->address);
	buf_printf(a->out, "%sServer=%s\r\n%sUserName=%s\r\n%sPort=%u\r\n%sUseSSL=%u\r\n%sUseSPA=0\r\n", kind,
		   a->in->endpoint.host, kind, a->in_user, kind, a->in->endpoint.port, kind,
		   a->in->endpoint.security == SECURITY_TLS, kind);
	buf_printf(a->out,
		   "SMTPServer=%s\r\nSMTPPort=%u\r\nSMTPUseAuth=1\r\nSMTPAuthMethod=0\r\n"
		   "SMTPSecureConnection=%u\r\n\r\n",
		   a->out_server->endpoint.host, a->out_server->endpoint.port,
		   outlook_security(a->out_server));
	/* What the names mean stands in the file itself. */
	buf_add_text(a->out,
		     "[Unicode Personal Folders]\r\nServiceName=MSUPST MS\r\nName=PT_STRING8,0x3001\r\n\r\n");
	buf_printf(a->out, "[%s]\r\nAccountType=%s\r\n", section, kind);
	for (size_t i = 0; i < COUNT_OF(prf_rows); i++) {
		const char *name = prf_rows[i].name;

		if (name[0] == '%')
			buf_printf(a->out, "%s%s=%s\r\n", kind, name + 2, prf_rows[i].property);
		else
			buf_printf(a->out, "%s=%s\r\n", name, prf_rows[i].property);
	}
}

static void reg_text(const struct account *a, const char *prefix, const char *name, const char *value)
{
	buf_printf(a->out, "\"%s%s\"=\"%s\"\r\n", prefix, name, value);
}

static void reg_number(const struct account *a, const char *prefix, const char *name, unsigned value)
{
	buf_printf(a->out, "\"%s%s\"=dword:%08x\r\n", prefix, name, value);
}

/* Regedit's older form, which every Windows takes. */
static void write_reg(const struct account *a)
{
	const char *kind = a->is_imap ? "IMAP" : "POP3";

	buf_printf(
		a->out,
		"REGEDIT4\r\n\r\n; Settings of a mail account, found by postmend. No password is in here.\r\n"
		"[HKEY_CURRENT_USER\\Software\\Microsoft\\Internet Account Manager\\Accounts\\%s]\r\n",
		a->address);
	reg_text(a, "", "Account Name", a->address);
	reg_text(a, "SMTP ", "Display Name", a->address);
	reg_text(a, "SMTP ", "Email Address", a->address);
	reg_text(a, kind, " Server", a->in->endpoint.host);
	reg_text(a, kind, " User Name", a->in_user);
	reg_number(a, kind, " Port", a->in->endpoint.port);
	reg_number(a, kind, " Secure Connection", a->in->endpoint.security != SECURITY_NONE);
	reg_text(a, "SMTP ", "Server", a->out_server->endpoint.host);
	reg_number(a, "SMTP ", "Port", a->out_server->endpoint.port);
	reg_number(a, "SMTP ", "Secure Connection", a->out_server->endpoint.security != SECURITY_NONE);
	/* The user and password of incoming mail. */
	reg_number(a, "SMTP ", "Use Sicily", 2);
}

/* Its one switch cannot say STARTTLS when fetching. */
static const char *refuse(enum settings_export kind, const struct account *a)
{
	if (kind != SETTINGS_EXPORT_THUNDERBIRD && a->in->endpoint.security == SECURITY_STARTTLS)
		return "the server to fetch mail from wants STARTTLS, which this form cannot say";
	if (kind != SETTINGS_EXPORT_THUNDERBIRD && (wants_token(a->in) || wants_token(a->out_server)))
		return "the provider wants OAuth2, which this form cannot say: let Outlook set the account "
		       "up itself";
	return NULL;
}

const char *settings_export(enum settings_export kind, const struct settings_facts *facts, struct buf *out)
{
	struct account a = { .out = out };
	const char *why = take(facts, &a);

	if (!why)
		why = refuse(kind, &a);
	if (why)
		return why;
	if (kind == SETTINGS_EXPORT_PRF)
		write_prf(&a);
	else if (kind == SETTINGS_EXPORT_REG)
		write_reg(&a);
	else
		write_thunderbird(&a);
	return buf_failed(out) ? "memory ended" : NULL;
}
