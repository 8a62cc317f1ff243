/* This file plays the conversations of tests/talks against the machines, with a
 * virtual clock and no sockets: each one whole, byte by byte and at seeded
 * random splits, with the same record each time; and one of each protocol with
 * every allocation failing in turn. tests/talks/README.md explains the scripts. */
#include "base/buf.h"
#include "base/checked.h"
#include "base/format.h"
#include "base/str.h"
#include "probe/probe.h"

#include <dirent.h>
#include <gsasl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TALK_MAX = 512 * 1024, CHUNK_MAX = 512 * 1024, RANDOM_RUNS = 8, ARENA_CAP = 1 << 20 };

/* All talks are played before the test fails. */
static unsigned complaints;

/* How the server's bytes are cut into pieces: whole, bytewise, or by a seed. */
enum { SPLIT_WHOLE = 0, SPLIT_BYTES = 1, SPLIT_SEED = 2 };

struct run {
	const char *name;
	unsigned split;
	uint32_t random;
	bool lenient; /* memory fails: only a clean end counts */
	struct arena *arena;
	struct probe *probe;
	struct probe_options options;
	struct secret password, token;
	struct endpoint_facts *facts;
	moment now, until;
	struct buf sent, chunk;
	bool was_secret, tls_wanted, done;
	char last_client[8192];
	Gsasl *library; /* the server's side of a SASL login */
	Gsasl_session *server;
	unsigned guard_asked;
	bool guard_says;
};

static POSTMEND_PRINTF(2, 3) void complain(const struct run *run, const char *format, ...)
{
	va_list args;

	if (run->lenient)
		return;
	va_start(args, format);
	fprintf(stderr, "%s (split %u): ", run->name, run->split);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	complaints++;
}

static bool guard(void *context, const struct endpoint *endpoint)
{
	struct run *run = context;

	(void)endpoint;
	run->guard_asked++;
	return run->guard_says;
}

/* Each line with ':' or '!' in front, '+' for one that rides on the write of the
 * line before. */
static void note_sent(struct run *run, const struct probe_action *action)
{
	struct str rest = str_from_view(action->bytes);
	char mark = action->has_secret ? '!' : ':';

	while (rest.len) {
		size_t end = str_find(rest, STR("\r\n"));
		size_t len = end == SIZE_MAX ? rest.len : end + 2;

		buf_add_byte(&run->sent, (uint8_t)mark);
		buf_add(&run->sent, str_view(str_head(rest, len)));
		rest = str_skip(rest, len);
		mark = '+';
	}
}

/* Takes what the machine wants until it waits. */
static void pump(struct run *run)
{
	struct probe_action action;

	for (unsigned i = 0; i < 1000; i++) {
		probe_next(run->probe, &action);
		if (action.kind == PROBE_SEND) {
			note_sent(run, &action);
			continue;
		}
		if (action.kind == PROBE_START_TLS) {
			run->tls_wanted = true;
			continue;
		}
		run->done = action.kind == PROBE_DONE;
		run->until = action.until;
		return;
	}
	complain(run, "the machine never waits");
}

static void tell_machine(struct run *run, enum probe_event_kind kind, struct view bytes,
			 const struct tls_facts *tls)
{
	probe_on_event(run->probe,
		       &(struct probe_event){ .kind = kind, .at = run->now, .bytes = bytes, .tls = tls });
	pump(run);
}

static size_t piece_len(struct run *run, size_t left)
{
	size_t n;

	if (run->split == SPLIT_WHOLE)
		return left;
	if (run->split == SPLIT_BYTES)
		return 1;
	run->random = run->random * 1664525u + 1013904223u;
	n = 1 + (run->random >> 20) % 40;
	return n < left ? n : left;
}

/* Hands over the server's lines that have gathered. Each piece lives on the heap
 * by itself, so that reading past its end is seen by the sanitizer. */
static void flush(struct run *run)
{
	struct view rest = buf_view(&run->chunk);

	while (rest.len) {
		size_t n = piece_len(run, rest.len);
		uint8_t *piece = malloc(n);

		assert_non_null(piece);
		memcpy(piece, rest.at, n);
		tell_machine(run, PROBE_BYTES, view_of(piece, n), NULL);
		free(piece);
		rest = view_of(rest.at + n, rest.len - n);
	}
	buf_clear(&run->chunk);
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : 0;
}

/* \r \n \0 \\ \xNN; "\c" at the end leaves out the CRLF; "\*N:text" repeats. */
static void add_server_text(struct run *run, const char *text)
{
	for (; *text; text++) {
		if (*text != '\\') {
			buf_add_byte(&run->chunk, (uint8_t)*text);
			continue;
		}
		switch (*++text) {
		case 'r':
			buf_add_byte(&run->chunk, '\r');
			break;
		case 'n':
			buf_add_byte(&run->chunk, '\n');
			break;
		case '0':
			buf_add_byte(&run->chunk, 0);
			break;
		case 'x':
			buf_add_byte(&run->chunk, (uint8_t)(hex_digit(text[1]) * 16 + hex_digit(text[2])));
			text += 2;
			break;
		case 'c':
			return;
		default:
			buf_add_byte(&run->chunk, (uint8_t)*text);
			break;
		}
	}
	buf_add_text(&run->chunk, "\r\n");
}

static void repeat(struct run *run, const char *words)
{
	struct str rest = str_of(words), count = str_cut(&rest, ' ');
	uint64_t n;

	assert_true(str_to_u64(count, CHUNK_MAX, &n));
	/* The text is the end of the line, so it has its NUL. */
	while (n--)
		add_server_text(run, rest.at ? rest.at : "");
}

/* The next line that the machine sent, with ':' or '!' in front. */
static bool take_sent(struct run *run, struct str *line_out)
{
	struct str sent = buf_str(&run->sent);
	size_t end = str_find(sent, STR("\r\n"));

	if (end == SIZE_MAX)
		return false;
	*line_out = str_head(sent, end);
	return true;
}

static void expect_sent(struct run *run, const char *wanted, char mark)
{
	struct str line, want = str_of(wanted);
	bool prefix = str_ends_nocase(want, STR("*"));

	flush(run);
	if (!take_sent(run, &line)) {
		complain(run, "C: %s was not sent (state %s)", wanted, probe_state(run->probe));
		return;
	}
	if (line.at[0] != mark)
		complain(run, "C: %s is marked '%c', wanted was '%c'", wanted, line.at[0], mark);
	line = str_skip(line, 1);
	snprintf(run->last_client, sizeof run->last_client, "%.*s", (int)line.len, line.at);
	if (prefix ? !str_starts(line, str_head(want, want.len - 1)) : !str_eq(line, want))
		complain(run, "C: %s was wanted, sent was %.*s", wanted, (int)line.len, line.at);
	buf_drop_head(&run->sent, line.len + 3);
}

/* The server's side of SASL, played by the library: prefix and base64. */
static void answer_sasl(struct run *run, const char *prefix)
{
	char *out = NULL;
	int result;

	flush(run);
	result = gsasl_step64(run->server, run->last_client, &out);
	if (result != GSASL_OK && result != GSASL_NEEDS_MORE)
		complain(run, "the server's side of SASL: %s", gsasl_strerror(result));
	buf_printf(&run->chunk, "%s ", prefix);
	buf_add_text(&run->chunk, out ? out : "");
	buf_add_text(&run->chunk, "\r\n");
	gsasl_free(out);
}

static void start_sasl(struct run *run, const char *words)
{
	struct str rest = str_of(words), name = str_cut(&rest, ' ');
	char mechanism[32];

	snprintf(mechanism, sizeof mechanism, "%.*s", (int)name.len, name.at);
	assert_int_equal(gsasl_init(&run->library), GSASL_OK);
	assert_int_equal(gsasl_server_start(run->library, mechanism, &run->server), GSASL_OK);
	assert_int_equal(gsasl_property_set(run->server, GSASL_PASSWORD, rest.at), GSASL_OK);
	assert_int_equal(gsasl_property_set(run->server, GSASL_SCRAM_ITER, "4096"), GSASL_OK);
	assert_int_equal(gsasl_property_set(run->server, GSASL_SCRAM_SALT, "QSXCR+Q6sek8bf92"), GSASL_OK);
}

static moment seconds(const char *text)
{
	struct str rest = str_of(text), whole = str_cut(&rest, '.');
	uint64_t s = 0, tenths = 0;

	assert_true(str_to_u64(whole, 100000, &s));
	if (rest.len)
		assert_true(str_to_u64(rest, 9, &tenths));
	return MOMENT_S(s) + MOMENT_MS(100 * tenths);
}

/* Time passes; what the driver must report on the way it reports. */
static void wait_for(struct run *run, moment length)
{
	moment end = run->now + length;

	flush(run);
	while (!run->done && run->until <= end) {
		run->now = run->until > run->now ? run->until : run->now;
		tell_machine(run, PROBE_TIMEOUT, view_of(NULL, 0), NULL);
	}
	run->now = end;
}

static const struct tls_facts up = {
	.end = TLS_END_UP,
	.alert = -1,
	.version = 0x0304,
	.verify = TLS_VERIFY_OK,
	.name_matches = true,
	.took = MOMENT_MS(40),
};

static const struct {
	const char *word;
	struct tls_facts facts;
} tls_words[] = {
	{ "tls-up expired",
	  { .end = TLS_END_UP, .version = 0x0304, .verify = TLS_VERIFY_EXPIRED, .name_matches = true } },
	{ "tls-up wrong-host", { .end = TLS_END_UP, .version = 0x0304, .verify = TLS_VERIFY_OK } },
	{ "tls-up old",
	  { .end = TLS_END_UP, .version = 0x0301, .verify = TLS_VERIFY_OK, .name_matches = true } },
	{ "tls-failed not-tls", { .end = TLS_END_NOT_TLS, .alert = -1, .verify = TLS_VERIFY_NOT_REACHED } },
	{ "tls-failed alert", { .end = TLS_END_ALERT, .alert = 40, .verify = TLS_VERIFY_NOT_REACHED } },
	{ "tls-failed version", { .end = TLS_END_VERSION, .alert = 70, .verify = TLS_VERIFY_NOT_REACHED } },
	{ "tls-failed closed", { .end = TLS_END_CLOSED, .alert = -1, .verify = TLS_VERIFY_NOT_REACHED } },
	{ "tls-failed timeout", { .end = TLS_END_TIMEOUT, .alert = -1, .verify = TLS_VERIFY_NOT_REACHED } },
	{ "tls-failed limit", { .end = TLS_END_LIMIT, .alert = -1, .verify = TLS_VERIFY_NOT_REACHED } },
};

static void handshake(struct run *run, const char *words)
{
	const struct tls_facts *tls = &up;

	flush(run);
	for (size_t i = 0; i < COUNT_OF(tls_words); i++)
		if (strcmp(words, tls_words[i].word) == 0)
			tls = &tls_words[i].facts;
	if (tls == &up && strcmp(words, "tls-up") != 0)
		complain(run, "what is \"%s\"?", words);
	if (!run->tls_wanted)
		complain(run, "no handshake is wanted (state %s)", probe_state(run->probe));
	run->tls_wanted = false;
	tell_machine(run, tls->end == TLS_END_UP ? PROBE_TLS_UP : PROBE_TLS_FAILED, view_of(NULL, 0), tls);
}

static void dump_list(struct buf *to, const char *name, const struct str *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(to, "%s %.*s\n", name, (int)list[i].len, list[i].at);
}

static void dump_mechanisms(struct buf *to, const char *name, uint32_t bits)
{
	if (!bits)
		return;
	buf_add_text(to, name);
	for (uint32_t bit = 1; bit <= MECHANISM_OTHER; bit <<= 1)
		if (bits & bit)
			buf_printf(to, " %s", mechanism_name((enum mechanism)bit));
	buf_add_text(to, "\n");
}

static void dump_exchange(struct buf *to, const struct exchange *e)
{
	buf_printf(to, "exchange %s | ", e->command);
	for (size_t i = 0; i < e->reply.len; i++)
		buf_add_byte(to, e->reply.at[i] == '\n' ? '~' : (uint8_t)e->reply.at[i]);
	buf_printf(to, " | %u %.*s [%.*s] %s\n", e->smtp_code, (int)e->enhanced.len, e->enhanced.at,
		   (int)e->response_code.len, e->response_code.at,
		   e->answered == MOMENT_NEVER ? "unanswered"
		   : e->ok                     ? "ok"
					       : "no");
}

static void dump(struct buf *to, const struct endpoint_facts *f)
{
	static const char *const outcomes[] = { "not-asked",    "accepted",     "refused",
						"not-possible", "not-finished", "held-back" };

	buf_printf(to, "greeting %s\n", greeting_name(f->greeting));
	for (size_t i = 0; i < f->n_steps; i++)
		buf_printf(to, "step %s %s\n", step_name_text(f->steps[i].name),
			   f->steps[i].ok ? "ok" : step_error_text(f->steps[i].error));
	for (size_t i = 0; i < f->n_steps; i++)
		buf_printf(to, "took %s %.1f\n", step_name_text(f->steps[i].name),
			   moment_to_ms(f->steps[i].took) / 1000.0);
	dump_list(to, "capability", f->capabilities, f->n_capabilities);
	dump_list(to, "capability-tls", f->capabilities_tls, f->n_capabilities_tls);
	dump_mechanisms(to, "mechanisms", f->mechanisms);
	dump_mechanisms(to, "mechanisms-tls", f->mechanisms_tls);
	for (size_t i = 0; i < f->n_exchanges; i++)
		dump_exchange(to, &f->exchanges[i]);
	buf_printf(to, "starttls%s%s%s\n", f->starttls_offered ? " offered" : "",
		   f->starttls_masked ? " masked" : "", f->bytes_after_starttls ? " bytes-after" : "");
	buf_printf(to, "early %s\n", f->keeps_early_commands ? "kept" : "not-kept");
	buf_printf(to, "bulk %u of %u\n", f->bulk_answered, f->bulk_sent);
	buf_printf(to, "login %s %s tries %u\n", outcomes[f->login],
		   f->login_mechanism ? mechanism_name(f->login_mechanism) : "-", f->login_tries);
	if (f->login_why)
		buf_printf(to, "why %s\n", f->login_why);
	if (f->speed.asked)
		buf_printf(to, "speed asked%s\n", f->speed.running ? " and never told" : "");
	buf_printf(to, "mailbox%s%s messages %llu\n", f->mailbox_opened ? " opened" : "",
		   f->mailbox_wants_id ? " wants-id" : "", (unsigned long long)f->message_count);
	if (f->has_quota)
		buf_printf(to, "quota %llu of %llu\n", (unsigned long long)f->quota_used,
			   (unsigned long long)f->quota_limit);
	buf_printf(to, "size %llu\n", (unsigned long long)f->size_limit);
	buf_printf(to, "silent-port-speaks-tls %s\n", f->silent_port_speaks_tls ? "yes" : "no");
	buf_printf(to, "tls %s\n", f->tls ? "known" : "none");
	if (f->limit_met)
		buf_printf(to, "limit %s\n", f->limit_met);
	buf_printf(to, "first %zu\n", f->first_bytes.len);
}

static void expect_fact(struct run *run, const char *wanted, bool there)
{
	struct buf text;
	struct str rest;
	bool found = false;

	flush(run);
	buf_init(&text, TALK_MAX);
	dump(&text, run->facts);
	rest = buf_str(&text);
	while (rest.at && rest.len && !found)
		found = str_is(str_cut(&rest, '\n'), wanted);
	if (found != there)
		complain(run, "fact \"%s\" %s:\n%.*s", wanted, there ? "is missing" : "must not be",
			 (int)text.len, (const char *)text.at);
	buf_fini(&text);
}

static const struct {
	const char *word;
	enum protocol protocol;
	enum security security;
} endpoints[] = {
	{ "imap tls", PROTOCOL_IMAP, SECURITY_TLS },
	{ "imap starttls", PROTOCOL_IMAP, SECURITY_STARTTLS },
	{ "imap none", PROTOCOL_IMAP, SECURITY_NONE },
	{ "pop3 tls", PROTOCOL_POP3, SECURITY_TLS },
	{ "pop3 starttls", PROTOCOL_POP3, SECURITY_STARTTLS },
	{ "pop3 none", PROTOCOL_POP3, SECURITY_NONE },
	{ "smtp tls", PROTOCOL_SMTP, SECURITY_TLS },
	{ "smtp starttls", PROTOCOL_SMTP, SECURITY_STARTTLS },
	{ "smtp none", PROTOCOL_SMTP, SECURITY_NONE },
};

static void connect_to(struct run *run, const char *words)
{
	for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
		if (strcmp(words, endpoints[i].word) != 0)
			continue;
		run->facts->endpoint = (struct endpoint){
			.protocol = endpoints[i].protocol,
			.security = endpoints[i].security,
			.host = "mail.example.org",
			.port = endpoint_default_port(endpoints[i].protocol, endpoints[i].security),
		};
		run->probe = probe_new(run->arena, &run->options, run->facts);
		if (!run->probe)
			return;
		pump(run);
		tell_machine(run, PROBE_CONNECTED, view_of(NULL, 0), NULL);
		return;
	}
	complain(run, "what is endpoint \"%s\"?", words);
}

static bool set_option(struct run *run, const char *name, const char *value)
{
	struct probe_options *o = &run->options;

	if (strcmp(name, "user") == 0)
		o->user = value;
	else if (strcmp(name, "sender") == 0)
		o->sender = value;
	else if (strcmp(name, "recipient") == 0)
		o->recipient = value;
	else if (strcmp(name, "deadline") == 0)
		o->deadline = seconds(value);
	else if (strcmp(name, "step") == 0)
		o->step_timeout = seconds(value);
	else if (strcmp(name, "early-wait") == 0)
		o->early_wait = seconds(value);
	else if (strcmp(name, "bulk-last") == 0)
		o->bulk_last = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(name, "allow-plain-login") == 0)
		o->allow_plain_login = true;
	else if (strcmp(name, "speed") == 0)
		o->speed = true;
	else if (strcmp(name, "guard-no") == 0)
		run->guard_says = false;
	else if (strcmp(name, "password") == 0)
		assert_int_equal(secret_init(&run->password, view_of(value, strlen(value))), ST_OK);
	else if (strcmp(name, "token") == 0)
		assert_int_equal(secret_init(&run->token, view_of(value, strlen(value))), ST_OK);
	else
		return false;
	if (strcmp(name, "user") == 0)
		o->login = true;
	return true;
}

static void play_word(struct run *run, const char *line)
{
	if (strncmp(line, "wait ", 5) == 0) {
		wait_for(run, seconds(line + 5));
	} else if (strcmp(line, "silence") == 0) {
		flush(run);
		wait_for(run, run->until > run->now ? run->until - run->now : 0);
	} else if (strncmp(line, "tls-", 4) == 0) {
		handshake(run, line);
	} else if (strcmp(line, "close") == 0 || strcmp(line, "reset") == 0) {
		flush(run);
		tell_machine(run, *line == 'c' ? PROBE_CLOSED : PROBE_RESET, view_of(NULL, 0), NULL);
	} else if (strcmp(line, "done") == 0) {
		flush(run);
		if (!run->done)
			complain(run, "not done (state %s)", probe_state(run->probe));
	} else {
		complain(run, "what is \"%s\"?", line);
	}
}

static void play_line(struct run *run, char *line)
{
	char *value = strchr(line, ' ');

	if (*line == '\0' || *line == '#')
		return;
	value = value ? value + 1 : line + strlen(line);
	if (strncmp(line, "option ", 7) == 0) {
		char *word = value;

		value = strchr(word, ' ');
		if (value)
			*value++ = '\0';
		if (!set_option(run, word, value ? value : ""))
			complain(run, "what is option \"%s\"?", word);
	} else if (strncmp(line, "endpoint ", 9) == 0) {
		connect_to(run, value);
	} else if (!run->probe) {
		complain(run, "an endpoint comes first: %s", line);
	} else if (strncmp(line, "S: ", 3) == 0) {
		add_server_text(run, value);
	} else if (strncmp(line, "S*: ", 4) == 0) {
		repeat(run, value);
	} else if (strncmp(line, "S~: ", 4) == 0) {
		answer_sasl(run, value);
	} else if (strcmp(line, "C:") == 0 || strncmp(line, "C: ", 3) == 0 || strncmp(line, "C!: ", 4) == 0 ||
		   strncmp(line, "C+: ", 4) == 0) {
		expect_sent(run, value, line[1]);
	} else if (strncmp(line, "sasl ", 5) == 0) {
		start_sasl(run, value);
	} else if (strncmp(line, "fact ", 5) == 0) {
		expect_fact(run, value, true);
	} else if (strncmp(line, "no-fact ", 8) == 0) {
		expect_fact(run, value, false);
	} else {
		play_word(run, line);
	}
}

static void begin(struct run *run)
{
	run->guard_says = true;
	run->arena = arena_new(ARENA_CAP);
	run->options = (struct probe_options){
		.deadline = MOMENT_S(10),
		.step_timeout = MOMENT_S(4),
		.password = &run->password,
		.oauth_token = &run->token,
		.helo = "client.example.org",
		.may_log_in = guard,
		.context = run,
	};
	buf_init(&run->sent, TALK_MAX);
	buf_init(&run->chunk, CHUNK_MAX);
	if (run->arena)
		run->facts = arena_alloc(run->arena, sizeof *run->facts);
}

/* Nothing secret may be left in what the run leaves behind. */
static void end(struct run *run, struct buf *record)
{
	struct str line;

	if (run->probe) {
		flush(run);
		if (take_sent(run, &line))
			complain(run, "sent without being asked: %.*s", (int)line.len, line.at);
		if (!run->done && !run->lenient)
			complain(run, "the talk ends, the machine does not (state %s)",
				 probe_state(run->probe));
		probe_fini(run->probe);
		dump(record, run->facts);
		if (run->password.len > 3 &&
		    str_find(buf_str(record), str_from_view(secret_bytes(&run->password))) != SIZE_MAX)
			complain(run, "the password stands in the record");
	}
	if (run->server)
		gsasl_finish(run->server);
	if (run->library)
		gsasl_done(run->library);
	secret_fini(&run->password);
	secret_fini(&run->token);
	buf_fini(&run->sent);
	buf_fini(&run->chunk);
}

/* Plays the script once and writes what was recorded. */
static void play(struct run *run, const char *script, struct buf *record)
{
	char *text = strdup(script), *rest = text;

	begin(run);
	while (run->facts && rest) {
		char *line = rest;

		rest = strchr(line, '\n');
		if (rest)
			*rest++ = '\0';
		if (run->lenient && strncmp(line, "endpoint ", 9) != 0 && strncmp(line, "option ", 7) != 0 &&
		    !run->probe)
			continue;
		play_line(run, line);
	}
	end(run, record);
	free(text);
}

static char *read_script(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, TALK_MAX);

	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, TALK_MAX - 1, file) > 0);
	fclose(file);
	return text;
}

static void play_splits(const char *name, const char *script)
{
	struct buf first, again;

	buf_init(&first, TALK_MAX);
	buf_init(&again, TALK_MAX);
	for (unsigned split = 0; split < SPLIT_SEED + RANDOM_RUNS; split++) {
		struct run run = { .name = name, .split = split, .random = split };

		buf_clear(&again);
		play(&run, script, split == SPLIT_WHOLE ? &first : &again);
		if (split != SPLIT_WHOLE && !str_eq(buf_str(&first), buf_str(&again)))
			complain(&run, "another record than when whole:\n%.*s\nwhole:\n%.*s", (int)again.len,
				 (const char *)again.at, (int)first.len, (const char *)first.at);
		arena_drop(&run.arena);
	}
	buf_fini(&first);
	buf_fini(&again);
}

/* Each allocation fails in turn, once and then for ever: no crash, an end. */
static void play_failures(const char *name, const char *script)
{
	for (uint64_t n = 1; n < 100000; n++) {
		bool failed = true;

		for (int forever = 0; forever < 2; forever++) {
			struct run run = { .name = name, .lenient = true };
			struct buf record;

			buf_init(&record, TALK_MAX);
			arena_fail_at(n, forever);
			play(&run, script, &record);
			arena_fail_at(0, false);
			failed = !run.arena || arena_failed(run.arena);
			if (failed && run.probe && !run.done)
				fail_msg("%s: allocation %llu fails and the machine waits", name,
					 (unsigned long long)n);
			arena_drop(&run.arena);
			buf_fini(&record);
		}
		if (!failed)
			return;
	}
	fail_msg("%s: allocations without end", name);
}

static const char *talks_folder(void)
{
	const char *source = getenv("POSTMEND_SOURCE");

	assert_non_null(source);
	return source;
}

static void test_talks(void **state)
{
	char folder[4096], path[8192];
	unsigned n = 0;
	struct dirent *entry;
	DIR *dir;

	(void)state;
	snprintf(folder, sizeof folder, "%s/tests/talks", talks_folder());
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char *script;

		if (!str_ends_nocase(str_of(entry->d_name), STR(".talk")))
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		script = read_script(path);
		play_splits(entry->d_name, script);
		free(script);
		n++;
	}
	closedir(dir);
	assert_true(n > 0);
	assert_int_equal(complaints, 0);
}

static void test_failing_memory(void **state)
{
	static const char *const names[] = { "imap-good-starttls", "pop3-good-starttls", "smtp-good-starttls",
					     "smtp-login-scram" };
	char path[8192];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char *script;

		snprintf(path, sizeof path, "%s/tests/talks/%s.talk", talks_folder(), names[i]);
		script = read_script(path);
		play_failures(names[i], script);
		free(script);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_talks),
		cmocka_unit_test(test_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
