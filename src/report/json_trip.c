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

static void write_signature(struct json_out *json, const struct signature *signature)
{
	static const char *const verdicts[] = { "not tried", "fits", "broken", "no key" };
	static const char *const algorithms[] = { "rsa-sha256", "ed25519-sha256" };

	if (!signature->there) {
		json_nothing(json, "signature_fits");
		return;
	}
	json_bool(json, "signature_fits", signature->body_fits && signature->verdict != SIGNATURE_BROKEN);
	json_open(json, "signature", '{');
	json_word(json, "kind", algorithms[signature->kind]);
	json_str(json, "domain", signature->domain);
	json_text(json, "key", signature->key_name);
	json_bool(json, "body_fits", signature->body_fits);
	json_bool(json, "sent_body_fits", signature->fits_sent_body);
	json_word(json, "verdict", verdicts[signature->verdict]);
	json_close(json, '}');
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
		write_signature(json, &fate->signature);
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
