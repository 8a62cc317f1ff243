/* This file collects the settings of mail programs from hives and files and keeps what is worth telling. */
#ifndef POSTMEND_APP_GATHER_H
#define POSTMEND_APP_GATHER_H

#include "app/run.h"
#include "audit/wanted.h"
#include "client/account.h"
#include "finding/finding.h"

struct gather {
	struct run *run;
	struct client_found found;
	struct finding_sink *findings;
	struct wanted_list wanted; /* what would mend which finding */
};

[[nodiscard]] enum status gather_open(struct gather *gather, struct run *run);

/* One user's hive, with the logs that lie beside it. ST_IO and words in *why_out
 * when the file cannot be opened; what is wrong inside is a finding. */
[[nodiscard]] enum status gather_hive(struct gather *gather, const char *path, const char **why_out);

/* Every user of the Windows whose disk is mounted at this folder. ST_IO as above. */
[[nodiscard]] enum status gather_windows(struct gather *gather, const char *folder, const char **why_out);

/* The present user. */
[[nodiscard]] enum status gather_home(struct gather *gather);

/* Turns what could not be understood into findings. */
void gather_close(struct gather *gather);

/* Judges accounts and stores; the findings join the others. */
[[nodiscard]] enum status gather_judge(struct gather *gather);

/* The rest is for the room's files of this name (gather_files.c). */
void gather_thunderbird(struct gather *gather, const char *folder);
void gather_oeaccounts(struct gather *gather, const char *folder);
void gather_configs(struct gather *gather, const char *home);

#endif
