/* This file waits for what happens, by libuv. */
#include "os/loop.h"

#include "os/clock.h"
#include "os/loop_uv.h"
#include "os/process.h"

#include <signal.h>
#include <stdlib.h>

static const int interrupts[] = { SIGINT, SIGTERM };
enum { N_INTERRUPTS = sizeof interrupts / sizeof interrupts[0] };

struct loop {
	uv_loop_t uv;
	struct clock clock;
	uv_signal_t signals[N_INTERRUPTS];
	loop_fn *on_interrupt;
	void *context;
	char room[LOOP_ROOM];
};

struct loop_timer {
	uv_timer_t uv;
	struct loop *loop;
	loop_fn *on_time;
	void *context;
	moment at;
};

uv_loop_t *loop_uv(struct loop *loop)
{
	return &loop->uv;
}

char *loop_room(struct loop *loop)
{
	return loop->room;
}

struct loop *loop_new(void)
{
	struct loop *loop = calloc(1, sizeof *loop);

	if (!loop || uv_loop_init(&loop->uv) != 0) {
		free(loop);
		return NULL;
	}
	for (int i = 0; i < N_INTERRUPTS; i++) {
		uv_signal_init(&loop->uv, &loop->signals[i]);
		loop->signals[i].data = loop;
		/* A loop that only waits for Ctrl-C has nothing to wait for. */
		uv_unref((uv_handle_t *)&loop->signals[i]);
	}
	process_ignore_broken_pipes();
	clock_start(&loop->clock);
	return loop;
}

void loop_drop(struct loop **loop)
{
	if (!*loop)
		return;
	for (int i = 0; i < N_INTERRUPTS; i++)
		uv_close((uv_handle_t *)&(*loop)->signals[i], NULL);
	/* Handles on their way out have their last callback now. A stop that nobody ran into ends the first
	 * run before it has begun. */
	uv_run(&(*loop)->uv, UV_RUN_DEFAULT);
	if (uv_loop_close(&(*loop)->uv) == UV_EBUSY) {
		uv_run(&(*loop)->uv, UV_RUN_DEFAULT);
		uv_loop_close(&(*loop)->uv);
	}
	free(*loop);
	*loop = NULL;
}

moment loop_now(const struct loop *loop)
{
	return clock_now(&loop->clock);
}

void loop_run(struct loop *loop)
{
	uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
	uv_stop(&loop->uv);
}

struct loop_timer *loop_timer_new(struct loop *loop, loop_fn *on_time, void *context)
{
	struct loop_timer *timer = calloc(1, sizeof *timer);

	if (!timer)
		return NULL;
	uv_timer_init(&loop->uv, &timer->uv);
	timer->uv.data = timer;
	timer->loop = loop;
	timer->on_time = on_time;
	timer->context = context;
	return timer;
}

static void on_timer(uv_timer_t *uv)
{
	struct loop_timer *timer = uv->data;

	/* libuv counts in whole milliseconds of its own, and may be early. */
	if (loop_now(timer->loop) < timer->at)
		loop_timer_set(timer, timer->at);
	else
		timer->on_time(timer->context);
}

void loop_timer_set(struct loop_timer *timer, moment at)
{
	moment now = loop_now(timer->loop);

	timer->at = at;
	if (at == MOMENT_NEVER) {
		uv_timer_stop(&timer->uv);
		return;
	}
	uv_update_time(&timer->loop->uv);
	uv_timer_start(&timer->uv, on_timer, at > now ? (uint64_t)(at - now + 999) / 1000 : 0, 0);
}

static void on_timer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void loop_timer_drop(struct loop_timer **timer)
{
	if (*timer)
		uv_close((uv_handle_t *)&(*timer)->uv, on_timer_closed);
	*timer = NULL;
}

static void on_signal(uv_signal_t *uv, int number)
{
	struct loop *loop = uv->data;

	(void)number;
	if (loop->on_interrupt)
		loop->on_interrupt(loop->context);
}

void loop_on_interrupt(struct loop *loop, loop_fn *on_interrupt, void *context)
{
	loop->on_interrupt = on_interrupt;
	loop->context = context;
	for (int i = 0; i < N_INTERRUPTS; i++) {
		if (!on_interrupt)
			uv_signal_stop(&loop->signals[i]);
		else if (uv_signal_start(&loop->signals[i], on_signal, interrupts[i]) != 0)
			continue; /* a signal that this system does not have */
	}
}
