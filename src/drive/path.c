/* This file tests the way to the Internet apart from any server: the resolver. */
#include "drive/path.h"

#include "drive/questions.h"
#include "os/random.h"
#include "wire/dns_msg.h"

enum { LABEL_LEN = 24 };

/* Below names that answer "no such name" of themselves; ".invalid" would not
 * do, because some resolvers answer for that one alone. */
static const char *const tops[PATH_NAMES] = { "com", "net" };

static void on_answer(void *context, const struct dns_facts *facts)
{
	struct path *path = context;

	path->answers[PATH_NAMES - path->n_left] = facts;
	if (--path->n_left == 0)
		path->on_done(path->context);
}

void path_begin(struct path *path)
{
	path->n_left = PATH_NAMES;
	for (size_t i = 0; i < PATH_NAMES; i++) {
		char label[LABEL_LEN + 1];
		const char *name = NULL;

		if (random_letters(label, LABEL_LEN) == ST_OK)
			name = arena_printf(path->drive->arena, "%s.%s", label, tops[i]);
		questions_ask(path->drive->questions, name ? name : tops[i], DNS_TYPE_A, on_answer, path);
	}
}

bool path_is_done(const struct path *path)
{
	return path->n_left == 0;
}

static const char *first_address(const struct dns_facts *facts)
{
	for (size_t i = 0; i < facts->n_records; i++)
		if (facts->records[i].type == DNS_TYPE_A)
			return facts->records[i].text;
	return NULL;
}

/* Tested when both questions got an answer of some kind; a resolver that
 * invents addresses does so for both. */
static void judge(const struct path *path, struct path_facts *facts)
{
	size_t n_tested = 0, n_addresses = 0;

	for (size_t i = 0; i < PATH_NAMES; i++) {
		const struct dns_facts *answer = path->answers[i];

		if (!answer || (answer->outcome != DNS_ANSWERED && answer->outcome != DNS_NO_NAME &&
				answer->outcome != DNS_NO_DATA))
			continue;
		n_tested++;
		if (first_address(answer)) {
			facts->wildcard_address = first_address(answer);
			n_addresses++;
		}
	}
	facts->wildcard_tested = n_tested == PATH_NAMES;
	facts->wildcard_answers = n_addresses == PATH_NAMES;
	if (!facts->wildcard_answers)
		facts->wildcard_address = NULL;
}

void path_facts(const struct path *path, struct path_facts *facts_out)
{
	*facts_out = path->drive->path;
	facts_out->clock_tested = path->drive->clock_tested;
	facts_out->clock_off_seconds = path->drive->clock_off;
	if (!facts_out->wildcard_tested)
		judge(path, facts_out);
	questions_resolver(path->drive->questions, &facts_out->resolver_tested, &facts_out->resolver_answers);
}
