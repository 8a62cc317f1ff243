/* This file turns our UTF-8 into what Windows' wide calls take; its files *_windows.c include it alone. */
#ifndef POSTMEND_OS_WIDE_WINDOWS_H
#define POSTMEND_OS_WIDE_WINDOWS_H

#include <wchar.h>

/* The path in full and in the form that may be longer than 260 characters (\\?\C:\…, \\?\UNC\…), for the
 * caller to free(); NULL when memory ended or the text is no UTF-8. */
[[nodiscard]] wchar_t *wide_path(const char *path);

/* Any text; to be free()d, NULL as above. */
[[nodiscard]] wchar_t *wide_text(const char *text);

#endif
