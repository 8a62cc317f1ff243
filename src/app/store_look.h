/* This file runs the looks into a store, one for each sub-command; each returns the exit code. */
#ifndef POSTMEND_APP_STORE_LOOK_H
#define POSTMEND_APP_STORE_LOOK_H

#include "app/progress.h"
#include "app/run.h"
#include "content/content.h"
#include "os/clock.h"

enum look_which { LOOK_OUTBOX, LOOK_RECEIPTS, LOOK_RULES, LOOK_DUPLICATES, LOOK_PASSWORD };

struct look_kind {
	enum look_which which;
	const char *command, *noun, *nouns, *none;
	enum status (*look)(const struct content_setting *setting, struct check_facts *facts);
	bool takes_rules; /* also a file of rules alone */
	const char *some; /* the headline when something is listed, or NULL for the usual one */
};

struct look {
	const struct look_kind *kind;
	struct run *run;
	struct finding_sink *sink;
	struct item_list list;
	struct store_facts store;
	struct progress progress;
	uint64_t size;
	struct clock clock;
	bool cancelled;
	const char *headline; /* instead of the usual one, or NULL */
};

int store_look_outbox(struct run *run);
int store_look_receipts(struct run *run);
int store_look_rules(struct run *run);
int store_look_duplicates(struct run *run);
int store_look_password(struct run *run);

/* A look begins: NULL when memory ended. */
[[nodiscard]] struct look *store_look_new(struct run *run, const struct look_kind *kind, const char *path);

/* Looks into a store whose facts are there. */
[[nodiscard]] enum status store_look_facts(struct look *look, struct check_facts *facts);

/* Looks into the store that lies at the path. */
[[nodiscard]] enum status store_look_file(struct look *look);

/* Judges and prints; returns the exit code. */
int store_look_print(struct look *look);

#endif
