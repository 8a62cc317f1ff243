/* This file tests the reader of Outlook's profiles on made hives: every kind of account, both types of text.
 */
#include "client/outlook.h"

#include "base/checked.h"
#include "client/account_line.h"
#include "hive/edit.h"
#include "hive/hive_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_CAP = 128 << 20, TEXT_MAX = 256 };

#define ROOT_2016 "Software\\Microsoft\\Office\\16.0\\Outlook\\Profiles\\Work"
#define ROOT_2010 \
	"Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows Messaging Subsystem\\Profiles\\Work"
#define ACCOUNTS "\\9375CFF0413111d3B88A00104B2A6676"
#define POP3     "{ED475411-B0D6-11D2-8C3B-00104B2A6676}"
#define IMAP     "{ED475412-B0D6-11D2-8C3B-00104B2A6676}"
#define WRAPPER  "{ED475414-B0D6-11D2-8C3B-00104B2A6676}"
#define HTTP     "{4DB5CBF0-3B77-4852-BC8E-BB81908861F3}"
#define LDAP     "{4DB5CBF2-3B77-4852-BC8E-BB81908861F3}"

static struct arena *arena;
static struct hive_edit edit;

static int set_up(void **state)
{
	uint8_t bytes[HIVE_MAKER_LEN];

	(void)state;
	arena = arena_new(ARENA_CAP);
	hive_maker_empty(bytes);
	return arena && !hive_edit_open(&edit, arena, view_of(bytes, sizeof bytes)) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	hive_edit_close(&edit);
	arena_drop(&arena);
	return 0;
}

static uint32_t key(const char *path)
{
	struct str rest = str_of(path);
	uint32_t at = edit.hive.root_at;

	while (rest.at && rest.len)
		assert_int_equal(hive_edit_add_key(&edit, at, arena_text(arena, str_cut(&rest, '\\')), &at),
				 ST_OK);
	return at;
}

static void set(const char *path, const char *name, uint32_t type, struct view data)
{
	assert_int_equal(hive_edit_set(&edit, key(path), name, type, data), ST_OK);
}

/* REG_SZ, or REG_BINARY as Outlook before 2016 wrote it. */
static void set_text(const char *path, const char *name, uint32_t type, const char *text)
{
	uint8_t wide[2 * TEXT_MAX] = { 0 };

	for (size_t i = 0; text[i]; i++)
		wide[2 * i] = (uint8_t)text[i];
	set(path, name, type, view_of(wide, 2 * strlen(text) + 2));
}

static void set_number(const char *path, const char *name, uint32_t number)
{
	uint8_t bytes[4];

	put_u32(bytes, number);
	set(path, name, HIVE_DWORD, view_of(bytes, 4));
}

static struct client_found read_all(void)
{
	struct client_found found;

	assert_true(client_found_init(&found, arena));
	outlook_read_profiles(&found, &edit.hive, "NTUSER.DAT");
	outlook_read_internet_accounts(&found, &edit.hive, "NTUSER.DAT");
	return found;
}

static const char *below(const char *profile, const char *rest)
{
	return arena_printf(arena, "%s%s", profile, rest);
}

/* The entry identifier of a store: its provider, then the path. */
static void set_store(const char *path, const char *name, const char *file)
{
	uint8_t bytes[54 + 2 * TEXT_MAX] = { 0 };

	memcpy(bytes + 22, "mspst.dll", 9);
	for (size_t i = 0; file[i]; i++)
		bytes[54 + 2 * i] = (uint8_t)file[i];
	set(path, name, HIVE_BINARY, view_of(bytes, 54 + 2 * strlen(file) + 2));
}

static void make_pop3(const char *profile, uint32_t type)
{
	const char *account = below(profile, ACCOUNTS "\\00000002");

	set_text(account, "clsid", HIVE_SZ, POP3);
	set_text(account, "Account Name", type, "Work");
	set_text(account, "Display Name", type, "Anna");
	set_text(account, "Email", type, "anna@example.org");
	set_text(account, "POP3 Server", type, "pop.example.org");
	set_text(account, "POP3 User", type, "anna");
	set_number(account, "POP3 Port", 995);
	set_number(account, "POP3 Use SSL", 1);
	set_number(account, "POP3 Timeout", 60);
	set(account, "POP3 Password", HIVE_BINARY, view_of("\2secret", 7));
	set_text(account, "SMTP Server", type, "smtp.example.org");
	set_number(account, "SMTP Port", 587);
	set_number(account, "SMTP Secure Connection", 2);
	set_number(account, "SMTP Use Auth", 1);
	set_number(account, "Leave on Server", 14U << 16 | 3);
	set_store(account, "Delivery Store EntryID", "C:\\Users\\anna\\Outlook.pst");
}

struct kind {
	const char *profile;
	uint32_t type;
};

static const struct kind kinds[] = {
	{ ROOT_2016, HIVE_SZ },
	{ ROOT_2016, HIVE_BINARY },
	{ ROOT_2010, HIVE_SZ },
	{ ROOT_2010, HIVE_BINARY },
};

static void test_pop3(void **state)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct client_found found;

		make_pop3(kinds[i].profile, kinds[i].type);
		found = read_all();
		assert_int_equal(found.n_accounts, 1);
		assert_string_equal(
			account_line(arena, &found.accounts[0]),
			"Work anna@example.org pop3; pop.example.org anna 995 tls password stored 60s; "
			"smtp.example.org - 587 starttls as-incoming none; C:\\Users\\anna\\Outlook.pst; "
			"14 days");
		assert_string_equal(found.accounts[0].profile, "Work");
		assert_string_equal(found.accounts[0].incoming.port.place.value, "POP3 Port");
		assert_string_equal(found.accounts[0].incoming.port.place.key,
				    below(kinds[i].profile, ACCOUNTS "\\00000002"));
		tear_down(state);
		assert_int_equal(set_up(state), 0);
	}
}

struct value_case {
	const char *name;
	const char *value;
	uint32_t number;
	const char *line; /* what the outgoing or incoming side becomes */
};

static const struct value_case values[] = {
	{ "nothing", "x", 0, "in - 110 none password none; out - 25 none none none" },
	{ "port", "POP3 Port", 1110, "in - 1110 none password none; out - 25 none none none" },
	{ "port 0", "POP3 Port", 0, "in - 110 none password none; out - 25 none none none" },
	{ "port beyond", "POP3 Port", 70000, "in - 110 none password none; out - 25 none none none" },
	{ "SSL", "POP3 Use SSL", 1, "in - 110 tls password none; out - 25 none none none" },
	{ "connection 2", "POP3 Secure Connection", 2,
	  "in - 110 starttls password none; out - 25 none none none" },
	{ "connection 3", "SMTP Secure Connection", 3,
	  "in - 110 none password none; out - 25 automatic none none" },
	{ "connection 9", "SMTP Secure Connection", 9,
	  "in - 110 none password none; out - 25 unknown none none" },
	{ "SPA", "POP3 Use SPA", 1, "in - 110 none ntlm none; out - 25 none none none" },
	{ "time-out", "Server Timeout", 90, "in - 110 none password none 90s; out - 25 none none none 90s" },
	{ "login", "SMTP Use Auth", 1, "in - 110 none password none; out - 25 none as-incoming none" },
};

static void test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		const char *account = below(ROOT_2016, ACCOUNTS "\\00000001");
		struct client_found found;
		struct hive_key found_key;
		const char *line;

		set_text(account, "clsid", HIVE_SZ, POP3);
		set_text(account, "POP3 Server", HIVE_SZ, "in");
		set_text(account, "SMTP Server", HIVE_SZ, "out");
		set_number(account, values[i].value, values[i].number);
		found = read_all();
		assert_int_equal(found.n_accounts, 1);
		line = account_line(arena, &found.accounts[0]);
		if (!strstr(line, values[i].line))
			fail_msg("%s: %s", values[i].name, line);
		assert_true(hive_find(&edit.hive, account, &found_key));
		assert_int_equal(hive_edit_delete_key(&edit, found_key.at), ST_OK);
	}
}

static void test_outgoing_logins(void **state)
{
	static const char *const lines[] = { "as-incoming", "password", "pop-before-smtp", "password" };
	const char *account = below(ROOT_2016, ACCOUNTS "\\00000001");

	(void)state;
	set_text(account, "clsid", HIVE_SZ, IMAP);
	set_text(account, "IMAP Server", HIVE_BINARY, "in");
	set_text(account, "SMTP Server", HIVE_BINARY, "out");
	set_number(account, "SMTP Use Auth", 1);
	for (uint32_t i = 0; i < COUNT_OF(lines); i++) {
		struct client_found found;

		set_number(account, "SMTP Auth Method", i);
		found = read_all();
		assert_string_equal(client_login_name(found.accounts[0].outgoing.login), lines[i]);
	}
}

static void add_uid(const char *path, const char *name, uint8_t byte)
{
	uint8_t uid[16];

	memset(uid, byte, sizeof uid);
	set(path, name, HIVE_BINARY, view_of(uid, sizeof uid));
}

/* Exchange, ActiveSync, HTTP, a directory, stores and address books; the order of the list. */
static void make_kinds(void)
{
	static const char *const clsids[] = { WRAPPER, HTTP, HTTP, LDAP, WRAPPER, WRAPPER, "{unknown}" };
	static const char *const names[] = { "MSEMS", NULL, NULL, NULL, "MSUPST MS", "CONTAB", NULL };

	for (size_t i = 0; i < COUNT_OF(clsids); i++) {
		const char *account = arena_printf(arena, "%s" ACCOUNTS "\\%08zx", ROOT_2016, i + 1);

		set_text(account, "clsid", HIVE_SZ, clsids[i]);
		set_text(account, "Account Name", HIVE_SZ, arena_printf(arena, "account %zu", i + 1));
		if (names[i])
			set_text(account, "Service Name", HIVE_SZ, names[i]);
		add_uid(account, "Service UID", (uint8_t)(i + 1));
	}
	set_text(ROOT_2016 ACCOUNTS "\\00000003", "EAS Server URL", HIVE_SZ, "eas.example.org");
	set(ROOT_2016 ACCOUNTS, "{ED475418-B0D6-11D2-8C3B-00104B2A6676}", HIVE_BINARY,
	    view_of("\3\0\0\0\1\0\0\0\x99\0\0\0\2", 13));
	set_text(ROOT_2016 "\\01010101010101010101010101010101", "001f6602", HIVE_BINARY,
		 "exchange.example.org");
	set_text(ROOT_2016 "\\01010101010101010101010101010101", "001f6610", HIVE_BINARY, "C:\\a.ost");
	add_uid(ROOT_2016 "\\05050505050505050505050505050505", "01023d00", 0x55);
	set_text(ROOT_2016 "\\55555555555555555555555555555555", "001f6700", HIVE_BINARY, "D:\\b.pst");
	set_text(ROOT_2016 "\\55555555555555555555555555555555", "001f3001", HIVE_BINARY, "Archive");
}

static void test_kinds(void **state)
{
	struct client_found found;

	(void)state;
	make_kinds();
	set_text("Software\\Microsoft\\Office\\16.0\\Outlook", "DefaultProfile", HIVE_SZ, "WORK");
	found = read_all();
	assert_int_equal(found.n_profiles, 1);
	assert_true(found.profiles[0].is_default);
	assert_int_equal(found.profiles[0].n_listed_mail, 2);
	assert_int_equal(found.n_accounts, 4);
	assert_string_equal(account_line(arena, &found.accounts[0]),
			    "account 3 - activesync*; eas.example.org - 0 none password none; -; -; -");
	assert_string_equal(
		account_line(arena, &found.accounts[1]),
		"account 1 - exchange; exchange.example.org - 0 unknown unknown unknown; -; C:\\a.ost; -");
	assert_int_equal(found.accounts[2].protocol, CLIENT_PROTOCOL_HTTP);
	/* What is not known may be a mailbox; it is said. */
	assert_string_equal(found.accounts[3].name.text, "account 7");
	assert_int_equal(found.n_remarks, 1);
	assert_int_equal(found.n_stores, 1);
	assert_string_equal(found.stores[0].path.text, "D:\\b.pst");
	assert_string_equal(found.stores[0].name.text, "Archive");
	assert_int_equal(found.n_books, 2);
}

#define EXPRESS "Software\\Microsoft\\Internet Account Manager\\Accounts\\00000001"

static void test_express(void **state)
{
	struct client_found found;

	(void)state;
	set_text(EXPRESS, "Account Name", HIVE_SZ, "Old");
	set_text(EXPRESS, "POP3 Server", HIVE_SZ, "pop.example.org");
	set_text(EXPRESS, "POP3 User Name", HIVE_SZ, "anna");
	set_text(EXPRESS, "SMTP Server", HIVE_SZ, "smtp.example.org");
	set_text(EXPRESS, "SMTP Email Address", HIVE_SZ, "anna@example.org");
	set_number(EXPRESS, "SMTP Use Sicily", 2);
	set_number(EXPRESS, "SMTP Secure Connection", 1);
	set_number(EXPRESS, "Leave Mail On Server", 1);
	set_number(EXPRESS, "Remove When Expired", 1);
	set_number(EXPRESS, "Expire Days", 5);
	set_text("Software\\Microsoft\\Internet Account Manager\\Accounts\\Directory", "LDAP Server", HIVE_SZ,
		 "d");
	found = read_all();
	assert_int_equal(found.n_accounts, 1);
	assert_string_equal(account_line(arena, &found.accounts[0]),
			    "Old anna@example.org pop3; pop.example.org anna 110 none password none; "
			    "smtp.example.org - 25 starttls as-incoming none; -; 5 days");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pop3, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_values, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_outgoing_logins, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_kinds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_express, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
