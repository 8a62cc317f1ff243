/* This file collects the settings of mail programs from hives and files and keeps what is worth telling. */
#ifndef POSTMEND_APP_GATHER_H
#define POSTMEND_APP_GATHER_H

#include "app/run.h"
#include "audit/tree.h"
#include "client/account.h"
#include "diagnose/diagnose.h"
#include "finding/finding.h"
#include "hive/hive.h"

struct gather {
	struct run *run;
	struct client_found found;
	struct finding_sink *findings;
	struct wanted_list wanted; /* what would mend which finding */
	const char *disk;          /* the folder that is drive C: of the Windows looked at, or NULL */
	bool is_live;              /* it is the one that runs */
	bool looks_around; /* add-ins, scanners, firewall … too, not only accounts; set it after opening */
	struct audit_srs *srs;
	struct audit_keys *keys;
	size_t n_srs, n_keys;
	const char *hosts_path;
	struct view hosts;
	struct audit_store *stores; /* that the settings name, once they were judged */
	size_t n_stores;
};

[[nodiscard]] enum status gather_open(struct gather *gather, struct run *run);

/* Everything that the options point at; words for people in *why_out. */
[[nodiscard]] enum status gather_collect(struct gather *gather, const char **why_out);

/* Turns what could not be understood into findings. */
void gather_close(struct gather *gather);

/* Judges accounts and stores; the findings join the others. */
[[nodiscard]] enum status gather_judge(struct gather *gather);

/* Version and SHA-256 of the Outlooks that were found, as facts of a case. */
void gather_programs(struct gather *gather, struct case_facts *facts);

/* Add-ins alone. */
void gather_judge_addins(struct gather *gather);

/* The rest is for the room's files of this name (gather_files.c). */
[[nodiscard]] enum status gather_hive_or_say(struct gather *gather, const char *path);
[[nodiscard]] enum status gather_open_around(struct gather *gather);
[[nodiscard]] enum status gather_look_around(struct gather *gather);
[[nodiscard]] enum status gather_listeners(struct gather *gather);
void gather_look_around_user(struct gather *gather, const char *user, const char *hive);
void gather_read_around(struct gather *gather, const struct hive *hive, const char *path);

/* The file behind "C:\…" of the mounted disk, or NULL and whether it is known to be missing. */
const char *gather_mounted(struct gather *gather, const char *path, enum machine_file *state_out);
void gather_thunderbird(struct gather *gather, const char *folder);
void gather_oeaccounts(struct gather *gather, const char *folder);
void gather_configs(struct gather *gather, const char *home);

/* One settings file, known by its name, or the folder of a profile of Thunderbird: false when it is none. */
bool gather_settings_file(struct gather *gather, const char *path);
bool gather_thunderbird_folder(struct gather *gather, const char *folder);

/* All that is read from a hive, whatever hive it is; `path` is what it is called. */
void gather_read_hive(struct gather *gather, const struct hive *hive, const char *path);

/* Of the registry of a Windows that runs: the present user's part, and the computer's (gather_live.c). */
[[nodiscard]] enum status gather_live_user(struct gather *gather);
[[nodiscard]] enum status gather_live_machine(struct gather *gather);

#endif
