/* This file writes what a picture shows of a store into a new one that is checked before it gets its name. */
#ifndef POSTMEND_APP_MEND_WRITE_H
#define POSTMEND_APP_MEND_WRITE_H

#include "app/progress.h"
#include "app/run.h"
#include "check/check.h"
#include "convert/convert.h"
#include "os/new_store.h"
#include "record/mend_facts.h"
#include "report/report.h"

/* A repair or conversion on its way. */
struct mend {
	struct run *run;
	struct mend_facts facts;
	struct store_facts source; /* for the report */
	struct finding_sink *findings;
	struct finding_sink *found; /* of the store that is written; they join `findings` with its ledger */
	struct arena *reading;      /* the picture and what is made of it */
	const struct store_file *file;
	struct salvage *salvage;
	struct progress progress;
	struct clock clock;
	double from, to;    /* of the progress bar: where the work at hand begins and ends, 0 to 1 */
	const char *output; /* as the user has it */
	const char *at;     /* the file that is written */
	bool cancelled, written;
	bool anew;          /* nothing is carried as it is */
	uint32_t *suspects; /* nodes in which a check of the new store found fault */
	size_t n_suspects;
};

/* One store to be written. */
struct mend_job {
	const char *path;
	uint64_t bytes;                               /* that it will have; 0: not known */
	const uint32_t *parts;                        /* as struct convert_options has them */
	const uint8_t (*record_keys)[RECORD_KEY_LEN]; /* NULL: a new one */
	uint32_t part;
	struct convert_weights *weights;
};

/* The work that comes takes this span of the progress bar. */
void mend_span(struct mend *m, double from, double to);

/* For ticks of those who work; context is struct mend. */
bool mend_tick(void *context, uint64_t done, uint64_t total);

/* Threads for a pass; the caller sets a copy's context to `out`. */
void mend_set_runner(struct check_runner *out);

/* What `size` bytes of a store may take in memory while it is read or written. */
size_t mend_arena_cap(uint64_t size);

/* Writes a store that is sound, and whose file has all of its bytes: new_store_seal() or _commit() comes
 * next. What cannot be carried as it is, is laid out anew. ST_BUG: it is not sound even so. Not ST_OK:
 * nothing is left of it, and *out is NULL. */
[[nodiscard]] enum status mend_write(struct mend *m, const struct mend_job *job, struct new_store **out,
				     struct convert_ledger *ledger_out, const char **why_out);

/* The same for --plan, and to know what things take: everything is laid out, and nothing written. With
 * job->weights nothing is carried block by block. */
[[nodiscard]] enum status mend_write_nowhere(struct mend *m, const struct mend_job *job,
					     struct convert_ledger *ledger_out);

/* Says in *why_out what is missing, when there is less room than `bytes` where `path` will be: ST_LIMIT. */
[[nodiscard]] enum status mend_has_room(struct mend *m, const char *path, uint64_t bytes,
					const char **why_out);

/* Adds what became of the store that was written last to the facts. ST_NOMEM. */
[[nodiscard]] enum status mend_take(struct mend *m, const struct convert_ledger *ledger);

#endif
