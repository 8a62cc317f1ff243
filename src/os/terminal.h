/* This file knows the terminal: whether there is one, how wide, and a prompt that shows nothing. */
#ifndef POSTMEND_OS_TERMINAL_H
#define POSTMEND_OS_TERMINAL_H

#include "base/buf.h"
#include "base/status.h"

#include <stdbool.h>

enum terminal_stream { TERMINAL_IN, TERMINAL_OUT, TERMINAL_ERROR };

bool terminal_is(enum terminal_stream stream);

/* Columns, 80 when not known. */
unsigned terminal_width(enum terminal_stream stream);

/* True when it is a terminal that takes colours and nobody said no
 * (`NO_COLOR`, TERM=dumb). On Windows this also switches escape sequences and UTF-8 on. */
bool terminal_has_colour(enum terminal_stream stream);

/* Writes the question to the terminal itself and reads one line without echo.
 * The echo is back afterwards whatever happens, Ctrl-C included: then
 * ST_CANCEL. ST_IO when there is no terminal. `into` is wiped by the caller. */
[[nodiscard]] enum status terminal_ask_secret(const char *question, struct buf *into);

/* The same for what may be seen. */
[[nodiscard]] enum status terminal_ask(const char *question, struct buf *into);

/* True when the window was opened for this program alone, as by a double-click
 * on Windows, and closes with it. */
bool terminal_window_is_ours(void);

#endif
