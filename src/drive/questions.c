/* This file asks the DNS each question once and tells everybody the answer. */
#include "drive/questions.h"

#include "wire/dns_msg.h"

enum { BUCKETS = 1024, UNDER_WAY_MAX = 128 };

struct waiter {
	struct waiter *next;
	question_fn *on_answer;
	void *context;
};

struct question {
	struct question *same_bucket, *next, *next_queued;
	struct questions *all;
	struct dns_facts *facts;
	struct waiter *waiters;
	bool asked, answered;
};

struct questions {
	struct drive *drive;
	struct question *buckets[BUCKETS];
	struct question *first, **last;         /* all, in order */
	struct question *queued, **queued_last; /* not sent yet: a resolver is not to drown */
	size_t n, n_under_way;
};

struct questions *questions_new(struct drive *drive)
{
	struct questions *questions = arena_alloc(drive->arena, sizeof *questions);

	if (!questions)
		return NULL;
	questions->drive = drive;
	questions->last = &questions->first;
	questions->queued_last = &questions->queued;
	return questions;
}

static size_t bucket_of(const char *name, uint16_t type)
{
	uint32_t sum = 2166136261u ^ type; /* FNV-1a */

	for (; *name; name++)
		sum = (sum ^ (unsigned char)str_lower_char(*name)) * 16777619u;
	return sum % BUCKETS;
}

static struct question *find(struct questions *questions, const char *name, uint16_t type)
{
	struct question *question = questions->buckets[bucket_of(name, type)];

	while (question &&
	       (question->facts->type != type || !str_is_nocase(str_of(name), question->facts->name)))
		question = question->same_bucket;
	return question;
}

static struct question *add(struct questions *questions, const char *name, uint16_t type)
{
	struct arena *arena = questions->drive->arena;
	struct question *question = arena_alloc(arena, sizeof *question), **bucket;

	if (!question || !(question->facts = arena_alloc(arena, sizeof *question->facts)) ||
	    !(question->facts->name = arena_strdup(arena, name)))
		return NULL;
	question->all = questions;
	question->facts->type = type;
	question->facts->outcome = DNS_NOT_ASKED;
	question->facts->at = loop_now(questions->drive->loop);
	bucket = &questions->buckets[bucket_of(name, type)];
	question->same_bucket = *bucket;
	*bucket = question;
	*questions->last = question;
	questions->last = &question->next;
	questions->n++;
	return question;
}

static void tell(struct question *question)
{
	struct waiter *waiter = question->waiters;

	question->answered = true;
	question->waiters = NULL;
	for (; waiter; waiter = waiter->next)
		waiter->on_answer(waiter->context, question->facts);
}

static void send_next(struct questions *questions);

static void on_answer(void *context, enum dns_outcome outcome, struct view answer)
{
	struct question *question = context;
	struct drive *drive = question->all->drive;
	struct dns_facts *facts = question->facts;

	question->all->n_under_way--;
	if (question->answered)
		return;
	facts->outcome = outcome;
	if (answer.len && dns_msg_read(drive->arena, answer, facts) != ST_OK)
		facts->outcome = DNS_MALFORMED;
	facts->took = loop_now(drive->loop) - facts->at;
	trace_event(drive->trace, loop_now(drive->loop), facts->name, dns_type_name(facts->type),
		    dns_outcome_name(facts->outcome));
	tell(question);
	send_next(question->all);
}

/* The computer's own names; the other family is then known to have none. */
static bool answer_from_here(struct question *question)
{
	struct drive *drive = question->all->drive;
	struct dns_facts *facts = question->facts;
	char address[DNS_ADDRESS_MAX], other[DNS_ADDRESS_MAX];
	int family = facts->type == DNS_TYPE_A ? 4 : 6;

	if (facts->type != DNS_TYPE_A && facts->type != DNS_TYPE_AAAA)
		return false;
	if (dns_knows(drive->dns, facts->name, family, address)) {
		facts->outcome = DNS_ANSWERED;
		facts->n_records = 1;
		facts->records[0] = (struct dns_record){
			.type = facts->type,
			.text = arena_strdup(drive->arena, address),
		};
		return facts->records[0].text != NULL;
	}
	facts->outcome = DNS_NO_DATA;
	return dns_knows(drive->dns, facts->name, family == 4 ? 6 : 4, other);
}

static void send_next(struct questions *questions)
{
	while (questions->queued && questions->n_under_way < UNDER_WAY_MAX) {
		struct question *question = questions->queued;

		questions->queued = question->next_queued;
		if (!questions->queued)
			questions->queued_last = &questions->queued;
		questions->n_under_way++;
		question->asked = true;
		question->facts->at = loop_now(questions->drive->loop);
		dns_ask(questions->drive->dns, question->facts->name, question->facts->type, on_answer,
			question);
	}
}

static void begin(struct questions *questions, struct question *question)
{
	if (!questions->drive->dns || answer_from_here(question)) {
		question->answered = true;
		return;
	}
	question->facts->outcome = DNS_NOT_ASKED;
	*questions->queued_last = question;
	questions->queued_last = &question->next_queued;
}

void questions_ask(struct questions *questions, const char *name, uint16_t type, question_fn *on_answer_fn,
		   void *context)
{
	static const struct dns_facts nothing = { .name = "", .outcome = DNS_NOT_ASKED };
	struct question *question = find(questions, name, type);
	struct waiter *waiter;

	if (!question && (question = add(questions, name, type)) != NULL)
		begin(questions, question);
	if (!question || question->answered) {
		on_answer_fn(context, question ? question->facts : &nothing);
		return;
	}
	waiter = arena_alloc(questions->drive->arena, sizeof *waiter);
	if (!waiter) {
		on_answer_fn(context, &nothing);
		return;
	}
	*waiter = (struct waiter){ .next = question->waiters, .on_answer = on_answer_fn, .context = context };
	question->waiters = waiter;
	send_next(questions);
}

void questions_forget(struct questions *questions)
{
	for (struct question *question = questions->first; question; question = question->next)
		question->waiters = NULL;
}

void questions_end(struct questions *questions)
{
	questions_forget(questions);
	for (struct question *question = questions->first; question; question = question->next) {
		if (question->answered)
			continue;
		question->answered = true;
		question->facts->outcome = question->asked ? DNS_TIMEOUT : DNS_NOT_ASKED;
		question->facts->took = loop_now(questions->drive->loop) - question->facts->at;
	}
	questions->queued = NULL;
	questions->queued_last = &questions->queued;
}

void questions_resolver(const struct questions *questions, bool *asked_out, bool *answers_out)
{
	*asked_out = *answers_out = false;
	for (const struct question *one = questions->first; one; one = one->next) {
		*asked_out = *asked_out || one->asked;
		*answers_out =
			*answers_out || (one->asked && one->answered && one->facts->outcome != DNS_TIMEOUT);
	}
}

const struct dns_facts *const *questions_facts(const struct questions *questions, size_t *n_out)
{
	const struct dns_facts **facts = arena_array(questions->drive->arena, questions->n, sizeof *facts);
	size_t n = 0;

	*n_out = 0;
	if (!facts)
		return NULL;
	for (const struct question *question = questions->first; question; question = question->next)
		facts[n++] = question->facts;
	*n_out = n;
	return facts;
}
