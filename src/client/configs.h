/* This file reads the configurations of mail programs that keep them as text.
 *
 * Each takes the bytes of one file and its path as it was named, which lives as
 * long as what is found, and adds the accounts that it describes. Files that it
 * includes are not followed. What is not understood is a remark.
 */
#ifndef POSTMEND_CLIENT_CONFIGS_H
#define POSTMEND_CLIENT_CONFIGS_H

#include "client/account.h"

typedef void configs_reader(struct client_found *found, struct view bytes, const char *source);

configs_reader msmtp_read, mbsync_read, fetchmail_read, getmail_read, offlineimap_read, neomutt_read,
	aerc_read, himalaya_read;

/* An .oeaccount file of Windows Mail or Windows Live Mail. */
configs_reader oeaccount_read;

/* Accounts.plist or com.apple.mail.plist as XML; the binary form is a remark. */
configs_reader applemail_read;

/* Evolution keeps one file for each account, identity and server; all are given at once. */
struct evolution_file {
	const char *uid; /* the file's name without ".source" */
	const char *source;
	struct view bytes;
};

enum { EVOLUTION_FILES_MAX = 1024 };
void evolution_read(struct client_found *found, const struct evolution_file *files, size_t n);

#endif
