/* This file runs other programs for their output. */
#include "os/process.h"

#include "base/wipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct capture {
	uv_process_t process;
	uv_pipe_t pipe;
	struct buf *into;
	char room[4096];
	int64_t exit_code;
	bool exited, drops;
};

static void on_process_exit(uv_process_t *process, int64_t exit_code, int signal)
{
	struct capture *capture = process->data;

	capture->exit_code = signal ? -1 : exit_code;
	capture->exited = true;
	uv_close((uv_handle_t *)process, NULL);
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *room_out)
{
	struct capture *capture = handle->data;

	(void)wanted;
	*room_out = uv_buf_init(capture->room, sizeof capture->room);
}

static void on_output(uv_stream_t *stream, ssize_t n, const uv_buf_t *room)
{
	struct capture *capture = stream->data;

	(void)room;
	if (n > 0)
		buf_add(capture->into, view_of(capture->room, (size_t)n));
	/* Nobody may want it. A program that says too much gets a closed pipe. */
	if (n > 0 && capture->drops)
		buf_clear(capture->into);
	if (n < 0 || buf_failed(capture->into))
		uv_close((uv_handle_t *)stream, NULL);
}

static int start(uv_loop_t *loop, struct capture *capture, const char *const argv[], unsigned flags)
{
	uv_stdio_container_t streams[3] = {
		{ .flags = UV_INHERIT_FD, .data.fd = 0 },
		{ .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&capture->pipe },
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

	uv_pipe_init(loop, &capture->pipe, 0);
	capture->pipe.data = capture;
	capture->process.data = capture;
	error = uv_spawn(loop, &capture->process, &options);
	if (error) {
		uv_close((uv_handle_t *)&capture->pipe, NULL);
		uv_close((uv_handle_t *)&capture->process, NULL);
		return error;
	}
	return uv_read_start((uv_stream_t *)&capture->pipe, on_room, on_output);
}

/* With code_out any exit code will do, and what is printed is dropped. */
static enum status run(const char *const argv[], struct buf *into, unsigned flags, int *code_out,
		       const char **why_out)
{
	struct capture *capture = calloc(1, sizeof *capture);
	enum status status = ST_OK;
	uv_loop_t loop;
	int error;

	if (!capture || uv_loop_init(&loop) != 0) {
		free(capture);
		return ST_NOMEM;
	}
	capture->into = into;
	capture->drops = code_out != NULL;
	error = start(&loop, capture, argv, flags);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	if (error) {
		*why_out = uv_strerror(error);
		status = ST_IO;
	} else if (buf_failed(into)) {
		*why_out = "it printed more than may be";
		status = ST_LIMIT;
	} else if (capture->exited && code_out) {
		*code_out = (int)capture->exit_code;
	} else if (!capture->exited || capture->exit_code != 0) {
		*why_out = "it ended with an error";
		status = ST_IO;
	}
	/* What was read may be a password. */
	wipe(capture->room, sizeof capture->room);
	free(capture);
	return status;
}

enum status process_capture(const char *const argv[], struct buf *into, const char **why_out)
{
	return run(argv, into, 0, NULL, why_out);
}

#ifdef _WIN32
/* cmd.exe takes one pair of quotation marks away, which else would be that of a path with blanks. */
static enum status run_line(const char *line, struct buf *into, int *code_out, const char **why_out)
{
	size_t room = strlen(line) + sizeof "\"\"";
	char *quoted = malloc(room);
	const char *const argv[] = { "cmd.exe", "/d", "/s", "/c", quoted, NULL };
	enum status st = ST_NOMEM;

	if (quoted) {
		(void)snprintf(quoted, room, "\"%s\"", line);
		st = run(argv, into, UV_PROCESS_WINDOWS_VERBATIM_ARGUMENTS, code_out, why_out);
	}
	free(quoted);
	return st;
}
#else
static enum status run_line(const char *line, struct buf *into, int *code_out, const char **why_out)
{
	const char *const argv[] = { "/bin/sh", "-c", line, NULL };

	return run(argv, into, 0, code_out, why_out);
}
#endif

enum status process_capture_line(const char *line, struct buf *into, const char **why_out)
{
	return run_line(line, into, NULL, why_out);
}

enum status process_judge_line(const char *line, int *code_out, const char **why_out)
{
	struct buf dropped;
	enum status st;

	buf_init(&dropped, sizeof(struct capture));
	st = run_line(line, &dropped, code_out, why_out);
	buf_fini(&dropped);
	return st;
}
