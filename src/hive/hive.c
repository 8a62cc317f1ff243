/* This file reads a registry hive's header, cells, keys and lists. */
#include "hive/hive.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "base/unicode.h"
#include "hive/cell.h"

enum { MINOR_MIN = 3, MINOR_MAX = 6, KEY_IS_ROOT = 4, KEY_IS_LATIN = 0x20 };

struct outcome_row {
	enum hive_outcome outcome;
	const char *text;
};

static const struct outcome_row outcomes[] = {
	{ HIVE_FINE, "nothing is wrong" },
	{ HIVE_EMPTY, "it is empty" },
	{ HIVE_NOT_HIVE, "it is no registry hive" },
	{ HIVE_LOG_FILE, "it is the transaction log of a hive: name the hive itself" },
	{ HIVE_TOO_SHORT, "it ends within its header" },
	{ HIVE_VERSION, "it is a registry hive of a version that is not known" },
	{ HIVE_NO_ROOT, "its root key cannot be read" },
};

const char *hive_outcome_text(enum hive_outcome outcome)
{
	for (size_t i = 0; i < COUNT_OF(outcomes); i++)
		if (outcomes[i].outcome == outcome)
			return outcomes[i].text;
	return "it cannot be read";
}

uint32_t cell_header_checksum(struct view header)
{
	struct cursor c = cursor_of(header);
	uint32_t sum = 0;

	for (size_t i = 0; i < CELL_CHECKSUM_AT / 4; i++)
		sum ^= cursor_u32le(&c);
	/* These two stand for "none" elsewhere. */
	if (sum == 0)
		return 1;
	return sum == UINT32_MAX ? UINT32_MAX - 1 : sum;
}

static uint32_t u32_at(struct view bytes, size_t at)
{
	struct cursor c = cursor_of(bytes);

	cursor_seek(&c, at);
	return cursor_u32le(&c);
}

enum hive_outcome hive_open(struct view bytes, struct hive *out)
{
	struct cursor c = cursor_of(bytes);
	struct hive_key root;

	*out = (struct hive){ .bins = view_of(NULL, 0) };
	if (bytes.len == 0)
		return HIVE_EMPTY;
	if (!str_is(str_from_view(cursor_take(&c, 4)), "regf"))
		return HIVE_NOT_HIVE;
	out->sequence_1 = cursor_u32le(&c);
	out->sequence_2 = cursor_u32le(&c);
	cursor_seek(&c, CELL_MAJOR_AT);
	if (cursor_u32le(&c) != 1 && cursor_ok(&c))
		return HIVE_VERSION;
	out->minor = cursor_u32le(&c);
	if (cursor_ok(&c) && cursor_u32le(&c) != 0)
		return HIVE_LOG_FILE;
	cursor_skip(&c, 4);
	out->root_at = cursor_u32le(&c);
	out->bins_len = cursor_u32le(&c);
	if (!cursor_ok(&c) || bytes.len < HIVE_HEADER_LEN)
		return HIVE_TOO_SHORT;
	if (out->minor < MINOR_MIN || out->minor > MINOR_MAX)
		return HIVE_VERSION;
	out->has_checksum = u32_at(bytes, CELL_CHECKSUM_AT) == cell_header_checksum(bytes);
	out->is_dirty = out->sequence_1 != out->sequence_2 || !out->has_checksum;
	out->is_cut = bytes.len - HIVE_HEADER_LEN < out->bins_len;
	cursor_seek(&c, HIVE_HEADER_LEN);
	out->bins = cursor_take(&c, out->is_cut ? cursor_left(&c) : out->bins_len);
	return hive_key_at(out, out->root_at, &root) ? HIVE_FINE : HIVE_NO_ROOT;
}

struct view hive_cell(const struct hive *hive, uint32_t at)
{
	struct cursor c = cursor_of(hive->bins);
	uint32_t size;

	if (at % CELL_UNIT != 0 || at < CELL_BIN_HEADER_LEN)
		return view_of(NULL, 0);
	cursor_seek(&c, at);
	size = 0 - cursor_u32le(&c); /* an allocated cell's size is stored as a negative number */
	if (!cursor_ok(&c) || size < CELL_UNIT || size > INT32_MAX)
		return view_of(NULL, 0);
	return cursor_take(&c, size - 4);
}

/* The start of a cell that begins with these two letters; a failed cursor otherwise. */
struct cursor cell_with_sign(const struct hive *hive, uint32_t at, const char *sign)
{
	struct cursor c = cursor_of(hive_cell(hive, at));

	if (!str_is(str_from_view(cursor_take(&c, 2)), sign))
		cursor_fail(&c);
	return c;
}

bool hive_key_at(const struct hive *hive, uint32_t at, struct hive_key *out)
{
	struct cursor c = cell_with_sign(hive, at, "nk");
	uint16_t name_len;

	*out = (struct hive_key){ .at = at };
	out->flags = cursor_u16le(&c);
	out->written = cursor_u64le(&c);
	cursor_skip(&c, 8);
	out->n_subkeys = cursor_u32le(&c);
	cursor_skip(&c, 4); /* volatile ones are not in files */
	out->subkeys_at = cursor_u32le(&c);
	cursor_skip(&c, 4);
	out->n_values = cursor_u32le(&c);
	out->values_at = cursor_u32le(&c);
	cursor_seek(&c, CELL_KEY_CLASS_AT);
	out->class_at = cursor_u32le(&c);
	cursor_seek(&c, CELL_KEY_NAME_LEN_AT);
	name_len = cursor_u16le(&c);
	cursor_skip(&c, 2);
	out->name = cursor_take(&c, name_len);
	out->is_root = (out->flags & KEY_IS_ROOT) != 0;
	out->is_latin = (out->flags & KEY_IS_LATIN) != 0;
	return cursor_ok(&c);
}

/* Opens the leaf at this place ("lf", "lh", "li") and remembers no other. */
static bool open_leaf(struct hive_list *list, uint32_t at)
{
	struct cursor c = cursor_of(hive_cell(list->hive, at));
	struct str sign = str_from_view(cursor_take(&c, 2));
	size_t n = cursor_u16le(&c);

	if (str_is(sign, "lf") || str_is(sign, "lh"))
		list->step = 8;
	else if (str_is(sign, "li"))
		list->step = 4;
	else
		return false;
	/* A list that is cut still has its first entries. */
	if (n > cursor_left(&c) / list->step)
		n = cursor_left(&c) / list->step;
	list->entries = cursor_take(&c, n * list->step);
	return cursor_ok(&c);
}

struct hive_list hive_subkeys(const struct hive *hive, const struct hive_key *key)
{
	struct hive_list list = { .hive = hive, .step = 4 };
	struct cursor c;
	size_t n;

	if (key->n_subkeys == 0 || open_leaf(&list, key->subkeys_at))
		return list;
	/* Lists of lists have one level: a leaf list names keys alone. */
	c = cell_with_sign(hive, key->subkeys_at, "ri");
	n = cursor_u16le(&c);
	if (n > cursor_left(&c) / 4)
		n = cursor_left(&c) / 4;
	list.leaves = cursor_take(&c, n * 4);
	list.entries = view_of(NULL, 0);
	return list;
}

/* The next offset of a list whose entries have this size. */
static bool next_entry(struct view *entries, size_t step, uint32_t *at_out)
{
	struct cursor c = cursor_of(*entries);

	*at_out = cursor_u32le(&c);
	cursor_skip(&c, step - 4);
	if (!cursor_ok(&c))
		return false;
	*entries = cursor_take(&c, cursor_left(&c));
	return true;
}

bool hive_next_key(struct hive_list *list, struct hive_key *out)
{
	uint32_t at;

	for (;;) {
		while (next_entry(&list->entries, list->step, &at))
			if (hive_key_at(list->hive, at, out))
				return true;
		if (!next_entry(&list->leaves, 4, &at))
			return false;
		(void)open_leaf(list, at);
	}
}

/* The next character of a name. */
static uint32_t next_character(struct cursor *c, bool is_latin)
{
	uint32_t first = is_latin ? cursor_u8(c) : cursor_u16le(c);

	if (is_latin || first < 0xD800 || first > 0xDBFF)
		return first;
	return 0x10000 + ((first & 0x3FF) << 10) + (cursor_u16le(c) & 0x3FFU);
}

/* Names of both kinds against UTF-8, whatever the case of ASCII letters. */
static bool name_is(struct view name, bool is_latin, struct str text)
{
	struct cursor c = cursor_of(name);
	char utf8[UNICODE_UTF8_MAX];

	while (cursor_left(&c)) {
		size_t n = unicode_put(utf8, next_character(&c, is_latin));

		if (n > text.len || !str_eq_nocase((struct str){ utf8, n }, str_head(text, n)))
			return false;
		text = str_skip(text, n);
	}
	return cursor_ok(&c) && text.len == 0;
}

bool hive_subkey(const struct hive *hive, const struct hive_key *key, struct str name, struct hive_key *out)
{
	struct hive_list list = hive_subkeys(hive, key);

	while (hive_next_key(&list, out))
		if (name_is(out->name, out->is_latin, name))
			return true;
	return false;
}

bool hive_find(const struct hive *hive, const char *path, struct hive_key *out)
{
	struct str rest = str_of(path);

	if (!hive_key_at(hive, hive->root_at, out))
		return false;
	while (rest.at && rest.len) {
		struct str part = str_cut(&rest, '\\');
		struct hive_key above = *out;

		if (part.len && !hive_subkey(hive, &above, part, out))
			return false;
	}
	return true;
}

struct hive_list hive_values(const struct hive *hive, const struct hive_key *key)
{
	struct hive_list list = { .hive = hive, .step = 4 };
	struct cursor c = cursor_of(key->n_values ? hive_cell(hive, key->values_at) : view_of(NULL, 0));
	size_t n = cursor_left(&c) / 4;

	list.entries = cursor_take(&c, (key->n_values < n ? key->n_values : n) * 4);
	return list;
}

static bool value_at(const struct hive *hive, uint32_t at, struct hive_value *out)
{
	struct cursor c = cell_with_sign(hive, at, "vk"), inside;
	uint16_t name_len = cursor_u16le(&c);

	*out = (struct hive_value){ .at = at };
	out->len = cursor_u32le(&c);
	inside = c;
	out->data_at = cursor_u32le(&c);
	out->type = cursor_u32le(&c);
	out->is_latin = cursor_u16le(&c) & 1;
	cursor_skip(&c, 2);
	out->name = cursor_take(&c, name_len);
	out->is_inline = (out->len & CELL_VALUE_INLINE) != 0;
	out->len &= ~CELL_VALUE_INLINE;
	for (size_t i = 0; i < sizeof out->inside; i++)
		out->inside[i] = cursor_u8(&inside);
	if (out->is_inline && out->len > sizeof out->inside)
		return false;
	return cursor_ok(&c);
}

bool hive_next_value(struct hive_list *list, struct hive_value *out)
{
	uint32_t at;

	while (next_entry(&list->entries, list->step, &at))
		if (value_at(list->hive, at, out))
			return true;
	return false;
}

bool hive_value(const struct hive *hive, const struct hive_key *key, const char *name, struct hive_value *out)
{
	struct hive_list list = hive_values(hive, key);

	while (hive_next_value(&list, out))
		if (name_is(out->name, out->is_latin, str_of(name)))
			return true;
	return false;
}
