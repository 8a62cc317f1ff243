/* This file decides where a conversation goes next; the same for all protocols. */
#ifndef POSTMEND_PROBE_COURSE_H
#define POSTMEND_PROBE_COURSE_H

#include "probe/engine.h"

void course_connected(struct probe *p);
/* Bytes of the greeting are in facts->first_bytes. False: none of this protocol, and the end. */
[[nodiscard]] bool course_recognise(struct probe *p);
void course_greeted(struct probe *p);                        /* it may go on */
void course_has_capabilities(struct probe *p);               /* they are all in */
void course_starttls(struct probe *p, bool agreed);          /* the answer to STARTTLS */
void course_early_answered(struct probe *p, bool is_answer); /* something was said in state EARLY */
void course_tls_up(struct probe *p, const struct tls_facts *tls);
void course_tls_failed(struct probe *p, const struct tls_facts *tls);
void course_silent(struct probe *p); /* no greeting came in its time */
void course_raw_end(struct probe *p);
void course_cut_end(struct probe *p, enum step_error error); /* closed or reset in a handshake */
/* Whether a line that came, or silence, was for a conversation that rests or has rested. */
[[nodiscard]] bool course_rested(struct probe *p);
[[nodiscard]] bool course_rest_is_over(struct probe *p);
void course_goodbye(struct probe *p);
void course_goodbye_sent(struct probe *p, const char *command); /* it went out with others */
void course_refused(struct probe *p, const char *text);         /* the step that runs was refused: goodbye */

#endif
