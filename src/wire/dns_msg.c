/* This file reads answers of the DNS.
 *
 *	message  = header question* answer* ...          RFC 1035 section 4.1
 *	header   = id(2) flags(2) counts(4 x 2)
 *	question = name type(2) class(2)
 *	record   = name type(2) class(2) ttl(4) len(2) data
 *	name     = (len label)* (0 | pointer)            section 4.1.4
 *
 * A pointer must lead to before the place where the name it belongs to began,
 * which ends every chase: the places only fall.
 */
#include "wire/dns_msg.h"

#include "account/ip.h"
#include "base/checked.h"
#include "base/cursor.h"
#include "base/names.h"

#include <stdio.h>

enum {
	NAME_OCTETS_MAX = 255,             /* on the wire, section 2.3.4 */
	NAME_TEXT_MAX = 4 * 254 + 1,       /* each octet as \DDD, and the NUL */
	ANSWERS_MAX = 2 * DNS_RECORDS_MAX, /* records looked at */
	CHAIN_MAX = 16,                    /* CNAMEs followed */
	TEXT_MAX = 2048,                   /* octets of a TXT that are kept */
	TLSA_DATA_MAX = 1024,
	CLASS_IN = 1,
	FLAG_ANSWER = 0x8000,
	FLAG_TRUNCATED = 0x0200,
};

struct answer {
	const char *owner;
	struct dns_record record;
};

struct reading {
	struct arena *arena;
	struct cursor c; /* over the whole message */
	struct answer answers[ANSWERS_MAX];
	size_t n;
	bool cut;
};

static const struct name_row types[] = {
	{ DNS_TYPE_A, "A" },       { DNS_TYPE_NS, "NS" },   { DNS_TYPE_CNAME, "CNAME" },
	{ DNS_TYPE_SOA, "SOA" },   { DNS_TYPE_MX, "MX" },   { DNS_TYPE_TXT, "TXT" },
	{ DNS_TYPE_AAAA, "AAAA" }, { DNS_TYPE_SRV, "SRV" }, { DNS_TYPE_TLSA, "TLSA" },
};

const char *dns_type_name(uint16_t type)
{
	return name_of(types, COUNT_OF(types), (int)type);
}

bool dns_type_find(struct str name, uint16_t *out)
{
	int type;

	if (!name_find(types, COUNT_OF(types), name, &type))
		return false;
	*out = (uint16_t)type;
	return true;
}

static bool is_name_char(uint8_t c)
{
	return str_is_alpha((char)c) || str_is_digit((char)c) || c == '-' || c == '_' || c == '/' || c == '*';
}

/* Text under construction; the room is that of the longest possible. */
struct text {
	char at[NAME_TEXT_MAX];
	size_t len;
};

static void add_octet(struct text *text, uint8_t c)
{
	size_t room = sizeof text->at - text->len;

	if (is_name_char(c))
		text->len += (size_t)snprintf(text->at + text->len, room, "%c", str_lower_char((char)c));
	else
		text->len += (size_t)snprintf(text->at + text->len, room, "\\%03u", (unsigned)c);
}

static void add_label(struct text *text, struct view label)
{
	if (text->len)
		text->at[text->len++] = '.';
	for (size_t i = 0; i < label.len; i++)
		add_octet(text, label.at[i]);
}

/* Reads the name at the cursor and leaves the cursor behind it. NULL when the
 * cursor failed or memory ended. */
static const char *read_name(struct reading *r)
{
	struct cursor walk = r->c;
	struct text text = { .len = 0 };
	size_t octets = 1, barrier = walk.at;
	bool jumped = false;

	while (cursor_ok(&walk)) {
		uint8_t len = cursor_u8(&walk);
		size_t to;

		if (len == 0)
			break;
		if (len < 64) {
			octets += (size_t)len + 1;
			if (octets > NAME_OCTETS_MAX)
				cursor_fail(&walk);
			else
				add_label(&text, cursor_take(&walk, len));
			continue;
		}
		to = (size_t)(len & 0x3f) << 8 | cursor_u8(&walk);
		if (!jumped)
			r->c.at = walk.at;
		jumped = true;
		if (len < 0xc0 || to >= barrier)
			cursor_fail(&walk);
		barrier = to;
		cursor_seek(&walk, to);
	}
	if (!cursor_ok(&walk)) {
		cursor_fail(&r->c);
		return NULL;
	}
	if (!jumped)
		r->c.at = walk.at;
	return text.len ? arena_text(r->arena, (struct str){ .at = text.at, .len = text.len })
			: arena_strdup(r->arena, ".");
}

static const char *read_ip(struct reading *r, int family)
{
	struct ip ip = { .family = family };
	struct view bytes = cursor_take(&r->c, family == 4 ? 4 : 16);
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < bytes.len; i++)
		ip.bytes[i] = bytes.at[i];
	ip_text(&ip, text);
	return arena_strdup(r->arena, text);
}

/* The character-strings of a TXT, joined (RFC 7208 section 3.3). */
static const char *read_txt(struct reading *r, size_t end)
{
	char *text = arena_alloc(r->arena, (size_t)TEXT_MAX * 4 + 1);
	size_t len = 0, kept = 0;

	while (cursor_ok(&r->c) && r->c.at < end) {
		struct view part = cursor_take(&r->c, cursor_u8(&r->c));

		for (size_t i = 0; text && i < part.len && kept < TEXT_MAX; i++, kept++) {
			uint8_t c = part.at[i];
			bool is_plain = c >= ' ' && c < 0x7f && c != '\\';

			len += (size_t)snprintf(text + len, 5, is_plain ? "%c" : "\\%03u", c);
		}
	}
	return text;
}

/* "3 1 1 " and the association data in hexadecimal (RFC 6698 section 2.2). */
static const char *read_tlsa(struct reading *r, size_t end)
{
	unsigned usage = cursor_u8(&r->c), selector = cursor_u8(&r->c), matching = cursor_u8(&r->c);
	size_t n = cursor_ok(&r->c) && end > r->c.at ? end - r->c.at : 0;
	struct view data = cursor_take(&r->c, n);
	char hex[2 * TLSA_DATA_MAX + 1] = "";

	if (n == 0 || n > TLSA_DATA_MAX)
		cursor_fail(&r->c);
	for (size_t i = 0; i < data.len && i < TLSA_DATA_MAX; i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned)data.at[i]);
	return arena_printf(r->arena, "%u %u %u %s", usage, selector, matching, hex);
}

/* The data of a record whose end is known. Names in it may point out of it. */
static void read_data(struct reading *r, struct dns_record *record, size_t end)
{
	switch (record->type) {
	case DNS_TYPE_A:
		record->text = read_ip(r, 4);
		break;
	case DNS_TYPE_AAAA:
		record->text = read_ip(r, 6);
		break;
	case DNS_TYPE_NS:
	case DNS_TYPE_CNAME:
		record->text = read_name(r);
		break;
	case DNS_TYPE_SOA:
		record->text = read_name(r);
		(void)read_name(r);
		cursor_skip(&r->c, 5 * 4);
		break;
	case DNS_TYPE_MX:
		record->priority = cursor_u16be(&r->c);
		record->text = read_name(r);
		break;
	case DNS_TYPE_SRV:
		record->priority = cursor_u16be(&r->c);
		record->weight = cursor_u16be(&r->c);
		record->port = cursor_u16be(&r->c);
		record->text = read_name(r);
		break;
	case DNS_TYPE_TXT:
		record->text = read_txt(r, end);
		break;
	case DNS_TYPE_TLSA:
		record->text = read_tlsa(r, end);
		break;
	default:
		cursor_seek(&r->c, end);
		break;
	}
	if (r->c.at != end)
		cursor_fail(&r->c);
}

static void read_answer(struct reading *r)
{
	struct answer answer = { .owner = read_name(r) };
	uint16_t class, len;

	answer.record.type = cursor_u16be(&r->c);
	class = cursor_u16be(&r->c);
	answer.record.ttl = cursor_u32be(&r->c);
	len = cursor_u16be(&r->c);
	if (len > cursor_left(&r->c))
		cursor_fail(&r->c);
	if (!cursor_ok(&r->c))
		return;
	if (class != CLASS_IN) {
		cursor_skip(&r->c, len);
		return;
	}
	read_data(r, &answer.record, r->c.at + len);
	if (!cursor_ok(&r->c) || !answer.owner || !answer.record.text)
		return;
	if (r->n < ANSWERS_MAX)
		r->answers[r->n++] = answer;
	else
		r->cut = true;
}

static void keep(struct dns_facts *facts, const struct dns_record *record)
{
	if (facts->n_records < DNS_RECORDS_MAX)
		facts->records[facts->n_records++] = *record;
	else
		facts->cut = true;
}

static const struct answer *find_cname(const struct reading *r, const char *owner)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->answers[i].record.type == DNS_TYPE_CNAME && str_is(str_of(r->answers[i].owner), owner))
			return &r->answers[i];
	return NULL;
}

/* Follows the chain from `owner` and keeps what belongs to it. Returns how many
 * records of the type asked for there were. */
static size_t keep_chain(const struct reading *r, const char *owner, struct dns_facts *facts)
{
	size_t n_asked = 0;

	for (size_t hops = 0; facts->type != DNS_TYPE_CNAME && hops < CHAIN_MAX; hops++) {
		const struct answer *alias = find_cname(r, owner);

		if (!alias)
			break;
		keep(facts, &alias->record);
		owner = alias->record.text;
	}
	for (size_t i = 0; i < r->n; i++) {
		if (r->answers[i].record.type != facts->type || !str_is(str_of(r->answers[i].owner), owner))
			continue;
		keep(facts, &r->answers[i].record);
		n_asked++;
	}
	return n_asked;
}

static enum dns_outcome outcome_of(unsigned rcode, size_t n_asked)
{
	switch (rcode) {
	case 0:
		return n_asked ? DNS_ANSWERED : DNS_NO_DATA;
	case 2:
		return DNS_SERVFAIL;
	case 3:
		return DNS_NO_NAME;
	default: /* the server cannot or will not: FORMERR, NOTIMP, REFUSED and later ones */
		return DNS_REFUSED;
	}
}

/* The name as read_name() would write it, so that the two compare. */
static const char *written_name(struct arena *arena, const char *name)
{
	struct str s = str_of(name);
	char *text;

	if (s.len > 1 && s.at[s.len - 1] == '.')
		s.len--;
	text = arena_text(arena, s);
	for (size_t i = 0; text && i < s.len; i++)
		text[i] = str_lower_char(text[i]);
	return text;
}

enum status dns_msg_read(struct arena *arena, struct view message, struct dns_facts *facts)
{
	struct reading *r = arena_alloc(arena, sizeof *r);
	const char *asked = written_name(arena, facts->name), *name = NULL;
	uint16_t flags, n_questions, n_answers, type = 0;
	size_t n_asked;

	facts->outcome = DNS_MALFORMED;
	facts->n_records = 0;
	if (!r || !asked)
		return ST_NOMEM;
	r->arena = arena;
	r->c = cursor_of(message);
	cursor_skip(&r->c, 2);
	flags = cursor_u16be(&r->c);
	n_questions = cursor_u16be(&r->c);
	n_answers = cursor_u16be(&r->c);
	cursor_skip(&r->c, 4);
	if (!cursor_ok(&r->c) || !(flags & FLAG_ANSWER) || n_questions > 1)
		return ST_OK;
	if (n_questions) {
		name = read_name(r);
		type = cursor_u16be(&r->c);
		cursor_skip(&r->c, 2);
	}
	/* A server that refuses may leave the question out. */
	if (n_questions ? !name || type != facts->type || !str_is(str_of(name), asked) : !(flags & 0xf))
		return arena_failed(arena) ? ST_NOMEM : ST_OK;
	for (unsigned i = 0; i < n_answers && cursor_ok(&r->c) && !r->cut; i++)
		read_answer(r);
	if (arena_failed(arena))
		return ST_NOMEM;
	/* What was cut to fit may end anywhere. */
	if (!cursor_ok(&r->c) && !(flags & FLAG_TRUNCATED))
		return ST_OK;
	facts->cut = r->cut || (flags & FLAG_TRUNCATED);
	n_asked = keep_chain(r, asked, facts);
	facts->outcome = outcome_of(flags & 0xf, n_asked);
	return ST_OK;
}

bool dns_msg_is_truncated(struct view message)
{
	struct cursor c = cursor_of(message);

	cursor_skip(&c, 2);
	return cursor_u16be(&c) & FLAG_TRUNCATED;
}
