/* This file reads replies of SMTP servers (RFC 5321 section 4.2). */
#include "wire/smtp_reply.h"

#include <string.h>

/* Reads 1 to `most` digits off the head of *rest. */
static bool skip_digits(struct str *rest, size_t most)
{
	size_t n = 0;

	while (n < rest->len && n < most && str_is_digit(rest->at[n]))
		n++;
	*rest = str_skip(*rest, n);
	return n > 0;
}

static bool skip_char(struct str *rest, char c)
{
	if (rest->len == 0 || rest->at[0] != c)
		return false;
	*rest = str_skip(*rest, 1);
	return true;
}

/* The enhanced code at the start of a text, "5.7.139", or an empty str.
 * RFC 3463 section 2: class "." subject "." detail, then a blank or the end. */
static struct str enhanced_code(struct str text)
{
	struct str rest = text, none = { .at = "", .len = 0 };

	if (text.len == 0 || (text.at[0] != '2' && text.at[0] != '4' && text.at[0] != '5'))
		return none;
	if (!skip_digits(&rest, 1) || !skip_char(&rest, '.') || !skip_digits(&rest, 3) ||
	    !skip_char(&rest, '.') || !skip_digits(&rest, 3))
		return none;
	if (rest.len && rest.at[0] != ' ')
		return none;
	return str_head(text, text.len - rest.len);
}

/* code [ mark text ]; *last_out is false for the mark "-". */
static bool parse_line(struct str line, unsigned *code_out, bool *last_out, struct str *text_out)
{
	uint64_t code;

	if (line.len < 3 || !str_to_u64(str_head(line, 3), 599, &code) || code < 200)
		return false;
	if (line.len > 3 && line.at[3] != ' ' && line.at[3] != '-')
		return false;
	*code_out = (unsigned)code;
	*last_out = line.len == 3 || line.at[3] == ' ';
	*text_out = str_skip(line, 4);
	return true;
}

enum smtp_reply_result smtp_reply_add(struct smtp_reply *reply, struct str line, struct str *text_out)
{
	struct str enhanced;
	unsigned code;
	bool last;

	if (reply->n_lines == SMTP_REPLY_LINES_MAX)
		return SMTP_REPLY_TOO_LONG;
	if (!parse_line(line, &code, &last, text_out) || (reply->n_lines && code != reply->code))
		return SMTP_REPLY_BROKEN;
	reply->code = code;
	reply->n_lines++;
	enhanced = enhanced_code(*text_out);
	if (reply->enhanced[0] == '\0' && enhanced.len)
		memcpy(reply->enhanced, enhanced.at, enhanced.len);
	return last ? SMTP_REPLY_WHOLE : SMTP_REPLY_MORE;
}

bool smtp_reply_keyword(struct str text, struct str *keyword_out, struct str *parameters_out)
{
	size_t n = 0;

	while (n < text.len && (str_is_digit(text.at[n]) || str_is_alpha(text.at[n]) || text.at[n] == '-' ||
				text.at[n] == '_'))
		n++;
	if (n == 0 || (n < text.len && text.at[n] != ' ' && text.at[n] != '='))
		return false;
	*keyword_out = str_head(text, n);
	*parameters_out = str_trim(str_skip(text, n + 1));
	return true;
}
