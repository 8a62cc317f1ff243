/* This file judges what became of bulk: large packets, commands together, the server's name in a handshake.
 */
#include "diagnose/judge.h"

enum { HEADERS_IPV4 = 40, HEADERS_IPV6 = 60 };

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

void rules_bulk(struct judge *j, const struct way *way)
{
	if (way->weight == WAY_GUESS && !way->works)
		return;
	judge_mtu(j, way);
	judge_pipelining(j, way);
	judge_name(j, way);
}
