/* This file takes the header of a message apart. */
#include "mail/fields.h"

/* Up to the next line's start; a line ends with LF. */
static struct str cut_line(struct str *rest)
{
	size_t end = str_find_char(*rest, '\n');
	struct str line = str_head(*rest, end == SIZE_MAX ? rest->len : end + 1);

	*rest = str_skip(*rest, line.len);
	return line;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] <= 32 || name.at[i] > 126)
			return false;
	return name.len > 0 && name.len <= 76;
}

bool fields_next(struct str *rest, struct mail_field *out)
{
	while (rest->len) {
		struct str line = cut_line(rest), name;
		size_t colon = str_find_char(line, ':');

		if (str_trim(line).len == 0)
			return false;
		/* What goes on belongs to the line before. */
		while (rest->len && is_blank(rest->at[0]))
			line.len += cut_line(rest).len;
		name = colon == SIZE_MAX ? str_head(line, 0) : str_trim(str_head(line, colon));
		if (!is_name(name))
			continue;
		*out = (struct mail_field){ name, str_skip(line, colon + 1) };
		return true;
	}
	return false;
}

bool fields_has(struct str header, struct str name)
{
	struct mail_field field;

	while (fields_next(&header, &field))
		if (str_eq_nocase(field.name, name))
			return true;
	return false;
}
