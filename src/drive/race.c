/* This file finds a host's addresses and connects to both families side by side. */
#include "drive/race.h"

#include "base/checked.h"
#include "drive/questions.h"
#include "os/tcp.h"
#include "wire/dns_msg.h"

/* How long the slower family may still show whether it connects at all. */
enum { RACE_GRACE_MS = 2000 };

static const struct {
	enum dns_outcome outcome;
	enum step_error error;
	const char *text;
} resolve_rows[] = {
	{ DNS_NO_DATA, STEP_ERROR_REFUSED, "the name has no address" },
	{ DNS_NO_NAME, STEP_ERROR_REFUSED, "the name does not exist" },
	{ DNS_SERVFAIL, STEP_ERROR_REFUSED, "the resolver could not find out" },
	{ DNS_REFUSED, STEP_ERROR_REFUSED, "the resolver refused to answer" },
	{ DNS_TIMEOUT, STEP_ERROR_TIMEOUT, "the resolver did not answer in time" },
	{ DNS_MALFORMED, STEP_ERROR_PROTOCOL, "the resolver's answer makes no sense" },
	{ DNS_NOT_ASKED, STEP_ERROR_TIMEOUT, "the resolver was not asked" },
};

static moment now(const struct race *race)
{
	return loop_now(race->drive->loop);
}

static struct step resolve_step(const struct dns_facts *facts)
{
	struct step step = { .name = STEP_RESOLVE, .at = MOMENT_NEVER };

	if (!facts)
		return step;
	step.at = facts->at;
	step.took = facts->took;
	step.ok = facts->outcome == DNS_ANSWERED;
	for (size_t i = 0; i < COUNT_OF(resolve_rows); i++)
		if (resolve_rows[i].outcome == facts->outcome) {
			step.error = resolve_rows[i].error;
			step.error_text = resolve_rows[i].text;
		}
	return step;
}

static bool is_over(const struct race *race)
{
	for (size_t i = 0; i < race->n_attempts; i++)
		if (race->attempts[i].running)
			return false;
	return race->families[0].answered && race->families[1].answered;
}

static void see_whether_over(struct race *race)
{
	if (race->over || !is_over(race))
		return;
	race->over = true;
	loop_timer_drop(&race->timer);
	race->events.on_over(race->events.context);
}

/* One timer serves all attempts: it rings for the earliest. */
static void set_timer(struct race *race)
{
	moment first = MOMENT_NEVER;

	for (size_t i = 0; i < race->n_attempts; i++)
		if (race->attempts[i].running && race->attempts[i].stream && race->attempts[i].until < first)
			first = race->attempts[i].until;
	if (race->timer)
		loop_timer_set(race->timer, first);
}

static void start_next(struct race_family *family);

static void finish(struct race_attempt *attempt, enum step_error error, const char *text)
{
	struct race *race = attempt->race;

	attempt->running = false;
	attempt->connect.took = now(race) - attempt->connect.at;
	attempt->connect.ok = error == STEP_ERROR_NONE;
	attempt->connect.error = error;
	attempt->connect.error_text = text;
	if (attempt->won)
		return;
	stream_close(&attempt->stream);
	slots_give(&race->drive->slots, &attempt->slot);
	if (error != STEP_ERROR_NONE && !race->winner && !race->over)
		start_next(&race->families[attempt->family == 6]);
}

static void hand_over(struct race_attempt *attempt)
{
	struct race *race = attempt->race;
	struct stream *stream = attempt->stream;
	moment grace = now(race) + MOMENT_MS(RACE_GRACE_MS);

	race->winner = attempt;
	attempt->won = true;
	attempt->stream = NULL;
	finish(attempt, STEP_ERROR_NONE, NULL);
	for (size_t i = 0; i < race->n_attempts; i++)
		if (race->attempts[i].until > grace)
			race->attempts[i].until = grace;
	race->events.on_connected(race->events.context, attempt, stream);
}

static void on_connect(void *context, enum step_error error, const char *text)
{
	struct race_attempt *attempt = context;
	struct race *race = attempt->race;

	if (error == STEP_ERROR_LIMIT && slots_shrink(&race->drive->slots, &attempt->slot)) {
		stream_close(&attempt->stream);
		set_timer(race);
		return;
	}
	if (error == STEP_ERROR_NONE && !race->winner)
		hand_over(attempt);
	else
		finish(attempt, error, text);
	set_timer(race);
	see_whether_over(race);
}

static const char *label_of(const struct race_attempt *attempt)
{
	struct drive *drive = attempt->race->drive;
	const char *label = NULL;

	if (drive->trace)
		label = arena_printf(drive->arena, "%s at %s", attempt->race->target.label, attempt->address);
	return label ? label : attempt->race->target.label;
}

static void on_slot(void *context)
{
	struct race_attempt *attempt = context;
	struct race *race = attempt->race;
	const moment grace = MOMENT_MS(RACE_GRACE_MS);
	const struct stream_events events = {
		.context = attempt,
		.on_connect = on_connect,
	};
	const struct stream_target target = {
		.address = attempt->address,
		.port = race->target.port,
		.label = label_of(attempt),
	};

	/* At the end of a run slots come free in numbers: too late. */
	if (race->drive->stopping)
		return;
	attempt->connect.at = now(race);
	attempt->until = run_until(
		race->drive, race->winner && race->target.patience > grace ? grace : race->target.patience);
	attempt->stream = stream_open(race->drive, &target, &events);
	if (!attempt->stream)
		finish(attempt, STEP_ERROR_LIMIT, "memory ended");
	set_timer(race);
}

static void try_address(struct race *race, const char *address, int family, const struct dns_facts *facts)
{
	struct race_attempt *attempt;

	if (race->n_attempts == RACE_ATTEMPTS_MAX)
		return;
	attempt = &race->attempts[race->n_attempts++];
	*attempt = (struct race_attempt){
		.race = race,
		.address = address,
		.family = family,
		.resolve = resolve_step(facts),
		.connect = { .name = STEP_CONNECT, .at = now(race) },
		.running = true,
		.until = MOMENT_NEVER,
		.slot = { .on_slot = on_slot, .context = attempt },
	};
	slots_take(&race->drive->slots, &attempt->slot);
}

/* The next address of the family that was not tried yet. */
static void start_next(struct race_family *family)
{
	const struct dns_facts *facts = family->facts;
	uint16_t type = family->number == 4 ? DNS_TYPE_A : DNS_TYPE_AAAA;
	size_t place = 0;

	for (size_t i = 0; facts && i < facts->n_records; i++) {
		if (facts->records[i].type != type || place++ < family->n_tried)
			continue;
		family->n_tried++;
		try_address(family->race, facts->records[i].text, family->number, facts);
		return;
	}
}

static void on_answer(void *context, const struct dns_facts *facts)
{
	struct race_family *family = context;

	if (family->race->over)
		return;
	family->answered = true;
	family->facts = facts;
	if (facts->outcome == DNS_ANSWERED)
		start_next(family);
	see_whether_over(family->race);
}

static void on_time(void *context)
{
	struct race *race = context;
	moment at = now(race);

	for (size_t i = 0; i < race->n_attempts; i++) {
		struct race_attempt *attempt = &race->attempts[i];

		if (attempt->running && attempt->stream && attempt->until <= at)
			finish(attempt, STEP_ERROR_TIMEOUT, "no answer to the connection");
	}
	set_timer(race);
	see_whether_over(race);
}

bool race_begin(struct race *race, struct drive *drive, const struct race_target *target,
		const struct race_events *events)
{
	const char *literal = target->address ? target->address : target->host;
	int family;

	*race = (struct race){ .drive = drive, .target = *target, .events = *events };
	race->timer = loop_timer_new(drive->loop, on_time, race);
	if (!race->timer)
		return false;
	for (int i = 0; i < 2; i++)
		race->families[i] = (struct race_family){ .race = race, .number = i ? 6 : 4 };
	if (tcp_is_address(literal, &family) || drive->options.via) {
		race->families[0].answered = race->families[1].answered = true;
		try_address(race, literal, tcp_is_address(literal, &family) ? family : 0, NULL);
		see_whether_over(race);
		return true;
	}
	questions_ask(drive->questions, target->host, DNS_TYPE_AAAA, on_answer, &race->families[1]);
	questions_ask(drive->questions, target->host, DNS_TYPE_A, on_answer, &race->families[0]);
	return true;
}

struct step race_resolve_step(const struct race *race)
{
	const struct dns_facts *four = race->families[0].facts, *six = race->families[1].facts;

	/* A family that answered "none" says less than one that did not answer. */
	if (six && (!four || four->outcome == DNS_NO_DATA))
		return resolve_step(six);
	return resolve_step(four);
}

void race_give_slot(struct race *race)
{
	if (race->winner)
		slots_give(&race->drive->slots, &race->winner->slot);
}

void race_end(struct race *race)
{
	race->over = true;
	loop_timer_drop(&race->timer);
	for (size_t i = 0; i < race->n_attempts; i++) {
		struct race_attempt *attempt = &race->attempts[i];

		if (!attempt->running)
			continue;
		/* One whose turn never came says nothing about the server. */
		attempt->not_begun = attempt->stream == NULL;
		finish(attempt, STEP_ERROR_TIMEOUT, "no answer to the connection");
	}
}
