/* This file holds the one catalogue of findings as a table. */
#include "finding/catalogue.h"

#include "base/checked.h"
#include "base/names.h"

static const struct catalogue_row rows[] = {
#define FINDING(name, slug, severity, certainty, remedy, rows, title, text) \
	{ CODE_##name, slug, severity, certainty, remedy, rows, title, text },
#include "finding/catalogue.def"
#undef FINDING
};

static const struct name_row severity_names[] = {
	{ SEVERITY_NOTE, "note" },   { SEVERITY_ADVICE, "advice" }, { SEVERITY_WARNING, "warning" },
	{ SEVERITY_FAULT, "fault" }, { SEVERITY_LOSS, "loss" },
};

static const struct name_row certainty_names[] = {
	{ CERTAINTY_SEEN, "seen" },
	{ CERTAINTY_INFERRED, "inferred" },
};

static const struct name_row remedy_names[] = {
	{ REMEDY_NONE, "none" },   { REMEDY_ADVISE, "advise" },   { REMEDY_LOSSLESS, "lossless" },
	{ REMEDY_LOSSY, "lossy" }, { REMEDY_REBUILD, "rebuild" }, { REMEDY_BY_OWNER, "by-owner" },
};

const struct catalogue_row *catalogue_row(enum code code)
{
	return &rows[code];
}

const struct catalogue_row *catalogue_find(struct str slug)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (str_is(slug, rows[i].slug))
			return &rows[i];
	return NULL;
}

const char *severity_name(enum severity severity)
{
	return name_of(severity_names, COUNT_OF(severity_names), (int)severity);
}

const char *certainty_name(enum certainty certainty)
{
	return name_of(certainty_names, COUNT_OF(certainty_names), (int)certainty);
}

const char *remedy_name(enum remedy remedy)
{
	return name_of(remedy_names, COUNT_OF(remedy_names), (int)remedy);
}
