/* This file reads replies of POP3 servers (RFC 1939 section 3). */
#include "wire/pop3_reply.h"

static const struct str empty = { .at = "", .len = 0 };

/* Behind the status indicator stands a blank or nothing. */
static bool skip_status(struct str *rest, struct str status)
{
	if (!str_starts_nocase(*rest, status))
		return false;
	if (rest->len > status.len && rest->at[status.len] != ' ')
		return false;
	*rest = str_skip(*rest, status.len + 1);
	return true;
}

/* resp-code = "[" resp-level *( "/" resp-level ) "]" */
static bool is_code(struct str code)
{
	for (size_t i = 0; i < code.len; i++) {
		char c = code.at[i];

		if (!str_is_alpha(c) && !str_is_digit(c) && c != '-' && c != '/' && c != '_')
			return false;
	}
	return code.len > 0;
}

bool pop3_reply_parse(struct str line, struct pop3_reply *out)
{
	struct str rest = line, code;
	size_t end;

	*out = (struct pop3_reply){ .code = empty, .text = empty };
	if (skip_status(&rest, STR("+OK")))
		out->kind = POP3_KIND_OK;
	else if (skip_status(&rest, STR("-ERR")))
		out->kind = POP3_KIND_ERR;
	else if (skip_status(&rest, STR("+")))
		out->kind = POP3_KIND_CHALLENGE;
	else
		return false;
	out->text = rest;
	end = rest.len && rest.at[0] == '[' ? str_find_char(rest, ']') : SIZE_MAX;
	if (end == SIZE_MAX || out->kind == POP3_KIND_CHALLENGE)
		return true;
	code = str_head(str_skip(rest, 1), end - 1);
	if (!is_code(code))
		return true;
	out->code = code;
	out->text = str_trim(str_skip(rest, end + 1));
	return true;
}

bool pop3_reply_listed(struct str line, struct str *text_out)
{
	if (str_is(line, "."))
		return false;
	*text_out = line.len && line.at[0] == '.' ? str_skip(line, 1) : line;
	return true;
}

bool pop3_reply_stat(struct str text, uint64_t *messages_out, uint64_t *octets_out)
{
	struct str rest = text, messages = str_cut(&rest, ' '), octets = str_cut(&rest, ' ');

	return str_to_u64(messages, UINT64_MAX, messages_out) && str_to_u64(octets, UINT64_MAX, octets_out);
}

bool pop3_reply_has_timestamp(struct str text)
{
	size_t open = str_find_char(text, '<'), at, close;
	struct str rest;

	if (open == SIZE_MAX)
		return false;
	rest = str_skip(text, open + 1);
	at = str_find_char(rest, '@');
	close = str_find_char(rest, '>');
	return at != SIZE_MAX && close != SIZE_MAX && at > 0 && at < close;
}
