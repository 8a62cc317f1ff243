/* This file takes lines apart that people copy out of logs and messages. */
#include "facts/answers.h"

#include "base/checked.h"

enum { TOKEN_TEXT_MAX = 512, CHALLENGE_MAX = 1024 };

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static struct str first_word(struct str text)
{
	size_t len = 0;

	while (len < text.len && !is_space(text.at[len]))
		len++;
	return str_head(text, len);
}

static struct str after(struct str text, size_t n)
{
	return str_trim(str_skip(text, n));
}

/* Three digits of a reply (RFC 5321 section 4.2) with a space, a hyphen or the end behind. */
static bool is_smtp(struct str text, unsigned *code_out)
{
	uint64_t code;

	if (text.len < 3 || text.at[0] < '2' || text.at[0] > '5' ||
	    !str_to_u64(str_head(text, 3), 599, &code))
		return false;
	if (text.len > 3 && text.at[3] != ' ' && text.at[3] != '-' && text.at[3] != '\t')
		return false;
	*code_out = (unsigned)code;
	return true;
}

static struct str bracketed(struct str text)
{
	size_t end;

	if (!str_starts(text, STR("[")))
		return STR("");
	end = str_find_char(text, ']');
	return end == SIZE_MAX ? STR("") : str_head(str_skip(text, 1), end - 1);
}

static bool read_imap(struct str text, struct answer_said *out)
{
	static const char *const words[] = { "NO", "BAD", "BYE", "OK" };
	struct str word = first_word(text);

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (!str_is(word, words[i]))
			continue;
		out->protocol = PROTOCOL_IMAP;
		out->text = after(text, word.len);
		out->response_code = bracketed(out->text);
		return true;
	}
	return false;
}

static bool read_here(struct str text, struct answer_said *out)
{
	unsigned code;

	*out = (struct answer_said){ .enhanced = STR(""), .response_code = STR(""), .text = text };
	if (str_starts(text, STR("-ERR"))) {
		out->protocol = PROTOCOL_POP3;
		out->text = after(text, 4);
		out->response_code = bracketed(out->text);
		return true;
	}
	if (is_smtp(text, &code)) {
		out->protocol = PROTOCOL_SMTP;
		out->smtp_code = code;
		return true;
	}
	return read_imap(text, out);
}

bool answers_read(struct str line, struct answer_said *out)
{
	line = str_trim(str_head(line, ANSWER_TEXT_MAX));
	/* A few words may stand in front: "S:", "<--", a tag, a date, a host. */
	for (unsigned skipped = 0; line.len > 0 && skipped < 12; skipped++) {
		if (read_here(line, out))
			return out->protocol != PROTOCOL_SMTP || skipped == 0 || out->smtp_code >= 400;
		line = after(line, first_word(line).len);
	}
	return false;
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (str_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648 section 4; stops at the padding. False for any other character. */
static bool decode(struct str text, char *out, size_t room, size_t *len_out)
{
	uint32_t bits = 0;
	unsigned n = 0;

	*len_out = 0;
	while (text.len > 0 && text.at[text.len - 1] == '=')
		text.len--;
	for (size_t i = 0; i < text.len; i++) {
		int value = base64_value(text.at[i]);

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		n += 6;
		if (n < 8)
			continue;
		if (*len_out == room)
			return false;
		n -= 8;
		out[(*len_out)++] = (char)(bits >> n & 0xff);
	}
	return true;
}

bool answers_token_status(struct str base64, char *status_out, size_t room)
{
	char json[TOKEN_TEXT_MAX];
	struct str text;
	size_t len, at;

	base64 = str_trim(base64);
	if (base64.len < 8 || base64.len > CHALLENGE_MAX || !decode(base64, json, sizeof json, &len))
		return false;
	text = (struct str){ .at = json, .len = len };
	at = str_find(text, STR("\"status\""));
	if (!str_starts(str_trim(text), STR("{")) || at == SIZE_MAX)
		return false;
	text = str_trim(str_skip(text, at + 8));
	if (!str_starts(text, STR(":")))
		return false;
	text = str_trim(str_skip(text, 1));
	if (str_starts(text, STR("\"")))
		text = str_skip(text, 1);
	for (len = 0; len < text.len && len + 1 < room; len++) {
		char c = text.at[len];

		if (!str_is_alpha(c) && !str_is_digit(c) && c != '_' && c != '-')
			break;
		status_out[len] = c;
	}
	status_out[len] = 0;
	return len > 0;
}
