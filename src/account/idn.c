/* This file turns a domain as people write it into the one the DNS knows. */
#include "account/idn.h"

#include "account/address.h"
#include "base/buf.h"
#include "base/checked.h"

/* RFC 3492 section 5. */
enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, INITIAL_BIAS = 72, INITIAL_N = 128 };

struct range {
	uint32_t from, to;
	uint32_t add;  /* to make a capital small */
	uint32_t step; /* 1: all of them; 2: every other one, beginning with `from` */
};

static const struct range capitals[] = {
	{ 0x41, 0x5A, 0x20, 1 },   { 0xC0, 0xD6, 0x20, 1 },   { 0xD8, 0xDE, 0x20, 1 },
	{ 0x100, 0x12E, 1, 2 },    { 0x132, 0x136, 1, 2 },    { 0x139, 0x147, 1, 2 },
	{ 0x14A, 0x176, 1, 2 },    { 0x179, 0x17D, 1, 2 },    { 0x386, 0x386, 0x26, 1 },
	{ 0x388, 0x38A, 0x25, 1 }, { 0x391, 0x3A1, 0x20, 1 }, { 0x3A3, 0x3AB, 0x20, 1 },
	{ 0x400, 0x40F, 0x50, 1 }, { 0x410, 0x42F, 0x20, 1 }, { 0x460, 0x480, 1, 2 },
	{ 0x48A, 0x4BE, 1, 2 },    { 0x4D0, 0x52E, 1, 2 },    { 0x531, 0x556, 0x30, 1 },
	{ 0x1E00, 0x1E94, 1, 2 },  { 0x1EA0, 0x1EFE, 1, 2 },
};

/* No part of a name, or in need of normalisation that is not done here. */
static const struct range refused[] = {
	{ 0x80, 0xB6, 0, 1 },     { 0xB8, 0xBF, 0, 1 },        { 0x130, 0x130, 0, 1 },
	{ 0x300, 0x36F, 0, 1 },   { 0x1E9E, 0x1E9E, 0, 1 },    { 0x2000, 0x2BFF, 0, 1 },
	{ 0x3000, 0x3004, 0, 1 }, { 0xE000, 0xF8FF, 0, 1 },    { 0xFB00, 0xFB4F, 0, 1 },
	{ 0xFDD0, 0xFDEF, 0, 1 }, { 0xFE00, 0xFE0F, 0, 1 },    { 0xFE20, 0xFE2F, 0, 1 },
	{ 0xFEFF, 0xFFFF, 0, 1 }, { 0xE0000, 0x10FFFF, 0, 1 },
};

static const struct range *find_range(const struct range *table, size_t n, uint32_t code)
{
	for (size_t i = 0; i < n; i++)
		if (code >= table[i].from && code <= table[i].to &&
		    (code - table[i].from) % table[i].step == 0)
			return &table[i];
	return NULL;
}

/* The next code point, small; 0 when it has no place in a name. The text is
 * well-formed UTF-8. */
static uint32_t next_code(struct str *text)
{
	unsigned char first = (unsigned char)text->at[0];
	size_t n = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	uint32_t code = n == 1 ? first : first & (0x7Fu >> n);
	const struct range *capital;

	for (size_t i = 1; i < n; i++)
		code = code << 6 | ((unsigned char)text->at[i] & 0x3Fu);
	*text = str_skip(*text, n);
	if (find_range(refused, COUNT_OF(refused), code))
		return 0;
	capital = find_range(capitals, COUNT_OF(capitals), code);
	return capital ? code + capital->add : code;
}

static uint32_t adapt(uint32_t delta, uint32_t n_points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / DAMP : delta / 2;
	delta += delta / n_points;
	for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
		delta /= BASE - T_MIN;
	return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static void add_digit(struct buf *out, uint32_t digit)
{
	buf_add_byte(out, (uint8_t)(digit < 26 ? 'a' + digit : '0' + digit - 26));
}

/* A delta as a generalised variable-length integer (RFC 3492 section 3.3). */
static void add_delta(struct buf *out, uint32_t delta, uint32_t bias)
{
	for (uint32_t k = BASE;; k += BASE) {
		uint32_t t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;

		if (delta < t)
			break;
		add_digit(out, t + (delta - t) % (BASE - t));
		delta = (delta - t) / (BASE - t);
	}
	add_digit(out, delta);
}

static uint32_t next_larger(const uint32_t *codes, size_t n, uint32_t least)
{
	uint32_t found = UINT32_MAX;

	for (size_t i = 0; i < n; i++)
		if (codes[i] >= least && codes[i] < found)
			found = codes[i];
	return found;
}

/* RFC 3492 section 6.3. At most LABEL_LEN_MAX code points: no sum overflows. */
static void add_punycode(struct buf *out, const uint32_t *codes, size_t n)
{
	uint32_t delta = 0, bias = INITIAL_BIAS, least = INITIAL_N, done = 0, basic = 0;

	for (size_t i = 0; i < n; i++)
		if (codes[i] < INITIAL_N) {
			buf_add_byte(out, (uint8_t)codes[i]);
			basic++;
		}
	if (basic)
		buf_add_byte(out, '-');
	for (done = basic; done < n;) {
		uint32_t code = next_larger(codes, n, least);

		delta += (code - least) * (done + 1);
		least = code;
		for (size_t i = 0; i < n; i++) {
			if (codes[i] < least)
				delta++;
			if (codes[i] != least)
				continue;
			add_delta(out, delta, bias);
			bias = adapt(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
		delta++;
		least++;
	}
}

static bool add_label(struct buf *out, struct str label)
{
	uint32_t codes[LABEL_LEN_MAX];
	size_t n = 0;
	bool plain = true;

	while (label.len) {
		uint32_t code = next_code(&label);

		if (code == 0 || n == COUNT_OF(codes))
			return false;
		plain = plain && code < INITIAL_N;
		codes[n++] = code;
	}
	if (!plain) {
		buf_add_text(out, "xn--");
		add_punycode(out, codes, n);
		return true;
	}
	for (size_t i = 0; i < n; i++)
		buf_add_byte(out, (uint8_t)codes[i]);
	return true;
}

enum status idn_to_ascii(struct arena *arena, struct str domain, const char **out)
{
	enum status status = ST_USAGE;
	struct buf ascii;

	if (domain.len && domain.at[domain.len - 1] == '.')
		domain.len--;
	/* The widest UTF-8 form of a name that fits: four bytes for a letter. */
	if (domain.len == 0 || domain.len > (size_t)4 * DOMAIN_LEN_MAX || !str_is_utf8(domain))
		return ST_USAGE;
	buf_init(&ascii, (size_t)8 * DOMAIN_LEN_MAX);
	while (domain.at) {
		if (!add_label(&ascii, str_cut(&domain, '.')))
			goto out;
		if (domain.at)
			buf_add_byte(&ascii, '.');
	}
	if (buf_failed(&ascii)) {
		status = ST_NOMEM;
	} else if (address_domain_is_valid(buf_str(&ascii), 1)) {
		*out = arena_text(arena, buf_str(&ascii));
		status = *out ? ST_OK : ST_NOMEM;
	}
out:
	buf_fini(&ascii);
	return status;
}
