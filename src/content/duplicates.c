/* This file lists messages that are in a store more than once.
 *
 * First every message is asked for three keys: its Message-ID (of a meeting its
 * identifier, of a contact name and address), its search key, and what its
 * properties say. Only those who share a key are read whole and compared.
 */
#include "content/desk.h"
#include "content/digest.h"
#include "content/named.h"
#include "content/pop_history.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "base/str.h"
#include "finding/finding.h"
#include "pst/msg/tags.h"

#include <stdlib.h>
#include <string.h>

enum {
	TAG_MESSAGE_ID = 0x1035,
	TAG_HEADERS = 0x007D,
	TAG_BODY = 0x1000,
	TAG_SENDER_ADDRESS = 0x0C1F,
	TAG_SENDER_NAME = 0x0C1A,
	LID_MEETING_ID = 0x0023,
	LID_CONTACT_ADDRESS = 0x8083,
	JOB_MESSAGES = 512,
	WORKER_ARENA = 64 << 20,
	GROUP_MAX = 1024, /* of one key: more share it than can be doubles */
};

/* PSETID_Meeting. */
static const uint8_t set_meeting[16] = { 0x90, 0xDA, 0xD8, 0x6E, 0x0B, 0x45, 0x1B, 0x10,
					 0x98, 0xDA, 0x00, 0xAA, 0x00, 0x3F, 0x13, 0x05 };
static const uint8_t set_address[16] = NAMED_SET_ADDRESS;

enum key { KEY_ID, KEY_SEARCH, KEY_CONTENT, KEYS };

struct message_keys {
	uint64_t keys[KEYS]; /* 0: it has none */
	uint32_t node;       /* index */
	uint32_t first;      /* index into the messages of what it is a double of, plus 1; 0: of none */
};

struct search {
	const struct content_setting *setting;
	struct check_facts *facts;
	struct node_reader readers[CHECK_WIDTH_MAX];
	struct message_keys *messages;
	size_t n;
	uint16_t meeting_id, contact_address; /* property IDs, or 0 */
	uint64_t done;
	bool cancelled;
};

struct keying {
	const struct search *search;
	struct digest id, search_key, content, contact;
	bool has_id, has_search, has_content, is_contact, has_contact;
};

static bool is_contact_class(const struct property *p, struct view value)
{
	static const char wide[] = "I\0P\0M\0.\0C\0o\0n\0t\0a\0c\0t";

	return p->type == PTYP_STRING
		       ? value.len >= sizeof wide && memcmp(value.at, wide, sizeof wide - 1) == 0
		       : value.len >= 11 && memcmp(value.at, "IPM.Contact", 11) == 0;
}

static bool take_key(void *context, const struct property *p, struct view value)
{
	struct keying *k = context;

	if (p->id == TAG_MESSAGE_ID || (p->id == k->search->meeting_id && p->id)) {
		k->has_id = value.len > 4;
		digest_add(&k->id, value);
	} else if (p->id == TAG_SEARCH_KEY) {
		k->has_search = value.len > 4;
		digest_add(&k->search_key, value);
	} else if (p->id == k->search->contact_address && p->id) {
		k->has_contact = value.len > 4;
		digest_add(&k->contact, value);
	}
	switch (p->id) {
	case TAG_MESSAGE_CLASS:
		k->is_contact = is_contact_class(p, value);
		digest_add(&k->content, value);
		break;
	case TAG_SUBJECT:
	case TAG_SENDER_ADDRESS:
	case TAG_SENDER_NAME:
	case TAG_BODY:
		digest_add(&k->content, value);
		break;
	case TAG_CLIENT_SUBMIT_TIME:
		k->has_content = true;
		digest_add(&k->content, value);
		break;
	case TAG_DISPLAY_NAME:
		digest_add(&k->contact, value);
		break;
	default:
		break;
	}
	return true;
}

static uint64_t key_of(const struct digest *d, bool has)
{
	return has ? d->a ^ d->b : 0;
}

static void find_keys(struct search *s, const struct node_reader *reader, struct message_keys *out)
{
	struct keying k = { .search = s };
	struct item_walk walk = { &k, take_key };
	struct item item;

	digest_init(&k.id);
	digest_init(&k.search_key);
	digest_init(&k.content);
	digest_init(&k.contact);
	if (!item_open(reader, &s->facts->nodes[out->node], &item))
		return;
	item_properties(&item, &walk);
	out->keys[KEY_ID] = k.is_contact ? key_of(&k.contact, k.has_contact) : key_of(&k.id, k.has_id);
	out->keys[KEY_SEARCH] = key_of(&k.search_key, k.has_search);
	out->keys[KEY_CONTENT] = key_of(&k.content, k.has_content);
}

static bool goes_on(struct search *s, unsigned worker, uint64_t more)
{
	uint64_t done = __atomic_add_fetch(&s->done, more, __ATOMIC_RELAXED);

	if (worker == 0 && s->setting->tick && !s->setting->tick(s->setting->context, done, s->n))
		__atomic_store_n(&s->cancelled, true, __ATOMIC_RELAXED);
	return !__atomic_load_n(&s->cancelled, __ATOMIC_RELAXED);
}

static void key_job(void *context, unsigned worker, size_t index)
{
	struct search *s = context;
	const struct node_reader *reader = &s->readers[worker];
	size_t from = index * JOB_MESSAGES, end = from + JOB_MESSAGES < s->n ? from + JOB_MESSAGES : s->n;

	if (!goes_on(s, worker, end - from))
		return;
	for (size_t i = from; i < end; i++) {
		find_keys(s, reader, &s->messages[i]);
		arena_clear(reader->arena);
	}
}

static enum status open_readers(struct search *s)
{
	for (unsigned i = 0; i < s->setting->runner.width; i++) {
		struct node_reader *r = &s->readers[i];

		r->facts = s->facts;
		r->arena = arena_new(WORKER_ARENA);
		r->room = arena_alloc(s->setting->arena, NODE_READER_ROOM);
		r->window = arena_alloc(s->setting->arena, sizeof *r->window);
		if (!r->arena || !r->room || !r->window)
			return ST_NOMEM;
	}
	return ST_OK;
}

/* Whatever lies in the folder for doubles was put there by an earlier run. */
static bool is_aside(const struct search *s, const struct node_fact *node)
{
	const struct folder_fact *folder = facts_folder(s->facts, node->parent);
	const char *aside = s->setting->aside ? s->setting->aside : "Duplicates";

	return folder && folder->name && strcmp(folder->name, aside) == 0;
}

static bool is_searched(const struct search *s, const struct node_fact *node)
{
	return desk_is_message(node) && !is_aside(s, node);
}

static enum status gather(struct search *s)
{
	const struct check_facts *facts = s->facts;
	size_t n = 0;

	for (size_t i = 0; i < facts->n_nodes; i++)
		n += is_searched(s, &facts->nodes[i]);
	s->messages = arena_array(s->setting->arena, n, sizeof *s->messages);
	if (!s->messages)
		return ST_NOMEM;
	for (size_t i = 0; i < facts->n_nodes; i++)
		if (is_searched(s, &facts->nodes[i]))
			s->messages[s->n++].node = (uint32_t)i;
	return ST_OK;
}

/* Messages in the order of one key, those without it left out. */
struct keyed {
	uint64_t key;
	uint32_t message;
};

static int compare(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->message < y->message ? -1 : x->message > y->message;
}

static size_t sort_by(const struct search *s, enum key key, struct keyed *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->messages[i].keys[key])
			out[n++] = (struct keyed){ s->messages[i].keys[key], (uint32_t)i };
	qsort(out, n, sizeof *out, compare);
	return n;
}

struct pairing {
	struct search *search;
	struct desk *desk;
	const char **fetched; /* what tell_fetched() says, or NULL while nobody asked */
};

/* The first line that the last server wrote: equal when a message was fetched twice. */
static uint64_t way_of(struct desk *desk, const struct node_fact *node)
{
	struct property p;
	struct view value;
	struct item item;
	struct digest d;

	digest_init(&d);
	if (!item_open(&desk->reader, node, &item) || !item_property(&item, TAG_HEADERS, &p, &value) ||
	    value.len == 0)
		return 0;
	digest_add(&d, value);
	return d.a ^ d.b;
}

static bool is_mail(const char *class)
{
	return class && (str_starts_nocase(str_of(class), STR("IPM.Note")) ||
			 str_starts_nocase(str_of(class), STR("REPORT.")));
}

/* Whether Outlook still knows what it has fetched; looked up once, when the first such double is found. */
static const char *tell_fetched(struct pairing *p)
{
	struct arena *arena = p->desk->setting->arena;
	struct pop_history h;

	if (p->fetched)
		return *p->fetched;
	p->fetched = arena_alloc(arena, sizeof *p->fetched);
	if (!p->fetched)
		return NULL;
	pop_history_read(p->desk, &h);
	if (h.n_damaged)
		*p->fetched =
			"fetched twice: both came the same way; Outlook's list of what it fetched by POP is "
			"damaged, and without it all that is on the server comes again";
	else if (h.n_lists)
		*p->fetched = arena_printf(arena,
					   "fetched twice: both came the same way; Outlook's list of what it "
					   "fetched by POP names %llu messages",
					   (unsigned long long)h.n_messages);
	else if (h.n_other)
		*p->fetched = "fetched twice: both came the same way";
	else
		*p->fetched =
			"fetched twice: both came the same way; Outlook's list of what it fetched by POP "
			"is not in this store, and without it all that is on the server comes again";
	return *p->fetched;
}

static enum status list_double(struct pairing *p, uint32_t message, uint32_t first, bool is_exact)
{
	struct search *s = p->search;
	const struct node_fact *one = &s->facts->nodes[s->messages[first].node];
	const struct node_fact *two = &s->facts->nodes[s->messages[message].node];
	bool same_search = s->messages[message].keys[KEY_SEARCH] &&
			   s->messages[message].keys[KEY_SEARCH] == s->messages[first].keys[KEY_SEARCH];
	uint64_t way_one = way_of(p->desk, one), way_two = way_of(p->desk, two);
	struct desk_message m;
	struct finding *f;
	enum status st = ST_OK;
	const char *fetched = !same_search && way_one && way_one == way_two ? tell_fetched(p) : NULL;

	/* A contact or meeting that was changed is no second delivery. */
	if (desk_read(p->desk, two, &m) && (is_exact || is_mail(m.listed.class))) {
		s->messages[message].first = first + 1;
		m.listed.other = one->nid;
		m.listed.state = is_exact ? "exact" : "delivery";
		m.listed.tells = same_search          ? "copied inside Outlook: both have one search key"
				 : fetched            ? fetched
				 : way_one && way_two ? "delivered twice: each came its own way"
						      : NULL;
		f = desk_report(p->desk, &m.listed,
				is_exact ? CODE_ITEM_DUPLICATE_EXACT : CODE_ITEM_DUPLICATE_DELIVERY);
		finding_evidence(f, "of", arena_printf(p->desk->setting->arena, "0x%X", (unsigned)one->nid),
				 NULL, TRUST_OURS);
		st = desk_list(p->desk, &m.listed);
	}
	arena_clear(p->desk->reader.arena);
	return st;
}

/* Messages that share a key. Those with one content are exact doubles of the
 * first of them; others are deliveries of one message when the key is its name. */
static enum status pair_group(struct pairing *p, const struct keyed *group, size_t n, enum key key)
{
	struct digest *digests = arena_array(p->desk->setting->arena, n, sizeof *digests);
	bool *known = arena_array(p->desk->setting->arena, n, sizeof *known);
	enum status st = digests && known ? ST_OK : ST_NOMEM;

	for (size_t i = 0; st == ST_OK && i < n; i++) {
		struct search *s = p->search;
		const struct message_keys *m = &s->messages[group[i].message];
		size_t k = 0;

		known[i] = digest_message(&p->desk->reader, &s->facts->nodes[m->node], &digests[i]);
		arena_clear(p->desk->reader.arena);
		if (i == 0 || m->first)
			continue;
		while (k < i && !(known[k] && known[i] && digest_is(&digests[k], &digests[i])))
			k++;
		if (k < i)
			st = list_double(p, group[i].message, group[k].message, true);
		else if (key == KEY_ID)
			st = list_double(p, group[i].message, group[0].message, false);
	}
	return st;
}

static enum status pair(struct search *s, struct desk *desk, enum key key)
{
	struct pairing p = { .search = s, .desk = desk };
	struct arena *scratch = arena_new(s->n * sizeof(struct keyed) + 64);
	struct keyed *sorted = scratch ? arena_array(scratch, s->n, sizeof *sorted) : NULL;
	enum status st = sorted ? ST_OK : ST_NOMEM;
	size_t n = sorted ? sort_by(s, key, sorted) : 0;

	for (size_t i = 0, end; st == ST_OK && i < n; i = end) {
		for (end = i + 1; end < n && sorted[end].key == sorted[i].key; end++)
			;
		if (end - i > 1 && end - i <= GROUP_MAX)
			st = pair_group(&p, sorted + i, end - i, key);
		if (!goes_on(s, 0, 0))
			st = ST_CANCEL;
	}
	arena_drop(&scratch);
	return st;
}

static enum status search_all(struct search *s, struct desk *desk)
{
	const struct check_runner *runner = &s->setting->runner;
	enum status st = open_readers(s);

	if (st == ST_OK)
		st = gather(s);
	if (st != ST_OK)
		return st;
	s->meeting_id = named_find_number(&desk->reader, set_meeting, LID_MEETING_ID);
	s->contact_address = named_find_number(&desk->reader, set_address, LID_CONTACT_ADDRESS);
	arena_clear(desk->reader.arena);
	runner->run(runner->context, (s->n + JOB_MESSAGES - 1) / JOB_MESSAGES, key_job, s);
	for (int key = 0; st == ST_OK && key < KEYS; key++)
		st = s->cancelled ? ST_CANCEL : pair(s, desk, (enum key)key);
	return st;
}

enum status content_duplicates(const struct content_setting *setting, struct check_facts *facts)
{
	struct search *s = arena_alloc(setting->arena, sizeof *s);
	struct desk desk;
	enum status st = desk_open(&desk, setting, facts);

	if (!s)
		st = ST_NOMEM;
	if (st == ST_OK) {
		s->setting = setting;
		s->facts = facts;
		st = search_all(s, &desk);
		for (unsigned i = 0; i < CHECK_WIDTH_MAX; i++)
			arena_drop(&s->readers[i].arena);
	}
	desk_close(&desk);
	return st;
}
