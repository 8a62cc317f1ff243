/* This file reads descriptions of stores: recipes and options. */
#include "plan.h"

#include "base/checked.h"
#include "base/names.h"
#include "memory.h"

#include <string.h>

/* Text that a recipe is made of: the same options as on the command line. */
static const struct {
	const char *name, *purpose, *options;
} recipes[] = {
	{ "minimal", "one message, one attachment, one hidden message: for sweeps",
	  "--messages 1 --folders 0 --recipients 1 --attach-every 1 --attachments 100..100 --body 40..60 "
	  "--associated 1" },
	{ "small", "a mailbox of an afternoon",
	  "--messages 60 --folders 5 --depth 2 --recipients 4 --attach-every 5 --attachments 100..20k "
	  "--body 100..3k --associated 2 --kinds yes" },
	{ "rich", "every kind of object and every structure that fits a small store",
	  "--messages 700 --folders 7 --depth 3 --recipients 60 --attach-every 9 --attach-count 3 "
	  "--attachments 1..200k --body 0..20k --embed-every 20 --embed-depth 3 --associated 40 --named 700 "
	  "--kinds yes" },
	{ "deep", "trees of many levels, folders in folders, messages in messages",
	  "--messages 3000 --folders 14 --depth 14 --recipients 3 --attach-every 100 --attachments 10..9k "
	  "--body 10..400 --embed-every 300 --embed-depth 8 --tree-fill 4 --kinds yes" },
	{ "large", "one attachment over an XXBLOCK, one message with a SIBLOCK, one folder with a long table",
	  "--messages 2500 --folders 1 --recipients 2 --attach-every 2500 --attach-count 700 "
	  "--attachments 9m..9m --body 10..200" },
	{ "far", "most of it behind 2 GiB, with holes between: FMap and FPMap territory",
	  "--messages 200 --folders 4 --recipients 2 --attach-every 10 --attachments 1k..100k --body 10..2k "
	  "--size-min 2200m --kinds yes" },
	{ "big", "2 GiB in 200,000 messages",
	  "--messages 200000 --folders 20 --depth 3 --recipients 3 --attach-every 1100 --attachments 1k..20m "
	  "--body 200..5k --kinds yes" },
};

static bool read_size(const char *text, uint64_t *out)
{
	static const struct {
		char letter;
		unsigned shift;
	} units[] = { { 'k', 10 }, { 'm', 20 }, { 'g', 30 } };
	struct str s = str_of(text);
	unsigned shift = 0;

	for (size_t i = 0; s.len && i < COUNT_OF(units); i++)
		if (s.at[s.len - 1] == units[i].letter)
			shift = units[i].shift;
	if (!str_to_u64(str_head(s, shift ? s.len - 1 : s.len), UINT64_C(1) << 32, out))
		return false;
	*out <<= shift;
	return true;
}

static bool read_range(const char *text, struct range *out)
{
	const char *dots = strstr(text, "..");
	char from[24];

	if (!dots || (size_t)(dots - text) >= sizeof from)
		return false;
	snprintf(from, sizeof from, "%.*s", (int)(dots - text), text);
	return read_size(from, &out->from) && read_size(dots + 2, &out->to) && out->from <= out->to;
}

static const struct name_row ciphers[] = { { CRYPT_NONE, "none" },
					   { CRYPT_PERMUTE, "permute" },
					   { CRYPT_CYCLIC, "cyclic" } };
static const struct name_row clients[] = { { HEADER_CLIENT_PST, "pst" }, { HEADER_CLIENT_OST, "ost" } };
static const struct name_row truths[] = { { 0, "no" }, { 1, "yes" } };

enum option_kind { OPTION_NUMBER, OPTION_RANGE, OPTION_SPECIAL };

/* Options whose value lies in struct plan as it is. */
static const struct {
	const char *name, *help;
	enum option_kind kind;
	size_t at;
} options[] = {
	{ "--version", "14, 15, 20 to 23 or 36", OPTION_SPECIAL, 0 },
	{ "--client", "pst or ost", OPTION_SPECIAL, 0 },
	{ "--cipher", "none, permute or cyclic", OPTION_SPECIAL, 0 },
	{ "--compress", "yes: blocks of version 36 that shrink are stored packed", OPTION_SPECIAL, 0 },
	{ "--kinds", "yes: contacts, appointments, receipts, rules, a search folder", OPTION_SPECIAL, 0 },
	{ "--troubles", "yes: stuck mail, hidden receipts, doubles, rules that do not run", OPTION_SPECIAL,
	  0 },
	{ "--seed", "a number: other contents in the same form", OPTION_NUMBER, offsetof(struct plan, seed) },
	{ "--folders", "folders of the user", OPTION_NUMBER, offsetof(struct plan, folders) },
	{ "--depth", "how deep they nest", OPTION_NUMBER, offsetof(struct plan, folder_depth) },
	{ "--messages", "messages in all folders", OPTION_NUMBER, offsetof(struct plan, messages) },
	{ "--associated", "hidden messages in the first folder", OPTION_NUMBER,
	  offsetof(struct plan, associated) },
	{ "--recipients", "at most, for each message", OPTION_NUMBER, offsetof(struct plan, recipients) },
	{ "--attach-every", "every n-th message has attachments", OPTION_NUMBER,
	  offsetof(struct plan, attach_every) },
	{ "--attach-count", "so many each; the first has the size, others up to 100 bytes", OPTION_NUMBER,
	  offsetof(struct plan, attach_count) },
	{ "--attachments", "FROM..TO bytes, small ones being more frequent", OPTION_RANGE,
	  offsetof(struct plan, attachments) },
	{ "--body", "FROM..TO characters", OPTION_RANGE, offsetof(struct plan, body) },
	{ "--embed-every", "every n-th message holds another", OPTION_NUMBER,
	  offsetof(struct plan, embed_every) },
	{ "--embed-depth", "which holds another, so deep", OPTION_NUMBER,
	  offsetof(struct plan, embed_depth) },
	{ "--named", "named properties that one message has", OPTION_NUMBER, offsetof(struct plan, named) },
	{ "--tree-fill", "most entries in a page of the B-trees", OPTION_SPECIAL, 0 },
	{ "--section-fill", "most bytes used of each section", OPTION_NUMBER,
	  offsetof(struct plan, ndb.shape.section_fill) },
	{ "--size-min", "what is behind the messages lies behind this offset", OPTION_NUMBER,
	  offsetof(struct plan, ndb.shape.size_min) },
};

static bool read_word(const struct name_row *table, size_t n, const char *text, int *out)
{
	return name_find(table, n, str_of(text), out);
}

static bool read_special(const char *name, const char *text, struct plan *plan)
{
	int word = 0;
	uint64_t number = 0;
	bool good;

	if (strcmp(name, "--version") == 0) {
		good = str_to_u64(str_of(text), 36, &number) && variant_of_version((uint16_t)number);
		plan->ndb.version = (uint16_t)number;
	} else if (strcmp(name, "--tree-fill") == 0) {
		good = str_to_u64(str_of(text), 255, &number) && number != 1;
		plan->ndb.shape.tree_fill = (unsigned)number;
	} else if (strcmp(name, "--client") == 0) {
		good = read_word(clients, COUNT_OF(clients), text, &word);
		plan->ndb.client = (uint16_t)word;
	} else if (strcmp(name, "--cipher") == 0) {
		good = read_word(ciphers, COUNT_OF(ciphers), text, &word);
		plan->ndb.cipher = (enum crypt_method)word;
	} else {
		good = read_word(truths, COUNT_OF(truths), text, &word);
		*(strcmp(name, "--kinds") == 0      ? &plan->kinds
		  : strcmp(name, "--troubles") == 0 ? &plan->troubles
						    : &plan->compress) = word != 0;
	}
	return good;
}

static bool read_option(const char *name, const char *text, struct plan *plan)
{
	for (size_t i = 0; i < COUNT_OF(options); i++) {
		void *at = (char *)plan + options[i].at;

		if (strcmp(options[i].name, name) != 0)
			continue;
		if (options[i].kind == OPTION_NUMBER)
			return read_size(text, at);
		if (options[i].kind == OPTION_RANGE)
			return read_range(text, at);
		return read_special(name, text, plan);
	}
	return false;
}

bool plan_read_option(const char *name, const char *text, struct plan *plan)
{
	if (read_option(name, text, plan))
		return true;
	fprintf(stderr, "store-maker: %s %s means nothing\n", name, text);
	return false;
}

bool plan_of_recipe(const char *name, struct plan *out)
{
	struct str rest, word, value;
	const char *text = NULL;

	*out = (struct plan){ .ndb = { .version = 23, .client = HEADER_CLIENT_PST, .cipher = CRYPT_PERMUTE },
			      .seed = 1,
			      .folders = 1,
			      .folder_depth = 1,
			      .attach_count = 1,
			      .attachments = { 1000, 10000 },
			      .body = { 100, 1000 },
			      .recipients = 1 };
	for (size_t i = 0; i < COUNT_OF(recipes); i++)
		if (strcmp(recipes[i].name, name) == 0)
			text = recipes[i].options;
	if (!text)
		return false;
	rest = str_of(text);
	while ((word = str_cut(&rest, ' ')).at) {
		char name_text[32], value_text[32];

		value = str_cut(&rest, ' ');
		snprintf(name_text, sizeof name_text, "%.*s", (int)word.len, word.at);
		snprintf(value_text, sizeof value_text, "%.*s", (int)value.len, value.at);
		if (!read_option(name_text, value_text, out))
			return false;
	}
	return true;
}

void plan_print_recipes(FILE *to)
{
	for (size_t i = 0; i < COUNT_OF(recipes); i++)
		fprintf(to, "  %-16s %s\n", recipes[i].name, recipes[i].purpose);
}

void plan_print_options(FILE *to)
{
	for (size_t i = 0; i < COUNT_OF(options); i++)
		fprintf(to, "  %-16s %s\n", options[i].name, options[i].help);
}
