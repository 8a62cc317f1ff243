/* This file answers the challenges of a SASL login (RFC 4422) as a client. */
#include "wire/sasl.h"

#include "base/buf.h"
#include "base/checked.h"
#include "base/wipe.h"
#include "wire/base64.h"

#include <gsasl.h>
#include <stdlib.h>

struct sasl {
	struct arena *arena;
	enum mechanism mechanism;
	const struct sasl_account *account;
	Gsasl *library;         /* NULL for the OAuth mechanisms */
	Gsasl_session *session; /* as above */
	struct view built;      /* in the arena, to be wiped */
	struct str oauth_error;
	unsigned rounds;
	bool complete;
};

enum {
	LIBRARY_MECHANISMS = MECHANISM_PLAIN | MECHANISM_LOGIN | MECHANISM_CRAM_MD5 | MECHANISM_SCRAM_SHA_1 |
			     MECHANISM_SCRAM_SHA_256,
	OAUTH_MECHANISMS = MECHANISM_XOAUTH2 | MECHANISM_OAUTHBEARER,
	SCRAM_MECHANISMS = MECHANISM_SCRAM_SHA_1 | MECHANISM_SCRAM_SHA_256
};

static bool has_control(struct view bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		if (bytes.at[i] < ' ' || bytes.at[i] == 0x7f)
			return true;
	return false;
}

/* RFC 7628 uses 0x01 as separator and PLAIN NUL: neither may stand in a part. */
static const char *check_account(enum mechanism mechanism, const struct sasl_account *account)
{
	bool is_oauth = mechanism & OAUTH_MECHANISMS;
	const struct secret *secret = is_oauth ? account->token : account->password;

	if (!(mechanism & (LIBRARY_MECHANISMS | OAUTH_MECHANISMS)))
		return "postmend does not speak this mechanism";
	if (!account->user || !*account->user)
		return "no user name was given";
	if (has_control(str_view(str_of(account->user))))
		return "the user name has control characters";
	if (!secret || !secret->present)
		return is_oauth ? "no OAuth token was given" : "no password was given";
	if (is_oauth && has_control(secret_bytes(secret)))
		return "the OAuth token has control characters";
	if (str_find_char(str_from_view(secret_bytes(secret)), '\0') != SIZE_MAX)
		return "the password has a NUL character";
	return NULL;
}

static enum status start_library(struct sasl *sasl)
{
	const struct sasl_account *account = sasl->account;
	struct view password = secret_bytes(account->password);

	if (gsasl_init(&sasl->library) != GSASL_OK) {
		sasl->library = NULL;
		return ST_NOMEM;
	}
	if (gsasl_client_start(sasl->library, mechanism_name(sasl->mechanism), &sasl->session) != GSASL_OK) {
		sasl->session = NULL;
		return ST_NOMEM;
	}
	if (gsasl_property_set(sasl->session, GSASL_AUTHID, account->user) != GSASL_OK ||
	    gsasl_property_set_raw(sasl->session, GSASL_PASSWORD, (const char *)password.at, password.len) !=
		    GSASL_OK)
		return ST_NOMEM;
	return ST_OK;
}

enum status sasl_new(struct arena *arena, enum mechanism mechanism, const struct sasl_account *account,
		     struct sasl **out, const char **why_out)
{
	struct sasl *sasl;
	enum status status;

	*out = NULL;
	*why_out = check_account(mechanism, account);
	if (*why_out)
		return ST_USAGE;
	sasl = arena_alloc(arena, sizeof *sasl);
	if (!sasl)
		return ST_NOMEM;
	*sasl = (struct sasl){ .arena = arena, .mechanism = mechanism, .account = account };
	status = mechanism & LIBRARY_MECHANISMS ? start_library(sasl) : ST_OK;
	if (status != ST_OK)
		sasl_drop(&sasl);
	*out = sasl;
	return status;
}

/* The library frees these without wiping them; they are its own writable memory. */
static void wipe_session(Gsasl_session *session)
{
	static const Gsasl_property kept[] = { GSASL_PASSWORD, GSASL_SCRAM_SALTED_PASSWORD,
					       GSASL_SCRAM_SERVERKEY, GSASL_SCRAM_STOREDKEY };

	for (size_t i = 0; i < COUNT_OF(kept); i++) {
		const char *text = gsasl_property_fast(session, kept[i]);

		if (text)
			wipe((void *)(uintptr_t)text, str_of(text).len);
	}
}

static void wipe_built(struct sasl *sasl)
{
	if (sasl->built.len)
		wipe((void *)(uintptr_t)sasl->built.at, sasl->built.len);
	sasl->built = view_of(NULL, 0);
}

void sasl_drop(struct sasl **sasl)
{
	struct sasl *s = *sasl;

	if (!s)
		return;
	wipe_built(s);
	if (s->session) {
		wipe_session(s->session);
		gsasl_finish(s->session);
	}
	if (s->library)
		gsasl_done(s->library);
	*s = (struct sasl){ 0 };
	*sasl = NULL;
}

/* Writes the answer as base64 that will be wiped. */
static enum status give(struct sasl *sasl, struct view bytes, struct str *answer_out)
{
	*answer_out = base64_write(sasl->arena, bytes);
	sasl->built = str_view(*answer_out);
	return arena_failed(sasl->arena) ? ST_NOMEM : ST_OK;
}

/* The iteration count of a SCRAM server-first-message (RFC 5802 section 7), 0
 * when there is none. */
static uint64_t scram_iterations(struct str message)
{
	uint64_t n;

	while (message.at && message.len) {
		struct str part = str_cut(&message, ',');

		if (str_starts(part, STR("i=")))
			return str_to_u64(str_skip(part, 2), UINT64_MAX, &n) ? n : UINT64_MAX;
	}
	return 0;
}

/* What PLAIN and LOGIN are asked is mere decoration, and not always base64. */
static enum status decode(struct sasl *sasl, struct str challenge, struct view *bytes_out,
			  const char **why_out)
{
	*bytes_out = view_of(NULL, 0);
	if (sasl->mechanism & (MECHANISM_PLAIN | MECHANISM_LOGIN))
		return ST_OK;
	if (!base64_read(sasl->arena, str_trim(challenge), bytes_out)) {
		*why_out = "the server's challenge is not base64";
		return arena_failed(sasl->arena) ? ST_NOMEM : ST_USAGE;
	}
	if (sasl->mechanism & SCRAM_MECHANISMS &&
	    scram_iterations(str_from_view(*bytes_out)) > SASL_ITERATIONS_MAX) {
		*why_out = "the server's SCRAM iteration count is beyond reason";
		return ST_USAGE;
	}
	return ST_OK;
}

static const char *why_not(const struct sasl *sasl, int result)
{
	if (sasl->mechanism & SCRAM_MECHANISMS && sasl->rounds > 2)
		return "the server's SCRAM signature is wrong: it does not know the password";
	if (result == GSASL_SASLPREP_ERROR)
		return "the user name or password cannot be prepared for this mechanism";
	return "the server's challenge does not fit the mechanism";
}

static enum status answer_library(struct sasl *sasl, struct view challenge, struct str *answer_out,
				  const char **why_out)
{
	char *text = NULL;
	size_t len = 0;
	enum status status;
	int result;

	if (sasl->complete) {
		*why_out = "the server asks for more than the mechanism has";
		return ST_USAGE;
	}
	result = gsasl_step(sasl->session, (const char *)challenge.at, challenge.len, &text, &len);
	if (result != GSASL_OK && result != GSASL_NEEDS_MORE) {
		*why_out = why_not(sasl, result);
		return result == GSASL_MALLOC_ERROR ? ST_NOMEM : ST_USAGE;
	}
	sasl->complete = result == GSASL_OK;
	status = give(sasl, view_of(text, len), answer_out);
	if (text) {
		wipe(text, len);
		free(text);
	}
	return status;
}

/* saslname: "," and "=" would end the field (RFC 5801 section 4). */
static void add_saslname(struct buf *to, const char *user)
{
	for (; *user; user++) {
		if (*user == ',')
			buf_add_text(to, "=2C");
		else if (*user == '=')
			buf_add_text(to, "=3D");
		else
			buf_add_byte(to, (uint8_t)*user);
	}
}

/* XOAUTH2 as Google and Microsoft document it; OAUTHBEARER by RFC 7628 section 3.1. */
static enum status answer_oauth(struct sasl *sasl, struct str *answer_out)
{
	const struct sasl_account *account = sasl->account;
	enum status status = ST_NOMEM;
	struct buf text;

	buf_init(&text, 2 * SECRET_LEN_MAX);
	if (sasl->mechanism == MECHANISM_XOAUTH2) {
		buf_printf(&text, "user=%s", account->user);
	} else {
		buf_add_text(&text, "n,a=");
		add_saslname(&text, account->user);
		buf_printf(&text, ",\1host=%s\1port=%u", account->host, account->port);
	}
	buf_add_text(&text, "\1auth=Bearer ");
	buf_add(&text, secret_bytes(account->token));
	buf_add_text(&text, "\1\1");
	sasl->complete = true;
	if (!buf_failed(&text))
		status = give(sasl, buf_view(&text), answer_out);
	buf_wipe_fini(&text);
	return status;
}

/* The challenge behind the token is its refusal: the client says that it has
 * read it, and then comes the final no. RFC 7628 section 3.2.3. */
static enum status answer_oauth_error(struct sasl *sasl, struct view error, struct str *answer_out)
{
	sasl->oauth_error = str_from_view(error);
	sasl->complete = false;
	if (sasl->mechanism == MECHANISM_OAUTHBEARER)
		return give(sasl, view_of("\1", 1), answer_out);
	return ST_OK;
}

enum status sasl_answer(struct sasl *sasl, struct str challenge, struct str *answer_out, const char **why_out)
{
	struct view bytes;
	enum status status;

	wipe_built(sasl);
	*answer_out = (struct str){ .at = "", .len = 0 };
	if (++sasl->rounds > SASL_ROUNDS_MAX) {
		*why_out = "the server asks without end";
		return ST_USAGE;
	}
	if (sasl->mechanism & OAUTH_MECHANISMS && sasl->rounds == 1)
		return answer_oauth(sasl, answer_out);
	status = decode(sasl, challenge, &bytes, why_out);
	if (status != ST_OK)
		return status;
	if (sasl->mechanism & OAUTH_MECHANISMS)
		return answer_oauth_error(sasl, bytes, answer_out);
	return answer_library(sasl, bytes, answer_out, why_out);
}

bool sasl_is_complete(const struct sasl *sasl)
{
	return sasl->complete;
}

struct str sasl_oauth_error(const struct sasl *sasl)
{
	return sasl->oauth_error;
}
