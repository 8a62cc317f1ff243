/* This file finds messages whose text is gone or cannot be read, though the store around it is sound.
 *
 * The passes of a check judge structures; what a body says is judged here, of
 * every message once.
 */
#include "base/checked.h"
#include "base/code_page.h"
#include "base/str.h"
#include "check/mailbox_facts.h"
#include "content/desk.h"
#include "content/named_table.h"
#include "mail/charset.h"
#include "mail/lzfu.h"
#include "mail/rtf.h"
#include "pst/ltp/heap.h"
#include "pst/msg/name_map.h"
#include "pst/msg/tags.h"
#include "pst/ndb/crc.h"

enum {
	TAG_TEXT = 0x1000,
	TAG_RTF = 0x1009,
	TAG_HTML = 0x1013,
	TAG_INTERNET_PAGE = 0x3FDE,
	TAG_PAGE = 0x3FFD,
	BODY_MAX = 32 << 20,
	JOB_MESSAGES = 256,
	WORKER_ARENA = 192 << 20,
	BLANK_SLACK = 8 << 10, /* what names, headers and rows of tables may take beyond the sum */
	DEPTH_MAX = 6,
	PARTS_MAX = 4096,
};

enum verdict { VERDICT_SOUND, VERDICT_BLANK, VERDICT_RTF, VERDICT_HTML, VERDICT_TEXT };

struct bodies {
	const struct content_setting *setting;
	struct check_facts *facts;
	uint32_t *nodes; /* indices of the messages */
	uint8_t *verdicts;
	size_t n;
	uint64_t done; /* messages; and `cancelled`: atomic, several threads at once */
	bool cancelled;
	struct node_reader readers[CHECK_WIDTH_MAX];
};

/* False when it is empty or cannot be read: of that the passes tell. */
static bool read_body(const struct item *item, uint16_t id, struct view *out)
{
	struct property p;

	return item_property_long(item, id, BODY_MAX, &p, out) && out->len;
}

/* The checksum is quicker than unpacking; some writers leave it out. */
static bool is_rtf(struct view packed)
{
	struct cursor c = cursor_of(packed);
	struct buf rtf;
	uint32_t len = cursor_u32le(&c), crc;
	bool good;

	cursor_skip(&c, 2 * 4);
	crc = cursor_u32le(&c);
	if (crc && cursor_ok(&c) && len >= 3 * 4 && len - 3 * 4 == cursor_left(&c) &&
	    pst_crc(cursor_take(&c, cursor_left(&c))) == crc)
		return true;
	buf_init(&rtf, LZFU_MAX);
	good = lzfu_unpack(packed, &rtf) && rtf_kind_of(buf_view(&rtf)) != RTF_NONE;
	buf_fini(&rtf);
	return good;
}

static bool is_ascii(struct view bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		if (bytes.at[i] > 127)
			return false;
	return true;
}

/* Narrow text in a code page that nobody knows. */
static bool is_foreign(const struct item *item)
{
	uint32_t page = 0;

	return item_integer(item, TAG_PAGE, &page) && page && !charset_is_known(page);
}

/* Whether HTML is said to be UTF-8. */
static bool is_utf8(const struct item *item)
{
	uint32_t page = 0;

	return item_integer(item, TAG_INTERNET_PAGE, &page) && page == CODE_PAGE_UTF8;
}

/* Bytes of a node and everything below it. */
static uint64_t sum_of(const struct node_reader *reader, uint64_t data, uint64_t subnode, unsigned depth)
{
	struct subnode_list list;
	uint64_t sum = 0, len;

	if (node_data_len(reader->facts, (struct bid){ data }, &len))
		sum += len;
	if (subnode == 0 || depth == DEPTH_MAX ||
	    subnode_list_read(reader, (struct bid){ subnode }, &list) != ST_OK)
		return sum;
	for (size_t i = 0; i < list.n && i < PARTS_MAX; i++)
		sum += sum_of(reader, list.rows[i].data, list.rows[i].subnode, depth + 1);
	return sum;
}

static bool is_mail(const struct item *item, struct arena *arena)
{
	const char *class = item_text(item, arena, TAG_MESSAGE_CLASS, DESK_TEXT_MAX);

	return class && str_starts_nocase(str_of(class), STR("IPM.Note"));
}

/* Without a body, and the store says that there was much more than there is. */
static bool is_blank(const struct node_reader *reader, const struct node_fact *node, const struct item *item)
{
	uint32_t size = 0;
	uint64_t sum;

	if (!is_mail(item, reader->arena) || !item_integer(item, TAG_MESSAGE_SIZE, &size) ||
	    size < BLANK_SLACK)
		return false;
	sum = sum_of(reader, node->data, node->subnode, 0);
	return size > INT32_MAX ? false : size > sum + sum / 2 + BLANK_SLACK;
}

/* Whether there is a body, and of which type; nothing of it is read. */
static bool has_body(const struct item *item, uint16_t id, struct property *p)
{
	struct view value;

	*p = (struct property){ 0 };
	return item_property_head(item, id, p, &value) &&
	       (value.len || (p->value && !property_is_inline(p) && !hnid_is_hid(p->value)));
}

static enum verdict judge(const struct node_reader *reader, const struct node_fact *node)
{
	bool has_text, has_html, has_rtf;
	struct property text, html, rtf;
	struct view bytes;
	struct item item;

	/* What cannot be read at all the passes tell of. */
	if (!item_open(reader, node, &item))
		return VERDICT_SOUND;
	has_text = has_body(&item, TAG_TEXT, &text);
	has_html = has_body(&item, TAG_HTML, &html);
	has_rtf = has_body(&item, TAG_RTF, &rtf);
	if (has_rtf && rtf.type == PTYP_BINARY && read_body(&item, TAG_RTF, &bytes) && !is_rtf(bytes))
		return VERDICT_RTF;
	if (has_html && html.type == PTYP_BINARY && is_utf8(&item) && read_body(&item, TAG_HTML, &bytes) &&
	    !str_is_utf8(str_from_view(bytes)))
		return VERDICT_HTML;
	if (has_text && text.type == PTYP_STRING_8 && is_foreign(&item) &&
	    read_body(&item, TAG_TEXT, &bytes) && !is_ascii(bytes) && !str_is_utf8(str_from_view(bytes)))
		return VERDICT_TEXT;
	if (!has_text && !has_html && !has_rtf && is_blank(reader, node, &item))
		return VERDICT_BLANK;
	return VERDICT_SOUND;
}

/* Tells the caller, on one thread. False once it was cancelled. */
static bool goes_on(struct bodies *b, unsigned worker, uint64_t more)
{
	uint64_t done = __atomic_add_fetch(&b->done, more, __ATOMIC_RELAXED);

	if (worker == 0 && b->setting->tick && !b->setting->tick(b->setting->context, done, b->n))
		__atomic_store_n(&b->cancelled, true, __ATOMIC_RELAXED);
	return !__atomic_load_n(&b->cancelled, __ATOMIC_RELAXED);
}

static void job(void *context, unsigned worker, size_t index)
{
	struct bodies *b = context;
	size_t end = (index + 1) * JOB_MESSAGES < b->n ? (index + 1) * JOB_MESSAGES : b->n;

	if (!goes_on(b, worker, end - index * JOB_MESSAGES))
		return;
	for (size_t i = index * JOB_MESSAGES; i < end; i++) {
		b->verdicts[i] = (uint8_t)judge(&b->readers[worker], &b->facts->nodes[b->nodes[i]]);
		arena_clear(b->readers[worker].arena);
	}
}

static enum status open_readers(struct bodies *b)
{
	struct arena *arena = b->setting->arena;

	for (unsigned i = 0; i < b->setting->runner.width; i++) {
		struct node_reader *r = &b->readers[i];

		*r = (struct node_reader){ .facts = b->facts, .arena = arena_new(WORKER_ARENA) };
		r->room = arena_alloc(arena, NODE_READER_ROOM);
		r->window = arena_alloc(arena, sizeof *r->window);
		if (!r->arena || !r->room || !r->window)
			return ST_NOMEM;
	}
	return ST_OK;
}

/* A body that is sound and no other: the pass over objects has read it. */
static bool is_judged(const struct check_facts *facts, size_t i)
{
	return facts->have & FACT_OBJECTS && facts->items[i].marks & ITEM_BODY_SOUND &&
	       !(facts->items[i].marks & ITEM_BODY_UNKNOWN);
}

static bool is_to_look_at(const struct check_facts *facts, size_t i)
{
	return desk_is_message(&facts->nodes[i]) && !is_judged(facts, i);
}

static enum status gather(struct bodies *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->facts->n_nodes; i++)
		n += is_to_look_at(b->facts, i);
	b->nodes = arena_array(b->setting->arena, n + 1, sizeof *b->nodes);
	b->verdicts = arena_array(b->setting->arena, n + 1, sizeof *b->verdicts);
	if (!b->nodes || !b->verdicts)
		return ST_NOMEM;
	for (size_t i = 0; i < b->facts->n_nodes; i++)
		if (is_to_look_at(b->facts, i))
			b->nodes[b->n++] = (uint32_t)i;
	return ST_OK;
}

/* The ID of the mark that a repair leaves on a message that lost a part; 0 when the store has none. */
static uint16_t find_mark(const struct node_reader *reader)
{
	struct named_table names;
	uint16_t id = 0;

	if (named_table_read(reader, &names) != ST_OK)
		return 0;
	for (size_t i = 0; i < names.n; i++)
		if (names.rows[i].is_text && str_eq(str_of(names.rows[i].text), STR(NAME_OF_DAMAGE)))
			id = names.rows[i].id;
	arena_clear(reader->arena);
	return id;
}

/* What the repair said when it happened is not said at every check afterwards: nothing can be mended there.
 */
static bool is_marked(const struct item *item, uint16_t mark)
{
	struct property p;
	struct view value;

	return mark && item_property_head(item, mark, &p, &value);
}

static bool has_verdicts(const struct bodies *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->verdicts[i] != VERDICT_SOUND)
			return true;
	return false;
}

static void report(struct bodies *b)
{
	static const struct {
		enum code code;
		const char *what, *saved;
	} rows[] = {
		[VERDICT_BLANK] = { CODE_ITEM_BODY_BLANK, "no text of any kind",
				    "headers, people, attachments" },
		[VERDICT_RTF] = { CODE_ITEM_BODY_GARBLED, "its compressed RTF does not unpack",
				  "its plain text or HTML, where there is one, and attachments" },
		[VERDICT_HTML] = { CODE_ITEM_BODY_GARBLED, "its HTML is not the UTF-8 that it is said to be",
				   "its characters in ASCII, its plain text, attachments" },
		[VERDICT_TEXT] = { CODE_ITEM_BODY_GARBLED, "its text is in a code page that is not known",
				   "its characters in ASCII, attachments" },
	};
	struct desk desk = { .setting = b->setting, .facts = b->facts, .reader = b->readers[0] };
	uint16_t mark = has_verdicts(b) ? find_mark(&desk.reader) : 0;

	for (size_t i = 0; i < b->n; i++) {
		struct desk_message m;
		struct finding *f;

		if (b->verdicts[i] == VERDICT_SOUND || b->verdicts[i] >= COUNT_OF(rows))
			continue;
		arena_clear(desk.reader.arena);
		if (!desk_read(&desk, &b->facts->nodes[b->nodes[i]], &m) || is_marked(&m.item, mark))
			continue;
		f = desk_report(&desk, &m.listed, rows[b->verdicts[i]].code);
		finding_evidence(f, "body", rows[b->verdicts[i]].what, NULL, TRUST_OURS);
		finding_evidence(f, "can be saved", rows[b->verdicts[i]].saved, NULL, TRUST_OURS);
	}
}

enum status content_bodies(const struct content_setting *setting, struct check_facts *facts)
{
	struct bodies *b = arena_alloc(setting->arena, sizeof *b);
	enum status st;

	if (!b)
		return ST_NOMEM;
	*b = (struct bodies){ .setting = setting, .facts = facts };
	st = open_readers(b);
	if (st == ST_OK)
		st = gather(b);
	if (st == ST_OK) {
		setting->runner.run(setting->runner.context, (b->n + JOB_MESSAGES - 1) / JOB_MESSAGES, job,
				    b);
		report(b);
		st = b->cancelled ? ST_CANCEL : ST_OK;
	}
	for (unsigned i = 0; i < CHECK_WIDTH_MAX; i++)
		arena_drop(&b->readers[i].arena);
	return st;
}
