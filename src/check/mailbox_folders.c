/* This file judges folders: their tables, who is in them, what they count, their names. */
#include "check/mailbox.h"

#include "pst/msg/special.h"
#include "pst/msg/tags.h"

#include <stdlib.h>
#include <string.h>

/* Rows that an ANSI table can index with its two bytes, and when to warn. */
enum { ANSI_ROWS_MAX = 65536, ANSI_ROWS_WARN = 64000 };

static bool is_search(const struct folder_fact *f)
{
	return nid_type((struct nid){ f->nid }) == NID_TYPE_SEARCH_FOLDER;
}

/* P107. */
static void judge_tables(struct mailbox *m, const struct folder_fact *folder)
{
	uint32_t index = folder->nid & ~0x1FU;
	enum nid_type first = is_search(folder) ? NID_TYPE_SEARCH_CONTENTS_TABLE : NID_TYPE_HIERARCHY_TABLE;
	enum nid_type last =
		is_search(folder) ? NID_TYPE_SEARCH_CONTENTS_TABLE : NID_TYPE_ASSOC_CONTENTS_TABLE;

	for (uint32_t type = first; type <= last; type++) {
		struct finding *f;

		if (facts_node(m->facts, (struct nid){ index | type }))
			continue;
		f = mailbox_report(m, CODE_STORE_FOLDER_TABLE_MISSING, folder->nid);
		pass_evidence_hex(m->pass, f, "table", index | type);
		/* A search is made again from its criteria. */
		if (is_search(folder))
			f->severity = SEVERITY_ADVICE;
	}
}

static void judge_number(struct mailbox *m, const struct folder_fact *folder, uint16_t id, uint64_t found,
			 uint64_t expected)
{
	if (found != expected)
		pass_evidence_pair(m->pass, mailbox_report(m, CODE_STORE_FOLDER_COUNTS_WRONG, folder->nid),
				   tag_row(id)->name, found, expected);
}

/* P112. */
static void judge_counts(struct mailbox *m, const struct folder_fact *f)
{
	if (is_search(f))
		return;
	if (f->has & 1 && f->readable & 1U << FOLDER_CONTENTS)
		judge_number(m, f, TAG_CONTENT_COUNT, f->count, f->n_rows[FOLDER_CONTENTS]);
	if (f->has & 2 && f->readable & 1U << FOLDER_CONTENTS)
		judge_number(m, f, TAG_CONTENT_UNREAD, f->unread, f->n_unread);
	if (f->has & 4 && f->readable & 1U << FOLDER_HIERARCHY)
		judge_number(m, f, TAG_SUBFOLDERS, f->has_subfolders, f->n_rows[FOLDER_HIERARCHY] > 0);
}

static void judge_folder(struct mailbox *m, const struct folder_fact *f)
{
	if (m->facts->nbt_whole)
		judge_tables(m, f);
	judge_counts(m, f);
	if (f->is_readable && !f->name && f->nid != SPECIAL_ROOT_FOLDER)
		(void)mailbox_report(m, CODE_STORE_FOLDER_UNNAMED, f->nid);
	if (m->facts->variant->id_width == sizeof(uint32_t) && f->n_rows[FOLDER_CONTENTS] >= ANSI_ROWS_WARN)
		pass_evidence_pair(m->pass, mailbox_report(m, CODE_STORE_FOLDER_TOO_FULL, f->nid), "rows",
				   f->n_rows[FOLDER_CONTENTS], ANSI_ROWS_MAX);
}

/* P108, P109: who names a folder as parent has a row there. */
static void judge_listed(struct mailbox *m, size_t i)
{
	static const uint8_t kinds[NID_TYPE_COUNT] = {
		[NID_TYPE_NORMAL_FOLDER] = 1 + FOLDER_HIERARCHY,
		[NID_TYPE_SEARCH_FOLDER] = 1 + FOLDER_HIERARCHY,
		[NID_TYPE_NORMAL_MESSAGE] = 1 + FOLDER_CONTENTS,
		[NID_TYPE_ASSOC_MESSAGE] = 1 + FOLDER_ASSOCIATED,
	};
	const struct node_fact *n = &m->facts->nodes[i];
	uint8_t kind = kinds[nid_type((struct nid){ n->nid })];
	const struct folder_fact *folder = facts_folder(m->facts, n->parent);
	struct finding *f;

	if (!kind || !folder || n->parent == n->nid || m->facts->items[i].listed ||
	    !(folder->readable & 1U << (kind - 1)))
		return;
	f = mailbox_report(
		m, kind == 1 + FOLDER_HIERARCHY ? CODE_STORE_HIERARCHY_WRONG : CODE_STORE_CONTENTS_WRONG,
		n->nid);
	pass_evidence_hex(m->pass, f, "no_row_in",
			  (n->parent & ~0x1FU) | (NID_TYPE_HIERARCHY_TABLE + kind - 1U));
	arena_clear(m->reader.arena);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static int compare_names(const char *a, const char *b)
{
	for (; *a && lower(*a) == lower(*b); a++, b++)
		continue;
	return (unsigned char)lower(*a) - (unsigned char)lower(*b);
}

static int compare_siblings(const void *a, const void *b)
{
	const struct folder_fact *const *x = a, *const *y = b;
	int order = ((*x)->parent > (*y)->parent) - ((*x)->parent < (*y)->parent);

	if (order == 0)
		order = compare_names((*x)->name, (*y)->name);
	return order ? order : ((*x)->nid > (*y)->nid) - ((*x)->nid < (*y)->nid);
}

/* P114. */
static enum status judge_siblings(struct mailbox *m)
{
	const struct folder_fact **rows;
	size_t n = 0;

	rows = arena_array(m->reader.arena, m->facts->n_folders, sizeof *rows);
	if (!rows)
		return ST_NOMEM;
	for (size_t i = 0; i < m->facts->n_folders; i++)
		if (m->facts->folders[i].name)
			rows[n++] = &m->facts->folders[i];
	if (n)
		qsort(rows, n, sizeof *rows, compare_siblings);
	for (size_t i = 1; i < n; i++)
		if (rows[i]->parent == rows[i - 1]->parent &&
		    compare_names(rows[i]->name, rows[i - 1]->name) == 0)
			pass_evidence_hex(
				m->pass,
				pass_report_node(m->pass, CODE_STORE_FOLDER_NAME_DOUBLED, rows[i]->nid, 0),
				"like", rows[i - 1]->nid);
	return ST_OK;
}

enum status mailbox_judge_folders(struct mailbox *m)
{
	enum status st = judge_siblings(m);

	arena_clear(m->reader.arena);
	for (size_t i = 0; i < m->facts->n_folders; i++)
		judge_folder(m, &m->facts->folders[i]);
	for (size_t i = 0; i < m->facts->n_nodes; i++)
		judge_listed(m, i);
	return st;
}
