/* This file judges an account's server: its name, port, encryption and time-out. */
#include "audit/case.h"

#include "base/checked.h"
#include "facts/base_domain.h"

enum { TIMEOUT_SHORT = 30, TIMEOUT_USUAL = 60, TIMEOUT_ENOUGH = 300, TIMEOUT_LONG = 600 };

struct port_row {
	uint16_t port;
	enum client_protocol protocol;
	bool is_tls; /* from the first byte */
};

static const struct port_row ports[] = {
	{ 143, CLIENT_PROTOCOL_IMAP, false }, { 993, CLIENT_PROTOCOL_IMAP, true },
	{ 110, CLIENT_PROTOCOL_POP3, false }, { 995, CLIENT_PROTOCOL_POP3, true },
	{ 25, CLIENT_PROTOCOL_SMTP, false },  { 587, CLIENT_PROTOCOL_SMTP, false },
	{ 465, CLIENT_PROTOCOL_SMTP, true },
};

static const struct port_row *port_row(uint16_t port)
{
	for (size_t i = 0; i < COUNT_OF(ports); i++)
		if (ports[i].port == port)
			return &ports[i];
	return NULL;
}

static bool is_internet(const struct client_server *server)
{
	return server->protocol == CLIENT_PROTOCOL_IMAP || server->protocol == CLIENT_PROTOCOL_POP3 ||
	       server->protocol == CLIENT_PROTOCOL_SMTP;
}

static struct str owner_of(struct arena *arena, const char *host)
{
	char *lower = arena_strdup(arena, host);

	for (char *c = lower; c && *c; c++)
		*c = str_lower_char(*c);
	return base_domain(str_of(lower));
}

bool audit_server_same_owner(struct arena *arena, const char *a, const char *b)
{
	struct str left = owner_of(arena, a), right = owner_of(arena, b);

	return str_eq_nocase(str_of(a), str_of(b)) ||
	       (left.at && right.at && left.len && str_eq(left, right));
}

static bool serves(const struct provider_server *one, enum client_protocol protocol)
{
	return (one->protocol == PROTOCOL_IMAP && protocol == CLIENT_PROTOCOL_IMAP) ||
	       (one->protocol == PROTOCOL_POP3 && protocol == CLIENT_PROTOCOL_POP3) ||
	       (one->protocol == PROTOCOL_SMTP && protocol == CLIENT_PROTOCOL_SMTP);
}

/* Whether the host may be the provider's; *right_out is a host that is, for this protocol. */
static bool is_providers(const struct audit_case *c, const struct client_server *server,
			 const char **right_out)
{
	struct str owner = owner_of(c->arena, server->host.text);

	*right_out = NULL;
	if (owner.at && providers_of_domain(owner) == c->provider)
		return true;
	for (size_t i = 0; i < c->provider->n_servers; i++) {
		const struct provider_server *one = &c->provider->servers[i];

		if (str_find_char(str_of(one->host), '%') != SIZE_MAX ||
		    audit_server_same_owner(c->arena, one->host, server->host.text))
			return true;
		if (serves(one, server->protocol) && !*right_out)
			*right_out = one->host;
	}
	return *right_out == NULL;
}

/* The provider's server for this protocol, when it is one name for everybody. */
static const char *host_of(const struct audit_case *c, const struct client_server *server)
{
	for (size_t i = 0; c->provider && i < c->provider->n_servers; i++) {
		const struct provider_server *one = &c->provider->servers[i];

		if (serves(one, server->protocol) && str_find_char(str_of(one->host), '%') == SIZE_MAX)
			return one->host;
	}
	return NULL;
}

static void judge_host(const struct audit_case *c, const struct client_server *server)
{
	const char *right;
	struct finding *f;

	if (!server->host.text) {
		f = audit_case_add(c, CODE_ACCOUNT_HOST_MISSING);
		audit_case_value(c, f, "protocol", client_protocol_name(server->protocol), NULL);
		audit_case_place(c, f, &server->host.place);
		audit_case_want_text(c, f, WANTED_HOST, &server->host.place, host_of(c, server));
		return;
	}
	if (!c->provider || is_providers(c, server, &right))
		return;
	f = audit_case_add(c, CODE_ACCOUNT_HOST_WRONG);
	audit_case_value(c, f, "server", server->host.text, right);
	audit_case_place(c, f, &server->host.place);
	audit_case_want_text(c, f, WANTED_HOST, &server->host.place, right);
}

/* One that still answers is no leftover: mail goes through it. */
static void say_who_listens(const struct audit_case *c, struct finding *f, const struct client_server *server)
{
	const struct listener *who = audit_case_listener(c, server);

	if (!c->found->are_listeners_known || !client_server_is_local(server))
		return;
	audit_case_value(c, f, "listens", who ? audit_listener_text(c->arena, who) : "nobody", NULL);
	if (who)
		f->severity = SEVERITY_ADVICE;
}

/* A virus scanner of old put itself in between: the real server stands in the user name. */
static bool judge_scanner(const struct audit_case *c, const struct client_server *server)
{
	static const char separators[] = "/#%";
	struct str user = str_of(server->user.text), real = STR("");
	const char *host, *name;
	struct finding *f;

	if (!client_server_is_local(server) && !str_ends_nocase(str_of(server->host.text), STR(".antivirus")))
		return false;
	for (size_t i = 0; separators[i] && real.len == 0; i++) {
		size_t at = str_find_char(user, separators[i]);

		if (at < user.len && str_find_char(str_skip(user, at + 1), '.') != SIZE_MAX)
			real = str_skip(user, at + 1);
	}
	if (real.len == 0)
		return false;
	f = audit_case_add(c, CODE_ACCOUNT_SCANNER_PROXY_LEFT);
	host = arena_text(c->arena, real);
	name = arena_text(c->arena, str_head(user, user.len - real.len - 1));
	audit_case_value(c, f, "server", server->host.text, host);
	audit_case_value(c, f, "user_name", server->user.text, name);
	audit_case_place(c, f, &server->host.place);
	audit_case_want_text(c, f, WANTED_HOST, &server->host.place, host);
	audit_case_want_text(c, f, WANTED_USER, &server->user.place, name);
	say_who_listens(c, f, server);
	return true;
}

/* A bridge that does not run, or what a scanner left that kept no server in the user name. */
static void judge_local(const struct audit_case *c, const struct client_server *server)
{
	struct finding *f;

	if (!c->found->are_listeners_known || server->port_used == 0 || audit_case_listener(c, server))
		return;
	f = audit_case_add(c, CODE_ACCOUNT_LOCAL_SERVER_GONE);
	audit_case_value(c, f, "server", server->host.text, NULL);
	audit_case_value(c, f, "port", arena_printf(c->arena, "%u, nobody listens", server->port_used),
			 "a program that listens");
	audit_case_place(c, f, &server->host.place);
}

/* Where the port is of this protocol it stands and the encryption follows it; another
 * protocol's port goes to the one of this protocol that starts as that one does. */
static void want_port(const struct audit_case *c, const struct finding *f, const struct client_server *server,
		      const struct port_row *row)
{
	const struct port_row *right = row;

	for (size_t i = 0; row->protocol != server->protocol && i < COUNT_OF(ports); i++)
		if (ports[i].protocol == server->protocol && ports[i].is_tls == row->is_tls &&
		    ports[i].port != 25)
			right = &ports[i];
	if (right != row)
		audit_case_want(c, f, WANTED_PORT, &server->port.place, right->port);
	audit_case_want(c, f, WANTED_SECURITY, &server->security_place,
			right->is_tls ? CLIENT_SECURITY_TLS : CLIENT_SECURITY_STARTTLS);
}

/* True when the port says enough that encryption need not be judged. */
static bool judge_port(const struct audit_case *c, const struct client_server *server)
{
	const struct port_row *row = port_row(server->port_used);
	const char *expected = NULL;
	struct finding *f;

	if (!row)
		return false;
	if (row->protocol != server->protocol)
		expected = arena_printf(c->arena, "a port of %s: this one is %s's",
					client_protocol_name(server->protocol),
					client_protocol_name(row->protocol));
	else if (row->is_tls &&
		 (server->security == CLIENT_SECURITY_NONE || server->security == CLIENT_SECURITY_STARTTLS ||
		  server->security == CLIENT_SECURITY_IF_OFFERED))
		expected = "TLS from the start (SSL/TLS)";
	else if (!row->is_tls && server->security == CLIENT_SECURITY_TLS)
		expected = "STARTTLS, or the port of TLS";
	if (!expected)
		return false;
	f = audit_case_add(c, CODE_ACCOUNT_PORT_ENCRYPTION_MISMATCH);
	audit_case_value(c, f, "port", arena_printf(c->arena, "%u", server->port_used), NULL);
	audit_case_value(c, f, "security", client_security_name(server->security), expected);
	audit_case_place(c, f, server->port.is_set ? &server->port.place : &server->security_place);
	want_port(c, f, server, row);
	return true;
}

static void judge_encryption(const struct audit_case *c, const struct client_server *server)
{
	const struct port_row *row = port_row(server->port_used);
	struct finding *f;

	if (server->security != CLIENT_SECURITY_NONE)
		return;
	f = audit_case_add(c, CODE_ACCOUNT_ENCRYPTION_NONE);
	if (!c->provider)
		f->severity = SEVERITY_ADVICE;
	audit_case_value(c, f, "security", "none", "TLS or STARTTLS");
	audit_case_place(c, f, &server->security_place);
	if (row)
		audit_case_want(c, f, WANTED_SECURITY, &server->security_place,
				row->is_tls ? CLIENT_SECURITY_TLS : CLIENT_SECURITY_STARTTLS);
}

static void judge_timeout(const struct audit_case *c, const struct client_server *server)
{
	uint32_t seconds = server->timeout.is_set ? server->timeout.number : 0;
	bool is_short = seconds > 0 && seconds < TIMEOUT_SHORT;
	struct finding *f;

	if (!is_short && seconds <= TIMEOUT_LONG)
		return;
	f = audit_case_add(c, is_short ? CODE_ACCOUNT_TIMEOUT_SHORT : CODE_ACCOUNT_TIMEOUT_LONG);
	audit_case_value(c, f, "timeout", arena_printf(c->arena, "%u s", (unsigned)seconds),
			 "60 s or a few minutes");
	audit_case_place(c, f, &server->timeout.place);
	audit_case_want(c, f, WANTED_TIMEOUT, &server->timeout.place,
			is_short ? TIMEOUT_USUAL : TIMEOUT_ENOUGH);
}

void audit_server(const struct audit_case *c, const struct client_server *server)
{
	if (!is_internet(server))
		return;
	if (judge_scanner(c, server))
		return;
	judge_timeout(c, server);
	if (client_server_is_local(server)) {
		judge_local(c, server);
		return;
	}
	judge_host(c, server);
	if (server->host.text && !judge_port(c, server))
		judge_encryption(c, server);
}
