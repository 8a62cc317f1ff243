/* This file feeds the readers of firewall rules, certificates, programs' versions and paths with anything. */
#include "client/event_log.h"
#include "client/file_version.h"
#include "client/office.h"
#include "client/root_name.h"
#include "client/windows_path.h"
#include "client/windows_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new(1 << 20);
	struct str text = str_from_view(view_of(bytes, len)), name, organisation;
	static struct event_load loads[EVENT_LOADS_MAX];
	struct windows_rule rule;
	const char *path;
	size_t n_loads;

	if (!windows_rule_read(text, &rule))
		(void)windows_rule_covers(&rule, 993);
	(void)root_name_read(view_of(bytes, len), &name, &organisation);
	(void)office_kb_in(text);
	if (arena) {
		(void)file_version_read(arena, view_of(bytes, len));
		(void)event_log_read(arena, view_of(bytes, len), loads, &n_loads);
		path = arena_text(arena, text);
		if (path)
			(void)windows_path_of(arena, path);
	}
	arena_drop(&arena);
	return 0;
}
