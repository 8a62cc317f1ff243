/* This file judges what became of bulk: large packets, commands together, the server's name in a handshake.
 */
#include "diagnose/judge.h"

enum { HEADERS_IPV4 = 40, HEADERS_IPV6 = 60, QUOTED_MAX = 120 };

static unsigned mtu_for(const struct way *way)
{
	return way->best->bulk.works_with + (way->best->family == 6 ? HEADERS_IPV6 : HEADERS_IPV4);
}

static void judge_mtu(struct judge *j, const struct way *way)
{
	const struct bulk_facts *bulk = &way->best->bulk;
	const struct flow_facts *flow = bulk->way == BULK_STALLS_OUT ? &bulk->flow : &way->best->flow;
	struct finding *f;

	if (bulk->works_with == 0 || (bulk->way != BULK_STALLS_OUT && bulk->way != BULK_STALLS_IN))
		return;
	f = judge_say(j, CODE_PATH_MTU_BLACK_HOLE, way);
	judge_evidence(f, "direction", bulk->way == BULK_STALLS_OUT ? "to the server" : "from the server",
		       NULL);
	if (bulk->way == BULK_STALLS_OUT)
		judge_evidence(f, "commands_answered", judge_text(j, "%u of %u", bulk->answered, bulk->sent),
			       "all");
	if (flow->known) {
		judge_evidence(f, "segments_sent_again", judge_text(j, "%u", flow->retransmits), NULL);
		judge_evidence(f, "segments_unacknowledged", judge_text(j, "%u", flow->unacked), "0");
		judge_evidence(f, "path_mtu_believed", judge_text(j, "%u", flow->path_mtu), NULL);
	}
	judge_evidence(f, "works_with_segments_of", judge_text(j, "%u", bulk->works_with), NULL);
	judge_evidence(f, "works_with_mtu", judge_text(j, "%u", mtu_for(way)), NULL);
	f->remedy_text =
		judge_text(j,
			   "Set the MTU of this computer's network connection or VPN to %u; mend the "
			   "router that swallows the ICMP answers (\"fragmentation needed\").",
			   mtu_for(way));
}

static void judge_pipelining(struct judge *j, const struct way *way)
{
	const struct bulk_facts *bulk = &way->best->bulk;
	struct finding *f;

	if (bulk->way != BULK_HALF_ANSWERED || bulk->answered + 1 >= bulk->sent)
		return;
	f = judge_say(j, CODE_SMTP_PIPELINING_BROKEN, way);
	judge_evidence(f, "commands_answered", judge_text(j, "%u of %u", bulk->answered, bulk->sent), "all");
	judge_evidence(f, "segments_unacknowledged", "0", NULL);
}

static void judge_name(struct judge *j, const struct way *way)
{
	struct finding *f;

	if (way->best->unnamed_tls != UNNAMED_COMES_UP)
		return;
	f = judge_say(j, CODE_PATH_NAME_FILTERED, way);
	judge_evidence(f, "with_name", "cut", "a ServerHello");
	judge_evidence(f, "without_name", "answered", NULL);
	judge_evidence(f, "name", way->endpoint->sni ? way->endpoint->sni : way->endpoint->host, NULL);
}

/* Connections that rested: up to one length they answered, from the next on they did not. */
static void judge_rest(struct judge *j, const struct way *way)
{
	const struct rest_facts *rest = &way->best->rest;
	struct finding *f;

	if (rest->cut == 0 || rest->cut <= rest->answered)
		return;
	f = judge_say(j, CODE_TCP_IDLE_CUT, way);
	judge_evidence(f, "answered_after_idle", judge_text(j, "%.1f s", moment_to_ms(rest->answered) / 1000),
		       NULL);
	judge_evidence(f, "silent_after_idle", judge_text(j, "%.1f s", moment_to_ms(rest->cut) / 1000),
		       "an answer");
	f->remedy_text =
		judge_text(j,
			   "Something on the way forgets connections that rest for %.0f s or less: let the "
			   "mail program check more often than that, or raise the time-out for idle TCP "
			   "connections in the router.",
			   moment_to_ms(rest->cut) / 1000);
}

/* After a good greeting came what is no answer of this protocol. */
static void judge_garble(struct judge *j, const struct way *way)
{
	const struct endpoint_facts *facts = way->best;
	const struct step *greeting = facts_step(facts, STEP_GREETING);
	struct finding *f;

	if (!greeting || !greeting->ok)
		return;
	for (size_t i = 0; i < facts->n_steps; i++) {
		const struct step *step = &facts->steps[i];
		const struct exchange *last =
			facts->n_exchanges ? &facts->exchanges[facts->n_exchanges - 1] : NULL;

		if (step->ok || step->error != STEP_ERROR_PROTOCOL || step->name < STEP_CAPABILITIES)
			continue;
		f = judge_say(j, CODE_PATH_ANSWERS_GARBLED, way);
		judge_evidence(f, "step", step_name_text(step->name), NULL);
		judge_evidence(f, "error", step->error_text, "an answer of this protocol");
		if (last && last->reply.len > 0)
			judge_quote(f, "came", judge_str(j, str_head(last->reply, QUOTED_MAX)), NULL);
		return;
	}
}

void rules_bulk(struct judge *j, const struct way *way)
{
	if (way->weight == WAY_GUESS && !way->works)
		return;
	judge_mtu(j, way);
	judge_pipelining(j, way);
	judge_name(j, way);
	judge_rest(j, way);
	judge_garble(j, way);
}
