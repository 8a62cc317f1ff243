/* This file reads one property of an item that stands as JSON. */
#include "base/buf.h"
#include "base/code_page.h"
#include "base/unicode.h"
#include "intake/item_in.h"
#include "mail/decode.h"
#include "mail/values.h"
#include "pst/ltp/property_words.h"
#include "pst/msg/tags.h"
#include "write/data_out.h"

#include <string.h>

enum {
	GUID_LEN = 16,
	HEAP_BYTES = 3000,
	VALUES_MAX = 1 << 20,
	TICKS_A_SECOND = 10000000,
	NAMED_LAST = 0xFFFE
};

#define FILETIME_1970 INT64_C(11644473600)

/* What the members say, until the value is made of it. */
struct told {
	uint16_t id, type;
	bool has_id, has_type, is_lost;
	bool has_set, has_number, has_text;
	uint8_t set[GUID_LEN];
	uint32_t number;
	struct str text;
	/* Exactly one of these; as they stand in the line. */
	struct json_in value, values;
	struct str base64, bits, utf16;
	bool has_value, has_values, has_base64, has_bits, has_utf16;
};

static int hex_of(char c)
{
	if (str_is_digit(c))
		return c - '0';
	c = str_lower_char(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(struct str s, unsigned digits_max, uint64_t *out)
{
	*out = 0;
	if (s.len == 0 || s.len > digits_max)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (hex_of(s.at[i]) < 0)
			return false;
		*out = *out << 4 | (uint64_t)hex_of(s.at[i]);
	}
	return true;
}

static bool read_number(struct str s, uint16_t *out)
{
	uint64_t value = 0;
	bool good = str_starts_nocase(s, STR("0x")) && read_hex(str_skip(s, 2), 4, &value);

	*out = (uint16_t)value;
	return good;
}

/* xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx; the first three groups are numbers. */
static bool read_guid(struct str s, uint8_t out[static GUID_LEN])
{
	static const uint8_t order[GUID_LEN] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	size_t n = 0;

	for (size_t i = 0; i < s.len && n < GUID_LEN; i++) {
		uint64_t byte;

		if (s.at[i] == '-')
			continue;
		if (!read_hex(str_head(str_skip(s, i), 2), 2, &byte) || i + 1 >= s.len)
			return false;
		out[order[n++]] = (uint8_t)byte;
		i++;
	}
	return n == GUID_LEN && s.len == 36;
}

static void read_name(struct intake *in, struct json_in *j, struct told *t)
{
	struct str key;

	json_in_open(j, '{');
	while (json_in_member(j, &key)) {
		if (str_is(key, "set")) {
			t->has_set = read_guid(json_in_raw(j), t->set);
		} else if (str_is(key, "number")) {
			t->number = (uint32_t)json_in_number(j);
			t->has_number = true;
		} else if (str_is(key, "text")) {
			t->text = json_in_text(j, in->item);
			t->has_text = true;
		} else {
			json_in_skip(j);
		}
	}
}

static void read_member(struct intake *in, struct json_in *j, struct str key, struct told *t)
{
	if (str_is(key, "id")) {
		t->has_id = read_number(json_in_raw(j), &t->id);
	} else if (str_is(key, "type")) {
		struct str word = json_in_raw(j);

		t->has_type = property_type_of_word(word, &t->type) || read_number(word, &t->type);
	} else if (str_is(key, "name")) {
		read_name(in, j, t);
	} else if (str_is(key, "value")) {
		t->value = *j;
		t->has_value = true;
		json_in_skip(j);
	} else if (str_is(key, "values")) {
		t->values = *j;
		t->has_values = true;
		json_in_skip(j);
	} else if (str_is(key, "base64") || str_is(key, "bytes")) {
		t->base64 = json_in_raw(j);
		t->has_base64 = true;
	} else if (str_is(key, "utf16")) {
		t->utf16 = json_in_raw(j);
		t->has_utf16 = true;
	} else if (str_is(key, "bits")) {
		t->bits = json_in_raw(j);
		t->has_bits = true;
	} else {
		t->is_lost = t->is_lost || str_is(key, "lost");
		json_in_skip(j);
	}
}

/* The number that a name has in this store: that of the source where it is free. */
static uint16_t number_of(struct intake *in, const struct told *t)
{
	struct names_out *names = store_out_names(in->store);
	struct property_name name = { .is_text = t->has_text, .number = t->number };
	uint16_t id;

	if (t->id < TAG_NAMED_FIRST || (!t->has_text && !t->has_number))
		return t->id;
	if (t->has_set)
		name.guid = view_of(t->set, GUID_LEN);
	if (t->has_text) {
		const char *text = arena_text(in->item, t->text);

		name.text = text ? props_text(in->item, ndb_out_variant(store_out_ndb(in->store)), text)
				 : view_of(NULL, 0);
	}
	if (names_out_keep(names, t->id, &name))
		return t->id;
	id = names_out_id(names, &name);
	return id;
}

/* UTF-16LE of UTF-8 in which zeros may be. */
static struct view wide(struct intake *in, struct str text)
{
	uint8_t *out = arena_alloc(in->item, text.len * 2 + 2);
	const struct code_page *page = code_page_of(CODE_PAGE_UTF8);
	struct cursor c = cursor_of(str_view(text));
	size_t len = 0;

	while (out && cursor_left(&c)) {
		uint32_t character = code_page_next(page, &c);

		if (character < 0x10000) {
			field_put(out + len, 2, character);
			len += 2;
		} else {
			field_put(out + len, 2, 0xD800 + ((character - 0x10000) >> 10));
			field_put(out + len + 2, 2, 0xDC00 + (character & 0x3FF));
			len += 4;
		}
	}
	return view_of(out, len);
}

static bool collect(void *context, struct view bytes)
{
	buf_add(context, bytes);
	return true;
}

static bool flow(void *context, struct view bytes)
{
	data_out_add(context, bytes);
	return true;
}

static bool unpack(struct str base64, struct mail_sink *sink)
{
	struct decode d;

	decode_start(&d, DECODE_BASE64, sink);
	decode_add(&d, str_view(base64));
	decode_end(&d);
	return d.faults == 0;
}

static struct view bytes_of(struct intake *in, struct str base64, bool *good)
{
	struct buf out;
	struct mail_sink sink = { .context = &out, .write = collect };
	struct view copy;

	buf_init(&out, base64.len + 4);
	*good = unpack(base64, &sink) && !buf_failed(&out) && *good;
	copy = view_of(arena_copy(in->item, out.at, out.len), out.len);
	buf_fini(&out);
	return copy;
}

/* Bytes of any length: what no heap takes flows into the store without being held. */
static bool add_base64(struct intake *in, struct props *props, struct subnodes_out *list, uint32_t tag,
		       struct str base64)
{
	struct data_out data;
	struct mail_sink sink = { .context = &data, .write = flow };
	bool good = true;

	if (base64.len / 4 * 3 <= HEAP_BYTES || !list) {
		props_add_view(props, tag, bytes_of(in, base64, &good));
		return good;
	}
	data_out_start(&data, store_out_ndb(in->store));
	good = unpack(base64, &sink);
	{
		uint64_t len = data.total;
		uint64_t bid = data_out_end(&data);

		message_out_stream(props, list, tag, bid, len);
	}
	return good;
}

/* "2011-03-19T11:18:30.6265000Z", or a count of 100 ns. */
static bool read_time(struct str s, uint64_t *out)
{
	struct str date = str_cut(&s, 'T'), clock = str_cut(&s, '.');
	uint64_t y, mo, d, h, mi, sec, part = 0;
	int64_t days;

	if (!clock.at)
		return str_to_u64(date, UINT64_MAX, out);
	if (date.len != 10 || clock.len < 8 || !str_to_u64(str_head(date, 4), 9999, &y) ||
	    !str_to_u64(str_head(str_skip(date, 5), 2), 12, &mo) || mo == 0 ||
	    !str_to_u64(str_skip(date, 8), 31, &d) || d == 0 || !str_to_u64(str_head(clock, 2), 23, &h) ||
	    !str_to_u64(str_head(str_skip(clock, 3), 2), 59, &mi) ||
	    !str_to_u64(str_head(str_skip(clock, 6), 2), 60, &sec))
		return false;
	if (s.at && !str_to_u64(str_head(s, 7), TICKS_A_SECOND - 1, &part))
		return false;
	days = values_days(y, (unsigned)mo, (unsigned)d);
	*out = (uint64_t)(days * 86400 + FILETIME_1970 + (int64_t)(h * 3600 + mi * 60 + sec)) *
		       TICKS_A_SECOND +
	       part;
	return true;
}

/* A number that is written as one or as text. */
static bool read_integer(struct json_in *j, uint64_t *out)
{
	struct json_in inner;
	struct str text;

	if (json_in_peek(j) != '"') {
		*out = (uint64_t)json_in_number(j);
		return !j->failed;
	}
	text = json_in_raw(j);
	inner = json_in_of(text);
	/* The lowest number has no positive one. */
	if (str_is(text, "-9223372036854775808")) {
		*out = UINT64_C(1) << 63;
		return true;
	}
	*out = (uint64_t)json_in_number(&inner);
	return json_in_done(&inner);
}

static bool add_fixed(struct props *props, uint32_t tag, uint16_t type, struct told *t)
{
	struct json_in j = t->value;
	uint64_t value = 0;
	bool good;

	if (t->has_bits)
		good = read_hex(t->bits, 16, &value);
	else if (!t->has_value)
		good = false;
	else if (type == PTYP_TIME)
		good = read_time(json_in_raw(&j), &value);
	else if (type == PTYP_BOOLEAN && json_in_peek(&j) != '"' && !str_is_digit(json_in_peek(&j)))
		value = json_in_bool(&j), good = true;
	else
		good = read_integer(&j, &value);
	if (good && !j.failed)
		props_add_int(props, tag, value);
	return good && !j.failed;
}

/* Count, offsets, values ([MS-PST] 2.3.3.4.2). */
static bool add_list(struct intake *in, struct props *props, struct subnodes_out *list, uint32_t tag,
		     struct told *t)
{
	bool is_text = (uint16_t)tag == (PTYP_MULTIPLE | PTYP_STRING), good = true;
	struct json_in j = t->values;
	struct buf heads, bodies, all;
	uint32_t n = 0;
	uint8_t number[4];
	size_t front;

	(void)list;
	buf_init(&heads, (size_t)4 * VALUES_MAX);
	buf_init(&bodies, t->values.text.len * 2 + 8);
	buf_init(&all, t->values.text.len * 6 + 64);
	json_in_open(&j, '[');
	while (json_in_element(&j)) {
		struct view one =
			is_text ? wide(in, json_in_text(&j, in->item)) : bytes_of(in, json_in_raw(&j), &good);

		field_put(number, 4, bodies.len);
		buf_add(&heads, view_of(number, 4));
		buf_add(&bodies, one);
		n++;
	}
	front = 4 + (size_t)4 * n;
	field_put(number, 4, n);
	buf_add(&all, view_of(number, 4));
	for (size_t i = 0; i + 4 <= heads.len; i += 4) {
		struct cursor c = cursor_of(view_of(heads.at + i, 4));

		field_put(number, 4, cursor_u32le(&c) + front);
		buf_add(&all, view_of(number, 4));
	}
	buf_add(&all, buf_view(&bodies));
	good = good && !j.failed && !buf_failed(&all) && !buf_failed(&heads) && !buf_failed(&bodies);
	if (good)
		props_add_bytes(props, tag, buf_view(&all));
	buf_fini(&all);
	buf_fini(&bodies);
	buf_fini(&heads);
	return good;
}

/* An object of another program: a subnode with its bytes. */
static bool add_object(struct intake *in, struct props *props, struct subnodes_out *list, uint32_t tag,
		       struct str base64)
{
	struct ndb_out *ndb = store_out_ndb(in->store);
	struct subnode_row row = { 0 };
	struct data_out data;
	struct mail_sink sink = { .context = &data, .write = flow };
	uint64_t len;
	bool good;

	if (!list)
		return false;
	data_out_start(&data, ndb);
	good = unpack(base64, &sink);
	len = data.total;
	row.nid = ndb_out_nid(ndb, NID_TYPE_LTP);
	row.data = data_out_end(&data);
	subnodes_out_add(list, &row);
	props_add_object(props, tag, row.nid, len);
	return good;
}

static bool add_guid(struct intake *in, struct props *props, uint32_t tag, struct told *t)
{
	struct json_in j = t->value;
	uint8_t guid[GUID_LEN];

	(void)in;
	if (!t->has_value || !read_guid(json_in_raw(&j), guid))
		return false;
	props_add_bytes(props, tag, view_of(guid, GUID_LEN));
	return true;
}

static bool add_value(struct intake *in, struct props *props, struct subnodes_out *list, struct told *t)
{
	uint16_t type = t->type;
	uint32_t tag = (uint32_t)number_of(in, t) << 16 | type;
	struct json_in j = t->value;
	int len = property_type_len(type);

	if (tag >> 16 == 0 || t->is_lost)
		return false;
	if (type == PTYP_OBJECT)
		return t->has_base64 && add_object(in, props, list, tag, t->base64);
	if (t->has_base64)
		return add_base64(in, props, list, tag, t->base64);
	if (t->has_utf16)
		return add_base64(in, props, list, tag, t->utf16);
	if (t->has_values)
		return add_list(in, props, list, tag, t);
	if (type == PTYP_STRING && t->has_value) {
		props_add_view(props, tag, wide(in, json_in_text(&j, in->item)));
		return !j.failed;
	}
	if (type == PTYP_GUID)
		return add_guid(in, props, tag, t);
	return !(type & PTYP_MULTIPLE) && len > 0 && len <= 8 && add_fixed(props, tag, type, t);
}

bool property_in(struct intake *in, struct json_in *j, struct props *props, struct subnodes_out *list)
{
	struct told t = { 0 };
	struct str key;

	json_in_open(j, '{');
	while (json_in_member(j, &key))
		read_member(in, j, key, &t);
	return !j->failed && t.has_id && t.has_type && add_value(in, props, list, &t);
}
