/* This file judges whether mail programs send at all: work off-line, wait for F9, send/receive settings,
 * hosts file. */
#include "audit/tree.h"

#include "base/checked.h"
#include "hive/hive.h"

enum { DAY = 86400, SRS_OLD_DAYS = 3 * 365, START_REMEMBERS = 0, START_ONLINE = 2, START_OFFLINE = 3 };

static const struct machine_setting *setting_of(const struct client_found *found,
						enum machine_setting_kind kind,
						const struct machine_setting *beside)
{
	const struct machine *m = found->machine;

	for (size_t i = 0; i < m->n_settings; i++) {
		const struct machine_setting *one = &m->settings[i];

		if (one->kind == kind && str_is(str_of(one->source), beside->source) &&
		    str_eq(str_of(one->version), str_of(beside->version)))
			return one;
	}
	return NULL;
}

static const char *part_of(const struct audit_tree *t, const char *what, const struct machine_setting *one)
{
	return arena_printf(t->arena, "%s%s%s (%s)", what, one->version ? " " : "",
			    one->version ? one->version : "", audit_tree_user(t->arena, one->source));
}

static void judge_send(const struct audit_tree *t, const struct machine_setting *one)
{
	bool is_policy = one->kind == MACHINE_SEND_IMMEDIATELY_POLICY;
	struct finding *f;

	if (!one->number.is_set || one->number.number != 0 ||
	    (!is_policy && setting_of(t->found, MACHINE_SEND_IMMEDIATELY_POLICY, one)))
		return;
	f = audit_tree_add(t, is_policy ? CODE_CLIENT_SEND_LATER_POLICY : CODE_CLIENT_SEND_LATER,
			   part_of(t, "Outlook", one));
	finding_evidence(f, "send_immediately", "0", "1", TRUST_OURS);
	audit_tree_place(t, f, one->source, &one->number.place);
	if (!is_policy)
		audit_tree_want(t, f,
				(struct wanted){ .what = WANTED_VALUE,
						 .source = one->source,
						 .place = one->number.place,
						 .type = HIVE_DWORD,
						 .number = 1 });
}

static bool has_accounts_of(const struct client_found *found, enum client_program a, enum client_program b)
{
	for (size_t i = 0; i < found->n_accounts; i++)
		if (found->accounts[i].program == a || found->accounts[i].program == b)
			return true;
	return false;
}

/* Windows' own switch, which mail programs of old obey. */
static void judge_internet(const struct audit_tree *t, const struct machine_setting *one)
{
	struct finding *f;

	if (one->number.number == 0 ||
	    !has_accounts_of(t->found, CLIENT_OUTLOOK_EXPRESS, CLIENT_WINDOWS_MAIL))
		return;
	f = audit_tree_add(t, CODE_CLIENT_WORKS_OFFLINE, part_of(t, "Windows", one));
	finding_evidence(f, "offline", "1", "0", TRUST_OURS);
	audit_tree_place(t, f, one->source, &one->number.place);
	audit_tree_want(t, f,
			(struct wanted){ .what = WANTED_VALUE,
					 .source = one->source,
					 .place = one->number.place,
					 .type = HIVE_DWORD });
}

/* Always off-line, or as it was left, which was off-line. */
static void judge_thunderbird(const struct audit_tree *t, const struct machine_setting *start)
{
	const struct machine_setting *line = setting_of(t->found, MACHINE_THUNDERBIRD_LINE, start);
	bool was_left = start->number.number == START_REMEMBERS && line && line->number.number == 0;
	struct finding *f;

	if (start->number.number != START_OFFLINE && !was_left)
		return;
	f = audit_tree_add(t, CODE_CLIENT_WORKS_OFFLINE, part_of(t, "Thunderbird", start));
	finding_evidence(f, "startup_state", arena_printf(t->arena, "%u", (unsigned)start->number.number),
			 "2", TRUST_OURS);
	audit_tree_place(t, f, start->source, &start->number.place);
	audit_tree_want(t, f,
			(struct wanted){ .what = WANTED_VALUE,
					 .source = start->source,
					 .place = start->number.place,
					 .number = START_ONLINE });
}

/* The profile that Outlook starts with must be there, where this version keeps its profiles. */
static void judge_default(const struct audit_tree *t, const struct machine_setting *one)
{
	const char *root = arena_printf(t->arena, "Office\\%s\\Outlook\\Profiles\\", one->version),
		   *only = NULL;
	struct finding *f;
	size_t n = 0;

	for (size_t i = 0; root && i < t->found->n_profiles; i++) {
		const struct client_profile *profile = &t->found->profiles[i];

		if (profile->program != CLIENT_OUTLOOK || !str_is(str_of(profile->source), one->source) ||
		    str_find_nocase(str_of(profile->place.key), str_of(root)) == SIZE_MAX)
			continue;
		if (str_is_nocase(str_of(profile->name), one->text.text))
			return;
		only = profile->name;
		n++;
	}
	if (n == 0)
		return;
	f = audit_tree_add(t, CODE_CLIENT_DEFAULT_PROFILE_MISSING, part_of(t, "Outlook", one));
	finding_evidence(f, "profile", one->text.text, n == 1 ? only : "a profile that there is", TRUST_PEER);
	audit_tree_place(t, f, one->source, &one->text.place);
	if (n == 1)
		audit_tree_want(t, f,
				(struct wanted){ .what = WANTED_VALUE,
						 .source = one->source,
						 .place = one->text.place,
						 .type = HIVE_SZ,
						 .text = only });
}

/* Somebody's limit that the store has reached already: then a warning before it says nothing new. */
static bool is_over_limit(const struct audit_tree *t, const struct audit_store *store)
{
	const struct machine *m = t->found->machine;

	for (size_t i = 0; i < m->n_settings; i++) {
		const struct machine_setting *one = &m->settings[i];

		if ((one->kind == MACHINE_STORE_MAX || one->kind == MACHINE_STORE_MAX_POLICY) &&
		    one->number.number != 0 && store->bytes >> 20 >= one->number.number)
			return true;
	}
	return false;
}

/* Outlook says at each start that these are large, and goes on. */
static void judge_warning(const struct audit_tree *t, const struct machine_setting *one)
{
	bool is_policy = one->kind == MACHINE_STORE_WARN_POLICY;

	if (one->number.number == 0 || (!is_policy && setting_of(t->found, MACHINE_STORE_WARN_POLICY, one)))
		return;
	for (size_t i = 0; i < t->n_stores; i++) {
		const struct audit_store *store = &t->stores[i];
		const struct subject subject = { .kind = SUBJECT_STORE, .path = store->path };
		struct finding *f;

		if (store->state != AUDIT_STORE_PRESENT || store->is_ansi ||
		    store->bytes >> 20 < one->number.number || is_over_limit(t, store))
			continue;
		f = finding_add(t->sink, CODE_ACCOUNT_STORE_OVER_WARNING, &subject);
		finding_evidence(f, "size",
				 arena_printf(t->arena, "%llu MiB", (unsigned long long)(store->bytes >> 20)),
				 arena_printf(t->arena, "less than %u MiB", (unsigned)one->number.number),
				 TRUST_OURS);
		audit_tree_place(t, f, one->source, &one->number.place);
	}
}

/* Stores as large as somebody lets them grow: nothing is delivered any more. */
static void judge_limit(const struct audit_tree *t, const struct machine_setting *one)
{
	bool is_policy = one->kind == MACHINE_STORE_MAX_POLICY;

	if (one->number.number == 0 || (!is_policy && setting_of(t->found, MACHINE_STORE_MAX_POLICY, one)))
		return;
	for (size_t i = 0; i < t->n_stores; i++) {
		const struct audit_store *store = &t->stores[i];
		const struct subject subject = { .kind = SUBJECT_STORE, .path = store->path };
		struct finding *f;

		if (store->state != AUDIT_STORE_PRESENT || store->is_ansi ||
		    store->bytes >> 20 < one->number.number)
			continue;
		f = finding_add(t->sink, CODE_ACCOUNT_STORE_OVER_LIMIT, &subject);
		finding_evidence(f, "size",
				 arena_printf(t->arena, "%llu MiB", (unsigned long long)(store->bytes >> 20)),
				 arena_printf(t->arena, "less than %u MiB", (unsigned)one->number.number),
				 TRUST_OURS);
		audit_tree_place(t, f, one->source, &one->number.place);
		if (!is_policy)
			audit_tree_want(t, f,
					(struct wanted){ .what = WANTED_GONE,
							 .source = one->source,
							 .place = one->number.place });
	}
}

static void judge_srs(const struct audit_tree *t, const struct audit_srs *srs)
{
	const struct subject subject = { .kind = SUBJECT_STORE, .path = srs->path };
	int64_t days = (srs->hive_written - srs->written) / DAY;
	struct finding *f;

	if (srs->bytes > 0 && days <= SRS_OLD_DAYS)
		return;
	f = finding_add(t->sink, srs->bytes ? CODE_CLIENT_SRS_OLD : CODE_CLIENT_SRS_EMPTY, &subject);
	if (srs->bytes)
		finding_evidence(f, "days", arena_printf(t->arena, "%lld", (long long)days), NULL,
				 TRUST_OURS);
	else
		finding_evidence(f, "size", "0", "some bytes", TRUST_OURS);
	audit_tree_want(t, f, (struct wanted){ .what = WANTED_RENAMED, .source = srs->path });
}

static void (*const judges[])(const struct audit_tree *t, const struct machine_setting *one) = {
	[MACHINE_SEND_IMMEDIATELY] = judge_send,
	[MACHINE_SEND_IMMEDIATELY_POLICY] = judge_send,
	[MACHINE_INTERNET_OFFLINE] = judge_internet,
	[MACHINE_STORE_MAX] = judge_limit,
	[MACHINE_STORE_WARN] = judge_warning,
	[MACHINE_STORE_WARN_POLICY] = judge_warning,
	[MACHINE_STORE_MAX_POLICY] = judge_limit,
	[MACHINE_PROFILE_DEFAULT] = judge_default,
	[MACHINE_THUNDERBIRD_START] = judge_thunderbird,
};

void audit_tree_sending(const struct audit_tree *t)
{
	const struct machine *m = t->found->machine;

	for (size_t i = 0; i < m->n_settings; i++) {
		size_t kind = m->settings[i].kind;

		if (kind < COUNT_OF(judges) && judges[kind] &&
		    (m->settings[i].number.is_set || m->settings[i].text.text))
			judges[kind](t, &m->settings[i]);
	}
	for (size_t i = 0; i < t->n_srs; i++)
		judge_srs(t, &t->srs[i]);
}

static bool is_server(const struct client_found *found, struct str host)
{
	for (size_t i = 0; i < found->n_accounts; i++) {
		const struct client_account *a = &found->accounts[i];

		if ((a->has_incoming && str_eq_nocase(host, str_of(a->incoming.host.text))) ||
		    (a->has_outgoing && str_eq_nocase(host, str_of(a->outgoing.host.text))))
			return true;
	}
	return false;
}

static bool is_gap(char c)
{
	return c == ' ' || c == '\t';
}

static struct str next_word(struct str *rest)
{
	size_t n = 0, from = 0;
	struct str word;

	while (from < rest->len && is_gap(rest->at[from]))
		from++;
	*rest = str_skip(*rest, from);
	while (n < rest->len && !is_gap(rest->at[n]))
		n++;
	word = str_head(*rest, n);
	*rest = str_skip(*rest, n);
	return word;
}

static void judge_line(const struct audit_tree *t, struct str line, unsigned number)
{
	struct str rest = str_trim(str_head(line, str_find_char(line, '#'))), address = next_word(&rest),
		   host;

	while ((host = next_word(&rest)).len > 0) {
		const struct subject subject = { .kind = SUBJECT_DOMAIN, .name = arena_text(t->arena, host) };
		const struct client_place place = { .line = number };
		struct finding *f;

		if (!is_server(t->found, host) || !subject.name || str_is_nocase(host, "localhost"))
			continue;
		f = finding_add(t->sink, CODE_CLIENT_HOSTS_FILE_NAMES_SERVER, &subject);
		finding_evidence(f, "address", arena_text(t->arena, address), "what the name service says",
				 TRUST_PEER);
		audit_tree_place(t, f, t->hosts_path, &place);
	}
}

void audit_tree_hosts(const struct audit_tree *t)
{
	struct str rest = str_from_view(t->hosts);
	unsigned number = 0;

	while (t->hosts_path && rest.at && rest.len)
		judge_line(t, str_cut(&rest, '\n'), ++number);
}
