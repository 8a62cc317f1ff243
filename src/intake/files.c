/* This file takes letters and mailbox files in. */
#include "base/buf.h"
#include "intake/inner.h"
#include "mail/mbox.h"
#include "mail/values.h"

enum { LETTER_MAX = 512 << 20, LENGTH_BELIEVED = 64 << 20 };

/* Whatever is in the bytes, a message comes of them. */
static void take_letter(struct intake *in, const struct intake_source *source, struct view bytes,
			bool bad_length)
{
	struct mime_message *mime = arena_alloc(in->item, sizeof *mime);
	struct letter_in letter = { .in = in, .source = source, .mime = mime };
	struct message_out out;
	struct message_place place;
	struct intake_card card;
	bool has_card = intake_card_read(in, source->card, &card);
	const char *lost = NULL;

	letter.has_other_people = has_card && card.has_people;
	if (!mime || mime_parse(in->item, bytes, mime) != ST_OK ||
	    message_out_start(&out, in->store, in->item) != ST_OK || !letter_in_write(&letter, &out)) {
		intake_fail(in, ST_NOMEM);
		return;
	}
	if (has_card)
		lost = intake_card_put(in, &card, &out);
	else if (source->card.len)
		lost = "the calendar or card beside it, which is none";
	if (bad_length)
		mime_note(mime, MIME_LENGTH, bytes.at);
	place = message_out_end(&out, false);
	intake_report_defects(in, source, mime, source->at);
	if (letter.is_lost)
		intake_report_lost(in, source, "a body that is too large");
	if (lost)
		intake_report_lost(in, source, lost);
	intake_add(in, source, intake_number(in, source->nid), &place, out.props);
}

void intake_letter(struct intake *in, const struct intake_source *source, struct view bytes)
{
	if (in->status == ST_OK)
		take_letter(in, source, bytes, false);
}

/* "From a@b Mon Jan  1 12:00:00 2001": the time behind the sender. */
static void read_line(struct str line, struct intake_source *source)
{
	(void)str_cut(&line, ' ');
	(void)str_cut(&line, ' ');
	source->has_time = line.at && values_date(line, &source->time);
}

/* A length that leads out of the piece may be right: more is asked for, within reason. */
static bool wants_more(const struct intake_piece *piece, const struct mbox *box, const struct mbox_message *m)
{
	size_t left = piece->bytes.len - m->at;

	return !piece->is_last && (box->at == piece->bytes.len || (m->bad_length && left < LENGTH_BELIEVED));
}

size_t intake_mailbox(struct intake *in, const struct intake_source *source, const struct intake_piece *piece)
{
	struct mbox box = mbox_of(piece->bytes);
	struct mbox_message m;
	size_t taken = 0;

	while (in->status == ST_OK && mbox_next(&box, &m)) {
		struct intake_source one = *source;
		struct buf plain;
		struct view letter = m.bytes;

		if (wants_more(piece, &box, &m))
			break;
		one.at += m.at;
		one.nid = 0;
		read_line(m.line, &one);
		buf_init(&plain, LETTER_MAX);
		if (m.is_quoted && m.bytes.len <= LETTER_MAX) {
			mbox_unquote(m.bytes, &plain);
			letter = buf_view(&plain);
		}
		take_letter(in, &one, letter, m.bad_length);
		buf_fini(&plain);
		taken = box.at;
		if (piece->tick && !piece->tick(piece->context, taken))
			intake_fail(in, ST_CANCEL);
	}
	return piece->is_last ? piece->bytes.len : taken;
}
