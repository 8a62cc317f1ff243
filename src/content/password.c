/* This file tells of the password that Outlook asks for before it opens a store.
 *
 * The store holds nothing but a checksum of it ([MS-PST] 2.4.3.3): it is a
 * question of Outlook's and no key, and every other program reads on without.
 */
#include "content/desk.h"

#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "pst/ndb/header.h"

/* OSTs have no password: the field is filled with ones there. */
static bool has_password(const struct desk *desk, const struct item *item)
{
	uint32_t checksum = 0;

	return desk->facts->header.magic_client != HEADER_CLIENT_OST &&
	       item_integer(item, TAG_PST_PASSWORD, &checksum) && checksum;
}

static enum status look_at(struct desk *desk, const struct node_fact *node)
{
	struct arena *arena = desk->setting->arena;
	struct listed_item listed = { .nid = node->nid, .state = "set" };
	struct item item;

	if (!item_open(&desk->reader, node, &item) || !has_password(desk, &item))
		return ST_OK;
	listed.subject = item_text(&item, arena, TAG_DISPLAY_NAME, DESK_TEXT_MAX);
	listed.tells = "Outlook asks for it; the store is not encrypted with it, and other programs read on "
		       "without";
	finding_evidence(desk_report(desk, &listed, CODE_STORE_PASSWORD_SET), "held as",
			 "a checksum of it, which fits many other passwords", NULL, TRUST_OURS);
	return desk->setting->list ? desk_list(desk, &listed) : ST_OK;
}

enum status content_password(const struct content_setting *setting, struct check_facts *facts)
{
	const struct node_fact *node = facts_node(facts, (struct nid){ SPECIAL_MESSAGE_STORE });
	struct desk desk;
	enum status st = desk_open(&desk, setting, facts);

	if (st == ST_OK && node)
		st = look_at(&desk, node);
	desk_close(&desk);
	return st;
}
