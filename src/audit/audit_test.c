/* This file tests the rules about accounts and stores: each planted fault beside what is one value away and
 * fine. */
#include "audit/audit.h"
#include "audit/tree.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_CAP = 32 << 20 };

/* What differs from the account that is in order; 0 and NULL: nothing. */
struct row {
	const char *name;
	const char *expected; /* the ids that are found, separated by blanks; "" for none */
	const char *address, *in_host, *in_user, *out_host;
	unsigned in_port, out_port, timeout, days;
	enum client_security in_security, out_security;
	enum client_login in_login, out_login;
	enum client_program program;
	bool is_pop3;
};

static const struct row rows[] = {
	{ .name = "in order", .expected = "" },
	{ .name = "its other ports",
	  .expected = "",
	  .in_port = 143,
	  .in_security = CLIENT_SECURITY_STARTTLS,
	  .out_port = 587,
	  .out_security = CLIENT_SECURITY_STARTTLS },
	{ .name = "a provider that nobody knows",
	  .expected = "",
	  .address = "anna@example.org",
	  .in_host = "imap.example.org",
	  .out_host = "smtp.example.org" },
	{ .name = "another owner's server", .expected = "account-host-wrong", .in_host = "imap.example.org" },
	{ .name = "another server of the same owner", .expected = "", .in_host = "imap2.gmx.net" },
	{ .name = "an unknown address may have any server",
	  .expected = "",
	  .address = "anna@example.org",
	  .in_host = "imap.gmx.net" },
	{ .name = "no server", .expected = "account-host-missing", .in_host = "" },
	{ .name = "STARTTLS on 993",
	  .expected = "account-port-encryption-mismatch",
	  .in_security = CLIENT_SECURITY_STARTTLS },
	{ .name = "nothing on 993",
	  .expected = "account-port-encryption-mismatch",
	  .in_security = CLIENT_SECURITY_NONE },
	{ .name = "TLS on 143", .expected = "account-port-encryption-mismatch", .in_port = 143 },
	{ .name = "automatic on 993", .expected = "", .in_security = CLIENT_SECURITY_AUTOMATIC },
	{ .name = "a port that is nobody's", .expected = "", .in_port = 1993 },
	{ .name = "POP3's port", .expected = "account-port-encryption-mismatch", .in_port = 995 },
	{ .name = "TLS on 587", .expected = "account-port-encryption-mismatch", .out_port = 587 },
	{ .name = "STARTTLS on 465",
	  .expected = "account-port-encryption-mismatch",
	  .out_security = CLIENT_SECURITY_STARTTLS },
	{ .name = "no encryption on 143",
	  .expected = "account-encryption-none",
	  .in_port = 143,
	  .in_security = CLIENT_SECURITY_NONE },
	{ .name = "STARTTLS if offered on 143",
	  .expected = "",
	  .in_port = 143,
	  .in_security = CLIENT_SECURITY_IF_OFFERED },
	{ .name = "SPA", .expected = "account-spa-unsupported", .in_login = CLIENT_LOGIN_NTLM },
	{ .name = "SPA at a server that nobody knows",
	  .expected = "",
	  .address = "anna@example.org",
	  .in_host = "h.example.org",
	  .out_host = "h.example.org",
	  .in_login = CLIENT_LOGIN_NTLM },
	{ .name = "no login to send",
	  .expected = "account-smtp-login-missing",
	  .out_login = CLIENT_LOGIN_NONE },
	{ .name = "no login to send, unknown server",
	  .expected = "account-smtp-login-missing?",
	  .address = "anna@example.org",
	  .in_host = "h.example.org",
	  .out_host = "h.example.org",
	  .out_login = CLIENT_LOGIN_NONE },
	{ .name = "no login to send, unknown server, port 25",
	  .expected = "",
	  .address = "anna@example.org",
	  .in_host = "h.example.org",
	  .out_host = "h.example.org",
	  .out_login = CLIENT_LOGIN_NONE,
	  .out_port = 25,
	  .out_security = CLIENT_SECURITY_STARTTLS },
	{ .name = "POP before SMTP",
	  .expected = "account-pop-before-smtp",
	  .out_login = CLIENT_LOGIN_POP_FIRST },
	{ .name = "a password where only tokens are taken",
	  .expected = "account-password-login-retired "
		      "account-password-login-retired",
	  .address = "anna@hotmail.com",
	  .in_host = "outlook.office365.com",
	  .out_host = "smtp-mail.outlook.com",
	  .out_port = 587,
	  .out_security = CLIENT_SECURITY_STARTTLS },
	{ .name = "tokens there",
	  .expected = "",
	  .address = "anna@hotmail.com",
	  .in_host = "outlook.office365.com",
	  .out_host = "smtp-mail.outlook.com",
	  .out_port = 587,
	  .out_security = CLIENT_SECURITY_STARTTLS,
	  .in_login = CLIENT_LOGIN_OAUTH2,
	  .out_login = CLIENT_LOGIN_OAUTH2 },
	{ .name = "29 seconds", .expected = "account-timeout-short", .timeout = 29 },
	{ .name = "30 seconds", .expected = "", .timeout = 30 },
	{ .name = "600 seconds", .expected = "", .timeout = 600 },
	{ .name = "601 seconds", .expected = "account-timeout-long?", .timeout = 601 },
	{ .name = "14 days",
	  .expected = "account-leave-days-trap?",
	  .is_pop3 = true,
	  .in_port = 995,
	  .in_host = "pop.gmx.net",
	  .days = 14 },
	{ .name = "15 days",
	  .expected = "",
	  .is_pop3 = true,
	  .in_port = 995,
	  .in_host = "pop.gmx.net",
	  .days = 15 },
	{ .name = "no days", .expected = "", .is_pop3 = true, .in_port = 995, .in_host = "pop.gmx.net" },
	{ .name = "a scanner's proxy",
	  .expected = "account-scanner-proxy-left",
	  .in_host = "127.0.0.1",
	  .in_port = 143,
	  .in_security = CLIENT_SECURITY_NONE,
	  .in_user = "anna/imap.gmx.net" },
	{ .name = "a bridge of this computer",
	  .expected = "",
	  .in_host = "127.0.0.1",
	  .in_port = 1143,
	  .in_security = CLIENT_SECURITY_NONE },
	{ .name = "a user with a slash elsewhere", .expected = "", .in_user = "EXAMPLE/anna.b" },
	{ .name = "Norton's name",
	  .expected = "account-scanner-proxy-left",
	  .in_host = "pop3.norton.antivirus",
	  .in_user = "anna/pop.gmx.net",
	  .is_pop3 = true,
	  .in_port = 110,
	  .in_security = CLIENT_SECURITY_NONE },
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

static const char *either(const char *text, const char *usual)
{
	return !text ? usual : *text ? text : NULL;
}

static void fill(const struct row *row, struct client_account *a)
{
	a->program = row->program ? row->program : CLIENT_THUNDERBIRD;
	a->source = "prefs.js";
	a->name.text = "Work";
	a->address.text = either(row->address, "anna@gmx.net");
	a->protocol = row->is_pop3 ? CLIENT_PROTOCOL_POP3 : CLIENT_PROTOCOL_IMAP;
	a->has_incoming = a->has_outgoing = true;
	a->incoming.protocol = a->protocol;
	a->incoming.host.text = either(row->in_host, "imap.gmx.net");
	a->incoming.user.text = either(row->in_user, "anna@gmx.net");
	a->incoming.port_used = row->in_port ? (uint16_t)row->in_port : 993;
	a->incoming.security = row->in_security ? row->in_security : CLIENT_SECURITY_TLS;
	a->incoming.login = row->in_login ? row->in_login : CLIENT_LOGIN_PASSWORD;
	a->incoming.timeout = (struct client_number){ .number = row->timeout, .is_set = row->timeout > 0 };
	a->delete_after_days = (struct client_number){ .number = row->days, .is_set = row->days > 0 };
	a->outgoing.protocol = CLIENT_PROTOCOL_SMTP;
	a->outgoing.host.text = either(row->out_host, "mail.gmx.net");
	a->outgoing.port_used = row->out_port ? (uint16_t)row->out_port : 465;
	a->outgoing.security = row->out_security ? row->out_security : CLIENT_SECURITY_TLS;
	a->outgoing.login = row->out_login ? row->out_login : CLIENT_LOGIN_PASSWORD;
}

/* The ids found, each as often as it counts; "?" behind those that are advice only. */
static const char *ids(const struct finding_sink *sink)
{
	const char *text = "";

	for (size_t i = 0; i < finding_count(sink); i++) {
		const struct finding *f = finding_at(sink, i);

		for (uint64_t k = 0; k < f->count; k++)
			text = arena_printf(arena, "%s%s%s%s", text, *text ? " " : "",
					    catalogue_row(f->code)->slug,
					    f->severity < SEVERITY_WARNING ? "?" : "");
	}
	return text;
}

static void test_accounts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct finding_sink *sink = finding_sink_new(arena);
		struct client_account account = { .program = CLIENT_THUNDERBIRD };
		struct client_found found = { .arena = arena, .accounts = &account, .n_accounts = 1 };

		fill(&rows[i], &account);
		audit_clients(arena, &found, sink, NULL);
		if (strcmp(ids(sink), rows[i].expected) != 0)
			fail_msg("%s: \"%s\", expected \"%s\"", rows[i].name, ids(sink), rows[i].expected);
	}
}

/* Here `expected` is what would be right. */
static const struct row wanted_rows[] = {
	{ .name = "in order", .expected = "" },
	{ .name = "another owner's server",
	  .expected = "in host=imap.gmx.net",
	  .in_host = "imap.example.org" },
	{ .name = "no server", .expected = "in host=imap.gmx.net", .in_host = "" },
	{ .name = "no server, of a provider that nobody knows",
	  .expected = "",
	  .address = "anna@example.org",
	  .in_host = "",
	  .out_host = "h.example.org" },
	{ .name = "STARTTLS on 993", .expected = "in security=tls", .in_security = CLIENT_SECURITY_STARTTLS },
	{ .name = "TLS on 587", .expected = "out security=starttls", .out_port = 587 },
	{ .name = "POP3's port", .expected = "in port=993 in security=tls", .in_port = 995 },
	{ .name = "POP3's other port",
	  .expected = "in port=143 in security=starttls",
	  .in_port = 110,
	  .in_security = CLIENT_SECURITY_STARTTLS },
	{ .name = "IMAP's port to send", .expected = "out port=587 out security=starttls", .out_port = 143 },
	{ .name = "no encryption on 143",
	  .expected = "in security=starttls",
	  .in_port = 143,
	  .in_security = CLIENT_SECURITY_NONE },
	{ .name = "SPA", .expected = "in login=password", .in_login = CLIENT_LOGIN_NTLM },
	{ .name = "no login to send", .expected = "out login=as-incoming", .out_login = CLIENT_LOGIN_NONE },
	{ .name = "POP before SMTP",
	  .expected = "out login=as-incoming",
	  .out_login = CLIENT_LOGIN_POP_FIRST },
	{ .name = "too short", .expected = "in timeout=60", .timeout = 29 },
	{ .name = "too long", .expected = "in timeout=300", .timeout = 601 },
	{ .name = "removed too early",
	  .expected = "in days=0",
	  .is_pop3 = true,
	  .in_host = "pop.gmx.net",
	  .in_port = 995,
	  .days = 14 },
	{ .name = "a scanner's proxy",
	  .expected = "in host=imap.gmx.net in user=anna",
	  .in_host = "127.0.0.1",
	  .in_user = "anna/imap.gmx.net" },
};

static const char *told(const struct wanted_list *list)
{
	const char *text = "";

	for (size_t i = 0; i < list->n; i++) {
		const struct wanted *one = &list->at[i];
		const char *value = one->text;

		if (one->what == WANTED_SECURITY)
			value = client_security_name((enum client_security)one->number);
		else if (one->what == WANTED_LOGIN)
			value = client_login_name((enum client_login)one->number);
		else if (!value)
			value = arena_printf(arena, "%u", (unsigned)one->number);
		text = arena_printf(arena, "%s%s%s %s=%s", text, *text ? " " : "",
				    one->is_outgoing ? "out" : "in", wanted_name(one->what), value);
	}
	return text;
}

static void test_wanted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(wanted_rows); i++) {
		struct client_account account = { .program = CLIENT_THUNDERBIRD };
		struct client_found found = { .arena = arena, .accounts = &account, .n_accounts = 1 };
		struct wanted_list list;

		assert_true(wanted_init(&list, arena));
		fill(&wanted_rows[i], &account);
		audit_clients(arena, &found, finding_sink_new(arena), &list);
		if (strcmp(told(&list), wanted_rows[i].expected) != 0)
			fail_msg("%s: \"%s\", expected \"%s\"", wanted_rows[i].name, told(&list),
				 wanted_rows[i].expected);
	}
}

/* Who listens where; `expected` as above. */
struct near_row {
	const char *name, *expected, *listens; /* NULL: nobody */
	struct row account;
	bool is_unknown;
};

#define BRIDGE(h)                                                                    \
	{                                                                            \
		.in_host = (h), .in_port = 1143, .in_security = CLIENT_SECURITY_NONE \
	}
#define PROXY                                                                                 \
	{                                                                                     \
		.in_host = "127.0.0.1", .in_port = 1143, .in_security = CLIENT_SECURITY_NONE, \
		.in_user = "anna/imap.gmx.net"                                                \
	}

static const struct near_row near_rows[] = {
	{ "a bridge that does not run", "account-local-server-gone", NULL, BRIDGE("127.0.0.1"), false },
	{ "nobody knows whether it runs", "", NULL, BRIDGE("127.0.0.1"), true },
	{ "a bridge that runs", "", "127.0.0.1", BRIDGE("127.0.0.1"), false },
	{ "at another of this computer's addresses", "account-local-server-gone", "127.0.0.1",
	  BRIDGE("127.0.0.2"), false },
	{ "at an address of the other family", "account-local-server-gone", "::1", BRIDGE("127.0.0.1"),
	  false },
	{ "by name, at either family", "", "::1", BRIDGE("localhost"), false },
	{ "by the address of IPv6", "", "::1", BRIDGE("::1"), false },
	{ "at every address", "", "0.0.0.0", BRIDGE("127.0.0.3"), false },
	{ "at every address of IPv6", "", "::", BRIDGE("127.0.0.1"), false },
	{ "a server elsewhere", "", NULL, { .in_port = 1143 }, false },
	{ "a scanner that is gone", "account-scanner-proxy-left", NULL, PROXY, false },
	{ "a scanner that answers", "account-scanner-proxy-left?", "127.0.0.1", PROXY, false },
	{ "a scanner, and nothing known", "account-scanner-proxy-left", NULL, PROXY, true },
};

static void test_near(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(near_rows); i++) {
		const struct near_row *row = &near_rows[i];
		struct finding_sink *sink = finding_sink_new(arena);
		struct client_account account = { .program = CLIENT_THUNDERBIRD };
		struct listener listener = { .port = 1143, .process = 7, .program = "/usr/bin/bridge" };
		struct client_found found = { .arena = arena,
					      .accounts = &account,
					      .n_accounts = 1,
					      .listeners = &listener,
					      .n_listeners = row->listens ? 1 : 0,
					      .are_listeners_known = !row->is_unknown };

		if (row->listens)
			assert_true(ip_parse(str_of(row->listens), &listener.address));
		fill(&row->account, &account);
		audit_clients(arena, &found, sink, NULL);
		if (strcmp(ids(sink), row->expected) != 0)
			fail_msg("%s: \"%s\", expected \"%s\"", row->name, ids(sink), row->expected);
	}
}

/* Of each port and program once, and of ports that are nobody's only where an account points to them. */
static void test_listeners(void **state)
{
	static const struct listener listeners[] = {
		{ 110, { 4, { 127, 0, 0, 1 } }, 7, "C:\\Scanner\\proxy.exe" },
		{ 110, { 6, { [15] = 1 } }, 7, "C:\\Scanner\\proxy.exe" },
		{ 1143, { 4, { 127, 0, 0, 1 } }, 8, "/usr/bin/bridge" },
		{ 1144, { 4, { 127, 0, 0, 1 } }, 8, "/usr/bin/bridge" },
		{ 995, { 4, { 0 } }, 0, NULL },
	};
	static const struct row bridge = BRIDGE("127.0.0.1");
	struct client_account account = { .program = CLIENT_THUNDERBIRD };
	struct client_found found = { .arena = arena,
				      .accounts = &account,
				      .n_accounts = 1,
				      .listeners = listeners,
				      .n_listeners = COUNT_OF(listeners),
				      .are_listeners_known = true };
	struct audit_tree t = { .arena = arena, .found = &found };
	const char *text = "";

	(void)state;
	t.sink = finding_sink_new(arena);
	fill(&bridge, &account);
	audit_tree_listeners(&t);
	for (size_t i = 0; i < finding_count(t.sink); i++) {
		const struct finding *f = finding_at(t.sink, i);

		assert_int_equal(f->code, CODE_CLIENT_MAIL_PORT_SERVED);
		text = arena_printf(arena, "%s%s;", text, f->subject.name);
		for (size_t k = 0; k < f->n_evidence; k++)
			text = arena_printf(arena, "%s %s", text, f->evidence[k].found);
		text = arena_printf(arena, "%s\n", text);
	}
	assert_string_equal(text,
			    "port 110, proxy.exe; 110 127.0.0.1, ::1 C:\\Scanner\\proxy.exe 7\n"
			    "port 1143, bridge; 1143 127.0.0.1 /usr/bin/bridge 8 Work\n"
			    "port 995, a program of another user; 995 0.0.0.0 a program of another user\n");
}

/* A rule that blocks in private networks, and what the firewall says of itself: severities as in ids(). */
struct wall_row {
	const char *name, *expected;
	enum severity severity; /* of the finding; 0: none */
	struct client_firewall told;
};

static const struct wall_row wall_rows[] = {
	{ "a mounted disk", "firewall-rule-blocks-program", SEVERITY_WARNING, { .was_asked = false } },
	{ "nothing told", "firewall-rule-blocks-program", SEVERITY_WARNING, { .was_asked = true } },
	{ "in this very network",
	  "firewall-rule-blocks-program",
	  SEVERITY_FAULT,
	  { .was_asked = true, .in_use = WINDOWS_RULE_PRIVATE } },
	{ "in one of two",
	  "firewall-rule-blocks-program",
	  SEVERITY_WARNING,
	  { .was_asked = true, .in_use = WINDOWS_RULE_PRIVATE | WINDOWS_RULE_PUBLIC } },
	{ "in others only",
	  "firewall-rule-blocks-program?",
	  SEVERITY_ADVICE,
	  { .was_asked = true, .in_use = WINDOWS_RULE_PUBLIC } },
	{ "switched off there, as it says itself",
	  "",
	  SEVERITY_NOTE,
	  { .was_asked = true, .told_enabled = WINDOWS_RULE_PRIVATE } },
	{ "switched on there, as it says itself",
	  "firewall-rule-blocks-program",
	  SEVERITY_FAULT,
	  { .was_asked = true,
	    .in_use = WINDOWS_RULE_PRIVATE,
	    .told_enabled = WINDOWS_RULE_PRIVATE,
	    .enabled = WINDOWS_RULE_PRIVATE } },
};

static void test_firewall(void **state)
{
	static const char rule[] =
		"v2.31|Action=Block|Active=TRUE|Dir=Out|Protocol=6|Profile=Private|RPort=993|"
		"App=C:\\Office\\OUTLOOK.EXE|Name=r|";
	struct machine *machine = machine_new(arena);

	(void)state;
	assert_non_null(machine);
	machine->n_rules = 1;
	machine->rules[0] =
		(struct machine_rule){ .source = "SYSTEM", .text = rule, .place = { .value = "r" } };
	assert_null(windows_rule_read(str_of(rule), &machine->rules[0].rule));
	for (size_t i = 0; i < COUNT_OF(wall_rows); i++) {
		struct client_account account = { .program = CLIENT_OUTLOOK };
		struct client_found found = { .arena = arena,
					      .accounts = &account,
					      .n_accounts = 1,
					      .machine = machine,
					      .firewall = wall_rows[i].told };
		struct audit_tree t = { .arena = arena, .found = &found, .sink = finding_sink_new(arena) };

		fill(&rows[0], &account);
		account.program = CLIENT_OUTLOOK;
		audit_tree_firewall(&t);
		if (strcmp(ids(t.sink), wall_rows[i].expected) != 0 ||
		    (finding_count(t.sink) && finding_at(t.sink, 0)->severity != wall_rows[i].severity))
			fail_msg("%s: \"%s\"", wall_rows[i].name, ids(t.sink));
	}
}

struct pair_case {
	const char *name;
	struct row second;
	const char *profile; /* of the second */
	bool is_twice;
};

static const struct pair_case pairs[] = {
	{ "the same again", { .name = "" }, "p", true },
	{ "another case of letters", { .in_user = "ANNA@gmx.net" }, "p", true },
	{ "POP3 of the same mailbox",
	  { .is_pop3 = true, .in_host = "pop.gmx.net", .in_port = 995 },
	  "p",
	  true },
	{ "another user", { .in_user = "bob@gmx.net" }, "p", false },
	{ "another profile", { .name = "" }, "q", false },
	{ "another program", { .program = CLIENT_EVOLUTION }, "p", false },
	{ "another owner", { .address = "anna@example.org", .in_host = "imap.example.org" }, "p", false },
};

static void test_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(pairs); i++) {
		struct finding_sink *sink = finding_sink_new(arena);
		struct client_account accounts[2] = { { .profile = "p" }, { .profile = pairs[i].profile } };
		struct client_found found = { .arena = arena, .accounts = accounts, .n_accounts = 2 };

		fill(&rows[0], &accounts[0]);
		fill(&pairs[i].second, &accounts[1]);
		audit_clients(arena, &found, sink, NULL);
		if (strcmp(ids(sink), pairs[i].is_twice ? "account-mailbox-twice" : "") != 0)
			fail_msg("%s: \"%s\"", pairs[i].name, ids(sink));
	}
}

struct store_row {
	const char *path, *expected;
	enum audit_store_state state;
	uint64_t bytes;
	bool is_ansi, is_copy;
};

#define MIB(n) ((uint64_t)(n) << 20)

static const struct store_row store_rows[] = {
	{ "C:\\Mail\\a.pst", "", AUDIT_STORE_UNKNOWN, 0, false, false },
	{ "C:\\Mail\\a.pst", "", AUDIT_STORE_PRESENT, MIB(100), false, false },
	{ "C:\\Mail\\a.pst", "account-store-missing", AUDIT_STORE_MISSING, 0, false, false },
	{ "C:\\Mail\\a.ost", "account-copy-missing", AUDIT_STORE_MISSING, 0, false, true },
	{ "C:\\Mail\\a.ost", "", AUDIT_STORE_PRESENT, 0, false, true },
	{ "C:\\Users\\anna\\OneDrive\\a.pst", "account-store-synced", AUDIT_STORE_UNKNOWN, 0, false, false },
	{ "C:\\Users\\anna\\OneDrive - Example\\x\\a.pst", "account-store-synced", AUDIT_STORE_UNKNOWN, 0,
	  false, false },
	{ "C:\\Users\\anna\\dropbox\\a.pst", "account-store-synced", AUDIT_STORE_UNKNOWN, 0, false, false },
	{ "C:\\Users\\anna\\OneDriveOld\\a.pst", "", AUDIT_STORE_UNKNOWN, 0, false, false },
	{ "C:\\Users\\anna\\OneDrive.pst", "", AUDIT_STORE_UNKNOWN, 0, false, false },
	{ "\\\\server\\share\\a.pst", "account-store-network", AUDIT_STORE_UNKNOWN, 0, false, false },
	{ "\\\\?\\UNC\\server\\a.pst", "account-store-network", AUDIT_STORE_UNKNOWN, 0, false, false },
	{ "\\\\?\\C:\\a.pst", "", AUDIT_STORE_UNKNOWN, 0, false, false },
	{ "C:\\a.pst", "", AUDIT_STORE_PRESENT, MIB(1859), true, false },
	{ "C:\\a.pst", "account-store-ansi-full", AUDIT_STORE_PRESENT, MIB(1861), true, false },
	{ "C:\\a.pst", "", AUDIT_STORE_PRESENT, MIB(1861), false, false },
	{ "C:\\a.pst", "", AUDIT_STORE_PRESENT, MIB(48639), false, false },
	{ "C:\\a.pst", "account-store-large", AUDIT_STORE_PRESENT, MIB(48640), false, false },
};

static void test_stores(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(store_rows); i++) {
		const struct store_row *row = &store_rows[i];
		const struct audit_store store = { row->path,    row->state,   row->bytes,
						   row->is_ansi, row->is_copy, NULL,
						   NULL,         NULL,         false };
		struct finding_sink *sink = finding_sink_new(arena);

		audit_stores(arena, &store, 1, sink, NULL);
		if (strcmp(ids(sink), row->expected) != 0)
			fail_msg("%s: \"%s\"", row->path, ids(sink));
	}
}

/* Copies of a server's mailbox; the control of each row stands behind it. */
static const struct {
	const char *expected;
	bool is_copy, is_missing;
	const char *damage, *aside;
	bool is_read_only;
} copies[] = {
	{ "account-copy-missing", true, true, NULL, NULL, false },
	{ "account-copy-missing?", true, true, NULL, "a.ost.old", false },
	{ "account-copy-damaged", true, false, "cut", NULL, false },
	{ "", false, false, "cut", NULL, false },
	{ "account-copy-read-only", true, false, NULL, NULL, true },
	{ "", false, false, NULL, NULL, true },
};

static void test_copies(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(copies); i++) {
		const struct audit_store store = {
			.path = "C:\\a.ost",
			.state = copies[i].is_missing ? AUDIT_STORE_MISSING : AUDIT_STORE_PRESENT,
			.is_copy = copies[i].is_copy,
			.file = "/mnt/a.ost",
			.damage = copies[i].damage,
			.aside = copies[i].aside,
			.is_read_only = copies[i].is_read_only,
		};
		struct finding_sink *sink = finding_sink_new(arena);
		struct wanted_list wanted;

		assert_true(wanted_init(&wanted, arena));
		audit_stores(arena, &store, 1, sink, &wanted);
		if (strcmp(ids(sink), copies[i].expected) != 0)
			fail_msg("row %zu: \"%s\"", i, ids(sink));
		assert_int_equal(wanted.n, copies[i].damage && copies[i].is_copy);
		if (wanted.n)
			assert_true(wanted.at[0].is_copy && wanted.at[0].what == WANTED_RENAMED &&
				    strcmp(wanted.at[0].source, "/mnt/a.ost") == 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_accounts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wanted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_near, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_listeners, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_firewall, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_twice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stores, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_copies, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
