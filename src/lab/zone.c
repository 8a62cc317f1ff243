/* This file fills the practice zone and answers from it. */
#include "lab/zone.h"

#include "account/ip.h"
#include "base/checked.h"
#include "base/cursor.h"

#include <stdio.h>
#include <string.h>

enum {
	HEADER_LEN = 12,
	FLAG_ANSWER = 0x8000,
	FLAG_AUTHORITATIVE = 0x0400,
	FLAG_CUT = 0x0200,
	FLAG_RECURSION_WANTED = 0x0100,
	FLAG_RECURSION = 0x0080,
	OPCODE_MASK = 0x7800,
	RCODE_NO_NAME = 3,
	RCODE_NOT_KNOWN = 4,
	NAME_MAX_TEXT = 256,
	TTL = 60,
	ALIASES_MAX = 8,
	CLASS_IN = 1,
};

struct question {
	uint16_t id, flags, type;
	struct view bytes; /* of the question section, to be repeated */
	char name[NAME_MAX_TEXT];
};

enum status zone_add(struct zone *zone, const struct zone_row *row)
{
	if (zone->n == ZONE_ROWS_MAX)
		return ST_LIMIT;
	zone->rows[zone->n++] = *row;
	return ST_OK;
}

/* `label` in front of the domain, or the domain itself when it is empty. */
static struct zone_row row_of(const struct zone_setup *setup, const char *label, enum zone_type type,
			      const char *value)
{
	struct zone_row row = { .type = type };

	snprintf(row.name, sizeof(row.name), "%s%s%s", label, *label ? "." : "", setup->domain);
	snprintf(row.value, sizeof(row.value), "%s", value);
	return row;
}

static void add(struct zone *zone, const struct zone_row *row)
{
	enum status status = zone_add(zone, row);

	(void)status; /* the rows of zone_init() are counted by the tests */
}

static enum zone_type address_type(const struct zone_setup *setup)
{
	return strchr(setup->address, ':') ? ZONE_AAAA : ZONE_A;
}

static void add_host(struct zone *zone, const struct zone_setup *setup, const char *label)
{
	struct zone_row row = row_of(setup, label, address_type(setup), setup->address);

	add(zone, &row);
}

static void add_foreign(struct zone *zone, const char *name, enum zone_type type, const char *value)
{
	struct zone_row row = { .type = type, .priority = 10 };

	snprintf(row.name, sizeof(row.name), "%s", name);
	snprintf(row.value, sizeof(row.value), "%s", value);
	add(zone, &row);
}

static const char *const service_labels[FORM_COUNT] = {
	[FORM_IMAPS] = "_imaps._tcp",
	[FORM_IMAP] = "_imap._tcp",
	[FORM_IMAP_PLAIN] = "_imap._tcp",
	[FORM_POP3S] = "_pop3s._tcp",
	[FORM_POP3] = "_pop3._tcp",
	[FORM_POP3_PLAIN] = "_pop3._tcp",
	[FORM_SMTPS] = "_submissions._tcp",
	[FORM_SMTP] = "_submission._tcp",
	[FORM_SMTP_PLAIN] = "_submission._tcp",
};

/* RFC 6186, RFC 8314. */
static void add_service(struct zone *zone, const struct zone_setup *setup, enum form form, uint16_t port)
{
	struct zone_row row;
	char target[96];

	if (!port)
		return;
	snprintf(target, sizeof(target), "mail.%s",
		 setup->manner == ZONE_DISAGREES ? "old-hoster.example" : setup->domain);
	row = row_of(setup, service_labels[form], ZONE_SRV, target);
	row.weight = 1;
	row.port = port;
	add(zone, &row);
}

static void add_domain(struct zone *zone, const struct zone_setup *setup)
{
	char mail[96];
	struct zone_row row;

	snprintf(mail, sizeof(mail), "mail.%s", setup->domain);
	row = row_of(setup, "", ZONE_SOA, mail);
	add(zone, &row);
	row = row_of(setup, "", ZONE_NS, mail);
	add(zone, &row);
	row = row_of(setup, "", ZONE_MX, setup->manner == ZONE_NULL_MX ? "." : mail);
	row.priority = setup->manner == ZONE_NULL_MX ? 0 : 10;
	add(zone, &row);
	if (setup->manner == ZONE_NULL_MX)
		return;
	add_host(zone, setup, "");
	add_host(zone, setup, "autoconfig");
	if (setup->manner != ZONE_HOST_UNKNOWN)
		add_host(zone, setup, "mail");
	if (setup->manner == ZONE_IPV6_SILENT) {
		row = row_of(setup, "mail", ZONE_AAAA, "::1");
		add(zone, &row);
	}
	add_service(zone, setup, setup->incoming, setup->incoming_port);
	add_service(zone, setup, setup->outgoing, setup->outgoing_port);
	if (setup->manner == ZONE_NOT_OFFERED) {
		row = row_of(setup, "_imap._tcp", ZONE_SRV, ".");
		add(zone, &row);
		row = row_of(setup, "_imaps._tcp", ZONE_SRV, ".");
		add(zone, &row);
	}
}

void zone_init(struct zone *zone, const struct zone_setup *setup)
{
	*zone = (struct zone){ .silent = setup->manner == ZONE_SILENT };
	if (setup->manner == ZONE_WILDCARD)
		snprintf(zone->wildcard, sizeof(zone->wildcard), "%s", setup->address);
	if (setup->manner != ZONE_DOMAIN_UNKNOWN)
		add_domain(zone, setup);
	if (setup->manner == ZONE_HOST_UNKNOWN) /* what a typing error was meant to be */
		add_host(zone, setup, "imap");
	if (setup->manner == ZONE_HOST_RETIRED)
		add_foreign(zone, "cox.net", ZONE_MX, "mx-aol.mail.gm0.yahoodns.net");
	if (setup->manner == ZONE_PUBLIC_IS_PRIVATE)
		add_foreign(zone, "imap.gmail.com", address_type(setup), setup->address);
	if (setup->manner == ZONE_DISAGREES)
		add_foreign(zone, "mail.old-hoster.example", address_type(setup), setup->address);
}

static bool read_name(struct cursor *c, char *out)
{
	size_t len = 0;

	for (;;) {
		struct view label = cursor_take(c, cursor_u8(c));

		if (!cursor_ok(c) || label.len > 63 || len + label.len + 2 > NAME_MAX_TEXT)
			return false;
		if (label.len == 0)
			break;
		if (len)
			out[len++] = '.';
		for (size_t i = 0; i < label.len; i++)
			out[len++] = str_lower_char((char)label.at[i]);
	}
	out[len] = '\0';
	return strlen(out) == len; /* a NUL inside a label finds nothing */
}

static bool read_question(struct view query, struct question *out)
{
	struct cursor c = cursor_of(query);
	uint16_t n;

	out->id = cursor_u16be(&c);
	out->flags = cursor_u16be(&c);
	n = cursor_u16be(&c);
	cursor_skip(&c, 6);
	if (!cursor_ok(&c) || (out->flags & FLAG_ANSWER) || n != 1 || !read_name(&c, out->name))
		return false;
	out->type = cursor_u16be(&c);
	cursor_skip(&c, 2);
	out->bytes = view_of(query.at + HEADER_LEN, c.at - HEADER_LEN);
	return cursor_ok(&c);
}

static void put_u16(struct buf *out, unsigned value)
{
	buf_add_byte(out, (uint8_t)(value >> 8));
	buf_add_byte(out, (uint8_t)value);
}

static void put_u32(struct buf *out, uint32_t value)
{
	put_u16(out, value >> 16);
	put_u16(out, value & 0xffff);
}

/* Uncompressed; an empty label cannot occur in our own names. */
static void put_name(struct buf *out, const char *name)
{
	struct str rest = str_of(str_is(str_of(name), ".") ? "" : name);

	while (rest.len) {
		struct str label = str_cut(&rest, '.');

		buf_add_byte(out, (uint8_t)label.len);
		buf_add_str(out, label);
	}
	buf_add_byte(out, 0);
}

static void put_value(struct buf *out, const struct zone_row *row)
{
	struct ip ip;

	switch (row->type) {
	case ZONE_A:
	case ZONE_AAAA:
		if (ip_parse(str_of(row->value), &ip))
			buf_add(out, view_of(ip.bytes, ip.family == 4 ? 4 : 16));
		break;
	case ZONE_SRV:
		put_u16(out, row->priority);
		put_u16(out, row->weight);
		put_u16(out, row->port);
		put_name(out, row->value);
		break;
	case ZONE_MX:
		put_u16(out, row->priority);
		put_name(out, row->value);
		break;
	case ZONE_TXT:
		buf_add_byte(out, (uint8_t)strlen(row->value));
		buf_add_text(out, row->value);
		break;
	case ZONE_SOA:
		put_name(out, row->value);
		put_name(out, row->value);
		for (unsigned i = 0; i < 5; i++)
			put_u32(out, TTL);
		break;
	case ZONE_NS:
	case ZONE_CNAME:
	case ZONE_ANY:
	default:
		put_name(out, row->value);
		break;
	}
}

static void put_record(struct buf *out, const char *owner, const struct zone_row *row)
{
	struct buf value;

	buf_init(&value, ZONE_UDP_MAX);
	put_value(&value, row);
	put_name(out, owner);
	put_u16(out, row->type);
	put_u16(out, CLASS_IN);
	put_u32(out, TTL);
	put_u16(out, (unsigned)value.len);
	buf_add(out, buf_view(&value));
	buf_fini(&value);
}

/* The name itself or one below it: both exist (RFC 8020). */
static bool name_exists(const struct zone *zone, const char *name)
{
	struct str asked = str_of(name);

	for (size_t i = 0; i < zone->n; i++) {
		struct str own = str_of(zone->rows[i].name);

		if (str_eq_nocase(own, asked) || (own.len > asked.len && str_ends_nocase(own, asked) &&
						  own.at[own.len - asked.len - 1] == '.'))
			return true;
	}
	return false;
}

/* Records of this name and type; a CNAME when there is nothing else. */
static unsigned put_matches(const struct zone *zone, const char *name, uint16_t type, struct buf *out,
			    const char **alias_out)
{
	unsigned n = 0;

	*alias_out = NULL;
	for (size_t i = 0; i < zone->n; i++) {
		const struct zone_row *row = &zone->rows[i];

		if (!str_is_nocase(str_of(row->name), name))
			continue;
		if (row->type == ZONE_CNAME && type != ZONE_CNAME)
			*alias_out = row->value;
		else if (row->type != (enum zone_type)type && type != ZONE_ANY)
			continue;
		put_record(out, name, row);
		n++;
	}
	return n;
}

static unsigned put_wildcard(const struct zone *zone, const struct question *question, struct buf *out)
{
	struct zone_row row = { .type = strchr(zone->wildcard, ':') ? ZONE_AAAA : ZONE_A };

	if (question->type != row.type)
		return 0;
	snprintf(row.value, sizeof(row.value), "%s", zone->wildcard);
	put_record(out, question->name, &row);
	return 1;
}

static unsigned put_answers(const struct zone *zone, const struct question *question, struct buf *out)
{
	const char *name = question->name, *alias = NULL;
	unsigned n = 0;

	if (zone->wildcard[0])
		return put_wildcard(zone, question, out);
	for (int i = 0; name && i < ALIASES_MAX; i++) {
		n += put_matches(zone, name, question->type, out, &alias);
		name = alias;
	}
	return n;
}

/* RFC 2308: says how long the "no" may be kept, when we know the domain. */
static unsigned put_authority(const struct zone *zone, const char *name, struct buf *out)
{
	for (size_t i = 0; i < zone->n; i++) {
		const struct zone_row *row = &zone->rows[i];

		if (row->type == ZONE_SOA && str_ends_nocase(str_of(name), str_of(row->name))) {
			put_record(out, row->name, row);
			return 1;
		}
	}
	return 0;
}

static void put_header(struct buf *out, const struct question *question, unsigned flags, unsigned n_answers,
		       unsigned n_authority)
{
	put_u16(out, question->id);
	put_u16(out, FLAG_ANSWER | FLAG_AUTHORITATIVE | FLAG_RECURSION |
			     (question->flags & FLAG_RECURSION_WANTED) | flags);
	put_u16(out, 1);
	put_u16(out, n_answers);
	put_u16(out, n_authority);
	put_u16(out, 0);
	buf_add(out, question->bytes);
}

bool zone_answer(const struct zone *zone, struct view query, size_t max, struct buf *out)
{
	struct question question;
	unsigned flags = 0, n_answers = 0, n_authority = 0;
	struct buf records;

	if (zone->silent || !read_question(query, &question))
		return false;
	buf_init(&records, ZONE_ANSWER_MAX);
	if (question.flags & OPCODE_MASK)
		flags = RCODE_NOT_KNOWN;
	else
		n_answers = put_answers(zone, &question, &records);
	if (!flags && !n_answers) {
		n_authority = put_authority(zone, question.name, &records);
		if (!zone->wildcard[0] && !name_exists(zone, question.name))
			flags = RCODE_NO_NAME;
	}
	if (HEADER_LEN + question.bytes.len + records.len > max) {
		put_header(out, &question, flags | FLAG_CUT, 0, 0);
	} else {
		put_header(out, &question, flags, n_answers, n_authority);
		buf_add(out, buf_view(&records));
	}
	buf_fini(&records);
	return !buf_failed(out);
}
