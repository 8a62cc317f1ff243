/* This file reads .oeaccount files of Windows Mail and Windows Live Mail: XML with the names of Outlook
 * Express. */
#include "client/configs.h"
#include "client/lines.h"
#include "client/xml.h"

#include "base/checked.h"

#include <string.h>

enum field {
	FIELD_NAME,
	FIELD_ADDRESS,
	FIELD_DISPLAY_NAME,
	FIELD_IMAP_SERVER,
	FIELD_IMAP_USER,
	FIELD_IMAP_PORT,
	FIELD_IMAP_SECURE,
	FIELD_IMAP_SICILY,
	FIELD_IMAP_TIMEOUT,
	FIELD_IMAP_PASSWORD,
	FIELD_POP3_SERVER,
	FIELD_POP3_USER,
	FIELD_POP3_PORT,
	FIELD_POP3_SECURE,
	FIELD_POP3_SICILY,
	FIELD_POP3_TIMEOUT,
	FIELD_POP3_PASSWORD,
	FIELD_SMTP_SERVER,
	FIELD_SMTP_USER,
	FIELD_SMTP_PORT,
	FIELD_SMTP_SECURE,
	FIELD_SMTP_SICILY,
	FIELD_SMTP_TIMEOUT,
	FIELD_SMTP_PASSWORD,
	FIELD_LEAVE,
	FIELD_EMPTIED,
	FIELD_EXPIRES,
	FIELD_DAYS,
	FIELD_COUNT
};

static const char *const names[FIELD_COUNT] = {
	"Account_Name",
	"SMTP_Email_Address",
	"SMTP_Display_Name",
	"IMAP_Server",
	"IMAP_User_Name",
	"IMAP_Port",
	"IMAP_Secure_Connection",
	"IMAP_Use_Sicily",
	"IMAP_Timeout",
	"IMAP_Password2",
	"POP3_Server",
	"POP3_User_Name",
	"POP3_Port",
	"POP3_Secure_Connection",
	"POP3_Use_Sicily",
	"POP3_Timeout",
	"POP3_Password2",
	"SMTP_Server",
	"SMTP_User_Name",
	"SMTP_Port",
	"SMTP_Secure_Connection",
	"SMTP_Use_Sicily",
	"SMTP_Timeout",
	"SMTP_Password2",
	"Leave_Mail_On_Server",
	"Remove_When_Deleted",
	"Remove_When_Expired",
	"Expire_Days",
};

struct reader {
	struct client_found *found;
	const char *texts[FIELD_COUNT];
};

static void on_open(void *context, const char *name, const char *type, unsigned depth)
{
	(void)context, (void)name, (void)type, (void)depth;
}

static void on_close(void *context, const char *name, struct str text, unsigned depth)
{
	struct reader *reader = context;

	for (size_t i = 0; depth == 2 && i < FIELD_COUNT; i++) {
		bool is_password = str_ends_nocase(str_of(names[i]), STR("Password2"));

		if (text.len && strcmp(name, names[i]) == 0)
			reader->texts[i] = is_password ? "set" : arena_text(reader->found->arena, text);
	}
}

static struct client_text text_of(const struct reader *r, enum field field)
{
	return (struct client_text){ r->texts[field], { .value = names[field] } };
}

/* Numbers are eight hexadecimal digits. */
static struct client_number number_of(const struct reader *r, enum field field)
{
	struct str text = str_of(r->texts[field]);
	struct client_number out = { .is_set = text.len > 0 && text.len <= 8, .place.value = names[field] };

	for (size_t i = 0; i < text.len && out.is_set; i++) {
		char c = str_lower_char(text.at[i]);

		if (str_is_digit(c))
			out.number = out.number << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			out.number = out.number << 4 | (uint32_t)(c - 'a' + 10);
		else
			out.is_set = false;
	}
	return out;
}

/* The fields of a protocol follow each other in the same order. */
static void read_server(const struct reader *r, enum field first, enum client_protocol protocol,
			struct client_server *out)
{
	struct client_number secure = number_of(r, first + 3), sicily = number_of(r, first + 4);

	out->protocol = protocol;
	out->host = text_of(r, first);
	out->user = text_of(r, first + 1);
	out->port = number_of(r, first + 2);
	out->timeout = number_of(r, first + 5);
	out->security = !secure.is_set || !secure.number ? CLIENT_SECURITY_NONE
			: protocol == CLIENT_PROTOCOL_SMTP && out->port.number != 465
				? CLIENT_SECURITY_STARTTLS
				: CLIENT_SECURITY_TLS;
	out->security_place = secure.place;
	out->login = sicily.is_set && sicily.number == 1 ? CLIENT_LOGIN_NTLM : CLIENT_LOGIN_PASSWORD;
	out->login_place = sicily.place;
	if (protocol == CLIENT_PROTOCOL_SMTP && (!sicily.is_set || sicily.number == 0))
		out->login = CLIENT_LOGIN_NONE;
	if (protocol == CLIENT_PROTOCOL_SMTP && sicily.number == 2)
		out->login = CLIENT_LOGIN_AS_INCOMING;
	out->password = r->texts[first + 6] ? CLIENT_PASSWORD_STORED : CLIENT_PASSWORD_NONE;
}

static void build(const struct reader *r, const char *source)
{
	bool is_imap = r->texts[FIELD_IMAP_SERVER], is_pop3 = r->texts[FIELD_POP3_SERVER];
	struct client_account *account;
	struct client_number leave, expires;

	if (!is_imap && !is_pop3 && !r->texts[FIELD_SMTP_SERVER])
		return;
	account = client_add_account(r->found, CLIENT_WINDOWS_MAIL, source);
	account->name = text_of(r, FIELD_NAME);
	account->address = text_of(r, FIELD_ADDRESS);
	account->display_name = text_of(r, FIELD_DISPLAY_NAME);
	account->protocol = is_imap   ? CLIENT_PROTOCOL_IMAP
			    : is_pop3 ? CLIENT_PROTOCOL_POP3
				      : CLIENT_PROTOCOL_SMTP;
	account->has_incoming = is_imap || is_pop3;
	if (account->has_incoming)
		read_server(r, is_imap ? FIELD_IMAP_SERVER : FIELD_POP3_SERVER, account->protocol,
			    &account->incoming);
	account->has_outgoing = r->texts[FIELD_SMTP_SERVER] != NULL;
	if (account->has_outgoing)
		read_server(r, FIELD_SMTP_SERVER, CLIENT_PROTOCOL_SMTP, &account->outgoing);
	leave = number_of(r, FIELD_LEAVE);
	expires = number_of(r, FIELD_EXPIRES);
	account->leaves_copy = leave.is_set && leave.number;
	account->leave_place = leave.place;
	account->deletes_when_emptied = number_of(r, FIELD_EMPTIED).number != 0;
	if (expires.is_set && expires.number)
		account->delete_after_days = number_of(r, FIELD_DAYS);
	client_settle(account);
}

void oeaccount_read(struct client_found *found, struct view bytes, const char *source)
{
	struct reader reader = { .found = found };
	const char *why = xml_read(bytes, &(struct xml_reader){ &reader, on_open, on_close });

	if (why)
		client_add_remark(found, source, 0, why);
	build(&reader, source);
}
