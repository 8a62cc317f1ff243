/* This file asks the DNS each question once and tells everybody the answer. */
#ifndef POSTMEND_DRIVE_QUESTIONS_H
#define POSTMEND_DRIVE_QUESTIONS_H

#include "drive/run.h"

struct questions;

/* Lives in the run's arena. NULL when memory ended. */
[[nodiscard]] struct questions *questions_new(struct drive *drive);

/* The facts are whole and stay: DNS_NOT_ASKED when the run is offline or memory
 * ended. May call back at once. */
typedef void question_fn(void *context, const struct dns_facts *facts);
void questions_ask(struct questions *questions, const char *name, uint16_t type, question_fn *on_answer,
		   void *context);

/* Nobody waits any longer, but what was asked may still be answered. */
void questions_forget(struct questions *questions);

/* The same, and questions without an answer become DNS_TIMEOUT. */
void questions_end(struct questions *questions);

/* Whether a resolver was asked anything, and whether it ever answered. */
void questions_resolver(const struct questions *questions, bool *asked_out, bool *answers_out);

/* All that were asked, in order; the array lives in the arena. NULL when memory ended. */
[[nodiscard]] const struct dns_facts *const *questions_facts(const struct questions *questions,
							     size_t *n_out);

#endif
