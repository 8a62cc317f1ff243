/* This file names what the settings of mail programs can say. */
#include "client/words.h"

#include "base/checked.h"
#include "base/names.h"

static const struct name_row programs[] = {
	{ CLIENT_OUTLOOK, "outlook" },
	{ CLIENT_OUTLOOK_EXPRESS, "outlook-express" },
	{ CLIENT_WINDOWS_MAIL, "windows-live-mail" },
	{ CLIENT_THUNDERBIRD, "thunderbird" },
	{ CLIENT_EVOLUTION, "evolution" },
	{ CLIENT_APPLE_MAIL, "apple-mail" },
	{ CLIENT_MSMTP, "msmtp" },
	{ CLIENT_MBSYNC, "mbsync" },
	{ CLIENT_FETCHMAIL, "fetchmail" },
	{ CLIENT_GETMAIL, "getmail" },
	{ CLIENT_NEOMUTT, "neomutt" },
	{ CLIENT_AERC, "aerc" },
	{ CLIENT_OFFLINEIMAP, "offlineimap" },
	{ CLIENT_HIMALAYA, "himalaya" },
};

static const struct name_row titles[] = {
	{ CLIENT_OUTLOOK, "Outlook" },
	{ CLIENT_OUTLOOK_EXPRESS, "Outlook Express" },
	{ CLIENT_WINDOWS_MAIL, "Windows Live Mail" },
	{ CLIENT_THUNDERBIRD, "Thunderbird" },
	{ CLIENT_EVOLUTION, "Evolution" },
	{ CLIENT_APPLE_MAIL, "Apple Mail" },
	{ CLIENT_MSMTP, "msmtp" },
	{ CLIENT_MBSYNC, "mbsync" },
	{ CLIENT_FETCHMAIL, "fetchmail" },
	{ CLIENT_GETMAIL, "getmail" },
	{ CLIENT_NEOMUTT, "NeoMutt" },
	{ CLIENT_AERC, "aerc" },
	{ CLIENT_OFFLINEIMAP, "OfflineIMAP" },
	{ CLIENT_HIMALAYA, "Himalaya" },
};

static const struct name_row protocols[] = {
	{ CLIENT_PROTOCOL_UNKNOWN, "unknown" },   { CLIENT_PROTOCOL_IMAP, "imap" },
	{ CLIENT_PROTOCOL_POP3, "pop3" },         { CLIENT_PROTOCOL_SMTP, "smtp" },
	{ CLIENT_PROTOCOL_EXCHANGE, "exchange" }, { CLIENT_PROTOCOL_ACTIVESYNC, "activesync" },
	{ CLIENT_PROTOCOL_HTTP, "http" },         { CLIENT_PROTOCOL_LOCAL, "local" },
};

static const struct name_row securities[] = {
	{ CLIENT_SECURITY_UNKNOWN, "unknown" },
	{ CLIENT_SECURITY_NONE, "none" },
	{ CLIENT_SECURITY_TLS, "tls" },
	{ CLIENT_SECURITY_STARTTLS, "starttls" },
	{ CLIENT_SECURITY_IF_OFFERED, "starttls-if-offered" },
	{ CLIENT_SECURITY_AUTOMATIC, "automatic" },
};

static const struct name_row logins[] = {
	{ CLIENT_LOGIN_UNKNOWN, "unknown" },
	{ CLIENT_LOGIN_NONE, "none" },
	{ CLIENT_LOGIN_PASSWORD, "password" },
	{ CLIENT_LOGIN_ENCRYPTED, "password-encrypted" },
	{ CLIENT_LOGIN_NTLM, "ntlm" },
	{ CLIENT_LOGIN_KERBEROS, "kerberos" },
	{ CLIENT_LOGIN_OAUTH2, "oauth2" },
	{ CLIENT_LOGIN_CERTIFICATE, "certificate" },
	{ CLIENT_LOGIN_ANY, "any" },
	{ CLIENT_LOGIN_AS_INCOMING, "as-incoming" },
	{ CLIENT_LOGIN_POP_FIRST, "pop-before-smtp" },
};

static const struct name_row passwords[] = {
	{ CLIENT_PASSWORD_UNKNOWN, "unknown" },
	{ CLIENT_PASSWORD_NONE, "none" },
	{ CLIENT_PASSWORD_STORED, "stored" },
	{ CLIENT_PASSWORD_COMMAND, "command" },
};

const char *client_program_name(enum client_program program)
{
	return name_of(programs, COUNT_OF(programs), (int)program);
}

const char *client_program_title(enum client_program program)
{
	return name_of(titles, COUNT_OF(titles), (int)program);
}

const char *client_protocol_name(enum client_protocol protocol)
{
	return name_of(protocols, COUNT_OF(protocols), (int)protocol);
}

const char *client_security_name(enum client_security security)
{
	return name_of(securities, COUNT_OF(securities), (int)security);
}

const char *client_login_name(enum client_login login)
{
	return name_of(logins, COUNT_OF(logins), (int)login);
}

const char *client_password_name(enum client_password password)
{
	return name_of(passwords, COUNT_OF(passwords), (int)password);
}
