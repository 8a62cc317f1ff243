/* This file speaks IMAP4rev1 (RFC 3501, 2177, 2971, 4959, 9208) as a practice server.
 *
 * It knows one mailbox with one message, and enough of FETCH for real clients
 * to read it. */
#include "base/checked.h"
#include "lab/practice_message.h"
#include "lab/sasl.h"
#include "lab/session.h"

#include <string.h>

enum { QUOTA_LIMIT_KIB = 1024 * 1024, QUOTA_HEALTHY_PERCENT = 12 };

/* The tagged answer; the text may hold untagged lines in front. */
static void finish(struct session *session, const char *text)
{
	struct str rest = str_of(text);
	size_t at;

	while ((at = str_find(rest, STR("\r\n"))) != SIZE_MAX) {
		buf_add_str(&session->out, str_head(rest, at + 2));
		rest = str_skip(rest, at + 2);
	}
	buf_printf(&session->out, "%s ", session->tag);
	buf_add_str(&session->out, rest);
	buf_add_text(&session->out, "\r\n");
}

static void say_capabilities(struct session *session)
{
	struct str mechanisms = str_of(session_mechanisms(session));

	buf_add_text(&session->out, "IMAP4rev1 ID IDLE LITERAL+ SASL-IR QUOTA");
	if (session_offers_starttls(session))
		buf_add_text(&session->out, " STARTTLS");
	if (!session->tls && session->behaviour->starttls == STARTTLS_MASKED)
		buf_add_text(&session->out, " XXXXXXXA");
	if (!session_may_log_in(session) || session->behaviour->mechanisms)
		buf_add_text(&session->out, " LOGINDISABLED");
	while (session_may_log_in(session) && mechanisms.len) {
		struct str one = str_cut(&mechanisms, ' ');

		buf_printf(&session->out, " AUTH=%.*s", (int)one.len, one.at);
	}
}

static void greet(struct session *session)
{
	if (session->behaviour->masked_banner) {
		session_say(session, "* OK ********************************");
		return;
	}
	buf_add_text(&session->out, "* OK [CAPABILITY ");
	say_capabilities(session);
	session_say(session, "] IMAP practice server ready.");
}

static void on_capability(struct session *session, struct str rest)
{
	(void)rest;
	buf_add_text(&session->out, "* CAPABILITY ");
	if (session->behaviour->hostile == HOSTILE_ENDLESS_CAPABILITIES) {
		session->endless = true;
		return;
	}
	say_capabilities(session);
	session_say(session, "");
	finish(session, "OK Capability completed.");
}

static void on_id(struct session *session, struct str rest)
{
	(void)rest;
	session->id_seen = true;
	session_say(session, "* ID (\"name\" \"practice\")");
	finish(session, "OK ID completed.");
}

static void on_starttls(struct session *session, struct str rest)
{
	(void)rest;
	if (session->behaviour->starttls == STARTTLS_REFUSED) {
		finish(session, "NO [UNAVAILABLE] TLS is not available now");
		return;
	}
	if (!session_offers_starttls(session)) {
		finish(session, "BAD Unknown command.");
		return;
	}
	finish(session, "OK Begin TLS negotiation now.");
	if (session->behaviour->starttls == STARTTLS_INJECTED)
		session_say(session, "* CAPABILITY IMAP4rev1 AUTH=PLAIN");
	session->start_tls = true;
}

static void login_done(struct session *session, bool ok)
{
	const char *refusal = session_answer(session, "PASSWORD");

	if (ok)
		finish(session, "OK Logged in");
	else
		finish(session, refusal ? refusal : "NO [AUTHENTICATIONFAILED] Authentication failed.");
}

static bool may_log_in(struct session *session)
{
	if (session_may_log_in(session))
		return true;
	session_say(session,
		    "* BAD [ALERT] Plaintext authentication not allowed without SSL/TLS, but your client did "
		    "it anyway. If anyone was listening, the password was exposed.");
	finish(session, "NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) "
			"connections.");
	return false;
}

static void on_authenticate(struct session *session, struct str rest)
{
	struct str mechanism = str_cut(&rest, ' ');

	if (may_log_in(session) && !sasl_begin(session, mechanism, rest))
		finish(session, "NO Unsupported authentication mechanism.");
}

/* An astring (RFC 3501 section 9): atom, quoted or literal, unescaped into
 * `room` of `size` bytes. Empty when it is none of them. */
static struct str take_astring(struct str *rest, char *room, size_t size)
{
	size_t n = 0;
	bool quoted = rest->len && rest->at[0] == '"';
	uint64_t len;

	if (rest->len && rest->at[0] == '{') {
		struct str number = str_skip(str_cut(rest, '\n'), 1);

		number = str_head(number, str_find_char(number, '}'));
		if (number.len && number.at[number.len - 1] == '+')
			number.len--;
		if (!str_to_u64(number, size, &len) || len > rest->len)
			return (struct str){ 0 };
		struct str taken = str_head(*rest, (size_t)len);
		*rest = str_skip(*rest, (size_t)len + 1);
		return taken;
	}
	if (quoted)
		*rest = str_skip(*rest, 1);
	while (rest->len && n < size && rest->at[0] != (quoted ? '"' : ' ')) {
		if (quoted && rest->at[0] == '\\' && rest->len > 1)
			*rest = str_skip(*rest, 1);
		room[n++] = rest->at[0];
		*rest = str_skip(*rest, 1);
	}
	*rest = str_skip(*rest, quoted ? 2 : 1);
	return (struct str){ .at = room, .len = n };
}

static void on_login(struct session *session, struct str rest)
{
	char user_room[256], password_room[1024];
	struct str user, password;

	if (!may_log_in(session))
		return;
	user = take_astring(&rest, user_room, sizeof(user_room));
	password = take_astring(&rest, password_room, sizeof(password_room));
	session->authenticated =
		!session->behaviour->mechanisms && session_credentials_fit(session, user, password);
	login_done(session, session->authenticated);
}

static bool is_inbox(struct str name)
{
	return str_is_nocase(name, "INBOX");
}

static void on_select(struct session *session, struct str rest)
{
	char room[256];

	if (session->behaviour->needs_id && !session->id_seen) {
		finish(session,
		       "NO SELECT Unsafe Login. Please contact postmaster@practice.example for help");
		return;
	}
	if (!is_inbox(take_astring(&rest, room, sizeof(room)))) {
		finish(session, "NO [NONEXISTENT] Mailbox doesn't exist");
		return;
	}
	session->selected = true;
	session_say(session, "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n"
			     "* OK [PERMANENTFLAGS (\\Seen \\Deleted)] Flags permitted.\r\n"
			     "* 1 EXISTS\r\n* 0 RECENT\r\n"
			     "* OK [UIDVALIDITY 1772442000] UIDs valid\r\n"
			     "* OK [UIDNEXT 2] Predicted next UID");
	finish(session, "OK [READ-WRITE] Select completed.");
}

static void on_quota(struct session *session, struct str rest)
{
	unsigned percent =
		session->behaviour->quota_percent ? session->behaviour->quota_percent : QUOTA_HEALTHY_PERCENT;

	(void)rest;
	session_say(session, "* QUOTAROOT INBOX \"User quota\"");
	session_sayf(session, "* QUOTA \"User quota\" (STORAGE %u %u)", QUOTA_LIMIT_KIB / 100 * percent,
		     QUOTA_LIMIT_KIB / 100 * 100);
	finish(session, "OK Getquotaroot completed.");
}

static void on_list(struct session *session, struct str rest)
{
	char room[256];

	(void)take_astring(&rest, room, sizeof(room));
	if (take_astring(&rest, room, sizeof(room)).len)
		session_say(session, "* LIST (\\HasNoChildren) \".\" INBOX");
	else
		session_say(session, "* LIST (\\Noselect) \".\" \"\"");
	finish(session, "OK List completed.");
}

static void on_status(struct session *session, struct str rest)
{
	(void)rest;
	session_say(session,
		    "* STATUS INBOX (MESSAGES 1 RECENT 0 UIDNEXT 2 UIDVALIDITY 1772442000 UNSEEN 1)");
	finish(session, "OK Status completed.");
}

/* What FETCH may be asked for; the words with text give it as a literal. */
static const struct {
	const char *item, *name;
	struct str (*text)(void);
} fetch_items[] = {
	{ "BODY[]", "BODY[]", practice_message },
	{ "BODY.PEEK[]", "BODY[]", practice_message },
	{ "RFC822.HEADER", "RFC822.HEADER", practice_header },
	{ "BODY[HEADER]", "BODY[HEADER]", practice_header },
	{ "BODY.PEEK[HEADER]", "BODY[HEADER]", practice_header },
	{ "BODY[TEXT]", "BODY[TEXT]", practice_body },
	{ "BODY.PEEK[TEXT]", "BODY[TEXT]", practice_body },
};

/* BODY[HEADER.FIELDS (...)]: the whole header is given under the name asked for. */
static void say_header_fields(struct session *session, struct str rest)
{
	size_t from = str_find_nocase(rest, STR("[HEADER.FIELDS"));
	struct str asked;

	if (from == SIZE_MAX)
		return;
	asked = str_skip(rest, from);
	asked = str_head(asked, str_find_char(asked, ']'));
	buf_printf(&session->out, " BODY%.*s] {%zu}\r\n", (int)asked.len, asked.at, practice_header().len);
	buf_add_str(&session->out, practice_header());
}

static void on_fetch(struct session *session, struct str rest)
{
	struct str set = str_cut(&rest, ' ');

	if (!session->selected) {
		finish(session, "BAD No mailbox selected.");
		return;
	}
	if (set.len == 0 || (set.at[0] != '1' && set.at[0] != '*')) {
		finish(session, "OK Fetch completed.");
		return;
	}
	buf_add_text(&session->out, "* 1 FETCH (UID 1 FLAGS ()");
	if (str_find_nocase(rest, STR("RFC822.SIZE")) != SIZE_MAX)
		buf_printf(&session->out, " RFC822.SIZE %zu", practice_message().len);
	if (str_find_nocase(rest, STR("INTERNALDATE")) != SIZE_MAX)
		buf_add_text(&session->out, " INTERNALDATE \"02-Mar-2026 09:00:00 +0000\"");
	for (size_t i = 0; i < COUNT_OF(fetch_items); i++) {
		if (str_find_nocase(rest, str_of(fetch_items[i].item)) == SIZE_MAX)
			continue;
		buf_printf(&session->out, " %s {%zu}\r\n", fetch_items[i].name, fetch_items[i].text().len);
		buf_add_str(&session->out, fetch_items[i].text());
	}
	say_header_fields(session, rest);
	session_say(session, ")");
	finish(session, "OK Fetch completed.");
}

static void on_search(struct session *session, struct str rest)
{
	(void)rest;
	session_say(session, "* SEARCH 1");
	finish(session, "OK Search completed.");
}

static void on_ok(struct session *session, struct str rest)
{
	(void)rest;
	finish(session, "OK Completed.");
}

static void on_namespace(struct session *session, struct str rest)
{
	(void)rest;
	session_say(session, "* NAMESPACE ((\"\" \".\")) NIL NIL");
	finish(session, "OK Namespace completed.");
}

static void on_idle(struct session *session, struct str rest)
{
	(void)rest;
	session->idling = true;
	session_say(session, "+ idling");
}

static void on_logout(struct session *session, struct str rest)
{
	(void)rest;
	session_say(session, "* BYE Logging out");
	finish(session, "OK Logout completed.");
	session->closing = true;
}

struct command {
	const char *verb;
	void (*run)(struct session *session, struct str rest);
	bool needs_login;
};

static const struct command commands[] = {
	{ "CAPABILITY", on_capability, false },
	{ "ID", on_id, false },
	{ "STARTTLS", on_starttls, false },
	{ "AUTHENTICATE", on_authenticate, false },
	{ "LOGIN", on_login, false },
	{ "NOOP", on_ok, false },
	{ "LOGOUT", on_logout, false },
	{ "SELECT", on_select, true },
	{ "EXAMINE", on_select, true },
	{ "GETQUOTAROOT", on_quota, true },
	{ "LIST", on_list, true },
	{ "LSUB", on_list, true },
	{ "STATUS", on_status, true },
	{ "NAMESPACE", on_namespace, true },
	{ "FETCH", on_fetch, true },
	{ "SEARCH", on_search, true },
	{ "STORE", on_ok, true },
	{ "CHECK", on_ok, true },
	{ "EXPUNGE", on_ok, true },
	{ "CLOSE", on_ok, true },
	{ "UNSELECT", on_ok, true },
	{ "SUBSCRIBE", on_ok, true },
	{ "IDLE", on_idle, true },
};

static void run_command(struct session *session, const struct command *command, struct str rest)
{
	const char *answer = session_answer(session, command->verb);

	if (answer)
		finish(session, answer);
	else if (command->needs_login && !session->authenticated)
		finish(session, "BAD Log in first.");
	else
		command->run(session, rest);
}

static void on_line(struct session *session, struct str line)
{
	struct str rest = line, tag, verb;

	if (session->sasl != SASL_NONE) {
		sasl_on_line(session, line);
		return;
	}
	if (session->idling) {
		session->idling = false;
		finish(session, "OK Idle completed.");
		return;
	}
	tag = str_cut(&rest, ' ');
	if (tag.len == 0 || tag.len >= SESSION_TAG_MAX) {
		session_say(session, "* BAD Invalid tag");
		return;
	}
	memcpy(session->tag, tag.at, tag.len);
	session->tag[tag.len] = '\0';
	verb = str_cut(&rest, ' ');
	if (str_is_nocase(verb, "UID"))
		verb = str_cut(&rest, ' ');
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		if (str_is_nocase(verb, commands[i].verb)) {
			run_command(session, &commands[i], rest);
			return;
		}
	}
	finish(session, "BAD Unknown command.");
}

const struct dialect imap_dialect = {
	.protocol = SPEAKS_IMAP, .name = "imap", .greet = greet, .line = on_line, .login_done = login_done
};
