/* This file lists reports that hide: receipts and notices that never left, where no mail program shows them.
 */
#include "content/desk.h"

#include "base/checked.h"
#include "base/str.h"
#include "finding/finding.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

static const struct {
	const char *ending, *tells;
} kinds[] = {
	{ ".IPNRN", "a read receipt" },
	{ ".IPNNRN", "a notice that a message was not read" },
	{ ".NDR", "a notice that a message could not be delivered" },
	{ ".DR", "a delivery receipt" },
};

static const char *tell(const char *class)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (str_ends_nocase(str_of(class), str_of(kinds[i].ending)))
			return kinds[i].tells;
	return "a report";
}

static bool is_report(const char *class)
{
	return class && str_starts_nocase(str_of(class), STR("REPORT."));
}

static enum status look_at(struct desk *desk, const struct node_fact *node)
{
	struct desk_message m;
	enum status st = ST_OK;

	if (desk_read(desk, node, &m) && is_report(m.listed.class)) {
		bool is_submitted = (m.flags & MESSAGE_SUBMIT) != 0;
		bool is_hidden = desk_is_associated(node) || node->parent == SPECIAL_ROOT_FOLDER;

		m.listed.tells = tell(m.listed.class);
		m.listed.state = is_submitted ? "stuck" : is_hidden ? "hidden" : "waiting";
		if (is_submitted)
			(void)desk_report(desk, &m.listed, CODE_ITEM_RECEIPT_STUCK);
		if (is_hidden)
			finding_evidence(desk_report(desk, &m.listed, CODE_ITEM_RECEIPT_HIDDEN), "where",
					 desk_is_associated(node) ? "among a folder's hidden items"
								  : "in the root of the store",
					 NULL, TRUST_OURS);
		if (!is_submitted && !is_hidden)
			(void)desk_report(desk, &m.listed, CODE_ITEM_OUTBOX_NOT_QUEUED);
		st = desk_list(desk, &m.listed);
	}
	arena_clear(desk->reader.arena);
	return st;
}

enum status content_receipts(const struct content_setting *setting, struct check_facts *facts)
{
	struct desk_nids submitted;
	struct desk desk;
	enum status st = desk_open(&desk, setting, facts);
	uint32_t outbox;

	if (st != ST_OK)
		return st;
	outbox = desk_outbox(&desk);
	desk_find_submitted(&desk, &submitted);
	for (size_t i = 0; st == ST_OK && i < facts->n_nodes; i++) {
		const struct node_fact *node = &facts->nodes[i];

		if (desk_is_associated(node) ||
		    (desk_is_message(node) &&
		     ((outbox && node->parent == outbox) || node->parent == SPECIAL_ROOT_FOLDER ||
		      desk_nids_has(&submitted, node->nid))))
			st = look_at(&desk, node);
	}
	desk_close(&desk);
	return st;
}
