/* This file is "profile add-ins bisect": which add-in breaks Outlook?
 *
 * For each start the add-ins that shall not load are switched off in the user's
 * hive, and afterwards the hive gets its old bytes back. What was answered so far
 * stands in a file, so that a search that was interrupted goes on where it was:
 * first the hive is put back, then the start that was not judged is made again.
 */
#include "app/addin_bisect.h"

#include "app/settings_write.h"
#include "apply/group.h"
#include "base/checked.h"
#include "client/halving.h"
#include "os/digest.h"
#include "os/env.h"
#include "os/file.h"
#include "os/folder.h"
#include "os/interrupt.h"
#include "os/live_registry.h"
#include "os/process.h"
#include "os/replace.h"
#include "os/store_edit.h"
#include "os/terminal.h"

#include <string.h>

enum { LOADS_AT_START = 1 << 1, SWITCHED_OFF = 0, ANSWERS_MAX = 4096, ANSWER_CAP = 64, EXIT_SKIP = 125 };

#define USER_ADDINS "Software\\Microsoft\\Office\\Outlook\\Addins\\"

static const char letters[] = "gbs";
static const char *const verdicts[] = { "good", "bad", "skip" };

struct search {
	struct gather *gather;
	struct arena *arena;
	const char *hive;                    /* the user's */
	const char *state_path, *group_path; /* what was answered; what takes the switches back */
	const struct machine_addin **addins;
	const char **names;
	size_t n;
	struct halving halving;
	bool is_on[HALVING_MAX];
	char answers[ANSWERS_MAX + 1];
	size_t n_answers;
	struct bisect_start *starts;
};

/* His own word counts before that for all users. */
static const struct machine_addin *users_word(const struct client_found *found, const char *hive,
					      const char *prog_id)
{
	const struct machine *m = found->machine;

	for (size_t i = 0; i < m->n_addins; i++)
		if (m->addins[i].view == MACHINE_VIEW_USER && m->addins[i].load.is_set &&
		    strcmp(m->addins[i].source, hive) == 0 &&
		    str_is_nocase(str_of(m->addins[i].prog_id), prog_id))
			return &m->addins[i];
	return NULL;
}

static bool is_known(const struct search *s, const char *prog_id)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_is_nocase(str_of(s->names[i]), prog_id))
			return true;
	return false;
}

/* Every add-in once that loads when Outlook starts. */
static bool take_addins(struct search *s)
{
	const struct machine *m = s->gather->found.machine;

	s->addins = arena_array(s->arena, m->n_addins + 1, sizeof *s->addins);
	s->names = arena_array(s->arena, m->n_addins + 1, sizeof *s->names);
	for (size_t i = 0; s->addins && s->names && i < m->n_addins && s->n < HALVING_MAX; i++) {
		const struct machine_addin *addin = &m->addins[i],
					   *own = users_word(&s->gather->found, s->hive, addin->prog_id);
		const struct client_number *load = own ? &own->load : &addin->load;

		if ((addin->view == MACHINE_VIEW_USER && strcmp(addin->source, s->hive) != 0) ||
		    !load->is_set || !(load->number & LOADS_AT_START) || !(load->number & 1) ||
		    is_known(s, addin->prog_id))
			continue;
		s->addins[s->n] = addin;
		s->names[s->n++] = addin->prog_id;
	}
	return s->addins && s->names;
}

/* The one user's hive, or his registry on the Windows that runs. */
static const char *find_hive(const struct gather *gather, const char **why_out)
{
	const struct client_found *found = &gather->found;
	const char *hive = NULL;

	if (gather->is_live)
		return live_registry_name(LIVE_USER);
	if (gather->run->options.hive)
		return gather->run->options.hive;
	for (size_t i = 0; i < found->n_profiles; i++) {
		const char *source = found->profiles[i].source;

		if (found->profiles[i].program != CLIENT_OUTLOOK || !source ||
		    (hive && strcmp(source, hive) == 0))
			continue;
		if (hive) {
			*why_out = "profile add-ins bisect: more than one user has Outlook; say whose hive "
				   "with --hive";
			return NULL;
		}
		hive = source;
	}
	if (!hive)
		*why_out = "profile add-ins bisect: expected --hive FILE or --windows DIR with a user of "
			   "Outlook in it";
	return hive;
}

/* Files of this search: named after the hive's path, so that two searches do not meet. */
static enum status name_files(struct search *s, const char **why_out)
{
	const char *state = env_state_directory(s->arena), *why = NULL,
		   *real = store_edit_real_path(s->arena, s->hive, &why), *name, *folder;
	uint8_t digest[DIGEST_SHA256_LEN];

	/* The registry of a Windows that runs has no path. */
	if (!real)
		real = s->hive;
	if (!state || !digest_sha256(str_view(str_of(real)), digest)) {
		*why_out = why ? why : "the system names no folder where postmend could keep its state";
		return ST_IO;
	}
	folder = folder_join(s->arena, state, "bisect");
	name = arena_printf(s->arena, "%02x%02x%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3],
			    digest[4], digest[5]);
	if (!folder || !name || file_make_directories(folder, &why) != ST_OK) {
		*why_out = why ? why : "its folder for state cannot be made";
		return ST_IO;
	}
	s->state_path = folder_join(s->arena, folder, arena_printf(s->arena, "%s.answers", name));
	s->group_path = folder_join(s->arena, folder, arena_printf(s->arena, "%s.switched", name));
	return s->state_path && s->group_path ? ST_OK : ST_NOMEM;
}

/* The names of the add-ins and a letter for each answer: another set of add-ins is another search. */
static void write_state(const struct search *s, struct buf *out)
{
	buf_printf(out, "postmend bisect 1 %zu\n", s->n);
	for (size_t i = 0; i < s->n; i++)
		buf_printf(out, "%s\n", s->names[i]);
	buf_add_text(out, s->answers);
	buf_add_byte(out, '\n');
}

static enum status save(const struct search *s, const char **why_out)
{
	struct buf bytes;
	enum status st;

	buf_init(&bytes, 1 << 20);
	write_state(s, &bytes);
	st = buf_failed(&bytes) ? ST_LIMIT : file_write(s->state_path, buf_view(&bytes), true, why_out);
	buf_fini(&bytes);
	return st;
}

static void note(struct search *s, enum halving_verdict verdict)
{
	struct bisect_start *start = &s->starts[s->n_answers];
	const char **on = arena_array(s->arena, s->n + 1, sizeof *on);

	*start = (struct bisect_start){ .verdict = verdicts[verdict], .on = on };
	for (size_t i = 0; on && i < s->n; i++)
		if (s->is_on[i])
			on[start->n_on++] = s->names[i];
	s->answers[s->n_answers++] = letters[verdict];
	halving_answer(&s->halving, verdict);
}

/* What an earlier run was told. A state of another search says nothing. */
static void restore(struct search *s)
{
	struct buf bytes, own;
	struct str rest;
	const char *why;

	buf_init(&bytes, 1 << 20);
	buf_init(&own, 1 << 20);
	write_state(s, &own);
	if (file_read(s->state_path, &bytes, &why) == ST_OK && !buf_failed(&own) &&
	    str_starts(buf_str(&bytes), str_head(buf_str(&own), own.len - 1))) {
		rest = str_trim(str_skip(buf_str(&bytes), own.len - 1));
		for (size_t i = 0; i < rest.len && s->n_answers < ANSWERS_MAX; i++) {
			const char *letter = strchr(letters, rest.at[i]);

			if (!letter || !*letter || halving_next(&s->halving, s->is_on) != HALVING_TRY)
				break;
			note(s, (enum halving_verdict)(letter - letters));
		}
	}
	buf_fini(&own);
	buf_fini(&bytes);
}

/* One change of the hive, with what takes it back. */
static enum status change_hive(struct search *s, const struct wanted *wanted, size_t n, const char *journal,
			       const char **why_out)
{
	const struct wanted **list = arena_array(s->arena, n + 1, sizeof *list);
	const char **why = arena_array(s->arena, n + 1, sizeof *why);
	struct settings_write w = { .arena = s->arena, .file = s->hive, .wanted = list, .why = why };
	struct change_group group = { .title = "profile add-ins bisect" };
	struct rewrites steps;
	enum status st;

	if (!list || !why || !rewrite_init(&steps, s->arena))
		return ST_NOMEM;
	w.steps = &steps;
	w.n_wanted = n;
	for (size_t i = 0; i < n; i++)
		list[i] = &wanted[i];
	st = settings_write_plan(&w, &group.at, &group.n, why_out);
	for (size_t i = 0; st == ST_OK && i < n; i++)
		if (why[i]) {
			*why_out = why[i];
			return ST_IO;
		}
	if (st != ST_OK || steps.n == 0)
		return st;
	for (size_t i = 0; i < group.n; i++) {
		if (!live_registry_is(group.at[i].path))
			group.at[i].path = store_edit_real_path(s->arena, group.at[i].path, why_out);
		if (!group.at[i].path)
			return ST_IO;
	}
	return group_run(s->arena, &group, journal, why_out);
}

static struct wanted load_of(const struct search *s, size_t index, uint32_t number)
{
	return (struct wanted){ .what = WANTED_VALUE,
				.source = s->hive,
				.place = { .key = arena_printf(s->arena, USER_ADDINS "%s", s->names[index]),
					   .value = "LoadBehavior" },
				.type = HIVE_DWORD,
				.number = number };
}

/* All add-ins that shall not load. */
static enum status switch_off(struct search *s, const char **why_out)
{
	struct wanted *wanted = arena_array(s->arena, s->n + 1, sizeof *wanted);
	size_t n = 0;

	for (size_t i = 0; wanted && i < s->n; i++)
		if (!s->is_on[i])
			wanted[n++] = load_of(s, i, SWITCHED_OFF);
	return wanted ? change_hive(s, wanted, n, s->group_path, why_out) : ST_NOMEM;
}

/* Where the start itself changed the hive its other changes stay, and each add-in gets its own value back. */
static enum status put_values_back(struct search *s, const char **why_out)
{
	struct wanted *wanted = arena_array(s->arena, s->n + 1, sizeof *wanted);
	const char *journal = arena_printf(s->arena, "%s.values", s->group_path);
	size_t n = 0;
	enum status st;

	if (!wanted || !journal)
		return ST_NOMEM;
	for (size_t i = 0; i < s->n; i++) {
		const struct machine_addin *own = users_word(&s->gather->found, s->hive, s->names[i]);

		if (s->is_on[i])
			continue;
		wanted[n] = load_of(s, i, own ? own->load.number : 0);
		if (!own)
			wanted[n].what = WANTED_GONE;
		n++;
	}
	st = change_hive(s, wanted, n, journal, why_out);
	if (st == ST_OK && file_exists(journal))
		st = replace_remove(journal, why_out);
	return st == ST_OK ? replace_remove(s->group_path, why_out) : st;
}

/* The hive as it was found, byte for byte. */
static enum status put_back(struct search *s, const char **why_out)
{
	enum status st = file_exists(s->group_path) ? group_undo(s->arena, s->group_path, why_out) : ST_OK;

	return st == ST_USAGE && s->n ? put_values_back(s, why_out) : st;
}

static enum status ask(struct search *s, enum halving_verdict *out)
{
	const char *question = arena_printf(s->arena,
					    "Start %zu: %zu of %zu add-ins are on. Start Outlook%s, try, and "
					    "close it. Is it good (g), bad "
					    "(b), or can it not be told (s)? ",
					    s->n_answers + 1, s->n_answers ? s->halving.n_left / 2 : 0, s->n,
					    s->n_answers ? "" : " in Safe Mode (outlook.exe /safe)");
	struct buf answer;
	enum status st = ST_NOMEM;

	buf_init(&answer, ANSWER_CAP);
	while (question && !interrupt_came()) {
		const char *letter;

		buf_clear(&answer);
		st = terminal_ask(question, &answer);
		letter = st == ST_OK && answer.len ? strchr(letters, (char)(answer.at[0] | 0x20)) : NULL;
		if (st != ST_OK || (letter && *letter)) {
			*out = letter ? (enum halving_verdict)(letter - letters) : HALVING_SKIP;
			break;
		}
	}
	buf_fini(&answer);
	return interrupt_came() ? ST_CANCEL : st;
}

static enum status judge(struct search *s, enum halving_verdict *out, const char **why_out)
{
	const char *line = s->gather->run->options.command;
	int code = 0;
	enum status st;

	if (!line)
		return ask(s, out);
	st = process_judge_line(line, &code, why_out);
	if (st == ST_OK)
		*out = code == 0 ? HALVING_GOOD : code == EXIT_SKIP ? HALVING_SKIP : HALVING_BAD;
	return interrupt_came() ? ST_CANCEL : st;
}

static enum status run_starts(struct search *s, const char **why_out)
{
	enum status st = ST_OK, back;

	while (st == ST_OK && s->n_answers < ANSWERS_MAX &&
	       halving_next(&s->halving, s->is_on) == HALVING_TRY) {
		enum halving_verdict verdict = HALVING_SKIP;

		st = switch_off(s, why_out);
		if (st == ST_OK)
			st = judge(s, &verdict, why_out);
		back = put_back(s, why_out);
		if (st == ST_OK && back == ST_OK) {
			note(s, verdict);
			back = save(s, why_out);
		}
		st = st == ST_OK ? back : st;
	}
	return st;
}

static void tell(struct search *s, struct bisect_facts *out)
{
	enum halving_state state = halving_next(&s->halving, s->is_on);
	struct subject subject = { .kind = SUBJECT_ACCOUNT, .client = "outlook", .name = "Outlook" };
	const char *starts = arena_printf(s->arena, "%zu", s->n_answers);
	struct finding *f;

	*out = (struct bisect_facts){ .addins = s->names,
				      .n_addins = s->n,
				      .starts = s->starts,
				      .n_starts = s->n_answers,
				      .is_undecided = state == HALVING_UNDECIDED };
	if (state == HALVING_FOUND) {
		const struct machine_addin *addin = s->addins[halving_found(&s->halving)];

		out->culprit = subject.name = addin->prog_id;
		f = finding_add(s->gather->findings, CODE_ADDIN_BREAKS_OUTLOOK, &subject);
		finding_evidence(f, "add_in", addin->name.text ? addin->name.text : addin->prog_id, NULL,
				 TRUST_PEER);
		finding_evidence(f, "where",
				 arena_printf(s->arena, "%s: %s", addin->source, addin->place.key), NULL,
				 TRUST_PEER);
	} else {
		f = finding_add(s->gather->findings,
				state == HALVING_NONE ? CODE_ADDIN_NONE_TO_BLAME
						      : CODE_ADDIN_SEARCH_UNDECIDED,
				&subject);
		finding_evidence(f, "add_ins", arena_printf(s->arena, "%zu that load", s->n), NULL,
				 TRUST_OURS);
	}
	finding_evidence(f, "starts", starts, NULL, TRUST_OURS);
}

static struct search *open_search(struct gather *gather, const char **why_out)
{
	struct search *s = arena_alloc(gather->run->arena, sizeof *s);

	if (!s)
		return NULL;
	*s = (struct search){ .gather = gather, .arena = gather->run->arena };
	s->starts = arena_array(s->arena, ANSWERS_MAX, sizeof *s->starts);
	s->hive = find_hive(gather, why_out);
	return s->starts ? s : NULL;
}

enum status addin_bisect_put_back(struct gather *gather, bool *was_out, const char **why_out)
{
	struct search *s = open_search(gather, why_out);
	enum status st;

	*was_out = false;
	if (!s)
		return ST_NOMEM;
	if (!s->hive)
		return ST_USAGE;
	st = name_files(s, why_out);
	*was_out = st == ST_OK && file_exists(s->group_path);
	if (st == ST_OK)
		st = put_back(s, why_out);
	return st == ST_USAGE ? ST_IO : st;
}

enum status addin_bisect(struct gather *gather, struct bisect_facts *out, const char **why_out)
{
	struct search *s = open_search(gather, why_out);
	const char *ignored;
	enum status st;

	if (!s)
		return ST_NOMEM;
	if (!s->hive)
		return ST_USAGE;
	if (!take_addins(s))
		return ST_NOMEM;
	if (s->n == 0) {
		*why_out = "profile add-ins bisect: no add-in of Outlook loads at its start here";
		return ST_USAGE;
	}
	halving_init(&s->halving, s->n);
	st = name_files(s, why_out);
	if (st == ST_OK)
		restore(s);
	interrupt_watch();
	if (st == ST_OK)
		st = run_starts(s, why_out);
	if (st != ST_OK)
		return st;
	tell(s, out);
	(void)replace_remove(s->state_path, &ignored);
	return arena_failed(s->arena) ? ST_NOMEM : ST_OK;
}
