/* This file writes the right settings of an address in the form of a mail program, to carry them to another
 * computer.
 *
 * prf          Outlook's profile file: outlook.exe /importprf FILE makes a new profile of it
 * reg          for Outlook Express and Outlook 98 and 2000: import it with regedit
 * thunderbird  prefs.js of a new profile, or user.js of one without accounts
 *
 * No password is in any of them.
 */
#ifndef POSTMEND_REPORT_SETTINGS_EXPORT_H
#define POSTMEND_REPORT_SETTINGS_EXPORT_H

#include "base/buf.h"
#include "settings/settings.h"

#include <stdbool.h>

enum settings_export { SETTINGS_EXPORT_PRF, SETTINGS_EXPORT_REG, SETTINGS_EXPORT_THUNDERBIRD };

/* False when there is none of this name. */
[[nodiscard]] bool settings_export_kind(struct str word, enum settings_export *out);

/* NULL, or why these settings cannot be written: ends the sentence "nothing was written: ". */
[[nodiscard]] const char *settings_export(enum settings_export kind, const struct settings_facts *facts,
					  struct buf *out);

#endif
