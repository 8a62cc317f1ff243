/* This file is the way in for who double-clicks the program, or drops a store on it: a window of its own. */
#ifndef POSTMEND_APP_WINDOW_H
#define POSTMEND_APP_WINDOW_H

#include "app/options.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"

/* Fills in the words that the user would have typed. Of none the mail address
 * is asked for; files that were dropped are stores to be checked; all else
 * stays as it is. ST_CANCEL when nothing was answered. */
[[nodiscard]] enum status window_words(struct arena *arena, struct options *options,
				       enum status (*ask)(const char *question, struct buf *into),
				       bool (*is_file)(const char *path));

/* Keeps the window until Enter is pressed. */
void window_wait(void);

#endif
