/* This file tells a rule as a sentence. */
#include "rules/rules.h"

#include <string.h>

static void put_phrase(const struct rule_element *e, struct buf *out)
{
	const char *at = strstr(e->phrase, "%s");

	if (!at) {
		buf_add_text(out, e->phrase);
		return;
	}
	buf_add_str(out, (struct str){ e->phrase, (size_t)(at - e->phrase) });
	buf_add_text(out, e->words ? e->words : "nothing");
	buf_add_text(out, at + 2);
}

/* Elements of one part, with words between them; returns how many. */
static size_t put_part(const struct rule *rule, enum rule_part part, const char *first, const char *between,
		       struct buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < rule->n; i++) {
		if (rule->elements[i].part != part)
			continue;
		buf_add_text(out, n++ ? between : first);
		put_phrase(&rule->elements[i], out);
	}
	return n;
}

static const char *when(const struct rule *rule)
{
	return rule->applies & RULE_AFTER_SENDING ? "After I send the message" : "After the message arrives";
}

void rules_put_sentence(const struct rule *rule, struct buf *out)
{
	buf_add_text(out, when(rule));
	put_part(rule, RULE_CONDITION, ", ", " and ", out);
	buf_add_text(out, ": ");
	if (put_part(rule, RULE_ACTION, "", ", ", out) == 0)
		buf_add_text(out, "do nothing");
	put_part(rule, RULE_EXCEPTION, "; except ", " or ", out);
	if (rule->is_broken)
		buf_add_text(out, " (the rest cannot be read)");
}
