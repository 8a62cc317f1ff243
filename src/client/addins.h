/* This file reads Outlook's add-ins from the registry: where they are registered, whether they load, and what
 * Outlook noted about them.
 */
#ifndef POSTMEND_CLIENT_ADDINS_H
#define POSTMEND_CLIENT_ADDINS_H

#include "client/account.h"
#include "hive/hive.h"

/* A user's hive: his own add-ins and his say about those of all users, Outlook's lists, policies. */
void addins_read_user(struct client_found *found, const struct hive *hive, const char *source);

/* The hive SOFTWARE, after the users' hives: the add-ins of all users in each view, and the
 * files of all that were read. */
void addins_read_software(struct client_found *found, const struct hive *hive, const char *source);

/* A user's own classes (UsrClass.dat), behind his hive `user`: the files of his add-ins whose file is not
 * known. addins_want_classes() says whether there is such an add-in. */
bool addins_want_classes(const struct client_found *found, const char *user);
void addins_read_classes(struct client_found *found, const struct hive *hive, const char *user);

/* Whether one of Outlook's notes is about this add-in: by its class, or the name of its file. */
bool addins_note_is_about(const struct machine_note *note, const struct machine_addin *addin);

/* What LoadBehavior says, and what a note does: "loads at the start", "kept although it crashed Outlook". */
const char *addins_state_name(const struct machine_addin *addin);
const char *addins_note_name(const struct machine_note *note);
bool addins_note_is_crash(const struct machine_note *note);

/* "user", "click-to-run-32" … */
const char *addins_view_name(enum machine_view view);

#endif
