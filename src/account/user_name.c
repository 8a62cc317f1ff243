/* This file knows the forms that one user name can have. */
#include "account/user_name.h"

#include "base/checked.h"
#include "base/names.h"

static const struct name_row names[] = {
	{ USER_FORM_NONE, "none" },
	{ USER_FORM_ADDRESS, "address" },
	{ USER_FORM_LOCAL_PART, "local-part" },
	{ USER_FORM_WITHOUT_DOMAIN, "without-domain" },
};

static const struct name_row words[] = {
	{ USER_FORM_NONE, "no other form" },
	{ USER_FORM_ADDRESS, "the whole address" },
	{ USER_FORM_LOCAL_PART, "the part before the @" },
	{ USER_FORM_WITHOUT_DOMAIN, "the name without the domain in front of it" },
};

const char *user_form_name(enum user_form form)
{
	return name_of(names, COUNT_OF(names), (int)form);
}

const char *user_form_words(enum user_form form)
{
	return name_of(words, COUNT_OF(words), (int)form);
}

const char *user_form_other(struct arena *arena, const char *user, const char *address,
			    enum user_form *form_out)
{
	struct str name = str_of(user ? user : ""), whole = str_of(address ? address : "");
	size_t slash = str_find_char(name, '\\'), at = str_find_char(name, '@');
	struct str other = STR("");

	*form_out = USER_FORM_NONE;
	if (slash != SIZE_MAX) {
		other = str_skip(name, slash + 1);
		*form_out = USER_FORM_WITHOUT_DOMAIN;
	} else if (at != SIZE_MAX) {
		other = str_head(name, at);
		*form_out = USER_FORM_LOCAL_PART;
	} else if (name.len && whole.len > name.len + 1 && whole.at[name.len] == '@' &&
		   str_starts_nocase(whole, name)) {
		other = whole;
		*form_out = USER_FORM_ADDRESS;
	}
	if (other.len)
		return arena_text(arena, other);
	*form_out = USER_FORM_NONE;
	return NULL;
}
