/* This file reads which Office and Windows are installed, with which updates, and what steers them for one
 * user. */
#ifndef POSTMEND_CLIENT_OFFICE_H
#define POSTMEND_CLIENT_OFFICE_H

#include "client/account.h"
#include "hive/hive.h"

enum { OFFICE_VERSIONS = 9 };

/* "8.0" to "17.0": the names of their keys. */
extern const char *const office_versions[OFFICE_VERSIONS];

/* The hive SOFTWARE: builds of Windows, Office of both kinds, and the numbers of installed updates. */
void office_read_software(struct client_found *found, const struct hive *hive, const char *source);

/* A user's hive: how Outlook sends and signs in, and how large its stores may become. */
void office_read_user(struct client_found *found, const struct hive *hive, const char *source);

/* The number behind "KB" in a text; 0 when there is none. */
uint32_t office_kb_in(struct str text);

#endif
