/* This file is "settings ADDRESS --against WHAT": accounts that are set up, compared with the right settings.
 *
 * WHAT is a settings file or hive, a mounted Windows, or the name of a profile,
 * program or account of this computer.
 */
#ifndef POSTMEND_APP_SETTINGS_AGAINST_H
#define POSTMEND_APP_SETTINGS_AGAINST_H

#include "app/gather.h"
#include "settings/settings.h"

/* Reads the accounts of this address. ST_USAGE and words when WHAT is nothing, or has none of them. */
[[nodiscard]] enum status settings_against_find(struct gather *gather, struct run *run,
						const struct address *address, const char **why_out);

/* A finding for each account that differs; they join those of `gather`. */
void settings_against_judge(struct gather *gather, const struct settings_facts *right);

#endif
