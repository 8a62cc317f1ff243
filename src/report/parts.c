/* This file holds what the three renderers share: order, choice and redaction. */
#include "report/parts.h"

#include "base/status.h"
#include "report/mend_parts.h"
#include "report/profiles.h"

#include <string.h>

enum { EXIT_TROUBLE = 4, EXIT_FAILED = 8, EXIT_CANCELLED = 32 };

static bool has_unreadable(const struct report *report)
{
	for (size_t i = 0; i < report->n_stores; i++)
		if (report->stores[i].unreadable)
			return true;
	return false;
}

int report_exit_code(const struct report *report)
{
	int code = report->cancelled ? EXIT_CANCELLED : 0;

	/* What we could not open is our failure, and says nothing of the patient. */
	if (has_unreadable(report))
		return code | EXIT_FAILED | (finding_all_healthy(report->findings) ? 0 : EXIT_TROUBLE);

	if (report->findings && finding_sink_failed(report->findings))
		code |= EXIT_FAILED;
	if (report->diagnosis && report->diagnosis->verdict != VERDICT_HEALTHY)
		code |= EXIT_TROUBLE;
	else if (report->findings && !finding_all_healthy(report->findings))
		code |= EXIT_TROUBLE;
	return code;
}

struct redactor *parts_redactor(const struct report *report, const struct report_style *style,
				struct redactor *storage)
{
	const struct case_facts *facts = report->facts;
	char local[REDACT_NAME_LEN + 1];
	size_t len;

	if (!style->redact)
		return NULL;
	redact_init(storage);
	if (facts && facts->address && (len = strcspn(facts->address, "@")) <= REDACT_NAME_LEN) {
		memcpy(local, facts->address, len);
		local[len] = '\0';
		redact_word(storage, REDACT_USER, local);
	}
	redact_word(storage, REDACT_USER, report->user_name);
	if (report->clients)
		profiles_redact(storage, report->clients);
	redact_word(storage, REDACT_COMPUTER, report->computer_name);
	return storage;
}

bool parts_is_cause(const struct report *report, const struct finding *finding)
{
	if (!report->diagnosis)
		return false;
	for (size_t i = 0; i < report->diagnosis->n_causes; i++)
		if (report->diagnosis->causes[i] == finding)
			return true;
	return false;
}

/* The subject is what a key has behind its id. */
static const char *subject_of(const struct finding *finding)
{
	const char *at = strchr(finding->key, '@');

	return at ? at : finding->key;
}

bool parts_same_subject(const struct finding *a, const struct finding *b)
{
	return strcmp(subject_of(a), subject_of(b)) == 0;
}

bool parts_begins_group(const struct finding_sink *findings, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (parts_same_subject(finding_at(findings, i), finding_at(findings, index)))
			return false;
	return true;
}

static bool is_lookup(const struct report *report)
{
	return report->diagnosis && report->diagnosis->verdict == VERDICT_HEALTHY && report->facts &&
	       report->facts->settings && report->facts->n_endpoints == 0;
}

static bool only_guesses(const struct settings_facts *settings)
{
	for (size_t i = 0; i < settings->n_servers; i++)
		if (settings->servers[i].source != SOURCE_GUESS)
			return false;
	return true;
}

const char *parts_verdict_word(const struct report *report)
{
	static const char *const words[] = {
		[VERDICT_HEALTHY] = "Healthy",
		[VERDICT_TROUBLE] = "Trouble",
		[VERDICT_UNDECIDED] = "Undecided",
	};

	if (report->clients && report->diagnosis->verdict == VERDICT_HEALTHY &&
	    strcmp(report->command, "profile check") != 0 && strcmp(report->command, "diagnose") != 0)
		return strcmp(report->command, "profile list") == 0 ? "Accounts" : "Add-ins";
	return is_lookup(report) ? "Settings" : words[report->diagnosis->verdict];
}

const char *parts_headline(const struct report *report)
{
	const struct diagnosis *diagnosis = report->diagnosis;

	if (is_lookup(report))
		return only_guesses(report->facts->settings)
			       ? "No source names a server of this address; guesses are all there is."
			       : "The servers of this address are known.";
	return diagnosis->headline ? diagnosis->headline : "";
}

const char *parts_next_action(const struct report *report, const char **command_out)
{
	const struct diagnosis *diagnosis = report->diagnosis;
	const struct finding *first = NULL;

	*command_out = NULL;
	if (report->mend && diagnosis && !diagnosis->next_test)
		return mend_next(report->mend);
	if (diagnosis && diagnosis->n_causes > 0) {
		first = diagnosis->causes[0];
		*command_out = first->remedy_command;
		return first->remedy_text && *first->remedy_text ? first->remedy_text
								 : catalogue_row(first->code)->remedy_text;
	}
	if (diagnosis && diagnosis->next_test)
		return diagnosis->next_test;
	if (report->cancelled)
		return "Run it again and let it end: this is only what was found before it was stopped.";
	if (diagnosis && diagnosis->verdict == VERDICT_UNDECIDED)
		return "Run it again with a longer --deadline: the facts do not decide yet.";
	if (is_lookup(report) && only_guesses(report->facts->settings))
		return "Ask the provider for its servers, or let postmend try the guesses: postmend ADDRESS.";
	if (is_lookup(report))
		return strcmp(report->command, "settings") == 0
			       ? "Give these settings to the mail program."
			       : "No server was asked: run it again without --offline to test them.";
	return "Nothing needs to be done.";
}

bool parts_is_drawn(const struct case_facts *facts, size_t index)
{
	const struct endpoint_facts *one = facts->endpoints[index];

	if (one->chosen)
		return true;
	for (size_t i = 0; i < facts->n_endpoints; i++) {
		const struct endpoint_facts *other = facts->endpoints[i];

		if (strcmp(other->url, one->url) == 0 && (other->chosen || i < index))
			return false;
	}
	return true;
}

const char *parts_subject_name(const struct subject *subject)
{
	const char *name = NULL;

	switch (subject->kind) {
	case SUBJECT_COMPUTER:
		return subject->name ? subject->name : "this computer";
	case SUBJECT_ENDPOINT:
		name = subject->url;
		break;
	case SUBJECT_DOMAIN:
	case SUBJECT_ACCOUNT:
		name = subject->name;
		break;
	case SUBJECT_STORE:
		name = subject->path;
		break;
	}
	return name ? name : "";
}
