/* This file is the memory of what was there when all was well, as text. */
#include "app/memory.h"

#include <string.h>

static const char head[] = "postmend memory ";
enum { VERSION = 1 };

static bool is_clean(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f)
			return false;
	return text.len > 0 && text.len < REMEMBERED_VALUE_MAX;
}

static const char *copy(struct arena *arena, struct str text)
{
	const char *at = arena_str(arena, text).at;

	return at ? at : "";
}

/* The column must end with a tab, so that a line that was cut is seen to be. */
static bool take(struct str *rest, struct str *out)
{
	*out = str_cut(rest, '\t');
	return rest->at && is_clean(*out);
}

static bool read_time(struct str text, wall_time *out)
{
	uint64_t seconds;

	if (!str_to_u64(text, INT64_MAX, &seconds))
		return false;
	*out = (wall_time)seconds;
	return true;
}

static bool read_row(struct arena *arena, struct str line, struct memory_facts *out)
{
	struct str rest = line, subject, name, since, seen;
	struct remembered *row = &out->rows[out->n];

	if (out->n == REMEMBERED_MAX || !take(&rest, &subject) || !take(&rest, &name) ||
	    !take(&rest, &since) || !take(&rest, &seen) || !is_clean(rest) ||
	    !read_time(since, &row->since) || !read_time(seen, &row->seen))
		return false;
	row->subject = copy(arena, subject);
	row->name = copy(arena, name);
	row->value = copy(arena, rest);
	out->n++;
	return true;
}

enum memory_state memory_read(struct arena *arena, struct str text, struct memory_facts *out)
{
	struct str rest = text, first = str_cut(&rest, '\n');
	uint64_t version;

	*out = (struct memory_facts){ .rows = arena_array(arena, REMEMBERED_MAX, sizeof *out->rows) };
	if (!out->rows || !str_starts(first, str_of(head)) ||
	    !str_to_u64(str_skip(first, sizeof head - 1), UINT32_MAX, &version) || version == 0)
		return MEMORY_DAMAGED;
	if (version > VERSION)
		return MEMORY_NEWER;
	while (rest.at && rest.len) {
		struct str line = str_cut(&rest, '\n');

		/* The last line ends with a line feed too. */
		if (rest.at && read_row(arena, line, out))
			continue;
		out->n = 0;
		return MEMORY_DAMAGED;
	}
	return MEMORY_GOOD;
}

static struct remembered *find(struct memory_facts *memory, const struct remembered *row)
{
	for (size_t i = 0; i < memory->n; i++)
		if (strcmp(memory->rows[i].subject, row->subject) == 0 &&
		    strcmp(memory->rows[i].name, row->name) == 0)
			return &memory->rows[i];
	return NULL;
}

static struct remembered *place_for_one(struct memory_facts *memory)
{
	struct remembered *oldest = &memory->rows[0];

	if (memory->n < REMEMBERED_MAX)
		return &memory->rows[memory->n++];
	for (size_t i = 1; i < memory->n; i++)
		if (memory->rows[i].seen < oldest->seen)
			oldest = &memory->rows[i];
	return oldest;
}

void memory_learn(struct memory_facts *memory, const struct memory_facts *now)
{
	for (size_t i = 0; i < now->n; i++) {
		struct remembered *old = find(memory, &now->rows[i]), row = now->rows[i];

		if (!is_clean(str_of(row.subject)) || !is_clean(str_of(row.value)))
			continue;
		if (old && strcmp(old->value, row.value) == 0)
			row.since = old->since;
		*(old ? old : place_for_one(memory)) = row;
	}
}

void memory_write(const struct memory_facts *memory, struct buf *out)
{
	buf_printf(out, "%s%d\n", head, VERSION);
	for (size_t i = 0; i < memory->n; i++)
		buf_printf(out, "%s\t%s\t%lld\t%lld\t%s\n", memory->rows[i].subject, memory->rows[i].name,
			   (long long)memory->rows[i].since, (long long)memory->rows[i].seen,
			   memory->rows[i].value);
}
