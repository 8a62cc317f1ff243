/* This file judges how long a server and the path to it take, once both work, and says which side is slow.
 *
 * The path's own time is that of a connection: the system behind the door opens it, whatever its mail server
 * is busy with. Where a connection takes long while bytes are awaited, the path is full of them or loses
 * some.
 */
#include "diagnose/judge.h"

#include "base/checked.h"

enum {
	SLOW_S = 5,
	LOGIN_ROUNDS = 5,
	SLOW_BYTES = 16 * 1024, /* a second */
	SLOW_LEAST_S = 2,
	SAMPLE_LEAST = 4096,
	RELAYED_PART = 4,
	RELAYED_LEAST_MS = 8,
	FULL_TIMES = 4,
	FULL_LEAST_MS = 150,
	SEGMENT = 1400,
	LOST_PART = 20, /* one segment of so many came out of order */
};

static const char *ms(struct judge *j, moment length)
{
	return judge_text(j, "%.*f ms", length < MOMENT_MS(10) ? 1 : 0, moment_to_ms(length));
}

static moment connect_time(const struct way *way)
{
	const struct step *step = facts_step(way->best, STEP_CONNECT);

	return step && step->ok ? step->took : 0;
}

/* Another door of the host takes far longer than ours: somebody close by opens ours. */
static bool is_relayed(const struct way *way)
{
	moment there = way->best->doors.took;

	return there >= MOMENT_MS(RELAYED_LEAST_MS) && connect_time(way) < there / RELAYED_PART;
}

void judge_side(struct judge *j, struct finding *f, const struct way *way)
{
	const struct flow_facts *flow = &way->best->flow;

	judge_evidence(f, "connection_after", ms(j, connect_time(way)), NULL);
	if (flow->known)
		judge_evidence(f, "segments_sent_again", judge_text(j, "%u", flow->retransmits), NULL);
	judge_evidence(f, "side",
		       is_relayed(way) ? "the server, or what takes the connections before it" : "the server",
		       NULL);
}

static void judge_relayed(struct judge *j, const struct way *way)
{
	struct finding *f;

	if (!is_relayed(way))
		return;
	f = judge_say(j, CODE_PATH_CONNECTION_RELAYED, way);
	judge_evidence(f, "connection_after", ms(j, connect_time(way)),
		       "about as long as any other of the same host");
	judge_evidence(f, "other_port_after",
		       judge_text(j, "%s, port %u", ms(j, way->best->doors.took), way->best->doors.port),
		       NULL);
	judge_evidence(f, "answers_after", ms(j, facts_quickest(way->best)), NULL);
}

static void judge_login(struct judge *j, const struct way *way)
{
	const struct step *step = facts_step(way->best, STEP_LOGIN);
	struct finding *f;

	if (way->best->login != LOGIN_ACCEPTED || !step ||
	    step->took - connect_time(way) * LOGIN_ROUNDS < MOMENT_S(SLOW_S))
		return;
	f = judge_say(j, CODE_AUTH_LOGIN_SLOW, way);
	judge_evidence(f, "login_after", ms(j, step->took), "less than 5 s");
	judge_side(j, f, way);
}

static bool is_slow_to_begin(const struct way *way)
{
	return way->best->speed.waited - connect_time(way) >= MOMENT_S(SLOW_S);
}

static bool is_slow_to_come(const struct speed_facts *speed)
{
	return speed->bytes >= SAMPLE_LEAST && speed->took >= MOMENT_S(SLOW_LEAST_S) &&
	       (double)speed->bytes * 1e6 / (double)speed->took < SLOW_BYTES;
}

/* Connections that were asked for meanwhile took far longer than before, or segments were lost. */
static bool is_full(const struct way *way)
{
	const struct speed_facts *speed = &way->best->speed;
	const struct flow_facts *flow = &way->best->flow;

	if (speed->tried > 0 && speed->came == 0)
		return true;
	return speed->busy >= connect_time(way) * FULL_TIMES + MOMENT_MS(FULL_LEAST_MS) ||
	       (speed->bytes >= SAMPLE_LEAST && flow->disordered > speed->bytes / SEGMENT / LOST_PART);
}

static void show_speed(struct judge *j, struct finding *f, const struct way *way)
{
	const struct speed_facts *speed = &way->best->speed;

	judge_evidence(f, "first_byte_after", ms(j, speed->waited), "less than 5 s");
	if (speed->took > 0)
		judge_evidence(f, "bytes_per_second",
			       judge_text(j, "%.0f", (double)speed->bytes * 1e6 / (double)speed->took),
			       judge_text(j, "more than %d", (int)SLOW_BYTES));
	judge_evidence(f, "bytes", judge_text(j, "%llu", (unsigned long long)speed->bytes), NULL);
	judge_evidence(f, "connection_before", ms(j, connect_time(way)), NULL);
	if (speed->tried)
		judge_evidence(f, "connection_meanwhile", speed->came ? ms(j, speed->busy) : "no answer",
			       "no longer than before");
	if (way->best->flow.known)
		judge_evidence(f, "segments_out_of_order", judge_text(j, "%u", way->best->flow.disordered),
			       NULL);
}

static void judge_messages(struct judge *j, const struct way *way)
{
	const struct speed_facts *speed = &way->best->speed;
	bool late = is_slow_to_begin(way), slow = is_slow_to_come(speed);
	enum code code = late ? CODE_MAILBOX_ANSWER_SLOW : CODE_MAILBOX_TRANSFER_SLOW;
	const char *side = "the server";
	struct finding *f;

	if (!speed->asked || (!late && !slow))
		return;
	if (is_full(way)) {
		code = CODE_PATH_TRANSFER_SLOW;
		side = "the path";
	} else if (is_relayed(way)) {
		/* Who has waited for the whole message gives it in one piece. */
		code = late && !slow ? CODE_SCANNER_TRANSFER_HELD : code;
		side = "what takes the connections, or the server behind it";
	}
	f = judge_say(j, code, way);
	show_speed(j, f, way);
	judge_evidence(f, "side", side, NULL);
}

void rules_speed(struct judge *j, const struct way *way)
{
	if (way->weight == WAY_GUESS && !way->works)
		return;
	judge_relayed(j, way);
	judge_login(j, way);
	judge_messages(j, way);
}
