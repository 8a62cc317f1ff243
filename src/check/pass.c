/* This file gives the passes of a store check their way to report. */
#include "check/pass.h"
#include "check/mailbox_facts.h"

#include <string.h>

bool pass_goes_on(struct pass_context *context, unsigned worker, uint64_t more)
{
	struct pass_progress *p = context->progress;
	const struct check_options *o = context->options;
	uint64_t done = __atomic_add_fetch(&p->done, more, __ATOMIC_RELAXED);

	if (worker == 0 && o->tick && !o->tick(o->context, done < p->total ? done : p->total, p->total))
		__atomic_store_n(&p->cancelled, true, __ATOMIC_RELAXED);
	return !__atomic_load_n(&p->cancelled, __ATOMIC_RELAXED);
}

struct finding *pass_report(struct pass_context *context, enum code code)
{
	struct subject subject = { .kind = SUBJECT_STORE, .path = context->options->path };

	return finding_add(context->sink, code, &subject);
}

struct finding *pass_report_at(struct pass_context *context, enum code code, uint64_t at)
{
	struct subject subject = {
		.kind = SUBJECT_STORE,
		.path = context->options->path,
		.has_offset = true,
		.offset = at,
	};

	return finding_add(context->sink, code, &subject);
}

struct finding *pass_report_node(struct pass_context *context, enum code code, uint32_t nid, uint64_t at)
{
	struct subject subject = {
		.kind = SUBJECT_STORE,
		.path = context->options->path,
		.node = arena_printf(context->arena, "0x%X", nid),
		.folder = facts_folder_path(context->arena, context->facts, nid),
		.has_offset = at != 0,
		.offset = at,
	};

	return finding_add(context->sink, code, &subject);
}

uint64_t pass_field_at(const struct pass_context *context, const char *field)
{
	const struct field_table *table = header_fields(context->facts->variant);

	for (size_t i = 0; i < table->n; i++)
		if (strcmp(table->rows[i].name, field) == 0)
			return table->rows[i].at;
	return 0;
}

struct finding *pass_report_field(struct pass_context *context, enum code code, const char *field)
{
	return pass_report_at(context, code, pass_field_at(context, field));
}

static const char *hex(struct pass_context *context, uint64_t value)
{
	const char *text = arena_printf(context->arena, "0x%llX", (unsigned long long)value);

	return text ? text : "";
}

void pass_evidence_hex(struct pass_context *context, struct finding *finding, const char *name,
		       uint64_t found)
{
	finding_evidence(finding, name, hex(context, found), NULL, TRUST_OURS);
}

void pass_evidence_pair(struct pass_context *context, struct finding *finding, const char *name,
			uint64_t found, uint64_t expected)
{
	finding_evidence(finding, name, hex(context, found), hex(context, expected), TRUST_OURS);
}
