/* This file reads "slug/variant@door". */
#include "lab/plan.h"

#include "base/str.h"

static enum status refuse(const char **why_out, const char *why)
{
	*why_out = why ? why : "memory ended";
	return why ? ST_USAGE : ST_NOMEM;
}

static enum status plan_add(struct plan *plan, const struct fault *fault, enum form form)
{
	if (plan->n == PLAN_MAX)
		return ST_LIMIT;
	plan->rows[plan->n++] = (struct planned){ .fault = fault, .form = form };
	return ST_OK;
}

static enum status plan_all(struct plan *plan)
{
	enum status status = ST_OK;

	for (size_t i = 0; status == ST_OK && fault_at(i); i++)
		status = plan_add(plan, fault_at(i), fault_at(i)->form);
	return status;
}

static enum status parse_word(const char *word, struct arena *arena, struct plan *plan, const char **why_out)
{
	struct str rest = str_of(word), name = str_cut(&rest, '@');
	const struct fault *fault = fault_find(name);
	enum form form;

	if (!fault)
		return refuse(
			why_out,
			arena_printf(arena, "%s: no such fault (postmend lab --list names them)", word));
	form = fault->form;
	if (rest.at && !form_find(rest, &form))
		return refuse(
			why_out,
			arena_printf(arena,
				     "%s: the door after @ is one of imaps, imap, pop3s, pop3, smtps, smtp, "
				     "or one of imap-plain, pop3-plain, smtp-plain",
				     word));
	if (!fault_fits(fault, form))
		return refuse(why_out, arena_printf(arena, "%s: this fault cannot be planted on %s", word,
						    form_name(form)));
	return plan_add(plan, fault, form);
}

enum status plan_parse(const char *const *words, size_t n, struct arena *arena, struct plan *out,
		       const char **why_out)
{
	enum status status = ST_OK;

	*out = (struct plan){ .controls = n == 0 };
	for (size_t i = 0; status == ST_OK && i < n; i++) {
		if (str_is(str_of(words[i]), "all"))
			status = plan_all(out);
		else if (str_is(str_of(words[i]), "healthy"))
			out->controls = true;
		else
			status = parse_word(words[i], arena, out, why_out);
	}
	if (status == ST_LIMIT)
		*why_out = "too many faults at a time";
	return status == ST_LIMIT ? ST_USAGE : status;
}

/* 0 the domain, 1 what comes in, 2 what goes out. */
static int side_of(const struct planned *planned)
{
	if (planned->form == FORM_DNS)
		return 0;
	return form_protocol(planned->form) == PROTOCOL_SMTP ? 2 : 1;
}

enum status plan_fits_mailbox(const struct plan *plan, struct arena *arena, const char **why_out)
{
	static const char *const sides[] = { "domain", "incoming server", "outgoing server" };
	const struct fault *taken[3] = { 0 };

	for (size_t i = 0; i < plan->n; i++) {
		const struct fault *fault = plan->rows[i].fault;
		int side = side_of(&plan->rows[i]);

		if (taken[side])
			return refuse(why_out, arena_printf(arena, "%s and %s both want the mailbox's %s",
							    taken[side]->slug, fault->slug, sides[side]));
		taken[side] = fault;
	}
	return ST_OK;
}
