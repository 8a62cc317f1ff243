/* This file judges the message store object: its key and the folders it names. */
#include "check/mailbox.h"

#include "base/checked.h"
#include "pst/msg/entry_id.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

#include <string.h>

static const struct {
	uint16_t id;
	bool required; /* [MS-PST] 2.4.3.1 */
} folders[] = {
	{ TAG_IPM_SUBTREE, true },   { TAG_IPM_WASTEBASKET, true }, { TAG_FINDER, true },
	{ TAG_IPM_OUTBOX, false },   { TAG_IPM_SENT_MAIL, false },  { TAG_VIEWS, false },
	{ TAG_COMMON_VIEWS, false },
};

static struct finding *report(struct mailbox *m, enum code code, uint16_t id)
{
	struct finding *f = mailbox_report(m, code, SPECIAL_MESSAGE_STORE);

	pass_evidence_hex(m->pass, f, tag_row(id)->name, id);
	return f;
}

/* P98, P100. */
static void judge_entry(struct mailbox *m, uint16_t id, struct view bytes, struct view key)
{
	struct entry_id e;
	const struct folder_fact *folder;

	if (!entry_id_decode(bytes, &e)) {
		pass_evidence_hex(m->pass, report(m, CODE_STORE_ENTRYID_WRONG, id), "bytes", bytes.len);
		return;
	}
	if (key.len == STORE_UID_LEN && memcmp(e.uid.at, key.at, STORE_UID_LEN) != 0)
		(void)report(m, CODE_STORE_ENTRYID_WRONG, id);
	folder = facts_folder(m->facts, e.nid.v);
	if (!folder && m->facts->nbt_whole)
		pass_evidence_hex(m->pass, report(m, CODE_STORE_DEFAULT_FOLDER_MISSING, id), "nid", e.nid.v);
	else if (folder && nid_type(e.nid) != NID_TYPE_NORMAL_FOLDER)
		pass_evidence_hex(m->pass, report(m, CODE_STORE_ENTRYID_WRONG, id), "nid", e.nid.v);
}

enum status mailbox_judge_store(struct mailbox *m)
{
	const struct node_fact *node = facts_node(m->facts, (struct nid){ SPECIAL_MESSAGE_STORE });
	struct view key = { 0 }, value;
	struct property p;
	struct item item;

	/* Whatever kept it from being read was told of already. */
	if (node ? !m->facts->bbt_whole : !m->facts->nbt_whole)
		return ST_OK;
	if (!node || !item_open(&m->reader, node, &item)) {
		(void)mailbox_report(m, CODE_STORE_MESSAGE_STORE_MISSING, SPECIAL_MESSAGE_STORE);
		return ST_OK;
	}
	if (!item_property(&item, TAG_RECORD_KEY, &p, &key) || key.len != STORE_UID_LEN)
		pass_evidence_pair(m->pass, report(m, CODE_STORE_MESSAGE_STORE_INCOMPLETE, TAG_RECORD_KEY),
				   "bytes", key.len, STORE_UID_LEN);
	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		if (item_property(&item, folders[i].id, &p, &value))
			judge_entry(m, folders[i].id, value, key);
		else if (folders[i].required)
			report(m, CODE_STORE_MESSAGE_STORE_INCOMPLETE, folders[i].id)->severity =
				SEVERITY_ADVICE; /* stores of mail servers name their folders elsewhere */
	}
	return ST_OK;
}
