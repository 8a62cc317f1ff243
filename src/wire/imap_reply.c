/* This file reads responses of IMAP servers (RFC 3501 section 7, RFC 9051 section 7). */
#include "wire/imap_reply.h"

#include "base/checked.h"
#include "base/names.h"

static const struct name_row statuses[] = {
	{ IMAP_STATUS_OK, "OK" },   { IMAP_STATUS_NO, "NO" },           { IMAP_STATUS_BAD, "BAD" },
	{ IMAP_STATUS_BYE, "BYE" }, { IMAP_STATUS_PREAUTH, "PREAUTH" },
};

static const struct str empty = { .at = "", .len = 0 };

bool imap_reply_word(struct str *rest, struct str *word_out)
{
	struct str word;

	do {
		if (rest->len == 0)
			return false;
		word = str_cut(rest, ' ');
	} while (word.len == 0);
	*word_out = word;
	return true;
}

/* resp-text = ["[" resp-text-code "]" SP] text. A code may hold a quoted string
 * with a bracket in it only in extensions that postmend does not ask for. */
static void parse_text(struct str rest, struct imap_reply *out)
{
	size_t end = rest.len && rest.at[0] == '[' ? str_find_char(rest, ']') : SIZE_MAX;

	out->text = rest;
	if (end == SIZE_MAX)
		return;
	out->code_data = str_head(str_skip(rest, 1), end - 1);
	out->text = str_skip(rest, end + 1);
	if (out->text.len && out->text.at[0] == ' ')
		out->text = str_skip(out->text, 1);
	if (!imap_reply_word(&out->code_data, &out->code))
		out->code = empty;
}

/* Cuts one word that a single blank or the end follows. */
static struct str cut_word(struct str *rest)
{
	struct str word = str_cut(rest, ' ');

	if (!rest->at)
		*rest = empty;
	return word;
}

static bool parse_untagged(struct str rest, struct imap_reply *out)
{
	struct str word = cut_word(&rest);
	int status;

	out->kind = IMAP_KIND_UNTAGGED;
	if (word.len == 0)
		return false;
	if (name_find(statuses, COUNT_OF(statuses), word, &status)) {
		out->status = (enum imap_status)status;
		parse_text(rest, out);
		return true;
	}
	if (str_is_digit(word.at[0])) {
		if (!str_to_u64(word, UINT64_MAX, &out->number))
			return false;
		word = cut_word(&rest);
	}
	out->name = word;
	out->text = rest;
	return word.len > 0 && str_is_alpha(word.at[0]);
}

/* RFC 9051 section 9: tag = any ASTRING-CHAR but "+". */
static bool is_tag(struct str word)
{
	for (size_t i = 0; i < word.len; i++) {
		char c = word.at[i];

		if (c <= ' ' || c == 0x7f || c == '(' || c == ')' || c == '{' || c == '%' || c == '*' ||
		    c == '"' || c == '\\' || c == '+')
			return false;
	}
	return word.len > 0;
}

bool imap_reply_parse(struct str line, struct imap_reply *out)
{
	struct str rest = line, word = cut_word(&rest);
	int status;

	*out = (struct imap_reply){
		.tag = empty, .code = empty, .code_data = empty, .text = empty, .name = empty
	};
	if (str_is(word, "*"))
		return parse_untagged(rest, out);
	if (str_is(word, "+")) {
		out->kind = IMAP_KIND_CONTINUATION;
		out->text = rest;
		return true;
	}
	out->kind = IMAP_KIND_TAGGED;
	out->tag = word;
	word = cut_word(&rest);
	if (!is_tag(out->tag) || !name_find(statuses, COUNT_OF(statuses), word, &status) ||
	    status == IMAP_STATUS_BYE || status == IMAP_STATUS_PREAUTH)
		return false;
	out->status = (enum imap_status)status;
	parse_text(rest, out);
	return true;
}

bool imap_reply_literal(struct str line, uint64_t *len_out)
{
	struct imap_reply reply;
	struct str digits;
	size_t open = line.len;

	if (line.len < 3 || line.at[line.len - 1] != '}')
		return false;
	while (open > 0 && line.at[open - 1] != '{')
		open--;
	if (open == 0 || !imap_reply_parse(line, &reply))
		return false;
	if (reply.kind != IMAP_KIND_UNTAGGED || reply.status != IMAP_STATUS_NONE)
		return false;
	digits = str_head(str_skip(line, open), line.len - 1 - open);
	if (digits.len && digits.at[digits.len - 1] == '+')
		digits.len--;
	return str_to_u64(digits, UINT64_MAX, len_out);
}

/* Skips an astring: atom, "quoted" or an announced literal. */
static bool skip_astring(struct str *rest)
{
	size_t i = 1;

	if (rest->len && rest->at[0] == '"') {
		while (i < rest->len && rest->at[i] != '"')
			i += rest->at[i] == '\\' ? 2 : 1;
		if (i >= rest->len)
			return false;
		*rest = str_skip(*rest, i + 1);
		return true;
	}
	for (i = 0; i < rest->len && rest->at[i] != ' ' && rest->at[i] != '('; i++)
		continue;
	*rest = str_skip(*rest, i);
	return i > 0;
}

/* quota-resource = resource-name SP usage SP limit */
bool imap_reply_storage(struct str text, uint64_t *used_out, uint64_t *limit_out)
{
	struct str rest = text, name, used, limit;

	if (!skip_astring(&rest))
		return false;
	rest = str_trim(rest);
	if (rest.len < 2 || rest.at[0] != '(' || rest.at[rest.len - 1] != ')')
		return false;
	rest = str_head(str_skip(rest, 1), rest.len - 2);
	while (imap_reply_word(&rest, &name) && imap_reply_word(&rest, &used) &&
	       imap_reply_word(&rest, &limit)) {
		if (str_is_nocase(name, "STORAGE"))
			return str_to_u64(used, UINT64_MAX, used_out) &&
			       str_to_u64(limit, UINT64_MAX, limit_out);
	}
	return false;
}
