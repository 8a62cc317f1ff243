/* This file names what was measured and finds it again. */
#include "record/facts.h"

#include "base/checked.h"
#include "base/names.h"

static const struct name_row step_names[] = {
	{ STEP_RESOLVE, "resolve" },
	{ STEP_CONNECT, "connect" },
	{ STEP_GREETING, "greeting" },
	{ STEP_CAPABILITIES, "capabilities" },
	{ STEP_STARTTLS, "starttls" },
	{ STEP_TLS, "tls" },
	{ STEP_CAPABILITIES_TLS, "capabilities-tls" },
	{ STEP_LOGIN, "login" },
	{ STEP_MAILBOX, "mailbox" },
	{ STEP_SENDER, "sender" },
	{ STEP_RECIPIENT, "recipient" },
	{ STEP_LETTER, "letter" },
	{ STEP_SPEED, "speed" },
	{ STEP_COLLECT, "collect" },
	{ STEP_LOGOUT, "logout" },
};

static const struct name_row step_error_names[] = {
	{ STEP_ERROR_NONE, "none" },
	{ STEP_ERROR_REFUSED, "refused" },
	{ STEP_ERROR_TIMEOUT, "timeout" },
	{ STEP_ERROR_RESET, "reset" },
	{ STEP_ERROR_UNREACHABLE, "unreachable" },
	{ STEP_ERROR_CLOSED, "closed" },
	{ STEP_ERROR_PROTOCOL, "protocol" },
	{ STEP_ERROR_TLS, "tls" },
	{ STEP_ERROR_LIMIT, "limit" },
};

static const struct name_row greeting_names[] = {
	{ GREETING_NONE, "none" },
	{ GREETING_SMTP, "smtp" },
	{ GREETING_SMTP_NO, "smtp-refusal" },
	{ GREETING_IMAP, "imap" },
	{ GREETING_IMAP_BYE, "imap-bye" },
	{ GREETING_POP3, "pop3" },
	{ GREETING_POP3_ERR, "pop3-error" },
	{ GREETING_HTTP, "http" },
	{ GREETING_TLS, "tls" },
	{ GREETING_OTHER, "other" },
};

static const struct name_row dns_outcome_names[] = {
	{ DNS_ANSWERED, "answered" },       { DNS_NO_DATA, "no-data" },     { DNS_NO_NAME, "no-such-name" },
	{ DNS_SERVFAIL, "server-failure" }, { DNS_REFUSED, "refused" },     { DNS_TIMEOUT, "timeout" },
	{ DNS_MALFORMED, "malformed" },     { DNS_NOT_ASKED, "not-asked" },
};

const char *step_name_text(enum step_name name)
{
	return name_of(step_names, COUNT_OF(step_names), (int)name);
}

const char *step_error_text(enum step_error error)
{
	return name_of(step_error_names, COUNT_OF(step_error_names), (int)error);
}

const char *greeting_name(enum greeting greeting)
{
	return name_of(greeting_names, COUNT_OF(greeting_names), (int)greeting);
}

const char *dns_outcome_name(enum dns_outcome outcome)
{
	return name_of(dns_outcome_names, COUNT_OF(dns_outcome_names), (int)outcome);
}

const struct step *facts_step(const struct endpoint_facts *facts, enum step_name name)
{
	for (size_t i = facts->n_steps; i-- > 0;)
		if (facts->steps[i].name == name)
			return &facts->steps[i];
	return NULL;
}

bool facts_went_well(const struct endpoint_facts *facts)
{
	/* A step that still runs has no error. */
	for (size_t i = 0; i < facts->n_steps; i++)
		if (facts->steps[i].name < STEP_LOGIN && facts->steps[i].error != STEP_ERROR_NONE &&
		    facts->steps[i].error != STEP_ERROR_TLS)
			return false;
	return facts_step(facts, STEP_CAPABILITIES) != NULL;
}

moment facts_quickest(const struct endpoint_facts *facts)
{
	moment quickest = 0;

	for (size_t i = 0; i < facts->n_exchanges; i++) {
		const struct exchange *e = &facts->exchanges[i];
		struct str command = str_of(e->command);

		if (e->answered == MOMENT_NEVER ||
		    (!str_starts(command, STR("CAPA")) && !str_starts(command, STR("EHLO"))))
			continue;
		if (quickest == 0 || e->answered - e->sent < quickest)
			quickest = e->answered - e->sent;
	}
	return quickest;
}

const struct exchange *facts_exchange(const struct endpoint_facts *facts, const char *command)
{
	for (size_t i = facts->n_exchanges; i-- > 0;)
		if (str_starts(str_of(facts->exchanges[i].command), str_of(command)))
			return &facts->exchanges[i];
	return NULL;
}

const struct exchange *facts_login_exchange(const struct endpoint_facts *facts)
{
	static const char *const commands[] = { "AUTH", "LOGIN", "PASS", "USER", "APOP" };

	for (size_t i = facts->n_exchanges; i-- > 0;)
		for (size_t k = 0; k < COUNT_OF(commands); k++)
			if (str_starts(str_of(facts->exchanges[i].command), str_of(commands[k])))
				return &facts->exchanges[i];
	return NULL;
}
