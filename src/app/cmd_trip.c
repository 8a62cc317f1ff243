/* This file is the command "trip": letters that an account sends to itself, followed until they are back. */
#include "app/commands.h"
#include "app/trip_signatures.h"
#include "app/visit.h"

#include "base/checked.h"
#include "os/clock.h"
#include "os/digest.h"
#include "os/random.h"
#include "os/terminal.h"
#include "trip/fate.h"
#include "trip/letter.h"

#include <stdio.h>

enum {
	DEADLINE_S = 90,
	FIRST_LOOK_S = 2,
	DOUBLES_MS = 1200,
	POLL_MS = 2000,
	RESERVE_S = 3, /* to remove what was found */
	TOKEN_LEN = 20,
	CONVERSATION_MAX = 64 << 20,
};

struct trip {
	struct run *run;
	struct visit visit;
	struct address address;
	struct endpoint submit, collect;
	bool has_submit, has_collect;
	struct letter letters[LETTERS_MAX];
	const struct letter *list[LETTERS_MAX];
	size_t n;
	struct trip_facts *facts;
	char token[TOKEN_LEN + 1];
	size_t uidl_count; /* POP3: identities that the session before listed, and their hash */
	uint64_t uidl_hash;
	const char *why;
};

static enum status refuse(struct trip *trip, const char *why)
{
	trip->why = why;
	return why ? ST_USAGE : ST_NOMEM;
}

static enum status read_url(struct trip *trip, const char *word)
{
	struct endpoint endpoint;
	enum status status = endpoint_parse(trip->run->arena, str_of(word), &endpoint, &trip->why);

	if (status != ST_OK)
		return status;
	if (endpoint.protocol == PROTOCOL_SMTP) {
		trip->submit = endpoint;
		trip->has_submit = true;
	} else {
		trip->collect = endpoint;
		trip->has_collect = true;
	}
	return ST_OK;
}

static enum status read_words(struct trip *trip)
{
	const struct run *run = trip->run;
	enum status status;

	if (run->n_words == 0)
		return refuse(trip, "trip: expected a mail address, such as anna@example.org");
	status = address_parse(run->arena, str_of(run->words[0]), &trip->address, &trip->why);
	for (size_t i = 1; i < run->n_words && status == ST_OK; i++)
		status = read_url(trip, run->words[i]);
	return status;
}

static enum status add_kind(struct trip *trip, enum letter_kind kind)
{
	const struct letter_order order = {
		.address = trip->address.whole,
		.token = trip->token,
		.now = clock_wall(),
		.kind = kind,
		.size = (size_t)trip->run->options.size,
	};

	for (size_t i = 0; i < trip->n; i++)
		if (trip->letters[i].kind == kind)
			return ST_OK;
	trip->list[trip->n] = &trip->letters[trip->n];
	return letter_write(trip->run->arena, &order, &trip->letters[trip->n++]);
}

static enum status write_letters(struct trip *trip)
{
	struct str rest = str_of(trip->run->options.set ? trip->run->options.set : "plain");
	enum status status = random_letters(trip->token, TOKEN_LEN);
	enum letter_kind kind;

	while (rest.at && status == ST_OK) {
		struct str word = str_trim(str_cut(&rest, ','));

		if (str_is(word, "all"))
			for (int i = 0; i < LETTER_KINDS && status == ST_OK; i++)
				status = add_kind(trip, (enum letter_kind)i);
		else if (letter_kind_find(word, &kind))
			status = add_kind(trip, kind);
		else
			return refuse(trip, "--set: expected plain, html, attachment, long, large or all, "
					    "parted by commas");
	}
	return status;
}

static const struct endpoint *best_of(const struct settings_facts *settings, enum protocol protocol)
{
	for (size_t i = 0; i < settings->n_servers; i++)
		if (settings->servers[i].endpoint.protocol == protocol)
			return &settings->servers[i].endpoint;
	return NULL;
}

static enum status find_servers(struct trip *trip)
{
	const struct endpoint *submit, *collect;
	enum status status;

	if (trip->has_submit && trip->has_collect)
		return ST_OK;
	status = visit_settings(&trip->visit, &trip->address);
	if (status != ST_OK)
		return status;
	submit = best_of(trip->visit.facts.settings, PROTOCOL_SMTP);
	collect = best_of(trip->visit.facts.settings, PROTOCOL_IMAP);
	if (!collect)
		collect = best_of(trip->visit.facts.settings, PROTOCOL_POP3);
	if ((!trip->has_submit && !submit) || (!trip->has_collect && !collect))
		return refuse(trip, "trip: no server for sending or none for collecting is known for this "
				    "address: "
				    "name both, as in \"postmend trip ADDRESS smtps://HOST imaps://HOST\"");
	if (!trip->has_submit)
		trip->submit = *submit;
	if (!trip->has_collect)
		trip->collect = *collect;
	return ST_OK;
}

static bool says_yes(void)
{
	char first = '\0', c = '\0';

	for (size_t i = 0; fread(&c, 1, 1, stdin) == 1 && c != '\n'; i++)
		first = i == 0 ? c : first;
	return first == 'y' || first == 'Y';
}

/* Nobody's mailbox gets a letter without a word. */
static enum status ask_consent(struct trip *trip)
{
	if (trip->run->options.yes)
		return ST_OK;
	if (!terminal_is(TERMINAL_IN) || !terminal_is(TERMINAL_ERROR))
		return refuse(trip,
			      "trip: it sends a letter to the address itself: say --yes, or answer on a "
			      "terminal");
	fprintf(stderr, "Send %zu letter%s to %s by %s, and remove %s afterwards? [y/N] ", trip->n,
		trip->n == 1 ? "" : "s", trip->address.whole, trip->submit.host,
		trip->n == 1 ? "it" : "them");
	fflush(stderr);
	return says_yes() ? ST_OK : ST_CANCEL;
}

static const struct endpoint_facts *last_chosen(const struct visit *visit, size_t from)
{
	for (size_t i = from; i < visit->facts.n_endpoints; i++)
		if (visit->facts.endpoints[i]->chosen)
			return visit->facts.endpoints[i];
	return NULL;
}

/* What ended the conversation ended the letter that was under way. */
static void settle_letter(const struct endpoint_facts *facts, struct letter_facts *letter)
{
	const struct step *step = facts_step(facts, STEP_LETTER);

	if (letter->end != LETTER_UNANSWERED || !step)
		return;
	letter->error = step->error;
	if (step->error == STEP_ERROR_CLOSED || step->error == STEP_ERROR_RESET)
		letter->end = LETTER_CUT;
}

static moment seconds(const struct trip *trip, int part)
{
	return (moment)(trip->visit.seconds * 1e6) / part;
}

static enum status send_letters(struct trip *trip)
{
	struct visit *visit = &trip->visit;
	const struct endpoint_facts *facts;
	enum status status;

	visit->probe.sender = visit->probe.recipient = trip->address.whole;
	visit->probe.letters = trip->list;
	visit->probe.n_letters = trip->n;
	visit->probe.step_timeout = seconds(trip, 3);
	status = visit_probe(visit, &trip->submit, 1);
	visit->probe.letters = NULL;
	visit->probe.n_letters = 0;
	facts = last_chosen(visit, 0);
	for (size_t i = 0; status == ST_OK && facts && i < facts->n_letters; i++) {
		struct letter_fate *fate = &trip->facts->fates[trip->facts->n_fates++];

		fate->sent = facts->letters[i];
		settle_letter(facts, &fate->sent);
	}
	return status;
}

static size_t count_wanted(const struct trip *trip)
{
	size_t n = 0;

	for (size_t i = 0; i < trip->facts->n_fates; i++)
		n += trip->facts->fates[i].sent.end == LETTER_ACCEPTED ||
		     trip->facts->fates[i].sent.end == LETTER_UNANSWERED;
	return n;
}

/* A message that is there in two sessions must have one identity (RFC 1939 section 7): else all is fetched
 * again. */
static void compare_identities(struct trip *trip, const struct endpoint_facts *facts)
{
	if (trip->uidl_count && facts->uidl_count >= trip->uidl_count) {
		trip->facts->identities_compared = trip->uidl_count;
		trip->facts->identities_differ |= facts->uidl_hash_before != trip->uidl_hash;
	}
	trip->uidl_count = facts->uidl_count;
	trip->uidl_hash = facts->uidl_hash;
}

/* One conversation with the mailbox; facts of those before make room for it. */
static const struct endpoint_facts *look(struct trip *trip, size_t n_before, moment patience, bool remove)
{
	struct visit *visit = &trip->visit;
	const struct probe_collect collect = {
		.token = trip->token,
		.n_wanted = count_wanted(trip),
		.patience = patience,
		.junk = true,
		.remove = remove,
		.uidl_before = trip->uidl_count,
		.arena = trip->run->arena,
	};

	const struct endpoint_facts *facts;

	visit->facts.n_endpoints = n_before;
	visit->probe.sender = visit->probe.recipient = NULL;
	visit->probe.collect = &collect;
	visit->probe.step_timeout = seconds(trip, 4);
	if (visit_probe(visit, &trip->collect, 1) != ST_OK)
		return NULL;
	visit->probe.collect = NULL;
	facts = last_chosen(visit, n_before);
	if (facts && facts->collected)
		compare_identities(trip, facts);
	/* A login that was taken is no risk to the account: the guard need not be asked again. */
	if (facts && facts->login == LOGIN_ACCEPTED)
		visit->probe.may_log_in = NULL;
	return facts;
}

static moment left(const struct trip *trip)
{
	moment end = seconds(trip, 1) - MOMENT_S(RESERVE_S), now = drive_now(trip->visit.drive);

	return end > now ? end - now : 0;
}

/* A look that was cut short is taken again while there is time. */
static bool is_enough(const struct trip *trip, const struct endpoint_facts *facts, size_t n_wanted)
{
	if (!facts || facts->login != LOGIN_ACCEPTED || left(trip) == 0 ||
	    drive_was_cancelled(trip->visit.drive))
		return true;
	return facts->collected && facts->n_arrivals >= n_wanted;
}

static void collect_letters(struct trip *trip)
{
	size_t n_before = trip->visit.facts.n_endpoints, n_wanted = count_wanted(trip);
	moment begin = drive_now(trip->visit.drive), patience = MOMENT_S(FIRST_LOOK_S);
	const struct endpoint_facts *facts;

	for (;;) {
		if (patience > left(trip))
			patience = left(trip);
		facts = look(trip, n_before, patience, false);
		if (is_enough(trip, facts, n_wanted))
			break;
		patience = left(trip);
		if (!facts->idles || !facts->collected)
			drive_pause(trip->visit.drive, MOMENT_MS(POLL_MS));
	}
	trip->facts->waited = drive_now(trip->visit.drive) - begin;
	if (facts && facts->collected && facts->n_arrivals > 0) {
		const struct endpoint_facts *again;

		drive_pause(trip->visit.drive, MOMENT_MS(DOUBLES_MS));
		again = look(trip, n_before, 0, true);
		trip->facts->removed = again && again->all_removed;
		if (again && again->n_arrivals >= facts->n_arrivals)
			facts = again;
	}
	trip->facts->looked = facts && facts->collected;
	for (size_t i = 0; facts && i < trip->facts->n_fates; i++)
		fate_find(trip->run->arena, facts->arrivals, facts->n_arrivals, digest_sha256,
			  &trip->facts->fates[i]);
	trip_signatures_verify(trip->run->arena, trip->visit.drive, trip->facts);
}

static enum status travel(struct trip *trip)
{
	enum status status = find_servers(trip);

	if (status == ST_OK)
		status = write_letters(trip);
	if (status == ST_OK)
		status = ask_consent(trip);
	if (status == ST_OK)
		status = send_letters(trip);
	if (status == ST_OK && trip->facts->n_fates > 0 && !drive_was_cancelled(trip->visit.drive))
		collect_letters(trip);
	return status;
}

int cmd_trip(struct run *run)
{
	struct trip *trip = arena_alloc(run->arena, sizeof *trip);
	enum status status = ST_NOMEM;
	int code;

	if (!trip)
		return run_failed(status, NULL);
	trip->run = run;
	trip->facts = arena_alloc(run->arena, sizeof *trip->facts);
	status = trip->facts ? read_words(trip) : ST_NOMEM;
	if (status != ST_OK)
		return run_failed(status, trip->why);
	if (run->options.offline)
		return run_usage("trip: nothing can be sent with --offline");
	run->options.login = true;
	code = visit_open(&trip->visit, run,
			  &(struct visit_needs){ .user = trip->address.whole,
						 .deadline = DEADLINE_S,
						 .bytes_max = CONVERSATION_MAX });
	if (code == EXIT_HEALTHY) {
		status = travel(trip);
		trip->visit.facts.address = trip->address.whole;
		trip->visit.facts.trip = trip->facts;
		trip->visit.facts.settings = NULL;
		code = status == ST_OK ? visit_report(&trip->visit, "trip") : run_failed(status, trip->why);
	}
	visit_close(&trip->visit);
	return code;
}
