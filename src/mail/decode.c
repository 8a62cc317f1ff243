/* This file takes transfer encodings off. */
#include "mail/decode.h"

#include <string.h>

void decode_start(struct decode *d, enum decode_kind kind, struct mail_sink *sink)
{
	memset(d, 0, sizeof *d);
	d->kind = kind;
	d->sink = sink;
}

static void flush(struct decode *d)
{
	mail_put(d->sink, view_of(d->out, d->len));
	d->len = 0;
}

static void put(struct decode *d, uint8_t byte)
{
	if (d->len == sizeof d->out)
		flush(d);
	d->out[d->len++] = byte;
}

static int digit_of(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static bool is_space(uint8_t c)
{
	return is_blank(c) || c == '\r' || c == '\n';
}

/* A group that padding ended may be followed by another: some programs encode in pieces. */
static void take_base64(struct decode *d, uint8_t c)
{
	int digit = digit_of(c);

	if (is_space(c))
		return;
	if (c == '=') {
		d->is_padded = true;
		d->bits = 0;
		d->n_bits = d->n_digits = 0;
		return;
	}
	if (digit < 0) {
		d->faults |= DECODE_FAULT_BYTES;
		return;
	}
	if (d->is_padded)
		d->faults |= DECODE_FAULT_BYTES;
	d->is_padded = false;
	d->bits = d->bits << 6 | (uint32_t)digit;
	d->n_bits += 6;
	d->n_digits = (d->n_digits + 1) & 3;
	if (d->n_bits >= 8) {
		d->n_bits -= 8;
		put(d, (uint8_t)(d->bits >> d->n_bits));
	}
	d->bits &= 0xFFFF;
}

static int hex_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put_held(struct decode *d)
{
	for (size_t i = 0; i < d->n_held; i++)
		put(d, (uint8_t)d->held[i]);
	d->n_held = 0;
}

static void hold(struct decode *d, uint8_t c)
{
	if (d->n_held == sizeof d->held)
		put_held(d);
	d->held[d->n_held++] = (char)c;
}

/* Behind "=": two digits, or a line's end that is none, blanks in front of it allowed. True when c was taken.
 */
static bool take_escape(struct decode *d, uint8_t c)
{
	size_t n = d->n_held;
	int high = n == 2 ? hex_of((uint8_t)d->held[1]) : -1, low = hex_of(c);

	if (c == '\n') {
		d->n_held = 0;
		return true;
	}
	if (high >= 0 && low >= 0) {
		d->n_held = 0;
		put(d, (uint8_t)((unsigned)high << 4 | (unsigned)low));
		return true;
	}
	if ((n == 1 && hex_of(c) >= 0) ||
	    ((is_blank(c) || c == '\r') && (n == 1 || hex_of((uint8_t)d->held[1]) < 0))) {
		hold(d, c);
		return true;
	}
	d->faults |= DECODE_FAULT_BYTES;
	put_held(d);
	return false;
}

/* Blanks wait: at a line's end they are not the text's. */
static void take_quoted(struct decode *d, uint8_t c)
{
	if (d->n_held && d->held[0] == '=' && take_escape(d, c))
		return;
	if (c == '=') {
		put_held(d);
		hold(d, c);
	} else if (is_blank(c) || c == '\r') {
		if (d->n_held && d->held[d->n_held - 1] == '\r')
			put_held(d);
		hold(d, c);
	} else if (c == '\n') {
		bool had_cr = d->n_held && d->held[d->n_held - 1] == '\r';

		d->n_held = 0;
		if (had_cr)
			put(d, '\r');
		put(d, '\n');
	} else {
		put_held(d);
		if (c > 126)
			d->faults |= DECODE_FAULT_BYTES;
		put(d, c);
	}
}

static unsigned uu(char c)
{
	return ((unsigned)c - 32) & 63;
}

static void end_uu_line(struct decode *d)
{
	struct str line = { d->held, d->n_held };
	size_t n = line.len && d->in_body ? uu(line.at[0]) : 0;

	while (line.len && is_space((uint8_t)line.at[line.len - 1]) && line.len > 1)
		line.len--;
	d->n_held = 0;
	if (!d->in_body) {
		d->in_body = !d->has_ended && str_starts(line, STR("begin "));
		return;
	}
	if (str_is(line, "end")) {
		d->in_body = false;
		d->has_ended = true;
		return;
	}
	for (size_t i = 1, k = 0; k < n; i += 4, k += 3) {
		unsigned q[4];

		for (size_t j = 0; j < 4; j++)
			q[j] = i + j < line.len ? uu(line.at[i + j]) : 0;
		if (i >= line.len)
			d->faults |= DECODE_FAULT_CUT;
		put(d, (uint8_t)(q[0] << 2 | q[1] >> 4));
		if (k + 1 < n)
			put(d, (uint8_t)(q[1] << 4 | q[2] >> 2));
		if (k + 2 < n)
			put(d, (uint8_t)(q[2] << 6 | q[3]));
	}
}

static void take_uu(struct decode *d, uint8_t c)
{
	if (c == '\n') {
		end_uu_line(d);
	} else if (d->n_held < sizeof d->held) {
		d->held[d->n_held++] = (char)c;
	} else if (d->in_body) {
		d->faults |= DECODE_FAULT_BYTES;
	}
}

void decode_add(struct decode *d, struct view bytes)
{
	if (d->kind == DECODE_NONE) {
		mail_put(d->sink, bytes);
		return;
	}
	for (size_t i = 0; i < bytes.len; i++) {
		if (d->kind == DECODE_BASE64)
			take_base64(d, bytes.at[i]);
		else if (d->kind == DECODE_QUOTED)
			take_quoted(d, bytes.at[i]);
		else
			take_uu(d, bytes.at[i]);
	}
}

void decode_end(struct decode *d)
{
	if (d->kind == DECODE_BASE64 && d->n_digits)
		d->faults |= DECODE_FAULT_CUT;
	if (d->kind == DECODE_QUOTED && d->n_held && d->held[0] == '=') {
		/* "=" at the very end is a line's end that the boundary took. */
		struct str rest = str_trim((struct str){ d->held + 1, d->n_held - 1 });

		if (rest.len) {
			d->faults |= DECODE_FAULT_CUT;
			put_held(d);
		}
	} else if (d->kind == DECODE_QUOTED && d->n_held && d->held[d->n_held - 1] == '\r') {
		put_held(d);
	}
	if (d->kind == DECODE_UUENCODE) {
		if (d->n_held)
			end_uu_line(d);
		if (d->in_body)
			d->faults |= DECODE_FAULT_CUT;
	}
	d->n_held = 0;
	flush(d);
}
