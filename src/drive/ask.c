/* This file asks the DNS a single question and waits for the answer. */
#include "drive/drive.h"

#include "drive/questions.h"
#include "os/loop.h"

enum { PATIENCE_S = 5 };

struct asking {
	struct drive *drive;
	const struct dns_facts *facts;
	bool waits;
};

static void on_answer(void *context, const struct dns_facts *facts)
{
	struct asking *asking = context;

	asking->facts = facts;
	if (asking->waits)
		loop_stop(asking->drive->loop);
}

const struct dns_facts *drive_ask(struct drive *drive, const char *name, uint16_t type)
{
	struct asking asking = { .drive = drive };

	questions_ask(drive->questions, name, type, on_answer, &asking);
	asking.waits = true;
	if (!asking.facts)
		(void)run_wait(drive, run_until(drive, MOMENT_S(PATIENCE_S)));
	/* Its answer, should it come later, finds nobody any more. */
	questions_forget(drive->questions);
	return asking.facts;
}
