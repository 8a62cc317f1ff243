/* This file judges Outlook's add-ins: those that crashed it, that it switched off, and whose code is gone. */
#include "audit/tree.h"

#include "client/addins.h"
#include "hive/hive.h"

#include <string.h>

/* Of LoadBehavior. */
enum { LOADS_NOT = 0, LOAD_SWITCHED_OFF = 2, LOAD_MASK = 0x19 };
enum { TEXT_SHOWN = 120, LOAD_MS_MAX = 1000 };

#define USER_ADDINS "Software\\Microsoft\\Office\\Outlook\\Addins"

bool audit_tree_loads(const struct machine_addin *addin)
{
	return addin->load.is_set && (addin->load.number & LOAD_MASK) != LOADS_NOT;
}

static const struct machine_addin *noted(const struct client_found *found, const struct machine_note *note)
{
	const struct machine *m = found->machine;

	for (size_t i = 0; i < m->n_addins; i++)
		if (addins_note_is_about(note, &m->addins[i]))
			return &m->addins[i];
	return NULL;
}

static const char *part_of(const struct audit_tree *t, const char *name, const char *source)
{
	return arena_printf(t->arena, "add-in %.*s (%s)", TEXT_SHOWN, name,
			    audit_tree_user(t->arena, source));
}

/* What this user's Outlook does with it: his own word counts before that for all users. */
static const struct machine_addin *for_user(const struct audit_tree *t, const struct machine_addin *addin,
					    const char *source)
{
	const struct machine *m = t->found->machine;

	for (size_t i = 0; i < m->n_addins; i++)
		if (m->addins[i].view == MACHINE_VIEW_USER && m->addins[i].load.is_set &&
		    str_eq(str_of(m->addins[i].source), str_of(source)) &&
		    str_eq_nocase(str_of(m->addins[i].prog_id), str_of(addin->prog_id)))
			return &m->addins[i];
	return addin;
}

static bool is_suspect(const struct audit_tree *t, const struct machine_addin *addin)
{
	const struct machine *m = t->found->machine;

	for (size_t i = 0; i < m->n_notes; i++)
		if (m->notes[i].kind == MACHINE_NOTE_CRASHED && addins_note_is_about(&m->notes[i], addin))
			return true;
	return false;
}

static enum code code_of(const struct machine_note *note)
{
	if (note->kind == MACHINE_NOTE_DISABLED)
		return CODE_ADDIN_DISABLED_AFTER_CRASH;
	if (note->kind == MACHINE_NOTE_CRASHED)
		return CODE_ADDIN_CRASH_SUSPECT;
	return addins_note_is_crash(note) ? CODE_ADDIN_KEPT_AFTER_CRASH : CODE_ADDIN_KEPT_ALTHOUGH_SLOW;
}

/* Switching a suspect off, for this user; a word to keep one is taken back. */
static void want_less(const struct audit_tree *t, const struct finding *f, const struct machine_note *note,
		      const struct machine_addin *addin)
{
	if (note->kind == MACHINE_NOTE_KEPT)
		audit_tree_want(
			t, f,
			(struct wanted){ .what = WANTED_GONE, .source = note->source, .place = note->place });
	if (note->kind == MACHINE_NOTE_CRASHED && addin)
		audit_tree_want(t, f,
				(struct wanted){
					.what = WANTED_VALUE,
					.source = note->source,
					.place = { .key = arena_printf(t->arena, "%s\\%s", USER_ADDINS,
								       addin->prog_id),
						   .value = "LoadBehavior" },
					.type = HIVE_DWORD,
					.number = LOAD_SWITCHED_OFF,
				});
}

static void judge_note(const struct audit_tree *t, const struct machine_note *note)
{
	const struct machine_addin *addin = noted(t->found, note);
	struct finding *f;

	if (note->kind == MACHINE_NOTE_POLICY || (note->kind == MACHINE_NOTE_KEPT && note->number == 0))
		return;
	/* A suspect that does not load any more is taken care of. */
	if (note->kind == MACHINE_NOTE_CRASHED && addin &&
	    !audit_tree_loads(for_user(t, addin, note->source)))
		return;
	f = audit_tree_add(t, code_of(note), part_of(t, addin ? addin->prog_id : note->text, note->source));
	finding_evidence(f, "add_in", addin && addin->name.text ? addin->name.text : note->text, NULL,
			 TRUST_PEER);
	if (note->kind == MACHINE_NOTE_KEPT)
		finding_evidence(f, "reason", arena_printf(t->arena, "%u", (unsigned)note->number), NULL,
				 TRUST_OURS);
	if (addin && addin->file)
		finding_evidence(f, "file", addin->file, NULL, TRUST_PEER);
	audit_tree_place(t, f, note->source, &note->place);
	want_less(t, f, note, addin);
}

/* As long as Outlook itself lets pass before it switches an add-in off. */
static void judge_time(const struct audit_tree *t, const struct machine_addin *addin)
{
	struct finding *f;

	if (!audit_tree_loads(addin) || !addin->load_ms.is_set || addin->load_ms.number < LOAD_MS_MAX)
		return;
	f = audit_tree_add(t, CODE_ADDIN_SLOW, part_of(t, addin->prog_id, addin->source));
	finding_evidence(f, "load_ms", arena_printf(t->arena, "%u", (unsigned)addin->load_ms.number),
			 "less than 1000", TRUST_OURS);
	finding_evidence(f, "where", addin->load_log, NULL, TRUST_PEER);
}

static void judge_addin(const struct audit_tree *t, const struct machine_addin *addin)
{
	struct client_place place = addin->load.place;
	struct finding *f;

	if (addin->load.is_set && addin->load.number == LOAD_SWITCHED_OFF && !is_suspect(t, addin)) {
		f = audit_tree_add(t, CODE_ADDIN_SWITCHED_OFF, part_of(t, addin->prog_id, addin->source));
		finding_evidence(f, "load_behavior", "2", "3", TRUST_OURS);
		audit_tree_place(t, f, addin->source, &place);
	}
	if (!audit_tree_loads(addin) || addin->state != MACHINE_FILE_MISSING)
		return;
	f = audit_tree_add(t, CODE_ADDIN_FILE_MISSING, part_of(t, addin->prog_id, addin->source));
	finding_evidence(f, "file", addin->file, "a file", TRUST_PEER);
	audit_tree_place(t, f, addin->source, &place);
	audit_tree_want(t, f,
			(struct wanted){ .what = WANTED_VALUE,
					 .source = addin->source,
					 .place = place,
					 .type = HIVE_DWORD,
					 .number = LOADS_NOT });
}

void audit_tree_addins(const struct audit_tree *t)
{
	const struct machine *m = t->found->machine;

	for (size_t i = 0; i < m->n_addins; i++) {
		judge_addin(t, &m->addins[i]);
		judge_time(t, &m->addins[i]);
	}
	for (size_t i = 0; i < m->n_notes; i++)
		judge_note(t, &m->notes[i]);
}
