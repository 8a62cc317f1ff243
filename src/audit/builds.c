/* This file judges builds and updates of Office and Windows against those that are known to break mail. */
#include "audit/tree.h"

#include "facts/bad_builds.h"

#define LARGE UINT64_C(2040109465) /* 1.9 GB */

static bool has_pop3(const struct client_found *found)
{
	for (size_t i = 0; i < found->n_accounts; i++)
		if (found->accounts[i].program == CLIENT_OUTLOOK &&
		    found->accounts[i].protocol == CLIENT_PROTOCOL_POP3)
			return true;
	return false;
}

static bool has_spa(const struct client_found *found)
{
	for (size_t i = 0; i < found->n_accounts; i++)
		if (found->accounts[i].program == CLIENT_OUTLOOK &&
		    (found->accounts[i].incoming.login == CLIENT_LOGIN_NTLM ||
		     found->accounts[i].outgoing.login == CLIENT_LOGIN_NTLM))
			return true;
	return false;
}

static bool has_large(const struct audit_tree *t)
{
	for (size_t i = 0; i < t->n_stores; i++)
		if (t->stores[i].state == AUDIT_STORE_PRESENT && t->stores[i].bytes >= LARGE)
			return true;
	return false;
}

static bool is_met(const struct audit_tree *t, enum bad_build_need need)
{
	switch (need) {
	case BAD_BUILD_NEEDS_POP3:
		return has_pop3(t->found);
	case BAD_BUILD_NEEDS_SPA:
		return has_spa(t->found);
	case BAD_BUILD_NEEDS_LARGE:
		return has_large(t);
	case BAD_BUILD_NEEDS_NOTHING:
		break;
	}
	return true;
}

static void tell(const struct audit_tree *t, const struct bad_build *row, const char *what,
		 const char *source, const struct client_place *place)
{
	const struct catalogue_row *kind = catalogue_find(str_of(row->id));
	struct finding *f;

	if (!kind || !is_met(t, row->need))
		return;
	f = audit_tree_add(t, kind->code, row->kind == BAD_BUILD_PATCH ? row->from_text : what);
	if (f->n_evidence > 0)
		return;
	finding_evidence(f, "installed", what, NULL, TRUST_PEER);
	finding_evidence(f, "breaks", row->breaks, NULL, TRUST_OURS);
	audit_tree_place(t, f, source, place);
	f->remedy_text = arena_printf(t->arena, "%s.", row->helps);
}

/* A program's file says its version, or the registry does. */
static void judge_office(const struct audit_tree *t, const struct bad_build *row)
{
	const struct machine *m = t->found->machine;

	for (size_t i = 0; i < m->n_offices; i++) {
		const struct machine_office *office = &m->offices[i];
		uint64_t version, mso;

		if (!bad_builds_version(str_of(office->version), &version))
			continue;
		if (row->kind == BAD_BUILD_OUTLOOK && version >= row->from && version <= row->to)
			tell(t, row, arena_printf(t->arena, "Outlook %s", office->version), office->source,
			     &office->place);
		if (row->kind == BAD_BUILD_MIXED && bad_builds_version(str_of(office->mso), &mso) &&
		    version >> 48 == row->from >> 48 && mso >> 48 == row->from >> 48 &&
		    (version >= row->from) != (mso >= row->from))
			tell(t, row,
			     arena_printf(t->arena, "Outlook %s with MSO.DLL %s", office->version,
					  office->mso),
			     office->source, &office->place);
	}
}

static void judge_windows(const struct audit_tree *t, const struct bad_build *row)
{
	const struct machine *m = t->found->machine;
	uint64_t build = (uint64_t)m->windows_build << 48 | (uint64_t)m->windows_revision << 32;

	if (m->windows_build && build >= row->from && build <= row->to)
		tell(t, row,
		     arena_printf(t->arena, "Windows build %u.%u", (unsigned)m->windows_build,
				  (unsigned)m->windows_revision),
		     m->windows_source, &m->windows_place);
}

static void judge_patches(const struct audit_tree *t, const struct bad_build *row)
{
	const struct machine *m = t->found->machine;

	for (size_t i = 0; i < m->n_patches; i++)
		if (m->patches[i].kb == row->from)
			tell(t, row, m->patches[i].text, m->patches[i].source, &m->patches[i].place);
}

void audit_tree_builds(const struct audit_tree *t)
{
	size_t n;
	const struct bad_build *rows = bad_builds_rows(&n);

	for (size_t i = 0; i < n; i++)
		switch (rows[i].kind) {
		case BAD_BUILD_OUTLOOK:
		case BAD_BUILD_MIXED:
			judge_office(t, &rows[i]);
			break;
		case BAD_BUILD_WINDOWS:
			judge_windows(t, &rows[i]);
			break;
		case BAD_BUILD_PATCH:
			judge_patches(t, &rows[i]);
			break;
		}
}
