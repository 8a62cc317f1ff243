/* This file fetches one of the newest messages of a mailbox by IMAP, to see how fast it comes. PEEK marks
 * nothing (RFC 9051 section 6.4.5), and what comes is dropped. */
#include "probe/imap_speed.h"

#include "probe/course.h"
#include "probe/imap_probe.h"
#include "probe/speed.h"

void imap_speed_begin(struct probe *p)
{
	unsigned long long n = p->facts->message_count;

	if (!speed_begin(p)) {
		course_goodbye(p);
		return;
	}
	engine_enter(p, ENGINE_SPEED_LIST);
	imap_probe_command(p, arena_printf(p->arena, "FETCH %llu:%llu (RFC822.SIZE)",
					   n > SPEED_NEWEST ? n - SPEED_NEWEST + 1 : 1, n));
}

/* "(RFC822.SIZE 4711)", perhaps among other things. */
static void take_size(struct probe *p, const struct imap_reply *reply)
{
	static const char name[] = "RFC822.SIZE";
	struct str rest = reply->text, word;
	uint64_t size;
	bool next = false;

	while (imap_reply_word(&rest, &word)) {
		if (word.len && word.at[0] == '(')
			word = str_skip(word, 1);
		if (word.len && word.at[word.len - 1] == ')')
			word = str_head(word, word.len - 1);
		if (next && str_to_u64(word, UINT32_MAX, &size))
			speed_offer(p, reply->number, size);
		next = str_is_nocase(word, name);
	}
}

bool imap_speed_data(struct probe *p, const struct imap_reply *reply)
{
	if (p->state == ENGINE_SPEED_LIST && str_is_nocase(reply->name, "FETCH"))
		take_size(p, reply);
	return p->state == ENGINE_SPEED_LIST || p->state == ENGINE_SPEED_FETCH;
}

static void over(struct probe *p)
{
	engine_close_step(p, STEP_ERROR_NONE, NULL);
	course_goodbye(p);
}

bool imap_speed_tagged(struct probe *p, bool ok)
{
	(void)ok; /* who has no message for us is not slow */
	if (p->state == ENGINE_SPEED_LIST && p->sample) {
		speed_fetch(p, ENGINE_SPEED_FETCH);
		imap_probe_command(p, arena_printf(p->arena, "FETCH %llu (BODY.PEEK[]<0.%d>)",
						   (unsigned long long)p->sample, (int)SPEED_BYTES_MAX));
		p->until = speed_end(p);
	} else if (p->state == ENGINE_SPEED_LIST) {
		over(p);
	} else if (p->state == ENGINE_SPEED_FETCH) {
		speed_fetched(p);
		over(p);
	} else {
		return false;
	}
	return true;
}

bool imap_speed_takes(const struct probe *p, uint64_t literal)
{
	return p->state == ENGINE_SPEED_FETCH && literal <= SPEED_BYTES_MAX;
}
