/* This file judges how connections came about and how they began. */
#include "base/checked.h"
#include "diagnose/judge.h"

enum { SLOW_GREETING_S = 5 };

static enum step_error error_at(const struct endpoint_facts *facts, enum step_name name)
{
	const struct step *step = facts_step(facts, name);

	return step && !step->ok ? step->error : STEP_ERROR_NONE;
}

static bool is_connected(const struct endpoint_facts *facts)
{
	const struct step *step = facts_step(facts, STEP_CONNECT);

	return step && step->ok;
}

static size_t count_errors(const struct way *way, enum step_error error)
{
	size_t n = 0;

	for (size_t i = 0; i < way->n_tries; i++)
		n += error_at(way->tries[i], STEP_CONNECT) == error ? 1 : 0;
	return n;
}

/* "993, 143": ports of the same host and protocol whose connection stood. */
static const char *open_siblings(struct judge *j, const struct way *way)
{
	const char *list = NULL;

	for (size_t i = 0; i < j->n_ways; i++) {
		const struct way *other = &j->ways[i];

		if (other == way || other->endpoint->protocol != way->endpoint->protocol ||
		    !str_eq_nocase(str_of(other->endpoint->host), str_of(way->endpoint->host)) ||
		    other->endpoint->port == way->endpoint->port || !is_connected(other->best))
			continue;
		list = list ? judge_text(j, "%s, %u", list, (unsigned)other->endpoint->port)
			    : judge_text(j, "%u", (unsigned)other->endpoint->port);
	}
	return list;
}

static void show_addresses(struct judge *j, struct finding *f, const struct way *way)
{
	for (size_t i = 0; i < way->n_tries && i < 4; i++) {
		const struct endpoint_facts *try = way->tries[i];
		const struct step *step = facts_step(try, STEP_CONNECT);

		if (!step || !try->address)
			continue;
		judge_evidence(f, judge_text(j, "connect_%s", try->family == 6 ? "ipv6" : "ipv4"),
			       judge_text(j, "%s: %s after %.0f ms", try->address,
					  step->ok ? "connected" : step_error_text(step->error),
					  moment_to_ms(step->took)),
			       "connected");
	}
}

static void say_no_connection(struct judge *j, const struct way *way)
{
	const char *open = open_siblings(j, way);
	enum code code = CODE_TCP_HOST_UNREACHABLE;
	struct finding *f;

	if (count_errors(way, STEP_ERROR_REFUSED) > 0)
		code = CODE_TCP_PORT_REFUSED;
	else if (count_errors(way, STEP_ERROR_RESET) > 0)
		code = CODE_TCP_CONNECTION_RESET;
	else if (count_errors(way, STEP_ERROR_TIMEOUT) > 0)
		code = way->endpoint->port == 25 && open ? CODE_TCP_PORT_25_SILENT : CODE_TCP_CONNECT_SILENT;
	else if (count_errors(way, STEP_ERROR_UNREACHABLE) == 0)
		return;
	f = judge_say(j, code, way);
	show_addresses(j, f, way);
	if (!open)
		return;
	judge_evidence(f, "open_ports", open, NULL);
	if (code == CODE_TCP_PORT_REFUSED || code == CODE_TCP_CONNECT_SILENT)
		f->remedy_text = judge_text(j, "Use another port of this server: %s answers.", open);
}

/* A scanner put itself into the account, localhost for the server, and has gone since. */
static void judge_gone_scanner(struct judge *j, const struct way *way)
{
	static const uint16_t usual[] = { 25, 110, 143, 465, 587, 993, 995 };
	const char *host = way->endpoint->host, *user = j->facts->user;
	bool is_usual = false, hides_server;
	struct str name = str_of(user ? user : "");
	struct finding *f;

	for (size_t i = 0; i < COUNT_OF(usual); i++)
		is_usual = is_usual || usual[i] == way->endpoint->port;
	hides_server = str_find_char(name, '/') != SIZE_MAX || str_find_char(name, '#') != SIZE_MAX;
	if (!(str_is_nocase(str_of(host), "localhost") || str_starts(str_of(host), STR("127.")) ||
	      str_is(str_of(host), "::1")) ||
	    count_errors(way, STEP_ERROR_REFUSED) == 0 || (!is_usual && !hides_server))
		return;
	f = judge_say(j, CODE_SCANNER_PROXY_GONE, way);
	judge_evidence(f, "server", host, "the provider's server");
	judge_evidence(f, "port", judge_text(j, "%u, nobody listens", (unsigned)way->endpoint->port), NULL);
	if (hides_server)
		judge_evidence(f, "user_name", "holds another server behind / or #", "a name or an address");
}

/* The way works over one address; another one that is dead costs time. A
 * missing IPv6 network says "unreachable" at once and costs nothing. */
static void judge_other_addresses(struct judge *j, const struct way *way)
{
	for (size_t i = 0; i < way->n_tries; i++) {
		const struct endpoint_facts *try = way->tries[i];
		struct finding *f;

		if (try == way->best || error_at(try, STEP_CONNECT) != STEP_ERROR_TIMEOUT)
			continue;
		if (try->family == 6 && way->best->family == 4) {
			f = judge_say(j, CODE_TCP_IPV6_SILENT, way);
		} else {
			f = judge_say(j, CODE_TCP_CONNECT_SILENT, way);
			f->severity = SEVERITY_ADVICE;
		}
		show_addresses(j, f, way);
	}
}

static const char *ms_of(struct judge *j, const struct step *step)
{
	return judge_text(j, "%.0f ms", moment_to_ms(step->took));
}

static void judge_greeting(struct judge *j, const struct way *way)
{
	const struct endpoint_facts *facts = way->best;
	const struct step *greeting = facts_step(facts, STEP_GREETING);
	enum code code = CODE_COUNT;
	struct finding *f;

	if (!greeting || facts->limit_met)
		return;
	if (greeting->ok && greeting->took >= MOMENT_S(SLOW_GREETING_S)) {
		f = judge_say(j, CODE_TCP_GREETING_SLOW, way);
		judge_evidence(f, "greeting_after", ms_of(j, greeting), "less than 5 s");
		judge_side(j, f, way);
		return;
	}
	if (greeting->ok || facts->first_bytes.len > 0 || judge_way_has_fault(j, way))
		return;
	if (facts->silent_port_speaks_tls)
		code = CODE_TLS_PORT_EXPECTS_TLS;
	else if (greeting->error == STEP_ERROR_RESET)
		code = CODE_TCP_CONNECTION_RESET;
	else if (greeting->error == STEP_ERROR_CLOSED)
		code = CODE_TCP_CONNECTION_CLOSED;
	else if (greeting->error == STEP_ERROR_TIMEOUT)
		code = CODE_TCP_GREETING_SILENT;
	if (code == CODE_COUNT)
		return;
	f = judge_say(j, code, way);
	judge_evidence(f, "greeting",
		       judge_text(j, "%s after %s", step_error_text(greeting->error), ms_of(j, greeting)),
		       "a greeting");
	if (code == CODE_TLS_PORT_EXPECTS_TLS) {
		judge_evidence(f, "client_hello", "answered", NULL);
		f->remedy_text = judge_text(j, "Set the encryption to SSL/TLS for port %u.",
					    (unsigned)way->endpoint->port);
	}
}

void rules_tcp(struct judge *j, const struct way *way)
{
	if (way->weight == WAY_GUESS && !way->works)
		return;
	if (!way->best->address && !facts_step(way->best, STEP_CONNECT))
		return;
	if (!is_connected(way->best)) {
		say_no_connection(j, way);
		judge_gone_scanner(j, way);
		return;
	}
	judge_other_addresses(j, way);
	/* With TLS from the start, a fault of the handshake is for the rules of TLS;
	 * a reset is one of the connection. */
	if (error_at(way->best, STEP_TLS) == STEP_ERROR_RESET) {
		struct finding *f = judge_say(j, CODE_TCP_CONNECTION_RESET, way);

		judge_evidence(f, "reset_at", "the start of TLS", "a ServerHello");
	}
}

/* After the rules of TLS: a greeting that did not come may have its reason there. */
void rules_greeting(struct judge *j, const struct way *way)
{
	if (way->weight != WAY_GUESS || way->works)
		judge_greeting(j, way);
}
