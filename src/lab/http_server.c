/* This file serves one document over HTTP/1.1: the autoconfig of the practice domain. */
#include "lab/session.h"

#include <string.h>

enum { DAY = 86400 };

static void greet(struct session *session)
{
	(void)session; /* in HTTP the client speaks first */
}

/* Days since 1970 to a civil date (the usual proleptic Gregorian arithmetic). */
static void civil(int64_t days, int *year_out, unsigned *month_out, unsigned *day_out)
{
	int64_t shifted = days + 719468, era = shifted / 146097, day = shifted % 146097;
	int64_t of_era = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
	int64_t month = (5 * of_year + 2) / 153;

	*day_out = (unsigned)(of_year - (153 * month + 2) / 5 + 1);
	*month_out = (unsigned)(month < 10 ? month + 3 : month - 9);
	*year_out = (int)(of_era + era * 400 + (*month_out <= 2));
}

/* RFC 9110 section 5.6.7. */
static void say_date(struct session *session)
{
	static const char days[7][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	int64_t now = session->practice->now;
	unsigned month, day, second = (unsigned)(now % DAY);
	int year;

	if (now <= 0)
		return;
	civil(now / DAY, &year, &month, &day);
	session_sayf(session, "Date: %s, %02u %s %04d %02u:%02u:%02u GMT", days[now / DAY % 7], day,
		     months[month - 1], year, second / 3600, second / 60 % 60, second % 60);
}

static void respond(struct session *session, const char *status, const char *type, const char *body)
{
	session_sayf(session, "HTTP/1.1 %s", status);
	say_date(session);
	session_sayf(session, "Content-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n", type,
		     strlen(body));
	buf_add_text(&session->out, body);
	session->closing = true;
}

static bool is_autoconfig(const char *path)
{
	struct str whole = str_of(path), file = str_cut(&whole, '?');

	return str_is(file, "/mail/config-v1.1.xml") ||
	       str_is(file, "/.well-known/autoconfig/mail/config-v1.1.xml");
}

/* The request line is kept until the empty line that ends the header. */
static void on_line(struct session *session, struct str line)
{
	const char *answer = session_answer(session, "GET");

	if (line.len && !session->selected) {
		struct str rest = line, method = str_cut(&rest, ' '), path = str_cut(&rest, ' ');
		size_t n = path.len < sizeof(session->user) - 1 ? path.len : sizeof(session->user) - 1;

		session->selected = true;
		session->has_sender = str_is(method, "GET");
		if (n)
			memcpy(session->user, path.at, n);
		session->user[n] = '\0';
	}
	if (line.len)
		return;
	if (answer)
		respond(session, answer, "text/plain", "");
	else if (session->has_sender && session->practice->document && is_autoconfig(session->user))
		respond(session, "200 OK", "text/xml; charset=utf-8", session->practice->document);
	else
		respond(session, "404 Not Found", "text/plain", "Not here.\n");
}

static void login_done(struct session *session, bool ok)
{
	(void)session;
	(void)ok;
}

const struct dialect http_dialect = {
	.protocol = SPEAKS_HTTP, .name = "http", .greet = greet, .line = on_line, .login_done = login_done
};
