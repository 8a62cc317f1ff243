/* This file plays any bytes as a server against a machine, and watches that the
 * machine ends, keeps its bounds and gives no secret away. */
#include "probe/machine_fuzz.h"

#include "base/checked.h"
#include "base/str.h"

#include <stdlib.h>

enum { ARENA_CAP = 4 << 20, ROUNDS_MAX = 1 << 20 };

/* Bits of the first byte; its two lowest are the security. */
enum { WITH_LOGIN = 4, WITH_TOKEN = 8, WITH_PLAIN = 16, WITH_SENDER = 32, WITH_GUARD = 64, WITH_EARLY = 128 };

struct player {
	struct probe *probe;
	const struct endpoint_facts *facts;
	moment now, until;
	bool done, tls_wanted, may_tell;
};

static const char password[] = "correct horse";
static const char password_base64[] = "Y29ycmVjdCBob3JzZ";

static bool says_no(void *context, const struct endpoint *endpoint)
{
	(void)context;
	(void)endpoint;
	return false;
}

static void check_sent(const struct player *player, const struct probe_action *action)
{
	struct str sent = str_from_view(action->bytes);

	if (sent.len < 2 || !str_ends_nocase(sent, STR("\r\n")))
		abort();
	if (action->has_secret ? !player->may_tell || player->facts->login_tries == 0
			       : str_find(sent, str_of(password)) != SIZE_MAX ||
					 str_find(sent, str_of(password_base64)) != SIZE_MAX)
		abort();
}

static void pump(struct player *player)
{
	for (unsigned i = 0; i < ROUNDS_MAX; i++) {
		struct probe_action action;

		probe_next(player->probe, &action);
		if (action.kind == PROBE_SEND) {
			check_sent(player, &action);
		} else if (action.kind == PROBE_START_TLS) {
			player->tls_wanted = true;
		} else {
			player->done = action.kind == PROBE_DONE;
			player->until = action.until;
			return;
		}
	}
	abort();
}

static void tell(struct player *player, const struct probe_event *event)
{
	probe_on_event(player->probe, event);
	pump(player);
}

static const struct tls_facts handshakes[] = {
	{ .end = TLS_END_UP, .version = 0x0304, .verify = TLS_VERIFY_OK, .name_matches = true },
	{ .end = TLS_END_UP, .version = 0x0304, .verify = TLS_VERIFY_EXPIRED, .name_matches = true },
	{ .end = TLS_END_UP, .version = 0x0304, .verify = TLS_VERIFY_OK },
	{ .end = TLS_END_UP, .version = 0x0301, .verify = TLS_VERIFY_OK, .name_matches = true },
	{ .end = TLS_END_NOT_TLS },
	{ .end = TLS_END_ALERT, .alert = 40 },
	{ .end = TLS_END_TIMEOUT },
};

static void play_event(struct player *player, uint8_t code)
{
	static const enum probe_event_kind kinds[] = { PROBE_TIMEOUT, PROBE_CLOSED, PROBE_RESET };
	struct probe_event event = { .kind = kinds[code % COUNT_OF(kinds)] };

	if (event.kind == PROBE_TIMEOUT && player->until > player->now && player->until != MOMENT_NEVER)
		player->now = player->until;
	if (player->tls_wanted) {
		event.tls = &handshakes[code % COUNT_OF(handshakes)];
		event.kind = event.tls->end == TLS_END_UP ? PROBE_TLS_UP : PROBE_TLS_FAILED;
		player->tls_wanted = false;
		player->may_tell = code % COUNT_OF(handshakes) == 0;
	}
	event.at = player->now;
	tell(player, &event);
}

static void play_bytes(struct player *player, struct view bytes, size_t piece)
{
	while (bytes.len && !player->done) {
		size_t n = bytes.len < piece ? bytes.len : piece;

		player->now += 10;
		tell(player, &(struct probe_event){
				     .kind = PROBE_BYTES, .at = player->now, .bytes = view_of(bytes.at, n) });
		bytes = view_of(bytes.at + n, bytes.len - n);
	}
}

static void play(struct player *player, struct view input, size_t piece)
{
	struct str rest = str_from_view(input);

	tell(player, &(struct probe_event){ .kind = PROBE_CONNECTED, .at = player->now });
	while (rest.len && !player->done) {
		size_t at = str_find_char(rest, '\xff');

		play_bytes(player, str_view(str_head(rest, at)), piece);
		rest = str_skip(rest, at == SIZE_MAX ? rest.len : at + 1);
		if (rest.len && !player->done)
			play_event(player, (uint8_t)rest.at[0]);
		rest = str_skip(rest, 1);
	}
	for (unsigned i = 0; i < 64 && !player->done; i++)
		play_event(player, 0);
	if (!player->done)
		abort();
}

static void check_facts(const struct endpoint_facts *facts)
{
	if (facts->n_exchanges > EXCHANGES_MAX || facts->n_steps > STEPS_MAX ||
	    facts->n_capabilities > CAPABILITIES_MAX || facts->n_capabilities_tls > CAPABILITIES_MAX ||
	    facts->first_bytes.len > FIRST_BYTES_MAX || facts->login_tries > 2)
		abort();
	for (size_t i = 0; i < facts->n_steps; i++)
		if (!facts->steps[i].ok && facts->steps[i].error != STEP_ERROR_NONE &&
		    !facts->steps[i].error_text)
			abort();
}

void machine_fuzz(enum protocol protocol, struct view input)
{
	uint8_t bits = input.len > 0 ? input.at[0] : 0, piece = input.len > 1 ? input.at[1] : 0;
	struct secret secret, token;
	struct arena *arena = arena_new(ARENA_CAP);
	struct endpoint_facts *facts = arena ? arena_alloc(arena, sizeof *facts) : NULL;
	struct probe_options options = {
		.deadline = MOMENT_S(10),
		.step_timeout = MOMENT_S(4),
		.login = bits & WITH_LOGIN,
		.user = "kim",
		.password = &secret,
		.oauth_token = bits & WITH_TOKEN ? &token : NULL,
		.allow_plain_login = bits & WITH_PLAIN,
		.sender = bits & WITH_SENDER ? "kim@example.org" : NULL,
		.speed = bits & WITH_SENDER,
		.recipient = "pat@example.org",
		.early_wait = bits & WITH_EARLY ? MOMENT_S(1) : 0,
		.bulk_last = bits & (WITH_LOGIN | WITH_EARLY) ? 0 : 1000,
		.may_log_in = bits & WITH_GUARD ? says_no : NULL,
	};

	if (!facts || secret_init(&secret, view_of(password, sizeof password - 1)) != ST_OK ||
	    secret_init(&token, view_of("token", 5)) != ST_OK)
		abort();
	facts->endpoint = (struct endpoint){
		.protocol = protocol,
		.security = (enum security)((bits & 3) % 3),
		.host = "mail.example.org",
		.port = 993,
	};
	struct player player = {
		.probe = probe_new(arena, &options, facts),
		.facts = facts,
		.may_tell = facts->endpoint.security == SECURITY_NONE && options.allow_plain_login,
	};
	if (!player.probe)
		abort();
	play(&player, str_view(str_skip(str_from_view(input), 2)), piece ? piece : input.len);
	check_facts(facts);
	probe_fini(player.probe);
	secret_fini(&secret);
	secret_fini(&token);
	arena_drop(&arena);
}
