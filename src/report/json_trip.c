/* This file writes what became of the letters of a trip as JSON. */
#include "report/json_facts.h"

static const char *const ends[] = {
	[LETTER_NOT_TRIED] = "not-tried",   [LETTER_ACCEPTED] = "accepted", [LETTER_REFUSED] = "refused",
	[LETTER_UNANSWERED] = "unanswered", [LETTER_CUT] = "cut",
};
static const char *const kinds[] = {
	[LETTER_PLAIN] = "plain",     [LETTER_HTML] = "html",   [LETTER_ATTACHMENT] = "attachment",
	[LETTER_LONG_LINES] = "long", [LETTER_LARGE] = "large", [LETTER_KINDS] = NULL,
};
static const char *const alterations[] = {
	[ALTERATION_NONE] = "none",           [ALTERATION_BLANK] = "blank",
	[ALTERATION_TRUNCATED] = "truncated", [ALTERATION_FOOTER] = "footer",
	[ALTERATION_RECODED] = "recoded",     [ALTERATION_ATTACHMENT_LOST] = "attachment-lost",
	[ALTERATION_OTHER] = "other",
};

static void write_hops(struct json_out *json, const struct letter_fate *fate)
{
	json_open(json, "hops", '[');
	for (size_t i = 0; i < fate->n_hops; i++) {
		json_open(json, NULL, '{');
		json_str(json, "by", fate->hops[i].by);
		json_time(json, "at", fate->hops[i].at);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void write_fate(struct json_out *json, const struct letter_fate *fate)
{
	const struct letter_facts *sent = &fate->sent;

	json_open(json, NULL, '{');
	json_word(json, "kind", kinds[sent->letter->kind]);
	json_uint(json, "bytes", sent->letter->bytes.len);
	json_word(json, "sent", ends[sent->end]);
	json_str(json, "reply", sent->reply);
	if (sent->answered == MOMENT_NEVER)
		json_nothing(json, "answered_ms");
	else
		json_ms(json, "answered_ms", sent->answered - sent->sent);
	json_uint(json, "found", fate->n_arrivals);
	if (fate->n_arrivals > 0) {
		json_text(json, "folder", fate->arrivals[0]->folder);
		json_uint(json, "bytes_back", fate->arrivals[0]->bytes.len);
		json_word(json, "altered", alterations[fate->alteration]);
		json_bool(json, "subject_altered", fate->subject_altered);
		if (fate->has_signature)
			json_bool(json, "signature_fits", fate->signature_holds);
		else
			json_nothing(json, "signature_fits");
		write_hops(json, fate);
	}
	json_close(json, '}');
}

void json_facts_trip(struct json_out *json, const struct trip_facts *trip)
{
	json_open(json, "letters", '[');
	for (size_t i = 0; i < trip->n_fates; i++)
		write_fate(json, &trip->fates[i]);
	json_close(json, ']');
	json_bool(json, "removed", trip->removed);
}
