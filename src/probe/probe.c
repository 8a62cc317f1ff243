/* This file is the face of a conversation: it takes events in and hands actions out. */
#include "probe/probe.h"

#include "base/checked.h"
#include "base/names.h"
#include "base/wipe.h"
#include "probe/course.h"
#include "probe/first_bytes.h"
#include "probe/login.h"

#include <string.h>

enum { ALERT_LEN = 7 }; /* RFC 8446 section 5.1: header of five, level, description */

#define STATE_NAME(name, text) { ENGINE_##name, text },
static const struct name_row state_names[] = { ENGINE_STATES(STATE_NAME) };
#undef STATE_NAME

struct probe *probe_new(struct arena *arena, const struct probe_options *options,
			struct endpoint_facts *facts)
{
	static const struct engine_protocol *const protocols[] = {
		[PROTOCOL_IMAP] = &imap_probe_protocol,
		[PROTOCOL_POP3] = &pop3_probe_protocol,
		[PROTOCOL_SMTP] = &smtp_probe_protocol,
	};
	struct probe *p = arena_alloc(arena, sizeof *p);

	if (!p)
		return NULL;
	*p = (struct probe){
		.arena = arena,
		.options = options,
		.facts = facts,
		.protocol = protocols[facts->endpoint.protocol],
		.until = options->deadline,
		.account = {
			.user = options->user,
			.password = options->password,
			.token = options->oauth_token,
			.host = facts->endpoint.host,
			.port = facts->endpoint.port,
		},
	};
	line_init(&p->line, arena, ENGINE_LINE_MAX);
	return p;
}

const char *probe_state(const struct probe *p)
{
	return name_of(state_names, COUNT_OF(state_names), (int)p->state);
}

static void wipe_sent(struct engine_out *out)
{
	if (out && out->has_secret)
		wipe((void *)(uintptr_t)out->bytes.at, out->bytes.len);
}

void probe_fini(struct probe *p)
{
	login_fini(p);
	wipe_sent(p->sent);
	for (; p->out; p->out = p->out->next)
		wipe_sent(p->out);
	if (p->leaked.len)
		wipe((void *)(uintptr_t)p->leaked.at, p->leaked.len);
	p->leaked = view_of(NULL, 0);
	p->sent = NULL;
}

void probe_next(struct probe *p, struct probe_action *action_out)
{
	*action_out = (struct probe_action){ .kind = PROBE_READ, .until = p->until };
	wipe_sent(p->sent);
	p->sent = p->out;
	if (p->out) {
		p->out = p->out->next;
		action_out->kind = PROBE_SEND;
		action_out->bytes = p->sent->bytes;
		action_out->has_secret = p->sent->has_secret;
	} else if (p->state == ENGINE_DONE) {
		action_out->kind = PROBE_DONE;
	} else if (p->start_tls) {
		p->start_tls = false;
		action_out->kind = PROBE_START_TLS;
	}
}

/* Keeps what the greeting is made of, up to its end and no further, so that the
 * record does not depend on how the bytes were split. */
static void keep_first_bytes(struct probe *p, struct view bytes)
{
	struct str *kept = &p->facts->first_bytes;
	struct str more = str_head(str_from_view(bytes), FIRST_BYTES_MAX - kept->len);
	char *at = (char *)(uintptr_t)kept->at;

	if (kept->len == 0)
		at = arena_alloc(p->arena, FIRST_BYTES_MAX);
	if (!at || more.len == 0)
		return;
	memcpy(at + kept->len, more.at, more.len);
	*kept = (struct str){ .at = at, .len = kept->len + more.len };
}

static bool is_waiting_for_text(const struct probe *p)
{
	return p->state != ENGINE_DONE && p->state != ENGINE_TLS && p->state != ENGINE_TLS_GUESS &&
	       p->state != ENGINE_CUT && p->state != ENGINE_START;
}

/* Whether a whole line may go to the protocol: the first one of a greeting is
 * looked at by itself. */
static bool is_for_protocol(struct probe *p)
{
	if (course_rested(p))
		return false;
	if (p->state == ENGINE_RAW) {
		course_raw_end(p);
		return false;
	}
	if (p->state != ENGINE_GREETING || p->facts->greeting != GREETING_NONE)
		return true;
	return course_recognise(p);
}

/* A TLS record has no line end: it is known by its first bytes, seven of which
 * show an alert whole. */
static void look_for_tls(struct probe *p)
{
	struct str *kept = &p->facts->first_bytes;

	if ((p->state != ENGINE_GREETING && p->state != ENGINE_RAW) || p->facts->greeting != GREETING_NONE ||
	    kept->len < ALERT_LEN || !first_bytes_are_tls(*kept))
		return;
	*kept = str_head(*kept, ALERT_LEN);
	if (p->state == ENGINE_RAW)
		course_raw_end(p);
	else if (course_recognise(p))
		engine_broken(p, "TLS where none was begun");
}

/* Our servers speak text. What stands behind the NUL is no evidence of more. */
static void refuse_nul(struct probe *p)
{
	struct str *kept = &p->facts->first_bytes;
	size_t at = str_find_char(*kept, '\0');

	if (p->facts->greeting == GREETING_NONE && at != SIZE_MAX)
		*kept = str_head(*kept, at + 1);
	engine_limit(p, "a NUL byte in an answer");
}

static void take_lines(struct probe *p, struct view bytes)
{
	while (bytes.len && is_waiting_for_text(p)) {
		struct view before = bytes;
		struct str text;
		bool whole = line_take(&p->line, &bytes, &text);

		if (p->state == ENGINE_GREETING || p->state == ENGINE_RAW)
			keep_first_bytes(p, view_of(before.at, before.len - bytes.len));
		if (p->line.has_nul && !first_bytes_are_tls(p->facts->first_bytes))
			refuse_nul(p);
		else if (p->line.too_long)
			engine_limit(p, "a line of more than 8192 bytes");
		else if (!whole)
			look_for_tls(p);
		else if (is_for_protocol(p))
			p->protocol->on_line(p, text);
		if (!whole)
			break;
	}
	if (bytes.len && p->state == ENGINE_TLS)
		p->facts->bytes_after_starttls = p->starttls_asked;
}

static void on_timeout(struct probe *p);

static void on_bytes(struct probe *p, struct view bytes)
{
	moment until = p->until;
	bool fetches = p->options->collect || p->options->speed;
	size_t left = (fetches ? (size_t)ENGINE_COLLECT_BYTES_MAX : ENGINE_BYTES_MAX) - p->n_bytes;

	if (p->n_arrivals == 0 || p->now > p->last_arrival)
		p->n_arrivals++;
	p->last_arrival = p->now;
	p->n_bytes += bytes.len < left ? bytes.len : left;
	take_lines(p, view_of(bytes.at, bytes.len < left ? bytes.len : left));
	if (bytes.len > left)
		engine_limit(p, "more than 262144 bytes in one conversation");
	/* Whoever drips never lets the driver see silence. */
	else if (p->until == until && p->now >= until && is_waiting_for_text(p))
		on_timeout(p);
}

/* The evidence of a conversation that broke off in the greeting. */
static void classify_rest(struct probe *p)
{
	if (p->state == ENGINE_GREETING && p->facts->greeting == GREETING_NONE)
		p->facts->greeting = first_bytes_classify(p->facts->first_bytes);
}

static bool is_dripping(const struct probe *p)
{
	return p->n_arrivals > 1 && p->last_arrival - p->begun > (p->now - p->begun) / 2;
}

static void on_timeout(struct probe *p)
{
	const char *text = arena_printf(p->arena, "no whole answer within %.1f s",
					moment_to_ms(p->now - p->begun) / 1000.0);

	if (course_rest_is_over(p))
		return;
	if (p->state == ENGINE_COLLECT_IDLE && p->protocol->on_quiet) {
		p->protocol->on_quiet(p);
		return;
	}
	if (p->state == ENGINE_RAW) {
		course_raw_end(p);
		return;
	}
	if (p->state == ENGINE_CUT) {
		course_cut_end(p, STEP_ERROR_CLOSED);
		return;
	}
	if (p->state == ENGINE_LOGOUT) {
		/* Asking politely is enough. */
		if (p->step)
			p->facts->n_steps--;
		p->step = NULL;
		engine_end(p, STEP_ERROR_NONE, NULL);
		return;
	}
	if (p->state == ENGINE_GREETING && p->facts->first_bytes.len == 0 && !p->in_tls) {
		course_silent(p);
		return;
	}
	if (p->state == ENGINE_BULK || p->state == ENGINE_SPEED_FETCH) {
		engine_end(p, STEP_ERROR_NONE, NULL);
		return;
	}
	classify_rest(p);
	if (is_dripping(p))
		engine_limit(p, "an answer that drips in longer than a step may last");
	else
		engine_end(p, STEP_ERROR_TIMEOUT, text);
}

static void on_closed(struct probe *p, enum step_error error)
{
	if (p->state == ENGINE_REST || p->state == ENGINE_RESTED)
		p->facts->rest_end = error == STEP_ERROR_RESET ? REST_CUT : REST_CLOSED;
	classify_rest(p);
	if (p->state == ENGINE_RAW)
		course_raw_end(p);
	else if (p->state == ENGINE_CUT || p->state == ENGINE_TLS)
		course_cut_end(p, error);
	else if (p->state == ENGINE_LOGOUT)
		engine_end(p, STEP_ERROR_NONE, NULL);
	else
		engine_end(p, error,
			   error == STEP_ERROR_RESET ? "the connection was reset"
						     : "the server closed the connection");
}

void probe_on_event(struct probe *p, const struct probe_event *event)
{
	p->now = event->at;
	if (p->state == ENGINE_DONE)
		return;
	switch (event->kind) {
	case PROBE_CONNECTED:
		course_connected(p);
		break;
	case PROBE_BYTES:
		on_bytes(p, event->bytes);
		break;
	case PROBE_TLS_UP:
		course_tls_up(p, event->tls);
		break;
	case PROBE_TLS_FAILED:
		course_tls_failed(p, event->tls);
		break;
	case PROBE_CLOSED:
		on_closed(p, STEP_ERROR_CLOSED);
		break;
	case PROBE_RESET:
		on_closed(p, STEP_ERROR_RESET);
		break;
	case PROBE_TIMEOUT:
		on_timeout(p);
		break;
	}
	if (arena_failed(p->arena))
		engine_limit(p, "the memory of one conversation");
}
