/* This file cuts a stream of bytes into lines, however it is split into pieces. */
#include "wire/line.h"

#include <string.h>

enum { FIRST_ROOM = 256 };

void line_init(struct line *line, struct arena *arena, size_t cap)
{
	*line = (struct line){ .arena = arena, .cap = cap };
}

void line_reset(struct line *line)
{
	line->len = 0;
	line->drop = 0;
	line->whole = false;
}

void line_drop(struct line *line, size_t n)
{
	line->drop = n;
	line->into = NULL;
	line->whole = false;
}

void line_keep(struct line *line, uint8_t *into, size_t n)
{
	line_drop(line, n);
	line->into = into;
}

size_t line_pending(const struct line *line)
{
	return line->whole ? 0 : line->len;
}

/* The old text stays behind in the arena: doubling keeps that below the cap. */
static bool make_room(struct line *line, size_t more)
{
	size_t need = line->len + more, room = line->room ? line->room : FIRST_ROOM;
	char *moved;

	if (more > line->cap || need > line->cap) {
		line->too_long = true;
		return false;
	}
	if (need <= line->room)
		return true;
	while (room < need)
		room *= 2;
	if (room > line->cap)
		room = line->cap;
	moved = arena_alloc(line->arena, room);
	if (!moved)
		return false;
	if (line->len)
		memcpy(moved, line->at, line->len);
	line->at = moved;
	line->room = room;
	return true;
}

static bool append(struct line *line, struct str part)
{
	if (part.len == 0)
		return true;
	if (!make_room(line, part.len))
		return false;
	memcpy(line->at + line->len, part.at, part.len);
	line->len += part.len;
	if (str_find_char(part, '\0') != SIZE_MAX)
		line->has_nul = true;
	return true;
}

bool line_take(struct line *line, struct view *bytes, struct str *text_out)
{
	struct str rest = str_from_view(*bytes), part;
	size_t end;

	if (line->too_long || bytes->len == 0)
		return false;
	if (line->whole)
		line_reset(line);
	if (line->drop) {
		size_t n = line->drop < rest.len ? line->drop : rest.len;

		if (line->into) {
			memcpy(line->into, rest.at, n);
			line->into += n;
		}
		line->drop -= n;
		rest = str_skip(rest, n);
	}
	end = str_find_char(rest, '\n');
	part = end == SIZE_MAX ? rest : str_head(rest, end);
	*bytes = str_view(str_skip(rest, end == SIZE_MAX ? rest.len : end + 1));
	if (!append(line, part) || end == SIZE_MAX)
		return false;
	line->whole = true;
	if (line->len && line->at[line->len - 1] == '\r')
		line->len--;
	else
		line->has_bare_lf = true;
	*text_out = (struct str){ .at = line->len ? line->at : "", .len = line->len };
	return true;
}
