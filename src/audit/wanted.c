/* This file says what would be right at the place where a finding's value stands. */
#include "audit/wanted.h"

#include "base/checked.h"
#include "base/names.h"

static const struct name_row names[] = {
	{ WANTED_HOST, "host" },         { WANTED_USER, "user" },   { WANTED_PORT, "port" },
	{ WANTED_SECURITY, "security" }, { WANTED_LOGIN, "login" }, { WANTED_TIMEOUT, "timeout" },
	{ WANTED_LEAVE_DAYS, "days" },   { WANTED_VALUE, "value" }, { WANTED_GONE, "gone" },
	{ WANTED_RENAMED, "renamed" },
};

const char *wanted_name(enum wanted_what what)
{
	return name_of(names, COUNT_OF(names), (int)what);
}

bool wanted_init(struct wanted_list *list, struct arena *arena)
{
	*list = (struct wanted_list){ .at = arena_array(arena, WANTED_MAX, sizeof *list->at) };
	return list->at != NULL;
}

void wanted_add(struct wanted_list *list, const struct wanted *one)
{
	if (!list || list->n == WANTED_MAX)
		return;
	list->at[list->n] = *one;
	list->at[list->n++].finding_key = one->finding->key;
}
