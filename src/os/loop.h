/* This file waits for what happens: times, signals, and what tcp and dns report.
 *
 * One loop serves one run, in one thread. Everything calls back from
 * loop_run() and from nowhere else. A thing that was dropped or closed never
 * calls back again.
 */
#ifndef POSTMEND_OS_LOOP_H
#define POSTMEND_OS_LOOP_H

#include "base/moment.h"

struct loop;

/* NULL when memory or descriptors ended. */
[[nodiscard]] struct loop *loop_new(void);

/* All that lives on the loop must be closed by then. */
void loop_drop(struct loop **loop);

/* Microseconds since loop_new(). */
moment loop_now(const struct loop *loop);

/* Runs until loop_stop(), or until nothing is left that could happen. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

typedef void loop_fn(void *context);

/* A timer rings once for each time it is set; setting it again moves it. It
 * never rings early; MOMENT_NEVER silences it. */
struct loop_timer;
[[nodiscard]] struct loop_timer *loop_timer_new(struct loop *loop, loop_fn *on_time, void *context);
void loop_timer_set(struct loop_timer *timer, moment at);
void loop_timer_drop(struct loop_timer **timer);

/* Calls back on Ctrl-C and on a polite end (SIGTERM), instead of ending the
 * program; NULL takes that back. */
void loop_on_interrupt(struct loop *loop, loop_fn *on_interrupt, void *context);

#endif
