/* This file judges how an account logs in, against what its provider takes. */
#include "audit/case.h"

/* What the provider's servers of this protocol take, as bits; 0 when it is not known. */
static uint32_t taken_by(const struct provider *provider, enum client_protocol protocol)
{
	enum protocol wanted = protocol == CLIENT_PROTOCOL_IMAP   ? PROTOCOL_IMAP
			       : protocol == CLIENT_PROTOCOL_POP3 ? PROTOCOL_POP3
								  : PROTOCOL_SMTP;
	uint32_t bits = 0;

	for (size_t i = 0; provider && i < provider->n_servers; i++)
		if (provider->servers[i].protocol == wanted)
			bits |= provider->servers[i].authentication;
	return bits;
}

static void judge_spa(const struct audit_case *c, const struct client_server *server, uint32_t taken)
{
	struct finding *f;

	if (server->login != CLIENT_LOGIN_NTLM || taken == 0 || (taken & AUTHENTICATION_NTLM))
		return;
	f = audit_case_add(c, CODE_ACCOUNT_SPA_UNSUPPORTED);
	audit_case_value(c, f, "authentication", "ntlm", "password or OAuth2");
	audit_case_place(c, f, &server->login_place);
	audit_case_want(c, f, WANTED_LOGIN, &server->login_place, CLIENT_LOGIN_PASSWORD);
}

/* The provider takes tokens alone. How Outlook notes that it signs in with one is not known. */
static void judge_retired(const struct audit_case *c, const struct client_server *server)
{
	bool is_password = server->login == CLIENT_LOGIN_PASSWORD ||
			   server->login == CLIENT_LOGIN_ENCRYPTED || server->login == CLIENT_LOGIN_NTLM;
	struct finding *f;

	if (!is_password || !c->provider || !(c->provider->hints & PROVIDER_HINT_OAUTH2_ONLY))
		return;
	f = audit_case_add(c, CODE_ACCOUNT_PASSWORD_LOGIN_RETIRED);
	if (c->account->program == CLIENT_OUTLOOK)
		f->severity = SEVERITY_ADVICE;
	audit_case_value(c, f, "authentication", client_login_name(server->login), "oauth2");
	audit_case_place(c, f, &server->login_place);
}

static void judge_outgoing(const struct audit_case *c, const struct client_server *server, uint32_t taken)
{
	bool is_submission = server->port_used == 587 || server->port_used == 465;
	struct finding *f;

	if (server->login == CLIENT_LOGIN_POP_FIRST) {
		f = audit_case_add(c, CODE_ACCOUNT_POP_BEFORE_SMTP);
		if (!c->provider)
			f->severity = SEVERITY_ADVICE;
		audit_case_value(c, f, "authentication", "pop-before-smtp", "a login of its own");
		audit_case_place(c, f, &server->login_place);
		audit_case_want(c, f, WANTED_LOGIN, &server->login_place, CLIENT_LOGIN_AS_INCOMING);
		return;
	}
	if (server->login != CLIENT_LOGIN_NONE || (taken & AUTHENTICATION_NONE) ||
	    (taken == 0 && !is_submission))
		return;
	f = audit_case_add(c, CODE_ACCOUNT_SMTP_LOGIN_MISSING);
	if (taken == 0)
		f->severity = SEVERITY_ADVICE;
	audit_case_value(c, f, "authentication", "none", "the same user and password as for incoming mail");
	audit_case_place(c, f, &server->login_place);
	audit_case_want(c, f, WANTED_LOGIN, &server->login_place, CLIENT_LOGIN_AS_INCOMING);
}

void audit_login(const struct audit_case *c, const struct client_server *server)
{
	uint32_t taken = taken_by(c->provider, server->protocol);

	if (client_server_is_local(server) || !server->host.text)
		return;
	if (server->protocol != CLIENT_PROTOCOL_IMAP && server->protocol != CLIENT_PROTOCOL_POP3 &&
	    server->protocol != CLIENT_PROTOCOL_SMTP)
		return;
	judge_spa(c, server, taken);
	judge_retired(c, server);
	if (server->protocol == CLIENT_PROTOCOL_SMTP)
		judge_outgoing(c, server, taken);
}
