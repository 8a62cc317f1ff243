/* This file fetches one document over HTTPS, for discovery. */
#include "drive/fetch.h"

#include "os/clock.h"
#include "wire/http_challenge.h"

enum { HTTPS_PORT = 443 };

static const char bad_certificate[] = "the server's certificate does not hold";

static moment now(const struct fetch *fetch)
{
	return loop_now(fetch->drive->loop);
}

static void close_all(struct fetch *fetch)
{
	stream_close(&fetch->stream);
	race_give_slot(&fetch->race);
	if (!fetch->race.over)
		race_end(&fetch->race);
	loop_timer_drop(&fetch->timer);
	http_reply_fini(&fetch->reply);
}

static void note_end(struct fetch *fetch, enum step_error error, const char *text)
{
	fetch->facts->error = error;
	fetch->facts->error_text = text;
	fetch->facts->took = now(fetch) - fetch->facts->at;
	fetch->done = true;
}

static void finish(struct fetch *fetch, enum step_error error, const char *text)
{
	if (fetch->done)
		return;
	note_end(fetch, error, text);
	close_all(fetch);
	fetch->on_done(fetch->context);
}

/* A server whose certificate holds tells the right time. One whose certificate
 * fails by its dates alone may be right as well, and we wrong: second choice. */
static void compare_clocks(struct fetch *fetch)
{
	struct drive *drive = fetch->drive;

	if (fetch->facts->server_date == 0 || (fetch->date_only && drive->clock_tested))
		return;
	drive->clock_tested = true;
	drive->clock_off = clock_wall() - fetch->facts->server_date;
}

static bool fails_by_dates(const struct tls_facts *tls)
{
	return tls->end == TLS_END_UP && tls->name_matches &&
	       (tls->verify == TLS_VERIFY_EXPIRED || tls->verify == TLS_VERIFY_NOT_YET ||
		tls->verify == TLS_VERIFY_CHAIN_EXPIRED);
}

static void take_reply(struct fetch *fetch)
{
	struct fetch_facts *facts = fetch->facts;
	const struct http_reply *reply = &fetch->reply;

	facts->server_date = reply->date;
	compare_clocks(fetch);
	if (fetch->date_only)
		return;
	facts->status = reply->status;
	facts->body = arena_str(fetch->arena, buf_str(&reply->body));
	if (reply->challenge.len) {
		facts->challenge = arena_text(fetch->arena, buf_str(&reply->challenge));
		facts->logins = http_challenge_read(buf_str(&reply->challenge));
	}
	if (reply->location.len)
		facts->location = arena_text(fetch->arena, buf_str(&reply->location));
}

static void on_progress(struct fetch *fetch, enum http_progress progress)
{
	switch (progress) {
	case HTTP_PROGRESS_MORE:
		break;
	case HTTP_PROGRESS_DONE:
		take_reply(fetch);
		finish(fetch, fetch->date_only ? STEP_ERROR_TLS : STEP_ERROR_NONE,
		       fetch->date_only ? bad_certificate : NULL);
		break;
	case HTTP_PROGRESS_LIMIT:
		finish(fetch, STEP_ERROR_LIMIT, "the answer is longer than it may be");
		break;
	case HTTP_PROGRESS_BAD:
		finish(fetch, STEP_ERROR_PROTOCOL, "the answer is no HTTP");
		break;
	case HTTP_PROGRESS_NOMEM:
		finish(fetch, STEP_ERROR_LIMIT, "memory ended");
		break;
	}
}

static void on_bytes(void *context, struct view bytes)
{
	struct fetch *fetch = context;

	/* Bytes outside TLS are nobody's answer. */
	if (!fetch->done && fetch->facts->tls && fetch->facts->tls->end == TLS_END_UP)
		on_progress(fetch, http_reply_add(&fetch->reply, bytes));
}

static void on_tls(void *context, const struct tls_facts *tls)
{
	struct fetch *fetch = context;
	const char *request;

	fetch->facts->tls = tls;
	fetch->date_only = fails_by_dates(tls);
	if (!tls_is_verified(tls) && !fetch->date_only) {
		finish(fetch, STEP_ERROR_TLS,
		       tls->end == TLS_END_UP ? bad_certificate : "no TLS connection came about");
		return;
	}
	if (fetch->date_only)
		fetch->url.target = "/";
	request = http_request_text(fetch->arena, &fetch->url, str_of(fetch->date_only ? NULL : fetch->body),
				    fetch->content_type);
	if (request)
		stream_send(fetch->stream, str_view(str_of(request)), false);
	else
		finish(fetch, STEP_ERROR_LIMIT, "memory ended");
}

static void on_end(void *context, enum step_error error, const char *text)
{
	struct fetch *fetch = context;

	if (fetch->done)
		return;
	if (error == STEP_ERROR_CLOSED && fetch->facts->tls)
		on_progress(fetch, http_reply_end(&fetch->reply));
	finish(fetch, error, text);
}

static void on_connected(void *context, struct race_attempt *attempt, struct stream *stream)
{
	struct fetch *fetch = context;
	const struct stream_events events = {
		.context = fetch,
		.on_bytes = on_bytes,
		.on_tls = on_tls,
		.on_end = on_end,
	};

	(void)attempt;
	fetch->stream = stream;
	stream_hand_over(stream, &events);
	stream_start_tls(stream, fetch->arena, fetch->url.host);
}

static void on_over(void *context)
{
	struct fetch *fetch = context;
	const struct race *race = &fetch->race;
	const struct step *step;

	if (race->winner || fetch->done)
		return;
	if (race->n_attempts) {
		step = &race->attempts[0].connect;
		finish(fetch, step->error, step->error_text);
	} else {
		const struct step resolve = race_resolve_step(race);

		finish(fetch, resolve.error, resolve.error_text);
	}
}

static void on_time(void *context)
{
	finish(context, STEP_ERROR_TIMEOUT, "no whole answer in time");
}

bool fetch_begin(struct fetch *fetch)
{
	struct drive *drive = fetch->drive;
	const struct race_events events = {
		.context = fetch,
		.on_connected = on_connected,
		.on_over = on_over,
	};
	struct race_target target;

	fetch->arena = drive->arena;
	fetch->race.over = true;
	http_reply_init(&fetch->reply);
	fetch->facts = arena_alloc(fetch->arena, sizeof *fetch->facts);
	if (!fetch->facts)
		return false;
	fetch->facts->url = fetch->text;
	fetch->facts->at = now(fetch);
	if (http_url_parse(fetch->arena, str_of(fetch->text), &fetch->url) != ST_OK) {
		finish(fetch, STEP_ERROR_PROTOCOL, "that is no https URL");
		return true;
	}
	fetch->timer = loop_timer_new(drive->loop, on_time, fetch);
	if (!fetch->timer)
		return false;
	loop_timer_set(fetch->timer, run_until(drive, MOMENT_MS(FETCH_PATIENCE_MS)));
	target = (struct race_target){
		.host = fetch->url.host,
		.port = fetch->url.port == HTTPS_PORT && drive->options.https_port ? drive->options.https_port
										   : fetch->url.port,
		.label = fetch->text,
		.patience = MOMENT_MS(FETCH_PATIENCE_MS),
	};
	return race_begin(&fetch->race, drive, &target, &events);
}

void fetch_end(struct fetch *fetch)
{
	if (fetch->done || !fetch->facts)
		return;
	note_end(fetch, STEP_ERROR_TIMEOUT, "no whole answer in time");
	close_all(fetch);
}
