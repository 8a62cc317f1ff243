/* This file lists every finding postmend can make: the one catalogue.
 *
 * A row of a codes_*.def file is
 *
 *	FINDING(NAME, "slug", severity, certainty, remedy, "rows", "title", "remedy text")
 *
 * slug         permanent and never reused: layer-subject-state, a-z 0-9 and
 *              hyphens; the layers are those of docs/HOUSE.md.
 * rows         what it answers, separated by spaces and spelt as there: N01-N102
 *              of the network catalogue, P1-P132 of the store invariants, or an
 *              Outlook code; "" when it answers none. A finding that cannot be
 *              told from another row's lists both.
 * title        one line for people, without values: the values are evidence.
 * remedy text  what to do, used where a rule has nothing more exact to say.
 *
 * The enum, the names, docs/codes/index.tsv and the tests derive from the rows;
 * a retired row stays and says so in its title.
 */
#ifndef POSTMEND_FINDING_CATALOGUE_H
#define POSTMEND_FINDING_CATALOGUE_H

#include "base/str.h"

#include <stdbool.h>

enum severity { SEVERITY_NOTE, SEVERITY_ADVICE, SEVERITY_WARNING, SEVERITY_FAULT, SEVERITY_LOSS };
enum certainty { CERTAINTY_SEEN, CERTAINTY_INFERRED };
enum remedy { REMEDY_NONE, REMEDY_ADVISE, REMEDY_LOSSLESS, REMEDY_LOSSY, REMEDY_REBUILD, REMEDY_BY_OWNER };

enum code {
#define FINDING(name, slug, severity, certainty, remedy, rows, title, text) CODE_##name,
#include "finding/catalogue.def"
#undef FINDING
	CODE_COUNT
};

struct catalogue_row {
	enum code code;
	const char *slug;
	enum severity severity;
	enum certainty certainty;
	enum remedy remedy;
	const char *rows;
	const char *title;
	const char *remedy_text;
};

const struct catalogue_row *catalogue_row(enum code code);

/* The row with this slug, or NULL. */
const struct catalogue_row *catalogue_find(struct str slug);

const char *severity_name(enum severity severity);
const char *certainty_name(enum certainty certainty);
const char *remedy_name(enum remedy remedy);

#endif
