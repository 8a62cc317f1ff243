/* This file looks into a store that nobody has open: what waits, hides, is there twice, or does not run.
 *
 *	check_open(arena, image, &options, sink, &facts);
 *	content_init(&c, &setting, facts);
 *	st = content_outbox(&c);
 *
 * Each look lists items and reports a finding for each that is in trouble.
 * Only what is needed is read. What cannot be read is left to a check.
 */
#ifndef POSTMEND_CONTENT_CONTENT_H
#define POSTMEND_CONTENT_CONTENT_H

#include "check/check.h"
#include "record/item_list.h"

/* Rules in a folder of this name were set aside. */
#define CONTENT_RULES_ASIDE "Lost and found"

struct content_setting {
	const char *path;          /* for subjects */
	struct arena *arena;       /* keeps what is listed */
	struct finding_sink *sink; /* of that arena */
	struct item_list *list;
	wall_time now;
	struct check_runner runner;
	bool (*tick)(void *context, uint64_t done, uint64_t total); /* may be NULL; false cancels */
	void *context;
	/* Doubles in the folder of this name were put there before: they are none. NULL: "Duplicates". */
	const char *aside;
};

/* The facts are those of check_open() and live as long as the look. ST_CANCEL
 * when tick said so. */
[[nodiscard]] enum status content_outbox(const struct content_setting *setting, struct check_facts *facts);
[[nodiscard]] enum status content_receipts(const struct content_setting *setting, struct check_facts *facts);
[[nodiscard]] enum status content_duplicates(const struct content_setting *setting,
					     struct check_facts *facts);
[[nodiscard]] enum status content_rules(const struct content_setting *setting, struct check_facts *facts);

/* The password that Outlook asks for; the list may be NULL. */
[[nodiscard]] enum status content_password(const struct content_setting *setting, struct check_facts *facts);

/* Messages whose text is gone or cannot be read, though nothing else is wrong with them; the list is not
 * used. A check runs it when its passes are done. */
[[nodiscard]] enum status content_bodies(const struct content_setting *setting, struct check_facts *facts);

/* What only this copy of a server's mailbox (.ost) has, as far as it tells: what content_outbox() lists, and
 * items of folders that stay on this computer, in the state "local". Counts folders and items that it could
 * not read. */
[[nodiscard]] enum status content_local_only(const struct content_setting *setting, struct check_facts *facts,
					     uint64_t *n_unread_out);

/* The rules of a file that holds nothing else: .rwz. False when it is no such file. */
[[nodiscard]] enum status content_rules_file(const struct content_setting *setting, struct view bytes,
					     bool *is_rules_out);

#endif
