/* This file reads the policy by which other servers may send to a domain (MTA-STS, RFC 8461), and holds it
 * against the domain's MX. */
#include "settings/search.h"

#include "wire/dns_msg.h"

enum { PATTERNS_MAX = 32 };

bool policy_is_published(const struct dns_facts *txt)
{
	for (size_t i = 0; txt && i < txt->n_records; i++)
		if (txt->records[i].type == DNS_TYPE_TXT && txt->records[i].text &&
		    str_starts(str_of(txt->records[i].text), STR("v=STSv1")))
			return true;
	return false;
}

/* Section 4.1: an asterisk stands for one label, the first. */
static bool is_matched(struct str host, struct str pattern)
{
	if (str_starts(pattern, STR("*."))) {
		(void)str_cut(&host, '.');
		pattern = str_skip(pattern, 2);
	}
	return host.at && str_eq_nocase(host, pattern);
}

struct policy {
	struct str mode, patterns[PATTERNS_MAX];
	size_t n_patterns;
	bool is_one, is_cut;
};

/* Section 3.2: lines of names and values; the first value counts, save of "mx". */
static struct policy parse(struct str text)
{
	struct policy policy = { .mode = { 0 } };

	while (text.at) {
		struct str value = str_trim(str_cut(&text, '\n')), name = str_cut(&value, ':');

		name = str_trim(name);
		if (!value.at)
			continue;
		value = str_trim(value);
		if (str_is(name, "version"))
			policy.is_one = policy.is_one || str_is(value, "STSv1");
		else if (str_is(name, "mode") && !policy.mode.at)
			policy.mode = value;
		else if (str_is(name, "mx") && policy.n_patterns < PATTERNS_MAX)
			policy.patterns[policy.n_patterns++] = value;
		else if (str_is(name, "mx"))
			policy.is_cut = true;
	}
	return policy;
}

static const char *find_unmatched(const struct policy *policy, const struct dns_facts *mx)
{
	for (size_t i = 0; mx && i < mx->n_records; i++) {
		const struct dns_record *r = &mx->records[i];
		bool matched = r->type != DNS_TYPE_MX || !r->text || str_is(str_of(r->text), ".");

		for (size_t k = 0; k < policy->n_patterns && !matched; k++)
			matched = is_matched(str_of(r->text), policy->patterns[k]);
		if (!matched)
			return r->text;
	}
	return NULL;
}

static const char *list(const struct settings_search *search, const struct policy *policy)
{
	const char *text = "";

	for (size_t i = 0; text && i < policy->n_patterns; i++)
		text = arena_printf(search->arena, "%s%s%.*s", text, i ? " " : "",
				    (int)policy->patterns[i].len, policy->patterns[i].at);
	return text;
}

/* What went wrong on our own way to it says nothing of it. */
static const char *why_not(const struct settings_search *search, const struct fetch_facts *fetch)
{
	if (fetch->error == STEP_ERROR_TLS)
		return "its certificate is not accepted";
	if (fetch->error == STEP_ERROR_NONE && fetch->status && fetch->status != 200)
		return arena_printf(search->arena, "HTTP status %u", fetch->status);
	return NULL;
}

void policy_read(const struct settings_search *search, struct policy_facts *out)
{
	const struct role_state *state = &search->roles[ROLE_STS_POLICY];
	const struct fetch_facts *fetch = state->n_fetches ? state->fetches[0] : NULL;
	struct policy policy;

	*out = (struct policy_facts){ .published = policy_is_published(search->roles[ROLE_STS].dns) };
	if (!fetch)
		return;
	out->why = why_not(search, fetch);
	if (out->why || (fetch->error == STEP_ERROR_NONE && fetch->status == 200))
		out->url = fetch->url;
	if (!out->url || out->why)
		return;
	policy = parse(fetch->body);
	if (!policy.is_one) {
		out->why = "it is no policy";
		return;
	}
	out->mode = policy.mode.at ? arena_str(search->arena, policy.mode).at : NULL;
	out->patterns = list(search, &policy);
	if (!policy.is_cut)
		out->unmatched = find_unmatched(&policy, search->roles[ROLE_MX].dns);
}
