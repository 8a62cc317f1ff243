/* This file judges the map of named properties. */
#include "check/mailbox.h"

#include "pst/msg/name_map.h"
#include "pst/msg/special.h"

#include <string.h>

struct judging {
	struct mailbox *m;
	struct item item;
	struct name_map map;
	uint8_t *ids; /* bit by ID: an entry has it */
};

static void report(struct judging *j, const char *what, uint64_t i)
{
	struct finding *f = mailbox_report(j->m, CODE_STORE_NAME_MAP_DAMAGED, SPECIAL_NAME_MAP);

	pass_evidence_hex(j->m->pass, f, what, i);
}

static struct view stream(struct judging *j, uint16_t id)
{
	struct property p;
	struct view value;

	return item_property(&j->item, id, &p, &value) ? value : view_of(NULL, 0);
}

/* Each ID is given to one name. */
static void judge_id(struct judging *j, const struct name_entry *e, uint64_t i)
{
	uint8_t bit = (uint8_t)(1U << e->id % 8);

	if (j->ids[e->id / 8] & bit)
		report(j, "id_given_twice", i);
	j->ids[e->id / 8] = (uint8_t)(j->ids[e->id / 8] | bit);
}

static bool bucket_has(struct view bucket, const struct name_entry *row)
{
	struct name_entry e;

	for (uint64_t i = 0; name_entry_at(bucket, i, &e); i++)
		if (e.key == row->key && e.guid == row->guid && e.id == row->id)
			return true;
	return false;
}

/* A name that is not in its bucket is not found by its name, and would be given
 * a second ID; what has the first keeps it. */
static void judge_bucket(struct judging *j, const struct view *buckets, const struct name_entry *e)
{
	struct name_entry row;
	uint32_t at = name_map_bucket(&j->map, e, &row), other = 0;
	struct finding *f;

	if (bucket_has(buckets[at], &row))
		return;
	while (other < j->map.buckets && !bucket_has(buckets[other], &row))
		other++;
	f = mailbox_report(j->m, CODE_STORE_NAME_MAP_DAMAGED, SPECIAL_NAME_MAP);
	pass_evidence_hex(j->m->pass, f, "property", NAME_MAP_IDS + (uint32_t)e->id);
	pass_evidence_pair(j->m->pass, f, "bucket", other, at);
	pass_evidence_hex(j->m->pass, f, "key", e->key);
	pass_evidence_hex(j->m->pass, f, "guid", e->guid);
	pass_evidence_hex(j->m->pass, f, "hash", row.key);
	f->severity = SEVERITY_ADVICE;
}

enum { BUCKETS_MAX = 0x1000 };

/* Every entry stands in its bucket, and buckets hold nothing else. */
static enum status judge_buckets(struct judging *j)
{
	struct view *buckets;
	uint64_t n_rows = 0;
	struct name_entry e;

	if (j->map.buckets == 0 || j->map.buckets > BUCKETS_MAX) {
		report(j, "buckets", j->map.buckets);
		return ST_OK;
	}
	buckets = arena_array(j->m->reader.arena, j->map.buckets, sizeof *buckets);
	if (!buckets)
		return ST_NOMEM;
	for (uint32_t i = 0; i < j->map.buckets; i++) {
		buckets[i] = stream(j, (uint16_t)(NAME_MAP_BUCKET_FIRST + i));
		n_rows += buckets[i].len / NAME_MAP_ENTRY_LEN;
	}
	for (uint64_t i = 0; name_entry_at(j->map.entries, i, &e); i++)
		if (!name_entry_faults(&j->map, &e))
			judge_bucket(j, buckets, &e);
	if (n_rows != name_map_count(&j->map)) {
		struct finding *f = mailbox_report(j->m, CODE_STORE_NAME_MAP_DAMAGED, SPECIAL_NAME_MAP);

		pass_evidence_pair(j->m->pass, f, "rows", n_rows, name_map_count(&j->map));
		f->severity = SEVERITY_ADVICE;
	}
	return ST_OK;
}

enum status mailbox_judge_names(struct mailbox *m)
{
	struct judging j = { .m = m };
	const struct node_fact *node = facts_node(m->facts, (struct nid){ SPECIAL_NAME_MAP });
	struct name_entry e;

	if (!node || !item_open(&m->reader, node, &j.item))
		return ST_OK;
	j.map.guids = stream(&j, NAME_MAP_GUIDS);
	j.map.entries = stream(&j, NAME_MAP_ENTRIES);
	j.map.strings = stream(&j, NAME_MAP_STRINGS);
	j.ids = arena_alloc(m->reader.arena, NAME_MAP_IDS / 8);
	if (!j.ids)
		return ST_NOMEM;
	(void)item_integer(&j.item, NAME_MAP_BUCKETS, &j.map.buckets);
	if (j.map.entries.len % NAME_MAP_ENTRY_LEN)
		report(&j, "bytes", j.map.entries.len);
	for (uint64_t i = 0; name_entry_at(j.map.entries, i, &e); i++) {
		unsigned faults = name_entry_faults(&j.map, &e);

		if (faults)
			report(&j, "entry", i);
		if (!(faults & NAME_FAULT_ID))
			judge_id(&j, &e, i);
	}
	return judge_buckets(&j);
}
