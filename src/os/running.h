/* This file tells whether a mail program runs that would overwrite what is changed behind its back. */
#ifndef POSTMEND_OS_RUNNING_H
#define POSTMEND_OS_RUNNING_H

#include <stdbool.h>

/* Whether a Thunderbird holds the profile in this folder. */
bool running_thunderbird(const char *profile_folder);

/* Whether an Outlook runs on this computer. */
bool running_outlook(void);

#endif
