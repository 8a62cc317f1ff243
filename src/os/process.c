/* This file runs other programs for their output. */
#include "os/process.h"

#include "base/wipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct process_output {
	uv_loop_t loop;
	uv_process_t process;
	uv_pipe_t pipe;
	struct buf *into;
	char room[4096];
	int64_t exit_code;
	bool exited, drops;
	int error; /* of starting it */
};

static void on_process_exit(uv_process_t *process, int64_t exit_code, int signal)
{
	struct process_output *output = process->data;

	output->exit_code = signal ? -1 : exit_code;
	output->exited = true;
	uv_close((uv_handle_t *)process, NULL);
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *room_out)
{
	struct process_output *output = handle->data;

	(void)wanted;
	*room_out = uv_buf_init(output->room, sizeof output->room);
}

static void on_output(uv_stream_t *stream, ssize_t n, const uv_buf_t *room)
{
	struct process_output *output = stream->data;

	(void)room;
	if (n > 0)
		buf_add(output->into, view_of(output->room, (size_t)n));
	/* Nobody may want it. A program that says too much gets a closed pipe. */
	if (n > 0 && output->drops)
		buf_clear(output->into);
	if (n < 0 || buf_failed(output->into))
		uv_close((uv_handle_t *)stream, NULL);
}

static int start(uv_loop_t *loop, struct process_output *output, const char *const argv[], unsigned flags)
{
	uv_stdio_container_t streams[3] = {
		{ .flags = UV_INHERIT_FD, .data.fd = 0 },
		{ .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&output->pipe },
		{ .flags = UV_INHERIT_FD, .data.fd = 2 },
	};
	uv_process_options_t options = {
		.exit_cb = on_process_exit,
		.file = argv[0],
		.args = (char **)(uintptr_t)argv,
		.stdio = streams,
		.stdio_count = 3,
		.flags = flags,
	};
	int error;

	uv_pipe_init(loop, &output->pipe, 0);
	output->pipe.data = output;
	output->process.data = output;
	error = uv_spawn(loop, &output->process, &options);
	if (error) {
		uv_close((uv_handle_t *)&output->pipe, NULL);
		uv_close((uv_handle_t *)&output->process, NULL);
		return error;
	}
	return uv_read_start((uv_stream_t *)&output->pipe, on_room, on_output);
}

static struct process_output *begin(const char *const argv[], struct buf *into, unsigned flags)
{
	struct process_output *output = calloc(1, sizeof *output);

	if (!output || uv_loop_init(&output->loop) != 0) {
		free(output);
		return NULL;
	}
	output->into = into;
	output->error = start(&output->loop, output, argv, flags);
	return output;
}

/* Waits for its end. With code_out any exit code will do, and what is printed is dropped. */
static enum status finish(struct process_output *output, int *code_out, const char **why_out)
{
	enum status status = ST_OK;

	output->drops = code_out != NULL;
	uv_run(&output->loop, UV_RUN_DEFAULT);
	uv_loop_close(&output->loop);
	if (output->error) {
		*why_out = uv_strerror(output->error);
		status = ST_IO;
	} else if (buf_failed(output->into)) {
		*why_out = "it printed more than may be";
		status = ST_LIMIT;
	} else if (output->exited && code_out) {
		*code_out = (int)output->exit_code;
	} else if (!output->exited || output->exit_code != 0) {
		*why_out = "it ended with an error";
		status = ST_IO;
	}
	/* What was read may be a password. */
	wipe(output->room, sizeof output->room);
	free(output);
	return status;
}

#ifdef _WIN32
/* cmd.exe takes one pair of quotation marks away, which else would be that of a path with blanks. */
static struct process_output *begin_line(const char *line, struct buf *into)
{
	size_t room = strlen(line) + sizeof "\"\"";
	char *quoted = malloc(room);
	const char *const argv[] = { "cmd.exe", "/d", "/s", "/c", quoted, NULL };
	struct process_output *output = NULL;

	if (quoted) {
		(void)snprintf(quoted, room, "\"%s\"", line);
		output = begin(argv, into, UV_PROCESS_WINDOWS_VERBATIM_ARGUMENTS);
	}
	free(quoted);
	return output;
}
#else
static struct process_output *begin_line(const char *line, struct buf *into)
{
	const char *const argv[] = { "/bin/sh", "-c", line, NULL };

	return begin(argv, into, 0);
}
#endif

struct process_output *process_begin_line(const char *line, struct buf *into)
{
	return begin_line(line, into);
}

enum status process_finish(struct process_output **at, const char **why_out)
{
	struct process_output *output = *at;

	*at = NULL;
	return output ? finish(output, NULL, why_out) : ST_NOMEM;
}

enum status process_capture(const char *const argv[], struct buf *into, const char **why_out)
{
	struct process_output *output = begin(argv, into, 0);

	return process_finish(&output, why_out);
}

enum status process_capture_line(const char *line, struct buf *into, const char **why_out)
{
	struct process_output *output = begin_line(line, into);

	return process_finish(&output, why_out);
}

enum status process_judge_line(const char *line, int *code_out, const char **why_out)
{
	struct buf dropped;
	struct process_output *output;
	enum status st;

	buf_init(&dropped, sizeof output->room);
	output = begin_line(line, &dropped);
	st = output ? finish(output, code_out, why_out) : ST_NOMEM;
	buf_fini(&dropped);
	return st;
}
