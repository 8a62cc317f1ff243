/* This file keeps the steps that are being proposed and writes them into the draft. */
#include "plan/mender.h"

#include <string.h>

bool mender_has(const struct mender *m, enum code code)
{
	for (size_t i = 0; i < finding_count(m->findings); i++) {
		const struct finding *f = finding_at(m->findings, i);

		if (f->code == code && f->severity >= SEVERITY_WARNING)
			return true;
	}
	return false;
}

bool mender_tells(const struct mender *m, enum code code)
{
	for (size_t i = 0; i < finding_count(m->findings); i++)
		if (finding_at(m->findings, i)->code == code)
			return true;
	return false;
}

void mender_begin(struct mender *m, enum plan_class class, const char *text)
{
	struct draft_step *step;

	if (m->status != ST_OK)
		return;
	m->is_full = m->n_steps == MENDER_STEPS_MAX;
	if (m->is_full)
		return;
	step = arena_alloc(m->arena, sizeof *step);
	if (!step || !text) {
		m->status = ST_NOMEM;
		return;
	}
	step->shown.class = class;
	step->shown.text = text;
	m->steps[m->n_steps++] = step;
}

static struct draft_step *step_of(struct mender *m)
{
	return m->status == ST_OK && m->n_steps && !m->is_full ? m->steps[m->n_steps - 1] : NULL;
}

void mender_strict(struct mender *m)
{
	struct draft_step *step = step_of(m);

	if (step)
		step->is_strict = true;
}

void mender_abandon(struct mender *m)
{
	if (m->n_steps)
		m->n_steps--;
}

static void answer_one(struct mender *m, const struct finding *finding)
{
	struct draft_step *step = step_of(m);
	struct step_target *target;
	struct plan_step *shown;
	size_t i = 0;

	if (!step)
		return;
	target = arena_alloc(m->arena, sizeof *target);
	if (!target) {
		m->status = ST_NOMEM;
		return;
	}
	*target = (struct step_target){ arena_strdup(m->arena, finding->key), step->targets };
	if (!target->key) {
		m->status = ST_NOMEM;
		return;
	}
	step->targets = target;
	shown = &step->shown;
	shown->n_findings += finding->count;
	while (i < shown->n_answers && shown->answers[i] != finding->code)
		i++;
	if (i == shown->n_answers && i < PLAN_ANSWERS_MAX)
		shown->answers[shown->n_answers++] = finding->code;
}

void mender_answer(struct mender *m, enum code code)
{
	for (size_t i = 0; i < finding_count(m->findings); i++)
		if (finding_at(m->findings, i)->code == code)
			answer_one(m, finding_at(m->findings, i));
}

void mender_answer_at(struct mender *m, enum code code, uint64_t at)
{
	for (size_t i = 0; i < finding_count(m->findings); i++) {
		const struct finding *f = finding_at(m->findings, i);

		if (f->code == code && f->subject.has_offset && f->subject.offset == at)
			answer_one(m, f);
	}
}

bool mender_node_of(const struct finding *finding, uint32_t *nid_out)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *text = finding->subject.node;
	uint64_t nid = 0;

	if (!text || strncmp(text, "0x", 2) != 0 || !text[2])
		return false;
	for (text += 2; *text; text++) {
		const char *digit = strchr(digits, *text);

		if (!digit || nid > UINT32_MAX >> 4)
			return false;
		nid = nid << 4 | (uint64_t)(digit - digits);
	}
	*nid_out = (uint32_t)nid;
	return true;
}

void mender_answer_node(struct mender *m, enum code code, uint32_t nid)
{
	for (size_t i = 0; i < finding_count(m->findings); i++) {
		const struct finding *f = finding_at(m->findings, i);
		uint32_t about;

		if (f->code == code && mender_node_of(f, &about) && about == nid)
			answer_one(m, f);
	}
}

bool mender_read(struct mender *m, uint64_t at, void *to, size_t len)
{
	enum status st;

	memset(to, 0, len);
	if (m->status != ST_OK)
		return false;
	st = image_read(overlay_image(m->draft), at, to, len);
	if (st != ST_OK && st != ST_IO && st != ST_LIMIT)
		m->status = st;
	return st == ST_OK;
}

static void keep(struct mender *m, struct draft_step *step, uint64_t at, struct view bytes)
{
	struct step_write *write = arena_alloc(m->arena, sizeof *write);
	void *copy = arena_copy(m->arena, bytes.at, bytes.len);

	if (!write || !copy) {
		m->status = ST_NOMEM;
		return;
	}
	*write = (struct step_write){ at, view_of(copy, bytes.len), NULL };
	if (step->last)
		step->last->next = write;
	else
		step->first = write;
	step->last = write;
	m->status = overlay_write(m->draft, at, bytes);
}

static bool is_there(struct mender *m, uint64_t at, struct view bytes)
{
	uint8_t have[OVERLAY_SECTOR];

	for (size_t done = 0; done < bytes.len;) {
		size_t len = bytes.len - done < sizeof have ? bytes.len - done : sizeof have;

		if (!mender_read(m, at + done, have, len) || memcmp(have, bytes.at + done, len) != 0)
			return false;
		done += len;
	}
	return true;
}

void mender_write(struct mender *m, uint64_t at, struct view bytes)
{
	struct draft_step *step = step_of(m);

	if (step && !is_there(m, at, bytes) && m->status == ST_OK)
		keep(m, step, at, bytes);
}

bool mender_header(struct mender *m, struct header *out)
{
	const struct variant *v = m->facts->variant;
	uint8_t bytes[HEADER_LEN_MAX];

	return v && mender_read(m, 0, bytes, v->header_len) &&
	       header_decode(v, view_of(bytes, v->header_len), out);
}

void mender_put_header(struct mender *m, struct header *header)
{
	const struct variant *v = m->facts->variant;
	uint8_t bytes[HEADER_LEN_MAX];

	if (!mender_read(m, 0, bytes, v->header_len))
		return;
	if (header->unique == m->unique_before)
		header->unique = (header->unique + 1) & UINT32_MAX;
	header_encode(v, header, bytes);
	mender_write(m, 0, view_of(bytes, v->header_len));
}
