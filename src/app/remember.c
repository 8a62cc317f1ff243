/* This file keeps the memory of what was there when all was well in the user's state directory. */
#include "app/remember.h"

#include "os/env.h"
#include "os/file.h"

static const char *memory_path(struct arena *arena)
{
	const char *directory = env_state_directory(arena), *why;

	if (!directory || file_make_directories(directory, &why) != ST_OK)
		return NULL;
	return arena_printf(arena, "%s/memory", directory);
}

static enum status write_to(const char *path, const struct memory_facts *memory, const char **why_out)
{
	enum status status;
	struct buf text;

	buf_init(&text, MEMORY_TEXT_MAX);
	memory_write(memory, &text);
	status = buf_failed(&text) ? ST_LIMIT : file_write(path, buf_view(&text), true, why_out);
	buf_fini(&text);
	return status;
}

/* A copy stays for whoever wants to know; an empty memory takes its place. */
static void set_aside(struct run *run, const struct remember *remember, struct view bytes)
{
	const char *aside = arena_printf(run->arena, "%s.damaged", remember->path), *why = "";

	if (file_write(aside, bytes, true, &why) != ST_OK ||
	    write_to(remember->path, &remember->memory, &why) != ST_OK) {
		run_complain(arena_printf(run->arena,
					  "the memory \"%s\" is damaged and cannot be set aside: %s",
					  remember->path, why));
		return;
	}
	run_complain(
		arena_printf(run->arena,
			     "the memory of earlier runs is damaged; it was set aside as \"%s\" and begins "
			     "anew",
			     aside));
}

void remember_open(struct run *run, struct remember *out)
{
	const char *why = "";
	enum memory_state state;
	enum status status;
	struct buf text;

	*out = (struct remember){ .path = memory_path(run->arena) };
	out->memory.rows = arena_array(run->arena, REMEMBERED_MAX, sizeof *out->memory.rows);
	if (!out->path || !out->memory.rows || !file_exists(out->path))
		return;
	buf_init(&text, MEMORY_TEXT_MAX);
	status = file_read(out->path, &text, &why);
	if (status != ST_OK) {
		out->leave_alone = true;
		run_complain(
			arena_printf(run->arena, "the memory \"%s\" cannot be read: %s", out->path, why));
		buf_fini(&text);
		return;
	}
	state = memory_read(run->arena, buf_str(&text), &out->memory);
	if (state == MEMORY_DAMAGED)
		set_aside(run, out, buf_view(&text));
	out->leave_alone = state == MEMORY_NEWER;
	if (out->leave_alone)
		run_complain("the memory of earlier runs is of a later postmend and is left alone");
	buf_fini(&text);
}

int remember_keep(struct run *run, struct remember *remember, const struct memory_facts *now)
{
	const char *why = NULL;

	if (remember->leave_alone)
		return EXIT_HEALTHY;
	if (!remember->path || !remember->memory.rows) {
		run_complain("--remember: this system names no place for it");
		return EXIT_FAILED;
	}
	memory_learn(&remember->memory, now);
	if (write_to(remember->path, &remember->memory, &why) == ST_OK)
		return EXIT_HEALTHY;
	run_complain(arena_printf(run->arena, "the memory \"%s\" cannot be written: %s", remember->path,
				  why ? why : exit_words_of(ST_IO)));
	return EXIT_FAILED;
}
