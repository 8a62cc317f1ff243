/* This file compares what is there now with the last time that all was well.
 *
 * Most faults are changes. What differs is evidence, never a cause by itself: servers change for good
 * reasons.
 */
#include "base/buf.h"
#include "base/checked.h"
#include "diagnose/judge.h"

#include <string.h>

enum { NOW_MAX = 64, WORDS_MAX = 128, TYPE_MX = 15, DAY = 86400 };

/* What is compared: as one value, as a set any of whose members will do, as a set of words. */
enum likeness { WHOLE, ANY_MEMBER, EVERY_WORD };

static const struct {
	const char *name;
	enum likeness likeness;
} kinds[] = {
	{ "addresses", ANY_MEMBER },    { "issuer", WHOLE },
	{ "capabilities", EVERY_WORD }, { "capabilities_after_login", EVERY_WORD },
	{ "path_mtu", WHOLE },          { "mx", EVERY_WORD },
	{ "uid_validity", WHOLE },
};

struct now {
	struct judge *j;
	struct remembered *rows;
	const struct way *ways[NOW_MAX]; /* whose each row is; NULL the domain's */
	size_t n;
};

static void add_row(struct now *now, const struct way *way, const struct remembered *row)
{
	if (now->n == NOW_MAX || !row->value || !*row->value || strlen(row->value) >= REMEMBERED_VALUE_MAX)
		return;
	now->ways[now->n] = way;
	now->rows[now->n] = *row;
	now->rows[now->n].since = now->rows[now->n].seen = now->j->facts->now;
	now->n++;
}

static void add(struct now *now, const struct way *way, const char *name, const char *value)
{
	add_row(now, way, &(struct remembered){ .subject = way->url, .name = name, .value = value });
}

/* What each account has of its own; the memory holds no user names (FNV-1a). */
static void add_own(struct now *now, const struct way *way, const char *name, const char *value)
{
	const char *user = now->j->facts->user ? now->j->facts->user : "";
	uint32_t hash = 2166136261U;

	for (; *user; user++)
		hash = (hash ^ (unsigned char)*user) * 16777619U;
	add_row(now, way,
		&(struct remembered){
			.subject = judge_text(now->j, "%s#%08x", way->url, (unsigned)hash),
			.name = name,
			.value = value,
		});
}

/* In the order of their bytes, each once: servers shuffle. */
static const char *as_set(struct judge *j, const char **words, size_t n)
{
	const char *all = "";

	for (size_t i = 1; i < n; i++) {
		const char *one = words[i];
		size_t at = i;

		for (; at > 0 && strcmp(one, words[at - 1]) < 0; at--)
			words[at] = words[at - 1];
		words[at] = one;
	}
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(words[i], words[i - 1]) != 0)
			all = judge_text(j, "%s%s%s", all, *all ? " " : "", words[i]);
	return all;
}

static const char *addresses_of(struct judge *j, const struct way *way)
{
	const char *words[WORDS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < way->n_tries && n < WORDS_MAX; i++)
		if (way->tries[i]->address)
			words[n++] = way->tries[i]->address;
	return as_set(j, words, n);
}

/* Blanks part words, so those within one become underscores. */
static const char *word_of(struct judge *j, struct str text)
{
	char *word = arena_text(j->arena, str_of(judge_str(j, text)));

	for (char *c = word; c && *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			*c = '_';
	return word ? word : "";
}

static const char *capabilities_of(struct judge *j, const struct endpoint_facts *facts)
{
	bool tls = facts->n_capabilities_tls > 0;
	const struct str *list = tls ? facts->capabilities_tls : facts->capabilities;
	size_t n = tls ? facts->n_capabilities_tls : facts->n_capabilities;
	const char *words[WORDS_MAX];

	n = n < WORDS_MAX ? n : WORDS_MAX;
	for (size_t i = 0; i < n; i++)
		words[i] = word_of(j, str_trim(list[i]));
	return as_set(j, words, n);
}

static void look_at_way(struct now *now, const struct way *way)
{
	const struct endpoint_facts *best = way->best;
	struct judge *j = now->j;

	add(now, way, "addresses", addresses_of(j, way));
	if (best->tls && best->tls->end == TLS_END_UP && best->tls->n_chain && best->tls->chain[0].issuer)
		add(now, way, "issuer", word_of(j, str_of(best->tls->chain[0].issuer)));
	if (best->login == LOGIN_ACCEPTED)
		add_own(now, way, "capabilities_after_login", capabilities_of(j, best));
	else
		add(now, way, "capabilities", capabilities_of(j, best));
	if (best->flow.known && best->flow.path_mtu)
		add(now, way, "path_mtu", judge_text(j, "%u", best->flow.path_mtu));
	if (best->uid_validity)
		add_own(now, way, "uid_validity",
			judge_text(j, "%llu", (unsigned long long)best->uid_validity));
}

static void look_at_domain(struct now *now)
{
	const struct settings_facts *settings = now->j->facts->settings;
	const char *words[WORDS_MAX];
	size_t n = 0;

	for (size_t i = 0; settings && i < settings->n_dns; i++) {
		const struct dns_facts *dns = settings->dns[i];

		if (dns->type != TYPE_MX || strcmp(dns->name, settings->address.domain) != 0)
			continue;
		for (size_t k = 0; k < dns->n_records && n < WORDS_MAX; k++)
			if (dns->records[k].type == TYPE_MX)
				words[n++] = word_of(now->j, str_of(dns->records[k].text));
	}
	if (n)
		add_row(now, NULL,
			&(struct remembered){
				.subject = settings->address.domain,
				.name = "mx",
				.value = as_set(now->j, words, n),
			});
}

static bool is_of_program(const struct judge *j, const struct remembered *row)
{
	for (size_t i = 0; i < j->facts->n_programs; i++)
		if (j->facts->programs[i].subject == row->subject)
			return true;
	return false;
}

static const struct remembered *before(const struct judge *j, const struct remembered *row)
{
	const struct memory_facts *memory = j->facts->memory;

	for (size_t i = 0; memory && i < memory->n; i++)
		if (strcmp(memory->rows[i].subject, row->subject) == 0 &&
		    strcmp(memory->rows[i].name, row->name) == 0)
			return &memory->rows[i];
	return NULL;
}

static bool has_word(const char *list, struct str word)
{
	struct str rest = str_of(list);

	while (rest.at)
		if (str_eq(str_cut(&rest, ' '), word))
			return true;
	return false;
}

/* The words of `list` that `other` has (wanted) or has not. */
static const char *words_that(struct judge *j, const char *list, const char *other, bool wanted)
{
	struct str rest = str_of(list);
	const char *found = "";

	while (rest.at) {
		struct str word = str_cut(&rest, ' ');

		if (word.len && has_word(other, word) == wanted)
			found = judge_text(j, "%s%s%.*s", found, *found ? " " : "", (int)word.len, word.at);
	}
	return found;
}

static enum likeness likeness_of(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].likeness;
	return WHOLE;
}

static bool differs(struct judge *j, const struct remembered *old, const struct remembered *new)
{
	if (strcmp(old->value, new->value) == 0)
		return false;
	return likeness_of(new->name) != ANY_MEMBER || *words_that(j, new->value, old->value, true) == '\0';
}

static void show(struct judge *j, struct finding *f, const struct remembered *old,
		 const struct remembered *new)
{
	const char *gone = words_that(j, old->value, new->value, false);
	const char *come = words_that(j, new->value, old->value, false);

	if (likeness_of(new->name) == EVERY_WORD)
		judge_quote(f, new->name,
			    judge_text(j, "new: %s; gone: %s", *come ? come : "none", *gone ? gone : "none"),
			    "as before");
	else
		judge_quote(f, new->name, new->value, old->value);
}

static bool is_numbering(const struct remembered *row)
{
	return strcmp(row->name, "uid_validity") == 0;
}

/* The numbers of a mailbox's messages mean nothing any more: programs fetch all anew. */
static struct finding *say(struct judge *j, const struct way *way, const struct remembered *row)
{
	if (is_numbering(row))
		return judge_say(j, CODE_MAILBOX_NUMBERED_ANEW, way);
	if (is_of_program(j, row))
		return judge_say_computer(j, CODE_CLIENT_CHANGED_SINCE, row->subject);
	return way ? judge_say(j, CODE_PATH_CHANGED_SINCE, way)
		   : judge_say_domain(j, CODE_PATH_CHANGED_SINCE, row->subject);
}

static void compare(struct judge *j, const struct now *now)
{
	const struct remembered *last = NULL;
	struct finding *f = NULL;

	for (size_t i = 0; i < now->n; i++) {
		const struct remembered *row = &now->rows[i], *old = before(j, row);

		if (!old || !differs(j, old, row))
			continue;
		/* What else is different of the same is evidence of one finding. */
		if (!last || is_numbering(last) || is_numbering(row) ||
		    strcmp(last->subject, row->subject) != 0)
			f = say(j, now->ways[i], row);
		last = row;
		if (f->n_evidence == 0)
			judge_evidence(f, "well_until", judge_date(j, old->seen), NULL);
		show(j, f, old, row);
	}
}

static wall_time last_well(const struct judge *j, const char *subject)
{
	const struct memory_facts *memory = j->facts->memory;
	wall_time last = 0;

	for (size_t i = 0; memory && i < memory->n; i++)
		if (strcmp(memory->rows[i].subject, subject) == 0 && memory->rows[i].seen > last)
			last = memory->rows[i].seen;
	return last;
}

static const char *days_ago(struct judge *j, wall_time at)
{
	long long days = (long long)((j->facts->now - at) / DAY);

	if (days <= 0)
		return "today";
	return judge_text(j, "%s, %lld day%s ago", judge_date(j, at), days, days == 1 ? "" : "s");
}

/* Whatever is wrong now was not so then. */
static void tell_since(struct judge *j)
{
	for (size_t i = 0; i < j->n_noted; i++) {
		struct finding *f = j->noted[i].finding;
		const struct way *way = j->noted[i].way;
		wall_time at = way ? last_well(j, way->url) : 0;

		if (at && f->severity >= SEVERITY_WARNING && f->code != CODE_MAILBOX_NUMBERED_ANEW)
			judge_evidence(f, "well_until", days_ago(j, at), NULL);
	}
}

static bool any_works(const struct judge *j)
{
	for (size_t i = 0; i < j->n_ways; i++)
		if (j->ways[i].works)
			return true;
	return false;
}

/* Of the domain and of programs: as long as there is mail at all. */
static bool is_well(const struct judge *j, const struct way *way)
{
	return way ? way->works && !judge_way_has_fault(j, way) : any_works(j);
}

void rules_since(struct judge *j, struct memory_facts *healthy_out)
{
	struct now now = { .j = j, .rows = arena_array(j->arena, NOW_MAX, sizeof *now.rows) };

	*healthy_out = (struct memory_facts){ .rows = arena_array(j->arena, NOW_MAX, sizeof *now.rows) };
	if (!now.rows || !healthy_out->rows || j->facts->trip)
		return;
	for (size_t i = 0; i < j->facts->n_programs; i++)
		add_row(&now, NULL, &j->facts->programs[i]);
	for (size_t i = 0; i < j->n_ways; i++)
		if (j->ways[i].weight == WAY_COUNTS)
			look_at_way(&now, &j->ways[i]);
	look_at_domain(&now);
	for (size_t i = 0; i < now.n; i++)
		if (is_well(j, now.ways[i]))
			healthy_out->rows[healthy_out->n++] = now.rows[i];
	tell_since(j);
	compare(j, &now);
}
