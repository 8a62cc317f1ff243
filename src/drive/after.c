/* This file does what is left to ask of a server beside the conversation with it and once that is over. */
#include "drive/after.h"

#include "drive/again.h"
#include "drive/bulk.h"
#include "drive/doors.h"
#include "drive/rest.h"
#include "drive/versions.h"
#include "facts/answers.h"
#include "facts/providers.h"

#include <stdlib.h>

enum { EARLY_MIN_MS = 300, EARLY_MAX_MS = 1000, EARLY_PATIENCE_MS = 3000, ROUND_TRIPS = 4 };

enum errand {
	ERRAND_NAME_FORM,
	ERRAND_HUNG,
	ERRAND_UNNAMED,
	ERRAND_BULK_AT_LAST,
	ERRAND_DOORS,
	ERRAND_REST,
	ERRAND_VERSIONS,
	ERRAND_BULK,
	ERRAND_EARLY_COMMANDS,
	ERRANDS,
};

struct after {
	struct drive *drive;
	struct after_target target;
	struct after_events events;
	struct probe_options options; /* of the conversation that runs */
	enum errand errand;
	struct loop_timer *next;
	struct versions *versions;
	struct bulk *bulk;
	struct doors *doors;
	struct rest *rest;
	struct again *again;
	bool settled;
};

/* The error comes before any check of the password, or says more than that it is wrong. */
static bool says_more(const struct exchange *e)
{
	return (e->smtp_code >= 400 && e->smtp_code < 500) || str_is_nocase(e->response_code, "LIMIT");
}

static bool says_name_or_password(const struct endpoint_facts *facts)
{
	const struct exchange *e = facts_login_exchange(facts);
	struct answer answer;

	if (!e || e->ok || e->answered == MOMENT_NEVER || says_more(e))
		return false;
	answers_classify(
		&(struct answer_said){
			.protocol = facts->endpoint.protocol,
			.stage = ANSWER_AT_LOGIN,
			.smtp_code = e->smtp_code,
			.enhanced = e->enhanced,
			.response_code = e->response_code,
			.text = e->reply,
		},
		&answer);
	return answer.meaning == ANSWER_PASSWORD_WRONG;
}

/* Where the account's own password is not the one that counts, its form is not at fault. */
static bool wants_other_secret(const char *host)
{
	const uint32_t hints =
		PROVIDER_HINT_APP_PASSWORD | PROVIDER_HINT_SEPARATE_PASSWORD | PROVIDER_HINT_OAUTH2_ONLY;
	const struct provider *provider = providers_of_mx(str_of(host));

	return provider && (provider->hints & hints);
}

/* A second try is a risk to the account: only where it may bring something. */
static bool wants_name_form(const struct after *after)
{
	const struct endpoint_facts *facts = after->target.facts;
	const struct probe_options *options = after->target.options;

	return facts->login == LOGIN_REFUSED && options->other_user && options->password &&
	       !(facts->login_mechanism & (MECHANISM_XOAUTH2 | MECHANISM_OAUTHBEARER)) &&
	       says_name_or_password(facts) && !wants_other_secret(facts->endpoint.host);
}

/* Behind STARTTLS the handshake is several round trips away: nobody waits for it. */
static bool is_before_handshake(const struct after *after)
{
	const struct endpoint_facts *facts = after->target.facts;

	return after->target.beside && !facts->tls && after->drive->options.versions &&
	       facts->endpoint.security == SECURITY_STARTTLS;
}

static bool has_greeted(const struct endpoint_facts *facts)
{
	const struct step *greeting = facts_step(facts, STEP_GREETING);

	return greeting && greeting->ok;
}

/* No handshake for want of a version or a cipher: which would it have taken? */
static bool wants_versions(const struct after *after)
{
	const struct tls_facts *tls = after->target.facts->tls;

	if (!tls)
		return is_before_handshake(after) && has_greeted(after->target.facts);
	return tls->end == TLS_END_VERSION || tls->end == TLS_END_CIPHER || tls->end == TLS_END_ALERT ||
	       (tls->end == TLS_END_CLOSED && tls->version == 0) ||
	       (tls->end == TLS_END_UP && after->drive->options.versions);
}

static bool wants_early_commands(const struct after *after)
{
	const struct endpoint_facts *facts = after->target.facts;

	if (is_before_handshake(after))
		return facts_step(facts, STEP_CONNECT) != NULL;
	return after->drive->options.versions && facts->endpoint.security == SECURITY_STARTTLS &&
	       facts->starttls_offered && facts->tls && facts->tls->end == TLS_END_UP;
}

static void go_on(struct after *after)
{
	again_drop(&after->again);
	after->errand++;
	/* The next one begins from the loop: this may be deep inside a callback. */
	loop_timer_set(after->next, loop_now(after->drive->loop));
}

static void on_name_form(void *context, const struct endpoint_facts *facts)
{
	struct after *after = context;

	if (facts)
		after->target.facts->other_login = facts->login;
	go_on(after);
}

/* The guard is asked before anything is sent, so that it counts this try even
 * when the connection breaks in it. */
static bool begin_name_form(struct after *after)
{
	const struct probe_options *user = after->target.options;
	const struct again_events events = { .context = after, .on_over = on_name_form };
	struct endpoint_facts *facts = after->target.facts;

	if (user->may_log_in && !user->may_log_in(user->context, &facts->endpoint))
		return false;
	after->options = *user;
	after->options.user = user->other_user;
	after->options.oauth_token = NULL;
	after->options.sender = after->options.recipient = NULL;
	after->options.may_log_in = NULL;
	facts->other_form = user->other_form;
	facts->other_login = LOGIN_NOT_FINISHED;
	after->again = again_new(after->drive, facts, &after->options, NULL, &events);
	return after->again != NULL;
}

static void on_versions(void *context)
{
	struct after *after = context;

	versions_drop(&after->versions);
	go_on(after);
}

static bool begin_versions(struct after *after)
{
	const struct versions_target target = { after->target.facts, after->target.options };
	const struct versions_events events = { .context = after, .on_over = on_versions };

	after->versions = versions_new(after->drive, &target, &events);
	return after->versions != NULL;
}

/* Other conversations end with a burst of their own (probe_options.bulk_last), which is judged afterwards. */
static bool has_bulk_beside(const struct after_target *target)
{
	return target->facts->endpoint.protocol == PROTOCOL_SMTP &&
	       (target->options->login || target->facts->endpoint.security == SECURITY_STARTTLS);
}

static bool wants_bulk(const struct after *after)
{
	return has_bulk_beside(&after->target) && bulk_is_wanted(after->drive, after->target.facts);
}

static bool wants_bulk_at_last(const struct after *after)
{
	return !has_bulk_beside(&after->target) && bulk_is_wanted(after->drive, after->target.facts);
}

static bool wants_smaller_hello(const struct after *after)
{
	return bulk_hung_in_handshake(after->target.facts);
}

static void on_bulk(void *context)
{
	struct after *after = context;

	bulk_drop(&after->bulk);
	go_on(after);
}

static bool begin_bulk(struct after *after)
{
	const struct bulk_events events = { .context = after, .on_over = on_bulk };

	after->bulk = bulk_new(after->drive, after->target.facts, after->target.options, &events);
	return after->bulk != NULL;
}

static bool wants_doors(const struct after *after)
{
	return doors_are_wanted(after->drive, after->target.facts);
}

static void on_doors(void *context)
{
	struct after *after = context;

	doors_drop(&after->doors);
	go_on(after);
}

static bool begin_doors(struct after *after)
{
	after->doors = doors_new(after->drive, after->target.facts, on_doors, after);
	return after->doors != NULL;
}

static bool wants_rest(const struct after *after)
{
	return after->drive->options.rest > 0 && facts_step(after->target.facts, STEP_CAPABILITIES);
}

static void on_rest(void *context)
{
	struct after *after = context;

	rest_drop(&after->rest);
	go_on(after);
}

static bool begin_rest(struct after *after)
{
	const struct rest_events events = { .context = after, .on_over = on_rest };

	after->rest = rest_new(after->drive, after->target.facts, after->target.options, &events);
	return after->rest != NULL;
}

/* The handshake was cut right after our hello: by somebody who dislikes the name in it? */
static bool wants_unnamed(const struct after *after)
{
	const struct tls_facts *tls = after->target.facts->tls;

	return tls && tls->end == TLS_END_CLOSED && tls->version == 0 && tls->sni;
}

static void on_unnamed(void *context, const struct endpoint_facts *facts)
{
	struct after *after = context;

	if (facts && facts->tls)
		after->target.facts->unnamed_tls =
			facts->tls->end == TLS_END_UP ? UNNAMED_COMES_UP : UNNAMED_FAILS_TOO;
	go_on(after);
}

static bool begin_unnamed(struct after *after)
{
	const struct probe_options *user = after->target.options;
	const struct again_events events = { .context = after, .on_over = on_unnamed };
	const struct again_how how = { .no_name = true };

	after->options = (struct probe_options){
		.deadline = run_until(after->drive, MOMENT_MS(EARLY_PATIENCE_MS)),
		.step_timeout = user->step_timeout,
		.helo = user->helo,
	};
	after->again = again_new(after->drive, after->target.facts, &after->options, &how, &events);
	return after->again != NULL;
}

static void on_early_commands(void *context, const struct endpoint_facts *facts)
{
	struct after *after = context;

	if (facts)
		after->target.facts->keeps_early_commands = facts->keeps_early_commands;
	go_on(after);
}

static moment early_wait(const struct endpoint_facts *facts)
{
	const struct step *connect = facts_step(facts, STEP_CONNECT);
	moment length = connect ? connect->took * ROUND_TRIPS : 0;

	if (length < MOMENT_MS(EARLY_MIN_MS))
		return MOMENT_MS(EARLY_MIN_MS);
	return length < MOMENT_MS(EARLY_MAX_MS) ? length : MOMENT_MS(EARLY_MAX_MS);
}

static bool begin_early_commands(struct after *after)
{
	const struct probe_options *user = after->target.options;
	const struct again_events events = { .context = after, .on_over = on_early_commands };

	after->options = (struct probe_options){
		.deadline = run_until(after->drive, MOMENT_MS(EARLY_PATIENCE_MS)),
		.step_timeout = user->step_timeout,
		.helo = user->helo,
		.early_wait = early_wait(after->target.facts),
	};
	after->again = again_new(after->drive, after->target.facts, &after->options, NULL, &events);
	return after->again != NULL;
}

static const struct {
	enum after_lane lane;
	bool (*is_wanted)(const struct after *after);
	bool (*begin)(struct after *after);
} errands[ERRANDS] = {
	[ERRAND_NAME_FORM] = { AFTER_AFTERWARDS, wants_name_form, begin_name_form },
	[ERRAND_HUNG] = { AFTER_AFTERWARDS, wants_smaller_hello, begin_bulk },
	[ERRAND_UNNAMED] = { AFTER_AFTERWARDS, wants_unnamed, begin_unnamed },
	[ERRAND_BULK_AT_LAST] = { AFTER_AFTERWARDS, wants_bulk_at_last, begin_bulk },
	[ERRAND_DOORS] = { AFTER_AFTERWARDS, wants_doors, begin_doors },
	[ERRAND_REST] = { AFTER_AFTERWARDS, wants_rest, begin_rest },
	[ERRAND_VERSIONS] = { AFTER_HELLOS, wants_versions, begin_versions },
	[ERRAND_BULK] = { AFTER_BURSTS, wants_bulk, begin_bulk },
	[ERRAND_EARLY_COMMANDS] = { AFTER_EARLY, wants_early_commands, begin_early_commands },
};

static bool is_wanted(const struct after *after, enum errand errand)
{
	return errands[errand].lane == after->target.lane && errands[errand].is_wanted(after);
}

static void settle(struct after *after)
{
	if (after->settled || after->target.lane != AFTER_AFTERWARDS || after->errand == ERRAND_NAME_FORM)
		return;
	after->settled = true;
	after->events.on_login_settled(after->events.context);
}

static void on_next(void *context)
{
	struct after *after = context;

	while (after->errand < ERRANDS && !after->drive->stopping) {
		settle(after);
		if (is_wanted(after, after->errand) && errands[after->errand].begin(after))
			return;
		after->errand++;
	}
	after->events.on_over(after->events.context, after->target.lane);
}

bool after_has_work(struct drive *drive, const struct after_target *target)
{
	const struct after after = { .drive = drive, .target = *target };

	for (size_t i = 0; i < ERRANDS && !drive->stopping; i++)
		if (is_wanted(&after, (enum errand)i))
			return true;
	return false;
}

bool after_may_begin(struct drive *drive, const struct after_target *target)
{
	const struct tls_facts *tls = target->facts->tls;

	if (target->lane == AFTER_AFTERWARDS)
		return false;
	if (target->facts->endpoint.security != SECURITY_STARTTLS && !tls)
		return false;
	return (!tls || tls->end == TLS_END_UP) && after_has_work(drive, target);
}

bool after_is_wanted(struct after *after)
{
	after->target.beside = false;
	/* A burst that stalled has found something, and goes on to prove it. */
	if (after->target.lane == AFTER_BURSTS)
		return facts_went_well(after->target.facts);
	return after_has_work(after->drive, &after->target);
}

void after_conclude(struct drive *drive, const struct after_target *target)
{
	const struct after after = { .drive = drive, .target = *target };

	if (!wants_versions(&after))
		target->facts->versions = (struct tls_versions){ 0 };
	if (!wants_early_commands(&after))
		target->facts->keeps_early_commands = false;
	if (!facts_went_well(target->facts))
		target->facts->bulk = (struct bulk_facts){ 0 };
}

struct after *after_new(struct drive *drive, const struct after_target *target,
			const struct after_events *events)
{
	struct after *after = calloc(1, sizeof *after);

	if (!after)
		return NULL;
	*after = (struct after){ .drive = drive, .target = *target, .events = *events };
	after->next = loop_timer_new(drive->loop, on_next, after);
	if (!after->next)
		after_drop(&after);
	else
		loop_timer_set(after->next, loop_now(drive->loop));
	return after;
}

void after_drop(struct after **at)
{
	struct after *after = *at;

	if (!after)
		return;
	*at = NULL;
	again_drop(&after->again);
	versions_drop(&after->versions);
	bulk_drop(&after->bulk);
	doors_drop(&after->doors);
	rest_drop(&after->rest);
	loop_timer_drop(&after->next);
	free(after);
}
