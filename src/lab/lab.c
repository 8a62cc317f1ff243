/* This file runs the lab: opens the world, says where it is, waits for the end. */
#include "lab/lab.h"

#include "lab/ready.h"
#include "os/clock.h"
#include "os/file.h"

#include <signal.h>
#include <stdlib.h>

enum { READY_POLL_MS = 10, READY_POLLS_MAX = 100, TEXT_MAX_BYTES = 1024 * 1024, SIGNALS_MAX = 3 };

struct lab {
	struct world world;
	uv_loop_t loop;
	uv_signal_t signals[SIGNALS_MAX];
	unsigned n_signals;
	uv_timer_t ready, second, end;
	bool timers_open, stopping;
	unsigned polls;
	enum status status;
	const char *why;
};

static void stop(struct lab *lab)
{
	if (lab->stopping)
		return;
	lab->stopping = true;
	world_close(&lab->world);
	for (unsigned i = 0; i < lab->n_signals; i++)
		uv_close((uv_handle_t *)&lab->signals[i], NULL);
	if (!lab->timers_open)
		return;
	uv_close((uv_handle_t *)&lab->ready, NULL);
	uv_close((uv_handle_t *)&lab->second, NULL);
	uv_close((uv_handle_t *)&lab->end, NULL);
}

static void fail(struct lab *lab, enum status status, const char *why)
{
	lab->status = status;
	lab->why = why;
	stop(lab);
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	stop(handle->data);
}

/* A guest that leaves while it is written to shall not end the program. */
static void on_broken_pipe(uv_signal_t *handle, int number)
{
	(void)handle;
	(void)number;
}

static void on_end(uv_timer_t *timer)
{
	stop(timer->data);
}

static void on_second(uv_timer_t *timer)
{
	struct lab *lab = timer->data;

	world_set_time(&lab->world, clock_wall());
}

static void announce(struct lab *lab)
{
	const struct lab_options *options = lab->world.options;
	const char *why = NULL;
	struct buf text;
	enum status status = ST_OK;

	buf_init(&text, TEXT_MAX_BYTES);
	if (!(options->json ? ready_json(&lab->world, &text) : ready_text(&lab->world, &text)))
		fail(lab, ST_NOMEM, "memory ended, or a name is no UTF-8");
	else if (options->ready_file)
		status = file_write(options->ready_file, buf_view(&text), true, &why);
	if (status != ST_OK)
		fail(lab, status,
		     arena_printf(lab->world.arena, "%s: %s", options->ready_file, why ? why : ""));
	else if (lab->status == ST_OK && options->on_ready)
		options->on_ready(options->context, buf_str(&text));
	buf_fini(&text);
}

static void on_ready_poll(uv_timer_t *timer)
{
	struct lab *lab = timer->data;

	/* A system that lets no door stay silent is told about in the text. */
	if (world_is_ready(&lab->world) || ++lab->polls == READY_POLLS_MAX) {
		uv_timer_stop(timer);
		announce(lab);
	}
}

static void watch_signal(struct lab *lab, int number, uv_signal_cb on_it)
{
	uv_signal_t *handle = &lab->signals[lab->n_signals];

	if (uv_signal_init(&lab->loop, handle) != 0)
		return;
	lab->n_signals++;
	handle->data = lab;
	(void)uv_signal_start(handle, on_it, number);
}

static void start_watches(struct lab *lab)
{
	double seconds = lab->world.options->seconds;

	watch_signal(lab, SIGINT, on_signal);
	watch_signal(lab, SIGTERM, on_signal);
#ifdef SIGPIPE
	watch_signal(lab, SIGPIPE, on_broken_pipe);
#else
	(void)on_broken_pipe;
#endif
	uv_timer_init(&lab->loop, &lab->ready);
	uv_timer_init(&lab->loop, &lab->second);
	uv_timer_init(&lab->loop, &lab->end);
	lab->timers_open = true;
	lab->ready.data = lab->second.data = lab->end.data = lab;
	uv_timer_start(&lab->ready, on_ready_poll, 0, READY_POLL_MS);
	uv_timer_start(&lab->second, on_second, 1000, 1000);
	if (seconds > 0)
		uv_timer_start(&lab->end, on_end, (uint64_t)(seconds * 1000), 0);
}

static enum status write_ca(struct lab *lab)
{
	const char *path = lab->world.options->ca_file, *why = NULL;
	struct buf pem;
	enum status status = ST_NOMEM;

	if (!path)
		return ST_OK;
	buf_init(&pem, TEXT_MAX_BYTES);
	if (pki_root_pem(lab->world.pki, &pem))
		status = file_write(path, buf_view(&pem), true, &why);
	buf_fini(&pem);
	if (status != ST_OK)
		lab->why = arena_printf(lab->world.arena, "%s: %s", path, why ? why : "memory ended");
	return status;
}

static enum status run(struct lab *lab)
{
	enum status status = world_open(&lab->world, clock_wall());

	if (status == ST_OK)
		status = write_ca(lab);
	if (status == ST_OK)
		start_watches(lab);
	else
		fail(lab, status, lab->world.why ? lab->world.why : lab->why);
	uv_run(&lab->loop, UV_RUN_DEFAULT);
	return lab->status;
}

/* Fills the words in that were not given. */
static enum status read_options(struct lab *lab, const struct lab_options *options, struct arena *arena,
				const char **why_out)
{
	struct world *world = &lab->world;
	struct sockaddr_storage unused;
	enum status status = plan_parse(options->faults, options->n_faults, arena, &world->plan, why_out);

	world->options = options;
	world->arena = arena;
	world->loop = &lab->loop;
	world->address = options->address ? options->address : "127.0.0.1";
	world->user = options->user ? options->user : "anna";
	world->password = options->password ? options->password : "secret";
	world->domain = "practice.example";
	world->next_port = options->port_base;
	if (status == ST_OK && options->mailbox)
		status = plan_fits_mailbox(&world->plan, arena, why_out);
	if (status == ST_OK && door_sockaddr(world->address, 0, &unused) != ST_OK) {
		*why_out =
			arena_printf(arena, "%s: the lab opens doors on loopback alone, 127.0.0.0/8 or ::1",
				     world->address);
		status = ST_USAGE;
	}
	return status;
}

enum status lab_run(const struct lab_options *options, struct arena *arena, const char **why_out)
{
	struct lab *lab = calloc(1, sizeof(*lab));
	enum status status;

	*why_out = "memory ended";
	if (!lab)
		return ST_NOMEM;
	status = read_options(lab, options, arena, why_out);
	if (status == ST_OK && uv_loop_init(&lab->loop) == 0) {
		status = run(lab);
		world_drop(&lab->world);
		uv_loop_close(&lab->loop);
		if (status != ST_OK && lab->why)
			*why_out = lab->why;
	} else if (status == ST_OK) {
		status = ST_NOMEM;
	}
	free(lab);
	return status;
}
