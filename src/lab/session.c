/* This file carries a practice conversation: lines in, answers out. */
#include "lab/session.h"

#include "base/checked.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct dialect *const dialects[] = { &smtp_dialect, &imap_dialect, &pop3_dialect,
						  &http_dialect };

const struct dialect *session_dialect(enum speaks protocol)
{
	for (size_t i = 0; i < COUNT_OF(dialects); i++)
		if (dialects[i]->protocol == protocol)
			return dialects[i];
	return NULL;
}

void session_init(struct session *session, const struct behaviour *behaviour, const struct practice *practice,
		  const struct dialect *dialect)
{
	*session = (struct session){ .behaviour = behaviour, .practice = practice, .dialect = dialect };
	buf_init(&session->in, SESSION_LINE_MAX);
	buf_init(&session->out, SESSION_OUT_MAX);
}

void session_fini(struct session *session)
{
	buf_wipe_fini(&session->in);
	buf_fini(&session->out);
}

void session_say(struct session *session, const char *line)
{
	buf_add_text(&session->out, line);
	buf_add_text(&session->out, "\r\n");
}

void session_sayf(struct session *session, const char *format, ...)
{
	char line[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	session_say(session, line);
}

const char *session_answer(const struct session *session, const char *verb)
{
	const struct answer *answers = session->behaviour->answers;

	for (size_t i = 0; i < BEHAVIOUR_ANSWERS_MAX && answers[i].verb; i++)
		if ((answers[i].protocol == session->dialect->protocol ||
		     answers[i].protocol == SPEAKS_OWN) &&
		    strcmp(answers[i].verb, verb) == 0)
			return answers[i].text;
	return NULL;
}

bool session_may_log_in(const struct session *session)
{
	switch (session->behaviour->plain_login) {
	case PLAIN_LOGIN_ALLOWED:
		return true;
	case PLAIN_LOGIN_FORBIDDEN:
		return session->tls;
	case PLAIN_LOGIN_BY_DOOR:
	default:
		return session->tls || session->plain_door;
	}
}

bool session_offers_starttls(const struct session *session)
{
	enum starttls_manner manner = session->behaviour->starttls;

	return !session->tls && manner != STARTTLS_MISSING && manner != STARTTLS_MASKED;
}

const char *session_mechanisms(const struct session *session)
{
	return session->behaviour->mechanisms ? session->behaviour->mechanisms : "PLAIN LOGIN XOAUTH2";
}

/* "anna" or "anna@practice.example", as the behaviour allows. */
static bool user_fits(const struct session *session, struct str user)
{
	const struct practice *practice = session->practice;
	struct str name = str_cut(&user, '@');

	if (!str_is(name, practice->user))
		return false;
	return user.at == NULL ||
	       (!session->behaviour->local_user_only && str_is_nocase(user, practice->domain));
}

bool session_credentials_fit(const struct session *session, struct str user, struct str password)
{
	return user_fits(session, user) && str_is(password, session->practice->password) &&
	       !session_answer(session, "PASSWORD");
}

static const char nuls[] = "\0\0\0\0* OK \0practice\0\r\n\0\0\0\0\0\0\0";

/* The first thing a client sees. */
void session_open(struct session *session)
{
	const char *greeting = session_answer(session, "GREETING");

	session->greeted = true;
	if (session->behaviour->hostile == HOSTILE_ENDLESS_LINE) {
		session->endless = true;
		buf_add_text(&session->out, session->dialect->protocol == SPEAKS_IMAP   ? "* OK "
					    : session->dialect->protocol == SPEAKS_POP3 ? "+OK "
											: "220 ");
		return;
	}
	if (greeting)
		session_say(session, greeting);
	else
		session->dialect->greet(session);
	if (session->behaviour->hostile == HOSTILE_NULS) {
		buf_clear(&session->out);
		buf_add(&session->out, view_of(nuls, sizeof(nuls)));
	}
	if (session->behaviour->leaves_after_greeting)
		session->closing = true;
}

bool session_more(struct session *session)
{
	size_t before = session->out.len;

	if (!session->endless || session->closing)
		return false;
	if (session->endless_sent >= SESSION_ENDLESS_MAX) {
		session->closing = true;
		return false;
	}
	for (int i = 0; i < 256; i++) {
		if (session->behaviour->hostile == HOSTILE_ENDLESS_LINE)
			buf_add_text(&session->out, "practice makes perfect and this line has no end ");
		else if (session->dialect->protocol == SPEAKS_IMAP)
			buf_printf(&session->out, " X-PRACTICE-%zu", session->endless_sent + (size_t)i);
		else if (session->dialect->protocol == SPEAKS_POP3)
			buf_printf(&session->out, "X-PRACTICE-%zu\r\n", session->endless_sent + (size_t)i);
		else
			buf_printf(&session->out, "250-X-PRACTICE-%zu\r\n",
				   session->endless_sent + (size_t)i);
	}
	session->endless_sent += session->out.len - before;
	return true;
}

void session_on_tls(struct session *session)
{
	session->tls = true;
	session->start_tls = false;
	session->id_seen = false;
	session->authenticated = false;
	session->has_sender = false;
	if (session->behaviour->starttls != STARTTLS_KEEPS)
		buf_clear(&session->in);
	else
		session_on_bytes(session, view_of(NULL, 0));
}

/* IMAP (RFC 9051 section 4.3): the line ends in {n} or {n+}, so n bytes and the
 * rest of the command follow. Length of the whole command in *len_out, or false
 * when more must come; the literals stay in the text. */
static bool literals_are_there(struct session *session, size_t *len_out)
{
	struct str all = buf_str(&session->in);
	size_t at = 0;

	for (;;) {
		size_t end = str_find(str_skip(all, at), STR("\r\n"));
		struct str line, number;
		uint64_t n = 0;
		bool waits;

		if (end == SIZE_MAX)
			return false;
		line = str_head(str_skip(all, at), end);
		*len_out = at + end;
		if (line.len < 3 || line.at[line.len - 1] != '}')
			return true;
		waits = line.at[line.len - 2] != '+';
		number = str_head(line, line.len - (waits ? 1 : 2));
		while (str_find_char(number, '{') != SIZE_MAX)
			number = str_skip(number, str_find_char(number, '{') + 1);
		if (!str_to_u64(number, SESSION_LINE_MAX, &n))
			return true;
		at += end + 2 + (size_t)n;
		if (waits && all.len == at - (size_t)n) /* nothing of it is there yet: invite it once */
			session_say(session, "+ go on");
		if (all.len < at)
			return false;
	}
}

/* The next whole command at the head of `in`; its length with the line end in
 * *taken_out. Bare LF ends a line too, as most servers have it. */
static bool next_line(struct session *session, struct str *line_out, size_t *taken_out)
{
	struct str all = buf_str(&session->in);
	size_t end = str_find_char(all, '\n');

	if (end == SIZE_MAX)
		return false;
	*taken_out = end + 1;
	if (session->dialect->protocol == SPEAKS_IMAP && end > 0 && all.at[end - 1] == '\r') {
		if (!literals_are_there(session, &end))
			return false;
		*taken_out = end + 2;
	}
	*line_out = str_head(all, end);
	if (line_out->len && line_out->at[line_out->len - 1] == '\r')
		line_out->len--;
	return true;
}

/* A line longer than any command: SMTP's message text may have it, for the
 * others it is the end. */
static void on_long_line(struct session *session)
{
	buf_clear(&session->in);
	if (session->in_data) {
		session->skipping = true;
		return;
	}
	session_say(session, session->dialect->protocol == SPEAKS_SMTP ? "500 5.5.2 Line too long"
								       : "* BAD line too long");
	session->closing = true;
}

static void run_lines(struct session *session)
{
	struct str line;
	size_t taken;

	while (!session->closing && !session->start_tls && !session->endless &&
	       next_line(session, &line, &taken)) {
		if (session->skipping)
			session->skipping = false;
		else
			session->dialect->line(session, line);
		buf_drop_head(&session->in, taken);
	}
}

void session_on_bytes(struct session *session, struct view bytes)
{
	while (!session->closing && !session->endless) {
		size_t room = SESSION_LINE_MAX - session->in.len;
		size_t n = bytes.len < room ? bytes.len : room;

		buf_add(&session->in, view_of(bytes.at, n));
		if (bytes.len)
			bytes = view_of(bytes.at + n, bytes.len - n);
		run_lines(session);
		if (session->in.len == SESSION_LINE_MAX && !session->start_tls)
			on_long_line(session);
		if (bytes.len == 0 || session->start_tls)
			return;
	}
}
