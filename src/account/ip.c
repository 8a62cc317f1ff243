/* This file reads and writes IPv4 and IPv6 addresses as text. */
#include "account/ip.h"

#include "base/checked.h"

#include <stdio.h>
#include <string.h>

enum { GROUPS = 8 };

/* Address blocks that are not public, as the first `bits` bits. */
struct block {
	uint8_t bytes[8];
	unsigned bits;
};

static const struct block blocks4[] = {
	{ { 0 }, 8 },             /* this network */
	{ { 10 }, 8 },            /* private */
	{ { 100, 64 }, 10 },      /* shared, RFC 6598 */
	{ { 127 }, 8 },           /* loopback */
	{ { 169, 254 }, 16 },     /* link-local */
	{ { 172, 16 }, 12 },      /* private */
	{ { 192, 0, 0 }, 24 },    /* protocol assignments */
	{ { 192, 0, 2 }, 24 },    /* documentation */
	{ { 192, 168 }, 16 },     /* private */
	{ { 198, 18 }, 15 },      /* benchmarking */
	{ { 198, 51, 100 }, 24 }, /* documentation */
	{ { 203, 0, 113 }, 24 },  /* documentation */
	{ { 224 }, 3 },           /* multicast and reserved */
};

/* Within 2000::/3, which is all of IPv6 that is public. */
static const struct block blocks6[] = {
	{ { 0x20, 0x01, 0x00, 0x02 }, 48 }, /* benchmarking */
	{ { 0x20, 0x01, 0x00, 0x10 }, 28 }, /* ORCHID */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
	{ { 0x3f, 0xff }, 20 },             /* documentation */
};

static bool parse4(struct str text, uint8_t out[static 4])
{
	for (size_t i = 0; i < 4; i++) {
		struct str part = str_cut(&text, '.');
		uint64_t value;

		if (!part.at || !str_to_u64(part, 255, &value) || (part.len > 1 && part.at[0] == '0'))
			return false;
		if (part.len > 3 || (i < 3) != (text.at != NULL))
			return false;
		out[i] = (uint8_t)value;
	}
	return true;
}

static bool parse_group(struct str text, uint16_t *out)
{
	unsigned value = 0;

	if (text.len < 1 || text.len > 4)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = str_lower_char(text.at[i]);

		if (str_is_digit(c))
			value = value * 16 + (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + (unsigned)(c - 'a') + 10;
		else
			return false;
	}
	*out = (uint16_t)value;
	return true;
}

/* Reads groups separated by colons, the last of which may be a dotted quad.
 * Returns how many 16-bit groups there were, or -1. An empty text has none. */
static int parse_groups(struct str text, uint16_t groups[static GROUPS])
{
	int n = 0;

	if (text.len == 0)
		return 0;
	while (text.at) {
		struct str part = str_cut(&text, ':');
		uint8_t quad[4];

		if (n >= GROUPS)
			return -1;
		if (!text.at && n <= GROUPS - 2 && parse4(part, quad)) {
			groups[n++] = (uint16_t)(quad[0] << 8 | quad[1]);
			groups[n++] = (uint16_t)(quad[2] << 8 | quad[3]);
		} else if (!parse_group(part, &groups[n++])) {
			return -1;
		}
	}
	return n;
}

static bool parse6(struct str text, uint8_t out[static 16])
{
	uint16_t head[GROUPS] = { 0 }, tail[GROUPS] = { 0 }, all[GROUPS] = { 0 };
	size_t gap = str_find(text, STR("::"));
	int n_head = parse_groups(gap == SIZE_MAX ? text : str_head(text, gap), head);
	int n_tail = gap == SIZE_MAX ? 0 : parse_groups(str_skip(text, gap + 2), tail);

	if (n_head < 0 || n_tail < 0)
		return false;
	if (gap == SIZE_MAX ? n_head != GROUPS : n_head + n_tail >= GROUPS)
		return false;
	/* A quad may stand at the very end alone. */
	if (gap != SIZE_MAX && str_find_char(str_head(text, gap), '.') != SIZE_MAX)
		return false;
	memcpy(all, head, (size_t)n_head * sizeof all[0]);
	memcpy(all + GROUPS - n_tail, tail, (size_t)n_tail * sizeof all[0]);
	for (size_t i = 0; i < GROUPS; i++) {
		out[2 * i] = (uint8_t)(all[i] >> 8);
		out[2 * i + 1] = (uint8_t)all[i];
	}
	return true;
}

bool ip_parse(struct str text, struct ip *out)
{
	*out = (struct ip){ .family = 4 };
	if (text.len && parse4(text, out->bytes))
		return true;
	*out = (struct ip){ .family = 6 };
	return text.len > 1 && parse6(text, out->bytes);
}

/* The longest run of at least two zero groups, the first of equals. */
static void find_zero_run(const uint16_t groups[static GROUPS], int *start_out, int *len_out)
{
	*start_out = -1;
	*len_out = 1;
	for (int i = 0; i < GROUPS; i++) {
		int n = 0;

		while (i + n < GROUPS && groups[i + n] == 0)
			n++;
		if (n > *len_out) {
			*start_out = i;
			*len_out = n;
		}
		i += n;
	}
}

static void text6(const uint8_t bytes[static 16], char out[static IP_TEXT_MAX])
{
	uint16_t groups[GROUPS];
	int start, len, at = 0;

	for (int i = 0; i < GROUPS; i++)
		groups[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
	find_zero_run(groups, &start, &len);
	for (int i = 0; i < GROUPS; i++) {
		size_t room = (size_t)(IP_TEXT_MAX - at);

		if (i == start) {
			at += snprintf(out + at, room, "::");
			i += len - 1;
			continue;
		}
		at += snprintf(out + at, room, at && out[at - 1] != ':' ? ":%x" : "%x", (unsigned)groups[i]);
	}
}

void ip_text(const struct ip *ip, char out[static IP_TEXT_MAX])
{
	const uint8_t *b = ip->bytes;

	if (ip->family == 4)
		snprintf(out, IP_TEXT_MAX, "%u.%u.%u.%u", (unsigned)b[0], (unsigned)b[1], (unsigned)b[2],
			 (unsigned)b[3]);
	else
		text6(b, out);
}

static bool is_in(const struct block *blocks, size_t n, const uint8_t *bytes)
{
	for (size_t i = 0; i < n; i++) {
		unsigned whole = blocks[i].bits / 8, left = blocks[i].bits % 8;
		unsigned mask = (0xff00u >> left) & 0xffu;

		if (memcmp(blocks[i].bytes, bytes, whole) == 0 &&
		    (left == 0 || ((blocks[i].bytes[whole] ^ bytes[whole]) & mask) == 0))
			return true;
	}
	return false;
}

bool ip_is_public(const struct ip *ip)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
	const uint8_t *b = ip->bytes;

	if (ip->family == 4)
		return !is_in(blocks4, COUNT_OF(blocks4), b);
	if (memcmp(b, mapped, sizeof mapped) == 0 || memcmp(b, nat64, sizeof nat64) == 0)
		return !is_in(blocks4, COUNT_OF(blocks4), b + 12);
	if (b[0] == 0x20 && b[1] == 0x02)
		return !is_in(blocks4, COUNT_OF(blocks4), b + 2);
	return (b[0] & 0xe0) == 0x20 && !is_in(blocks6, COUNT_OF(blocks6), b);
}
