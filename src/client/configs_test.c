/* This file tests the readers of text configurations: what they find, and what they pass over. */
#include "base/checked.h"
#include "client/account_line.h"
#include "client/configs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_CAP = 256 << 20, LINES_MAX = 4 };

struct config {
	const char *name;
	configs_reader *read;
	const char *text;
	const char *lines[LINES_MAX];
	unsigned remarks;
};

static const struct config configs[] = {
	{ "msmtp: defaults, two accounts, a default",
	  msmtp_read,
	  "# all\ndefaults\nauth on\ntls on\n\naccount work\nhost smtp.example.org\nport 587\nfrom "
	  "anna@example.org\n"
	  "user anna\npassword secret\ntimeout 30\naccount home : work\nhost mail.example.net\ntls_starttls "
	  "off\n"
	  "passwordeval pass show\naccount default : work\n",
	  { "work anna@example.org smtp*; -; smtp.example.org anna 587 starttls password stored 30s; -; -",
	    "home anna@example.org smtp; -; mail.example.net anna 587 tls password command 30s; -; -" },
	  0 },
	{ "msmtp: nothing said",
	  msmtp_read,
	  "account default\nhost localhost\n",
	  { "default - smtp; -; localhost - 25 none none none; -; -" },
	  0 },
	{ "msmtp: TLS from the start on its port",
	  msmtp_read,
	  "account a\nhost h\ntls on\ntls_starttls off\nauth xoauth2\n",
	  { "a - smtp; -; h - 465 tls oauth2 none; -; -" },
	  0 },
	{ "msmtp: no accounts", msmtp_read, "# nothing\ndefaults\ntls on\n", { NULL }, 0 },
	{ "mbsync: account, stores and channel",
	  mbsync_read,
	  "IMAPAccount work\nHost imap.example.org\nUser anna\nPassCmd \"pass show\"\nTLSType IMAPS\n"
	  "AuthMechs LOGIN\n\nIMAPStore far\nAccount work\n\nMaildirStore near\nPath ~/Mail/\nInbox "
	  "~/Mail/Inbox\n\n"
	  "Channel all\nFar :far:\nNear :near:\nPatterns *\n",
	  { "work - imap; imap.example.org anna 993 tls password command; -; ~/Mail/; -" },
	  0 },
	{ "mbsync: older words",
	  mbsync_read,
	  "IMAPStore far\nHost imaps:mail.example.org\nPort 1993\nUser anna\nPass secret\nTimeout 60\n",
	  { "far - imap; mail.example.org anna 1993 tls any stored 60s; -; -; -" },
	  0 },
	{ "mbsync: nothing said is STARTTLS",
	  mbsync_read,
	  "imapaccount a\nhost h\n",
	  { "a - imap; h - 143 starttls any none; -; -; -" },
	  0 },
	{ "fetchmail: one line",
	  fetchmail_read,
	  "set daemon 300\npoll pop.example.org proto pop3 user \"anna\" there with password \"se cret\" is "
	  "anna here "
	  "options ssl keep\n",
	  { "pop.example.org - pop3; pop.example.org anna 995 tls any stored; -; -; kept" },
	  0 },
	{ "fetchmail: two users, a server behind another name",
	  fetchmail_read,
	  "poll work via mail.example.org protocol IMAP timeout 120\n  user anna pass a sslproto ''\n"
	  "  user bob, pass b nokeep # last\nskip other proto pop3 port 1110 user x\n",
	  { "work - imap; mail.example.org anna 143 none any stored 120s; -; -; -",
	    "work - imap; mail.example.org bob 143 starttls-if-offered any stored 120s; -; -; -",
	    "other - pop3; other x 1110 starttls-if-offered any none; -; -; -" },
	  0 },
	{ "fetchmail: no user", fetchmail_read, "poll pop.example.org proto pop3\n", { NULL }, 0 },
	{ "getmail: POP3 over TLS",
	  getmail_read,
	  "[retriever]\ntype = SimplePOP3SSLRetriever\nserver = pop.example.org\nusername = anna\npassword = "
	  "x\n"
	  "timeout = 180\n[destination]\ntype = Maildir\npath = ~/Maildir/\n[options]\ndelete = false\n"
	  "delete_after = 14\n",
	  { "pop.example.org - pop3; pop.example.org anna 995 tls password stored 180s; -; ~/Maildir/; 14 "
	    "days" },
	  0 },
	{ "getmail: a line that is none",
	  getmail_read,
	  "[retriever]\nnonsense\ntype = SimpleIMAPRetriever\nserver = h\n[options]\ndelete = true\n",
	  { "h - imap; h - 143 none password none; -; -; -" },
	  1 },
	{ "getmail: no retriever", getmail_read, "[options]\ndelete = true\n", { NULL }, 0 },
	{ "offlineimap: account and repositories",
	  offlineimap_read,
	  "[general]\naccounts = work\nsocktimeout = 60\n[Account work]\nlocalrepository = here\n"
	  "remoterepository = there\n[Repository here]\ntype = Maildir\nlocalfolders = ~/Mail\n"
	  "[Repository there]\ntype = IMAP\nremotehost = imap.example.org\nremoteuser = anna\n"
	  "remotepasseval = get_pass()\nssl = no\n",
	  { "work - imap; imap.example.org anna 143 starttls-if-offered any command 60s; -; ~/Mail; -" },
	  0 },
	{ "offlineimap: Gmail",
	  offlineimap_read,
	  "[Account g]\nremoterepository = r\n[Repository r]\ntype = Gmail\nremoteuser = a@gmail.com\n"
	  "auth_mechanisms = XOAUTH2\n",
	  { "g - imap; imap.gmail.com a@gmail.com 993 tls oauth2 none; -; -; -" },
	  0 },
	{ "neomutt: IMAP and SMTP",
	  neomutt_read,
	  "set imap_user = \"anna\" imap_pass=`pass show`\nset folder=imaps://imap.example.org/\n"
	  "set smtp_url = \"smtp://anna@smtp.example.org:587/\"\nset smtp_pass='secret'\n"
	  "set from='anna@example.org' realname = \"Anna Example\"\nsource ~/.mutt/colours\nset "
	  "connect_timeout=30\n",
	  { "anna@example.org anna@example.org imap; imap.example.org anna 993 tls password command 30s; "
	    "smtp.example.org anna 587 starttls password stored; -; -" },
	  1 },
	{ "neomutt: POP3, STARTTLS switched off",
	  neomutt_read,
	  "set pop_host=pop.example.org\nset pop_user=anna\nset nossl_force_tls\nset ssl_starttls=no\n",
	  { "pop.example.org - pop3; pop.example.org anna 110 none password none; -; -; kept" },
	  0 },
	{ "neomutt: local mail alone", neomutt_read, "set folder=~/Mail\n", { NULL }, 0 },
	{ "aerc: URLs with everything",
	  aerc_read,
	  "[Work]\nsource = imaps://anna%40example.org:pw@imap.example.org\noutgoing = "
	  "smtps+login://anna@smtp.example.org:465\noutgoing-cred-cmd = pass\nfrom = Anna "
	  "<anna@example.org>\n"
	  "[Local]\nsource = maildir://~/Mail\n",
	  { "Work anna@example.org imap; imap.example.org anna@example.org 993 tls password stored; "
	    "smtp.example.org anna 465 tls password command; -; -",
	    "Local - local; -; -; -; -" },
	  0 },
	{ "himalaya: tables and dotted keys",
	  himalaya_read,
	  "[accounts.work]\nemail = \"anna@example.org\"\ndefault = true\nbackend.type = \"imap\"\n"
	  "backend.host = \"imap.example.org\"\nbackend.port = 993\nbackend.login = \"anna\"\n"
	  "backend.encryption.type = \"tls\"\nbackend.auth.cmd = "
	  "\"pass\"\n[accounts.work.message.send.backend]\n"
	  "host = \"smtp.example.org\"\nencryption = \"start-tls\"\nport = 587\nlogin = \"anna\"\nauth.raw = "
	  "\"x\"\n",
	  { "work anna@example.org imap*; imap.example.org anna 993 tls password command; "
	    "smtp.example.org anna 587 starttls password stored; -; -" },
	  0 },
	{ "oeaccount: POP3",
	  oeaccount_read,
	  "<?xml version=\"1.0\"?><MessageAccount><Account_Name type=\"SZ\">Work</Account_Name>"
	  "<POP3_Server type=\"SZ\">pop.example.org</POP3_Server><POP3_User_Name "
	  "type=\"SZ\">anna</POP3_User_Name>"
	  "<POP3_Port type=\"DWORD\">000003e3</POP3_Port><POP3_Secure_Connection type=\"DWORD\">00000001"
	  "</POP3_Secure_Connection><POP3_Password2 type=\"BINARY\">0102</POP3_Password2>"
	  "<SMTP_Server type=\"SZ\">smtp.example.org</SMTP_Server><SMTP_Use_Sicily type=\"DWORD\">00000002"
	  "</SMTP_Use_Sicily><SMTP_Email_Address type=\"SZ\">anna@example.org</SMTP_Email_Address>"
	  "<Leave_Mail_On_Server type=\"DWORD\">00000001</Leave_Mail_On_Server></MessageAccount>",
	  { "Work anna@example.org pop3; pop.example.org anna 995 tls password stored; "
	    "smtp.example.org - 25 none as-incoming none; -; kept" },
	  0 },
	{ "oeaccount: cut",
	  oeaccount_read,
	  "<MessageAccount><IMAP_Server type=\"SZ\">h</IMAP_Server><IMAP",
	  { "- - imap; h - 143 none password none; -; -; -" },
	  1 },
	{ "oeaccount: entities of its own",
	  oeaccount_read,
	  "<!DOCTYPE a [<!ENTITY b \"c\">]><a><IMAP_Server>&b;</IMAP_Server></a>",
	  { NULL },
	  1 },
	{ "Apple Mail: an account and its sender",
	  applemail_read,
	  "<?xml version=\"1.0\"?><!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
	  "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\"><plist version=\"1.0\"><dict>"
	  "<key>DeliveryAccounts</key><array><dict><key>Hostname</key><string>smtp.example.org</string>"
	  "<key>PortNumber</key><string>587</string><key>SSLEnabled</key><string>YES</string>"
	  "<key>AuthenticationScheme</key><string>PLAIN</string><key>Username</key><string>anna</string></"
	  "dict></array>"
	  "<key>MailAccounts</key><array><dict><key>AccountType</key><string>IMAPAccount</string>"
	  "<key>AccountName</key><string>Work</string><key>EmailAddresses</"
	  "key><array><string>anna@example.org"
	  "</string></array><key>Hostname</key><string>imap.example.org</string><key>Username</key>"
	  "<string>anna</string><key>SSLEnabled</key><true/><key>SMTPIdentifier</key>"
	  "<string>smtp.example.org:anna</string></dict><dict><key>AccountType</key><string>LocalAccount</"
	  "string>"
	  "</dict></array></dict></plist>",
	  { "Work anna@example.org imap; imap.example.org anna 993 tls password unknown; "
	    "smtp.example.org anna 587 starttls password unknown; -; -" },
	  0 },
	{ "Apple Mail: binary", applemail_read, "bplist00\x01\x02", { NULL }, 1 },
};

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(ARENA_CAP);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_drop(&arena);
	return 0;
}

static void test_configs(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(configs); i++) {
		const struct config *one = &configs[i];
		struct client_found found;
		size_t n = 0;

		assert_true(client_found_init(&found, arena));
		one->read(&found, view_of(one->text, strlen(one->text)), "file");
		while (n < LINES_MAX && one->lines[n])
			n++;
		for (size_t k = 0; k < found.n_accounts; k++) {
			const char *line = account_line(arena, &found.accounts[k]);

			if (k >= n || strcmp(line, one->lines[k]) != 0)
				fail_msg("%s:\n%s\n%s", one->name, line, k < n ? one->lines[k] : "(no more)");
		}
		if (found.n_accounts != n || found.n_remarks != one->remarks)
			fail_msg("%s: %zu accounts, %zu remarks", one->name, found.n_accounts,
				 found.n_remarks);
	}
}

/* Whatever the length, nothing is read behind it (the sanitizers see to that). */
static void test_every_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(configs); i++) {
		for (size_t len = 0; len < strlen(configs[i].text); len++) {
			uint8_t *cut = malloc(len ? len : 1);
			struct client_found found;

			assert_non_null(cut);
			memcpy(cut, configs[i].text, len);
			arena_clear(arena);
			assert_true(client_found_init(&found, arena));
			configs[i].read(&found, view_of(cut, len), "file");
			free(cut);
		}
	}
}

/* No secret of a configuration is anywhere in what was found. */
static void test_no_secret(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(configs); i++) {
		struct client_found found;

		assert_true(client_found_init(&found, arena));
		configs[i].read(&found, view_of(configs[i].text, strlen(configs[i].text)), "file");
		for (size_t k = 0; k < found.n_accounts; k++)
			assert_null(strstr(account_line(arena, &found.accounts[k]), "secret"));
	}
}

#define FILE_OF(uid_, text)                                                                            \
	{                                                                                              \
		.uid = (uid_), .source = (uid_), .bytes = {(const uint8_t *)(text), sizeof(text) - 1 } \
	}

static void test_evolution(void **state)
{
	static const struct evolution_file files[] = {
		FILE_OF("account",
			"[Data Source]\nDisplayName=Work\nEnabled=true\n[Mail Account]\nBackendName=imapx\n"
			"IdentityUid=identity\n[Authentication]\nHost=imap.example.org\nUser=anna\nPort=993\n"
			"Method=PLAIN\n[Security]\nMethod=ssl-on-alternate-port\n"),
		FILE_OF("identity",
			"[Mail Identity]\nAddress=anna@example.org\nName=Anna\n[Mail Submission]\n"
			"TransportUid=transport\n"),
		FILE_OF("transport",
			"[Mail Transport]\nBackendName=smtp\n[Authentication]\nHost=smtp.example.org\n"
			"Port=587\nUser=anna\n[Security]\nMethod=starttls-on-standard-port\n"),
		FILE_OF("local", "[Mail Account]\nBackendName=maildir\n"),
		FILE_OF("off", "[Data Source]\nEnabled=false\n[Mail Account]\nBackendName=pop\n"),
		FILE_OF("alone",
			"[Data Source]\nDisplayName=Old\n[Mail Account]\nBackendName=pop\nIdentityUid=gone\n"
			"[Authentication]\nHost=pop.example.org\nPort=0\n"),
	};
	struct client_found found;

	(void)state;
	assert_true(client_found_init(&found, arena));
	evolution_read(&found, files, COUNT_OF(files));
	assert_int_equal(found.n_accounts, 2);
	assert_string_equal(account_line(arena, &found.accounts[0]),
			    "Work anna@example.org imap; imap.example.org anna 993 tls password unknown; "
			    "smtp.example.org anna 587 starttls password unknown; -; -");
	assert_string_equal(account_line(arena, &found.accounts[1]),
			    "Old - pop3; pop.example.org - 110 unknown password unknown; -; -; -");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_configs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_every_length, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_secret, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_evolution, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
