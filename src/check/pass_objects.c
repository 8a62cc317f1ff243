/* This file is the pass over every object: heaps, property contexts, table contexts.
 *
 * Tests: P70, P74-P93, P95, P121.
 * Gathers: which nodes are faulty.
 * Relies on: nodes, content.
 */
#include "check/object.h"
#include "check/pass.h"

enum { JOB_NODES = 256, ARENA_MAX = 96 << 20 };

struct objects {
	struct pass_context *pass;
	struct check_facts *facts;
	uint8_t *faulty; /* by node: 1 faulty, 2 too large, 3 memory ended */
	size_t n_jobs;
};

enum { IS_FAULTY = 1 << 0, IS_TOO_LARGE = 1 << 1, OUT_OF_MEMORY = 1 << 2 };

static enum status judge_node(const struct check_facts *facts, struct pass_context *aloud, size_t i,
			      uint8_t *marks_out)
{
	const struct node_fact *n = &facts->nodes[i];
	const struct block_fact *b = facts_block(facts, (struct bid){ n->data });
	struct object_part part = { n->nid, n->data, n->subnode, 0 };
	struct object_judge judge = { .facts = facts, .pass = aloud, .nid = n->nid, .at = b ? b->at : 0 };
	enum status st = ST_NOMEM;

	judge.arena = arena_new(ARENA_MAX);
	if (judge.arena)
		st = object_judge(&judge, &part);
	arena_drop(&judge.arena);
	*marks_out = (uint8_t)((judge.is_faulty ? IS_FAULTY : 0) | (judge.is_too_large ? IS_TOO_LARGE : 0));
	return st;
}

static void job(void *context, unsigned worker, size_t index)
{
	struct objects *o = context;
	size_t end = (index + 1) * JOB_NODES;

	(void)worker;
	for (size_t i = index * JOB_NODES; i < end && i < o->facts->n_nodes; i++) {
		uint8_t marks;

		if (judge_node(o->facts, NULL, i, &marks) != ST_OK)
			marks |= OUT_OF_MEMORY;
		o->faulty[i] = marks;
	}
}

static void report_too_large(struct objects *o, size_t i)
{
	struct finding *f = pass_report_node(o->pass, CODE_STORE_CHECK_INCOMPLETE, o->facts->nodes[i].nid, 0);

	pass_evidence_hex(o->pass, f, "bytes_more_than", OBJECT_BYTES_MAX);
}

enum status pass_objects(struct pass_context *pass)
{
	struct objects o = { .pass = pass, .facts = pass->facts };
	const struct check_runner *runner = &pass->options->runner;
	uint8_t marks;

	o.n_jobs = o.facts->n_nodes / JOB_NODES + 1;
	o.faulty = arena_alloc(pass->arena, o.facts->n_nodes);
	if (!o.faulty)
		return ST_NOMEM;
	runner->run(runner->context, o.n_jobs, job, &o);
	for (size_t i = 0; i < o.facts->n_nodes; i++) {
		if (o.faulty[i] & OUT_OF_MEMORY)
			return ST_NOMEM;
		if (o.faulty[i] & IS_FAULTY && judge_node(o.facts, pass, i, &marks) != ST_OK)
			return ST_NOMEM;
		if (o.faulty[i] & IS_TOO_LARGE)
			report_too_large(&o, i);
	}
	pass->facts->have |= FACT_OBJECTS;
	return ST_OK;
}
