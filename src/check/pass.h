/* This file is what the passes of a store check share: their context and how they report. */
#ifndef POSTMEND_CHECK_PASS_H
#define POSTMEND_CHECK_PASS_H

#include "check/check.h"

/* Work done and to do, in bytes of the store or what costs as much. */
struct pass_progress {
	uint64_t done;           /* and `cancelled`: atomic, several threads at once */
	uint64_t total, objects; /* objects: the part of it that is theirs */
	bool cancelled;
};

struct pass_context {
	struct arena *arena;
	const struct check_options *options;
	struct check_facts *facts;
	struct finding_sink *sink;
	struct pass_progress *progress;
};

/* Adds to what is done and, on worker 0, tells the caller of the check. False
 * once it was cancelled: jobs then return, and the pass gives ST_CANCEL. */
bool pass_goes_on(struct pass_context *context, unsigned worker, uint64_t more);

/* One row of the pass table. A pass is run when all it needs is there; what it
 * provides it sets in facts->have itself, because it may not get that far. */
struct pass {
	const char *name;
	const char *purpose; /* one sentence */
	unsigned needs;      /* bits of enum check_fact */
	unsigned provides;
	bool quick; /* part of --quick */
	enum status (*run)(struct pass_context *context);
};

/* A finding about the store as a whole, or about the bytes at an offset. */
struct finding *pass_report(struct pass_context *context, enum code code);
struct finding *pass_report_at(struct pass_context *context, enum code code, uint64_t at);

/* `at` 0: its place is not known. */
struct finding *pass_report_node(struct pass_context *context, enum code code, uint32_t nid, uint64_t at);

/* About a field of the header, by its name in the field table of the store's variant. */
struct finding *pass_report_field(struct pass_context *context, enum code code, const char *field);
uint64_t pass_field_at(const struct pass_context *context, const char *field);

/* Evidence as numbers; `expected` may be absent. */
void pass_evidence_hex(struct pass_context *context, struct finding *finding, const char *name,
		       uint64_t found);
void pass_evidence_pair(struct pass_context *context, struct finding *finding, const char *name,
			uint64_t found, uint64_t expected);

enum status pass_header(struct pass_context *pass);
enum status pass_trees(struct pass_context *pass);
enum status pass_places(struct pass_context *pass);
enum status pass_extents(struct pass_context *pass);
enum status pass_content(struct pass_context *pass);
enum status pass_references(struct pass_context *pass);
enum status pass_cipher(struct pass_context *pass);
enum status pass_folders(struct pass_context *pass);
enum status pass_objects(struct pass_context *pass);
enum status pass_mailbox(struct pass_context *pass);
enum status pass_owners(struct pass_context *pass);

#endif
