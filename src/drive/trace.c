/* This file writes down every byte of a run, but for the secrets. */
#include "drive/trace.h"

#include "base/buf.h"
#include "os/file.h"

#include <stdlib.h>

enum { TRACE_HIDDEN_MAX = 4, TRACE_LINE_MAX = 512 * 1024 };

struct trace {
	struct file *file;
	const struct secret *hidden[TRACE_HIDDEN_MAX];
	size_t n_hidden;
};

enum status trace_open(const char *path, struct trace **out, const char **why_out)
{
	struct trace *trace = calloc(1, sizeof *trace);
	enum status status;

	*out = NULL;
	if (!trace)
		return ST_NOMEM;
	status = file_open_log(path, &trace->file, why_out);
	if (status != ST_OK) {
		free(trace);
		return status;
	}
	*out = trace;
	return ST_OK;
}

void trace_close(struct trace **trace)
{
	if (!*trace)
		return;
	/* A full disk is no reason to call a run a failure. */
	(void)file_close(&(*trace)->file);
	free(*trace);
	*trace = NULL;
}

void trace_hide(struct trace *trace, const struct secret *secret)
{
	if (!trace || !secret || secret->len == 0)
		return;
	for (size_t i = 0; i < trace->n_hidden; i++)
		if (trace->hidden[i] == secret)
			return;
	if (trace->n_hidden < TRACE_HIDDEN_MAX)
		trace->hidden[trace->n_hidden++] = secret;
}

static void add_escaped(struct buf *line, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c == '\r')
			buf_add_text(line, "\\r");
		else if (c == '\n')
			buf_add_text(line, "\\n");
		else if (c < 0x20 || c > 0x7e)
			buf_printf(line, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			buf_printf(line, "\\%c", c);
		else
			buf_add_byte(line, c);
	}
}

/* The first secret in the text: where it begins, and its length. */
static size_t find_hidden(const struct trace *trace, struct str text, size_t *len_out)
{
	size_t first = SIZE_MAX;

	for (size_t i = 0; i < trace->n_hidden; i++) {
		struct str secret = str_from_view(secret_bytes(trace->hidden[i]));
		size_t at = str_find(text, secret);

		if (at < first) {
			first = at;
			*len_out = secret.len;
		}
	}
	return first;
}

void trace_bytes(struct trace *trace, moment at, const char *peer, const char *what, struct view bytes)
{
	struct str text = str_from_view(bytes);
	struct buf line;

	if (!trace)
		return;
	buf_init(&line, TRACE_LINE_MAX);
	buf_printf(&line, "{\"ms\":%.3f,\"peer\":\"", moment_to_ms(at));
	add_escaped(&line, str_of(peer));
	buf_printf(&line, "\",\"what\":\"%s\",\"text\":\"", what);
	for (;;) {
		size_t len = 0, found = find_hidden(trace, text, &len);

		add_escaped(&line, str_head(text, found));
		if (found == SIZE_MAX)
			break;
		buf_add_text(&line, "***");
		text = str_skip(text, found + len);
	}
	buf_add_text(&line, "\"}\n");
	if (!buf_failed(&line))
		file_append(trace->file, buf_view(&line));
	buf_wipe_fini(&line);
}

void trace_event(struct trace *trace, moment at, const char *peer, const char *what, const char *text)
{
	trace_bytes(trace, at, peer, what, str_view(str_of(text)));
}
