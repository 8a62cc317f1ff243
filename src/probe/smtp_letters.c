/* This file sends the letters that the options bring along (RFC 5321), one transaction each. */
#include "probe/smtp_letters.h"

#include "probe/course.h"

static struct letter_facts *current(struct probe *p)
{
	return &p->facts->letters[p->facts->n_letters - 1];
}

static void send_next(struct probe *p)
{
	size_t i = p->facts->n_letters;

	if (i == p->options->n_letters || i == LETTERS_MAX) {
		course_goodbye(p);
		return;
	}
	p->facts->letters[p->facts->n_letters++] = (struct letter_facts){
		.letter = p->options->letters[i],
		.answered = MOMENT_NEVER,
		.quickest = MOMENT_NEVER,
		.reply = STR(""),
		.enhanced = STR(""),
	};
	engine_open_step(p, STEP_LETTER);
	engine_enter(p, ENGINE_LETTER_SENDER);
	engine_command(p, NULL, arena_printf(p->arena, "MAIL FROM:<%s>", p->options->sender));
}

void smtp_letters_begin(struct probe *p)
{
	if (!p->options->sender || !p->options->recipient || !engine_is_clean(p->options->sender) ||
	    !engine_is_clean(p->options->recipient))
		course_goodbye(p);
	else
		send_next(p);
}

/* How long any command before took at the least: no answer can come sooner that has the same way to go. */
static moment quickest(const struct probe *p)
{
	moment least = MOMENT_NEVER;

	for (size_t i = 0; i < p->facts->n_exchanges; i++) {
		const struct exchange *e = &p->facts->exchanges[i];

		if (!str_is(str_of(e->command), "greeting") && e->answered != MOMENT_NEVER &&
		    e->answered - e->sent < least)
			least = e->answered - e->sent;
	}
	return least;
}

void smtp_letters_send(struct probe *p, const struct engine_answer *answer)
{
	struct letter_facts *letter = current(p);
	static const char end[] = ".\r\n";

	engine_answered(p, answer);
	engine_enter(p, ENGINE_LETTER_END);
	engine_listen(p, "message");
	engine_send_bytes(p, letter->letter->bytes);
	engine_send_bytes(p, view_of(end, sizeof end - 1));
	letter->end = LETTER_UNANSWERED;
	letter->sent = p->now;
	letter->quickest = quickest(p);
}

static void settle(struct probe *p, const struct engine_answer *answer, struct str reply)
{
	struct letter_facts *letter = current(p);

	letter->end = answer->ok ? LETTER_ACCEPTED : LETTER_REFUSED;
	letter->answered = p->now;
	letter->smtp_code = answer->smtp_code;
	letter->reply = reply;
	letter->enhanced = arena_str(p->arena, answer->enhanced);
	if (answer->ok)
		engine_close_step(p, STEP_ERROR_NONE, NULL);
	else
		engine_close_step(p, STEP_ERROR_REFUSED, "the server refused the letter");
}

static void refused(struct probe *p, const struct engine_answer *answer, struct str reply)
{
	settle(p, answer, reply);
	engine_enter(p, ENGINE_LETTER_RESET);
	engine_command(p, NULL, "RSET");
}

static void ask_recipient(struct probe *p)
{
	engine_enter(p, ENGINE_LETTER_RECIPIENT);
	engine_command(p, NULL, arena_printf(p->arena, "RCPT TO:<%s>", p->options->recipient));
}

static void ask_data(struct probe *p)
{
	engine_enter(p, ENGINE_LETTER_DATA);
	engine_command(p, NULL, "DATA");
}

bool smtp_letters_answered(struct probe *p, const struct engine_answer *answer)
{
	struct exchange *e = p->exchange;
	struct str reply;

	if (p->state < ENGINE_LETTER_SENDER || p->state > ENGINE_LETTER_RESET)
		return false;
	engine_answered(p, answer);
	reply = e ? e->reply : STR("");
	if (p->state == ENGINE_LETTER_RESET) {
		send_next(p);
	} else if (p->state == ENGINE_LETTER_END) {
		settle(p, answer, reply);
		send_next(p);
	} else if (!answer->ok || p->state == ENGINE_LETTER_DATA) {
		refused(p, answer, reply);
	} else if (p->state == ENGINE_LETTER_SENDER) {
		ask_recipient(p);
	} else {
		ask_data(p);
	}
	return true;
}
