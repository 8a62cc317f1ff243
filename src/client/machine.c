/* This file holds what the registry of one computer says about Windows, Office and whatever sits in Outlook's
 * way. */
#include "client/machine.h"

/* Each list has room for one more, the spare that is written where the list is full. */
struct machine *machine_new(struct arena *arena)
{
	struct machine *m = arena_alloc(arena, sizeof *m);

	if (!m)
		return NULL;
	m->addins = arena_array(arena, MACHINE_LIST_MAX + 1, sizeof *m->addins);
	m->notes = arena_array(arena, MACHINE_LIST_MAX + 1, sizeof *m->notes);
	m->services = arena_array(arena, MACHINE_LIST_MAX + 1, sizeof *m->services);
	m->layers = arena_array(arena, MACHINE_LIST_MAX + 1, sizeof *m->layers);
	m->roots = arena_array(arena, MACHINE_LIST_MAX + 1, sizeof *m->roots);
	m->rules = arena_array(arena, MACHINE_LIST_MAX + 1, sizeof *m->rules);
	m->zones = arena_array(arena, MACHINE_LIST_MAX + 1, sizeof *m->zones);
	m->offices = arena_array(arena, MACHINE_LIST_MAX + 1, sizeof *m->offices);
	m->patches = arena_array(arena, MACHINE_ROWS_MAX + 1, sizeof *m->patches);
	m->settings = arena_array(arena, MACHINE_LIST_MAX + 1, sizeof *m->settings);
	return m->addins && m->notes && m->services && m->layers && m->roots && m->rules && m->zones &&
			       m->offices && m->patches && m->settings
		       ? m
		       : NULL;
}

size_t machine_next(size_t *n, size_t max)
{
	return *n < max ? (*n)++ : max;
}
