/* This file makes names of files out of a store's words. */
#include "content/safe_name.h"

#include "base/checked.h"
#include "base/str.h"

#include <string.h>

/* UTF-8 of characters that are not seen or turn text round: a range of last bytes each. */
static const struct {
	unsigned char a, b, from, to;
} hidden[] = {
	{ 0xE2, 0x80, 0x8B, 0x8F }, /* U+200B to 200F */
	{ 0xE2, 0x80, 0xA8, 0xAE }, /* U+2028 to 202E */
	{ 0xE2, 0x81, 0xA0, 0xAF }, /* U+2060 to 206F */
	{ 0xEF, 0xBB, 0xBF, 0xBF }, /* U+FEFF */
};

static const char *const devices[] = { "CON",  "PRN",  "AUX",  "NUL",  "CONIN$", "CONOUT$", "COM1",
				       "COM2", "COM3", "COM4", "COM5", "COM6",   "COM7",    "COM8",
				       "COM9", "LPT1", "LPT2", "LPT3", "LPT4",   "LPT5",    "LPT6",
				       "LPT7", "LPT8", "LPT9", "COM0", "LPT0" };

static size_t character_len(const char *at)
{
	unsigned char c = (unsigned char)at[0];

	return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

static bool is_hidden(const char *at, size_t len)
{
	for (size_t i = 0; len == 3 && i < COUNT_OF(hidden); i++)
		if ((unsigned char)at[0] == hidden[i].a && (unsigned char)at[1] == hidden[i].b &&
		    (unsigned char)at[2] >= hidden[i].from && (unsigned char)at[2] <= hidden[i].to)
			return true;
	/* C1 controls. */
	return len == 2 && (unsigned char)at[0] == 0xC2 && (unsigned char)at[1] < 0xA0;
}

static bool is_device(struct str name)
{
	struct str stem =
		str_head(name, str_find_char(name, '.') < name.len ? str_find_char(name, '.') : name.len);

	for (size_t i = 0; i < COUNT_OF(devices); i++)
		if (str_is_nocase(str_trim(stem), devices[i]))
			return true;
	return false;
}

/* One character of ASCII as it may stand; 0 for none. */
static char harmless(char c)
{
	if (c == '\t' || c == '\n' || c == '\r')
		return ' ';
	if ((unsigned char)c < 32 || c == 127)
		return 0;
	return strchr("<>:\"/\\|?*", c) ? '_' : c;
}

static size_t fill(char name[SAFE_NAME_MAX + 1], const char *text)
{
	size_t len = 0;

	while (*text) {
		size_t n = character_len(text);
		char c = harmless(*text);

		if (len + n > SAFE_NAME_MAX)
			break;
		if (n > 1 && !is_hidden(text, n)) {
			memcpy(name + len, text, n);
			len += n;
		} else if (n == 1 && c && !(c == ' ' && (len == 0 || name[len - 1] == ' '))) {
			name[len++] = c;
		}
		text += n;
	}
	while (len && (name[len - 1] == ' ' || name[len - 1] == '.'))
		len--;
	return len;
}

void safe_name_put(struct buf *out, const char *text, const char *otherwise)
{
	char name[SAFE_NAME_MAX + 1];
	size_t len = text && str_is_utf8(str_of(text)) ? fill(name, text) : 0;
	struct str s = { name, len };

	if (len == 0) {
		buf_add_text(out, otherwise);
		return;
	}
	if (name[0] == '.' || name[0] == '~' || is_device(s))
		buf_add_byte(out, '_');
	buf_add_str(out, s);
}
