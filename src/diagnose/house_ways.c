/* This file knows how big mail houses want to be logged in to. */
#include "diagnose/house_ways.h"

#include "base/checked.h"

#define GOOGLE_HINT                                                                                    \
	"Google takes an application password (the account must have two-step sign-in) or sign-in by " \
	"OAuth2, never the account's own password."
#define MICROSOFT_HINT                                                                                      \
	"Microsoft takes no passwords from mail programs any more, application passwords neither: set the " \
	"account up again with sign-in by OAuth2."
#define YAHOO_HINT "Create an application password in the account's security settings and use that one."
#define APPLE_HINT                                                                                         \
	"Create an app-specific password at the Apple account's page; the user name for IMAP is the part " \
	"before the @, for sending the whole address."

static const struct house_way rows[] = {
	{ ".gmail.com", "Google", .hint = GOOGLE_HINT },
	{ ".googlemail.com", "Google", .hint = GOOGLE_HINT },
	{ ".google.com", "Google", .hint = GOOGLE_HINT },
	{ ".office365.com", "Microsoft", .takes_no_password = true, .hint = MICROSOFT_HINT },
	{ ".outlook.com", "Microsoft", .takes_no_password = true, .hint = MICROSOFT_HINT },
	{ ".hotmail.com", "Microsoft", .takes_no_password = true, .hint = MICROSOFT_HINT },
	{ ".live.com", "Microsoft", .takes_no_password = true, .hint = MICROSOFT_HINT },
	{ ".mail.yahoo.com", "Yahoo", .wants_app_password = true, .hint = YAHOO_HINT },
	{ ".mail.yahoo.co.uk", "Yahoo", .wants_app_password = true, .hint = YAHOO_HINT },
	{ ".aol.com", "AOL", .wants_app_password = true, .hint = YAHOO_HINT },
	{ ".mail.att.net", "AT&T", .wants_app_password = true,
	  .hint = "Create a secure mail key in the AT&T profile and use that one." },
	{ ".tools.sky.com", "Sky", .wants_app_password = true, .hint = YAHOO_HINT },
	{ ".mail.me.com", "Apple iCloud", .wants_app_password = true, .hint = APPLE_HINT },
	{ ".mail.icloud.com", "Apple iCloud", .wants_app_password = true, .hint = APPLE_HINT },
	{ ".fastmail.com", "Fastmail", .wants_app_password = true, .hint = YAHOO_HINT },
	{ ".t-online.de", "Telekom", .has_mail_password = true,
	  .hint = "Set the password for mail programs in the Telekom customer centre and use that one." },
	{ ".ionos.de", "IONOS", .has_mail_password = true,
	  .hint = "Use the password of the mailbox, not the one of the IONOS customer account." },
	{ ".ionos.com", "IONOS", .has_mail_password = true,
	  .hint = "Use the password of the mailbox, not the one of the IONOS customer account." },
	{ ".ionos.co.uk", "IONOS", .has_mail_password = true,
	  .hint = "Use the password of the mailbox, not the one of the IONOS customer account." },
	{ ".infomaniak.com", "Infomaniak", .has_mail_password = true,
	  .hint = "Make a device password in Infomaniak's mail settings and use that one." },
	{ ".startmail.com", "StartMail", .has_mail_password = true,
	  .hint = "Make a device password in StartMail's settings and use that one." },
	{ ".libero.it", "Libero", .has_mail_password = true,
	  .hint = "Make a password for external programs in Libero's settings and use that one." },
	{ ".gmx.net", "GMX",
	  .hint = "Allow POP3 and IMAP in GMX's settings; with two-step sign-in an "
		  "application password is needed." },
	{ ".gmx.com", "GMX",
	  .hint = "Allow POP3 and IMAP in GMX's settings; with two-step sign-in an "
		  "application password is needed." },
	{ ".web.de", "WEB.DE",
	  .hint = "Allow POP3 and IMAP in WEB.DE's settings; with two-step sign-in an "
		  "application password is needed." },
	{ ".protonmail.ch", "Proton", .has_no_imap = true,
	  .hint = "Proton has IMAP through its Bridge program alone (paid plans)." },
	{ ".proton.me", "Proton", .has_no_imap = true,
	  .hint = "Proton has IMAP through its Bridge program alone (paid plans)." },
	{ ".tutanota.de", "Tuta", .has_no_imap = true, .hint = "Tuta has no IMAP: use its own program." },
	{ ".tuta.com", "Tuta", .has_no_imap = true, .hint = "Tuta has no IMAP: use its own program." },
	{ ".hey.com", "HEY", .has_no_imap = true, .hint = "HEY has no IMAP: use its own program." },
};

const struct house_way *house_ways_find(const char *host)
{
	struct str name = str_of(host);

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (str_ends_nocase(name, str_of(rows[i].suffix)) || str_is_nocase(name, rows[i].suffix + 1))
			return &rows[i];
	return NULL;
}

/* The last two labels, or three when the second last is as short as "co" or "com". */
static struct str house_of(struct str host)
{
	size_t labels = 0, at = host.len, second = 0;

	while (at > 0 && labels < 3) {
		if (host.at[at - 1] == '.') {
			labels++;
			if (labels == 2 && second - at > 3)
				return str_skip(host, at);
			if (labels == 3)
				return str_skip(host, at);
			second = labels == 1 ? at - 1 : second;
		}
		at--;
	}
	return host;
}

bool house_ways_same_house(const char *a, const char *b)
{
	return str_eq_nocase(house_of(str_of(a)), house_of(str_of(b)));
}
