/* This file judges what the services of Exchange answered that were asked without a login.
 *
 * What is in order is one answer alone: 401, and a login that Outlook knows.
 */
#include "diagnose/judge.h"

static const char *const words[EXCHANGE_SERVICES] = {
	[EXCHANGE_MAPI] = "mapi_http",
	[EXCHANGE_EWS] = "ews",
};

static const char expected[] = "401 and a login that Outlook knows";

/* Outlook for Windows does all of its work through the one, and little through the other. */
static struct finding *say(struct judge *j, enum code code, const struct exchange_facts *e,
			   enum exchange_service service)
{
	struct finding *f = judge_say_domain(j, code, e->host);

	if (service == EXCHANGE_EWS && f->count == 1 && f->severity > SEVERITY_ADVICE)
		f->severity = SEVERITY_ADVICE;
	return f;
}

static void judge_login(struct judge *j, const struct exchange_facts *e, enum exchange_service service)
{
	const struct fetch_facts *answer = e->answers[service];
	struct finding *f = NULL;

	if (!(answer->logins & ~(unsigned)HTTP_LOGIN_OTHER))
		f = say(j, CODE_AUTH_EXCHANGE_NO_LOGIN, e, service);
	else if (!(answer->logins & (HTTP_LOGIN_NTLM | HTTP_LOGIN_NEGOTIATE | HTTP_LOGIN_BEARER)))
		f = say(j, CODE_AUTH_EXCHANGE_BASIC_ONLY, e, service);
	if (f)
		judge_quote(f, words[service],
			    judge_text(j, "401 with %s", answer->challenge ? answer->challenge : "no login"),
			    "Negotiate, NTLM or Bearer");
}

static void judge_other(struct judge *j, const struct exchange_facts *e, enum exchange_service service)
{
	const struct fetch_facts *answer = e->answers[service];
	bool is_elsewhere = answer->status < 400;
	struct finding *f = say(
		j, is_elsewhere ? CODE_PROVIDER_EXCHANGE_ANSWERS_OTHER : CODE_PROVIDER_EXCHANGE_SERVICE_OFF,
		e, service);

	if (answer->location)
		judge_quote(f, words[service], judge_text(j, "%u to %s", answer->status, answer->location),
			    expected);
	else
		judge_evidence(f, words[service], judge_text(j, "%u", answer->status), expected);
}

static void judge_answer(struct judge *j, const struct exchange_facts *e, enum exchange_service service)
{
	const struct fetch_facts *answer = e->answers[service];

	if (answer->error == STEP_ERROR_NONE && answer->status == 401)
		judge_login(j, e, service);
	else if (answer->error == STEP_ERROR_NONE)
		judge_other(j, e, service);
	/* Where discovery alone names the host, nobody may be using it. */
	else if (e->is_set_up)
		judge_quote(say(j, CODE_PROVIDER_EXCHANGE_SILENT, e, service), words[service],
			    answer->error_text ? answer->error_text : step_error_text(answer->error),
			    expected);
}

void rules_exchange(struct judge *j)
{
	for (size_t i = 0; i < j->facts->n_exchanges; i++)
		for (unsigned k = 0; k < EXCHANGE_SERVICES; k++)
			if (j->facts->exchanges[i].answers[k])
				judge_answer(j, &j->facts->exchanges[i], (enum exchange_service)k);
}
