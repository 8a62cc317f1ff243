/* This file tests logins against the server's side of the same library, and
 * against servers that cheat. */
#include "wire/sasl.h"

#include "base/checked.h"

#include <gsasl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct login {
	struct arena *arena;
	struct secret password, token;
	struct sasl_account account;
	struct sasl *sasl;
	const char *why;
};

static void open_login(struct login *l, enum mechanism mechanism, const char *user, const char *secret)
{
	*l = (struct login){ .arena = arena_new(1 << 16) };
	assert_int_equal(secret_init(&l->password, view_of(secret, strlen(secret))), ST_OK);
	assert_int_equal(secret_init(&l->token, view_of(secret, strlen(secret))), ST_OK);
	l->account = (struct sasl_account){ .user = user,
					    .password = &l->password,
					    .token = &l->token,
					    .host = "mail.example.org",
					    .port = 993 };
	assert_int_equal(sasl_new(l->arena, mechanism, &l->account, &l->sasl, &l->why), ST_OK);
}

static void close_login(struct login *l)
{
	sasl_drop(&l->sasl);
	assert_null(l->sasl);
	secret_fini(&l->password);
	secret_fini(&l->token);
	arena_drop(&l->arena);
}

static void expect(struct login *l, const char *challenge, const char *answer)
{
	struct str got;

	assert_int_equal(sasl_answer(l->sasl, str_of(challenge), &got, &l->why), ST_OK);
	if (!str_is(got, answer))
		fail_msg("%.*s instead of %s", (int)got.len, got.at, answer);
}

static void test_plain(void **state)
{
	struct login l;
	struct str answer;

	(void)state;
	open_login(&l, MECHANISM_PLAIN, "tim", "tanstaaftanstaaf");
	expect(&l, "Go ahead", "AHRpbQB0YW5zdGFhZnRhbnN0YWFm"); /* RFC 4616 section 4 */
	assert_true(sasl_is_complete(l.sasl));
	assert_int_equal(sasl_answer(l.sasl, STR(""), &answer, &l.why), ST_USAGE);
	assert_non_null(l.why);
	close_login(&l);
}

static void test_login(void **state)
{
	struct login l;

	(void)state;
	open_login(&l, MECHANISM_LOGIN, "kim", "secret");
	expect(&l, "VXNlcm5hbWU6", "a2lt");
	expect(&l, "not base64", "c2VjcmV0");
	assert_true(sasl_is_complete(l.sasl));
	close_login(&l);
}

static void test_cram_md5(void **state)
{
	struct login l;

	(void)state;
	open_login(&l, MECHANISM_CRAM_MD5, "tim", "tanstaaftanstaaf"); /* RFC 2195 section 2 */
	expect(&l, "PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+",
	       "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw");
	close_login(&l);
}

static void test_oauth(void **state)
{
	struct login l;

	(void)state;
	open_login(&l, MECHANISM_XOAUTH2, "k@example.org", "tok");
	expect(&l, "", "dXNlcj1rQGV4YW1wbGUub3JnAWF1dGg9QmVhcmVyIHRvawEB");
	assert_true(sasl_is_complete(l.sasl));
	expect(&l, "eyJzdGF0dXMiOiI0MDEifQ==", "");
	assert_true(str_is(sasl_oauth_error(l.sasl), "{\"status\":\"401\"}"));
	assert_false(sasl_is_complete(l.sasl));
	close_login(&l);
	open_login(&l, MECHANISM_OAUTHBEARER, "a,b=c", "tok");
	/* n,a=a=2Cb=3Dc,^Ahost=mail.example.org^Aport=993^Aauth=Bearer tok^A^A */
	expect(&l, "",
	       "bixhPWE9MkNiPTNEYywBaG9zdD1tYWlsLmV4YW1wbGUub3JnAXBvcnQ9OTkzAWF1dGg9QmVhcmVyIHRvawEB");
	expect(&l, "eyJzdGF0dXMiOiI0MDEifQ==", "AQ==");
	close_login(&l);
}

/* Plays SCRAM with a server that knows `server_password`; its last message is
 * spoilt when `forge`. */
static enum status play_scram(enum mechanism mechanism, const char *server_password, bool forge,
			      bool *complete)
{
	struct login l;
	Gsasl *library;
	Gsasl_session *server;
	struct str answer = STR("");
	enum status status = ST_OK;
	char *out = NULL, client[2048] = "", challenge[2048] = "";
	int result = GSASL_NEEDS_MORE;

	open_login(&l, mechanism, "kim", "correct horse");
	assert_int_equal(gsasl_init(&library), GSASL_OK);
	assert_int_equal(gsasl_server_start(library, mechanism_name(mechanism), &server), GSASL_OK);
	assert_int_equal(gsasl_property_set(server, GSASL_PASSWORD, server_password), GSASL_OK);
	assert_int_equal(gsasl_property_set(server, GSASL_SCRAM_ITER, "4096"), GSASL_OK);
	assert_int_equal(gsasl_property_set(server, GSASL_SCRAM_SALT, "QSXCR+Q6sek8bf92"), GSASL_OK);
	while (status == ST_OK && result == GSASL_NEEDS_MORE) {
		status = sasl_answer(l.sasl, str_of(challenge), &answer, &l.why);
		snprintf(client, sizeof client, "%.*s", (int)answer.len, answer.at);
		result = gsasl_step64(server, client, &out);
		snprintf(challenge, sizeof challenge, "%s", out ? out : "");
		gsasl_free(out);
		out = NULL;
	}
	if (forge) /* dj0 is the start of "v=": another signature of the same form */
		snprintf(challenge, sizeof challenge, "dj1BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE9");
	*complete = sasl_is_complete(l.sasl);
	assert_false(*complete);
	if (status == ST_OK && result == GSASL_OK)
		status = sasl_answer(l.sasl, str_of(challenge), &answer, &l.why);
	*complete = sasl_is_complete(l.sasl);
	gsasl_finish(server);
	gsasl_done(library);
	close_login(&l);
	return status;
}

static void test_scram(void **state)
{
	static const enum mechanism both[] = { MECHANISM_SCRAM_SHA_1, MECHANISM_SCRAM_SHA_256 };
	bool complete;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(both); i++) {
		assert_int_equal(play_scram(both[i], "correct horse", false, &complete), ST_OK);
		assert_true(complete);
		assert_int_equal(play_scram(both[i], "correct horse", true, &complete), ST_USAGE);
		assert_false(complete);
		assert_int_equal(play_scram(both[i], "other horse", false, &complete), ST_OK);
		assert_false(complete); /* such a server says no, and if it said yes: */
	}
}

static const struct {
	const char *name, *challenge;
} cheats[] = {
	{ "no base64", "hello" },
	{ "iterations without end", "cj1hLHM9UVNYQ1IrUTZzZWs4YmY5MixpPTQyOTQ5NjcyOTU=" },
	{ "iterations that are none", "cj1hLHM9UVNYQ1IrUTZzZWs4YmY5MixpPS0x" },
	{ "another nonce", "cj1hLHM9UVNYQ1IrUTZzZWs4YmY5MixpPTQwOTY=" },
	{ "nothing", "" },
};

static void test_scram_cheats(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cheats); i++) {
		struct login l;
		struct str answer;

		open_login(&l, MECHANISM_SCRAM_SHA_256, "kim", "correct horse");
		assert_int_equal(sasl_answer(l.sasl, STR(""), &answer, &l.why), ST_OK);
		if (sasl_answer(l.sasl, str_of(cheats[i].challenge), &answer, &l.why) != ST_USAGE)
			fail_msg("%s was answered", cheats[i].name);
		assert_non_null(l.why);
		close_login(&l);
	}
}

static const struct {
	const char *name;
	enum mechanism mechanism;
	const char *user;
	struct str secret;
} unusable[] = {
	{ "no user", MECHANISM_PLAIN, "", STR("x") },
	{ "line break in the user", MECHANISM_XOAUTH2, "a\r\nb", STR("x") },
	{ "separator in the token", MECHANISM_XOAUTH2, "a", STR("x\1y") },
	{ "NUL in the password", MECHANISM_PLAIN, "a", STR("x\0y") },
	{ "not spoken", MECHANISM_NTLM, "a", STR("x") },
	{ "no SASL mechanism", MECHANISM_LOGIN_COMMAND, "a", STR("x") },
};

static void test_unusable(void **state)
{
	struct arena *arena = arena_new(4096);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(unusable); i++) {
		struct secret secret;
		struct sasl_account account = { .user = unusable[i].user,
						.password = &secret,
						.token = &secret };
		struct sasl *sasl;
		const char *why = NULL;

		assert_int_equal(secret_init(&secret, str_view(unusable[i].secret)), ST_OK);
		if (sasl_new(arena, unusable[i].mechanism, &account, &sasl, &why) != ST_USAGE || !why || sasl)
			fail_msg("%s", unusable[i].name);
		secret_fini(&secret);
	}
	arena_drop(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),    cmocka_unit_test(test_login),
		cmocka_unit_test(test_cram_md5), cmocka_unit_test(test_oauth),
		cmocka_unit_test(test_scram),    cmocka_unit_test(test_scram_cheats),
		cmocka_unit_test(test_unusable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
