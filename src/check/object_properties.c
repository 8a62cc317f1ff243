/* This file judges a property context: its tree, its properties, their values. */
#include "check/object.h"

#include "base/cursor.h"

#include <stdlib.h>
#include <string.h>

enum { HNIDS_AT_ONCE = 64 };

struct reading {
	struct object_judge *judge;
	const struct object_part *part;
	struct object_heap *heap;
	uint32_t *hnids; /* of values outside records, to find one used twice */
	size_t n, room;
};

static int compare_u32(const void *a, const void *b)
{
	uint32_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

/* P85, P87: an object's value names its subnode and its size. */
static void judge_object_value(struct reading *r, uint32_t tag, struct view value)
{
	struct cursor c = cursor_of(value);
	uint32_t nid = cursor_u32le(&c);
	const struct subnode *sub = subnode_find(&r->heap->subnodes, (struct nid){ nid });

	if (sub)
		r->heap->used[sub - r->heap->subnodes.rows] = true;
	else if (r->heap->subnodes.whole)
		object_hex(r->judge, object_fault(r->judge, CODE_STORE_PROPERTY_VALUE_MISSING, r->part),
			   "property", tag);
}

static void keep_hnid(struct reading *r, uint32_t hnid)
{
	uint32_t *more;

	if (r->n == r->room) {
		more = arena_array(r->judge->reader->arena, r->room * 4, sizeof *more);
		if (!more)
			return;
		memcpy(more, r->hnids, r->n * sizeof *more);
		r->hnids = more;
		r->room *= 4;
	}
	r->hnids[r->n++] = hnid;
}

static void tell(const struct reading *r, const struct property *p, const struct object_value *value)
{
	const struct object_listener *l = r->judge->listener;

	if (l && l->property)
		l->property(l->context, r->part, p, value);
}

static bool take_property(void *context, struct view key, struct view data)
{
	struct reading *r = context;
	struct property p;
	struct object_value value;
	uint32_t tag;

	if (!property_decode(key, data, &p))
		return false;
	tag = (uint32_t)p.id << 16 | p.type;
	if (property_type_len(p.type) < 0) {
		object_hex(r->judge, object_fault(r->judge, CODE_STORE_PROPERTY_TYPE_WRONG, r->part),
			   "property", tag);
		return true;
	}
	if (property_is_inline(&p) || p.value == 0) {
		tell(r, &p, NULL);
		return true;
	}
	keep_hnid(r, p.value);
	if (!object_value(r->judge, r->part, r->heap, p.value, &value)) {
		value = (struct object_value){ .is_lost = true };
		tell(r, &p, &value);
		return true;
	}
	tell(r, &p, &value);
	object_judge_value(r->judge, r->part, tag, &value);
	if (p.type == PTYP_OBJECT && !value.is_subnode && value.len == OBJECT_VALUE_LEN)
		judge_object_value(r, tag, value.bytes);
	return true;
}

/* Some writers leave room for records behind the last (docs/VIOLATIONS.md). */
static void report_empty(struct reading *r, uint64_t n)
{
	struct finding *f;

	if (n == 0)
		return;
	f = object_fault(r->judge, CODE_STORE_PROPERTY_TYPE_WRONG, r->part);
	object_hex(r->judge, f, "empty_records", n);
	if (f)
		f->severity = SEVERITY_ADVICE;
}

static void report_walk(struct reading *r, unsigned faults)
{
	if (faults & BTH_FAULT_ITEM)
		(void)object_fault(r->judge, CODE_STORE_HEAP_ITEM_MISSING, r->part);
	if (faults & (unsigned)~BTH_FAULT_ITEM)
		object_hex(r->judge, object_fault(r->judge, CODE_STORE_BTH_DAMAGED, r->part), "faults",
			   faults);
}

/* P81. */
static void judge_shared(struct reading *r)
{
	if (r->n)
		qsort(r->hnids, r->n, sizeof *r->hnids, compare_u32);
	for (size_t i = 1; i < r->n; i++)
		if (r->hnids[i] == r->hnids[i - 1])
			object_hex(r->judge, object_fault(r->judge, CODE_STORE_HEAP_ITEM_SHARED, r->part),
				   "hnid", r->hnids[i]);
}

enum status object_judge_properties(struct object_judge *judge, const struct object_part *part,
				    struct object_heap *heap)
{
	uint32_t first[HNIDS_AT_ONCE];
	struct reading r = {
		.judge = judge,
		.part = part,
		.heap = heap,
		.hnids = first,
		.room = HNIDS_AT_ONCE,
	};
	struct bth bth;
	struct bth_walk walk = { .bth = &bth, .record = take_property, .context = &r, .skips_empty = true };

	if (!bth_open(&heap->heap, heap->heap.root, &bth) || bth.key_len != PROPERTY_KEY_LEN ||
	    bth.data_len != PROPERTY_DATA_LEN) {
		(void)object_fault(judge, CODE_STORE_BTH_HEADER_WRONG, part);
		return ST_OK;
	}
	bth_walk(&walk);
	heap->is_whole = !(walk.faults & (BTH_FAULT_ITEM | BTH_FAULT_LEN | BTH_FAULT_LIMIT));
	report_walk(&r, walk.faults);
	report_empty(&r, walk.n_empty);
	judge_shared(&r);
	return ST_OK;
}
