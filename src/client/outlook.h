/* This file reads the mail accounts of Outlook and Outlook Express from a user's registry hive (NTUSER.DAT).
 */
#ifndef POSTMEND_CLIENT_OUTLOOK_H
#define POSTMEND_CLIENT_OUTLOOK_H

#include "client/account.h"
#include "hive/hive.h"

/* Profiles of Outlook 2002 and later, below both roots and every version: their
 * accounts in the profile's order, their stores and address books. `source` is the
 * hive's path and lives as long as what is found. */
void outlook_read_profiles(struct client_found *found, const struct hive *hive, const char *source);

/* What an account's key below a profile stands for. What nobody knows may be a mailbox. */
enum outlook_kind { OUTLOOK_KIND_MAIL, OUTLOOK_KIND_STORE, OUTLOOK_KIND_BOOK };
struct registry_key;
enum outlook_kind outlook_kind_of(const struct registry_key *account);

/* Of an Exchange account's flags (PR_PROFILE_CONFIG_FLAGS): the password is asked for at each start;
 * the mailbox is kept in a copy, "cached mode", whose two bits go together. */
enum { OUTLOOK_EXCHANGE_ASKS = 0x8, OUTLOOK_EXCHANGE_CACHED = 0x180 };

/* Accounts of Outlook Express, and those of Outlook 98 and 2000 for Internet mail. */
void outlook_read_internet_accounts(struct client_found *found, const struct hive *hive, const char *source);

#endif
