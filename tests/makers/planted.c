/* This file is a program that plants every fault of a store that has a name, one at a time, and asks the
 *check.
 *
 *	planted [PART]
 *
 * Each row is tried in the stores it names: with the fault, which must be
 * reported as catalogued and with its place, and nothing worse beside it than
 * the row allows; and with the control, the same change with a right value,
 * which must bring no warning. What cannot be planted stands in `unplanted`
 * with the reason; a fault that stands nowhere is a failure. The report is TAP.
 */
#include "planted.h"

#include "base/checked.h"
#include "make.h"

#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { JUDGE_ARENA_MAX = 256 << 20, SLOWER_MAX = 20 };

/* Codes of the catalogue that no row can plant. */
static const struct {
	enum code code;
	const char *why;
} unplanted[] = {
	{ CODE_STORE_TREE_TOO_LARGE,
	  "never reported: no page is visited twice and levels are bounded (P73)" },
	{ CODE_STORE_OBJECT_SIZE_WRONG, "never reported: no source says how the size is computed (P87)" },
	{ CODE_STORE_TABLE_ROW_SPARSE,
	  "never reported: columns that a program leaves out cost nothing (P127)" },
	{ CODE_ITEM_RULES_DAMAGED, "of another command: rules are not read by the store check (P128)" },
	{ CODE_ITEM_MESSAGE_LOST, "of another command: said of what a new store could not take" },
	{ CODE_ITEM_MESSAGE_DAMAGED, "of another command: said of what a new store took in part" },
	{ CODE_ITEM_PART_LEFT_OUT, "of another command: said of what a conversion did not carry" },
	{ CODE_ITEM_SENDING_DROPPED, "of another command: said of what a conversion did not carry" },
	{ CODE_STORE_PART_LEFT_OUT, "of another command: said of what a conversion did not carry" },
	{ CODE_STORE_PART_LARGE, "of another command: said of a part of a split store" },
	{ CODE_STORE_PASSWORD_SET, "of another look: planted in tests/stores/test_password.py" },
	{ CODE_ITEM_DELETED_RECOVERABLE, "of another command: the store check reads no free space (P132)" },
};

static const struct planted_part *const parts[] = { &planted_header,  &planted_pages,   &planted_blocks,
						    &planted_objects, &planted_mailbox, &planted_messages,
						    &planted_traps };

static const uint16_t versions[] = { 14, 23, 36 };

static const char *const store_options[STORE_COUNT] = {
	[STORE_SMALL] = ("minimal --messages 12 --folders 2 --depth 2 --recipients 4 --attach-every 3 "
			 "--attach-count 2 "
			 "--embed-every 4 --embed-depth 1 --associated 2 --named 3 --kinds yes --tree-fill 7 "
			 "--body 40..60 --attachments 100..200"),
	[STORE_TREES] = ("minimal --messages 4 --attach-every 2 --attachments 150k..150k --attach-count 2 "
			 "--tree-fill 7 "
			 "--body 4000..5000 --kinds yes"),
	[STORE_VAST] = "minimal --messages 4 --kinds yes --tree-fill 7 --size-min 2050m",
	[STORE_FULL] = "minimal --folders 0 --messages 64000 --attach-every 0 --body 0..0",
	[STORE_NEARLY_FULL] = "minimal --folders 0 --messages 63999 --attach-every 0 --body 0..0",
	[STORE_CYCLIC] = "minimal --messages 12 --attach-every 3 --cipher cyclic --tree-fill 7 --kinds yes",
	[STORE_PLAIN] = "minimal --messages 12 --attach-every 3 --cipher none --tree-fill 7 --kinds yes",
	[STORE_DEEP] = "minimal --embed-every 1 --embed-depth 32",
	[STORE_TOO_DEEP] = "minimal --embed-every 1 --embed-depth 33",
	[STORE_LONG] =
		"minimal --messages 80 --named 700 --recipients 60 --attach-every 1 --attachments 30k..30k",
	[STORE_PACKED] =
		"minimal --messages 12 --attach-every 3 --body 4000..9000 --compress yes --tree-fill 7",
	[STORE_FAR] = "minimal --messages 4 --kinds yes --tree-fill 7 --size-min 36m",
};

static struct made stores[STORE_COUNT][COUNT_OF(versions)];
static unsigned n_tests, n_failed;

struct verdict {
	struct arena *arena;
	struct finding_sink *sink;
	enum status status;
	double seconds;
};

static double now(void)
{
	struct timespec t;

	/* Of this process: other work on the machine does not count. */
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void judge(const struct image *image, bool quick, struct verdict *out, struct check_facts **facts_out)
{
	struct check_options options = { .path = "planted", .quick = quick, .runner = check_runner_serial() };
	double begin = now();

	out->arena = arena_new(JUDGE_ARENA_MAX);
	out->sink = finding_sink_new(out->arena);
	assert(out->sink);
	out->status = check_store(out->arena, image, &options, out->sink, facts_out);
	out->seconds = now() - begin;
}

static void read_options(const char *text, struct plan *plan)
{
	struct str rest = str_of(text), word;
	char name[32], value[32];

	word = str_cut(&rest, ' ');
	snprintf(name, sizeof name, "%.*s", (int)word.len, word.at);
	if (!plan_of_recipe(name, plan))
		abort();
	while ((word = str_cut(&rest, ' ')).at) {
		struct str next = str_cut(&rest, ' ');

		snprintf(name, sizeof name, "%.*s", (int)word.len, word.at);
		snprintf(value, sizeof value, "%.*s", (int)next.len, next.at);
		if (!plan_read_option(name, value, plan))
			abort();
	}
}

static const struct made *made_store(enum planted_store kind, size_t version)
{
	struct made *m = &stores[kind][version];
	char path[32];
	struct verdict v;
	struct plan plan;
	struct plant p;
	struct image image;
	off_t size;

	if (m->size)
		return m;
	m->version = versions[version];
	read_options(store_options[kind], &plan);
	plan.ndb.version = m->version;
	/* Holes cost nothing there, and no disk is waited for. */
	m->file = memfd_create("planted", 0);
	if (m->file < 0)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", m->file);
	make_store(&plan, path, NULL);
	size = lseek(m->file, 0, SEEK_END);
	m->size = (size_t)size;
	plant_start(&p, m, true);
	image = plant_image(&p);
	judge(&image, false, &v, &m->facts);
	plant_end(&p);
	if (v.status != ST_OK || (finding_count(v.sink) && kind != STORE_FULL && kind != STORE_TOO_DEEP)) {
		printf("Bail out! the made store is not sound to begin with: %s\n",
		       finding_count(v.sink) ? finding_at(v.sink, 0)->key : "status");
		exit(1);
	}
	m->arena = v.arena;
	m->seconds = v.seconds;
	return m;
}

static void say(bool ok, const struct planted_row *row, uint16_t version, const char *what)
{
	n_tests++;
	n_failed += !ok;
	printf("%sok %u - %s, %s, version %u, %s\n", ok ? "" : "not ", n_tests,
	       row->code == CODE_COUNT ? "silent" : catalogue_row(row->code)->slug, row->name, version, what);
}

static bool is_companion(const struct planted_row *row, enum code code)
{
	if (code == row->code)
		return true;
	for (size_t i = 0; i < COMPANIONS_MAX && row->with[i]; i++)
		if (row->with[i] == code)
			return true;
	return false;
}

/* Findings of a file as a whole have no place in it. */
static bool needs_no_address(enum code code)
{
	return code == CODE_STORE_FILE_NOT_A_STORE || code == CODE_STORE_CHECK_INCOMPLETE ||
	       code == CODE_STORE_TABLE_ROW_VERSION_WRONG;
}

static bool has_address(const struct finding *f)
{
	bool begins_file = f->code == CODE_STORE_HEADER_MAGIC_WRONG;

	return f->subject.node || f->subject.folder ||
	       (f->subject.has_offset && (f->subject.offset || begins_file));
}

static void show(const struct verdict *v, enum severity least)
{
	for (size_t i = 0; i < finding_count(v->sink); i++) {
		const struct finding *f = finding_at(v->sink, i);

		if (f->severity < least)
			continue;
		printf("#   %s %s", severity_name(f->severity), f->key);
		for (size_t k = 0; k < f->n_evidence; k++)
			printf(" %s=%s", f->evidence[k].name, f->evidence[k].found);
		printf("\n");
	}
}

static bool brings(const struct finding *f, const char *evidence)
{
	if (!evidence)
		return true;
	for (size_t i = 0; i < f->n_evidence; i++)
		if (strcmp(f->evidence[i].name, evidence) == 0)
			return true;
	return false;
}

/* Whether a finding is what the row wants: as catalogued, or lowered where that is said, with its place. */
static bool is_wanted(const struct planted_row *row, const struct finding *f)
{
	enum severity severity = row->is_lowered ? SEVERITY_ADVICE : catalogue_row(row->code)->severity;

	return f->code == row->code && f->severity == severity && brings(f, row->evidence) &&
	       (has_address(f) || needs_no_address(f->code));
}

static const char *fault_of(const struct planted_row *row, const struct verdict *v, const struct made *made)
{
	bool found = false;

	if (v->status != ST_OK)
		return "the check did not end";
	if (v->seconds > SLOWER_MAX * made->seconds + 0.1)
		return "the check took too long";
	for (size_t i = 0; i < finding_count(v->sink); i++) {
		const struct finding *f = finding_at(v->sink, i);

		found = found || is_wanted(row, f);
		if (f->severity >= SEVERITY_WARNING && !is_companion(row, f->code))
			return "something else is reported";
	}
	return found ? NULL : "it is not reported as it must be";
}

static void try_row(const struct planted_row *row, size_t version, bool wrong)
{
	const struct made *made = made_store(row->store, version);
	struct check_facts *facts;
	const char *fault = NULL;
	struct verdict v;
	struct image image;
	struct plant p;

	plant_start(&p, made, wrong);
	row->plant(&p);
	image = plant_image(&p);
	judge(&image, false, &v, &facts);
	if (wrong && row->code != CODE_COUNT)
		fault = fault_of(row, &v, made);
	else if (v.status != ST_OK || !finding_all_healthy(v.sink))
		fault = "something is reported";
	say(!fault, row, made->version, wrong ? "fault" : "control");
	if (fault) {
		printf("# %s\n", fault);
		show(&v, wrong ? SEVERITY_NOTE : SEVERITY_WARNING);
	}
	arena_drop(&v.arena);
	plant_end(&p);
}

/* What is asked of objects, or of their passes, the quick check does not do. */
static bool needs_objects(enum code code)
{
	return code == CODE_STORE_UNIQUE_COUNTER_LOW || code == CODE_STORE_NODE_EMPTY ||
	       code == CODE_STORE_CHECK_INCOMPLETE;
}

static void try_quick(const struct planted_row *row, size_t version)
{
	const struct made *made = made_store(row->store, version);
	struct check_facts *facts;
	struct verdict v;
	struct image image;
	bool found = false;
	struct plant p;

	plant_start(&p, made, true);
	row->plant(&p);
	image = plant_image(&p);
	judge(&image, true, &v, &facts);
	for (size_t i = 0; v.status == ST_OK && i < finding_count(v.sink); i++)
		found = found || is_wanted(row, finding_at(v.sink, i));
	say(found, row, made->version, "quick");
	if (!found)
		show(&v, SEVERITY_NOTE);
	arena_drop(&v.arena);
	plant_end(&p);
}

static void try_in(const struct planted_part *part, const struct planted_row *row, size_t version)
{
	if (!(row->in & 1U << version))
		return;
	try_row(row, version, true);
	try_row(row, version, false);
	if (part->quick && !needs_objects(row->code))
		try_quick(row, version);
}

static void try_part(const struct planted_part *part)
{
	for (size_t i = 0; i < part->n; i++)
		for (size_t v = 0; v < COUNT_OF(versions); v++)
			try_in(part, &part->rows[i], v);
}

static void nothing(struct plant *p)
{
	(void)p;
}

/* Where the made stores themselves differ: as many as the rule speaks of, and one less. */
static const struct planted_row whole_stores[] = {
	FAULT("64,000 messages", FOLDER_TOO_FULL, ANSI, FULL, nothing, "rows"),
	TRAP("63,999 messages", ANSI, NEARLY_FULL, nothing),
	FAULT("33 in one another", EMBEDDED_MESSAGE_DAMAGED, ALL, TOO_DEEP, nothing, "subnode"),
	TRAP("32 in one another", ALL, DEEP, nothing),
	TRAP("values too long for heaps", ALL, LONG, nothing),
};

static bool is_planted_whole(enum code code)
{
	for (size_t i = 0; i < COUNT_OF(whole_stores); i++)
		if (whole_stores[i].code == code)
			return true;
	return false;
}

static void try_whole_stores(void)
{
	for (size_t i = 0; i < COUNT_OF(whole_stores); i++)
		for (size_t v = 0; v < COUNT_OF(versions); v++)
			if (whole_stores[i].in & 1U << v)
				try_row(&whole_stores[i], v, whole_stores[i].code != CODE_COUNT);
}

static bool is_planted(enum code code)
{
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		for (size_t k = 0; k < parts[i]->n; k++)
			if (parts[i]->rows[k].code == code)
				return true;
	return is_planted_whole(code);
}

/* Every code of the store catalogue is planted, or it is said why not. */
static void try_law(void)
{
	static const enum code codes[] = {
#define FINDING(name, slug, severity, certainty, remedy, rows, title, text) CODE_##name,
#include "finding/codes_store.def"
#undef FINDING
	};

	for (size_t i = 0; i < COUNT_OF(codes); i++) {
		const char *why = NULL;

		for (size_t k = 0; k < COUNT_OF(unplanted); k++)
			if (unplanted[k].code == codes[i])
				why = unplanted[k].why;
		n_tests++;
		if (is_planted(codes[i]) == !why) {
			printf("ok %u - %s is %s%s\n", n_tests, catalogue_row(codes[i])->slug,
			       why ? "not planted: " : "planted", why ? why : "");
			continue;
		}
		n_failed++;
		printf("not ok %u - %s is %s\n", n_tests, catalogue_row(codes[i])->slug,
		       why ? "planted and said not to be" : "neither planted nor is it said why not");
	}
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		if (argc < 2 || strcmp(argv[1], parts[i]->name) == 0)
			try_part(parts[i]);
	if (argc < 2) {
		try_whole_stores();
		try_law();
	}
	printf("1..%u\n", n_tests);
	for (size_t i = 0; i < STORE_COUNT; i++)
		for (size_t v = 0; v < COUNT_OF(versions); v++) {
			arena_drop(&stores[i][v].arena);
			if (stores[i][v].size)
				close(stores[i][v].file);
		}
	return n_failed != 0;
}
