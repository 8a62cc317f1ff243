/* This file tests the forms of a user name. */
#include "account/user_name.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void other_forms(void **state)
{
	static const struct {
		const char *name, *user, *address, *other;
		enum user_form form;
	} rows[] = {
		{ "address", "anna@example.org", NULL, "anna", USER_FORM_LOCAL_PART },
		{ "address of another", "anna@example.org", "bob@example.org", "anna", USER_FORM_LOCAL_PART },
		{ "local part", "anna", "anna@example.org", "anna@example.org", USER_FORM_ADDRESS },
		{ "local part in capitals", "Anna", "anna@example.org", "anna@example.org",
		  USER_FORM_ADDRESS },
		{ "domain", "EXAMPLE\\anna", "anna@example.org", "anna", USER_FORM_WITHOUT_DOMAIN },
		{ "domain and address", "EXAMPLE\\anna@example.org", NULL, "anna@example.org",
		  USER_FORM_WITHOUT_DOMAIN },
		{ "no address", "anna", NULL, NULL, USER_FORM_NONE },
		{ "a name of its own", "p12345", "anna@example.org", NULL, USER_FORM_NONE },
		{ "the beginning of another", "ann", "anna@example.org", NULL, USER_FORM_NONE },
		{ "nothing behind the name", "anna", "anna@", NULL, USER_FORM_NONE },
		{ "nothing before the @", "@example.org", NULL, NULL, USER_FORM_NONE },
		{ "nothing behind the domain", "EXAMPLE\\", NULL, NULL, USER_FORM_NONE },
		{ "nothing", "", "anna@example.org", NULL, USER_FORM_NONE },
		{ "nobody", NULL, "anna@example.org", NULL, USER_FORM_NONE },
	};
	struct arena *arena = arena_new(1 << 16);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		enum user_form form;
		const char *other = user_form_other(arena, rows[i].user, rows[i].address, &form);

		if (form != rows[i].form || !other != !rows[i].other ||
		    (other && strcmp(other, rows[i].other) != 0))
			fail_msg("%s: %s, %s", rows[i].name, other ? other : "none", user_form_name(form));
	}
	arena_drop(&arena);
}

static void forms_have_words(void **state)
{
	(void)state;
	assert_string_equal(user_form_name(USER_FORM_LOCAL_PART), "local-part");
	assert_string_equal(user_form_words(USER_FORM_ADDRESS), "the whole address");
	assert_string_equal(user_form_words(USER_FORM_NONE), "no other form");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_forms),
		cmocka_unit_test(forms_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
