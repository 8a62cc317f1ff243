/* This file fetches one message of a mailbox by POP3, to see how fast it comes. By TOP, since servers mark
 * what RETR has fetched as read; what comes is dropped. */
#include "probe/pop3_speed.h"

#include "probe/course.h"
#include "probe/speed.h"

enum { LINES = 2000, LINES_UNKNOWN = 400, LISTED_MAX = 2000 };

static void over(struct probe *p)
{
	engine_close_step(p, STEP_ERROR_NONE, NULL);
	course_goodbye(p);
}

static void fetch(struct probe *p)
{
	bool fits = p->sample_size > 0 && p->sample_size <= SPEED_BYTES_MAX;

	if (p->sample == 0)
		p->sample = p->facts->message_count;
	speed_fetch(p, ENGINE_SPEED_FETCH);
	engine_command(p, NULL,
		       arena_printf(p->arena, "TOP %llu %d", (unsigned long long)p->sample,
				    fits ? LINES : LINES_UNKNOWN));
	p->until = speed_end(p);
}

void pop3_speed_begin(struct probe *p)
{
	if (!speed_begin(p)) {
		course_goodbye(p);
	} else if (p->facts->message_count > LISTED_MAX) {
		fetch(p);
	} else {
		engine_enter(p, ENGINE_SPEED_LIST);
		engine_command(p, NULL, "LIST");
	}
}

bool pop3_speed_lists(const struct probe *p)
{
	return p->state == ENGINE_SPEED_LIST || p->state == ENGINE_SPEED_FETCH;
}

/* "12 4711" (RFC 1939 section 5). */
void pop3_speed_line(struct probe *p, struct str line)
{
	struct str rest = line, word = str_cut(&rest, ' ');
	uint64_t number, size;

	if (p->state != ENGINE_SPEED_LIST || !rest.at || !str_to_u64(word, UINT32_MAX, &number) ||
	    !str_to_u64(str_trim(rest), UINT32_MAX, &size) ||
	    number + SPEED_NEWEST <= p->facts->message_count)
		return;
	speed_offer(p, number, size);
}

void pop3_speed_listed(struct probe *p)
{
	if (p->state == ENGINE_SPEED_LIST) {
		fetch(p);
		return;
	}
	speed_fetched(p);
	over(p);
}

/* Both commands are there for it, and TOP is optional (RFC 1939 section 7). */
bool pop3_speed_refused(struct probe *p)
{
	if (!pop3_speed_lists(p))
		return false;
	p->facts->speed = (struct speed_facts){ 0 };
	over(p);
	return true;
}
